// What opens a blocked path, hop by hop: the sentence, the changes and their order, and why nothing does.
import { describe, expect, test } from 'vitest';
import type { PathQuestion } from '../../src/audit/path.ts';
import type { Change } from '../../src/model/change.ts';
import { pathFixes, planOfPathFix } from '../../src/plan/path-fixes.ts';
import {
  both,
  firewalled,
  guardedBy,
  managed,
  network,
  nothing,
  peered,
  put,
  routed,
  rule,
  type SceneChange,
  subnetIn,
  tunnel,
  withoutEndpoint,
} from '../facts/path-scenes.ts';
import { ids, type Loose, snapshotOf, withAdminRules, withRegistry } from '../support/snapshot.ts';

const closed =
  (id: string): SceneChange =>
  ({ bodies }) => {
    Object.assign(bodies[id].properties.networkAcls, { ipRules: [], virtualNetworkRules: [] });
  };
const off =
  (id: string): SceneChange =>
  ({ bodies }) => {
    bodies[id].properties.publicNetworkAccess = 'Disabled';
  };
const behindNat: SceneChange = (scene) => {
  const address = put(scene, network('publicIPAddresses', 'pip-nat'), { ipAddress: '203.0.113.77' });
  const gateway = put(scene, network('natGateways', 'nat'), { publicIpAddresses: [{ id: address }] });
  subnetIn(scene, ids.train).properties.natGateway = { id: gateway };
};
const from = (source: string, destination: string, ports = '443', protocol: PathQuestion['protocol'] = 'Tcp') => ({
  ...{ source, destination, ports: ports.split(','), protocol },
});
const train = (destination: string, ports?: string, protocol?: PathQuestion['protocol']): PathQuestion =>
  from('snet-train', destination, ports, protocol);

/** `edit st /properties/publicNetworkAccess Enabled`, of each edit; lists and objects in JSON. */
function told(change: Change): string[] {
  const name = change.resource.split('/').slice(-2).join('/');
  if (change.kind === 'delete') return [`delete ${name}`];
  if (change.kind === 'create') return [`create ${name} ${JSON.stringify(change.body.properties)}`];
  return change.edits.map((edit) => {
    const value = edit.op === 'remove' ? edit.before : edit.after;
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return `${edit.op} ${name} ${edit.pointer.replace('/properties/', '')} ${text}`;
  });
}
const found = (change: SceneChange, question: PathQuestion) => {
  const { fixes, manual } = pathFixes(snapshotOf(change), question);
  return [...fixes.map(({ says, changes }) => [says.join(' + '), ...changes.flatMap(told)]), ...manual];
};
type Row = readonly [what: string, change: SceneChange, question: PathQuestion, ...found: (string | string[])[]];
const rows = (table: readonly Row[]) =>
  test.each(table.map(([what, ...row]) => ({ what, row })))('$what', ({ row: [change, question, ...expected] }) => {
    expect(found(change, question)).toEqual(expected);
  });

