// What a change does besides opening and cutting off flows, each effect by bodies that differ in one thing.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import type { CurrentEffect } from '../../src/model/effect.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Collection, Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { besideEffects } from '../../src/plan/beside.ts';
import { applyChange } from '../../src/plan/simulate.ts';
import { undoClassOf } from '../../src/plan/undo-class.ts';
import { peeringsOf, routesOf, securityRulesOf, subnetsOf } from '../../src/resource-types/index.ts';
import { created, deleted, edit, group, set, snapshotOf } from './small-worlds.ts';
import { resourceOf } from './worlds.ts';

const providers = `${group}/providers`;
const networks = `${providers}/Microsoft.Network`;
const ml = `${providers}/Microsoft.MachineLearningServices/workspaces/mlw`;
const vnet = `${networks}/virtualNetworks/vnet`;
const snet = `${vnet}/subnets/snet`;
const nsg = `${networks}/networkSecurityGroups/nsg`;
const table = `${networks}/routeTables/rt`;
const account = `${providers}/Microsoft.Storage/storageAccounts/st`;
const firewall = `${networks}/azureFirewalls/fw`;

interface Given {
  readonly own?: readonly string[];
  readonly named?: readonly string[];
  readonly more?: Partial<Snapshot>;
}

function besides(
  bodies: readonly JsonObject[],
  change: Change,
  { own = [], named = [], more }: Given = {},
): CurrentEffect[] {
  const wholes = bodies.map(resourceOf);
  const parts = wholes.flatMap((one) => [
    ...subnetsOf(one),
    ...peeringsOf(one),
    ...securityRulesOf(one),
    ...routesOf(one),
  ]);
  const lists: Collection[] = ['computes', 'datastores', 'onlineEndpoints'].map((name) => ({
    id: `${ml}/${name}`,
    members: wholes.filter(({ id }) => fold(id).startsWith(fold(`${ml}/${name}/`))).map(({ id }) => id),
  }));
  const plain = snapshotOf([...bodies, ...parts.map(({ body, id }) => ({ ...body, id }))]);
  const collections = [...plain.collections, ...lists, ...(more?.collections ?? [])];
  const before: Snapshot = { ...plain, ...more, collections };
  return besideEffects({
    change,
    undo: undoClassOf(change, before),
    before: indexSnapshot(before),
    after: indexSnapshot(applyChange(before, change)),
    isOwn: (id) => own.some((one) => fold(one) === fold(id)),
    named,
  });
}
const words = (effects: readonly CurrentEffect[], ...kinds: readonly CurrentEffect['kind'][]): string[] =>
  effects
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind))
    .map(({ kind, detail }) => `${kind}: ${detail}`);

const workspace: JsonObject = {
  id: ml,
  name: 'mlw',
  location: 'westeurope',
  properties: { provisioningState: 'Succeeded' },
};
const reference = (id: string | undefined) => (id === undefined ? undefined : { id });

/** A network of one subnet with what is associated with it. */
function network(subnet: JsonObject = {}, more: JsonObject = {}, prefix = '10.0.1.0/24'): JsonObject {
  const properties = { addressPrefix: prefix, provisioningState: 'Succeeded', ...subnet };
  return {
    id: vnet,
    name: 'vnet',
    location: 'westeurope',
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ id: snet, name: 'snet', properties }],
      virtualNetworkPeerings: [],
      ...more,
    },
  };
}
const cluster: JsonObject = {
  id: `${ml}/computes/cpu`,
  name: 'cpu',
  properties: { computeType: 'AmlCompute', properties: { vmSize: 'STANDARD_DS3_V2', subnet: { id: snet } } },
};

const ruleBody = (text: string): JsonObject => {
  const [direction = '', access = '', priority = '', protocol = '', remote = '', port = '*'] = text.split(' ');
  const inbound = direction === 'Inbound';
  return {
    properties: {
      ...{ direction, access, priority: Number(priority), protocol, sourcePortRange: '*', destinationPortRange: port },
      sourceAddressPrefix: inbound ? remote : '*',
      destinationAddressPrefix: inbound ? '*' : remote,
    },
  };
};
const groupOf = (rules: Readonly<Record<string, string>>, more: JsonObject = {}): JsonObject => ({
  id: nsg,
  name: 'nsg',
  properties: {
    securityRules: Object.entries(rules).map(([name, text]) => ({
      id: `${nsg}/securityRules/${name}`,
      name,
      ...ruleBody(text),
    })),
    ...more,
  },
});
const ruleAdded = (text: string, name = 'new'): Change => created(`${nsg}/securityRules/${name}`, ruleBody(text));
const guarded = (rules: Readonly<Record<string, string>>, more: JsonObject = {}): JsonObject[] => [
  workspace,
  network({ networkSecurityGroup: { id: nsg } }),
  groupOf(rules, more),
];
const overridden = (bodies: readonly JsonObject[], change: Change, given: Given = {}): string[] =>
  words(besides(bodies, change, given), 'overrides');

