// What a change opens and whom it cuts off: every flow that it can touch, followed in the snapshot before and after it, packet by
// packet. Pure.
import type { EffectEnd, Use } from '../../model/effect.ts';
import { attempt } from '../../model/readable.ts';
import { distinctIds, fold, sameId } from '../../model/resource-id.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../../model/snapshot-index.ts';
import {
  type Addresses,
  anywhere,
  both,
  count4,
  fixed,
  noAddress,
  nowhere,
  prefixesOf,
  readPrefixes,
  without,
} from '../../net/addresses.ts';
import { decisionOf, type Parts } from '../../net/decision.ts';
import { inTurn } from '../../net/in-turn.ts';
import { isWide, reservedFamilies } from '../../net/ip-rules.ts';
import { formatBlock } from '../../net/ipv4.ts';
import { newlyAllowed } from '../../net/openings.ts';
import { portTexts } from '../../net/ports.ts';
import { type Intervals, intersect, meets, minus, unite } from '../../net/sets.ts';
import { subnetView } from '../../resource-types/network-view.ts';
import { endpointsLeadingTo } from '../endpoints-in-hand.ts';
import { contextAt, type FlowQuestion, subnetPrefixes } from '../flows.ts';
import { batchGroups } from '../groups.ts';
import { changedIdentities } from './identities.ts';
import { type PathQuestion, type PathTrace, tracePath } from './path.ts';
import { nodesApart, senderAt } from './places.ts';
import { packetsOf } from './stage.ts';
import { type TouchedFlow, touchedFlows } from './touched.ts';
import type { PathPackets } from './widening.ts';

export interface FlowChange {
  readonly kind: 'opens' | 'cutsOff';
  readonly from: EffectEnd;
  readonly to: EffectEnd;
  readonly subnets: readonly string[];
  readonly service: string | null;
  /** The packets that are decided otherwise. */
  readonly packets: PathPackets;
  readonly traffic: string;
  readonly sample: string | null;
  readonly certain: boolean;
  /** Whether anything was seen that sends them. */
  readonly use: Use;
  /** Only batch endpoints need them. */
  readonly onlyFor?: 'batchEndpoints';
  /** They come from whatever address the sender has, which may be one that is newly allowed: those are told as `from` by themselves. */
  readonly asAddresses?: true;
}

/** Ids of the resources that differ between two snapshots, created and deleted ones included. */
export function differing(before: Snapshot, after: Snapshot): string[] {
  const [old, fresh] = [before.resources, after.resources];
  // Most stand in the same places.
  const moved = fresh.filter((one, at) => old[at] !== one);
  const gone = old.filter((one, at) => fresh[at] !== one);
  const was = new Map(gone.map((one) => [fold(one.id), one]));
  const found: string[] = [];
  for (const one of moved) {
    if (was.get(fold(one.id))?.body !== one.body) found.push(one.id);
    was.delete(fold(one.id));
  }
  return [...found, ...[...was.values()].map(({ id }) => id)];
}

export function changedFlows(before: Snapshot, after: Snapshot): FlowChange[] {
  if (before === after) return [];
  const [was, is] = [indexSnapshot(before), indexSnapshot(after)];
  const changed = differing(before, after);
  const flows = touchedFlows(was, is, changed);
  derived.set(is, { from: was, touched: new Set(flows.map(endsOf)) });
  const byIdentity = changedIdentities(was, is, changed).map((one): FlowChange => ({ ...one, ...withoutPackets }));
  return [...namedByTags(flows.flatMap((flow) => changesOf(flow, was, is))), ...byIdentity];
}

/** Were there flows that the change between two snapshots can decide? Asked after `changedFlows`. */
export const hasTouchedFlows = (before: Snapshot, after: Snapshot): boolean => {
  const last = derived.get(indexSnapshot(after));
  return last?.from === indexSnapshot(before) && last.touched.size > 0;
};

/** `apart`: the end of which some addresses of the Internet are meant. `isDeclared`: its sources are declared clients alone. */
interface Found {
  readonly change: FlowChange;
  readonly apart?: 'from' | 'to';
  readonly isDeclared?: true;
}

