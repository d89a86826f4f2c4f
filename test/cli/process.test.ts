// The program as a process: which Node runs it, signals, readers that go away, hostile text, a terminal's questions.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { spawn as openTerminal } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator } from '../../src/simulator/index.ts';
import {
  bastide,
  bastideJson,
  freshHome,
  type HistoryJson,
  type Home,
  homeFor,
  launcher,
  root,
} from '../support/bastide.ts';

let home: Home;
beforeAll(() => {
  home = freshHome();
});
afterAll(() => home.remove());

test('the launcher works through links, from any folder, with the Node that is installed with it', () => {
  const link = path.join(home.folder, 'bastide-link');
  symlinkSync(launcher, path.join(home.folder, 'first'));
  symlinkSync('first', link);
  const ran = spawnSync(link, ['version', '--format', 'json'], {
    env: { ...home.env, PATH: '/usr/bin:/bin' },
    cwd: '/',
    encoding: 'utf8',
  });
  expect(ran.status).toBe(0);
  expect(JSON.parse(ran.stdout).result.version).toBe(
    JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version,
  );
});

test('an old Node is told so, with 69', () => {
  // main checks the version, so this fakes the version.
  const pretend = path.join(home.folder, 'old.mjs');
  writeFileSync(
    pretend,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });\n",
  );
  const ran = spawnSync(process.execPath, ['--import', pretend, path.join(root, 'dist/main.js'), 'version'], {
    env: home.env,
    encoding: 'utf8',
  });
  expect([ran.status, ran.stdout]).toEqual([69, '']);
  expect(ran.stderr).toMatch(/22\.12 or newer, and this is 20\.20\.2/);
});

test('a reader that goes away is no error', async () => {
  const ran = spawnSync('sh', ['-c', `sh "${launcher}" audit --demo=open --format json | head -c 1`], {
    env: home.env,
    encoding: 'utf8',
  });
  expect([ran.stdout, ran.stderr]).toEqual(['{', '']);
});

test.skipIf(!existsSync('/dev/full'))(
  'a result whose file cannot be written is printed once something was sent, exit 5',
  () => {
    const run = (...args: string[]) =>
      spawnSync('sh', [launcher, ...args, '--demo=open', '--fresh', '--format', 'json', '--output', '/dev/full'], {
        env: home.env,
        encoding: 'utf8',
      });
    const fixed = run('fix', 'storage.dev-client-ip', '--ip', '198.51.100.9', '--yes');
    expect([fixed.status, JSON.parse(fixed.stdout).result.state]).toEqual([5, 'done']);
    expect(fixed.stderr).toContain('/dev/full cannot be written');
    const audited = run('audit');
    expect([audited.status, audited.stdout]).toEqual([2, '']);
  },
);

test.skipIf(!existsSync('/dev/full'))('output that a full disk cuts short is not taken for whole', () => {
  const run = (line: string) =>
    spawnSync('sh', ['-c', `sh "${launcher}" ${line} > /dev/full`], { env: home.env, encoding: 'utf8' });
  const explained = run('explain --format json');
  expect([explained.status, explained.stderr]).toEqual([
    2,
    expect.stringContaining('could not be written whole (ENOSPC)'),
  ]);
  const fixed = run('fix storage.dev-client-ip --ip 198.51.100.9 --yes --demo=open --fresh --quiet');
  expect([fixed.status, fixed.stderr]).toEqual([5, expect.stringContaining('bastide history')]);
});

describe('signals', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('%s before anything was sent is 130', async (signal) => {
    const simulator = await startSimulator({ world: 'open', latency: 400, wire: 'plain' });
    const at = homeFor(simulator);
    const ca = path.join(at.folder, 'ca.pem');
    try {
      const child = spawn('sh', [launcher, 'fix', '--all', '--yes', '--endpoint', simulator.endpoint, '--ca', ca], {
        env: at.env,
        stdio: 'ignore',
      });
      const ended = new Promise((resolve) => child.once('exit', (status) => resolve(status)));
      await new Promise<void>((resolve) => {
        const stop = simulator.onExchange((exchange) => {
          if (!exchange.url.includes('/workspaces')) return;
          stop();
          resolve();
        });
      });
      child.kill(signal);
      expect(await ended).toBe(130);
    } finally {
      await simulator.stop();
      at.remove();
    }
  });
});

