// What the screen costs: CPU to the first frame; bytes and CPU per key inside the window, scrolling and paging; idle seconds; and
// memory. Side by side in one run, at 120 x 40 in real terminals, beside the budgets: the worlds "mixed" and "large", or with
// `--beside FOLDER` this build and that of another checkout in the world "large".
// `node test/bench/keys.mjs [ROUNDS] [--beside FOLDER] [--json]`, on Linux. It judges nothing; it prints the figures.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { idle, median, memoryOf, open, perKey, personalEnv, repeat, size } from './parts/terminal.mjs';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { beside: { type: 'string' }, json: { type: 'boolean', default: false } },
});
const rounds = Number(positionals[0] ?? 5);
const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-keys-'));
// Ratios are to the first.
const builds =
  values.beside === undefined
    ? ['mixed', 'large'].map((world) => ({ name: world, world, root }))
    : [
        { name: 'beside', world: 'large', root: path.resolve(values.beside) },
        { name: 'this', world: 'large', root },
      ];
const [down, up, pageDown] = ['\u001b[B', '\u001b[A', '\u001b[6~'];
const idleSeconds = 5;
/** More than any window is high, so that the next key down scrolls. */
const beyond = size.rows;
/** What issue and documents ask for in the world "large". */
const budgets = {
  'first frame': { cpuMs: 320 },
  'in the window': { cpuMs: 10, bytes: 1100 },
  scrolling: { bytes: 3000 },
  idle: { cpuMs: 1, bytes: 0 },
};
const memoryBudget = 220;

async function start({ name, world, root: folder }) {
  const file = path.join(scratch, `${name}.first-frame`);
  rmSync(file, { force: true });
  const screen = await open({
    command: 'sh',
    // The launcher replaces itself, so the process of the terminal is Bastide's own.
    args: [path.join(folder, 'bin/bastide'), `--demo=${world}`],
    cwd: scratch,
    env: {
      ...personalEnv(scratch),
      BASTIDE_HOME: path.join(scratch, name),
      NODE_OPTIONS: `--import=${path.join(import.meta.dirname, 'parts/first-frame.mjs')}`,
      FIRST_FRAME_FILE: file,
    },
    ready: /\d+ pass/,
  });
  return { screen, first: Number(readFileSync(file, 'utf8')) };
}

/** `before` is pressed uncounted, and brings the cursor where `keys` are to be measured. */
const scenarios = [
  { name: 'in the window', before: ['g'], keys: [...repeat(down, 10), ...repeat(up, 10)] },
  { name: 'scrolling', before: ['g', ...repeat(down, beyond)], keys: repeat(down, 20) },
  { name: 'paging', before: ['g'], keys: repeat(pageDown, 2) },
];

const figures = [];
const note = (scenario, unit, { name, world }, cpus, bytes) =>
  figures.push({
    scenario,
    unit,
    name,
    world,
    cpuMs: median(cpus),
    leastCpuMs: Math.min(...cpus),
    bytes: median(bytes),
  });
const screens = new Map();
const starts = new Map(builds.map((build) => [build, []]));
// The very first start compiles, and makes the world; those after it are what a person has every day.
for (let round = -1; round < Math.min(rounds, 5); round += 1) {
  for (const build of builds) {
    await screens.get(build)?.close();
    const { screen, first } = await start(build);
    screens.set(build, screen);
    if (round >= 0) starts.get(build).push(first);
  }
}
for (const build of builds) note('first frame', '', build, starts.get(build), [0]);
// To the findings, and every outcome of them, so that there is enough to scroll in the small world too.
for (const screen of screens.values()) {
  await screen.press('3');
  await screen.quiet(600);
  await screen.press('a');
  await screen.quiet(300);
}
for (const scenario of scenarios) {
  const samples = new Map(builds.map((build) => [build, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const build of builds) {
      const sample = await perKey(screens.get(build), scenario);
      if (round >= 0) samples.get(build).push(sample);
    }
  }
  for (const build of builds) {
    const all = samples.get(build);
    note(
      scenario.name,
      'per key',
      build,
      all.map(({ cpu }) => cpu),
      all.map(({ bytes }) => bytes),
    );
  }
}
// More than once: what the keys left behind is collected some seconds after the last of them.
for (const build of builds) {
  const samples = [];
  for (let sample = 0; sample < 3; sample += 1) samples.push(await idle(screens.get(build), idleSeconds));
  note(
    'idle',
    'per second',
    build,
    samples.map(({ cpu }) => cpu),
    samples.map(({ bytes }) => bytes),
  );
}
const memory = Object.fromEntries(builds.map((build) => [build.name, memoryOf(screens.get(build).pid)]));
for (const screen of screens.values()) await screen.close();
rmSync(scratch, { recursive: true, force: true });

const [base] = builds;
/** Null where the first spends nothing. */
const ratio = (value, own) => (own === 0 ? null : value / own);
const rows = figures.map((figure) => {
  const own = figures.find(({ scenario, name }) => scenario === figure.scenario && name === base.name);
  return { ...figure, cpuRatio: ratio(figure.cpuMs, own.cpuMs), bytesRatio: ratio(figure.bytes, own.bytes) };
});
const times = (value) => (value === null ? '-' : `${value.toFixed(2)}x`).padStart(6);
const budgetWords = ({ scenario, world }) => {
  const { cpuMs, bytes } = (world === 'large' ? budgets[scenario] : undefined) ?? {};
  const words = [...(cpuMs === undefined ? [] : [`${cpuMs} ms`]), ...(bytes === undefined ? [] : [`${bytes} B`])];
  return words.length === 0 ? '' : `   budget ${words.join(', ')}`;
};
if (values.json)
  console.log(JSON.stringify({ node: process.versions.node, ...size, rounds, rows, memory, budgets }, null, 2));
else {
  console.log(
    `${size.cols} x ${size.rows}, median of ${rounds} interleaved rounds (least), CPU of all threads; ratios to "${base.name}"`,
  );
  for (const row of rows) {
    const { scenario, unit, name, cpuMs, leastCpuMs, bytes, cpuRatio, bytesRatio } = row;
    console.log(
      `${scenario.padEnd(14)} ${name.padEnd(6)} ${cpuMs.toFixed(2).padStart(8)} ms ${`(${leastCpuMs.toFixed(2)})`.padStart(9)} ${bytes.toFixed(0).padStart(7)} B ${unit.padEnd(10)} ${times(cpuRatio)} CPU ${times(bytesRatio)} bytes${budgetWords(row)}`,
    );
  }
  for (const { name, world } of builds) {
    const { resident, peak } = memory[name];
    const budget = world === 'large' ? `   budget ${memoryBudget} MB, Azure's part played in the same process` : '';
    console.log(
      `memory         ${name.padEnd(6)} ${(resident / 1024).toFixed(0)} MB held, ${(peak / 1024).toFixed(0)} MB at most${budget}`,
    );
  }
}
