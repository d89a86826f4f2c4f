// Bastide's screen beside lazygit and tig on the same work: a list of which the selection moves by one row, with a detail pane that
// follows. Bytes and CPU per key in the window and scrolling, at 120 x 40, in the same kind of terminal, interleaved in one run.
// `node test/bench/peers.mjs [ROUNDS]`, on Linux. Who is not installed is left out, with a message. It judges nothing.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { median, memoryOf, open, perKey, personalEnv, repeat, size } from './parts/terminal.mjs';

const rounds = Number(process.argv[2] ?? 3);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-peers-'));
const root = path.resolve(import.meta.dirname, '../..');
const arrows = { down: '\u001b[B', up: '\u001b[A' };
const env = { ...personalEnv(scratch), BASTIDE_HOME: path.join(scratch, 'bastide'), GIT_CONFIG_NOSYSTEM: '1' };

/** 300 commits, each with a message and a change of two dozen lines, no two alike. */
function makeRepository(folder) {
  mkdirSync(folder);
  const git = (words, input) =>
    execFileSync('git', words, { cwd: folder, env, input, stdio: ['pipe', 'pipe', 'pipe'] });
  git(['init', '-q', '-b', 'main']);
  const word = (at) => ['subnet', 'endpoint', 'route', 'rule', 'zone', 'peering', 'gateway'][at % 7];
  const commits = Array.from({ length: 300 }, (_, at) => {
    const text = Array.from(
      { length: 24 },
      (__, row) => `${word(at + row)} ${at * row} of ${word(at * 3 + row)} ${row}\n`,
    );
    const message = `Let ${word(at)} ${at} reach ${word(at + 3)}\n`;
    return `commit refs/heads/main\ncommitter A Person <a@example.com> ${1_700_000_000 + at * 3600} +0000\ndata ${message.length}\n${message}M 644 inline file-${at % 9}.txt\ndata ${text.join('').length}\n${text.join('')}\n`;
  });
  git(['fast-import', '--quiet'], commits.join(''));
  git(['reset', '-q', '--hard']);
  return folder;
}

const has = (program) => {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`left out: no ${program} on this machine`);
    return false;
  }
};

const programs = [
  {
    name: 'bastide mixed',
    program: 'sh',
    args: [path.join(root, 'bin/bastide'), '--demo=mixed'],
    ready: /\d+ pass/,
    setUp: ['3', 'a'],
    first: ['g'],
  },
  {
    name: 'bastide large',
    program: 'sh',
    args: [path.join(root, 'bin/bastide'), '--demo=large'],
    ready: /\d+ pass/,
    setUp: ['3', 'a'],
    first: ['g'],
  },
  // The commits, and what the selected one changed beside them.
  { name: 'lazygit', program: 'lazygit', args: [], ready: /Commits/, setUp: ['4'], first: ['<'] },
  // The same in a split; its arrows are those that terminfo has, so J and K are used instead.
  { name: 'tig', program: 'tig', args: [], ready: /reach/, setUp: ['\r'], first: [], keys: { down: 'J', up: 'K' } },
].filter(({ program }) => program === 'sh' || has(program));

if (!has('git')) process.exit(0);
mkdirSync(path.join(scratch, '.config/lazygit'), { recursive: true });
// Without questions at the first start and without looking for news, as in daily use.
writeFileSync(
  path.join(scratch, '.config/lazygit/config.yml'),
  'disableStartupPopups: true\nupdate:\n  method: never\ngit:\n  autoFetch: false\n  autoRefresh: false\n',
);
const cwd = makeRepository(path.join(scratch, 'repository'));
const screens = [];
try {
  for (const one of programs) {
    const screen = await open({ command: one.program, args: one.args, cwd, env, ready: one.ready });
    for (const key of one.setUp) await screen.pressPlain(key);
    await screen.quiet(500);
    screens.push({ ...one, screen });
  }
  const scenarios = [
    {
      name: 'in the window',
      before: () => [],
      keys: ({ down, up }) => [...repeat(down, 10), ...repeat(up, 10)],
    },
    { name: 'scrolling', before: ({ down }) => repeat(down, size.rows), keys: ({ down }) => repeat(down, 20) },
  ];
  console.log(`${size.cols} x ${size.rows}, medians of ${rounds} interleaved rounds, per key`);
  for (const { name, before, keys } of scenarios) {
    const samples = new Map(screens.map((one) => [one, []]));
    for (let round = -1; round < rounds; round += 1) {
      for (const one of screens) {
        const { screen, first, keys: own = arrows } = one;
        const work = { before: [...first, ...before(own)], keys: keys(own) };
        const sample = await perKey(screen, work, screen.pressPlain);
        if (round >= 0) samples.get(one).push(sample);
      }
    }
    for (const [one, all] of samples) {
      const [cpu, children, bytes] = ['cpu', 'children', 'bytes'].map((what) => median(all.map((each) => each[what])));
      console.log(
        `${name.padEnd(14)} ${one.name.padEnd(14)} ${bytes.toFixed(0).padStart(7)} B ${cpu.toFixed(2).padStart(7)} ms own CPU ${children.toFixed(1).padStart(6)} ms in children`,
      );
    }
  }
  for (const { name, screen } of screens) {
    const { resident } = memoryOf(screen.pid);
    console.log(`memory         ${name.padEnd(14)} ${(resident / 1024).toFixed(0).padStart(7)} MB held`);
  }
} finally {
  for (const { screen } of screens) await screen.close();
  rmSync(scratch, { recursive: true, force: true });
}
