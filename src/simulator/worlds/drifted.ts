// World "drifted": a workspace that was put behind private endpoints, and then people came and went.
//
//   mlw-sim     door still public, one of its two zones linked to the wrong network, jobs run outside every subnet
//   stmlsim     default account: the file endpoint waits for approval, the workspace may not pass
//   stmldata    account of the training data: open, and never got an endpoint
//   lakemlsim   data lake: its endpoints lie in the old network, none for dfs, and the account is flat
//   stmlarch    archive: switched off altogether
//   kv-mlsim    vault: its zone is linked to the old network only, and the workspace may not pass
//   acrmlsim    registry: a subnet rule was left beside its endpoint, its zone is linked to the old network only, and the
//               workspace may not pass

import {
  insightsBody,
  kubernetesBody,
  list,
  registryBody,
  resourceGroup,
  storageAccount,
  vaultBody,
} from './bodies.ts';
import {
  account,
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
  zoneGroup,
  zoneId,
} from './names.ts';
import { networkBody, securityGroupWith, subnetBody } from './network-bodies.ts';
import {
  connectionsOf,
  type EndpointConnectionSpec,
  left,
  wireBodies,
  zoneBodies,
  zonesOf,
} from './private-endpoint-bodies.ts';
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
const brokenSubnet = subnet('snet-batch');
const oldSubnet = `${oldNetwork}/subnets/snet-pe`;
const operator = '203.0.113.77';
const compute = (name: string): string => `${workspace}/computes/${name}`;

const wires: readonly EndpointConnectionSpec[] = [
  { name: 'pe-mlw-sim', target: workspace, group: 'amlworkspace', subnet: endpointSubnet, address: '10.0.4.4' },
  { name: 'pe-stmlsim-blob', target: main, group: 'blob', subnet: endpointSubnet, address: '10.0.4.7' },
  { name: 'pe-kv-mlsim', target: vault, group: 'vault', subnet: endpointSubnet, address: '10.0.4.9' },
  { name: 'pe-acrmlsim', target: registry, group: 'registry', subnet: endpointSubnet, address: '10.0.4.10' },
  { name: 'pe-lakemlsim-blob', target: lake, group: 'blob', subnet: oldSubnet, address: '10.9.2.4' },
  { name: 'pe-lakemlsim-file', target: lake, group: 'file', subnet: oldSubnet, address: '10.9.2.5' },
].map((wire) => ({ ...wire, zones: zonesOf(wire.group).map(zoneId) }));
const waiting: EndpointConnectionSpec = {
  name: 'pe-stmlsim-file',
  target: main,
  group: 'file',
  subnet: endpointSubnet,
  address: '10.0.4.8',
  status: 'Pending',
};
const all = [...wires, waiting];

const linkedTo = (zone: string): string[] => (zone === zoneId('privatelink.api.azureml.ms') ? [network] : [oldNetwork]);
const zones = [...new Set(wires.flatMap((wire) => wire.zones ?? []))];