/**
 * Some addresses of the Internet are told as the tags and addresses that are asked about besides, and those of declared clients as the
 * clients; what is left of them is told by its addresses.
 */
const namedByTags = (found: readonly Found[]): FlowChange[] =>
  found.flatMap((one) => {
    const { change, apart } = one;
    const end = apart ?? (one.isDeclared ? 'from' : undefined);
    if (end === undefined) return [change];
    const other = end === 'to' ? 'from' : 'to';
    const isTold = ({ change: { kind, [end]: named, [other]: to }, apart: open, isDeclared: ofClients }: Found) =>
      open === undefined &&
      ofClients === undefined &&
      kind === change.kind &&
      ((apart !== undefined && ['tag', 'addresses'].includes(named.kind)) ||
        (one.isDeclared === true && named.kind === 'client')) &&
      to.id === change[other].id &&
      to.name === change[other].name;
    const told = found.flatMap((each) => (isTold(each) ? asAllowed(each.change.packets.parts) : []));
    const parts = told.length === 0 ? change.packets.parts : newlyAllowed(told, change.packets.parts, []);
    if (parts.length === 0) return [];
    const packets = { ...change.packets, parts };
    const named = addressesEnd(both(addressesOf(sideOf(end), parts), anywhere));
    return [{ ...change, [end]: named, packets, traffic: trafficOf(parts), sample: sampleOf(packets) }];
  });
const asAllowed = (parts: Parts): Parts => parts.map((part) => ({ ...part, outcome: 'allowed' })) as Parts;

/**
 * Ids of the resources that decide every flow that a change can touch, whether it changes it or not: at the ends, the services and their
 * private endpoints, and at each hop.
 */
export function metOnFlows(before: Snapshot, after: Snapshot): readonly string[] {
  const worlds = [indexSnapshot(before), indexSnapshot(after)] as const;
  const met = touchedFlows(...worlds, differing(before, after)).flatMap((flow) => {
    const { subnets, service } = flow;
    const ends = service === null ? [] : endpointsOn(service, worlds[1]);
    const at = [...subnets, ...ends.flatMap(({ subnet }) => subnet ?? [])];
    return [
      ...(service === null ? [] : [service]),
      ...ends.map(({ endpoint }) => endpoint.id),
      ...at.flatMap((subnet) => attachedTo(subnet, worlds[1])),
      ...worlds.flatMap((index) => packetsIn(index, flow)?.met ?? []),
    ];
  });
  return distinctIds(met);
}

const endpointsOn = (service: string, index: SnapshotIndex) =>
  attempt(
    () => endpointsLeadingTo(service, index),
    () => [],
  );

function attachedTo(id: string, index: SnapshotIndex): string[] {
  const seen = index.peek(id);
  if (seen.state !== 'read') return [id];
  const { nsg, routeTable, natGateway } = subnetView(seen.resource);
  return [id, ...[nsg, routeTable, natGateway].filter((one) => one !== undefined)];
}

const withoutPackets = {
  use: 'seen',
  subnets: [],
  packets: { parts: [], uncounted: [] },
  traffic: 'TCP 443',
  sample: null,
} as const;

/** `ifLed`: what becomes of packets that something leads in which was not read; absent where an address is seen to lead in, or none can. */
interface Followed extends PathPackets {
  readonly ifLed?: Parts;
  /** The sender is let in from these addresses alone, and which it has is not known. */
  readonly oneOf?: Addresses;
  /** Names of the service that alone lead nowhere. */
  readonly hosts?: readonly string[];
  /** Ids of the resources that decide at its hops. */
  readonly met: readonly string[];
}

const known = new WeakMap<SnapshotIndex, Map<string, Followed | undefined>>();
/** The world that another was made from, and the flows that the change could touch. */
const derived = new WeakMap<SnapshotIndex, { readonly from: SnapshotIndex; readonly touched: ReadonlySet<string> }>();

/**
 * Names of one service may be asked apart or as one, and senders of one subnet by themselves or as the subnet: the flows between the two
 * are told by them.
 */
