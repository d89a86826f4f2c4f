// World "firewalled": closed by service endpoints, and every subnet's way out leads through an appliance.
//
//   snet-train  the Azure Firewall of the hub, which follows a policy that inherits from another: half of what nodes need is let
//               pass, and an application rule denies the rest by name
//   snet-gpu    an older Azure Firewall with rules of its own: almost nothing is let pass; nodes with public addresses, whose calls
//               from outside nothing sends on
//   snet-dev    an appliance of somebody else, of which Azure tells nothing
//
// By the list of 2020 alone, names are missing at both firewalls as well.

import { kubernetesBody, list, resourceGroup, shutBut } from './bodies.ts';
import {
  firewallBodies,
  firewallSubnetBody,
  type GroupText,
  ipGroupBody,
  peeringBody,
  policyBodies,
  tableTo,
} from './firewall-bodies.ts';
import {
  computeSubnets,
  devSubnet,
  gpuSubnet,
  network,
  oldNetwork,
  services,
  subnet,
  subscription,
  trainSubnet,
  workspace,
} from './names.ts';
import { networkBody, subnetBody } from './network-bodies.ts';
import { clusterCompute, datastore, defaultDatastores, instanceCompute, workspaceBody } from './workspace-bodies.ts';
import type { WorldFault, WorldFile } from './world.ts';

const hubGroup = `/subscriptions/${subscription}/resourceGroups/rg-hub`;
const inHub = (type: string, name: string): string => `${hubGroup}/providers/Microsoft.Network/${type}/${name}`;
const hub = inHub('virtualNetworks', 'vnet-hub');
const hubFirewall = inHub('azureFirewalls', 'fw-hub');
const oldFirewall = inHub('azureFirewalls', 'fw-old');
const policy = inHub('firewallPolicies', 'fwp-hub');
const basePolicy = inHub('firewallPolicies', 'fwp-base');
const nodes = inHub('ipGroups', 'ipg-ml-nodes');
const table = (name: string): string => inHub('routeTables', name);
/** `AzureFirewallSubnet` of a network. */
const wall = (vnet: string): string => `${vnet}/subnets/AzureFirewallSubnet`;

const faults: readonly WorldFault[] = [
  { rule: 'compute.npip-private-endpoint', resource: network, says: 'Two computes do not find the service.' },
  { rule: 'firewall.current-rules', resource: trainSubnet, where: hubFirewall, says: 'Half of the tags are missing.' },
  { rule: 'firewall.current-rules', resource: gpuSubnet, where: oldFirewall, says: 'Almost all tags are missing.' },
  ...[
    {
      resource: trainSubnet,
      where: hubFirewall,
      says: 'Half of the hosts that the article of 2020 lists are missing.',
    },
    { resource: gpuSubnet, where: oldFirewall, says: 'Almost all hosts that the article of 2020 lists are missing.' },
  ].map((fault) => ({ rule: 'firewall.application-rules', ...fault, needsProfile: 'seed-2020' as const })),
  { rule: 'firewall.inbound-dnat', resource: gpuSubnet, where: oldFirewall, says: 'It translates nothing.' },
  ...['udr.batch-prefixes', 'udr.azureml-prefixes', 'udr.azureml-secondary-region'].map((rule) => ({
    ...{ rule, resource: gpuSubnet, where: table('rt-gpu') },
    says: 'No route leads past the tunnel.',
  })),
  {
    rule: 'workspace.private-endpoint',
    resource: workspace,
    says: 'Two computes have no public address to reach it with.',
  },
];

const rangeOf: Readonly<Record<string, string>> = {
  [trainSubnet]: '10.0.1.0/24',
  [gpuSubnet]: '10.0.2.0/24',
  [devSubnet]: '10.0.3.0/24',
};
const out: Readonly<Record<string, readonly [table: string, address: string]>> = {
  [trainSubnet]: [table('rt-train'), '10.8.0.4'],
  [gpuSubnet]: [table('rt-gpu'), '10.7.0.4'],
  [devSubnet]: [table('rt-dev'), '10.8.9.4'],
};

