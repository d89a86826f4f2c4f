// World "everything": a workspace that uses all that the article speaks of, in one network, and none of it was ever closed: three
// accounts with a data lake among them, the vault, a Basic registry, clusters and an instance, a subnet with half-limited outbound
// traffic and one that is forced through an Azure Firewall, a Kubernetes cluster, an attached machine and HDInsight cluster,
// Databricks in a second network, a subnet for container instances, and two online endpoints.
import { hdinsightBody, hdinsightId, machineId } from './attached-compute-bodies.ts';
import { allAccounts, closedByServiceEndpoints } from './bases.ts';
import { addDatabricks } from './databricks.ts';
import type { SubnetSpec, WorldDraft } from './draft.ts';
import { clientIp, everythingOpen, ofCompute, ofWorkspace, setSubnet } from './faults.ts';
import { firewallBodies, firewallSubnet } from './firewall-bodies.ts';
import { addCluster, readerRole } from './kubernetes.ts';
import { computeSubnets, gpuSubnet, inGroup, services, subnet, trainGroup, trainSubnet } from './names.ts';
import { denyInternet } from './network-bodies.ts';
import { attachedCompute, onlineEndpoints, sshAt } from './workspace-bodies.ts';
import { faultsOf, in2020, type PlantedFault, world } from './world.ts';

const [nodeSubnet, toolsSubnet, sparkSubnet, containerSubnet] = [
  'snet-aks',
  'snet-tools',
  'snet-spark',
  'snet-aci',
].map(subnet) as [string, string, string, string];
const groupId = (name: string): string => inGroup('Microsoft.Network/networkSecurityGroups', name);
const table = inGroup('Microsoft.Network/routeTables', 'rt-gpu');
const firewall = inGroup('Microsoft.Network/azureFirewalls', 'afw-ml');

const [spark, served, nodes] = [ofCompute('hdi-spark'), ofCompute('aks-serve'), ofCompute('aks-serve', nodeSubnet)];
const [train, tunnel, inspected] = [
  faultsOf(trainSubnet, trainGroup),
  faultsOf(gpuSubnet, table),
  faultsOf(gpuSubnet, firewall),
];
const trained = [...computeSubnets, toolsSubnet, sparkSubnet];

/** What DenyInternet (200) of nsg-train blocks. */
const stopped = [
  ...['outbound-storage', 'outbound-acr', 'outbound-arm', 'outbound-entra', 'outbound-mcr', 'outbound-azureml'],
  ...['outbound-azureml-ports', 'outbound-batchnodemanagement', 'outbound-frontdoor-frontend'],
  ...['outbound-frontdoor-firstparty', 'outbound-azuremonitor', 'outbound-storage-445'],
];
const faults: readonly PlantedFault[] = [
  ...everythingOpen(allAccounts, [...trained, nodeSubnet], trained),
  in2020(train('nsg.inbound-batch', 'No rule allows inbound traffic from Batch.')),
  train('nsg.inbound-azureml-44224', 'No rule allows inbound traffic from Machine Learning.'),
  ...stopped.map((rule) => train(`nsg.${rule}`, 'DenyInternet (priority 200) denies it, and no rule allows it.')),
  faultsOf(trainSubnet)(
    'storage.exfiltration-policy',
    'No service endpoint policy limits which accounts it can reach.',
  ),
  in2020(tunnel('udr.batch-prefixes', 'No route bypasses the firewall.')),
  ...['udr.azureml-prefixes', 'udr.azureml-secondary-region'].map((rule) =>
    tunnel(rule, 'No route bypasses the firewall.'),
  ),
  tunnel('udr.storage-reachable', 'The firewall blocks storage, and the subnet has no service endpoint for it.'),
  in2020(inspected('firewall.inbound-dnat', 'It has no DNAT rule.')),
  inspected('firewall.current-rules', 'Almost no service tag is allowed.'),
  ofCompute('vm-tools')('vm.ssh-inbound-azureml', 'The security group of its NIC does not allow the service.'),
  spark('vm.hdinsight-same-rules', 'The security group of its subnet does not allow the service.'),
  spark('vm.hdinsight-management-inbound', 'The HDInsight service itself is blocked.'),
  served('aks.ip-plan', 'Five nodes with their pods do not fit into a /25.'),
  served('aks.identity-network-contributor', 'Its identity has the role Reader on the network.'),
  served('aks.internal-load-balancer', 'Its load balancer is public, and no caller is outside.'),
  nodes('aks.outbound-default', 'Its security group denies the Internet.', (draft) =>
    draft.rules(groupId('nsg-aks')).push(denyInternet(4000)),
  ),
  nodes('aks.outbound-acr', 'DenyInternet (4000) blocks images as well.'),
  ofCompute('dbw')('databricks.default-subnet', 'The network of Databricks has no subnet named default.'),
  ofWorkspace('aci.subnet-delegated', 'No subnet is delegated to container instances.'),
  faultsOf(containerSubnet)(
    'aci.delegation-service-exact',
    'The subnet for container instances is delegated to App Service.',
    setSubnet(containerSubnet, { delegation: 'Microsoft.Web/serverFarms' }),
  ),
];

