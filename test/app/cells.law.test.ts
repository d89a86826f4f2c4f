// The law of the cells: a terminal that was sent only what changed shows what one shows that was sent everything Ink wrote. Both
// are xterm's own state machine; frames, sizes, cursors and what others write in between are random.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGrid, type Grid } from '../../src/app/terminal/cells/grid.ts';
import { moveBytes } from '../../src/app/terminal/cells/paint.ts';
import { createStyles, transition } from '../../src/app/terminal/cells/style.ts';
import { fullScreenModes } from '../../src/app/terminal/modes.ts';
import { cellsOf, sent, terminalOf } from '../support/cells.ts';

const size = { columns: 24, rows: 7 };
const [open, close] = ['\x1b[?1049h', '\x1b[?1049l'];

const looks = [
  '0',
  '1',
  '2',
  '3',
  '4',
  '7',
  '9',
  '22',
  '27',
  '31',
  '38;2;200;10;30',
  '38;5;99',
  '39',
  '44',
  '49',
  '1;2;4',
];
const text = fc.oneof(
  { weight: 5, arbitrary: fc.stringMatching(/^[ -~]{0,9}$/) },
  { weight: 2, arbitrary: fc.constantFrom('─────', '│', '● ok', '…', '          ', '▸ ') },
  { weight: 1, arbitrary: fc.constantFrom('日本', '한', 'e\u0301') },
);
const word = fc.tuple(fc.option(fc.constantFrom(...looks)), text, fc.integer({ min: 0, max: 19 }));
/** A line as Ink writes it: what was switched on is off at its end, and nothing is wider than the screen. */
const lineOf = (columns: number, words: readonly (readonly [string | null, string, number])[]): string => {
  let [out, used] = ['', 0];
  for (const [look, part, link] of words) {
    const width = [...part.replaceAll('\u0301', '')].reduce((sum, one) => sum + (/[日本한]/.test(one) ? 2 : 1), 0);
    if (used + width > columns) break;
    used += width;
    const linked = link === 0 ? `\x1b]8;;https://example.com\x07${part}\x1b]8;;\x07` : part;
    out += look === null ? linked : `\x1b[${look}m${linked}`;
  }
  return `${out}\x1b[m`;
};
const lines = fc.array(fc.array(word, { maxLength: 6 }), { minLength: size.rows, maxLength: size.rows });

/** As Ink erases the frame before: upwards from its last line. */
const eraseLines = (count: number): string =>
  Array.from({ length: count }, (_, at) => (at < count - 1 ? '\x1b[2K\x1b[1A' : '\x1b[2K')).join('') +
  (count > 0 ? '\x1b[G' : '');

const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('frame' as const), lines, keep: fc.nat(size.rows) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('home' as const), lines }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('junk' as const), text: fc.stringMatching(/^[ -~\n]{1,60}$/) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('away' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('resize' as const),
      columns: fc.integer({ min: 6, max: 30 }),
      rows: fc.integer({ min: 2, max: 9 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cursor' as const),
      up: fc.nat(5),
      column: fc.nat(20),
      hide: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('unknown' as const), data: fc.constantFrom('\x1b[2S', '\x1b[T') }),
  },
);

