// What is expected of a reading after a series of own changes: the body that they leave, and no older one.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { editChange } from '../../src/model/change.ts';
import { addTo, applyEdit, type Edit, removeFrom, setMember } from '../../src/model/edit.ts';
import type { Entry, EntryStep } from '../../src/model/entry.ts';
import { isArray, isObject, type Json, type JsonObject, sameJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { madeSince, notShown } from '../../src/session/visible.ts';

const id = '/subscriptions/s/resourceGroups/g/providers/Test.Test/things/thing';
const key = { member: null, fold: false };
const start: JsonObject = { properties: { acls: { action: 'Allow', list: ['x'] }, plain: 'Enabled' } };

const wish = fc.oneof(
  fc.record({ pointer: fc.constant('/properties/plain'), value: fc.constantFrom('Enabled', 'Disabled') }),
  fc.record({ pointer: fc.constant('/properties/acls/action'), value: fc.constantFrom('Allow', 'Deny') }),
  fc.record({
    pointer: fc.constant('/properties/acls'),
    value: fc.constantFrom<Json | undefined>(undefined, { action: 'Allow', list: ['x'] }, { action: 'Deny', list: [] }),
  }),
  fc.record({ item: fc.constantFrom('x', 'y', 'z') }),
);
type Wish = typeof wish extends fc.Arbitrary<infer Value> ? Value : never;

/** The edit that a wish comes to in this body; undefined where it changes nothing. */
function editOf(body: Json, wanted: Wish): Edit | undefined {
  const acls = valueAt(body, '/properties/acls');
  if ('item' in wanted) {
    const list = '/properties/acls/list';
    if (!isObject(acls)) return undefined;
    const has = JSON.stringify(valueAt(body, list) ?? []).includes(wanted.item);
    return has ? removeFrom(body, list, wanted.item, key) : addTo(body, list, wanted.item, key);
  }
  if (wanted.pointer === '/properties/acls/action' && !isObject(acls)) return undefined;
  const edit = setMember(body, wanted.pointer, wanted.value);
  return sameJson(edit.before, edit.after) ? undefined : edit;
}

/** Items of lists, and members, come back in another order. */
const sameSets = (one: Json, other: Json): boolean => sameJson(sorted(one), sorted(other));
const sorted = (value: Json): Json =>
  isArray(value)
    ? value.toSorted()
    : isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, sorted(inner)]))
      : value;

const at = '2026-01-01T00:00:00.000Z';
const stepOf = (edits: readonly Edit[], state: EntryStep['state']): EntryStep => ({
  ...{ resource: id, change: editChange(id, edits), findings: [], state, verified: true, begun: at, verifiedAt: at },
  ...{ requestId: null, operation: null, message: null, before: null, after: null },
});
const entryOf = (steps: readonly EntryStep[]): Entry => ({
  ...{ id: 'one', at, by: '', verb: 'fix', findings: [], resources: [id], steps, state: 'done', undoes: null },
  ...{ undoneBy: null, redoes: null, line: '', workspace: null, rehearsal: null },
});
const shown = (steps: readonly EntryStep[], body: Json) =>
  notShown(madeSince([entryOf(steps)], Date.parse(at)), id, {
    ...{ id, type: 'Test.Test/things', apiVersion: '1' },
    body: body as JsonObject,
  });

test('the newest body shows all, and no older one does', () => {
  fc.assert(
    fc.property(fc.array(wish, { minLength: 1, maxLength: 8 }), (wishes) => {
      let body: Json = start;
      const bodies: Json[] = [];
      const steps: EntryStep[] = [];
      for (const one of wishes) {
        const edit = editOf(body, one);
        if (edit === undefined) continue;
        bodies.push(body);
        body = applyEdit(body, edit);
        steps.push(stepOf([edit], 'done'));
      }
      expect(shown(steps, body)).toBeNull();
      for (const old of bodies) if (!sameSets(old, body)) expect(shown(steps, old)).not.toBeNull();
      // Nothing is known of a time before the window.
      expect(madeSince([entryOf(steps)], Date.parse(at) + 1).size).toBe(0);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('a change under way may show or not', () => {
  fc.assert(
    fc.property(fc.array(wish, { minLength: 1, maxLength: 6 }), wish, (wishes, under) => {
      let body: Json = start;
      const steps: EntryStep[] = [];
      for (const one of wishes) {
        const edit = editOf(body, one);
        if (edit === undefined) continue;
        body = applyEdit(body, edit);
        steps.push(stepOf([edit], 'done'));
      }
      const edit = editOf(body, under);
      if (edit === undefined) return;
      const all = [...steps, stepOf([edit], 'sent')];
      expect(shown(all, body)).toBeNull();
      expect(shown(all, applyEdit(body, edit))).toBeNull();
    }),
    { seed: 2, numRuns: 2000 },
  );
});
