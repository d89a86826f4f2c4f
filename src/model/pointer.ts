// JSON pointers (RFC 6901) into raw bodies. Member names are compared exactly, except by `memberIgnoringCase`.
import { isArray, isObject, type Json, type JsonObject, memberKey, memberName } from './json.ts';

export type Pointer = string;

export function parsePointer(pointer: Pointer): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new RangeError(`not a JSON pointer: ${pointer}`);
  const parts = pointer.slice(1).split('/');
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export const formatPointer = (path: readonly string[]): Pointer =>
  path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The value at a pointer; undefined where any step is missing. A JSON `null` is `null`. */
export function valueAt(body: Json | undefined, pointer: Pointer): Json | undefined {
  let here = body;
  if (pointer.includes('~') || !pointer.startsWith('/')) {
    for (const part of parsePointer(pointer)) here = stepInto(here, part);
    return here;
  }
  // Read in place: rules read thousands of pointers, and escapes are rare.
  for (let from = 0; from < pointer.length && here !== undefined; ) {
    const slash = pointer.indexOf('/', from + 1);
    const to = slash < 0 ? pointer.length : slash;
    here = stepInto(here, pointer.slice(from + 1, to));
    from = to;
  }
  return here;
}

function stepInto(value: Json | undefined, part: string): Json | undefined {
  if (isArray(value)) return /^\d+$/.test(part) ? value[Number(part)] : undefined;
  return isObject(value) ? member(value, part) : undefined;
}

/** An own member by name, never something inherited (`constructor`, `__proto__`). */
export function member(object: JsonObject, name: string): Json | undefined {
  const key = memberKey(name);
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** The same whatever the letter case of the name, an exact match first. */
export function memberIgnoringCase(object: JsonObject, name: string): Json | undefined {
  const exact = member(object, name);
  if (exact !== undefined) return exact;
  const wanted = name.toLowerCase();
  const key = Object.keys(object).find((one) => memberName(one).toLowerCase() === wanted);
  return key === undefined ? undefined : object[key];
}

/** The names of an object's members, in Azure's order. */
export const memberNames = (object: JsonObject): string[] => Object.keys(object).map(memberName);

/**
 * An object with one member set at its old place, or at `at`, or last; `undefined` removes the member. The others are copied
 * without being read, so that a guarded value (`unresolved.ts`) stays guarded.
 */
export function withMember(object: JsonObject, name: string, value: Json | undefined, at?: number): JsonObject {
  const key = memberKey(name);
  const keys = Object.keys(object);
  const index = keys.indexOf(key);
  if (value === undefined) {
    if (index >= 0) keys.splice(index, 1);
  } else if (index < 0) keys.splice(at ?? keys.length, 0, key);
  const copy: JsonObject = {};
  for (const one of keys) {
    const descriptor =
      one === key
        ? { value, enumerable: true, writable: true, configurable: true }
        : (Object.getOwnPropertyDescriptor(object, one) ?? {});
    Object.defineProperty(copy, one, descriptor);
  }
  return copy;
}

/** The position of a member in its object, -1 when absent. */
export const memberPosition = (object: JsonObject, name: string): number =>
  Object.keys(object).indexOf(memberKey(name));

/** A copy of the body with `change` applied to the value at the pointer. Undefined when a segment of the path is missing. */
export function updateAt(
  body: Json | undefined,
  path: readonly string[],
  change: (value: Json | undefined) => Json | undefined,
): Json | undefined {
  const [head, ...rest] = path;
  if (head === undefined) return change(body);
  if (isArray(body)) {
    const index = /^\d+$/.test(head) ? Number(head) : -1;
    const next = updateAt(body[index], rest, change);
    return next === undefined || index < 0 || index >= body.length ? undefined : body.with(index, next);
  }
  if (!isObject(body)) return undefined;
  const next = updateAt(member(body, head), rest, change);
  if (next === undefined && rest.length > 0) return undefined;
  return withMember(body, head, next);
}
