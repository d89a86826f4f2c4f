// What the screen costs: CPU to the first frame; bytes and CPU per key inside the window, scrolling and paging; idle seconds; and
// memory. In the worlds "mixed" and "large" side by side in one run, at 120 x 40 in real terminals, beside the budgets.
// `node test/bench/keys.mjs [ROUNDS] [--json]`, on Linux. It judges nothing; it prints the figures.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cpuOf, frameEnd, idle, median, memoryOf, open, perKey, personalEnv, repeat, size } from './parts/terminal.mjs';

const rounds = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 5);
const asJson = process.argv.includes('--json');
const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-keys-'));
const worlds = ['mixed', 'large'];
const [down, up, pageDown] = ['\u001b[B', '\u001b[A', '\u001b[6~'];
const idleSeconds = 5;
/** More than any window is high, so that the next key down scrolls. */
const beyond = size.rows;
/** What issue and documents ask for in the world "large". */
const budgets = {
  'first frame': { cpuMs: 350 },
  'in the window': { cpuMs: 14, bytes: 1100 },
  scrolling: { bytes: 3000 },
  idle: { cpuMs: 1, bytes: 0 },
};
const memoryBudget = 220;
/** The first frame that holds something: before it the terminal is only taken over. */
const drawn = (seen) => seen.slice(seen.indexOf(' bastide ') >>> 0).includes(frameEnd);

async function start(world, ready) {
  const home = path.join(scratch, world);
  let first;
  const screen = await open({
    command: 'sh',
    // The launcher replaces itself, so the process of the terminal is Bastide's own.
    args: [path.join(root, 'bin/bastide'), `--demo=${world}`],
    cwd: scratch,
    env: { ...personalEnv(scratch), BASTIDE_HOME: home },
    ready,
    onData(data, before, pid) {
      if (first === undefined && drawn(before + data)) first = cpuOf(pid) / 1e6;
    },
  });
  return { screen, first };
}

/** `before` is pressed uncounted, and brings the cursor where `keys` are to be measured. */
const scenarios = [
  { name: 'in the window', before: ['g'], keys: [...repeat(down, 10), ...repeat(up, 10)] },
  { name: 'scrolling', before: ['g', ...repeat(down, beyond)], keys: repeat(down, 20) },
  { name: 'paging', before: ['g'], keys: repeat(pageDown, 2) },
];

const figures = [];
const screens = new Map();
for (const world of worlds) {
  // The very first start compiles, and makes the world; those after it are what a person has every day.
  const starts = [];
  for (let round = 0; round <= Math.min(rounds, 5); round += 1) {
    await screens.get(world)?.close();
    const { screen, first } = await start(world, /\d+ pass/);
    screens.set(world, screen);
    if (round > 0) starts.push(first);
  }
  figures.push({ scenario: 'first frame', unit: '', world, cpuMs: median(starts), bytes: 0 });
}
// To the findings, and every outcome of them, so that there is enough to scroll in the small world too.
for (const screen of screens.values()) {
  await screen.press('3');
  await screen.quiet(600);
  await screen.press('a');
  await screen.quiet(300);
}
for (const scenario of scenarios) {
  const samples = new Map(worlds.map((world) => [world, []]));
  for (let round = -1; round < rounds; round += 1) {
    for (const world of worlds) {
      const sample = await perKey(screens.get(world), scenario);
      if (round >= 0) samples.get(world).push(sample);
    }
  }
  for (const world of worlds) {
    const all = samples.get(world);
    const [cpuMs, bytes] = [median(all.map(({ cpu }) => cpu)), median(all.map((one) => one.bytes))];
    figures.push({ scenario: scenario.name, unit: 'per key', world, cpuMs, bytes });
  }
}
for (const world of worlds) {
  const { cpu, bytes } = await idle(screens.get(world), idleSeconds);
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
const budgetWords = ({ scenario, world }) => {
  const { cpuMs, bytes } = (world === 'large' ? budgets[scenario] : undefined) ?? {};
  const words = [...(cpuMs === undefined ? [] : [`${cpuMs} ms`]), ...(bytes === undefined ? [] : [`${bytes} B`])];
  return words.length === 0 ? '' : `   budget ${words.join(', ')}`;
};
if (asJson)
  console.log(JSON.stringify({ node: process.versions.node, ...size, rounds, rows, memory, budgets }, null, 2));
else {
  console.log(
    `${size.cols} x ${size.rows}, median of ${rounds} interleaved rounds, CPU of all threads; ratios to "${base}"`,
  );
  for (const row of rows) {
    const { scenario, unit, world, cpuMs, bytes, cpuRatio, bytesRatio } = row;
    console.log(
      `${scenario.padEnd(14)} ${world.padEnd(6)} ${cpuMs.toFixed(2).padStart(8)} ms ${bytes.toFixed(0).padStart(7)} B ${unit.padEnd(10)} ${times(cpuRatio)} CPU ${times(bytesRatio)} bytes${budgetWords(row)}`,
    );
  }
  for (const world of worlds) {
    const { resident, peak } = memory[world];
    const budget = world === 'large' ? `   budget ${memoryBudget} MB, Azure's part played in the same process` : '';
    console.log(
      `memory         ${world.padEnd(6)} ${(resident / 1024).toFixed(0)} MB held, ${(peak / 1024).toFixed(0)} MB at most${budget}`,
    );
  }
}
