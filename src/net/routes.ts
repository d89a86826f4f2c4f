// Which route a packet takes, and a whole table cut into ranges with one selected route each. Source:
// virtual-networks-udr-overview, disable-private-endpoint-network-policy (Microsoft docs, 2025). Prefixes are compared as
// intervals of numbers.
import { END4, END6, looksLiteral, parseAddresses } from './addresses.ts';
import type { ParsedRange } from './ipv4.ts';
import { isRecord, listOf, memberOf, numberOf, textOf } from './json-view.ts';
import { globalTagOf, type ServiceTags } from './service-tags.ts';

export type RouteSource = 'User' | 'VirtualNetworkGateway' | 'Default';

/** One route with one prefix; a route of several prefixes, or of a tag, becomes several. */
export interface Route {
  readonly name: string | undefined;
  readonly source: RouteSource;
  /** As written, or from the tag's data. */
  readonly prefix: string;
  readonly low: bigint;
  /** One after the last. */
  readonly high: bigint;
  readonly family: 4 | 6;
  /** Bits of the prefix. */
  readonly length: number;
  readonly nextHopType: string;
  readonly nextHopIpAddress: string | undefined;
  /** The service tag it was written with. */
  readonly serviceTag: string | undefined;
  /** A user route that takes precedence over every BGP route. */
  readonly overridesBgp: boolean;
  /** Private endpoints only: may user routes apply in its subnet, and what is the prefix length of its network? */
  readonly endpoint: { readonly routeTables: boolean; readonly networkLength: number | undefined } | undefined;
}

export interface ReadRoutes {
  readonly routes: readonly Route[];
  readonly refused: readonly { readonly text: string; readonly reason: string }[];
  /** Tags with unknown prefixes: their routes are missing here. */
  readonly unknownTags: readonly string[];
}

const folded = (text: string | undefined): string => text?.toLowerCase() ?? '';

/** A prefix as an interval of numbers of its family. */
export function prefixInterval(text: string): ParsedRange<Pick<Route, 'low' | 'high' | 'family' | 'length'>> {
  const parsed = parseAddresses(text);
  if (!parsed.ok) return parsed;
  const { v4, v6 } = parsed.value;
  const [low4, high4] = v4;
  if (low4 !== undefined && high4 !== undefined) {
    const length = 32 - Math.log2(high4 - low4);
    if (!Number.isInteger(length)) return { ok: false, reason: 'It is a range, not a CIDR block.' };
    return { ok: true, value: { low: BigInt(low4), high: BigInt(high4), family: 4, length } };
  }
  const low = v6[0] ?? 0n;
  const high = v6[1] ?? 0n;
  return { ok: true, value: { low, high, family: 6, length: 128 - ((high - low).toString(2).length - 1) } };
}

const sources: Readonly<Record<string, RouteSource>> = {
  user: 'User',
  virtualnetworkgateway: 'VirtualNetworkGateway',
  default: 'Default',
};

/**
 * Reads routes as a route table (properties nested), as effective routes (`addressPrefix[]`, `source`, `state`) or as
 * questions write them. `source` is the default for a route without one. `Invalid` routes are omitted.
 */
export function readRoutes(
  raw: unknown,
  source: RouteSource,
  tags?: (name: string) => readonly string[] | undefined,
): ReadRoutes {
  const routes: Route[] = [];
  const refused: { text: string; reason: string }[] = [];
  const unknownTags: string[] = [];
  for (const item of listOf(raw)) {
    const nested = memberOf(item, 'properties');
    const properties = isRecord(nested) ? nested : item;
    if (folded(textOf(memberOf(properties, 'state'))) === 'invalid') continue;
    const written = memberOf(properties, 'addressPrefix') ?? memberOf(properties, 'addressPrefixes');
    let serviceTag = textOf(memberOf(properties, 'serviceTag'));
    const prefixes: string[] = [];
    for (const text of Array.isArray(written) ? written : [written]) {
      if (typeof text !== 'string')
        refused.push({ text: JSON.stringify(text) ?? 'nothing', reason: 'A route needs an address prefix.' });
      else if (looksLiteral(text)) prefixes.push(text);
      else {
        const known = tags?.(text);
        serviceTag = text;
        if (known) prefixes.push(...known);
        else unknownTags.push(text);
      }
    }
    const endpoint = memberOf(properties, 'endpoint');
    const policies = folded(textOf(memberOf(endpoint, 'policies')));
    const hop = memberOf(properties, 'nextHopIpAddress');
    for (const prefix of prefixes) {
      const interval = prefixInterval(prefix);
      if (!interval.ok) {
        refused.push({ text: prefix, reason: interval.reason });
        continue;
      }
      routes.push({
        ...interval.value,
        name: textOf(memberOf(item, 'name')),
        source: sources[folded(textOf(memberOf(properties, 'source')))] ?? source,
        prefix,
        nextHopType: textOf(memberOf(properties, 'nextHopType')) ?? 'None',
        nextHopIpAddress: textOf(hop) ?? textOf(listOf(hop)[0]),
        serviceTag,
        overridesBgp: memberOf(properties, 'hasBgpOverride') === true,
        endpoint:
          endpoint === undefined
            ? undefined
            : {
                routeTables: policies === 'enabled' || policies === 'routetableenabled',
                networkLength: numberOf(memberOf(endpoint, 'vnetPrefixLength')),
              },
      });
    }
  }
  return { routes, refused, unknownTags };
}