describe('a network security group', () => {
  const allow = (direction: string, ports: string, to: string, protocol = 'Tcp') =>
    `{"protocol":"${protocol}","direction":"${direction}","access":"Allow","priority":190,"sourceAddressPrefix":"10.0.1.0/24","sourcePortRange":"*","destinationAddressPrefix":"${to}",${ports}}`;
  rows([
    [
      'inbound, two ports',
      guardedBy(ids.second, 'Inbound Deny * * * * 200'),
      train('snet-second', '443,80'),
      [
        'add an allow rule at priority 190 to nsg-snet-second',
        `create securityRules/bastide-path-in-443-80 ${allow('Inbound', '"destinationPortRanges":["443","80"]', '10.0.3.0/24')}`,
      ],
    ],
    [
      'outbound, all of them',
      guardedBy(ids.train, 'Outbound Deny * * * * 200'),
      train('192.0.2.7', '*', '*'),
      [
        'add an allow rule at priority 190 to nsg-snet-train',
        `create securityRules/bastide-path-out-all ${allow('Outbound', '"destinationPortRange":"*"', '192.0.2.7', '*')}`,
      ],
    ],
    ...[['BASTIDE-Path-Out-443'], ['bastide-path-out-443', 'bastide-path-out-443-2']].map(
      (taken): Row => [
        `under a name that is free: ${taken.length} taken`,
        both(guardedBy(ids.train, 'Outbound Deny * * * * 200'), (scene) => {
          const rules = scene.bodies[network('networkSecurityGroups', 'nsg-snet-train')].properties.securityRules;
          for (const [at, name] of taken.entries())
            rules.push({ ...rule(`Inbound Allow Tcp 192.0.2.${at} * 22 ${300 + at}`), name });
        }),
        train('192.0.2.7'),
        [
          'add an allow rule at priority 190 to nsg-snet-train',
          `create securityRules/bastide-path-out-443-${taken.length + 1} ${allow('Outbound', '"destinationPortRange":"443"', '192.0.2.7')}`,
        ],
      ],
    ),
    [
      'without a priority before the rule',
      both(guardedBy(ids.train, 'Outbound Deny * * * * 100'), guardedBy(ids.second, 'Inbound Deny * * * * 100')),
      train('snet-second'),
      'nsg-snet-train denies the traffic by rule-0 (100).',
      'nsg-snet-second denies the traffic by rule-0 (100).',
    ],
  ]);
  test('of three ways at each of two groups six are told, the least risk first', () => {
    const two = (direction: string) => [
      `${direction} Deny Tcp 10.0.1.0/24 10.0.3.0/24 443 200`,
      `${direction} Allow Tcp 10.0.1.0/24 10.0.3.0/24 443 300`,
    ];
    const change = both(guardedBy(ids.train, ...two('Outbound')), guardedBy(ids.second, ...two('Inbound')));
    const { fixes } = pathFixes(snapshotOf(change), train('snet-second'));
    const verbs = fixes.map(({ says }) => says.map((one) => one.split(' ')[0]).join());
    expect(verbs).toEqual(['add,add', 'add,move', 'move,add', 'move,move', 'add,delete', 'move,delete']);
  });
});

describe('a route', () => {
  const at = 'rt-snet-train';
  const route = (name: string, prefix: string, hop: string) =>
    `create routes/${name} {"addressPrefix":"${prefix}","nextHopType":"${hop}"}`;
  const gone = (...names: string[]) => [
    `delete route ${names.join(', ')} of ${at}`,
    ...names.map((name) => `delete routes/${name}`),
  ];
  const tableId = network('routeTables', at);
  rows([
    [
      'for the address itself gets another next hop',
      routed(ids.train, '192.0.2.7/32 None'),
      train('192.0.2.7'),
      [`set the next hop of route r0 of ${at} to Internet`, 'set routes/r0 nextHopType Internet'],
      gone('r0'),
    ],
    [
      'to an appliance that is out of reach loses its address first',
      routed(ids.train, '192.0.2.7/32 10.200.0.4'),
      train('192.0.2.7'),
      [
        `set the next hop of route r0 of ${at} to Internet`,
        'set routes/r0 nextHopIpAddress undefined',
        'set routes/r0 nextHopType Internet',
      ],
      gone('r0'),
    ],
    [
      'for parts of the destination is deleted with the others',
      routed(ids.train, '192.0.2.0/25 None', '192.0.2.128/25 None', '0.0.0.0/0 Internet'),
      train('192.0.2.0/24'),
      gone('r0', 'r1'),
    ],
    [
      'inside the network: the next hop is the network',
      routed(ids.train, '10.0.3.0/24 None'),
      train('snet-second'),
      [`set the next hop of route r0 of ${at} to VnetLocal`, 'set routes/r0 nextHopType VnetLocal'],
      gone('r0'),
    ],
    [
      'wider than the subnet gets a narrower one beside it',
      routed(ids.train, '10.0.0.0/16 None'),
      train('snet-second'),
      [`add a route for 10.0.3.0/24 to ${at}`, route('bastide-path-1', '10.0.3.0/24', 'VnetLocal')],
      gone('r0'),
    ],
    [
      'wider than the address, where the first name is taken',
      both(routed(ids.train, '0.0.0.0/0 None', '198.51.100.0/24 Internet'), ({ bodies }) => {
        const name = 'Bastide-path-1';
        Object.assign(bodies[tableId].properties.routes[1], { name, id: `${tableId}/routes/${name}` });
      }),
      train('192.0.2.7'),
      [`add a route for 192.0.2.7 to ${at}`, route('bastide-path-2', '192.0.2.7/32', 'Internet')],
      gone('r0'),
    ],
    [
      'for a service tag',
      routed(ids.train, '0.0.0.0/0 None'),
      train('AzureActiveDirectory'),
      [`add a route for AzureActiveDirectory to ${at}`, route('bastide-path-1', 'AzureActiveDirectory', 'Internet')],
      gone('r0'),
    ],
    ['for the Internet has no narrower one', routed(ids.train, '0.0.0.0/0 None'), train('internet'), gone('r0')],
    ['for a host of unknown addresses neither', routed(ids.train, '0.0.0.0/0 None'), train('pypi.org'), gone('r0')],
    [
      'of Azure itself is not changed',
      routed(ids.train, '0.0.0.0/0 None'),
      train('10.77.0.1'),
      'At snet-train, the system route 10.0.0.0/8 drops the traffic (next hop None).',
    ],
  ]);
});