const endsOf = ({ question: { source, destination }, from, service }: TouchedFlow): string =>
  `${fold(from.subnet ?? source)} ${fold(service ?? destination)}`;
const keyOf = ({ source, destination, protocol, ports }: PathQuestion): string =>
  `${fold(source)} ${fold(destination)} ${protocol} ${ports.join()}`;

/** What becomes of the packets of a flow; undefined where it cannot be followed. */
function packetsIn(index: SnapshotIndex, flow: TouchedFlow): Followed | undefined {
  const { question, service } = flow;
  const all = known.get(index) ?? new Map<string, Followed | undefined>();
  known.set(index, all);
  const key = keyOf(question);
  if (!all.has(key)) {
    const earlier = service === null ? undefined : sameBefore(key, endsOf(flow), index);
    all.set(key, earlier === undefined ? followed(question, index) : known.get(earlier)?.get(key));
  }
  return all.get(key);
}

/** An earlier world that has followed a flow to a service which no change since could touch: every such flow is asked of each change. */
function sameBefore(key: string, ends: string, index: SnapshotIndex): SnapshotIndex | undefined {
  for (let at = derived.get(index); at !== undefined && !at.touched.has(ends); at = derived.get(at.from))
    if (known.get(at.from)?.has(key)) return at.from;
  return undefined;
}

const followed = (question: PathQuestion, index: SnapshotIndex): Followed | undefined =>
  attempt(
    () => {
      const trace = tracePath(question, index);
      if ('reason' in trace) return undefined;
      const { answer, outcome, packets } = trace;
      // Where the name may lead elsewhere, what becomes of the packets of one address says nothing.
      const isVague = answer.verdict === 'unknown' && answer.stoppedBy === 'name';
      const parts = isVague ? outcome.map((part) => ({ ...part, outcome: 'unknown' as const })) : outcome;
      const hosts = answer.verdict === 'denied' ? trace.stages.find(({ hop }) => hop.hop === 'name')?.hosts : undefined;
      const oneOf = trace.stages.find((stage) => stage.oneOf !== undefined)?.oneOf;
      const isUnled = answer.verdict === 'denied' && answer.stoppedBy === 'wayIn';
      return {
        ...{ parts: parts as Parts, uncounted: packets.uncounted },
        met: answer.hops.flatMap(({ evidence, gaps }) => [...evidence.map(({ resource }) => resource), ...gaps]),
        ...(isUnled ? { ifLed: ledIn(trace) } : {}),
        ...(hosts ? { hosts } : {}),
        ...(oneOf ? { oneOf } : {}),
      };
    },
    () => undefined,
  );

/** The packets without the question of a public address: a load balancer or a firewall may lead them in. */
const ledIn = ({ packets, stages }: PathTrace): Parts =>
  inTurn([packets.whole, ...stages.flatMap(({ hop, parts }) => (hop.hop === 'wayIn' || !parts ? [] : [parts]))]).map(
    (part) => (part.outcome === 'allowed' ? { ...part, outcome: 'unknown' } : part),
  ) as Parts;
const neverPublic = fixed(...reservedFamilies.flatMap(({ blocks }) => blocks.map(formatBlock)), 'fc00::/7');
/**
 * The second's packets, without those of a sender of unknown address where the first allows addresses that the second does not: it may
 * have one of them.
 */
function leftOf(was: Followed | undefined, is: Followed | undefined): Followed | undefined {
  if (was?.oneOf === undefined || is?.oneOf === undefined) return is;
  const gone = without(without(was.oneOf, is.oneOf), neverPublic);
  // A sender has addresses of the families that its network has.
  if (!was.parts.some((part) => (isFamily4(part) ? gone.v4 : gone.v6).length > 0)) return is;
  return { ...is, parts: is.parts.filter(({ outcome }) => outcome !== 'unknown') as unknown as Parts };
}
const ifLed = (one: Followed | undefined): Followed | undefined =>
  one?.ifLed === undefined ? one : { ...one, parts: one.ifLed };

