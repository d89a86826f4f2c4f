// Plants bugs one at a time and counts how many the tests catch: `npm run test:mutation -- --seed 1 --count 400`.
// The checkout is not touched: each worker has a copy of it. Ends with 1 when the score is below the threshold.
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { testFiles, tierOf } from '../support/tiers.ts';
import { mutantsOf, planted, sampled } from './mutants.mjs';
import { reportOf } from './report.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '400' },
    threshold: { type: 'string', default: '85' },
    minutes: { type: 'string', default: '60' },
    workers: { type: 'string', default: '2' },
    deadline: { type: 'string', default: '180' },
    // The unit tier alone takes half the time: its score is a lower bound.
    tier: { type: 'string', multiple: true, default: ['unit', 'laws'] },
    folder: {
      type: 'string',
      multiple: true,
      default: ['src/net', 'src/plan', 'src/rules', 'src/facts'],
    },
    output: { type: 'string' },
  },
});
const number = (name) => {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} is not a number: ${values[name]}`);
  return value;
};
const end = Date.now() + number('minutes') * 60_000;
/** A mutant that loops is caught by this. */
const deadline = number('deadline') * 1000;
/** Test files are asked in parts of these sizes, then the rest: the nearest ones catch most, and each part costs one start. */
const parts = [5, 20];

const read = (file) => readFileSync(path.join(root, file), 'utf8');
const isFolder = (folder) => {
  try {
    return readdirSync(path.join(root, folder)).length > 0;
  } catch {
    return false;
  }
};
const filesBelow = (folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ts$/.test(file))
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
    .sort();

// Built once: how far each test is from each source file, over imports that count at run time.
const importsOf = (file) =>
  [...read(file).matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s*'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gms)]
    .map(([, late, early]) => path.posix.join(path.posix.dirname(file), late ?? early))
    .filter((one) => /\.tsx?$/.test(one) && existsSync(path.join(root, one)));
const graph = new Map();
function importsFrom(file) {
  if (!graph.has(file)) graph.set(file, importsOf(file));
  return graph.get(file);
}
function distancesFrom(test) {
  const distances = new Map([[test, 0]]);
  const queue = [test];
  for (const file of queue) {
    for (const next of importsFrom(file)) {
      if (distances.has(next)) continue;
      distances.set(next, distances.get(file) + 1);
      queue.push(next);
    }
  }
  return distances;
}
const pure = testFiles().filter((file) => values.tier.includes(tierOf(file)));
const distances = new Map(pure.map((test) => [test, distancesFrom(test)]));
/** The folder of tests that mirrors the source comes first, then the nearest; laws, which take long, last. */
function testsOf(file) {
  const mirrored = file
    .replace(/^src\//, 'test/')
    .split('/')
    .slice(0, 2)
    .join('/');
  const rank = (test) =>
    (tierOf(test) === 'laws' ? 1000 : 0) + (test.startsWith(`${mirrored}/`) ? 0 : 10) + distances.get(test).get(file);
  return pure.filter((test) => distances.get(test).has(file)).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

const folders = values.folder.filter(isFolder);
const equivalent = JSON.parse(read('test/mutation/equivalent.json'));
const isEquivalent = (mutant) =>
  equivalent.some((one) => one.file === mutant.file && one.was === mutant.was && one.becomes === mutant.becomes);
const byFolder = new Map(
  folders.map((folder) => [
    folder,
    filesBelow(folder).flatMap((file) => mutantsOf(read(file), file).map((one) => ({ ...one, file, folder }))),
  ]),
);
const mutants = sampled(byFolder, number('count'), number('seed'));
const total = [...byFolder.values()].reduce((sum, all) => sum + all.length, 0);
process.stdout.write(`${mutants.length} of ${total} mutants, seed ${values.seed}\n`);

function copyOfCheckout() {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'bastide-mutation-'));
  const apart = new Set(['node_modules', 'dist', '.git', 'coverage']);
  for (const name of readdirSync(root)) {
    if (!apart.has(name)) cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

/** `killed`, `timeout` or `survived`. */
function outcomeOf(copy, tests, { limit = deadline, stdio = 'ignore' } = {}) {
  if (tests.length === 0) return Promise.resolve('survived');
  const words = [
    'run',
    '--root',
    copy,
    '--bail',
    '1',
    '--maxWorkers',
    '1',
    '--project',
    'unit',
    '--project',
    'laws',
    '--reporter',
    'dot',
  ];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'node_modules/vitest/vitest.mjs'), ...words, ...tests], {
      cwd: copy,
      stdio,
      env: { ...process.env, BASTIDE_SHARED: process.env.BASTIDE_SHARED ?? path.resolve(root, '../shared') },
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.once('error', reject);
    child.once('exit', (status, signal) => {
      clearTimeout(timer);
      resolve(signal === 'SIGKILL' ? 'timeout' : status === 0 ? 'survived' : 'killed');
    });
  });
}

const results = [];
const queue = [...mutants];
async function work() {
  const copy = copyOfCheckout();
  try {
    for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
      if (Date.now() > end) {
        results.push({ ...mutant, outcome: 'not run' });
        continue;
      }
      if (isEquivalent(mutant)) {
        results.push({ ...mutant, outcome: 'equivalent' });
        continue;
      }
      const text = read(mutant.file);
      const at = path.join(copy, mutant.file);
      const tests = testsOf(mutant.file);
      writeFileSync(at, planted(text, mutant));
      let outcome = 'survived';
      for (let from = 0, part = 0; from < tests.length && outcome === 'survived'; part += 1) {
        const to = from + (parts[part] ?? tests.length);
        outcome = await outcomeOf(copy, tests.slice(from, to));
        from = to;
      }
      writeFileSync(at, text);
      results.push({ ...mutant, outcome });
      process.stdout.write(`${outcome.padEnd(9)} ${mutant.file}:${mutant.line} ${mutant.operator}\n`);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

// A test that fails by itself would count every mutant as caught.
const clean = copyOfCheckout();
try {
  const needed = [...new Set(mutants.flatMap(({ file }) => testsOf(file).slice(0, parts[0])))];
  // Many tests in one run, so it may take as long as several mutants; what fails is shown.
  const outcome = await outcomeOf(clean, needed, { limit: 6 * deadline, stdio: 'inherit' });
  if (outcome !== 'survived') throw new Error(`without a mutant the tests end as ${outcome}`);
} finally {
  rmSync(clean, { recursive: true, force: true });
}
await Promise.all(Array.from({ length: number('workers') }, work));
const { text, score } = reportOf(results);
process.stdout.write(`\n${text}\n`);
if (values.output !== undefined) writeFileSync(values.output, `${JSON.stringify(results, null, 1)}\n`);
process.exitCode = score >= number('threshold') ? 0 : 1;