describe('a peering', () => {
  const says = 'open the peering of vnet-ml and vnet-far';
  const made = (name: string, to: string) =>
    `create virtualNetworkPeerings/${name} {"remoteVirtualNetwork":{"id":"${to}"},"allowVirtualNetworkAccess":true,"allowForwardedTraffic":false,"allowGatewayTransit":false,"useRemoteGateways":false}`;
  const access = 'set virtualNetworkPeerings/peer allowVirtualNetworkAccess true';
  rows([
    [
      'that is missing is created on both sides',
      nothing,
      train('snet-far'),
      [says, made('bastide-to-vnet-far', ids.farVnet), made('bastide-to-vnet-ml', ids.vnet)],
    ],
    [
      'that denies access allows it on both sides',
      peered({ allowVirtualNetworkAccess: false }),
      train('snet-far'),
      [says, access, access],
    ],
    [
      'that is disconnected cannot be changed',
      peered({ peeringState: 'Disconnected' }),
      train('snet-far'),
      'The peering peer of vnet-ml is Disconnected, not Connected. That cannot be changed in place: delete the peering on both sides and create it again (az network vnet peering create).',
    ],
    [
      'of networks that overlap cannot be made',
      ({ bodies }) => {
        bodies[ids.farVnet].properties.addressSpace.addressPrefixes = ['10.0.0.0/15', '10.9.0.0/16'];
      },
      train('snet-far'),
      'vnet-ml is not peered with vnet-far. vnet-ml and vnet-far cannot be peered: their address spaces overlap (10.0.0.0/16).',
    ],
  ]);
});

describe('a firewall', () => {
  const says = 'add an allow rule to afw-hub';
  const rule = (kind: string, name: string, properties: string) =>
    `add azureFirewalls/afw-hub ${kind} {"name":"${name}","properties":{"priority":300,"action":{"type":"Allow"},"rules":[{"name":"path",${properties}}]}}`;
  const byAddress = (protocol: string, to: string, port: string) => [
    says,
    rule(
      'networkRuleCollections',
      'bastide-net-vnet-ml-snet-train',
      `"protocols":["${protocol}"],"sourceAddresses":["10.0.1.0/24"],"destinationAddresses":["${to}"],"destinationPorts":["${port}"]`,
    ),
  ];
  const byName = (protocols: string, host: string) =>
    rule(
      'applicationRuleCollections',
      'bastide-app-vnet-ml-snet-train',
      `"sourceAddresses":["10.0.1.0/24"],"protocols":[${protocols}],"targetFqdns":["${host}"]`,
    );
  const [http, https] = ['{"protocolType":"Http","port":80}', '{"protocolType":"Https","port":443}'];
  const walled = both(tunnel, firewalled({}));
  const vague =
    'afw-hub denies the traffic by its default Deny. The addresses of the host are not known, so no rule can name it alone. Use a service tag or an address.';
  rows([
    ['allows an address by a network rule', walled, train('192.0.2.7'), byAddress('TCP', '192.0.2.7', '443')],
    ['over UDP', walled, train('192.0.2.7', '123', 'Udp'), byAddress('UDP', '192.0.2.7', '123')],
    ['a service tag', walled, train('AzureActiveDirectory'), byAddress('TCP', 'AzureActiveDirectory', '443')],
    ['a host by an application rule', walled, train('pypi.org'), [says, byName(https, 'pypi.org')]],
    ['on both ports of the web', walled, train('pypi.org', '80,443'), [says, byName(`${http},${https}`, 'pypi.org')]],
    ['a host on another port has no address', walled, train('pypi.org', '22'), vague],
    ['nor one of which one port is another', walled, train('pypi.org', '443,22'), vague],
    [
      'in front of an account, which then sees the subnet of the firewall',
      both(walled, withoutEndpoint(ids.train)),
      train('stmlsim'),
      [
        `${says} + add a service endpoint for Microsoft.Storage to vnet-ml/AzureFirewallSubnet, add a virtual network rule for vnet-ml/AzureFirewallSubnet to stmlsim`,
        byName(https, 'stmlsim.blob.core.windows.net'),
        'add subnets/AzureFirewallSubnet serviceEndpoints {"service":"Microsoft.Storage"}',
        `add storageAccounts/stmlsim networkAcls/virtualNetworkRules {"id":"${ids.vnet}/subnets/AzureFirewallSubnet","action":"Allow"}`,
      ],
    ],
  ]);
});