function changesOf(flow: TouchedFlow, before: SnapshotIndex, after: SnapshotIndex): Found[] {
  const seen = [packetsIn(before, flow), packetsIn(after, flow)] as const;
  const isElsewhere = flow.service !== null && leadsElsewhere(...seen);
  const [was, is] = isElsewhere ? seen.map((one) => one && anyDestination(one)) : seen;
  if (was === undefined && is === undefined) return ofStrangeName(flow, after).map((change) => ({ change }));
  // A service has one of the addresses that its name may have.
  const isOne = flow.service !== null;
  const [opened, lost] = [gained(ifLed(was), ifLed(is), isOne), gained(leftOf(was, is), was, isOne)];
  const asAddresses = opened === null ? gained(leftOf(is, was), is) : null;
  if (opened === null && lost === null && asAddresses === null) return [];
  // The later world takes over from the earlier one what does not differ.
  const old = senderAt(flow.from, before);
  // Nodes that are apart in one world alone are asked about by themselves in both.
  const isApart =
    flow.from.end === undefined &&
    nodesApart(flow.from.asked, before).length > nodesApart(flow.from.asked, after).length;
  const sender = isApart ? old : senderAt(flow.from, after);
  const ends = { from: sender.end, to: senderAt(flow.to, after).end };
  const { subnets, service } = flow;
  const use = kindOfUse(flow, sender.use, before, after);
  const made = (kind: FlowChange['kind'], change: Gained): Found[] => {
    // What is there only afterwards has lost nothing.
    const whose = kind === 'opens' || old.use !== 'none' ? ends.from : old.end;
    const apart = whose.kind === 'internet' ? 'from' : ends.to.kind === 'internet' ? 'to' : undefined;
    const reached = kind === 'opens' ? is : was;
    const split = splitOfInternet(change.packets.parts, apart, reached).flatMap(({ parts, ...rest }) =>
      change
        .bySureness(parts, rest.isSome || apart === undefined ? undefined : sideOf(apart))
        .map((some) => ({ ...rest, ...some })),
    );
    return split.flatMap(({ parts, certain, isSome, name }): Found[] => {
      const packets = { ...change.packets, parts };
      const from = meant(whose, packets);
      const to = ends.to;
      const hosts = (kind === 'opens' ? seen[0] : seen[1])?.hosts;
      const sample = isElsewhere ? null : sampleOf(packets);
      const named = hosts === undefined ? to : { ...to, name: `${to.name} (${hosts.join(', ')})`, hosts };
      const most = name === undefined ? {} : apart === 'from' ? { from: { ...from, name } } : { to: { ...to, name } };
      const forBatch = batchGroups.includes(flow.group ?? '') ? ({ onlyFor: 'batchEndpoints' } as const) : {};
      const ofFlow = { ...{ kind, from, to: named, subnets, service, packets, certain, use }, ...forBatch, ...most };
      const found = { ...ofFlow, traffic: trafficOf(parts), sample };
      const told: Found = isSome && apart !== undefined ? { change: found, apart } : { change: found };
      return [isDeclared(whose, packets, after) ? { ...told, isDeclared: true } : told];
    });
  };
  const withAddresses = (found: Found): Found => ({ ...found, change: { ...found.change, asAddresses: true } });
  return [
    ...(opened === null ? [] : made('opens', opened)),
    ...(asAddresses === null ? [] : made('opens', asAddresses).map(withAddresses)),
    ...(lost === null ? [] : made('cutsOff', lost)),
  ];
}

/** Where a private endpoint stood that no longer leads there, others came by it, from networks that were not read too. */
const kindOfUse = (flow: TouchedFlow, seen: Use, before: SnapshotIndex, after: SnapshotIndex): Use => {
  if (lostEndpoint(flow, before, after)) return 'seen';
  if (seen === 'none' || !batchGroups.includes(flow.group ?? '')) return seen;
  const { usesBatchEndpoints } = after.snapshot.intents;
  return usesBatchEndpoints === undefined ? 'possible' : usesBatchEndpoints ? seen : 'none';
};
const lostEndpoint = ({ subnets, service }: TouchedFlow, before: SnapshotIndex, after: SnapshotIndex): boolean => {
  if (service === null) return false;
  const [were, are] = [endpointsLeadingTo(service, before), endpointsLeadingTo(service, after)];
  if (were === are) return false;
  const left = are.map(({ endpoint }) => fold(endpoint.id));
  return were.some(
    ({ endpoint, subnet }) => !left.includes(fold(endpoint.id)) && subnets.some((one) => sameId(one, subnet)),
  );
};

