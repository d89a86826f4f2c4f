// World "kubernetes": closed by service endpoints, with an attached Kubernetes cluster that serves models and for which nothing was
// prepared. World "scoring" is the same cluster, prepared, with callers from outside whom its security group blocks, and an online
// endpoint.
import { clusterAttached, clusterBodies, clusterRole, trustedAccess } from './attached-compute-bodies.ts';
import { closedByServiceEndpoints } from './bases.ts';
import type { WorldDraft } from './draft.ts';
import { accountWithoutSubnet, setVault } from './faults.ts';
import { account, cluster, group, inGroup, services, subnet, trainSubnet, vault, workspace } from './names.ts';
import { denyInternet } from './network-bodies.ts';
import { onlineEndpoints } from './workspace-bodies.ts';
import { faultsOf, world } from './world.ts';

const nodeSubnet = subnet('snet-aks');
const nodeGroup = inGroup('Microsoft.Network/networkSecurityGroups', 'nsg-aks');
const compute = `${workspace}/computes/aks-serve`;
const store = account('stmlsim');
export const readerRole = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7';

/** A cluster that is attached as `aks-serve`, with a role for its identity. */
export function addCluster(draft: WorldDraft, role: string, maxCount: number, members: readonly string[] = []): void {
  draft.hasKubernetes = false;
  draft.bodies.push(
    clusterAttached('aks-serve'),
    ...clusterBodies(cluster, [{ name: 'nodepool1', subnet: nodeSubnet, count: 1, maxCount }], members),
    clusterRole(group, role, 'cccccccc-cccc-cccc-cccc-cccccccccccc'),
  );
}

const base = closedByServiceEndpoints({
  accounts: ['stmlsim'],
  computes: { 'cpu-cluster': { subnet: trainSubnet } },
  subnets: () => ({
    'snet-train': { prefix: '10.0.1.0/24', services, uses: 1 },
    'snet-pe': { prefix: '10.0.4.0/24' },
    'snet-aks': { prefix: '10.0.8.0/25', services, uses: 1, securityGroup: nodeGroup },
  }),
});
const [served, ofNodes] = [faultsOf(compute), faultsOf(compute, nodeSubnet)];

export const kubernetes = world({
  name: 'kubernetes',
  aliases: ['aks'],
  title: 'Kubernetes cluster for models, nothing prepared',
  base,
  setup: (draft) => {
    draft.securityGroups[nodeGroup] = [];
    addCluster(draft, readerRole, 5, [
      '"apiServerAccessProfile": {"authorizedIPRanges": ["203.0.113.0/26"], "enablePrivateCluster": false}',
    ]);
  },
  faults: [
    served('aks.api-server-access', 'Its API server allows one range, and nothing binds the workspace.'),
    accountWithoutSubnet('stmlsim', nodeSubnet),
    faultsOf(compute, store)('aks.storage-same-vnet', 'The account has no rule for the subnet of its nodes.'),
    faultsOf(compute, store)('aks.dependencies-same-vnet', 'The account blocks its nodes.'),
    faultsOf(compute, vault)(
      'aks.dependencies-same-vnet',
      'The vault blocks its nodes.',
      setVault({ subnets: [trainSubnet] }),
    ),
    served('aks.ip-plan', 'Five nodes with their pods do not fit into a /25.'),
    served('aks.identity-network-contributor', 'Its identity has the role Reader on the network.'),
    ofNodes('aks.outbound-default', 'Its security group denies the Internet.', (draft) =>
      draft.rules(nodeGroup).push(denyInternet(4000)),
    ),
    ofNodes('aks.outbound-acr', 'DenyInternet (4000) blocks images as well.'),
    served('aks.internal-load-balancer', 'Its load balancer is public, and no caller is outside.'),
  ],
  intents: { devClientIps: [], externalScoring: false },
});

export const scoring = world({
  name: 'scoring',
  title: 'Models called from outside, callers blocked',
  base,
  setup: (draft) => {
    draft.securityGroups[nodeGroup] = [];
    addCluster(draft, networkContributor, 2, ['"disableLocalAccounts": true']);
    draft.bodies.push(trustedAccess(cluster), ...onlineEndpoints({ 'churn-sim': 'Enabled' }));
  },
  faults: [ofNodes('aks.scoring-inbound', 'No rule allows callers from outside.')],
  intents: { devClientIps: [], externalScoring: true },
});
