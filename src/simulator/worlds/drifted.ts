// World "drifted": a workspace that was closed by private endpoints, and changed since, by many hands. It has an archive account, a
// third cluster in a subnet of another range, and an old network in which some of the endpoints are; it never had a NAT gateway.
import { closedByPrivateEndpoints, endpointsIn } from './bases.ts';
import { deploymentBody, stackBody } from './bodies.ts';
import { deniedAccount, type WorldDraft } from './draft.ts';
import {
  accountOpen,
  clientIp,
  clientIpBlocked,
  clientIpBlockedByVault,
  ofAccount,
  ofCompute,
  ofRegistry,
  ofVault,
  ofWorkspace,
  setAccount,
  setCompute,
  setRegistry,
  setSubnet,
  setVault,
  setWorkspace,
} from './faults.ts';
import {
  account,
  inGroup,
  network,
  oldNetwork,
  registry,
  subnet,
  trainGroup,
  trainSubnet,
  vault,
  workspace,
  zoneId,
} from './names.ts';
import { faultsOf, type PlantedFault, world } from './world.ts';

const brokenSubnet = subnet('snet-batch');
const lakeEndpoint = inGroup('Microsoft.Network/privateEndpoints', 'pe-lakemlsim-blob');
const wide = '20.0.0.0/7 holds 33,554,432 addresses.';
const zoneElsewhere = 'Its DNS zone is linked to the old network only.';
const elsewhere = 'Its endpoints are in the old network.';
const linkedToOld =
  (...zones: readonly string[]) =>
  (draft: WorldDraft): void => {
    for (const zone of zones) draft.zonesLinkedElsewhere[zoneId(`privatelink.${zone}`)] = [oldNetwork];
  };

/** Mail is nothing that a workspace needs; Microsoft Entra ID is. */
const denied = {
  direction: 'Outbound',
  access: 'Deny',
  protocol: 'Tcp',
  source: '*',
  destination: 'Internet',
} as const;

