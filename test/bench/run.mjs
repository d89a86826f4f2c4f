// Whole commands against an empty script of the same Node, in one interleaved run: CPU (user + system) as medians and ratios.
// `npm run bench -- [RUNS]`. It judges nothing; it prints the figures.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cpu } from './parts/cpu.mjs';

const runs = Number(process.argv[2] ?? 15);
const root = path.resolve(import.meta.dirname, '../..');
const launcher = path.join(root, 'bin/bastide');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-bench-'));
const env = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(CI|AZURE_.*|BASTIDE_.*|NODE_OPTIONS)$/.test(name)),
  ),
  BASTIDE_HOME: path.join(scratch, 'home'),
  HOME: scratch,
  TERM: 'xterm-256color',
};

/** The same for the screen: started in a pty, left as soon as its first whole frame stands. */
async function firstFrame(args) {
  const { spawn: open } = await import('@lydell/node-pty');
  const file = path.join(scratch, 'time');
  const script = `TIMEFORMAT='%3U %3S'; { time sh "$@" 2>/dev/null; } 2>"${file}"`;
  const pty = open('bash', ['-c', script, 'bench', launcher, ...args], {
    name: 'xterm-256color',
    cols: 120,
    rows: 40,
    env,
    cwd: scratch,
  });
  let seen = '';
  let left = false;
  await new Promise((resolve) => {
    pty.onData((data) => {
      seen += data;
      if (left || !seen.includes('\u001b[?2026l')) return;
      left = true;
      pty.write('q');
    });
    pty.onExit(resolve);
  });
  const { readFileSync } = await import('node:fs');
  const [user, system] = readFileSync(file, 'utf8').trim().split(/\s+/).slice(-2).map(Number);
  return (user + system) * 1000;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const empty = path.join(scratch, 'empty.mjs');
writeFileSync(empty, '');
const snapshot = path.join(scratch, 'snapshot.json');
await new Promise((resolve) => {
  const child = spawn('sh', [launcher, 'scan', '--demo=mixed', '--output', snapshot, '--format', 'json'], {
    env,
    stdio: 'ignore',
  });
  child.on('exit', resolve);
});

const cases = [
  ['empty script', () => cpu([process.execPath, empty], env)],
  ['version', () => cpu(['sh', launcher, 'version'], env)],
  ['help', () => cpu(['sh', launcher, 'help'], env)],
  ['audit --from FILE', () => cpu(['sh', launcher, 'audit', '--from', snapshot], env)],
  ['audit --demo', () => cpu(['sh', launcher, 'audit', '--demo=mixed'], env)],
  ['audit --demo=large', () => cpu(['sh', launcher, 'audit', '--demo=large'], env)],
  ['screen, first frame', () => firstFrame(['--demo=mixed'])],
];
const figures = new Map(cases.map(([name]) => [name, []]));
for (let run = -1; run < runs; run += 1) {
  for (const [name, measure] of cases) {
    const value = await measure();
    if (run >= 0) figures.get(name).push(value);
  }
}
const base = median(figures.get('empty script'));
console.log(`CPU ms (user + system), median of ${runs} interleaved runs, Node ${process.versions.node}`);
for (const [name, values] of figures) {
  console.log(
    `${name.padEnd(22)} ${median(values).toFixed(0).padStart(5)}  ${(median(values) / base).toFixed(2).padStart(6)}x`,
  );
}
rmSync(scratch, { recursive: true, force: true });
