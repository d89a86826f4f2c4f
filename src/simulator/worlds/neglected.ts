// World "neglected": it was right once, and was not looked after. What is wrong here the service itself would not accept
// today, so it cannot be put back by an undo; that is why it is not in "mixed".
//
// Planted: a rule whose subnet is gone, address rules that are refused today, a vault and a registry whose public endpoints were
// switched off under their subnet rules, and a cluster that built images and is gone.

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
  registry,
  services,
  subnet,
  trainSubnet,
  vault,
  workspace,
} from './names.ts';
import { networkBody, subnetBody } from './network-bodies.ts';
import { clusterCompute, defaultDatastores, instanceCompute, workspaceBody } from './workspace-bodies.ts';
import type { WorldFile } from './world.ts';

const retired = subnet('snet-retired');

export const neglected: WorldFile = {
  name: 'neglected',
  aliases: [],
  title: 'Right once, and left alone',
  faults: [
    {
      rule: 'workspace.ip-allowlist',
      resource: workspace,
      says: 'A private block and an IPv6 address: the service takes neither.',
    },
    {
      rule: 'storage.vnet-rule-state',
      resource: account('stmlsim'),
      where: retired,
      says: 'The subnet behind this rule is gone.',
    },
    {
      rule: 'storage.ip-rules-legal',
      resource: account('stmlsim'),
      says: 'A /31 and a private range: the service takes neither.',
    },
    {
      rule: 'keyvault.public-network-access',
      resource: vault,
      says: 'Switched off, while computes come by subnet rules.',
    },
    {
      rule: 'acr.public-endpoint-kept',
      resource: registry,
      says: 'Switched off, while computes come by subnet rules.',
    },
    { rule: 'acr.image-build-compute', resource: registry, says: 'The cluster that built images is gone.' },
  ],
  intents: { devClientIps: ['203.0.113.77'] },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(
        ', "imageBuildCompute": "old-cluster", "ipAllowlist": ["203.0.113.77", "10.20.0.0/16", "2001:db8::77"]',
      ),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet),
      ...defaultDatastores(),
      storageAccount('stmlsim', {
        bypass: 'AzureServices',
        defaultAction: 'Deny',
        rules: [...computeSubnets.map((where) => storageRule(where)), storageRule(retired, 'NetworkSourceDeleted')],
        addresses: ['203.0.113.77', '198.51.100.6/31', '10.20.0.0/16'],
      }),
      vaultBody(
        { bypass: 'AzureServices', defaultAction: 'Deny', rules: computeSubnets.map((where) => vaultRule(where)) },
        { publicNetworkAccess: 'Disabled' },
      ),
      registryBody('Premium', computeSubnets, { publicNetworkAccess: 'Disabled' }),
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
