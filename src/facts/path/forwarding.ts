// Where packets leave a subnet: which route they take, and its next hop.

import type { Resource } from '../../model/resource.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { type Addresses, both, looksLiteral, noAddress, nowhere, readPrefixes, without } from '../../net/addresses.ts';
import { areApart, privateSpace, publicSpace } from '../../net/facts.ts';
import { chooseRoute, type Route, subnetTable } from '../../net/index.ts';
import { globalTagOf } from '../../net/service-tags.ts';
import { meets } from '../../net/sets.ts';
import { partsByRoute } from '../../net/tag-routes.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { routesPointer, stopsPeering } from '../../resource-types/route-view.ts';
import { endpointsWithin } from '../endpoints-in-hand.ts';
import { memoizePerSnapshotAndKey, network } from '../memoize.ts';
import { isOutOfReach, routesAt, routeTableAt } from '../routes.ts';
import { type ServiceRoutes, serviceRoutesAt } from '../service-routes.ts';
import { tunnelOf } from '../tunnel.ts';
import { type Connection, connectionBetween, peersOf } from './connection.ts';

/**
 * Where packets go next. `lost`: to an appliance that the network does not reach; `unseen`: a gateway may have learnt a route
 * that takes them; `unconnected`, `hidden`: the networks of both ends are not connected, or by something that is not shown;
 * `unsettled`: Azure's documentation is contradictory; `rival`: so it is on user routes as specific as those of a service endpoint;
 * `unrouted`: a user route leads private addresses to the Internet; `outside`: a user route keeps in the network what the network does
 * not hold, and Azure does not say what becomes of it.
 */
export type ForwardingKind =
  | 'inside'
  | 'endpoint'
  | 'service'
  | 'internet'
  | 'appliance'
  | 'gateway'
  | 'dropped'
  | 'lost'
  | 'unseen'
  | 'unconnected'
  | 'hidden'
  | 'unsettled'
  | 'rival'
  | 'unrouted'
  | 'outside';

export interface ForwardingChoice {
  readonly kind: ForwardingKind;
  /** undefined where no route covers the packets, or none is known to. */
  readonly route: Route | undefined;
  /** The destinations that take this route; undefined for all of them. */
  readonly addresses: Addresses | undefined;
  /** What connects both networks, where Azure's own routes lead to another one. */
  readonly connection?: Connection;
}

/** Packets on this route never arrive. */
export const goesNowhere = ({ kind }: ForwardingChoice): boolean =>
  ['dropped', 'lost', 'unrouted', 'unconnected'].includes(kind);

/** Whether packets on this route arrive is not known. */
export const isOpen = ({ kind }: ForwardingChoice): boolean =>
  ['unseen', 'unsettled', 'rival', 'outside', 'hidden'].includes(kind);

const kindOf: Readonly<Record<string, ForwardingKind>> = {
  vnetlocal: 'inside',
  vnetpeering: 'inside',
  vnetglobalpeering: 'inside',
  interfaceendpoint: 'endpoint',
  virtualnetworkserviceendpoint: 'service',
  internet: 'internet',
  virtualappliance: 'appliance',
  virtualnetworkgateway: 'gateway',
};
/** The ranges of a network and of its peers. */
const isConnected = ({ source, nextHopType }: Route): boolean =>
  source === 'Default' && kindOf[fold(nextHopType)] === 'inside';

/** Into a peered network. */
export const isPeered = ({ kind, route }: ForwardingChoice): boolean =>
  kind === 'inside' && ['vnetpeering', 'vnetglobalpeering'].includes(fold(route?.nextHopType ?? ''));

const wayKind = (route: Route | undefined): ForwardingKind =>
  route ? (kindOf[fold(route.nextHopType)] ?? 'dropped') : 'dropped';

const serviceHopType = 'VirtualNetworkServiceEndpoint';

/** Every active route of a subnet, including those of private endpoints in its network and its peers. */
const routesOf = memoizePerSnapshotAndKey(
  (subnetId, index): readonly Route[] => [...routesAt(subnetId, index).routes, ...endpointRoutesAt(subnetId, index)],
  network,
);

/** The same with the routes of its service endpoints: to every address of their services, whoever owns what is there. */
const routesWithServices = memoizePerSnapshotAndKey((subnetId, index): ServiceRoutes & { served: Addresses } => {
  const { routes, unknownTags } = serviceRoutesAt(subnetId, index);
  const others = routesOf(subnetId, index);
  const served = routes.length === 0 ? nowhere : readPrefixes(routes.map(({ prefix }) => prefix)).addresses;
  return { routes: routes.length === 0 ? others : [...others, ...routes], unknownTags, served };
}, network);

