// The way of packets in small networks made for one question each: which hop stops them, and how sure that is.
import { describe, expect, test } from 'vitest';
import type { PathAnswer } from '../../src/model/path.ts';
import { ids, missing, refused, subnet, withAdminRules, zoneId } from '../support/snapshot.ts';
import {
  admits,
  asked,
  both,
  firewallAddress,
  firewalled,
  guardedBy,
  machine,
  network,
  nothing,
  passing,
  peered,
  privately,
  put,
  recorded,
  routed,
  rule,
  type SceneChange,
  subnetIn,
  tunnel,
  withoutEndpoint,
} from './path-scenes.ts';

type Row = readonly [string, SceneChange, string, PathAnswer['verdict'], PathAnswer['stoppedBy'], string?];
const told = (rows: readonly Row[]) => rows.map((row) => ({ what: row[0], row }));
const fromTrain: readonly Row[] = [
  ['nothing in the way', nothing, 'internet', 'allowed', null],
  ['a route that drops', routed(ids.train, '0.0.0.0/0 None'), 'internet', 'denied', 'route'],
  ['half of the Internet dropped', routed(ids.train, '0.0.0.0/1 None'), 'internet', 'partly', 'route'],
  ['an appliance that nobody knows', tunnel, 'internet', 'unknown', 'firewall'],
  ['a gateway', routed(ids.train, '0.0.0.0/0 VirtualNetworkGateway'), 'internet', 'unknown', 'firewall'],
  [
    'a gateway that may have learnt a default route',
    (scene) =>
      scene.bodies[ids.vnet].properties.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27')),
    'internet',
    'unknown',
    'route',
  ],
  ['a firewall that allows the name', both(tunnel, firewalled({ hosts: ['pypi.org'] })), 'pypi.org', 'allowed', null],
  [
    'a firewall that allows another name',
    both(tunnel, firewalled({ hosts: ['pypi.org'] })),
    'evil.example',
    'denied',
    'firewall',
  ],
  [
    'a firewall that allows the address',
    both(tunnel, firewalled({ network: [passing('192.0.2.0/24', '443')] })),
    '192.0.2.7',
    'allowed',
    null,
  ],
  [
    'a firewall that allows half of it',
    both(tunnel, firewalled({ network: [passing('192.0.2.0/25', '443')] })),
    '192.0.2.0/24',
    'partly',
    'firewall',
  ],
  [
    'a firewall on another port',
    both(tunnel, firewalled({ network: [passing('*', '443')] })),
    '192.0.2.7',
    'denied',
    'firewall',
    '22',
  ],
  [
    'a private subnet',
    (scene) => {
      subnetIn(scene, ids.train).properties.defaultOutboundAccess = false;
    },
    'internet',
    'allowed',
    null,
  ],
  [
    'a private subnet without public nodes',
    (scene) => {
      subnetIn(scene, ids.train).properties.defaultOutboundAccess = false;
      scene.bodies[`${ids.workspace}/computes/cpu-cluster`].properties.properties.enableNodePublicIp = false;
    },
    'internet',
    'denied',
    'wayOut',
  ],
  ['a service endpoint past the tunnel', both(tunnel, firewalled({})), 'stmlsim', 'allowed', null],
  ['no service endpoint', withoutEndpoint(ids.train), 'stmlsim', 'denied', 'service'],
  [
    'a vault that admits the firewall by its public address',
    both(
      tunnel,
      withoutEndpoint(ids.train),
      firewalled({ hosts: ['*.vault.azure.net'] }),
      admits(ids.vault, 'ipRules', [{ value: '203.0.113.9' }]),
    ),
    'kv-mlsim',
    'allowed',
    null,
  ],
  [
    'a vault that admits another address',
    both(
      tunnel,
      withoutEndpoint(ids.train),
      firewalled({ hosts: ['*.vault.azure.net'] }),
      admits(ids.vault, 'ipRules', [{ value: '203.0.113.10' }]),
    ),
    'kv-mlsim',
    'denied',
    'service',
  ],
  ['another network', nothing, 'snet-far', 'denied', 'route'],
  ['a peered network', peered(), 'snet-far', 'allowed', null],
  ['a peering that is not connected', peered({ peeringState: 'Disconnected' }), 'snet-far', 'denied', 'route'],
  ['a peering without access', peered({ allowVirtualNetworkAccess: false }), 'snet-far', 'denied', 'route'],
  [
    'a group at the destination',
    guardedBy(ids.second, 'Inbound Deny Tcp * * 22 100'),
    'snet-second',
    'denied',
    'destinationSubnet',
    '22',
  ],
  [
    'some ports at the destination',
    guardedBy(ids.second, 'Inbound Deny Tcp * * 22 100'),
    'snet-second',
    'partly',
    'destinationSubnet',
    '20-30',
  ],
  [
    'some ports here, the others there',
    both(
      guardedBy(ids.train, 'Outbound Deny Tcp * * 1-22 100'),
      guardedBy(ids.second, 'Inbound Deny Tcp * * 23-99 100'),
    ),
    'snet-second',
    'denied',
    'destinationSubnet',
    '20-30',
  ],
  [
    'an answer past the firewall that the question went through',
    both(routed(ids.train, `10.0.3.0/24 ${firewallAddress}`), firewalled({ network: [passing('*', '443')] })),
    'snet-second',
    'denied',
    'reply',
  ],
  [
    'an answer through the same firewall',
    both(
      routed(ids.train, `10.0.3.0/24 ${firewallAddress}`),
      routed(ids.second, `10.0.1.0/24 ${firewallAddress}`),
      firewalled({ network: [passing('*', '443')] }),
    ),
    'snet-second',
    'allowed',
    null,
  ],
  [
    'an answer through an appliance that nobody knows',
    routed(ids.second, '10.0.1.0/24 10.0.9.9'),
    'snet-second',
    'unknown',
    'reply',
  ],
  ['an appliance in no network it reaches', routed(ids.train, '0.0.0.0/0 10.9.0.4'), 'internet', 'denied', 'route'],
  [
    'an appliance in a peered network',
    both(peered(), routed(ids.train, '0.0.0.0/0 10.9.0.4')),
    'internet',
    'unknown',
    'firewall',
  ],
  [
    'an appliance behind a peering whose state is not shown',
    both(peered({ peeringState: undefined }), routed(ids.train, '0.0.0.0/0 10.9.0.4')),
    'internet',
    'unknown',
    'firewall',
  ],
  [
    'a security admin rule that denies it',
    (scene) => withAdminRules(scene, ids.vnet, 'Outbound Deny Tcp * Internet 443 100'),
    'internet',
    'denied',
    'adminRules',
  ],
  [
    'a security admin rule that denies some of the ports',
    (scene) => withAdminRules(scene, ids.vnet, 'Outbound Deny Tcp * Internet 22 100'),
    'internet',
    'partly',
    'adminRules',
    '20-30',
  ],
  [
    'a security admin rule that always allows it, whatever the group denies',
    both(guardedBy(ids.train, 'Outbound Deny * * * 0-65535 100'), (scene) =>
      withAdminRules(scene, ids.vnet, 'Outbound AlwaysAllow Tcp * Internet 443 100'),
    ),
    'internet',
    'allowed',
    null,
  ],
  [
    'a security admin rule that allows it, and a group that denies it',
    both(guardedBy(ids.train, 'Outbound Deny * * * 0-65535 100'), (scene) =>
      withAdminRules(scene, ids.vnet, 'Outbound Allow Tcp * Internet 443 100'),
    ),
    'internet',
    'denied',
    'sourceSubnet',
  ],
  [
    'security admin rules that may not be read',
    (scene) => scene.gaps.push(refused(`${ids.vnet}/listNetworkManagerEffectiveSecurityAdminRules`)),
    'internet',
    'unknown',
    'adminRules',
  ],
  ['a private endpoint', privately(2), 'stmlsim', 'allowed', null],
  ['a linked zone without a record', privately(1, false), 'stmlsim', 'denied', 'name'],
  [
    'a linked zone whose records were not read, the same either way',
    privately(undefined, false),
    'stmlsim',
    'allowed',
    null,
  ],
  [
    'a linked zone whose record was read',
    both(privately(undefined, false), recorded('10.0.2.5')),
    'stmlsim',
    'allowed',
    null,
  ],
  [
    'a record that leads elsewhere',
    both(privately(undefined, false), recorded('10.0.2.6')),
    'stmlsim',
    'denied',
    'name',
  ],
  [
    'a record that is not there',
    both(privately(undefined, false), (scene) =>
      scene.gaps.push(missing(`${zoneId('privatelink.blob.core.windows.net')}/A/stmlsim`)),
    ),
    'stmlsim',
    'denied',
    'name',
  ],
  [
    'the same, and public access off',
    both(privately(undefined, false), (scene) => {
      scene.bodies[ids.account].properties.publicNetworkAccess = 'Disabled';
    }),
    'stmlsim',
    'unknown',
    'name',
  ],
  [
    'own DNS servers, and public access off',
    both(privately(2), (scene) => {
      scene.bodies[ids.account].properties.publicNetworkAccess = 'Disabled';
      scene.bodies[ids.vnet].properties.dhcpOptions = { dnsServers: ['10.0.0.53'] };
    }),
    'stmlsim',
    'unknown',
    'name',
  ],
  [
    'a group that counts at the endpoint',
    both(privately(2), guardedBy(ids.pe, 'Inbound Deny * * * 0-65535 100'), (scene) => {
      subnetIn(scene, ids.pe).properties.privateEndpointNetworkPolicies = 'Enabled';
    }),
    'stmlsim',
    'denied',
    'destinationSubnet',
  ],
  [
    'a group that does not count there',
    both(privately(2), guardedBy(ids.pe, 'Inbound Deny * * * 0-65535 100')),
    'stmlsim',
    'allowed',
    null,
  ],
  [
    'a perimeter',
    (scene) => {
      scene.bodies[ids.account].properties.publicNetworkAccess = 'SecuredByPerimeter';
    },
    'stmlsim',
    'unknown',
    'service',
  ],
  [
    'a card with a group',
    both(machine({ networkSecurityGroup: { id: network('networkSecurityGroups', 'nsg-card') } }), (scene) =>
      put(scene, network('networkSecurityGroups', 'nsg-card'), {
        securityRules: [rule('Inbound Deny Tcp * * 22 100')],
      }),
    ),
    'vm-one',
    'denied',
    'destinationCard',
    '22',
  ],
  ['a card without one', machine(), '10.0.3.7', 'allowed', null, '22'],
  [
    'a policy that does not admit the account',
    (scene) => {
      const policy = put(scene, network('serviceEndpointPolicies', 'sep'), {
        serviceEndpointPolicyDefinitions: [
          { name: 'd', properties: { service: 'Microsoft.Storage', serviceResources: [ids.lake] } },
        ],
      });
      subnetIn(scene, ids.train).properties.serviceEndpointPolicies = [{ id: policy }];
    },
    'stmlsim',
    'denied',
    'endpointPolicy',
  ],
];

