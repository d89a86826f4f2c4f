// The main job with a screen reader: in a real terminal that can do nothing but lines, and with
// answers written beforehand. Nothing is ever painted over, and nothing is sent without a yes.
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  bastide,
  bastideJson,
  declareNoServerless,
  freshHome,
  type HistoryJson,
  launcher,
} from '../support/bastide.ts';
import { openScreen } from '../support/screen.ts';
import { normalState } from '../support/state.ts';

const cleanups: (() => unknown)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0).toReversed()) clean();
});
function home() {
  const made = freshHome();
  cleanups.push(() => made.remove());
  return { ...made, state: path.join(made.folder, 'bastide/demo/mixed.json') };
}
const drawn = /[\x1b\u2500-\u25ff\u2800-\u28ff]/;

test('in a terminal without any abilities: look, explain, fix, undo, leave, at 80 columns', async () => {
  const at = home();
  await declareNoServerless(at, 'mixed');
  const screen = openScreen('sh', [launcher, '--demo=mixed'], {
    ...{ cols: 80, rows: 200, cwd: at.folder, wholeEnv: at.env },
    env: { TERM: 'dumb', COLORTERM: '' },
  });
  cleanups.push(() => screen.kill('SIGKILL'));
  // Each answer is given when its question is at the end of the output.
  const answer = async (text: string, next: RegExp) => {
    const from = screen.raw().length;
    screen.type(`${text}\r`);
    await screen.until(() => next.test(screen.raw().slice(from)), 30_000);
    return screen.raw().slice(from);
  };
  await screen.until(() => /What now\?[\s\S]*Number or word: $/.test(screen.raw()), 30_000);
  const start = normalState(at.state);
  await answer('areas', /Which area\?[\s\S]*storage accounts: \d+ failing findings?, the worst critical[\s\S]*: $/);
  await answer('1', /Which finding\?[\s\S]*: $/);
  const finding = await answer('1', /Which action for storage\.[\s\S]*: $/);
  expect(finding).toMatch(/Severity critical; it fails\.\r\n[\s\S]*Because: /);
  expect(await answer('explain', /Which action for[\s\S]*: $/)).toMatch(/Why: [\s\S]*Impact: /);
  const plan = await answer('fix', /Apply these \d+ changes to mlw-sim\?[\s\S]*Enter for 0: $/);
  expect(plan).toMatch(/Default action, before: Allow, after: Deny\.[\s\S]*Undo: restores the previous settings\./);
  expect(await answer('', /Which action for[\s\S]*: $/)).toContain('Cancelled: nothing was sent.');
  expect(normalState(at.state)).toEqual(start);
  await answer('fix', /Enter for 0: $/);
  expect(await answer('az', /Enter for 0: $/)).toContain('az storage account update');
  const played = await answer('rehearse', /Enter for 0: $/);
  expect(played).toMatch(/What-if: all \d+ changes would succeed\.[\s\S]*Would be resolved: /);
  // Nobody is cut off but the Internet and compute that is declared as not used: a yes is enough.
  const sent = await answer('1', /Which finding\?[\s\S]*: $/);
  expect(sent).toMatch(
    /Step 1 of \d+, [^\n]*, in progress[\s\S]*Verifying the changes\.[\s\S]*This finding is resolved\./,
  );
  expect(normalState(at.state)).not.toEqual(start);
  // A command line is an answer to every question.
  expect(await answer('undo', /Enter for 0: $/)).toMatch(/Will fail again: /);
  await answer('yes', /Type mlw-sim to undo \d+ changes[\s\S]*: $/);
  await answer('mlw-sim', /Which finding\?[\s\S]*: $/);
  expect(normalState(at.state)).toEqual(start);
  await answer('0', /Which area\?[\s\S]*: $/);
  await answer('back', /What now\?[\s\S]*: $/);
  expect(await answer('history', /Which change\?[\s\S]*: $/)).toMatch(
    /1 {2}undo at [\s\S]*2 {2}fix at [^\n]*\n?[^\n]*undone/,
  );
  await answer('0', /What now\?[\s\S]*: $/);
  screen.type('leave\r');
  expect((await screen.exit).exitCode).toBe(0);
  const raw = screen.raw();
  expect(raw).not.toMatch(drawn);
  // Only whole lines: nothing goes back to the start of one.
  expect(raw.replaceAll('\r\n', '\n')).not.toContain('\r');
  for (const row of raw.split('\r\n')) if (row.length > 80) expect(row).not.toMatch(/\S \S.* \S/);
});

test('an interrupt at a question ends with 130, and nothing was sent', async () => {
  const at = home();
  const screen = openScreen('sh', [launcher, '--demo=open'], {
    ...{ cols: 80, rows: 60, cwd: at.folder, wholeEnv: at.env },
    env: { ACCESSIBLE: '1' },
  });
  cleanups.push(() => screen.kill('SIGKILL'));
  await screen.until(/What now\?[\s\S]*Number or word:$/);
  screen.type('fix all\r');
  await screen.until(/Enter for 0:$/);
  screen.type('\x03');
  expect((await screen.exit).exitCode).toBe(130);
  expect((await bastideJson<HistoryJson>(['history', '--demo=open'], at)).result.entries).toEqual([]);
});

test('a command in such a terminal asks in plain lines too, and reads its plan out', async () => {
  const at = home();
  const screen = openScreen('sh', [launcher, 'fix', 'storage.bypass-azure-services', '--demo=mixed'], {
    ...{ cols: 80, rows: 60, cwd: at.folder, wholeEnv: at.env },
    env: { TERM: 'dumb', COLORTERM: '' },
  });
  cleanups.push(() => screen.kill('SIGKILL'));
  await screen.until(/Undo: restores the previous settings\.[\s\S]*Enter to cancel:$/);
  screen.type('\r');
  expect((await screen.exit).exitCode).toBe(4);
  expect(screen.raw()).toContain('Cancelled: nothing was sent.');
  expect(screen.raw()).not.toMatch(drawn);
});

test('with answers written beforehand: the same words, and the status of the audit where they end', async () => {
  const at = home();
  const answers = ['', 'fix storage.bypass-azure-services', '1', 'whatever', 'audit --format json', 'history'].join(
    '\n',
  );
  const ran = await bastide(['--demo=mixed', '--accessible'], at, answers);
  expect(ran.status).toBe(1);
  expect(ran.stdout).toContain('Number or word: fix storage.bypass-azure-services\n');
  expect(ran.stdout).toMatch(/whatever is not an answer\./);
  expect(ran.stdout).toMatch(/--format is not available here\./);
  expect(ran.stdout).toMatch(/Which change\?\n1 {2}fix at .* done/);
  expect(ran.stdout).not.toMatch(drawn);
  // Who only wants no screen gets the audit, as ever.
  const none = await bastide(['--demo=mixed'], { ...at, env: { ...at.env, TERM: 'dumb' } }, answers);
  expect(none.status).toBe(1);
  expect(none.stdout).not.toContain('What now?');
});
