// Regional quotas: cores for every node that may still be allocated, and room for the network resources that the service creates
// for computes with a public IP address.

import { computeNetworks, managedComputes } from '../../facts/compute-networks.ts';
import { coreQuotaOf } from '../../facts/core-quota.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { clean } from '../../model/text.ts';
import { growthOf, nodesView } from '../../resource-types/cluster-view.ts';
import { vnetType, vnetView } from '../../resource-types/network-view.ts';
import {
  type MachineSize,
  machineSizesIn,
  networkUsagesOf,
  plainRegion,
  usagesIn,
} from '../../resource-types/service-answers.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { displayName, evidenceAt, fail, few, listed, notApplicable, noted, pass, unknown } from '../parts/verdict.ts';
import type { CheckResult, RuleContext } from '../rule.ts';
import { hasOddScale } from './parts/scale.ts';
import { clusters, computeEvidence, computeShown, type OccupiedNetwork, occupiedNetworks } from './parts/subjects.ts';

/** The clusters of dedicated nodes in a region whose VM size is of this family, each with the cores it may still need. */
function demandOf(family: string, region: string, sizes: readonly MachineSize[], index: SnapshotIndex) {
  return managedComputes(index).flatMap((compute) => {
    const { vmSize, vmPriority } = nodesView(compute);
    const size = sizes.find(({ name }) => sameId(name, vmSize));
    const isHere = sameId(computeView(compute).location, region) && vmPriority !== 'LowPriority';
    return size !== undefined && isHere && sameId(size.family, family)
      ? [{ compute, cores: growthOf(compute) * (size.cores ?? 0) }]
      : [];
  });
}

function checkCores(cluster: Resource, { index }: RuleContext): CheckResult {
  const name = computeShown(cluster);
  const evidence = computeEvidence(cluster);
  if (hasOddScale(cluster)) return unknown(`The scale settings of the ${name} have an unexpected value.`, evidence);
  if (growthOf(cluster) === 0) return pass(`The ${name} needs no more nodes.`, evidence);
  const { vmSize, vmPriority } = nodesView(cluster);
  if (vmPriority === 'LowPriority') {
    return unknown(`The ${name} has low-priority nodes, and Azure does not report their quota by VM family.`, evidence);
  }
  const { location } = computeView(cluster);
  const subscription = subscriptionOf(cluster.id);
  if (location === undefined || subscription === undefined || vmSize === undefined) {
    return unknown(`The region or the VM size of the ${name} is not known.`, evidence);
  }
  const found = coreQuotaOf(cluster, index);
  if (found === undefined) {
    return unknown(`${clean(location, 60)} has no quota for the VM family of ${clean(vmSize, 80)}.`, evidence);
  }
  const { sizes, usages, size, quota } = found;
  const demands = demandOf(size.family, location, machineSizesIn(sizes), index);
  const need = demands.reduce((sum, { cores }) => sum + cores, 0);
  const free = quota.limit - quota.used;
  const all = [
    ...evidence,
    evidenceAt(sizes, size.pointer, 'cores and family of the VM size'),
    evidenceAt(usages, quota.pointer, 'cores used, and core quota'),
    ...demands.map(({ compute, cores }) => noted(compute.id, cores, 'more cores it may need')),
  ];
  const family = clean(quota.name ?? size.family, 80);
  const who = few(demands.map(({ compute }) => displayName(compute.id)));
  const says = `${family}: ${Math.max(0, free)} of ${quota.limit} cores are free; ${who} may need ${need} more.`;
  return free >= need ? pass(says, all) : fail(says, all);
}

export const computeCoreQuota = defineRule({
  id: 'compute.core-quota',
  title: 'Core quota suffices for all nodes',
  problem: 'Core quota is too low for all nodes',
  severity: 'low',
  explain: {
    why: 'Core quota is counted by VM family and region. When it is used up, a cluster stays smaller than its target.',
    fix: 'None. Request more cores of the family in the portal, lower the maximum number of nodes, or use a VM size of another family.',
    links: [links.quotas],
  },
  subjects: clusters,
  check: checkCores,
});

/** The three counters, each with the one of Azure's newer tier where it is shown. */
const counters = [
  { says: 'NSGs', names: ['NetworkSecurityGroups'] },
  { says: 'public IP addresses', names: ['PublicIPAddresses', 'StandardSkuPublicIpAddresses'] },
  { says: 'load balancers', names: ['LoadBalancers', 'StandardSkuLoadBalancers'] },
] as const;
/** Azure Batch's older guidance counts one of each for every 50 nodes: the cautious figure. */
const nodesPerSet = 50;

