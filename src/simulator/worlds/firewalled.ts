// World "firewalled": closed by service endpoints, and the outbound traffic of every subnet passes an appliance.
//
//   snet-train  the Azure Firewall of the hub, whose policy inherits from another: half of what nodes need is allowed, and an
//               application rule denies the rest by name
//   snet-gpu    an older Azure Firewall with classic rules: almost nothing is allowed; its nodes have public addresses, and no
//               DNAT rule forwards calls to them
//   snet-dev    an appliance of another vendor, of which Azure shows nothing
//
// By the list of 2020 alone, names are missing at both firewalls as well.
import { closedByServiceEndpoints } from './bases.ts';
import { ofWorkspace } from './faults.ts';
import {
  firewallBodies,
  firewallSubnet,
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
  subscription,
  trainSubnet,
} from './names.ts';
import { faultsOf, in2020, type PlantedFault, world } from './world.ts';

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
const firewallSubnetId = (vnet: string): string => `${vnet}/subnets/AzureFirewallSubnet`;

const noPublicPath = 'Two computes have no public address and no private endpoint to reach the workspace.';
const [atHub, atOld] = [faultsOf(trainSubnet, hubFirewall), faultsOf(gpuSubnet, oldFirewall)];

const faults: readonly PlantedFault[] = [
  faultsOf(network)('compute.npip-private-endpoint', noPublicPath),
  atHub('firewall.current-rules', 'Half of the service tags are not allowed.'),
  atOld('firewall.current-rules', 'Almost no service tag is allowed.'),
  in2020(atHub('firewall.application-rules', 'Half of the hosts of the article of 2020 are not allowed.')),
  in2020(atOld('firewall.application-rules', 'Almost no host of the article of 2020 is allowed.')),
  in2020(atOld('firewall.inbound-dnat', 'It has no DNAT rule.')),
  in2020(faultsOf(gpuSubnet, table('rt-gpu'))('udr.batch-prefixes', 'No route bypasses the firewall.')),
  ...['udr.azureml-prefixes', 'udr.azureml-secondary-region'].map((rule) =>
    faultsOf(gpuSubnet, table('rt-gpu'))(rule, 'No route bypasses the firewall.'),
  ),
  ofWorkspace('workspace.private-endpoint', noPublicPath),
];

const out: Readonly<Record<string, readonly [table: string, address: string]>> = {
  [trainSubnet]: [table('rt-train'), '10.8.0.4'],
  [gpuSubnet]: [table('rt-gpu'), '10.7.0.4'],
  [devSubnet]: [table('rt-dev'), '10.8.9.4'],
};

/** What all clients of the hub may do. */
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

export const firewalled = world({
  name: 'firewalled',
  aliases: ['firewall'],
  title: 'Behind firewalls that allow half of it',
  base: closedByServiceEndpoints({
    accounts: ['stmlsim', 'stmldata'],
    subnets: () => ({
      'snet-train': { prefix: '10.0.1.0/24', services, uses: 2, routeTable: table('rt-train') },
      'snet-gpu': { prefix: '10.0.2.0/24', services, uses: 1, routeTable: table('rt-gpu') },
      'snet-dev': { prefix: '10.0.3.0/24', services, uses: 1, routeTable: table('rt-dev') },
      'snet-pe': { prefix: '10.0.4.0/24' },
    }),
  }),
  setup: (draft) => {
    draft.groups.push(hubGroup);
    draft.compute('cpu-cluster').publicIp = false;
    draft.compute('ci-anna').publicIp = false;
    draft.network(network).peerings = [
      peeringBody(network, hub, '10.8.0.0/16'),
      peeringBody(network, oldNetwork, '10.7.0.0/16'),
    ];
    draft.networks[hub] = {
      space: '10.8.0.0/16',
      subnets: {
        AzureFirewallSubnet: firewallSubnet('10.8.0.0/26', hubFirewall),
        'snet-appliance': { prefix: '10.8.9.0/24' },
      },
      peerings: [peeringBody(hub, network, '10.0.0.0/16')],
    };
    draft.networks[oldNetwork] = {
      space: '10.7.0.0/16',
      subnets: { AzureFirewallSubnet: firewallSubnet('10.7.0.0/26', oldFirewall) },
      peerings: [peeringBody(oldNetwork, network, '10.0.0.0/16')],
    };
    draft.bodies = [
      ...computeSubnets.map((id) => tableTo(out[id]?.[0] ?? '', out[id]?.[1] ?? '', id)),
      ipGroupBody(nodes, ['10.0.1.0/24']),
      ...policyBodies(basePolicy, [forAll]),
      ...policyBodies(policy, [forNodes, denyRest], basePolicy),
      ...firewallBodies(hubFirewall, firewallSubnetId(hub), '10.8.0.4', '203.0.113.40', { policy }),
      ...firewallBodies(oldFirewall, firewallSubnetId(oldNetwork), '10.7.0.4', '203.0.113.41', {
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
    ];
  },
  faults,
  intents: { devClientIps: [], outboundMode: 'open' },
});
