// The first-match walk over products of interval sets. A part of a flow is a box: every combination of its sources,
// destinations, source ports and destination ports. Three-valued: a rule matches a point certainly, possibly, or not.
import { type Intervals, intersect, meets, minus, type Point, same } from './sets.ts';
import { inBoth, indexSteps, nextStep, type StepIndex, type StepSet } from './step-index.ts';

export interface Box<N extends Point> {
  readonly source: Intervals<N>;
  readonly destination: Intervals<N>;
  readonly sourcePorts: Intervals<number>;
  readonly destinationPorts: Intervals<number>;
}

/** A rule in the form of the walk, for one protocol and one family. */
export interface WalkStep<N extends Point, R> {
  readonly rule: R;
  /** What it certainly matches; undefined for nothing. */
  readonly sure: Box<N> | undefined;
  /**
   * What it may match, the certain part included; undefined for nothing. The same object as `sure` when nothing is uncertain.
   */
  readonly possible: Box<N> | undefined;
}

/** A box that left the walk: the rule that certainly matched it, and the rules before that which may have matched it. */
export interface Leaf<N extends Point, R> {
  readonly box: Box<N>;
  /** undefined when the walk ended without a certain match. */
  readonly rule: R | undefined;
  readonly pending: readonly R[];
}

const blank = <N extends Point>(box: Box<N>): boolean =>
  box.source.length === 0 ||
  box.destination.length === 0 ||
  box.sourcePorts.length === 0 ||
  box.destinationPorts.length === 0;

/** The box, or undefined when it is empty. */
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

/** Do the boxes share a point? Allocates nothing, because most pairs do not. */
const boxesMeet = <N extends Point>(a: Box<N>, b: Box<N>): boolean =>
  near(a.destinationPorts, b.destinationPorts) &&
  near(a.source, b.source) &&
  near(a.destination, b.destination) &&
  near(a.sourcePorts, b.sourcePorts) &&
  meets(a.source, b.source) &&
  meets(a.destination, b.destination) &&
  meets(a.destinationPorts, b.destinationPorts) &&
  meets(a.sourcePorts, b.sourcePorts);

/** The intersection; undefined where empty. */
export function boxIntersect<N extends Point>(a: Box<N>, b: Box<N>): Box<N> | undefined {
  if (!boxesMeet(a, b)) return undefined;
  return {
    source: intersect(a.source, b.source),
    destination: intersect(a.destination, b.destination),
    sourcePorts: intersect(a.sourcePorts, b.sourcePorts),
    destinationPorts: intersect(a.destinationPorts, b.destinationPorts),
  };
}

/** The size of a set; only for comparison, so a set of many pieces is measured by its span. */
function extent<N extends Point>(set: Intervals<N>): number {
  if (set.length > MANY) return Number(set[set.length - 1]) - Number(set[0]);
  let sum = 0;
  for (let index = 0; index < set.length; index += 2) sum += Number(set[index + 1]) - Number(set[index]);
  return sum;
}

const MANY = 128;
/** Shares below this count as equal. */
const SMALL = 1 / 64;
const axes = ['source', 'destination', 'sourcePorts', 'destinationPorts'] as const;

/**
 * The part of `box` outside `hit`, which is inside it: at most four disjoint boxes. The axis of which
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

/** Steps in order, ready to be walked. */
export interface OrderedSteps<N extends Point, R> {
  readonly list: readonly WalkStep<N, R>[];
  readonly index: StepIndex<N> | undefined;
}
export const readySteps = <N extends Point, R>(list: readonly WalkStep<N, R>[]): OrderedSteps<N, R> => ({
  list,
  index: indexSteps(list.map(({ possible }) => possible)),
});

/** A part during the walk: the steps it has met, and those that it may still meet, from `at` on. */
interface Live<N extends Point, R> {
  readonly box: Box<N>;
  readonly pending: readonly R[];
  readonly at: number;
  readonly may: StepSet;
}

/**
 * Walks a flow's box through the steps. The leaves are disjoint and together exactly the flow; they are in the
 * order of the steps that matched them, unmatched ones last.
 */
export function walk<N extends Point, R>(flow: Box<N>, { list, index }: OrderedSteps<N, R>): Leaf<N, R>[] {
  const taken: Leaf<N, R>[][] = [];
  const live: Live<N, R>[] = blank(flow) ? [] : [{ box: flow, pending: [], at: 0, may: index?.(flow) }];
  for (let piece = live.pop(); piece; piece = live.pop()) {
    const { box, pending, may } = piece;
    const at = firstMet(piece, list);
    const step = list[at];
    if (!step) {
      own(taken, list.length).push({ box, rule: undefined, pending });
      continue;
    }
    const { rule, sure, possible } = step;
    // Steps that the whole piece cannot meet its parts cannot meet either; a part may be narrow where the piece is wide.
    const goOn = (part: Box<N>, met: readonly R[]) =>
      live.push({ box: part, pending: met, at: at + 1, may: inBoth(may, index?.(part)) });
    const hit = sure && boxIntersect(box, sure);
    if (hit) own(taken, at).push({ box: hit, rule, pending });
    for (const part of hit ? boxMinus(box, hit) : [box]) {
      const inside = possible === sure ? undefined : possible && boxIntersect(part, possible);
      if (inside) goOn(inside, [...pending, rule]);
      for (const outside of inside ? boxMinus(part, inside) : [part]) goOn(outside, pending);
    }
  }
  return taken.flat();
}

/** The first step that may match part of the piece; the length of the list when none does. */
function firstMet<N extends Point, R>({ box, at, may }: Live<N, R>, list: readonly WalkStep<N, R>[]): number {
  const end = list.length;
  let step = nextStep(may, at, end);
  for (; step < end; step = nextStep(may, step + 1, end)) {
    const possible = list[step]?.possible;
    if (possible && boxesMeet(box, possible)) break;
  }
  return step;
}

/** The list at an index of an array, created where missing. */
function own<T>(lists: T[][], at: number): T[] {
  const known = lists[at] ?? [];
  lists[at] = known;
  return known;
}
