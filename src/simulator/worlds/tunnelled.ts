// World "tunnelled": closed by service endpoints, and the Internet traffic of every subnet is forced through an appliance; the
// routes that bypass it are wrong at each subnet in a different manner. rt-low leads to an Azure Firewall. snet-edge has no route
// table: machines run there and in snet-train, whose effective routes show the default route that the VPN gateway has learnt.
import { networkWatcher } from './attached-compute-bodies.ts';
import { closedByServiceEndpoints } from './bases.ts';
import { noStorageEndpoint, ofWorkspace } from './faults.ts';
import { firewallBodies, firewallSubnet } from './firewall-bodies.ts';
import { devSubnet, gpuSubnet, inGroup, network, services, subnet, trainSubnet } from './names.ts';
import { gatewayBodies, past, pastEach, type RouteText } from './network-bodies.ts';
import { faultsOf, in2020, type PlantedFault, world } from './world.ts';

const lowSubnet = subnet('snet-low');
const edgeSubnet = subnet('snet-edge');
const gatewaySubnet = subnet('GatewaySubnet');
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
/** What the firewall allows; Storage is not among them. */
const allowedTags = [
  ...['AzureResourceManager', 'AzureMachineLearning', 'BatchNodeManagement.WestEurope', 'AzureMonitor'],
  ...['AzureFrontDoor.Frontend', 'AzureFrontDoor.FirstParty', 'MicrosoftContainerRegistry'],
];
const defaultRoute = (hop: string): RouteText => ({ name: 'everything', prefix: '0.0.0.0/0', hop });

/** Azure IP Ranges and Service Tags, public cloud, 10 November 2025: AzureMachineLearning in West Europe and in North Europe. */
const west = ['13.69.64.192/28', '13.69.106.192/28', '20.86.88.160/28', '40.74.24.96/28'];
const north = ['13.69.227.192/28', '13.74.107.160/28', '20.38.80.96/28', '20.82.244.0/28'];
/** The service no longer uses it, in this world. */
const retiredPrefix = '203.0.113.64/27';

const [train, gpu, low] = [
  faultsOf(trainSubnet, trainTable),
  faultsOf(gpuSubnet, gpuTable),
  faultsOf(lowSubnet, lowTable),
];
const noPublicPath = 'The instance has no public address and no private endpoint to reach the workspace.';

const faults: readonly PlantedFault[] = [
  faultsOf(network)('compute.npip-private-endpoint', noPublicPath),
  in2020(train('udr.batch-prefixes', 'No prefix of Batch has a route.')),
  train(
    'udr.azureml-prefixes',
    'One prefix of Machine Learning has no route, and one leads to the appliance.',
    (draft) => draft.routes(trainTable).push(past('azureml-a', west[0] ?? ''), past('azureml-b', west[1] ?? '')),
  ),
  train('udr.next-hop-internet', 'A prefix of Machine Learning leads to the appliance.', (draft) =>
    draft.routes(trainTable).push({ name: 'azureml-c', prefix: west[2] ?? '', hop: appliance }),
  ),
  train('udr.azureml-secondary-region', 'The paired region has no routes.'),
  gpu('udr.prefix-drift', 'The service no longer uses one of the prefixes.', (draft) =>
    draft.routes(gpuTable).push(...pastEach('bastide-azureml', [...west, ...north, retiredPrefix])),
  ),
  gpu('udr.service-tag-routes', 'Eight routes name prefixes of Machine Learning; one for its service tag would do.'),
  faultsOf(devSubnet, devTable)(
    'udr.not-needed',
    'The instance has no public address, and two routes still bypass the appliance.',
    (draft) =>
      draft.routes(devTable).push(past('to-batch', 'BatchNodeManagement'), past('to-azureml', 'AzureMachineLearning')),
  ),
  low('udr.storage-reachable', 'The firewall blocks storage, and the subnet has no service endpoint for it.'),
  ...['stmlsim', 'stmldata'].map((name) => noStorageEndpoint(name, lowSubnet)),
  faultsOf(lowSubnet, firewallId)('firewall.current-rules', 'Storage, Entra ID and packages are not allowed.'),
  faultsOf(edgeSubnet)('udr.table-on-compute-subnet', 'The route tables are associated with other subnets.'),
  ofWorkspace('workspace.private-endpoint', noPublicPath),
];

export const tunnelled = world({
  name: 'tunnelled',
  title: 'Internet traffic forced through an appliance',
  base: closedByServiceEndpoints({
    accounts: ['stmlsim', 'stmldata'],
    computes: {
      'cpu-cluster': { subnet: trainSubnet },
      'ci-berta': { subnet: trainSubnet, isInstance: true },
      'gpu-cluster': { subnet: gpuSubnet, vmSize: 'STANDARD_NC6S_V3', maxNodes: 2 },
      'ci-anna': { subnet: devSubnet, isInstance: true, publicIp: false },
      'low-cluster': { subnet: lowSubnet },
      'edge-cluster': { subnet: edgeSubnet, maxNodes: 2 },
    },
    subnets: () => ({
      'snet-train': { prefix: '10.0.1.0/24', services, uses: 3, routeTable: trainTable },
      'snet-gpu': { prefix: '10.0.2.0/24', services, routeTable: gpuTable },
      'snet-dev': { prefix: '10.0.3.0/24', services, uses: 1, routeTable: devTable },
      'snet-low': { prefix: '10.0.5.0/24', services, routeTable: lowTable },
      'snet-edge': { prefix: '10.0.7.0/24', services },
      AzureFirewallSubnet: firewallSubnet('10.0.6.0/26', firewallId),
      'snet-nva': { prefix: '10.0.9.0/28' },
      GatewaySubnet: { prefix: '10.0.250.0/27' },
      'snet-pe': { prefix: '10.0.4.0/24' },
      'snet-aks': { prefix: '10.0.16.0/22' },
    }),
  }),
  setup: (draft) => {
    draft.routeTables = {
      [trainTable]: [defaultRoute(appliance)],
      [gpuTable]: [defaultRoute(appliance)],
      [devTable]: [defaultRoute(appliance)],
      [lowTable]: [defaultRoute(firewall), past('bastide-azureml', 'AzureMachineLearning')],
    };
    draft.machines = [
      { name: 'vm-edge', subnet: edgeSubnet, address: '10.0.7.8', power: 'running' },
      { name: 'vm-train', subnet: trainSubnet, address: '10.0.1.9', power: 'running' },
    ];
    draft.bodies = [
      ...firewallBodies(firewallId, subnet('AzureFirewallSubnet'), firewall, '203.0.113.42', {
        collections: [
          {
            ...{ name: 'services', priority: 200, action: 'Allow' },
            network: [{ name: 'tags', from: ['10.0.0.0/16'], protocols: ['TCP'], to: allowedTags, ports: ['443'] }],
          },
        ],
      }),
      ...gatewayBodies({ subnet: gatewaySubnet, ranges: ['192.168.10.0/24'], isDefault: true }),
      networkWatcher(),
    ];
  },
  faults,
});