const faults: readonly WorldFault[] = [
  ...[trainSubnet, brokenSubnet].map((resource) => ({
    rule: 'compute.explicit-outbound',
    resource,
    says: 'Its cluster has no public address, and nobody made a way out.',
  })),
  {
    rule: 'nsg.outbound-internet-open',
    resource: trainSubnet,
    where: trainGroup,
    says: 'A deny of mail was never taken out.',
    needsIntent: 'outboundMode',
  },
  { rule: 'workspace.network-preexists', resource: brokenSubnet, says: 'The subnet is in state Failed.' },
  {
    rule: 'workspace.studio-blocked-by-secured-storage',
    resource: workspace,
    says: 'The default account is closed, and nothing lets the workspace through.',
  },
  { rule: 'workspace.public-network-access', resource: workspace, says: 'The public door was never shut.' },
  { rule: 'workspace.private-dns', resource: workspace, says: 'The notebooks zone is linked to the old network only.' },
  { rule: 'workspace.serverless-subnet', resource: workspace, says: 'Serverless jobs are pinned to no subnet.' },
  { rule: 'workspace.docker-range', resource: network, says: '172.17.4.0/22 is where Docker puts its bridge.' },
  { rule: 'compute.placed-in-vnet', resource: compute('ci-anna'), says: 'It sits in no subnet.' },
  { rule: 'compute.no-public-ip', resource: compute('ci-anna'), says: 'It has a public address.' },
  { rule: 'compute.no-public-ip', resource: compute('gpu-cluster'), says: 'Its nodes have public addresses.' },
  { rule: 'compute.ssh-public-access', resource: compute('gpu-cluster'), says: 'SSH is open to everybody.' },
  { rule: 'storage.default-action-deny', resource: data, says: 'It admits every network.' },
  { rule: 'storage.nondefault-accounts', resource: data, says: 'It is open.' },
  { rule: 'storage.nondefault-accounts', resource: lake, says: 'It has no endpoint for dfs.' },
  { rule: 'storage.nondefault-accounts', resource: archive, says: 'It has no endpoint.' },
  { rule: 'storage.bypass-azure-services', resource: main, says: 'Nothing of Microsoft’s may pass.' },
  {
    rule: 'storage.resource-instance-rule',
    resource: main,
    says: 'Neither a rule nor the bypass admits the workspace.',
  },
  { rule: 'storage.dev-client-ip', resource: main, says: `${operator} is in no rule.`, needsIntent: 'devClientIps' },
  { rule: 'storage.dev-client-ip', resource: lake, says: `${operator} is in no rule.`, needsIntent: 'devClientIps' },
  { rule: 'storage.ip-rules-legal', resource: lake, says: '20.0.0.0/7 holds 33 million addresses.' },
  { rule: 'storage.private-endpoints', resource: main, says: 'The one for files waits for approval.' },
  { rule: 'storage.private-endpoints', resource: data, says: 'It has none.' },
  { rule: 'storage.private-endpoints', resource: lake, says: 'There is none for dfs.' },
  { rule: 'storage.private-endpoints', resource: archive, says: 'It has none.' },
  { rule: 'storage.private-dns', resource: main, says: 'The blob zone is linked to the old network only.' },
  { rule: 'storage.private-dns', resource: lake, says: 'Its zones are linked to the old network only.' },
  { rule: 'storage.same-vnet-as-compute', resource: main, says: 'Files are not reached from the computes’ network.' },
  { rule: 'storage.same-vnet-as-compute', resource: lake, says: 'Its endpoints lie in the old network.' },
  { rule: 'storage.same-vnet-as-compute', resource: archive, says: 'No network reaches it.' },
  { rule: 'storage.adls2-hierarchical', resource: lake, says: 'The account is flat.' },
  { rule: 'storage.adls2-network-rules', resource: lake, says: 'There is no way in for dfs.' },
  { rule: 'storage.adls2-compute-same-vnet', resource: lake, says: 'Its endpoints lie in the old network.' },
  { rule: 'storage.studio-colocation', resource: main, says: 'No network holds the endpoints of both.' },
  { rule: 'storage.studio-colocation', resource: lake, says: 'Its endpoints lie in another network.' },
  { rule: 'storage.studio-colocation', resource: archive, says: 'It has no endpoint.' },
  { rule: 'storage.public-network-access', resource: archive, says: 'Switched off, and no endpoint leads to it.' },
  { rule: 'keyvault.private-endpoint', resource: vault, says: 'Its zone is linked to the old network only.' },
  { rule: 'keyvault.bypass-azure-services', resource: vault, says: 'The workspace cannot read its own secrets.' },
  {
    rule: 'keyvault.operator-access',
    resource: vault,
    says: `${operator} is in no rule.`,
    needsIntent: 'devClientIps',
  },
  { rule: 'keyvault.ip-rules-legal', resource: vault, says: '20.0.0.0/7 holds 33 million addresses.' },
  { rule: 'acr.private-endpoint', resource: registry, says: 'Its zone is linked to the old network only.' },
  { rule: 'acr.endpoint-kinds-exclusive', resource: registry, says: 'A subnet rule was left beside the endpoint.' },
  { rule: 'acr.build-cluster-egress', resource: registry, says: 'The builder gets out by Azure’s default alone.' },
  { rule: 'acr.trusted-services', resource: registry, says: 'The workspace service cannot push what it builds.' },
];

