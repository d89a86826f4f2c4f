// The state of a resource relative to a change: ready for it, already changed, or changed by others. What is deleted must be the same
// resource, as it was as a whole; of what is edited, the settings of the edits. Pure.

import { type Change, editChange, isDeferred } from '../model/change.ts';
import { applyEdit, compareEdit, type Edit, EditConflict, invertEdit } from '../model/edit.ts';
import { anotherBy, isLasting } from '../model/identity.ts';
import { asJson, isObject, type Json, type JsonObject } from '../model/json.ts';
import { formatPointer, type Pointer, parsePointer, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, sameId, typeOf } from '../model/resource-id.ts';
import { holdsCut, withoutSecrets } from '../model/secrets.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { resourceIn } from '../model/snapshot-index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { ResourceType } from '../resource-types/resource-type.ts';
import { type ChangedSetting, movedBetween, sameWhole } from './whole.ts';

export type ChangeComparison =
  /** `pending`: the part of the change that is not there yet. */
  | { readonly state: 'ready'; readonly pending: Change }
  | { readonly state: 'applied' }
  /** `there`: the edits that are there beside what others changed. */
  | { readonly state: 'moved'; readonly moved: readonly ChangedSetting[]; readonly there: readonly Edit[] };

/**
 * By what another resource stands under a name than the one that was read when the plan was made; null where nothing says so. An
 * identity may come and go by changes of the plan itself, so it does not decide.
 */
export function anotherSince(was: JsonObject | undefined, now: Resource | null): ChangedSetting | null {
  if (was === undefined || now === null) return null;
  const pointer = anotherBy(was, now.body);
  return pointer === null || !isLasting(pointer) ? null : identityMoved(pointer, was, now.body);
}

/** `current` null: Azure says that the resource is not there. */
export function compareChange(change: Change, current: Resource | null, kind: ResourceType): ChangeComparison {
  if (change.kind === 'delete') {
    if (current === null) return { state: 'applied' };
    const was = change.read ?? change.body;
    const another = anotherBy(was, current.body);
    const moved =
      another === null ? movedBetween(was, current.body, kind) : [identityMoved(another, was, current.body)];
    return moved.length === 0 ? { state: 'ready', pending: change } : { state: 'moved', moved, there: [] };
  }
  if (change.kind === 'create') {
    if (current === null) return { state: 'ready', pending: change };
    return sameWhole(change, current, kind)
      ? { state: 'applied' }
      : { state: 'moved', moved: [{ pointer: '', expected: null, found: 'it exists' }], there: [] };
  }
  if (current === null) {
    return { state: 'moved', moved: [{ pointer: '', expected: 'it exists', found: null }], there: [] };
  }
  // A change made from what was read before holds no secrets; what is compared with it holds none either.
  const now = change.edits.some((edit) => holdsCut(asJson(edit))) ? withoutSecrets(current.body) : current.body;
  if (isThere(now, change.edits, kind)) return { state: 'applied' };
  // Later edits may speak of what earlier ones make, so each is held against the body that the ones before it leave.
  const pending: Edit[] = [];
  const there: Edit[] = [];
  const moved: ChangedSetting[] = [];
  let body: Json = now;
  for (const edit of change.edits) {
    const seen = compareEdit(body, edit, kind.same);
    if (seen.state === 'moved') moved.push(movedOf(edit, seen.found));
    if (seen.state === 'applied') there.push(edit);
    if (seen.state !== 'ready') continue;
    pending.push(edit);
    try {
      body = applyEdit(body, edit);
    } catch (error) {
      if (!(error instanceof EditConflict)) throw error;
      moved.push(withoutPlace(edit, body) ?? movedOf(edit, error.found));
    }
  }
  if (moved.length > 0) return { state: 'moved', moved, there };
  return pending.length === 0 ? { state: 'applied' } : { state: 'ready', pending: { ...change, edits: pending } };
}

/** Walks the edits backwards: each must stand as applied on what undoing the later ones leaves. */
function isThere(start: Json, edits: readonly Edit[], kind: ResourceType): boolean {
  let body = start;
  for (const edit of edits.toReversed()) {
    if (compareEdit(body, edit, kind.same).state !== 'applied') return false;
    try {
      body = applyEdit(body, invertEdit(edit));
    } catch (error) {
      if (error instanceof EditConflict) continue;
      throw error;
    }
  }
  return true;
}

export const identityMoved = (pointer: Pointer, was: JsonObject, now: JsonObject): ChangedSetting => ({
  pointer,
  expected: valueAt(was, pointer) ?? null,
  found: valueAt(now, pointer) ?? null,
});

/** What holds the setting is gone, or is something else; undefined where it is there. */
function withoutPlace({ pointer }: Edit, body: Json): ChangedSetting | undefined {
  const holder = formatPointer(parsePointer(pointer).slice(0, -1));
  const found = valueAt(body, holder);
  if (isObject(found)) return undefined;
  const isGone = found === undefined || found === null;
  return { pointer: holder, expected: isGone ? 'it exists' : 'an object', found: found ?? null };
}

const movedOf = (edit: Edit, found: Json | undefined): ChangedSetting => ({
  pointer: edit.pointer,
  expected: edit.op === 'add' ? null : (edit.before ?? null),
  found: found ?? null,
});

/** Ids, in lower case, of the resources of which all that the changes do is there already. */
export function thereWhole(changes: readonly Change[], start: Snapshot): ReadonlySet<string> {
  const ids = distinctIds(changes.filter((change) => !isDeferred(change)).map(({ resource }) => resource));
  return new Set(ids.filter((id) => isThereWhole(changes, id, resourceIn(start, id) ?? null)).map(fold));
}

function isThereWhole(all: readonly Change[], id: string, current: Resource | null): boolean {
  const changes = all.filter((change) => sameId(change.resource, id));
  if (changes.some((change) => change.kind !== 'edit')) return false;
  const edits = changes.flatMap((change) => change.edits);
  return compareChange(editChange(id, edits), current, resourceTypeOf(typeOf(id))).state === 'applied';
}

/**
 * A change of a plan compared with what those before it leave. `whole`: of the plan. Seen one by one, a step whose setting a later step
 * moves again would look moved in a plan that is there as a whole.
 */
export function compareIn(change: Change, world: Snapshot, whole: ReadonlySet<string>): ChangeComparison {
  // What does not exist yet cannot have been changed.
  if (isDeferred(change)) return { state: 'ready', pending: change };
  if (whole.has(fold(change.resource))) return { state: 'applied' };
  return compareChange(change, resourceIn(world, change.resource) ?? null, resourceTypeOf(typeOf(change.resource)));
}
