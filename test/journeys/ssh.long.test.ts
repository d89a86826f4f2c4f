// The job from far away: a real sshd, 80 ms there and back, a line that drops. What an operator loses with the connection is the
// connection.
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  bastide,
  bastideJson,
  declareNoServerless,
  freshHome,
  type HistoryJson,
  type Home,
  launcher,
} from '../support/bastide.ts';
import { confirmed, fixMarked, throughSizes, undone } from '../support/marks-and-sizes.ts';
import { skippedFor } from '../support/outside.ts';
import { keys, type TestScreen } from '../support/screen.ts';
import {
  type DelayLine,
  delayLine,
  processesWith,
  remoteLine,
  type Sshd,
  startSshd,
  whyNoSshd,
} from '../support/sshd.ts';
import { normalState } from '../support/state.ts';

const missing = whyNoSshd();
/** Milliseconds in each direction. */
const oneWay = 40;

const cleanups: (() => unknown)[] = [];
let server: Sshd;
beforeAll(async () => {
  if (missing === null) server = await startSshd();
});
afterAll(() => (missing === null ? server.stop() : undefined));
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

function home(): Home {
  const made = freshHome();
  cleanups.push(() => made.remove());
  // Whatever a failing test leaves behind goes before its home does, by number.
  cleanups.push(() => {
    for (const pid of left(made)) process.kill(pid, 'SIGKILL');
  });
  mkdirSync(made.folder, { recursive: true });
  return made;
}
const left = ({ folder }: Home): number[] => processesWith('HOME', folder);
async function line(): Promise<DelayLine> {
  const made = await delayLine(server.port, oneWay);
  cleanups.push(() => made.stop());
  return made;
}
function open(at: Home, over: DelayLine, words: readonly string[], cols = 80, rows = 24): TestScreen {
  const env = { ...at.env, TERM: 'xterm-256color', COLORTERM: 'truecolor' };
  const command = remoteLine(['sh', launcher, ...words, '--demo=open'], env, at.folder);
  const screen = server.open(command, { port: over.port, cols, rows });
  cleanups.push(() => screen.kill('SIGKILL'));
  return screen;
}
const stateOf = (at: Home) => path.join(at.folder, 'bastide/demo/open.json');
const entriesOf = async (at: Home) => (await bastideJson<HistoryJson>(['history', '--demo=open'], at)).result.entries;
/** Waits until nothing of this home runs any more; what still does after ten seconds. */
async function gone(at: Home): Promise<number[]> {
  for (let tries = 0; tries < 200 && left(at).length > 0; tries += 1) await sleep(50);
  return left(at);
}
const idle = (text: string): boolean =>
  /Findings/.test(text) && /f fix/.test(text) && !/Scanning the workspace/.test(text);
const question = /\(Enter: stop\): *$/;

