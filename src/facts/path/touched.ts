// The flows that a change can decide differently: from every place in the networks, from nodes outside them, from declared clients and
// the Internet, to the services, tags and subnets that the changed resources stand between.
import type { FlowEnd } from '../../model/effect.ts';
import { isObject, type Json } from '../../model/json.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, isWithin, nameInParent, nameOf, parentId, sameId, typeOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { looksLiteral, readPrefixes } from '../../net/addresses.ts';
import { isSpecialTag } from '../../net/facts.ts';
import { regionalTag } from '../../net/service-tags.ts';
import { nicType } from '../../resource-types/machine-view.ts';
import { outboundRuleView } from '../../resource-types/managed-network.ts';
import { subnetType, subnetView, vnetOf, vnetType } from '../../resource-types/network-view.ts';
import { privateEndpointType } from '../../resource-types/private-link.ts';
import { listAt, textAt, textsAt } from '../../resource-types/read.ts';
import { computeView, workspaceView } from '../../resource-types/workspace-view.ts';
import { managedComputes } from '../compute-networks.ts';
import { occupantsOf } from '../map/occupants.ts';
import { memoizePerSnapshot } from '../memoize.ts';
import { computes, subnetsOfCompute } from '../needs.ts';
import { serviceTagsOf } from '../service-tags.ts';
import { regionAt } from '../training-subnets.ts';
import type { PathQuestion } from './path.ts';
import { hostOf, serviceKindOf, serviceKinds } from './services.ts';

/** A place that sends and receives packets. */
export interface Place {
  /** What a question calls it. */
  readonly asked: string;
  readonly end: FlowEnd;
  /** Id of its subnet; undefined outside the networks that were read. */
  readonly subnet: string | undefined;
  /** Is something there that sends packets? */
  readonly used: boolean;
}

/** A question with its two ends. `service`: id of the service at its end. */
export interface TouchedFlow {
  readonly question: PathQuestion;
  readonly from: FlowEnd;
  readonly to: FlowEnd;
  /** Ids of the subnets at its ends. */
  readonly subnets: readonly string[];
  readonly service: string | null;
  /** Is something at its source, so that blocking it cuts somebody off? */
  readonly used: boolean;
}

const internet: Place = {
  asked: 'internet',
  end: { kind: 'internet', id: null, name: 'the Internet' },
  subnet: undefined,
  used: true,
};

const senders = /private endpoint|load balancer|application gateway|bastion|gateway/i;

/** Every subnet with who is in it, and every NIC with rules of its own. */
export const places = memoizePerSnapshot((index): readonly Place[] => [
  ...index.ofType(subnetType).map((subnet) => placeOf(subnet, index)),
  ...index.ofType(nicType).flatMap((nic) => placeOfNic(nic)),
]);

function placeOf(subnet: Resource, index: SnapshotIndex): Place {
  const inside = attempt(
    () => occupantsOf(subnet, index).filter(({ is }) => !senders.test(is)),
    () => [],
  );
  const [first] = inside;
  const name = nameInParent(subnet.id);
  const who = inside.map((one) => one.name);
  const named = who.length > 3 ? `${who.slice(0, 3).join(', ')} and ${who.length - 3} more` : who.join(', ');
  const kind = first === undefined ? 'subnet' : kindOf(first.resource, first.is);
  return {
    asked: subnet.id,
    end: { kind, id: subnet.id, name: first === undefined ? name : `${named} in ${name}` },
    subnet: subnet.id,
    used: first !== undefined,
  };
}

const kindOf = (id: string | null, is: string): FlowEnd['kind'] => {
  const type = fold(typeOf(id ?? ''));
  if (type.endsWith('/computes')) return 'compute';
  if (type.endsWith('/virtualmachines')) return 'virtualMachine';
  if (type.endsWith('/managedclusters')) return 'cluster';
  return /^of /.test(is) ? 'serverless' : 'subnet';
};

