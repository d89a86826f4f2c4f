// World "everything": a workspace that uses all that the article speaks of, in one network, and none of it was ever closed: three
// accounts with a Data Lake among them, the vault, a Basic registry, clusters and an instance, a subnet with outbound half limited
// and one forced through an Azure Firewall, a Kubernetes cluster, a machine and an HDInsight cluster of one's own, Databricks in a
// network beside it, a subnet meant for container instances, and two online endpoints.
import {
  clusterAttached,
  clusterBodies,
  clusterRole,
  databricks,
  databricksBody,
  databricksNic,
  hdinsightBody,
  hdinsightId,
  machineBodies,
  machineId,
  nicConfiguration,
} from './attached-compute-bodies.ts';
import { list, resourceGroup } from './bodies.ts';
import { firewallBodies, firewallSubnetBody } from './firewall-bodies.ts';
import {
  account,
  cluster,
  computeSubnets,
  devSubnet,
  gpuSubnet,
  group,
  inGroup,
  network,
  subnet,
  trainGroup,
  trainSubnet,
  vault,
  workspace,
} from './names.ts';
import { networkBody, type RuleText, routeTableBody, securityGroupWith, subnetBody } from './network-bodies.ts';
import { openAccounts, openServices } from './open-parts.ts';
import { bornOpen, subnetsShutOut } from './registry-faults.ts';
import {
  attachedCompute,
  clusterCompute,
  instanceCompute,
  onlineEndpoints,
  sshAt,
  workspaceBody,
} from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

const [nodeSubnet, toolsSubnet, sparkSubnet, containerSubnet, wall] = [
  'snet-aks',
  'snet-tools',
  'snet-spark',
  'snet-aci',
  'AzureFirewallSubnet',
].map(subnet) as [string, string, string, string, string];
const groupId = (name: string): string => inGroup('Microsoft.Network/networkSecurityGroups', name);
const table = inGroup('Microsoft.Network/routeTables', 'rt-gpu');
const firewall = inGroup('Microsoft.Network/azureFirewalls', 'afw-ml');
const bricksNetwork = inGroup('Microsoft.Network/virtualNetworks', 'vnet-dbw');
const [host, container] = ['databricks-public', 'databricks-private'];
const handed = {
  delegation: 'Microsoft.Databricks/workspaces',
  extra: `, "networkSecurityGroup": {"id": "${groupId('nsg-dbw')}"}`,
};
const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';

const hung = (name: string): string => `, "networkSecurityGroup": {"id": "${groupId(name)}"}`;
const denyInternet = (priority: number): RuleText => ({
  ...{ name: 'DenyInternet', priority, direction: 'Outbound', access: 'Deny' },
  ...{ protocol: '*', source: '*', destination: 'Internet', ports: '*' },
});

const trained = [...computeSubnets, toolsSubnet, sparkSubnet];
const used = [...trained, nodeSubnet];
const of =
  (resource: string, where?: string) =>
  (rule: string, says: string): WorldFault => ({ rule, resource, ...(where === undefined ? {} : { where }), says });
const compute = (name: string) => of(`${workspace}/computes/${name}`);
const [machine, spark, served] = [compute('vm-tools'), compute('hdi-spark'), compute('aks-serve')];
const nodes = of(`${workspace}/computes/aks-serve`, nodeSubnet);
const [group200, tunnel, inspected] = [of(trainSubnet, trainGroup), of(gpuSubnet, table), of(gpuSubnet, firewall)];

/** What the deny at 200 stops. */
const stopped = [
  ...['outbound-storage', 'outbound-acr', 'outbound-arm', 'outbound-entra', 'outbound-mcr', 'outbound-azureml'],
  ...['outbound-azureml-ports', 'outbound-batchnodemanagement', 'outbound-frontdoor-frontend'],
  ...['outbound-frontdoor-firstparty', 'outbound-azuremonitor', 'outbound-storage-445'],
];
const faults: readonly WorldFault[] = [
  ...openAccounts.flatMap((name) => [
    of(account(name))('storage.default-action-deny', `${name} admits every network.`),
    ...used.flatMap((where) => [
      of(account(name), where)('storage.vnet-rule-compute-subnet', `${name} does not name this subnet.`),
      of(account(name), where)('storage.subnet-service-endpoint', 'The subnet has no storage endpoint.'),
    ]),
  ]),
  ...['stmldata', 'lakemlsim'].map((name) => of(account(name))('storage.nondefault-accounts', `${name} is open.`)),
  of(account('lakemlsim'))('storage.adls2-network-rules', 'The data lake went through none of the steps.'),
  of(vault)('keyvault.default-action-deny', 'The firewall of the vault was never set.'),
  ...trained.flatMap((where) => [
    of(vault, where)('keyvault.vnet-rule-compute-subnet', 'The vault does not name this subnet.'),
    of(vault, where)('keyvault.subnet-service-endpoint', 'The subnet has no key vault endpoint.'),
  ]),
  ...bornOpen,
  ...subnetsShutOut(used),
  group200('nsg.inbound-batch', 'No rule lets Batch in.'),
  group200('nsg.inbound-azureml-44224', 'No rule lets the service in.'),
  ...stopped.map((rule) => group200(`nsg.${rule}`, 'The deny at 200 comes first.')),
  of(trainSubnet)('storage.exfiltration-policy', 'No policy limits which accounts it may reach.'),
  ...['udr.batch-prefixes', 'udr.azureml-prefixes', 'udr.azureml-secondary-region'].map((rule) =>
    tunnel(rule, 'No route leads past the tunnel.'),
  ),
  tunnel('udr.storage-reachable', 'The firewall lets no storage pass, and there is no service endpoint.'),
  inspected('firewall.inbound-dnat', 'It translates nothing.'),
  inspected('firewall.current-rules', 'Almost all tags are missing.'),
  machine('vm.ssh-inbound-azureml', 'The group of its interface lets the service in nowhere.'),
  spark('vm.hdinsight-same-rules', 'The group of its subnet lets the service in nowhere.'),
  spark('vm.hdinsight-management-inbound', 'HDInsight’s own service is shut out.'),
  served('aks.ip-plan', 'Five nodes with their pods do not fit into a /25.'),
  served('aks.identity-network-contributor', 'Its identity is a reader of the network.'),
  served('aks.internal-load-balancer', 'Nobody from outside is to call it, and its address is public.'),
  nodes('aks.outbound-default', 'Its security group denies the Internet.'),
  nodes('aks.outbound-acr', 'The deny stops images as well.'),
  compute('dbw')('databricks.default-subnet', 'The network of Databricks has no subnet named default.'),
  of(workspace)('aci.subnet-delegated', 'No subnet is handed to container instances.'),
  of(containerSubnet)('aci.delegation-service-exact', 'The subnet meant for them is handed to App Service.'),
];

