// Worlds "closed-hub-spoke" and "hub-spoke": computes in a spoke, private endpoints in other networks.
//
//   vnet-shared    workspace and accounts: through the firewall of the hub, which forwards to it
//   vnet-hub       key vault: peered with the spoke
//   vnet-registry  registry: peered with the spoke
//   vnet-lake      data lake: peered with the spoke by subnets, and with the hub
//
// In the second, the NSG of the hub denies one subnet, a peering allows no access on its far side, another lists too few subnets, and
// the endpoints of one account are behind an appliance of another vendor, of which Azure shows nothing.
import { closedByPrivateEndpoints } from './bases.ts';
import type { WorldDraft } from './draft.ts';
import { ofAccount, ofRegistry, ofVault } from './faults.ts';
import { firewallBodies, firewallSubnet, type PeeringMembers, peeringBody, policyBodies } from './firewall-bodies.ts';
import { account, computeSubnets, network, registry, subnet, subscription, vault, workspace } from './names.ts';
import { endpointId } from './private-endpoint-bodies.ts';
import { faultsOf, type PlantedFault, world } from './world.ts';

const hubGroup = `/subscriptions/${subscription}/resourceGroups/rg-hub`;
const inHub = (type: string, name: string): string => `${hubGroup}/providers/Microsoft.Network/${type}/${name}`;
const networkNamed = (name: string): string => inHub('virtualNetworks', name);
const hub = networkNamed('vnet-hub');
const shared = networkNamed('vnet-shared');
const registries = networkNamed('vnet-registry');
const lakes = networkNamed('vnet-lake');
const behind = networkNamed('vnet-behind');
const firewall = inHub('azureFirewalls', 'fw-hub');
const policy = inHub('firewallPolicies', 'fwp-hub');
const endpointGroup = inHub('networkSecurityGroups', 'nsg-hub-endpoints');

const all = [...computeSubnets, subnet('snet-serverless')];
const nameOf = (id: string): string => id.slice(id.lastIndexOf('/') + 1);
const tableOf = (id: string): string => inHub('routeTables', `rt-${nameOf(id)}`);
const spaces: Readonly<Record<string, string>> = {
  [network]: '10.0.0.0/16',
  [hub]: '10.8.0.0/16',
  [shared]: '10.9.0.0/16',
  [registries]: '10.10.0.0/16',
  [lakes]: '10.11.0.0/16',
  [behind]: '10.12.0.0/16',
};
const endpointSubnet = (id: string): string => `${id}/subnets/snet-pe`;

/** Where the endpoints of a target are. */
const homeOf = (target: string): string => {
  if (target === vault) return hub;
  if (target === registry) return registries;
  return target === account('lakemlsim') ? lakes : shared;
};

const peering = (from: string, to: string, more: PeeringMembers = {}): string =>
  peeringBody(from, to, spaces[to] ?? '', more);
/** A peering of subnets, as each side lists them. */
const listing = (local: readonly string[], remote: readonly string[], space: readonly string[]): PeeringMembers => ({
  ...{ localSubnetNames: local.map(nameOf), remoteSubnetNames: remote.map(nameOf), space },
});
const ranges = ['10.0.1.0/24', '10.0.2.0/24', '10.0.3.0/24', '10.0.5.0/24'];

function hubAndSpokes(): WorldDraft {
  const draft = closedByPrivateEndpoints();
  draft.groups.push(hubGroup);
  const home = (id: string) => ({
    space: spaces[id] ?? '',
    subnets: { 'snet-pe': { prefix: (spaces[id] ?? '').replace('.0.0/16', '.4.0/24') } },
  });
  delete draft.network(network).subnets['snet-pe'];
  draft.network(network).peerings = [
    peering(network, hub),
    peering(network, registries),
    peering(network, lakes, listing(all, [endpointSubnet(lakes)], ['10.11.4.0/24'])),
  ];
  draft.networks[hub] = {
    space: spaces[hub] ?? '',
    subnets: { AzureFirewallSubnet: firewallSubnet('10.8.0.0/26', firewall), ...home(hub).subnets },
    peerings: [peering(hub, network), peering(hub, shared), peering(hub, lakes)],
  };
  draft.networks[shared] = { ...home(shared), peerings: [peering(shared, hub)] };
  draft.networks[registries] = { ...home(registries), peerings: [peering(registries, network)] };
  draft.networks[lakes] = {
    ...home(lakes),
    peerings: [peering(lakes, network, listing([endpointSubnet(lakes)], all, ranges)), peering(lakes, hub)],
  };
  draft.zoneLinks = [network, hub, shared, registries, lakes];
  draft.endpoints = draft.endpoints.map((spec) => {
    const there = homeOf(spec.target);
    const address = spec.address.replace(/^10\.0\./, (spaces[there] ?? '').replace('0.0/16', ''));
    return { ...spec, subnet: endpointSubnet(there), address };
  });
  for (const id of all) {
    draft.subnet(id).routeTable = tableOf(id);
    draft.routeTables[tableOf(id)] = [{ name: 'to-spokes', prefix: '10.0.0.0/8', hop: '10.8.0.4' }];
  }
  draft.bodies.push(
    ...policyBodies(policy, [
      {
        name: 'spokes',
        priority: 200,
        collections: [
          {
            ...{ name: 'endpoints', priority: 100, action: 'Allow' },
            network: [
              { name: 'ml', from: ['10.0.0.0/16'], protocols: ['TCP'], to: ['10.9.4.0/24'], ports: ['443', '445'] },
            ],
          },
        ],
      },
    ]),
    ...firewallBodies(firewall, `${hub}/subnets/AzureFirewallSubnet`, '10.8.0.4', '203.0.113.40', { policy }),
  );
  return draft;
}

