// Where packets of a subnet go next before a change and after it: the appliances and gateways that they no longer pass, those that
// they pass from then on, and the user routes that no longer apply to them.
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { distinctIds, fold, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import {
  type Addresses,
  both,
  countOf,
  either,
  fixed,
  noAddress,
  nowhere,
  prefixesOf,
  without,
} from '../../net/addresses.ts';
import { publicIpv4 } from '../../net/facts.ts';
import { type Route, sweepRoutes } from '../../net/index.ts';
import type { Stretch } from '../../net/routes.ts';
import { subnetType, subnetView, vnetOf, vnetType, vnetView } from '../../resource-types/network-view.ts';
import { privateEndpointType } from '../../resource-types/private-link.ts';
import { listAt, textAt } from '../../resource-types/read.ts';
import { routesPointer, routeTableType, servedBy, stopsBgp, stopsPeering } from '../../resource-types/route-view.ts';
import { firewallAt } from '../firewall.ts';
import { learntAt } from '../live.ts';
import { peersOf } from '../path/connection.ts';
import { endpointRoutesAt, forwardingChoicesFrom, goesNowhere } from '../path/forwarding.ts';
import { isOutOfReach, routesWith, routeTableAt } from '../routes.ts';
import { serviceRoutesAt } from '../service-routes.ts';
import { tunnelOf } from '../tunnel.ts';
import { pairsOf, type ResourcePair } from './pairs.ts';

export interface ChangedHops {
  /** Traffic that no longer passes an appliance, Azure Firewall or gateway, and arrives by another way. */
  readonly left: readonly PassedHop[];
  /** Traffic that passes one from then on. */
  readonly entered: readonly PassedHop[];
  /** User routes that no longer apply to addresses; those deleted by the change itself are none. */
  readonly lost: readonly LostRoutes[];
  readonly unknown: readonly { readonly subnet: string; readonly why: string }[];
}
export interface PassedHop {
  /** Id of the subnet. */
  readonly subnet: string;
  /** Prefixes and service tags. */
  readonly to: readonly string[];
  /** Id of an Azure Firewall, the address of another appliance, or {@link gatewayName}. */
  readonly hop: string;
}
export interface LostRoutes {
  /** Id of the route table. */
  readonly table: string;
  readonly routes: readonly string[];
  readonly prefixes: readonly string[];
}

export const gatewayName = 'the virtual network gateway';

/** `counts`: the ids of routes whose loss is asked for. */
export function changedHops(
  pairs: readonly ResourcePair[],
  before: SnapshotIndex,
  after: SnapshotIndex,
  counts: (routeId: string) => boolean,
): ChangedHops {
  const sum = { left: [] as PassedHop[], entered: [] as PassedHop[], unknown: [] as { subnet: string; why: string }[] };
  const lost = new Map<string, { table: string; routes: Set<string>; prefixes: Set<string> }>();
  for (const subnet of routedSubnets(pairs, before, after)) {
    attempt(
      () => {
        const met = atSubnet(subnet, before, after);
        sum.left.push(...met.left);
        sum.entered.push(...met.entered);
        if (met.unknown !== undefined) sum.unknown.push({ subnet, why: met.unknown });
        for (const { table, route, prefixes } of met.lost) {
          if (!counts(`${table}/routes/${route}`)) continue;
          const known = lost.get(fold(table)) ?? { table, routes: new Set(), prefixes: new Set() };
          known.routes.add(route);
          for (const prefix of prefixes) known.prefixes.add(prefix);
          lost.set(fold(table), known);
        }
      },
      (error) => sum.unknown.push({ subnet, why: error.gap.reason }),
    );
  }
  const told = [...lost.values()].map((one) => ({ ...one, routes: [...one.routes], prefixes: [...one.prefixes] }));
  return { ...sum, lost: told };
}

/** The subnets whose packets may take another route, and whose routes lead elsewhere than Azure's own. */
function routedSubnets(pairs: readonly ResourcePair[], before: SnapshotIndex, after: SnapshotIndex): readonly string[] {
  const found = [...reroutedSubnets(pairs, before, after)];
  for (const { before: was, after: is } of pairsOf(pairs, subnetType)) {
    if (!was || !is) continue;
    if (listAt(was.body, '/properties/serviceEndpoints') !== listAt(is.body, '/properties/serviceEndpoints'))
      found.push(is.id);
    const policies = (one: Resource) => textAt(one.body, '/properties/privateEndpointNetworkPolicies');
    if (policies(was) !== policies(is)) found.push(...subnetsAround(vnetOf(is.id), before));
  }
  for (const { before: was, after: is } of pairsOf(pairs, privateEndpointType)) {
    const subnet = was === undefined ? textAt(is?.body, '/properties/subnet/id') : undefined;
    if (subnet !== undefined) found.push(...subnetsAround(vnetOf(subnet), before));
  }
  // What a table does for subnets that were not read is told by the table.
  const once = distinctIds(found).filter((id) => [before, after].some((index) => index.peek(id).state === 'read'));
  return once.filter((id) => mayLeadAway(id, before) || mayLeadAway(id, after));
}

/** The subnets whose user routes, or whose network with its peers, are others: what VirtualNetwork resolves to there, too. */
export function reroutedSubnets(
  pairs: readonly ResourcePair[],
  before: SnapshotIndex,
  after: SnapshotIndex,
): readonly string[] {
  const tables = pairsOf(pairs, routeTableType).flatMap(({ before: was, after: is }) =>
    was &&
    is &&
    (routesIn(was) !== routesIn(is) || stopsBgp(was) !== stopsBgp(is) || stopsPeering(was) !== stopsPeering(is))
      ? subnetsWith(is, after)
      : [],
  );
  const subnets = pairsOf(pairs, subnetType).flatMap(({ before: was, after: is }) => {
    if (!was || !is) return [];
    const [from, to] = [subnetView(was).routeTable, subnetView(is).routeTable];
    return from === to || sameId(from, to) ? [] : [is.id];
  });
  const parts = ['/properties/virtualNetworkPeerings', '/properties/addressSpace/addressPrefixes'];
  const networks = pairsOf(pairs, vnetType).flatMap(({ before: was, after: is }) =>
    was && is && parts.some((part) => listAt(was.body, part) !== listAt(is.body, part)) ? subnetsIn(is.id, before) : [],
  );
  return distinctIds([...tables, ...subnets, ...networks]);
}

const routesIn = (table: Resource) => listAt(table.body, routesPointer);
const subnetsWith = (table: Resource, index: SnapshotIndex): string[] => [
  ...servedBy(table),
  ...index.ofType(subnetType).flatMap((one) => (sameId(subnetView(one).routeTable, table.id) ? [one.id] : [])),
];
const subnetsIn = (network: string, index: SnapshotIndex): string[] => {
  const seen = index.peek(network);
  return seen.state === 'read' ? vnetView(seen.resource).subnets.map(({ id }) => id) : [];
};
const subnetsAround = (network: string, index: SnapshotIndex): string[] => {
  const peers = attempt(
    () => peersOf(network, index),
    () => [],
  );
  return [network, ...peers].flatMap((one) => subnetsIn(one, index));
};

/** Has the subnet a user route, or one that a gateway taught it or may have? What cannot be read may lead anywhere. */
const mayLeadAway = (subnet: string, index: SnapshotIndex): boolean =>
  attempt(
    () => {
      const table = routeTableAt(subnet, index);
      return (
        (table !== undefined && routesIn(table).length > 0) ||
        (learntAt(subnet, index)?.length ?? 0) > 0 ||
        tunnelOf(subnet, index).kind === 'suspectedBgp'
      );
    },
    () => true,
  );

interface AtSubnet extends Pick<ChangedHops, 'left' | 'entered'> {
  readonly lost: readonly { readonly table: string; readonly route: string; readonly prefixes: readonly string[] }[];
  readonly unknown: string | undefined;
}

/** Addresses by what names them: a service tag, or nothing. */
type Named = Map<string, { tag: string | undefined; addresses: Addresses }>;

function atSubnet(subnet: string, before: SnapshotIndex, after: SnapshotIndex): AtSubnet {
  const tunnel = tunnelOf(subnet, before);
  // Live answers are of the time before; a route that a gateway may have learnt counts on both sides.
  const learnt = learntAt(subnet, before) ?? tunnel.learnt;
  const [was, is] = [sideOf(subnet, before, learnt), sideOf(subnet, after, learnt)];
  const [left, entered, lost] = [new Map<string, Named>(), new Map<string, Named>(), new Map<string, Named>()];
  const put = (into: Map<string, Named>, key: string, tag: string | undefined, addresses: Addresses) => {
    const named = into.get(key) ?? new Map();
    into.set(key, named);
    const known = named.get(tag ?? '')?.addresses ?? nowhere;
    named.set(tag ?? '', { tag, addresses: either(known, addresses) });
  };
  const compare = (a: Way, b: Way, tag: string | undefined, addresses: Addresses) => {
    if (a.hop === b.hop && sameHop(a, b)) return;
    if (a.hop !== undefined && b.arrives) put(left, a.hop, tag, addresses);
    if (b.hop !== undefined && a.hop !== b.hop) put(entered, b.hop, tag, addresses);
    if (a.route?.source === 'User' && a.route.name !== undefined) put(lost, a.route.name, tag, addresses);
  };
  for (const { a, b, addresses } of together(was.stretches, is.stretches)) {
    compare(was.wayOf(a), is.wayOf(b), b?.serviceTag ?? a?.serviceTag, addresses);
  }
  for (const tag of new Set([...was.unknownTags, ...is.unknownTags]))
    compare(was.byName(tag), is.byName(tag), tag, nowhere);
  const isSuspected = tunnel.kind === 'suspectedBgp';
  const doubtful = isSuspected ? left.get(gatewayName) : undefined;
  if (doubtful) left.delete(gatewayName);
  const passed = (all: Map<string, Named>): PassedHop[] =>
    [...all].map(([hop, named]) => ({ subnet, hop: namedHop(hop, before), to: textsOf(named) }));
  return {
    left: passed(left),
    entered: passed(entered).filter(({ hop }) => !isSuspected || hop !== gatewayName),
    lost:
      was.table === undefined
        ? []
        : [...lost].map(([route, named]) => ({ table: was.table ?? '', route, prefixes: textsOf(named) })),
    unknown:
      doubtful &&
      `a gateway may have learned routes to ${textsOf(doubtful).slice(0, 3).join(', ')}, which Azure Resource Manager does not show.`,
  };
}

const textsOf = (named: Named): string[] =>
  [...named.values()].flatMap(({ tag, addresses }) => (tag === undefined ? addressTexts(addresses) : [tag]));

/** Prefixes; public addresses that are most of the Internet by that name, since their prefixes tell nothing. */
function addressTexts(addresses: Addresses): string[] {
  const all = prefixesOf(addresses, mostPrefixes + 1);
  if (all.length <= mostPrefixes) return all;
  const [met, left] = [both(addresses, publicIpv4), without(publicIpv4, addresses)];
  if (countOf(met) <= countOf(left)) return prefixesOf(addresses);
  const inside = prefixesOf(both(addresses, privateSpace), fewPrefixes + 1);
  return [
    noAddress(left) ? 'the Internet' : 'most of the Internet',
    ...(inside.length > fewPrefixes ? [privateWords] : inside),
  ];
}
export const privateWords = 'private addresses';
const mostPrefixes = 8;
const fewPrefixes = 3;
const privateSpace = fixed('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7');

/** An Azure Firewall by its id. */
const namedHop = (hop: string, index: SnapshotIndex): string =>
  attempt(
    () => firewallAt(hop, index)?.id,
    () => undefined,
  ) ?? hop;

/** The route of some packets, as a next hop. */
interface Way {
  readonly route: Route | undefined;
  /** The address of an appliance, or {@link gatewayName}; undefined where the packets pass neither. */
  readonly hop: string | undefined;
  readonly arrives: boolean;
}
const sameHop = (a: Way, b: Way): boolean =>
  fold(a.route?.nextHopType ?? 'none') === fold(b.route?.nextHopType ?? 'none') &&
  a.route?.nextHopIpAddress === b.route?.nextHopIpAddress;

interface SideOfSubnet {
  readonly table: string | undefined;
  readonly stretches: readonly Stretch[];
  readonly unknownTags: readonly string[];
  wayOf(route: Route | undefined): Way;
  byName(tag: string): Way;
}

function sideOf(subnet: string, index: SnapshotIndex, learnt: readonly unknown[]): SideOfSubnet {
  const table = routeTableAt(subnet, index);
  const own = routesWith(table, subnet, index, learnt);
  const services = serviceRoutesAt(subnet, index);
  const stretches = sweepRoutes([...own.routes, ...endpointRoutesAt(subnet, index), ...services.routes]);
  const isLost = (address: string | undefined) => address !== undefined && isOutOfReach(address, subnet, index);
  const wayOf = (route: Route | undefined): Way => {
    const type = fold(route?.nextHopType ?? 'none');
    if (type === 'virtualnetworkgateway') return { route, hop: gatewayName, arrives: true };
    const isAppliance = type === 'virtualappliance';
    if (type === 'none' || (isAppliance && isLost(route?.nextHopIpAddress)))
      return { route, hop: undefined, arrives: false };
    return {
      route,
      hop: isAppliance ? (route?.nextHopIpAddress ?? 'an appliance without an address') : undefined,
      arrives: true,
    };
  };
  const known = new Map<string, Way>();
  return {
    table: table?.id,
    stretches,
    unknownTags: [...own.unknownTags, ...services.unknownTags],
    wayOf,
    byName(tag) {
      const one = known.get(tag) ?? named(tag);
      known.set(tag, one);
      return one;
    },
  };
  function named(tag: string): Way {
    if (services.unknownTags.includes(tag)) return { route: undefined, hop: undefined, arrives: true };
    const [choice] = forwardingChoicesFrom(subnet, nowhere, [tag], index);
    if (!choice || goesNowhere(choice) || ['unsettled', 'rival', 'outside'].includes(choice.kind))
      return { route: choice?.route, hop: undefined, arrives: false };
    // A gateway may have learnt the route that the packets take.
    if (choice.kind === 'unseen') return { route: undefined, hop: gatewayName, arrives: true };
    return wayOf(choice.route);
  }
}

/** Two tables side by side: disjoint ranges of addresses with the route of each. */
function* together(
  before: readonly Stretch[],
  after: readonly Stretch[],
): Generator<{ readonly a: Route | undefined; readonly b: Route | undefined; readonly addresses: Addresses }> {
  let at = 0;
  for (const was of before) {
    for (let is = after[at]; is; is = after[at]) {
      if (is.family > was.family) break;
      const [low, high] = [later(was.low, is.low), sooner(was.high, is.high)];
      if (is.family === was.family && low < high && was.route !== is.route) {
        const addresses: Addresses =
          was.family === 4 ? { v4: [Number(low), Number(high)], v6: [] } : { v4: [], v6: [low, high] };
        yield { a: was.route, b: is.route, addresses };
      }
      if (is.family === was.family && is.high > was.high) break;
      at += 1;
    }
  }
}

const later = (a: bigint, b: bigint): bigint => (a < b ? b : a);
const sooner = (a: bigint, b: bigint): bigint => (b < a ? b : a);
