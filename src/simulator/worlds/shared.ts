// Worlds with two workspaces on one set of dependencies. "shared": the second one's network has its own endpoint of the vault, whose
// zone group wrote over the record of the first, and the account is open. "closed-shared": the second network is peered and linked.
import { closedByPrivateEndpoints } from './bases.ts';
import type { WorldDraft } from './draft.ts';
import { ofAccount, ofVault, setAccount } from './faults.ts';
import { peeringBody } from './firewall-bodies.ts';
import { computeSubnets, inGroup, network, subnet, vault, workspace, zoneId } from './names.ts';
import { workspaceBody } from './workspace-bodies.ts';
import { faultsOf, type PlantedFault, world } from './world.ts';

const second = inGroup('Microsoft.Network/virtualNetworks', 'vnet-two');
const vaultZone = zoneId('privatelink.vaultcore.azure.net');
const endpoint = (name: string): string => inGroup('Microsoft.Network/privateEndpoints', name);

/** The workspace mlw-two, which uses the account, the vault and the registry of mlw-sim. */
function addSecond(draft: WorldDraft): void {
  const body = workspaceBody()
    .replaceAll(workspace, workspace.replace('mlw-sim', 'mlw-two'))
    .replaceAll('mlw-sim', 'mlw-two')
    .replaceAll('66666666-6666', '67676767-6666')
    .replaceAll('55555555-5555', '56565656-5555');
  draft.bodies.push(body);
  draft.networks[second] = {
    space: '10.40.0.0/16',
    subnets: { 'snet-train': { prefix: '10.40.1.0/24' }, 'snet-pe': { prefix: '10.40.4.0/24' } },
  };
}

const faults: readonly PlantedFault[] = [
  faultsOf(vaultZone, vault)('dns.endpoint-collision', 'Both workspaces have an endpoint of the vault.', (draft) => {
    draft.endpoints.push({
      ...{ name: 'pe-kv-mlsim-two', target: vault, group: 'vault', address: '10.40.4.4' },
      ...{ subnet: `${second}/subnets/snet-pe`, zones: [vaultZone] },
    });
    draft.zonesLinkedElsewhere[vaultZone] = [...draft.zoneLinks, second];
  }),
  ...[...computeSubnets, subnet('snet-serverless')].map((where) =>
    faultsOf(where, endpoint('pe-kv-mlsim-two'))('compute.endpoint-path', 'The name leads to it.'),
  ),
  ofVault('keyvault.private-endpoint', 'Its record names the endpoint of the second workspace.'),
  faultsOf(endpoint('pe-kv-mlsim-vault'), vaultZone)(
    'dns.endpoint-record',
    'The second workspace wrote over its record.',
  ),
  ofAccount('stmlsim')(
    'storage.default-action-deny',
    'It allows access from all networks; mlw-two uses it as well.',
    setAccount('stmlsim', { publicNetworkAccess: 'Enabled', defaultAction: 'Allow' }),
  ),
];

export const shared = world({
  name: 'shared',
  title: 'Two workspaces on one account, vault and registry',
  base: closedByPrivateEndpoints,
  setup: addSecond,
  faults,
});

export const closedShared = world({
  name: 'closed-shared',
  title: 'Two workspaces on one set of dependencies in peered networks, no faults',
  base: closedByPrivateEndpoints,
  setup(draft) {
    addSecond(draft);
    draft.network(network).peerings = [peeringBody(network, second, '10.40.0.0/16')];
    draft.network(second).peerings = [peeringBody(second, network, '10.0.0.0/16')];
    draft.zoneLinks = [network, second];
  },
});
