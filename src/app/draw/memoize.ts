// Cached values that hold until one of their inputs changes.
export interface Memo<T> {
  readonly of: readonly unknown[];
  readonly value: T;
}

export const emptyMemo = <T>(value: T): Memo<T> => ({ of: [emptyMemo], value });

/** Are the inputs the same? */
const isCurrent = ({ of }: Memo<unknown>, now: readonly unknown[]): boolean =>
  of.length === now.length && of.every((one, at) => one === now[at]);

/** The same object while everything in `of` is the same; else computed again. */
export const memoize = <T>(kept: Memo<T>, of: readonly unknown[], make: () => T): Memo<T> =>
  isCurrent(kept, of) ? kept : { of, value: make() };
