// What a write overwrote is found by its correlation ID, however far the clock of this machine was off when it was sent.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { WriteRecord } from '../../src/model/change-record.ts';
import { applyEdits } from '../../src/model/edit.ts';
import { overwroteBy, overwroteByCreation } from '../../src/plan/overwrote.ts';
import { account, acls, bodies, edit, set } from './small-worlds.ts';
import { resourceOf } from './worlds.ts';

const sent = Date.parse('2026-11-30T12:00:00Z');
const minute = 60_000;
const change = edit(account, set(`${acls}/bypass`, undefined, 'AzureServices'));
const correlation = '0f8fad5b-d9cb-469f-a165-70867728950e';
const record = (more: Partial<WriteRecord> = {}): WriteRecord => ({
  ...{ id: 'one', at: new Date(sent).toISOString(), target: account, kind: 'changed', changedBy: 'me' },
  ...{ changedByType: 'User', client: 'Bastide', operation: 'write', correlation, isCut: false },
  values: [{ path: 'properties.networkAcls.bypass', before: null, after: 'AzureServices', isCut: false }],
  ...more,
});
const asked = (begun: number, of: string | undefined, records: readonly WriteRecord[]) => ({
  ...{ begun: new Date(begun).toISOString(), own: ['me'], records, asked: new Date(sent + 10 * minute).toISOString() },
  ...(of === undefined ? {} : { correlation: of }),
});
const reading = resourceOf(bodies.account);
const after = { ...reading, body: applyEdits(reading.body, change.edits) };

test('by the correlation of the request and no clock', () => {
  fc.assert(
    fc.property(fc.integer({ min: -24 * 60, max: 24 * 60 }), fc.boolean(), (off, isKnown) => {
      const input = asked(sent + off * minute, isKnown ? correlation.toUpperCase() : undefined, [record()]);
      const isFound = isKnown || Math.abs(off) <= 5;
      const { overwrote } = overwroteBy({ change, read: reading, after, ...input });
      expect(overwrote.reason).toBe(isFound ? 'nothing-by-records' : 'not-known');
      const creation = { ...input, records: [record({ kind: 'created' })] };
      expect(overwroteByCreation(creation).reason).toBe(isFound ? 'nothing-by-records' : 'not-known');
    }),
  );
});

test('another request of the same identity at the same time is not it', () => {
  const input = asked(sent, correlation.replace('0f', '1f'), [record()]);
  expect(overwroteBy({ change, read: reading, after, ...input }).overwrote.reason).toBe('not-known');
});

test('an edit whose request created the resource found it deleted', () => {
  const made = (of: string | undefined, more: Partial<WriteRecord> = {}) =>
    overwroteBy({ change, read: reading, after, ...asked(sent, of, [record({ kind: 'created', ...more })]) }).overwrote;
  expect(made(correlation)).toEqual({ reason: 'created-again', data: { by: 'record' } });
  // Of another request of the same identity, or of one that no correlation names, it is not known.
  expect(made(correlation.replace('0f', '1f')).reason).toBe('not-known');
  expect(made(correlation, { correlation: null }).reason).toBe('not-known');
  expect(made(undefined).reason).toBe('not-known');
  expect(made(correlation, { changedBy: 'another' }).reason).toBe('not-known');
});