/** A machine whose NIC has a group or a public address: its packets are decided apart from those of its subnet. */
function placeOfNic({ id, body }: Resource): readonly Place[] {
  const machine = textAt(body, '/properties/virtualMachine/id');
  const own =
    textAt(body, '/properties/networkSecurityGroup/id') ??
    listAt(body, '/properties/ipConfigurations').find((one) => textAt(one, '/properties/publicIPAddress/id'));
  const subnet = listAt(body, '/properties/ipConfigurations').flatMap(
    (one) => textAt(one, '/properties/subnet/id') ?? [],
  )[0];
  if (machine === undefined || own === undefined || subnet === undefined) return [];
  const end: FlowEnd = { kind: 'virtualMachine', id, name: `${nameOf(machine)} in ${nameInParent(subnet)}` };
  return [{ asked: id, end, subnet, used: true }];
}

/** Nodes that no subnet of the operator holds: computes without a subnet, serverless nodes, online endpoints. */
export const outsideNodes = memoizePerSnapshot((index): readonly Place[] => {
  const workspace = attempt(
    () => index.workspace(),
    () => undefined,
  );
  const loose = attempt(
    () => managedComputes(index).filter((one) => computeView(one).subnet === undefined),
    () => [],
  );
  const endpoints = index
    .ofType('Microsoft.MachineLearningServices/workspaces/onlineEndpoints')
    .filter(({ body }) => fold(textAt(body, '/kind') ?? 'managed') !== 'k8s');
  const serverless =
    workspace === undefined || workspaceView(workspace).kind === 'Hub'
      ? undefined
      : workspaceView(workspace).serverless.subnet;
  return [
    ...loose.map(
      ({ id }): Place => ({
        asked: id,
        end: { kind: 'compute', id, name: `${nameOf(id)} (no virtual network)` },
        subnet: undefined,
        used: true,
      }),
    ),
    ...(workspace === undefined
      ? []
      : [
          {
            asked: 'serverless',
            end: {
              kind: 'serverless' as const,
              id: workspace.id,
              name: `serverless compute of ${nameOf(workspace.id)}`,
            },
            subnet: serverless,
            used: serverless !== undefined || workspaceView(workspace).managedNetwork.on,
          },
        ]),
    ...(endpoints.length === 0 || workspace === undefined
      ? []
      : [
          {
            asked: 'online-endpoint',
            end: {
              kind: 'onlineEndpoint' as const,
              id: endpoints[0]?.id ?? null,
              name:
                endpoints.length === 1
                  ? `endpoint ${nameOf(endpoints[0]?.id ?? '')}`
                  : `${endpoints.length} online endpoints`,
            },
            subnet: undefined,
            used: true,
          },
        ]),
  ];
});

/** Computes whose place could not be read: where their packets come from is not known. */
export const computesOutOfSight = memoizePerSnapshot((index): readonly FlowEnd[] =>
  attempt(
    () =>
      computes(index).flatMap(({ id, ...compute }): FlowEnd[] => {
        const subnets = attempt(
          () => subnetsOfCompute({ id, ...compute }, index),
          (): undefined => undefined,
        );
        const unread = subnets === undefined || subnets.some((one) => index.peek(one).state !== 'read');
        return unread ? [{ kind: 'compute', id, name: nameOf(id) }] : [];
      }),
    ({ gap }) => [{ kind: 'compute', id: gap.id, name: 'computes of the workspace, which could not be read' }],
  ),
);

/** Addresses that the operator declared. */
const clients = (index: SnapshotIndex): Place[] =>
  (index.snapshot.intents.devClientIps ?? []).map((address) => ({
    asked: address,
    end: { kind: 'client', id: null, name: `the declared client ${address}` },
    subnet: undefined,
    used: true,
  }));

interface Target {
  readonly asked: string;
  readonly end: FlowEnd;
  readonly service: string | null;
  readonly ports: readonly string[];
  readonly subnet?: string;
}

