// Edits: the smallest change inside a resource, with before and after, so that the inverse is mechanical. Pure: no resource
// type, no rule, no network. Resource types pass the comparison of two values at a pointer (`Same`).
import { isArray, isObject, type Json, type JsonObject, sameJson } from './json.ts';
import {
  formatPointer,
  member,
  memberPosition,
  type Pointer,
  parsePointer,
  updateAt,
  valueAt,
  withMember,
} from './pointer.ts';

/** How two elements of a list are compared: by a member or by the whole element, with or without case. */
export interface ListKey {
  readonly member: string | null;
  readonly fold: boolean;
}

export interface SetEdit {
  readonly op: 'set';
  readonly pointer: Pointer;
  /** Absent: the member did not exist. */
  readonly before?: Json;
  /** Absent: the member is removed. */
  readonly after?: Json;
  /** Position of the member among its siblings; an undo restores it. */
  readonly at?: number;
}
export interface AddEdit {
  readonly op: 'add';
  /** The list. */
  readonly pointer: Pointer;
  readonly after: Json;
  readonly key: ListKey;
  readonly at?: number;
  /** The list did not exist; the edit creates it, and an undo that empties it removes it. */
  readonly bare?: true;
}
export interface RemoveEdit {
  readonly op: 'remove';
  readonly pointer: Pointer;
  readonly before: Json;
  readonly key: ListKey;
  readonly at?: number;
  readonly bare?: true;
}
export type Edit = SetEdit | AddEdit | RemoveEdit;

/** Do two values at a pointer mean the same to the service? Volatile members, ids in another case, sets in another order. */
export type Same = (pointer: Pointer, a: Json | undefined, b: Json | undefined) => boolean;
export const exactly: Same = (_pointer, a, b) => sameJson(a, b);

export class EditConflict extends Error {
  constructor(
    readonly edit: Edit,
    readonly found: Json | undefined,
  ) {
    super(`${edit.pointer} is not what the edit expects`);
  }
}

/** An edit that sets a member of this body; throws EditConflict when its parent is not an object. */
export function setMember(body: Json, pointer: Pointer, after: Json | undefined): SetEdit {
  const path = parsePointer(pointer);
  const parent = valueAt(body, formatPointer(path.slice(0, -1)));
  const name = path.at(-1) ?? '';
  const before = isObject(parent) ? member(parent, name) : undefined;
  const edit: SetEdit = {
    op: 'set',
    pointer,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(after === undefined && isObject(parent) ? { at: memberPosition(parent, name) } : {}),
  };
  if (!isObject(parent)) throw new EditConflict(edit, parent);
  return edit;
}

/** An edit that appends an element to a list of this body, or creates the list. */
export function addTo(body: Json, pointer: Pointer, after: Json, key: ListKey): AddEdit {
  const bare = valueAt(body, pointer) === undefined;
  return { op: 'add', pointer, after, key, ...(bare ? { bare: true as const } : {}) };
}

/** An edit that removes one element from a list of this body and records its position. */
export function removeFrom(body: Json, pointer: Pointer, before: Json, key: ListKey): RemoveEdit {
  const list = valueAt(body, pointer);
  const at = isArray(list) ? list.findIndex((item) => sameElement(item, before, key)) : -1;
  return { op: 'remove', pointer, before, key, ...(at >= 0 ? { at } : {}) };
}

export function elementKey(element: Json, key: ListKey): string {
  const value = key.member === null || !isObject(element) ? element : (member(element, key.member) ?? element);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return key.fold ? text.toLowerCase() : text;
}
const sameElement = (a: Json, b: Json, key: ListKey) => elementKey(a, key) === elementKey(b, key);

/** The state of a body for an edit: applicable, already applied, or changed since. */
export type EditComparison =
  | { readonly state: 'ready' }
  | { readonly state: 'applied' }
  | { readonly state: 'moved'; readonly found: Json | undefined };

export function compareEdit(body: Json, edit: Edit, same: Same = exactly): EditComparison {
  const found = valueAt(body, edit.pointer);
  if (edit.op === 'set') {
    // First: a value that means the same before and after needs no write, and no write would ever show.
    if (same(edit.pointer, found, edit.after)) return { state: 'applied' };
    return same(edit.pointer, found, edit.before) ? { state: 'ready' } : { state: 'moved', found };
  }
  if (found !== undefined && found !== null && !isArray(found)) return { state: 'moved', found };
  const wanted = edit.op === 'add' ? edit.after : edit.before;
  const there = (found ?? []).find((item) => sameElement(item, wanted, edit.key));
  if (there === undefined) return { state: edit.op === 'add' ? 'ready' : 'applied' };
  if (!same(`${edit.pointer}/-`, there, wanted)) return { state: 'moved', found: there };
  return { state: edit.op === 'add' ? 'applied' : 'ready' };
}

/**
 * The body after the edit. Throws {@link EditConflict} when the pointer does not resolve or the list already holds the
 * element.
 */
export function applyEdit(body: Json, edit: Edit): Json {
  const path = parsePointer(edit.pointer);
  const parent = formatPointer(path.slice(0, -1));
  const holder = valueAt(body, parent);
  if (!isObject(holder)) throw new EditConflict(edit, holder);
  const name = path.at(-1) ?? '';
  const put = (value: Json | undefined, at?: number) =>
    updateAt(body, parsePointer(parent), () => withMember(holder, name, value, at)) as Json;
  if (edit.op === 'set') return put(edit.after, edit.before === undefined ? edit.at : undefined);
  const found = member(holder, name);
  if (found !== undefined && found !== null && !isArray(found)) throw new EditConflict(edit, found);
  const list = found ?? [];
  const wanted = edit.op === 'add' ? edit.after : edit.before;
  const index = list.findIndex((item) => sameElement(item, wanted, edit.key));
  if (edit.op === 'add') {
    if (index >= 0) throw new EditConflict(edit, list[index]);
    return put(list.toSpliced(Math.min(edit.at ?? list.length, list.length), 0, edit.after));
  }
  if (index < 0) throw new EditConflict(edit, undefined);
  const rest = list.toSpliced(index, 1);
  return put(rest.length === 0 && edit.bare ? undefined : rest);
}

/** A pointer of an edit is below the root, so an object stays one. */
export function applyEdits(body: JsonObject, edits: readonly Edit[]): JsonObject;
export function applyEdits(body: Json, edits: readonly Edit[]): Json;
export function applyEdits(body: Json, edits: readonly Edit[]): Json {
  return edits.reduce(applyEdit, body);
}

export function invertEdit(edit: Edit): Edit {
  if (edit.op === 'set') {
    const { before, after, ...rest } = edit;
    return {
      ...rest,
      ...(after === undefined ? {} : { before: after }),
      ...(before === undefined ? {} : { after: before }),
    };
  }
  if (edit.op === 'add') {
    const { after, ...rest } = edit;
    return { ...rest, op: 'remove', before: after };
  }
  const { before, ...rest } = edit;
  return { ...rest, op: 'add', after: before };
}

export const invertEdits = (edits: readonly Edit[]): Edit[] => edits.toReversed().map(invertEdit);
