// World "limited": closed by service endpoints, with outbound traffic that is to be limited; each security group fails at that in
// a different manner. A running machine in snet-train can be asked for its effective rules; one in snet-dev is deallocated.
import { networkWatcher } from './attached-compute-bodies.ts';
import { closedByServiceEndpoints, standardSubnets } from './bases.ts';
import { insertBefore } from './draft.ts';
import { ofRegistry, ofWorkspace } from './faults.ts';
import {
  devSubnet,
  gpuSubnet,
  inGroup,
  network,
  services,
  subnet,
  trainGroup,
  trainSubnet,
  workspace,
} from './names.ts';
import { denyInternet, type RuleText } from './network-bodies.ts';
import { monitorScopeBody } from './private-endpoint-bodies.ts';
import { faultsOf, in2020, type PlantedFault, world } from './world.ts';

const bareSubnet = subnet('snet-bare');
const monitorScope = inGroup('Microsoft.Insights/privateLinkScopes', 'ampls-sim');
const groupId = (name: string): string => inGroup('Microsoft.Network/networkSecurityGroups', name);
const [gpuGroup, devGroup] = [groupId('nsg-gpu'), groupId('nsg-dev')];

const outbound = (name: string, priority: number, to: string): RuleText => ({
  ...{ name, priority, direction: 'Outbound', access: 'Allow', protocol: 'Tcp' },
  ...{ source: '*', destination: to, ports: '443' },
});
const inbound = (name: string, priority: number, source: string, ports: string): RuleText => ({
  ...{ name, priority, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', source, destination: '*', ports },
});
const [train, gpu, dev] = [
  faultsOf(trainSubnet, trainGroup),
  faultsOf(gpuSubnet, gpuGroup),
  faultsOf(devSubnet, devGroup),
];

const noAllowRule = [
  ...['outbound-storage', 'outbound-acr', 'outbound-arm', 'outbound-entra', 'outbound-mcr', 'outbound-azureml-ports'],
  ...['outbound-batchnodemanagement', 'outbound-frontdoor-frontend', 'outbound-frontdoor-firstparty'],
  ...['outbound-azuremonitor', 'outbound-keyvault-hbi', 'outbound-storage-445'],
];
const noPublicPath = 'Two computes have no public address and no private endpoint to reach the workspace.';
const faults: readonly PlantedFault[] = [
  faultsOf(network)('compute.npip-private-endpoint', noPublicPath),
  ...[trainSubnet, devSubnet].map((where) =>
    faultsOf(where)(
      'compute.explicit-outbound',
      'Its compute has no public address, and the subnet has no explicit outbound access.',
    ),
  ),
  ...noAllowRule.map((rule) => train(`nsg.${rule}`, 'DenyInternet (priority 200) denies it, and no rule allows it.')),
  train('nsg.outbound-azureml', 'AllowMachineLearning (300) is shadowed by DenyInternet (200).', (draft) =>
    draft.rules(trainGroup).push(outbound('AllowMachineLearning', 300, 'AzureMachineLearning')),
  ),
  train('nsg.allow-before-deny', 'Two allow rules are shadowed by DenyInternet (200).', (draft) =>
    draft.rules(trainGroup).push(outbound('AllowStorage', 310, 'Storage.WestEurope')),
  ),
  in2020(gpu('nsg.inbound-batch', 'No rule allows inbound traffic from Batch.')),
  gpu('nsg.inbound-azureml-44224', 'No rule allows inbound traffic from Machine Learning.'),
  gpu('nsg.outbound-deny-internet', 'No rule denies the Internet.'),
  dev('nsg.inbound-ssh', 'Port 22 is open to the Internet.', (draft) =>
    draft.rules(devGroup).push(inbound('AllowSsh', 100, '*', '22')),
  ),
  dev('nsg.inbound-batch-obsolete', 'A rule still allows Batch, which connects to no node.', (draft) =>
    draft.rules(devGroup).push(inbound('AllowBatch', 110, 'BatchNodeManagement', '29876-29877')),
  ),
  dev('nsg.outbound-vnet', 'A rule denies the virtual network.', (draft) =>
    draft.rules(devGroup).push(denyInternet(400, { name: 'DenyNetwork', destination: 'VirtualNetwork' })),
  ),
  dev('nsg.outbound-deny-internet', 'No rule denies the Internet.'),
  ofWorkspace('workspace.private-endpoint', noPublicPath),
  faultsOf(workspace, monitorScope)('workspace.monitor-private-only', 'Its network has an endpoint of it.', (draft) => {
    draft.endpoints.push({
      ...{
        name: 'pe-monitor',
        target: monitorScope,
        group: 'azuremonitor',
        subnet: subnet('snet-pe'),
        address: '10.0.4.20',
      },
    });
    draft.bodies.push(monitorScopeBody(monitorScope, 'PrivateOnly'));
  }),
  faultsOf(bareSubnet)('nsg.outbound-deny-internet', 'It has no security group.'),
  ofRegistry('acr.build-cluster-egress', 'DenyInternet (200) blocks the base images of builds.'),
  ...[trainSubnet, gpuSubnet, devSubnet, bareSubnet].map((where) =>
    faultsOf(where)('storage.exfiltration-policy', 'No service endpoint policy limits which accounts it can reach.'),
  ),
];

export const limited = world({
  name: 'limited',
  title: 'Limited outbound traffic, half configured',
  base: closedByServiceEndpoints({
    accounts: ['stmlsim', 'stmldata'],
    subnets: () => insertBefore(standardSubnets(), 'snet-pe', { 'snet-bare': { prefix: '10.0.5.0/24', services } }),
  }),
  setup: (draft) => {
    draft.workspace.hbiWorkspace = true;
    draft.compute('cpu-cluster').publicIp = false;
    draft.compute('ci-anna').publicIp = false;
    draft.computes['low-cluster'] = { subnet: bareSubnet };
    draft.securityGroups = { [trainGroup]: [denyInternet(200)], [gpuGroup]: [], [devGroup]: [] };
    draft.subnet(trainSubnet).securityGroup = trainGroup;
    draft.subnet(gpuSubnet).securityGroup = gpuGroup;
    draft.subnet(devSubnet).securityGroup = devGroup;
    draft.machines = [
      { name: 'vm-jump', subnet: trainSubnet, address: '10.0.1.8', power: 'running' },
      { name: 'vm-idle', subnet: devSubnet, address: '10.0.3.8', power: 'deallocated' },
    ];
    draft.bodies.push(networkWatcher());
  },
  faults,
  intents: { devClientIps: [], outboundMode: 'limited' },
});