const subnets = (): Record<string, SubnetSpec> => ({
  'snet-train': { prefix: '10.0.1.0/24', services, uses: 2, securityGroup: trainGroup },
  'snet-gpu': { prefix: '10.0.2.0/24', services, routeTable: table },
  'snet-dev': { prefix: '10.0.3.0/24', services, uses: 1 },
  'snet-pe': { prefix: '10.0.4.0/24' },
  'snet-tools': { prefix: '10.0.5.0/24', services },
  AzureFirewallSubnet: firewallSubnet('10.0.6.0/26', firewall),
  'snet-spark': { prefix: '10.0.7.0/24', services, uses: 5, securityGroup: groupId('nsg-spark') },
  // Nodes do not use the vault.
  'snet-aks': {
    ...{ prefix: '10.0.8.0/25', uses: 1, securityGroup: groupId('nsg-aks') },
    services: ['Microsoft.Storage', 'Microsoft.ContainerRegistry'],
  },
  'snet-aci': { prefix: '10.0.12.0/24' },
});

function setup(draft: WorldDraft): void {
  draft.workspace.imageBuildCompute = undefined;
  draft.machines = [
    {
      ...{ name: 'vm-tools', subnet: toolsSubnet, address: '10.0.5.4', power: 'running' },
      group: groupId('nsg-nic-tools'),
    },
  ];
  draft.securityGroups = {
    [trainGroup]: [denyInternet(200)],
    [groupId('nsg-aks')]: [],
    [groupId('nsg-nic-tools')]: [],
    [groupId('nsg-spark')]: [],
  };
  draft.routeTables[table] = [{ name: 'everything', prefix: '0.0.0.0/0', hop: '10.0.6.4' }];
  addCluster(draft, readerRole, 5);
  draft.bodies.push(
    attachedCompute('vm-tools', 'VirtualMachine', machineId('vm-tools'), sshAt('10.0.5.4')),
    attachedCompute('hdi-spark', 'HDInsight', hdinsightId('hdi-spark')),
  );
  addDatabricks(draft);
  draft.bodies.push(
    ...onlineEndpoints({ 'churn-sim': 'Enabled', 'fraud-sim': 'Disabled' }),
    hdinsightBody('hdi-spark', sparkSubnet),
    ...firewallBodies(firewall, subnet('AzureFirewallSubnet'), '10.0.6.4', '203.0.113.40', {
      collections: [
        {
          ...{ name: 'names', priority: 200, action: 'Allow' },
          application: [{ name: 'studio', from: ['10.0.2.0/24'], hosts: ['ml.azure.com', '*.azureml.ms'] }],
        },
      ],
    }),
  );
}

export const everything = world({
  name: 'everything',
  aliases: ['all'],
  title: 'All systems of the article, all open',
  base: closedByServiceEndpoints({ subnets }),
  setup,
  faults,
  intents: { devClientIps: [clientIp], externalScoring: false, usesAci: true, aciSubnets: [containerSubnet] },
});
