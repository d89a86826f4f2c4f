// What each hop of a path says in a small network, with what it quotes: the sentence, the setting, and what was not read.
import { describe, expect, test } from 'vitest';
import { pathThrough } from '../../src/audit/path.ts';
import { packetsOf } from '../../src/facts/live-packets.ts';
import { tracePath } from '../../src/facts/path/path.ts';
import { judgeScope } from '../../src/facts/path/scope.ts';
import { hostNamed, resourceNamed } from '../../src/facts/path/services.ts';
import { questionsAround } from '../../src/facts/path/widening.ts';
import type { HopKind } from '../../src/model/path.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { associated } from '../rules/samples-perimeter.ts';
import {
  group,
  ids,
  type Loose,
  refused,
  snapshotOf,
  subnet,
  subscription,
  withAdminRules,
  withEndpoint,
  withRegistry,
  withZone,
} from '../support/snapshot.ts';
import {
  asked,
  both,
  firewallAddress,
  firewalled,
  guardedBy,
  machine,
  managed,
  network,
  nothing,
  passing,
  peered,
  put,
  routed,
  type SceneChange,
  subnetIn,
  tunnel,
  withoutEndpoint,
} from './path-scenes.ts';

interface Way {
  readonly change?: SceneChange;
  readonly from?: string;
  readonly to?: string;
  readonly ports?: string;
}
/** The hops of one kind, each with the notes of what it quotes, the rules that block, and what was not read. */
const said = (
  kind: HopKind,
  { change = nothing, from = 'snet-train', to = 'internet', ports = '443' }: Way,
): string[] =>
  asked(change, from, to, ports)
    .answer.hops.filter(({ hop }) => hop === kind)
    .map(({ verdict, because, evidence, gaps }) =>
      [
        `${verdict}: ${because}`,
        ...evidence.map(({ resource, pointer, note }) => `${resource.split('/').at(-1)}${pointer} (${note})`),
        ...gaps.map((id) => `unread ${id.split('/').at(-1)}`),
      ].join(' | '),
    );

const account =
  (more: Loose): SceneChange =>
  (scene) =>
    Object.assign(scene.bodies[ids.account].properties, more);
const firewall =
  (more: Loose): SceneChange =>
  (scene) =>
    Object.assign(scene.bodies[ids.account].properties.networkAcls, more);
const allows = (...values: readonly string[]): SceneChange =>
  firewall({ ipRules: values.map((value) => ({ value, action: 'Allow' })) });
const toAccount = { to: 'stmlsim' } as const;
const gateway = network('natGateways', 'nat');
const natted: SceneChange = (scene) => {
  const address = put(scene, network('publicIPAddresses', 'ip'), { ipAddress: '203.0.113.20' });
  put(scene, gateway, { publicIpAddresses: [{ id: address }] });
  subnetIn(scene, ids.train).properties.natGateway = { id: gateway };
};
const elsewhere: SceneChange = (scene) => {
  scene.bodies[ids.vnet].location = 'northcentralus';
};
const unserved = both(withoutEndpoint(ids.train), elsewhere);

