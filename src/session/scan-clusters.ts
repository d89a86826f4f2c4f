// What the scan reads around Kubernetes clusters: the roles of each cluster's identity where its nodes are, with definitions that
// are not known by name, the addresses left there for a load balancer, and who may call an API server that limits its callers.

import type { Resource } from '../model/resource.ts';
import { distinctIds, subscriptionOf } from '../model/resource-id.ts';
import {
  addressUsagesOf,
  assignmentsIn,
  attachedSubnets,
  clusterIdOf,
  limitsCallers,
  managedClusterView,
  ofPrincipal,
  roleAssignmentType,
  roleAssignmentView,
  roleNames,
  trustedAccessOf,
  trustedAccessType,
  vnetOf,
} from '../resource-types/index.ts';
import { textAt } from '../resource-types/read.ts';
import type { Collector } from './collector.ts';

/** To be called once the clusters behind the computes are in hand. `coming`: ids of those that are to be attached. */
export async function clusterSurroundings(
  collector: Collector,
  computes: readonly Resource[],
  coming: readonly string[] = [],
): Promise<void> {
  const ids = distinctIds([...computes.flatMap((compute) => clusterIdOf(compute) ?? []), ...coming]);
  const clusters = (await Promise.all(ids.map((id) => collector.read(id)))).filter((one) => one !== undefined);
  const networks = distinctIds(clusters.flatMap(attachedSubnets).map(vnetOf));
  await Promise.all([
    ...networks.map((vnet) => collector.report(addressUsagesOf(vnet))),
    ...clusters.map((cluster) => rolesOf(cluster, collector)),
    ...clusters.filter(limitsCallers).map(({ id }) => collector.list(trustedAccessOf(id), trustedAccessType)),
  ]);
}

async function rolesOf(cluster: Resource, collector: Collector): Promise<void> {
  const { principal } = managedClusterView(cluster);
  if (principal === undefined) return;
  const subscriptions = distinctIds(attachedSubnets(cluster).flatMap((subnet) => subscriptionOf(subnet) ?? []));
  const lists = await Promise.all(
    subscriptions.map((one) => collector.list(assignmentsIn(one), roleAssignmentType, ofPrincipal(principal))),
  );
  const foreign = lists
    .flatMap((list) => list ?? [])
    .filter((assignment) => roleNames[roleAssignmentView(assignment).role] === undefined)
    .flatMap((assignment) => textAt(assignment.body, '/properties/roleDefinitionId') ?? []);
  await Promise.all(distinctIds(foreign).map((id) => collector.read(id)));
}
