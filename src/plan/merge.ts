// Edits of several rules made one write: folded into each other where one contains the other, refused where two want
// different things of one setting. Works on the body the edits start from, so every `before` is what stands in Azure.
import { applyEdit, applyEdits, type Edit, elementKey, exactly, type Same, type SetEdit } from '../model/edit.ts';
import { isArray, type Json, sameJson } from '../model/json.ts';
import { valueAt } from '../model/pointer.ts';

export type Merged =
  | { readonly ok: true; readonly edits: readonly Edit[] }
  | { readonly ok: false; readonly pointer: string };

const isAbove = (outer: string, inner: string): boolean => inner.startsWith(`${outer}/`);

/**
 * `more`, made on the body that `edits` lead to, joined to them. Not ok: a setting that `edits` decide would be decided
 * differently. Edits that change nothing are left out. Throws EditConflict when `more` does not fit the body.
 */
export function mergeEdits(start: Json, edits: readonly Edit[], more: readonly Edit[], same: Same = exactly): Merged {
  let joined = edits;
  for (const edit of more) {
    const body = applyEdits(start, joined);
    if (isIdle(body, edit, same)) continue;
    if (contradicts(joined, edit, same)) return { ok: false, pointer: edit.pointer };
    joined = join(start, joined, applyEdit(body, edit), edit);
  }
  return { ok: true, edits: joined };
}

/** Is it so already? */
function isIdle(body: Json, edit: Edit, same: Same): boolean {
  const found = valueAt(body, edit.pointer);
  if (edit.op === 'set')
    return sameJson(found, edit.after) || (same !== exactly && sameText(found, edit.after, edit, same));
  const wanted = edit.op === 'add' ? edit.after : edit.before;
  const there = isArray(found) && found.some((item) => elementKey(item, edit.key) === elementKey(wanted, edit.key));
  return edit.op === 'add' ? there : !there;
}

/** A default written out is a change worth sending only when it means something else; null means that the member is absent. */
const sameText = (a: Json | undefined, b: Json | undefined, edit: Edit, same: Same): boolean =>
  (a ?? undefined) !== undefined && b !== undefined && same(edit.pointer, a, b);

/** Would the edit decide a setting differently from one of these? */
export function contradicts(joined: readonly Edit[], edit: Edit, same: Same): boolean {
  return joined.some((one) => {
    if (one.pointer !== edit.pointer) return false;
    if (one.op === 'set' || edit.op === 'set')
      return one.op === 'set' && edit.op === 'set' && !same(edit.pointer, one.after, edit.after);
    const element = (which: Edit) => (which.op === 'add' ? which.after : which.op === 'remove' ? which.before : null);
    const matching = elementKey(element(one) ?? null, edit.key) === elementKey(element(edit) ?? null, edit.key);
    return one.op === 'add' && edit.op === 'remove' && matching;
  });
}

/** `after`: the body with the new edit in it. */
function join(start: Json, joined: readonly Edit[], after: Json, edit: Edit): readonly Edit[] {
  const cover = joined.find(
    (one) => one.op === 'set' && (one.pointer === edit.pointer || isAbove(one.pointer, edit.pointer)),
  );
  if (cover?.op === 'set') {
    const now = valueAt(after, cover.pointer);
    const { after: _old, ...rest } = cover;
    const wider: SetEdit = now === undefined ? rest : { ...rest, after: now };
    return joined.map((one) => (one === cover ? wider : one));
  }
  if (edit.op !== 'set') return [...joined, edit];
  const inside = joined.filter((one) => isAbove(edit.pointer, one.pointer));
  if (inside.length === 0) return [...joined, edit];
  const { before: _seen, ...rest } = edit;
  const before = valueAt(start, edit.pointer);
  const whole: SetEdit = before === undefined ? rest : { ...rest, before };
  return [...joined.filter((one) => !inside.includes(one)), whole];
}
