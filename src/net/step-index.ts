// Index of the steps of a long list that may match part of a box. Every axis is cut where the steps' intervals begin and end;
// each piece holds, as bits, the steps that touch it. The result may contain too many steps, never too few, so a walk still
// checks each of them.
import type { Intervals, Point } from './sets.ts';
import type { Box } from './walk.ts';

/** The steps that may match, as bits: bit `n % 32` of word `n >> 5` for step `n`. undefined: any of them. */
export type StepSet = Uint32Array | undefined;
/** The steps that may match part of a box. */
export type StepIndex<N extends Point> = (box: Box<N>) => StepSet;

/** A list of fewer steps is scanned. */
const FEW = 48;
/** Maximum words of bits per axis: 4 MB. Beyond that, cuts are skipped, which makes the pieces larger. */
const MOST = 2 ** 20;
/** A box that spans more pieces of an axis than this is not filtered by it. */
const WIDE = 24;
const axes = ['source', 'destination', 'destinationPorts', 'sourcePorts'] as const;

/**
 * Indexes the boxes of the steps in order (undefined where a step matches nothing). undefined for a short list. `most`:
 * maximum words of bits per axis.
 */
export function indexSteps<N extends Point>(
  boxes: readonly (Box<N> | undefined)[],
  most = MOST,
): StepIndex<N> | undefined {
  if (boxes.length < FEW) return undefined;
  const along = axes.flatMap((axis) => {
    const sets = boxes.map((box) => box?.[axis]);
    const touching = alongAxis<Point>(sets, most);
    return touching ? [(box: Box<N>) => touching(box[axis])] : [];
  });
  return (box) => {
    let all: StepSet;
    for (const touching of along) all = inBoth(all, touching(box));
    return all;
  };
}

/** The intersection of both sets; writes into the second. */
export function inBoth(a: StepSet, b: StepSet): StepSet {
  if (!a || !b) return a ?? b;
  for (let word = 0; word < b.length; word += 1) b[word] = (b[word] as number) & (a[word] as number);
  return b;
}

/** The first step of the set at or after `from`; `end` when there is none before it. */
export function nextStep(set: StepSet, from: number, end: number): number {
  if (!set || from >= end) return from;
  let at = from >> 5;
  let word = (set[at] as number) & (-1 << (from & 31));
  while (word === 0) {
    at += 1;
    if (at << 5 >= end) return end;
    word = set[at] as number;
  }
  return Math.min(end, (at << 5) + 31 - Math.clz32(word & -word));
}

/** The steps whose intervals touch a set of one axis, as a new set of bits; undefined for any, or when the set is wide. */
function alongAxis<N extends Point>(
  sets: readonly (Intervals<N> | undefined)[],
  most: number,
): ((set: Intervals<N>) => StepSet) | undefined {
  const words = (sets.length + 31) >> 5;
  const cuts = cutsOf(sets, Math.max(3, Math.floor(most / words)));
  if (cuts.length < 3) return undefined;
  const bits = new Uint32Array((cuts.length + 1) * words);
  // A step that touches most of the axis counts as touching all of it, which saves writing it everywhere.
  const everywhere = new Uint32Array(words);
  for (const [step, set] of sets.entries()) {
    const [word, bit] = [step >> 5, 1 << (step & 31)];
    for (let index = 0; set && index < set.length; index += 2) {
      const first = countUpTo(cuts, set[index] as N);
      const last = countBelow(cuts, set[index + 1] as N);
      if (last - first > cuts.length >> 1) everywhere[word] = (everywhere[word] as number) | bit;
      else
        for (let at = first * words + word; at <= last * words + word; at += words)
          bits[at] = (bits[at] as number) | bit;
    }
  }
  return (set) => {
    if (set.length > 2 * WIDE) return undefined;
    let found: Uint32Array | undefined;
    let pieces = 0;
    for (let index = 0; index < set.length; index += 2) {
      const first = countUpTo(cuts, set[index] as N);
      const last = countBelow(cuts, set[index + 1] as N);
      pieces += last - first + 1;
      if (pieces > WIDE) return undefined;
      found ??= everywhere.slice();
      for (let at = first * words; at < (last + 1) * words; at += 1) {
        const word = at % words;
        found[word] = (found[word] as number) | (bits[at] as number);
      }
    }
    return found;
  };
}

/** The begins and ends of intervals, in order, each once; sampled where there are more than `most`. */
function cutsOf<N extends Point>(sets: readonly (Intervals<N> | undefined)[], most: number): N[] {
  const ends: N[] = [];
  let before: Intervals<N> | undefined;
  for (const set of sets) {
    if (set && set !== before) for (const end of set) ends.push(end);
    before = set;
  }
  ends.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const all = ends.filter((end, index) => index === 0 || end !== ends[index - 1]);
  const every = Math.ceil(all.length / most);
  return every > 1 ? all.filter((_cut, index) => index % every === 0) : all;
}

/** How many cuts are at or before a point: the number of the piece that holds it. */
function countUpTo<N extends Point>(cuts: readonly N[], point: N): number {
  let from = 0;
  let to = cuts.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((cuts[middle] as N) <= point) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** How many cuts are before a point: the number of the last piece that holds anything before it. */
function countBelow<N extends Point>(cuts: readonly N[], point: N): number {
  let from = 0;
  let to = cuts.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((cuts[middle] as N) < point) from = middle + 1;
    else to = middle;
  }
  return from;
}
