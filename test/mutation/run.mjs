// Plants bugs one at a time and counts how many the tests catch: `npm run test:mutation -- --seed 1 --count 400`.
// The checkout is not touched: a copy has every bug behind a switch (switches.mjs), and a run without any tells which test files reach
// it; those are asked, those first that catch the most in the least time. Ends with 1 when the score is below the threshold.
// `--again FILE` asks again about what survived or was not run in the run that wrote FILE by `--output`, and gives the score of both.
// `--tests test/answers` asks only test files whose names hold this text. Of those that reach a bug, a minute of tests is asked, the
// worthiest first, which makes the score a lower bound; `--most 900` asks more of them.
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
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
import { isEquivalent, left, mutantsOf, sampled } from './mutants.mjs';
import { asked, killsOf } from './order.mjs';
import { reportOf } from './report.mjs';
import { epilogue, preamble, switched } from './switches.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '400' },
    threshold: { type: 'string', default: '85' },
    minutes: { type: 'string', default: '60' },
    workers: { type: 'string', default: '2' },
    deadline: { type: 'string', default: '180' },
    most: { type: 'string', default: '60' },
    // The unit tier alone takes half the time: its score is a lower bound.
    tier: { type: 'string', multiple: true, default: ['unit', 'laws'] },
    tests: { type: 'string', multiple: true, default: [''] },
    folder: {
      type: 'string',
      multiple: true,
      default: ['src/net', 'src/plan', 'src/rules', 'src/facts'],
    },
    again: { type: 'string' },
    output: { type: 'string' },
  },
});
const number = (name) => {
  const value = Number(values[name]);
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name} is not a number: ${values[name]}`);
  return value;
};
/** Counted from where it is known which tests reach which mutant. */
const allowed = number('minutes') * 60_000;
/** A mutant that loops is caught by this, and by ten times what its tests take without it. */
const deadline = number('deadline') * 1000;
const most = number('most') * 1000;
const patience = 10;

const read = (file) => readFileSync(path.join(root, file), 'utf8');
const relativeTo = (copy, file) => path.relative(copy, file).split(path.sep).join('/');
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

const folders = values.folder.filter(isFolder);
const equivalent = JSON.parse(read('test/mutation/equivalent.json'));
const byFolder = new Map(
  folders.map((folder) => [
    folder,
    filesBelow(folder).flatMap((file) => mutantsOf(read(file), file).map((one) => ({ ...one, file, folder }))),
  ]),
);
const { settled, open } =
  values.again === undefined
    ? { settled: [], open: sampled(byFolder, number('count'), number('seed')) }
    : left(JSON.parse(readFileSync(values.again, 'utf8')), byFolder);
const mutants = open.map((one, id) => ({ ...one, id }));
const total = [...byFolder.values()].reduce((sum, all) => sum + all.length, 0);
const from = values.again === undefined ? `seed ${values.seed}` : `beside ${settled.length} whose outcome stands`;
process.stdout.write(`${mutants.length} of ${total} mutants, ${from}\n`);

function switchedCopy() {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'bastide-mutation-'));
  const apart = new Set(['node_modules', 'dist', '.git', 'coverage']);
  for (const name of readdirSync(root)) {
    if (!apart.has(name)) cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
  }
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  const change = (file, how) => writeFileSync(path.join(copy, file), how(read(file)));
  for (const [file, all] of Map.groupBy(mutants, (one) => one.file)) change(file, (text) => switched(text, all));
  change('test/support/each-file.ts', (text) => `${preamble}${text}${epilogue}`);
  // While places are noted, no test file may find a module loaded by another.
  change('vitest.config.ts', (text) =>
    text.replace('isolate: !shared.includes(name)', (found) => `${found} || process.env.MUTATION_HITS !== undefined`),
  );
  return copy;
}

const running = new Set();

/** Runs test files in the copy. Resolves with how it ended: `passed`, `failed` or `timeout`. */
function run(copy, tests, words, { env, limit = deadline }) {
  const start = [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', copy];
  const cache = ['--fsModuleCachePath', path.join(copy, 'transformed')];
  const projects = values.tier.flatMap((tier) => ['--project', tier]);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...start, ...cache, ...projects, ...words, ...tests], {
      cwd: copy,
      stdio: 'ignore',
      env: { ...process.env, BASTIDE_SHARED: process.env.BASTIDE_SHARED ?? path.resolve(root, '../shared'), ...env },
    });
    running.add(child);
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.once('error', reject);
    child.once('exit', (status, signal) => {
      clearTimeout(timer);
      running.delete(child);
      resolve(signal === 'SIGKILL' ? 'timeout' : status === 0 ? 'passed' : 'failed');
    });
  });
}

/**
 * For each mutant, the test files that reach it. A test file that fails without any bug would catch every one
 * of them, so it is left out: some read the sources as text, and the switches are in it.
 */
async function reaching(copy) {
  const hits = path.join(copy, 'hits');
  const report = path.join(copy, 'report.json');
  mkdirSync(hits);
  const isAsked = (file) => values.tier.includes(tierOf(file)) && values.tests.some((text) => file.includes(text));
  const tests = testFiles().filter(isAsked);
  const words = ['--maxWorkers', values.workers, '--reporter', 'json', '--outputFile', report];
  const all = values.tests.includes('') ? [] : tests;
  await run(copy, all, words, { env: { MUTATION_HITS: hits }, limit: 20 * deadline });
  if (!existsSync(report)) throw new Error('the tests of the copy did not end');
  const ran = JSON.parse(readFileSync(report, 'utf8')).testResults.map(({ name, status, startTime, endTime }) => ({
    name: relativeTo(copy, name),
    isGreen: status === 'passed',
    took: endTime - startTime,
  }));
  const red = ran.filter(({ isGreen }) => !isGreen).map(({ name }) => name);
  const missing = tests.filter((file) => !ran.some(({ name }) => name === file));
  if (missing.length > 0) throw new Error(`not run: ${missing.join(', ')}`);
  if (red.length > 10) throw new Error(`without a mutant these fail: ${red.join(', ')}`);
  process.stdout.write(`left out, since they fail without a mutant: ${red.join(', ') || 'none'}\n`);
  const byMutant = new Map(mutants.map(({ id }) => [id, []]));
  for (const { name, took } of ran.filter(({ isGreen }) => isGreen)) {
    const file = path.join(hits, encodeURIComponent(path.join(copy, name)));
    // A test file whose tests are all skipped notes nothing.
    const { reached } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { reached: [] };
    for (const id of reached) byMutant.get(id).push({ name, took });
  }
  return byMutant;
}

const results = [...settled];
const queue = [...mutants];
const kills = killsOf();
async function work(copy, byMutant, { worker, end }) {
  const report = path.join(copy, `report-${worker}.json`);
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    let outcome = isEquivalent(mutant, equivalent)
      ? 'equivalent'
      : isStopped || Date.now() > end
        ? 'not run'
        : 'survived';
    const tests = byMutant.get(mutant.id);
    for (const part of outcome === 'survived' ? asked(tests, kills, most) : []) {
      rmSync(report, { force: true });
      const words = ['--bail', '1', '--maxWorkers', '1', '--reporter', 'json', '--outputFile', report];
      const limit = deadline + patience * part.reduce((sum, { took }) => sum + took, 0);
      const names = part.map(({ name }) => name);
      const ended = await run(copy, names, words, { env: { MUTANT: String(mutant.id) }, limit });
      if (isStopped) {
        outcome = 'not run';
        break;
      }
      const red = existsSync(report) ? failedIn(copy, report) : [];
      kills.note(names, red);
      if (ended === 'passed') continue;
      outcome = ended === 'failed' ? 'killed' : 'timeout';
      break;
    }
    results.push({ ...mutant, tests: tests.length, outcome });
    process.stdout.write(`${outcome.padEnd(10)} ${mutant.file}:${mutant.line} ${mutant.operator}\n`);
  }
}

function failedIn(copy, report) {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return testResults.flatMap(({ name, status }) => (status === 'failed' ? [relativeTo(copy, name)] : []));
}

const copy = switchedCopy();
let isStopped = false;
// What is decided by then is told and written, so that `--again` goes on from there.
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    isStopped = true;
    for (const child of running) child.kill('SIGTERM');
  });
try {
  const byMutant = await reaching(copy);
  const end = Date.now() + allowed;
  await Promise.all(Array.from({ length: number('workers') }, (_, worker) => work(copy, byMutant, { worker, end })));
} finally {
  rmSync(copy, { recursive: true, force: true });
}
const { text, score } = reportOf(results);
process.stdout.write(`\n${text}\n`);
if (values.output !== undefined) writeFileSync(values.output, `${JSON.stringify(results, null, 1)}\n`);
process.exitCode = isStopped ? 130 : score >= number('threshold') ? 0 : 1;