describe('from the cluster', () => {
  test.each(told(fromTrain))('$what', ({ row: [, change, destination, verdict, stoppedBy, ports] }) => {
    const { answer } = asked(change, 'cpu-cluster', destination, ports);
    expect({ verdict: answer.verdict, stoppedBy: answer.stoppedBy, because: answer.because }).toMatchObject({
      verdict,
      stoppedBy,
    });
    expect(answer.hops.some((hop) => hop.hop === 'reply' && stoppedBy === 'route')).toBe(false);
  });
});

const toTrain: readonly Row[] = [
  ['nothing in the way', nothing, 'BatchNodeManagement', 'allowed', null],
  [
    'a group that lets Batch in',
    guardedBy(ids.train, 'Inbound Allow Tcp BatchNodeManagement * 29876-29877 100'),
    'BatchNodeManagement.westeurope',
    'allowed',
    null,
  ],
  [
    'a group that lets in one region',
    guardedBy(ids.train, 'Inbound Allow Tcp BatchNodeManagement.westeurope * 29876-29877 100'),
    'BatchNodeManagement',
    'unknown',
    'destinationSubnet',
  ],
  ['answers swallowed by a tunnel', tunnel, 'BatchNodeManagement', 'denied', 'reply'],
  [
    'answers past the tunnel',
    routed(ids.train, `0.0.0.0/0 ${firewallAddress}`, 'BatchNodeManagement Internet'),
    'BatchNodeManagement',
    'allowed',
    null,
  ],
  [
    'nodes without public addresses',
    (scene) => {
      scene.bodies[`${ids.workspace}/computes/cpu-cluster`].properties.properties.enableNodePublicIp = false;
    },
    'BatchNodeManagement',
    'denied',
    'wayIn',
  ],
  ['an address to which nothing leads back', nothing, '192.168.4.4', 'denied', 'reply'],
  [
    'an address on premises, behind a gateway that may know the way back',
    (scene) =>
      scene.bodies[ids.vnet].properties.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27')),
    '192.168.4.4',
    'unknown',
    'wayIn',
  ],
];

