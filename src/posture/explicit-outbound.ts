// How machines without public addresses get out of a subnet: by something that
// somebody meant, by Azure's default, or not at all.
import { findSubnet, subnetView } from '../kinds/network-view.ts';
import { booleanAt, listAt, textAt } from '../kinds/read.ts';
import { routesPointer } from '../kinds/route-view.ts';
import { fold } from '../model/resource-id.ts';
import type { World } from '../model/world.ts';
import { isOutOfReach, routeTableAt } from './routes.ts';
import { tunnelOf } from './tunnel.ts';

/**
 * `dropped`: a route drops everything. `lost`: routes lead to an appliance that the network does not reach. `feared`: a gateway may have learnt a way that no resource shows. `lent`: by an address
 * that Azure lends by default. `none`: the subnet is private and has no way out.
 */
export type OutboundWay = 'nat' | 'routed' | 'dropped' | 'lost' | 'feared' | 'lent' | 'none';

/** Undefined where the subnet does not exist. Throws GapRead when it, its network or its route table was not read. */
export function outboundWay(subnetId: string, world: World): OutboundWay | undefined {
  const subnet = findSubnet(world, subnetId);
  if (!subnet) return undefined;
  if (subnetView(subnet).natGateway !== undefined) return 'nat';
  const dropsAll = listAt(routeTableAt(subnetId, world)?.body, routesPointer).some(
    (route) =>
      textAt(route, '/properties/addressPrefix') === '0.0.0.0/0' &&
      fold(textAt(route, '/properties/nextHopType') ?? '') === 'none',
  );
  if (dropsAll) return 'dropped';
  const { kind, routes } = tunnelOf(subnetId, world);
  const hops = routes.map(({ nextHopIpAddress }) => nextHopIpAddress);
  if (hops.length > 0 && hops.every((hop) => hop !== undefined && isOutOfReach(hop, subnetId, world))) return 'lost';
  if (kind === 'suspectedBgp') return 'feared';
  if (kind !== 'none') return 'routed';
  return booleanAt(subnet.body, '/properties/defaultOutboundAccess') === false ? 'none' : 'lent';
}
