// Somebody who presses anything: bursts of keys, pastes, sizes, reports of a mouse, sequences cut in two. After each burst
// the screen is asked for anew (Ctrl+L), and every cell must already have been what it becomes. Whatever happens follows from the
// seed, but for what the machine does in between.
import { setTimeout as sleep } from 'node:timers/promises';
import { type IPty, spawn } from '@lydell/node-pty';
import { cellsOf, rowsOf, type Terminal, terminalOf } from './cells.ts';
import { overlayPlaces, type Place, placesOn, screenPlaces } from './fuzz-places.ts';
import { keys } from './screen.ts';

/** A way to start the program. */
export interface Start {
  readonly args: readonly string[];
  /** Beside what all of them have. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface FuzzOptions {
  readonly command: string;
  /** One after the other, each for as many bursts. */
  readonly starts: readonly Start[];
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
  /** In how many bursts each place was there at the end; also those that never were. */
  readonly visits: ReadonlyMap<string, number>;
}

const [frameEnd, repaint] = ['\x1b[?2026l', keys.ctrl('l')];
/** How the program may end when its own keys end it. */
const endings = [0, 130];

/** A generator of numbers below one (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Act =
  | { readonly kind: 'type'; readonly text: string }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'resize'; readonly columns: number; readonly rows: number };

const typed = (text: string): Act => ({ kind: 'type', text });
const moves = ['j', 'k', 'jjj', 'kk', 'g', 'G', 'l', 'h', '[', ']', '\t', keys.shiftTab, ' ', '5', '12G'];
const arrows = [keys.up, keys.down, keys.left, keys.right, keys.pageUp, keys.pageDown, keys.ctrl('d'), keys.ctrl('u')];
const screens = ['?', ':', '/', 'a', 'd', 'y', 'T', 'm', 'p', 'f', 'F', 'u', 'r', 'c', 'C', 'w', 'x', '+', '!', 'v'];
const ends = [keys.enter, keys.escape, keys.backspace, `${keys.escape}${keys.escape}`, keys.tab];
const lines = [
  ':theme light\r',
  ':theme mono\r',
  ':audit\r',
  ':help fix\r',
  ':explain storage.default-action-deny\r',
  '/sev:high\r',
  '/日本\r',
  ':no such command "\r',
];
const pasted = ['sev:high', 'a\nb\tc', '\x1b[31mred\x1b[0m', '👨‍👩‍👧 ⚠️ é', 'x'.repeat(300), '\x1b[?1049l'];
const strange = [
  '\x1b[1;5P',
  '\x1bOP',
  '\x1b[15~',
  '\x1b[I',
  '\x1b[201~',
  '\x00',
  '\x1b[',
  '\x1b]0;t\x07',
  '\x1b[?1;2c',
];
const mouse = [
  '\x1b[<0;30;10M',
  '\x1b[<0;30;10m',
  '\x1b[<64;50;9M',
  '\x1b[<65;50;9M',
  '\x1b[<32;1;1M',
  '\x1b[<0;9',
  '\x1b[M !!',
];
const split: readonly (readonly [string, string])[] = [
  ['\x1b', '[B'],
  ['\x1b[', 'A'],
  ['\x1b[5', '~'],
  ['\x1b[<65;4', '0;9M'],
];

const places = [...screenPlaces, ...overlayPlaces];
const ways = places.filter(({ way }) => way.length > 0);
/** From whatever lies above the screen to the screen, then to a place. */
const wayTo = ({ way }: Place): Act[] => [
  ...[1, 2, 3].flatMap((): Act[] => [typed(keys.escape), { kind: 'wait', ms: 120 }]),
  ...way.flatMap((text): Act[] => [typed(text), { kind: 'wait', ms: 120 }]),
];

function burstOf(random: () => number): Act[] {
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const one = (): Act[] => {
    const dice = random();
    if (dice < 0.34) return [typed(any(moves))];
    if (dice < 0.5) return [typed(any(arrows))];
    if (dice < 0.62) return [typed(any(screens))];
    if (dice < 0.74) return [typed(any(ends))];
    if (dice < 0.79) return [typed(any(lines))];
    if (dice < 0.83) return [typed(`\x1b[200~${any(pasted)}\x1b[201~`)];
    if (dice < 0.86) return [typed(any(strange))];
    if (dice < 0.89) return [typed(any(mouse))];
    if (dice < 0.92) {
      const [start, rest] = any(split);
      return [typed(start), { kind: 'wait', ms: between(0, 40) }, typed(rest)];
    }
    return [{ kind: 'resize', columns: between(20, 160), rows: between(5, 50) }];
  };
  const led = random() < 0.25 ? wayTo(any(ways)) : [];
  const acts = Array.from({ length: between(1, 7) }, () => [
    ...one(),
    ...(random() < 0.3 ? [{ kind: 'wait' as const, ms: between(1, 60) }] : []),
  ]).flat();
  // Now and then it is looked at before anything is done there.
  return led.length > 0 && random() < 0.3 ? led : [...led, ...acts];
}

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

function start({ command, env, cwd }: FuzzOptions, { args, env: more }: Start): Run {
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

/** Nothing has come for a while. A screen that is at work goes on writing, so there is an end to waiting. */
async function quiet(run: Run, ms: number): Promise<void> {
  for (let [seen, tries] = [-1, 0]; seen !== run.received() && tries < 12; tries += 1) {
    seen = run.received();
    await sleep(ms);
  }
}

async function perform(run: Run, acts: readonly Act[]): Promise<void> {
  for (const act of acts) {
    const wholes = run.wholes();
    if (run.exit() !== undefined) return;
    if (act.kind === 'wait') await sleep(act.ms);
    else if (act.kind === 'type') run.child.write(act.text);
    else {
      run.terminal.resize(act.columns, act.rows);
      run.child.resize(act.columns, act.rows);
      // Its frame is a whole one too, and must not be taken for the one that is asked for afterwards.
      for (let tries = 0; tries < 1_000 && run.wholes() === wholes; tries += 1) await sleep(5);
    }
  }
}

export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const random = randomOf(options.seed);
  const wrong: string[] = [];
  const say = (text: string) => {
    wrong.push(text);
    options.tell?.(text);
  };
  const visits = new Map(places.map(({ name }) => [name, 0]));
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
    const acts = burstOf(random);
    await perform(run, acts);
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
      for (const name of placesOn(rowsOf(run.terminal))) visits.set(name, (visits.get(name) ?? 0) + 1);
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
