// A hop with what it does to each packet: exact sets beside the sentence, so that the whole path is decided over sets.
import type { Evidence } from '../../model/finding.ts';
import type { Hop, HopKind, HopVerdict, Witness } from '../../model/path.ts';
import { valueAt } from '../../model/pointer.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { nameInParent } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import type { UnreadableError } from '../../model/unreadable-error.ts';
import { unguarded } from '../../model/unresolved.ts';
import type { Addresses } from '../../net/addresses.ts';
import { decideAt } from '../../net/decide.ts';
import { type Decision, decisionOf, type FlowOutcome, type Parts } from '../../net/decision.ts';
import { allOf } from '../../net/in-turn.ts';
import type { Direction, Flow, FlowEnd, NetworkContext } from '../../net/index.ts';
import type { Layer } from '../../net/layers.ts';
import type { Protocol } from '../../net/ports.ts';
import { meets } from '../../net/sets.ts';
import type { OutsideEnd, SubnetEnd } from './ends.ts';
import type { ForwardingChoice } from './forwarding.ts';

export interface PathStage {
  readonly hop: Hop;
  /** Outcome of each packet; undefined where nothing decides. */
  readonly parts: Parts | undefined;
  /** The rules that deny there, also those that others hide; undefined where no rule decides. */
  readonly blockedBy?: readonly string[];
  /** What decides there, for those who change it; undefined where nothing that Bastide changes does. */
  readonly control?: Control;
  /** The only names of the service that end there; undefined where all of its names do. */
  readonly hosts?: readonly string[];
  /** The sender is let in from these addresses alone, and which it has is not known. */
  readonly oneOf?: Addresses;
}

export type Control =
  | {
      readonly kind: 'group';
      readonly group: Resource;
      readonly flow: Flow;
      /** The layers before the group. */
      readonly before: readonly Layer[];
      readonly layer: Layer;
      readonly context: NetworkContext;
    }
  /** `to`: the subnet that packets are for. */
  | {
      readonly kind: 'route';
      readonly subnet: string;
      readonly to: string | undefined;
      readonly choices: readonly ForwardingChoice[];
    }
  /** `called`: the host name that packets call. */
  | { readonly kind: 'firewall'; readonly firewall: Resource; readonly called: string | undefined }
  | {
      readonly kind: 'service';
      readonly resource: string;
      /** As the service sees it. Throws UnreadableError where that was not read. */
      readonly source: () => SubnetEnd | OutsideEnd | undefined;
    }
  | { readonly kind: 'endpointPolicy'; readonly policies: readonly string[]; readonly account: string };

/** The packets of the question: both ends as prefixes, tags or `Internet`. */
export interface Packets {
  readonly protocol: Protocol | '*';
  readonly ports: readonly string[];
  readonly source: readonly string[];
  readonly destination: readonly string[];
  /** All of them, each allowed so far. */
  readonly whole: Parts;
  /** Service tags with unknown addresses: compared by name. */
  readonly uncounted: readonly string[];
  /** The destination is one host whose address only DNS knows: what holds for some addresses may hold for it. */
  readonly vague: boolean;
  /** None of them is for a host or a tag of unknown addresses that a rule names; those of the question apart. */
  readonly nameless?: boolean;
  /** What becomes of them is asked alone, and not by which rules. */
  readonly brief?: boolean;
  /** Machines and fronts that lead in from the Internet are asked about apart. */
  readonly apart?: boolean;
}

export function packetsOf(asked: Omit<Packets, 'whole' | 'uncounted'>, context: NetworkContext): Packets {
  const { parts, uncounted } = decideAt(flowOf(asked, 'Outbound'), [], context);
  return { ...asked, whole: parts, uncounted };
}

type Ends = Pick<Packets, 'protocol' | 'ports' | 'source' | 'destination' | 'nameless'>;

export const flowOf = ({ protocol, ports, source, destination, nameless }: Ends, direction: Direction): Flow => ({
  direction,
  protocol,
  source: endOf(source),
  destination: endOf(destination),
  destinationPorts: ports,
  nameless,
});

