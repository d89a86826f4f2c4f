// An imported entry is undone only as far as a change record shows it: what an undo of it would write is what the record says was there.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecordedValue } from '../../src/model/change-record.ts';
import type { Edit } from '../../src/model/edit.ts';
import { isArray, isObject, type Json } from '../../src/model/json.ts';
import { showsEdits } from '../../src/model/recorded-edit.ts';

const words = fc.constantFrom<Json>('Allow', 'Deny', 'None', 1, true);
const rule = fc.record({ value: fc.constantFrom('1.1.1.1', '2.2.2.2', '3.3.3.3'), action: words });
const acls = fc.record({ defaultAction: words, bypass: words, ipRules: fc.array(rule, { maxLength: 3 }) });

/** Written apart from the source: the leaves of a value, as Resource Graph lists them. */
function leaves(value: Json, path: string): [string, string][] {
  if (isArray(value) && value.length > 0) return value.flatMap((one, at) => leaves(one, `${path}[${at}]`));
  if (isObject(value) && Object.keys(value).length > 0)
    return Object.entries(value).flatMap(([name, one]) => leaves(one, `${path}.${name}`));
  return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
}
function recordOf(was: Json, is: Json): RecordedValue[] {
  const [before, after] = [was, is].map((one) => new Map(leaves(one, 'properties.acls')));
  return [...new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])]
    .map((path) => ({
      ...{ path, before: before?.get(path) ?? null, after: after?.get(path) ?? null, isCut: false },
    }))
    .filter((one) => one.before !== one.after);
}
const set = (before: Json, after: Json): Edit => ({ op: 'set', pointer: '/properties/acls', before, after });
const scalars = (value: Json) => leaves(value, '').filter(([, text]) => text !== '[]');

test('a record shows the edit that it is of, and no other one that leads to the same body', () => {
  fc.assert(
    fc.property(acls, acls, acls, (was, is, claimed) => {
      const record = recordOf(was, is);
      const hasScalar = JSON.stringify(scalars(was)) !== JSON.stringify(scalars(is));
      expect(showsEdits([set(was, is)], record)).toBe(hasScalar);
      const before = new Map(scalars(was));
      const now = new Map(scalars(is));
      if (!showsEdits([set(claimed, is)], record)) return;
      // Whatever such an undo changes was so before.
      const claims = new Map(scalars(claimed));
      for (const path of new Set([...claims.keys(), ...now.keys()]))
        if (claims.get(path) !== now.get(path)) expect(claims.get(path)).toBe(before.get(path));
    }),
    { numRuns: 2000 },
  );
});

test('equal words that change places are two changes, and each needs its own record', () => {
  const now = { defaultAction: 'Deny', bypass: 'None', ipRules: [{ value: '1.1.1.1', action: 'Allow' }] };
  const swapped = { defaultAction: 'Allow', bypass: 'None', ipRules: [{ value: '1.1.1.1', action: 'Deny' }] };
  const other = recordOf({ ...now, bypass: 'Metrics' }, now);
  expect(showsEdits([set(swapped, now)], other)).toBe(false);
  expect(showsEdits([set(swapped, now)], recordOf(swapped, now))).toBe(true);
});

test('an element is shown by one place of its own list, whole', () => {
  const key = { member: 'value', fold: false };
  const value = (path: string, after: string) => ({ path, before: null, after, isCut: false });
  const shown = [value('p.list[2].value', 'a'), value('p.list[2].action', 'Allow')];
  const add = (after: Json): Edit => ({ op: 'add', pointer: '/p/list', after, key });
  expect(showsEdits([add({ value: 'a', action: 'Allow' })], shown)).toBe(true);
  expect(showsEdits([add({ value: 'a', action: 'Deny' })], shown)).toBe(false);
  expect(
    showsEdits(
      [add({ value: 'a', action: 'Allow' })],
      [shown[0], value('p.list[3].action', 'Allow')].flatMap((one) => one ?? []),
    ),
  ).toBe(false);
  expect(showsEdits([add({ value: 'a' })], shown, 'properties.')).toBe(false);
  expect(showsEdits([{ op: 'remove', pointer: '/p/list', before: { value: 'a' }, key }], shown)).toBe(false);
  expect(
    showsEdits(
      [add({ value: 'a' })],
      shown.map((one) => ({ ...one, isCut: true })),
    ),
  ).toBe(false);
});
