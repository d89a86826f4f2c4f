// World "fleet": a tenant with many workspaces in several subscriptions, of three architectures, behind hubs that they share. It is
// computed from a seed, so that it is the same every time and its faults can be listed beforehand.
//
//   hubs            one for each hundred workspaces, three at least: network, firewall with policy, private DNS zones
//   subscriptions   one for each twenty-five workspaces unless another number is asked for, and one for the hubs
//   groups          the management group `platform` with the subscription of the hubs, `ml-teams` with the others
//   network team    in each subscription a security group and a route table for each hub
//   teams           each with a shared account that half of its workspaces store their training data in
//   the rest        a workspace with computes, datastores, accounts, vault, registry, network and endpoints of its own
import { type ArmJson, list, object, stringifyJson, text } from '../json.ts';
import type { LazyDocument } from '../store/store.ts';
import {
  type FleetNames,
  type FleetTemplate,
  type FleetWorldArchitecture,
  faultSetsOf,
  fleetParts,
  fleetTemplate,
  named,
  placed,
} from './fleet-templates.ts';
import {
  endpointPieces,
  filled,
  guidOf,
  piece,
  references,
  referencesTo,
  type StorageEndpoint,
  storageZone,
  zonePieces,
} from './pieces.ts';
import {
  account,
  type FleetWorldSize,
  subscription as firstSubscription,
  type WorldFault,
  type WorldFile,
} from './world.ts';

const defaultFleet: FleetWorldSize = { workspaces: 40, seed: 1 };

export interface FleetWorldWorkspace {
  readonly id: string;
  readonly architecture: FleetWorldArchitecture;
  /** What is wrong with it alone, and with what it shares. */
  readonly faults: readonly WorldFault[];
  readonly names: FleetNames;
  readonly template: FleetTemplate;
  readonly tags: Readonly<Record<string, string>>;
}
export interface FleetWorldPlan {
  readonly workspaces: readonly FleetWorldWorkspace[];
  /** Resources that several workspaces use. */
  readonly shared: readonly { readonly resource: string; readonly workspaces: readonly string[] }[];
}

const teams = ['vision', 'speech', 'pricing', 'fraud', 'routing', 'search', 'demand', 'claims', 'credit', 'churn'];
const stages = ['dev', 'test', 'prod'];
/** A hub has at most a hundred workspaces, and there are at least three. */
const perHubOf = ({ workspaces }: FleetWorldSize): number => Math.min(100, Math.ceil(workspaces / 3));
const perSubscriptionOf = ({ perSubscription = 25 }: FleetWorldSize): number => perSubscription;
const hubSubscription = guidOf('hub subscription');
const subscriptionAt = (index: number): string =>
  index === 0 ? firstSubscription : guidOf(`fleet subscription ${index}`);
const digits = (value: number, width: number): string => String(value).padStart(width, '0');

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What is wrong with the security group or the route table that the workspaces of a hub share. */
type HubFault = 'none' | 'security group' | 'route table';
const hubFaults: readonly HubFault[] = ['none', 'security group', 'route table'];
const hubFaultOf = ({ name }: Pick<Hub, 'name'>): HubFault =>
  hubFaults[(Number(name) - 1) % hubFaults.length] ?? 'none';

interface Hub {
  readonly name: string;
  readonly group: string;
  readonly zones: string;
  readonly members: FleetWorldWorkspace[];
}
const hubPart = ({ group, name }: Hub, type: string, part: string): string =>
  `${group}/providers/Microsoft.Network/${type}/${part}-${name}`;
const teamPart = (group: string, type: string, part: string): string =>
  `${group}/providers/Microsoft.Network/${type}/${part}`;
const homeOf = ({ architecture, names }: Pick<FleetWorldWorkspace, 'architecture' | 'names'>): string =>
  `/subscriptions/${names.subscription}/resourceGroups/${names.group}/providers/Microsoft.Network/virtualNetworks/vnet-${names.code}${architecture === 'managed network' ? '-users' : ''}`;
