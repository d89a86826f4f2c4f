// What was worked out once and holds until something it was made of is another thing.
export interface Kept<T> {
  readonly of: readonly unknown[];
  readonly value: T;
}

export const nothingKept = <T>(value: T): Kept<T> => ({ of: [nothingKept], value });

/** Was it made of the same? */
export const isOf = ({ of }: Kept<unknown>, now: readonly unknown[]): boolean =>
  of.length === now.length && of.every((one, at) => one === now[at]);

/** The same object while everything in `of` is the same; else made anew. */
export const keep = <T>(kept: Kept<T>, of: readonly unknown[], make: () => T): Kept<T> =>
  isOf(kept, of) ? kept : { of, value: make() };

/** A function of something that never changes: it is asked once for each, and remembers its answer as long as that is there. */
export function once<Of extends WeakKey, T>(make: (of: Of) => T): (of: Of) => T {
  const known = new WeakMap<Of, { readonly value: T }>();
  return (of) => {
    const found = known.get(of) ?? { value: make(of) };
    known.set(of, found);
    return found.value;
  };
}
