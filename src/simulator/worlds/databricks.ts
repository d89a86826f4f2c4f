// World "databricks": right by service endpoints, with a Databricks workspace in a network of its own that nobody thought of when
// the account was closed.
//
// Planted: the account admits one of the two subnets of Databricks, and the other has no storage endpoint either; the subnet
// named default was deleted; models went to container instances once, and left their link in a subnet.
import {
  associationLinkBody,
  boundSubnet,
  databricks,
  databricksBody,
  databricksNic,
} from './attached-compute-bodies.ts';
import {
  insightsBody,
  kubernetesBody,
  list,
  registryBody,
  resourceGroup,
  storageAccount,
  storageRule,
  vaultBody,
  vaultRule,
} from './bodies.ts';
import {
  account,
  computeSubnets,
  devSubnet,
  gpuSubnet,
  inGroup,
  network,
  services,
  subnet,
  trainSubnet,
  workspace,
} from './names.ts';
import { networkBody, securityGroupWith, subnetBody } from './network-bodies.ts';
import {
  attachedCompute,
  clusterCompute,
  defaultDatastores,
  instanceCompute,
  workspaceBody,
} from './workspace-bodies.ts';
import type { WorldFile } from './world.ts';

const bricksNetwork = inGroup('Microsoft.Network/virtualNetworks', 'vnet-dbw');
const bricksGroup = inGroup('Microsoft.Network/networkSecurityGroups', 'nsg-dbw');
const [host, container] = ['databricks-public', 'databricks-private'];
const [hostSubnet, containerSubnet] = [`${bricksNetwork}/subnets/${host}`, `${bricksNetwork}/subnets/${container}`];
const compute = `${workspace}/computes/dbw`;
const oldSubnet = subnet('snet-aci-old');
const handed = {
  delegation: 'Microsoft.Databricks/workspaces',
  extra: `, "networkSecurityGroup": {"id": "${bricksGroup}"}`,
};
/** As the service writes them (Azure/azure-quickstart-templates pull request 8931, read 2026). */
const owned = 'Microsoft.Databricks-workspaces_UseOnly_databricks';
const inside = { source: 'VirtualNetwork', access: 'Allow' } as const;

export const databricksWorld: WorldFile = {
  name: 'databricks',
  aliases: [],
  title: 'Databricks beside a workspace that is closed',
  faults: [
    {
      rule: 'databricks.storage-same-vnet',
      resource: compute,
      where: account('stmlsim'),
      says: 'The account admits the hosts of Databricks, and not its containers.',
    },
    {
      rule: 'databricks.default-subnet',
      resource: compute,
      says: 'The network of Databricks has no subnet named default.',
    },
    {
      rule: 'aci.delegation-removable',
      resource: oldSubnet,
      says: 'The last container group is gone, and the link of its service is left.',
    },
  ],
  intents: { devClientIps: [], usesAci: false },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(', "imageBuildCompute": "cpu-cluster"'),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet),
      attachedCompute('dbw', 'Databricks', databricks, { workspaceUrl: 'adb-1234567890123456.7.azuredatabricks.net' }),
      databricksBody({ network: bricksNetwork, host, container }),
      ...defaultDatastores(),
      storageAccount('stmlsim', {
        bypass: 'AzureServices',
        defaultAction: 'Deny',
        rules: [...computeSubnets, hostSubnet].map((where) => storageRule(where)),
      }),
      vaultBody({
        bypass: 'AzureServices',
        defaultAction: 'Deny',
        rules: computeSubnets.map((where) => vaultRule(where)),
      }),
      registryBody('Premium', computeSubnets),
      insightsBody(),
      kubernetesBody(),
      securityGroupWith(bricksGroup, [
        {
          ...{ name: `${owned}-worker-to-worker-inbound`, priority: 100, direction: 'Inbound', ...inside },
          ...{ protocol: '*', destination: 'VirtualNetwork', ports: '*' },
        },
        {
          ...{ name: `${owned}-worker-to-worker-outbound`, priority: 100, direction: 'Outbound', ...inside },
          ...{ protocol: '*', destination: 'VirtualNetwork', ports: '*' },
        },
        {
          ...{ name: `${owned}-worker-to-storage`, priority: 101, direction: 'Outbound', ...inside },
          ...{ protocol: 'tcp', destination: 'Storage', ports: '443' },
        },
      ]),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', { services, uses: 2 }),
        subnetBody(gpuSubnet, '10.0.2.0/24', { services }),
        subnetBody(devSubnet, '10.0.3.0/24', { services, uses: 1 }),
        subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
        subnetBody(oldSubnet, '10.0.5.0/24', {
          delegation: 'Microsoft.ContainerInstance/containerGroups',
          extra: boundSubnet(oldSubnet),
        }),
        subnetBody(subnet('snet-aks'), '10.0.8.0/22'),
      ]),
      associationLinkBody(oldSubnet),
      networkBody(bricksNetwork, '10.1.0.0/20', [
        subnetBody(hostSubnet, '10.1.0.0/26', {
          ...handed,
          services: ['Microsoft.Storage'],
          nicConfigurations: [databricksNic(0), databricksNic(1)],
        }),
        subnetBody(containerSubnet, '10.1.0.64/26', {
          ...handed,
          nicConfigurations: [databricksNic(2), databricksNic(3)],
        }),
        subnetBody(`${bricksNetwork}/subnets/snet-pe`, '10.1.1.0/26'),
      ]),
    ]),
};
