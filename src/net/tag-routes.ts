// Do the prefixes of a tag leave by a given next hop? What a forced tunnel swallows, exactly.
import { type Addresses, prefixesOf } from './addresses.ts';
import { type Route, sweepRoutes } from './routes.ts';
import { intersect, intervals } from './sets.ts';

export interface TagRouting {
  readonly nextHopType: string;
  readonly route: Route | undefined;
  readonly addresses: Addresses;
  readonly prefixes: readonly string[];
}

/** The addresses divided by the route they take: one entry a winning route (and one for what has none), in order of address. */
export function routingOf(addresses: Addresses, routes: readonly Route[]): TagRouting[] {
  const found = new Map<Route | undefined, { v4: [number, number][]; v6: [bigint, bigint][] }>();
  for (const { family, low, high, route } of sweepRoutes(routes)) {
    const entry = found.get(route) ?? { v4: [], v6: [] };
    if (family === 4) entry.v4.push([Number(low), Number(high)]);
    else entry.v6.push([low, high]);
    found.set(route, entry);
  }
  return [...found].flatMap(([route, { v4, v6 }]) => {
    const part = { v4: intersect(addresses.v4, intervals(v4)), v6: intersect(addresses.v6, intervals(v6)) };
    if (part.v4.length === 0 && part.v6.length === 0) return [];
    return [{ nextHopType: route?.nextHopType ?? 'None', route, addresses: part, prefixes: prefixesOf(part) }];
  });
}

/** What of the addresses does not leave by one of the next hops (`Internet` for replies past a tunnel): the evidence, as prefixes. */
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
