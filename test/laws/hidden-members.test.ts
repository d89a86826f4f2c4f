// What an older api-version does not show is not known. For each member of the table, at each older version that a cloud may answer with:
// a rule that reads it never passes, nor is it out of scope by it; what fails stays a failure.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { versionTable } from '../../src/model/api-version-table.ts';
import { isOlder, membersHiddenAt, showsMember } from '../../src/model/api-versions.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { parsePointer, valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { CheckResult, Rule } from '../../src/rules/rule.ts';
import { snapshotOf } from '../support/snapshot.ts';

const [model] = rules;
if (model === undefined) throw new Error('no rule');

/** A rule about one resource that asks `judge` about its body. */
const ruleOf = (id: string, judge: (body: JsonObject) => CheckResult['outcome']): Rule => ({
  ...model,
  id: 'law.member',
  about: 'Microsoft.Resources/subscriptions',
  for: ['service-endpoint', 'private-endpoint', 'managed-network'],
  strategyScope: 'workspace',
  subjects: () => [{ resource: id }],
  check: (_subject, { index }) => ({ outcome: judge(index.get(id)?.body ?? {}), because: 'it was read.' }),
});

/** Types that stand for those of a row: of a namespace any of them. */
const typesOf = (types: readonly string[]) => types.map((type) => (type.includes('/') ? type : `${type}/things`));
const idOf = (type: string): string => {
  const [namespace = '', ...parts] = type.split('/');
  return `/subscriptions/s/resourceGroups/g/providers/${namespace}/${parts.map((one) => `${one}/x`).join('/')}`;
};
const bodyOf = (id: string, pointer: string, value: string | undefined): JsonObject => {
  const [, name = '', below] = parsePointer(pointer);
  const set = value === undefined ? {} : { [name]: below === undefined ? value : { [below]: value } };
  return { id, properties: { other: 'here', ...set } };
};
const shownAt = (type: string, apiVersion: string, body: JsonObject): Snapshot => {
  const snapshot = snapshotOf();
  const resource: Resource = { id: idOf(type), type, apiVersion, body };
  return {
    ...snapshot,
    source: { ...snapshot.source, kind: 'azure' } as Snapshot['source'],
    resources: [...snapshot.resources, resource],
  };
};
const outcome = (snapshot: Snapshot, rule: Rule) => audit(snapshot, [rule]).findings.map((one) => one.outcome);

const cells = versionTable.flatMap(({ types, read: [first, ...older], members = {} }) =>
  typesOf(types).flatMap((type) =>
    Object.keys(members).flatMap((pointer) =>
      older
        .filter((version) => !showsMember(type, pointer, version) && showsMember(type, pointer, first))
        .map((version) => ({ type, pointer, version, first })),
    ),
  ),
);
/** Asked for at another version besides: there, or a read failure of its own. */
const isAsked = (type: string, pointer: string) =>
  (resourceTypeOf(type).extraMembers ?? []).some(({ members }) => members.includes(pointer));

describe('a member that an older version hides', () => {
  test('there are such, of several services', () => {
    for (const { pointer } of cells) expect([2, 3]).toContain(parsePointer(pointer).length);
    expect(cells.length).toBeGreaterThan(20);
    expect(new Set(cells.map(({ type }) => type.split('/')[0])).size).toBeGreaterThan(4);
    for (const { type, pointer, version, first } of cells) {
      expect(isOlder(version, first)).toBe(true);
      expect(membersHiddenAt(type, version)).toContain(pointer);
      expect(membersHiddenAt(type, first)).toEqual([]);
    }
  });

  test.each(cells.filter(({ type, pointer }) => !isAsked(type, pointer)))(
    '$type $pointer at $version',
    ({ type, pointer, version, first }) => {
      const id = idOf(type);
      const absent = bodyOf(id, pointer, undefined);
      const reads = (whenAbsent: CheckResult['outcome']) =>
        ruleOf(id, (body) => (valueAt(body, pointer) === undefined ? whenAbsent : 'fail'));
      for (const said of ['pass', 'notApplicable'] as const) {
        expect(outcome(shownAt(type, first, absent), reads(said))).toEqual([said]);
        expect(outcome(shownAt(type, version, absent), reads(said))).toEqual(['unknown']);
      }
      // What fails anyway stays a failure, and what does not read the member says what it said.
      expect(outcome(shownAt(type, version, absent), reads('fail'))).toEqual(['fail']);
      expect(outcome(shownAt(type, version, bodyOf(id, pointer, 'set')), reads('pass'))).toEqual(['fail']);
      const other = ruleOf(id, (body) => (valueAt(body, '/properties/other') === 'here' ? 'pass' : 'fail'));
      expect(outcome(shownAt(type, version, absent), other)).toEqual(['pass']);
    },
  );

  test('of a part that is listed in its resource is not known either', () => {
    const table = 'Microsoft.Network/routeTables';
    const id = idOf(table);
    const body: JsonObject = { id, properties: { routes: [{ name: 'r', properties: { nextHopType: 'None' } }] } };
    const reads = ruleOf(id, (one) =>
      valueAt(one, '/properties/routes/0/properties/nextHop') === undefined ? 'pass' : 'fail',
    );
    expect(outcome(shownAt(table, '2025-07-01', body), reads)).toEqual(['pass']);
    expect(outcome(shownAt(table, '2024-01-01', body), reads)).toEqual(['unknown']);
  });

  test('that decides who the subjects are leaves one that stands for those it hides', () => {
    const table = 'Microsoft.Network/routeTables';
    const id = idOf(table);
    const none: Rule = {
      ...ruleOf(id, () => 'pass'),
      subjects: ({ index }) =>
        valueAt(index.get(id)?.body ?? {}, '/properties/disablePeeringRoute') === undefined ? [] : [{ resource: id }],
    };
    const absent = bodyOf(id, '/properties/disablePeeringRoute', undefined);
    expect(outcome(shownAt(table, '2025-07-01', absent), none)).toEqual([]);
    expect(outcome(shownAt(table, '2024-01-01', absent), none)).toEqual(['unknown']);
  });

  test('is absent where a file says so', () => {
    const type = 'Microsoft.Network/routeTables';
    const pointer = '/properties/disablePeeringRoute';
    const id = idOf(type);
    const snapshot = shownAt(type, '2024-01-01', bodyOf(id, pointer, undefined));
    const file: Snapshot = { ...snapshot, source: { kind: 'files', name: 'f' } as Snapshot['source'] };
    const reads = ruleOf(id, (body) => (valueAt(body, pointer) === undefined ? 'pass' : 'fail'));
    expect(outcome(file, reads)).toEqual(['pass']);
  });
});
