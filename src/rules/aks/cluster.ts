// Whether an attached Kubernetes cluster is healthy, and placed where the workspace supports it.

import { customerEndpoints } from '../../facts/endpoints.ts';
import { regionOf, sameRegion } from '../../facts/service-endpoints.ts';
import { fold, sameId, subscriptionOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import {
  clusterIdOf,
  managedClusterType,
  networkProfile,
  type PoolView,
  poolsPointer,
} from '../../resource-types/managed-cluster-view.ts';
import { findSubnet, subnetView, vnetView } from '../../resource-types/network-view.ts';
import { listAt } from '../../resource-types/read.ts';
import { computeView, workspaceView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { isOnlyDeclared } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  listed,
  notApplicable,
  noted,
  pass,
  quoted,
  subnetShown,
  unknown,
  worstOf,
} from '../parts/verdict.ts';
import { connectionsPointer, isOdd } from '../parts/workspace.ts';
import type { CheckResult, RuleContext } from '../rule.ts';
import {
  type AttachedCluster,
  aksRule,
  allClusters,
  attachedClusters,
  clusterComputes,
  clusterName,
  nodeNetworks,
  nodeSubnets,
  placedClusters,
  podSubnets,
} from './parts/clusters.ts';

export const aksAttached = defineRule({
  ...aksRule,
  id: 'aks.attached',
  title: 'Attached cluster exists and is provisioned',
  problem: 'Attachment failed or the cluster is deleted',
  severity: 'low',
  explain: {
    why: 'Models are deployed to a cluster through its compute target. A compute whose attachment failed, or whose cluster is deleted, serves no models.',
    fix: 'None: detach the compute and attach the cluster again (az ml compute detach, az ml computetarget attach aks), or create a new cluster.',
    links: [links.secureInference, links.kubernetesAttach],
  },
  subjects: clusterComputes,
  check(compute, { index }) {
    const name = clusterName(compute);
    const state = computeView(compute).provisioningState;
    const evidence = [
      evidenceAt(compute, '/properties/provisioningState', 'provisioning state'),
      evidenceAt(compute, '/properties/provisioningErrors', 'provisioning errors'),
      evidenceAt(compute, '/properties/resourceId', 'cluster resource ID'),
    ];
    if (fold(state ?? '') === 'failed') return fail(`The attachment of ${name} failed.`, evidence);
    const cluster = clusterIdOf(compute);
    if (cluster !== undefined && !index.get(cluster))
      return fail(`${name} is attached but no longer exists in Azure.`, evidence);
    if (isOnlyDeclared(compute, index)) {
      return notApplicable(`The file declares ${name}; it is attached when the file is deployed.`, evidence);
    }
    return fold(state ?? '') === 'succeeded'
      ? pass(`${name} is attached.`, evidence)
      : unknown(`The provisioning state of ${name} is ${quoted(state ?? 'none')}.`, evidence);
  },
});

const poolSubnet = ({ pointer }: PoolView): string => `${pointer}/vnetSubnetID`;

export const aksSubnetAssigned = defineRule({
  ...aksRule,
  id: 'aks.subnet-assigned',
  title: 'Node pools are in a customer subnet',
  problem: 'Node pool is not in a customer subnet',
  severity: 'high',
  explain: {
    why: 'A node pool without a subnet of yours is in a network that Azure created for it. Your firewall rules for your own subnets do not apply to its nodes.',
    fix: 'None: the subnet of a node pool cannot be changed. Create the cluster or the pool again in your subnet (az aks create --vnet-subnet-id, az aks nodepool add --vnet-subnet-id).',
    links: [links.secureInference, links.kubernetesNetwork],
  },
  subjects: attachedClusters,
  check({ cluster, view: { pools }, name }) {
    const evidence =
      pools.length === 0
        ? [evidenceAt(cluster, poolsPointer, 'node pools')]
        : pools.map((pool) => evidenceAt(cluster, poolSubnet(pool), 'subnet of the node pool'));
    const without = pools.filter(({ subnet }) => subnet === undefined);
    if (pools.length === 0 || without.some((pool) => isOdd(cluster, poolSubnet(pool), 'string'))) {
      return unknown(`The subnets of the node pools of ${name} have an unexpected value.`, evidence);
    }
    if (without.length === 0) return pass(`All node pools of ${name} are in customer subnets.`, evidence);
    const names = listed(without.map((pool) => clean(pool.name, 40) || 'without a name'));
    return without.length === 1
      ? fail(`Node pool ${names} of ${name} is not in a customer subnet.`, evidence)
      : fail(`Node pools ${names} of ${name} are not in customer subnets.`, evidence);
  },
});

function checkNetwork({ cluster, view, name }: AttachedCluster, vnet: string, { index }: RuleContext): CheckResult {
  const network = index.get(vnet);
  if (!network) return notApplicable(`Virtual network ${displayName(vnet)} does not exist.`);
  const [own, other] = [view.location, vnetView(network).location].map((one) => clean(regionOf(one), 60));
  const evidence = [
    evidenceAt(cluster, '/location', 'region of the cluster'),
    evidenceAt(network, '/location', 'region of the virtual network'),
    noted(network.id, subscriptionOf(network.id) ?? null, 'subscription of the virtual network'),
  ];
  if (own === '' || other === '') {
    return unknown(`The region of ${name} or of virtual network ${displayName(vnet)} is not known.`, evidence);
  }
  if (!sameRegion(own, other, cluster.id)) {
    return fail(`${name} is in ${own}; its virtual network ${displayName(vnet)} is in ${other}.`, evidence);
  }
  return sameId(subscriptionOf(cluster.id), subscriptionOf(network.id))
    ? pass(`${name} and its virtual network ${displayName(vnet)} are in ${own} and in one subscription.`, evidence)
    : fail(`${name} and its virtual network ${displayName(vnet)} are in different subscriptions.`, evidence, 'low');
}

export const aksSameRegionAsVnet = defineRule({
  ...aksRule,
  id: 'aks.same-region-as-vnet',
  title: 'Virtual network is in the region of the cluster',
  problem: 'Virtual network is in another region or subscription',
  severity: 'high',
  explain: {
    why: 'Nodes cannot join a virtual network in another region, so they do not start.',
    fix: 'None: clusters and virtual networks cannot be moved to another region. Create the cluster in the region of its virtual network, or a virtual network in the region of the cluster.',
    links: [links.secureInference, links.kubernetesNetwork],
  },
  subjects: placedClusters,
  check: (one, context) =>
    worstOf(
      'high',
      nodeNetworks(one).map((vnet) => () => checkNetwork(one, vnet, context)),
    ),
});

const apiServer = '/properties/apiServerAccessProfile';
const [isPrivate, hasPublicName] = [
  `${apiServer}/enablePrivateCluster`,
  `${apiServer}/enablePrivateClusterPublicFQDN`,
] as const;

export const aksPrivateLinkUnsupported = defineRule({
  ...aksRule,
  id: 'aks.private-link-unsupported',
  title: 'API server setup is supported by the workspace',
  problem: 'API server setup is not supported by the workspace',
  severity: 'high',
  explain: {
    why: 'The workspace calls the API server of the cluster. In 2020 a private API server was not supported. Today it is, unless the private cluster also has a public FQDN.',
    fix: 'None: create the cluster again without the setting, or remove its public FQDN (az aks update --disable-public-fqdn).',
    links: [links.secureInference, links.kubernetesPrivate],
  },
  subjects: attachedClusters,
  check({ cluster, view, name }, { profile }) {
    const evidence = [
      evidenceAt(cluster, isPrivate, 'private API server'),
      evidenceAt(cluster, hasPublicName, 'public FQDN of the private API server'),
    ];
    if (isOdd(cluster, apiServer, 'object') || [isPrivate, hasPublicName].some((at) => isOdd(cluster, at, 'boolean'))) {
      return unknown(`The API server access profile of ${name} has an unexpected value.`, evidence);
    }
    if (!view.isPrivate) return pass(`The API server of ${name} is public.`, evidence);
    if (profile === 'article-2020') {
      return fail(`The API server of ${name} is private, which the workspace did not support in 2020.`, evidence);
    }
    return view.hasPublicName
      ? fail(`The API server of ${name} is private with a public FQDN, which the workspace does not support.`, evidence)
      : pass(`The API server of ${name} is private, which is supported today (not in 2020).`, evidence);
  },
});

function checkDelegations(id: string, forPods: boolean, { index }: RuleContext): CheckResult {
  const name = subnetShown(id);
  const at = '/properties/delegations';
  const subnet = findSubnet(index, id);
  if (!subnet) return notApplicable(`Subnet ${name} does not exist (see workspace.network-preexists).`);
  const evidence = [evidenceAt(subnet, at, 'delegations')];
  const { delegations } = subnetView(subnet);
  const others = delegations.filter((service) => !forPods || fold(service) !== fold(managedClusterType));
  if (others.length > 0) {
    const services = listed(others.map((service) => clean(service, 120)));
    return fail(`Subnet ${name} is delegated to ${services}; nodes cannot join it.`, evidence);
  }
  return isOdd(subnet, at, 'list') || listAt(subnet.body, at).length > delegations.length
    ? unknown(`The delegations of subnet ${name} have an unexpected value.`, evidence)
    : pass(`Subnet ${name} is not delegated to another service.`, evidence);
}

export const aksSubnetNotDelegated = defineRule({
  ...aksRule,
  id: 'aks.subnet-not-delegated',
  title: 'Node subnet is not delegated to another service',
  problem: 'Node subnet is delegated to another service',
  severity: 'high',
  explain: {
    why: 'A delegated subnet accepts only resources of that service, so nodes cannot join it. Azure itself delegates a subnet for pods to the cluster.',
    fix: 'None: a delegation can be removed only from an empty subnet. Use another subnet for the node pool.',
    links: [links.kubernetesNetwork, links.delegation],
  },
  subjects: placedClusters,
  check: (one, context) =>
    worstOf('high', [
      ...nodeSubnets(one).map((id) => () => checkDelegations(id, false, context)),
      ...podSubnets(one).map((id) => () => checkDelegations(id, true, context)),
    ]),
});

export const aksRegionWithWorkspaceEndpoint = defineRule({
  ...aksRule,
  id: 'aks.region-with-workspace-endpoint',
  title: 'Cluster is in the region of the workspace',
  problem: 'Cluster and workspace are in different regions',
  severity: 'high',
  profiles: ['current'],
  explain: {
    why: 'A workspace with a private endpoint serves models only on clusters in its own region.',
    fix: 'None: a cluster cannot be moved to another region. Create a cluster in the region of the workspace and attach it.',
    links: [links.secureInference, links.workspacePrivateLink],
  },
  subjects: attachedClusters,
  check({ cluster, view, name }, { index }) {
    const workspace = index.workspace();
    if (!workspace) return notApplicable('The workspace does not exist (see workspace.exists).');
    const evidence = [
      evidenceAt(workspace, connectionsPointer, 'private endpoint connections of the workspace'),
      evidenceAt(workspace, '/location', 'region of the workspace'),
      evidenceAt(cluster, '/location', 'region of the cluster'),
    ];
    if (customerEndpoints(workspace.id, index).length === 0) {
      return notApplicable('The workspace has no private endpoint.', evidence);
    }
    const [own, other] = [workspaceView(workspace).location, view.location].map((one) => clean(regionOf(one), 60));
    if (own === '' || other === '') return unknown(`The region of the workspace or of ${name} is not known.`, evidence);
    return sameRegion(own, other, cluster.id)
      ? pass(`${name} and the workspace are in ${own}.`, evidence)
      : fail(`${name} is in ${other}; the workspace has a private endpoint and is in ${own}.`, evidence);
  },
});

const balancerSku = `${networkProfile}/loadBalancerSku`;

export const aksBasicLoadBalancer = defineRule({
  ...aksRule,
  id: 'aks.basic-load-balancer',
  title: 'Cluster does not use a Basic load balancer',
  problem: 'Basic load balancer is retired and not supported',
  severity: 'medium',
  profiles: ['current'],
  explain: {
    why: 'Azure retired the Basic load balancer on 30 September 2025. A cluster that uses one is no longer supported.',
    fix: 'None: migrate the cluster to the Standard SKU (az aks update --load-balancer-sku standard). The cluster gets new IP addresses.',
    links: [links.kubernetesStandard],
  },
  subjects: allClusters,
  check({ cluster, view, name }) {
    const evidence = [evidenceAt(cluster, balancerSku, 'load balancer SKU')];
    if (isOdd(cluster, balancerSku, 'string')) {
      return unknown(`The load balancer SKU of ${name} has an unexpected value.`, evidence);
    }
    return view.balancerSku === 'basic'
      ? fail(`${name} uses a Basic load balancer, which was retired on 30 September 2025.`, evidence)
      : pass(`${name} does not use a Basic load balancer.`, evidence);
  },
});
