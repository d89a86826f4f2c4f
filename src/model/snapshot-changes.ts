// What differs between two snapshots of one workspace: resources that were created or deleted, and settings that changed. What
// changes by itself (times, counters, states of nodes) is none. Pure.
import { isArray, isObject, type Json, sameJson } from './json.ts';
import { formatPointer, type Pointer, valueAt } from './pointer.ts';
import { isMissing, isSameReading, readingOf } from './reading.ts';
import type { Resource } from './resource.ts';
import { fold, listsHolding, parentId, parseId } from './resource-id.ts';
import { withoutSecrets } from './secrets.ts';
import type { Snapshot } from './snapshot.ts';
import { resourceIn } from './snapshot-index.ts';

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

/** Ids of what one of two snapshots holds, and of which it is not known whether it is in the other: a failed read may have hidden it. */
export interface NotRead {
  readonly inOlder: readonly string[];
  readonly inNewer: readonly string[];
  /** Resources whose read failed in both: whether they changed is not known. Absent where there is none. */
  readonly inBoth?: readonly string[];
}
export const isEveryRead = ({ inOlder, inNewer, inBoth = [] }: NotRead): boolean =>
  inOlder.length + inNewer.length + inBoth.length === 0;

export interface SnapshotComparison {
  readonly changes: readonly SettingChange[];
  readonly notRead: NotRead;
}

/** What could not be read in one of them is not compared: it was neither created nor deleted. */
export function compareSnapshots(before: Snapshot, after: Snapshot): SnapshotComparison {
  const [old, now] = [resourcesOf(before), resourcesOf(after)];
  const [wasAbsent, isAbsent] = [absenceIn(before, after), absenceIn(after, before)];
  const changes: SettingChange[] = [];
  const notRead = { inOlder: [] as string[], inNewer: [] as string[] };
  for (const [key, { id, body }] of old) {
    const other = now.get(key);
    if (other !== undefined) changes.push(...differences(withoutSecrets(body), withoutSecrets(other.body), id, []));
    else if (isAbsent(id)) changes.push({ resource: id, kind: 'deleted', pointer: '', before: null, after: null });
    else notRead.inNewer.push(id);
  }
  for (const [key, { id }] of now) {
    if (old.has(key)) continue;
    if (wasAbsent(id)) changes.push({ resource: id, kind: 'created', pointer: '', before: null, after: null });
    else notRead.inOlder.push(id);
  }
  const inBoth = unreadInBoth(before, after);
  return { changes, notRead: inBoth.length === 0 ? notRead : { ...notRead, inBoth } };
}

function unreadInBoth(before: Snapshot, after: Snapshot): string[] {
  const [was, failed] = [before, after].map((one) => new Set(readingOf(one).failed));
  const gaps = after.gaps.filter(({ id }) => isResource(id) && was?.has(fold(id)) && failed?.has(fold(id)));
  return [...new Map(gaps.map(({ id }) => [fold(id), id])).values()];
}

export const settingChanges = (before: Snapshot, after: Snapshot): readonly SettingChange[] =>
  compareSnapshots(before, after).changes;

/** Is a resource that only the other snapshot holds proven to be absent from this one? */
function absenceIn(snapshot: Snapshot, other: Snapshot): (id: string) => boolean {
  const reading = readingOf(snapshot);
  const gaps = new Set(snapshot.gaps.filter(({ status }) => status !== 404).map(({ id }) => fold(id)));
  const lists = new Map(snapshot.collections.map(({ id, members }) => [fold(id), members]));
  // Where other reads failed, the scan looked elsewhere: it may have read what no scan needs that could read everything.
  const isSameScan = isSameReading(reading, readingOf(other));
  const isAbsent = (id: string): boolean => {
    if (isMissing(id, reading)) return true;
    const key = fold(id);
    const [list, wide] = listsHolding(id);
    // Not read itself, in a list that was not read (`{workspace}/computes`), or a part of what was not read.
    if (gaps.has(key) || gaps.has(list) || isPartOf(id, gaps)) return false;
    const members = lists.get(list) ?? lists.get(wide);
    if (members !== undefined) return !members.some((one) => fold(one) === key);
    const parent = parentId(id);
    const whole = parent === undefined ? undefined : resourceIn(snapshot, parent);
    if (parent !== undefined && whole !== undefined) {
      const isListed = isListedIn(whole.body, id);
      if (isListed !== null) return !isListed;
    }
    return isSameScan || (parent !== undefined && whole === undefined && isAbsent(parent));
  };
  return isAbsent;
}

function isPartOf(id: string, wholes: ReadonlySet<string>): boolean {
  for (let at = parentId(id); at !== undefined; at = parentId(at)) if (wholes.has(fold(at))) return true;
  return false;
}

/** Does the body of the parent list it, as that of a network its subnets? Null where it has no such list. */
export function isListedIn(body: Json | undefined, id: string): boolean | null {
  const [list = '', name = ''] = id.split('/').slice(-2);
  const items = valueAt(body, formatPointer(['properties', list]));
  return isArray(items) ? items.some((item) => fold(keyOf(item)) === fold(name)) : null;
}

/** Lists such as `usages`, whose path ends with a type, are none. */
export function isResource(id: string): boolean {
  const { names, type = '' } = parseId(id);
  return !id.includes('?') && type.split('/').length - 1 === names.length;
}

/** Without what is no resource. */
const resourcesOf = ({ resources }: Snapshot): ReadonlyMap<string, Resource> =>
  new Map(resources.filter(({ id }) => isResource(id)).map((one) => [fold(one.id), one]));

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
