// How machines without public addresses reach the Internet from a subnet: by an explicit method, by Azure's default outbound
// access, or not at all.

import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { findSubnet, subnetView } from '../resource-types/network-view.ts';
import { booleanAt, listAt, textAt } from '../resource-types/read.ts';
import { routesPointer } from '../resource-types/route-view.ts';
import { isOutOfReach, routeTableAt } from './routes.ts';
import { tunnelOf } from './tunnel.ts';

/**
 * `dropped`: a route drops everything. `lost`: routes lead to an appliance that the network does not reach. `unknown`: a
 * gateway may have learnt a route that no resource shows. `default`: by default outbound access. `none`: the subnet is private
 * and has no outbound access.
 */
export type OutboundWay = 'nat' | 'routed' | 'dropped' | 'lost' | 'unknown' | 'default' | 'none';

/** Undefined where the subnet does not exist. Throws UnreadableError when it, its network or its route table was not read. */
export function outboundWay(subnetId: string, index: SnapshotIndex): OutboundWay | undefined {
  const subnet = findSubnet(index, subnetId);
  if (!subnet) return undefined;
  if (subnetView(subnet).natGateway !== undefined) return 'nat';
  const dropsAll = listAt(routeTableAt(subnetId, index)?.body, routesPointer).some(
    (route) =>
      textAt(route, '/properties/addressPrefix') === '0.0.0.0/0' &&
      fold(textAt(route, '/properties/nextHopType') ?? '') === 'none',
  );
  if (dropsAll) return 'dropped';
  const { kind, routes } = tunnelOf(subnetId, index);
  const hops = routes.map(({ nextHopIpAddress }) => nextHopIpAddress);
  if (hops.length > 0 && hops.every((hop) => hop !== undefined && isOutOfReach(hop, subnetId, index))) return 'lost';
  if (kind === 'suspectedBgp') return 'unknown';
  if (kind !== 'none') return 'routed';
  return booleanAt(subnet.body, '/properties/defaultOutboundAccess') === false ? 'none' : 'default';
}