test('hostile names reach no stream unescaped', async () => {
  const hostile = '\u001b]0;owned\u0007\u009b31mx\u202e';
  const file = path.join(home.folder, 'hostile.json');
  const id = `/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/${hostile}`;
  writeFileSync(
    file,
    JSON.stringify([
      {
        id,
        name: hostile,
        type: 'Microsoft.Storage/storageAccounts',
        location: hostile,
        properties: { publicNetworkAccess: hostile },
      },
    ]),
  );
  const control = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;
  for (const format of ['text', 'json', 'ndjson', 'markdown', 'html', 'csv', 'sarif', 'junit']) {
    const ran = await bastide(['audit', '--from', file, '--all-resources', '--all-outcomes', '--format', format], home);
    expect(ran.stdout.length).toBeGreaterThan(100);
    expect(control.test(ran.stdout.replaceAll('\r\n', '\n'))).toBe(false);
  }
  for (const words of [
    ['show', hostile, '--from', file],
    [hostile],
    ['audit', `--${hostile}`],
    ['audit', '--from', hostile],
    ['explain', hostile],
    ['fix', hostile, '--from', file],
  ]) {
    const ran = await bastide(words, home);
    expect(control.test(ran.stdout + ran.stderr)).toBe(false);
  }
});

describe('on a terminal', () => {
  /** Runs in a pty, answering the first question that matches. */
  function ask(
    args: readonly string[],
    at: Home,
    question: RegExp,
    answer: string,
  ): Promise<{ seen: string; status: number }> {
    const pty = openTerminal('sh', [launcher, ...args], {
      name: 'xterm-256color',
      cols: 100,
      rows: 30,
      cwd: at.folder,
      env: at.env,
    });
    let seen = '';
    let answered = false;
    return new Promise((resolve) => {
      pty.onData((data) => {
        seen += data;
        if (answered || !question.test(seen)) return;
        answered = true;
        pty.write(answer);
      });
      pty.onExit(({ exitCode }) => resolve({ seen, status: exitCode }));
    });
  }
  const entriesOf = async (at: Home) => (await bastideJson<HistoryJson>(['history', '--demo=open'], at)).result.entries;
  const question = /Enter to cancel/;

  test.each([
    ['Enter cancels', '\r', 4, 0],
    ['y and anything else cancels', 'yy\r', 4, 0],
    ['Ctrl+C interrupts', '\u0003', 130, 0],
    ['yes goes on', 'yes\r', 0, 1],
  ])('%s', async (_name, answer, status, entries) => {
    const at = freshHome();
    try {
      const ran = await ask(
        ['fix', 'storage.dev-client-ip', '--ip', '203.0.113.9', '--demo=open'],
        at,
        question,
        answer,
      );
      expect(ran.seen).toContain('Apply these 3 changes to mlw-sim?');
      expect(ran.status).toBe(status);
      expect(await entriesOf(at)).toHaveLength(entries);
    } finally {
      at.remove();
    }
  });

  test('mine: the address that SSH names is offered, and allowed only after a yes', async () => {
    const at = freshHome({ SSH_CONNECTION: '203.0.113.50 50000 192.0.2.1 22' });
    // No address is declared there.
    const words = ['fix', 'storage.dev-client-ip', '--ip', 'mine', '--demo=limited', '--yes'];
    try {
      expect((await bastide(words, at)).status).toBe(4);
      const ran = await ask(words, at, /yes for 203\.0\.113\.50/, 'yes\r');
      expect(ran.status).toBe(0);
      expect(readFileSync(path.join(at.folder, 'bastide/demo/limited.json'), 'utf8')).toContain('203.0.113.50');
      // Given once, it is known.
      const again = await bastide(words, at);
      expect([again.status, again.stdout + again.stderr]).toEqual([0, expect.stringContaining('No changes')]);
    } finally {
      at.remove();
    }
  });

  test('--fresh starts world and history over', async () => {
    const at = freshHome();
    try {
      await bastide(['fix', '--all', '--demo=open', '--yes'], at);
      expect(await entriesOf(at)).toHaveLength(1);
      expect((await bastide(['audit', '--demo=open', '--fresh'], at)).status).toBe(1);
      expect(await entriesOf(at)).toEqual([]);
      expect(existsSync(path.join(at.folder, 'bastide/demo/open.json'))).toBe(true);
    } finally {
      at.remove();
    }
  });
});