const everyPort = ['*'] as const;

/** The groups by which a service is used: of an account its blobs and files, and its lake where it has one. */
function groupsOf({ id, body }: Resource): readonly string[] {
  const groups = serviceKindOf(id)?.groups ?? [];
  if (!groups.includes('blob')) return groups.slice(0, 1);
  const isLake = isObject(body.properties) && body.properties.isHnsEnabled === true;
  return isLake ? ['blob', 'file', 'dfs'] : ['blob', 'file'];
}

const targetsOf = (service: Resource, index: SnapshotIndex): Target[] =>
  groupsOf(service).map((group, at) => ({
    asked: at === 0 ? service.id : hostOf(service.id, group, index),
    end: { kind: 'service', id: service.id, name: at === 0 ? nameOf(service.id) : `${nameOf(service.id)} (${group})` },
    service: service.id,
    ports: group === 'file' ? ['443', '445'] : ['443'],
  }));

const servicesIn = (index: SnapshotIndex): Resource[] =>
  serviceKinds
    .flatMap(({ type }) => index.ofType(type))
    .filter(
      ({ id, type }) => !sameId(type, 'Microsoft.MachineLearningServices/workspaces') || isOwnWorkspace(id, index),
    );

/** Another workspace is a user of services, and none of the targets of this one. */
const isOwnWorkspace = (id: string, index: SnapshotIndex): boolean =>
  sameId(id, index.snapshot.workspace) ||
  attempt(
    () => sameId(index.workspace()?.id, id),
    () => false,
  );

/** Tags that compute needs, where a change may touch any of them. */
function neededTags(subnet: string | undefined, index: SnapshotIndex): Target[] {
  const tags = serviceTagsOf(index);
  const region =
    subnet === undefined
      ? undefined
      : attempt(
          () => regionAt(subnet, index),
          () => undefined,
        );
  const regional = (tag: string) => (region === undefined || region === '' ? tag : regionalTag(tags, tag, region));
  const all = [
    'AzureActiveDirectory',
    'AzureResourceManager',
    'AzureMachineLearning',
    regional('BatchNodeManagement'),
    regional('Storage'),
    regional('AzureContainerRegistry'),
    regional('MicrosoftContainerRegistry'),
    regional('AzureKeyVault'),
    'AzureFrontDoor.FirstParty',
    'AzureMonitor',
  ];
  return all.map((tag) => tagTarget(tag, ['443']));
}

const tagTarget = (tag: string, ports: readonly string[] = everyPort): Target => ({
  asked: tag,
  end: { kind: 'tag', id: null, name: tag },
  service: null,
  ports,
});
const internetTarget = (ports: readonly string[] = everyPort): Target => ({
  asked: 'internet',
  end: internet.end,
  service: null,
  ports,
});
const placeTarget = (place: Place): Target => ({
  asked: place.asked,
  end: place.end,
  service: null,
  ports: everyPort,
  ...(place.subnet === undefined ? {} : { subnet: place.subnet }),
});

const flowOf = (from: Place, to: Target): TouchedFlow => ({
  question: { source: from.asked, destination: to.asked, protocol: to.service === null ? '*' : 'Tcp', ports: to.ports },
  from: from.end,
  to: to.end,
  subnets: [from.subnet, to.subnet].flatMap((one) => one ?? []),
  service: to.service,
  used: from.used,
});

/** Why every flow of some places is asked: the texts of the rules or routes that changed, or undefined for any. */
interface Change {
  readonly places: readonly Place[];
  readonly remotes: readonly string[] | undefined;
  readonly inbound: boolean;
  readonly outbound: boolean;
}

