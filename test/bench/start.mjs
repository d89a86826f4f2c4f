// What a short command costs beside an empty Node script, by processor time: `node test/bench/start.mjs [ROUNDS] [ARGS…]`.
// Both are started in turn, so that a busy machine is busy for both; the medians are compared.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

const [rounds = '15', ...given] = process.argv.slice(2);
const args = given.length > 0 ? given : ['version'];
const root = path.resolve(import.meta.dirname, '../..');
const home = mkdtempSync(path.join(os.tmpdir(), 'bastide-start-'));
const empty = path.join(home, 'empty.mjs');
writeFileSync(empty, '');
const env = { PATH: process.env.PATH, HOME: home, BASTIDE_HOME: path.join(home, 'bastide'), LANG: 'C.UTF-8' };

/** Milliseconds of processor time of one run, those of its children included. */
function cpu(command, words) {
  const timed = ['-c', 'TIMEFORMAT="%3U %3S"; time "$@" >/dev/null', 'bash', command, ...words];
  const ran = spawnSync('bash', timed, { env, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`${command} ${words.join(' ')}: ${ran.stderr}`);
  return ran.stderr
    .trim()
    .split(' ')
    .reduce((sum, seconds) => sum + Number(seconds) * 1000, 0);
}
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

try {
  const runs = { empty: [], bastide: [] };
  cpu(process.execPath, [path.join(root, 'bin/bastide.js'), ...args]);
  for (let round = 0; round < Number(rounds); round += 1) {
    runs.empty.push(cpu(process.execPath, [empty]));
    runs.bastide.push(cpu(process.execPath, [path.join(root, 'bin/bastide.js'), ...args]));
  }
  const [least, ours] = [median(runs.empty), median(runs.bastide)];
  process.stdout.write(
    `empty script ${least.toFixed(0)} ms, bastide ${args.join(' ')} ${ours.toFixed(0)} ms: ${(ours / least).toFixed(2)} times (${rounds} runs in turn)\n`,
  );
} finally {
  rmSync(home, { recursive: true, force: true });
}
