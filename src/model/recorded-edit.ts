// Does a change record show an edit: each scalar that it changes, at the place of the edit, with the values before and after? Pure.
import { type RecordedValue, scalarText } from './change-record.ts';
import type { Edit } from './edit.ts';
import { isArray, isObject, type Json } from './json.ts';
import { member, memberNames, parsePointer } from './pointer.ts';
import { sameText } from './rewind.ts';

/** `root`: what the paths of the record begin with, where it is that of a resource around this one. */
export const showsEdits = (edits: readonly Edit[], values: readonly RecordedValue[], root = ''): boolean =>
  edits.length > 0 && edits.every((edit) => showsEdit(edit, new Map(values.map((one) => [one.path, one])), root));

function showsEdit(edit: Edit, values: ReadonlyMap<string, RecordedValue>, root: string): boolean {
  const base = root + parsePointer(edit.pointer).join('.');
  const [was, is] = [edit.op === 'add' ? undefined : edit.before, edit.op === 'remove' ? undefined : edit.after];
  if (edit.op === 'set') return showsAt(base, was, is, values);
  const items = [...values.keys()].filter((path) => path.startsWith(`${base}[`));
  const places = new Set(items.flatMap((path) => /^\[\d+\]/.exec(path.slice(base.length)) ?? []));
  return [...places].some((place) => showsAt(`${base}${place}`, was, is, values));
}

/**
 * May the record be that of a write of these edits, whatever that found? What it lists of them has the values that were sent, and it lists
 * some of them.
 */
export function showsResult(edits: readonly Edit[], values: readonly RecordedValue[]): boolean {
  const shown = edits.map((edit) => resultIn(edit, values));
  return shown.includes('same') && !shown.includes('other');
}

function resultIn(edit: Edit, values: readonly RecordedValue[]): 'same' | 'other' | 'absent' {
  const base = parsePointer(edit.pointer).join('.');
  const under = values.filter(
    ({ path }) => path === base || path.startsWith(`${base}.`) || path.startsWith(`${base}[`),
  );
  if (edit.op === 'set') {
    const sent = scalarsIn(edit.after, base);
    const isSent = ({ path, after, isCut }: RecordedValue) => !isCut && sameText(after, sent.get(path) ?? null);
    return under.length === 0 ? 'absent' : under.every(isSent) ? 'same' : 'other';
  }
  const [item, side] = edit.op === 'add' ? ([edit.after, 'after'] as const) : ([edit.before, 'before'] as const);
  const places = Map.groupBy(under, ({ path }) => /^\[\d+\]/.exec(path.slice(base.length))?.[0] ?? '');
  const isItem = ([place, own]: readonly [string, readonly RecordedValue[]]): boolean => {
    const scalars = scalarsIn(item, `${base}${place}`);
    return place !== '' && own.every((one) => !one.isCut && sameText(one[side], scalars.get(one.path) ?? null));
  };
  // Another item of the list may have moved.
  return [...places].some(isItem) ? 'same' : 'absent';
}

function showsAt(
  path: string,
  was: Json | undefined,
  is: Json | undefined,
  values: ReadonlyMap<string, RecordedValue>,
): boolean {
  const [before, after] = [scalarsIn(was, path), scalarsIn(is, path)];
  const differ = [...new Set([...before.keys(), ...after.keys()])].filter(
    (one) => !sameText(before.get(one) ?? null, after.get(one) ?? null),
  );
  const isShown = (one: string): boolean => {
    const value = values.get(one);
    if (value === undefined || value.isCut) return false;
    return sameText(value.before, before.get(one) ?? null) && sameText(value.after, after.get(one) ?? null);
  };
  return differ.length > 0 && differ.every(isShown);
}

/** The texts of all scalars in a value by their paths, as records show them. */
function scalarsIn(value: Json | undefined, path: string): ReadonlyMap<string, string> {
  if (isArray(value)) return new Map(value.flatMap((item, at) => [...scalarsIn(item, `${path}[${at}]`)]));
  if (isObject(value)) {
    return new Map(memberNames(value).flatMap((name) => [...scalarsIn(member(value, name), `${path}.${name}`)]));
  }
  const text = scalarText(value);
  return text === undefined ? new Map() : new Map([[path, text]]);
}