/** What everybody behind the hub may do. */
const forAll: GroupText = {
  name: 'base-rules',
  priority: 200,
  collections: [
    {
      ...{ name: 'time', priority: 100, action: 'Allow' },
      network: [{ name: 'ntp', from: ['*'], protocols: ['UDP'], to: ['*'], ports: ['123'] }],
    },
  ],
};
const forNodes: GroupText = {
  name: 'ml-rules',
  priority: 300,
  collections: [
    {
      ...{ name: 'ml-tags', priority: 100, action: 'Allow' },
      network: [
        { name: 'entra', from: [nodes], protocols: ['TCP'], to: ['AzureActiveDirectory'], ports: ['80', '443'] },
        { name: 'arm', from: ['10.0.0.0/16'], protocols: ['TCP'], to: ['AzureResourceManager'], ports: ['443'] },
      ],
    },
    {
      ...{ name: 'ml-names', priority: 200, action: 'Allow' },
      application: [
        { name: 'images', from: [nodes], hosts: ['mcr.microsoft.com', '*.data.mcr.microsoft.com'] },
        { name: 'studio', from: ['10.0.1.4-10.0.1.200'], hosts: ['ml.azure.com', '*.azureml.ms', '*.azureml.net'] },
      ],
    },
  ],
};
const denyRest: GroupText = {
  name: 'deny-rest',
  priority: 1000,
  collections: [
    { name: 'names', priority: 100, action: 'Deny', application: [{ name: 'all', from: ['*'], hosts: ['*'] }] },
  ],
};

export const firewalled: WorldFile = {
  name: 'firewalled',
  aliases: ['firewall'],
  title: 'Behind firewalls that let half of it pass',
  faults,
  intents: { devClientIps: [], outboundMode: 'open' },
  resources: () =>
    list([
      resourceGroup(),
      resourceGroup(hubGroup),
      workspaceBody(', "imageBuildCompute": "cpu-cluster"'),
      clusterCompute('cpu-cluster', trainSubnet, 'STANDARD_DS3_V2', 4, { publicIp: false }),
      clusterCompute('gpu-cluster', gpuSubnet, 'STANDARD_NC6S_V3', 2),
      instanceCompute('ci-anna', devSubnet, { publicIp: false }),
      ...defaultDatastores(),
      datastore('trainingdata', 'AzureBlob', 'stmldata', 'images'),
      ...shutBut(computeSubnets, ['stmlsim', 'stmldata']),
      kubernetesBody(),
      networkBody(
        network,
        '10.0.0.0/16',
        [
          ...computeSubnets.map((id) => {
            const extra = `, "routeTable": {"id": "${out[id]?.[0]}"}`;
            return subnetBody(id, rangeOf[id] ?? '', { services, uses: id === trainSubnet ? 2 : 1, extra });
          }),
          subnetBody(subnet('snet-pe'), '10.0.4.0/24'),
        ],
        [peeringBody(network, hub, '10.8.0.0/16'), peeringBody(network, oldNetwork, '10.7.0.0/16')],
      ),
      networkBody(
        hub,
        '10.8.0.0/16',
        [
          firewallSubnetBody(wall(hub), '10.8.0.0/26', hubFirewall),
          subnetBody(`${hub}/subnets/snet-appliance`, '10.8.9.0/24'),
        ],
        [peeringBody(hub, network, '10.0.0.0/16')],
      ),
      networkBody(
        oldNetwork,
        '10.7.0.0/16',
        [firewallSubnetBody(wall(oldNetwork), '10.7.0.0/26', oldFirewall)],
        [peeringBody(oldNetwork, network, '10.0.0.0/16')],
      ),
      ...computeSubnets.map((id) => tableTo(out[id]?.[0] ?? '', out[id]?.[1] ?? '', id)),
      ipGroupBody(nodes, ['10.0.1.0/24']),
      ...policyBodies(basePolicy, [forAll]),
      ...policyBodies(policy, [forNodes, denyRest], basePolicy),
      ...firewallBodies(hubFirewall, wall(hub), '10.8.0.4', '203.0.113.40', { policy }),
      ...firewallBodies(oldFirewall, wall(oldNetwork), '10.7.0.4', '203.0.113.41', {
        collections: [
          {
            ...{ name: 'dns', priority: 200, action: 'Allow' },
            network: [{ name: 'dns', from: ['10.0.0.0/8'], protocols: ['UDP'], to: ['*'], ports: ['53'] }],
          },
          {
            ...{ name: 'names', priority: 200, action: 'Allow' },
            application: [{ name: 'studio', from: ['10.0.2.0/24'], hosts: ['ml.azure.com', '*.azureml.ms'] }],
          },
        ],
      }),
    ]),
};
