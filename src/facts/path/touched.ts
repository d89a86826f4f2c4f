// The flows that a change can decide differently: from every place in the networks, from nodes outside them, from declared clients and
// the Internet, to the services, tags and subnets that the changed resources stand between.
import { isObject, type Json, type JsonObject } from '../../model/json.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, isWithin, nameOf, parentId, sameId, typeOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { looksLiteral, readPrefixes } from '../../net/addresses.ts';
import { isSpecialTag } from '../../net/facts.ts';
import { type FirewallRule, hostText } from '../../net/firewall/index.ts';
import { portTexts } from '../../net/ports.ts';
import { regionalTag } from '../../net/service-tags.ts';
import { unite } from '../../net/sets.ts';
import { firewallType } from '../../resource-types/azure-firewall.ts';
import { nicType } from '../../resource-types/machine-view.ts';
import { outboundRuleView } from '../../resource-types/managed-network.ts';
import { subnetType, subnetView, vnetOf, vnetType } from '../../resource-types/network-view.ts';
import { privateEndpointType } from '../../resource-types/private-link.ts';
import { listAt, textAt, textsAt } from '../../resource-types/read.ts';
import { routesOf } from '../../resource-types/route-view.ts';
import { zoneNames } from '../dns.ts';
import { endpointsLeadingTo } from '../endpoints-in-hand.ts';
import { firewallRulesOf } from '../firewall.ts';
import { batchGroups } from '../groups.ts';
import { defaultAccountId, isVault } from '../links.ts';
import { servedTags } from '../service-routes.ts';
import { serviceTagsOf } from '../service-tags.ts';
import { regionAt } from '../training-subnets.ts';
import type { PathQuestion } from './path.ts';
import {
  clients,
  endpointsAreSealed,
  internet,
  nodesApart,
  outsideNodes,
  places,
  placing,
  type SenderPlace,
} from './places.ts';
import { hostOf, serviceKindOf, serviceKinds } from './services.ts';

/** A question with its two ends. `service`: id of the service at its end. */
export interface TouchedFlow {
  readonly question: PathQuestion;
  readonly from: SenderPlace;
  readonly to: SenderPlace;
  /** Ids of the subnets at its ends. */
  readonly subnets: readonly string[];
  readonly service: string | null;
  /** The sub-resource of the service whose name is asked, where its names are asked apart. */
  readonly group?: string;
}

interface Target extends SenderPlace {
  readonly service: string | null;
  readonly ports: readonly string[];
  readonly group: string;
}

const everyPort = ['*'] as const;

/**
 * The groups by which a service is used: of an account its blobs and files, and its lake where it has one; of the workspace's own account
 * queues and tables, too, which batch deployments need (Microsoft Learn, "Network isolation in batch endpoints").
 */
function groupsOf({ id, body }: Resource, index: SnapshotIndex): readonly string[] {
  const groups = serviceKindOf(id)?.groups ?? [];
  if (!groups.includes('blob')) return groups.slice(0, 1);
  const isLake = isObject(body.properties) && body.properties.isHnsEnabled === true;
  const isDefault = attempt(
    () => sameId(defaultAccountId(index) ?? '', id),
    () => false,
  );
  return ['blob', 'file', ...(isLake ? ['dfs'] : []), ...(isDefault ? batchGroups : [])];
}

/** Its groups are apart only where private endpoints or zones lead to some of them, in either world. */
function targetsOf(service: Resource, index: SnapshotIndex, before: SnapshotIndex): Target[] {
  const groups = groupsOf(service, index);
  const isPrivate = bodiesOf(service.id, index, before).some(
    (body) => listAt(body, '/properties/privateEndpointConnections').length > 0,
  );
  if (!isPrivate && groups.length > 1) {
    const end = { kind: 'service', id: service.id, name: nameOf(service.id) } as const;
    return [
      { asked: service.id, end, service: service.id, subnet: undefined, ports: ['443', '445'], group: groups[0] ?? '' },
    ];
  }
  return groups.map((group, at) => ({
    asked: at === 0 ? service.id : hostOf(service.id, group, index),
    end: { kind: 'service', id: service.id, name: at === 0 ? nameOf(service.id) : `${nameOf(service.id)} (${group})` },
    service: service.id,
    subnet: undefined,
    ports: group === 'file' ? ['443', '445'] : ['443'],
    group,
  }));
}

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
  const regional = regionalNear(subnet, index);
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