/** Azure counts the host's virtual IP address to the Internet; a question about the Internet does not mean it. */
const host = '168.63.129.16';
const endOf = (of: readonly string[]): FlowEnd => (of.includes('Internet') ? { of, except: [host] } : { of });

/** Evidence from a resource's raw body. `pointer` may be absent: absence is evidence too. */
export const quoted = (resource: Resource, pointer: string, note: string): Evidence => ({
  resource: resource.id,
  pointer,
  value: unguarded(valueAt(resource.body, pointer) ?? null),
  note,
});

interface Place {
  readonly hop: HopKind;
  readonly at: string;
}
type Rest = { readonly gaps?: readonly string[]; readonly witness?: Witness };

const hopOf = (
  { hop, at }: Place,
  verdict: HopVerdict,
  because: string,
  evidence: readonly Evidence[],
  { gaps = [], witness = {} }: Rest = {},
): Hop => ({ hop, at, verdict, because, evidence, gaps, witness });

/** A hop that does the same to every packet. */
export const all = (
  place: Place,
  outcome: FlowOutcome,
  because: string,
  evidence: readonly Evidence[],
  packets: Packets,
): PathStage => ({ hop: hopOf(place, outcome, because, evidence), parts: allOf(packets.whole, outcome) });

/** A hop where nothing decides. */
export const silent = (place: Place, because: string, evidence: readonly Evidence[] = []): PathStage => ({
  hop: hopOf(place, 'notAsked', because, evidence),
  parts: undefined,
});

/** A hop that does different things to different packets. */
export function divided(
  place: Place,
  parts: Parts,
  because: (decision: Decision) => string,
  evidence: readonly Evidence[],
  packets: Packets,
): PathStage {
  const decision = decisionOf(vaguely(parts, packets), packets.uncounted);
  return {
    hop: hopOf(place, decision.verdict, because(decision), evidence, { witness: witnessOf(decision) }),
    parts: decision.parts,
  };
}

/** A packet of each outcome where there are several; a tag with unknown addresses is shown by its name. */
export function witnessOf({ witness, uncounted }: Decision): Witness {
  if (Object.keys(witness).length < 2) return {};
  const [tag] = uncounted;
  const named = (packet: string) =>
    uncounted.length === 1 && tag !== undefined ? packet.replace(/\btag:/g, `${tag}:`) : packet;
  return Object.fromEntries(Object.entries(witness).map(([outcome, packet]) => [outcome, named(packet)]));
}

/** For one host among many addresses, an outcome at a port is certain only where it holds for all of them. */
function vaguely(parts: Parts, { vague }: Packets): Parts {
  if (!vague) return parts;
  return parts.map((part) => {
    const sure = parts.every(
      (other) =>
        other.outcome === part.outcome ||
        other.protocol !== part.protocol ||
        !meets(other.box.destinationPorts, part.box.destinationPorts),
    );
    return sure ? part : { ...part, outcome: 'unknown' };
  });
}

/** The hop, or an unknown one that names the resource that was not read. */
export function guarded(place: Place, packets: Packets, make: () => PathStage): PathStage {
  return attempt(make, (error) => unread(place, error, packets));
}

/** Why the hop is unknown: a sentence that names what was not read. */
export const unreadWords = ({ gap }: UnreadableError): string =>
  gap.open ? gap.reason : `${nameInParent(gap.id)} could not be read: ${gap.reason}`;

export function unread(place: Place, error: UnreadableError, packets: Packets): PathStage {
  const hop = hopOf(place, 'unknown', unreadWords(error), [], { gaps: [error.gap.id] });
  return { hop, parts: allOf(packets.whole, 'unknown') };
}

/** The context of a hop. */
export interface Journey {
  readonly index: SnapshotIndex;
  readonly packets: Packets;
  /** What connects the ends cannot be seen: VirtualNetwork may hold the other end. */
  readonly isUnseen?: boolean;
}