describe('a service', () => {
  const bySubnet = (name: string) => `add a virtual network rule for vnet-ml/snet-train to ${name}`;
  const withEndpoint = (service: string, name: string) =>
    `add a service endpoint for Microsoft.${service} to vnet-ml/snet-train, ${bySubnet(name)}`;
  const byAddress = (address: string, name: string) => `add IP rules for ${address} to ${name}`;
  const opened = 'enable public network access of storage account stmlsim';
  const endpoint = (service: string) => `add subnets/snet-train serviceEndpoints {"service":"Microsoft.${service}"}`;
  const ofAccount = `add storageAccounts/stmlsim networkAcls/virtualNetworkRules {"id":"${ids.train}","action":"Allow"}`;
  const ofVault = `add vaults/kv-mlsim networkAcls/virtualNetworkRules {"id":"${ids.train}"}`;
  const enabled = 'set storageAccounts/stmlsim publicNetworkAccess Enabled';
  const client = '203.0.113.9';
  rows([
    ['allows the subnet', closed(ids.account), train('stmlsim'), [bySubnet('stmlsim'), ofAccount]],
    [
      'with the service endpoint first',
      both(closed(ids.account), withoutEndpoint(ids.train)),
      train('stmlsim'),
      [withEndpoint('Storage', 'stmlsim'), endpoint('Storage'), ofAccount],
    ],
    ['without public network access, whose rule is there', off(ids.account), train('stmlsim'), [opened, enabled]],
    [
      'without public network access and without a rule',
      both(off(ids.account), closed(ids.account)),
      train('stmlsim'),
      [`${opened}, ${bySubnet('stmlsim')}`, enabled, ofAccount],
    ],
    [
      'without public network access, from an address',
      off(ids.account),
      from(client, 'stmlsim'),
      [
        `${opened}, ${byAddress(client, 'stmlsim')}`,
        enabled,
        `add storageAccounts/stmlsim networkAcls/ipRules {"value":"${client}","action":"Allow"}`,
      ],
    ],
    ['a vault', closed(ids.vault), train('kv-mlsim'), [bySubnet('kv-mlsim'), ofVault]],
    [
      'a vault behind a NAT gateway: its address, or the subnet, the fewest changes first',
      both(closed(ids.vault), behindNat, withoutEndpoint(ids.train)),
      train('kv-mlsim'),
      [byAddress('203.0.113.77', 'kv-mlsim'), 'add vaults/kv-mlsim networkAcls/ipRules {"value":"203.0.113.77/32"}'],
      [withEndpoint('KeyVault', 'kv-mlsim'), endpoint('KeyVault'), ofVault],
    ],
    [
      'an account behind one: of its own region it sees no public address',
      both(closed(ids.account), behindNat, withoutEndpoint(ids.train)),
      train('stmlsim'),
      [withEndpoint('Storage', 'stmlsim'), endpoint('Storage'), ofAccount],
    ],
    [
      'a registry',
      (scene) => withRegistry(scene),
      from(client, 'acrmlsim'),
      [
        byAddress(client, 'acrmlsim'),
        `add registries/acrmlsim networkRuleSet/ipRules {"value":"${client}","action":"Allow"}`,
      ],
    ],
    [
      'no rule for the whole Internet',
      nothing,
      from('internet', 'stmlsim'),
      'stmlsim denies the traffic by default. The source address is not known, so no rule can allow it.',
    ],
    [
      'no rule for a private address',
      nothing,
      from('10.77.0.1', 'stmlsim'),
      'stmlsim denies by default and has no IP rules. 10.77.0.1: The address is private (RFC 1918): the service only sees public addresses.',
    ],
    [
      'a workspace is not changed',
      off(ids.workspace),
      from(client, 'mlw-sim'),
      'Public network access of mlw-sim is Disabled, and the traffic does not use a private endpoint. Bastide does not change the network access of this resource.',
    ],
  ]);
  test('a service endpoint policy gets the account', () => {
    const change: SceneChange = (scene) => {
      const properties = { service: 'Microsoft.Storage', serviceResources: [ids.lake] };
      const id = put(scene, network('serviceEndpointPolicies', 'sep'), {
        serviceEndpointPolicyDefinitions: [{ name: 'd', properties }],
      });
      subnetIn(scene, ids.train).properties.serviceEndpointPolicies = [{ id }];
    };
    const [first, ...others] = found(change, train('stmlsim'));
    expect(others).toEqual([]);
    expect(first?.slice(0, 2)).toEqual([
      'add stmlsim to the service endpoint policy sep',
      `add serviceEndpointPolicies/sep serviceEndpointPolicyDefinitions {"name":"accounts","properties":{"service":"Microsoft.Storage","serviceResources":["${ids.account}"]}}`,
    ]);
  });
});