/** The service endpoints of a subnet lead to everything behind these tags, not only to what was read. */
const endpointTags = (subnet: string, ...worlds: readonly SnapshotIndex[]): string[] => [
  ...new Set(
    worlds.flatMap((index) =>
      attempt(
        () => servedTags(subnet, index),
        () => [],
      ),
    ),
  ),
];

/** The tag of the region of a subnet, where that is known. */
function regionalNear(subnet: string | undefined, index: SnapshotIndex): (tag: string) => string {
  const region =
    subnet === undefined
      ? undefined
      : attempt(
          () => regionAt(subnet, index),
          () => undefined,
        );
  const tags = serviceTagsOf(index);
  return (tag) => (region === undefined || region === '' ? tag : regionalTag(tags, tag, region));
}

const tagTarget = (tag: string, ports: readonly string[] = everyPort): Target => ({
  asked: tag,
  end: { kind: 'tag', id: null, name: tag },
  service: null,
  subnet: undefined,
  group: '',
  ports,
});
const internetTarget = (): Target => ({
  ...internet,
  service: null,
  subnet: undefined,
  group: '',
  ports: everyPort,
});
const placeTarget = (place: SenderPlace): Target => ({ ...place, service: null, group: '', ports: everyPort });

const flowOf = (from: SenderPlace, to: Target): TouchedFlow => ({
  question: {
    ...{ source: from.asked, destination: to.asked, protocol: to.service === null ? '*' : 'Tcp', ports: to.ports },
    nameless: to.service === null && to.end?.kind !== 'host',
    brief: true,
    apart: true,
  },
  from,
  to,
  subnets: [from.subnet, to.subnet].flatMap((one) => one ?? []),
  service: to.service,
  ...(to.service === null || to.group === '' ? {} : { group: to.group }),
});

/** Why every flow of some places is asked: the texts of the rules or routes that changed, or undefined for any. */
interface Change {
  readonly places: readonly SenderPlace[];
  readonly remotes: readonly string[] | undefined;
  readonly inbound: boolean;
  readonly outbound: boolean;
  /** What can differ: everything, what leaves by public addresses, or what goes to services alone. */
  readonly reach: 'all' | 'public' | 'services';
  /** What is asked besides: the tags of service endpoints, what rules of firewalls name. */
  readonly more?: readonly Target[];
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
    if (!found.has(key)) found.set(key, flow);
  };
  const where = placesOf(before, after, changed);
  for (const change of changesAt(before, after, changed, where))
    for (const flow of flowsAt(change, before, after, where)) add(flow);
  for (const service of changedServices(before, after, changed))
    for (const flow of flowsTo(service, before, after, where)) add(flow);
  for (const flow of flowsOfManaged(before, after, changed)) add(flow);
  return [...found.values()];
}

/** The places of both worlds; who is where follows from resources that seldom differ. */
function placesOf(
  before: SnapshotIndex,
  after: SnapshotIndex,
  changed: readonly string[],
): () => readonly SenderPlace[] {
  let all: readonly SenderPlace[] | undefined;
  const isMoved = changed.some((id) => {
    const type = fold(typeOf(id));
    return !isType(id, subnetType) && !isType(id, vnetType) && placing.some((one) => type.startsWith(one));
  });
  const apart = (id: string, index: SnapshotIndex) => nodesApart(id, index).map(({ asked }) => fold(asked));
  const isNew = changed.some(
    (id) =>
      isType(id, subnetType) &&
      (bodiesOf(id, before, after).length < 2 || apart(id, before).join() !== apart(id, after).join()),
  );
  return () => {
    all ??=
      isMoved || isNew
        ? [...new Map([...places(before), ...places(after)].map((one) => [fold(one.asked), one])).values()]
        : places(before);
    return all;
  };
}

