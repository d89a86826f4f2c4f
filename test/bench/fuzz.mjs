// Bursts of any keys at all against the screen of a demo, each followed by a full repaint: how many cells were stale, how often it
// crashed. `node test/bench/fuzz.mjs [BURSTS] [SEED] [WORLD]`; ends with 1 when anything was.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fuzz } from '../support/fuzz.ts';

const [bursts = '2000', seed = String(Date.now() % 1_000_000), world = 'mixed'] = process.argv.slice(2);
const cwd = mkdtempSync(path.join(os.tmpdir(), 'bastide-fuzz-'));
const clean = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(CI|AZURE_.*|BASTIDE_.*|NODE_OPTIONS|NO_COLOR|TMUX)$/.test(name)),
);
const started = Date.now();
const { wrong, left, ...counted } = await fuzz({
  command: 'sh',
  args: [path.resolve(import.meta.dirname, '../../bin/bastide'), `--demo=${world}`],
  env: { ...clean, HOME: cwd, BASTIDE_HOME: path.join(cwd, 'bastide') },
  cwd,
  seed: Number(seed),
  bursts: Number(bursts),
  tell: (text) => console.error(text),
});
rmSync(cwd, { recursive: true, force: true });
const seconds = ((Date.now() - started) / 1000).toFixed(0);
console.log(
  `${counted.bursts} bursts, seed ${seed}, ${seconds} s: ${wrong.length} went wrong, left and started again ${left} times`,
);
process.exitCode = wrong.length > 0 ? 1 : 0;