describe('what Bastide does not change', () => {
  rows([
    [
      'default outbound access',
      (scene) => {
        subnetIn(scene, ids.train).properties.defaultOutboundAccess = false;
      },
      train('internet'),
      'snet-train is a private subnet without a NAT gateway or public IP address, so it has no outbound Internet access. Associate a NAT gateway with the subnet.',
    ],
    [
      'the managed network',
      managed('AllowOnlyApprovedOutbound'),
      from('cpu-cluster', 'pypi.org'),
      'The managed network allows only approved outbound traffic, and no rule matches. Add an outbound rule to the managed network of the workspace.',
    ],
    [
      'security admin rules',
      (scene) => withAdminRules(scene, ids.vnet, 'Outbound Deny Any * * 0-65535 10'),
      train('192.0.2.7'),
      'Denied in vnet-ml by admin-0 (Deny, 10), before any NSG. Change the rule in Virtual Network Manager.',
    ],
  ]);
});

test('what else a change opens is said with a packet, of these ends and of others', () => {
  const { fixes } = pathFixes(snapshotOf(routed(ids.train, '10.0.0.0/16 None')), train('snet-second'));
  const own = 'other traffic from this source to this destination, for example Tcp 10.0.1.0:0 -> 10.0.3.0:0';
  expect(fixes.map(({ exact, also }) => [exact, ...also])).toEqual([
    [false, own],
    [false, own, 'snet-train to vnet-ml/snet-pe, for example Tcp 10.0.1.0:0 -> 10.0.2.0:0'],
  ]);
});

test('as a plan a fix has its changes, one step each, and nothing that a review computes', () => {
  const snapshot = snapshotOf(closed(ids.account));
  const [fix] = pathFixes(snapshot, train('stmlsim')).fixes;
  const plan = planOfPathFix(fix ?? { changes: [] }, snapshot, 'path');
  expect(plan).toEqual({
    ...{
      id: `path-${snapshot.id}`,
      aim: 'path',
      snapshot: snapshot.id,
      source: snapshot.source,
      workspace: ids.workspace,
      architecture: 'unknown',
    },
    ...{ verb: 'fix', of: null, gates: [], skipped: [], irreversible: [], effects: [], gaps: [] },
    preview: { resolves: [], introduces: [] },
    steps: fix?.changes.map((change: Loose) => ({
      ...{ change, phase: 2, findings: [], needs: [], az: '', risk: '', undo: 'exact', does: '', effects: [] },
    })),
  });
  expect(plan.steps).toHaveLength(1);
});
