// The history of audits: each line whole or skipped, none lost to another process, bounded, and never in the way of an audit.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AuditLogOptions, auditLog, auditLogFile } from '../../src/history/audits.ts';
import { diskFiles, type FileLayer } from '../../src/history/files.ts';
import {
  type AuditRecord,
  auditRecordJson,
  auditTrend,
  changeBetween,
  isNews,
  newSince,
  readAuditRecord,
} from '../../src/model/audit-record.ts';
import type { Finding, Outcome } from '../../src/model/finding.ts';
import { intervalWords, nextDelay, readInterval } from '../../src/model/interval.ts';
import { parseJson, stringifyJson } from '../../src/model/json.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-audits-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record = (
  minute: number,
  failing: readonly string[] = ['a@/1'],
  change: Partial<AuditRecord> = {},
): AuditRecord => ({
  at: new Date(Date.UTC(2026, 10, 28, 0, minute)).toISOString(),
  profile: 'all',
  ...{ pass: 1, fail: failing.length, unknown: 0, accepted: 0 },
  bySeverity: { critical: 0, high: failing.length, medium: 0, low: 0, info: 0 },
  failing,
  ...{ unknowns: [], acceptances: [], problems: [] },
  ...change,
});
const options = (change: Partial<AuditLogOptions> = {}): AuditLogOptions => ({
  folder: path.join(folder, 'audits'),
  source: { kind: 'endpoint', name: 'https://x' },
  workspace: '/subscriptions/1/w',
  pid: process.pid,
  ...change,
});
const file = () => auditLogFile(options());