const bodiesOf = (id: string, ...worlds: readonly SnapshotIndex[]): Json[] =>
  worlds.flatMap((index) => {
    const seen = index.peek(id);
    return seen.state === 'read' ? [seen.resource.body] : [];
  });

const isType = (id: string, type: string): boolean => sameId(typeOf(id), type);
const groupType = 'Microsoft.Network/networkSecurityGroups';
const tableType = 'Microsoft.Network/routeTables';

function changesAt(
  before: SnapshotIndex,
  after: SnapshotIndex,
  changed: readonly string[],
  where: () => readonly SenderPlace[],
): Change[] {
  const of = (ids: ReadonlySet<string>): SenderPlace[] =>
    where().filter(({ subnet, asked }) => ids.has(fold(asked)) || (subnet !== undefined && ids.has(fold(subnet))));
  const out: Change[] = [];
  const [into, outOf] = [new Map<string, Set<string>>(), new Map<string, Set<string>>()];
  const tables = new Map<string, Set<string>>();
  const whole = new Set<string>();
  /** A rule decides traffic of its direction alone. */
  const addRules = (group: string, rules: readonly Json[]): void => {
    for (const rule of rules) addAll(isInbound(rule) ? into : outOf, group, remoteTexts(rule));
  };
  for (const id of changed) {
    const type = fold(typeOf(id));
    if (type === fold(`${groupType}/securityRules`)) addRules(parentId(id) ?? id, bodiesOf(id, before, after));
    else if (type === fold(groupType)) addRules(id, moved(bodiesOf(id, before, after), '/properties/securityRules'));
    else if (type === fold(`${tableType}/routes`)) addAll(tables, parentId(id) ?? id, prefixesOf(id, before, after));
    else if (type === fold(tableType)) addAll(tables, id, prefixesOfTable(id, before, after));
    else if (type === fold(subnetType)) {
      const reach = reachOfSubnet(id, before, after);
      if (reach === 'all') whole.add(fold(id));
      else if (reach !== undefined) {
        const isServed = differs(['serviceEndpoints'], bodiesOf(id, before, after));
        const more = isServed ? endpointTags(id, before, after).map((tag) => tagTarget(tag)) : [];
        out.push({ places: of(new Set([fold(id)])), remotes: undefined, inbound: false, outbound: true, reach, more });
      }
    } else if (type === fold(vnetType) || type.startsWith(`${fold(vnetType)}/virtualnetworkpeerings`)) {
      const network = type === fold(vnetType) ? id : (parentId(id) ?? id);
      if (type === fold(vnetType) && !networkChanged(id, before, after)) continue;
      for (const { subnet } of where())
        if (subnet !== undefined && sameId(vnetOf(subnet), network)) whole.add(fold(subnet));
    } else if (type === fold(nicType)) whole.add(fold(id));
    else if (decidesPublic.some((one) => type.startsWith(one))) {
      const at = of(new Set([...subnetsNaming(id, before, after)]));
      out.push({ places: at, remotes: undefined, inbound: true, outbound: true, reach: 'public' });
    } else if (firewallTypes.some((one) => type.startsWith(one)) && !isInHub(before, after)) {
      const routed = of(subnetsToAppliances(before, after));
      const more = targetsOfFirewalls(before, after);
      out.push({ places: routed, remotes: undefined, inbound: true, outbound: true, reach: 'all', more });
      // It may lead in from the Internet to any address.
      out.push({ places: where(), remotes: ['Internet'], inbound: true, outbound: false, reach: 'public' });
    } else if ([...firewallTypes, networkManager].some((one) => type.startsWith(one))) {
      for (const { subnet } of where()) if (subnet !== undefined) whole.add(fold(subnet));
    }
  }
  for (const id of changed) out.push(...regrouped(id, of, before, after));
  for (const inbound of [true, false]) {
    for (const [id, remotes] of inbound ? into : outOf) {
      const at = of(usersOf(id, '/properties/networkSecurityGroup/id', [subnetType, nicType], before, after));
      if (remotes.size > 0) out.push({ places: at, remotes: [...remotes], inbound, outbound: !inbound, reach: 'all' });
    }
  }
  for (const [id, prefixes] of tables) {
    const at = of(usersOf(id, '/properties/routeTable/id', [subnetType], before, after));
    if (prefixes.size > 0)
      // Replies to what comes in take the routes too.
      out.push({ places: at, remotes: [...prefixes], inbound: true, outbound: true, reach: 'all' });
  }
  if (whole.size > 0) out.push({ places: of(whole), remotes: undefined, inbound: true, outbound: true, reach: 'all' });
  return out;
}

