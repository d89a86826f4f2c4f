// The law of merging: what several rules want becomes one write that leads to the same body and comes back to the letter.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addTo,
  applyEdits,
  type Edit,
  exactly,
  invertEdits,
  type ListKey,
  removeFrom,
  type Same,
  setMember,
} from '../../src/model/edit.ts';
import { isArray, isObject, type Json, parseJson, sameJson, stringifyJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { stepsOf, union } from '../../src/plan/drafts.ts';
import { contradicts, mergeEdits } from '../../src/plan/merge.ts';
import { account, created, deleted, edit, registry, subnet } from './small-worlds.ts';

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

describe('what two edits want', () => {
  const set = (pointer: string, after: Json): Edit => ({ op: 'set', pointer, after });
  const add = (value: string, at = '/list', by = key): Edit => ({
    op: 'add',
    pointer: at,
    after: { v: value },
    key: by,
  });
  const remove = (value: string, at = '/list'): Edit => ({ op: 'remove', pointer: at, before: { v: value }, key });
  const folded: Same = (_pointer, a, b) => sameJson(a, b) || String(a).toLowerCase() === String(b).toLowerCase();
  test.each<[string, Edit, Edit, boolean]>([
    ['the same value', set('/a', 1), set('/a', 1), false],
    ['another value', set('/a', 1), set('/a', 2), true],
    ['another value of another setting', set('/a', 1), set('/b', 2), false],
    ['an element in, and out', add('a'), remove('a'), true],
    ['an element in, another out', add('a'), remove('b'), false],
    ['an element out, and in again', remove('a'), add('a'), false],
    ['an element in twice', add('a'), add('a'), false],
    ['an element of another list', add('a'), remove('a', '/other'), false],
    ['a list set, and an element of it', set('/list', []), add('a'), false],
  ])('%s', (_name, first, second, expected) => {
    expect(contradicts([set('/z', 1), first], second, exactly)).toBe(expected);
  });
  test('is compared as the service compares it', () => {
    expect([
      contradicts([set('/a', 'Deny')], set('/a', 'DENY'), folded),
      contradicts([set('/a', 'Deny')], set('/a', 'DENY'), exactly),
    ]).toEqual([false, true]);
    const body = { a: 'Deny', n: null, list: [{ v: 'a' }] };
    const merged = (one: Edit, same?: Same) => mergeEdits(body, [], [one], same);
    expect(merged(set('/a', 'DENY'), folded)).toEqual({ ok: true, edits: [] });
    expect(merged(set('/a', 'DENY'))).toEqual({ ok: true, edits: [set('/a', 'DENY')] });
    // A default that is written out where the member is null or absent is a change.
    expect(merged(set('/n', 'NULL'), folded)).toEqual({ ok: true, edits: [set('/n', 'NULL')] });
    expect(merged(set('/u', 'undefined'), folded)).toEqual({ ok: true, edits: [set('/u', 'undefined')] });
    expect([merged(add('a')), merged(remove('b'))]).toEqual([
      { ok: true, edits: [] },
      { ok: true, edits: [] },
    ]);
    expect(merged(add('A', '/list', { member: 'v', fold: true }))).toEqual({ ok: true, edits: [] });
  });
  test('a wider edit takes in those inside it, with the value that the body began with', () => {
    const body = { a: { b: 1, c: [] }, d: 0 };
    const inside = [setMember(body, '/a/b', 2), setMember(body, '/d', 1)];
    const whole: Edit = { op: 'set', pointer: '/a', before: { b: 2, c: [] }, after: { b: 3 } };
    expect(mergeEdits(body, inside, [whole])).toEqual({
      ok: true,
      edits: [inside[1], { op: 'set', pointer: '/a', before: { b: 1, c: [] }, after: { b: 3 } }],
    });
    const first: Edit = { op: 'set', pointer: '/a', before: { b: 1, c: [] }, after: { b: 3 } };
    expect(mergeEdits(body, [first], [{ op: 'set', pointer: '/a/b', before: 3, after: 4 }])).toEqual({
      ok: true,
      edits: [{ ...first, after: { b: 4 } }],
    });
    expect(mergeEdits(body, [first], [{ op: 'set', pointer: '/ab', after: 4 }])).toMatchObject({
      ok: true,
      edits: [first, { pointer: '/ab' }],
    });
  });
});

describe('writes in order', () => {
  const draft = (
    change: Parameters<typeof stepsOf>[0][number]['change'],
    phase: 0 | 2 | 5,
    advice: readonly string[] = [],
  ) => ({
    ...{ change, phase, advice, start: {}, findings: ['f'], needs: ['n'], undo: 'exact' as const },
  });
  const some: Edit = { op: 'set', pointer: '/a', after: 1 };
  test('by phase, then the network, then what is made, then what is changed', () => {
    const drafts = [
      draft(edit(account, some), 5),
      draft(edit(account, some), 2),
      draft(created(registry, {}), 2),
      draft(edit(subnet, some), 2),
      draft(edit(registry, some), 0),
      draft(edit(account), 0),
      draft(deleted(registry, {}), 5),
    ];
    expect(
      stepsOf(drafts).map(({ phase, change }) => `${phase} ${change.kind} ${change.resource.split('/').at(-1)}`),
    ).toEqual([...['0 edit acr', '2 edit snet', '2 create acr', '2 edit st', '5 edit st', '5 delete acr']]);
  });
  test('each with the advice of its rules: a sentence that several share is said once, in its last place', () => {
    const said = (...advice: string[]) => stepsOf([draft(edit(account, some), 2, advice)])[0]?.advice;
    expect(said()).toBe(undefined);
    expect(said('One. Two.', 'Three. Two.')).toBe('One. Three. Two.');
    expect(said('Uses v1. 2 hosts.', 'A.')).toBe('Uses v1. 2 hosts. A.');
    expect(union(['a', 'b'], ['b', 'c', 'a'])).toEqual(['a', 'b', 'c']);
  });
});
