// The resources that differ between the snapshot before a change and the one after it. Both come from one snapshot, so what was not
// touched is the same object.

import type { Resource } from '../../model/resource.ts';
import { fold } from '../../model/resource-id.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { resourceIn } from '../../model/snapshot-index.ts';

/** One resource on both sides; a side is undefined where it does not exist. */
export interface ResourcePair {
  readonly before: Resource | undefined;
  readonly after: Resource | undefined;
}

export function changedPairs(before: Snapshot, after: Snapshot): readonly ResourcePair[] {
  const [old, now] = [before.resources, after.resources];
  if (old === now) return [];
  const pairs: ResourcePair[] = [];
  let at = 0;
  for (const was of old) {
    if (now[at] === was) {
      at += 1;
      continue;
    }
    const is = now[at]?.id === was.id ? now[at] : resourceIn(after, was.id);
    if (now[at] !== undefined && now[at] === is) at += 1;
    if (is !== was) pairs.push({ before: was, after: is });
  }
  const made = now.slice(at).filter((one) => resourceIn(before, one.id) === undefined);
  return [...pairs, ...made.map((after) => ({ before: undefined, after }))];
}

/** Those of a type. */
export const pairsOf = (pairs: readonly ResourcePair[], ...types: readonly string[]): readonly ResourcePair[] => {
  const wanted = new Set(types.map(fold));
  return pairs.filter(({ before, after }) => wanted.has(fold((after ?? before)?.type ?? '')));
};
