// What another client had set and a write overwrote, of resources whose service compares no etag. Pure.
import type { Change } from '../model/change.ts';
import { type AddEdit, addTo, applyEdits, EditConflict, elementKey } from '../model/edit.ts';
import { isArray, type Json, type JsonObject, sameJson } from '../model/json.ts';
import { type Pointer, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceType } from '../resource-types/resource-type.ts';

/** Has somebody written to the resource since it was read? `now` null: it is gone. */
export const hasChangedSince = (read: Resource, now: Resource | null, kind: ResourceType): boolean =>
  now === null || !sameJson(kind.normal(read.body), kind.normal(now.body));

/**
 * The entries of lists that were there before a write, that the write was to leave alone, and that are gone after it, each as the
 * edit that restores it.
 */
export function vanishedFrom(before: Resource, after: JsonObject, sent: Change, kind: ResourceType): AddEdit[] {
  if (sent.kind !== 'edit') return [];
  const expected = withEdits(before.body, sent);
  if (expected === undefined) return [];
  return Object.entries(kind.lists).flatMap(([pointer, key]) => {
    const had = new Set(itemsAt(before.body, pointer).map((item) => elementKey(item, key)));
    const has = new Set(itemsAt(after, pointer).map((item) => elementKey(item, key)));
    return itemsAt(expected, pointer)
      .filter((item) => had.has(elementKey(item, key)) && !has.has(elementKey(item, key)))
      .map((item) => addTo(after, pointer, item, key))
      .filter((edit) => (kind.refuses?.(edit) ?? null) === null);
  });
}

function withEdits(body: Json, { edits }: Extract<Change, { kind: 'edit' }>): Json | undefined {
  try {
    return applyEdits(body, edits);
  } catch (error) {
    if (error instanceof EditConflict) return undefined;
    throw error;
  }
}

function itemsAt(body: Json, pointer: Pointer): readonly Json[] {
  const list = valueAt(body, pointer);
  return isArray(list) ? list : [];
}