describe.skipIf(missing !== null)(`over ssh${skippedFor(missing)}`, () => {
  test('explore, filter, fix one, undo, resize; the terminal is as it was and nothing stays behind', async () => {
    const at = home();
    await declareNoServerless(at, 'open');
    await bastide(['audit', '--demo=open'], at);
    const start = normalState(stateOf(at));
    const screen = open(at, await line(), [], 100, 30);
    await screen.until(idle);
    expect(screen.modes().alternate).toBe(true);
    await screen.press('/', /sev:high/);
    await screen.press('bypass', 'bypass');
    screen.type(keys.escape);
    await screen.until((text) => idle(text) && text.includes('storage.default-action-deny'));
    await screen.press('/', /sev:high/);
    await screen.press(
      `keyvault.default${keys.enter}`,
      (text) => idle(text) && /keyvault\.default-action-deny/.test(text),
    );
    // The size travels along.
    screen.resize(80, 24);
    await screen.until((text) => idle(text) && text.split('\n').length <= 24 && text.includes('keyvault.default'));
    screen.resize(100, 30);
    await screen.until((text) => idle(text) && text.split('\n').length > 24);
    await screen.press(keys.tab, idle);
    await screen.quiet();
    await screen.press('f', /> Cancel/);
    await screen.press(keys.tab, /> (Apply|Fix)/);
    await confirmed(screen, (text) => /Saved to history as/.test(text));
    expect(normalState(stateOf(at))).not.toEqual(start);
    await screen.press(keys.escape, idle);
    await screen.press('u', /> Cancel/);
    await screen.press(keys.tab, /> Undo/);
    await confirmed(screen, (text) => /Saved to history as/.test(text));
    expect(normalState(stateOf(at))).toEqual(start);
    await screen.press(keys.escape, idle);
    screen.type('q');
    expect((await screen.exit).exitCode).toBe(0);
    expect(screen.modes()).toMatchObject({
      alternate: false,
      autowrap: true,
      bracketedPaste: false,
      cursorHidden: false,
    });
    expect(await gone(at)).toEqual([]);
  });

  test('fix many, undo to a point, another theme, every size, Ctrl+Z and fg, a kill: as on the spot', async () => {
    const at = home();
    await declareNoServerless(at, 'open');
    await bastide(['audit', '--demo=open'], at);
    const start = normalState(stateOf(at));
    const env = { ...at.env, TERM: 'xterm-256color', COLORTERM: 'truecolor', PS1: 'far-away$ ' };
    const { port } = await line();
    const command = remoteLine(['bash', '--norc', '--noprofile', '-i'], env, at.folder);
    const screen = server.open(command, { port, cols: 140, rows: 40 });
    cleanups.push(() => screen.kill('SIGKILL'));
    await screen.until('far-away$');
    screen.type(`sh ${launcher} --demo=open\r`);
    await screen.until(idle);
    await screen.quiet();

    await fixMarked(screen, idle, 'rule:keyvault.', 'g ');
    const between = normalState(stateOf(at));
    await fixMarked(screen, idle, 'sev:critical rule:storage.', '*');
    expect(normalState(stateOf(at))).not.toEqual(between);
    await screen.press('6', (text) => (text.match(/fix +done/g) ?? []).length === 2);
    await screen.press('G', /^> .*fix +done/m);
    await screen.press('t', /Undo: \d+ changes/);
    await screen.press(keys.tab, /> Undo/);
    await undone(screen);
    await screen.press(keys.escape, idle);
    expect(normalState(stateOf(at))).toEqual(start);

    await screen.press('T', /Theme \w/);
    await screen.press('1', /\[1 Overview\]/);
    await screen.until((text) => !/Theme \w/.test(text) && / F {2}\d+ changes? resolves? /.test(text));
    await throughSizes(screen, 300);

    await screen.press(keys.ctrl('z'), 'Stopped');
    await screen.until(() => !screen.modes().alternate);
    await screen.press('echo here-$((1+1))\r', 'here-2');
    await screen.press('fg\r', idle);

    const [running] = left(at).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('bastide.js'));
    if (running === undefined) throw new Error('no Bastide runs on the far side');
    process.kill(running, 'SIGTERM');
    await screen.until((text) => !screen.modes().alternate && /far-away\$ *$/.test(text));
    await screen.press('echo left with $?\r', 'left with 130');
    expect(screen.modes()).toMatchObject({ alternate: false, autowrap: true, cursorHidden: false });
    screen.type('exit\r');
    await screen.exit;
    expect(await gone(at)).toEqual([]);
  });

  test('the guide: cut at a question and cut in the middle of a fix, it goes on where it was', async () => {
    const at = home();
    await declareNoServerless(at, 'open');
    await bastide(['audit', '--demo=open'], at);
    const start = normalState(stateOf(at));

    const first = await line();
    const one = open(at, first, ['guide'], 80, 40);
    await one.until(question);
    await one.press('y\r', (text) => /2 of 8 /.test(text) && question.test(text));
    first.cut();
    await one.exit;
    expect(await gone(at)).toEqual([]);
    expect(await entriesOf(at)).toHaveLength(1);

    const second = await line();
    const two = open(at, second, ['guide'], 80, 40);
    const resumed = await two.until(question);
    expect(resumed).toContain('Continuing: 5 findings resolved, 0 skipped');
    expect(resumed).toMatch(/2 of 8 /);
    // The yes is on its way when the line drops: it arrives, and what it began is carried to an end or not begun.
    two.type('y\r');
    await sleep(oneWay * 2);
    second.cut();
    await two.exit;
    expect(await gone(at)).toEqual([]);

    const three = open(at, await line(), ['guide'], 80, 40);
    expect(await three.until(question)).toContain('Continuing: ');
    const entries = await entriesOf(at);
    expect(entries.filter(({ state }) => state === 'open')).toEqual([]);
    three.type('s\r');
    expect((await three.exit).exitCode).toBe(0);
    for (const _ of entries) await bastide(['undo', '--yes', '--demo=open'], at);
    expect(normalState(stateOf(at))).toEqual(start);
  });

  test('a connection that was cut silently does not keep the next session waiting', async () => {
    const at = home();
    const dead = await line();
    const one = open(at, dead, ['guide'], 80, 40);
    await one.until(question);
    await one.press('n\r', (text) => /2 of \d+/.test(text) && question.test(text));
    dead.freeze();
    const two = open(at, await line(), ['guide'], 80, 40);
    expect(await two.until(question)).toMatch(/0 findings resolved, 5 skipped/);
    await two.press('y\r', (text) => /Applied and verified/.test(text) && question.test(text));
    two.type('s\r');
    expect((await two.exit).exitCode).toBe(0);
    expect(left(at).length).toBeGreaterThan(0);
    dead.cut();
    await one.exit;
    expect(await gone(at)).toEqual([]);
    expect(await entriesOf(at)).toHaveLength(1);
  });
});
