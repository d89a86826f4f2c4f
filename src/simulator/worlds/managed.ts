// World "managed": a managed network that was switched on and never finished. Of two online endpoints, one is public.
import { closedByManagedNetwork } from './bases.ts';
import {
  accountOpen,
  clientIp,
  clientIpBlocked,
  ofAccount,
  ofCompute,
  ofRegistry,
  ofVault,
  ofWorkspace,
  registryBasic,
  setAccount,
  setCompute,
  setVault,
} from './faults.ts';
import { account, clientNetwork, workspace, zoneId } from './names.ts';
import { endpointRule, onlineEndpoints } from './workspace-bodies.ts';
import { faultsOf, type PlantedFault, world } from './world.ts';

const endpointSubnet = `${clientNetwork}/subnets/snet-pe`;
const deskSubnet = `${clientNetwork}/subnets/snet-desks`;
const blobZone = zoneId('privatelink.blob.core.windows.net');
const noRule = 'No outbound rule has it as destination.';
const notActive = 'No active outbound rule has it as destination.';

const faults: readonly PlantedFault[] = [
  ofWorkspace(
    'workspace.studio-blocked-by-secured-storage',
    'The default account denies by default, and neither a rule nor the bypass allows the workspace.',
  ),
  ofWorkspace(
    'workspace.private-endpoint',
    'Public network access is Disabled, and its private endpoint is pending.',
    (draft) => {
      draft.endpoints = draft.endpoints.map((spec) =>
        spec.target === workspace ? { ...spec, status: 'Pending', zones: [] } : spec,
      );
    },
  ),
  {
    ...ofWorkspace(
      'workspace.managed-network-mode',
      'The mode is AllowInternetOutbound, and outbound traffic is to be limited.',
    ),
    needsIntent: 'outboundMode',
  },
  ofWorkspace('workspace.managed-network-provisioned', 'The managed network was never provisioned.', (draft) => {
    draft.managedNetwork = {
      ...{ mode: 'AllowInternetOutbound', status: 'Inactive' },
      rules: [
        endpointRule(account('stmlsim'), 'blob', false, 'Inactive'),
        endpointRule(account('lakemlsim'), 'dfs', false, 'Inactive'),
      ],
    };
    draft.workspace.managedEndpoints = [];
  }),
  faultsOf(`${workspace}/onlineEndpoints/churn-sim`)(
    'workspace.online-endpoint-access',
    'It is public, while its workspace is not.',
  ),
  ofCompute('cpu-cluster')(
    'compute.no-public-ip',
    'Its nodes have public addresses.',
    setCompute('cpu-cluster', { publicIp: true }),
  ),
  ofCompute('ci-anna')('compute.no-public-ip', 'It has a public address.', setCompute('ci-anna', { publicIp: true })),
  ofCompute('ci-anna')('compute.managed-network-conflict', 'It is in a subnet of the customer.', (draft) => {
    draft.compute('ci-anna').subnet = deskSubnet;
    draft.subnet(deskSubnet).uses = 1;
  }),
  accountOpen('stmldata'),
  ...['stmlsim', 'lakemlsim'].map((name) =>
    faultsOf(workspace, account(name))(
      'workspace.managed-network-approver',
      'The identity of the workspace has no role there, and the rule is inactive.',
    ),
  ),
  ofAccount('stmldata')('storage.nondefault-accounts', 'It allows access from all networks.'),
  ofAccount('lakemlsim')('storage.nondefault-accounts', notActive),
  ofAccount('lakemlsim')('storage.adls2-network-rules', notActive),
  ofAccount('stmlsim')(
    'storage.bypass-azure-services',
    'The bypass is Logging, Metrics.',
    setAccount('stmlsim', { bypass: 'Logging, Metrics' }),
  ),
  ofAccount('stmlsim')('storage.resource-instance-rule', 'Neither a rule nor the bypass allows the workspace.'),
  clientIpBlocked('stmlsim'),
  clientIpBlocked('lakemlsim'),
  ofAccount('stmlsim')(
    'storage.private-endpoints',
    'The outbound rule for blob is inactive, and there is none for file.',
  ),
  ofAccount('stmldata')('storage.private-endpoints', noRule),
  ofAccount('lakemlsim')('storage.private-endpoints', 'The outbound rule for dfs is inactive.'),
  ofAccount('lakemlsim')('storage.private-dns', 'The blob zone is linked to no network.', (draft) => {
    draft.zonesLinkedElsewhere[blobZone] = [];
  }),
  ofAccount('stmlsim')('storage.one-endpoint-kind', 'It has a subnet rule beside the outbound rule.', (draft) => {
    draft.subnet(deskSubnet).services = ['Microsoft.Storage'];
    draft.account('stmlsim').subnets = [deskSubnet];
  }),
  ofVault('keyvault.private-endpoint', noRule),
  ofVault(
    'keyvault.public-network-access',
    'Public network access is Disabled, and no outbound rule has it as destination.',
    setVault({ publicNetworkAccess: 'Disabled' }),
  ),
  ...registryBasic(),
  ofRegistry('acr.private-endpoint', noRule),
];

export const managedWorld = world({
  name: 'managed',
  title: 'Managed network, not finished',
  base: closedByManagedNetwork,
  setup: (draft) => {
    draft.workspace.imageBuildCompute = undefined;
    draft.endpoints = draft.endpoints.filter(({ name }) => name === 'pe-mlw-sim');
    draft.endpoints.push({
      ...{ name: 'pe-lakemlsim-blob', target: account('lakemlsim'), group: 'blob', subnet: endpointSubnet },
      ...{ address: '10.20.1.7', zones: [blobZone] },
    });
    for (const firewall of [draft.registry, ...Object.values(draft.accounts)]) firewall.publicNetworkAccess = 'Enabled';
    draft.bodies = onlineEndpoints({ 'churn-sim': 'Enabled', 'fraud-sim': 'Disabled' });
  },
  faults,
  intents: { devClientIps: [clientIp], outboundMode: 'limited' },
});
