// The colours, keys and command line of the screen follow the terminal and the operator: no colours where they are not
// wanted, sixteen where there are no more, and the operator's own theme from its file.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bastide, freshHome, launcher } from '../support/bastide.ts';
import { openScreen } from '../support/screen.ts';

const cleanups: (() => unknown)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0).toReversed()) clean();
});

function home() {
  const made = freshHome();
  cleanups.push(() => made.remove());
  const themes = path.join(made.folder, 'bastide/themes');
  mkdirSync(themes, { recursive: true });
  writeFileSync(path.join(themes, 'mine.json'), '{"like":"dark","title":"My own","roles":{"heading":"#ff0000"}}');
  writeFileSync(path.join(themes, 'bad.json'), '{"roles":{"heading":"rosy"}}');
  return made;
}

function open(env: Record<string, string>, ...args: string[]) {
  const { folder, env: own } = home();
  const screen = openScreen('sh', [launcher, '--demo=open', ...args], {
    ...{ cols: 100, rows: 30, cwd: folder, wholeEnv: own },
    env,
  });
  cleanups.push(() => screen.kill('SIGKILL'));
  return screen;
}
const idle = (text: string) => /Findings/.test(text) && /f fix/.test(text) && !/Scanning the workspace/.test(text);
const idle2 = (text: string) => /Findings/.test(text) && /x fix/.test(text);
const colours = /\x1b\[[0-9;]*\b(3[0-7]|9[0-7]|38;[25];[0-9;]+)m/;

test('NO_COLOR: no colour whatever the theme, and what is bold or selected is still seen', async () => {
  const screen = open({ NO_COLOR: '1', COLORTERM: 'truecolor' });
  const shown = await screen.until(idle);
  expect(shown).not.toMatch(/FORCE_COLOR|NO_COLOR/);
  await screen.press('T', /Theme \w+/);
  await screen.quiet();
  expect(screen.raw()).not.toMatch(colours);
  expect(screen.raw()).toContain('\x1b[7m');
  expect(screen.raw()).toContain('\x1b[1m');
});

test('sixteen colours: a theme of the operator in the nearest of them, and --color always over NO_COLOR', async () => {
  const screen = open({ NO_COLOR: '1', TERM: 'xterm', COLORTERM: '' }, '--theme', 'mine', '--color', 'always');
  await screen.until(idle);
  expect(screen.raw()).toMatch(/\x1b\[91m/);
  expect(screen.raw()).not.toMatch(/\x1b\[38;/);
});

test('a file that is no theme is named with its member, and refused only where it was asked for', async () => {
  const at = home();
  const asked = await bastide(['scan', '--demo=open', '--theme', 'bad'], at);
  expect(asked.status).toBe(2);
  expect(asked.stderr).toMatch(/themes\/bad\.json, roles\.heading is rosy, expected #rrggbb/);
  const listed = await bastide(['theme'], at);
  expect(listed.status).toBe(0);
  expect(listed.stdout).toMatch(/mine +My own\n +from .*themes\/mine\.json/);
  expect(listed.stdout).toMatch(/Invalid theme files\n.*bad\.json: roles\.heading is rosy/);
  expect((await bastide(['theme', 'bad'], at)).status).toBe(2);
  expect((await bastide(['config', 'set', 'theme', 'mine'], at)).status).toBe(0);
});

test('keys of the operator: kept, refused where they would mean two things, shown in the footer, and used', async () => {
  const at = home();
  const config = (...words: string[]) => bastide(['config', ...words], at);
  const refused = await config('set', 'keys.fix', 'u');
  expect(refused.status).toBe(2);
  expect(refused.stderr).toMatch(/keys\.fix: u is used by undo/);
  expect((await config('set', 'keys.fix', 'x Ctrl+X')).status).toBe(0);
  expect((await config('get', 'keys')).stdout).toMatch(/keys\.fix +x Ctrl\+X/);
  // The footer of a first start offers the tour.
  expect((await config('set', 'tour', 'false')).status).toBe(0);
  const screen = openScreen('sh', [launcher, '--demo=open'], { cols: 100, rows: 30, cwd: at.folder, wholeEnv: at.env });
  cleanups.push(() => screen.kill('SIGKILL'));
  const first = await screen.until((text) => /Findings/.test(text) && /x fix/.test(text) && !/Scanning the/.test(text));
  expect(first).toMatch(/ x = bastide fix /);
  await screen.press('?', /x Ctrl\+X? +fix/);
  await screen.press('\x1b', idle2);
  screen.type('f');
  await screen.press('x', /Cancel/);
  screen.kill('SIGKILL');
  writeFileSync(path.join(at.folder, 'bastide/settings.json'), '{"keys":{"fixx":"x"}}');
  const wrong = openScreen('sh', [launcher, '--demo=open'], { cols: 100, rows: 30, cwd: at.folder, wholeEnv: at.env });
  cleanups.push(() => wrong.kill('SIGKILL'));
  expect((await wrong.exit).exitCode).toBe(2);
  expect(wrong.raw()).toMatch(/keys\.fixx is not a key binding; did you mean keys\.fix\./);
  expect((await config('unset', 'keys.fixx')).status).toBe(0);
});

test('the command line finds things by a few letters, and recalls what was typed in another host', async () => {
  const at = home();
  const shell = openScreen('sh', [launcher, 'explain', 'storage.bypass-azure-services', '--demo=open'], {
    ...{ cols: 100, rows: 30, cwd: at.folder, wholeEnv: at.env },
  });
  cleanups.push(() => shell.kill('SIGKILL'));
  await shell.exit;
  const screen = openScreen('sh', [launcher, '--demo=open'], { cols: 100, rows: 30, cwd: at.folder, wholeEnv: at.env });
  cleanups.push(() => screen.kill('SIGKILL'));
  await screen.until(idle);
  await screen.press(':', /a command, a screen or a name/);
  await screen.press('\x1b[A', /: explain storage\.bypass-azure-services/);
  await screen.press('\x15deut', /deuteranopia +theme: /);
  await screen.press('\t', /: theme deuteranopia/);
  await screen.press('\x15theme ', /theme \[NAME\] +│.*\n.*│ +theme to use from now on/);
  await screen.press('tri\t\r', /\* tritanopia/);
  screen.type('\x1bq');
  expect((await screen.exit).exitCode).toBe(0);
  const kept = readFileSync(path.join(at.folder, 'bastide/lines'), 'utf8');
  expect(kept).toBe('explain storage.bypass-azure-services\ntheme tritanopia\n');
});