describe('rules that lose force', () => {
  test.each([
    [
      'an Allow before a Deny',
      'Outbound Allow 200 Tcp 20.1.0.0/16 443',
      'Outbound Deny 300 * * *',
      ['no no longer decides outbound TCP 443 to 20.1.0.0/16.'],
    ],
    [
      'an Allow of a service',
      'Outbound Allow 200 Tcp Storage.westeurope 443',
      'Outbound Deny 300 * Internet *',
      ['no no longer decides outbound TCP 443 to Storage.westeurope.'],
    ],
    [
      'a Deny before an Allow',
      'Inbound Deny 200 * Internet 22',
      'Inbound Allow 300 Tcp 198.51.100.0/24 22',
      ['no no longer decides inbound TCP 22 from 198.51.100.0/24.'],
    ],
    [
      'a part of what the Deny decides',
      'Outbound Allow 200 * Internet *',
      'Outbound Deny 300 Tcp 20.0.0.0/8 25',
      ['no no longer decides outbound TCP 25 to 20.0.0.0/8.'],
    ],
    [
      'any protocol',
      'Inbound Allow 200 * 198.51.100.7 *',
      'Inbound Deny 300 * 198.51.100.0/24 *',
      ['no no longer decides inbound any protocol from 198.51.100.7.'],
    ],
    ['after the Deny', 'Outbound Allow 400 Tcp 20.1.0.0/16 443', 'Outbound Deny 300 * * *', []],
    ['another port', 'Outbound Allow 200 Tcp 20.1.0.0/16 443', 'Outbound Deny 300 * * 25', []],
    ['another protocol', 'Outbound Allow 200 Udp 20.1.0.0/16 443', 'Outbound Deny 300 Tcp * 443', []],
    ['another direction', 'Inbound Allow 200 Tcp 20.1.0.0/16 443', 'Outbound Deny 300 * * *', []],
    ['other addresses', 'Outbound Allow 200 Tcp 20.1.0.0/16 443', 'Outbound Deny 300 * 20.2.0.0/16 *', []],
    ['the same outcome', 'Outbound Deny 200 Tcp 20.1.0.0/16 443', 'Outbound Deny 300 * * *', []],
  ])('%s', (_name, added, there, expected) => {
    expect(overridden(guarded({ no: there }), ruleAdded(added))).toEqual(
      expected.map((one) => `overrides: ${one.replace(/^no /, 'no of nsg ')}`),
    );
  });

  test('what the history created is its own, whatever it is called; a name says nothing', () => {
    const bodies = guarded({ 'bastide-lockdown': 'Outbound Deny 300 * * *' });
    const allow = ruleAdded('Outbound Allow 200 Tcp 20.1.0.0/16 443');
    expect(overridden(bodies, allow)).toEqual([
      'overrides: bastide-lockdown of nsg no longer decides outbound TCP 443 to 20.1.0.0/16.',
    ]);
    expect(overridden(bodies, allow, { own: [`${nsg}/securityRules/bastide-lockdown`] })).toEqual([]);
  });

  test('several rules are named in their order; what an earlier rule decided is not lost', () => {
    const allow = ruleAdded('Outbound Allow 200 Tcp 20.0.0.0/8 443');
    expect(
      overridden(guarded({ z: 'Outbound Deny 300 Tcp 20.1.0.0/16 443', a: 'Outbound Deny 310 * 20.0.0.0/8 *' }), allow),
    ).toEqual([
      expect.stringMatching(/^overrides: z and a of nsg no longer decide |^overrides: z, a of nsg no longer decide /),
    ]);
    expect(
      overridden(guarded({ early: 'Outbound Allow 150 Tcp 20.0.0.0/8 443', no: 'Outbound Deny 300 * * *' }), allow),
    ).toEqual([]);
    expect(overridden(guarded({ early: 'Outbound Deny 150 Tcp 20.0.0.0/8 443' }), allow)).toEqual([]);
  });

  test('only packets of the places where the group applies: the addresses of its subnet', () => {
    const only = (from: string): JsonObject => {
      const body = ruleBody('Outbound Deny 300 * * *');
      return {
        ...groupOf({}),
        properties: {
          securityRules: [
            {
              id: `${nsg}/securityRules/no`,
              name: 'no',
              properties: { ...(body.properties as JsonObject), sourceAddressPrefix: from },
            },
          ],
        },
      };
    };
    const allow = ruleAdded('Outbound Allow 200 Tcp 20.1.0.0/16 443');
    const at = (from: string) =>
      overridden([workspace, network({ networkSecurityGroup: { id: nsg } }), only(from)], allow);
    expect(at('10.0.1.0/24')).toHaveLength(1);
    expect(at('10.0.1.7')).toHaveLength(1);
    expect(at('10.0.2.0/24')).toEqual([]);
  });

  test('a rule that is changed loses what it decided; one that is deleted is told as deleted alone', () => {
    const bodies = guarded({ no: 'Outbound Deny 300 Tcp 20.0.0.0/8 *', yes: 'Outbound Allow 400 * Internet *' });
    const rule = ruleBody('Outbound Deny 300 Tcp 20.0.0.0/8 *');
    const id = `${nsg}/securityRules/no`;
    const to = (pointer: string, value: Json) => overridden(bodies, edit(id, setMember(rule, pointer, value)));
    expect(to('/properties/destinationPortRange', '443')).toEqual([
      'overrides: no of nsg no longer decides outbound TCP 0-442, 444-65535 to 20.0.0.0/8.',
    ]);
    expect(to('/properties/priority', 500)).toEqual([
      'overrides: no of nsg no longer decides outbound TCP to 20.0.0.0/8.',
    ]);
    expect(to('/properties/access', 'Allow')).toEqual([
      'overrides: no of nsg no longer decides outbound TCP to 20.0.0.0/8.',
    ]);
    expect(to('/properties/protocol', '*')).toEqual([
      'overrides: yes of nsg no longer decides outbound UDP, ICMP, ESP, AH to 20.0.0.0/8.',
    ]);
    expect(words(besides(bodies, deleted(id, { name: 'no', ...rule })))).toEqual([
      'deletes: The security rule nsg/no is deleted; this history did not create it.',
    ]);
  });

  test('security admin rules come first: what they decide no group loses', () => {
    const admin = (access: string, kind = 'Custom'): JsonObject => ({
      id: `${vnet}/listNetworkManagerEffectiveSecurityAdminRules`,
      value: [
        {
          kind,
          id: `${networks}/networkManagers/nm/securityAdminConfigurations/c/ruleCollections/r/rules/a`,
          properties: {
            ...{ access, direction: 'Outbound', priority: 1, protocol: 'Any', sourcePortRanges: ['0-65535'] },
            ...{ destinationPortRanges: ['0-65535'], sources: [{ addressPrefix: '*', addressPrefixType: 'IPPrefix' }] },
            destinations: [{ addressPrefix: '20.0.0.0/8', addressPrefixType: 'IPPrefix' }],
          },
        },
      ],
    });
    const bodies = guarded({ no: 'Outbound Deny 300 * * *' });
    const allow = ruleAdded('Outbound Allow 200 Tcp 20.1.0.0/16 443');
    for (const access of ['Deny', 'AlwaysAllow'])
      expect(overridden([...bodies, admin(access)], allow), access).toEqual([]);
    expect(overridden([...bodies, admin('Allow')], allow)).toHaveLength(1);
    const gaps = [
      {
        id: `${vnet}/listNetworkManagerEffectiveSecurityAdminRules`,
        reason: 'Access denied.',
        action: 'x',
        status: 403,
      },
    ];
    expect(overridden(bodies, allow, { more: { gaps } })).toEqual([
      'overrides: no of nsg no longer decides outbound TCP 443 to 20.1.0.0/16. What could not be read decides whether this holds.',
    ]);
  });

  test('a tag of unknown addresses may be what the rule denies', () => {
    expect(
      overridden(guarded({ no: 'Outbound Deny 300 * 20.1.0.0/16 *' }), ruleAdded('Outbound Allow 200 Tcp Sql 443')),
    ).toEqual([
      'overrides: no of nsg no longer decides outbound TCP 443 to Sql. What could not be read decides whether this holds.',
    ]);
  });

  test('a group that is detached or replaced', () => {
    const rules = { no: 'Outbound Deny 300 * 20.0.0.0/8 *' };
    const other = { ...groupOf({ same: 'Outbound Deny 900 * 20.0.0.0/8 *' }), id: `${nsg}-2`, name: 'nsg-2' };
    const subnet = (network({ networkSecurityGroup: { id: nsg } }).properties as { subnets: JsonObject[] })
      .subnets[0] as JsonObject;
    const to = (id: string | undefined) =>
      edit(snet, setMember(subnet, '/properties/networkSecurityGroup', reference(id)));
    const bodies = [...guarded(rules), other];
    expect(overridden(bodies, to(undefined))).toEqual([
      'overrides: no of nsg no longer decides outbound any protocol to 20.0.0.0/8 at vnet/snet.',
    ]);
    expect(overridden(bodies, to(`${nsg}-2`))).toEqual([]);
    expect(overridden(bodies, to(undefined), { own: [`${nsg}/securityRules/no`] })).toEqual([]);
    const gaps = [{ id: nsg, reason: 'Access denied.', action: 'x', status: 403 }];
    expect(
      overridden([workspace, network({ networkSecurityGroup: { id: nsg } })], to(undefined), { more: { gaps } }),
    ).toEqual(['overrides: Not known: Access denied.']);
  });

  test('Azure Firewall: an Allow collection before a Deny of another owner', () => {
    const collection = (name: string, type: string, priority: number, rule: JsonObject): JsonObject => ({
      name,
      properties: { priority, action: { type }, rules: [{ name: 'r', sourceAddresses: ['*'], ...rule }] },
    });
    const to = (address: string): JsonObject => ({
      destinationAddresses: [address],
      destinationPorts: ['443'],
      protocols: ['TCP'],
    });
    const host = (name: string): JsonObject => ({
      targetFqdns: [name],
      protocols: [{ protocolType: 'Https', port: 443 }],
    });
    const body = (network_: JsonObject[], application: JsonObject[]): JsonObject => ({
      id: firewall,
      name: 'fw',
      properties: { networkRuleCollections: network_, applicationRuleCollections: application, ipConfigurations: [] },
    });
    const was = body(
      [collection('no', 'Deny', 300, to('20.0.0.0/8'))],
      [collection('no-web', 'Deny', 300, host('*.example.com'))],
    );
    const added = (list: string, item: JsonObject): Change =>
      edit(firewall, { op: 'add', pointer: `/properties/${list}`, after: item, key: { member: 'name', fold: true } });
    expect(
      overridden([workspace, was], added('networkRuleCollections', collection('new', 'Allow', 200, to('20.1.0.0/16')))),
    ).toEqual(['overrides: no/r of fw no longer decides TCP 443 to 20.1.0.0/16.']);
    expect(
      overridden([workspace, was], added('networkRuleCollections', collection('new', 'Allow', 400, to('20.1.0.0/16')))),
    ).toEqual([]);
    expect(
      overridden([workspace, was], added('networkRuleCollections', collection('new', 'Allow', 200, to('30.0.0.0/8')))),
    ).toEqual([]);
    expect(
      overridden(
        [workspace, body([], [collection('no-web', 'Deny', 300, host('*.example.com'))])],
        added('applicationRuleCollections', collection('new', 'Allow', 200, host('pypi.example.com'))),
      ),
    ).toEqual(['overrides: no-web/r of fw no longer decides TCP 443 to pypi.example.com.']);
    expect(
      overridden(
        [workspace, was],
        added('networkRuleCollections', collection('new', 'Allow', 200, to('20.1.0.0/16'))),
        { own: [`${firewall}/networkRuleCollections/no`] },
      ),
    ).toEqual([]);
  });
});

