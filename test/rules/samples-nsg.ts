// Samples of the rules of security groups: one group on the training subnet, changed rule by rule.
import { group, ids, type Loose, refused, type Scene, withAdminRules } from '../support/snapshot.ts';
import { aks, nodes as nodeSubnet, served } from './samples-aks.ts';
import { both, type Sample, type SampleChange } from './sampling.ts';

export const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-train`;

export interface SampleRule {
  readonly name: string;
  readonly priority: number;
  readonly direction: 'Inbound' | 'Outbound';
  readonly access: 'Allow' | 'Deny';
  readonly protocol: string;
  readonly source: string;
  readonly to: string;
  readonly ports: string | readonly string[];
}
const rule = ({ name, priority, direction, access, protocol, source, to, ports }: SampleRule): Loose => ({
  id: `${nsg}/securityRules/${name}`,
  name,
  type: 'Microsoft.Network/networkSecurityGroups/securityRules',
  properties: {
    ...{ priority, direction, access, protocol },
    sourceAddressPrefix: source,
    sourcePortRange: '*',
    destinationAddressPrefix: to,
    ...(typeof ports === 'string' ? { destinationPortRange: ports } : { destinationPortRanges: ports }),
  },
});
export const out = (
  priority: number,
  to: string,
  ports: SampleRule['ports'],
  protocol = 'Tcp',
  access: 'Allow' | 'Deny' = 'Allow',
) => rule({ name: `${access}-${priority}`, priority, direction: 'Outbound', access, protocol, source: '*', to, ports });
export const into = (
  priority: number,
  source: string,
  ports: SampleRule['ports'],
  access: 'Allow' | 'Deny' = 'Allow',
  protocol = 'Tcp',
) =>
  rule({ name: `in-${access}-${priority}`, priority, direction: 'Inbound', access, protocol, source, to: '*', ports });
export const denyInternet = (priority = 4000) => out(priority, 'Internet', '*', '*', 'Deny');

const subnetOf = (scene: Scene): Loose =>
  scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.train).properties;

/** The training subnet with a group that holds these rules. */
export const grouped =
  (rules: readonly Loose[], intents: Loose = {}, more: SampleChange = () => {}): SampleChange =>
  (scene) => {
    scene.bodies[nsg] = {
      ...{ id: nsg, name: 'nsg-train', type: 'Microsoft.Network/networkSecurityGroups', location: 'westeurope' },
      properties: { provisioningState: 'Succeeded', securityRules: [...rules] },
    };
    subnetOf(scene).networkSecurityGroup = { id: nsg };
    Object.assign(scene.intents, intents);
    more(scene);
  };
export const limited = (...rules: readonly Loose[]): SampleChange => grouped(rules, { outboundMode: 'limited' });
/** Computes without a public address. */
const hidden: SampleChange = (scene) => {
  scene.bodies[`${ids.workspace}/computes/cpu-cluster`].properties.properties.enableNodePublicIp = false;
  scene.bodies[`${ids.workspace}/computes/cpu-cluster`].properties.createdOn = '2024-03-04T09:19:39Z';
};
/** Under a network manager whose rules come first. */
const governed =
  (...rules: readonly string[]): SampleChange =>
  (scene) =>
    withAdminRules(scene, ids.vnet, ...rules);
function ruled(): Sample[] {
  const id = 'inbound-azureml-44224';
  const allowed = [into(100, ml, '44224')];
  const shut = 'Inbound Deny Any Internet * 0-65535 100';
  return [
    sample(id, 'fail', 'allowed, and a network manager denies it', grouped(allowed, {}, governed(shut))),
    sample(
      id,
      'pass',
      'a network manager always allows it',
      grouped([], {}, governed(`Inbound AlwaysAllow Tcp ${ml} * 44224 100`)),
    ),
    sample(
      id,
      'fail',
      'a network manager allows it, and the group is asked',
      grouped([], {}, governed(`Inbound Allow Tcp ${ml} * 44224 100`)),
    ),
    sample(
      id,
      'pass',
      'allowed, and a network manager denies another port',
      grouped(allowed, {}, governed('Inbound Deny Tcp Internet * 22 100')),
    ),
    sample(
      id,
      'unknown',
      'allowed, and the rules of a network manager may not be read',
      grouped(allowed, {}, (scene) => {
        scene.gaps.push(refused(`${ids.vnet}/listNetworkManagerEffectiveSecurityAdminRules`));
      }),
    ),
    bareSample(id, 'fail', 'no security group, and a network manager denies it', governed(shut)),
    bareSample(
      id,
      'notApplicable',
      'no security group, and a network manager denies another port',
      governed('Inbound Deny Tcp Internet * 22 100'),
    ),
    bareSample(
      'outbound-deny-internet',
      'pass',
      'limited is meant, no security group, and a network manager denies it',
      both(governed('Outbound Deny Any * Internet 0-65535 100'), (scene) =>
        Object.assign(scene.intents, { outboundMode: 'limited' }),
      ),
    ),
  ];
}
/** Another subnet with the same group. */
function beside(): Sample[] {
  const id = 'outbound-deny-internet';
  const shared =
    (subnetId: string, more: Loose = {}): SampleChange =>
    (scene) => {
      const all = scene.bodies[ids.vnet].properties.subnets;
      const there = all.find((one: Loose) => one.id === subnetId);
      Object.assign(there.properties, { networkSecurityGroup: { id: nsg } }, more);
    };
  const set = `/subscriptions/x/resourceGroups/MC_other/providers/Microsoft.Compute/virtualMachineScaleSets/aks-pool-12`;
  const nodes = [{ id: `${set}/virtualMachines/0/networkInterfaces/one/ipConfigurations/one` }];
  const unseen: SampleChange = (scene) => scene.gaps.push(refused(aks));
  return [
    sample(
      id,
      'fail',
      'limited is meant, and Kubernetes nodes share the group',
      both(served, limited(), shared(nodeSubnet)),
    ),
    sample(
      id,
      'fail',
      'limited is meant, and Kubernetes nodes of a cluster that is not attached share the group',
      both(limited(), shared(ids.second, { ipConfigurations: nodes })),
    ),
    sample(
      id,
      'fail',
      'limited is meant, and Kubernetes nodes that may not be read may share the group',
      both(served, limited(), shared(nodeSubnet), unseen),
    ),
  ];
}
const unread: SampleChange = (scene) => {
  scene.gaps.push(refused(nsg));
};
const bare: SampleChange = () => {};
const in2020 = { profile: 'article-2020' } as const;
const batch2020 = { ...in2020, severity: 'info' } as const;

const sample = (
  id: string,
  says: Sample['says'],
  when: string,
  change: SampleChange,
  extra: Omit<Sample, 'rule' | 'says' | 'when' | 'change'> = {},
): Sample => ({ rule: `nsg.${id}`, says, when, change, on: ids.train, where: nsg, ...extra });
const bareSample = (id: string, says: Sample['says'], when: string, change: SampleChange): Sample => ({
  ...{ rule: `nsg.${id}`, says, when, change, on: ids.train },
});

/** A flow of limited mode: its tag and ports. */
const exceptions: readonly (readonly [
  id: string,
  tag: string,
  ports: SampleRule['ports'],
  protocol?: string,
  intents?: Loose,
])[] = [
  ['outbound-storage', 'Storage.WestEurope', '443'],
  ['outbound-acr', 'AzureContainerRegistry.WestEurope', '443'],
  ['outbound-azureml', 'AzureMachineLearning', '443'],
  ['outbound-arm', 'AzureResourceManager', '443'],
  ['outbound-entra', 'AzureActiveDirectory', ['80', '443']],
  ['outbound-mcr', 'MicrosoftContainerRegistry', '443'],
  ['outbound-batchnodemanagement', 'BatchNodeManagement.WestEurope', '443', '*'],
  ['outbound-frontdoor-frontend', 'AzureFrontDoor.Frontend', '443'],
  ['outbound-frontdoor-firstparty', 'AzureFrontDoor.FirstParty', '443'],
  ['outbound-azuremonitor', 'AzureMonitor', '443'],
  ['outbound-storage-445', 'Storage', '445'],
];
const everyException = exceptions.flatMap(([id, tag, ports, protocol = 'Tcp', intents], index): Sample[] => [
  sample(id, 'fail', 'limited, the deny is the only rule', limited(denyInternet())),
  sample(
    id,
    'pass',
    'limited, its tag is allowed ahead of the deny',
    limited(out(100 + index, tag, ports, protocol), denyInternet()),
  ),
  sample(id, 'notApplicable', 'default rules: outbound is open', grouped([], intents)),
  bareSample(id, 'notApplicable', 'no security group', bare),
  sample(id, 'unknown', 'the group may not be read', grouped([], {}, unread)),
]);

/** An endpoint of a private link scope in a subnet; the scope in this mode. */
const scoped =
  (where: string, secured?: boolean, mode?: string): SampleChange =>
  (scene) => {
    if (secured !== undefined) scene.intents.azureMonitorSecured = secured;
    const id = `${group}/providers/Microsoft.Network/privateEndpoints/pe-monitor`;
    const scope = `${group}/providers/Microsoft.Insights/privateLinkScopes/ampls`;
    const properties = { privateLinkServiceId: scope, groupIds: ['AzureMonitor'] };
    const accessModeSettings = { ingestionAccessMode: mode, queryAccessMode: mode, exclusions: [] };
    if (mode !== undefined) scene.bodies[scope] = { id: scope, properties: { accessModeSettings } };
    scene.bodies[id] = {
      id,
      properties: { subnet: { id: where }, privateLinkServiceConnections: [{ name: 'c', properties }] },
    };
  };

const ml = 'AzureMachineLearning';
const hbi: SampleChange = (scene) => {
  scene.bodies[ids.workspace].properties.hbiWorkspace = true;
};

export const nsgSamples: readonly Sample[] = [
  sample(
    'outbound-azuremonitor',
    'notApplicable',
    'its scope in Open mode',
    both(limited(denyInternet()), scoped(ids.pe, undefined, 'Open')),
  ),
  sample(
    'outbound-azuremonitor',
    'fail',
    'its scope PrivateOnly',
    both(limited(denyInternet()), scoped(ids.pe, undefined, 'PrivateOnly')),
  ),
  sample(
    'outbound-azuremonitor',
    'notApplicable',
    'an endpoint of Azure Monitor near that is used',
    both(limited(denyInternet()), scoped(ids.pe, true)),
  ),
  sample(
    'outbound-azuremonitor',
    'fail',
    'one that does not count',
    both(limited(denyInternet()), scoped(ids.pe, false)),
  ),
  sample('outbound-azuremonitor', 'fail', 'one in another network', both(limited(denyInternet()), scoped(ids.far))),
  sample(
    'outbound-azuremonitor',
    'fail',
    'said to be near, and not there',
    both(limited(denyInternet()), scoped(ids.far, true)),
  ),
  bareSample('subnet-nsg-state', 'pass', 'no security group', bare),
  sample('subnet-nsg-state', 'pass', 'a security group', grouped([])),
  sample('subnet-nsg-state', 'unknown', 'one that may not be read', grouped([], {}, unread)),
  sample('inbound-batch', 'fail', 'default rules only, a cluster with a public address', grouped([]), batch2020),
  sample(
    'inbound-batch',
    'fail',
    'an allow for 29876 alone',
    grouped([into(100, 'BatchNodeManagement', '29876')]),
    batch2020,
  ),
  sample(
    'inbound-batch',
    'pass',
    'an allow of the regional tag',
    grouped([into(100, 'BatchNodeManagement.WestEurope', '29876-29877')]),
    in2020,
  ),
  sample(
    'inbound-batch',
    'unknown',
    'an allow of another region’s tag, and no tag data',
    grouped([into(100, 'BatchNodeManagement.EastUS', '29876-29877')]),
    in2020,
  ),
  sample('inbound-batch', 'notApplicable', 'no compute with a public address', grouped([], {}, hidden), in2020),
  sample('inbound-batch', 'notApplicable', 'today', grouped([])),
  sample('inbound-azureml-44224', 'fail', 'default rules only', grouped([])),
  sample('inbound-azureml-44224', 'notApplicable', 'only clusters, in 2020', grouped([]), { profile: 'article-2020' }),
  sample('inbound-azureml-44224', 'pass', 'an allow of everybody', grouped([into(100, '*', '44224')])),
  ...ruled(),
  sample('inbound-ssh', 'fail', 'an allow of everybody', grouped([into(100, '*', '22')])),
  sample('inbound-ssh', 'fail', '0.0.0.0/0 to ports 20-25', grouped([into(300, '0.0.0.0/0', '20-25')])),
  sample(
    'inbound-ssh',
    'fail',
    'two halves of the Internet',
    grouped([into(100, '0.0.0.0/1', '22'), into(110, '128.0.0.0/1', '22')]),
  ),
  sample('inbound-ssh', 'pass', 'an allow of the service only', grouped([into(100, ml, '22')])),
  sample('inbound-ssh', 'pass', 'one small range', grouped([into(100, '203.0.113.0/24', '22')])),
  sample(
    'inbound-ssh',
    'pass',
    'a deny of 22 above an allow of everything',
    grouped([into(100, '*', '22', 'Deny'), into(200, '*', '*')]),
  ),
  sample('inbound-ssh', 'fail', 'wanted, and shut', grouped([], { sshWanted: true, devClientIps: ['203.0.113.7'] })),
  sample('inbound-ssh', 'unknown', 'wanted, from nobody knows where', grouped([], { sshWanted: true })),
  sample(
    'inbound-ssh',
    'fail',
    'wanted, and open to all',
    grouped([into(100, '*', '22')], { sshWanted: true, devClientIps: ['203.0.113.7'] }),
  ),
  sample(
    'inbound-ssh',
    'pass',
    'wanted, and open to them',
    grouped([into(100, '203.0.113.7', '22')], { sshWanted: true, devClientIps: ['203.0.113.7'] }),
  ),
  sample('outbound-vnet', 'fail', 'a deny of VirtualNetwork', grouped([out(300, 'VirtualNetwork', '*', '*', 'Deny')])),
  sample('outbound-vnet', 'fail', 'a deny of 10.0.0.0/8 over it', grouped([out(300, '10.0.0.0/8', '*', '*', 'Deny')])),
  sample('outbound-vnet', 'pass', 'default rules', grouped([])),
  sample(
    'outbound-vnet',
    'pass',
    'a deny of another subnet, today',
    grouped([out(100, '10.0.3.0/24', '*', '*', 'Deny')]),
  ),
  sample(
    'outbound-vnet',
    'fail',
    'a deny of another subnet, in 2020',
    grouped([out(100, '10.0.3.0/24', '*', '*', 'Deny')]),
    { profile: 'article-2020' },
  ),
  sample(
    'outbound-internet-open',
    'fail',
    'open is meant, a deny of Tcp 443',
    grouped([out(100, 'Internet', '443', 'Tcp', 'Deny')], { outboundMode: 'open' }),
  ),
  sample(
    'outbound-internet-open',
    'pass',
    'nothing is said, a deny of Tcp 25',
    grouped([out(100, 'Internet', '25', 'Tcp', 'Deny')]),
  ),
  sample(
    'outbound-internet-open',
    'pass',
    'open is meant, a deny of Tcp 25',
    grouped([out(100, 'Internet', '25', 'Tcp', 'Deny')], { outboundMode: 'open' }),
  ),
  sample(
    'outbound-internet-open',
    'fail',
    'open is meant, a deny of Storage',
    grouped([out(300, 'Storage', '443', 'Tcp', 'Deny')], { outboundMode: 'open' }),
  ),
  sample(
    'outbound-internet-open',
    'fail',
    'open is meant, a deny of Tcp 443, and behind it one of Storage',
    grouped([out(100, 'Internet', '443', 'Tcp', 'Deny'), out(300, 'Storage', '443', 'Tcp', 'Deny')], {
      outboundMode: 'open',
    }),
  ),
  sample(
    'outbound-internet-open',
    'unknown',
    'open is meant, a deny of a range, and no service tags',
    grouped([out(100, '185.220.101.0/24', '*', '*', 'Deny')], { outboundMode: 'open' }),
  ),
  sample('outbound-internet-open', 'pass', 'default rules', grouped([])),
  sample('outbound-internet-open', 'notApplicable', 'limited is meant', limited()),
  sample('outbound-deny-internet', 'fail', 'limited is meant, default rules', limited()),
  bareSample('outbound-deny-internet', 'fail', 'limited is meant, no security group', (scene) =>
    Object.assign(scene.intents, { outboundMode: 'limited' }),
  ),
  ...beside(),
  sample('outbound-deny-internet', 'pass', 'a deny behind the tags', limited(out(100, ml, '443'), denyInternet(4096))),
  sample('outbound-deny-internet', 'fail', 'a deny of Tcp alone', limited(out(4000, 'Internet', '*', 'Tcp', 'Deny'))),
  sample('outbound-deny-internet', 'notApplicable', 'nobody asked', grouped([])),
  ...everyException,
  sample(
    'outbound-storage',
    'fail',
    'its allow behind the deny',
    limited(denyInternet(200), out(300, 'Storage.WestEurope', '443')),
  ),
  sample(
    'outbound-storage',
    'unknown',
    'an allow of another region, and no tag data',
    limited(out(100, 'Storage.EastUS', '443'), denyInternet()),
  ),
  sample('outbound-storage', 'pass', 'the global tag', limited(out(100, 'Storage', '*', '*'), denyInternet())),
  sample(
    'outbound-entra',
    'fail',
    'Tcp 443 alone, today',
    limited(out(100, 'AzureActiveDirectory', '443'), denyInternet()),
  ),
  sample(
    'outbound-entra',
    'pass',
    'Tcp 443 alone, in 2020',
    limited(out(100, 'AzureActiveDirectory', '443'), denyInternet()),
    { profile: 'article-2020' },
  ),
  sample('outbound-mcr', 'notApplicable', 'in 2020, nobody asked', limited(denyInternet()), {
    profile: 'article-2020',
  }),
  sample('outbound-azureml-ports', 'fail', 'Tcp 443 only', limited(out(100, ml, '443'), denyInternet())),
  sample(
    'outbound-azureml-ports',
    'pass',
    'Tcp 443,18881 and Udp 5831',
    limited(out(100, ml, ['443', '18881']), out(110, ml, '5831', 'Udp'), denyInternet()),
  ),
  sample(
    'outbound-azureml-ports',
    'fail',
    'no 18881',
    limited(out(100, ml, '443'), out(110, ml, '5831', 'Udp'), denyInternet()),
    { severity: 'low' },
  ),
  sample(
    'outbound-batchnodemanagement',
    'unknown',
    'another region’s tag, and no tag data',
    limited(out(100, 'BatchNodeManagement.EastUS', '443', '*'), denyInternet()),
  ),
  sample(
    'outbound-batchnodemanagement',
    'pass',
    'Tcp only',
    limited(out(100, 'BatchNodeManagement', '443'), denyInternet()),
  ),
  sample('outbound-keyvault-hbi', 'fail', 'no allow', grouped([denyInternet()], { outboundMode: 'limited' }, hbi)),
  sample(
    'outbound-keyvault-hbi',
    'pass',
    'its tag',
    grouped([out(100, 'AzureKeyVault.WestEurope', '443'), denyInternet()], { outboundMode: 'limited' }, hbi),
  ),
  sample('outbound-keyvault-hbi', 'notApplicable', 'not marked', limited(denyInternet())),
  sample(
    'allow-before-deny',
    'fail',
    'an allow of the service behind the deny',
    limited(denyInternet(200), out(300, ml, '443')),
  ),
  sample(
    'allow-before-deny',
    'pass',
    'a dead allow that training does not need',
    grouped([into(200, '*', '3389', 'Deny'), into(300, '*', '3389')]),
  ),
  sample('allow-before-deny', 'pass', 'default rules', grouped([])),
  sample('rule-capacity', 'fail', 'a deny at 100 that allows must precede', limited(denyInternet(100))),
  sample('rule-capacity', 'pass', 'numbers free', limited(denyInternet())),
  sample(
    'rule-capacity',
    'fail',
    '1000 rules, and one more is wanted',
    grouped(Array.from({ length: 1000 }, (_, index) => into(100 + index, '203.0.113.7', '443'))),
  ),
  ...[hidden, bare].flatMap((addresses, position): Sample[] => {
    const when = position === 0 ? 'no public address' : 'a public address';
    const allowing = (source: string, ports: SampleRule['ports'], protocol = 'Tcp') =>
      grouped([into(100, source, ports, 'Allow', protocol)], {}, addresses);
    return (
      [
        ['fail', 'an allow of Batch', allowing('BatchNodeManagement', '29876-29877')],
        ['fail', 'the tag of a region in other letters', allowing('batchnodemanagement.WestEurope', '*', 'TCP')],
        ['fail', 'both ports from everywhere', allowing('*', ['29876', '29877'])],
        ['fail', 'its ports from everywhere as one range', allowing('*', '29876-29877')],
        ['fail', 'its ports among others', allowing('*', ['44224', '29876-29877'])],
        ['pass', 'an allow of another port', allowing('AzureMachineLearning', '44224')],
        ['pass', 'an allow of everything from the network', allowing('VirtualNetwork', '*', '*')],
      ] as const
    ).map(([says, what, change]) => sample('inbound-batch-obsolete', says, `${what}, ${when}`, change));
  }),
];
