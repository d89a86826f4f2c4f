// World "mixed": somebody began to close a workspace by service endpoints and stopped halfway. Beside what its faults say, the
// archive account allows everything it needs, and some ids are spelt in lower case, as Azure returns them now and then.
import { closedByServiceEndpoints, workspaceEndpoint } from './bases.ts';
import { deniedAccount, type WorldDraft } from './draft.ts';
import {
  accountOpen,
  accountWithoutSubnet,
  clientIp,
  clientIpBlocked,
  clientIpBlockedByVault,
  noStorageEndpoint,
  noVaultEndpoint,
  ofAccount,
  ofRegistry,
  ofVault,
  ofWorkspace,
  registryWithoutSubnets,
  setAccount,
  setVault,
  setWorkspace,
  vaultWithoutSubnet,
} from './faults.ts';
import { computeSubnets, devSubnet, gpuSubnet, oldNetwork, subnet, trainGroup, trainSubnet, vault } from './names.ts';
import { inboundRules } from './network-bodies.ts';
import { faultsOf, type PlantedFault, world } from './world.ts';

const endpointSubnet = subnet('snet-pe');
const oldSubnet = `${oldNetwork}/subnets/snet-old`;
const wide = '20.0.0.0/7 holds 33,554,432 addresses: effectively open.';
const elsewhere = 'All its rules name another network.';
const notAllowed = 'The endpoint of the workspace is in a subnet that is not allowed.';
const noRule = 'It has no rule for any compute subnet.';

const faults: readonly PlantedFault[] = [
  ofWorkspace(
    'workspace.studio-blocked-by-secured-storage',
    'The default account denies by default, and neither a rule nor the bypass allows the workspace.',
  ),
  ofWorkspace('workspace.private-dns', 'Its private endpoint has no private DNS zone.', (draft) => {
    draft.endpoints = [workspaceEndpoint({ zones: [] })];
  }),
  accountWithoutSubnet('stmlsim', gpuSubnet),
  accountWithoutSubnet('stmlsim', devSubnet),
  ...['stmldata', 'lakemlsim'].flatMap((name) => computeSubnets.map((where) => accountWithoutSubnet(name, where))),
  ...['stmlsim', 'stmldata', 'lakemlsim', 'stmlarch'].flatMap((name) =>
    [gpuSubnet, devSubnet].map((where) => noStorageEndpoint(name, where)),
  ),
  ofAccount('stmlsim')(
    'storage.bypass-azure-services',
    'The bypass is Logging, Metrics; the workspace is blocked.',
    setAccount('stmlsim', { bypass: 'Logging, Metrics' }),
  ),
  ofAccount('stmldata')(
    'storage.bypass-azure-services',
    'The bypass is None, which applies once the default action is Deny.',
    setAccount('stmldata', { bypass: 'None' }),
  ),
  ofAccount('stmlsim')('storage.resource-instance-rule', 'Neither a rule nor the bypass allows the workspace.'),
  clientIpBlocked('stmlsim'),
  clientIpBlocked('lakemlsim'),
  ofAccount('stmlsim')('storage.studio-colocation', notAllowed),
  ofAccount('lakemlsim')('storage.studio-colocation', notAllowed),
  accountOpen('stmldata'),
  ofAccount('stmldata')('storage.nondefault-accounts', 'It allows access from all networks.'),
  ofAccount('lakemlsim')('storage.nondefault-accounts', noRule),
  ofAccount('lakemlsim')('storage.adls2-network-rules', noRule),
  ofAccount('lakemlsim')('storage.same-vnet-as-compute', elsewhere, (draft) =>
    draft.account('lakemlsim').subnets.push(oldSubnet),
  ),
  ofAccount('lakemlsim')('storage.adls2-compute-same-vnet', elsewhere),
  ofAccount('lakemlsim')('storage.ip-rules-legal', wide, (draft) =>
    draft.account('lakemlsim').addresses.push('20.0.0.0/7'),
  ),
  ofAccount('stmlarch')(
    'storage.public-network-access',
    'Public network access is Disabled, while computes use subnet rules.',
    setAccount('stmlarch', { publicNetworkAccess: 'Disabled' }),
  ),
  faultsOf(vault, gpuSubnet)(
    'keyvault.vnet-rule-compute-subnet',
    'It has a rule for this subnet, which has no service endpoint: the rule has no effect.',
  ),
  vaultWithoutSubnet(devSubnet),
  noVaultEndpoint(gpuSubnet),
  ofVault(
    'keyvault.bypass-azure-services',
    'The bypass is None; the workspace cannot read its secrets.',
    setVault({ bypass: 'None' }),
  ),
  ofVault('keyvault.ip-rules-legal', wide, (draft) => draft.vault.addresses.push('20.0.0.0/7')),
  clientIpBlockedByVault(),
  ...registryWithoutSubnets([gpuSubnet, devSubnet]),
  ofRegistry('acr.same-vnet-subnet', 'Neither storage nor registry allows the subnet in which images are built.'),
  ofRegistry('acr.build-cluster-same-subnet', 'Images are built in a subnet that neither storage nor registry allows.'),
  ofRegistry(
    'acr.build-cluster-cpu',
    'Images are built on a GPU VM size.',
    setWorkspace({ imageBuildCompute: 'gpu-cluster' }),
  ),
  ofRegistry(
    'acr.shared-private-link',
    'The workspace has a private endpoint, and no private link to the closed registry.',
  ),
];

function setup(draft: WorldDraft): void {
  draft.endpoints = [workspaceEndpoint()];
  draft.compute('gpu-cluster').subnet = gpuSubnet.toLowerCase();
  draft.securityGroups[trainGroup] = [...inboundRules];
  draft.subnet(trainSubnet).securityGroup = trainGroup;
  draft.subnet(endpointSubnet).services = ['Microsoft.Storage'];
  draft.networks[oldNetwork] = {
    space: '10.9.0.0/16',
    subnets: { 'snet-old': { prefix: '10.9.1.0/24', services: ['Microsoft.Storage'] } },
  };
  const main = draft.account('stmlsim');
  main.subnets = main.subnets.map((id) => (id === trainSubnet ? id.toLowerCase() : id));
  main.addresses = ['198.51.100.0/24'];
  draft.account('lakemlsim').addresses = ['198.51.100.7'];
  draft.vault.addresses = ['198.51.100.7/32'];
  draft.addAccount(
    'stmlarch',
    deniedAccount({ bypass: 'Metrics, AzureServices', subnets: [...computeSubnets, endpointSubnet] }),
  );
}

export const mixed = world({
  name: 'mixed',
  title: 'Half closed',
  base: closedByServiceEndpoints(),
  setup,
  faults,
  intents: { devClientIps: [clientIp] },
});
