// Values that a file leaves open: `[parameters('defaultAction')]` without a default, a list cut off, `properties` that were
// never asked for. In a snapshot each stands as a marker, plain JSON that survives saving and loading; in the world that rules
// look at, reading one throws, so that no verdict can rest on it however the reading is done.

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
 * `expression`: what stands in the file; `because`: a clause without a full stop.
 */
export const unresolved = (expression: string, because: string): JsonObject => ({
  [unresolvedMember]: expression,
  because,
});

/** Is this a marker? Whatever else stands beside the member does not count. */
export const isUnresolved = (value: Json | undefined): value is JsonObject =>
  isObject(value) && member(value, unresolvedMember) !== undefined;

/** The throw of reading a value that the files leave open. */
function openRead(resource: string, pointer: Pointer, marker: JsonObject): UnreadableError {
  const stated = member(marker, unresolvedMember);
  const expression = clean(typeof stated === 'string' ? stated : JSON.stringify(stated), 300);
  const because = member(marker, 'because');
  const why = typeof because === 'string' && because !== '' ? ` (${clean(because, 200)})` : '';
  const where = clean(pointer.replace(/^\/(?:properties\/)?/, '').replaceAll('/', '.'), 200);
  const reason = `${where} of ${clean(nameOf(resource), 120)} is not known: ${expression}${why}.`;
  return new UnreadableError({ id: resource, reason, action: '', open: { pointer, expression } });
}

/** Is this the throw of reading an open value, or of something that hangs on one? */
export const isUnresolvedRead = (error: unknown): error is UnreadableError =>
  error instanceof UnreadableError && error.gap.open !== undefined;

// Bodies are immutable, so these memories are no state: they spare a second walk and lead from a guard back to its marker.
const guards = new WeakMap<Resource, Resource>();
const markers = new WeakMap<() => unknown, JsonObject>();

/** The resource as rules see it: the same where everything is known, else a copy whose open values throw {@link UnreadableError} when read. */
export function guarded(resource: Resource): Resource {
  const known = guards.get(resource);
  if (known) return known;
  const body = guard(resource.body, resource.id, []);
  const made = body === resource.body ? resource : { ...resource, body: body as JsonObject };
  guards.set(resource, made);
  guards.set(made, made);
  return made;
}

/** The value with every marker inside it behind a guard; the value itself where there is none. */
function guard(value: Json, resource: string, path: readonly string[]): Json {
  if (!isObject(value) && !isArray(value)) return value;
  const changed = new Map<string, PropertyDescriptor>();
  for (const [key, { value: inside }] of ownMembers(value)) {
    // A value already behind a guard has none of its own, and stays as it is.
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
  return { get, enumerable: true, configurable: true };
}

/** The value with its markers back in place of their guards: for showing, saving and evidence. */
export function unguarded(value: Json): Json {
  if (!isObject(value) && !isArray(value)) return value;
  const changed = new Map<string, PropertyDescriptor>();
  for (const [key, { value: inside, get }] of ownMembers(value)) {
    const plain = get === undefined ? unguarded(inside) : (markers.get(get) ?? null);
    if (plain !== inside) changed.set(key, { value: plain, enumerable: true, writable: true, configurable: true });
  }
  return changed.size === 0 ? value : rebuilt(value, changed);
}

/** Is a value that the files leave open anywhere inside? Such a value cannot be sent or spread. */
export const hasUnreadable = (value: Json): boolean => unguarded(value) !== value;

const ownMembers = (value: JsonObject | readonly Json[]): [string, PropertyDescriptor][] =>
  Object.keys(value).map((key) => [key, Object.getOwnPropertyDescriptor(value, key) ?? {}]);

/** A copy of an object or list in which some members are described anew, the others as they are. */
function rebuilt(value: JsonObject | readonly Json[], changed: ReadonlyMap<string, PropertyDescriptor>): Json {
  const copy: object = isArray(value) ? new Array(value.length) : {};
  for (const [key, descriptor] of ownMembers(value)) Object.defineProperty(copy, key, changed.get(key) ?? descriptor);
  return copy as Json;
}
