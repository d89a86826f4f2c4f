// A fact computed once per world. A world is immutable, so the memory is no state: it only spares work.
import type { SnapshotIndex } from '../model/snapshot-index.ts';

type Kept<T> = { readonly value: T } | { readonly thrown: unknown };

/** The same function, which asks each world (and key) once; a throw is remembered too. */
export function memoizePerSnapshot<T>(compute: (index: SnapshotIndex) => T): (index: SnapshotIndex) => T {
  const byKey = memoizePerSnapshotAndKey((_key, index) => compute(index));
  return (index) => byKey('', index);
}

export function memoizePerSnapshotAndKey<T>(
  compute: (key: string, index: SnapshotIndex) => T,
): (key: string, index: SnapshotIndex) => T {
  const kept = new WeakMap<SnapshotIndex, Map<string, Kept<T>>>();
  return (key, index) => {
    const known = kept.get(index) ?? new Map<string, Kept<T>>();
    kept.set(index, known);
    const folded = key.toLowerCase();
    let answer = known.get(folded);
    if (!answer) {
      try {
        answer = { value: compute(key, index) };
      } catch (thrown) {
        answer = { thrown };
      }
      known.set(folded, answer);
    }
    if ('thrown' in answer) throw answer.thrown;
    return answer.value;
  };
}
