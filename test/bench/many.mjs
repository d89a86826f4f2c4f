// Does a key cost more where there are more findings? The same screen over a thousand and over a hundred thousand of them, interleaved
// in one run. `node test/bench/many.mjs [ROUNDS] [PART OF A NAME]`, on Linux. It judges nothing; it prints the figures.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { scenarios } from './parts/many-scenarios.mjs';
import { cpuOf, median, memoryOf, open, personalEnv, size } from './parts/terminal.mjs';

const [rounds, only] = [Number(process.argv[2] ?? 5), process.argv[3] ?? ''];
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-many-'));
const [empty, program] = [path.join(scratch, 'empty.mjs'), path.join(scratch, 'screen.mjs')];
const counts = [1_000, 100_000];
/** Longer than any key takes, in milliseconds. */
const longest = 5_000;

/** Milliseconds of processor per key. */
async function costOf(screen, { before, keys }) {
  for (const key of before) {
    screen.tap(key);
    // Two Escapes read at once would be another key.
    await sleep(40);
  }
  await screen.settle();
  const start = cpuOf(screen.pid);
  for (const key of keys) await (typeof key === 'string' ? screen.press(key, longest) : screen.resize(key));
  await screen.settle();
  return (cpuOf(screen.pid) - start) / 1e6 / keys.length;
}

writeFileSync(empty, 'export default {};\n');
await build({
  entryPoints: [path.join(import.meta.dirname, 'parts/many-screen.ts')],
  outfile: program,
  bundle: true,
  minify: true,
  platform: 'node',
  format: 'esm',
  jsx: 'automatic',
  define: { 'process.env.NODE_ENV': '"production"' },
  alias: { 'react-devtools-core': empty },
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
});
const screens = [];
try {
  for (const count of counts) {
    const args = ['--max-semi-space-size=8', program, String(count)];
    const env = personalEnv(scratch);
    const screen = await open({ command: process.execPath, args, cwd: scratch, env, ready: /\d+ pass/ });
    // The list of all findings.
    await screen.press('3');
    await screen.quiet(600);
    screens.push({ count, screen });
  }
  console.log(`${size.cols} x ${size.rows}, medians of ${rounds} interleaved rounds, CPU of all threads per key`);
  console.log(`${''.padEnd(18)}${counts.map((count) => `${count} findings`.padStart(18)).join('')}`);
  for (const { name, whole, ...work } of scenarios.filter((one) => one.name.includes(only))) {
    const samples = new Map(screens.map((one) => [one, []]));
    for (let round = -1; round < rounds; round += 1) {
      for (const one of screens) {
        const cost = await costOf(one.screen, work);
        if (round >= 0) samples.get(one).push(cost);
      }
    }
    const [few, many] = [...samples.values()].map(median);
    const cells = [few, many].map((cost) => `${cost.toFixed(2)} ms`.padStart(18)).join('');
    const told = whole ? `, all rows: ${((many - few) / (counts[1] / 1000)).toFixed(3)} ms a thousand` : '';
    console.log(`${name.padEnd(18)}${cells}${(many / few).toFixed(2).padStart(9)}x${told}`);
  }
  for (const { count, screen } of screens) {
    console.log(
      `memory         ${String(count).padStart(7)} findings ${(memoryOf(screen.pid).resident / 1024).toFixed(0)} MB held`,
    );
  }
} finally {
  for (const { screen } of screens) await screen.close();
  rmSync(scratch, { recursive: true, force: true });
}