const spaceOf = ({ names }: FleetWorldWorkspace): string => `10.${names.block}.0.0/16`;

const hubAt = (index: number): Hub => {
  const name = digits(index + 1, 2);
  return {
    name,
    group: `/subscriptions/${hubSubscription}/resourceGroups/rg-hub-${name}`,
    zones: `/subscriptions/${hubSubscription}/resourceGroups/rg-dns-${name}`,
    members: [],
  };
};

/** Which workspaces there are, of what, and what is wrong with them. */
export function planFleet(size: FleetWorldSize): FleetWorldPlan {
  const { seed, workspaces: count } = size;
  const [perHub, perSubscription] = [perHubOf(size), perSubscriptionOf(size)];
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const chance = (share: number): boolean => random() < share;
  const workspaces = Array.from({ length: count }, (_, index): FleetWorldWorkspace => {
    const hub = hubAt(Math.floor(index / perHub));
    const team = pick(teams);
    const stage = pick(stages);
    const number = digits(index + 1, 4);
    const code = `${team}${stage}${number}`;
    const subscription = subscriptionAt(Math.floor(index / perSubscription));
    const architecture = pick(architectures);
    const set = chance(0.5) ? 0 : Math.floor(random() * faultSetsOf(architecture));
    const template = fleetTemplate(architecture, set, chance(0.6), architecture !== 'managed network' && chance(0.5));
    const dataGroup = template.sharesAccount ? `rg-${team}-shared-${hub.name}` : `rg-${team}-${stage}-${number}`;
    const dataAccountName = template.sharesAccount
      ? `st${team}shared${hub.name}${architecture === 'private endpoints' ? 'p' : 's'}`
      : `st${code}data`;
    const home = template.sharesAccount ? subscriptionOf(hub, size) : subscription;
    const names: FleetNames = {
      ...{ subscription, hub: hub.group, zones: hub.zones, hubName: hub.name, code, dataGroup, dataAccountName },
      group: `rg-${team}-${stage}-${number}`,
      team: `/subscriptions/${subscription}/resourceGroups/rg-network-${hub.name}`,
      workspace: `mlw-${team}-${stage}-${number}`,
      block: 10 + (index % perHub),
      workspaceGuid: guidOf(`${code} workspace`),
      principal: guidOf(`${code} principal`),
      notebook: guidOf(`${code} notebook`).replaceAll('-', ''),
      dataAccount: `/subscriptions/${home}/resourceGroups/${dataGroup}/providers/Microsoft.Storage/storageAccounts/${dataAccountName}`,
      publicAddress: `203.0.113.${20 + (index % 200)}`,
    };
    const tags = {
      ...(chance(0.85) ? { owner: `${team}-team@contoso.example` } : {}),
      ...{ env: stage, costCenter: String(4000 + teams.indexOf(team)) },
      ...(chance(0.4) ? { 'managed-by': 'terraform' } : {}),
    };
    const id = `/subscriptions/${subscription}/resourceGroups/${names.group}/providers/Microsoft.MachineLearningServices/workspaces/${names.workspace}`;
    const faults = [...template.faults.map((fault) => faultOf(fault, names)), ...sharedFaults(template, hub, names)];
    return { id, architecture, faults, names, template, tags };
  });
  return { workspaces, shared: sharedIn(workspaces) };
}

const architectures: readonly FleetWorldArchitecture[] = [
  ...(['service endpoints', 'service endpoints', 'private endpoints', 'private endpoints'] as const),
  'managed network',
];
/** The subscription of a hub's first workspaces holds the accounts that its workspaces share. */
const subscriptionOf = ({ name }: Hub, size: FleetWorldSize): string =>
  subscriptionAt(Math.floor(((Number(name) - 1) * perHubOf(size)) / perSubscriptionOf(size)));

function faultOf({ resource, where, ...fault }: WorldFault, names: FleetNames): WorldFault {
  return {
    ...fault,
    resource: placed(resource, names),
    ...(where === undefined ? {} : { where: placed(where, names) }),
  };
}