export const everything: WorldFile = {
  name: 'everything',
  aliases: ['all'],
  title: 'All systems of the article, all of them open',
  faults,
  intents: { devClientIps: ['203.0.113.77'], externalScoring: false, usesAci: true, aciSubnets: [containerSubnet] },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet),
      clusterAttached('aks-serve'),
      attachedCompute('vm-tools', 'VirtualMachine', machineId('vm-tools'), sshAt('10.0.5.4')),
      attachedCompute('hdi-spark', 'HDInsight', hdinsightId('hdi-spark')),
      attachedCompute('dbw', 'Databricks', databricks, { workspaceUrl: 'adb-1234567890123456.7.azuredatabricks.net' }),
      ...onlineEndpoints({ 'churn-sim': 'Enabled', 'fraud-sim': 'Disabled' }),
      ...clusterBodies(cluster, [{ name: 'nodepool1', subnet: nodeSubnet, count: 1, maxCount: 5 }]),
      clusterRole(group, reader, 'cccccccc-cccc-cccc-cccc-cccccccccccc'),
      databricksBody({ network: bricksNetwork, host, container }),
      ...machineBodies({
        ...{ name: 'vm-tools', subnet: toolsSubnet, address: '10.0.5.4', power: 'running' },
        group: groupId('nsg-card-tools'),
      }),
      hdinsightBody('hdi-spark', sparkSubnet),
      ...openServices(),
      securityGroupWith(trainGroup, [denyInternet(200)]),
      securityGroupWith(groupId('nsg-aks'), [denyInternet(4000)]),
      securityGroupWith(groupId('nsg-card-tools'), []),
      securityGroupWith(groupId('nsg-spark'), []),
      securityGroupWith(groupId('nsg-dbw'), []),
      routeTableBody(table, [{ name: 'everything', prefix: '0.0.0.0/0', hop: '10.0.6.4' }]),
      ...firewallBodies(firewall, wall, '10.0.6.4', '203.0.113.40', {
        collections: [
          {
            ...{ name: 'names', priority: 200, action: 'Allow' },
            application: [{ name: 'studio', from: ['10.0.2.0/24'], hosts: ['ml.azure.com', '*.azureml.ms'] }],
          },
        ],
      }),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', { uses: 2, extra: hung('nsg-train') }),
        subnetBody(gpuSubnet, '10.0.2.0/24', { extra: `, "routeTable": {"id": "${table}"}` }),
        subnetBody(devSubnet, '10.0.3.0/24', { uses: 1 }),
        subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
        subnetBody(toolsSubnet, '10.0.5.0/24', { nicConfigurations: [nicConfiguration('vm-tools')] }),
        firewallSubnetBody(wall, '10.0.6.0/26', firewall),
        subnetBody(sparkSubnet, '10.0.7.0/24', { uses: 5, extra: hung('nsg-spark') }),
        subnetBody(nodeSubnet, '10.0.8.0/25', { uses: 1, extra: hung('nsg-aks') }),
        subnetBody(containerSubnet, '10.0.12.0/24', { delegation: 'Microsoft.Web/serverFarms' }),
      ]),
      networkBody(bricksNetwork, '10.1.0.0/20', [
        subnetBody(`${bricksNetwork}/subnets/${host}`, '10.1.0.0/26', {
          ...handed,
          nicConfigurations: [databricksNic(0), databricksNic(1)],
        }),
        subnetBody(`${bricksNetwork}/subnets/${container}`, '10.1.0.64/26', {
          ...handed,
          nicConfigurations: [databricksNic(2), databricksNic(3)],
        }),
      ]),
    ]),
};