/** Every flow that may be decided differently, each once; asked of both snapshots. `changed`: ids of what differs between them. */
export function touchedFlows(
  before: SnapshotIndex,
  after: SnapshotIndex,
  changed: readonly string[],
): readonly TouchedFlow[] {
  const found = new Map<string, TouchedFlow>();
  const add = (flow: TouchedFlow): void => {
    const key = `${fold(flow.question.source)} ${fold(flow.question.destination)} ${flow.question.protocol} ${flow.question.ports.join()}`;
    const known = found.get(key);
    if (known === undefined || (!known.used && flow.used)) found.set(key, flow);
  };
  for (const change of changesAt(before, after, changed)) for (const flow of flowsAt(change, after)) add(flow);
  for (const service of changedServices(before, after, changed))
    for (const flow of flowsTo(service, after, before)) add(flow);
  for (const flow of flowsOfManaged(before, after, changed)) add(flow);
  return [...found.values()];
}

const bodiesOf = (id: string, ...worlds: readonly SnapshotIndex[]): Json[] =>
  worlds.flatMap((index) => {
    const seen = index.peek(id);
    return seen.state === 'read' ? [seen.resource.body] : [];
  });

const isType = (id: string, type: string): boolean => sameId(typeOf(id), type);
const groupType = 'Microsoft.Network/networkSecurityGroups';
const tableType = 'Microsoft.Network/routeTables';

function changesAt(before: SnapshotIndex, after: SnapshotIndex, changed: readonly string[]): Change[] {
  const all = [...new Map([...places(before), ...places(after)].map((one) => [fold(one.asked), one])).values()];
  const of = (ids: ReadonlySet<string>): Place[] =>
    all.filter(({ subnet, asked }) => ids.has(fold(asked)) || (subnet !== undefined && ids.has(fold(subnet))));
  const out: Change[] = [];
  const groups = new Map<string, Set<string>>();
  const tables = new Map<string, Set<string>>();
  const whole = new Set<string>();
  for (const id of changed) {
    const type = fold(typeOf(id));
    if (type === fold(`${groupType}/securityRules`))
      addAll(groups, parentId(id) ?? id, remotesOfRules(id, before, after));
    else if (type === fold(groupType)) addAll(groups, id, remotesOfGroup(id, before, after));
    else if (type === fold(`${tableType}/routes`)) addAll(tables, parentId(id) ?? id, prefixesOf(id, before, after));
    else if (type === fold(tableType)) addAll(tables, id, prefixesOfTable(id, before, after));
    else if (type === fold(subnetType)) {
      if (decidesPackets(id, before, after)) whole.add(fold(id));
    } else if (type === fold(vnetType) || type.startsWith(`${fold(vnetType)}/virtualnetworkpeerings`)) {
      const network = type === fold(vnetType) ? id : (parentId(id) ?? id);
      if (type === fold(vnetType) && !networkChanged(id, before, after)) continue;
      for (const { subnet } of all)
        if (subnet !== undefined && sameId(vnetOf(subnet), network)) whole.add(fold(subnet));
    } else if (type === fold(nicType)) whole.add(fold(id));
    else if (decidesAnywhere.some((one) => type.startsWith(one))) {
      for (const { subnet } of all) if (subnet !== undefined) whole.add(fold(subnet));
    }
  }
  for (const [id, remotes] of groups) {
    const at = of(usersOf(id, '/properties/networkSecurityGroup/id', [subnetType, nicType], before, after));
    if (remotes.size > 0) out.push({ places: at, remotes: [...remotes], inbound: true, outbound: true });
  }
  for (const [id, prefixes] of tables) {
    const at = of(usersOf(id, '/properties/routeTable/id', [subnetType], before, after));
    if (prefixes.size > 0) out.push({ places: at, remotes: [...prefixes], inbound: false, outbound: true });
  }
  if (whole.size > 0) out.push({ places: of(whole), remotes: undefined, inbound: true, outbound: true });
  return out;
}

/** Types that stand between any two places. */
const decidesAnywhere = [
  'microsoft.network/azurefirewalls',
  'microsoft.network/firewallpolicies',
  'microsoft.network/natgateways',
  'microsoft.network/publicipaddresses',
  'microsoft.network/networkmanagers',
  'microsoft.network/serviceendpointpolicies',
  'microsoft.network/loadbalancers',
];

