// Random input: bursts of keys, pastes, sizes, reports of a mouse, sequences cut in two. After each burst
// the screen is asked for anew (Ctrl+L), and every cell must already have been what it becomes. Whatever happens follows from the
// seed, but for what the machine does in between.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type IPty, spawn } from '@lydell/node-pty';
import { cellsOf, rowsOf, type Terminal, terminalOf } from './cells.ts';
import { burstOf, type FuzzAct, randomOf } from './fuzz-bursts.ts';
import { overlayPlaces, placesOn, screenPlaces } from './fuzz-places.ts';
import { keys } from './screen.ts';

/** A way to start the program. */
export interface FuzzStart {
  readonly args: readonly string[];
  /** Beside what all of them have. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface FuzzOptions {
  readonly command: string;
  /** One after the other, each for as many bursts. */
  readonly starts: readonly FuzzStart[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly seed: number;
  readonly bursts: number;
  /** Told of each burst that went wrong, as it happens. */
  readonly tell?: (text: string) => void;
  /** Looked at between bursts; true ends the run early. */
  readonly enough?: () => boolean;
}

export interface FuzzResult {
  readonly bursts: number;
  /** How often the program was left by its keys and started again. */
  readonly left: number;
  readonly wrong: readonly string[];
  /** In how many bursts each place was there at the end, or where a way to it ended; also those that never were. */
  readonly visits: ReadonlyMap<string, number>;
}

const [frameEnd, repaint] = ['\x1b[?2026l', keys.ctrl('l')];
/** How the program may end when its own keys end it. */
const endings = [0, 130];

interface Run {
  readonly child: IPty;
  readonly terminal: Terminal;
  /** Bytes so far. */
  received(): number;
  /** The exit status, once there is one. */
  exit(): number | undefined;
  /** Frames so far that drew all rows. */
  wholes(): number;
  /** Every cell before and after the next frame that draws all rows. */
  nextWhole(): Promise<{ readonly before: string[]; readonly after: string[] } | undefined>;
  tail(): string;
}

function start({ command, env, cwd }: FuzzOptions, { args, env: more }: FuzzStart): Run {
  const size = { columns: 100, rows: 30 };
  const child = spawn(command, [...args], {
    name: 'xterm-256color',
    cols: size.columns,
    rows: size.rows,
    cwd,
    env: { ...env, ...more, TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8' },
  });
  const terminal = terminalOf(size);
  let [rest, all, received, wholes] = ['', '', 0, 0];
  let status: number | undefined;
  let waiting: ((pair: { before: string[]; after: string[] }) => void) | undefined;
  child.onExit(({ exitCode }) => {
    status = exitCode;
  });
  child.onData((data) => {
    received += data.length;
    all = (all + data).slice(-2_000);
    rest += data;
    for (let end = rest.indexOf(frameEnd); end >= 0; end = rest.indexOf(frameEnd)) {
      const frame = rest.slice(0, end + frameEnd.length);
      rest = rest.slice(frame.length);
      const whole = (frame.match(/\x1b\[K/g) ?? []).length >= terminal.rows;
      if (whole) wholes += 1;
      const told = whole ? waiting : undefined;
      if (told !== undefined) waiting = undefined;
      let before: string[] = [];
      if (told !== undefined) terminal.write('', () => (before = cellsOf(terminal)));
      terminal.write(frame, () => told?.({ before, after: cellsOf(terminal) }));
    }
  });
  return {
    child,
    terminal,
    received: () => received,
    wholes: () => wholes,
    exit: () => status,
    tail: () => all,
    nextWhole: () =>
      new Promise((resolve) => {
        waiting = resolve;
        setTimeout(() => resolve(undefined), 10_000).unref();
      }),
  };
}

/** Nothing has come for a while, and nothing is being done. A screen that is at work goes on, so there is an end to waiting. */
async function quiet(run: Run, ms: number): Promise<void> {
  for (let [seen, tries] = ['', 0]; seen !== signOf(run) && tries < 12; tries += 1) {
    seen = signOf(run);
    await sleep(ms);
  }
}

/** What changes while a program writes or computes; where that cannot be told (not on Linux), what it has written. */
function signOf({ child, received }: Run): string {
  const file = `/proc/${child.pid}/stat`;
  const [state, ...fields] = existsSync(file)
    ? readFileSync(file, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
    : [];
  // Who waits for a processor is as busy as who has one.
  return [received(), ...fields.slice(10, 12), state === 'R' ? Math.random() : ''].join();
}

/** Returns the places that were waited for and came. */
async function perform(run: Run, acts: readonly FuzzAct[]): Promise<string[]> {
  const reached: string[] = [];
  for (const act of acts) {
    const wholes = run.wholes();
    if (run.exit() !== undefined) return reached;
    if (act.kind === 'wait') await sleep(act.ms);
    else if (act.kind === 'until') {
      if (await arrived(run, act.place)) reached.push(act.place);
    } else if (act.kind === 'type') run.child.write(act.text);
    else {
      run.terminal.resize(act.columns, act.rows);
      run.child.resize(act.columns, act.rows);
      // Its frame is a whole one too, and must not be taken for the one that is asked for afterwards.
      for (let tries = 0; tries < 1_000 && run.wholes() === wholes; tries += 1) await sleep(5);
    }
  }
  return reached;
}

/** Is the place come to before the program is idle? What computes a plan is not. */
async function arrived(run: Run, place: string): Promise<boolean> {
  const isThere = () => placesOn(rowsOf(run.terminal)).includes(place);
  for (let [seen, tries] = ['', 0]; !isThere() && seen !== signOf(run) && tries < 40; tries += 1) {
    seen = signOf(run);
    await sleep(250);
  }
  return isThere();
}

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const random = randomOf(options.seed);
  const wrong: string[] = [];
  const say = (text: string) => {
    wrong.push(text);
    options.tell?.(text);
  };
  const visits = new Map([...screenPlaces, ...overlayPlaces].map(({ name }) => [name, 0]));
  const each = Math.ceil(options.bursts / options.starts.length);
  const begun = (burst: number) => start(options, options.starts[Math.floor(burst / each)] ?? { args: [] });
  let run = begun(0);
  let left = 0;
  let burst = 0;
  const ready = async () => {
    for (let tries = 0; tries < 1_000 && !run.tail().includes(frameEnd); tries += 1) await sleep(20);
    await quiet(run, 300);
  };
  await ready();
  for (; burst < options.bursts && options.enough?.() !== true; burst += 1) {
    if (burst > 0 && burst % each === 0) {
      await ended(run);
      run = begun(burst);
      await ready();
    }
    const acts = burstOf(random, burst);
    const reached = await perform(run, acts);
    const resized = acts.some((act) => act.kind === 'resize');
    // A lone Escape at the end of a burst would make one key of itself and what follows.
    await quiet(run, resized ? 140 : 60);
    const told = `seed ${options.seed}, burst ${burst}: ${JSON.stringify(acts)}`;
    const whole = run.exit() === undefined ? run.nextWhole() : undefined;
    if (whole !== undefined) run.child.write(repaint);
    const pair = await Promise.race([whole, gone(run)]);
    const status = run.exit();
    if (status !== undefined) {
      left += 1;
      if (!endings.includes(status)) say(`${told}: ended with ${status}: ${JSON.stringify(run.tail())}`);
      run = begun(burst);
      await ready();
    } else if (pair === undefined) say(`${told}: does not answer: ${JSON.stringify(run.tail().slice(-300))}`);
    else {
      const stale = pair.after.flatMap((row, y) => (row === pair.before[y] ? [] : [y]));
      if (stale.length > 0) say(`${told}: rows ${stale.join()} were stale`);
      const come = new Set([...reached, ...placesOn(rowsOf(run.terminal))]);
      for (const name of come) visits.set(name, (visits.get(name) ?? 0) + 1);
    }
  }
  await ended(run);
  return { bursts: burst, left, wrong, visits };
}

async function ended(run: Run): Promise<void> {
  run.child.write(keys.ctrl('c'));
  await Promise.race([gone(run), sleep(3_000)]);
  if (run.exit() === undefined) run.child.kill('SIGKILL');
}

/** Resolves when the program has ended. */
async function gone(run: Run): Promise<undefined> {
  while (run.exit() === undefined) await sleep(50);
  return undefined;
}
