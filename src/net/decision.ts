// A decision: the parts of a flow with their outcomes, and the overall verdict.
import { addressText, END4, END6 } from './addresses.ts';
import type { Family } from './family.ts';
import type { Owner } from './layers.ts';
import type { Protocol } from './ports.ts';
import type { Point } from './sets.ts';
import type { Box } from './walk.ts';

export type FlowOutcome = 'allowed' | 'denied' | 'unknown';
export type FlowVerdict = FlowOutcome | 'partly';

/** A box of packets with one outcome. */
export interface FlowPart<N extends Point = Point> {
  readonly family: Family<N>;
  readonly protocol: Protocol;
  readonly box: Box<N>;
  readonly outcome: FlowOutcome;
  /** The rules that allowed it (one per layer), or the one that denied it. */
  readonly by: readonly Owner[];
  /** Where unknown: the rules it depends on. */
  readonly unsure: readonly Owner[];
  /**
   * Rules of the last layer that may have matched before the one that did, Allow or Deny; where the outcome is unknown, the
   * matching one as well.
   */
  readonly pending: readonly Owner[];
}
export type Parts = readonly (FlowPart<number> | FlowPart<bigint>)[];

export interface Decision {
  /** `partly` when some are allowed and some denied; `unknown` when the rest has one outcome, or there is no packet. */
  readonly verdict: FlowVerdict;
  /** Labels (`subnet/rule`), sorted, each once. */
  readonly allowedBy: readonly string[];
  readonly deniedBy: readonly string[];
  readonly unsure: readonly string[];
  /** Combinations of source, destination, source port and destination port; protocols without ports count ports as one. */
  readonly measure: Readonly<Record<FlowOutcome, bigint>>;
  /** Service tags in the question with unknown addresses: compared by name, not counted. */
  readonly uncounted: readonly string[];
  /** The first packet of each outcome, lowest address first: `Tcp 10.1.2.4:0 -> 10.1.1.4:22`. */
  readonly witness: Readonly<Partial<Record<FlowOutcome, string>>>;
  /** Disjoint boxes that together are exactly the flow. */
  readonly parts: Parts;
}

const labels = (owners: readonly Owner[]): string[] => [...new Set(owners.map(({ label }) => label))].sort();

/** Adds up the parts; `uncounted` are the tags whose points are in them. */
export function decisionOf(parts: Parts, uncounted: readonly string[]): Decision {
  const ofOutcome = (outcome: FlowOutcome) => parts.filter((part) => part.outcome === outcome);
  const allowed = ofOutcome('allowed');
  const denied = ofOutcome('denied');
  const unknown = ofOutcome('unknown');
  const measure = (some: Parts) => some.reduce((sum, part) => sum + volume(part), 0n);
  const mixed = allowed.length > 0 && denied.length > 0;
  const uniform: FlowVerdict =
    unknown.length > 0 || parts.length === 0 ? 'unknown' : denied.length > 0 ? 'denied' : 'allowed';
  const witness: Partial<Record<FlowOutcome, string>> = {};
  for (const [outcome, some] of [
    ['allowed', allowed],
    ['denied', denied],
    ['unknown', unknown],
  ] as const) {
    const packet = firstPacket(some);
    if (packet !== undefined) witness[outcome] = packet;
  }
  return {
    verdict: mixed ? 'partly' : uniform,
    allowedBy: labels(allowed.flatMap(({ by }) => by)),
    deniedBy: labels(denied.flatMap(({ by }) => by)),
    unsure: labels(unknown.flatMap((part) => part.unsure)),
    measure: { allowed: measure(allowed), denied: measure(denied), unknown: measure(unknown) },
    uncounted,
    witness,
    parts,
  };
}

const portCount = (ports: readonly number[]): bigint => {
  let sum = 0;
  for (let index = 0; index < ports.length; index += 2) sum += (ports[index + 1] as number) - (ports[index] as number);
  return BigInt(sum);
};

/** How many combinations a part holds; symbols do not count. */
export function volume<N extends Point>({ family, box }: FlowPart<N>): bigint;
export function volume(part: FlowPart<number> | FlowPart<bigint>): bigint;
export function volume({ family, box }: FlowPart): bigint {
  const ports = portCount(box.sourcePorts) * portCount(box.destinationPorts);
  return family.count(box.source) * family.count(box.destination) * ports;
}

type Key = readonly [family: Point, source: Point, destination: Point, from: Point, to: Point];
/** The packet with the lowest source, destination, source port and destination port, IPv4 before IPv6. */
function firstPacket(parts: Parts): string | undefined {
  let best: { readonly key: Key; readonly text: string } | undefined;
  for (const { family, protocol, box } of parts) {
    const key: Key = [
      family.name === 'v4' ? 0 : 1,
      box.source[0] as Point,
      box.destination[0] as Point,
      box.sourcePorts[0] as number,
      box.destinationPorts[0] as number,
    ];
    if (best && !isBefore(key, best.key)) continue;
    const [, source, destination, from, to] = key;
    best = { key, text: `${protocol} ${endText(source)}:${from} -> ${endText(destination)}:${to}` };
  }
  return best?.text;
}
function isBefore(a: readonly Point[], b: readonly Point[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at >= 0 && (a[at] as Point) < (b[at] as Point);
}
function endText(point: Point): string {
  if (typeof point === 'bigint') return point >= END6 ? 'tag' : `[${addressText(point)}]`;
  return point >= END4 ? 'tag' : addressText(point);
}
