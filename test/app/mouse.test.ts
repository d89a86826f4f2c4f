// The mouse where it is requested, and what is between the terminal and the keys.
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { shownWords } from '../../src/app/draw/clicks.ts';
import { plain } from '../../src/app/draw/text.ts';
import { guideOverlay } from '../../src/app/overlays/guide.tsx';
import { footerRows } from '../../src/app/parts/footer-rows.ts';
import { screens } from '../../src/app/screens/index.ts';
import { placesOf } from '../../src/app/state/current.ts';
import { bindings, hintsFor } from '../../src/app/state/keys/index.ts';
import { clickIn } from '../../src/app/state/pointing.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { spell } from '../../src/app/state/spell.ts';
import { createInputStream, type Pointed } from '../../src/app/terminal/input-stream.ts';
import { bodyRows, rowAtOf } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';
import { keys, type TestScreen } from '../support/screen.ts';
import { buildHarness, type Program } from './program.ts';

let program: Program;
const opened: TestScreen[] = [];
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

/** The position of words, from 0. */
async function placeOf(screen: TestScreen, words: RegExp): Promise<{ x: number; y: number }> {
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
  await screen.press(pressed(await placeOf(screen, /medium {3}mlw-sim/)), /│> medium/);
  // On an empty cell nothing is selected, and nothing breaks.
  screen.type(pressed({ x: 3, y: 0 }) + pressed({ x: 119, y: 29 }) + pressed({ x: 200, y: 90 }));
  await screen.press('?', 'On every screen');
  screen.type(pressed({ x: 3, y: 9 }));
  await screen.press(keys.escape, /│> medium/);
  screen.type('q');
  await screen.exit;
  await screen.until('left with 0');
  expect(screen.raw()).toContain('\x1b[?1006l\x1b[?1000l');
});

/** A click on the words at their position, and then others. */
async function clickOn(screen: TestScreen, words: RegExp, then: Parameters<TestScreen['until']>[0]): Promise<string> {
  const { x, y } = await placeOf(screen, words);
  expect(x).toBeGreaterThanOrEqual(0);
  return screen.press(pressed({ x, y }), then);
}

test('tabs, the footer, headings and buttons do what they say', async () => {
  const screen = open('mouse', 'long');
  await screen.until(ready);
  await clickOn(screen, /3 Findings/, '[3 Findings]');
  await clickOn(screen, /b group by/, /^> Findings by rule/m);
  await clickOn(screen, /Severity/, /Severity ▲/);
  await clickOn(screen, /Severity/, /Severity ▼/);
  await clickOn(screen, /Name {5}/, / Name ▲/);
  await clickOn(screen, /4 Resources/, '[4 Resources]');

  // Help scrolls under the wheel, and its exit key is in the footer.
  await clickOn(screen, /\? help/, 'On every screen');
  await screen.press(`\x1b[<65;9;9M`.repeat(3), (text) => !text.includes('On every screen'));
  await screen.press(`\x1b[<64;9;9M`.repeat(3), 'On every screen');
  // An overlay is answered first.
  screen.type(pressed(await placeOf(screen, /1 Overview/)));
  await screen.quiet();
  expect(await screen.text()).toContain('On every screen');
  await clickOn(screen, /Esc close/, ready);

  // A plan: the wheel is for its text, a step is clicked; Cancel cancels, Apply sends.
  await clickOn(screen, /F fix all/, '> Cancel');
  await clickOn(screen, /2 ~/, /^> \[x\] 2 ~/m);
  await clickOn(screen, /Cancel/, 'Cancelled: nothing was sent.');
  await clickOn(screen, /f fix/, '> Cancel');
  await clickOn(screen, /Apply/, /Applied and verified/);
  await clickOn(screen, /Esc close(?!s)/, /: command/);

  // A command that asks.
  await clickOn(screen, /: command/, 'a command, a screen');
  await screen.press('greet --ask', /│ : greet --ask/);
  await clickOn(screen, /Enter select/, '> Cancel');
  await clickOn(screen, / Greet$/, 'hello world');
  await clickOn(screen, /Esc close(?!s)/, /: command/);
  await clickOn(screen, /q quit/, 'left with 0');
});

test('in ASCII, and where there is no row of tabs, a click still finds what it sees', async () => {
  const screen = program.open(['mouse', 'ascii'], { cols: 100, rows: 20 });
  opened.push(screen);
  await screen.until(ready);
  await clickOn(screen, /\? help/, 'On every screen');
  await clickOn(screen, /Esc close/, ready);
  await clickOn(screen, /f fix/, '> Cancel');
  await clickOn(screen, /Cancel/, 'Cancelled');
});

test('every cell of what can be clicked does what it says, at any size, on any screen', async () => {
  const stdout = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session: fakeSession(), stdout }));
  await shell.begin();
  const found = new Map<string, number>();
  for (const { name } of screens) {
    for (const [columns, rows] of [
      [60, 15],
      [80, 24],
      [100, 30],
      [180, 50],
    ] as const) {
      for (const ascii of [false, true]) {
        shell.resized(columns, rows);
        shell.store.dispatch({ type: 'set', members: { screen: name, ascii } });
        const state = shell.store.get();
        const rowAt = rowAtOf(state);
        const footer = footerRows(state)[1]
          .map(({ text }) => text)
          .join('');
        for (const binding of hintsFor(state.bindings, placesOf(state))) {
          const label = `${spell(binding.keys[0] ?? '')} ${binding.label}`;
          const at = ` ${footer} `.indexOf(` ${label} `);
          if (at < 0) continue;
          for (let x = at; x < at + label.length; x += 1)
            expect(clickIn(rowAt, { x, y: rows - 1 }, ascii), `${name} ${label}`).toEqual({
              do: 'key',
              binding: binding.name,
            });
          expect(clickIn(rowAt, { x: at - 1, y: rows - 1 }, ascii)).not.toMatchObject({ binding: binding.name });
          found.set(binding.name, (found.get(binding.name) ?? 0) + 1);
        }
        for (let y = 0; y < rows + 2; y += 1)
          for (const x of [0, columns - 1, columns]) clickIn(rowAt, { x, y }, ascii);
      }
    }
  }
  // Not on Fleet.
  expect(found.get('fix')).toBe((screens.length - 1) * 8);
  expect(found.size).toBeGreaterThan(20);
});

