// From Welcome into a workspace: the real program against a simulator in another process, which remembers what it read.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bastide, freshHome, type Home, launcher } from '../support/bastide.ts';
import { firstLine, stopped } from '../support/child.ts';
import { openScreen } from '../support/screen.ts';

let home: Home;
let server: ChildProcess;
let source: readonly string[];
beforeAll(async () => {
  const made = freshHome();
  server = spawn('sh', [launcher, 'simulate', '--world', 'limited'], {
    env: made.env,
    cwd: made.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ready = JSON.parse(await firstLine(server)) as Record<string, string>;
  const env = {
    AZURE_TENANT_ID: ready.tenant ?? '',
    AZURE_CLIENT_ID: ready.client ?? '',
    AZURE_CLIENT_SECRET: ready.secret ?? '',
  };
  home = { ...made, env: { ...made.env, ...env } };
  source = ['--endpoint', ready.endpoint ?? '', '--ca', ready.ca ?? ''];
});
afterAll(async () => {
  await stopped(server);
  home.remove();
});

test('a workspace that was read is offered where another cannot be, and Enter opens it on the screen that was set', async () => {
  const file = path.join(home.folder, 'bastide/recent.json');
  expect((await bastide(['audit', '--demo=open', '--fail-on', 'never'], home)).status).toBe(0);
  expect(existsSync(file)).toBe(false);
  expect((await bastide(['audit', ...source, '--fail-on', 'never'], home)).status).toBe(0);
  const { workspaces } = JSON.parse(readFileSync(file, 'utf8'));
  expect(workspaces).toMatchObject([{ source: { kind: 'endpoint', name: source[1] } }]);
  const name = workspaces[0].id.split('/').at(-1);

  expect((await bastide(['config', 'set', 'screen', 'nowhere'], home)).status).toBe(2);
  expect((await bastide(['config', 'set', 'screen', 'findings'], home)).status).toBe(0);
  const words = [launcher, ...source, '--workspace', 'nobody'];
  const screen = openScreen('sh', words, { cols: 120, rows: 30, wholeEnv: home.env, cwd: home.folder });
  try {
    const text = await screen.until('Enter to open');
    expect(text).toContain('No workspace is called nobody');
    expect(text).toMatch(new RegExp(`${name} .*opened 20`));
    await screen.press('\r', /Findings/);
    await screen.until((shown) => /f fix/.test(shown) && !/Enter to open|Scanning the workspace/.test(shown));
    screen.type('q');
    expect((await screen.exit).exitCode).toBe(0);
  } finally {
    screen.kill('SIGKILL');
  }
});

test('a demo whose state cannot be used says so on its screen, and is read once the file is removed', async () => {
  const file = path.join(home.folder, 'bastide/demo/mixed.json');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, '{broken');
  const screen = openScreen('sh', [launcher, '--demo=mixed'], {
    cols: 120,
    rows: 30,
    wholeEnv: home.env,
    cwd: home.folder,
  });
  try {
    expect(await screen.until('Retry')).toContain('cannot be used');
    expect(readFileSync(file, 'utf8')).toBe('{broken');
    rmSync(file);
    await screen.press('r', /\d+ pass/);
    screen.type('q');
    expect((await screen.exit).exitCode).toBe(0);
  } finally {
    screen.kill('SIGKILL');
  }
});

test('where the home cannot be written an audit is the same, and nothing is said of it', async () => {
  const blocked = path.join(home.folder, 'blocked');
  writeFileSync(blocked, '');
  const there: Home = { ...home, env: { ...home.env, XDG_STATE_HOME: blocked, BASTIDE_HOME: '' } };
  const { status, stderr } = await bastide(['audit', ...source, '--fail-on', 'never'], there);
  expect([status, stderr.includes('recent')]).toEqual([0, false]);
});