/** The routes to private endpoints in the network of a subnet and, unless its table leaves them out, in its peers. */
export function endpointRoutesAt(subnetId: string, index: SnapshotIndex): readonly Route[] {
  const vnet = vnetOf(subnetId);
  const isAlone = peersOf(vnet, index).length > 0 && isWithoutPeers(subnetId, index);
  return isAlone ? endpointRoutesIn([vnet], index) : endpointRoutesNear(vnet, index);
}

const isWithoutPeers = (subnetId: string, index: SnapshotIndex): boolean => {
  const table = routeTableAt(subnetId, index);
  return table !== undefined && stopsPeering(table);
};

const endpointRoutesNear = memoizePerSnapshotAndKey(
  (vnet, index): readonly Route[] => endpointRoutesIn([vnet, ...peersOf(vnet, index)], index),
  network,
);

function endpointRoutesIn(near: readonly string[], index: SnapshotIndex): readonly Route[] {
  const privateEndpoints = endpointsWithin(near, index).flatMap(({ addresses, subnet }) => {
    const seen = subnet === undefined ? undefined : index.peek(subnet);
    const policies =
      seen?.state === 'read' ? textAt(seen.resource.body, '/properties/privateEndpointNetworkPolicies') : undefined;
    return addresses.map((address) => ({ address, policies }));
  });
  return subnetTable({ addressSpace: [], privateEndpoints }).routes.filter(
    ({ nextHopType }) => fold(nextHopType) === 'interfaceendpoint',
  );
}

/**
 * Where packets to these addresses, or to a service known by its tag alone, leave a subnet. `services: 'apart'` leaves out its
 * service endpoints: for replies, and for hosts that none of their services answers for.
 */
export function forwardingChoicesFrom(
  subnetId: string,
  to: Addresses,
  tags: readonly string[],
  index: SnapshotIndex,
  services: 'counted' | 'apart' = 'counted',
): ForwardingChoice[] {
  const { routes, unknownTags, served } =
    services === 'counted'
      ? routesWithServices(subnetId, index)
      : { routes: routesOf(subnetId, index), unknownTags: [], served: nowhere };
  const table = routeTableAt(subnetId, index);
  const suspected = tunnelOf(subnetId, index).kind === 'suspectedBgp';
  // Routes that a gateway has learnt take precedence over Azure's own routes to the Internet and over those that drop private
  // space.
  const learnable = ({ kind, route, addresses }: ForwardingChoice): ForwardingChoice => {
    const system = (kind === 'internet' || kind === 'dropped') && route?.source === 'Default';
    return { kind: suspected && system ? 'unseen' : kind, route, addresses };
  };
  const held = () => readPrefixes(routes.filter(isConnected).map(({ prefix }) => prefix)).addresses;
  const literal = partsByRoute(to, routes).flatMap(({ route, addresses }): ForwardingChoice[] => {
    const way = { kind: wayKind(route), route, addresses };
    if (route?.source !== 'User') return [way];
    const rival = both(addresses, served);
    const others = without(addresses, rival);
    const outside = way.kind === 'inside' ? without(others, held()) : nowhere;
    const unrouted = way.kind === 'internet' ? both(others, privateSpace) : nowhere;
    const parts: readonly ForwardingChoice[] = [
      { ...way, kind: 'rival', addresses: rival },
      { ...way, kind: 'outside', addresses: outside },
      { ...way, kind: 'unrouted', addresses: unrouted },
      { ...way, addresses: without(without(others, outside), unrouted) },
    ];
    return parts.filter((part) => part.addresses !== undefined && !noAddress(part.addresses));
  });
  const reached = (way: ForwardingChoice): ForwardingChoice => {
    const address = way.kind === 'appliance' ? way.route?.nextHopIpAddress : undefined;
    return address !== undefined && isOutOfReach(address, subnetId, index) ? { ...way, kind: 'lost' } : way;
  };
  return [...literal, ...tags.map((tag) => namedWay(tag, routes, table, unknownTags))].map(learnable).map(reached);
}

/**
 * The same for packets from a subnet to another: Azure's own routes lead there where the connection between both carries them; user
 * routes decide for themselves.
 */
