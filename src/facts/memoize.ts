// A fact computed once per snapshot. A snapshot is immutable, so the cache is no state: it only saves work.
import { droppable } from '../model/caches.ts';
import { earlierWorlds, type SnapshotIndex } from '../model/snapshot-index.ts';

type Kept<T> = { readonly value: T } | { readonly thrown: unknown };

/** What a fact follows from: types of resources, or how they begin, in lower case. A world that differs in others has the same. */
export type DependsOn = readonly string[];

/** Everything that carries packets: networks, groups, routes, gateways, firewalls, private endpoints and names. */
export const network: DependsOn = ['microsoft.network/'];

/** What an earlier world has for this fact, where nothing that it follows from differs. */
function inherited<T>(index: SnapshotIndex, dependsOn: DependsOn, kept: (earlier: SnapshotIndex) => T | undefined) {
  for (const { index: earlier, types } of earlierWorlds(index)) {
    if ([...types].some((type) => dependsOn.some((one) => type.startsWith(one)))) return undefined;
    const known = kept(earlier);
    if (known !== undefined) return known;
  }
  return undefined;
}

/** The same function, computed once per snapshot; a throw is cached too. */
export function memoizePerSnapshot<T>(
  compute: (index: SnapshotIndex) => T,
  dependsOn?: DependsOn,
): (index: SnapshotIndex) => T {
  const kept = new WeakMap<SnapshotIndex, Kept<T>>();
  return (index) => {
    const known = kept.get(index);
    if (known !== undefined) return answerOf(known);
    const earlier = dependsOn && inherited(index, dependsOn, (one) => kept.get(one));
    const answer = earlier ?? computed(() => compute(index));
    kept.set(index, answer);
    return answerOf(answer);
  };
}

/** The same, once per snapshot and key, which is an id or what begins with one. */
export function memoizePerSnapshotAndKey<T>(
  compute: (key: string, index: SnapshotIndex) => T,
  dependsOn?: DependsOn,
): (key: string, index: SnapshotIndex) => T {
  const kept = droppable(() => new WeakMap<SnapshotIndex, Map<string, Kept<T>>>());
  return (key, index) => {
    const ofIndex = kept().get(index) ?? new Map<string, Kept<T>>();
    kept().set(index, ofIndex);
    const folded = key.toLowerCase();
    const known = ofIndex.get(folded);
    if (known !== undefined) return answerOf(known);
    const earlier = dependsOn && inherited(index, dependsOn, (one) => kept().get(one)?.get(folded));
    const answer = earlier ?? computed(() => compute(key, index));
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