/** A rule names a service tag that neither the tag data nor the published list has: what it decides is not known. */
function ofStrangeName({ from, to, subnets, service }: TouchedFlow, index: SnapshotIndex): FlowChange[] {
  if (![from, to].some(({ end }) => end?.kind === 'tag')) return [];
  const sender = senderAt(from, index);
  const ends = { from: sender.end, to: senderAt(to, index).end };
  const packets = { parts: [], uncounted: [] };
  const { use } = sender;
  const flow = { ...ends, subnets, service, packets, traffic: 'any protocol', sample: null, certain: false, use };
  return [
    { ...flow, kind: 'opens' },
    { ...flow, kind: 'cutsOff' },
  ];
}

/** Does the name of a service lead to other addresses? */
function leadsElsewhere(was: PathPackets | undefined, is: PathPackets | undefined): boolean {
  if (!was || !is || was.parts.length === 0 || is.parts.length === 0) return false;
  const [old, fresh] = [addressesOf('destination', was.parts), addressesOf('destination', is.parts)];
  return !meets(old.v4, fresh.v4) && !meets(old.v6, fresh.v6);
}

const isFamily4 = ({ family }: Parts[number]): boolean => family.name === 'v4';

/** The same packets to whatever address the service has. */
const anyDestination = ({ met, parts, uncounted, oneOf }: Followed): Followed => ({
  ...{ met, uncounted, ...(oneOf ? { oneOf } : {}) },
  parts: toAnywhere(parts),
});
const toAnywhere = (parts: Parts): Parts =>
  parts.map((part) =>
    isFamily4(part)
      ? { ...part, box: { ...part.box, destination: anywhere.v4 } }
      : { ...part, box: { ...part.box, destination: anywhere.v6 } },
  ) as Parts;

function addressesOf(side: 'source' | 'destination', parts: Parts): Addresses {
  let [v4, v6] = [nowhere.v4, nowhere.v6];
  for (const part of parts) {
    const set = part.box[side];
    if (isFamily4(part)) v4 = unite(v4, set as Intervals<number>);
    else v6 = unite(v6, set as Intervals<bigint>);
  }
  return { v4, v6 };
}

/** Is every address of these prefixes in others? */
export function arePrefixesWithin(prefixes: readonly string[], others: readonly string[]): boolean {
  const { addresses, refused } = readPrefixes(prefixes);
  return refused.length === 0 && noAddress(without(addresses, readPrefixes(others).addresses));
}

/** Do all packets come from these addresses and ranges? Together they are no more than an operator's own. */
export const comesFrom = ({ parts }: PathPackets, given: readonly string[]): boolean => {
  const { addresses } = readPrefixes(given);
  return parts.length > 0 && !isWide(addresses) && noAddress(without(addressesOf('source', parts), addresses));
};

/** From half of IPv4 on, it is most of the Internet. */
const most = 2 ** 31;
const mostListed = 4;

/** Packets of which the addresses at an end are told alike. */
interface SplitPackets {
  readonly parts: Parts;
  /** Some addresses of the Internet. */
  readonly isSome: boolean;
  /** What the Internet is called. */
  readonly name?: string;
}

/** The Internet is told only of the traffic that reaches all of it, or most; `apart`: the end that is the Internet. */
function splitOfInternet(parts: Parts, apart: 'from' | 'to' | undefined, all: PathPackets | undefined): SplitPackets[] {
  if (apart === undefined) return [{ parts, isSome: false }];
  const side = sideOf(apart);
  const split: SplitPackets[] = [];
  const { wide, narrow } = byWidth(parts, side);
  const isAll = !(all?.parts ?? []).some(
    (one) =>
      one.outcome === 'denied' &&
      isFamily4(one) &&
      wide.some(
        ({ protocol, box }) => protocol === one.protocol && meets(one.box.destinationPorts, box.destinationPorts),
      ),
  );
  if (wide.length > 0) split.push({ parts: wide as Parts, isSome: false, ...(isAll ? {} : { name: mostOfInternet }) });
  if (narrow.length > 0) split.push({ parts: narrow as Parts, isSome: true });
  return split;
}

