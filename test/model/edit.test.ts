// The law of edits: apply then invert is the identity, byte for byte.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editChange, invertChange } from '../../src/model/change.ts';
import {
  addTo,
  applyEdit,
  applyEdits,
  compareEdit,
  type Edit,
  elementKey,
  invertEdit,
  invertEdits,
  type ListKey,
  removeFrom,
  setMember,
} from '../../src/model/edit.ts';
import { isArray, isObject, type Json, parseJson, stringifyJson } from '../../src/model/json.ts';
import { memberNames, valueAt } from '../../src/model/pointer.ts';

const key: ListKey = { member: 'id', fold: true };
const names = ['a', 'b', '2024', 'long', 'list', 'zz~/x'];
const value = fc.constantFrom(
  '1',
  '1.0',
  '12345678901234567890',
  '"text"',
  'null',
  'true',
  '{"x": 1.50, "2024": [0.10]}',
);
const element = fc.tuple(fc.nat(9), value).map(([id, extra]) => `{"extra": ${extra}, "id": "E${id}"}`);
const list = fc
  .uniqueArray(element, { maxLength: 5, selector: (item) => /"E\d"/.exec(item)?.[0] ?? '' })
  .map((items) => `[${items.join(', ')}]`);
/** JSON text of a body: unknown members, integer-like names, numbers that JavaScript cannot hold, a list with keys. */
const bodyText = fc
  .tuple(fc.subarray(names), fc.array(value, { minLength: 6, maxLength: 6 }), list, fc.boolean())
  .map(([kept, values, items, withList]) => {
    const members = kept.filter((name) => name !== 'list').map((name, index) => `"${name}": ${values[index]}`);
    if (withList) members.splice(Math.floor(members.length / 2), 0, `"list": ${items}`);
    return `{"properties": {${members.join(', ')}}, "tail": 1.0}`;
  });
const body = bodyText.map((text) => parseJson(text));

type Wish =
  | { readonly kind: 'set'; readonly name: string; readonly value: Json | undefined }
  | { readonly kind: 'add' | 'remove'; readonly id: number };
const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({
    kind: fc.constant('set' as const),
    name: fc.constantFrom('a', 'b', '2024', 'zz~/x', 'fresh'),
    value: fc.option(value.map(parseJson), { nil: undefined }),
  }),
  fc.record({ kind: fc.constantFrom('add' as const, 'remove' as const), id: fc.nat(9) }),
);
const pointerTo = (name: string) => `/properties/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The edit a rule would make for a wish on this body, or none where it has nothing to do. */
function editFor(here: Json, one: Wish): Edit | undefined {
  if (one.kind === 'set') {
    const edit = setMember(here, pointerTo(one.name), one.value);
    return edit.before === undefined && edit.after === undefined ? undefined : edit;
  }
  const found = valueAt(here, '/properties/list');
  const wanted = { id: `e${one.id}` };
  const there = isArray(found) ? found.find((item) => elementKey(item, key) === elementKey(wanted, key)) : undefined;
  if (one.kind === 'add') return there === undefined ? addTo(here, '/properties/list', wanted, key) : undefined;
  return there === undefined ? undefined : removeFrom(here, '/properties/list', there, key);
}
function editsFor(start: Json, wishes: readonly Wish[]): Edit[] {
  const edits: Edit[] = [];
  let here = start;
  for (const one of wishes) {
    const edit = editFor(here, one);
    if (!edit) continue;
    edits.push(edit);
    here = applyEdit(here, edit);
  }
  return edits;
}

describe('the law of edits', () => {
  test('one edit and its inverse give back the text, byte for byte', () => {
    fc.assert(
      fc.property(body, wish, (start, one) => {
        const edit = editFor(start, one);
        if (!edit) return;
        expect(stringifyJson(applyEdit(applyEdit(start, edit), invertEdit(edit)))).toBe(stringifyJson(start));
      }),
      { numRuns: 500 },
    );
  });

  test('many edits, undone newest first, likewise', () => {
    fc.assert(
      fc.property(body, fc.array(wish, { maxLength: 6 }), (start, wishes) => {
        const edits = editsFor(start, wishes);
        const after = applyEdits(start, edits);
        expect(stringifyJson(applyEdits(after, invertEdits(edits)))).toBe(stringifyJson(start));
        const change = editChange('/x', edits);
        expect(invertChange(invertChange(change))).toEqual(change);
      }),
      { numRuns: 500 },
    );
  });

  test('nothing beside an edit moves: other members, other elements, their order and their numbers', () => {
    fc.assert(
      fc.property(body, wish, (start, one) => {
        const edit = editFor(start, one);
        if (!edit) return;
        const after = applyEdit(start, edit);
        const [old, fresh] = [valueAt(start, '/properties'), valueAt(after, '/properties')];
        if (!isObject(old) || !isObject(fresh)) throw new Error('properties is gone');
        const touched = edit.pointer.split('/')[2]?.replaceAll('~1', '/').replaceAll('~0', '~');
        const rest = (object: typeof old) =>
          memberNames(object)
            .filter((name) => name !== touched)
            .map((name) => [name, stringifyJson(valueAt(object, pointerTo(name).replace('/properties', '')))]);
        expect(rest(fresh)).toEqual(rest(old));
        expect(stringifyJson(valueAt(after, '/tail'))).toBe('1.0');
      }),
    );
  });

  test('an inverse of an add takes out that element and leaves what came beside it since', () => {
    fc.assert(
      fc.property(body, fc.nat(9), fc.nat(9), (start, mine, theirs) => {
        if (mine === theirs) return;
        const add = editFor(start, { kind: 'add', id: mine });
        if (!add) return;
        const after = applyEdit(start, add);
        const other = editFor(after, { kind: 'add', id: theirs });
        if (!other) return;
        const left = applyEdit(applyEdit(after, other), invertEdit(add));
        const ids = valueAt(left, '/properties/list');
        const keys = isArray(ids) ? ids.map((item) => elementKey(item, key)) : [];
        expect(keys).toContain(`e${theirs}`);
        expect(keys).not.toContain(`e${mine}`);
      }),
    );
  });

  test('an edit is ready before it, applied after it, and moved when another client set the same member', () => {
    fc.assert(
      fc.property(body, wish, (start, one) => {
        const edit = editFor(start, one);
        if (!edit) return;
        if (edit.op === 'set' && stringifyJson(edit.before) === stringifyJson(edit.after)) return;
        expect(compareEdit(start, edit).state).toBe('ready');
        const after = applyEdit(start, edit);
        expect(compareEdit(after, edit).state).toBe('applied');
        if (edit.op !== 'set') return;
        const moved = applyEdit(after, setMember(after, edit.pointer, { somebody: 'else' }));
        expect(compareEdit(moved, edit)).toEqual({ state: 'moved', found: { somebody: 'else' } });
      }),
    );
  });
});
