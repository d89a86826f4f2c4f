// The hop at the routing of a subnet, in words: which route the packets take, and its next hop.

import type { Evidence } from '../../model/finding.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { anywhere, both } from '../../net/addresses.ts';
import type { FlowOutcome, Parts } from '../../net/decision.ts';
import { cut, endsOf } from '../../net/in-turn.ts';
import { findSubnet, vnetOf } from '../../resource-types/network-view.ts';
import { routePointer, routesPointer, stopsPeering, stopsPeeringPointer } from '../../resource-types/route-view.ts';
import { routeTableAt } from '../routes.ts';
import { endpointsPointer } from '../service-endpoints.ts';
import { tunnelOf } from '../tunnel.ts';
import { alongConnection, type ForwardingChoice, forwardingChoicesFrom, goesNowhere, isOpen } from './forwarding.ts';
import { all as alike, type Control, divided, type Journey, type PathStage, quoted, unread } from './stage.ts';

export interface Routed {
  readonly stage: PathStage;
  /** Every route that some of the packets take; [] where the routes could not be read. */
  readonly choices: readonly ForwardingChoice[];
}

/** The hop at the routes of a subnet, and the routes taken. `to`: the subnet that packets are for. */
export function routeHop(subnetId: string, journey: Journey, to?: string): Routed {
  return attempt(
    () => routed(subnetId, journey, to),
    (error) => {
      const place = { hop: 'route', at: `routes of ${nameOf(subnetId)}` } as const;
      return { stage: unread(place, error, journey.packets), choices: [] };
    },
  );
}

function routed(subnetId: string, { index, packets }: Journey, there: string | undefined): Routed {
  // The points beyond the last address represent tags.
  const to = both(endsOf(packets.whole, 'destination'), anywhere);
  const all = forwardingChoicesFrom(subnetId, to, packets.uncounted, index, packets.vague ? 'apart' : 'counted');
  const choices = there === undefined ? all : alongConnection(all, [subnetId, there], index);
  const gaps = choices.flatMap(({ kind, connection }) => (kind === 'hidden' ? (connection?.gaps ?? []) : []));
  const table = routeTableAt(subnetId, index);
  const name = nameOf(subnetId);
  const place = { hop: 'route', at: table ? `${nameOf(table.id)} at ${name}` : `routes of ${name}` } as const;
  const shown = packets.brief ? [] : choices.slice(0, 6);
  const peerless = table !== undefined && there !== undefined && stopsPeering(table) ? [table] : [];
  const evidence = [
    ...peerless.map((one) => quoted(one, stopsPeeringPointer, 'routes of peerings are not used')),
    ...shown.map((way) => wayEvidence(way, subnetId, table, index)),
  ];
  const nowhere = choices
    .filter((way) => goesNowhere(way) && way.connection === undefined)
    .flatMap(({ route }) => route?.name ?? route?.prefix ?? []);
  const control: Control = { kind: 'route', subnet: subnetId, to: there, choices };
  const more = { control, ...(nowhere.length === 0 ? {} : { blockedBy: [...new Set(nowhere)] }) };
  const [only] = choices;
  if (only && choices.every((one) => isAlike(one, only))) {
    const stage = naming(gaps, alike(place, outcomeOf(only), sentence(only, name), evidence, packets));
    return { choices, stage: { ...stage, ...more } };
  }
  const parts = dividedBy(choices, packets.whole);
  const stage = naming(
    gaps,
    divided(place, parts, () => together(choices, name), evidence, packets),
  );
  return { choices, stage: { ...stage, ...more } };
}

/** One sentence says both: what stops them, or leaves them open, is the connection of the networks. */
const isAlike = (one: ForwardingChoice, other: ForwardingChoice): boolean =>
  one === other ||
  (one.kind === other.kind && ['hidden', 'unconnected'].includes(one.kind) && one.connection === other.connection);

/** A hop with what was not read for it. */
export const naming = (gaps: readonly string[], stage: PathStage): PathStage =>
  gaps.length === 0 ? stage : { ...stage, hop: { ...stage.hop, gaps } };

/** Routes to the same next hop are listed once, under the name of the widest. */
function together(choices: readonly ForwardingChoice[], name: string): string {
  const groups = [
    ...Map.groupBy(choices, ({ kind, route }) => `${kind} ${route?.nextHopIpAddress ?? ''}`).values(),
  ].map((same) => {
    const services = same.flatMap(({ kind, route }) => (kind === 'service' ? (route?.serviceTag ?? []) : []));
    if (services.length > 1)
      return `the service endpoints lead to ${services.slice(0, -1).join(', ')} and ${services.at(-1)}`;
    const [first] = same.toSorted((a, b) => (a.route?.length ?? 0) - (b.route?.length ?? 0));
    const others = same.length - 1;
    const more = others === 0 ? '' : `, and ${others} other ${others === 1 ? 'route' : 'routes'} there too`;
    return first ? `${forwardingText(first)}${more}` : '';
  });
  return `At ${name}, ${groups.join('; ')}.`;
}

