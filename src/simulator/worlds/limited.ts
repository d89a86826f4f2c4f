// World "limited": closed by service endpoints, and outbound is meant to be limited; each security group fails at it in a way
// of its own.
//
//   nsg-train   denies the Internet ahead of everything: two allows lie dead behind it, the rest was never written
//   nsg-gpu     nothing but Azure's own rules: all outbound open, and the ports that nodes are called at shut
//   nsg-dev     port 22 open to everybody, a door for Batch that nobody uses any more, a deny within the network
//   snet-bare   no security group at all
//
// A machine runs in snet-train, and another stands still in snet-dev: what is in effect can be asked of the first.
import { machineBodies, networkWatcher, nicConfiguration } from './attached-compute-bodies.ts';
import { kubernetesBody, list, resourceGroup, shutBut } from './bodies.ts';
import {
  devSubnet,
  gpuSubnet,
  inGroup,
  network,
  registry,
  services,
  subnet,
  trainGroup,
  trainSubnet,
  workspace,
} from './names.ts';
import { networkBody, type RuleText, securityGroupWith, subnetBody } from './network-bodies.ts';
import { clusterCompute, datastore, defaultDatastores, instanceCompute, workspaceBody } from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

const bareSubnet = subnet('snet-bare');
const subnets = [trainSubnet, gpuSubnet, devSubnet, bareSubnet];
const groupId = (name: string): string => inGroup('Microsoft.Network/networkSecurityGroups', name);
const gpuGroup = groupId('nsg-gpu');
const devGroup = groupId('nsg-dev');

const outbound = (
  name: string,
  priority: number,
  to: string,
  ports: string,
  more: Partial<RuleText> = {},
): RuleText => ({
  ...{ name, priority, direction: 'Outbound', access: 'Allow', protocol: 'Tcp', source: '*', destination: to, ports },
  ...more,
});
const inbound = (name: string, priority: number, source: string, ports: string): RuleText => ({
  ...{ name, priority, direction: 'Inbound', access: 'Allow', protocol: 'Tcp', source, destination: '*', ports },
});

const inGroupOf =
  (where: string, resource: string) =>
  (rule: string, says: string): WorldFault => ({
    rule: `nsg.${rule}`,
    resource,
    where,
    says,
  });
const train = inGroupOf(trainGroup, trainSubnet);
const gpu = inGroupOf(gpuGroup, gpuSubnet);
const dev = inGroupOf(devGroup, devSubnet);

const neverWritten = [
  ...['outbound-storage', 'outbound-acr', 'outbound-arm', 'outbound-entra', 'outbound-mcr', 'outbound-azureml-ports'],
  ...['outbound-batchnodemanagement', 'outbound-frontdoor-frontend', 'outbound-frontdoor-firstparty'],
  ...['outbound-azuremonitor', 'outbound-keyvault-hbi', 'outbound-storage-445'],
];
const faults: readonly WorldFault[] = [
  { rule: 'compute.npip-private-endpoint', resource: network, says: 'Two computes do not find the service.' },
  ...[trainSubnet, devSubnet].map((resource) => ({
    rule: 'compute.explicit-outbound',
    resource,
    says: 'Its compute has no public address, and nobody made a way out.',
  })),
  ...neverWritten.map((rule) => train(rule, 'The deny at 200 comes first.')),
  train('outbound-azureml', 'Its allow stands behind the deny at 200.'),
  train('allow-before-deny', 'Two allows lie dead behind the deny at 200.'),
  gpu('inbound-batch', 'No rule lets Batch in.'),
  gpu('inbound-azureml-44224', 'No rule lets the service in.'),
  gpu('outbound-deny-internet', 'Nothing denies the Internet.'),
  dev('inbound-ssh', 'Anybody may try port 22.'),
  dev('inbound-batch-obsolete', 'The instance has no public address, and the door stands open.'),
  dev('outbound-vnet', 'A rule denies the network.'),
  dev('outbound-deny-internet', 'Nothing denies the Internet.'),
  {
    rule: 'workspace.private-endpoint',
    resource: workspace,
    says: 'Two computes have no public address to reach it with.',
  },
  { rule: 'nsg.outbound-deny-internet', resource: bareSubnet, says: 'It has no security group.' },
  { rule: 'acr.build-cluster-egress', resource: registry, says: 'The deny at 200 stops the images it builds on.' },
  ...[trainSubnet, gpuSubnet, devSubnet, bareSubnet].map((resource) => ({
    rule: 'storage.exfiltration-policy',
    resource,
    says: 'No policy limits which accounts it may reach.',
  })),
];

const hung = (group: string): string => `, "networkSecurityGroup": {"id": "${group}"}`;

export const limited: WorldFile = {
  name: 'limited',
  aliases: [],
  title: 'Outbound to be limited, and half done',
  faults,
  intents: { devClientIps: [], outboundMode: 'limited' },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(', "imageBuildCompute": "cpu-cluster"').replace('"hbiWorkspace": false', '"hbiWorkspace": true'),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4, { publicIp: false }),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet, { publicIp: false }),
      clusterCompute('low-cluster', bareSubnet, 'STANDARD_DS3_V2', 4),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      ...shutBut(subnets, ['stmlsim', 'stmldata']),
      kubernetesBody(),
      securityGroupWith(trainGroup, [
        outbound('DenyInternet', 200, 'Internet', '*', { access: 'Deny', protocol: '*' }),
        outbound('AllowMachineLearning', 300, 'AzureMachineLearning', '443'),
        outbound('AllowStorage', 310, 'Storage.WestEurope', '443'),
      ]),
      securityGroupWith(gpuGroup, []),
      securityGroupWith(devGroup, [
        inbound('AllowSsh', 100, '*', '22'),
        inbound('AllowBatch', 110, 'BatchNodeManagement', '29876-29877'),
        outbound('DenyNetwork', 400, 'VirtualNetwork', '*', { access: 'Deny', protocol: '*' }),
      ]),
      ...machineBodies({ name: 'vm-jump', subnet: trainSubnet, address: '10.0.1.8', power: 'running' }),
      ...machineBodies({ name: 'vm-idle', subnet: devSubnet, address: '10.0.3.8', power: 'deallocated' }),
      networkWatcher(),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', {
          ...{ services, uses: 2, extra: hung(trainGroup) },
          nicConfigurations: [nicConfiguration('vm-jump')],
        }),
        subnetBody(gpuSubnet, '10.0.2.0/24', { services, extra: hung(gpuGroup) }),
        subnetBody(devSubnet, '10.0.3.0/24', {
          ...{ services, uses: 1, extra: hung(devGroup) },
          nicConfigurations: [nicConfiguration('vm-idle')],
        }),
        subnetBody(bareSubnet, '10.0.5.0/24', { services }),
        subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
        subnetBody(subnet('snet-aks'), '10.0.8.0/22'),
      ]),
    ]),
};