test('what changed is enough', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const [ours, theirs] = [terminalOf(size), terminalOf(size)];
      const grid = createGrid(size, fullScreenModes);
      let now = size;
      let height = 0;
      let last: string[] = [];
      const both = async (data: string) => {
        await sent(theirs, data);
        await sent(ours, grid.write(data));
      };
      const frame = async (next: string[], before: string) => {
        await both(`\x1b[?2026h${before}`);
        await both(next.join('\n'));
        await both('\x1b[?2026l');
        height = next.length;
        last = next;
      };
      const opened = `${open}\x1b[?7l\x1b[H`;
      await sent(theirs, opened);
      await sent(ours, grid.write(open));
      for (const one of steps) {
        if (one.kind === 'frame' || one.kind === 'home') {
          const all = Array.from({ length: now.rows }, (_, row) =>
            lineOf(now.columns, one.lines[row % size.rows] ?? []),
          );
          const kept = one.kind === 'frame' ? last.slice(0, one.keep) : [];
          // Lines of the frame before stay, as in most frames.
          const next = kept.length === 0 || last.length !== all.length ? all : [...kept, ...all.slice(kept.length)];
          await frame(next, one.kind === 'home' ? '\x1b[H\x1b[J' : `\x1b[?25l\x1b[${now.rows};1H${eraseLines(height)}`);
        } else if (one.kind === 'cursor') {
          await both(`\x1b[${one.up + 1}A\x1b[${one.column + 1}G\x1b[?25${one.hide ? 'l' : 'h'}`);
        } else if (one.kind === 'away') {
          await sent(theirs, `\x1b[?7h${close}`);
          await sent(ours, grid.write(close));
          expect(ours.buffer.active.type).toBe('normal');
          expect(ours.modes.wraparoundMode).toBe(true);
          await sent(theirs, opened);
          await sent(ours, grid.write(open));
          height = 0;
          last = [];
        } else if (one.kind === 'junk') {
          // Another process writes to the terminal; then everything is asked for anew.
          await sent(ours, one.text);
          await sent(ours, grid.repaint());
        } else if (one.kind === 'unknown') {
          await both(one.data);
          await frame(last, '\x1b[H\x1b[J');
        } else {
          now = { columns: one.columns, rows: one.rows };
          for (const terminal of [ours, theirs]) terminal.resize(now.columns, now.rows);
          grid.resize(now);
          await sent(ours, grid.repaint());
          const next = Array.from({ length: now.rows }, () => lineOf(now.columns, [['31', 'after', 1]]));
          await frame(next, '\x1b[H\x1b[J');
        }
        expect(cellsOf(ours)).toEqual(cellsOf(theirs));
      }
      const { cursorX, cursorY } = theirs.buffer.active;
      // A hidden cursor may be anywhere.
      if (/25h$/.test(JSON.stringify(steps.at(-1)))) expect(ours.buffer.active).toMatchObject({ cursorX, cursorY });
      // Nothing is sent twice.
      expect(grid.write(`\x1b[?2026h\x1b[?2026l`)).toBe('');
    }),
    { numRuns: 60 },
  );
});

test('of any line any other is made', async () => {
  const some = [
    '',
    'abcdefghijklmnopqrst',
    'ab                  ',
    'ab              qrst',
    '\x1b[7mab              \x1b[27mqrst',
  ];
  const more = [
    'a c e g i k m o q s ',
    '\x1b[44m                    \x1b[49m',
    '\x1b[1mab\x1b[22mcdefgh   日本  rst',
    'x',
  ];
  const wide = 'abcdefghijklmnopqrstuvwx';
  for (const before of [...some, ...more, wide]) {
    for (const after of [...some, ...more, wide]) {
      const [ours, theirs] = [terminalOf(size), terminalOf(size)];
      const grid = createGrid(size, fullScreenModes);
      await sent(ours, grid.write(`${open}${before}\n${after}`) + grid.write(`\x1b[H\x1b[J${after}\n${before}`));
      await sent(theirs, `${open}\x1b[?7l\x1b[H${after}\n${before}`);
      expect(cellsOf(ours)).toEqual(cellsOf(theirs));
    }
  }
});

test('where terminals differ about a width, what changed and everything anew look alike', async () => {
  const odd = fc.constantFrom('👨‍👩‍👧', '⚠️', '🇩🇪', 'ｱ', '👍🏽', 'plain', 'a\u0300\u0301', '日本', '\u200b');
  const oddLine = fc.array(odd, { maxLength: 5 }).map((words) => words.join(' '));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(oddLine, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      async (frames) => {
        const [changed, anew] = [terminalOf(size), terminalOf(size)];
        const grid = createGrid(size, fullScreenModes);
        await sent(changed, grid.write(open));
        for (const frame of frames) await sent(changed, grid.write(`\x1b[H\x1b[J${frame.join('\n')}`));
        await sent(anew, `${open}\x1b[?7l${grid.repaint()}`);
        expect(cellsOf(changed)).toEqual(cellsOf(anew));
      },
    ),
    { numRuns: 60 },
  );
});

