// Caches of what was computed for one resource. They hold nothing but saved work, and an audit of very many resources drops them from
// time to time, since together they take more memory than the resources.

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