function addAll(into: Map<string, Set<string>>, id: string, texts: readonly string[]): void {
  const known = into.get(fold(id)) ?? new Set<string>();
  for (const one of texts) known.add(one);
  into.set(fold(id), known);
}

/** Ids of what refers to a group or a table, in either world. */
const usersOf = (
  id: string,
  pointer: string,
  types: readonly string[],
  ...worlds: readonly SnapshotIndex[]
): ReadonlySet<string> =>
  new Set(
    worlds.flatMap((index) =>
      types.flatMap((type) =>
        index.ofType(type).flatMap((one) => (sameId(textAt(one.body, pointer), id) ? [fold(one.id)] : [])),
      ),
    ),
  );

const remoteTexts = (rule: Json): string[] => {
  const at = isObject(rule) && isObject(rule.properties) ? '/properties' : '';
  const side = fold(textAt(rule, `${at}/direction`) ?? '') === 'inbound' ? 'source' : 'destination';
  const single = textAt(rule, `${at}/${side}AddressPrefix`);
  const groups = listAt(rule, `${at}/${side}ApplicationSecurityGroups`);
  return [
    ...(single === undefined || single === '' ? [] : [single]),
    ...textsAt(rule, `${at}/${side}AddressPrefixes`),
    ...(groups.length > 0 ? ['VirtualNetwork'] : []),
  ];
};

const remotesOfRules = (id: string, ...worlds: readonly SnapshotIndex[]): string[] =>
  bodiesOf(id, ...worlds).flatMap(remoteTexts);

/** The remotes of the rules that differ between two lists of one body. */
const moved = (bodies: readonly Json[], pointer: string, textsOf: (item: Json) => string[]): string[] => {
  const [was, is] = bodies.map((body) => new Map(listAt(body, pointer).map((one) => [JSON.stringify(one), one])));
  if (was === undefined || is === undefined)
    return [...(was ?? is ?? new Map<string, Json>()).values()].flatMap(textsOf);
  return [...[...was].filter(([key]) => !is.has(key)), ...[...is].filter(([key]) => !was.has(key))].flatMap(
    ([, item]) => textsOf(item),
  );
};
const remotesOfGroup = (id: string, ...worlds: readonly SnapshotIndex[]): string[] =>
  moved(bodiesOf(id, ...worlds), '/properties/securityRules', remoteTexts);

const prefixIn = (item: Json): string[] => {
  const one = textAt(item, '/properties/addressPrefix') ?? textAt(item, '/addressPrefix');
  return one === undefined ? [] : [one];
};
const prefixesOf = (id: string, ...worlds: readonly SnapshotIndex[]): string[] =>
  bodiesOf(id, ...worlds).flatMap(prefixIn);
const prefixesOfTable = (id: string, ...worlds: readonly SnapshotIndex[]): string[] => {
  const bodies = bodiesOf(id, ...worlds);
  const own = moved(bodies, '/properties/routes', prefixIn);
  const [was, is] = bodies.map((body) =>
    JSON.stringify(isObject(body) && isObject(body.properties) ? body.properties.disableBgpRoutePropagation : null),
  );
  return was === is ? own : [...own, '*'];
};

const subnetSettings = [
  'networkSecurityGroup',
  'routeTable',
  'natGateway',
  'serviceEndpoints',
  'serviceEndpointPolicies',
  'addressPrefix',
  'addressPrefixes',
  'defaultOutboundAccess',
  'privateEndpointNetworkPolicies',
];
const differs = (names: readonly string[], bodies: readonly Json[]): boolean => {
  if (bodies.length < 2) return true;
  const [was, is] = bodies.map((body) =>
    names.map((name) =>
      JSON.stringify(isObject(body) && isObject(body.properties) ? (body.properties[name] ?? null) : null),
    ),
  );
  return was?.some((one, at) => one !== is?.[at]) ?? true;
};
const decidesPackets = (id: string, ...worlds: readonly SnapshotIndex[]): boolean =>
  differs(subnetSettings, bodiesOf(id, ...worlds));
