// What the scan reads around the computes: addresses and quotas that growth may
// use up, policies that may forbid what the service makes, what it has made. Each only where some compute makes a rule ask.

import { mayDo } from '../model/permissions.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, groupIdOf, sameId, subscriptionOf } from '../model/resource-id.ts';
import {
  addressUsagesOf,
  computeView,
  coreUsagesOf,
  growthOf,
  loadBalancerType,
  machineSizesOf,
  networkUsagesOf,
  nodesView,
  type Placement,
  placementsOf,
  publicAddressType,
  securityGroupType,
  vnetOf,
  vnetType,
  vnetView,
  workspaceView,
} from '../resource-types/index.ts';
import type { Collector } from './collector.ts';
import { policiesOver } from './policies.ts';

export interface ComputeScan {
  readonly collector: Collector;
  readonly workspace: Resource | undefined;
  readonly computes: readonly Resource[];
  /** Subnets that something is to be made in. */
  readonly planned: readonly string[];
}

const joinAction = 'Microsoft.Network/virtualNetworks/subnets/join/action';
const joinViaEndpointAction = 'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action';

/** To be called once the networks of the computes are in hand. */
export async function computeSurroundings(scan: ComputeScan): Promise<void> {
  const { collector, workspace, computes, planned } = scan;
  const placements = placementsOf(computes, workspace);
  const isManaged = workspace !== undefined && workspaceView(workspace).managedNetwork.on;
  const inside = isManaged ? [] : placements;
  const growing = computes.filter((compute) => growthOf(compute) > 0);
  const subnets = distinctIds([...inside.map(({ subnet }) => subnet), ...planned]);
  const groups = distinctIds(subnets.flatMap((subnet) => groupIdOf(subnet) ?? []));
  await Promise.all([
    ...networksThatFill(growing, planned).map((vnet) => collector.report(addressUsagesOf(vnet))),
    ...coreQuotas(growing, planned.length > 0 ? workspace : undefined).map((path) => collector.report(path)),
    ...(isManaged ? [] : networkQuotas(scan, inside)).map((path) => collector.report(path)),
    ...groups.flatMap((group) =>
      [loadBalancerType, publicAddressType, securityGroupType].map((type) =>
        collector.list(`${group}/providers/${type}`, type),
      ),
    ),
    ...groupsWithPublic(inside, planned).map((group) => policiesOver(group, collector)),
  ]);
}

/** Networks in which a growing compute may run out of addresses. */
const networksThatFill = (growing: readonly Resource[], planned: readonly string[]): string[] =>
  distinctIds([...growing.flatMap((one) => computeView(one).subnet ?? []), ...planned].map(vnetOf));

/** Sizes and core quotas of the regions in which dedicated nodes may still come. */
function coreQuotas(growing: readonly Resource[], planning: Resource | undefined): string[] {
  const dedicated = growing.filter((one) => nodesView(one).vmPriority !== 'LowPriority');
  const asking = [...dedicated, ...(planning ? [planning] : [])];
  return distinctIds(
    asking.flatMap((one) => {
      const location = one === planning ? workspaceView(one).location : computeView(one).location;
      const subscription = subscriptionOf(one.id);
      return location === undefined || subscription === undefined
        ? []
        : [machineSizesOf(subscription, location), coreUsagesOf(subscription, location)];
    }),
  );
}

/** Quotas of the regions in which a cluster has still to be given a security group, an address and a load balancer. */
function networkQuotas({ collector, planned }: ComputeScan, placements: readonly Placement[]): string[] {
  const waiting = placements.filter(
    ({ occupant, isPublic, isServerless }) =>
      !isServerless && isPublic && growthOf(occupant) > 0 && !nodesView(occupant).currentNodes,
  );
  const vnets = distinctIds([...waiting.map(({ subnet }) => subnet), ...planned].map(vnetOf));
  return distinctIds(
    collector.resources().flatMap((network) => {
      if (fold(network.type) !== fold(vnetType) || !vnets.some((vnet) => sameId(vnet, network.id))) return [];
      const { location } = vnetView(network);
      const subscription = subscriptionOf(network.id);
      return location === undefined || subscription === undefined ? [] : [networkUsagesOf(subscription, location)];
    }),
  );
}

const groupsWithPublic = (placements: readonly Placement[], planned: readonly string[]): string[] =>
  distinctIds(
    [...placements.filter(({ isPublic }) => isPublic).map(({ subnet }) => subnet), ...planned].flatMap(
      (subnet) => groupIdOf(subnet) ?? [],
    ),
  );

/**
 * Where the rights in a group do not let the caller bring a compute into a subnet, or name it in a firewall (`ruled`: those named
 * today), those on the subnet itself may.
 */
export async function rightsOnSubnets(
  { collector, workspace, computes, planned }: ComputeScan,
  ruled: readonly string[],
): Promise<void> {
  const { permissions } = collector.collected();
  const lacks = (action: string) => (subnet: string) => mayDo(action, subnet, { permissions }) === false;
  const joined = distinctIds([...placementsOf(computes, workspace).map(({ subnet }) => subnet), ...planned]);
  const doubtful = distinctIds([
    ...joined.filter(lacks(joinAction)),
    ...[...joined, ...ruled].filter(lacks(joinViaEndpointAction)),
  ]);
  await Promise.all([...doubtful, ...distinctIds(doubtful.map(vnetOf))].map((scope) => collector.permissions(scope)));
}
