// What has changed since the last time, reported by the shell, on the screen and line by line, over one folder.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { SinceLast } from '../../src/render/audit-result.ts';
import {
  type AuditJson,
  bastide,
  bastideJson,
  declareNoServerless,
  freshHome,
  type Home,
  launcher,
} from '../support/bastide.ts';
import { openScreen, type TestScreen } from '../support/screen.ts';

const homes: Home[] = [];
const opened: TestScreen[] = [];
const home = () => {
  const made = freshHome();
  homes.push(made);
  return made;
};
afterEach(async () => {
  for (const screen of opened.splice(0)) {
    screen.kill('SIGKILL');
    await screen.exit;
  }
  for (const made of homes.splice(0)) made.remove();
});

const folderOf = (at: Home) => path.join(at.folder, 'bastide/seen');
const since = async (at: Home, ...more: string[]) => {
  const { result, status } = await bastideJson<AuditJson & { since?: SinceLast }>(
    ['audit', '--demo=mixed', ...more],
    at,
  );
  expect(status).toBe(1);
  return result.since;
};
const rule = 'storage.default-action-deny';

test('a run tells what the one before did not see yet, whatever host that was', async () => {
  const at = home();
  await declareNoServerless(at, 'mixed');
  expect(await since(at, '--since-last')).toMatchObject({
    at: null,
    note: null,
    resolved: [],
    mended: [],
    introduced: [],
  });
  // Without the flag nothing is reported, and what was seen is kept all the same.
  await bastideJson(['fix', rule, '--yes', '--demo=mixed'], at);
  const first = readFileSync(path.join(folderOf(at), readdirSync(folderOf(at))[0] ?? ''), 'utf8');
  const told = await bastide(['audit', '--demo=mixed', '--since-last'], at);
  expect(told.stdout).toMatch(/^Since \d{4}-\d\d-\d\d \d\d:\d\d UTC: [1-9]\d* resolved/m);
  expect(told.stdout).toMatch(new RegExp(`^✓ ${rule.replace('.', '\\.')} on \\S+ {2}resolved$`, 'm'));
  expect(await since(at)).toBeUndefined();
  expect((await since(at, '--since-last'))?.resolved).toEqual([]);
  // Another profile has seen nothing yet.
  expect((await since(at, '--since-last', '--profile', 'article-2020'))?.at).toBeNull();

  // As if the fix had come after: the screen says so at its start, and what it saw is what the next compares with.
  const [file = ''] = readdirSync(folderOf(at)).filter((name) => name.endsWith('-all.json'));
  writeFileSync(path.join(folderOf(at), file), first);
  const date = /"at":"(.{10})T(.{5})/.exec(first);
  const screen = openScreen('sh', [launcher, '--demo=mixed'], { cols: 140, rows: 40, env: at.env });
  opened.push(screen);
  const shown = await screen.until(/Since \d{4}/);
  expect(shown).toMatch(new RegExp(`Since ${date?.[1]} ${date?.[2]} UTC {2}\\d+ resolved`));
  expect(shown).toMatch(/✓ storage\.default-action-deny on \S+/);
  expect(shown).not.toContain('First scan');
  screen.type('q');
  await screen.exit;
  expect((await since(at, '--since-last'))?.resolved).toEqual([]);

  writeFileSync(path.join(folderOf(at), file), first);
  const lines = await bastide(['--accessible', '--demo=mixed'], at, '0\n');
  expect(lines.stdout).toMatch(/^Since \d{4}-\d\d-\d\d \d\d:\d\d UTC: \d+ resolved/m);
  expect(lines.stdout).toMatch(/^ok, storage\.default-action-deny on \S+, resolved$/m);

  // A world that starts over has no last time.
  expect((await since(at, '--since-last', '--fresh'))?.at).toBeNull();
});

test('a damaged file is said and written anew, and files have no last time', async () => {
  const at = home();
  await since(at);
  const file = path.join(folderOf(at), readdirSync(folderOf(at))[0] ?? '');
  writeFileSync(file, '{"schema":"bastide/seen/v1","at":"\u001b[2J"}');
  const screen = openScreen('sh', [launcher, '--demo=mixed'], { cols: 140, rows: 40, env: at.env });
  opened.push(screen);
  await screen.until(/The last run cannot be compared: .* is damaged/);
  await screen.until('First scan');
  screen.type('q');
  await screen.exit;
  expect(await since(at, '--since-last')).toMatchObject({ note: null, resolved: [], mended: [], introduced: [] });
  writeFileSync(file, '[]');
  const told = await bastide(['audit', '--demo=mixed', '--since-last'], at);
  expect(told.stdout).toMatch(/The last run cannot be compared/);
  expect(told.status).toBe(1);

  const snapshot = path.join(at.folder, 'snapshot.json');
  await bastide(['scan', '--demo=mixed', '--output', snapshot], at);
  const offline = home();
  const refused = await bastide(['audit', '--from', snapshot, '--since-last'], offline);
  expect([refused.status, refused.stderr]).toEqual([
    2,
    expect.stringContaining('--since-last does not work with files'),
  ]);
  expect((await bastide(['audit', '--from', snapshot], offline)).status).toBe(1);
  expect(existsSync(folderOf(offline))).toBe(false);
});
