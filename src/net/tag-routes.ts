// Do the prefixes of a tag leave by a given next hop? Computes exactly what a forced tunnel captures.
import { type Addresses, both, noAddress, prefixesOf } from './addresses.ts';
import { type Route, sweepRoutes } from './routes.ts';
import { type Intervals, intervals } from './sets.ts';

export interface TagRouting {
  readonly nextHopType: string;
  readonly route: Route | undefined;
  readonly addresses: Addresses;
  readonly prefixes: readonly string[];
}

/** The addresses divided by the route they take: one entry per selected route (and one for the rest), in order of address. */
export const routingOf = (addresses: Addresses, routes: readonly Route[]): TagRouting[] =>
  partsByRoute(addresses, routes).map(({ route, addresses: part }) => ({
    nextHopType: route?.nextHopType ?? 'None',
    route,
    addresses: part,
    prefixes: prefixesOf(part),
  }));

interface RoutedPart {
  readonly route: Route | undefined;
  readonly addresses: Addresses;
}

/** The same without prefixes. The routes of a service endpoint to one service tag count as one. */
export const partsByRoute = (addresses: Addresses, routes: readonly Route[]): RoutedPart[] =>
  areasOf(routes)
    .map(({ route, addresses: area }) => ({ route, addresses: both(addresses, area) }))
    .filter((part) => !noAddress(part.addresses))
    .sort((a, b) => (isBefore(a.addresses, b.addresses) ? -1 : 1));

const isBefore = (a: Addresses, b: Addresses): boolean => {
  const [one, other] = [a.v4[0], b.v4[0]];
  if (one !== undefined && other !== undefined) return one < other;
  return one !== undefined || (other === undefined && (a.v6[0] ?? 0n) < (b.v6[0] ?? 0n));
};

/** All addresses that take each route of a table, which is asked about many destinations. */
function areasOf(routes: readonly Route[]): readonly RoutedPart[] {
  const known = areas.get(routes);
  if (known) return known;
  const found = new Map<Route | string | undefined, { route: Route | undefined; v4: number[]; v6: bigint[] }>();
  for (const { family, low, high, route } of sweepRoutes(routes)) {
    const isService = route?.nextHopType.toLowerCase() === 'virtualnetworkserviceendpoint';
    const key = isService ? (route?.serviceTag ?? route) : route;
    const area = found.get(key) ?? { route, v4: [], v6: [] };
    found.set(key, area);
    if (family === 4) area.v4.push(Number(low), Number(high));
    else area.v6.push(low, high);
  }
  const all = [...found.values()].map(({ route, v4, v6 }) => ({
    route,
    addresses: { v4: joined(v4), v6: joined(v6) },
  }));
  areas.set(routes, all);
  return all;
}
const areas = new WeakMap<readonly Route[], readonly RoutedPart[]>();

/** Intervals in order, those that touch as one. */
const joined = <N extends number | bigint>(flat: readonly N[]): Intervals<N> =>
  intervals(flat.flatMap((low, at) => (at % 2 === 0 ? [[low, flat[at + 1] as N] as const] : [])));

/**
 * The addresses that do not leave by one of the next hops (`Internet` for replies outside a tunnel): the evidence, as
 * prefixes.
 */
export function notLeavingBy(
  addresses: Addresses,
  routes: readonly Route[],
  ...nextHops: readonly string[]
): readonly string[] {
  const wanted = nextHops.map((hop) => hop.toLowerCase());
  return routingOf(addresses, routes)
    .filter(({ nextHopType }) => !wanted.includes(nextHopType.toLowerCase()))
    .flatMap(({ prefixes }) => prefixes);
}
