// What the screen of a fleet costs: CPU to the first frame once the data is there; bytes and CPU per key (moving, scrolling, sorting,
// filtering, opening a workspace and coming back); idle seconds; memory. At 120 x 40 in a real terminal, beside the budgets.
// `node test/bench/fleet-screen.mjs [ROUNDS] [WORKSPACES]`, on Linux. It judges nothing; it prints the figures.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { worldsOfSources } from '../../build/load-bundled.mjs';
import { idle, median, memoryOf, open, perKey, personalEnv, repeat, size } from './parts/terminal.mjs';

const [rounds, count] = [Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 2000)];
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-fleet-screen-'));
const [empty, program] = [path.join(scratch, 'empty.mjs'), path.join(scratch, 'screen.mjs')];
const [down, up, pageDown, enter, esc, backspace] = ['\u001b[B', '\u001b[A', '\u001b[6~', '\r', '\u001b', '\u007f'];
const idleSeconds = 5;
const memoryBudget = 220;
/** As documents ask of the world "large"; of the rest the figures are only told. */
const window = { cpuMs: 10, bytes: 1100 };
const home = [esc, esc, 'g'];
/** Below the shared causes. */
const inside = [...home, '300G'];

const scenarios = [
  { name: 'in the window', before: inside, keys: [...repeat(up, 10), ...repeat(down, 10)], budget: window },
  {
    name: 'scrolling',
    before: [...inside, ...repeat(down, size.rows)],
    keys: repeat(down, 20),
    budget: { bytes: 3000 },
  },
  { name: 'paging', before: home, keys: repeat(pageDown, 6) },
  { name: 'to the end', before: home, keys: ['G', 'g', 'G', 'g'] },
  { name: 'filter, letters', before: [...home, '/'], keys: [...'vision'] },
  { name: 'filter, cleared', before: [...home, '/', ...'vision', enter], keys: [esc] },
  { name: 'sort', before: home, keys: repeat('s', 6) },
  { name: 'turn round', before: home, keys: ['S', 'S'] },
  { name: 'group by', before: home, keys: repeat('b', 4) },
  { name: 'list of a cause', before: [...home, 'j'], keys: [enter, esc, enter, esc] },
  {
    name: 'open, and back',
    before: [...home, '/', ...'mlw-vision', enter, 'j'],
    keys: repeat([enter, backspace], 3).flat(),
  },
];

writeFileSync(empty, 'export default {};\n');
await build({
  entryPoints: [path.join(import.meta.dirname, 'parts/fleet-screen.ts')],
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
  plugins: [worldsOfSources],
});

const line = (name, { cpu, bytes }, unit, budget = {}) => {
  const words = [
    ...(budget.cpuMs === undefined ? [] : [`${budget.cpuMs} ms`]),
    ...(budget.bytes === undefined ? [] : [`${budget.bytes} B`]),
  ];
  const told = words.length === 0 ? '' : `   budget ${words.join(', ')}`;
  console.log(`${name.padEnd(16)} ${cpu.toFixed(2).padStart(8)} ms ${bytes.toFixed(0).padStart(7)} B ${unit}${told}`);
};
const args = ['--max-semi-space-size=8', program, String(count)];
const start = () =>
  open({ command: process.execPath, args, cwd: scratch, env: personalEnv(scratch), ready: /to read every workspace/ });
const medianOf = (samples) => ({
  cpu: median(samples.map((one) => one.cpu)),
  bytes: median(samples.map((one) => one.bytes)),
});

let screen;
try {
  console.log(`${count} workspaces, ${size.cols} x ${size.rows}, medians of ${rounds} rounds, CPU of all threads`);
  const firsts = [];
  for (let round = -1; round < rounds; round += 1) {
    await screen?.close();
    screen = await start();
    const read = await perKey(screen, { before: [], keys: ['r'] });
    if (round >= 0) firsts.push(read);
  }
  line('first frame', medianOf(firsts), 'from the data on', { cpuMs: 320 });
  for (const { name, budget, ...work } of scenarios) {
    const samples = [];
    for (let round = -1; round < rounds; round += 1) {
      const sample = await perKey(screen, work, (key) => screen.press(key, 3000));
      if (round >= 0) samples.push(sample);
    }
    line(name, medianOf(samples), 'per key', budget);
  }
  line('idle', await idle(screen, idleSeconds), 'per second', { cpuMs: 1, bytes: 0 });
  const { resident, peak } = memoryOf(screen.pid);
  const held = `${(resident / 1024).toFixed(0)} MB held, ${(peak / 1024).toFixed(0)} MB at most`;
  console.log(`memory           ${held}   budget ${memoryBudget} MB, with what makes the data`);
} finally {
  await screen?.close();
  rmSync(scratch, { recursive: true, force: true });
}
