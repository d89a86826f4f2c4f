// The suites of trust in full, and one table of what they tried: `npm run trust -- --seed 1 --only matrix,crash --minutes 10`. Each test
// says its figures in its meta data. Ends with 1 where anything is wrong, or less was tried than a suite must try.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';

const root = path.resolve(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    minutes: { type: 'string', default: '10' },
    size: { type: 'string', default: 'full' },
    workers: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});
/** `least`: how many of what, at least, over all parts of a suite that say so; `each`: by each part. */
const suites = [
  { name: 'matrix', files: ['test/trust/outcomes.test.ts'], least: 2000 },
  {
    name: 'crash',
    files: ['test/trust/crash.test.ts', 'test/journeys/crash.test.ts'],
    least: 500,
  },
  {
    name: 'disk',
    files: [
      'test/trust/disk.law.test.ts',
      'test/trust/journal-full.long.test.ts',
      'test/trust/settings-full.test.ts',
      ...(values.size === 'full' ? ['test/trust/journal.long.test.ts'] : ['test/trust/journal.test.ts']),
    ],
    each: 60,
  },
  {
    name: 'interleavings',
    files: ['test/trust/interleavings.test.ts', 'test/trust/overwritten.test.ts'],
    least: 1000,
  },
  { name: 'requests', files: ['test/trust/requests.test.ts', 'test/trust/requests-made.test.ts'], least: 3000 },
  { name: 'sequences', files: ['test/trust/sequences.test.ts'], least: 300 },
  {
    name: 'parsers',
    files: ['test/trust/parsers.law.test.ts', 'test/trust/answers.test.ts', 'test/trust/limits.test.ts'],
    each: 2000,
  },
  { name: 'terminal', files: ['test/trust/terminal-characters.test.ts'], least: 1 },
  { name: 'soak', files: ['test/trust/soak.long.test.ts'], least: 6 },
  { name: 'no wider', files: ['test/trust/no-wider.law.test.ts', 'test/trust/no-relax.law.test.ts'], least: 1000 },
  { name: 'effects', files: ['test/trust/effects.law.test.ts'], least: 500 },
];

if (values.help) {
  process.stdout.write(
    `npm run trust -- [--seed N] [--only NAME,NAME] [--minutes M] [--size small|full] [--workers N]\nSuites: ${suites.map(({ name }) => name).join(', ')}. --minutes is the length of the soak.\n`,
  );
  process.exit(0);
}
for (const name of ['seed', 'minutes', 'workers']) {
  if (!(Number(values[name]) > 0)) usage(`--${name} is not a number: ${values[name]}`);
}
if (values.size !== 'full' && values.size !== 'small') usage(`--size is small or full, not ${values.size}`);
const wanted = values.only?.split(',').map((name) => name.trim().replaceAll('-', ' '));
const chosen = suites.filter(({ name }) => wanted === undefined || wanted.includes(name));
const unknown = wanted?.filter((name) => !suites.some((suite) => suite.name === name)) ?? [];
if (unknown.length > 0) usage(`unknown suite: ${unknown.join(', ')} (${suites.map(({ name }) => name).join(', ')})`);

const absent = suites.flatMap(({ files }) => files).filter((file) => !existsSync(path.join(root, file)));
if (absent.length > 0) throw new Error(`there is no ${absent.join(', ')}`);

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-trust-'));
const rows = [];
for (const suite of chosen) {
  process.stderr.write(`${suite.name} ...\n`);
  rows.push(await runSuite(suite));
}
const isShort = values.size === 'small';
process.stdout.write(`\n${table(rows)}\nSeed ${values.seed}, size ${values.size}. Output and reports: ${scratch}\n`);
for (const { name, cells } of rows) if (cells.size > 0) process.stdout.write(`\n${tableOfCells(name, cells)}\n`);
for (const { name, failed, short } of rows) {
  for (const text of failed) process.stdout.write(`\n${name}: ${text.slice(0, 3000)}\n`);
  if (!isShort) for (const text of short) process.stdout.write(`\n${name}: ${text}\n`);
}
process.exitCode = rows.some(({ failed, short }) => failed.length > 0 || (!isShort && short.length > 0)) ? 1 : 0;

