// World "containers": right by service endpoints, and models are to go to container
// instances inside the network.
//
// Planted: the subnet meant for them was handed to App Service; a model was deployed without naming it, and is public; the
// registry admits subnets by service endpoints, which container instances cannot use.
import { containerGroup, containerGroupBody } from './attached-compute-bodies.ts';
import { kubernetesBody, list, resourceGroup, shutBut } from './bodies.ts';
import {
  computeSubnets,
  devSubnet,
  gpuSubnet,
  network,
  registry,
  services,
  subnet,
  trainSubnet,
  workspace,
} from './names.ts';
import { networkBody, subnetBody } from './network-bodies.ts';
import { clusterCompute, defaultDatastores, instanceCompute, workspaceBody } from './workspace-bodies.ts';
import type { WorldFile } from './world.ts';

const meant = subnet('snet-aci');

export const containersWorld: WorldFile = {
  name: 'containers',
  aliases: [],
  title: 'Models in container instances',
  faults: [
    { rule: 'aci.subnet-delegated', resource: workspace, says: 'No subnet is handed to container instances.' },
    {
      rule: 'aci.delegation-service-exact',
      resource: meant,
      says: 'The subnet meant for them is handed to App Service.',
    },
    {
      rule: 'aci.deployment-target',
      resource: containerGroup('scores'),
      says: 'A model was deployed without a subnet.',
    },
    {
      rule: 'acr.service-endpoint-clients',
      resource: registry,
      says: 'The registry admits subnets, and container instances cannot come that way.',
    },
  ],
  intents: { devClientIps: [], usesAci: true, aciSubnets: [meant] },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(', "imageBuildCompute": "cpu-cluster"'),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet),
      containerGroupBody('scores', null),
      ...defaultDatastores(),
      ...shutBut(computeSubnets),
      kubernetesBody(),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', { services, uses: 2 }),
        subnetBody(gpuSubnet, '10.0.2.0/24', { services }),
        subnetBody(devSubnet, '10.0.3.0/24', { services, uses: 1 }),
        subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
        subnetBody(meant, '10.0.12.0/24', { delegation: 'Microsoft.Web/serverFarms' }),
        subnetBody(subnet('snet-aks'), '10.0.8.0/22'),
      ]),
    ]),
};
