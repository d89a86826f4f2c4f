// Work on large arrays in small steps. It yields after some hundreds of items, so that the caller can handle other events in
// between.
import type { StepwiseTask } from '../../model/stepwise.ts';

export { finish, type StepwiseTask } from '../../model/stepwise.ts';

/** Items per step. */
const stride = 1_000;
/** Items sorted at once; longer runs are merged from these. */
const run = 256;

/** Calls `visit` with each number from 0 below `count`. */
export function* counting(count: number, visit: (number: number) => void): StepwiseTask<void> {
  for (let from = 0; from < count; from += stride) {
    for (let number = from; number < Math.min(from + stride, count); number += 1) visit(number);
    yield;
  }
}

/** The indexes of `values` in sorted order; stable. */
export function* sortedPlaces<T>(values: readonly T[], compare: (a: T, b: T) => number): StepwiseTask<Uint32Array> {
  const count = values.length;
  const byValue = (a: number, b: number) => compare(values[a] as T, values[b] as T);
  let [from, to] = [new Uint32Array(count), new Uint32Array(count)];
  for (let at = 0; at < count; at += run) {
    const places = Array.from({ length: Math.min(run, count - at) }, (_, place) => at + place);
    from.set(places.sort(byValue), at);
    yield;
  }
  for (let width = run; width < count; width *= 2) {
    for (let at = 0; at < count; at += 2 * width) yield* merge(from, to, at, width, byValue);
    [from, to] = [to, from];
  }
  return from;
}

/** Merges the two runs of `width` indexes that begin at `at`. */
function* merge(
  from: Uint32Array,
  to: Uint32Array,
  at: number,
  width: number,
  compare: (a: number, b: number) => number,
): StepwiseTask<void> {
  const middle = Math.min(at + width, from.length);
  const end = Math.min(middle + width, from.length);
  let [left, right] = [at, middle];
  yield* counting(end - at, (place) => {
    const [one = 0, other = 0] = [from[left], from[right]];
    const isLeft = right >= end || (left < middle && compare(one, other) <= 0);
    to[at + place] = isLeft ? one : other;
    if (isLeft) left += 1;
    else right += 1;
  });
}
