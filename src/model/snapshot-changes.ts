// What differs between two snapshots of one workspace: resources that were created or deleted, and settings that changed. What
// changes by itself (times, counters, states of nodes) is none. Pure.
import { memoizePerObject } from './caches.ts';
import { clockSlack } from './change-record.ts';
import { madeAt } from './identity.ts';
import { isArray, isObject, type Json, sameJson } from './json.ts';
import { formatPointer, type Pointer, valueAt } from './pointer.ts';
import { isMissing, readingOf } from './reading.ts';
import type { Resource } from './resource.ts';
import { fold, listsHolding, parentId, parseId } from './resource-id.ts';
import { withoutSecrets } from './secrets.ts';
import { failedReads, type Snapshot } from './snapshot.ts';
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

/** What is in one of them alone was created or deleted only where that is proven: see {@link presenceIn} and {@link isCreatedBetween}. */
export function compareSnapshots(before: Snapshot, after: Snapshot): SnapshotComparison {
  const [old, now] = [resourcesOf(before), resourcesOf(after)];
  const isThere = presenceIn(after);
  const changes: SettingChange[] = [];
  const notRead = { inOlder: [] as string[], inNewer: [] as string[] };
  for (const [key, { id, body }] of old) {
    const other = now.get(key);
    if (other !== undefined) changes.push(...differences(withoutSecrets(body), withoutSecrets(other.body), id, []));
    else if (isThere(id) === 'absent') changes.push(wholeChange(id, 'deleted'));
    else notRead.inNewer.push(id);
  }
  for (const [key, { id }] of now) {
    if (old.has(key)) continue;
    if (isCreatedBetween(id, before, after)) changes.push(wholeChange(id, 'created'));
    else notRead.inOlder.push(id);
  }
  const inBoth = unreadInBoth(before, after);
  return { changes, notRead: inBoth.length === 0 ? notRead : { ...notRead, inBoth } };
}

/** The resource itself was created or deleted. */
export const wholeChange = (resource: string, kind: 'created' | 'deleted'): SettingChange => ({
  ...{ resource, kind, pointer: '', before: null, after: null },
});

/**
 * - `present`: it was read;
 * - `absent`: a reading proves that it is not there;
 * - `not-known`: it was not read, whether its read failed or nothing led to it.
 */
export type Presence = 'present' | 'absent' | 'not-known';

/**
 * Is a resource there? Everything that says "created", "deleted", "gone" or "in place" asks here. Absence is proven by Azure's answer that
 * it, or what it is a part of, does not exist; by a list that was read whole, of its own or in the body of what it is a part of; by
 * files that declare everything.
 */
export const presenceIn = memoizePerObject((snapshot: Snapshot): ((id: string) => Presence) => {
  const reading = readingOf(snapshot);
  const gaps = new Set(failedReads(snapshot.gaps).map(({ id }) => fold(id)));
  const lists = new Map(snapshot.collections.map(({ id, members }) => [fold(id), new Set(members.map(fold))]));
  const presence = (id: string): Presence => {
    if (resourceIn(snapshot, id) !== undefined) return 'present';
    if (isMissing(id, reading)) return 'absent';
    const key = fold(id);
    const [list, wide] = listsHolding(id);
    // Not read itself, in a list that was not read (`{workspace}/computes`), or a part of what was not read.
    if (gaps.has(key) || gaps.has(list) || isPartOf(id, gaps)) return 'not-known';
    const members = lists.get(list) ?? lists.get(wide);
    if (members !== undefined) return members.has(key) ? 'not-known' : 'absent';
    const parent = parentId(id);
    const whole = parent === undefined ? undefined : resourceIn(snapshot, parent);
    const isListed = whole === undefined ? null : isListedIn(whole.body, id);
    if (isListed !== null) return isListed ? 'not-known' : 'absent';
    if (snapshot.isWhole === true) return 'absent';
    return parent !== undefined && presence(parent) === 'absent' ? 'absent' : 'not-known';
  };
  return presence;
});

/**
 * Was what the newer of two snapshots holds, and the older one does not, created between them? By what the older one proves, or by the time
 * at which Azure says that it made it; what was created brought its parts. `isSince`: what else proves it of a resource.
 */
export function isCreatedBetween(
  id: string,
  before: Snapshot,
  after: Snapshot,
  isSince: (id: string) => boolean = () => false,
): boolean {
  const [made, then] = [madeAt(resourceIn(after, id)?.body), Date.parse(before.takenAt)];
  // Clocks differ: what was made near the time of the older one may have been there.
  if (made !== undefined && Date.parse(made) < then - clockSlack) return false;
  if (isSince(id) || (made !== undefined && Date.parse(made) > then + clockSlack)) return true;
  const is = presenceIn(before)(id);
  if (is === 'absent') return true;
  const parent = parentId(id);
  return (
    parent !== undefined &&
    resourceIn(before, parent) === undefined &&
    resourceIn(after, parent) !== undefined &&
    isCreatedBetween(parent, before, after, isSince)
  );
}

/** What only the older of two snapshots holds and the newer one did not ask for: reading it shows whether it is there. */
export const unaskedIn = (after: Snapshot, before: Snapshot): string[] =>
  compareSnapshots(before, after).notRead.inNewer.filter((id) => readingOf(after).asked?.(id) !== true);

function unreadInBoth(before: Snapshot, after: Snapshot): string[] {
  const [was, failed] = [before, after].map((one) => new Set(readingOf(one).failed));
  const gaps = after.gaps.filter(({ id }) => isResource(id) && was?.has(fold(id)) && failed?.has(fold(id)));
  return [...new Map(gaps.map(({ id }) => [fold(id), id])).values()];
}

export const settingChanges = (before: Snapshot, after: Snapshot): readonly SettingChange[] =>
  compareSnapshots(before, after).changes;

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
