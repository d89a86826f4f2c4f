// What goes over the wire of a real ssh with 80 ms there and back, with and without -C: a key in the screen inside the window and
// scrolling (world "large", 120 x 40), and the questions of the guide (80 x 24); and how long a key takes to show. `--jobs` walks the
// jobs of docs/keys.md instead, at two sizes: keystrokes, and the time that an operator waits for the screen, in all and at most for
// one key; it ends with 1 where a job does not come to its end.
// `node test/bench/ssh.mjs [KEYS] [--jobs]`, on Linux, as root, with openssh-server. It prints the figures.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { jobs, keystrokes } from '../../build/docs/jobs.ts';
import { keys as keyBytes } from '../support/screen.ts';
import { delayLine, remoteLine, startSshd, whyNoSshd } from '../support/sshd.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { jobs: { type: 'boolean', default: false } },
});
const keys = Number(positionals[0] ?? 10);
const oneWay = 40;
const missing = whyNoSshd();
if (missing !== null) {
  console.log(`skipped: ${missing}`);
  process.exit(0);
}
const root = path.resolve(import.meta.dirname, '../..');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-ssh-bench-'));
const server = await startSshd();
const cell = (value) => String(value).padStart(15);
const nameOf = (compressed) => (compressed ? 'ssh -C' : 'ssh');
const middle = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;

/** Opens Bastide on the far side; `spent` gives the bytes that have come since it was asked last. */
async function far(words, compressed, { home: name = '', ...size }) {
  const line = await delayLine(server.port, oneWay);
  const home = path.join(scratch, `${words.join('-')}-${compressed}-${name.replaceAll(/\W+/g, '-')}`);
  mkdirSync(home, { recursive: true });
  const env = { HOME: home, BASTIDE_HOME: path.join(home, 'bastide'), LANG: 'C.UTF-8', TERM: 'xterm-256color' };
  const command = remoteLine(
    ['sh', path.join(root, 'bin/bastide'), ...words],
    { ...env, COLORTERM: 'truecolor' },
    home,
  );
  const screen = server.open(command, { port: line.port, compressed, ...size });
  let before = 0;
  const spent = () => {
    const now = line.bytes.down;
    const since = now - before;
    before = now;
    return since;
  };
  return { screen, spent, line };
}

async function inScreen(compressed) {
  const { screen, spent, line } = await far(['--demo=large'], compressed, { cols: 120, rows: 40 });
  await screen.until((text) => /f fix/.test(text) && !/Scanning the workspace/.test(text), 60_000);
  await screen.quiet(500);
  const start = spent();
  const waits = [];
  const press = async (key) => {
    const shown = screen.raw().length;
    const since = performance.now();
    screen.type(key);
    while (screen.raw().length === shown && performance.now() - since < 2000)
      await new Promise((done) => setTimeout(done, 1));
    waits.push(performance.now() - since);
    await screen.quiet(160);
    return spent();
  };
  // To the list of findings, whose detail follows the selection.
  await press('3');
  await screen.quiet(600);
  const inside = [];
  for (let turn = 0; turn < keys; turn += 1) inside.push(await press('j'));
  for (let turn = 0; turn < 40; turn += 1) screen.type('j');
  await screen.quiet(400);
  spent();
  const wait = middle(waits.splice(0));
  const scrolling = [];
  for (let turn = 0; turn < keys; turn += 1) scrolling.push(await press('j'));
  screen.type('q');
  await screen.exit;
  await line.stop();
  return { start, inside: middle(inside), scrolling: middle(scrolling), wait, scrollWait: middle(waits) };
}

async function inGuide(compressed) {
  const { screen, spent, line } = await far(['guide', '--demo=open'], compressed, { cols: 80, rows: 24 });
  const question = /\(Enter: stop\): *$/;
  await screen.until(question);
  await screen.quiet(300);
  const first = spent();
  const turn = async (key) => {
    const shown = screen.raw().length;
    screen.type(`${key}\r`);
    await screen.until((text) => screen.raw().length > shown + 200 && question.test(text));
    await screen.quiet(300);
    return spent();
  };
  const explain = await turn('e');
  const yes = await turn('y');
  const skip = await turn('n');
  screen.type('s\r');
  await screen.exit;
  await line.stop();
  return { first, explain, yes, skip };
}