describe('the firewall of a service', () => {
  test.each<[string, Way, readonly string[]]>([
    [
      'all networks',
      { ...toAccount, change: firewall({ defaultAction: 'Allow' }) },
      [
        'allowed: stmlsim allows access from all networks. | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'no default action',
      { ...toAccount, change: firewall({ defaultAction: null }) },
      [
        'unknown: stmlsim shows no default action, and Azure does not document which one applies then. | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'public access off',
      { ...toAccount, change: account({ publicNetworkAccess: 'Disabled' }) },
      [
        'denied: Public network access of stmlsim is Disabled, and the traffic does not use a private endpoint. | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'a rule for the subnet',
      toAccount,
      [
        'allowed: stmlsim allows snet-train, which uses its service endpoint. | stmlsim/properties/networkAcls/virtualNetworkRules/0 (names snet-train) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'no rule for the subnet',
      { ...toAccount, change: firewall({ virtualNetworkRules: [] }) },
      [
        'denied: stmlsim denies by default and has no virtual network rule for snet-train. | stmlsim/properties/networkAcls/virtualNetworkRules (virtual network rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'a rule that is broken',
      {
        ...toAccount,
        change: firewall({ virtualNetworkRules: [{ id: ids.train, action: 'Allow', state: 'NetworkSourceDeleted' }] }),
      },
      [
        'denied: The virtual network rule of stmlsim for snet-train no longer has an effect. | stmlsim/properties/networkAcls/virtualNetworkRules/0 (names snet-train) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'a rule, and no service endpoint',
      { ...toAccount, change: withoutEndpoint(ids.train) },
      [
        'denied: stmlsim has a virtual network rule for snet-train, but snet-train has no service endpoint for it, and it has no IP rules. | stmlsim/properties/networkAcls/virtualNetworkRules/0 (names snet-train) | snet-train/properties/serviceEndpoints (service endpoints of the subnet) | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'IP rules in the same region',
      { ...toAccount, change: both(withoutEndpoint(ids.train), allows('203.0.113.0/24')) },
      [
        'denied: stmlsim has a virtual network rule for snet-train, but snet-train has no service endpoint for it, and IP rules do not apply to traffic from the same region. | stmlsim/properties/networkAcls/virtualNetworkRules/0 (names snet-train) | snet-train/properties/serviceEndpoints (service endpoints of the subnet) | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'IP rules, address not known',
      { ...toAccount, change: both(unserved, allows('203.0.113.0/24')) },
      [
        'unknown: stmlsim has a virtual network rule for snet-train, but snet-train has no service endpoint for it. The public source address is not known, so IP rules cannot be checked. | stmlsim/properties/networkAcls/virtualNetworkRules/0 (names snet-train) | snet-train/properties/serviceEndpoints (service endpoints of the subnet) | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'IP rules with the address',
      { ...toAccount, change: both(unserved, natted, allows('203.0.113.0/24')) },
      [
        'allowed: stmlsim allows 203.0.113.20, the outbound address of snet-train. | stmlsim/properties/networkAcls/virtualNetworkRules/0 (names snet-train) | snet-train/properties/serviceEndpoints (service endpoints of the subnet) | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'IP rules without the address',
      { ...toAccount, change: both(unserved, natted, firewall({ virtualNetworkRules: [] }), allows('203.0.113.0/28')) },
      [
        'denied: stmlsim does not allow snet-train, nor its outbound address 203.0.113.20. | snet-train/properties/serviceEndpoints (service endpoints of the subnet) | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from the Internet',
      { ...toAccount, from: 'internet' },
      [
        'denied: stmlsim denies the traffic by default. | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from an address that is allowed',
      { ...toAccount, from: '203.0.113.4', change: allows('203.0.113.0/24') },
      [
        'allowed: stmlsim allows the traffic. | stmlsim/properties/networkAcls/ipRules/0 (allows an address) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from addresses of which some are allowed',
      { ...toAccount, from: '203.0.113.0/24', change: allows('203.0.113.0/25') },
      [
        'partly: stmlsim allows only some of the source addresses. | stmlsim/properties/networkAcls/ipRules/0 (allows an address) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from an address that is not',
      {
        ...toAccount,
        from: '198.51.100.4',
        change: allows('203.0.113.0/24', '192.0.2.0/28', '192.0.2.16/28', '192.0.2.32/28', '192.0.2.48/28'),
      },
      [
        'denied: stmlsim denies the traffic by default: none of its IP rules matches. | stmlsim/properties/networkAcls/ipRules/0 (allows an address) | stmlsim/properties/networkAcls/ipRules/1 (allows an address) | stmlsim/properties/networkAcls/ipRules/2 (allows an address) | stmlsim/properties/networkAcls/ipRules/3 (allows an address) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from trusted services',
      { ...toAccount, from: 'AzureMachineLearning' },
      [
        'unknown: stmlsim allows trusted Azure services by identity, not by address, so the service tag alone does not decide. | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from services that are not trusted',
      { ...toAccount, from: 'AzureMachineLearning', change: firewall({ bypass: 'None' }) },
      [
        'denied: stmlsim denies the traffic by default. | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from services whose addresses are not known',
      {
        ...toAccount,
        from: 'AzureMachineLearning',
        change: both(firewall({ bypass: 'None' }), allows('203.0.113.0/24')),
      },
      [
        'unknown: The addresses of AzureMachineLearning are not known without service tags, so IP rules cannot be checked. | stmlsim/properties/networkAcls/ipRules/0 (allows an address) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from a private address',
      { ...toAccount, from: '192.168.0.4' },
      [
        'denied: stmlsim denies by default and has no IP rules. | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from a private address, with IP rules',
      { ...toAccount, from: '192.168.0.4', change: allows('203.0.113.0/24') },
      [
        'unknown: The public source address of 192.168.0.4 is not known, so IP rules cannot be checked. | stmlsim/properties/networkAcls/ipRules/0 (allows an address) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from nodes in no network',
      { ...toAccount, from: 'serverless' },
      [
        'denied: stmlsim denies by default and has no IP rules. | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from nodes in no network, with IP rules',
      { ...toAccount, from: 'serverless', change: allows('203.0.113.0/24') },
      [
        'denied: stmlsim denies by default, and IP rules do not apply to traffic from the same region. | stmlsim/properties/networkAcls/ipRules/0 (allows an address) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'from nodes of another region, with IP rules',
      {
        ...toAccount,
        from: 'serverless',
        change: both(allows('203.0.113.0/24'), (scene) => {
          scene.bodies[ids.workspace].location = 'eastus';
        }),
      },
      [
        'unknown: The public source address of serverless is not known, so IP rules cannot be checked. | stmlsim/properties/networkAcls/ipRules/0 (allows an address) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'a vault, from nodes of its region',
      {
        to: 'kv-mlsim',
        from: 'serverless',
        change: (scene) => {
          scene.bodies[ids.vault].properties.networkAcls.ipRules = [{ value: '203.0.113.0/24' }];
        },
      },
      [
        'unknown: The public source address of serverless is not known, so IP rules cannot be checked. | kv-mlsim/properties/networkAcls/ipRules/0 (allows an address) | kv-mlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
  ])('%s', (_name, way, expected) => {
    expect(said('service', way)).toEqual(expected);
  });
});

describe('the access rules of a perimeter', () => {
  const inbound = (more: Loose): Loose => ({ direction: 'Inbound', ...more });
  const here = [['one', inbound({ addressPrefixes: ['203.0.113.0/24'] })]] as const;
  const own = [['own', inbound({ subscriptions: [{ id: `/subscriptions/${subscription}` }] })]] as const;
  const enforced = (list: Loose, ...more: readonly SceneChange[]) => both(associated('Enforced', list), ...more);
  const learning = (list: Loose, ...more: readonly SceneChange[]) => both(associated('Learning', list), ...more);
  test.each<[string, Way, readonly string[]]>([
    [
      'none',
      { ...toAccount, change: enforced([]) },
      [
        'denied: stmlsim is controlled by network security perimeter nsp-one, and no access rule allows an address. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'for the subscription',
      { ...toAccount, change: enforced(own) },
      [
        'unknown: stmlsim is controlled by network security perimeter nsp-one: access rule own allows managed identities of the subscription, and no access rule allows an address. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'for an address',
      { ...toAccount, change: enforced(here, unserved, natted) },
      [
        'allowed: stmlsim: access rules allow 203.0.113.20, the outbound address of snet-train. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'for an address that is not known',
      { ...toAccount, change: enforced(here, unserved) },
      [
        'unknown: stmlsim is controlled by network security perimeter nsp-one, and the outbound address of snet-train is not known. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'from an address',
      { ...toAccount, from: '203.0.113.4', change: enforced(here) },
      [
        'allowed: Access rules of network security perimeter nsp-one allow the traffic to stmlsim. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'from another address',
      { ...toAccount, from: '198.51.100.4', change: enforced(here) },
      [
        'denied: Access rules of network security perimeter nsp-one do not allow the traffic to stmlsim. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'from some addresses',
      { ...toAccount, from: '203.0.112.0/23', change: enforced(here) },
      [
        'partly: Access rules of network security perimeter nsp-one allow a part of the traffic to stmlsim. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'from a private address',
      { ...toAccount, from: '192.168.0.4', change: enforced(here) },
      [
        'unknown: The public source address of 192.168.0.4 is not known, so access rules cannot be checked. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'from a private address, without an address',
      { ...toAccount, from: '192.168.0.4', change: enforced(own) },
      [
        'denied: stmlsim is controlled by network security perimeter nsp-one, and no access rule allows an address. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'from nodes in no network',
      { ...toAccount, from: 'serverless', change: enforced(here) },
      [
        'unknown: The public source address of serverless is not known, so access rules cannot be checked. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'from a service tag',
      { ...toAccount, from: 'AzureMachineLearning', change: enforced(here) },
      [
        'unknown: The public source address of AzureMachineLearning is not known, so access rules cannot be checked. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/publicNetworkAccess (network access setting)',
      ],
    ],
    [
      'learning, for an address that the firewall does not allow',
      { ...toAccount, from: '203.0.113.4', change: learning(here) },
      [
        'allowed: Access rules of network security perimeter nsp-one allow the traffic to stmlsim. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'learning, from some addresses',
      { ...toAccount, from: '203.0.112.0/23', change: learning(here) },
      [
        'partly: Access rules of network security perimeter nsp-one allow a part of the traffic to stmlsim. | guid.assoc/properties/profile/accessRules (access rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'learning, from a private address',
      { ...toAccount, from: '192.168.0.4', change: learning(here) },
      [
        'denied: stmlsim denies by default and has no IP rules. | stmlsim/properties/networkAcls/ipRules (IP rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'learning, where the firewall allows',
      { ...toAccount, change: learning([]) },
      [
        'allowed: stmlsim allows snet-train, which uses its service endpoint. | stmlsim/properties/networkAcls/virtualNetworkRules/0 (names snet-train) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'learning, where neither allows',
      { ...toAccount, change: learning([], firewall({ virtualNetworkRules: [] })) },
      [
        'denied: stmlsim denies by default and has no virtual network rule for snet-train. | stmlsim/properties/networkAcls/virtualNetworkRules (virtual network rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
    [
      'learning, for the subscription',
      { ...toAccount, change: learning(own, firewall({ virtualNetworkRules: [] })) },
      [
        'denied: stmlsim denies by default and has no virtual network rule for snet-train. | stmlsim/properties/networkAcls/virtualNetworkRules (virtual network rules) | stmlsim/properties/networkAcls/defaultAction (network access setting)',
      ],
    ],
  ])('%s', (_name, way, expected) => {
    expect(said('service', way)).toEqual(expected);
  });
});

describe('security admin rules', () => {
  const admin =
    (...rules: readonly string[]): SceneChange =>
    (scene) =>
      withAdminRules(scene, ids.vnet, ...rules);
  const one = 'Outbound Deny Tcp * Internet 443 100';
  test.each<[string, Way, readonly string[]]>([
    [
      'not read',
      {},
      [
        'notAsked: The security admin rules of vnet-ml were not read. Where a network manager applies, its rules come first.',
      ],
    ],
    ['none', { change: admin() }, ['notAsked: No security admin rule applies to vnet-ml.']],
    [
      'one that denies',
      { change: admin(one) },
      [
        'denied: Denied in vnet-ml by admin-0 (Deny, 100), before any NSG. | listNetworkManagerEffectiveSecurityAdminRules/value/0 (Deny by the network manager avnm)',
      ],
    ],
    [
      'one that denies a part',
      { change: admin(one), ports: '443,80' },
      [
        'partly: Partly denied in vnet-ml by admin-0 (Deny, 100), before any NSG. | listNetworkManagerEffectiveSecurityAdminRules/value/0 (Deny by the network manager avnm)',
      ],
    ],
    [
      'one that always allows',
      { change: admin('Outbound AlwaysAllow Tcp * Internet 443 100') },
      [
        'allowed: Always allowed in vnet-ml by admin-0 (AlwaysAllow, 100). NSGs do not apply. | listNetworkManagerEffectiveSecurityAdminRules/value/0 (AlwaysAllow by the network manager avnm)',
      ],
    ],
    [
      'one that leaves it to groups',
      { change: admin('Outbound Allow Tcp * Internet 443 100') },
      ['allowed: No security admin rule in vnet-ml denies the traffic.'],
    ],
    [
      'one for other traffic',
      { change: admin('Inbound Deny Tcp * Internet 443 100') },
      ['allowed: No security admin rule in vnet-ml denies the traffic.'],
    ],
    [
      'one by a tag whose addresses are not known',
      { change: admin('Outbound Deny Tcp * Sql 443 100') },
      [
        'unknown: The result in vnet-ml depends on admin-0 (Deny, 100). | listNetworkManagerEffectiveSecurityAdminRules/value/0 (Deny by the network manager avnm)',
      ],
    ],
    [
      'four that deny',
      {
        change: admin(
          one,
          'Outbound Deny Tcp * Internet 444 200',
          'Outbound Deny Tcp * Internet 445 300',
          'Outbound Deny Tcp * Internet 446 400',
        ),
        ports: '443-446',
      },
      [
        'denied: Denied in vnet-ml by admin-0 (Deny, 100), admin-1 (Deny, 200), admin-2 (Deny, 300), before any NSG. | listNetworkManagerEffectiveSecurityAdminRules/value/0 (Deny by the network manager avnm) | listNetworkManagerEffectiveSecurityAdminRules/value/1 (Deny by the network manager avnm) | listNetworkManagerEffectiveSecurityAdminRules/value/2 (Deny by the network manager avnm) | listNetworkManagerEffectiveSecurityAdminRules/value/3 (Deny by the network manager avnm)',
      ],
    ],
  ])('%s', (_name, way, expected) => {
    expect(said('adminRules', way)).toEqual(expected);
  });
  test('the rules that block are named', () => {
    const index = indexSnapshot(snapshotOf(admin(one, 'Outbound Deny Tcp * Internet 444 200')));
    const trace = tracePath({ source: 'snet-train', destination: 'internet', protocol: 'Tcp', ports: ['443'] }, index);
    const stages = 'stages' in trace ? trace.stages : [];
    expect(stages.find(({ hop }) => hop.hop === 'adminRules')?.blockedBy).toEqual(['admin-0']);
  });
});

const pip = network('publicIPAddresses', 'pip');
const configured = (...all: readonly Loose[]): SceneChange =>
  machine({ ipConfigurations: all.map((properties) => ({ properties })) });
const second = { subnet: { id: ids.second } };
const withAddress =
  (properties: Loose): SceneChange =>
  (scene) => {
    put(scene, pip, properties);
  };
const published = { ...second, privateIPAddress: '10.0.3.7', publicIPAddress: { id: pip } };

describe('a machine', () => {
  test.each<[string, HopKind, Way, readonly string[]]>([
    [
      'with a public address, inbound',
      'wayIn',
      {
        from: 'internet',
        to: 'vm-one',
        change: both(configured(published), withAddress({ ipAddress: '203.0.113.7' })),
      },
      [
        'allowed: nic-one is reachable at its public IP address 203.0.113.7. | nic-one/properties/ipConfigurations (IP configurations)',
      ],
    ],
    [
      'with a public address that was not read, inbound',
      'wayIn',
      { from: 'internet', to: 'vm-one', change: configured(published) },
      ['unknown: pip could not be read: It was not read. | unread pip'],
    ],
    [
      'without one, inbound',
      'wayIn',
      { from: 'internet', to: 'vm-one', change: machine() },
      ['denied: nic-one has no public IP address. | nic-one/properties/ipConfigurations (IP configurations)'],
    ],
    [
      'from a private address',
      'wayIn',
      { from: '192.168.0.4', to: 'vm-one', change: machine() },
      ['unknown: Nothing that was read shows how 192.168.0.4 reaches snet-second. A gateway or a peering is possible.'],
    ],
    [
      'with a public address, outbound',
      'wayOut',
      { from: 'vm-one', change: both(configured(published), withAddress({ ipAddress: '203.0.113.7' })) },
      [
        'allowed: nic-one uses its public IP address 203.0.113.7. | nic-one/properties/ipConfigurations (public IP address)',
      ],
    ],
    [
      'with a public address that was not read, outbound',
      'wayOut',
      { from: 'vm-one', change: configured(published) },
      ['allowed: nic-one uses its public IP address. | nic-one/properties/ipConfigurations (public IP address)'],
    ],
    [
      'without one, outbound',
      'wayOut',
      { from: 'vm-one', change: machine() },
      [
        'allowed: snet-second uses Azure default outbound access, whose address may change. | snet-second/properties/defaultOutboundAccess (default outbound access)',
      ],
    ],
    [
      'by a NAT gateway',
      'wayOut',
      { change: natted },
      [
        'allowed: snet-train uses the NAT gateway nat, with the public IP address 203.0.113.20. | snet-train/properties/natGateway (outbound access)',
      ],
    ],
  ])('%s', (_name, kind, way, expected) => {
    expect(said(kind, way)).toEqual(expected);
  });
});

test.each<[string, SceneChange, string]>([
  [
    'one prefix',
    nothing,
    'notAsked: Traffic starts in snet-train, from 10.0.1.0/24. | snet-train/properties/addressPrefix (addresses of the subnet)',
  ],
  [
    'several prefixes',
    (scene) => {
      const { properties } = subnetIn(scene, ids.train);
      Reflect.deleteProperty(properties, 'addressPrefix');
      properties.addressPrefixes = ['10.0.1.0/25', '10.0.4.0/25'];
    },
    'notAsked: Traffic starts in snet-train, from 10.0.1.0/25, 10.0.4.0/25. | snet-train/properties/addressPrefixes (addresses of the subnet)',
  ],
])('a source of %s quotes them', (_name, change, expected) => {
  expect(said('source', { change })).toEqual([expected]);
});

describe('the route to a peered network', () => {
  const gateway: SceneChange = (scene) =>
    scene.bodies[ids.vnet].properties.subnets.push(subnet(`${ids.vnet}/subnets/GatewaySubnet`, '10.0.250.0/27'));
  const inPublicSpace: SceneChange = (scene) => {
    const { properties } = scene.bodies[ids.farVnet];
    properties.addressSpace.addressPrefixes = ['20.9.0.0/16'];
    properties.subnets[0].properties.addressPrefix = '20.9.1.0/24';
  };
  const unshown = peered({ remoteAddressSpace: {} });
  const system = (prefix: string) => `At snet-train, the system route ${prefix} leads to the peered virtual network.`;
  const connected = 'vnet-ml and vnet-far are peered.';
  test.each<[string, SceneChange, string]>([
    ['as Azure shows it', peered(), system('10.9.0.0/16')],
    ['of which no address is shown', unshown, connected],
    ['of which no address is shown, and a gateway', both(unshown, gateway), connected],
    [
      'in public space of which no address is shown, and a gateway',
      both(inPublicSpace, unshown, gateway),
      system('0.0.0.0/0'),
    ],
  ])('%s', (_name, change, because) => {
    const evidence = 'vnet-ml/properties/virtualNetworkPeerings/0/properties/peeringState (peering peer)';
    expect(said('route', { to: 'snet-far', change })).toEqual([`allowed: ${because} | ${evidence}`]);
  });
});

describe('a user route to what its next hop does not hold', () => {
  const way = (prefix: string, hop: string) => routed(ids.train, `${prefix} ${hop}`);
  const lost = 'leads to the Internet, which does not route private addresses, so the traffic is dropped.';
  const unsaid =
    'stays in the virtual network, which does not hold these addresses; Azure does not document what becomes of them.';
  test.each<[string, string, SceneChange, string, string]>([
    ['a private range to the Internet', '10.0.2.9', way('10.0.0.0/16', 'Internet'), 'denied', lost],
    ['everything to the Internet', '192.168.0.4', way('0.0.0.0/0', 'Internet'), 'denied', lost],
    ['a public range inside', '8.8.8.8', way('8.8.8.0/24', 'VnetLocal'), 'unknown', unsaid],
    ['a range of another network inside', '192.168.0.4', way('192.168.0.0/16', 'VnetLocal'), 'unknown', unsaid],
    ['its own range inside', '10.0.2.9', way('10.0.0.0/16', 'VnetLocal'), 'allowed', 'stays in the virtual network.'],
    [
      'a peer inside',
      '10.9.1.4',
      both(peered(), way('10.9.0.0/16', 'VnetLocal')),
      'allowed',
      'in the virtual network.',
    ],
  ])('%s', (_name, to, change, verdict, words) => {
    const [route] = asked(change, '10.0.1.4', to).answer.hops.filter(({ hop }) => hop === 'route');
    expect([route?.verdict, route?.because]).toEqual([verdict, expect.stringContaining(words)]);
  });
});

describe('a managed network', () => {
  const isolation = 'mlw-sim/properties/managedNetwork/isolationMode (isolation mode)';
  test.each<[string, Way, string]>([
    [
      'none',
      { change: managed(undefined) },
      `allowed: cpu-cluster is in no virtual network and in no managed network, so nothing restricts it. | ${isolation}`,
    ],
    [
      'that allows the Internet',
      { change: managed('AllowInternetOutbound') },
      `allowed: The managed network allows all outbound Internet traffic. | ${isolation}`,
    ],
    [
      'without a rule',
      { change: managed('AllowOnlyApprovedOutbound') },
      `denied: The managed network allows only approved outbound traffic, and no rule matches. | ${isolation}`,
    ],
    [
      'with a rule',
      { to: 'pypi.org', change: managed('AllowOnlyApprovedOutbound', 'pypi FQDN pypi.org') },
      `allowed: The managed network allows the traffic by pypi. | pypi/properties/destination (an outbound rule) | ${isolation}`,
    ],
    [
      'with a rule for some ports',
      { to: 'Sql', ports: '443-444', change: managed('AllowOnlyApprovedOutbound', 'db ServiceTag Sql Tcp 443') },
      `partly: The managed network allows some of the traffic by db and denies the rest. | db/properties/destination (an outbound rule) | ${isolation}`,
    ],
    [
      'with a rule that may match',
      { to: '20.1.2.3', change: managed('AllowOnlyApprovedOutbound', 'db ServiceTag Sql Tcp 443') },
      `unknown: It is not known whether db includes this address. | db/properties/destination (an outbound rule) | ${isolation}`,
    ],
  ])('%s', (_name, way, expected) => {
    expect(said('managedNetwork', { from: 'cpu-cluster', ...way })).toEqual([expected]);
  });
});

const hub = (...rules: readonly Loose[]): SceneChange => both(tunnel, firewalled({ network: rules }));
const configuration = 'afw-hub/properties/ipConfigurations (private IP address)';
const passed = (name: string, to: string, ports = '443'): Loose => ({ ...passing(to, ports), name });
const byRule = (at: number, name: string, end = '') =>
  `afw-hub/properties/networkRuleCollections/0/properties/rules/${at} (Allow by the network rule net/${name})${end}`;

describe('an Azure Firewall on the route', () => {
  const to = '198.51.100.0/24';
  test.each<[string, Way, readonly string[]]>([
    ['no rule', { to, change: hub() }, [`denied: afw-hub denies the traffic by its default Deny. | ${configuration}`]],
    [
      'a rule',
      { to, change: hub(passed('web', to)) },
      [`allowed: afw-hub allows the traffic by net/web. | ${byRule(0, 'web')} | ${configuration}`],
    ],
    [
      'a rule for a half',
      { to, change: hub(passed('half', '198.51.100.0/25')) },
      [
        `partly: afw-hub allows some of the traffic by net/half and denies some by its default Deny. | ${byRule(0, 'half')} | ${configuration}`,
      ],
    ],
    [
      'a rule that may match',
      { to, change: hub(passed('sql', 'Sql')) },
      [
        `unknown: The result at afw-hub depends on rule net/sql, which cannot be evaluated. | ${byRule(0, 'sql')} | ${configuration}`,
      ],
    ],
    [
      'five rules',
      { to, ports: '1-5', change: hub(...[1, 2, 3, 4, 5].map((port) => passed(`p${port}`, to, `${port}`))) },
      [
        `allowed: afw-hub allows the traffic by net/p1, net/p2, net/p3 and 2 more. | ${[0, 1, 2, 3, 4].map((at) => byRule(at, `p${at + 1}`)).join(' | ')} | ${configuration}`,
      ],
    ],
    [
      'a route for a part of the traffic',
      { to, change: both(routed(ids.train, `198.51.100.0/25 ${firewallAddress}`), firewalled({})) },
      [`partly: afw-hub denies the traffic by its default Deny. | ${configuration}`],
    ],
  ])('%s', (_name, way, expected) => {
    expect(said('firewall', way)).toEqual(expected);
  });
});

describe('the name of a service', () => {
  const dns =
    (...servers: readonly string[]): SceneChange =>
    (scene) => {
      scene.bodies[ids.vnet].properties.dhcpOptions = { dnsServers: servers };
    };
  const privately: SceneChange = (scene) => {
    withEndpoint(scene, ids.account, ['blob'], ids.pe);
  };
  const zone: SceneChange = (scene) => withZone(scene, 'privatelink.blob.core.windows.net', [ids.vnet]);
  const inState =
    (status: string): SceneChange =>
    (scene) => {
      for (const one of scene.bodies[ids.account].properties.privateEndpointConnections)
        one.properties.privateLinkServiceConnectionState.status = status;
    };
  test.each<[string, Way, readonly string[]]>([
    [
      'public',
      toAccount,
      [
        'allowed: stmlsim.blob.core.windows.net has no approved private endpoint, so it resolves to its public address. | stmlsim/properties/privateEndpointConnections (its private endpoints)',
      ],
    ],
    [
      'DNS servers of the network',
      { ...toAccount, change: both(privately, dns('10.0.0.4', '10.0.0.5', '10.0.0.6', '10.0.0.7')) },
      [
        'unknown: vnet-ml uses the DNS servers 10.0.0.4, 10.0.0.5, 10.0.0.6, and their answers cannot be read. | vnet-ml/properties/dhcpOptions/dnsServers (custom DNS servers)',
      ],
    ],
    [
      'no zone',
      { ...toAccount, change: privately },
      [
        'allowed: The private DNS zone privatelink.blob.core.windows.net does not exist, so stmlsim.blob.core.windows.net resolves to its public address. | stmlsim/properties/privateEndpointConnections (its private endpoints)',
      ],
    ],
    [
      'a connection that waits, and a zone that holds its record',
      { ...toAccount, change: both(privately, both(zone, inState('Pending'))) },
      [
        'unknown: The private endpoint connection of stmlsim.blob.core.windows.net is pending. Whether the name resolves in privatelink.blob.core.windows.net, which vnet-ml is linked to, is not known. | stmlsim/properties/privateEndpointConnections (its private endpoints) | vnet-ml/properties/virtualNetwork (links the zone to vnet-ml)',
      ],
    ],
    [
      'a connection that waits, without a zone',
      { ...toAccount, change: both(privately, inState('Pending')) },
      [
        'allowed: The private DNS zone privatelink.blob.core.windows.net does not exist, so stmlsim.blob.core.windows.net resolves to its public address. | stmlsim/properties/privateEndpointConnections (its private endpoints)',
      ],
    ],
  ])('%s', (_name, way, expected) => {
    expect(said('name', way)).toEqual(expected);
  });
  test('a connection that waits for another group of the account says nothing of this one', () => {
    const ofFile: SceneChange = (scene) => {
      withEndpoint(scene, ids.account, ['file'], ids.pe);
    };
    const way = { ...toAccount, change: both(ofFile, both(zone, inState('Pending'))) };
    expect(said('name', way)[0]).toContain('has no approved private endpoint');
  });
  test('answers that cannot be read may lead to an endpoint or to the public address', () => {
    const { hops } = asked(both(privately, dns('10.0.0.4')), 'snet-train', 'stmlsim').answer;
    expect(hops.filter(({ hop }) => hop === 'service').map(({ verdict }) => verdict)).toEqual(['allowed']);
  });
});

describe('serverless compute in a private subnet leaves', () => {
  const serverless =
    (noPublicIp?: boolean): SceneChange =>
    (scene) => {
      scene.bodies[ids.workspace].properties.serverlessComputeSettings = {
        serverlessComputeCustomSubnet: ids.second,
        ...(noPublicIp === undefined ? {} : { serverlessComputeNoPublicIP: noPublicIp }),
      };
      subnetIn(scene, ids.second).properties.defaultOutboundAccess = false;
    };
  test.each<[string, SceneChange, string, RegExp]>([
    ['by its public IP addresses', serverless(), 'allowed', /^Each node of serverless compute has a public IP address/],
    ['by them where they are asked for', serverless(false), 'allowed', /^Each node of serverless compute/],
    ['by nothing without them', serverless(true), 'denied', /private subnet/],
  ])('%s', (_what, change, verdict, because) => {
    const { answer } = asked(change, 'serverless', '9.9.9.9');
    const hop = answer.hops.find((one) => one.hop === 'wayOut');
    expect([answer.verdict, hop?.because]).toEqual([verdict, expect.stringMatching(because)]);
  });
});

describe('a Kubernetes cluster leaves', () => {
  const aks = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;
  const cluster =
    (networkProfile: Loose, isPrivate = false): SceneChange =>
    (scene) => {
      put(scene, aks, { agentPoolProfiles: [{ name: 'p', vnetSubnetID: ids.second }], networkProfile });
      if (isPrivate) subnetIn(scene, ids.second).properties.defaultOutboundAccess = false;
    };
  const balancer =
    /^The nodes of aks in snet-second use the public IP address(?: 203\.0\.113\.9)? of the cluster's load balancer\.$/;
  const shown: SceneChange = (scene) => {
    const id = put(scene, network('publicIPAddresses', 'pip-aks'), { ipAddress: '203.0.113.9' });
    cluster({ outboundType: 'loadBalancer', loadBalancerProfile: { effectiveOutboundIPs: [{ id }] } })(scene);
  };
  test.each<[string, SceneChange, string, RegExp]>([
    ['by its load balancer', cluster({ outboundType: 'loadBalancer' }), 'allowed', balancer],
    ['by its load balancer by default', cluster({}), 'allowed', balancer],
    ['by it from a private subnet too', cluster({}, true), 'allowed', balancer],
    ['by an address that was read', shown, 'allowed', /203\.0\.113\.9/],
    ['by routes alone', cluster({ outboundType: 'userDefinedRouting' }, true), 'denied', /private subnet/],
    ['by none', cluster({ outboundType: 'none' }, true), 'denied', /private subnet/],
    ['by none of its own', cluster({ outboundType: 'none' }), 'unknown', /outboundType none/],
    ['by nothing', cluster({ outboundType: 'block' }), 'denied', /outboundType block/],
    [
      'by a NAT gateway',
      cluster({ outboundType: 'managedNATGateway' }, true),
      'allowed',
      /NAT gateway that AKS manages/,
    ],
    ['by what is not known', cluster({ outboundType: 'later' }), 'unknown', /not known/],
  ])('%s', (_what, change, verdict, because) => {
    const { answer } = asked(change, aks, '9.9.9.9');
    const hop = answer.hops.find((one) => one.hop === 'wayOut');
    expect([answer.verdict, hop?.because]).toEqual([verdict, expect.stringMatching(because)]);
  });
});

describe('what a text means', () => {
  const meant = (text: string, change: SceneChange): string[] => {
    const result = pathThrough(snapshotOf(change), {
      source: text,
      destination: 'internet',
      ports: ['443'],
      protocol: 'Tcp',
    });
    if (result.state === 'answered') {
      const { is, addresses, resource } = result.answer.source as Loose;
      return [is, addresses.join(), resource?.split('/').at(-1) ?? 'none'];
    }
    const { reason, candidates = [] } = (result as Loose).refusal ?? (result as Loose).gap;
    return [result.state, reason, ...candidates.slice(0, 3).map((one: string) => one.replace(group, ''))];
  };
  const aks = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;
  const pools =
    (...subnets: readonly (string | undefined)[]): SceneChange =>
    (scene) => {
      put(scene, aks, { agentPoolProfiles: subnets.map((vnetSubnetID, at) => ({ name: `p${at}`, vnetSubnetID })) });
    };
  const attached =
    (resourceId: string | undefined): SceneChange =>
    (scene) => {
      const { properties } = scene.bodies[`${ids.workspace}/computes/cpu-cluster`];
      Object.assign(properties, { computeType: 'VirtualMachine', resourceId });
    };
  const vm = `${group}/providers/Microsoft.Compute/virtualMachines/vm-one`;
  const twice: SceneChange = (scene) => {
    scene.bodies[ids.farVnet].properties.subnets.push(subnet(`${ids.farVnet}/subnets/snet-train`, '10.9.9.0/24'));
  };
  const twoNics: SceneChange = (scene) => {
    machine()(scene);
    const other = put(scene, network('networkInterfaces', 'nic-two'), {
      ipConfigurations: [{ properties: { privateIPAddress: '10.0.3.8', subnet: { id: ids.second } } }],
    });
    scene.bodies[vm].properties.networkProfile.networkInterfaces.push({ id: other });
  };
  test.each<[string, string, SceneChange, readonly string[]]>([
    ['a subnet', 'snet-train', nothing, ['vnet-ml/snet-train', '10.0.1.0/24', 'snet-train']],
    [
      'two subnets',
      'snet-train',
      twice,
      ['refused', 'Several resources are named snet-train.', 'vnet-ml/snet-train', 'vnet-far/snet-train'],
    ],
    ['one of two subnets', 'vnet-far/snet-train', twice, ['vnet-far/snet-train', '10.9.9.0/24', 'snet-train']],
    [
      'a cluster',
      aks,
      pools(ids.train, ids.train.toUpperCase()),
      ['aks in vnet-ml/snet-train', '10.0.1.0/24', 'snet-train'],
    ],
    [
      'a cluster in two subnets',
      aks,
      pools(ids.train, ids.second),
      ['refused', 'aks is in 2 subnets. Name one of them.', 'vnet-ml/snet-train', 'vnet-ml/snet-second'],
    ],
    [
      'a cluster in none',
      aks,
      pools(undefined),
      ['refused', 'The subnet of aks is not known.', 'vnet-ml/snet-train', 'vnet-ml/snet-second', 'vnet-ml/snet-pe'],
    ],
    [
      'an attached machine',
      'cpu-cluster',
      both(machine(), attached(vm)),
      ['vm-one in vnet-ml/snet-second', '10.0.3.7', 'vm-one'],
    ],
    [
      'an attached machine that is not named',
      'cpu-cluster',
      attached(undefined),
      ['cpu-cluster in vnet-ml/snet-train', '10.0.1.0/24', 'cpu-cluster'],
    ],
    ['a machine', 'vm-one', machine(), ['vm-one in vnet-ml/snet-second', '10.0.3.7', 'vm-one']],
    [
      'a machine of two NICs',
      'vm-one',
      twoNics,
      [
        'refused',
        'vm-one has 2 network interfaces. Name one of them.',
        '/providers/Microsoft.Network/networkInterfaces/nic-one',
        '/providers/Microsoft.Network/networkInterfaces/nic-two',
      ],
    ],
    ['a NIC', 'nic-one', machine(), ['nic-one in vnet-ml/snet-second', '10.0.3.7', 'nic-one']],
    [
      'a NIC whose primary configuration comes second',
      'nic-one',
      configured(
        { ...second, privateIPAddress: '10.0.3.9' },
        { subnet: { id: ids.train }, privateIPAddress: '10.0.1.9', primary: true },
      ),
      ['nic-one in vnet-ml/snet-train', '10.0.1.9', 'nic-one'],
    ],
    [
      'a NIC without a primary configuration',
      'nic-one',
      configured(
        { ...second, privateIPAddress: '10.0.3.9' },
        { subnet: { id: ids.train }, privateIPAddress: '10.0.1.9', primary: false },
      ),
      ['nic-one in vnet-ml/snet-second', '10.0.3.9', 'nic-one'],
    ],
    [
      'a NIC that shows no address',
      'nic-one',
      configured(second),
      ['nic-one in vnet-ml/snet-second', '10.0.3.0/24', 'nic-one'],
    ],
    [
      'a NIC in no subnet',
      'nic-one',
      configured({ privateIPAddress: '10.0.3.9' }),
      ['refused', 'The subnet of nic-one is not known.'],
    ],
    ['serverless compute', 'serverless', nothing, ['serverless compute in a network managed by Azure', '*', 'none']],
    [
      'serverless compute in a subnet',
      'serverless',
      (scene) => {
        scene.bodies[ids.workspace].properties.serverlessComputeSettings = { serverlessComputeCustomSubnet: ids.train };
      },
      ['serverless compute in vnet-ml/snet-train', '10.0.1.0/24', 'snet-train'],
    ],
    [
      'serverless compute in a subnet that is gone',
      'serverless',
      (scene) => {
        scene.bodies[ids.workspace].properties.serverlessComputeSettings = {
          serverlessComputeCustomSubnet: `${ids.vnet}/subnets/gone`,
        };
      },
      [
        'refused',
        'The subnet vnet-ml/gone does not exist.',
        'vnet-ml/snet-train',
        'vnet-ml/snet-second',
        'vnet-ml/snet-pe',
      ],
    ],
    [
      'a regional service tag',
      'azuremonitor.WestEurope',
      nothing,
      ['refused', 'No resource of the workspace is between the service tag AzureMonitor.WestEurope and the Internet.'],
    ],
    [
      'nothing',
      '',
      nothing,
      ['refused', 'An empty text is not an address. It is not an IPv4 address of four numbers.'],
    ],
    ['no address', '10.0.0.300', nothing, ['refused', '10.0.0.300 is not an address. 300 is more than 255.']],
    [
      'something that sends nothing',
      network('networkSecurityGroups', 'nsg-snet-train'),
      guardedBy(ids.train),
      [
        'refused',
        'nsg-snet-train sends and receives no traffic. Name a subnet, a compute, a virtual machine or a service.',
        'vnet-ml/snet-train',
        'vnet-ml/snet-second',
        'vnet-ml/snet-pe',
      ],
    ],
  ])('%s', (_name, text, change, expected) => {
    expect(meant(text, change)).toEqual(expected);
  });

  const guid = '00000000-0000-0000-0000-0000000000dd';
  const shown: SceneChange = (scene) =>
    Object.assign(scene.bodies[ids.workspace].properties, {
      workspaceId: guid.toUpperCase(),
      notebookInfo: { fqdn: 'nb-7.westeurope.notebooks.azure.net' },
    });
  test.each<[string, SceneChange, string | undefined]>([
    [`${guid}.workspace.westeurope.api.azureml.ms`, shown, ids.workspace],
    [`${guid.replace('dd', 'ee')}.workspace.westeurope.api.azureml.ms`, shown, undefined],
    ['ml-mlw-sim-westeurope-1.westeurope.notebooks.azure.net', nothing, ids.workspace],
    ['ml-other-westeurope-1.westeurope.notebooks.azure.net', shown, undefined],
    ['nb-7.westeurope.notebooks.azure.net', shown, ids.workspace],
    ['nb-8.westeurope.notebooks.azure.net', shown, undefined],
    ['nb-7.westeurope.notebooks.azure.net', nothing, undefined],
    [`${guid}.workspace.westeurope.api.azureml.ms`, nothing, undefined],
    ['stmlsim.blob.core.windows.net', nothing, ids.account],
    ['STMLSIM.privatelink.blob.core.windows.net.', nothing, ids.account],
    [
      'stgone.blob.core.windows.net',
      (scene) => scene.gaps.push(refused(ids.account.replace('stmlsim', 'stgone'))),
      ids.account.replace('stmlsim', 'stgone'),
    ],
    [
      'stgone.blob.core.windows.net',
      (scene) => scene.gaps.push({ ...refused(ids.account.replace('stmlsim', 'stgone')), status: 404 }),
      undefined,
    ],
    [
      'stgone.blob.core.windows.net',
      (scene) => scene.gaps.push(refused(ids.vault.replace('kv-mlsim', 'stgone'))),
      undefined,
    ],
    [
      'acrmlsim.azurecr.io',
      (scene) => {
        withRegistry(scene);
      },
      ids.registry,
    ],
    [
      'acrmlsim.westeurope.data.azurecr.io',
      (scene) => {
        withRegistry(scene);
      },
      ids.registry,
    ],
  ])('the resource behind %s', (host, change, expected) => {
    const index = indexSnapshot(snapshotOf(change));
    const named = hostNamed(host, index);
    expect(named && resourceNamed(named, index)).toBe(expected);
  });
});

describe('an access scope', () => {
  const judged = (text: string, change: SceneChange = nothing): string[] => {
    const { outcome, because, witness, path, gaps } = judgeScope(text, indexSnapshot(snapshotOf(change)));
    return [outcome, because, witness ?? '-', path ?? '-', ...gaps.map((id) => `unread ${id.split('/').at(-1)}`)];
  };
  const unread = both(guardedBy(ids.train), (scene) => {
    delete scene.bodies[network('networkSecurityGroups', 'nsg-snet-train')];
    scene.gaps.push(refused(network('networkSecurityGroups', 'nsg-snet-train')));
  });
  const resolvedElsewhere: SceneChange = (scene) => {
    withEndpoint(scene, ids.account, ['blob'], ids.pe);
    scene.bodies[ids.vnet].properties.dhcpOptions = { dnsServers: ['10.0.0.4'] };
  };
  const resolvedOneWay = both(resolvedElsewhere, withoutEndpoint(ids.train));
  const elsewhereToo = [
    'unknown',
    'snet-train to stmlsim: vnet-ml uses the DNS servers 10.0.0.4, and their answers cannot be read.',
    '-',
    "bastide path --source snet-train --destination stmlsim --protocol 'tcp' --port '443'",
  ];
  test.each<[string, string, SceneChange, readonly string[]]>([
    ['no sentence', 'nothing', nothing, ['unknown', 'The word reaches is expected here.', '-', '-']],
    [
      'a name that nothing has',
      'nothing from gone reaches Internet',
      nothing,
      ['unknown', 'No resource that was read is named gone.', '-', '-'],
    ],
    ['holds', 'nothing from snet-far reaches stmlsim', nothing, ['holds', 'No such packet arrives.', '-', '-']],
    [
      'broken',
      'nothing from snet-train reaches Internet on tcp 443',
      nothing,
      [
        'broken',
        'snet-train to Internet is allowed.',
        'Tcp 10.0.1.0:0 -> 1.0.0.0:443',
        "bastide path --source snet-train --destination Internet --protocol 'tcp' --port '443'",
      ],
    ],
    [
      'always, holds',
      'snet-train reaches stmlsim on tcp 443',
      nothing,
      ['holds', 'Every such packet arrives.', '-', '-'],
    ],
    [
      'always, broken',
      'snet-far reaches stmlsim on tcp 443',
      nothing,
      [
        'broken',
        'snet-far to stmlsim is blocked. stmlsim denies by default and has no virtual network rule for snet-far.',
        'Tcp 10.9.1.0:0 -> Storage.westeurope:443',
        "bastide path --source snet-far --destination stmlsim --protocol 'tcp' --port '443'",
      ],
    ],
    [
      'unread',
      'nothing from snet-train reaches Internet on tcp 443',
      unread,
      [
        'unknown',
        'snet-train to Internet: nsg-snet-train could not be read: The caller may not read it.',
        '-',
        "bastide path --source snet-train --destination Internet --protocol 'tcp' --port '443'",
        'unread nsg-snet-train',
      ],
    ],
    [
      'always, unread',
      'snet-train reaches Internet on tcp 443',
      unread,
      [
        'unknown',
        'snet-train to Internet: nsg-snet-train could not be read: The caller may not read it.',
        '-',
        "bastide path --source snet-train --destination Internet --protocol 'tcp' --port '443'",
        'unread nsg-snet-train',
      ],
    ],
    [
      'a name that may lead elsewhere',
      'nothing from snet-train reaches stmlsim on tcp 443',
      resolvedOneWay,
      elsewhereToo,
    ],
    [
      'a name that may lead elsewhere, where it is denied',
      'nothing from snet-train reaches stmlsim on tcp 443',
      both(resolvedElsewhere, guardedBy(ids.train, 'Outbound Deny Tcp * 10.0.2.0/24 443 100')),
      elsewhereToo,
    ],
    ...['except to 10.0.2.5', 'except to Storage', 'except on tcp 444', 'except from 10.0.1.0/25'].map(
      (except): [string, string, SceneChange, readonly string[]] => [
        `a name that may lead elsewhere, ${except}`,
        `nothing from snet-train reaches stmlsim on tcp 443 ${except}`,
        resolvedOneWay,
        elsewhereToo,
      ],
    ),
    ...['except to stmlsim', 'except on tcp 443', 'except from snet-train'].map(
      (except): [string, string, SceneChange, readonly string[]] => [
        `a name that may lead elsewhere, ${except}`,
        `nothing from snet-train reaches stmlsim on tcp 443 ${except}`,
        resolvedOneWay,
        ['holds', 'No such packet arrives.', '-', '-'],
      ],
    ),
    [
      'excepted port',
      'nothing from snet-train reaches Internet on tcp 443 except on tcp 443',
      nothing,
      ['holds', 'No such packet arrives.', '-', '-'],
    ],
    [
      'excepted end',
      'nothing reaches stmlsim on tcp 443 except from snet-train',
      nothing,
      ['holds', 'No such packet arrives.', '-', '-'],
    ],
    [
      'excepted port of several',
      'nothing from snet-train reaches Internet on tcp 443-444 except on tcp 443',
      nothing,
      [
        'broken',
        'snet-train to Internet is allowed.',
        'Tcp 10.0.1.0:0 -> 1.0.0.0:444',
        "bastide path --source snet-train --destination Internet --protocol 'tcp' --port '443-444'",
      ],
    ],
    [
      'excepted service',
      'nothing from snet-train reaches stmlsim except to stmlsim',
      nothing,
      ['holds', 'No such packet arrives.', '-', '-'],
    ],
    [
      'excepted other service',
      'nothing from snet-train reaches stmlsim except to kv-mlsim',
      nothing,
      [
        'broken',
        'snet-train to stmlsim is allowed.',
        'Tcp 10.0.1.0:0 -> Storage.westeurope:0',
        "bastide path --source snet-train --destination stmlsim --protocol '*' --port '*'",
      ],
    ],
    [
      'excepted tag',
      'nothing from snet-train reaches Internet on tcp 443 except to Sql',
      nothing,
      [
        'unknown',
        'snet-train to Internet: the addresses of an excepted service tag are not known. Pass --service-tags FILE.',
        '-',
        "bastide path --source snet-train --destination Internet --protocol 'tcp' --port '443'",
      ],
    ],
    [
      'a service as source',
      'stmlsim reaches snet-train',
      nothing,
      [
        'unknown',
        'storage account stmlsim.blob.core.windows.net opens no connections. Use a subnet, a compute, an IP address or a service tag as the source.',
        '-',
        '-',
      ],
    ],
    [
      'anything as source',
      'nothing from anything reaches snet-far',
      nothing,
      [
        'unknown',
        'internet to snet-far: Bastide did not read which resources in snet-far have a public IP address.',
        '-',
        "bastide path --source internet --destination snet-far --protocol '*' --port '*'",
      ],
    ],
    [
      'a subnet and itself',
      'nothing from vnet-far/snet-far reaches snet-far',
      nothing,
      ['holds', 'No such packet arrives.', '-', '-'],
    ],
    [
      'an end that is itself unread',
      'nothing from vm-gone reaches snet-far',
      nothing,
      ['unknown', 'No resource that was read is named vm-gone.', '-', '-'],
    ],
    [
      'excepted anything',
      'nothing from snet-train reaches Internet except to anything',
      nothing,
      ['holds', 'No such packet arrives.', '-', '-'],
    ],
  ])('%s', (_name, text, change, expected) => {
    expect(judged(text, change)).toEqual(expected);
  });
});

test('packets to ask Azure about: one of each outcome, of TCP or UDP, and none to the host', () => {
  const index = indexSnapshot(
    snapshotOf(
      guardedBy(ids.train, 'Outbound Deny Udp * 168.63.129.16 53 100', 'Outbound Deny Udp * 20.0.0.0/8 53 200'),
    ),
  );
  const packets = (protocol: 'Tcp' | 'Udp' | 'Icmp' | '*', remote: string, ports = '53') =>
    packetsOf(
      { direction: 'Outbound', protocol, remote: [remote], sourcePorts: ['*'], ports: [ports] },
      { subnet: ids.train, address: '10.0.1.4', group: null },
      index,
    ).map((one) => `${one.protocol} ${one.localPort} -> ${one.remote}:${one.remotePort}`);
  expect(packets('Udp', 'Internet')).toEqual(['Udp 60000 -> 20.0.0.0:53', 'Udp 60000 -> 1.0.0.0:53']);
  expect(packets('Udp', '20.0.0.0/7', '50-60')).toEqual(['Udp 60000 -> 20.0.0.0:53', 'Udp 60000 -> 21.0.0.0:53']);
  expect(packets('*', '168.63.129.16')).toEqual(['Tcp 60000 -> 168.63.129.16:53']);
  expect(packets('Icmp', '20.0.0.0/7', '*')).toEqual([]);
});

test('what a change may open beside its path: the same ends, every pair with a neighbour, and neighbours to the Internet', () => {
  const index = indexSnapshot(snapshotOf());
  const trace = tracePath({ source: 'snet-train', destination: 'stmlsim', protocol: 'Tcp', ports: ['443'] }, index);
  if ('reason' in trace) throw new Error(trace.reason);
  const around = questionsAround(trace, index);
  const end = (id: string): string => id.split('/').at(-1) ?? id;
  expect(
    around.map(({ question, own }) => `${end(question.source)} ${end(question.destination)}${own ? ' own' : ''}`),
  ).toEqual([
    'snet-train stmlsim own',
    'snet-second stmlsim',
    'snet-pe stmlsim',
    'snet-far stmlsim',
    'internet stmlsim',
    'snet-train snet-second',
    'snet-train snet-pe',
    'snet-train snet-far',
    'snet-train internet',
    'snet-train kv-mlsim',
    'snet-train mlw-sim',
    'snet-second internet',
    'snet-pe internet',
    'snet-far internet',
  ]);
  expect(new Set(around.map(({ question }) => `${question.protocol} ${question.ports.join()}`))).toEqual(
    new Set(['* *']),
  );
});
