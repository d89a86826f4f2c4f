// What a key costs in the screen: bytes written and CPU per key inside the window, scrolling and paging, idle seconds, and
// memory, in the worlds "mixed" and "large" side by side in one run, at 120 x 40 in real terminals.
// `node test/bench/keys.mjs [ROUNDS] [--json]`, on Linux. It judges nothing; it prints the figures.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';

const rounds = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 5);
const asJson = process.argv.includes('--json');
const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-keys-'));
const worlds = ['mixed', 'large'];
const size = { cols: 120, rows: 40 };
const [down, up, pageDown] = ['\u001b[B', '\u001b[A', '\u001b[6~'];
/** A frame ends with this mark (synchronized output). */
const frameEnd = '\u001b[?2026l';
const idleSeconds = 5;
/** More than any window is high, so that the next key down scrolls. */
const beyond = size.rows;

/** CPU nanoseconds of all threads of a process since it started. */
function cpuOf(pid) {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
    const spent = readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0];
    return sum + Number(spent);
  }, 0);
}
/** Kilobytes: what is held now, and the most that ever was. */
function memoryOf(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const field = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { resident: field('VmRSS'), peak: field('VmHWM') };
}

async function open(world) {
  const home = path.join(scratch, world);
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(CI|AZURE_.*|BASTIDE_.*|NODE_OPTIONS|NO_COLOR)$/.test(name)),
  );
  // The launcher replaces itself, so the process of the terminal is Bastide's own.
  const pty = spawn('sh', [path.join(root, 'bin/bastide'), `--demo=${world}`], {
    name: 'xterm-256color',
    ...size,
    cwd: scratch,
    env: { ...env, BASTIDE_HOME: home, HOME: scratch, COLORTERM: 'truecolor' },
  });
  let seen = '';
  pty.onData((data) => {
    seen += data;
  });
  const quiet = async (ms) => {
    for (let before = -1; before !== seen.length; ) {
      before = seen.length;
      await sleep(ms);
    }
  };
  while (!/Findings/.test(seen)) await sleep(20);
  await quiet(1500);
  return {
    pid: pty.pid,
    written: () => Buffer.byteLength(seen),
    /** One key, until its frame stands; a key that draws nothing is given a while. */
    async press(key) {
      const from = seen.length;
      pty.write(key);
      for (let waited = 0; waited < 400 && !seen.slice(from).includes(frameEnd); waited += 2) await sleep(2);
    },
    quiet,
    async close() {
      const gone = new Promise((resolve) => pty.onExit(resolve));
      pty.write('q');
      await gone;
    },
  };
}

const repeat = (key, count) => Array.from({ length: count }, () => key);
/** `before` is pressed uncounted, and brings the cursor where `keys` are to be measured. */
const scenarios = [
  { name: 'in the window', before: ['g'], keys: [...repeat(down, 10), ...repeat(up, 10)] },
  { name: 'scrolling', before: ['g', ...repeat(down, beyond)], keys: repeat(down, 20) },
  { name: 'paging', before: ['g'], keys: repeat(pageDown, 2) },
];

async function measure(screen, { before, keys }) {
  for (const key of before) await screen.press(key);
  await screen.quiet(100);
  const [cpu, bytes] = [cpuOf(screen.pid), screen.written()];
  for (const key of keys) await screen.press(key);
  await screen.quiet(100);
  return {
    cpu: (cpuOf(screen.pid) - cpu) / 1e6 / keys.length,
    bytes: (screen.written() - bytes) / keys.length,
  };
}

async function idle(screen) {
  const [cpu, bytes] = [cpuOf(screen.pid), screen.written()];
  await sleep(idleSeconds * 1000);
  return {
    cpu: (cpuOf(screen.pid) - cpu) / 1e6 / idleSeconds,
    bytes: (screen.written() - bytes) / idleSeconds,
  };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

const screens = new Map();
for (const world of worlds) screens.set(world, await open(world));
// To the findings, and every outcome of them, so that there is enough to scroll in the small world too.
for (const screen of screens.values()) {
  await screen.press('\t');
  await screen.press('a');
  await screen.quiet(300);
}
const figures = [];
for (const scenario of scenarios) {
  const samples = new Map(worlds.map((world) => [world, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const world of worlds) {
      const sample = await measure(screens.get(world), scenario);
      if (round >= 0) samples.get(world).push(sample);
    }
  }
  for (const world of worlds) {
    const all = samples.get(world);
    figures.push({
      scenario: scenario.name,
      unit: 'per key',
      world,
      cpuMs: median(all.map(({ cpu }) => cpu)),
      bytes: median(all.map(({ bytes }) => bytes)),
    });
  }
}
for (const world of worlds) {
  const { cpu, bytes } = await idle(screens.get(world));
  figures.push({ scenario: 'idle', unit: 'per second', world, cpuMs: cpu, bytes });
}
const memory = Object.fromEntries(worlds.map((world) => [world, memoryOf(screens.get(world).pid)]));
for (const screen of screens.values()) await screen.close();
rmSync(scratch, { recursive: true, force: true });

const [base] = worlds;
/** Null where the first world spends nothing. */
const ratio = (value, own) => (own === 0 ? null : value / own);
const rows = figures.map((figure) => {
  const own = figures.find(({ scenario, world }) => scenario === figure.scenario && world === base);
  return { ...figure, cpuRatio: ratio(figure.cpuMs, own.cpuMs), bytesRatio: ratio(figure.bytes, own.bytes) };
});
const times = (value) => (value === null ? '-' : `${value.toFixed(2)}x`).padStart(6);
if (asJson) console.log(JSON.stringify({ node: process.versions.node, ...size, rounds, rows, memory }, null, 2));
else {
  console.log(
    `${size.cols} x ${size.rows}, median of ${rounds} interleaved rounds, CPU of all threads; ratios to "${base}"`,
  );
  for (const { scenario, unit, world, cpuMs, bytes, cpuRatio, bytesRatio } of rows) {
    console.log(
      `${scenario.padEnd(14)} ${world.padEnd(6)} ${cpuMs.toFixed(2).padStart(8)} ms ${bytes.toFixed(0).padStart(7)} B ${unit.padEnd(10)} ${times(cpuRatio)} CPU ${times(bytesRatio)} bytes`,
    );
  }
  for (const world of worlds) {
    const { resident, peak } = memory[world];
    console.log(
      `memory         ${world.padEnd(6)} ${(resident / 1024).toFixed(0)} MB held, ${(peak / 1024).toFixed(0)} MB at most`,
    );
  }
}
