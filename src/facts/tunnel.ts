// Is a subnet's traffic to the Internet forced through an appliance or a gateway? Decided by `net` over the whole public IPv4
// space: two halves count as 0.0.0.0/0, and a default route that narrower routes to the Internet override does not count.

import type { Resource } from '../model/resource.ts';
import { fold, nameOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { countOf } from '../net/addresses.ts';
import { publicIpv4 } from '../net/facts.ts';
import type { Route } from '../net/index.ts';
import { routingOf } from '../net/tag-routes.ts';
import { vnetView } from '../resource-types/network-view.ts';
import { booleanAt, listAt, textAt } from '../resource-types/read.ts';
import { learntAt } from './live.ts';
import { memoizePerSnapshotAndKey } from './memoize.ts';
import { routesAt, routesWith, routeTableAt } from './routes.ts';
import { networkOf } from './training-subnets.ts';

/** `suspectedBgp`: a gateway may have learnt a default route, and no resource shows whether it has. */
export type TunnelKind = 'none' | 'udr' | 'bgp' | 'suspectedBgp';

export interface Tunnel {
  readonly kind: TunnelKind;
  /** The routes that redirect Internet traffic, each once; [] where there is no tunnel, or only a suspected one. */
  readonly routes: readonly Route[];
  /** Addresses of the appliances that they lead to, each once. */
  readonly appliances: readonly string[];
  /** The table associated with the subnet. */
  readonly table: Resource | undefined;
  /** The evidence for a suspected tunnel: id of the gateway's subnet, or of a network whose gateway is used. */
  readonly gateway: string | undefined;
  /** BGP routes to assume: the suspected default route. */
  readonly learnt: readonly unknown[];
}

const tunnels = ({ source, nextHopType }: Route): boolean =>
  source !== 'Default' && ['virtualappliance', 'virtualnetworkgateway'].includes(fold(nextHopType));

/** The routes to an appliance or gateway, when together they take most of the Internet; else []. */
export function awayFrom(routes: readonly Route[]): readonly Route[] {
  const parts = routingOf(publicIpv4, routes).filter(({ route }) => route !== undefined && tunnels(route));
  const taken = parts.reduce((sum, { addresses }) => sum + countOf(addresses), 0n);
  return taken * 2n > countOf(publicIpv4) ? parts.flatMap(({ route }) => route ?? []) : [];
}

const hasGatewaySubnet = (network: Resource): Resource | undefined =>
  vnetView(network).subnets.find(({ id }) => fold(nameOf(id)) === 'gatewaysubnet');

/** The gateway that may teach a subnet routes: of its own network, or of a peer whose gateway it uses. */
function gatewayFor(subnetId: string, index: SnapshotIndex): string | undefined {
  const network = networkOf(subnetId, index);
  if (!network) return undefined;
  const own = hasGatewaySubnet(network);
  if (own) return own.id;
  for (const peering of listAt(network.body, '/properties/virtualNetworkPeerings')) {
    const remote = textAt(peering, '/properties/remoteVirtualNetwork/id');
    const connected = fold(textAt(peering, '/properties/peeringState') ?? '') === 'connected';
    if (remote === undefined || !connected || booleanAt(peering, '/properties/useRemoteGateways') !== true) continue;
    const seen = index.peek(remote);
    // Azure rejects the use of a missing gateway, so an unread peer counts as having one.
    if (seen.state !== 'read') return remote;
    const there = hasGatewaySubnet(seen.resource);
    if (there) return there.id;
  }
  return undefined;
}

const learntDefault = [{ addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualNetworkGateway' }];

/** The tunnel of a subnet. Throws UnreadableError when its network or its route table could not be read. */
export const tunnelOf = memoizePerSnapshotAndKey((subnetId: string, index: SnapshotIndex): Tunnel => {
  const table = routeTableAt(subnetId, index);
  // Effective routes, where read, include what a gateway has learnt.
  const seen = learntAt(subnetId, index);
  const learnt = seen ?? [];
  const routes = awayFrom(routesAt(subnetId, index).routes);
  if (routes.length > 0) {
    const appliances = [...new Set(routes.flatMap(({ nextHopIpAddress }) => nextHopIpAddress ?? []))];
    const kind = routes.every(({ source }) => source === 'VirtualNetworkGateway') ? 'bgp' : 'udr';
    return { kind, routes, appliances, table, gateway: undefined, learnt };
  }
  const gateway = seen === undefined ? gatewayFor(subnetId, index) : undefined;
  const isUncertain =
    gateway !== undefined && awayFrom(routesWith(table, subnetId, index, learntDefault).routes).length > 0;
  const nothing = { routes: [], appliances: [], table };
  return isUncertain
    ? { ...nothing, kind: 'suspectedBgp', gateway, learnt: learntDefault }
    : { ...nothing, kind: 'none', gateway: undefined, learnt };
});

/** Is the tunnel certain? BGP routes count only where they were read. */
export const isTunnelled = (subnetId: string, index: SnapshotIndex): boolean =>
  ['udr', 'bgp'].includes(tunnelOf(subnetId, index).kind);