const route = (prefix: string, type: string, address?: string): JsonObject => ({
  properties: {
    addressPrefix: prefix,
    nextHopType: type,
    ...(address === undefined ? {} : { nextHopIpAddress: address }),
  },
});
const tableOf = (routes: Readonly<Record<string, JsonObject>>, more: JsonObject = {}): JsonObject => ({
  id: table,
  name: 'rt',
  properties: {
    routes: Object.entries(routes).map(([name, body]) => ({ id: `${table}/routes/${name}`, name, ...body })),
    subnets: [{ id: snet }],
    ...more,
  },
});
const routed = (
  routes: Readonly<Record<string, JsonObject>>,
  subnet: JsonObject = {},
  more: JsonObject = {},
): JsonObject[] => [workspace, network({ routeTable: { id: table }, ...subnet }, more), tableOf(routes)];
const appliance = route('0.0.0.0/0', 'VirtualAppliance', '10.0.9.4');
const azureFirewall: JsonObject = {
  id: firewall,
  name: 'fw',
  properties: { ipConfigurations: [{ properties: { privateIPAddress: '10.0.9.4' } }] },
};
const routeAdded = (body: JsonObject, name = 'new'): Change => created(`${table}/routes/${name}`, body);
const ways = (bodies: readonly JsonObject[], change: Change, given: Given = {}): string[] =>
  words(besides(bodies, change, given), 'overrides', 'bypasses');
const tags = (document: Readonly<Record<string, readonly string[]>>): Partial<Snapshot> => ({
  serviceTags: {
    ...{ source: 'file', from: 'tags.json', at: null },
    document: {
      changeNumber: '1',
      cloud: 'Public',
      values: Object.entries(document).map(([name, addressPrefixes]) => ({
        name,
        properties: { addressPrefixes: [...addressPrefixes] },
      })),
    },
  },
});

describe('routes that lose force, and traffic that leaves an appliance', () => {
  test.each([
    [
      'to the Internet',
      route('20.1.0.0/16', 'Internet'),
      ['default of rt no longer applies to 20.1.0.0/16.', 'vnet/snet to 20.1.0.0/16 no longer passes 10.0.9.4.'],
    ],
    [
      'to another appliance',
      route('20.1.0.0/16', 'VirtualAppliance', '10.0.9.5'),
      ['default of rt no longer applies to 20.1.0.0/16.', 'vnet/snet to 20.1.0.0/16 no longer passes 10.0.9.4.'],
    ],
    ['to nowhere', route('20.1.0.0/16', 'None'), ['default of rt no longer applies to 20.1.0.0/16.']],
    ['to the same appliance', route('20.1.0.0/16', 'VirtualAppliance', '10.0.9.4'), []],
    [
      'to an appliance out of reach',
      route('20.1.0.0/16', 'VirtualAppliance', '10.9.9.9'),
      ['default of rt no longer applies to 20.1.0.0/16.'],
    ],
    [
      'of a service tag',
      route('AzureMachineLearning', 'Internet'),
      [
        'default of rt no longer applies to AzureMachineLearning.',
        'vnet/snet to AzureMachineLearning no longer passes 10.0.9.4.',
      ],
    ],
  ])('a route %s beside a default route to an appliance', (_name, body, expected) => {
    expect(
      ways(routed({ default: appliance }), routeAdded(body)).map((one) => one.replace(/^\w+: (?:Traffic of )?/, '')),
    ).toEqual(expected);
  });

  test('tags are named as tags where their addresses are known, too', () => {
    const more = tags({ AzureMachineLearning: ['20.1.0.0/16', '20.3.0.0/16'] });
    expect(
      ways(routed({ default: appliance }), routeAdded(route('AzureMachineLearning', 'Internet')), { more }),
    ).toEqual([
      'overrides: default of rt no longer applies to AzureMachineLearning.',
      'bypasses: Traffic of vnet/snet to AzureMachineLearning no longer passes 10.0.9.4.',
    ]);
    const longer = routed({
      default: appliance,
      a: route('20.1.0.0/16', 'VirtualAppliance', '10.0.9.4'),
      b: route('20.3.0.0/16', 'VirtualAppliance', '10.0.9.4'),
    });
    expect(ways(longer, routeAdded(route('AzureMachineLearning', 'Internet')), { more })).toEqual([]);
  });

  test('an Azure Firewall is named, a route of the history loses nothing of others, longer prefixes keep theirs', () => {
    const change = routeAdded(route('20.0.0.0/8', 'Internet'));
    expect(
      ways([...routed({ default: appliance }), azureFirewall], change, { own: [`${table}/routes/default`] }),
    ).toEqual(['bypasses: Traffic of vnet/snet to 20.0.0.0/8 no longer passes fw.']);
    expect(
      ways(routed({ default: appliance, kept: route('20.0.0.0/9', 'VirtualAppliance', '10.0.9.4') }), change),
    ).toEqual([
      'overrides: default of rt no longer applies to 20.128.0.0/9.',
      'bypasses: Traffic of vnet/snet to 20.128.0.0/9 no longer passes 10.0.9.4.',
    ]);
  });

  test('a gateway is passed, too; without an appliance nothing is bypassed', () => {
    const change = routeAdded(route('20.1.0.0/16', 'Internet'));
    expect(ways(routed({ default: route('0.0.0.0/0', 'VirtualNetworkGateway') }), change)).toEqual([
      'overrides: default of rt no longer applies to 20.1.0.0/16.',
      'bypasses: Traffic of vnet/snet to 20.1.0.0/16 no longer passes the virtual network gateway.',
    ]);
    expect(ways(routed({}), change)).toEqual([]);
    expect(ways(routed({ drop: route('20.0.0.0/8', 'None') }), change)).toEqual([
      'overrides: drop of rt no longer applies to 20.1.0.0/16.',
    ]);
    expect(ways(routed({ default: route('0.0.0.0/0', 'VirtualAppliance', '10.9.9.9') }), change)).toEqual([
      'overrides: default of rt no longer applies to 20.1.0.0/16.',
    ]);
  });

  test('a route that is deleted or changed, a table that is detached', () => {
    // Private space leads nowhere without the route.
    expect(
      ways(routed({ default: appliance }), deleted(`${table}/routes/default`, { name: 'default', ...appliance })),
    ).toEqual(['bypasses: Traffic of vnet/snet to the Internet no longer passes 10.0.9.4.']);
    const changed = edit(`${table}/routes/default`, setMember(appliance, '/properties/nextHopType', 'Internet'));
    expect(ways(routed({ default: appliance }), changed)).toEqual([
      'overrides: default of rt no longer applies to the Internet and private addresses.',
      'bypasses: Traffic of vnet/snet to the Internet and private addresses no longer passes 10.0.9.4.',
    ]);
    const subnet = (network({ routeTable: { id: table } }).properties as { subnets: JsonObject[] })
      .subnets[0] as JsonObject;
    const detached = edit(snet, setMember(subnet, '/properties/routeTable', undefined));
    expect(ways(routed({ default: appliance }), detached)).toEqual([
      'overrides: default of rt no longer applies to the Internet and private addresses.',
      'bypasses: Traffic of vnet/snet to the Internet no longer passes 10.0.9.4.',
    ]);
  });

  test('a service endpoint leads past the appliance, by the tag of its regions', () => {
    const add = edit(snet, {
      op: 'add',
      pointer: '/properties/serviceEndpoints',
      after: { service: 'Microsoft.Storage' },
      key: { member: 'service', fold: true },
    });
    const expected = [
      'overrides: default of rt no longer applies to Storage.westeurope and Storage.northeurope.',
      'bypasses: Traffic of vnet/snet to Storage.westeurope and Storage.northeurope no longer passes 10.0.9.4.',
    ];
    const bodies = routed({ default: appliance }, { serviceEndpoints: [] });
    expect(ways(bodies, add)).toEqual(expected);
    expect(
      ways(bodies, add, {
        more: tags({ 'Storage.westeurope': ['20.1.0.0/16'], 'Storage.northeurope': ['20.2.0.0/16'] }),
      }),
    ).toEqual(expected);
    expect(ways(routed({}, { serviceEndpoints: [] }), add)).toEqual([]);
    const direct = routed(
      { default: appliance, past: route('Storage.westeurope', 'Internet') },
      { serviceEndpoints: [] },
    );
    expect(
      ways(direct, add, {
        more: tags({ 'Storage.westeurope': ['20.1.0.0/16'], 'Storage.northeurope': ['20.2.0.0/16'] }),
      }),
    ).toEqual([
      'overrides: default of rt no longer applies to Storage.northeurope.',
      'bypasses: Traffic of vnet/snet to Storage.northeurope no longer passes 10.0.9.4.',
    ]);
  });

  test('a peering leads past the appliance of a hub', () => {
    const far = `${networks}/virtualNetworks/far`;
    const remote: JsonObject = {
      id: far,
      name: 'far',
      location: 'westeurope',
      properties: { addressSpace: { addressPrefixes: ['10.5.0.0/16'] }, subnets: [], virtualNetworkPeerings: [] },
    };
    const peering = created(`${vnet}/virtualNetworkPeerings/to-far`, {
      properties: {
        remoteVirtualNetwork: { id: far },
        peeringState: 'Connected',
        allowVirtualNetworkAccess: true,
        remoteAddressSpace: { addressPrefixes: ['10.5.0.0/16'] },
      },
    });
    expect(ways([...routed({ default: appliance }), remote], peering)).toEqual([
      'overrides: default of rt no longer applies to 10.5.0.0/16.',
      'bypasses: Traffic of vnet/snet to 10.5.0.0/16 no longer passes 10.0.9.4.',
    ]);
  });

  test('a route to an appliance makes its prefix part of VirtualNetwork, which an earlier rule allows', () => {
    const bodies = (rules: Readonly<Record<string, string>>) => [
      workspace,
      network({ routeTable: { id: table }, networkSecurityGroup: { id: nsg } }),
      groupOf(rules),
      tableOf({}),
    ];
    const near = { near: 'Outbound Allow 100 * VirtualNetwork *', no: 'Outbound Deny 200 * 20.0.0.0/8 *' };
    const to = (hop: string) =>
      routeAdded(route('20.1.0.0/16', hop, hop === 'VirtualAppliance' ? '10.0.9.4' : undefined));
    expect(ways(bodies(near), to('VirtualAppliance'))).toEqual([
      'overrides: no of nsg no longer decides outbound any protocol to 20.1.0.0/16.',
    ]);
    expect(ways(bodies(near), to('Internet'))).toEqual([
      'overrides: no of nsg no longer decides outbound any protocol to 20.1.0.0/16. What could not be read decides whether this holds.',
    ]);
    expect(ways(bodies({ no: near.no }), to('VirtualAppliance'))).toEqual([]);
  });

  test('routes that a gateway may have learned: not known', () => {
    const gatewaySubnet = {
      id: `${vnet}/subnets/GatewaySubnet`,
      name: 'GatewaySubnet',
      properties: { addressPrefix: '10.0.0.0/27' },
    };
    const body = network({ addressPrefix: '10.0.1.0/24' });
    const subnets = [...((body.properties as { subnets: JsonObject[] }).subnets ?? []), gatewaySubnet];
    const whole = { ...body, properties: { ...(body.properties as JsonObject), subnets } };
    const stray = {
      ...tableOf({ ml: route('20.1.0.0/16', 'Internet') }),
      properties: { routes: [{ name: 'ml', ...route('20.1.0.0/16', 'Internet') }], subnets: [] },
    };
    const attach = edit(snet, set('/properties/routeTable', undefined, { id: table }));
    expect(ways([workspace, whole, stray], attach)).toEqual([
      expect.stringMatching(
        /^bypasses: Not known: whether traffic of vnet\/snet leaves an appliance or gateway: a gateway may have learned routes to 20\.1\.0\.0\/16/i,
      ),
    ]);
  });

  test('a table that was not read', () => {
    const gaps = [{ id: table, reason: 'Access denied.', action: 'x', status: 403 }];
    const bodies = [workspace, network({ routeTable: { id: table } })];
    const subnet = (network({ routeTable: { id: table } }).properties as { subnets: JsonObject[] })
      .subnets[0] as JsonObject;
    expect(
      ways(bodies, edit(snet, setMember(subnet, '/properties/routeTable', undefined)), { more: { gaps } }),
    ).toEqual(['bypasses: Not known: whether traffic of vnet/snet leaves an appliance or gateway: Access denied.']);
  });
});