const faults: readonly PlantedFault[] = [
  ...[trainSubnet, brokenSubnet].map((where) =>
    faultsOf(where)(
      'compute.explicit-outbound',
      'Its cluster has no public address, and the subnet has no explicit outbound access.',
    ),
  ),
  {
    ...faultsOf(trainSubnet, trainGroup)(
      'nsg.outbound-internet-open',
      'A rule still denies Microsoft Entra ID.',
      (draft) => {
        draft.securityGroups[trainGroup] = [
          { ...denied, name: 'DenyMail', priority: 300, ports: '25' },
          { ...denied, name: 'DenyEntra', priority: 310, destination: 'AzureActiveDirectory', ports: '443' },
        ];
        draft.subnet(trainSubnet).securityGroup = trainGroup;
      },
    ),
    needsIntent: 'outboundMode',
  },
  faultsOf(brokenSubnet)(
    'workspace.network-preexists',
    'The provisioning state of the subnet is Failed.',
    setSubnet(brokenSubnet, { state: 'Failed' }),
  ),
  ofWorkspace(
    'workspace.studio-blocked-by-secured-storage',
    'The default account denies by default, and neither a rule nor the bypass allows the workspace.',
  ),
  ofWorkspace(
    'workspace.public-network-access',
    'Public network access is still Enabled.',
    setWorkspace({ publicNetworkAccess: 'Enabled' }),
  ),
  ofWorkspace(
    'workspace.private-dns',
    'The notebooks zone is linked to the old network only.',
    linkedToOld('notebooks.azure.net'),
  ),
  ofWorkspace(
    'workspace.serverless-subnet',
    'No subnet is set for serverless jobs.',
    setWorkspace({ members: ['"serverlessComputeSettings": null'] }),
  ),
  faultsOf(network)('workspace.docker-range', '172.17.4.0/22 overlaps the range of Docker’s bridge.', (draft) => {
    draft.network(network).space = ['10.0.0.0/16', '172.17.4.0/22'];
    draft.subnet(brokenSubnet).prefix = '172.17.4.0/24';
  }),
  ofCompute('ci-anna')('compute.placed-in-vnet', 'It is in no subnet.', setCompute('ci-anna', { subnet: null })),
  ofCompute('ci-anna')('compute.no-public-ip', 'It has a public address.', setCompute('ci-anna', { publicIp: true })),
  ofCompute('gpu-cluster')(
    'compute.no-public-ip',
    'Its nodes have public addresses.',
    setCompute('gpu-cluster', { publicIp: true }),
  ),
  ofCompute('gpu-cluster')(
    'compute.ssh-public-access',
    'SSH is open to the Internet.',
    setCompute('gpu-cluster', { ssh: 'Enabled' }),
  ),
  accountOpen('stmldata'),
  ofAccount('stmldata')('storage.nondefault-accounts', 'It allows access from all networks.'),
  ofAccount('lakemlsim')('storage.nondefault-accounts', 'It has no private endpoint for dfs.'),
  ofAccount('stmlarch')('storage.nondefault-accounts', 'It has no private endpoint.'),
  ofAccount('stmlsim')(
    'storage.bypass-azure-services',
    'The bypass is None.',
    setAccount('stmlsim', { bypass: 'None' }),
  ),
  ofAccount('stmlsim')('storage.resource-instance-rule', 'Neither a rule nor the bypass allows the workspace.'),
  clientIpBlocked('stmlsim'),
  clientIpBlocked('lakemlsim'),
  ofAccount('lakemlsim')('storage.ip-rules-legal', wide, (draft) =>
    draft.account('lakemlsim').addresses.push('20.0.0.0/7'),
  ),
  ofAccount('stmlsim')('storage.private-endpoints', 'The endpoint for file is pending.', (draft) => {
    draft.endpoints = draft.endpoints.map((spec) =>
      spec.name === 'pe-stmlsim-file' ? { ...spec, status: 'Pending', zones: [] } : spec,
    );
  }),
  ofAccount('stmldata')('storage.private-endpoints', 'It has no private endpoint.'),
  ofAccount('lakemlsim')('storage.private-endpoints', 'It has no private endpoint for dfs.'),
  ofAccount('stmlarch')('storage.private-endpoints', 'It has no private endpoint.'),
  ofAccount('stmlsim')(
    'storage.private-dns',
    'The blob zone is linked to the old network only.',
    linkedToOld('blob.core.windows.net', 'file.core.windows.net'),
  ),
  ofAccount('lakemlsim')('storage.private-dns', 'Its DNS zones are linked to the old network only.'),
  ofAccount('stmlsim')('storage.same-vnet-as-compute', 'The network of the computes cannot reach its files.'),
  ofAccount('lakemlsim')('storage.same-vnet-as-compute', elsewhere),
  ...[trainSubnet, subnet('snet-gpu'), brokenSubnet].map((where) =>
    faultsOf(where, lakeEndpoint)('compute.endpoint-path', 'The old network is not peered.'),
  ),
  ofAccount('stmlarch')('storage.same-vnet-as-compute', 'No network can reach it.'),
  ofAccount('lakemlsim')(
    'storage.adls2-hierarchical',
    'Its hierarchical namespace is off.',
    setAccount('lakemlsim', { isHierarchical: false }),
  ),
  ofAccount('lakemlsim')('storage.adls2-network-rules', 'It has no private endpoint for dfs.'),
  ofAccount('lakemlsim')('storage.adls2-compute-same-vnet', elsewhere),
  ofAccount('stmlsim')('storage.studio-colocation', 'No network has endpoints of both the workspace and the account.'),
  ofAccount('lakemlsim')('storage.studio-colocation', 'Its endpoints are in another network.'),
  ofAccount('stmlarch')('storage.studio-colocation', 'It has no private endpoint.'),
  ofAccount('stmlarch')(
    'storage.public-network-access',
    'Public network access is Disabled, and it has no private endpoint.',
    setAccount('stmlarch', { publicNetworkAccess: 'Disabled' }),
  ),
  ofVault('keyvault.private-endpoint', zoneElsewhere, linkedToOld('vaultcore.azure.net')),
  ofVault(
    'keyvault.bypass-azure-services',
    'The bypass is None; the workspace cannot read its secrets.',
    setVault({ bypass: 'None' }),
  ),
  clientIpBlockedByVault(),
  ofVault('keyvault.ip-rules-legal', wide, (draft) => draft.vault.addresses.push('20.0.0.0/7')),
  ofRegistry('acr.private-endpoint', zoneElsewhere, linkedToOld('azurecr.io')),
  ofRegistry('acr.endpoint-kinds-exclusive', 'It has a subnet rule beside its private endpoint.', (draft) => {
    draft.subnet(trainSubnet).services = ['Microsoft.ContainerRegistry'];
    draft.registry.subnets = [trainSubnet];
  }),
  ofRegistry('acr.build-cluster-egress', 'The cluster that builds images relies on default outbound access.'),
  ofRegistry(
    'acr.trusted-services',
    'Trusted Azure services are blocked, so images cannot be pushed.',
    setRegistry({ bypass: 'None' }),
  ),
];

