// World "mixed": somebody began to close things and stopped half way.
//
//   stmlsim     default account: denies, admits only the training subnet, and forgot the trusted services
//   stmldata    account of the training data: still open, without trusted services
//   lakemlsim   data lake: denies, but admits an older network and thirty million strangers
//   stmlarch    archive: right in everything, but its public endpoint was switched off under its subnet rules
//   kv-mlsim    vault: denies, has one decorative rule, one subnet missing, no trusted services, a far too wide address rule
//   acrmlsim    registry: denies, admits only the training subnet, and images are built in another

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
  network,
  oldNetwork,
  registry,
  subnet,
  trainGroup,
  trainSubnet,
  vault,
  workspace,
} from './names.ts';
import { networkBody, securityGroupBody, subnetBody } from './network-bodies.ts';
import { connectionsOf, type EndpointConnectionSpec, left, wireBodies } from './private-endpoint-bodies.ts';
import { subnetsShutOut } from './registry-faults.ts';
import {
  clusterCompute,
  datastore,
  defaultDatastores,
  instanceCompute,
  workspaceBody,
  workspaceConnections,
} from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

const main = account('stmlsim');
const data = account('stmldata');
const lake = account('lakemlsim');
const archive = account('stmlarch');
const endpointSubnet = subnet('snet-pe');
const oldSubnet = `${oldNetwork}/subnets/snet-old`;
const doorWire: EndpointConnectionSpec = {
  name: 'pe-mlw-sim',
  target: workspace,
  group: 'amlworkspace',
  subnet: endpointSubnet,
  address: '10.0.4.4',
};
const operator = '203.0.113.77';

const notNamed = (resource: string, where: string): WorldFault => ({
  rule: 'storage.vnet-rule-compute-subnet',
  resource,
  where,
  says: 'The account does not name this compute subnet.',
});

const faults: readonly WorldFault[] = [
  {
    rule: 'workspace.studio-blocked-by-secured-storage',
    resource: workspace,
    says: 'The default account is closed, and nothing lets the workspace through.',
  },
  { rule: 'workspace.private-dns', resource: workspace, says: 'No zone was ever made for its private endpoint.' },
  notNamed(main, gpuSubnet),
  notNamed(main, devSubnet),
  ...computeSubnets.map((where) => notNamed(data, where)),
  ...computeSubnets.map((where) => notNamed(lake, where)),
  ...[main, data, lake, archive].flatMap((resource) =>
    [gpuSubnet, devSubnet].map((where) => ({
      rule: 'storage.subnet-service-endpoint',
      resource,
      where,
      says: 'The subnet has no storage endpoint.',
    })),
  ),
  {
    rule: 'storage.bypass-azure-services',
    resource: main,
    says: 'Only logging and metrics may pass, not the workspace.',
  },
  { rule: 'storage.bypass-azure-services', resource: data, says: 'Nothing may pass once the account denies.' },
  {
    rule: 'storage.resource-instance-rule',
    resource: main,
    says: 'Neither a rule nor the bypass admits the workspace.',
  },
  { rule: 'storage.dev-client-ip', resource: main, says: `${operator} is in no rule.`, needsIntent: 'devClientIps' },
  { rule: 'storage.dev-client-ip', resource: lake, says: `${operator} is in no rule.`, needsIntent: 'devClientIps' },
  {
    rule: 'storage.studio-colocation',
    resource: main,
    says: 'The endpoint of the workspace sits in a subnet that is not admitted.',
  },
  {
    rule: 'storage.studio-colocation',
    resource: lake,
    says: 'The endpoint of the workspace sits in a subnet that is not admitted.',
  },
  {
    rule: 'storage.default-action-deny',
    resource: data,
    says: 'The account of the training data admits every network.',
  },
  { rule: 'storage.nondefault-accounts', resource: data, says: 'It is open.' },
  { rule: 'storage.nondefault-accounts', resource: lake, says: 'It admits none of the compute subnets.' },
  { rule: 'storage.adls2-network-rules', resource: lake, says: 'It admits none of the compute subnets.' },
  { rule: 'storage.same-vnet-as-compute', resource: lake, says: 'All its rules name another network.' },
  { rule: 'storage.adls2-compute-same-vnet', resource: lake, says: 'All its rules name another network.' },
  {
    rule: 'storage.ip-rules-legal',
    resource: lake,
    says: '20.0.0.0/7 holds 33 million addresses: closed in name only.',
  },
  {
    rule: 'storage.public-network-access',
    resource: archive,
    says: 'Switched off, while computes come by subnet rules.',
  },
  {
    rule: 'keyvault.vnet-rule-compute-subnet',
    resource: vault,
    where: gpuSubnet,
    says: 'Named, but the subnet has no endpoint: decorative.',
  },
  {
    rule: 'keyvault.vnet-rule-compute-subnet',
    resource: vault,
    where: devSubnet,
    says: 'The vault does not name this compute subnet.',
  },
  {
    rule: 'keyvault.subnet-service-endpoint',
    resource: vault,
    where: gpuSubnet,
    says: 'The subnet has no key vault endpoint.',
  },
  { rule: 'keyvault.bypass-azure-services', resource: vault, says: 'The workspace cannot read its own secrets.' },
  {
    rule: 'keyvault.ip-rules-legal',
    resource: vault,
    says: '20.0.0.0/7 holds 33 million addresses: closed in name only.',
  },
  {
    rule: 'keyvault.operator-access',
    resource: vault,
    says: `${operator} is in no rule.`,
    needsIntent: 'devClientIps',
  },
  ...subnetsShutOut([gpuSubnet, devSubnet]),
  { rule: 'acr.same-vnet-subnet', resource: registry, says: 'Neither store admits the subnet that builds the images.' },
  {
    rule: 'acr.build-cluster-same-subnet',
    resource: registry,
    says: 'Images are built in a subnet that neither store admits.',
  },
  { rule: 'acr.build-cluster-cpu', resource: registry, says: 'Images are built on graphics nicConfigurations.' },
  {
    rule: 'acr.shared-private-link',
    resource: registry,
    says: 'The workspace has an endpoint, and no link to the closed registry.',
  },
];

