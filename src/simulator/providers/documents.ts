// How documents are replaced and merged: members keep their place, what the server owns stays the server's.
import { fold } from '../gateway/address.ts';
import { type ArmJson, type ArmObject, at, clone, isObject, nameIn, put } from '../json.ts';

const ownedTop = ['id', 'name', 'type', 'etag', 'systemData'];

/**
 * An object in which every member that `owned` does not name is as in `sent`; owned ones are as in `before`. Members keep the
 * places they had, new ones follow.
 */
export function replaceMembers(before: ArmObject | undefined, sent: ArmObject, owned: readonly string[]): ArmObject {
  const isOwned = new Set(owned.map(fold));
  const next: ArmObject = new Map();
  for (const [name, value] of before ?? []) {
    if (isOwned.has(fold(name))) next.set(name, value);
    else {
      const spelt = nameIn(sent, name);
      if (spelt !== undefined) next.set(spelt, clone(sent.get(spelt) ?? null));
    }
  }
  for (const [name, value] of sent) {
    if (!isOwned.has(fold(name)) && nameIn(next, name) === undefined) next.set(name, clone(value));
  }
  return next;
}

/** The document after a PUT that replaces everything but what the server owns. */
export function replaceDocument(
  before: ArmObject | undefined,
  sent: ArmObject,
  ownedProperties: readonly string[] = [],
  owned: readonly string[] = [],
): ArmObject {
  const next = replaceMembers(before, sent, [...ownedTop, ...owned]);
  const properties = at(sent, 'properties');
  const old = at(before, 'properties');
  if (isObject(properties) || isObject(old)) {
    put(
      next,
      'properties',
      replaceMembers(isObject(old) ? old : undefined, isObject(properties) ? properties : new Map(), [
        'provisioningState',
        ...ownedProperties,
      ]),
    );
  }
  return next;
}

/** RFC 7396, names compared ignoring case, `whole` members replaced as blocks. Changes `target`. */
export function mergeInto(target: ArmObject, patch: ArmObject, whole: readonly string[] = []): ArmObject {
  const blocks = new Set(whole.map(fold));
  for (const [name, value] of patch) {
    const spelt = nameIn(target, name) ?? name;
    const old = target.get(spelt);
    if (value === null) target.delete(spelt);
    else if (isObject(value) && isObject(old) && !blocks.has(fold(name))) mergeInto(old, value);
    else target.set(spelt, isObject(value) ? mergeInto(new Map(), value) : clone(value));
  }
  return target;
}

/** The document after a PATCH: properties by merge-patch, tags replaced as a set. */
export function mergeDocument(
  before: ArmObject,
  patch: ArmObject,
  options: { readonly whole?: readonly string[]; readonly owned?: readonly string[] } = {},
): ArmObject {
  const next = clone(before);
  const owned = new Set([...ownedTop, 'location'].map(fold));
  const ownedProperties = new Set(['provisioningState', ...(options.owned ?? [])].map(fold));
  for (const [name, value] of patch) {
    if (owned.has(fold(name))) continue;
    if (fold(name) === 'properties' && isObject(value)) {
      const allowed: ArmObject = new Map([...value].filter(([member]) => !ownedProperties.has(fold(member))));
      const old = at(next, 'properties');
      put(next, 'properties', mergeInto(isObject(old) ? old : new Map(), allowed, options.whole));
    } else if (fold(name) === 'tags') put(next, name, clone(value));
    else mergeInto(next, new Map([[name, value]]));
  }
  return next;
}

/** Sets a property at the place it has, or first. */
export function setFirst(body: ArmObject, name: string, value: ArmJson): void {
  const spelt = nameIn(body, name);
  if (spelt !== undefined) {
    body.set(spelt, value);
    return;
  }
  const rest = [...body];
  body.clear();
  body.set(name, value);
  for (const [key, item] of rest) body.set(key, item);
}
