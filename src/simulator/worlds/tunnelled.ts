// World "tunnelled": closed by service endpoints, and the Internet traffic of every subnet is forced through an appliance; the
// routes past it are wrong at each subnet in a way of its own.
//
//   rt-train   one prefix of Batch is missing and one leads to the appliance; none of Machine Learning
//   rt-gpu     lists of prefixes where a tag would do, and one that the service has given up
//   rt-dev     routes past the tunnel, and no compute that anybody calls
//   rt-low     leads to an Azure Firewall that lets no storage pass, and the subnet has no endpoint for it
//   snet-edge  no route table: its gateway may have learnt a default route, and the routes past it hang elsewhere
//
// A machine runs in snet-edge and in snet-train: asked what is in effect there, Azure shows that the gateway has learnt one.

import { machineBodies, networkWatcher, nicConfiguration } from './attached-compute-bodies.ts';
import { kubernetesBody, list, resourceGroup, shutBut } from './bodies.ts';
import { firewallBodies, firewallSubnetBody } from './firewall-bodies.ts';
import { account, devSubnet, gpuSubnet, inGroup, network, services, subnet, trainSubnet, workspace } from './names.ts';
import {
  gatewayBodies,
  networkBody,
  past,
  pastEach,
  type RouteText,
  routeTableBody,
  subnetBody,
} from './network-bodies.ts';
import { clusterCompute, datastore, defaultDatastores, instanceCompute, workspaceBody } from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

const lowSubnet = subnet('snet-low');
const edgeSubnet = subnet('snet-edge');
const gatewaySubnet = subnet('GatewaySubnet');
const firewallSubnet = subnet('AzureFirewallSubnet');
const subnets = [trainSubnet, gpuSubnet, devSubnet, lowSubnet, edgeSubnet];
const tableId = (name: string): string => inGroup('Microsoft.Network/routeTables', name);
const [trainTable, gpuTable, devTable, lowTable] = ['rt-train', 'rt-gpu', 'rt-dev', 'rt-low'].map(tableId) as [
  string,
  string,
  string,
  string,
];
const appliance = '10.0.9.4';
const firewall = '10.0.6.4';
const firewallId = inGroup('Microsoft.Network/azureFirewalls', 'afw-low');
/** Storage is not among them. */
const letPast = [
  ...['AzureResourceManager', 'AzureMachineLearning', 'BatchNodeManagement.WestEurope', 'AzureMonitor'],
  ...['AzureFrontDoor.Frontend', 'AzureFrontDoor.FirstParty', 'MicrosoftContainerRegistry'],
];
const all = (hop: string): RouteText => ({ name: 'everything', prefix: '0.0.0.0/0', hop });

/** Azure IP Ranges and Service Tags, public cloud, 10 November 2025: IPv4 of West Europe and of North Europe. */
const batchWest = ['13.69.65.64/26', '13.69.106.128/26', '13.69.125.173/32', '13.73.153.226/32'];
const batchNorth = ['13.69.229.32/27', '13.74.107.128/27', '13.79.172.125/32', '20.38.85.224/27'];
/** Belonged to the service once, in this world. */
const givenUp = '203.0.113.64/27';

const at =
  (resource: string, where?: string) =>
  (rule: string, says: string): WorldFault => ({ rule, resource, ...(where === undefined ? {} : { where }), says });
const train = at(trainSubnet, trainTable);
const gpu = at(gpuSubnet, gpuTable);
const low = at(lowSubnet, lowTable);

