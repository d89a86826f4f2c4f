// What was worked out once and holds until something it was made of is another thing.
export interface Kept<T> {
  readonly of: readonly unknown[];
  readonly value: T;
}

export const nothingKept = <T>(value: T): Kept<T> => ({ of: [nothingKept], value });

/** The same object while everything in `of` is the same; else made anew. */
export function keep<T>(kept: Kept<T>, of: readonly unknown[], make: () => T): Kept<T> {
  const same = kept.of.length === of.length && kept.of.every((one, at) => one === of[at]);
  return same ? kept : { of, value: make() };
}