const gridWith = (text: string): Grid => {
  const grid = createGrid({ columns: 80, rows: 24 }, fullScreenModes);
  grid.write(`${open}${text}`);
  return grid;
};

test('a moved bar costs its two rows and no more', () => {
  const rows = (bar: number) =>
    Array.from({ length: 20 }, (_, row) => (row === bar ? `\x1b[7m> item ${row}   \x1b[27m` : `  item ${row}`)).join(
      '\n',
    );
  const grid = gridWith(rows(3));
  expect(Buffer.byteLength(grid.write(`\x1b[?2026h\x1b[H\x1b[J${rows(4)}\x1b[?2026l`))).toBeLessThan(90);
  expect(grid.write(`\x1b[?2026h\x1b[H\x1b[J${rows(4)}\x1b[?2026l`)).toBe('');
});

test('modes and clipboards pass, and what may have moved cells is followed by a whole frame', () => {
  const grid = gridWith('words');
  expect(grid.write('\x1b[?2004h')).toBe('\x1b[?2004h');
  expect(grid.write('\x1b]52;c;aGk=\x07')).toBe('\x1b]52;c;aGk=\x07');
  expect(grid.write('\x1b[3L')).toContain('words');
});

test('a line written in pieces is one line, its blanks among them', () => {
  const grid = gridWith('ab  ');
  grid.write('c\rd');
  expect(grid.repaint()).toContain('db  c');
});

test('outside the alternate screen everything passes as it is', () => {
  const grid = createGrid(size, fullScreenModes);
  expect(grid.write('\x1b[2Kone\x1b[1m two\n\x1b[?25h')).toBe('\x1b[2Kone\x1b[1m two\n\x1b[?25h');
  expect(grid.repaint()).toBe('');
  expect(grid.close()).toBe('');
});

test('a link is followed, kept over cells and ended', () => {
  const grid = createGrid(size, fullScreenModes);
  const bytes = grid.write(`${open}see \x1b]8;;https://example.com/a;b\x07here\x1b]8;;\x07, now`);
  expect(bytes).toContain('see \x1b]8;;https://example.com/a;b\x1b\\here\x1b]8;;\x1b\\, now');
});

test('a look is reached by its difference or anew, whichever is shorter', () => {
  const styles = createStyles();
  const of = (sgr: string) => styles.after(styles.plain, sgr);
  expect(transition(of('1;31'), of('1;32'))).toBe('\x1b[32m');
  expect(transition(of('1;2'), of('2'))).toBe('\x1b[0;2m');
  expect(transition(of('1;2;38;2;1;2;3'), of('2;38;2;1;2;3'))).toBe('\x1b[22;2m');
  expect(transition(of('7'), styles.plain)).toBe('\x1b[m');
});

test('moves are the shortest ones', () => {
  expect(moveBytes({ x: 5, y: 5 }, { x: 4, y: 5 })).toBe('\b');
  expect(moveBytes({ x: 5, y: 5 }, { x: 6, y: 5 })).toBe('\x1b[C');
  expect(moveBytes({ x: 5, y: 5 }, { x: 5, y: 6 })).toBe('\x1b[B');
  expect(moveBytes({ x: 5, y: 5 }, { x: 0, y: 5 })).toBe('\r');
  expect(moveBytes(null, { x: 0, y: 0 })).toBe('\x1b[H');
  expect(moveBytes({ x: 5, y: 5 }, { x: 70, y: 20 })).toBe('\x1b[21;71H');
});
