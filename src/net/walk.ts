// The first-match walk over products of interval sets. A piece of a flow is a box: every combination of its sources,
// destinations, source ports and destination ports. Three-valued: a rule matches a point surely, perhaps, or not.
import { type Intervals, intersect, meets, minus, type Point, same } from './sets.ts';

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

/** Do the spans from first to last point overlap? Neither set is empty. */
const near = <N extends Point>(a: Intervals<N>, b: Intervals<N>): boolean =>
  (a[0] as N) < (b[b.length - 1] as N) && (b[0] as N) < (a[a.length - 1] as N);

/** Do the boxes share a point? Told without making anything, because most pairs do not. */
const boxesMeet = <N extends Point>(a: Box<N>, b: Box<N>): boolean =>
  near(a.destinationPorts, b.destinationPorts) &&
  near(a.source, b.source) &&
  near(a.destination, b.destination) &&
  near(a.sourcePorts, b.sourcePorts) &&
  meets(a.source, b.source) &&
  meets(a.destination, b.destination) &&
  meets(a.destinationPorts, b.destinationPorts) &&
  meets(a.sourcePorts, b.sourcePorts);

/** What lies in both; undefined for nothing. */
export function boxIntersect<N extends Point>(a: Box<N>, b: Box<N>): Box<N> | undefined {
  if (!boxesMeet(a, b)) return undefined;
  return {
    source: intersect(a.source, b.source),
    destination: intersect(a.destination, b.destination),
    sourcePorts: intersect(a.sourcePorts, b.sourcePorts),
    destinationPorts: intersect(a.destinationPorts, b.destinationPorts),
  };
}

/** How much of a set there is; only to compare. */
function extent<N extends Point>(set: Intervals<N>): number {
  let sum = 0;
  for (let index = 0; index < set.length; index += 2) sum += Number(set[index + 1]) - Number(set[index]);
  return sum;
}

/** Shares below this count as equal. */
const SMALL = 1 / 64;
const axes = ['source', 'destination', 'sourcePorts', 'destinationPorts'] as const;

/**
 * What of `box` lies outside `hit`, which lies inside it: at most four boxes without a common point. The axis of which
 * the hit takes the smallest share is cut first, so that the bulk of the box stays in one piece whatever rules follow;
 * among small shares the axis that is in most pieces already, so that the bulk is in pieces along one axis only.
 */
export function boxMinus<N extends Point>(box: Box<N>, hit: Box<N>): Box<N>[] {
  const cuts = axes
    .filter((axis) => !same<Point>(hit[axis], box[axis]))
    .map((axis) => ({ axis, share: extent<Point>(hit[axis]) / extent<Point>(box[axis]), cut: box[axis].length }))
    .sort((a, b) => Math.max(a.share, SMALL) - Math.max(b.share, SMALL) || b.cut - a.cut);
  const rest: Box<N>[] = [];
  let left = box;
  for (const { axis } of cuts) {
    rest.push({ ...left, [axis]: minus<Point>(left[axis], hit[axis]) });
    left = { ...left, [axis]: hit[axis] };
  }
  return rest;
}

interface Live<N extends Point, R> {
  readonly box: Box<N>;
  readonly pending: readonly R[];
}

/** Walks a flow's box through the steps in order. The leaves are disjoint and hold together exactly the flow. */
export function walk<N extends Point, R>(flow: Box<N>, steps: Iterable<Step<N, R>>): Leaf<N, R>[] {
  const leaves: Leaf<N, R>[] = [];
  const live: Live<N, R>[] = blank(flow) ? [] : [{ box: flow, pending: [] }];
  for (const { rule, sure, possible } of steps) {
    if (live.length === 0) break;
    if (!possible) continue;
    // From the end, so that a piece can be replaced by what is left of it: most rules touch few of the pieces.
    for (let index = live.length - 1; index >= 0; index -= 1) {
      const piece = live[index] as Live<N, R>;
      const hit = sure && boxIntersect(piece.box, sure);
      if (!hit && (possible === sure || !boxIntersect(piece.box, possible))) continue;
      if (hit) leaves.push({ box: hit, rule, pending: piece.pending });
      const rest = hit ? boxMinus(piece.box, hit).map((box) => ({ box, pending: piece.pending })) : [piece];
      const kept = possible === sure ? rest : rest.flatMap((part) => marked(part, possible, rule));
      const last = live.pop() as Live<N, R>;
      if (index < live.length) live[index] = last;
      live.push(...kept);
    }
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