const outcomeOf = (way: ForwardingChoice): FlowOutcome =>
  goesNowhere(way) ? 'denied' : isOpen(way) ? 'unknown' : 'allowed';

/** The packets with the outcome of the route that each takes. A tag with unknown addresses takes one route, and is not divided. */
function dividedBy(choices: readonly ForwardingChoice[], whole: Parts): Parts {
  let left = whole;
  const parts = choices.flatMap((way) => {
    if (!way.addresses) return [];
    const { inside, outside } = cut(left, 'destination', way.addresses, outcomeOf(way));
    left = outside;
    return inside;
  });
  return [...parts, ...left.map((part) => ({ ...part, outcome: 'unknown' as const }))];
}

/** `default (0.0.0.0/0) to the appliance 10.0.9.4`. */
export function forwardingText({ kind, route, connection }: ForwardingChoice): string {
  if (connection && (kind === 'hidden' || kind === 'unconnected')) return connection.because.replace(/\.$/, '');
  if (!route) return 'no route';
  if (kind === 'service') return `the service endpoint leads to ${route.serviceTag ?? 'the service'}`;
  const names = {
    User: `${route.name ?? 'a user route'} (${route.prefix})`,
    VirtualNetworkGateway: `the learned route ${route.prefix}`,
    Default: `the system route ${route.prefix}`,
  };
  const named = names[route.source];
  return `${named} ${leadsTo(kind, route.nextHopIpAddress, route.nextHopType)}`;
}

function leadsTo(kind: ForwardingChoice['kind'], address: string | undefined, type: string): string {
  switch (kind) {
    case 'inside':
      return type.toLowerCase() === 'vnetlocal'
        ? 'stays in the virtual network'
        : 'leads to the peered virtual network';
    case 'endpoint':
      return 'leads to the private endpoint';
    case 'unseen':
      return 'leads to the Internet unless the gateway has learned another route';
    case 'unrouted':
      return 'leads to the Internet, which does not route private addresses, so the traffic is dropped';
    case 'outside':
      return 'stays in the virtual network, which does not hold these addresses; Azure does not document what becomes of them';
    case 'rival':
      return "competes with the service endpoint, and Azure's documents disagree on which of them takes precedence";
    case 'appliance':
      return `leads to the appliance ${address ?? 'without an address'}`;
    case 'gateway':
      return 'leads to the gateway';
    case 'dropped':
      return 'drops the traffic (next hop None)';
    case 'lost':
      return `leads to the appliance ${address ?? ''}, which is in no connected network, so the traffic is dropped`;
    default:
      return 'leads to the Internet';
  }
}

function sentence(way: ForwardingChoice, name: string): string {
  const { connection } = way;
  if (connection && way.kind !== 'endpoint') {
    if (way.kind === 'hidden' || way.kind === 'unconnected') return connection.because;
    if (!way.route || way.route.nextHopType.toLowerCase() === 'none') return connection.because;
  }
  if (!way.route) return `No route of ${name} matches, so the traffic is dropped.`;
  if (way.kind === 'unseen')
    return `${name} may have a matching route learned from its gateway, and Azure Resource Manager does not show these.`;
  if (way.kind === 'unsettled')
    return `A route of ${name} may match addresses of the service, which are not known without service tags.`;
  return `At ${name}, ${forwardingText(way)}.`;
}

function wayEvidence(
  { route, kind, connection }: ForwardingChoice,
  subnetId: string,
  table: Resource | undefined,
  index: SnapshotIndex,
): Evidence {
  const [shown] = connection?.evidence ?? [];
  if (shown) return shown;
  const pointer =
    table && route?.source === 'User' && route.name !== undefined ? routePointer(table, route.name) : undefined;
  if (table && pointer !== undefined) return quoted(table, pointer, 'selected route');
  if (kind === 'service') {
    const subnet = findSubnet(index, subnetId);
    if (subnet) return quoted(subnet, endpointsPointer, 'takes precedence over default routes');
  }
  if (kind === 'unseen') {
    const { gateway } = tunnelOf(subnetId, index);
    return { resource: gateway ?? subnetId, pointer: '', value: null, note: 'a gateway that may have learned routes' };
  }
  const network = index.get(vnetOf(subnetId));
  if (network && (kind === 'inside' || kind === 'endpoint')) {
    return quoted(network, '/properties/addressSpace/addressPrefixes', 'address space');
  }
  if (table) return quoted(table, routesPointer, 'no route of the table matches');
  const subnet = findSubnet(index, subnetId);
  return subnet
    ? quoted(subnet, '/properties/routeTable', 'no route table')
    : { resource: subnetId, pointer: '', value: null, note: 'no route table' };
}
