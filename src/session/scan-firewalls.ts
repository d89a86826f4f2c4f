// The part of a scan that follows routes to an Azure Firewall: the firewalls that answer at a next hop, their
// policies with those they inherit from, the rules of each, the IP groups that rules name, and the hosts that the workspace
// lists as required. Where no route leads to an appliance, nothing is read.

import type { Resource } from '../model/resource.ts';
import { fold, sameId, subscriptionOf } from '../model/resource-id.ts';
import {
  basePolicyOf,
  firewallType,
  firewallView,
  ipGroupsIn,
  requiredHostsOf,
  routesPointer,
  ruleCollectionGroupsOf,
  ruleCollectionGroupType,
  subnetView,
  vnetOf,
  vnetView,
} from '../resource-types/index.ts';
import { listAt, textAt } from '../resource-types/read.ts';
import type { Collector } from './collector.ts';
import { networksOf } from './scan-networks.ts';

/**
 * `subnets`: ids of those that computes sit in; their networks and route tables are in hand. `ends`: those of private endpoints. Where
 * these are in another network, what a firewall allows must still get there from its own.
 */
export async function firewallsMet(
  collector: Collector,
  subnets: readonly string[],
  ends: readonly string[],
  workspace: string,
): Promise<void> {
  const resources = collector.resources();
  const inHand = (id: string | undefined) => resources.filter((one) => sameId(one.id, id));
  const tables = subnets.flatMap(inHand).flatMap((subnet) => inHand(subnetView(subnet).routeTable));
  const hops = new Set(tables.flatMap(appliancesIn));
  if (hops.size === 0) return;
  const networks = subnets.flatMap((id) => inHand(vnetOf(id)));
  // A hub with its firewall is often in another team's subscription.
  const near = networks.flatMap((network) => [network.id, ...vnetView(network).peerings.map(({ id }) => id)]);
  const subscriptions = new Map(near.flatMap((id) => subscriptionOf(id) ?? []).map((id) => [fold(id), id]));
  const lists = await Promise.all(
    [...subscriptions.values()].map((id) =>
      collector.search(`/subscriptions/${id}/providers/${firewallType}`, firewallType),
    ),
  );
  const known = lists.flatMap((list) => list ?? []);
  /** One of a virtual hub shows no network. */
  const isNear = (firewall: Resource): boolean => {
    const homes = homesOf(firewall);
    return homes.length === 0 || homes.some((home) => near.some((network) => sameId(network, vnetOf(home))));
  };
  const met = new Set(
    [...hops].flatMap((hop) => {
      const answering = known.filter((firewall) => firewallView(firewall).addresses.includes(hop));
      // Hubs that are not peered with one another may use the same addresses.
      const reached = answering.filter(isNear);
      return reached.length > 0 ? reached : answering;
    }),
  );
  met.forEach(collector.keep);
  const hosts = met.size > 0 ? [collector.report(requiredHostsOf(workspace))] : [];
  const isApart = ends.some((end) => subnets.some((subnet) => !sameId(vnetOf(subnet), vnetOf(end))));
  await Promise.all([
    ...[...met].map((firewall) => rulesOf(collector, firewall)),
    ...hosts,
    networksOf(collector, isApart ? [...met].flatMap(homesOf) : []),
  ]);
}

/** Ids of the subnets that it is in. */
const homesOf = ({ body }: Resource): string[] =>
  listAt(body, '/properties/ipConfigurations').flatMap((one) => textAt(one, '/properties/subnet/id') ?? []);

const appliancesIn = (table: Resource): string[] =>
  listAt(table.body, routesPointer).flatMap((route) =>
    fold(textAt(route, '/properties/nextHopType') ?? '') === 'virtualappliance'
      ? (textAt(route, '/properties/nextHopIpAddress') ?? [])
      : [],
  );

async function rulesOf(collector: Collector, firewall: Resource): Promise<void> {
  const { policy } = firewallView(firewall);
  const holders = policy === undefined ? [firewall] : await groupsOf(collector, policy);
  await Promise.all([...new Set(holders.flatMap(ipGroupsIn))].map((id) => collector.read(id)));
}

/** The groups of a policy and of every policy above it. */
async function groupsOf(collector: Collector, policyId: string, below: readonly string[] = []): Promise<Resource[]> {
  const policy = await collector.read(policyId);
  if (!policy) return [];
  const groups = await collector.list(ruleCollectionGroupsOf(policy.id), ruleCollectionGroupType);
  const base = basePolicyOf(policy);
  const isNew = base !== undefined && ![...below, policyId].some((id) => sameId(id, base));
  const above = isNew ? await groupsOf(collector, base, [...below, policyId]) : [];
  return [...(groups ?? []), ...above];
}