interface NetworkDemand {
  readonly compute: Resource;
  readonly sets: number;
}

/** Clusters at zero nodes with a public IP address have no resources yet; every active compute has its own already. */
function demandsIn(region: string, subscription: string, index: SnapshotIndex): NetworkDemand[] {
  return computeNetworks(index)
    .filter(({ vnet }) => {
      const found = index.peek(vnet);
      const location = found.state === 'read' ? vnetView(found.resource).location : undefined;
      return sameId(subscriptionOf(vnet), subscription) && plainRegion(location ?? '') === region;
    })
    .flatMap(({ placements }) => placements)
    .flatMap(({ occupant, isServerless, isPublic }) => {
      if (isServerless || !isPublic || computeView(occupant).computeType !== 'AmlCompute') return [];
      const { maxNodes = 0, currentNodes = 0 } = nodesView(occupant);
      return maxNodes > 0 && currentNodes === 0 ? [{ compute: occupant, sets: Math.ceil(maxNodes / nodesPerSet) }] : [];
    });
}

function checkNetworkQuota({ vnet, placements }: OccupiedNetwork, { index }: RuleContext): CheckResult {
  const network = index.get(vnet);
  if (!network) return notApplicable(`Virtual network ${displayName(vnet)} does not exist.`);
  if (!placements.some(({ isPublic }) => isPublic)) {
    return notApplicable(
      `No compute in ${displayName(vnet)} has a public IP address, so the service creates nothing for it.`,
    );
  }
  const region = plainRegion(vnetView(network).location ?? '');
  const subscription = subscriptionOf(vnet);
  if (region === '' || subscription === undefined) {
    return unknown(`The region of ${displayName(vnet)} is not known.`, [evidenceAt(network, '/location', 'region')]);
  }
  const demands = demandsIn(region, subscription, index);
  const sets = demands.reduce((sum, demand) => sum + demand.sets, 0);
  if (sets === 0) {
    return pass(
      `All compute in ${region} already has the resources it needs.`,
      placements.map(({ occupant }) =>
        evidenceAt(occupant, '/properties/properties/currentNodeCount', 'current nodes'),
      ),
    );
  }
  const document = index.get(networkUsagesOf(subscription, region));
  const rows = document ? usagesIn(document) : [];
  const counted = counters.map(({ says, names }) => ({
    says,
    found: rows.filter(({ name }) => names.some((one) => sameId(one, name))),
    isShown: rows.some(({ name }) => sameId(name, names[0])),
  }));
  const evidence = [
    ...demands.map((demand) => noted(demand.compute.id, demand.sets, 'sets it needs, one for 50 nodes')),
    ...counted.flatMap(({ found, says }) =>
      document ? found.map(({ pointer }) => evidenceAt(document, pointer, says)) : [],
    ),
  ];
  const who = few(demands.map(({ compute }) => displayName(compute.id)));
  const need = `${who} ${demands.length === 1 ? 'needs' : 'need'} ${sets} more of each kind`;
  const short = counted.filter(({ found }) => found.some(({ used, limit }) => limit - used < sets));
  if (short.length > 0) {
    const words = short.map(
      ({ says, found }) =>
        `${says} (${found.map(({ name, used, limit }) => `${name}: ${used} of ${limit} used`).join(', ')})`,
    );
    return fail(`Quota in ${region} is too low for ${listed(words)}; ${need}.`, evidence);
  }
  const hidden = counted.filter(({ isShown }) => !isShown).map(({ says }) => says);
  return hidden.length > 0
    ? unknown(`The quota for ${listed(hidden)} in ${region} is not known.`, evidence)
    : pass(`Quota in ${region} suffices; ${need}.`, evidence);
}

export const computeNetworkQuota = defineRule({
  id: 'compute.network-quota',
  title: 'Quota suffices for NSGs, public IPs and load balancers',
  problem: 'Network quota is too low for the compute',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: vnetType,
  explain: {
    why: 'Compute with a public IP address uses an NSG, a public IP address and a load balancer of the regional quota. Each compute instance and each cluster with nodes counts. When one quota is used up, nodes fail.',
    fix: 'None. Request more quota in the portal, delete unused resources (compute.orphaned-resources), or create the compute without a public IP address.',
    links: [links.quotas, links.secureTraining],
  },
  instead: 'workspace.managed-network-provisioned',
  subjects: occupiedNetworks,
  check: checkNetworkQuota,
});