/** What is wrong with what a workspace shares. */
function sharedFaults(
  { architecture, sharesAccount, usesHub }: FleetTemplate,
  hub: Hub,
  names: FleetNames,
): WorldFault[] {
  const fault = hubFaultOf(hub);
  const hasSubnets = usesHub && architecture !== 'managed network';
  const group = teamPart(names.team, 'networkSecurityGroups', `nsg-ml-${hub.name}`);
  const table = teamPart(names.team, 'routeTables', `rt-ml-${hub.name}`);
  const rulesAt: readonly (readonly [rule: string, where: string, says: string])[] =
    fault === 'security group'
      ? ['nsg.outbound-azureml', 'nsg.outbound-azureml-ports'].map((rule) => [
          rule,
          group,
          'DenyMachineLearning denies it.',
        ])
      : [
          ['nsg.inbound-ssh', group, 'The route of the hub makes every address one of the virtual network.'],
          ...(architecture === 'service endpoints' ? ['udr.azureml-prefixes', 'udr.azureml-secondary-region'] : []).map(
            (rule) => [rule, table, 'Everything is sent to the firewall of the hub.'] as const,
          ),
        ];
  const subnets = fault === 'none' || !hasSubnets ? [] : computeSubnetsOf({ architecture, names });
  return [
    ...subnets.flatMap((resource) => rulesAt.map(([rule, where, says]) => ({ rule, resource, where, says }))),
    ...(sharesAccount && isOpenAccount(names.dataAccountName)
      ? ['storage.default-action-deny', 'storage.nondefault-accounts'].map((rule) => ({
          ...{ rule, resource: names.dataAccount, says: 'The account of the team allows access from all networks.' },
        }))
      : []),
  ];
}

/** A quarter of the shared accounts allow access from all networks. */
const isOpenAccount = (name: string): boolean => /^[0-3]/.test(guidOf(name));

function sharedIn(workspaces: readonly FleetWorldWorkspace[]): FleetWorldPlan['shared'] {
  const users = new Map<string, string[]>();
  const use = (resource: string, by: string): void => {
    const known = users.get(resource);
    if (known) known.push(by);
    else users.set(resource, [by]);
  };
  for (const { id, names, template } of workspaces) {
    if (template.sharesAccount) use(names.dataAccount, id);
    if (template.usesHub) {
      use(teamPart(names.team, 'networkSecurityGroups', `nsg-ml-${names.hubName}`), id);
      use(teamPart(names.team, 'routeTables', `rt-ml-${names.hubName}`), id);
    }
  }
  return [...users].map(([resource, ids]) => ({ resource, workspaces: ids }));
}

/** Every document of the tenant: subscriptions, hubs, shared accounts, then workspace by workspace. */
export function* fleetDocuments(size: FleetWorldSize): Generator<LazyDocument> {
  const { workspaces } = planFleet(size);
  const perHub = perHubOf(size);
  const hubs = new Map<string, Hub>();
  for (const [index, one] of workspaces.entries()) {
    const hub = hubs.get(one.names.hubName) ?? hubAt(Math.floor(index / perHub));
    hub.members.push(one);
    hubs.set(hub.name, hub);
  }
  const subscriptions = new Set([...workspaces.map(({ names }) => names.subscription), hubSubscription]);
  for (const [index, id] of [...subscriptions].entries()) {
    yield subscriptionDocument(id, index);
    yield membershipDocument(id);
  }
  for (const one of workspaces) yield* workspaceDocuments(one);
  for (const hub of hubs.values()) yield* hubDocuments(hub);
}

const documentOf = (body: ArmJson): LazyDocument => {
  const whole = stringifyJson(body);
  return { id: text(body, 'id') ?? '', text: () => whole };
};