const serviceEndpoint = (op: 'add' | 'remove', service = 'Microsoft.Storage'): Change =>
  edit(snet, {
    pointer: '/properties/serviceEndpoints',
    key: { member: 'service', fold: true },
    ...(op === 'add' ? { op, after: { service } } : { op, before: { service }, at: 0 }),
  });
const holding = { serviceEndpoints: [{ service: 'Microsoft.Storage' }] };
const interrupted = (bodies: readonly JsonObject[], change: Change, given: Given = {}): string[] =>
  words(besides(bodies, change, given), 'interrupts');

const scale = (minNodeCount: number, maxNodeCount: number): JsonObject => ({
  properties: {
    computeType: 'AmlCompute',
    properties: { vmSize: 'STANDARD_DS3_V2', scaleSettings: { minNodeCount, maxNodeCount } },
  },
});
const clusterId = `${ml}/computes/cpu`;
const scaled = (body: JsonObject, min: number, max: number): Change =>
  edit(
    clusterId,
    setMember(body, '/properties/properties/scaleSettings/minNodeCount', min),
    setMember(body, '/properties/properties/scaleSettings/maxNodeCount', max),
  );

describe('what is interrupted', () => {
  const reset = ['interrupts: Open connections from vnet/snet to Microsoft.Storage are reset.'];

  test('a service endpoint added or removed, where something is in the subnet', () => {
    expect(interrupted([workspace, network(), cluster], serviceEndpoint('add'))).toEqual(reset);
    expect(interrupted([workspace, network(holding), cluster], serviceEndpoint('remove'))).toEqual(reset);
    expect(interrupted([workspace, network()], serviceEndpoint('add'))).toEqual([]);
    const listed = { ipConfigurations: [{ id: `${networks}/networkInterfaces/nic/ipConfigurations/one` }] };
    expect(interrupted([workspace, network(listed)], serviceEndpoint('add'))).toEqual(reset);
  });

  test('computes that could not be read may be there', () => {
    const gaps = [{ id: `${ml}/computes`, reason: 'Access denied.', action: 'x', status: 403 }];
    const before = snapshotOf([workspace, network(), ...subnetsOf(resourceOf(network())).map(({ body }) => body)], {
      gaps,
    });
    const change = serviceEndpoint('add');
    const effects = besideEffects({
      ...{ change, undo: 'exact', before: indexSnapshot(before), after: indexSnapshot(applyChange(before, change)) },
      ...{ isOwn: () => false, named: [] },
    });
    expect(words(effects, 'interrupts')).toEqual(reset);
  });

  test('it is automatic only for a subnet that the findings name, and nothing else is', () => {
    const isAutomatic = (named: readonly string[]) =>
      besides([workspace, network(), cluster], serviceEndpoint('add'), { named }).map(({ automatic }) => automatic);
    expect(isAutomatic([])).toEqual([false]);
    expect(isAutomatic([snet.toUpperCase()])).toEqual([true]);
    expect(isAutomatic([`${vnet}/subnets/other`])).toEqual([false]);
    const costly = besides([workspace, network()], created(`${networks}/natGateways/nat`, { properties: {} }), {
      named: [snet],
    });
    expect(costly.map(({ kind, automatic }) => [kind, automatic])).toEqual([['costs', false]]);
  });

  test('what the resource type says ends', () => {
    expect(interrupted([workspace, network(), cluster], deleted(String(cluster.id), cluster))).toEqual([
      'interrupts: Deletes cpu: jobs that run on its nodes end, and their local files are lost.',
    ]);
  });

  test('a cluster or a pool that grows less far than before', () => {
    const [small, large] = [
      { id: `${ml}/computes/cpu`, name: 'cpu', ...scale(0, 2) },
      { id: `${ml}/computes/cpu`, name: 'cpu', ...scale(0, 4) },
    ];
    expect(interrupted([workspace, large], scaled(large, 0, 2))).toEqual([
      'interrupts: cpu grows to at most 2 nodes instead of 4.',
    ]);
    expect(interrupted([workspace, small], scaled(small, 0, 4))).toEqual([]);
    const pool: JsonObject = {
      id: `${providers}/Microsoft.ContainerService/managedClusters/aks/agentPools/p`,
      name: 'p',
      properties: { count: 3, maxCount: 5, enableAutoScaling: true },
    };
    const most = (to: number) => edit(String(pool.id), set('/properties/maxCount', 5, to));
    expect(interrupted([workspace, pool], most(4))).toEqual([
      'interrupts: Node pool aks/p grows to at most 4 nodes instead of 5.',
    ]);
    expect(interrupted([workspace, pool], most(2))).toEqual([
      'interrupts: Node pool aks/p grows to at most 2 nodes instead of 5.',
      'interrupts: Node pool aks/p has 3 nodes: pods on 1 of them are moved.',
    ]);
    expect(interrupted([workspace, pool], most(6))).toEqual([]);
  });

  test('connections outlive a change of rules, unless the group evaluates them again', () => {
    const deny = ruleAdded('Outbound Deny 200 * 20.0.0.0/8 *');
    expect(interrupted(guarded({}), deny)).toEqual([]);
    expect(interrupted(guarded({}, { flushConnection: true }), deny)).toEqual([
      'interrupts: Open connections through nsg that its rules now deny end (flushConnection).',
    ]);
    expect(interrupted(guarded({}, { flushConnection: true }), ruleAdded('Outbound Allow 200 * 20.0.0.0/8 *'))).toEqual(
      [],
    );
  });

  const zone = `${networks}/privateDnsZones/privatelink.blob.core.windows.net`;
  const link = `${zone}/virtualNetworkLinks/to-vnet`;
  const endpoint = `${networks}/privateEndpoints/pe`;
  const connection = {
    name: 'c',
    properties: {
      privateLinkServiceId: account,
      groupIds: ['blob'],
      privateLinkServiceConnectionState: { status: 'Approved' },
    },
  };
  const pe: JsonObject = {
    id: endpoint,
    name: 'pe',
    properties: {
      ...{ subnet: { id: snet }, privateLinkServiceConnections: [connection] },
      customDnsConfigs: [{ fqdn: 'st.blob.core.windows.net', ipAddresses: ['10.0.1.9'] }],
    },
  };
  const storage: JsonObject = {
    id: account,
    name: 'st',
    location: 'westeurope',
    properties: {
      privateEndpointConnections: [
        {
          id: `${account}/privateEndpointConnections/c`,
          name: 'c',
          properties: { privateEndpoint: { id: endpoint }, privateLinkServiceConnectionState: { status: 'Approved' } },
        },
      ],
    },
  };
  const named = { id: zone, name: 'privatelink.blob.core.windows.net', properties: { numberOfRecordSets: 1 } };
  const linked = (more: JsonObject = {}): JsonObject => ({
    id: link,
    name: 'to-vnet',
    properties: { virtualNetwork: { id: vnet }, ...more },
  });
  const record: JsonObject = {
    id: `${zone}/A/st`,
    name: 'st',
    properties: { aRecords: [{ ipv4Address: '10.0.1.9' }] },
  };
  const dns = (records: readonly JsonObject[], links: readonly JsonObject[]): Partial<Snapshot> => ({
    collections: [
      { id: `${zone}/A`, members: records.map(({ id }) => String(id)) },
      { id: `${zone}/virtualNetworkLinks`, members: links.map(({ id }) => String(id)) },
      { id: '/subscriptions/s/providers/Microsoft.Network/privateDnsZones', members: [zone] },
    ],
  });
  const gap = ['interrupts: st has no address in vnet until privatelink.blob.core.windows.net has a record.'];

  test('a zone is linked before its records are written', () => {
    const bodies = [workspace, network(), storage, pe, named];
    const change = created(link, { properties: { virtualNetwork: { id: vnet } } });
    expect(interrupted(bodies, change, { more: dns([], []) })).toEqual(gap);
    expect(interrupted([...bodies, record], change, { more: dns([record], []) })).toEqual([]);
    const kept = created(link, { properties: { virtualNetwork: { id: vnet }, resolutionPolicy: 'NxDomainRedirect' } });
    expect(interrupted(bodies, kept, { more: dns([], []) })).toEqual([]);
  });

  test('an endpoint is created while its zone is linked: the name has no address until its zone group writes the record', () => {
    const bare = { ...storage, properties: {} };
    const { id: _id, name: _name, ...body } = pe;
    const make = created(endpoint, body);
    expect(interrupted([workspace, network(), bare, named, linked()], make, { more: dns([], [linked()]) })).toEqual(
      gap,
    );
    expect(interrupted([workspace, network(), bare, named], make, { more: dns([], []) })).toEqual([]);
    const write = created(`${endpoint}/privateDnsZoneGroups/default`, {
      properties: { privateDnsZoneConfigs: [{ name: 'blob', properties: { privateDnsZoneId: zone } }] },
    });
    expect(
      interrupted([workspace, network(), storage, pe, named, linked()], write, { more: dns([], [linked()]) }),
    ).toEqual([]);
  });

  test('a name that resolves to an endpoint leaves the appliance of the public way', () => {
    const bodies = [...routed({ default: appliance }), azureFirewall, storage, pe, named, record];
    const change = created(link, { properties: { virtualNetwork: { id: vnet } } });
    expect(ways(bodies, change, { more: dns([record], []) })).toEqual([
      'bypasses: Traffic of vnet/snet to st.blob.core.windows.net no longer passes fw.',
    ]);
    const past = [
      ...routed({ default: appliance, st: route('Storage.westeurope', 'Internet') }),
      azureFirewall,
      storage,
      pe,
      named,
      record,
    ];
    expect(ways(past, change, { more: dns([record], []) })).toEqual([]);
    const kept = [
      ...routed(
        { default: appliance, pe: route('10.0.1.9/32', 'VirtualAppliance', '10.0.9.4') },
        { privateEndpointNetworkPolicies: 'Enabled' },
      ),
      azureFirewall,
      storage,
      pe,
      named,
      record,
    ];
    expect(ways(kept, change, { more: dns([record], []) })).toEqual([]);
  });
});

