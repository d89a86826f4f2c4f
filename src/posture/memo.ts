// A fact computed once per world. A world is immutable, so the memory is no state: it only spares work.
import type { World } from '../model/world.ts';

type Kept<T> = { readonly value: T } | { readonly thrown: unknown };

/** The same function, which asks each world (and key) once; a throw is remembered too. */
export function oncePerWorld<T>(compute: (world: World) => T): (world: World) => T {
  const byKey = oncePerWorldAndKey((_key, world) => compute(world));
  return (world) => byKey('', world);
}

export function oncePerWorldAndKey<T>(compute: (key: string, world: World) => T): (key: string, world: World) => T {
  const kept = new WeakMap<World, Map<string, Kept<T>>>();
  return (key, world) => {
    const known = kept.get(world) ?? new Map<string, Kept<T>>();
    kept.set(world, known);
    const folded = key.toLowerCase();
    let answer = known.get(folded);
    if (!answer) {
      try {
        answer = { value: compute(key, world) };
      } catch (thrown) {
        answer = { thrown };
      }
      known.set(folded, answer);
    }
    if ('thrown' in answer) throw answer.thrown;
    return answer.value;
  };
}