const networkChanged = (id: string, ...worlds: readonly SnapshotIndex[]): boolean =>
  differs(['addressSpace', 'dhcpOptions', 'virtualNetworkPeerings', 'encryption'], bodiesOf(id, ...worlds));

const isAny = (text: string): boolean =>
  /^(?:\*|any|internet|0\.0\.0\.0(?:\/[01])?|128\.0\.0\.0\/1|::\/0)$/i.test(text);
const isPrivateText = (text: string): boolean =>
  /^(?:\*|any|virtualnetwork|0\.0\.0\.0\/0|::\/0)$/i.test(text) || (looksLiteral(text) && !isAny(text));

function flowsAt({ places: here, remotes, inbound, outbound }: Change, index: SnapshotIndex): TouchedFlow[] {
  const others = places(index);
  const services = servicesIn(index).flatMap((one) => targetsOf(one, index));
  const tags =
    remotes?.filter(
      (text) => !looksLiteral(text) && !isAny(text) && !/^virtualnetwork$/i.test(text) && !isSpecialTag(text),
    ) ?? [];
  const literals = remotes?.filter((text) => looksLiteral(text) && !isAny(text)) ?? [];
  const wide = remotes === undefined || remotes.some(isAny);
  const near = remotes === undefined || remotes.some(isPrivateText);
  return here.flatMap((place) => {
    const rest = others.filter(
      ({ asked, subnet }) => !sameId(asked, place.asked) && (subnet === undefined || !sameId(subnet, place.asked)),
    );
    const out: Target[] = outbound
      ? [
          ...services,
          ...tags.map((tag) => tagTarget(tag)),
          ...(wide ? [internetTarget(), ...neededTags(place.subnet, index)] : []),
          ...(near ? rest.map(placeTarget) : []),
          ...literals.filter(isOutside(index)).map((text) => addressTarget(text)),
        ]
      : [];
    const into: Place[] = inbound
      ? [
          ...(wide ? [internet] : []),
          ...tags.map(tagPlace),
          ...(near ? rest : []),
          ...literals.filter(isOutside(index)).map(addressPlace),
        ]
      : [];
    return [...out.map((to) => flowOf(place, to)), ...into.map((from) => flowOf(from, placeTarget(place)))];
  });
}

/** Is no address of this prefix in a subnet that was read? */
const isOutside =
  (index: SnapshotIndex) =>
  (text: string): boolean =>
    readPrefixes([text]).refused.length === 0 &&
    !index.ofType(subnetType).some((subnet) => subnetView(subnet).prefixes.some((own) => overlap(own, text)));

function overlap(a: string, b: string): boolean {
  const [one, other] = [readPrefixes([a]).addresses, readPrefixes([b]).addresses];
  return (
    one.v4.some((_low, at) => at % 2 === 0 && meetsAt(one.v4, at, other.v4)) ||
    one.v6.some((_low, at) => at % 2 === 0 && meetsAt(one.v6, at, other.v6))
  );
}
function meetsAt<N extends number | bigint>(set: readonly N[], at: number, other: readonly N[]): boolean {
  const [low, high] = [set[at] as N, set[at + 1] as N];
  for (let i = 0; i < other.length; i += 2) if ((other[i] as N) < high && low < (other[i + 1] as N)) return true;
  return false;
}

const addressTarget = (text: string): Target => ({
  asked: text,
  end: { kind: 'addresses', id: null, name: text },
  service: null,
  ports: everyPort,
});
const addressPlace = (text: string): Place => ({
  asked: text,
  end: { kind: 'addresses', id: null, name: text },
  subnet: undefined,
  used: true,
});
const tagPlace = (tag: string): Place => ({
  asked: tag,
  end: { kind: 'tag', id: null, name: tag },
  subnet: undefined,
  used: true,
});

