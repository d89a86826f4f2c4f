// What Azure's texts hold never reaches a terminal or a page as it is: every format, every screen, and a fix of everything in
// the world "foreign", whose tags, notes and descriptions are full of what a terminal would obey.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { strange } from '../../src/simulator/worlds/foreign.ts';
import {
  type AuditJson,
  bastide,
  bastideJson,
  freshHome,
  type Home,
  launcher,
  type OutcomeJson,
} from '../support/bastide.ts';
import { inEveryRun, partOf } from '../support/parts.ts';
import { keys, openScreen } from '../support/screen.ts';
import { normalState } from '../support/state.ts';

const cleanups: (() => unknown)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0).toReversed()) clean();
});
function home(): Home {
  const made = freshHome();
  cleanups.push(() => made.remove());
  return made;
}

const demo = '--demo=foreign';
/** All that moves a cursor, hides, turns or reorders text. Line breaks are the writer's own. */
const harmful = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const formats = ['text', 'json', 'ndjson', 'sarif', 'junit', 'markdown', 'html', 'csv'];
const commands = [
  ['audit'],
  ['findings', '--outcome', 'all'],
  ['scan'],
  ['show', 'mlw-sim'],
  ['show', 'stmlarch'],
  ['show', 'keep-archive'],
  ['plan', '--all'],
];

/** Formats for machines differ between commands in nothing but the document. */
const forMachines = new Set(['json', 'ndjson', 'sarif', 'junit']);

inEveryRun(() => {
  describe.each(formats)('%s', (format) => {
    test('holds nothing that a terminal would obey', async () => {
      const at = home();
      for (const command of forMachines.has(format) ? commands.slice(0, 1) : commands) {
        const ran = await bastide([...command, demo, '--format', format], at);
        // A format that a command does not have is refused in words, and those are looked at as well.
        expect([0, 1, 2]).toContain(ran.status);
        // RFC 4180 ends the lines of a table with CR LF.
        for (const line of `${ran.stdout}${ran.stderr}`.split(format === 'csv' ? /\r?\n/ : '\n')) {
          expect(harmful.test(line) ? `${command.join(' ')}: ${JSON.stringify(line)}` : '').toBe('');
        }
      }
    });
  });

  test('the raw texts are in the state that is read, so that the other tests speak of something', async () => {
    const at = home();
    await bastide(['audit', demo], at);
    const state = readFileSync(path.join(at.folder, 'bastide/demo/foreign.json'), 'utf8');
    expect(state).toContain(JSON.stringify(strange).slice(1, -1));
  });

  test('with colours asked for, no colour is a foreign one', async () => {
    const ran = await bastide(['show', 'mlw-sim', demo, '--color', 'always'], home());
    expect(ran.status).toBe(0);
    const own = ran.stdout.replaceAll(/\x1b\[[0-9;]*m/g, '');
    expect(own).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
    expect(ran.stdout).not.toContain('\x1b[31mred');
  });
});

/** Without what the service respells once it writes: letter case of enumerations, and null where a list is empty. */
function spelt(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(spelt);
  if (typeof value === 'string') return value.toLowerCase();
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null && !(Array.isArray(item) && item.length === 0));
  return Object.fromEntries(kept.map(([name, item]) => [name, spelt(item)]));
}

inEveryRun(() => {
  test('everything is fixed, nothing beside it is lost, and all of it is undone', async () => {
    const at = home();
    const state = path.join(at.folder, 'bastide/demo/foreign.json');
    await bastideJson<AuditJson>(['audit', demo], at);
    const before = normalState(state);
    const fixed = await bastideJson<OutcomeJson>(['fix', '--all', '--yes', demo], at);
    expect(fixed.failure).toBeNull();
    expect(fixed.result.steps.filter((step) => step.state !== 'done')).toEqual([]);
    expect(fixed.result.verified.persisting).toEqual([]);
    const after = await bastideJson<AuditJson>(['audit', demo], at);
    expect(after.result.findings.filter((one) => one.outcome === 'fail' && one.fix.kind === 'auto')).toEqual([]);
    const undone = await bastide(['undo', '--yes', demo], at);
    expect(undone.status, undone.stderr).toBe(0);
    expect(spelt(normalState(state))).toEqual(spelt(before));
  });
});

const sizes = [
  [80, 24],
  [140, 40],
] as const;
test.each(partOf(sizes, 2))('no screen of %i x %i shows it', async (cols, rows) => {
  const at = home();
  const screen = openScreen('sh', [launcher, demo], { cols, rows, wholeEnv: at.env, cwd: at.folder });
  cleanups.push(() => screen.kill('SIGKILL'));
  await screen.until((text) => /Findings/.test(text) && !/Scanning the workspace/.test(text));
  // Through the findings, the tree with every resource's own page, the history, the help and the palette.
  for (const key of [keys.tab, keys.tab, keys.enter, keys.escape]) {
    screen.type(key);
    await screen.quiet();
  }
  for (const name of ['mlw-sim', 'stmlarch', 'keep-archive', 'kv-mlsim']) {
    await screen.press(':', /Tab complete/);
    await screen.press(`show ${name}${keys.enter}`, /api-version\s+\d/);
    await screen.quiet();
    for (let page = 0; page < 3; page += 1) screen.type(keys.pageDown);
    await screen.quiet();
    screen.type(keys.escape);
    await screen.quiet();
  }
  await screen.press('?', /u z +undo/);
  screen.type(keys.escape);
  await screen.quiet();
  screen.type('q');
  expect((await screen.exit).exitCode).toBe(0);
  const raw = screen.raw();
  expect(raw).not.toMatch(/\x1b\]8;;https:\/\/example\.org/);
  expect(raw).not.toMatch(/\x1b\]0;title/);
  expect(raw).not.toContain('\x1b[31mred');
  expect(raw).not.toMatch(/[\x80-\x9f\u200b\u202a-\u202e\u2066-\u2069]/);
});
