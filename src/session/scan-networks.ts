// The networks of a scan: the subnets of computes, their networks whole, and what is attached to them or applies to them.

import type { Resource } from '../model/resource.ts';
import { fold, sameId } from '../model/resource-id.ts';
import {
  agentPoolsOf,
  appliesGroups,
  clusterIdOf,
  computeView,
  isVirtualHub,
  peeringsOf,
  routesOf,
  securityRulesOf,
  subnetsOf,
  subnetType,
  subnetView,
  vnetOf,
  vnetView,
  workspaceView,
} from '../resource-types/index.ts';
import type { Collector } from './collector.ts';
import { attachedOfCompute } from './scan-machines.ts';

export const network = 'Microsoft.Network/virtualNetworks';

export async function readAll(collector: Collector, ids: readonly (string | undefined)[]): Promise<Resource[]> {
  const wanted = ids.filter((id) => id !== undefined);
  return (await Promise.all(wanted.map((id) => collector.read(id)))).filter((resource) => resource !== undefined);
}

/** Subnets of computes and serverless nodes; attached clusters and machines are read for theirs. */
export async function subnetsInUse(
  collector: Collector,
  workspace: Resource | undefined,
  computes: readonly Resource[],
): Promise<string[]> {
  const serverless = workspace ? workspaceView(workspace).serverless.subnet : undefined;
  const isManaged = workspace !== undefined && workspaceView(workspace).managedNetwork.on;
  const each = await Promise.all(
    computes.map(async (compute): Promise<string[]> => {
      const { subnet } = computeView(compute);
      const clusterId = clusterIdOf(compute);
      const cluster = clusterId === undefined ? undefined : await collector.read(clusterId);
      if (cluster) agentPoolsOf(cluster).forEach(collector.keep);
      return subnet === undefined ? attachedOfCompute(collector, compute, !isManaged) : [subnet];
    }),
  );
  return [...each.flat(), ...(serverless === undefined ? [] : [serverless])];
}

/** Each network once, with its subnets beside it, and the locks of its subscription. */
export async function networksOf(collector: Collector, subnets: readonly string[]): Promise<void> {
  const ids = [...new Map(subnets.map((id) => [fold(vnetOf(id)), vnetOf(id)])).values()];
  await readAll(collector, ids);
  for (const resource of collector.resources()) {
    if (fold(resource.type) === fold(network))
      [...subnetsOf(resource), ...peeringsOf(resource)].forEach(collector.keep);
  }
}

/**
 * What is attached to the subnets of computes: endpoint policies, security groups with their rules; and the route tables
 * of their networks, since exceptions may be on the wrong table. The NAT gateways of all subnets: one without an address lets nothing out.
 */
export async function attachedOf(collector: Collector, subnets: readonly string[]): Promise<void> {
  const resources = collector.resources();
  const own = resources.filter(({ id }) => subnets.some((subnet) => sameId(subnet, id)));
  const networks = new Set(own.map(({ id }) => fold(vnetOf(id))));
  const near = resources.filter(({ id, type }) => fold(type) === fold(subnetType) && networks.has(fold(vnetOf(id))));
  const found = await readAll(collector, [
    ...own.map(subnetView).flatMap(({ endpointPolicies, nsg }) => [...endpointPolicies, nsg]),
    ...near.map((subnet) => subnetView(subnet).routeTable),
    ...resources.filter(({ type }) => fold(type) === fold(subnetType)).map((subnet) => subnetView(subnet).natGateway),
  ]);
  for (const resource of found) [...securityRulesOf(resource), ...routesOf(resource)].forEach(collector.keep);
}

/** Rules of network managers come before every security group: asked of each network that was read, once. */
export async function adminRulesOver(collector: Collector): Promise<void> {
  const networks = collector.resources().filter(({ type }) => fold(type) === fold(network));
  await Promise.all(networks.map(({ id }) => collector.adminRules(id)));
}

/** The NSGs of the subnets of private endpoints, where network policies apply them to endpoints. */
export async function endpointGroups(collector: Collector, subnets: readonly string[]): Promise<void> {
  const resources = collector.resources();
  const own = resources.filter(({ id }) => subnets.some((subnet) => sameId(subnet, id)));
  const found = await readAll(
    collector,
    own.filter(appliesGroups).map((subnet) => subnetView(subnet).nsg),
  );
  found.flatMap(securityRulesOf).forEach(collector.keep);
}

/**
 * What may connect the networks of computes and of private endpoints where no peering does: a hub that both are peered with, and
 * connectivity configurations of network managers. Networks that are one, or are peered, cost no request.
 */
export async function connectionsOf(
  collector: Collector,
  used: readonly string[],
  ends: readonly string[],
): Promise<void> {
  const networks = collector.resources().filter(({ type }) => fold(type) === fold(network));
  const among = (subnets: readonly string[]) =>
    networks.filter(({ id }) => subnets.some((subnet) => sameId(vnetOf(subnet), id)));
  const peersOf = (one: Resource) => vnetView(one).peerings.map(({ id }) => id);
  const apart = among(used).flatMap((here) =>
    among(ends)
      .filter(({ id }) => !sameId(id, here.id) && !peersOf(here).some((peer) => sameId(peer, id)))
      .map((there) => [here, there] as const),
  );
  const hubs = apart.flatMap(([here, there]) =>
    peersOf(here).filter((id) => !isVirtualHub(id) && peersOf(there).some((peer) => sameId(peer, id))),
  );
  const managed = new Map(apart.flat().map(({ id }) => [fold(id), id]));
  await Promise.all([
    networksOf(collector, [...new Map(hubs.map((id) => [fold(id), `${id}/subnets/any`])).values()]),
    ...[...managed.values()].map((id) => collector.connectivity(id)),
  ]);
}
