// What differs between two snapshots of one workspace: resources that were created or deleted, and settings that changed. What
// changes by itself (times, counters, states of nodes) is none. Pure.
import { isArray, isObject, type Json, sameJson } from './json.ts';
import { formatPointer, type Pointer } from './pointer.ts';
import type { Resource } from './resource.ts';
import { fold, parseId } from './resource-id.ts';
import { withoutSecrets } from './secrets.ts';
import type { Snapshot } from './snapshot.ts';

export interface SettingChange {
  /** Azure's casing. */
  readonly resource: string;
  readonly kind: 'created' | 'deleted' | 'changed';
  /** '' where the resource itself was created or deleted. An item of a list is named by its name or id. */
  readonly pointer: Pointer;
  /** Null where it did not exist. */
  readonly before: Json;
  readonly after: Json;
}

/** Members that Azure changes without anybody changing a setting. */
export const moving =
  /^(?:etag|systemData|provisioningState|resourceGuid|timestamp|time|errors|warnings|.*(?:At|On|Time|DateTime|Utc)|.*(?:Count|Counts|Usage|Value)|allocationState|nodeState\w*|state|powerState|instanceView|lastOperation|connectivityEndpoints|applications|dataDisks|currentNodes?)$/;

/** A resource that could not be read in one of them is not compared. */
export function settingChanges(before: Snapshot, after: Snapshot): SettingChange[] {
  const [old, now] = [resourcesOf(before), resourcesOf(after)];
  const [unreadOld, unreadNow] = [before, after].map(({ gaps }) => new Set(gaps.map(({ id }) => fold(id))));
  const changes: SettingChange[] = [];
  for (const [key, { id, body }] of old) {
    const other = now.get(key);
    if (other !== undefined) changes.push(...differences(withoutSecrets(body), withoutSecrets(other.body), id, []));
    else if (!isUnread(key, unreadNow))
      changes.push({ resource: id, kind: 'deleted', pointer: '', before: null, after: null });
  }
  for (const [key, { id }] of now) {
    if (old.has(key) || isUnread(key, unreadOld)) continue;
    changes.push({ resource: id, kind: 'created', pointer: '', before: null, after: null });
  }
  return changes;
}

/** Not read itself, or in a list that was not read: `{workspace}/computes`. */
const isUnread = (key: string, unread: ReadonlySet<string> | undefined): boolean =>
  unread?.has(key) === true || unread?.has(key.slice(0, key.lastIndexOf('/'))) === true;

/** Without what is no resource: lists such as `usages`, whose path ends with a type. */
const resourcesOf = ({ resources }: Snapshot): ReadonlyMap<string, Resource> =>
  new Map(
    resources
      .filter(({ id }) => {
        const { names, type = '' } = parseId(id);
        return !id.includes('?') && type.split('/').length - 1 === names.length;
      })
      .map((one) => [fold(one.id), one]),
  );

/** What differs between two bodies of a resource. */
export function differences(before: Json, after: Json, resource: string, path: readonly string[]): SettingChange[] {
  if (sameJson(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)].filter((name) => !moving.test(name)));
    return [...names].flatMap((name) =>
      differences(before[name] ?? null, after[name] ?? null, resource, [...path, name]),
    );
  }
  const [items, others] = [itemsOf(before), itemsOf(after)];
  if (items !== null && others !== null) {
    const keys = new Set([...items.keys(), ...others.keys()]);
    return [...keys].flatMap((key) =>
      differences(items.get(key) ?? null, others.get(key) ?? null, resource, [...path, key]),
    );
  }
  return [{ resource, kind: 'changed', pointer: formatPointer(path), before, after }];
}

/** The items of a list by what names them, so that their order does not count; null for anything else. */
function itemsOf(value: Json): ReadonlyMap<string, Json> | null {
  if (!isArray(value)) return value === null ? new Map() : null;
  const items = new Map<string, Json>();
  for (const item of value) {
    const key = keyOf(item);
    if (items.has(key)) return null;
    items.set(key, item);
  }
  return items;
}

/** What names an item of a list. */
export function keyOf(item: Json): string {
  if (!isObject(item)) return typeof item === 'string' ? item : JSON.stringify(item);
  const named = [item.name, item.id, item.value, item.service].find((one) => typeof one === 'string');
  return typeof named === 'string' ? named : JSON.stringify(item);
}
