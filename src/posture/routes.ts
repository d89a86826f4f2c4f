// The routes that the traffic of a subnet meets, as `net` reads them: the system's own and those of its route table. Routes that
// a gateway learns by BGP are shown by no resource; where one is assumed or was seen, it is handed in.
import { findSubnet, subnetView, vnetView } from '../kinds/network-view.ts';
import { listAt } from '../kinds/read.ts';
import { routesPointer, routeTableType, stopsBgp } from '../kinds/route-view.ts';
import type { Json } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { World } from '../model/world.ts';
import { readPrefixes } from '../net/addresses.ts';
import { peeredSpace, subnetTable } from '../net/index.ts';
import type { ReadRoutes } from '../net/routes.ts';
import { meets } from '../net/sets.ts';
import { learntAt } from './live.ts';
import { oncePerWorldAndKey } from './memo.ts';
import { serviceTagsOf, wholeTag } from './service-tags.ts';
import { networkOf } from './training-subnets.ts';

/** The route table of a subnet; undefined when it has none. Throws GapRead when it could not be read. */
export function routeTableAt(subnetId: string, world: World): Resource | undefined {
  const subnet = findSubnet(world, subnetId);
  const id = subnet && subnetView(subnet).routeTable;
  const found = id === undefined ? undefined : world.get(id);
  return found && fold(found.type) === fold(routeTableType) ? found : undefined;
}

/**
 * Every route of a subnet, those that lose included; `learnt`: routes of BGP, which a table may keep away. `table`: another
 * table than the one that hangs there. Service and private endpoints are left out: they claim addresses of their own services
 * only. Throws GapRead when the network or the table could not be read.
 */
export function routesWith(
  table: Resource | undefined,
  subnetId: string,
  world: World,
  learnt: readonly unknown[] = [],
): ReadRoutes {
  const network = networkOf(subnetId, world);
  return subnetTable({
    addressSpace: network ? vnetView(network).prefixes : [],
    peered: network ? peeredSpace(valueAt(network.body, '/properties/virtualNetworkPeerings')) : [],
    userRoutes: table ? listAt(table.body, routesPointer) : [],
    gatewayRoutes: learnt,
    disableBgpRoutePropagation: table !== undefined && stopsBgp(table),
    tags: wholeTag(serviceTagsOf(world)),
  });
}

/**
 * Does the appliance at this address lie in no network that the subnet reaches? Azure then drops what is routed to it, as it does
 * when the peering that led there is cut off. A peering that does not show its state or its ranges, as in a template, may
 * lead anywhere. Throws GapRead when the network could not be read.
 */
export function isOutOfReach(address: string, subnetId: string, world: World): boolean {
  const network = networkOf(subnetId, world);
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
 * The routes of a subnet as it stands, those of BGP where Azure was asked for them. Throws GapRead when the network or the table
 * could not be read.
 */
export const routesAt = oncePerWorldAndKey(
  (subnetId: string, world: World): ReadRoutes =>
    routesWith(routeTableAt(subnetId, world), subnetId, world, learntAt(subnetId, world)),
);