function usage(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

async function runSuite({ name, files, least, each }) {
  const report = path.join(scratch, `${name.replaceAll(' ', '-')}.json`);
  const started = Date.now();
  const status = await vitest(files, report, report.replace(/json$/, 'txt'));
  const seconds = (Date.now() - started) / 1000;
  const failed = [];
  const parts = new Map();
  const cells = new Map();
  try {
    const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
    for (const { name: file, assertionResults, message, status: state } of testResults) {
      if (state === 'failed' && assertionResults.length === 0) failed.push(`${path.relative(root, file)}: ${message}`);
      for (const { fullName, status: result, meta, failureMessages } of assertionResults) {
        if (result === 'failed') failed.push(`${fullName}: ${failureMessages.join('\n')}`);
        for (const figures of meta?.trust ?? []) {
          const key = `${figures.suite} ${figures.what}`;
          const sum = parts.get(key) ?? { suite: figures.suite, what: figures.what, tried: 0, wrong: 0 };
          sum.tried += figures.tried;
          sum.wrong += figures.wrong;
          parts.set(key, sum);
          if (figures.cell === undefined) continue;
          const { row, column } = figures.cell;
          const at = cells.get(row) ?? new Map();
          const [some, bad] = at.get(column) ?? [0, 0];
          cells.set(row, at.set(column, [some + figures.tried, bad + figures.wrong]));
        }
      }
    }
  } catch (error) {
    failed.push(`no report: ${error.message}`);
  }
  if (status !== 0 && failed.length === 0) failed.push(`vitest ends with ${status}`);
  const own = [...parts.values()].filter(({ suite }) => suite === name);
  const all = own.reduce((sum, { tried }) => sum + tried, 0);
  const short = [
    ...(least !== undefined && all < least ? [`${all} tried, at least ${least} are wanted`] : []),
    ...own
      .filter(({ tried }) => tried < (each ?? 0))
      .map(({ what, tried }) => `${what}: ${tried} tried, at least ${each} are wanted`),
    ...(own.length === 0 ? ['no figures'] : []),
  ];
  return { name, parts: own, cells, seconds, failed, short };
}

function vitest(files, report, log) {
  const output = createWriteStream(log);
  const child = spawn(
    process.execPath,
    [
      path.join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', `--maxWorkers=${values.workers}`, '--reporter=default', '--reporter=json', `--outputFile=${report}`],
      ...files,
    ],
    {
      cwd: root,
      env: {
        ...process.env,
        TRUST_SIZE: values.size,
        TEST_SIZE: values.size,
        TRUST_SEED: values.seed,
        ...(values.size === 'full' ? { TRUST_MINUTES: values.minutes } : {}),
      },
    },
  );
  child.stdout.pipe(output);
  child.stderr.pipe(output);
  return new Promise((resolve) => child.on('close', resolve));
}

function table(all) {
  const cells = all.flatMap(({ name, parts, seconds, failed }) => {
    const tried = parts.reduce((sum, part) => sum + part.tried, 0);
    const wrong = Math.max(
      parts.reduce((sum, part) => sum + part.wrong, 0),
      failed.length,
    );
    const one = parts.length === 1;
    return [
      [name, one ? parts[0].what : '', String(tried), String(wrong), `${seconds.toFixed(0)} s`],
      ...(one ? [] : parts.map(({ what, tried: some, wrong: bad }) => ['', what, String(some), String(bad), ''])),
    ];
  });
  return aligned([['suite', 'what', 'tried', 'wrong', 'time'], ...cells], 2);
}

/** One row a kind and way, one column a moment: how many were tried, and how many of them were wrong. */
function tableOfCells(name, cells) {
  const columns = [...new Set([...cells.values()].flatMap((row) => [...row.keys()]))].toSorted();
  const rows = [...cells].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = (found) => (found === undefined ? '-' : `${found[0]} tried, ${found[1]} wrong`);
  return aligned(
    [[name, ...columns], ...rows.map(([row, at]) => [row, ...columns.map((one) => text(at.get(one)))])],
    1,
  );
}

function aligned(lines, firstNumber) {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const isNumber = (column) => column >= firstNumber;
  return lines
    .map((line) =>
      line
        .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