const sideOf = (apart: 'from' | 'to') => (apart === 'to' ? 'destination' : 'source');

/** Packets at ports where they have most of the Internet at this end, and the rest. */
function byWidth(parts: readonly Parts[number][], side: 'source' | 'destination') {
  const [wide, narrow]: [Parts[number][], Parts[number][]] = [[], []];
  for (const [, alike] of Map.groupBy(parts, (one) => one.protocol)) {
    const ports = widePorts(alike, side);
    wide.push(...withPorts(alike, (own) => intersect(own, ports)));
    narrow.push(...withPorts(alike, (own) => minus(own, ports)));
  }
  return { wide, narrow };
}

/** The ports at which packets of one protocol have most of the Internet at this end. */
function widePorts(parts: Parts, side: 'source' | 'destination'): Intervals<number> {
  const ends = [...new Set(parts.flatMap(({ box }) => box.destinationPorts))].sort((a, b) => a - b);
  let found: Intervals<number> = [];
  for (const [at, low] of ends.entries()) {
    const range = [low, ends[at + 1] ?? low] as const;
    const there = parts.filter(({ box }) => meets(box.destinationPorts, range));
    if (there.length > 0 && count4(both(addressesOf(side, there), anywhere).v4) >= most) found = unite(found, range);
  }
  return found;
}

const withPorts = (parts: Parts, portsOf: (own: Intervals<number>) => Intervals<number>): Parts[number][] =>
  parts.flatMap((part): Parts[number][] => {
    const destinationPorts = portsOf(part.box.destinationPorts);
    return destinationPorts.length === 0 ? [] : [{ ...part, box: { ...part.box, destinationPorts } } as Parts[number]];
  });
const mostOfInternet = 'most of the Internet';

/** The source, or the addresses of it that are meant. */
function meant(end: EffectEnd, { parts }: PathPackets): EffectEnd {
  if (end.kind !== 'addresses') return end;
  const all = both(addressesOf('source', parts), anywhere);
  // A tag whose addresses are not known has none of them.
  return noAddress(all) ? end : addressesEnd(all);
}

/** Do only declared clients send them? They are followed by themselves. */
function isDeclared(end: EffectEnd, { parts }: PathPackets, index: SnapshotIndex): boolean {
  if (end.kind !== 'internet' && end.kind !== 'addresses') return false;
  const all = both(addressesOf('source', parts), anywhere);
  const declared = readPrefixes(index.snapshot.intents.devClientIps ?? []).addresses;
  return !noAddress(all) && noAddress(without(all, declared));
}

function addressesEnd(all: Addresses): EffectEnd {
  const prefixes = prefixesOf(all);
  const listed = `${prefixes.slice(0, mostListed).join(', ')}${prefixes.length > mostListed ? ' and more' : ''}`;
  return { kind: 'addresses', id: null, name: prefixes.length === 1 ? listed : `addresses (${listed})`, prefixes };
}

interface Gained {
  readonly packets: PathPackets;
  /**
   * Those of which it is certain, and the rest, apart where they are traffic of two kinds. `side`: where most of the Internet is meant,
   * of which a few addresses prove nothing.
   */
  bySureness(
    some: Parts,
    side?: 'source' | 'destination',
  ): readonly { readonly parts: Parts; readonly certain: boolean }[];
}

/**
 * The packets that the second allows, or may, and the first does not; null for none. A side that cannot be followed allows nothing.
 * `isOne`: the destination has one of the addresses, so where the first allows some of them, nothing is certain.
 */
