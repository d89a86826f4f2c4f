// Values that a file leaves unresolved: `[parameters('defaultAction')]` without a default, a list cut off, `properties` that
// were never read. In a snapshot each is a marker, plain JSON that survives saving and loading; in the index that rules read,
// reading one throws, so that no result can depend on it.

import { isArray, isObject, type Json, type JsonObject, memberName } from './json.ts';
import { formatPointer, member, type Pointer } from './pointer.ts';
import type { Resource } from './resource.ts';
import { nameOf } from './resource-id.ts';
import { clean } from './text.ts';
import { UnreadableError } from './unreadable-error.ts';

/** The member that makes an object a marker; Azure has none of this name. */
export const unresolvedMember = '$unresolved';

/**
 * The marker of a value that is not known: `{"$unresolved": "[parameters('x')]", "because": "the parameter x has no value"}`.
 * `expression`: the text in the file; `because`: a clause without a full stop.
 */
export const unresolved = (expression: string, because: string): JsonObject => ({
  [unresolvedMember]: expression,
  because,
});

/** Is this a marker? Other members beside it do not matter. */
export const isUnresolved = (value: Json | undefined): value is JsonObject =>
  isObject(value) && member(value, unresolvedMember) !== undefined;

/** The error of reading a value that files leave unresolved. */
function openRead(resource: string, pointer: Pointer, marker: JsonObject): UnreadableError {
  const stated = member(marker, unresolvedMember);
  const expression = clean(typeof stated === 'string' ? stated : JSON.stringify(stated), 300);
  const because = member(marker, 'because');
  const why = typeof because === 'string' && because !== '' ? ` (${clean(because, 200)})` : '';
  const where = clean(pointer.replace(/^\/(?:properties\/)?/, '').replaceAll('/', '.'), 200);
  const reason = `${where} of ${clean(nameOf(resource), 120)} is not known: ${expression}${why}.`;
  return new UnreadableError({ id: resource, reason, action: '', open: { pointer, expression } });
}

/** Is this the error of an unresolved value, or of something that depends on one? */
export const isUnresolvedRead = (error: unknown): error is UnreadableError =>
  error instanceof UnreadableError && error.gap.open !== undefined;

// Bodies are immutable, so these caches are no state: they save a second walk and map a guard back to its marker.
const guards = new WeakMap<Resource, Resource>();
const markers = new WeakMap<() => unknown, JsonObject>();
/** Only files have markers: without one, no value holds a guard. */
let hasGuards = false;

/**
 * The resource as rules read it: the same where everything is known, else a copy whose unresolved values throw {@link
 * UnreadableError} when read.
 */
export function guarded(resource: Resource): Resource {
  const known = guards.get(resource);
  if (known) return known;
  const body = hasMarker(resource.body) ? guard(resource.body, resource.id, []) : resource.body;
  const made = body === resource.body ? resource : { ...resource, body: body as JsonObject };
  guards.set(resource, made);
  guards.set(made, made);
  return made;
}

/** May a marker be inside? Without guards a plain look tells. */
function hasMarker(value: Json): boolean {
  if (hasGuards) return true;
  if (isArray(value)) return value.some(hasMarker);
  return isObject(value) && (Object.hasOwn(value, unresolvedMember) || Object.values(value).some(hasMarker));
}

/** The value with every marker inside it guarded; the value itself where there is none. */
function guard(value: Json, resource: string, path: readonly string[]): Json {
  if (!isObject(value) && !isArray(value)) return value;
  const changed = new Map<string, PropertyDescriptor>();
  for (const [key, { value: inside }] of ownMembers(value)) {
    // A guarded value contains no marker and stays as it is.
    if (inside === undefined) continue;
    const here = [...path, memberName(key)];
    if (isUnresolved(inside)) changed.set(key, guardOf(inside, resource, formatPointer(here)));
    else {
      const made = guard(inside, resource, here);
      if (made !== inside) changed.set(key, { value: made, enumerable: true, writable: true, configurable: true });
    }
  }
  return changed.size === 0 ? value : rebuilt(value, changed);
}

function guardOf(marker: JsonObject, resource: string, pointer: Pointer): PropertyDescriptor {
  const get = () => {
    throw openRead(resource, pointer, marker);
  };
  markers.set(get, marker);
  hasGuards = true;
  return { get, enumerable: true, configurable: true };
}

/** The value with its markers instead of guards: for display, saving and evidence. */
export function unguarded(value: Json): Json {
  if (!hasGuards || (!isObject(value) && !isArray(value))) return value;
  const changed = new Map<string, PropertyDescriptor>();
  for (const [key, { value: inside, get }] of ownMembers(value)) {
    const plain = get === undefined ? unguarded(inside) : (markers.get(get) ?? null);
    if (plain !== inside) changed.set(key, { value: plain, enumerable: true, writable: true, configurable: true });
  }
  return changed.size === 0 ? value : rebuilt(value, changed);
}

/** Does it contain an unresolved value? Such a value cannot be sent or spread. */
export const hasUnreadable = (value: Json): boolean => unguarded(value) !== value;

const ownMembers = (value: JsonObject | readonly Json[]): [string, PropertyDescriptor][] =>
  Object.keys(value).map((key) => [key, Object.getOwnPropertyDescriptor(value, key) ?? {}]);

/** A copy of an object or list with some property descriptors replaced. */
function rebuilt(value: JsonObject | readonly Json[], changed: ReadonlyMap<string, PropertyDescriptor>): Json {
  const copy: object = isArray(value) ? new Array(value.length) : {};
  for (const [key, descriptor] of ownMembers(value)) Object.defineProperty(copy, key, changed.get(key) ?? descriptor);
  return copy as Json;
}
