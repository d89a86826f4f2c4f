// A change setting by setting, as it is now and as it will be, for side-by-side views. Names and values from Azure are made
// safe to show here. Pure.
import type { Change } from '../model/change.ts';
import { applyEdits, type Edit, EditConflict, elementKey } from '../model/edit.ts';
import { isArray, isObject, type Json, sameJson, stringifyJson } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { member, memberNames, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { sameId } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { elementWords, settingWords } from './describe.ts';

export interface SettingRow {
  readonly name: string;
  /** How deep it is nested in another setting. */
  readonly depth: number;
  /** Null: absent. Both null: its members follow below. */
  readonly before: string | null;
  readonly after: string | null;
  /** An unchanged element of a list that changes. */
  readonly stays?: true;
}

/** Members that repeat the id, or that Azure sets itself. */
const known = ['id', 'name', 'type', 'etag'];
const mostRows = 400;
const deepest = 8;
const mostStaying = 6;

/** The rows of one step: what differs, and for a list that changes, its unchanged elements. */
export function stepRows(plan: Plan, at: number, resources: readonly Resource[]): SettingRow[] {
  const change = plan.steps[at]?.change;
  if (change === undefined) return [];
  const earlier = plan.steps.slice(0, at).map((step) => step.change);
  return settingRows(change, bodyBefore(change.resource, earlier, resources));
}

/** The body after the earlier steps; undefined where it is unknown. */
function bodyBefore(id: string, earlier: readonly Change[], resources: readonly Resource[]): Json | undefined {
  let body: Json | undefined = resources.find((one) => sameId(one.id, id))?.body;
  for (const change of earlier.filter(({ resource }) => sameId(resource, id))) {
    if (change.kind !== 'edit') body = change.kind === 'create' ? change.body : undefined;
    else if (body !== undefined) body = orNothing(body, change.edits);
  }
  return body;
}

function orNothing(body: Json, edits: readonly Edit[]): Json | undefined {
  try {
    return applyEdits(body, edits);
  } catch (error) {
    if (error instanceof EditConflict) return undefined;
    throw error;
  }
}

/** Only what differs, in the order in which it is written; `body` is what it applies to. */
export function settingRows(change: Change, body?: Json): SettingRow[] {
  const rows =
    change.kind === 'edit'
      ? change.edits.flatMap((edit, index) => [...stayingRows(change.edits, index, body), ...editRows(edit)])
      : wholeRows(change);
  if (rows.length <= mostRows) return rows;
  const rest = `and ${rows.length - mostRows} more`;
  return [...rows.slice(0, mostRows), { name: rest, depth: 0, before: null, after: null }];
}

/** Before the first edit of a list: its unchanged elements. */
function stayingRows(edits: readonly Edit[], at: number, body: Json | undefined): SettingRow[] {
  const edit = edits[at];
  if (edit === undefined || edit.op === 'set' || body === undefined) return [];
  if (edits.slice(0, at).some(({ pointer }) => pointer === edit.pointer)) return [];
  const list = valueAt(body, edit.pointer);
  if (!isArray(list)) return [];
  const gone = edits.flatMap((one) => (one.op === 'remove' && one.pointer === edit.pointer ? [one] : []));
  const key = (item: Json) => elementKey(item, edit.key);
  const staying = list.filter((item) => !gone.some(({ before }) => key(before) === key(item)));
  const name = settingWords(edit.pointer);
  const row = (text: string): SettingRow => ({ name, depth: 0, before: text, after: text, stays: true });
  const shownOnes = staying.slice(0, mostStaying).map((item) => row(elementWords(item, edit)));
  return staying.length > mostStaying ? [...shownOnes, row(`and ${staying.length - mostStaying} more`)] : shownOnes;
}

function wholeRows(change: Exclude<Change, { kind: 'edit' }>): SettingRow[] {
  const { body } = change;
  const properties = member(body, 'properties');
  const places = memberNames(body).filter((name) => name !== 'properties' && !known.includes(name));
  const made = [
    ...places.flatMap((name) => rowsOf(name, undefined, member(body, name), 0)),
    ...(isObject(properties) ? membersOf(undefined, properties, '/properties', 0) : []),
  ];
  return change.kind === 'create' ? made : made.map((row) => ({ ...row, before: row.after, after: null }));
}

function editRows(edit: Edit): SettingRow[] {
  const name = settingWords(edit.pointer);
  if (edit.op === 'set') return rowsOf(name, edit.before, edit.after, 0, edit.pointer);
  const item = edit.op === 'add' ? edit.after : edit.before;
  const label = elementWords(item, edit);
  const inner = elementRows(item, label, edit.op);
  return [
    { name, depth: 0, before: edit.op === 'add' ? null : label, after: edit.op === 'add' ? label : null },
    ...inner,
  ];
}

/** The members of an element besides its name; `action: Allow` of a firewall rule is not repeated. */
function elementRows(item: Json, label: string, op: 'add' | 'remove'): SettingRow[] {
  const properties = inside(item, 'properties');
  const holder = isObject(properties) ? properties : item;
  if (!isObject(holder)) return [];
  const names = memberNames(holder).filter((name) => !known.includes(name));
  const rows = names.flatMap((name) => {
    const value = member(holder, name);
    return op === 'add' ? rowsOf(name, undefined, value, 1) : rowsOf(name, value, undefined, 1);
  });
  const telling = rows.filter(({ name, before, after }) => {
    const value = after ?? before;
    return value === null || !(value.endsWith(label) || (name === 'action' && value === 'Allow') || name === 'state');
  });
  return telling.some(({ before, after }) => (after ?? before) !== null) ? telling : [];
}

function membersOf(before: Json | undefined, after: Json | undefined, pointer: string, depth: number): SettingRow[] {
  const names = [
    ...new Set([...(isObject(before) ? memberNames(before) : []), ...(isObject(after) ? memberNames(after) : [])]),
  ];
  return names.flatMap((name) => {
    const here = `${pointer}/${name}`;
    const words = settingWords(here);
    const [was, is] = [inside(before, name), inside(after, name)];
    return rowsOf(words.includes('.') ? name : words, was, is, depth, here);
  });
}

/** A member as rows; nothing where both sides are the same. */
function rowsOf(
  name: string,
  before: Json | undefined,
  after: Json | undefined,
  depth: number,
  pointer = `/${name}`,
): SettingRow[] {
  if (before !== undefined && after !== undefined && sameJson(before, after)) return [];
  const label = clean(name, 80);
  const head = { name: label, depth, before: null, after: null };
  if (depth < deepest && (hasInside(before) || hasInside(after))) {
    const inner = [
      ...(isObject(before) || isObject(after) ? membersOf(before, after, pointer, depth + 1) : []),
      ...listRows(label, isArray(before) ? before : [], isArray(after) ? after : [], depth + 1),
    ];
    const plain = (value: Json | undefined) => (hasInside(value) ? null : shown(value));
    return [{ ...head, before: plain(before), after: plain(after) }, ...inner];
  }
  return [{ ...head, before: shown(before), after: shown(after) }];
}

/** Lists of objects element by element, without the elements of both sides. */
function listRows(name: string, before: readonly Json[], after: readonly Json[], depth: number): SettingRow[] {
  const gone = before.filter((item) => !after.some((other) => sameJson(item, other)));
  const fresh = after.filter((item) => !before.some((other) => sameJson(item, other)));
  const rows = (items: readonly Json[], op: 'add' | 'remove') =>
    items.flatMap((item): SettingRow[] => {
      const label = elementWords(item);
      const own = { name, depth, before: op === 'remove' ? label : null, after: op === 'add' ? label : null };
      const inner = elementRows(item, label, op);
      return [own, ...inner.map((row) => ({ ...row, depth: row.depth + depth }))];
    });
  return [...rows(gone, 'remove'), ...rows(fresh, 'add')];
}

const inside = (value: Json | undefined, name: string): Json | undefined =>
  isObject(value) ? member(value, name) : undefined;
const hasInside = (value: Json | undefined): boolean =>
  (isObject(value) && memberNames(value).length > 0) || (isArray(value) && value.some((item) => isObject(item)));

/** Null for an absent value. */
function shown(value: Json | undefined): string | null {
  if (value === undefined || value === null) return null;
  if (value === '') return "''";
  if (typeof value === 'string') return clean(value, 400);
  if (isArray(value) && value.length === 0) return 'none';
  if (isArray(value) && value.every((item) => typeof item === 'string')) return clean(value.join(', '), 400);
  return clean(stringifyJson(value), 400);
}