const flat = (text) => text.replaceAll(/[│─┌┐└┘\s]+/g, ' ');
const bytesOf = (key) => keyBytes[{ esc: 'escape' }[key] ?? key] ?? key;
/** Nothing came for so long: the answer to a key is whole. */
const still = 160;

/** One job in a new home: the milliseconds that the operator waits after each of its keys, and whether it came to its end. */
async function inJob({ name, world, first = '', keys: told, shows }, size) {
  const { screen, line } = await far([`--demo=${world}`], false, { ...size, home: `${name}-${size.cols}` });
  await screen.until((text) => /f fix/.test(text) && !/Scanning the workspace/.test(text), 60_000);
  await screen.quiet(500);
  const press = async (key) => {
    const [shown, since] = [screen.raw().length, performance.now()];
    screen.type(bytesOf(key));
    while (screen.raw().length === shown && performance.now() - since < 500)
      await new Promise((done) => setTimeout(done, 1));
    await screen.quiet(still);
    // A spinner: the work that the key began goes on.
    for (let text = await screen.text(); /[\u2800-\u28ff]/.test(text); text = await screen.text())
      await screen.quiet(still);
    return screen.raw().length === shown ? 0 : performance.now() - since - still;
  };
  for (const key of keystrokes(first)) await press(key);
  const waits = [];
  for (const key of keystrokes(told)) waits.push(await press(key));
  const since = performance.now();
  const isDone = await screen
    .until((text) => shows.test(flat(text)), 10_000)
    .then(
      () => true,
      () => false,
    );
  // What the last key began may go on without a spinner.
  waits.push((waits.pop() ?? 0) + performance.now() - since);
  screen.kill('SIGKILL');
  await screen.exit;
  await line.stop();
  return { waits, isDone };
}

async function printJobs() {
  console.log(
    `${'job'.padEnd(58)}${['keystrokes', '80x24', 'most for a key', '140x40', 'most for a key'].map(cell).join('')}`,
  );
  for (const job of jobs) {
    const both = [];
    for (const [cols, rows] of [
      [80, 24],
      [140, 40],
    ])
      both.push(await inJob(job, { cols, rows }));
    if (both.some(({ isDone }) => !isDone)) process.exitCode = 1;
    const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
    const figures = both.flatMap(({ waits, isDone }) =>
      isDone ? [seconds(waits.reduce((sum, one) => sum + one, 0)), seconds(Math.max(...waits))] : ['not done', '-'],
    );
    console.log(`${job.name.padEnd(58)}${[keystrokes(job.keys).length, ...figures].map(cell).join('')}`);
  }
}

async function printBytes() {
  console.log('bytes on the wire towards the operator; ssh itself and its handshake are in what comes first');
  console.log(
    `${'screen'.padEnd(8)}${['first', 'in window', 'scrolling', 'key to screen', 'when scrolling'].map(cell).join('')}`,
  );
  const screens = [];
  for (const compressed of [false, true]) screens.push([nameOf(compressed), await inScreen(compressed)]);
  for (const [name, { start, inside, scrolling, wait, scrollWait }] of screens) {
    console.log(
      `${name.padEnd(8)}${[start, inside, scrolling, `${Math.round(wait)} ms`, `${Math.round(scrollWait)} ms`].map(cell).join('')}`,
    );
  }
  console.log(`${'guide'.padEnd(8)}${['first', 'explain', 'yes', 'skip'].map(cell).join('')}`);
  for (const compressed of [false, true]) {
    const { first, explain, yes, skip } = await inGuide(compressed);
    console.log(`${nameOf(compressed).padEnd(8)}${[first, explain, yes, skip].map(cell).join('')}`);
  }
}

try {
  await (values.jobs ? printJobs() : printBytes());
} finally {
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
}
