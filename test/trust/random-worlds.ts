// Worlds with random settings: bodies of the simulator's worlds with firewalls, security rules, routes, switches and attachments
// changed. The same edits give the same world, so that a failure can be shrunk and repeated.
import fc from 'fast-check';
import type { Assumptions } from '../../src/model/assumption.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { worldSnapshot } from '../plan/worlds.ts';

export interface RandomEdit {
  readonly what: number;
  readonly at: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}
export interface RandomWorld {
  readonly base: string;
  readonly edits: readonly RandomEdit[];
  readonly outbound: NonNullable<Assumptions['outboundMode']>;
}

/** Worlds of every kind whose plans are made quickly. */
export const bases = [
  ...[
    'open',
    'mixed',
    'closed-service-endpoint',
    'closed-private-endpoint',
    'closed-managed-network',
    'neglected',
    'drifted',
  ],
  ...[
    'managed',
    'firewalled',
    'tunnelled',
    'governed',
    'registry',
    'kubernetes',
    'scoring',
    'machines',
    'crowded',
    'databricks',
  ],
  ...['containers', 'limited'],
];

/** The value at a path, in a copy; objects on the way are made. */
export function put(body: Json | undefined, path: readonly string[], value: Json | undefined): JsonObject {
  const [first = '', ...rest] = path;
  const whole: JsonObject = isObject(body) ? body : {};
  if (rest.length > 0) return { ...whole, [first]: put(whole[first], rest, value) };
  const { [first]: _gone, ...others } = whole;
  return value === undefined ? others : { ...others, [first]: value };
}
const at = (body: Json | undefined, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((part, name) => (isObject(part) ? part[name] : undefined), body);
const listIn = (body: Json, path: readonly string[]): readonly Json[] => {
  const found = at(body, path);
  return isArray(found) ? found : [];
};
const of = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

const addresses = [
  ...['203.0.113.77', '198.51.100.0/24', '20.0.0.0/8', '128.0.0.0/1', '0.0.0.0/2', '40.0.0.0/16', '203.0.113.0/25'],
  ...['20.0.0.0/7', '10.0.0.0/8', '192.0.2.1/32'],
];
const remotes = [
  ...[
    '*',
    'Internet',
    'VirtualNetwork',
    'Storage',
    'Storage.westeurope',
    'AzureMachineLearning',
    'BatchNodeManagement',
  ],
  ...[
    'AzureActiveDirectory',
    'AzureContainerRegistry.westeurope',
    'AzureCloud',
    '0.0.0.0/0',
    '128.0.0.0/1',
    '40.0.0.0/9',
  ],
  ...['10.0.0.0/8', '198.51.100.0/24', 'AzureLoadBalancer', 'AzureResourceManager', 'AzureFrontDoor.FirstParty'],
];
const ports = ['*', '443', '22', '80-445', '29876-29877', '44224', '5831', '8787', '53'];
const hops = ['Internet', 'VirtualAppliance', 'VirtualNetworkGateway', 'None', 'VnetLocal'];

const securityRule = (group: string, { a, b, c }: RandomEdit, index: number): JsonObject => {
  const isInbound = a % 3 === 0;
  const remote = of(remotes, b);
  const name = `random-${index}`;
  return {
    ...{ id: `${group}/securityRules/${name}`, name, type: 'Microsoft.Network/networkSecurityGroups/securityRules' },
    properties: {
      ...{
        provisioningState: 'Succeeded',
        direction: isInbound ? 'Inbound' : 'Outbound',
        priority: 100 + ((a * 31 + b * 7 + c) % 3990),
      },
      ...{ access: c % 2 === 0 ? 'Deny' : 'Allow', protocol: of(['*', 'Tcp', 'Udp'], c), sourcePortRange: '*' },
      ...{ sourceAddressPrefix: isInbound ? remote : '*', destinationAddressPrefix: isInbound ? '*' : remote },
      destinationPortRange: of(ports, a + c),
    },
  };
};

const isType =
  (...types: readonly string[]) =>
  ({ type }: Resource) =>
    types.includes(fold(type).split('/').slice(1).join('/'));
const isService = isType('storageaccounts', 'vaults', 'registries');
const rulesOf = (one: Resource): readonly string[] => [
  'properties',
  fold(one.type).endsWith('registries') ? 'networkRuleSet' : 'networkAcls',
];

interface Kind {
  readonly on: (one: Resource) => boolean;
  readonly change: (
    body: JsonObject,
    one: Resource,
    edit: RandomEdit,
    index: number,
    all: readonly Resource[],
  ) => JsonObject;
}

/** One subnet in the body of its network. */
const onSubnet = (change: (subnet: JsonObject, edit: RandomEdit, all: readonly Resource[]) => JsonObject): Kind => ({
  on: isType('virtualnetworks'),
  change(body, _one, edit, _index, all) {
    const subnets = listIn(body, ['properties', 'subnets']);
    const chosen = edit.b % Math.max(1, subnets.length);
    return put(
      body,
      ['properties', 'subnets'],
      subnets.map((subnet, index) => (index === chosen && isObject(subnet) ? change(subnet, edit, all) : subnet)),
    );
  },
});

const attached = (member: string, type: string): Kind =>
  onSubnet((subnet, { a }, all) => {
    const some = all.filter(isType(type));
    const id = a % 3 === 0 || some.length === 0 ? undefined : of(some, a).id;
    return put(subnet, ['properties', member], id === undefined ? undefined : { id });
  });

const kinds: readonly Kind[] = [
  {
    on: isService,
    change: (body, one, { a }) => put(body, [...rulesOf(one), 'defaultAction'], of(['Allow', 'Deny'], a)),
  },
  {
    on: isService,
    change: (body, _one, { a }) =>
      put(body, ['properties', 'publicNetworkAccess'], of(['Enabled', 'Disabled', undefined], a)),
  },
  {
    on: isService,
    change(body, one, { a, b }) {
      const path = [...rulesOf(one), 'ipRules'];
      const items = listIn(body, path);
      if (b % 3 === 0) return put(body, path, items.slice(1));
      return put(body, path, [...items, { value: of(addresses, a), action: 'Allow' }]);
    },
  },
  {
    on: isService,
    change(body, one, { a }) {
      const path = [...rulesOf(one), 'virtualNetworkRules'];
      const items = listIn(body, path);
      return put(
        body,
        path,
        items.filter((_item, index) => index !== a % Math.max(1, items.length)),
      );
    },
  },
  {
    on: isType('storageaccounts', 'vaults'),
    change: (body, one, { a }) => put(body, [...rulesOf(one), 'bypass'], of(['None', 'AzureServices', undefined], a)),
  },
  {
    on: isType('storageaccounts', 'vaults', 'registries', 'workspaces'),
    change(body, _one, { a, b }) {
      const path = ['properties', 'privateEndpointConnections'];
      const items = listIn(body, path);
      const status = of(['Pending', 'Rejected', 'Disconnected'], b);
      return items.length === 0
        ? body
        : put(
            body,
            path,
            items.map((item, index) =>
              index === a % items.length
                ? put(item, ['properties', 'privateLinkServiceConnectionState', 'status'], status)
                : item,
            ),
          );
    },
  },
  {
    on: ({ type }) => type === 'Microsoft.MachineLearningServices/workspaces',
    change: (body, _one, { a }) =>
      put(body, ['properties', 'publicNetworkAccess'], of(['Enabled', 'Disabled', undefined], a)),
  },
  {
    on: ({ type }) => type === 'Microsoft.MachineLearningServices/workspaces',
    change: (body, _one, { a, b }) =>
      put(body, ['properties', 'ipAllowlist'], [of(addresses, a), of(addresses, b)].slice(0, b % 3)),
  },
  {
    on: ({ type }) => type === 'Microsoft.MachineLearningServices/workspaces',
    change: (body, _one, { a }) => put(body, ['properties', 'v1LegacyMode'], a % 2 === 0),
  },
  {
    on: isType('networksecuritygroups'),
    change: (body, { id }, edit, index) =>
      put(
        body,
        ['properties', 'securityRules'],
        [...listIn(body, ['properties', 'securityRules']), securityRule(id, edit, index)],
      ),
  },
  {
    on: isType('networksecuritygroups'),
    change: (body, { id }, edit, index) =>
      put(
        body,
        ['properties', 'securityRules'],
        [...listIn(body, ['properties', 'securityRules']), securityRule(id, { ...edit, b: edit.c }, index)],
      ),
  },
  {
    on: isType('networksecuritygroups'),
    change(body, _one, { a }) {
      const items = listIn(body, ['properties', 'securityRules']);
      return put(
        body,
        ['properties', 'securityRules'],
        items.filter((_item, index) => index !== a % Math.max(1, items.length)),
      );
    },
  },
  {
    on: isType('networksecuritygroups'),
    change(body, _one, { a, b }) {
      const items = listIn(body, ['properties', 'securityRules']);
      const access = of(['Allow', 'Deny'], b);
      return put(
        body,
        ['properties', 'securityRules'],
        items.map((item, index) => (index === a % items.length ? put(item, ['properties', 'access'], access) : item)),
      );
    },
  },
  {
    // Several members of one rule at once: it may be moved and narrowed together.
    on: isType('networksecuritygroups'),
    change(body, { id }, edit) {
      const items = listIn(body, ['properties', 'securityRules']);
      const chosen = edit.at % Math.max(1, items.length);
      const fresh = securityRule(id, edit, 0);
      const members = [
        'priority',
        'protocol',
        'sourceAddressPrefix',
        'destinationAddressPrefix',
        'destinationPortRange',
      ];
      const taken = members.filter((_name, index) => ((edit.a + edit.b) >> index) % 2 === 0);
      const isSame = (item: Json) => at(item, ['properties', 'direction']) === at(fresh, ['properties', 'direction']);
      return put(
        body,
        ['properties', 'securityRules'],
        items.map((item, index) =>
          index === chosen && isSame(item)
            ? taken.reduce<Json>((rule, name) => put(rule, ['properties', name], at(fresh, ['properties', name])), item)
            : item,
        ),
      );
    },
  },
  {
    on: isType('routetables'),
    change(body, _one, { a, b, c }) {
      const items = listIn(body, ['properties', 'routes']);
      const chosen = a % Math.max(1, items.length);
      if (b % 3 === 0) return put(body, ['properties', 'routes'], items.toSpliced(chosen, 1));
      const name = b % 2 === 0 ? 'nextHopType' : 'addressPrefix';
      const value = of(b % 2 === 0 ? ['Internet', 'None', 'VnetLocal'] : addresses, c);
      return put(
        body,
        ['properties', 'routes'],
        items.map((item, index) => (index === chosen ? put(item, ['properties', name], value) : item)),
      );
    },
  },
  {
    on: isType('routetables'),
    change(body, { id }, { a, b, c }, index) {
      const name = `random-${index}`;
      const hop = of(hops, a);
      const route = {
        ...{ id: `${id}/routes/${name}`, name, type: 'Microsoft.Network/routeTables/routes' },
        properties: {
          ...{
            provisioningState: 'Succeeded',
            addressPrefix: of(
              [
                '0.0.0.0/0',
                ...remotes.filter((one) => !['*', 'Internet', 'VirtualNetwork', 'AzureLoadBalancer'].includes(one)),
                ...addresses,
              ],
              b * 5 + c,
            ),
            nextHopType: hop,
          },
          ...(hop === 'VirtualAppliance' ? { nextHopIpAddress: '10.1.250.4' } : {}),
        },
      };
      return put(body, ['properties', 'routes'], [...listIn(body, ['properties', 'routes']), route]);
    },
  },
  attached('networkSecurityGroup', 'networksecuritygroups'),
  attached('routeTable', 'routetables'),
  onSubnet((subnet, { a }) =>
    put(subnet, ['properties', 'serviceEndpoints'], listIn(subnet, ['properties', 'serviceEndpoints']).slice(a % 3)),
  ),
  onSubnet((subnet, { a }) => put(subnet, ['properties', 'defaultOutboundAccess'], of([true, false, undefined], a))),
  onSubnet((subnet, { a }) =>
    put(
      subnet,
      ['properties', 'privateEndpointNetworkPolicies'],
      of(['Disabled', 'Enabled', 'NetworkSecurityGroupEnabled'], a),
    ),
  ),
  {
    on: isType('workspaces/computes'),
    change: (body, _one, { a }) => put(body, ['properties', 'properties', 'enableNodePublicIp'], a % 2 === 0),
  },
  {
    on: isType('workspaces/computes'),
    change: (body, _one, { a, b }) =>
      b % 2 === 0
        ? put(body, ['properties', 'properties', 'remoteLoginPortPublicAccess'], of(['Enabled', 'Disabled'], a))
        : put(body, ['properties', 'properties', 'sshSettings', 'sshPublicAccess'], of(['Enabled', 'Disabled'], a)),
  },
];

/** The resources of a world after one edit. `index` keeps the names of what it adds apart. */
export function edited(resources: readonly Resource[], edit: RandomEdit, index: number): readonly Resource[] {
  const kind = of(kinds, edit.what);
  const some = resources.filter(kind.on);
  if (some.length === 0) return resources;
  const chosen = of(some, edit.at);
  return resources.map((one) =>
    one === chosen ? { ...one, body: kind.change(one.body, one, edit, index, resources) } : one,
  );
}

export const randomEdits = fc.record({
  what: fc.nat(kinds.length - 1),
  at: fc.nat(99),
  a: fc.nat(99),
  b: fc.nat(99),
  c: fc.nat(99),
});
export const randomWorlds = (most: number): fc.Arbitrary<RandomWorld> =>
  fc.record({
    base: fc.constantFrom(...bases),
    edits: fc.array(randomEdits, { minLength: 1, maxLength: most }),
    outbound: fc.constantFrom('auto', 'open', 'limited'),
  });

export const snapshotOfRandom = ({ base, edits, outbound }: RandomWorld): Snapshot => {
  const snapshot = worldSnapshot(base, { change: (resources) => edits.reduce(edited, resources) });
  return { ...snapshot, intents: { ...snapshot.intents, outboundMode: outbound } };
};
