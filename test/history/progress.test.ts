// The progress of guided walks: whole on disk before and after every change, nothing lost between two walks, never begun anew
// when it cannot be read.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { progressStore } from '../../src/history/guide-progress.ts';
import {
  actingOn,
  freshProgress,
  type GuideProgress,
  isBegun,
  readProgress,
  settledWith,
  shownAt,
  undone,
  withAnswer,
  withSeen,
  withSkipped,
} from '../../src/model/guide-progress.ts';
import type { Json } from '../../src/model/json.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-progress-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = '2026-03-01T12:00:00.000Z';
const open = (workspace = '/subscriptions/s/resourceGroups/g/providers/M/workspaces/w') =>
  progressStore({
    folder: path.join(folder, 'guide'),
    source: { kind: 'demo', name: 'demo:open' },
    workspace,
    pid: process.pid,
    now: () => new Date(at),
  });
const fileOf = () => path.join(folder, 'guide', readdirSync(path.join(folder, 'guide'))[0] ?? '');

const id = fc.string({ minLength: 1, maxLength: 12 });
const step: fc.Arbitrary<(progress: GuideProgress) => GuideProgress> = fc.oneof(
  id.map((one) => (now: GuideProgress) => shownAt(now, one)),
  id.map((one) => (now: GuideProgress) => withSkipped(now, one)),
  id.map((one) => (now: GuideProgress) => withSeen(now, one)),
  id.map((one) => (now: GuideProgress) => actingOn(now, one, at)),
  fc.tuple(id, id).map(
    ([one, name]) =>
      (now: GuideProgress) =>
        withAnswer(now, one, name, 'value'),
  ),
  fc.tuple(fc.array(id), fc.option(id)).map(
    ([ids, entry]) =>
      (now: GuideProgress) =>
        settledWith(now, ids, entry),
  ),
  id.map((one) => (now: GuideProgress) => undone(now, one)),
);

describe('progress', () => {
  test('whatever happens in a guide session is read back as it was', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const progress = steps.reduce((now, one) => one(now), freshProgress(at));
        expect(readProgress(JSON.parse(JSON.stringify(progress)) as Json)).toEqual(progress);
      }),
    );
  });
  test('what is fixed is neither skipped nor in progress, and what is undone is not asked about again', () => {
    const begun = actingOn(withAnswer(withSkipped(freshProgress(at), 'a'), 'a', 'sku', 'Premium'), 'a', at);
    const done = settledWith(begun, ['a', 'b'], 'entry-1');
    expect(done).toMatchObject({ skipped: [], acting: null, answers: {}, done: [{ finding: 'a' }, { finding: 'b' }] });
    expect(undone(done, 'entry-1')).toMatchObject({ skipped: ['a', 'b'], done: [] });
    expect([isBegun(freshProgress(at)), isBegun(begun)]).toEqual([false, true]);
  });
});

describe('on disk', () => {
  test('nothing is made before the first change; then one file that only its owner reads', async () => {
    expect(await open().get()).toEqual(freshProgress(at));
    expect(readdirSync(folder)).toEqual([]);
    await open().update((now) => withSkipped(now, 'a'));
    expect(await open().get()).toMatchObject({ skipped: ['a'] });
    expect(readdirSync(path.join(folder, 'guide'))).toHaveLength(1);
  });
  test('two sessions at once lose nothing of each other, and other workspaces are separate', async () => {
    const [one, other] = [open(), open()];
    const names = Array.from({ length: 20 }, (_, index) => `finding-${index}`);
    await Promise.all(names.map((name, index) => (index % 2 ? one : other).update((now) => withSkipped(now, name))));
    expect((await open().get()).skipped.toSorted()).toEqual(names.toSorted());
    expect(await open('/another').get()).toEqual(freshProgress(at));
    await open().forget();
    expect(isBegun(await one.get())).toBe(false);
  });
  test.each([
    '',
    '{',
    '[]',
    '{"schema":"bastide/progress/v1"}',
    '{"schema":"other","progress":{}}',
    '{"schema":"bastide/progress/v1","progress":{"since":"2026","at":1}}',
  ])('a damaged file (%s) is named and left as it is, until the walk is started over', async (text) => {
    await open().update((now) => withSkipped(now, 'a'));
    const file = fileOf();
    writeFileSync(file, text);
    await expect(open().get()).rejects.toMatchObject({
      code: 'progress-damaged',
      message: expect.stringContaining(file),
    });
    await expect(open().update((now) => now)).rejects.toMatchObject({ code: 'progress-damaged' });
    expect(readFileSync(file, 'utf8')).toBe(text);
    await open().forget();
    expect(await open().get()).toEqual(freshProgress(at));
  });
  test('a folder that cannot be written is a failure that says so', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'guide'), 'a file where the folder should be');
    await expect(open().update((now) => now)).rejects.toMatchObject({ code: 'progress-not-writable', exit: 2 });
  });
});
