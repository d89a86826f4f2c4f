// Cached values that hold until one of their inputs changes.
export interface Memo<T> {
  readonly of: readonly unknown[];
  readonly value: T;
}

export const emptyMemo = <T>(value: T): Memo<T> => ({ of: [emptyMemo], value });

/** Are the inputs the same? */
export const isCurrent = ({ of }: Memo<unknown>, now: readonly unknown[]): boolean =>
  of.length === now.length && of.every((one, at) => one === now[at]);

/** The same object while everything in `of` is the same; else computed again. */
export const memoize = <T>(kept: Memo<T>, of: readonly unknown[], make: () => T): Memo<T> =>
  isCurrent(kept, of) ? kept : { of, value: make() };

/** A function of an immutable object, computed once per object and cached as long as the object lives. */
export function memoizeByKey<Of extends WeakKey, T>(make: (of: Of) => T): (of: Of) => T {
  const known = new WeakMap<Of, { readonly value: T }>();
  return (of) => {
    const found = known.get(of) ?? { value: make(of) };
    known.set(of, found);
    return found.value;
  };
}

/** A value computed from members of two objects. */
export interface TrackedMemo<T> {
  /** Each member that was read, of either object, with its value. */
  readonly read: readonly [ReadonlyMap<PropertyKey, unknown>, ReadonlyMap<PropertyKey, unknown>];
  readonly value: T;
}

/** Never valid. */
export const emptyTrackedMemo = <T>(value: T): TrackedMemo<T> => {
  const none = new Map<PropertyKey, unknown>([['', unseen]]);
  return { read: [none, none], value };
};
const unseen = Symbol('unseen');

/** The same object while every member that `make` read is the same; else computed again. */
export function memoizeTracked<A extends object, B extends object, T>(
  kept: TrackedMemo<T>,
  one: A,
  other: B,
  make: (one: A, other: B) => T,
): TrackedMemo<T> {
  if (isAsRead(kept.read[0], one) && isAsRead(kept.read[1], other)) return kept;
  const read = [new Map<PropertyKey, unknown>(), new Map<PropertyKey, unknown>()] as const;
  return { read, value: make(watched(one, read[0]), watched(other, read[1])) };
}

const isAsRead = (read: ReadonlyMap<PropertyKey, unknown>, object: object): boolean =>
  [...read].every(([member, value]) => Reflect.get(object, member) === value);

const watched = <T extends object>(object: T, read: Map<PropertyKey, unknown>): T =>
  new Proxy(object, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member);
      read.set(member, value);
      return value;
    },
  });