export const closedHubSpoke = world({
  name: 'closed-hub-spoke',
  title: 'Private endpoints behind a hub, no faults',
  base: hubAndSpokes,
});

const endpoint = (name: string): string => endpointId({ name, target: workspace, group: '', subnet: '', address: '' });
const at = (where: string, name: string) => faultsOf(where, endpoint(name));
const dev = subnet('snet-dev');
const gpu = subnet('snet-gpu');

const faults: readonly PlantedFault[] = [
  at(dev, 'pe-kv-mlsim-vault')(
    'compute.endpoint-path',
    'The NSG of the hub denies the subnet, and network policies apply it to endpoints.',
    (draft) => {
      const where = draft.subnet(endpointSubnet(hub));
      where.securityGroup = endpointGroup;
      where.policies = 'NetworkSecurityGroupEnabled';
      draft.securityGroups[endpointGroup] = [
        {
          ...{ name: 'DenyDesks', priority: 200, direction: 'Inbound', access: 'Deny', protocol: '*' },
          ...{ source: '10.0.3.0/24', destination: '*', ports: '*' },
        },
      ];
    },
  ),
  ofVault('keyvault.private-endpoint', 'One subnet does not reach its endpoint.'),
  at(gpu, 'pe-acrmlsim-registry')('compute.endpoint-path', 'The far side of the peering allows no access.', (draft) => {
    draft.network(registries).peerings = [peering(registries, network, { allowVirtualNetworkAccess: false })];
  }),
  ...all
    .filter((id) => id !== gpu)
    .map((id) => at(id, 'pe-acrmlsim-registry')('compute.endpoint-path', 'The same peering.')),
  ofRegistry('acr.private-endpoint', 'No subnet reaches its endpoint.'),
  at(gpu, 'pe-lakemlsim-blob')('compute.endpoint-path', 'The peering lists other subnets.'),
  at(gpu, 'pe-lakemlsim-dfs')('compute.endpoint-path', 'The peering lists other subnets.', (draft) => {
    const some = all.filter((id) => id !== gpu);
    const seen = ranges.filter((range) => range !== '10.0.2.0/24');
    draft.network(network).peerings = [
      peering(network, hub),
      peering(network, registries),
      peering(network, lakes, listing(some, [endpointSubnet(lakes)], ['10.11.4.0/24'])),
    ];
    draft.network(lakes).peerings = [
      peering(lakes, network, listing([endpointSubnet(lakes)], some, seen)),
      peering(lakes, hub),
    ];
  }),
  ofAccount('lakemlsim')('storage.same-vnet-as-compute', 'One subnet does not reach its endpoints.'),
  ofAccount('lakemlsim')('storage.adls2-compute-same-vnet', 'One subnet does not reach its endpoints.'),
];

/** The endpoints of one account move behind an appliance that Azure shows nothing of. */
function behindAppliance(draft: WorldDraft): void {
  draft.networks[behind] = {
    space: spaces[behind] ?? '',
    subnets: { 'snet-pe': { prefix: '10.12.4.0/24' } },
    peerings: [peering(behind, hub)],
  };
  draft.network(hub).subnets['snet-appliance'] = { prefix: '10.8.9.0/24' };
  draft.network(hub).peerings = [...(draft.network(hub).peerings ?? []), peering(hub, behind)];
  draft.zoneLinks = [...draft.zoneLinks, behind];
  draft.endpoints = draft.endpoints.map((spec) =>
    spec.target === account('stmldata')
      ? { ...spec, subnet: endpointSubnet(behind), address: spec.address.replace(/^10\.9\./, '10.12.') }
      : spec,
  );
  for (const id of all) {
    draft.routeTables[tableOf(id)]?.push({ name: 'to-behind', prefix: '10.12.0.0/16', hop: '10.8.9.4' });
  }
}

export const hubSpoke = world({
  name: 'hub-spoke',
  title: 'Private endpoints behind a hub, with blocked paths',
  base: hubAndSpokes,
  setup: behindAppliance,
  faults,
});
