// A person at a terminal: a program in a real pty, its screen kept by xterm's own state machine. It waits for words and
// for whole frames, never for time, so the same test holds on a busy machine.
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import type { Terminal } from './cells.ts';

export interface ScreenOptions {
  readonly cols?: number;
  readonly rows?: number;
  /** Added to the test's own environment, from which CI and colour switches are taken out first. */
  readonly env?: Readonly<Record<string, string>>;
  /** The whole environment instead. */
  readonly wholeEnv?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

export interface ScreenCell {
  readonly text: string;
  readonly inverse: boolean;
  readonly bold: boolean;
  readonly underline: boolean;
  /** Null for the terminal's own colour. */
  readonly colour: number | null;
}

export interface ScreenModes {
  readonly alternate: boolean;
  readonly autowrap: boolean;
  readonly bracketedPaste: boolean;
  readonly cursorHidden: boolean;
}

export interface Exit {
  readonly exitCode: number;
  readonly signal?: number | undefined;
}

export interface TestScreen {
  /** The whole screen, once no frame is half drawn; trailing blanks cut. */
  text(): Promise<string>;
  lines(): Promise<string[]>;
  /** Resolves with the screen that holds the words; throws with the last screen when they never come. */
  until(words: string | RegExp | ((text: string) => boolean), ms?: number): Promise<string>;
  type(text: string): void;
  /** Types, then waits for the words. */
  press(text: string, words: string | RegExp | ((text: string) => boolean)): Promise<string>;
  resize(cols: number, rows: number): void;
  /** Resolves when nothing has been written for `ms`. */
  quiet(ms?: number): Promise<void>;
  cell(x: number, y: number): ScreenCell;
  /** The terminal itself, for a picture of it. */
  readonly terminal: Terminal;
  modes(): ScreenModes;
  /** What was sent to the clipboard (OSC 52). */
  readonly copied: readonly string[];
  /** Everything that the terminal has parsed so far: within `until`, what led to the text shown. */
  readonly raw: () => string;
  readonly pid: number;
  readonly exit: Promise<Exit>;
  kill(signal?: string): void;
}

export const keys = {
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  escape: '\x1b',
  enter: '\r',
  tab: '\t',
  shiftTab: '\x1b[Z',
  backspace: '\x7f',
  ctrl: (letter: string) => String.fromCharCode(letter.toUpperCase().charCodeAt(0) - 64),
} as const;

// With these in the environment Ink draws nothing, or the program chooses other colours than a person would get.
const unwanted =
  /^(CI|CONTINUOUS_INTEGRATION|NO_COLOR|FORCE_COLOR|NODE_ENV|VITEST.*|NODE_OPTIONS|LC_.*|TERM_PROGRAM|ACCESSIBLE|INK_SCREEN_READER)$/;

export function openScreen(command: string, args: readonly string[], options: ScreenOptions = {}): TestScreen {
  const { cols = 80, rows = 24, cwd } = options;
  const own = Object.entries(process.env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !unwanted.test(pair[0]),
  );
  const terminalEnv = { TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'C.UTF-8' };
  const env = { ...(options.wholeEnv ?? Object.fromEntries(own)), ...terminalEnv, ...options.env };
  // node-pty overwrites TERM with its own name for the terminal.
  const child = spawn(command, [...args], { name: env.TERM, cols, rows, env, ...(cwd === undefined ? {} : { cwd }) });
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true, scrollback: 0 });
  const copied: string[] = [];
  /** What came, and what of it the terminal has parsed. */
  let received = '';
  let raw = '';
  let cursorHidden = false;
  terminal.parser.registerOscHandler(52, (data) => {
    copied.push(Buffer.from(data.split(';')[1] ?? '', 'base64').toString('utf8'));
    return true;
  });
  terminal.onData((data) => child.write(data));
  child.onData((data) => {
    received += data;
    for (const [, mode] of data.matchAll(/\x1b\[\?25([hl])/g)) cursorHidden = mode === 'l';
    terminal.write(data, () => {
      raw += data;
    });
  });
  const exit = new Promise<Exit>((resolve) => child.onExit((how) => terminal.write('', () => resolve(how))));

  // Ink brackets each frame in marks of synchronized output: between them the screen is half drawn.
  const whole = () => received.lastIndexOf('\x1b[?2026h') <= received.lastIndexOf('\x1b[?2026l');
  const lineAt = (y: number) => terminal.buffer.active.getLine(terminal.buffer.active.baseY + y);
  const linesNow = () =>
    Array.from({ length: terminal.rows }, (_, y) =>
      (lineAt(y)?.translateToString(true, 0, terminal.cols) ?? '').trimEnd(),
    );
  /** Looks where the terminal says that it has parsed a whole frame: after an await it may already be within the next. */
  const look = async <Seen>(seen: (lines: string[]) => Seen): Promise<Seen> => {
    for (let tries = 0; tries < 500 && !whole(); tries += 1) await sleep(2);
    return new Promise((resolve, reject) => {
      terminal.write('', () => {
        try {
          resolve(seen(linesNow()));
        } catch (error) {
          reject(error);
        }
      });
    });
  };
  const textOf = (lines: readonly string[]) => lines.join('\n').trimEnd();

  const screen: TestScreen = {
    terminal,
    text: () => look(textOf),
    lines: () => look((lines) => lines),
    async until(words, ms = 20_000) {
      const found = (shown: string) =>
        typeof words === 'string' ? shown.includes(words) : words instanceof RegExp ? words.test(shown) : words(shown);
      const end = Date.now() + ms;
      for (;;) {
        const { shown, isThere } = await look((lines) => {
          const all = textOf(lines);
          return { shown: all, isThere: found(all) };
        });
        if (isThere) return shown;
        if (Date.now() > end) throw new Error(`the screen never showed ${String(words)}; it shows:\n${shown}`);
        await sleep(10);
      }
    },
    type: (typed) => child.write(typed),
    press(typed, words) {
      child.write(typed);
      return screen.until(words);
    },
    resize(width, height) {
      terminal.resize(width, height);
      child.resize(width, height);
    },
    async quiet(ms = 150) {
      for (let seen = -1; seen !== received.length; ) {
        seen = received.length;
        await sleep(ms);
      }
    },
    cell(x, y) {
      const cell = lineAt(y)?.getCell(x);
      return {
        text: cell?.getChars() ?? '',
        inverse: (cell?.isInverse() ?? 0) > 0,
        bold: (cell?.isBold() ?? 0) > 0,
        underline: (cell?.isUnderline() ?? 0) > 0,
        colour: cell === undefined || cell.isFgDefault() ? null : cell.getFgColor(),
      };
    },
    modes: () => ({
      alternate: terminal.buffer.active.type === 'alternate',
      autowrap: terminal.modes.wraparoundMode,
      bracketedPaste: terminal.modes.bracketedPasteMode,
      cursorHidden,
    }),
    copied,
    raw: () => raw,
    pid: child.pid,
    exit,
    kill: (signal) => child.kill(signal),
  };
  return screen;
}