test('keys appear whole in the footer or not at all, at every width', async () => {
  const stdout = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session: fakeSession(), stdout, screen: 'findings' }));
  await shell.begin();
  for (let columns = 60; columns <= 220; columns += 1) {
    shell.resized(columns, 30);
    const [, keysRow] = footerRows(shell.store.get());
    expect(plain(shownWords(keysRow, columns, false)).trimEnd(), `${columns}`).toBe(plain(keysRow));
    // However narrow it is, it says how to get help and how to quit.
    expect(plain(keysRow), `${columns}`).toMatch(/\? help .*q quit/);
  }
});

test('the wheel moves in choices, fields and completions one by one, and never in lines typed before', async () => {
  const stdout = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session: fakeSession(), stdout, lines: ['whoami', 'greet'] }));
  shell.attachRows((cell) => rowAtOf(shell.store.get())(cell));
  await shell.begin();
  const overlay = () => shell.store.get().overlay;
  const wheel = (kind: 'wheel-up' | 'wheel-down', times = 1) => {
    for (let n = 0; n < times; n += 1) shell.pointed({ kind, x: 5, y: 9 });
  };
  shell.press(':');
  wheel('wheel-up', 3);
  expect(overlay()).toMatchObject({ kind: 'palette', choice: -1, back: 0, input: { text: '' } });
  for (const key of 'gre') shell.press(key);
  wheel('wheel-down');
  expect(overlay()).toMatchObject({ choice: 0, back: 0, input: { text: 'gre' } });
  shell.press('esc');
  const choices = ['a', 'b', 'c'].map((value) => ({ value, label: value }));
  const question = { kind: 'choose', title: 'Which?', choices } as const;
  shell.store.dispatch({
    type: 'overlay',
    overlay: { kind: 'ask', question, input: { text: '', at: 0 }, choice: 0, top: 0 },
  });
  wheel('wheel-down', 2);
  expect(overlay()).toMatchObject({ choice: 2 });
  wheel('wheel-down');
  wheel('wheel-up');
  expect(overlay()).toMatchObject({ choice: 1 });
  const lines = bodyRows(shell.store.get()).map(plain);
  const y = shell.store.get().view.layout.header + lines.findIndex((row) => /│ {3}c/.test(row));
  shell.pointed({ kind: 'click', x: (lines[y - shell.store.get().view.layout.header] ?? '').search(/ c /) + 1, y });
  expect(overlay()).toMatchObject({ kind: 'ask', choice: 2 });
});

test('in the guide a click is the letter: what sends is selected first, and pressed by another', async () => {
  const stdout = { columns: 60, rows: 24, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session: fakeSession(), stdout }));
  shell.attachRows((cell) => rowAtOf(shell.store.get())(cell));
  await shell.begin();
  const labels = ['y yes', 'n skip', 'a all 12 alike', 'r what-if', 'e explain', 'b undo', 's stop'];
  const choices = labels.map((text) => ({ value: text, key: text.slice(0, 1), label: text.slice(2) }));
  const question = { name: 'guide', title: 'high', choices, calm: 's stop' };
  shell.store.dispatch({ type: 'overlay', overlay: guideOverlay(question) });
  const rows = () => bodyRows(shell.store.get()).map(plain);
  const places = (label: string) => {
    const row = rows().findIndex((one) => one.includes(label));
    return { x: rows()[row]?.indexOf(label) ?? -1, y: row + shell.store.get().view.layout.header };
  };
  // Too many for one row of so narrow a screen: they take two.
  for (const label of labels) expect(places(label).x, label).toBeGreaterThan(0);
  expect(new Set(labels.map((label) => places(label).y)).size).toBe(2);
  expect(Math.max(...rows().map((row) => row.length))).toBeLessThanOrEqual(60);
  for (const label of labels.slice(1)) {
    const binding = bindings.find(({ where, keys }) => where.includes('guide') && keys.includes(label.slice(0, 1)));
    const selected = label === 's stop';
    const click = clickIn(rowAtOf(shell.store.get()), places(label), false);
    expect(click).toEqual(selected ? { do: 'press', button: 6 } : { do: 'key', binding: binding?.name });
  }
  shell.pointed({ kind: 'click', ...places('y yes') });
  expect(shell.store.get().overlay).toMatchObject({ kind: 'guide', choice: 0 });
  expect(clickIn(rowAtOf(shell.store.get()), places('y yes'), false)).toEqual({ do: 'press', button: 0 });
});

test('the mouse is off unless it was requested', async () => {
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
      // The start of a sequence is a separate key where nothing follows, so it is never cut there.
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

test('raw mode off releases the terminal', async () => {
  const { feed, read, stream } = wire();
  stream.setRawMode(false);
  feed('x');
  await sleep(1);
  expect(read()).toBe('');
});
