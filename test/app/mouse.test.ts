// The mouse where it is asked for, and what lies between the terminal and the keys.
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createInputStream, type Pointed } from '../../src/app/terminal/input-stream.ts';
import { keys, type Screen } from '../support/screen.ts';
import { buildHarness, type Program } from './program.ts';

let program: Program;
const opened: Screen[] = [];
const open = (...words: string[]) => {
  const screen = program.open(words, { cols: 120, rows: 30 });
  opened.push(screen);
  return screen;
};
/** The footer says so once nothing runs any more. */
const ready = 'f = bastide fix storage.default-deny';

beforeAll(async () => {
  program = await buildHarness();
});
afterAll(() => program.remove());
afterEach(async () => {
  vi.useRealTimers();
  for (const screen of opened.splice(0)) {
    screen.kill('SIGKILL');
    await screen.exit;
  }
});

/** Where words stand, from 0. */
async function placeOf(screen: Screen, words: RegExp): Promise<{ x: number; y: number }> {
  await screen.until((text) => text.split('\n').some((line) => words.test(line)));
  const lines = await screen.lines();
  const y = lines.findIndex((line) => words.test(line));
  return { x: lines[y]?.search(words) ?? -1, y };
}
const pressed = ({ x, y }: { x: number; y: number }) => `\x1b[<0;${x + 1};${y + 1}M\x1b[<0;${x + 1};${y + 1}m`;

test('a click selects in tree and findings, the wheel scrolls, and leaving gives the mouse back', async () => {
  const screen = open('mouse', 'long');
  await screen.until(ready);
  expect(screen.raw()).toContain('\x1b[?1000h\x1b[?1006h');
  const lake = await placeOf(screen, /^ +stlakesim/);
  await screen.press(pressed(lake), /^> .*stlakesim/m);
  await screen.press(`\x1b[<65;${lake.x + 1};${lake.y + 1}M`, (text) => !/^> .*stlakesim/m.test(text));
  await screen.press(`\x1b[<64;${lake.x + 1};${lake.y + 1}M`, /^> .*stlakesim/m);
  await screen.press('g', /^> .*mlw-sim/m);
  await screen.press(pressed(await placeOf(screen, /medium {3}The/)), /│> medium/);
  // On header and footer nothing is selected, and nothing breaks.
  screen.type(pressed({ x: 3, y: 0 }) + pressed({ x: 3, y: 29 }));
  await screen.press('?', 'On every screen');
  screen.type(pressed({ x: 3, y: 9 }));
  await screen.press(keys.escape, /│> medium/);
  screen.type('q');
  await screen.exit;
  await screen.until('left with 0');
  expect(screen.raw()).toContain('\x1b[?1006l\x1b[?1000l');
});

test('nobody who has not asked for it gets a mouse', async () => {
  const screen = open();
  const before = await screen.until(ready);
  expect(screen.raw()).not.toContain('\x1b[?1000h');
  screen.type(pressed({ x: 5, y: 6 }));
  await screen.quiet();
  expect(await screen.text()).toBe(before.trimEnd());
});

/** A terminal's input of which only the wire is there. */
function wire(onPointed?: (pointed: Pointed) => void) {
  const stdin = Object.assign(new EventEmitter(), {
    setEncoding: () => undefined,
    setRawMode: () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    ref: () => undefined,
    unref: () => undefined,
  });
  const stream = createInputStream(stdin as unknown as NodeJS.ReadStream, onPointed);
  stream.setRawMode(true);
  return { feed: (data: string) => stdin.emit('data', data), read: () => String(stream.read() ?? ''), stream };
}

test('reports are taken out wherever they are cut, and everything else comes through', () => {
  const part = fc.oneof(
    fc.record({ x: fc.nat(200), y: fc.nat(100), code: fc.constantFrom(0, 64, 65, 1, 32) }),
    fc.constantFrom('j', 'é', '\x1b[B', 'abc', '\r'),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), fc.array(fc.nat(80), { maxLength: 4 }), (parts, cuts) => {
      const seen: Pointed[] = [];
      const { feed, read } = wire((pointed) => seen.push(pointed));
      const whole = parts
        .map((one) => (typeof one === 'string' ? one : `\x1b[<${one.code};${one.x + 1};${one.y + 1}M`))
        .join('');
      // The start of a sequence is a key of its own where nothing follows, so it is never cut there.
      const places = [...new Set(cuts)].filter((at) => !/\x1b\[?$/.test(whole.slice(0, at))).sort((a, b) => a - b);
      let from = 0;
      for (const at of [...places, whole.length]) {
        feed(whole.slice(from, at));
        from = Math.max(from, at);
      }
      expect(read()).toBe(parts.filter((one) => typeof one === 'string').join(''));
      const wanted = parts.flatMap((one) => {
        if (typeof one === 'string') return [];
        const kind = new Map([
          [0, 'click'],
          [64, 'wheel-up'],
          [65, 'wheel-down'],
        ]).get(one.code);
        return kind === undefined ? [] : [{ kind, x: one.x, y: one.y }];
      });
      expect(seen).toEqual(wanted);
    }),
  );
});

test('a paste whose end was lost does not swallow the keys for ever', () => {
  vi.useFakeTimers();
  const { feed, read } = wire();
  feed('\x1b[200~half of a text');
  for (let second = 0; second < 4; second += 1) {
    vi.advanceTimersByTime(1_000);
    feed('\x03');
  }
  expect(read()).toMatch(/^\x1b\[200~half of a text\x03+\x1b\[201~\x03+$/);
  feed('\x1b[200~a long one that comes in pieces');
  vi.advanceTimersByTime(2_000);
  feed(', slowly, over a bad line');
  vi.advanceTimersByTime(2_000);
  feed('\x1b[201~');
  vi.advanceTimersByTime(9_000);
  expect(read()).toBe('\x1b[200~a long one that comes in pieces, slowly, over a bad line\x1b[201~');
});

test('raw mode off lets go of the terminal', async () => {
  const { feed, read, stream } = wire();
  stream.setRawMode(false);
  feed('x');
  await sleep(1);
  expect(read()).toBe('');
});
