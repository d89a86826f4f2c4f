// Combines successive decisions about the same packets, and cuts a flow by its ends.
import { type Addresses, either, nowhere } from './addresses.ts';
import type { FlowOutcome, FlowPart, Parts } from './decision.ts';
import type { Protocol } from './ports.ts';
import { intersect, minus, type Point } from './sets.ts';
import { type Box, boxIntersect } from './walk.ts';

const worse = (a: FlowOutcome, b: FlowOutcome): FlowOutcome => {
  if (a === 'denied' || b === 'denied') return 'denied';
  return a === 'unknown' || b === 'unknown' ? 'unknown' : 'allowed';
};

/**
 * What all allow is allowed, what one denies is denied, the rest is unknown. Each decision holds the same packets in disjoint
 * boxes, and so does the result; no decision gives no part.
 */
export function inTurn(decisions: readonly Parts[]): Parts {
  const [first = [], ...others] = decisions;
  return others.reduce<Parts>(
    (met, next) => met.flatMap((part) => next.flatMap((other) => shared(part, other))),
    first,
  );
}

type AnyPart = FlowPart<number> | FlowPart<bigint>;
function shared(a: AnyPart, b: AnyPart): AnyPart[] {
  if (a.protocol !== b.protocol || a.family.name !== b.family.name) return [];
  const box = boxIntersect<Point>(a.box, b.box);
  if (!box) return [];
  const outcome = worse(a.outcome, b.outcome);
  return [{ ...(a.outcome === outcome ? a : b), box, outcome } as AnyPart];
}

/** The end of a packet that a set of addresses refers to. */
export type PacketEnd = 'source' | 'destination';

/** The parts whose end is in the addresses, with another outcome; and the rest unchanged. */
export function cut(
  parts: Parts,
  end: PacketEnd,
  addresses: Addresses,
  outcome: FlowOutcome,
): { readonly inside: Parts; readonly outside: Parts } {
  const sides = parts.map((part) => sidesOf(part as FlowPart<Point>, end, addresses, outcome));
  return { inside: sides.flatMap(({ inside }) => inside), outside: sides.flatMap(({ outside }) => outside) };
}

function sidesOf(part: FlowPart<Point>, end: PacketEnd, addresses: Addresses, outcome: FlowOutcome) {
  const own = part.family.pick(addresses);
  const boxed = (set: Box<Point>[PacketEnd], more: Partial<AnyPart>): AnyPart[] =>
    set.length === 0 ? [] : [{ ...part, ...more, box: { ...part.box, [end]: set } } as AnyPart];
  return {
    inside: boxed(intersect(part.box[end], own), { outcome }),
    outside: boxed(minus(part.box[end], own), {}),
  };
}

/** The parts inside a box of one protocol and family, with another outcome. */
export const within = (parts: Parts, protocol: Protocol, box: Box<number>, outcome: FlowOutcome): Parts =>
  parts.flatMap((part) => {
    if (part.protocol !== protocol || part.family.name !== 'v4') return [];
    const met = boxIntersect<Point>(part.box, box);
    return met ? [{ ...part, box: met, outcome } as AnyPart] : [];
  });

/** The same packets, all with one outcome. */
export const allOf = (parts: Parts, outcome: FlowOutcome): Parts =>
  parts.map((part) => ({ ...part, outcome, by: [], unsure: [], pending: [] }) as AnyPart);

/** Every address at one end of the packets; including the points that represent tags. */
export function endsOf(parts: Parts, end: PacketEnd): Addresses {
  let all = nowhere;
  for (const part of parts) {
    const own = (part as FlowPart<Point>).family.wrap((part as FlowPart<Point>).box[end]);
    all = either(all, own);
  }
  return all;
}
