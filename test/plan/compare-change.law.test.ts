// What moved says what was expected and what is there: never nothing of both.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Edit } from '../../src/model/edit.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { compareChange } from '../../src/plan/compare-change.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { account, edit, set } from './small-worlds.ts';
import { resourceOf } from './worlds.ts';

const value: fc.Arbitrary<Json | undefined> = fc.constantFrom<(Json | undefined)[]>(
  undefined,
  'Deny',
  'Allow',
  null,
  [],
  {},
);
const key = { member: 'value', fold: false };
const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(value, value).map(([before, after]) => set('/properties/networkAcls/defaultAction', before, after)),
  fc.constantFrom<Edit[]>(
    { op: 'add', pointer: '/properties/networkAcls/ipRules', after: { value: '198.51.100.1' }, key },
    { op: 'remove', pointer: '/properties/networkAcls/ipRules', before: { value: '198.51.100.2' }, key },
  ),
);
const acls: fc.Arbitrary<Json | undefined> = fc.oneof(
  fc.constantFrom<(Json | undefined)[]>(undefined, null, 'none', []),
  fc.record<Record<string, Json>>(
    {
      defaultAction: fc.constantFrom<Json[]>('Deny', 'Allow'),
      ipRules: fc.constantFrom<Json[]>([], 'all', [{ value: '198.51.100.1', action: 'Deny' }]),
    },
    { requiredKeys: [] },
  ),
);

test('of each setting that moved', () => {
  let moved = 0;
  fc.assert(
    fc.property(edits, acls, fc.boolean(), (one, networkAcls, hasProperties) => {
      const properties: JsonObject = networkAcls === undefined ? {} : { networkAcls };
      const now = resourceOf({ id: account, name: 'st', ...(hasProperties ? { properties } : {}) });
      const comparison = compareChange(edit(account, one), now, resourceTypeOf(now.type));
      if (comparison.state !== 'moved') return;
      moved += 1;
      for (const { expected, found } of comparison.moved) expect(expected === null && found === null).toBe(false);
    }),
    { numRuns: 500, seed: 20261201 },
  );
  expect(moved).toBeGreaterThan(50);
});