describe('to the cluster', () => {
  test.each(told(toTrain))('$what', ({ row: [, change, source, verdict, stoppedBy] }) => {
    const { answer } = asked(change, source, 'cpu-cluster', '29876-29877');
    expect({ verdict: answer.verdict, stoppedBy: answer.stoppedBy, because: answer.because }).toMatchObject({
      verdict,
      stoppedBy,
    });
  });
});

describe('what was not read', () => {
  const nsg = network('networkSecurityGroups', 'nsg-snet-train');
  test('a group that was refused makes its hop unknown, and is not asked for again', () => {
    const refusing = both(guardedBy(ids.train), (scene) => {
      delete scene.bodies[nsg];
      scene.gaps.push(refused(nsg));
    });
    const { answer, toRead } = asked(refusing, 'snet-train', 'stmlsim');
    expect(answer).toMatchObject({ verdict: 'unknown', stoppedBy: 'sourceSubnet' });
    expect(answer.hops.find(({ hop }) => hop === 'sourceSubnet')?.gaps).toEqual([nsg]);
    expect(toRead).toEqual([]);
  });
  test('a service that was refused is known by its name, and its firewall is not', () => {
    const refusing: SceneChange = (scene) => {
      delete scene.bodies[ids.vault];
      scene.gaps.push(refused(ids.vault));
    };
    for (const name of ['kv-mlsim', 'kv-mlsim.vault.azure.net']) {
      const { answer } = asked(refusing, 'cpu-cluster', name);
      expect(answer).toMatchObject({ verdict: 'unknown', stoppedBy: 'name' });
      expect(answer.hops.find(({ hop }) => hop === 'service')).toMatchObject({ verdict: 'unknown', gaps: [ids.vault] });
    }
  });
  test('a record that was not read is requested', () => {
    const { toRead } = asked(privately(undefined, false), 'snet-train', 'stmlsim');
    expect(toRead).toEqual([`${zoneId('privatelink.blob.core.windows.net')}/A/stmlsim`]);
  });
  test('a group that was not read is requested', () => {
    const unread = both(guardedBy(ids.train), (scene) => {
      delete scene.bodies[nsg];
    });
    expect(asked(unread, 'snet-train', 'stmlsim').toRead).toEqual([nsg]);
  });
  test('what stops it stops it, whatever was not read before', () => {
    const shut = both(guardedBy(ids.train), withoutEndpoint(ids.train), (scene) => {
      delete scene.bodies[nsg];
    });
    expect(asked(shut, 'snet-train', 'stmlsim').answer).toMatchObject({ verdict: 'denied', stoppedBy: 'service' });
  });
});

