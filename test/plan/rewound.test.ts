// A snapshot taken back record by record: what each kind of record does, and which records count.
import { describe, expect, test } from 'vitest';
import type { RecordedValue, WriteRecord } from '../../src/model/change-record.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { rewound } from '../../src/plan/rewound.ts';
import { account, bodies, group, network, snapshotOf, subnet, vault } from './small-worlds.ts';

const [since, takenAt] = ['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'];
const value = (path: string, before: string | null, after: string | null): RecordedValue => ({
  ...{ path, before, after, isCut: false },
});
const record = (target: string, kind: WriteRecord['kind'], more: Partial<WriteRecord> = {}): WriteRecord => ({
  ...{ id: `${target} ${kind}`, at: '2026-01-01T12:00:00.000Z', target, kind, changedBy: null, changedByType: null },
  ...{ client: null, operation: null, correlation: null, values: [], isCut: false, ...more },
});
const storage = (defaultAction: string, ...ipRules: JsonObject[]): JsonObject => ({
  ...{ id: account, name: 'st', properties: { isHnsEnabled: true, networkAcls: { defaultAction, ipRules } } },
});
const net = { ...bodies.network, properties: { ...bodies.network.properties, subnets: [bodies.subnet] } };
const kept = { id: vault, name: 'kv', properties: { vaultUri: 'x' } };
const back = (all: readonly JsonObject[], ...records: WriteRecord[]) => {
  const { snapshot, deleted, unknown } = rewound(snapshotOf(all, { takenAt }), records, since);
  return {
    ids: snapshot.resources.map(({ id }) => id),
    bodies: snapshot.resources.map(({ body }) => body),
    snapshot,
    deleted,
    unknown,
  };
};
const at = 'properties.networkAcls';
const opened = { values: [value(`${at}.defaultAction`, 'Deny', 'Allow')] };

describe('a changed resource', () => {
  test('has the values from before, as numbers and booleans are', () => {
    const values = [...opened.values, value('properties.isHnsEnabled', 'false', 'true')];
    const found = back([storage('Allow'), kept], record(account.toUpperCase(), 'changed', { values }));
    const was = {
      id: account,
      name: 'st',
      properties: { isHnsEnabled: false, networkAcls: { defaultAction: 'Deny', ipRules: [] } },
    };
    expect(found.bodies).toContainEqual(was);
    expect(found.bodies).toContainEqual(kept);
    expect([found.deleted, found.unknown, found.snapshot.gaps]).toEqual([[], [], []]);
  });
  test('has a text where only other texts, or nothing, tell what it is', () => {
    const of = (id: string, days: JsonObject[string]) => ({ id, name: 'st', properties: { days } });
    const other = account.replace(/st$/, 'other');
    const was = (...all: JsonObject[]) => {
      const values = [value('properties.days', '7', null)];
      return back([of(account, null), ...all], record(account, 'changed', { values })).bodies.find(
        (body) => (body as JsonObject).id === account,
      );
    };
    expect(was()).toEqual(of(account, '7'));
    expect(was(of(other, null))).toEqual(of(account, '7'));
    expect(was(of(other, '30'))).toEqual(of(account, '7'));
    expect(was(of(other, 30))).toEqual(of(account, 7));
    expect(was(of(other, 30), of(`${other}2`, 'none'))).toEqual(of(account, 7));
  });
  test.each([
    ['before the time', '2025-12-31T23:59:59.999Z', 'Allow'],
    ['at the time', since, 'Deny'],
    ['at the scan', takenAt, 'Deny'],
    ['dated after the scan by another clock, which the body shows', '2026-01-02T00:00:00.001Z', 'Deny'],
    ['after the scan', '2026-01-02T00:05:00.001Z', 'Allow'],
  ])('a record %s', (_case, time, action) => {
    const found = back([storage('Allow')], record(account, 'changed', { ...opened, at: time }));
    expect(found.bodies).toEqual([storage(action)]);
  });
  test('a record after the scan that the body does not show', () => {
    const found = back([storage('Deny')], record(account, 'changed', { ...opened, at: '2026-01-02T00:00:00.001Z' }));
    expect([found.bodies, found.unknown]).toEqual([[storage('Deny')], []]);
  });
  test('items of a list come back and go, the first one too', () => {
    const [a, b] = [{ value: '192.0.2.1' }, { value: '192.0.2.2' }];
    const item = (index: number, before: string | null, after: string | null) =>
      value(`${at}.ipRules[${index}].value`, before, after);
    const rules = (is: JsonObject[], ...values: RecordedValue[]) =>
      back([storage('Allow', ...is)], record(account, 'changed', { values })).bodies[0];
    expect(rules([a, b], item(1, null, b.value))).toEqual(storage('Allow', a));
    expect(rules([b, a], item(0, a.value, b.value), item(1, null, a.value))).toEqual(storage('Allow', a));
    expect(rules([a], item(1, b.value, null))).toEqual(storage('Allow', a, b));
  });
  test('of which a record is cut is unknown, with its parts, and unread', () => {
    const found = back([net, bodies.subnet, kept], record(network, 'changed', { isCut: true }));
    expect(found).toMatchObject({ ids: [vault], unknown: [network], deleted: [] });
    const reason = 'The settings of vnet at that time are not known: its change records are incomplete.';
    expect(found.snapshot.gaps).toEqual([network, subnet].map((id) => ({ id, reason, action: '' })));
  });
});

describe('what was created and deleted', () => {
  test('a resource made since is gone, with what is below it', () => {
    const found = back([net, bodies.subnet, kept], record(network, 'created'));
    expect(found).toMatchObject({ ids: [vault], unknown: [], deleted: [] });
    expect(found.snapshot.gaps).toMatchObject([{ id: network, status: 404 }]);
  });
  test('one that was deleted since is told, unless it was made since too, or Bastide knows no such type', () => {
    const gone = (id: string) => ({ resource: id, kind: 'deleted', pointer: '', before: null, after: null });
    expect(back([kept], record(account, 'deleted')).deleted).toEqual([gone(account)]);
    expect(back([kept], record(account, 'changed', opened), record(account, 'deleted')).deleted).toEqual([
      gone(account),
    ]);
    expect(back([kept], record(account, 'created'), record(account, 'deleted')).deleted).toEqual([]);
    expect(back([kept], record(account, 'changed', opened)).deleted).toEqual([]);
    expect(back([kept], record(`${group}/providers/Contoso.Custom/things/w`, 'deleted')).deleted).toEqual([]);
  });
});
