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

/** What was worked out from members of two objects. */
export interface KeptReading<T> {
  /** Each member that was looked at, of the one and of the other, with what it was. */
  readonly read: readonly [ReadonlyMap<PropertyKey, unknown>, ReadonlyMap<PropertyKey, unknown>];
  readonly value: T;
}

/** Holds for nothing. */
export const nothingRead = <T>(value: T): KeptReading<T> => {
  const none = new Map<PropertyKey, unknown>([['', unseen]]);
  return { read: [none, none], value };
};
const unseen = Symbol('unseen');

/** The same object while every member that `make` looked at is the same; else made anew. */
export function keepReading<A extends object, B extends object, T>(
  kept: KeptReading<T>,
  one: A,
  other: B,
  make: (one: A, other: B) => T,
): KeptReading<T> {
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
