// What the last run saw: whole on disk or absent, trusted only in its own shape, and no other run is blocked by it.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lastRunFiles, lastRunStore } from '../../src/history/last-run.ts';
import { type ProfileChoice, profileChoices } from '../../src/model/assumption.ts';
import { compareReports } from '../../src/model/compare.ts';
import type { Finding, Outcome, Report } from '../../src/model/finding.ts';
import { parseJson, stringifyJson } from '../../src/model/json.ts';
import { type LastRun, lastRunJson, lastRunOf, readLastRun, sinceThen, sinceWords } from '../../src/model/last-run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-seen-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = '2026-03-01T12:00:00.000Z';
const options = (more: { workspace?: string; profile?: ProfileChoice; below?: string } = {}) => ({
  folder: path.join(folder, more.below ?? 'seen'),
  source: { kind: 'demo', name: 'demo:open' } as const,
  workspace: more.workspace ?? '/subscriptions/s/resourceGroups/g/providers/M/workspaces/w',
  profile: more.profile ?? ('all' as const),
});
const seen = (verdicts: readonly (readonly [string, Outcome])[], profile: ProfileChoice = 'all'): LastRun => ({
  at,
  profile,
  verdicts: new Map(verdicts),
});
const report = (
  verdicts: ReadonlyMap<string, Outcome>,
  profile: ProfileChoice = 'all',
  rules: readonly string[] = [...verdicts.keys()],
): Report => ({
  snapshot: 's',
  architecture: { answer: 'service-endpoint', votes: [], by: 'default' },
  ...{ profile, rules },
  reading: { failed: [], missing: [] },
  summary: {
    pass: 0,
    fail: 0,
    unknown: 0,
    notApplicable: 0,
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    rollUps: 0,
    accepted: 0,
  },
  findings: [...verdicts].map(([id, outcome]) => ({ id, outcome }) as Finding),
});

const outcome = fc.constantFrom<Outcome>('pass', 'fail', 'unknown', 'notApplicable');
const verdicts = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 12, unit: 'binary' }), outcome), {
    selector: ([id]) => id,
  })
  .map((all) => new Map(all));
const profile = fc.constantFrom(...profileChoices);

describe('laws', () => {
  test('what is kept is what is read, and files of workspaces and profiles never meet', async () => {
    await fc.assert(
      fc.asyncProperty(verdicts, profile, async (all, by) => {
        const now = lastRunOf(report(all, by), at);
        await lastRunStore(options({ profile: by })).keep(now);
        expect(await lastRunStore(options({ profile: by })).get()).toEqual({ seen: now, note: null });
        expect(await lastRunStore(options({ profile: by, workspace: '/other' })).get()).toEqual({
          seen: null,
          note: null,
        });
      }),
      { numRuns: 30 },
    );
  });

  test('against itself nothing has changed; every finding that changed is in one list and no other in any', () => {
    fc.assert(
      fc.property(verdicts, verdicts, (before, after) => {
        const rules = [...before.keys(), ...after.keys()];
        const old = lastRunOf(report(before, 'all', rules), at);
        expect(sinceWords(sinceThen(old, report(before, 'all', rules)))).toBe('no changes');
        const { resolved, introduced, unknown, gone } = sinceThen(old, report(after, 'all', rules));
        const all = [...resolved, ...introduced, ...unknown, ...gone];
        expect(new Set(all).size).toBe(all.length);
        for (const id of new Set([...before.keys(), ...after.keys()])) {
          const [was, is] = [before.get(id), after.get(id)];
          expect(resolved.includes(id), id).toBe(was === 'fail' && is === 'pass');
          expect(introduced.includes(id), id).toBe(was !== 'fail' && is === 'fail');
          expect(unknown.includes(id), id).toBe((was === 'fail' || was === 'pass') && is === 'unknown');
          expect(gone.includes(id), id).toBe(was === 'fail' && (is === undefined || is === 'notApplicable'));
        }
        // What a comparison of two whole reports calls resolved is either fixed or gone, and never both.
        const compared = compareReports(report(before, 'all', rules), report(after, 'all', rules));
        expect([...resolved, ...gone].toSorted()).toEqual([...compared.resolved].toSorted());
      }),
    );
  });

  test('a file that was changed anywhere is trusted whole or not at all, and nothing throws', async () => {
    const text = stringifyJson(
      lastRunJson(
        seen([
          ['a@/x', 'fail'],
          ['b@/y', 'pass'],
          ['c@/z', 'unknown'],
        ]),
      ),
    );
    const store = lastRunStore(options());
    mkdirSync(options().folder);
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length), fc.nat(6), fc.string({ maxLength: 6 }), async (from, cut, more) => {
        writeFileSync(lastRunFiles(options())[0], text.slice(0, from) + more + text.slice(from + cut));
        const { seen: read, note } = await store.get();
        if (read === null) expect(note).toMatch(/is damaged and will be replaced \(.*\)\.$/);
        else expect(readLastRun(lastRunJson(read))).toEqual(read);
      }),
      { numRuns: 200 },
    );
  });
});