export const drifted: WorldFile = {
  name: 'drifted',
  aliases: [],
  title: 'Private endpoints, half kept up',
  faults,
  intents: { devClientIps: [operator], outboundMode: 'open' },
  resources: () =>
    list([
      resourceGroup(),
      resourceGroup(zoneGroup),
      workspaceBody(
        `, "imageBuildCompute": "cpu-cluster", ${workspaceConnections(connectionsOf(workspace, all))}, "serverlessComputeSettings": null`,
      ),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4, { publicIp: false }),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2, { ssh: 'Enabled' }),
      clusterCompute('batch-cluster', brokenSubnet, 'STANDARD_DS3_V2', 2, { publicIp: false }),
      instanceCompute('ci-anna', null),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      datastore('lake', 'AzureDataLakeGen2', 'lakemlsim', 'raw'),
      datastore('archive', 'AzureFile', 'stmlarch', 'runs'),
      storageAccount(
        'stmlsim',
        { bypass: 'None', defaultAction: 'Deny', addresses: ['198.51.100.0/24'] },
        { connections: connectionsOf(main, all) },
      ),
      storageAccount('stmldata', { bypass: 'AzureServices', defaultAction: 'Allow' }),
      storageAccount(
        'lakemlsim',
        { bypass: 'AzureServices', defaultAction: 'Deny', addresses: ['20.0.0.0/7'] },
        { connections: connectionsOf(lake, all) },
      ),
      storageAccount(
        'stmlarch',
        { bypass: 'AzureServices', defaultAction: 'Deny' },
        { publicNetworkAccess: 'Disabled' },
      ),
      vaultBody(
        { bypass: 'None', defaultAction: 'Deny', addresses: ['20.0.0.0/7'] },
        { connections: connectionsOf(vault, all) },
      ),
      registryBody('Premium', [trainSubnet], { connections: connectionsOf(registry, all), bypass: 'None' }),
      insightsBody(),
      kubernetesBody(),
      securityGroupWith(trainGroup, [
        {
          ...{ name: 'DenyMail', priority: 300, direction: 'Outbound', access: 'Deny', protocol: 'Tcp' },
          ...{ source: '*', destination: 'Internet', ports: '25' },
        },
      ]),
      networkBody(
        network,
        ['10.0.0.0/16', '172.17.4.0/22'],
        [
          subnetBody(trainSubnet, '10.0.1.0/24', {
            services: ['Microsoft.ContainerRegistry'],
            uses: 2,
            extra: `, "networkSecurityGroup": {"id": "${trainGroup}"}`,
          }),
          subnetBody(gpuSubnet, '10.0.2.0/24'),
          subnetBody(devSubnet, '10.0.3.0/24'),
          subnetBody(brokenSubnet, '172.17.4.0/24', { state: 'Failed' }),
          subnetBody(endpointSubnet, '10.0.4.0/24', { endpoints: left(endpointSubnet, all) }),
          subnetBody(subnet('snet-aks'), '10.0.8.0/22'),
        ],
      ),
      networkBody(oldNetwork, '10.9.0.0/16', [
        subnetBody(oldSubnet, '10.9.2.0/24', { endpoints: left(oldSubnet, all) }),
      ]),
      ...all.flatMap(wireBodies),
      ...zones.flatMap((zone) => zoneBodies(zone, linkedTo(zone), wires)),
    ]),
};
