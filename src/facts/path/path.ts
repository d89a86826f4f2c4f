// The whole path from one end to the other: every packet decided exactly over all hops, with the first hop that stops one.

import type { Blocker, PathAnswer, PathEnd, PathVerdict } from '../../model/path.ts';
import { attempt } from '../../model/readable.ts';
import { nameOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { type Decision, decisionOf, type Parts } from '../../net/decision.ts';
import { inTurn } from '../../net/in-turn.ts';
import { contextOf, type NetworkContext } from '../../net/index.ts';
import type { Protocol } from '../../net/ports.ts';
import { vnetOf } from '../../resource-types/network-view.ts';
import type { EndpointInHand } from '../endpoints-in-hand.ts';
import { contextAt } from '../flows.ts';
import { serviceTagsOf } from '../service-tags.ts';
import {
  isRefused,
  type ManagedEnd,
  type OutsideEnd,
  type Refused,
  type ResolvedEnd,
  type ServiceEnd,
  type SubnetEnd,
} from './ends.ts';
import { frontsOf } from './fronts.ts';
import { managedHops } from './managed-hops.ts';
import { type Arrival, nameHop, type ResolvedName, subnetAddresses } from './name-hop.ts';
import { subnetEnd } from './named.ts';
import { resolveEnd } from './resolve.ts';
import { serviceHop } from './service-hop.ts';
import { serviceKindOf, tagOf } from './services.ts';
import { all, type Packets, type PathStage, packetsOf, witnessOf } from './stage.ts';
import { between, inward, outward, toService } from './trips.ts';

export interface PathQuestion {
  readonly source: string;
  readonly destination: string;
  /** `*` means each of the five. */
  readonly protocol: Protocol | '*';
  /** `443`, `8000-9000`, `*`; checked. */
  readonly ports: readonly string[];
  /** None of its packets is for a host or a tag of unknown addresses that a rule names: those are asked about by their names. */
  readonly nameless?: boolean;
  /** Asked for what becomes of the packets alone: its hops name neither rules nor evidence. */
  readonly brief?: boolean;
  /** Machines and public fronts that lead to a destination are asked about by themselves. */
  readonly apart?: boolean;
}

/** Why a question cannot be answered: which end, and the candidates for it. */
export interface PathRefusal extends Refused {
  readonly end: 'source' | 'destination' | 'both';
}

/** Answers from the snapshot. Throws UnreadableError where an end was not read. */
export function answerPath(question: PathQuestion, index: SnapshotIndex): PathAnswer | PathRefusal {
  const trace = tracePath(question, index);
  return 'reason' in trace ? trace : trace.answer;
}

/** An answer with what decides at each hop, and what becomes of every packet. */
export interface PathTrace {
  readonly answer: PathAnswer;
  readonly source: ResolvedEnd;
  readonly destination: ResolvedEnd;
  readonly stages: readonly PathStage[];
  readonly packets: Packets;
  /** Each packet with its outcome at the end. */
  readonly outcome: Parts;
}

/** As {@link answerPath}. */
export function tracePath(question: PathQuestion, index: SnapshotIndex): PathTrace | PathRefusal {
  const source = withoutFront(resolveEnd(question.source, index));
  if (isRefused(source)) return { ...source, end: 'source' };
  const near = source.kind === 'subnet' ? vnetOf(source.subnet) : undefined;
  const named = resolveEnd(question.destination, index, near);
  const destination = source.kind === 'outside' ? named : withoutFront(named);
  if (isRefused(destination)) return { ...destination, end: 'destination' };
  const trips = tripsOf({ question, source, destination, index });
  if ('reason' in trips) return trips;
  const answer = concluded(question, source, destination, trips);
  const [shown] = trips;
  if (!shown) throw new TypeError('a path has stages');
  const { stages, packets, decision } = shown;
  return { answer, source, destination, stages, packets, outcome: decision.parts };
}

/** The address of a front as one of the Internet: nothing in a network sends from it, and packets of a network leave it to get there. */
const withoutFront = (end: ResolvedEnd | Refused): ResolvedEnd | Refused =>
  isRefused(end) || end.kind !== 'subnet' || end.front === undefined
    ? end
    : {
        kind: 'outside',
        scope: 'public',
        ...{ asked: end.asked, addresses: end.addresses, is: end.is, resource: null },
      };

/** Hops at which groups and security admin rules decide. */
const groupHops: readonly string[] = ['adminRules', 'sourceCard', 'sourceSubnet', 'destinationSubnet'];

export interface EndpointAnswer {
  readonly answer: PathAnswer;
  /** The verdict without groups and security admin rules: do the networks connect? */
  readonly connects: PathVerdict;
}

/**
 * From a subnet to a private endpoint of a service, whatever the name of the service resolves to: the hops of a path by that
 * endpoint. An endpoint that shows no address is somewhere in its subnet. Throws UnreadableError where an end was not read.
 */
export function answerEndpoint(
  subnetId: string,
  endpoint: EndpointInHand,
  service: { readonly resource: string; readonly group: string },
  ports: readonly string[],
  index: SnapshotIndex,
): EndpointAnswer | Refused {
  const source = subnetEnd(subnetId, subnetId, index);
  if (isRefused(source)) return source;
  const addresses = endpoint.addresses.length > 0 ? endpoint.addresses : subnetAddresses(endpoint, index);
  if (source.addresses.length === 0 || addresses.length === 0) {
    const reason = `The addresses of ${nameOf(subnetId)} or of the private endpoint ${nameOf(endpoint.endpoint.id)} are not known.`;
    return { reason, candidates: [] };
  }
  const [address = ''] = addresses;
  const { id } = endpoint.endpoint;
  const destination: ServiceEnd = {
    ...{ kind: 'service', asked: id, is: `private endpoint ${nameOf(id)}`, addresses, through: id },
    ...service,
  };
  const question: PathQuestion = { source: subnetId, destination: id, protocol: 'Tcp', ports };
  const packets = packetsFor({ question, source, destination, index }, addresses, false);
  const stages = toService(source, destination, { by: 'endpoint', endpoint, address }, { index, packets });
  const [whole, plain] = [stages, stages.filter(({ hop }) => !groupHops.includes(hop.hop))].map((some) =>
    tripOf(some, packets),
  );
  if (!whole || !plain) throw new TypeError('a path has stages');
  // Where the networks do not connect, that is the reason, whatever a group denies before.
  const all = concluded(question, source, destination, [whole]);
  const { because, stoppedBy } = concluded(question, source, destination, [plain]);
  const answer = plain.decision.verdict === 'denied' ? { ...all, because, stoppedBy } : all;
  // What holds for some addresses of the subnet may hold for that of the endpoint.
  const sure = (verdict: PathVerdict) =>
    verdict === 'partly' && endpoint.addresses.length === 0 ? 'unknown' : verdict;
  return { answer: { ...answer, verdict: sure(answer.verdict) }, connects: sure(plain.decision.verdict) };
}

interface FlowQuestion<Source = ResolvedEnd, Destination = ResolvedEnd> {
  readonly question: PathQuestion;
  readonly source: Source;
  readonly destination: Destination;
  readonly index: SnapshotIndex;
}

/** One route that the packets may take, decided over all its hops. */
interface Trip {
  readonly packets: Packets;
  readonly stages: readonly PathStage[];
  /** The state of the packets after each stage. */
  readonly after: readonly Parts[];
  readonly decision: Decision;
}

const refuse = (end: PathRefusal['end'], reason: string): PathRefusal => ({ end, reason, candidates: [] });

function tripsOf(asked: FlowQuestion): readonly Trip[] | PathRefusal {
  const { source, destination } = asked;
  if (source.kind === 'service') {
    return refuse(
      'source',
      `${source.is} opens no connections. Use a subnet, a compute, an IP address or a service tag as the source.`,
    );
  }
  if (destination.kind === 'managed')
    return refuse('destination', `${destination.is} cannot be a destination: nothing that was read leads to it.`);
  if (source.kind === 'managed') return [tripFromManaged({ ...asked, source, destination })];
  if (destination.kind === 'service') return tripsToService({ ...asked, source, destination });
  const vague = destination.kind === 'outside' && destination.scope === 'host';
  const fronts = source.kind === 'outside' && destination.kind === 'subnet' ? addedFronts(asked, destination) : [];
  const packets = packetsFor(asked, [...destination.addresses, ...fronts], vague);
  const journey = { index: asked.index, packets };
  if (source.kind === 'subnet') {
    const stages =
      destination.kind === 'subnet' ? between(source, destination, journey) : outward(source, destination, journey);
    return [tripOf(stages, packets)];
  }
  if (destination.kind === 'subnet') return [tripOf(inward(source, destination, journey), packets)];
  return refuse('both', `No resource of the workspace is between ${source.is} and ${destination.is}.`);
}

/** From outside, packets for an end are also those for the public addresses that lead to it. */
const addedFronts = ({ question, index }: FlowQuestion, end: SubnetEnd): string[] =>
  question.apart === true ? [] : frontsOf(end, index).map(({ address }) => address);

function tripFromManaged(asked: FlowQuestion<ManagedEnd, Exclude<ResolvedEnd, ManagedEnd>>): Trip {
  const { source, destination, index } = asked;
  const to = destination.kind === 'service' ? addressesOf({ by: 'public' }, destination, index) : destination.addresses;
  const packets = packetsFor(asked, to, destination.kind === 'outside' && destination.scope === 'host');
  return tripOf(managedHops(source, destination, { index, packets }), packets);
}

function tripsToService(asked: FlowQuestion<SubnetEnd | OutsideEnd, ServiceEnd>): readonly Trip[] {
  const { source, destination, index } = asked;
  const named = nameHop(source, destination, index);
  return named.arrivals.map((arrival) => {
    const packets = packetsFor(asked, addressesOf(arrival, destination, index), false);
    const journey = { index, packets };
    if (arrival.by === 'nothing')
      return tripOf([{ ...named, parts: all(named.hop, 'denied', '', [], packets).parts }], packets);
    const rest =
      source.kind === 'subnet'
        ? toService(source, destination, arrival, journey)
        : [serviceHop({ visitor: () => source, service: destination, arrival }, journey)];
    const trip = tripOf(inOrder(named, rest), packets);
    return arrival.by === 'endpoint' && arrival.endpoint.addresses.length === 0 ? wherever(trip) : trip;
  });
}

/** To one address of a subnet, it is not known which: what holds for some of them may hold for that one. */
function wherever(trip: Trip): Trip {
  const { parts, verdict } = trip.decision;
  if (verdict !== 'partly') return trip;
  const open = parts.map((part) => ({ ...part, outcome: 'unknown' as const })) as unknown as Parts;
  return { ...trip, decision: decisionOf(open, trip.packets.uncounted) };
}

/** The name resolves before the first packet leaves; the hop follows the source. */
function inOrder({ hop }: ResolvedName, rest: readonly PathStage[]): PathStage[] {
  const name: PathStage = { hop, parts: undefined };
  const [first, ...others] = rest;
  return first?.hop.hop === 'source' ? [first, name, ...others] : [name, ...rest];
}

function addressesOf(arrival: Arrival, service: ServiceEnd, index: SnapshotIndex): readonly string[] {
  // An endpoint of several names has an address for each.
  if (arrival.by === 'endpoint') {
    if (service.through !== undefined) return [arrival.address];
    const { addresses } = arrival.endpoint;
    return addresses.length > 0 ? addresses : subnetAddresses(arrival.endpoint, index);
  }
  const kind = serviceKindOf(service.resource);
  const seen = index.peek(service.resource);
  if (!kind) return ['Internet'];
  return [seen.state === 'read' ? tagOf(kind, seen.resource, index) : kind.tag];
}

function packetsFor(
  { question, source, destination, index }: FlowQuestion,
  to: readonly string[],
  vague: boolean,
): Packets {
  const { protocol, ports, nameless = false, brief = false, apart = false } = question;
  const subnet =
    source.kind === 'subnet' ? source.subnet : destination.kind === 'subnet' ? destination.subnet : undefined;
  return packetsOf(
    { protocol, ports, source: source.addresses, destination: to, vague, nameless, brief, apart },
    contextNear(subnet, index),
  );
}

/** What names resolve to at a subnet; where its network was not read, what is known without it. */
function contextNear(subnet: string | undefined, index: SnapshotIndex): NetworkContext {
  const anywhere = contextOf({ serviceTags: serviceTagsOf(index) });
  if (subnet === undefined) return anywhere;
  return attempt(
    () => contextAt(subnet, index),
    () => anywhere,
  );
}

/** The stages in order, each pair of sets intersected once. */
function tripOf(stages: readonly PathStage[], packets: Packets): Trip {
  let met = packets.whole;
  const after = stages.map(({ parts }) => {
    if (parts) met = inTurn([met, parts]);
    return met;
  });
  return { packets, stages, after, decision: decisionOf(met, packets.uncounted) };
}

function concluded(
  question: PathQuestion,
  source: ResolvedEnd,
  destination: ResolvedEnd,
  trips: readonly Trip[],
): PathAnswer {
  const [shown] = trips;
  const stages = shown?.stages ?? [];
  const verdicts = new Set(trips.map(({ decision }) => decision.verdict));
  const name = stages.find(({ hop }) => hop.hop === 'name')?.hop;
  const open = name?.verdict === 'unknown' && (trips.length < 2 || verdicts.size > 1);
  const verdict: PathVerdict = open ? 'unknown' : (shown?.decision.verdict ?? 'unknown');
  const stop = open ? name : shown && stopOf(shown)?.hop;
  const witness = shown && !open ? witnessOf(shown.decision) : {};
  return {
    source: endOf(source),
    destination: endOf(destination),
    protocol: question.protocol,
    ports: question.ports,
    verdict,
    because: stop?.because ?? arrives(stages),
    stoppedBy: stop?.hop ?? null,
    blockers: stages.flatMap(blockerAt),
    witness,
    hops: stages.map(({ hop }) => hop),
  };
}

/** A stage that certainly denies packets. A group before which security admin rules deny all is none, unless it denies as well. */
function blockerAt({ hop: { hop, at, verdict, because, evidence }, parts, blockedBy }: PathStage): Blocker[] {
  if (!parts || (verdict !== 'denied' && verdict !== 'partly') || blockedBy?.length === 0) return [];
  return [{ hop, at, verdict, because, rules: blockedBy ?? [], evidence }];
}

/** The hop that settles the verdict: the first that stops all, or some, or is unknown. */
function stopOf({ stages, after, decision }: Trip): PathStage | undefined {
  if (decision.verdict === 'allowed') return undefined;
  return stages.find((stage, position) => {
    if (!stage.parts) return false;
    const outcomes = (after[position] ?? []).map(({ outcome }) => outcome);
    if (decision.verdict === 'denied') return outcomes.every((outcome) => outcome === 'denied');
    return outcomes.includes(decision.verdict === 'partly' ? 'denied' : 'unknown');
  });
}

const arrives = (stages: readonly PathStage[]): string => {
  const last = stages.findLast(({ parts }) => parts !== undefined);
  return last
    ? `Traffic arrives: ${last.hop.because.replace(/^(The|It|No|Each|At|Public|Traffic|Always) /, (word) => word.toLowerCase())}`
    : 'Traffic arrives.';
};

const endOf = ({ asked, is, resource, addresses }: ResolvedEnd): PathEnd => ({ asked, is, resource, addresses });