/** Who manages what: some by tags, some by the deployment history of the group. The wizard of the portal and a team manage nothing. */
function marks(draft: WorldDraft): void {
  draft.tags = {
    [account('stmldata')]: { 'managed-by': 'terraform', team: 'vision' },
    [account('stmlarch')]: { 'managed-by': 'platform-team', 'hidden-title': 'Archive' },
    [registry]: { 'azd-env-name': 'ml-prod' },
  };
  draft.bodies.push(
    deploymentBody('main', '2024-04-02T09:12:44', [vault, zoneId('privatelink.vaultcore.azure.net')]),
    deploymentBody('main-old', '2024-03-30T10:00:01', [vault, account('lakemlsim')], 'Failed'),
    deploymentBody('Microsoft.StorageAccount-20240304091939', '2024-03-04T09:20:10', [account('lakemlsim')]),
    deploymentBody('net-24051714epybc', '2024-05-17T14:03:00', [network, trainGroup]),
    stackBody('net', 'net-24051714epybc', [network, trainGroup]),
  );
}

function setup(draft: WorldDraft): void {
  draft.bodies = [];
  marks(draft);
  draft.networks = {
    [network]: {
      space: '10.0.0.0/16',
      subnets: {
        'snet-train': { prefix: '10.0.1.0/24', uses: 2 },
        'snet-gpu': { prefix: '10.0.2.0/24' },
        'snet-dev': { prefix: '10.0.3.0/24' },
        'snet-batch': { prefix: '10.0.5.0/24' },
        'snet-pe': { prefix: '10.0.4.0/24' },
        'snet-aks': { prefix: '10.0.8.0/22' },
      },
    },
    [oldNetwork]: { space: '10.9.0.0/16', subnets: { 'snet-pe': { prefix: '10.9.2.0/24' } } },
  };
  draft.endpoints = [
    ...endpointsIn(subnet('snet-pe'), [
      ['pe-mlw-sim', workspace, 'amlworkspace', '10.0.4.4'],
      ['pe-stmlsim-blob', account('stmlsim'), 'blob', '10.0.4.7'],
      ['pe-kv-mlsim', vault, 'vault', '10.0.4.9'],
      ['pe-acrmlsim', registry, 'registry', '10.0.4.10'],
    ]),
    ...endpointsIn(`${oldNetwork}/subnets/snet-pe`, [
      ['pe-lakemlsim-blob', account('lakemlsim'), 'blob', '10.9.2.4'],
      ['pe-lakemlsim-file', account('lakemlsim'), 'file', '10.9.2.5'],
    ]),
    ...endpointsIn(subnet('snet-pe'), [['pe-stmlsim-file', account('stmlsim'), 'file', '10.0.4.8']]),
  ];
  draft.addAccount('stmlarch', deniedAccount());
  draft.account('stmlsim').addresses = ['198.51.100.0/24'];
  for (const firewall of [draft.registry, ...Object.values(draft.accounts)]) firewall.publicNetworkAccess = 'Enabled';
  const { 'ci-anna': instance, ...clusters } = draft.computes;
  draft.computes = {
    ...clusters,
    'batch-cluster': { subnet: brokenSubnet, maxNodes: 2, publicIp: false },
    ...(instance ? { 'ci-anna': instance } : {}),
  };
}

export const drifted = world({
  name: 'drifted',
  title: 'Private endpoints, partly maintained',
  base: closedByPrivateEndpoints,
  setup,
  faults,
  intents: { devClientIps: [clientIp], outboundMode: 'open' },
});
