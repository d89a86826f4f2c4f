// World "open": a workspace as it is born, the article's starting point. The computes sit in a virtual network already, and
// everything they use is still reachable from anywhere.
//
// Planted: three accounts, the vault and a Basic registry open; no compute subnet admitted anywhere; no service endpoint on any
// of them.

import { kubernetesBody, list, resourceGroup } from './bodies.ts';
import {
  account,
  computeSubnets,
  devSubnet,
  gpuSubnet,
  network,
  subnet,
  trainGroup,
  trainSubnet,
  vault,
} from './names.ts';
import { networkBody, securityGroupBody, subnetBody } from './network-bodies.ts';
import { openAccounts, openServices } from './open-parts.ts';
import { bornOpen, subnetsShutOut } from './registry-faults.ts';
import { clusterCompute, instanceCompute, workspaceBody } from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

const faults: readonly WorldFault[] = [
  ...openAccounts.flatMap((name) => [
    { rule: 'storage.default-action-deny', resource: account(name), says: `${name} admits every network.` },
    ...computeSubnets.flatMap((where) => [
      {
        rule: 'storage.vnet-rule-compute-subnet',
        resource: account(name),
        where,
        says: `${name} does not name this compute subnet.`,
      },
      {
        rule: 'storage.subnet-service-endpoint',
        resource: account(name),
        where,
        says: 'The subnet has no storage endpoint.',
      },
    ]),
  ]),
  {
    rule: 'storage.nondefault-accounts',
    resource: account('stmldata'),
    says: 'The account of the training data is open.',
  },
  { rule: 'storage.nondefault-accounts', resource: account('lakemlsim'), says: 'The data lake is open.' },
  {
    rule: 'storage.adls2-network-rules',
    resource: account('lakemlsim'),
    says: 'The data lake went through none of the steps.',
  },
  { rule: 'keyvault.default-action-deny', resource: vault, says: 'The firewall of the vault was never set.' },
  ...computeSubnets.flatMap((where) => [
    {
      rule: 'keyvault.vnet-rule-compute-subnet',
      resource: vault,
      where,
      says: 'The vault does not name this compute subnet.',
    },
    { rule: 'keyvault.subnet-service-endpoint', resource: vault, where, says: 'The subnet has no key vault endpoint.' },
  ]),
  ...bornOpen,
  ...subnetsShutOut(computeSubnets),
];

export const open: WorldFile = {
  name: 'open',
  aliases: [],
  title: 'Everything still public',
  faults,
  intents: { devClientIps: ['203.0.113.77'] },
  resources: () =>
    list([
      resourceGroup(),
      workspaceBody(),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet),
      ...openServices(),
      kubernetesBody(),
      securityGroupBody(),
      networkBody(network, '10.0.0.0/16', [
        subnetBody(trainSubnet, '10.0.1.0/24', { uses: 2, extra: `, "networkSecurityGroup": {"id": "${trainGroup}"}` }),
        subnetBody(gpuSubnet, '10.0.2.0/24'),
        subnetBody(devSubnet, '10.0.3.0/24', { uses: 1 }),
        subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
        subnetBody(subnet('snet-aks'), '10.0.8.0/22'),
      ]),
    ]),
};
