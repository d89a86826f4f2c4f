// Do the prefixes of a tag leave by a given next hop? Computes exactly what a forced tunnel captures.
import { type Addresses, either, noAddress, nowhere, prefixesOf } from './addresses.ts';
import { type Route, sweepRoutes } from './routes.ts';
import { intersect } from './sets.ts';

export interface TagRouting {
  readonly nextHopType: string;
  readonly route: Route | undefined;
  readonly addresses: Addresses;
  readonly prefixes: readonly string[];
}

/** The addresses divided by the route they take: one entry per selected route (and one for the rest), in order of address. */
export function routingOf(addresses: Addresses, routes: readonly Route[]): TagRouting[] {
  const found = new Map<Route | undefined, Addresses>();
  for (const { family, low, high, route } of sweepRoutes(routes)) {
    const part: Addresses =
      family === 4
        ? { v4: intersect(addresses.v4, [Number(low), Number(high)]), v6: [] }
        : { v4: [], v6: intersect(addresses.v6, [low, high]) };
    if (!noAddress(part)) found.set(route, either(found.get(route) ?? nowhere, part));
  }
  return [...found].map(([route, part]) => ({
    nextHopType: route?.nextHopType ?? 'None',
    route,
    addresses: part,
    prefixes: prefixesOf(part),
  }));
}

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
