// What goes over the wire of a real ssh with 80 ms there and back, with and without -C: a key in the screen inside the window and
// scrolling (world "large", 120 x 40), and the questions of the guide (80 x 24); and how long a key takes to show.
// `node test/bench/ssh.mjs [KEYS]`, on Linux, as root, with openssh-server. It judges nothing; it prints the figures.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { delayLine, remoteLine, startSshd, whyNoSshd } from '../support/sshd.ts';

const keys = Number(process.argv[2] ?? 10);
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
async function far(words, compressed, size) {
  const line = await delayLine(server.port, oneWay);
  const home = path.join(scratch, `${words.join('-')}-${compressed}`);
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

try {
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
} finally {
  await server.stop();
  rmSync(scratch, { recursive: true, force: true });
}
