// Does a key cost more where there are more findings? The same screen over a thousand and over a hundred thousand of them, interleaved
// in one run. `node test/bench/many.mjs [ROUNDS]`, on Linux. It judges nothing; it prints the figures.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { fasterInk } from '../../build/faster-ink.mjs';
import { median, memoryOf, open, perKey, personalEnv, repeat, size } from './parts/terminal.mjs';

const rounds = Number(process.argv[2] ?? 5);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-many-'));
const [empty, program] = [path.join(scratch, 'empty.mjs'), path.join(scratch, 'screen.mjs')];
const counts = [1_000, 100_000];
const [down, up] = ['\u001b[B', '\u001b[A'];

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
  plugins: [fasterInk],
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
  const scenarios = [
    { name: 'in the window', before: ['g'], keys: [...repeat(down, 10), ...repeat(up, 10)] },
    { name: 'scrolling', before: ['g', ...repeat(down, size.rows)], keys: repeat(down, 20) },
    { name: 'to the end', before: [], keys: ['G', 'g', 'G', 'g'] },
  ];
  console.log(`${size.cols} x ${size.rows}, medians of ${rounds} interleaved rounds, per key`);
  for (const { name, ...work } of scenarios) {
    const samples = new Map(screens.map((one) => [one, []]));
    for (let round = -1; round < rounds; round += 1) {
      for (const one of screens) {
        const sample = await perKey(one.screen, work);
        if (round >= 0) samples.get(one).push(sample);
      }
    }
    const costs = [...samples].map(([{ count }, all]) => ({
      count,
      cpu: median(all.map(({ cpu }) => cpu)),
      bytes: median(all.map(({ bytes }) => bytes)),
    }));
    for (const { count, cpu, bytes } of costs) {
      const ratio = (cpu / costs[0].cpu).toFixed(2);
      console.log(
        `${name.padEnd(14)} ${String(count).padStart(7)} findings ${cpu.toFixed(2).padStart(7)} ms ${bytes.toFixed(0).padStart(6)} B ${ratio.padStart(6)}x CPU`,
      );
    }
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
