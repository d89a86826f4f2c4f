// Reading what may be unreadable. A value that a scan was refused, or that a file leaves unresolved, throws when it is read;
// here the throw becomes a value, so that the caller handles it explicitly. Any other error is a bug and is rethrown.

import type { Json } from './json.ts';
import { type Pointer, valueAt } from './pointer.ts';
import { UnreadableError } from './unreadable-error.ts';

export interface Known<T> {
  readonly state: 'known';
  readonly value: T;
}
export interface Unreadable {
  readonly state: 'unreadable';
  readonly error: UnreadableError;
}
export type Readable<T> = Known<T> | Unreadable;

/** What `reading` gives; where a value that it needs is unreadable, what `onUnreadable` gives instead. */
export function attempt<T, U>(reading: () => T, onUnreadable: (error: UnreadableError) => U): T | U {
  try {
    return reading();
  } catch (error) {
    if (error instanceof UnreadableError) return onUnreadable(error);
    throw error;
  }
}

/** What `reading` gives, or why it is unreadable. */
export const readable = <T>(reading: () => T): Readable<T> =>
  attempt<Readable<T>, Readable<T>>(
    () => ({ state: 'known', value: reading() }),
    (error) => ({ state: 'unreadable', error }),
  );

/** The value at a pointer of a body, or why it is unreadable. An absent member is known: its value is undefined. */
export const read = (body: Json | undefined, pointer: Pointer): Readable<Json | undefined> =>
  readable(() => valueAt(body, pointer));