const groupPointer = '/properties/networkSecurityGroup/id';

/**
 * What gets a group, or another one: its rules may let in whom it was closed to, as a Standard public IP address is without a group. Out
 * of a place without a group everything was allowed.
 */
function regrouped(
  id: string,
  of: (ids: ReadonlySet<string>) => SenderPlace[],
  ...worlds: readonly [SnapshotIndex, SnapshotIndex]
): Change[] {
  if (!isType(id, subnetType) && !isType(id, nicType)) return [];
  const groups = worlds.map((index) => bodiesOf(id, index).flatMap((body) => textAt(body, groupPointer) ?? []));
  const [was = [], is = []] = groups;
  if (sameId(was[0] ?? '', is[0] ?? '')) return [];
  const rules = [...was, ...is].flatMap((group) =>
    bodiesOf(group, worlds[1]).flatMap((body) => listAt(body, '/properties/securityRules')),
  );
  const isSwapped = was.length > 0 && is.length > 0;
  return [true, false].flatMap((inbound): Change[] => {
    const remotes = [...new Set(rules.filter((rule) => isInbound(rule) === inbound).flatMap(remoteTexts))];
    if (remotes.length === 0 || (!inbound && !isSwapped)) return [];
    return [{ places: of(new Set([fold(id)])), remotes, inbound, outbound: !inbound, reach: 'all' }];
  });
}

/** Traffic passes a firewall by a route that names its address, except in a virtual hub. */
const firewallTypes = ['microsoft.network/azurefirewalls', 'microsoft.network/firewallpolicies'];
const isInHub = (...worlds: readonly SnapshotIndex[]): boolean =>
  worlds.some((index) =>
    index.ofType(firewallType).some(({ body }) => textAt(body, '/properties/virtualHub/id') !== undefined),
  );
/** Stands between any two places. */
const networkManager = 'microsoft.network/networkmanagers';

/** The tags, addresses and hosts that rules of firewalls name which one world alone has. */
function targetsOfFirewalls(...worlds: readonly SnapshotIndex[]): Target[] {
  const [was, is] = worlds.map(
    (index) =>
      new Map(
        index
          .ofType(firewallType)
          .flatMap((one) => rulesInHand(one, index))
          .map((rule): [string, FirewallRule] => [JSON.stringify({ ...rule, pointer: '' }), rule]),
      ),
  );
  const changed = [...(was ?? [])]
    .filter(([key]) => !is?.has(key))
    .concat([...(is ?? [])].filter(([key]) => !was?.has(key)));
  const texts = new Set(changed.flatMap(([, { destination }]) => destination.prefixes));
  const hosts = Map.groupBy(
    changed.flatMap(([, rule]) => rule.hosts.map((host) => ({ host: hostText(host), ports: rule.ports }))),
    ({ host }) => host,
  );
  const outside = worlds.map(isOutside);
  return [
    ...[...texts].flatMap((text) => {
      if (isAny(text) || isSpecialTag(text) || /^virtualnetwork$/i.test(text)) return [];
      if (!looksLiteral(text)) return [tagTarget(text)];
      return outside.every((test) => test(text)) ? [addressTarget(text)] : [];
    }),
    // A rule for every name is one for the Internet.
    ...[...hosts].flatMap(([host, rules]) =>
      host === '*' ? [] : [hostTarget(host, portTexts(rules.map(({ ports }) => ports).reduce(unite)))],
    ),
  ];
}
const rulesInHand = (firewall: Resource, index: SnapshotIndex): FirewallRule[] =>
  attempt(
    () => {
      const { network, application } = firewallRulesOf(firewall, index);
      return [...network, ...application];
    },
    () => [],
  );

