// A fact computed once per snapshot. A snapshot is immutable, so the cache is no state: it only saves work.
import type { SnapshotIndex } from '../model/snapshot-index.ts';

type Kept<T> = { readonly value: T } | { readonly thrown: unknown };

/** The same function, computed once per snapshot (and key); a throw is cached too. */
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