export const mixed: WorldFile = {
  name: 'mixed',
  aliases: [],
  title: 'Half done',
  faults,
  intents: { devClientIps: [operator] },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(
        `, "imageBuildCompute": "gpu-cluster", ${workspaceConnections(connectionsOf(workspace, [doorWire]))}`,
      ),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      clusterCompute('gpu-cluster', gpuSubnet.toLowerCase(), 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      datastore('lake', 'AzureDataLakeGen2', 'lakemlsim', 'raw'),
      datastore('archive', 'AzureFile', 'stmlarch', 'runs'),
      storageAccount('stmlsim', {
        bypass: 'Logging, Metrics',
        defaultAction: 'Deny',
        rules: [storageRule(trainSubnet.toLowerCase())],
        addresses: ['198.51.100.0/24'],
      }),
      storageAccount('stmldata', { bypass: 'None', defaultAction: 'Allow' }),
      storageAccount(
        'lakemlsim',
        {
          bypass: 'AzureServices',
          defaultAction: 'Deny',
          rules: [storageRule(oldSubnet)],
          addresses: ['198.51.100.7', '20.0.0.0/7'],
        },
        { hierarchical: true },
      ),
      storageAccount(
        'stmlarch',
        {
          bypass: 'Metrics, AzureServices',
          defaultAction: 'Deny',
          rules: [...computeSubnets, endpointSubnet].map((id) => storageRule(id)),
        },
        { publicNetworkAccess: 'Disabled' },
      ),
      vaultBody({
        bypass: 'None',
        defaultAction: 'Deny',
        rules: [vaultRule(trainSubnet), vaultRule(gpuSubnet, true)],
        addresses: ['198.51.100.7/32', '20.0.0.0/7'],
      }),
      registryBody('Premium', [trainSubnet]),
      insightsBody(),
      kubernetesBody(),
      securityGroupBody(),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', {
          services: ['Microsoft.Storage', 'Microsoft.KeyVault', 'Microsoft.ContainerRegistry'],
          uses: 2,
          extra: `, "networkSecurityGroup": {"id": "${trainGroup}"}`,
        }),
        subnetBody(gpuSubnet, '10.0.2.0/24'),
        subnetBody(devSubnet, '10.0.3.0/24', { services: ['Microsoft.KeyVault'], uses: 1 }),
        subnetBody(endpointSubnet, '10.0.4.0/24', {
          services: ['Microsoft.Storage'],
          endpoints: left(endpointSubnet, [doorWire]),
        }),
        subnetBody(subnet('snet-aks'), '10.0.8.0/22'),
      ]),
      networkBody(oldNetwork, '10.9.0.0/16', [
        subnetBody(oldSubnet, '10.9.1.0/24', { services: ['Microsoft.Storage'] }),
      ]),
      ...wireBodies(doorWire),
    ]),
};