describe('on disk', () => {
  test('the newest is last; other workspaces and sources have their own', async () => {
    expect(await auditLog(options()).all()).toEqual({ records: [], damaged: 0 });
    for (const minute of [1, 2]) await auditLog(options()).add(record(minute));
    expect(await auditLog(options()).all()).toEqual({ records: [record(1), record(2)], damaged: 0 });
    for (const other of [{ workspace: '/w/2' }, { source: { kind: 'azure', name: 'https://x' } as const }]) {
      expect(await auditLog(options(other)).all()).toEqual({ records: [], damaged: 0 });
    }
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test('several at once lose none', async () => {
    const all = Array.from({ length: 8 }, (_, at) => record(at));
    await Promise.all(all.map((one) => auditLog(options()).add(one)));
    const { records } = await auditLog(options()).all();
    expect(records.map(({ at }) => at).toSorted()).toEqual(all.map(({ at }) => at));
    expect(readdirSync(path.dirname(file()))).toEqual([path.basename(file())]);
  });

  test('a line cut off anywhere costs itself alone, and is counted', async () => {
    await auditLog(options()).add(record(1));
    const whole = readFileSync(file());
    for (const length of [1, 40, whole.length - 1]) {
      writeFileSync(file(), Buffer.concat([whole, whole.subarray(0, length)]));
      // Without its line break a line is whole all the same.
      const isWhole = length === whole.length - 1;
      await auditLog(options()).add(record(2));
      const { records, damaged } = await auditLog(options()).all();
      expect([records.length, damaged]).toEqual(isWhole ? [3, 0] : [2, 1]);
      expect(records.at(-1)).toEqual(record(2));
    }
    appendFileSync(file(), 'x\n{"schema":"bastide/audit/v2"}\n\x00\n[]\n');
    expect((await auditLog(options()).all()).damaged).toBe(4);
  });

  test('a disk that fails at any call leaves what was there, and nothing is thrown', async () => {
    await auditLog(options()).add(record(1));
    const before = readFileSync(file());
    for (const call of ['write', 'sync', 'open'] as const) {
      const files: FileLayer = {
        ...diskFiles,
        [call]: (...given: never[]) => {
          if (call === 'write') {
            const [descriptor, bytes] = given as unknown as [number, Uint8Array];
            diskFiles.write(descriptor, bytes.subarray(0, 10), null);
          }
          throw Object.assign(new Error('full'), { code: 'ENOSPC' });
        },
      };
      await auditLog(options({ files })).add(record(2));
      expect(readFileSync(file())).toEqual(before);
    }
    await auditLog(options({ folder: path.join(file(), 'below') })).add(record(2));
    expect(await auditLog(options({ folder: path.join(file(), 'below') })).all()).toMatchObject({ records: [] });
  });

  test('it never grows beyond its bounds: the older half goes', async () => {
    await auditLog(options()).add(record(0));
    const line = readFileSync(file(), 'utf8');
    writeFileSync(file(), line.repeat(1000));
    await auditLog(options()).add(record(1));
    const { records } = await auditLog(options()).all();
    expect(records.length).toBe(500);
    expect(records.at(-1)).toEqual(record(1));
    writeFileSync(file(), '');
    const large = record(
      2,
      Array.from({ length: 4000 }, (_, at) => `rule@/${'x'.repeat(900)}${at}`),
    );
    for (let count = 0; count < 6; count += 1) await auditLog(options()).add(large);
    expect(statSync(file()).size).toBeLessThan(16 * 1024 * 1024);
    expect((await auditLog(options()).all()).records.at(-1)).toEqual(large);
    await auditLog(options()).add(
      record(
        3,
        Array.from({ length: 6000 }, (_, at) => `rule@/${'x'.repeat(900)}${at}`),
      ),
    );
    expect((await auditLog(options()).all()).records.at(-1)).toEqual(large);
  });
});

test('a record is read only in its exact shape', () => {
  const json = auditRecordJson(record(1));
  expect(readAuditRecord(parseJson(stringifyJson(json)))).toEqual(record(1));
  const wrong: Record<string, unknown> = {
    at: ['yesterday', 1, null],
    profile: ['x'],
    fail: [-1, 1.5, '1', null],
    bySeverity: [{}, [], null, { critical: 0 }],
    failing: [null, [1], [''], ['x'.repeat(5000)], {}],
    schema: ['bastide/audit/v2', undefined],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values as never[]) {
      expect([name, value, readAuditRecord({ ...(json as object), [name]: value })]).toEqual([name, value, undefined]);
    }
  }
});

test('what is new: fails and did not, or is unknown and was neither', () => {
  const earlier = record(1, ['a'], { unknowns: ['u'] });
  const isNew = newSince(earlier);
  const news = (id: string, outcome: Outcome) => isNew({ id, outcome } as Finding);
  expect([news('a', 'fail'), news('b', 'fail'), news('u', 'fail')]).toEqual([false, true, false]);
  // What fails and was unknown is not known to be new.
  expect(changeBetween(earlier, record(2, ['a', 'u']))).toEqual({ introduced: [], resolved: [], learned: ['u'] });
  expect([news('a', 'unknown'), news('u', 'unknown'), news('b', 'unknown')]).toEqual([false, false, true]);
  expect([news('b', 'pass'), news('b', 'notApplicable')]).toEqual([false, false]);
  // What became unknown, or is accepted now, is not resolved.
  expect(changeBetween(earlier, record(2, [], { acceptances: ['a'] }))).toEqual({ introduced: [], resolved: [] });
  expect(changeBetween(earlier, record(2, ['b'], { unknowns: ['a'] }))).toEqual({
    introduced: ['b'],
    resolved: [],
    unknown: ['a'],
  });
});

test('the trend is in the order in which audits were kept, whatever the clock said, of one profile', () => {
  const all = [record(3, ['a']), record(1, ['a', 'b']), record(2, ['x'], { profile: 'current' })];
  expect(auditTrend(all, 'all').map(({ at, change }) => [at.slice(14, 16), change])).toEqual([
    ['03', null],
    ['01', { introduced: ['b'], resolved: [] }],
  ]);
});

test('an audit that runs by itself is kept when it says something else, or once an hour', () => {
  expect(isNews([], record(1))).toBe(true);
  expect(isNews([record(1)], record(2))).toBe(false);
  expect(isNews([record(1)], record(2, ['b']))).toBe(true);
  expect(isNews([record(1)], record(61))).toBe(true);
  expect(isNews([record(1, ['a'], { profile: 'current' })], record(2))).toBe(true);
});

test('intervals', () => {
  expect(['30s', '5m', '2H', ' 10s ', '24h'].map(readInterval)).toEqual([
    30_000, 300_000, 7_200_000, 10_000, 86_400_000,
  ]);
  expect(['', '5', '9s', '25h', '1.5h', '-5m', 'm', '99999999m'].map(readInterval)).toEqual(Array(8).fill(null));
  expect([30_000, 300_000, 5_400_000, 0].map(intervalWords)).toEqual(['30s', '5m', '1h30m', '0s']);
  expect(nextDelay(300_000, 20_000, 0)).toBe(280_000);
  expect(nextDelay(10_000, 20_000, 0)).toBe(5000);
  expect([1, 2, 3, 99].map((failed) => nextDelay(60_000, 0, failed))).toEqual([10_000, 20_000, 40_000, 60_000]);
});