/** Ids of the subnets with a route to an address, in either world. */
function subnetsToAppliances(...worlds: readonly SnapshotIndex[]): ReadonlySet<string> {
  const tables = worlds.flatMap((index) => index.ofType(tableType)).filter((one) => routesOf(one).some(hasAddress));
  const found = tables.map(({ id }) => usersOf(id, '/properties/routeTable/id', [subnetType], ...worlds));
  return new Set(found.flatMap((ids) => [...ids]));
}
const hasAddress = ({ body }: Resource): boolean => textAt(body, '/properties/nextHopIpAddress') !== undefined;

/** Types that decide how the subnets that name them leave the network. */
const decidesPublic = [
  'microsoft.network/natgateways',
  'microsoft.network/publicipaddresses',
  'microsoft.network/serviceendpointpolicies',
  'microsoft.network/loadbalancers',
];

/** Ids of the subnets whose body names a resource, and of those that name what names it. */
function subnetsNaming(id: string, ...worlds: readonly SnapshotIndex[]): Set<string> {
  const found = new Set<string>();
  for (const index of worlds) {
    const holders = [id, ...index.snapshot.resources.filter(({ body }) => names(body, id)).map((one) => one.id)];
    for (const subnet of index.ofType(subnetType)) {
      if (holders.some((one) => names(subnet.body, one) || sameId(one, subnet.id))) found.add(fold(subnet.id));
    }
    for (const nic of index.ofType(nicType)) if (holders.some((one) => sameId(one, nic.id))) found.add(fold(nic.id));
  }
  return found;
}

function names(value: Json | undefined, id: string): boolean {
  if (typeof value === 'string') return sameId(value, id);
  if (Array.isArray(value)) return value.some((one) => names(one, id));
  return isObject(value) && Object.values(value).some((one) => names(one, id));
}

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

const settingsOf = (rule: Json): string => (isObject(rule) && isObject(rule.properties) ? '/properties' : '');
const isInbound = (rule: Json): boolean => fold(textAt(rule, `${settingsOf(rule)}/direction`) ?? '') === 'inbound';

const remoteTexts = (rule: Json): string[] => {
  const at = settingsOf(rule);
  const side = isInbound(rule) ? 'source' : 'destination';
  const single = textAt(rule, `${at}/${side}AddressPrefix`);
  const groups = listAt(rule, `${at}/${side}ApplicationSecurityGroups`);
  return [
    ...(single === undefined || single === '' ? [] : [single]),
    ...textsAt(rule, `${at}/${side}AddressPrefixes`),
    ...(groups.length > 0 ? ['VirtualNetwork'] : []),
  ];
};

/** The items that differ between two lists of one body. */
const moved = (bodies: readonly Json[], pointer: string): Json[] => {
  const [was, is] = bodies.map((body) => new Map(listAt(body, pointer).map((one) => [JSON.stringify(one), one])));
  if (was === undefined || is === undefined) return [...(was ?? is ?? new Map<string, Json>()).values()];
  return [...[...was].filter(([key]) => !is.has(key)), ...[...is].filter(([key]) => !was.has(key))].map(
    ([, item]) => item,
  );
};

const prefixIn = (item: Json): string[] => {
  const one = textAt(item, '/properties/addressPrefix') ?? textAt(item, '/addressPrefix');
  return one === undefined ? [] : [one];
};
const prefixesOf = (id: string, ...worlds: readonly SnapshotIndex[]): string[] =>
  bodiesOf(id, ...worlds).flatMap(prefixIn);