const faults: readonly WorldFault[] = [
  { rule: 'compute.npip-private-endpoint', resource: network, says: 'An instance does not find the service.' },
  train('udr.batch-prefixes', 'One prefix is missing, one leads to the appliance.'),
  train('udr.next-hop-internet', 'A prefix of Batch leads to the appliance.'),
  train('udr.azureml-prefixes', 'None of its prefixes has a route.'),
  train('udr.azureml-secondary-region', 'Neither region has routes.'),
  gpu('udr.prefix-drift', 'The service has given up one of the prefixes.'),
  gpu('udr.service-tag-routes', 'Eight prefixes of Batch, where its tag would do.'),
  at(devSubnet, devTable)(
    'udr.not-needed',
    'The instance has no public address, and two routes past the tunnel are left.',
  ),
  low('udr.storage-reachable', 'The firewall lets no storage pass, and there is no service endpoint.'),
  ...['stmlsim', 'stmldata'].map((name) =>
    at(account(name), lowSubnet)('storage.subnet-service-endpoint', 'The subnet has no endpoint for storage.'),
  ),
  at(lowSubnet, firewallId)('firewall.current-rules', 'Storage, Entra ID and packages are missing.'),
  at(edgeSubnet)('udr.table-on-compute-subnet', 'The routes past the tunnel hang on other subnets.'),
  at(workspace)('workspace.private-endpoint', 'The instance has no public address to reach it with.'),
];

const hung = (table: string): string => `, "routeTable": {"id": "${table}"}`;

export const tunnelled: WorldFile = {
  name: 'tunnelled',
  aliases: [],
  title: 'The Internet by way of an appliance',
  faults,
  intents: { devClientIps: [] },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(', "imageBuildCompute": "cpu-cluster"'),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      instanceCompute('ci-berta', trainSubnet),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet, { publicIp: false }),
      clusterCompute('low-cluster', lowSubnet, 'STANDARD_DS3_V2', 4),
      clusterCompute('edge-cluster', edgeSubnet, 'STANDARD_DS3_V2', 2),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      ...shutBut(subnets, ['stmlsim', 'stmldata']),
      kubernetesBody(),
      routeTableBody(trainTable, [
        all(appliance),
        past('batch-a', batchWest[0] ?? ''),
        past('batch-b', batchWest[1] ?? ''),
        { name: 'batch-c', prefix: batchWest[2] ?? '', hop: appliance },
      ]),
      routeTableBody(gpuTable, [
        all(appliance),
        ...pastEach('bastide-batch', [...batchWest, ...batchNorth, givenUp]),
        past('bastide-azureml', 'AzureMachineLearning'),
      ]),
      routeTableBody(devTable, [
        all(appliance),
        past('to-batch', 'BatchNodeManagement'),
        past('to-azureml', 'AzureMachineLearning'),
      ]),
      routeTableBody(lowTable, [
        all(firewall),
        past('bastide-batch', 'BatchNodeManagement'),
        past('bastide-azureml', 'AzureMachineLearning'),
      ]),
      ...firewallBodies(firewallId, firewallSubnet, firewall, '203.0.113.42', {
        collections: [
          {
            ...{ name: 'services', priority: 200, action: 'Allow' },
            network: [{ name: 'tags', from: ['10.0.0.0/16'], protocols: ['TCP'], to: letPast, ports: ['443'] }],
          },
        ],
      }),
      ...gatewayBodies({ subnet: gatewaySubnet, ranges: ['192.168.10.0/24'], isDefault: true }),
      ...machineBodies({ name: 'vm-edge', subnet: edgeSubnet, address: '10.0.7.8', power: 'running' }),
      ...machineBodies({ name: 'vm-train', subnet: trainSubnet, address: '10.0.1.9', power: 'running' }),
      networkWatcher(),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', {
          ...{ services, uses: 3, extra: hung(trainTable) },
          nicConfigurations: [nicConfiguration('vm-train')],
        }),
        subnetBody(gpuSubnet, '10.0.2.0/24', { services, extra: hung(gpuTable) }),
        subnetBody(devSubnet, '10.0.3.0/24', { services, uses: 1, extra: hung(devTable) }),
        subnetBody(lowSubnet, '10.0.5.0/24', { services: services.slice(1), extra: hung(lowTable) }),
        subnetBody(edgeSubnet, '10.0.7.0/24', { services, nicConfigurations: [nicConfiguration('vm-edge')] }),
        firewallSubnetBody(firewallSubnet, '10.0.6.0/26', firewallId),
        subnetBody(subnet('snet-nva'), '10.0.9.0/28'),
        subnetBody(gatewaySubnet, '10.0.250.0/27'),
        subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
        subnetBody(subnet('snet-aks'), '10.0.16.0/22'),
      ]),
    ]),
};