describe('what is deleted, and what an undo does not restore', () => {
  test('of other owners, by the history alone', () => {
    const own = deleted(`${table}/routes/bastide-default`, { name: 'bastide-default', ...appliance });
    const bodies = routed({ 'bastide-default': appliance });
    expect(words(besides(bodies, own), 'deletes')).toEqual([
      'deletes: The route rt/bastide-default is deleted; this history did not create it.',
    ]);
    expect(words(besides(bodies, own, { own: [own.resource] }), 'deletes')).toEqual([]);
  });

  test('roles are assigned on what has a location', () => {
    const group_ = { ...groupOf({}), location: 'westeurope' };
    expect(words(besides([workspace, group_], deleted(nsg, group_)), 'deletes')).toEqual([
      'deletes: The network security group nsg is deleted; this history did not create it. Undo does not restore role assignments on it.',
    ]);
  });

  const delegation: JsonObject = { name: 'd', properties: { serviceName: 'Microsoft.Web/serverFarms' } };
  const registry = `${providers}/Microsoft.ContainerRegistry/registries/acr`;
  const subnetBody = { properties: { addressPrefix: '10.0.2.0/24' } };
  const managed = { ...workspace, properties: { managedNetwork: { isolationMode: 'Disabled' } } };
  test.each<[string, JsonObject[], Change, string, string, string[]]>([
    [
      'a delegation that is added',
      [workspace, network()],
      edit(snet, {
        op: 'add',
        pointer: '/properties/delegations',
        after: delegation,
        key: { member: 'name', fold: true },
      }),
      'partial',
      'may-be-refused',
      [
        'vnet/snet: Azure refuses to change the delegation of a subnet that is in use (SubnetDelegationsCannotChangeWhenSubnetUsedByResource): an undo is refused from then on.',
      ],
    ],
    [
      'a delegation that is replaced',
      [workspace, network({ delegations: [delegation] })],
      edit(
        snet,
        set(
          '/properties/delegations/0/properties/serviceName',
          'Microsoft.Web/serverFarms',
          'Microsoft.ContainerInstance/containerGroups',
        ),
      ),
      'partial',
      'may-be-refused',
      [
        'vnet/snet: Azure refuses to change the delegation of a subnet that is in use (SubnetDelegationsCannotChangeWhenSubnetUsedByResource): an undo is refused from then on.',
      ],
    ],
    [
      'a new subnet',
      [workspace, network()],
      created(`${vnet}/subnets/new`, subnetBody),
      'partial',
      'may-be-refused',
      ['vnet/new: an undo deletes the subnet, which Azure refuses while it is in use.'],
    ],
    [
      'a larger SKU',
      [workspace, { id: registry, name: 'acr', sku: { name: 'Basic' }, properties: {} }],
      edit(registry, set('/sku/name', 'Basic', 'Premium')),
      'partial',
      'may-be-refused',
      ['acr: the smaller SKU can be restored only when no feature of the larger SKU is in use.'],
    ],
    [
      'a managed network',
      [managed],
      edit(ml, set('/properties/managedNetwork/isolationMode', 'Disabled', 'AllowInternetOutbound')),
      'none',
      'not-undone',
      ['mlw: A managed network cannot be turned off or made less strict.'],
    ],
    ['a service endpoint', [workspace, network()], serviceEndpoint('add'), 'exact', '', []],
  ])('%s', (_name, bodies, change, undo, reason, says) => {
    const wholes = bodies.map(resourceOf);
    const snapshot = snapshotOf([...bodies, ...wholes.flatMap(subnetsOf).map(({ body, id }) => ({ ...body, id }))]);
    expect(undoClassOf(change, snapshot)).toBe(undo);
    const effects = besides(bodies, change).filter(({ kind }) => kind === 'oneWay');
    expect(effects.map(({ detail }) => detail)).toEqual(says);
    for (const one of effects) expect('reason' in one && one.reason).toBe(reason);
  });
});

