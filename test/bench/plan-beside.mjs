// A plan of everything by this checkout and by another one, in one interleaved run: processor time of whole commands as medians, and the
// ratio. Both checkouts are built. `node test/bench/plan-beside.mjs OTHER_CHECKOUT [ROUNDS]`. It judges nothing; it prints the figures.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { cpu } from './parts/cpu.mjs';

const [other, rounds = '7'] = process.argv.slice(2);
if (other === undefined) {
  process.stderr.write('usage: node test/bench/plan-beside.mjs OTHER_CHECKOUT [ROUNDS]\n');
  process.exit(2);
}
const here = path.resolve(import.meta.dirname, '../..');
const checkouts = [here, path.resolve(other)];
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-bench-'));
const env = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(CI|AZURE_.*|BASTIDE_.*|NODE_OPTIONS)$/.test(name)),
  ),
  BASTIDE_HOME: path.join(scratch, 'home'),
  HOME: scratch,
};

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const planOf = (checkout, world) =>
  cpu(['sh', path.join(checkout, 'bin/bastide'), 'fix', '--all', '--dry-run', `--demo=${world}`], env);

const worlds = ['large', 'everything'];
const times = new Map(worlds.map((world) => [world, checkouts.map(() => [])]));
for (let round = -1; round < Number(rounds); round += 1)
  for (const world of worlds)
    for (const [at, checkout] of checkouts.entries()) {
      const value = planOf(checkout, world);
      if (round >= 0) times.get(world)[at].push(value);
    }

console.log(`CPU ms (user + system) of \`fix --all --dry-run\`, median of ${rounds} interleaved runs`);
console.log(`${'world'.padEnd(12)} ${'here'.padStart(7)} ${'other'.padStart(7)}   ratio`);
for (const [world, [own, beside]] of times) {
  const [a, b] = [median(own), median(beside)];
  console.log(
    `${world.padEnd(12)} ${a.toFixed(0).padStart(7)} ${b.toFixed(0).padStart(7)}  ${(a / b).toFixed(2).padStart(6)}`,
  );
}
rmSync(scratch, { recursive: true, force: true });
