// A resource that a change creates or deletes whole, compared with the existing one.

import type { Change, CreateChange, DeleteChange } from '../model/change.ts';
import { elementKey } from '../model/edit.ts';
import { isArray, isObject, type Json, type JsonObject, sameJson } from '../model/json.ts';
import { formatPointer, member, memberNames, type Pointer, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { nameInParent, typeOf } from '../model/resource-id.ts';
import { holdsCut, withoutSecrets } from '../model/secrets.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { holds, resourceTypeOf } from '../resource-types/index.ts';
import type { ResourceType } from '../resource-types/resource-type.ts';
import { seenIn } from './simulate.ts';

/** A setting that is not what the history left there. */
export interface Drift {
  readonly resource: string;
  /** Empty: the resource itself is gone, or there although it should not be. */
  readonly pointer: Pointer;
  readonly expected: Json | undefined;
  readonly found: Json | undefined;
}

/** A setting that another client changed. */
export interface ChangedSetting {
  /** Empty: the resource itself. */
  readonly pointer: Pointer;
  readonly expected: Json;
  readonly found: Json;
}

/** A change of an undo or redo adjusted to the existing resource. */
export interface MergedBody {
  /** Null: nothing is left to do. */
  readonly change: Change | null;
  readonly drift: readonly Drift[];
  /** What is left out because the service refuses it today, a sentence each. */
  readonly lost: readonly string[];
}

/** Does the existing resource have all that the change creates? What Azure adds itself does not count; in an empty list it adds nothing. */
export const sameWhole = ({ body }: CreateChange | DeleteChange, current: Resource, kind: ResourceType): boolean =>
  holds(kind.normal(current.body), kind.normal(body)) &&
  Object.keys(kind.lists).every(
    (list) => !isEmptyList(valueAt(body, list)) || isEmptyList(valueAt(current.body, list)),
  );

const isEmptyList = (value: Json | undefined): boolean => isArray(value) && value.length === 0;

/** The settings in which two whole bodies of a resource differ, without the members that only the service writes. */
export function movedBetween(before: JsonObject, now: JsonObject, kind: ResourceType): ChangedSetting[] {
  const isCut = holdsCut(before) || holdsCut(now);
  const [was, is] = [before, now].map((body) => kind.normal((isCut ? withoutSecrets(body) : body) as JsonObject));
  return movedAt('', was ?? {}, is ?? {}, kind);
}

function movedAt(pointer: Pointer, was: Json | undefined, is: Json | undefined, kind: ResourceType): ChangedSetting[] {
  if (sameJson(was, is)) return [];
  if (isObject(was) && isObject(is)) {
    const names = [...new Set([...memberNames(was), ...memberNames(is)])].filter((name) => !isNaming(pointer, name));
    return names.flatMap((name) =>
      movedAt(`${pointer}${formatPointer([name])}`, member(was, name), member(is, name), kind),
    );
  }
  const key = kind.lists[pointer];
  if (key !== undefined && [was, is].every((one) => one === undefined || isArray(one))) {
    const [old, now] = [was, is].map(
      (list) => new Map(isArray(list) ? list.map((item) => [elementKey(item, key), item]) : []),
    );
    const keys = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])];
    return keys.flatMap((one) => movedAt(`${pointer}${formatPointer([one])}`, old?.get(one), now?.get(one), kind));
  }
  return [{ pointer, expected: was ?? null, found: is ?? null }];
}

/** Members that name a resource and its version, and say nothing of its settings. */
const isNaming = (pointer: Pointer, name: string): boolean =>
  name === 'etag' || name === 'provisioningState' || (pointer === '' && ['id', 'name', 'type'].includes(name));

/**
 * What was created is deleted, or the reverse; one that differs from what was created, or deleted, is another's. `kept`: the body
 * that was read after the creation, or before the deletion. What is deleted must still be the body in hand.
 */
export function wholeAgainst(
  change: CreateChange | DeleteChange,
  current: Resource | undefined,
  kind: ResourceType,
  kept: JsonObject | undefined,
): MergedBody {
  const nothing: MergedBody = { change: null, drift: [], lost: [] };
  const { resource } = change;
  if (change.kind === 'create') {
    if (current === undefined) return { ...nothing, change: kept === undefined ? change : { ...change, body: kept } };
    if (sameWhole(change, current, kind)) {
      const more = moreText(change, current.body, kind);
      return more === null ? nothing : { ...nothing, lost: [more] };
    }
    const found = 'another resource with this name';
    return { ...nothing, drift: [{ resource, pointer: '', expected: undefined, found }] };
  }
  if (current === undefined) return nothing;
  const moved = kept === undefined ? movedFromSent(change, current, kind) : movedBetween(kept, current.body, kind);
  if (moved.length > 0) return { ...nothing, drift: moved.map((one) => ({ resource, ...one })) };
  return { ...nothing, change: { ...change, read: current.body } };
}

/** Where nothing was read after the creation: what the resource has beside what was sent; else, where it differs, the resource. */
function movedFromSent(
  change: CreateChange | DeleteChange,
  current: Resource,
  kind: ResourceType,
): Omit<Drift, 'resource'>[] {
  if (sameWhole(change, current, kind)) return [];
  const all = change.body === null ? [] : movedBetween(change.body, current.body, kind);
  const moved = all.filter(({ expected }) => expected === null);
  return moved.length > 0 ? moved : [{ pointer: '', expected: undefined, found: 'changed since' }];
}

/** Of what an undo would create again and another client has made by now: what it has besides the settings that were deleted. */
export function moreText(change: Change, current: JsonObject, kind: ResourceType): string | null {
  if (change.kind !== 'create') return null;
  const more = movedBetween(change.body, current, kind).map(({ pointer }) => pointer);
  const name = nameInParent(change.resource);
  return more.length === 0 ? null : `${name} exists, with other settings in ${more.join(', ')}: it is left as it is.`;
}

/** Why what an undo would delete stays. */
export function keptBy(change: DeleteChange, snapshot: Snapshot, going: readonly string[]): string | null {
  const kept = resourceTypeOf(typeOf(change.resource)).undoBlocker?.(change, seenIn(snapshot), going) ?? null;
  return kept === null ? null : `${nameInParent(change.resource)}: ${kept}`;
}

/** Why what an undo would put back does not come back. */
export function lostBy(change: CreateChange, snapshot: Snapshot): string | null {
  const lost = resourceTypeOf(typeOf(change.resource)).restoreBlocker?.(change, seenIn(snapshot)) ?? null;
  return lost === null ? null : `${nameInParent(change.resource)}: ${lost}`;
}
