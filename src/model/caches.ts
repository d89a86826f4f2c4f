// Caches of what was computed for one object. They hold nothing but saved work. Those of resources can be dropped: an audit of very many
// does so from time to time, since together they take more memory than the resources.

/** A function of an immutable object, computed once per object and cached as long as the object lives. */
export function memoizePerObject<Of extends WeakKey, T>(compute: (of: Of) => T): (of: Of) => T {
  const kept = new WeakMap<Of, { readonly value: T }>();
  return (of) => {
    const known = kept.get(of) ?? { value: compute(of) };
    kept.set(of, known);
    return known.value;
  };
}

const drops: (() => void)[] = [];

/** A cache that {@link dropCaches} empties: the object that `make` gives, until the next time. */
export function droppable<Cache extends object>(make: () => Cache): () => Cache {
  let cache = make();
  drops.push(() => {
    cache = make();
  });
  return () => cache;
}

/** Empties every such cache; what it held is computed again when it is needed. */
export function dropCaches(): void {
  for (const drop of drops) drop();
}

/** Calls `then` whenever the caches have been emptied, for a host that wants the memory back at once. */
export const whenDropped = (then: () => void): void => {
  drops.push(then);
};