describe('what is billed from then on', () => {
  const costs = (bodies: readonly JsonObject[], change: Change): string[] =>
    words(besides(bodies, change), 'costs').map((one) => one.replace('costs: ', ''));
  test.each<[string, string, JsonObject, string[]]>([
    [
      'a private endpoint',
      `${networks}/privateEndpoints/pe`,
      { properties: {} },
      ['The private endpoint pe is billed by the hour and by data.'],
    ],
    [
      'a NAT gateway',
      `${networks}/natGateways/nat`,
      { properties: {} },
      ['The NAT gateway nat is billed by the hour.'],
    ],
    [
      'a public IP address',
      `${networks}/publicIPAddresses/pip`,
      { properties: {} },
      ['The public IP address pip is billed by the hour.'],
    ],
    [
      'a private DNS zone',
      `${networks}/privateDnsZones/privatelink.blob.core.windows.net`,
      {},
      ['The private DNS zone privatelink.blob.core.windows.net is billed by the month and by queries.'],
    ],
    ['a network security group', nsg, { properties: {} }, []],
    ['a route table', table, { properties: {} }, []],
    [
      'an instance',
      `${ml}/computes/ci`,
      { properties: { computeType: 'ComputeInstance', properties: { vmSize: 'STANDARD_DS3_V2' } } },
      ['The compute instance ci of size STANDARD_DS3_V2 is billed while it runs.'],
    ],
    [
      'an instance with a public address in a subnet',
      `${ml}/computes/ci`,
      {
        properties: {
          computeType: 'ComputeInstance',
          properties: { vmSize: 'STANDARD_DS3_V2', subnet: { id: `${vnet}/subnets/a` } },
        },
      },
      [
        'The compute instance ci of size STANDARD_DS3_V2 is billed while it runs.',
        'The load balancer and the public IP address that Azure makes for ci are billed by the hour.',
      ],
    ],
    [
      'a cluster of none to four nodes',
      clusterId,
      scale(0, 4),
      ['Up to 4 nodes of size STANDARD_DS3_V2 of cpu are billed while jobs run.'],
    ],
    [
      'a cluster of one node',
      clusterId,
      scale(1, 1),
      ['1 node of size STANDARD_DS3_V2 of cpu runs and is billed at all times.'],
    ],
    [
      'a Kubernetes cluster',
      `${ml}/computes/aks`,
      {
        location: 'westeurope',
        properties: { computeType: 'AKS', properties: { agentCount: 3, agentVmSize: 'Standard_D4s_v5' } },
      },
      [
        'The load balancer of the Kubernetes cluster aks is billed by the hour and by data.',
        '3 nodes of size Standard_D4s_v5 of node pool aks/agentpool are billed.',
      ],
    ],
  ])('%s', (_name, id, body, expected) => {
    expect(costs([workspace, network()], created(id, body)).toSorted()).toEqual(expected.toSorted());
  });

  test('a cluster costs more by its smallest and by its largest number of nodes, and never by fewer', () => {
    const body = { id: clusterId, name: 'cpu', ...scale(0, 4) };
    expect(costs([workspace, body], scaled(body, 2, 4))).toEqual([
      '2 nodes of size STANDARD_DS3_V2 of cpu run and are billed at all times.',
    ]);
    expect(costs([workspace, body], scaled(body, 0, 8))).toEqual([
      'Up to 8 nodes of size STANDARD_DS3_V2 of cpu are billed while jobs run.',
    ]);
    expect(costs([workspace, body], scaled(body, 0, 2))).toEqual([]);
  });

  test('nodes of the cluster that builds images; none where there is no such cluster, or another of that size', () => {
    const builds = (name: string) => ({ ...workspace, properties: { imageBuildCompute: name } });
    const cpu = { id: clusterId, name: 'cpu', ...scale(0, 4) };
    const to = (from: string, name: string) => edit(ml, set('/properties/imageBuildCompute', from, name));
    expect(costs([builds('gone'), cpu], to('gone', 'cpu'))).toEqual([
      'Nodes of cpu of size STANDARD_DS3_V2 start for each image build and are billed.',
    ]);
    expect(costs([builds('gone'), cpu], to('gone', 'other'))).toEqual([]);
    const other = { ...cpu, id: `${ml}/computes/other`, name: 'other' };
    expect(costs([builds('other'), cpu, other], to('other', 'cpu'))).toEqual([]);
  });

  test('a registry by its tier, a subnet by its NAT gateway, a peering by its data', () => {
    const id = `${providers}/Microsoft.ContainerRegistry/registries/acr`;
    const registry = (name: string) => ({ id, name: 'acr', sku: { name }, properties: {} });
    expect(costs([workspace, registry('Basic')], edit(id, set('/sku/name', 'Basic', 'Premium')))).toEqual([
      'The container registry acr is billed by the day as Premium.',
    ]);
    expect(costs([workspace, registry('Premium')], edit(id, set('/sku/name', 'Premium', 'Basic')))).toEqual([]);
    const gateway = { id: `${networks}/natGateways/nat` };
    expect(costs([workspace, network()], edit(snet, set('/properties/natGateway', undefined, gateway)))).toEqual([
      'Traffic of vnet/snet through nat is billed by data.',
    ]);
    const peering = created(`${vnet}/virtualNetworkPeerings/to-far`, {
      properties: { remoteVirtualNetwork: { id: `${networks}/virtualNetworks/far` }, peeringState: 'Connected' },
    });
    expect(costs([workspace, network()], peering)).toEqual(['Traffic between vnet and far is billed by data.']);
  });

  test('a managed network: its rules once it is provisioned, then its endpoints and its firewall', () => {
    const inactive = (rules: JsonObject, mode = 'AllowOnlyApprovedOutbound'): JsonObject => ({
      ...workspace,
      properties: {
        storageAccount: account,
        managedNetwork: { isolationMode: mode, status: { status: 'Inactive' }, outboundRules: rules },
      },
    });
    const fqdn = { type: 'FQDN', category: 'UserDefined', destination: 'pypi.org' };
    const storage: JsonObject = { id: account, name: 'st', properties: { publicNetworkAccess: 'Disabled' } };
    const add = created(`${ml}/outboundRules/pypi`, { properties: fqdn });
    expect(costs([inactive({})], add)).toEqual([
      'An Azure Firewall (Standard) for the FQDN rules of mlw is billed by the hour and by data once the managed network is provisioned.',
    ]);
    expect(costs([inactive({ other: { ...fqdn, destination: 'conda.io' } })], add)).toEqual([]);
    // Rules that a mode without a firewall keeps start it with the mode.
    expect(costs([inactive({}, 'AllowInternetOutbound')], add)).toEqual([]);
    const approved = set(
      '/properties/managedNetwork/isolationMode',
      'AllowInternetOutbound',
      'AllowOnlyApprovedOutbound',
    );
    expect(costs([inactive({ pypi: fqdn }, 'AllowInternetOutbound')], edit(ml, approved)).join()).toContain(
      'FQDN rules of mlw',
    );
    expect(costs([inactive({}, 'AllowInternetOutbound')], edit(ml, approved)).join()).not.toContain('Azure Firewall');
    const provision = edit(ml, set('/properties/managedNetwork/status/status', 'Inactive', 'Active'));
    expect(costs([inactive({ pypi: fqdn }), storage], provision).toSorted()).toEqual([
      'A private endpoint from the managed network of mlw to mlw (amlworkspace) is billed by the hour and by data.',
      'A private endpoint from the managed network of mlw to st (blob) is billed by the hour and by data.',
      'A private endpoint from the managed network of mlw to st (file) is billed by the hour and by data.',
      'An Azure Firewall (Standard) for the FQDN rules of mlw is billed by the hour and by data.',
    ]);
    const off = {
      ...workspace,
      properties: { storageAccount: account, managedNetwork: { isolationMode: 'Disabled' } },
    };
    const on = edit(ml, set('/properties/managedNetwork/isolationMode', 'Disabled', 'AllowOnlyApprovedOutbound'));
    expect(costs([off, { ...storage, properties: {} }], on).toSorted()).toEqual([
      'A private endpoint from the managed network of mlw to mlw (amlworkspace) is billed by the hour and by data once the managed network is provisioned.',
      'A private endpoint from the managed network of mlw to st (blob) is billed by the hour and by data once the managed network is provisioned.',
      'A private endpoint from the managed network of mlw to st (file) is billed by the hour and by data once the managed network is provisioned.',
    ]);
  });

  test('traffic that passes an Azure Firewall from then on', () => {
    const change = routeAdded(appliance, 'default');
    expect(costs([...routed({}), azureFirewall], change)).toEqual([
      'Traffic of vnet/snet through fw is billed by data.',
    ]);
    expect(costs(routed({}), change)).toEqual([]);
  });
});