function gained(first: PathPackets | undefined, second: PathPackets | undefined, isOne = false): Gained | null {
  if (second === undefined) return null;
  const parts = newlyAllowed(first?.parts ?? [], second.parts, []);
  if (parts.length === 0) return null;
  const bySureness: Gained['bySureness'] = (some, side) => {
    const allowed = some.filter(({ outcome }) => outcome === 'allowed');
    const before = maybeAllowed(first?.parts ?? []).filter(({ outcome }) => outcome === 'allowed');
    const known =
      first === undefined ? [] : newlyAllowed(isOne ? [...before, ...toAnywhere(before)] : before, allowed, []);
    const sure = side === undefined ? known : byWidth(known, side).wide;
    if (sure.length === 0) return [{ parts: some, certain: false }];
    const rest = newlyAllowed(asAllowed(sure), some, []);
    // Of one kind of traffic, the addresses that may be reached besides are not worth a line of their own.
    const isOther = rest.length > 0 && !sameTraffic(trafficOf(sure), trafficOf(rest));
    return isOther
      ? [
          { parts: sure, certain: true },
          { parts: rest, certain: false },
        ]
      : [{ parts: some, certain: true }];
  };
  return { packets: { parts, uncounted: second.uncounted }, bySureness };
}
/** `TCP, UDP 443` has the traffic of `TCP 443`. */
const sameTraffic = (sure: string, other: string): boolean => sure === 'any protocol' || sure === other;
const maybeAllowed = (parts: Parts): Parts =>
  parts.map((part) => (part.outcome === 'unknown' ? { ...part, outcome: 'allowed' } : part)) as Parts;

/** One packet of them; null where a tag stands for addresses that are not known. */
function sampleOf({ parts, uncounted }: PathPackets): string | null {
  if (uncounted.length > 0) return null;
  const all = parts.map((part) => ({ ...part, outcome: 'allowed' as const })) as Parts;
  return decisionOf(all, []).witness.allowed ?? null;
}

/** `TCP 443, 445`, `any protocol`, `TCP, UDP`. */
export function trafficOf(parts: Parts): string {
  const byProtocol = Map.groupBy(parts, ({ protocol }) => protocol);
  const texts = [...byProtocol].map(([protocol, some]) => {
    const ports = some.map(({ box }) => box.destinationPorts).reduce(unite);
    const shown = portTexts(ports);
    return {
      protocol: protocol.toUpperCase(),
      ports: shown.join() === '*' || shown.join() === '0' ? '' : shown.join(', '),
    };
  });
  const [first] = texts;
  if (first === undefined) return 'no traffic';
  if (texts.length === 5 && texts.every(({ ports }) => ports === '')) return 'any protocol';
  const alike = Map.groupBy(texts, ({ ports }) => ports);
  return [...alike]
    .map(([ports, some]) => {
      const names = some.map(({ protocol }) => protocol).join(', ');
      return ports === '' ? names : `${names} ${ports}`;
    })
    .join('; ');
}

/** A flow at a subnet that a finding names. */
export interface NamedFlow {
  readonly subnet: string;
  readonly question: FlowQuestion;
}

/** Do these flows hold all of the packets? A tag without addresses is compared by its name. */
export function isWithinFlows(
  { parts, uncounted }: PathPackets,
  flows: readonly NamedFlow[],
  index: SnapshotIndex,
): boolean {
  const key = (names: readonly string[]) => names.map(fold).join();
  const asked = flows.flatMap(({ subnet, question }) =>
    attempt(
      () => {
        const packets = packetsOfFlow(subnet, question, index);
        return key(packets.uncounted) === key(uncounted) ? packets.parts : [];
      },
      () => [],
    ),
  );
  return parts.length > 0 && newlyAllowed(asked, parts, asked).length === 0;
}

function packetsOfFlow(subnet: string, question: FlowQuestion, index: SnapshotIndex): PathPackets {
  const { direction, protocol, ports, remote } = question;
  const here = question.local ?? subnetPrefixes(subnet, index);
  const [source, destination] = direction === 'Outbound' ? [here, remote] : [remote, here];
  const packets = packetsOf({ protocol, ports, source, destination, vague: false }, contextAt(subnet, index));
  return { parts: packets.whole, uncounted: packets.uncounted };
}
