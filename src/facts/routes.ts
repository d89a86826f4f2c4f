// The routes of a subnet as `net` reads them: the system routes and those of its route table. No resource shows the routes
// that a gateway learns by BGP; where one is assumed or was seen, the caller passes it.

import type { Json } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { readPrefixes } from '../net/addresses.ts';
import { peeredSpace, subnetTable } from '../net/index.ts';
import type { ReadRoutes } from '../net/routes.ts';
import { meets } from '../net/sets.ts';
import { findSubnet, subnetView, vnetView } from '../resource-types/network-view.ts';
import { listAt } from '../resource-types/read.ts';
import { routesPointer, routeTableType, stopsBgp, stopsPeering } from '../resource-types/route-view.ts';
import { learntAt } from './live.ts';
import { memoizePerSnapshotAndKey, network } from './memoize.ts';
import { peeredPrefixes } from './path/connection.ts';
import { serviceTagsOf, wholeTag } from './service-tags.ts';
import { networkOf } from './training-subnets.ts';

/** The route table of a subnet; undefined when it has none. Throws UnreadableError when it could not be read. */
export function routeTableAt(subnetId: string, index: SnapshotIndex): Resource | undefined {
  const subnet = findSubnet(index, subnetId);
  const id = subnet && subnetView(subnet).routeTable;
  const found = id === undefined ? undefined : index.get(id);
  return found && fold(found.type) === fold(routeTableType) ? found : undefined;
}

/**
 * Every route of a subnet, overridden ones included; `learnt`: BGP routes, which a table may not propagate. `table`: another
 * table than the associated one. Service and private endpoints are left out: they concern addresses of their services only.
 * Throws UnreadableError when the network or the table could not be read.
 */
export function routesWith(
  table: Resource | undefined,
  subnetId: string,
  index: SnapshotIndex,
  learnt: readonly unknown[] = [],
): ReadRoutes {
  const network = networkOf(subnetId, index);
  const peered = peeredPrefixes(subnetId, index);
  return subnetTable({
    addressSpace: network ? vnetView(network).prefixes : [],
    peered: peered.length > 0 && table !== undefined && stopsPeering(table) ? [] : peered,
    userRoutes: table ? listAt(table.body, routesPointer) : [],
    gatewayRoutes: learnt,
    disableBgpRoutePropagation: table !== undefined && stopsBgp(table),
    tags: wholeTag(serviceTagsOf(index)),
  });
}

/**
 * Is the appliance at this address outside every network that the subnet reaches? Azure then drops what is routed to it, as
 * it does when the peering to it is disconnected. A peering that does not show its state or its ranges, as in a template,
 * may lead to any network. Throws UnreadableError when the network could not be read.
 */
export function isOutOfReach(address: string, subnetId: string, index: SnapshotIndex): boolean {
  const network = networkOf(subnetId, index);
  if (!network) return false;
  const peerings = listAt(network.body, '/properties/virtualNetworkPeerings');
  const shows = (one: Json, ...members: readonly string[]): boolean =>
    members.some((member) => valueAt(one, `/properties/${member}`) !== undefined);
  const isVague = (one: Json): boolean =>
    !shows(one, 'peeringState') || !shows(one, 'remoteAddressSpace', 'remoteVirtualNetworkAddressSpace');
  if (peerings.some(isVague)) return false;
  const { addresses: near } = readPrefixes([...vnetView(network).prefixes, ...peeredSpace(peerings)]);
  const { addresses: hop, refused } = readPrefixes([address]);
  return refused.length === 0 && !meets(hop.v4, near.v4) && !meets(hop.v6, near.v6);
}

/**
 * The current routes of a subnet, with BGP routes where Azure was asked for them. Throws UnreadableError when the network or
 * the table could not be read.
 */
export const routesAt = memoizePerSnapshotAndKey(
  (subnetId: string, index: SnapshotIndex): ReadRoutes =>
    routesWith(routeTableAt(subnetId, index), subnetId, index, learntAt(subnetId, index)),
  network,
);