const prefixesOfTable = (id: string, ...worlds: readonly SnapshotIndex[]): string[] => {
  const bodies = bodiesOf(id, ...worlds);
  const own = moved(bodies, '/properties/routes').flatMap(prefixIn);
  const [was, is] = bodies.map((body) =>
    JSON.stringify(
      isObject(body) && isObject(body.properties)
        ? [body.properties.disableBgpRoutePropagation, body.properties.disablePeeringRoute]
        : null,
    ),
  );
  return was === is ? own : [...own, '*'];
};

const subnetSettings = {
  all: ['networkSecurityGroup', 'routeTable', 'addressPrefix', 'addressPrefixes', 'privateEndpointNetworkPolicies'],
  public: ['natGateway', 'defaultOutboundAccess'],
  services: ['serviceEndpoints', 'serviceEndpointPolicies'],
} as const;
const differs = (names: readonly string[], bodies: readonly Json[]): boolean => {
  if (bodies.length < 2) return true;
  const [was, is] = bodies.map((body) =>
    names.map((name) =>
      JSON.stringify(isObject(body) && isObject(body.properties) ? (body.properties[name] ?? null) : null),
    ),
  );
  return was?.some((one, at) => one !== is?.[at]) ?? true;
};
function reachOfSubnet(id: string, ...worlds: readonly SnapshotIndex[]): Change['reach'] | undefined {
  const bodies = bodiesOf(id, ...worlds);
  return (['all', 'public', 'services'] as const).find((reach) => differs(subnetSettings[reach], bodies));
}
const networkChanged = (id: string, ...worlds: readonly SnapshotIndex[]): boolean =>
  differs(['addressSpace', 'dhcpOptions', 'virtualNetworkPeerings', 'encryption'], bodiesOf(id, ...worlds));

const isAny = (text: string): boolean =>
  /^(?:\*|any|internet|0\.0\.0\.0(?:\/[01])?|128\.0\.0\.0\/1|::\/0)$/i.test(text);
const isPrivateText = (text: string): boolean =>
  /^(?:\*|any|virtualnetwork|0\.0\.0\.0\/0|::\/0)$/i.test(text) || (looksLiteral(text) && !isAny(text));

function flowsAt(
  { places: here, remotes, inbound, outbound, reach, more = [] }: Change,
  before: SnapshotIndex,
  index: SnapshotIndex,
  where: () => readonly SenderPlace[],
): TouchedFlow[] {
  const others = where();
  const senders = others.filter(sends);
  const services = servicesIn(index).flatMap((one) => targetsOf(one, index, before));
  const tags =
    remotes?.filter(
      (text) => !looksLiteral(text) && !isAny(text) && !/^virtualnetwork$/i.test(text) && !isSpecialTag(text),
    ) ?? [];
  const literals = remotes?.filter((text) => looksLiteral(text) && !isAny(text)) ?? [];
  const wide = reach !== 'services' && (remotes === undefined || remotes.some(isAny));
  const near = reach === 'all' && (remotes === undefined || remotes.some(isPrivateText));
  return here.flatMap((place) => {
    // Groups decide between two machines of one subnet, too.
    const rest = senders.filter(({ asked, end }) => end === undefined || !sameId(asked, place.asked));
    const behind = near && inbound ? services.filter((one) => isBehind(place, one, index)) : [];
    const named = [...tags.map((tag) => tagTarget(tag)), ...more];
    const needed = wide ? neededTags(place.subnet, index) : [];
    const out: Target[] =
      outbound && sends(place)
        ? [
            ...services,
            ...named,
            ...(wide ? [internetTarget()] : []),
            ...needed.filter(({ asked }) => !named.some((one) => sameId(one.asked, asked))),
            ...(near ? rest.map(placeTarget) : []),
            ...literals.filter(isOutside(index)).map((text) => addressTarget(text)),
          ]
        : [];
    const into: SenderPlace[] = inbound
      ? [
          ...(wide ? [internet] : []),
          ...(wide || literals.length > 0 ? clients(index) : []),
          ...tags.map(tagPlace),
          ...(near ? rest : []),
          ...literals.filter(isOutside(index)).map(addressPlace),
        ]
      : [];
    return [
      ...out.map((to) => flowOf(place, to)),
      ...into.map((from) => flowOf(from, placeTarget(place))),
      ...behind.flatMap((to) => rest.map((from) => flowOf(from, to))),
    ];
  });
}

