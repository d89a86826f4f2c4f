// World "closed-service-endpoint": everything right, the way the article means it ("rules-catalogue", 3.13). Every account, the
// vault and the Premium registry deny, name every compute subnet and let trusted services pass; the subnets have the three
// service endpoints. Nothing is planted.

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
import { account, computeSubnets, devSubnet, gpuSubnet, network, services, subnet, trainSubnet } from './names.ts';
import { networkBody, subnetBody } from './network-bodies.ts';
import { clusterCompute, datastore, defaultDatastores, instanceCompute, workspaceBody } from './workspace-bodies.ts';
import type { WorldFile } from './world.ts';

export const closed: WorldFile = {
  name: 'closed-service-endpoint',
  aliases: ['closed'],
  title: 'Everything right, by service endpoints',
  faults: [],
  intents: { devClientIps: [] },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(', "imageBuildCompute": "cpu-cluster"'),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      datastore('lake', 'AzureDataLakeGen2', 'lakemlsim', 'raw'),
      ...[account('stmlsim'), account('stmldata'), account('lakemlsim')].map((id) => {
        const name = id.slice(id.lastIndexOf('/') + 1);
        return storageAccount(
          name,
          { bypass: 'AzureServices', defaultAction: 'Deny', rules: computeSubnets.map((where) => storageRule(where)) },
          { hierarchical: name === 'lakemlsim' },
        );
      }),
      vaultBody({
        bypass: 'AzureServices',
        defaultAction: 'Deny',
        rules: computeSubnets.map((where) => vaultRule(where)),
      }),
      registryBody('Premium', computeSubnets),
      insightsBody(),
      kubernetesBody(),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', { services, uses: 2 }),
        subnetBody(gpuSubnet, '10.0.2.0/24', { services }),
        subnetBody(devSubnet, '10.0.3.0/24', { services, uses: 1 }),
        subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
        subnetBody(subnet('snet-aks'), '10.0.8.0/22'),
      ]),
    ]),
};
