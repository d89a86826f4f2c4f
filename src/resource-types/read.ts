// Tolerant reading of raw bodies: a wrong type is undefined, an enum's case is ignored, nothing throws. Independent of
// resource types.
import { droppable } from '../model/caches.ts';
import { asNumber, isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { formatPointer, memberNames, type Pointer, parsePointer, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';

export function textAt(body: Json | undefined, pointer: Pointer): string | undefined {
  const value = valueAt(body, pointer);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function booleanAt(body: Json | undefined, pointer: Pointer): boolean | undefined {
  const value = valueAt(body, pointer);
  return typeof value === 'boolean' ? value : undefined;
}

export const numberAt = (body: Json | undefined, pointer: Pointer): number | undefined =>
  asNumber(valueAt(body, pointer));

/** The list at a pointer; [] when it is absent, null or something else. */
export function listAt(body: Json | undefined, pointer: Pointer): readonly Json[] {
  const value = valueAt(body, pointer);
  return isArray(value) ? value : [];
}

/** The strings of a list. */
export const textsAt = (body: Json | undefined, pointer: Pointer): string[] =>
  listAt(body, pointer).filter((item) => typeof item === 'string');

/** An enum value in the spelling of `known`, or unchanged when it is none of them. */
export function enumAt<T extends string>(
  body: Json | undefined,
  pointer: Pointer,
  known: readonly T[],
): T | (string & {}) | undefined {
  const text = textAt(body, pointer);
  return text === undefined ? undefined : (known.find((one) => fold(one) === fold(text)) ?? text);
}

/** The items of a list with the pointer of each. */
export const itemsAt = (body: Json | undefined, pointer: Pointer): { item: Json; pointer: Pointer }[] =>
  listAt(body, pointer).map((item, index) => ({ item, pointer: `${pointer}/${index}` }));

/** The name of a member in another case (`NetworkAcls`); ARM rejects a second one beside it. */
export function otherSpelling(body: Json | undefined, pointer: Pointer): string | undefined {
  const path = parsePointer(pointer);
  const name = path.at(-1) ?? '';
  const parent = valueAt(body, formatPointer(path.slice(0, -1)));
  if (!isObject(parent)) return undefined;
  const names = memberNames(parent);
  return names.includes(name) ? undefined : names.find((other) => fold(other) === fold(name));
}

/** The object at a pointer, or undefined. */
export function objectAt(body: Json | undefined, pointer: Pointer): JsonObject | undefined {
  const value = valueAt(body, pointer);
  return isObject(value) ? value : undefined;
}

/**
 * A view whose members are read lazily, each once: a member that files leave unresolved (`model/unresolved.ts`) throws only
 * when it is read.
 */
export function lazyMembers<View extends object>(members: { readonly [Name in keyof View]: () => View[Name] }): View {
  const view = {};
  for (const [name, read] of Object.entries<() => unknown>(members)) {
    Object.defineProperty(view, name, {
      get() {
        const value = read();
        Object.defineProperty(view, name, { value, enumerable: true });
        return value;
      },
      enumerable: true,
      configurable: true,
    });
  }
  return view as View;
}

/** A view cached per resource: resources are immutable, and many rules read the same ones. */
export function memoizePerResource<View>(view: (resource: Resource) => View): (resource: Resource) => View {
  const made = droppable(() => new WeakMap<Resource, View>());
  return (resource) => {
    const known = made().get(resource);
    if (known !== undefined) return known;
    const fresh = view(resource);
    made().set(resource, fresh);
    return fresh;
  };
}
