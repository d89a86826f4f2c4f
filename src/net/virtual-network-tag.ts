// What the tag VirtualNetwork resolves to at one subnet. Source: service-tags-overview; reports of the docs repository
// (issues 22178, 124192, 32725) for appliances, forced tunnelling and the host address.
import { looksLiteral, noAddress, readPrefixes, without } from './addresses.ts';
import { isRecord, listOf, memberOf, textOf, textsOf } from './json-view.ts';
import { peeredSpace } from './peering.ts';
import { prefixInterval } from './routes.ts';

export interface VirtualNetworkInput {
  readonly addressSpace: readonly string[];
  /** Raw JSON of the network's peerings. */
  readonly peerings?: unknown;
  /** On-premises prefixes of its gateway. */
  readonly gatewayPrefixes?: readonly string[] | undefined;
  /** Routes of the subnet's own table, as ARM gives them: they do not extend the tag of other subnets. */
  readonly userRoutes?: unknown;
  readonly tags?: ((name: string) => readonly string[] | undefined) | undefined;
}

export interface VirtualNetworkTag {
  /** In this order: the network's ranges, peers, gateway, routes to an appliance or gateway, the host address. */
  readonly in: readonly string[];
  /** Prefixes that all belong to the tag or all do not: Azure's documentation and reports differ. */
  readonly maybe: readonly string[];
}

const host = '168.63.129.16/32';
const joining = ['virtualappliance', 'virtualnetworkgateway'];
const isDefault = (prefix: string, family: 4 | 6): boolean => {
  const interval = prefixInterval(prefix);
  return interval.ok && interval.value.length === 0 && interval.value.family === family;
};

/** Computes the tag. With a default route to an appliance or gateway it is everything of that family. */
export function virtualNetworkTag(input: VirtualNetworkInput): VirtualNetworkTag {
  const joined: string[] = [];
  const unsure: string[] = [];
  for (const route of listOf(input.userRoutes)) {
    const nested = memberOf(route, 'properties');
    const properties = isRecord(nested) ? nested : route;
    const written = memberOf(properties, 'addressPrefix') ?? memberOf(properties, 'addressPrefixes');
    const texts = typeof written === 'string' ? [written] : textsOf(written);
    const prefixes = texts.flatMap((text) => (looksLiteral(text) ? [text] : (input.tags?.(text) ?? [text])));
    const hop = textOf(memberOf(properties, 'nextHopType'))?.toLowerCase() ?? '';
    (joining.includes(hop) ? joined : unsure).push(...prefixes);
  }
  const listed = [
    ...input.addressSpace,
    ...peeredSpace(input.peerings),
    ...(input.gatewayPrefixes ?? []),
    ...joined,
    host,
  ];
  const forced4 = joined.some((prefix) => isDefault(prefix, 4));
  const forced6 = joined.some((prefix) => isDefault(prefix, 6));
  const kept = [...new Set(listed)].filter((prefix) => {
    const six = prefix.includes(':');
    return (six ? forced6 : forced4) ? isDefault(prefix, six ? 6 : 4) : true;
  });
  const inside = readPrefixes(kept.filter(looksLiteral)).addresses;
  const maybe = [...new Set(unsure)].filter(
    (prefix) => !looksLiteral(prefix) || !noAddress(without(readPrefixes([prefix]).addresses, inside)),
  );
  return { in: kept, maybe };
}