const sends = ({ receives }: SenderPlace): boolean => receives !== true;

/** Is an endpoint of the service in this subnet? */
const isBehind = (place: SenderPlace, { service }: Target, index: SnapshotIndex): boolean =>
  service !== null &&
  attempt(
    () => endpointsLeadingTo(service, index).some((one) => sameId(one.subnet ?? '', place.asked)),
    () => true,
  );

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
  subnet: undefined,
  group: '',
  ports: everyPort,
});
const addressPlace = (text: string): SenderPlace => ({
  asked: text,
  end: { kind: 'addresses', id: null, name: text },
  subnet: undefined,
});
const tagPlace = (tag: string): SenderPlace => ({
  asked: tag,
  end: { kind: 'tag', id: null, name: tag },
  subnet: undefined,
});

/** The services whose firewall, private endpoints or names differ. */
function changedServices(before: SnapshotIndex, after: SnapshotIndex, changed: readonly string[]): ChangedService[] {
  const all = servicesIn(after);
  const ids = new Set<string>();
  const every = () => {
    for (const { id } of all) ids.add(fold(id));
  };
  const limited: ChangedService[] = [];
  for (const id of changed) {
    const type = fold(typeOf(id));
    const service = all.find(
      (one) => sameId(one.id, id) || (isWithin(id, one.id) && type.endsWith('privateendpointconnections')),
    );
    if (service !== undefined) {
      const only = sameId(service.id, id) ? subnetsOfRules(id, before, after) : undefined;
      if (only === undefined) ids.add(fold(service.id));
      else limited.push({ service, only: (subnet) => only.has(fold(subnet)) });
    } else if (isType(id, privateEndpointType)) {
      const targets = bodiesOf(id, before, after).flatMap((body) =>
        ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections'].flatMap((list) =>
          listAt(body, `/properties/${list}`).flatMap((one) => textAt(one, '/properties/privateLinkServiceId') ?? []),
        ),
      );
      for (const one of targets) ids.add(fold(one));
    } else if (type.startsWith('microsoft.network/privatednszones')) limited.push(...namedIn(id, all, before, after));
    else if (type.includes('/privatednszonegroups')) {
      const endpoint = parentId(id) ?? id;
      limited.push(
        ...all
          .filter((one) => leadsThere(endpoint, one.id, before, after))
          .map((service) => ({ service, only: inSubnet })),
      );
    } else if (type.startsWith('microsoft.network/networksecurityperimeters')) every();
  }
  return [...all.filter(({ id }) => ids.has(fold(id))).map((service) => ({ service, only: undefined })), ...limited];
}

const inSubnet = (): boolean => true;

const leadsThere = (endpoint: string, service: string, ...worlds: readonly SnapshotIndex[]): boolean =>
  worlds.some((index) => endpointsLeadingTo(service, index).some((one) => sameId(one.endpoint.id, endpoint)));

/** The services with names in the zone of a link or record, for the networks that resolve by it. */
function namedIn(
  id: string,
  services: readonly Resource[],
  before: SnapshotIndex,
  after: SnapshotIndex,
): ChangedService[] {
  const isLink = /\/virtualNetworkLinks$/i.test(typeOf(id));
  const zone = /^microsoft\.network\/privatednszones$/i.test(typeOf(id)) ? id : (parentId(id) ?? id);
  const links = isLink
    ? bodiesOf(id, before, after)
    : [before, after].flatMap((index) =>
        index
          .ofType(`${typeOf(zone)}/virtualNetworkLinks`)
          .flatMap((one) => (isWithin(one.id, zone) ? [one.body] : [])),
      );
  const networks = links.flatMap((body) => textAt(body, '/properties/virtualNetwork/id') ?? []);
  const only = (subnet: string) => networks.some((one) => sameId(one, vnetOf(subnet)));
  return services.flatMap((service) => {
    const groups = groupsOf(service, after).filter((group) =>
      zoneNames(group, after).some((name) => sameId(name, nameOf(zone))),
    );
    return groups.length === 0 ? [] : [{ service, only, groups }];
  });
}

