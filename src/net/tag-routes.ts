// Do the prefixes of a tag leave by a given next hop? Computes exactly what a forced tunnel captures.
import { type Addresses, both, noAddress, prefixesOf } from './addresses.ts';
import { type Route, sweepRoutes } from './routes.ts';

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
    .filter(({ addresses: area }) => touches(area.v4, addresses.v4) || touches(area.v6, addresses.v6))
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
    if (family === 4) append(area.v4, Number(low), Number(high));
    else append(area.v6, low, high);
  }
  const all = [...found.values()].map(({ route, v4, v6 }) => ({ route, addresses: { v4, v6 } }));
  areas.set(routes, all);
  return all;
}
const areas = new WeakMap<readonly Route[], readonly RoutedPart[]>();

/** Adds an interval after the others; one that touches the last is joined with it. */
function append<N extends number | bigint>(flat: N[], low: N, high: N): void {
  if (flat.at(-1) === low) flat[flat.length - 1] = high;
  else flat.push(low, high);
}

/** May two sets share a point, by their ends? */
const touches = <N extends number | bigint>(a: readonly N[], b: readonly N[]): boolean =>
  a.length > 0 && b.length > 0 && (a[0] as N) < (b[b.length - 1] as N) && (b[0] as N) < (a[a.length - 1] as N);

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