function subscriptionDocument(id: string, index: number): LazyDocument {
  const body = object({
    id: `/subscriptions/${id}`,
    ...{ authorizationSource: 'RoleBased', managedByTenants: [], subscriptionId: id, state: 'Enabled' },
    displayName: id === hubSubscription ? 'Connectivity' : `Machine learning ${digits(index + 1, 2)}`,
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'EnterpriseAgreement_2014-09-01',
      spendingLimit: 'Off',
    },
  });
  return { id: `/subscriptions/${id}`, text: () => stringifyJson(body) };
}

function membershipDocument(subscription: string): LazyDocument {
  const group = `/providers/Microsoft.Management/managementGroups/${subscription === hubSubscription ? 'platform' : 'ml-teams'}`;
  const id = `${group}/subscriptions/${subscription}`;
  const body = object({ id, name: subscription, properties: { parent: { id: group }, state: 'Active' } });
  return { id, text: () => stringifyJson(body) };
}

function* workspaceDocuments({ names, tags, template }: FleetWorldWorkspace): Generator<LazyDocument> {
  const shown = `"tags":${JSON.stringify(tags)}`;
  for (const { body, id } of template.documents) {
    yield {
      id: named(id, names),
      text: () => named(body, names).replace(/"tags":\{(?:"team":"vision")?\}/, shown),
    };
  }
}

function* hubDocuments(hub: Hub): Generator<LazyDocument> {
  for (const body of hubBodies(hub)) yield documentOf(body);
}

function* hubBodies(hub: Hub): Generator<ArmJson> {
  const { group, members, name, zones } = hub;
  const accounts = Map.groupBy(
    members.filter(({ template }) => template.sharesAccount),
    ({ names }) => names.dataAccount,
  );
  const groups = new Set([group, zones, ...[...accounts.keys()].map((id) => id.slice(0, id.indexOf('/providers/')))]);
  for (const id of groups) yield piece('resourceGroup', { id });
  const shared = [...accounts.values()].map((users, index) => sharedAccount(hub, users, index));
  const endpoints = shared.flatMap((one) => one.endpoints);
  yield networkOf(hub, endpoints);
  for (const body of list(fleetParts('hub'))) yield filled(body, { group, hub: name }) ?? null;
  const fault = hubFaultOf(hub);
  for (const team of new Set(members.map(({ names }) => names.team))) {
    const [rules, routes] = [
      teamPart(team, 'networkSecurityGroups', `nsg-ml-${name}`),
      teamPart(team, 'routeTables', `rt-ml-${name}`),
    ];
    const [ruleNames, routeNames] = [
      ['allowMachineLearning', ...(fault === 'security group' ? ['denyMachineLearning'] : [])],
      ['toSpokes', ...(fault === 'route table' ? ['everything'] : [])],
    ];
    yield piece('resourceGroup', { id: team });
    yield piece('securityGroup', { id: rules, rules: ruleNames.map((rule) => piece(rule, { group: rules })) });
    yield piece('routeTable', { id: routes, routes: routeNames.map((route) => piece(route, { table: routes })) });
  }
  for (const { body, endpoints: own } of shared) yield* [body, ...own.flatMap(endpointPieces)];
  const used = [
    'privatelink.api.azureml.ms',
    'privatelink.notebooks.azure.net',
    ...['blob', 'file', 'dfs'].map(storageZone),
  ];
  for (const zone of [...used, 'privatelink.vaultcore.azure.net', 'privatelink.azurecr.io'])
    yield* zoneOf(hub, zone, endpoints);
}

/** The network of the hub, peered with that of each of its workspaces. */
function networkOf(hub: Hub, endpoints: readonly StorageEndpoint[]): ArmJson {
  const id = hubPart(hub, 'virtualNetworks', 'vnet-hub');
  const { configurations, ids } = referencesTo(endpoints);
  const inside =
    ids.length === 0 ? {} : { ipConfigurations: references(configurations), privateEndpoints: references(ids) };
  const firewall = hubPart(hub, 'azureFirewalls', 'fw-hub');
  return piece('network', {
    ...{ id, space: '10.4.0.0/16' },
    subnets: [
      piece('subnet', {
        ...{ id: `${id}/subnets/AzureFirewallSubnet`, prefix: '10.4.0.0/26', serviceEndpoints: [] },
        ipConfigurations: references([`${firewall}/azureFirewallIpConfigurations/main`]),
      }),
      piece('subnet', { id: `${id}/subnets/snet-pe`, prefix: '10.4.4.0/22', serviceEndpoints: [], ...inside }),
    ],
    peerings: hub.members.map((one) => piece('peering', { network: id, remote: homeOf(one), space: spaceOf(one) })),
  });
}