describe('where it is written', () => {
  const elsewhere = (id: string, home: string | null = ml): string[] =>
    words(
      besides([{ ...workspace, id: home ?? ml }], created(id, { properties: {} }), { more: { workspace: home } }),
      'otherScope',
    );
  test.each([
    ['the same resource group', `${networks}/routeTables/x`, []],
    ['in another case', `${networks}/routeTables/x`.replace('/resourceGroups/g/', '/resourcegroups/G/'), []],
    [
      'another resource group',
      '/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/routeTables/x',
      ['otherScope: x is in the resource group hub, the workspace in g.'],
    ],
    [
      'another subscription',
      '/subscriptions/t/resourceGroups/g/providers/Microsoft.Network/routeTables/x',
      ['otherScope: x is in the subscription t, the workspace in s.'],
    ],
  ])('%s', (_name, id, expected) => expect(elsewhere(id)).toEqual(expected));
  test('files without a workspace have no scope of their own', () =>
    expect(elsewhere('/subscriptions/t/resourceGroups/g/providers/Microsoft.Network/routeTables/x', null)).toEqual([]));
});

describe('services outside the scan', () => {
  const unknown = (...given: Parameters<typeof besides>) =>
    besides(...given).flatMap((one) => (one.kind === 'cutsOff' && one.reason === 'unknown' ? [one.data.why] : []));
  const allow = (holders: string, to = '', from = 'vnet/snet') =>
    `whether services outside this scan allow the addresses of ${holders}: traffic from ${from}${to} no longer leaves by them.`;

  const address = `${networks}/publicIPAddresses/pip`;
  const nat = (...ids: readonly string[]): JsonObject => ({
    id: `${networks}/natGateways/nat`,
    name: 'nat',
    properties: { publicIpAddresses: ids.map((id) => ({ id })) },
  });
  const balancer: JsonObject = {
    id: `${networks}/loadBalancers/lb`,
    name: 'lb',
    properties: { frontendIPConfigurations: [{ properties: { publicIPAddress: { id: address } } }] },
  };
  const inner: JsonObject = {
    ...balancer,
    properties: { frontendIPConfigurations: [{ properties: { subnet: { id: snet } } }] },
  };
  const nic = (more: JsonObject): JsonObject => ({
    id: `${networks}/networkInterfaces/nic`,
    name: 'nic',
    properties: { ipConfigurations: [{ name: 'a', properties: { subnet: { id: snet }, ...more } }] },
  });
  const own = nic({ publicIPAddress: { id: address } });
  const pooled = nic({ loadBalancerBackendAddressPools: [{ id: `${balancer.id}/backendAddressPools/p` }] });
  const aks = (outboundType?: string): JsonObject => ({
    id: `${providers}/Microsoft.ContainerService/managedClusters/aks`,
    name: 'aks',
    properties: {
      agentPoolProfiles: [{ name: 'p', vnetSubnetID: snet }],
      ...(outboundType === undefined ? {} : { networkProfile: { outboundType } }),
    },
  });
  const withNat = { natGateway: { id: String(nat().id) } };
  const pointer = '/properties/natGateway';
  const attach = edit(snet, set(pointer, undefined, withNat.natGateway));
  const detach = edit(snet, set(pointer, withNat.natGateway, undefined));
  const addEndpoint = edit(snet, {
    op: 'add',
    pointer: '/properties/serviceEndpoints',
    after: { service: 'Microsoft.Storage' },
    key: { member: 'service', fold: true },
  });
  const none = { serviceEndpoints: [] };
  const table0 = {
    id: table,
    name: 'rt',
    properties: {
      subnets: [{ id: snet }],
      routes: [
        {
          id: `${table}/routes/all`,
          name: 'all',
          properties: {
            ...{ addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.9.4' },
          },
        },
      ],
    },
  } satisfies JsonObject;
  const hub: JsonObject = {
    id: `${networks}/virtualNetworks/hub`,
    name: 'hub',
    properties: { addressSpace: { addressPrefixes: ['10.9.0.0/16'] }, subnets: [], virtualNetworkPeerings: [] },
  };
  const storage = ' to Microsoft.Storage';

  test.each<[string, JsonObject[], Change, string[]]>([
    ['by default outbound access', [network(none)], addEndpoint, []],
    ['by nodes of managed compute', [network(none), cluster], addEndpoint, []],
    ['by a NAT gateway', [network({ ...none, ...withNat }), nat(address)], addEndpoint, [allow('nat', storage)]],
    ['by a NAT gateway that was not read', [network({ ...none, ...withNat })], addEndpoint, [allow('nat', storage)]],
    ['by the address of a NIC', [network(none), own], addEndpoint, [allow('pip', storage)]],
    ['by a load balancer', [network(none), pooled, balancer], addEndpoint, [allow('lb', storage)]],
    ['by a load balancer that was not read', [network(none), pooled], addEndpoint, [allow('lb', storage)]],
    ['behind an internal load balancer', [network(none), pooled, inner], addEndpoint, []],
    ['by the load balancer of a cluster', [network(none), aks()], addEndpoint, [allow('aks', storage)]],
    ['by the routes of a cluster', [network(none), aks('userDefinedRouting')], addEndpoint, []],
  ])('a service endpoint replaces the address that traffic leaves by: %s', (_, bodies, change, expected) =>
    expect(unknown([workspace, ...bodies], change)).toEqual(expected),
  );

  test.each<[string, JsonObject[], Change, string[]]>([
    ['attached where default outbound access is left', [network(), nat(address)], attach, []],
    ['attached where a NIC has an address', [network(), own, nat('other')], attach, [allow('pip')]],
    ['attached where a cluster leaves by its load balancer', [network(), aks(), nat('other')], attach, [allow('aks')]],
    ['detached', [network(withNat), nat(address)], detach, [allow('nat')]],
    ['detached, whatever address a NIC has', [network(withNat), own, nat('other')], detach, [allow('nat')]],
    [
      'replaced',
      [network(withNat), nat(address)],
      edit(snet, set(pointer, withNat.natGateway, { id: `${networks}/natGateways/other` })),
      [allow('nat')],
    ],
    [
      'with another address beside its own',
      [network(withNat), nat(address), ...subnetsOf(resourceOf(network(withNat))).map(({ body }) => body)],
      edit(String(nat().id), set('/properties/publicIpAddresses', [{ id: address }], [{ id: address }, { id: 'b' }])),
      [allow('nat')],
    ],
    [
      'with one address less',
      [network(withNat), nat(address, 'b')],
      edit(String(nat().id), set('/properties/publicIpAddresses', [{ id: address }, { id: 'b' }], [{ id: address }])),
      [],
    ],
  ])('a NAT gateway: %s', (_, bodies, change, expected) =>
    expect(unknown([workspace, ...bodies], change)).toEqual(expected),
  );

  test('the address of a NIC: taken, or of no use behind a NAT gateway', () => {
    const at = '/properties/ipConfigurations';
    const lists = [own, nic({})].map(({ properties }) => (properties as JsonObject).ipConfigurations as Json);
    const take = edit(String(own.id), set(at, lists[0], lists[1]));
    expect(unknown([workspace, network(), own], take)).toEqual([allow('pip')]);
    expect(unknown([workspace, network(withNat), own, nat('other')], take)).toEqual([]);
    expect(unknown([workspace, network(), own], deleted(String(own.id), own))).toEqual([]);
  });

  test('a route leads to an appliance, or past it', () => {
    const route = table0.properties.routes[0] as JsonObject;
    const away = { ...table0, properties: { ...table0.properties, routes: [] } };
    const { id: _, ...made } = route;
    const routed = { ...none, routeTable: { id: table } };
    const add = created(`${table}/routes/all`, made);
    expect(unknown([workspace, network(routed), away], add)).toEqual([]);
    expect(unknown([workspace, network(routed), own, away], add)).toEqual([allow('pip', ' to the Internet')]);
    expect(unknown([workspace, network(routed), table0, hub], deleted(`${table}/routes/all`, made))).toEqual([
      allow('the appliance 10.0.9.4', ' to the Internet'),
    ]);
    // The packets pass the appliance, so nobody sees the address of the NIC.
    expect(unknown([workspace, network(routed), own, table0], attach)).toEqual([]);
    const past = unknown([workspace, network(routed), own, table0], addEndpoint);
    expect(past).toEqual([allow('the appliance 10.0.9.4', ' to Storage.westeurope and Storage.northeurope')]);
    const inside = created(`${table}/routes/inside`, {
      properties: { addressPrefix: '10.8.0.0/16', nextHopType: 'None' },
    });
    expect(unknown([workspace, network(routed), own, table0], inside)).toEqual([]);
  });

  test('names of private endpoints elsewhere, in a network that is linked to their zone', () => {
    const zone = `${networks}/privateDnsZones/privatelink.blob.core.windows.net`;
    const named = (id: string): JsonObject => ({ id, name: id.split('/').at(-1) ?? '', properties: {} });
    const body = (more: JsonObject = {}) => ({ properties: { virtualNetwork: { id: vnet }, ...more } });
    const told = [
      'whether vnet uses services outside this scan that have private endpoints: without a record in privatelink.blob.core.windows.net, their names have no address there.',
    ];
    const link = (of: string, more?: JsonObject) => created(`${of}/virtualNetworkLinks/a`, body(more));
    const bodies = [workspace, network(), named(zone)];
    expect(unknown(bodies, link(zone))).toEqual(told);
    expect(unknown(bodies, link(zone, { resolutionPolicy: 'NxDomainRedirect' }))).toEqual([]);
    const other = `${networks}/privateDnsZones/corp.example`;
    expect(unknown([...bodies, named(other)], link(other))).toEqual([]);
    const elsewhere = zone.replace('/g/', '/other/');
    const linkedBy = (more?: JsonObject): JsonObject[] => [
      named(elsewhere),
      { id: `${elsewhere}/virtualNetworkLinks/b`, name: 'b', ...body(more) },
    ];
    expect(unknown([...bodies, ...linkedBy()], link(zone))).toEqual([]);
    const redirecting = { resolutionPolicy: 'NxDomainRedirect' };
    expect(unknown([...bodies, ...linkedBy(redirecting)], link(zone))).toEqual(told);
    const pointer = '/properties/resolutionPolicy';
    const ends = edit(`${elsewhere}/virtualNetworkLinks/b`, set(pointer, 'NxDomainRedirect', 'Default'));
    expect(unknown([...bodies, ...linkedBy(redirecting)], ends)).toEqual(told);
  });

  test('a gateway is of the plan where a change before made it, whatever its body shows', () => {
    const other = String(nat().id).replace('/g/', '/payments/');
    const bare: JsonObject = { id: other, name: 'nat', properties: {} };
    const use = edit(snet, set(pointer, undefined, { id: other }));
    const scopes = (all: readonly CurrentEffect[]) => all.filter(({ kind }) => kind === 'otherScope').length;
    // A template shows no provisioning state.
    expect(scopes(besides([workspace, network(), bare], use))).toBe(1);
    const plain = snapshotOf([
      workspace,
      network(),
      ...subnetsOf(resourceOf(network())).map(({ body, id }) => ({ ...body, id })),
    ]);
    const world = applyChange(plain, created(other, { properties: { provisioningState: 'Succeeded' } }));
    const made = besideEffects({
      ...{ change: use, undo: undoClassOf(use, world), isOwn: () => false, named: [] },
      ...{ before: indexSnapshot(world), after: indexSnapshot(applyChange(world, use)) },
    });
    expect(scopes(made)).toBe(0);
  });

  test('a NAT gateway of another owner: its addresses may be allowed elsewhere', () => {
    const opened = (own: readonly string[], ...bodies: readonly JsonObject[]) =>
      besides([workspace, ...bodies], attach, { own }).flatMap((one) =>
        one.kind === 'opens' && one.reason === 'unknown' ? [one.data.why] : [],
      );
    const told = [
      'whether services outside this scan allow the addresses of nat: traffic from vnet/snet leaves by them from then on.',
    ];
    const ip = (more: JsonObject): JsonObject => ({ id: address, name: 'pip', properties: more });
    expect(opened([], network(), nat(address))).toEqual(told);
    expect(opened([], network(), nat(address), ip({ ipAddress: '198.51.100.7' }))).toEqual(told);
    expect(opened([], network(), nat(address), ip({}))).toEqual([]);
    expect(opened([], network(), own, nat('other'))).toEqual(told);
    expect(opened([String(nat().id), address], network(), nat(address))).toEqual([]);
    expect(opened([String(nat().id)], network(), nat(address))).toEqual(told);
    expect(opened([], network({ routeTable: { id: table } }), table0, nat(address))).toEqual([]);
  });
});

describe('what others use and was not read', () => {
  const far = '/subscriptions/9/resourceGroups/rg/providers/Microsoft.Network';
  const users = ({ kind, detail }: CurrentEffect) =>
    detail.includes('not read') ? [`${kind}: ${detail.replace('Not known: ', '')}`] : [];
  const told = (bodies: readonly JsonObject[], change: Change) => besides(bodies, change).flatMap(users);

  test('a firewall policy: the firewalls and child policies, by what its rules do', () => {
    const policy = `${networks}/firewallPolicies/fwp`;
    const refs = (name: string) => [{ id: `${far}/${name}` }];
    const properties = { firewalls: refs('azureFirewalls/fw-us'), childPolicies: refs('firewallPolicies/fwp-child') };
    const body = { id: policy, name: 'fwp', properties };
    const add = (type: string) =>
      created(`${policy}/ruleCollectionGroups/own`, {
        properties: { priority: 300, ruleCollections: [{ name: 'c', action: { type }, rules: [] }] },
      });
    expect(told([workspace, body], add('Allow'))).toEqual([
      'opens: whether more is allowed to and from fw-us and fwp-child: they use fwp, and were not read.',
    ]);
    expect(told([workspace, body], add('Deny'))).toEqual([
      'cutsOff: whether less is allowed to and from fw-us and fwp-child: they use fwp, and were not read.',
    ]);
    expect(told([workspace, { ...body, properties: {} }], add('Allow'))).toEqual([]);
  });

  test('a route table: by the way that its packets go before and after', () => {
    const route = (name: string, addressPrefix: string, nextHopType: string, nextHopIpAddress?: string) => ({
      ...{ id: `${table}/routes/${name}`, name },
      properties: { addressPrefix, nextHopType, ...(nextHopIpAddress === undefined ? {} : { nextHopIpAddress }) },
    });
    const out = route('all', '0.0.0.0/0', 'VirtualAppliance', '10.9.0.4');
    const own = route('one', '20.1.0.0/16', 'Internet');
    const body = (...routes: JsonObject[]) => ({
      ...{ id: table, name: 'rt' },
      properties: { routes, subnets: [{ id: `${far}/virtualNetworks/web/subnets/web` }] },
    });
    const kinds = (bodies: readonly JsonObject[], change: Change) =>
      besides(bodies, change).flatMap((one) =>
        one.detail.includes('web/web') && one.kind !== 'otherScope' ? [one.kind] : [],
      );
    const make = (one: JsonObject) => created(`${table}/routes/${one.name as string}`, one);
    // It enters the appliance, and leaves none.
    expect(kinds([workspace, body(out, own)], deleted(`${table}/routes/one`, own))).toEqual(['cutsOff']);
    expect(kinds([workspace, body(own)], make(out))).toEqual(['cutsOff']);
    expect(kinds([workspace, body(out)], make(own)).toSorted()).toEqual(['bypasses', 'opens']);
    expect(kinds([workspace, body()], make(route('no', '20.1.0.0/16', 'None')))).toEqual(['cutsOff']);
    expect(kinds([workspace, body()], make(own))).toEqual([]);
  });
});

describe('open connections whose source address changes', () => {
  const far = {
    id: `${table}/routes/ml`,
    name: 'ml',
    properties: { addressPrefix: '20.1.0.0/16', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.9.4' },
  };
  const near = { ...far, properties: { ...far.properties, addressPrefix: '172.16.0.0/16' } };
  const used = (...routes: JsonObject[]): JsonObject[] => [
    workspace,
    cluster,
    network({ routeTable: { id: table } }),
    { id: table, name: 'rt', properties: { routes, subnets: [{ id: snet }] } },
  ];
  const ends = (bodies: readonly JsonObject[], change: Change) =>
    besides(bodies, change).flatMap((one) => (one.kind === 'interrupts' ? [one.reason] : []));
  test('a route to and from an appliance, for public addresses of a subnet in use', () => {
    expect(ends(used(far), deleted(`${table}/routes/ml`, far))).toEqual(['connections-moved']);
    expect(ends(used(), created(`${table}/routes/ml`, far))).toEqual(['connections-moved']);
    expect(ends(used(near), deleted(`${table}/routes/ml`, near))).toEqual([]);
    expect(
      ends(
        used(far).filter((one) => one !== cluster),
        deleted(`${table}/routes/ml`, far),
      ),
    ).toEqual([]);
  });
});