interface ChangedService {
  readonly service: Resource;
  /** The subnets whose packets alone it may decide differently; undefined for every source. */
  readonly only: ((subnet: string) => boolean) | undefined;
  /** Groups of its names; undefined for all. */
  readonly groups?: readonly string[];
}

/** Where nothing of a firewall differs but its virtual network rules, and what lets services connect by identity. */
function subnetsOfRules(id: string, ...worlds: readonly SnapshotIndex[]): ReadonlySet<string> | undefined {
  const [was, is] = bodiesOf(id, ...worlds);
  if (!isObject(was) || !isObject(is) || !isObject(was.properties) || !isObject(is.properties)) return undefined;
  const rest = (properties: Json) => {
    const { networkAcls, networkRuleSet, networkRuleBypassOptions: _bypass, ...others } = properties as JsonObject;
    const acls = [networkAcls, networkRuleSet].map((one) => {
      if (!isObject(one)) return one ?? null;
      const { virtualNetworkRules: _rules, bypass: _own, resourceAccessRules: _instances, ...left } = one;
      return left;
    });
    return JSON.stringify([acls, others]);
  };
  if (rest(was.properties) !== rest(is.properties)) return undefined;
  const subnets = [was, is].map((body) =>
    ['networkAcls', 'networkRuleSet'].flatMap((name) =>
      listAt(body, `/properties/${name}/virtualNetworkRules`).map((one) => ({
        text: JSON.stringify(one),
        id: fold(
          typeof one === 'string' ? one : (textAt(one, '/id') ?? textAt(one, '/virtualNetworkSubnetResourceId') ?? ''),
        ),
      })),
    ),
  );
  const [old = [], fresh = []] = subnets;
  const only = (a: typeof old, b: typeof old) => a.filter(({ text }) => !b.some((one) => one.text === text));
  return new Set([...only(old, fresh), ...only(fresh, old)].map((one) => one.id));
}

function flowsTo(
  { service, only, groups }: ChangedService,
  before: SnapshotIndex,
  index: SnapshotIndex,
  where: () => readonly SenderPlace[],
): TouchedFlow[] {
  const all = where().filter(sends);
  const near = only === undefined ? all : all.filter(({ subnet }) => subnet !== undefined && only(subnet));
  // Containers read the key vault themselves; the rest comes by the endpoints of their deployments. Nodes in a subnet that was read are
  // those of the subnet.
  const nodes = outsideNodes(index).filter(
    ({ end, subnet }) =>
      (end?.kind !== 'onlineEndpoint' || isVault(service.id) || !endpointsAreSealed(index)) &&
      !(subnet !== undefined && near.some((one) => one.subnet !== undefined && sameId(one.subnet, subnet))),
  );
  const sources = only === undefined ? [...near, ...nodes, ...clients(index), internet] : near;
  if (sources.length === 0) return [];
  const targets = targetsOf(service, index, before).filter(
    ({ group }) => groups === undefined || groups.includes(group),
  );
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
    ...servicesIn(after).flatMap((one) => targetsOf(one, after, before)),
    internetTarget(),
    ...neededTags(undefined, after),
    ...hosts,
  ];
  return nodes.flatMap((from) => targets.map((to) => flowOf(from, to)));
}

const hostTarget = (host: string, ports: readonly string[] = everyPort): Target => ({
  asked: host,
  end: { kind: 'host', id: null, name: host },
  service: null,
  subnet: undefined,
  group: '',
  ports,
});
