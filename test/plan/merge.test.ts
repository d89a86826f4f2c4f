// The law of merging: what several rules want becomes one write that leads to the same body and comes back to the letter.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addTo,
  applyEdits,
  type Edit,
  invertEdits,
  type ListKey,
  removeFrom,
  setMember,
} from '../../src/model/edit.ts';
import { isArray, isObject, type Json, parseJson, stringifyJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { mergeEdits } from '../../src/plan/merge.ts';

const key: ListKey = { member: 'v', fold: false };
const start = fc
  .constantFrom(
    '{"p": {"acls": {"act": "Allow", "list": [{"v": "a", "n": 1.0}, {"v": "b"}], "odd": 12345678901234567890}, "pna": "On"}}',
    '{"p": {"pna": null, "x": 1.0}}',
    '{"p": {"acls": {"2024": "z", "act": "Deny"}, "tail": 0.10}}',
  )
  .map(parseJson);
const wish = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), value: fc.constantFrom('Allow', 'Deny') }),
  fc.record({ kind: fc.constantFrom('add' as const, 'remove' as const), value: fc.constantFrom('a', 'b', 'c', 'd') }),
  fc.record({ kind: fc.constant('pna' as const), value: fc.constantFrom('On', 'Off') }),
);
type Wish = { readonly kind: 'set' | 'add' | 'remove' | 'pna'; readonly value: string };

/** What a rule would propose on this body: an absent object is made explicit first. */
function editsFor(body: Json, { kind, value }: Wish): Edit[] {
  if (kind === 'pna') return [setMember(body, '/p/pna', value)];
  const base = isObject(valueAt(body, '/p/acls')) ? [] : [setMember(body, '/p/acls', { act: 'Allow', list: [] })];
  const explicit = applyEdits(body, base);
  if (kind === 'set') return [...base, setMember(explicit, '/p/acls/act', value)];
  const list = valueAt(explicit, '/p/acls/list');
  const there = isArray(list) ? list.find((item) => isObject(item) && item.v === value) : undefined;
  if (kind === 'add') return there === undefined ? [...base, addTo(explicit, '/p/acls/list', { v: value }, key)] : base;
  return there === undefined ? base : [...base, removeFrom(explicit, '/p/acls/list', there, key)];
}

describe('merging', () => {
  test('edits made one after another become one list with the same outcome and the same undo', () => {
    fc.assert(
      fc.property(start, fc.array(wish, { maxLength: 6 }), (body, wishes) => {
        let edits: readonly Edit[] = [];
        for (const one of wishes) {
          const here = applyEdits(body, edits);
          const more = editsFor(here, one);
          const merged = mergeEdits(body, edits, more);
          if (!merged.ok) continue;
          expect(stringifyJson(applyEdits(body, merged.edits))).toBe(stringifyJson(applyEdits(here, more)));
          edits = merged.edits;
        }
        expect(stringifyJson(applyEdits(applyEdits(body, edits), invertEdits(edits)))).toBe(stringifyJson(body));
      }),
      { numRuns: 500 },
    );
  });

  test('asked again for what is there, nothing is added', () => {
    fc.assert(
      fc.property(start, wish, (body, one) => {
        const first = mergeEdits(body, [], editsFor(body, one));
        if (!first.ok) throw new Error('refused on its own');
        const again = mergeEdits(body, first.edits, editsFor(applyEdits(body, first.edits), one));
        expect(again).toEqual(first);
      }),
    );
  });

  test('every before in a merged list is the value in the body it starts from', () => {
    fc.assert(
      fc.property(start, fc.array(wish, { maxLength: 6 }), (body, wishes) => {
        let edits: readonly Edit[] = [];
        for (const one of wishes) {
          const merged = mergeEdits(body, edits, editsFor(applyEdits(body, edits), one));
          if (merged.ok) edits = merged.edits;
        }
        for (const edit of edits) {
          if (edit.op === 'set') expect(edit.before).toEqual(valueAt(body, edit.pointer));
        }
      }),
    );
  });

  test('one setting wanted in two ways, and an element wanted in and out, are refused by name', () => {
    const body = parseJson('{"p": {"pna": "On", "acls": {"list": []}}}');
    const off = mergeEdits(body, [], [setMember(body, '/p/pna', 'Off')]);
    if (!off.ok) throw new Error('refused');
    const third = mergeEdits(body, off.edits, [setMember(applyEdits(body, off.edits), '/p/pna', 'Perimeter')]);
    expect(third).toEqual({ ok: false, pointer: '/p/pna' });
    const put = mergeEdits(body, [], [addTo(body, '/p/acls/list', { v: 'a' }, key)]);
    if (!put.ok) throw new Error('refused');
    const out = removeFrom(applyEdits(body, put.edits), '/p/acls/list', { v: 'a' }, key);
    expect(mergeEdits(body, put.edits, [out])).toEqual({ ok: false, pointer: '/p/acls/list' });
  });
});
