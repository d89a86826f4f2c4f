// A fact computed once per snapshot. A snapshot is immutable, so the cache is no state: it only saves work.
import { droppable } from '../model/caches.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';

type Kept<T> = { readonly value: T } | { readonly thrown: unknown };

/** The same function, computed once per snapshot; a throw is cached too. */
export function memoizePerSnapshot<T>(compute: (index: SnapshotIndex) => T): (index: SnapshotIndex) => T {
  const kept = new WeakMap<SnapshotIndex, Kept<T>>();
  return (index) => {
    const known = kept.get(index);
    if (known !== undefined) return answerOf(known);
    const answer = computed(() => compute(index));
    kept.set(index, answer);
    return answerOf(answer);
  };
}

/** The same, once per snapshot and key, which is an id or what begins with one. */
export function memoizePerSnapshotAndKey<T>(
  compute: (key: string, index: SnapshotIndex) => T,
): (key: string, index: SnapshotIndex) => T {
  const kept = droppable(() => new WeakMap<SnapshotIndex, Map<string, Kept<T>>>());
  return (key, index) => {
    const ofIndex = kept().get(index) ?? new Map<string, Kept<T>>();
    kept().set(index, ofIndex);
    const folded = key.toLowerCase();
    const known = ofIndex.get(folded);
    if (known !== undefined) return answerOf(known);
    const answer = computed(() => compute(key, index));
    ofIndex.set(folded, answer);
    return answerOf(answer);
  };
}

function computed<T>(compute: () => T): Kept<T> {
  try {
    return { value: compute() };
  } catch (thrown) {
    return { thrown };
  }
}

function answerOf<T>(answer: Kept<T>): T {
  if ('thrown' in answer) throw answer.thrown;
  return answer.value;
}
