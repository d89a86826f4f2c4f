// The first-match walk over products of interval sets. A piece of a flow is a box: every combination of its sources,
// destinations, source ports and destination ports. Three-valued: a rule matches a point surely, perhaps, or not.
import { type Intervals, intersect, meets, minus, type Point } from './sets.ts';

export interface Box<N extends Point> {
  readonly source: Intervals<N>;
  readonly destination: Intervals<N>;
  readonly sourcePorts: Intervals<number>;
  readonly destinationPorts: Intervals<number>;
}

/** A rule as the walk sees it, for one protocol and one family. */
export interface Step<N extends Point, R> {
  readonly rule: R;
  /** What it surely matches; undefined for nothing. */
  readonly sure: Box<N> | undefined;
  /** What it may match, the sure part included; undefined for nothing. The same object as `sure` when nothing is unsure. */
  readonly possible: Box<N> | undefined;
}

/** A box that left the walk: the rule that surely matched it, and the rules before that which may have matched it. */
export interface Leaf<N extends Point, R> {
  readonly box: Box<N>;
  /** undefined when the walk ended without a sure match. */
  readonly rule: R | undefined;
  readonly pending: readonly R[];
}

const blank = <N extends Point>(box: Box<N>): boolean =>
  box.source.length === 0 ||
  box.destination.length === 0 ||
  box.sourcePorts.length === 0 ||
  box.destinationPorts.length === 0;

/** The box, or undefined when it holds nothing. */
export const boxOf = <N extends Point>(
  source: Intervals<N>,
  destination: Intervals<N>,
  sourcePorts: Intervals<number>,
  destinationPorts: Intervals<number>,
): Box<N> | undefined => {
  const box = { source, destination, sourcePorts, destinationPorts };
  return blank(box) ? undefined : box;
};

/** Do the boxes share a point? The cheap axes first. */
export const boxesMeet = <N extends Point>(a: Box<N>, b: Box<N>): boolean =>
  meets(a.destinationPorts, b.destinationPorts) &&
  meets(a.sourcePorts, b.sourcePorts) &&
  meets(a.source, b.source) &&
  meets(a.destination, b.destination);

/** What lies in both; undefined for nothing. */
export function boxIntersect<N extends Point>(a: Box<N>, b: Box<N>): Box<N> | undefined {
  const destinationPorts = intersect(a.destinationPorts, b.destinationPorts);
  if (destinationPorts.length === 0) return undefined;
  const sourcePorts = intersect(a.sourcePorts, b.sourcePorts);
  if (sourcePorts.length === 0) return undefined;
  const source = intersect(a.source, b.source);
  if (source.length === 0) return undefined;
  return boxOf(source, intersect(a.destination, b.destination), sourcePorts, destinationPorts);
}

/** What of `box` lies outside `hit`, which lies inside it: at most four boxes without a common point. */
export function boxMinus<N extends Point>(box: Box<N>, hit: Box<N>): Box<N>[] {
  const rest: Box<N>[] = [];
  const add = (piece: Box<N>) => {
    if (!blank(piece)) rest.push(piece);
  };
  add({ ...box, destinationPorts: minus(box.destinationPorts, hit.destinationPorts) });
  const { destinationPorts, sourcePorts, source } = hit;
  add({ ...box, destinationPorts, sourcePorts: minus(box.sourcePorts, sourcePorts) });
  add({ destination: box.destination, destinationPorts, sourcePorts, source: minus(box.source, source) });
  add({ destinationPorts, sourcePorts, source, destination: minus(box.destination, hit.destination) });
  return rest;
}

interface Live<N extends Point, R> {
  readonly box: Box<N>;
  readonly pending: readonly R[];
}

/** Walks a flow's box through the steps in order. The leaves are disjoint and hold together exactly the flow. */
export function walk<N extends Point, R>(flow: Box<N>, steps: Iterable<Step<N, R>>): Leaf<N, R>[] {
  const leaves: Leaf<N, R>[] = [];
  let live: Live<N, R>[] = blank(flow) ? [] : [{ box: flow, pending: [] }];
  for (const { rule, sure, possible } of steps) {
    if (live.length === 0) break;
    if (!possible) continue;
    const next: Live<N, R>[] = [];
    for (const piece of live) {
      const hit = sure && boxIntersect(piece.box, sure);
      if (hit) leaves.push({ box: hit, rule, pending: piece.pending });
      const rest = hit ? boxMinus(piece.box, hit).map((box) => ({ box, pending: piece.pending })) : [piece];
      if (possible === sure) next.push(...rest);
      else for (const part of rest) next.push(...marked(part, possible, rule));
    }
    live = next;
  }
  for (const piece of live) leaves.push({ box: piece.box, rule: undefined, pending: piece.pending });
  return leaves;
}

/** Cuts a piece by what a rule may match: the part inside remembers the rule. */
function marked<N extends Point, R>(piece: Live<N, R>, possible: Box<N>, rule: R): Live<N, R>[] {
  const inside = boxIntersect(piece.box, possible);
  if (!inside) return [piece];
  return [
    { box: inside, pending: [...piece.pending, rule] },
    ...boxMinus(piece.box, inside).map((box) => ({ box, pending: piece.pending })),
  ];
}