/** The services whose firewall, private endpoints or names differ. */
function changedServices(before: SnapshotIndex, after: SnapshotIndex, changed: readonly string[]): Resource[] {
  const all = servicesIn(after);
  const ids = new Set<string>();
  const every = () => all.forEach(({ id }) => ids.add(fold(id)));
  for (const id of changed) {
    const type = fold(typeOf(id));
    const service = all.find(
      (one) => sameId(one.id, id) || (isWithin(id, one.id) && type.endsWith('privateendpointconnections')),
    );
    if (service !== undefined) ids.add(fold(service.id));
    else if (isType(id, privateEndpointType)) {
      const targets = bodiesOf(id, before, after).flatMap((body) =>
        ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'].flatMap((list) =>
          listAt(body, `/properties/${list}`).flatMap((one) => textAt(one, '/properties/privateLinkServiceId') ?? []),
        ),
      );
      for (const one of targets) ids.add(fold(one));
    } else if (type.startsWith('microsoft.network/privatednszones') || type.includes('/privatednszonegroups')) every();
    else if (type.startsWith('microsoft.network/networksecurityperimeters')) every();
    else if (type === 'microsoft.network/publicipaddresses' || type === 'microsoft.network/natgateways') every();
  }
  return all.filter(({ id }) => ids.has(fold(id)));
}

function flowsTo(service: Resource, index: SnapshotIndex, before: SnapshotIndex): TouchedFlow[] {
  const sources = [
    ...new Map(
      [...places(before), ...places(index), ...outsideNodes(index), ...clients(index), internet].map((one) => [
        fold(one.asked),
        one,
      ]),
    ).values(),
  ];
  const targets = targetsOf(service, index);
  return sources.flatMap((from) => targets.map((to) => flowOf(from, to)));
}

/** Flows of nodes outside the networks, where the workspace or its managed network differs. */
function flowsOfManaged(before: SnapshotIndex, after: SnapshotIndex, changed: readonly string[]): TouchedFlow[] {
  const workspace = changed.some(
    (id) => isType(id, 'Microsoft.MachineLearningServices/workspaces') && isOwnWorkspace(id, after),
  );
  const rules = changed.filter((id) => /\/outboundRules$/i.test(typeOf(id)));
  const managed =
    rules.length > 0 ||
    changed.some((id) => /\/managedNetworks$/i.test(typeOf(id))) ||
    (workspace &&
      changed.some(
        (id) =>
          differs(['managedNetwork', 'serverlessComputeSettings'], bodiesOf(id, before, after)) &&
          isOwnWorkspace(id, after),
      ));
  if (!managed) return [];
  const nodes = [...outsideNodes(before), ...outsideNodes(after)];
  const hosts = rules.flatMap((id) =>
    [before, after].flatMap((index) => {
      const seen = index.peek(id);
      if (seen.state !== 'read') return [];
      const { type } = outboundRuleView(seen.resource);
      const to = isObject(seen.resource.body.properties) ? seen.resource.body.properties.destination : undefined;
      if (type === 'FQDN' && typeof to === 'string') return [hostTarget(to)];
      const tag = type === 'ServiceTag' ? textAt(to as Json, '/serviceTag') : undefined;
      return tag === undefined ? [] : [tagTarget(tag)];
    }),
  );
  const targets = [
    ...servicesIn(after).flatMap((one) => targetsOf(one, after)),
    internetTarget(),
    ...neededTags(undefined, after),
    ...hosts,
  ];
  return nodes.flatMap((from) => targets.map((to) => flowOf(from, to)));
}

const hostTarget = (host: string): Target => ({
  asked: host,
  end: { kind: 'addresses', id: null, name: host },
  service: null,
  ports: everyPort,
});