describe('the rules that a security group is said to decide by', () => {
  const admin = (...rules: readonly string[]): SceneChange =>
    both(guardedBy(ids.train, 'Outbound Deny Tcp * Internet 22 300'), (scene) =>
      withAdminRules(scene, ids.vnet, ...rules),
    );
  const groupHop = (change: SceneChange, ports: string) =>
    asked(change, 'snet-train', 'internet', ports).answer.hops.find(({ hop }) => hop === 'sourceSubnet');
  test.each([
    [
      'Outbound Deny Tcp * Internet 443 100',
      '443',
      'Security admin rules deny the traffic before nsg-snet-train applies.',
    ],
    [
      'Outbound Deny Tcp * Internet 443 100',
      '443,80',
      'nsg-snet-train allows by AllowInternetOutBound (65001) what no security admin rule denies.',
    ],
    ['Outbound Deny Tcp * Internet 443 100', '443,22', 'nsg-snet-train denies the traffic by rule-0 (300).'],
    ['Outbound AlwaysAllow Tcp * Internet 22 100', '22', 'Security admin rules allow the traffic, not nsg-snet-train.'],
    [
      'Outbound Allow Tcp * Internet 22 100',
      '22,80',
      'nsg-snet-train allows some of the traffic by AllowInternetOutBound (65001) and denies some by rule-0 (300).',
    ],
  ])('%s, to port %s', (rule, ports, because) => {
    const hop = groupHop(admin(rule), ports);
    expect(hop?.because).toBe(because);
    expect(hop?.evidence.map(({ resource }) => resource)).not.toContain(ids.vnet);
    expect(JSON.stringify(hop?.evidence)).not.toContain('admin-0');
  });
  test('a rule that may decide is quoted', () => {
    const vague = guardedBy(ids.train, 'Inbound Allow Tcp BatchNodeManagement.westeurope * 29876-29877 100');
    const { answer } = asked(vague, 'BatchNodeManagement', 'cpu-cluster', '29876-29877');
    const hop = answer.hops.find((one) => one.hop === 'destinationSubnet');
    expect(hop).toMatchObject({ verdict: 'unknown', because: 'The result at nsg-snet-train depends on rule-0 (100).' });
    expect(hop?.evidence[0]).toMatchObject({ pointer: '/properties/securityRules/0', note: 'Allow at priority 100' });
  });
});