interface SharedAccount {
  readonly body: ArmJson;
  readonly endpoints: readonly StorageEndpoint[];
}

/** The account of a team, with a rule for each subnet or two endpoints in the hub. */
function sharedAccount(hub: Hub, users: readonly FleetWorldWorkspace[], index: number): SharedAccount {
  const [first] = users;
  if (first === undefined) throw new Error('an account that no workspace uses');
  const { dataAccount: id, dataAccountName: name } = first.names;
  const isPrivate = first.architecture === 'private endpoints';
  const isOpen = isOpenAccount(name);
  const subnet = `${hubPart(hub, 'virtualNetworks', 'vnet-hub')}/subnets/snet-pe`;
  const endpoints = (isPrivate ? ['blob', 'file'] : []).map(
    (part, at): StorageEndpoint => ({
      ...{ name: `pe-${name}-${part}`, target: id, part, subnet, group: hub.group },
      address: `10.4.4.${10 + index * 2 + at}`,
      zones: `${hub.zones}/providers/Microsoft.Network/privateDnsZones`,
    }),
  );
  const subnets = isPrivate ? [] : users.flatMap((one) => computeSubnetsOf(one));
  const body = piece('account', {
    ...{ id, name, defaultAction: isOpen ? 'Allow' : 'Deny' },
    publicNetworkAccess: isPrivate && !isOpen ? 'Disabled' : 'Enabled',
    tags: object({ owner: 'data-platform@contoso.example', 'managed-by': 'terraform' }),
    connections: endpoints.map((one) => piece('connection', { ...one, seed: account('stmldata') })),
    rules: subnets.map((one) => piece('storageRule', { subnet: one })),
  });
  return { body, endpoints };
}

const computeSubnetsOf = (one: Pick<FleetWorldWorkspace, 'architecture' | 'names'>): string[] =>
  ['snet-train', 'snet-gpu', 'snet-dev'].map((name) => `${homeOf(one)}/subnets/${name}`);

/** The zone with its start of authority, the link of the hub, and the records of what workspaces share. */
function zoneOf(hub: Hub, zone: string, endpoints: readonly StorageEndpoint[]): ArmJson[] {
  const own = (word: string): number =>
    hub.members.reduce(
      (sum, { template }) =>
        sum + template.documents.filter((one) => one.id.join('').includes(`/${zone}/${word}/`)).length,
      0,
    );
  return zonePieces({
    id: `${hub.zones}/providers/Microsoft.Network/privateDnsZones/${zone}`,
    networks: [hubPart(hub, 'virtualNetworks', 'vnet-hub')],
    records: endpoints
      .filter(({ part }) => storageZone(part) === zone)
      .map(({ address, target }) => [target.slice(target.lastIndexOf('/') + 1), address] as const),
    more: { records: own('A'), links: own('virtualNetworkLinks') },
  });
}

export const fleet: WorldFile = {
  name: 'fleet',
  aliases: [],
  title: 'A tenant with many workspaces, in several subscriptions',
  /** Those of the workspace that is looked at unless another one is asked for. */
  get faults() {
    return planFleet(defaultFleet).workspaces[0]?.faults ?? [];
  },
  intents: { devClientIps: [] },
  documents: (size) => fleetDocuments({ ...defaultFleet, ...size }),
  resources: () => `[${[...fleetDocuments(defaultFleet)].map(({ text }) => text()).join(',\n')}]`,
};