export function alongConnection(
  choices: readonly ForwardingChoice[],
  [from, to]: readonly [string, string],
  index: SnapshotIndex,
): readonly ForwardingChoice[] {
  const connection = connectionBetween(from, to, index);
  const [here, there] = [vnetOf(from), vnetOf(to)];
  const isPeered = !sameId(here, there) && peersOf(here, index).some((one) => sameId(one, there));
  if (isPeered && connection.state === 'connected' && isWithoutPeers(from, index)) return choices;
  return choices.map((choice) => {
    const { kind, route } = choice;
    const isSystem = route === undefined || route.source === 'Default';
    if (!isSystem) return choice;
    if (connection.state === 'connected') {
      return kind === 'dropped' || kind === 'unseen'
        ? { ...choice, kind: 'inside', connection }
        : { ...choice, connection };
    }
    return { ...choice, kind: connection.state === 'apart' ? 'unconnected' : 'hidden', connection };
  });
}

/** A tag with unknown addresses takes the routes that name it, else the default route; others may cover it. */
function namedWay(
  tag: string,
  routes: readonly Route[],
  table: Resource | undefined,
  served: readonly string[],
): ForwardingChoice {
  const wanted = [tag, globalTagOf(tag)].map(fold);
  const written = listAt(table?.body, routesPointer).flatMap((item) => {
    const prefix = textAt(item, '/properties/addressPrefix');
    return prefix === undefined || looksLiteral(prefix) ? [] : [{ item, prefix }];
  });
  const byName = wanted
    .map((name) => written.find(({ prefix }) => fold(prefix) === name))
    .find((one) => one !== undefined);
  const byEndpoint = served.some((one) => wanted.includes(fold(one)));
  if (byName) {
    const [route] = routesNamed(byName.item, byName.prefix);
    if (byEndpoint) return { kind: 'rival', route, addresses: undefined };
    return { kind: wayKind(route), route, addresses: undefined };
  }
  if (byEndpoint) return { kind: 'service', route: serviceRoute(tag), addresses: undefined };
  const byDefault = defaultRoute(routes);
  const others = [
    ...routes
      .filter((one) => one.source === 'User' && one.length > 0 && isPublic(one))
      .map(({ nextHopType }) => nextHopType),
    ...written
      .filter(({ prefix }) => !areApart(fold(globalTagOf(prefix)), fold(globalTagOf(tag))))
      .map(({ item }) => textAt(item, '/properties/nextHopType') ?? ''),
    ...served.filter((one) => isPartOf(one, tag)).map(() => serviceHopType),
  ];
  // The route of a service endpoint and the one to the Internet lead to the same service.
  const outward = (hop: string) => (fold(hop) === fold(serviceHopType) ? 'internet' : fold(hop));
  const agree = others.every((hop) => outward(hop) === outward(byDefault?.nextHopType ?? ''));
  return { kind: agree ? wayKind(byDefault) : 'unsettled', route: byDefault, addresses: undefined };
}

/** Does one tag hold addresses of the other, by their names? */
const isPartOf = (part: string, whole: string): boolean =>
  fold(globalTagOf(part)) === fold(whole) || fold(globalTagOf(whole)) === 'azurecloud';

/** The route of a service endpoint to a tag whose prefixes are unknown. */
const serviceRoute = (tag: string): Route | undefined =>
  subnetTable({ addressSpace: [], serviceEndpointPrefixes: ['0.0.0.0/0'] })
    .routes.filter(({ nextHopType }) => nextHopType === serviceHopType)
    .map((route) => ({ ...route, prefix: tag, serviceTag: tag }))[0];

/** A route of a tag as if it covered everything: its prefixes are unknown, its next hop is known. */
function routesNamed(item: unknown, prefix: string): readonly Route[] {
  const properties = (item as { properties?: object }).properties ?? {};
  const named = { ...(item as object), properties: { ...properties, addressPrefix: '0.0.0.0/0' } };
  return subnetTable({ addressSpace: [], userRoutes: [named] })
    .routes.filter(({ source }) => source === 'User')
    .map((route) => ({ ...route, prefix, serviceTag: prefix }));
}

const isPublic = ({ prefix }: Route): boolean => meets(readPrefixes([prefix]).addresses.v4, publicSpace.v4);
/** The route for destinations that no more specific one covers. */
function defaultRoute(routes: readonly Route[]): Route | undefined {
  const chosen = chooseRoute(
    routes.filter(({ length, family }) => length === 0 && family === 4),
    '1.1.1.1',
  );
  return chosen.ok ? chosen.value : undefined;
}