const tagRank = (route: Route): number => {
  const tag = folded(route.serviceTag);
  if (tag === '') return 0;
  const whole = folded(globalTagOf(tag));
  return (whole === 'azurecloud' ? 3 : 1) + (whole === tag ? 1 : 0);
};
const sourceRank: Readonly<Record<RouteSource, number>> = { User: 0, VirtualNetworkGateway: 1, Default: 2 };

/** System routes that take precedence over BGP even where BGP is more specific. */
const beforeBgp = [
  'vnetlocal',
  'vnetpeering',
  'vnetglobalpeering',
  'virtualnetworkserviceendpoint',
  'interfaceendpoint',
];
const isHop = (route: Route, ...types: readonly string[]): boolean => types.includes(folded(route.nextHopType));

/**
 * The route selected among those whose prefix covers the destination; undefined when there is none (the packet is dropped).
 * Longest prefix, then user before BGP before system, then literal before regional before global tag; with the exceptions
 * of network-internal system routes over BGP, of `hasBgpOverride`, and of private endpoints.
 */
function chosen(covering: readonly Route[]): Route | undefined {
  const endpoint = covering.find((route) => isHop(route, 'interfaceendpoint'));
  if (endpoint && !givesWay(endpoint, covering)) return endpoint;
  const noBgp = covering.some(
    (route) =>
      (route.source === 'User' && route.overridesBgp) || (route.source === 'Default' && isHop(route, ...beforeBgp)),
  );
  const left = covering.filter((route) => route !== endpoint && !(noBgp && route.source === 'VirtualNetworkGateway'));
  let best: Route | undefined;
  for (const route of left) if (!best || ranksBefore(route, best)) best = route;
  return best;
}
function ranksBefore(a: Route, b: Route): boolean {
  if (a.length !== b.length) return a.length > b.length;
  if (a.source !== b.source) return sourceRank[a.source] < sourceRank[b.source];
  return tagRank(a) < tagRank(b);
}

/**
 * A user route at least as specific as the network overrides a private endpoint's route, where its subnet's policies apply
 * route tables.
 */
function givesWay(endpoint: Route, covering: readonly Route[]): boolean {
  if (!endpoint.endpoint?.routeTables) return false;
  const networks = covering.filter(
    (route) => route.source === 'Default' && isHop(route, 'vnetlocal', 'vnetpeering', 'vnetglobalpeering'),
  );
  const range = endpoint.endpoint.networkLength ?? Math.max(0, ...networks.map(({ length }) => length));
  return range > 0 && covering.some((route) => route.source === 'User' && route.length >= range);
}

/** The route to one address (a text), or why the address is invalid; `value` undefined when no route covers it. */
export function chooseRoute(routes: readonly Route[], destination: string): ParsedRange<Route | undefined> {
  const at = prefixInterval(destination);
  if (!at.ok) return at;
  const { low, high, family } = at.value;
  if (high - low !== 1n) return { ok: false, reason: 'It is not one address.' };
  return {
    ok: true,
    value: chosen(routes.filter((route) => route.family === family && route.low <= low && low < route.high)),
  };
}

/** A range of addresses that take the same route. */
export interface Stretch {
  readonly family: 4 | 6;
  readonly low: bigint;
  /** One after the last. */
  readonly high: bigint;
  /** undefined where packets are dropped because there is no route. */
  readonly route: Route | undefined;
}

/** The whole table by one sweep over the ends of its prefixes: disjoint ranges in order, both families in full. */
export function sweepRoutes(routes: readonly Route[]): readonly Stretch[] {
  const known = sweptBefore.get(routes) ?? swept(routes);
  sweptBefore.set(routes, known);
  return known;
}
/** A table is swept for every destination that is asked about. */
const sweptBefore = new WeakMap<readonly Route[], readonly Stretch[]>();

function swept(routes: readonly Route[]): Stretch[] {
  return ([4, 6] as const).flatMap((family) => {
    const own = routes.filter((route) => route.family === family);
    const opening = Map.groupBy(own, ({ low }) => low);
    const closing = Map.groupBy(own, ({ high }) => high);
    const end = family === 4 ? BigInt(END4) : END6;
    const ends = [...new Set([0n, end, ...opening.keys(), ...closing.keys()])].sort((a, b) => (a < b ? -1 : 1));
    const open = new Set<Route>();
    const stretches: Stretch[] = [];
    for (const [index, low] of ends.entries()) {
      const high = ends[index + 1];
      for (const route of closing.get(low) ?? []) open.delete(route);
      for (const route of opening.get(low) ?? []) open.add(route);
      if (high === undefined) break;
      const route = chosen([...open]);
      const last = stretches.at(-1);
      if (last && last.route === route) stretches[stretches.length - 1] = { ...last, high };
      else stretches.push({ family, low, high, route });
    }
    return stretches;
  });
}

/** Prefixes of a tag from a file of service tags, for `readRoutes`. */
export const tagPrefixes =
  (tags: ServiceTags | undefined) =>
  (name: string): readonly string[] | undefined =>
    tags?.get(name)?.prefixes;