test('it holds ids and outcomes and nothing else, readable by its owner only', async () => {
  const full = {
    id: 'a@/x',
    outcome: 'fail',
    because: 'secret',
    evidence: [{ value: 'secret' }],
  } as unknown as Finding;
  await lastRunStore(options()).keep(lastRunOf({ ...report(new Map()), findings: [full] }, at));
  const file = lastRunFiles(options())[0];
  expect(parseJson(readFileSync(file, 'utf8'))).toEqual({
    schema: 'bastide/seen/v1',
    at,
    profile: 'all',
    fail: ['a@/x'],
    unknown: [],
    pass: [],
    rules: [],
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(path.dirname(file))).toHaveLength(1);
});

const good = { schema: 'bastide/seen/v1', at, profile: 'all', fail: [], unknown: [], pass: [] };
test.each([
  ['another version', { ...good, schema: 'bastide/seen/v2' }],
  ['another profile', { ...good, profile: 'current' }],
  ['no date', { ...good, at: '2026-99-01T12:00:00Z' }],
  ['a date with more', { ...good, at: `${at}\x1b[2J` }],
  ['two outcomes for one', { ...good, fail: ['a'], pass: ['a'] }],
  ['no list', { ...good, fail: {} }],
  ['no text', { ...good, fail: [1] }],
  ['an endless id', { ...good, fail: ['a'.repeat(5000)] }],
  ['a list', []],
])('%s is no such file', async (_what, content) => {
  mkdirSync(options().folder);
  writeFileSync(lastRunFiles(options())[0], stringifyJson(content));
  expect(await lastRunStore(options()).get()).toEqual({ seen: null, note: expect.stringMatching(/is damaged/) });
});

test('a file of version 0.1 counts under its old name until there is one under the new name', async () => {
  const mine = options({ profile: 'article-2020' });
  const [file, older = ''] = lastRunFiles(mine);
  expect([path.basename(file), path.basename(older)]).toEqual([
    expect.stringMatching(/-article-2020\.json$/),
    expect.stringMatching(/-seed-2020\.json$/),
  ]);
  mkdirSync(mine.folder);
  writeFileSync(older, stringifyJson({ ...good, profile: 'seed-2020', fail: ['a@/x'] }));
  const store = lastRunStore(mine);
  expect((await store.get()).seen).toEqual({ at, profile: 'article-2020', verdicts: new Map([['a@/x', 'fail']]) });
  await store.keep(seen([['b@/y', 'fail']], 'article-2020'));
  expect((await store.get()).seen?.verdicts).toEqual(new Map([['b@/y', 'fail']]));
});

test('what is no file, or too large a one, is not read; what cannot be written is not kept; nothing throws', async () => {
  const store = lastRunStore(options());
  mkdirSync(lastRunFiles(options())[0], { recursive: true });
  expect((await store.get()).note).toMatch(/is damaged/);
  await store.keep(seen([['a', 'fail']]));
  rmSync(lastRunFiles(options())[0], { recursive: true });
  symlinkSync('/dev/zero', lastRunFiles(options())[0]);
  expect((await store.get()).note).toMatch(/is damaged/);
  await store.keep(seen([['a', 'fail']]));
  expect((await store.get()).seen?.verdicts).toEqual(new Map([['a', 'fail']]));
  // Too much to keep: what was kept before stays.
  await store.keep(seen([...Array(8000).keys()].map((n) => [`${n}@${'x'.repeat(3000)}`, 'pass'] as const)));
  expect((await store.get()).seen?.verdicts.size).toBe(1);
  writeFileSync(path.join(folder, 'file'), '');
  const nowhere = lastRunStore(options({ below: 'file/seen' }));
  await nowhere.keep(seen([]));
  expect((await nowhere.get()).seen).toBeNull();
});

test('it is said in a few words', () => {
  const since = sinceThen(
    seen([
      ['a', 'fail'],
      ['b', 'fail'],
      ['c', 'pass'],
      ['d', 'fail'],
      ['e', 'fail'],
    ]),
    report(
      new Map<string, Outcome>([
        ['a', 'pass'],
        ['b', 'pass'],
        ['c', 'unknown'],
        ['d', 'unknown'],
        ['f', 'fail'],
      ]),
    ),
  );
  expect(sinceWords(since)).toBe('2 resolved, 1 new failing, 2 now unknown, 1 no longer checked');
});
