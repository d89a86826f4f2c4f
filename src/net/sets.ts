// Sets of points on a line: sorted, disjoint, not touching half-open intervals, flat as [low, high, low, high, ...].
// Half-open, so that the algebra only compares and the same code serves numbers (IPv4, ports) and bigints (IPv6).

export type Point = number | bigint;
/** `[low, high)` pairs in order: each low < its high < the next low. */
export type Intervals<N extends Point> = readonly N[];

/** A side this many times longer than the other is searched by bisection instead of scanned. */
const LOPSIDED = 8;
/** At most so many ends of holes in a long set are cut out one by one. */
const FEW_HOLES = 64;

/** The set of these `[low, high)` pairs in any order, overlapping or not; empty pairs (low >= high) are dropped. */
export function intervals<N extends Point>(pairs: readonly (readonly [N, N])[]): Intervals<N> {
  const sorted = pairs.filter(([low, high]) => low < high).sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
  const flat: N[] = [];
  for (const [low, high] of sorted) append(flat, low, high);
  return flat;
}

/** Adds an interval that begins at or after the begin of the last one. */
function append<N extends Point>(flat: N[], low: N, high: N): void {
  const end = flat.at(-1);
  if (end === undefined || low > end) flat.push(low, high);
  else if (high > end) flat[flat.length - 1] = high;
}

export const isEmpty = <N extends Point>(set: Intervals<N>): boolean => set.length === 0;

export function same<N extends Point>(a: Intervals<N>, b: Intervals<N>): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** Does one interval of `outer` contain all of `inner`, which is not empty? */
const surrounds = <N extends Point>(outer: Intervals<N>, inner: Intervals<N>): boolean =>
  outer.length === 2 && (outer[0] as N) <= (inner[0] as N) && (inner[inner.length - 1] as N) <= (outer[1] as N);

/** Index of the first pair whose high end is beyond `point`; the length when none is. */
function firstEndingAfter<N extends Point>(set: Intervals<N>, point: N): number {
  let from = 0;
  let to = set.length >> 1;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((set[middle * 2 + 1] as N) > point) to = middle;
    else from = middle + 1;
  }
  return from * 2;
}

export function holds<N extends Point>(set: Intervals<N>, point: N): boolean {
  const at = firstEndingAfter(set, point);
  return at < set.length && (set[at] as N) <= point;
}

const later = <N extends Point>(a: N, b: N): N => (a < b ? b : a);
const sooner = <N extends Point>(a: N, b: N): N => (b < a ? b : a);

/** The intersection; the same object where one set is inside the single interval of the other. */
export function intersect<N extends Point>(a: Intervals<N>, b: Intervals<N>): Intervals<N> {
  if (a === b || a.length === 0) return a;
  if (b.length === 0 || surrounds(a, b)) return b;
  if (surrounds(b, a)) return a;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const halving = long.length > LOPSIDED * short.length;
  const flat: N[] = [];
  let at = 0;
  for (let index = 0; index < short.length; index += 2) {
    const low = short[index] as N;
    const high = short[index + 1] as N;
    if (halving) at = firstEndingAfter(long, low);
    else while (at < long.length && (long[at + 1] as N) <= low) at += 2;
    for (let next = at; next < long.length && (long[next] as N) < high; next += 2) {
      const from = long[next] as N;
      const to = long[next + 1] as N;
      flat.push(later(from, low), sooner(to, high));
    }
  }
  return flat;
}

/** Do they share a point? */
export function meets<N extends Point>(a: Intervals<N>, b: Intervals<N>): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const halving = long.length > LOPSIDED * short.length;
  let at = 0;
  for (let index = 0; index < short.length; index += 2) {
    if (halving) at = firstEndingAfter(long, short[index] as N);
    else while (at < long.length && (long[at + 1] as N) <= (short[index] as N)) at += 2;
    if (at < long.length && (long[at] as N) < (short[index + 1] as N)) return true;
  }
  return false;
}

/** The part of `a` outside `b`. */
export function minus<N extends Point>(a: Intervals<N>, b: Intervals<N>): Intervals<N> {
  if (a === b) return [];
  if (a.length === 0 || b.length === 0) return a;
  if (surrounds(b, a)) return [];
  if (b.length <= FEW_HOLES && a.length > LOPSIDED * b.length) return withoutFew(a, b);
  const halving = b.length > LOPSIDED * a.length;
  const flat: N[] = [];
  let at = 0;
  for (let index = 0; index < a.length; index += 2) {
    let low = a[index] as N;
    const high = a[index + 1] as N;
    if (halving) at = firstEndingAfter(b, low);
    else while (at < b.length && (b[at + 1] as N) <= low) at += 2;
    let next = at;
    for (; next < b.length && (b[next] as N) < high; next += 2) {
      const hole = b[next] as N;
      if (hole > low) flat.push(low, hole);
      low = b[next + 1] as N;
      if (low >= high) break;
    }
    if (low < high) flat.push(low, high);
  }
  return flat;
}

/** The difference of a long set and a few holes: the part between two holes is copied as a whole. */
function withoutFew<N extends Point>(a: Intervals<N>, holes: Intervals<N>): Intervals<N> {
  const parts: N[][] = [];
  let from = 0;
  // Begin of the interval at `from` after a hole has cut it; undefined when it is whole.
  let begin: N | undefined;
  const take = (until: number): void => {
    if (until <= from) return;
    const part = a.slice(from, until);
    if (begin !== undefined) part[0] = begin;
    begin = undefined;
    parts.push(part);
  };
  for (let hole = 0; hole < holes.length; hole += 2) {
    const low = holes[hole] as N;
    const high = holes[hole + 1] as N;
    const first = firstEndingAfter(a, low);
    if (first >= a.length || (a[first] as N) >= high) continue;
    take(first);
    const start = begin ?? (a[first] as N);
    if (start < low) parts.push([start, low]);
    from = firstEndingAfter(a, high);
    begin = from < a.length && (a[from] as N) < high ? high : undefined;
  }
  if (from === 0 && begin === undefined) return a;
  take(a.length);
  return ([] as N[]).concat(...parts);
}

/** The union. */
export function unite<N extends Point>(a: Intervals<N>, b: Intervals<N>): Intervals<N> {
  if (b.length === 0 || a === b) return a;
  if (a.length === 0) return b;
  const flat: N[] = [];
  let left = 0;
  let right = 0;
  while (left < a.length || right < b.length) {
    const takeLeft = right >= b.length || (left < a.length && (a[left] as N) <= (b[right] as N));
    if (takeLeft) {
      append(flat, a[left] as N, a[left + 1] as N);
      left += 2;
    } else {
      append(flat, b[right] as N, b[right + 1] as N);
      right += 2;
    }
  }
  return flat;
}

/** Is all of `inner` in `outer`? */
export const covers = <N extends Point>(outer: Intervals<N>, inner: Intervals<N>): boolean =>
  isEmpty(minus(inner, outer));

/** The `[low, high)` pairs, one by one. */
export function* pairsOf<N extends Point>(set: Intervals<N>): Generator<readonly [N, N]> {
  for (let index = 0; index < set.length; index += 2) yield [set[index] as N, set[index + 1] as N];
}
