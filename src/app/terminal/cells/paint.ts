// Computes the bytes that change a terminal from some rows to others: only cells that differ, with the shortest cursor moves.
// Uses only sequences that all terminals support; repeat (REP) is not used, because mosh lacks it.
import type { CellRow } from './row.ts';
import { type Cell, type CellStyle, type Styles, transition } from './style.ts';

interface KeyScope {
  readonly x: number;
  readonly y: number;
}

/** Erasing costs a sequence and a move; fewer blanks than this are written. */
const fewBlanks = 9;

/** The bytes that change `shown` to `wanted`; a full paint where the content is unknown (null). Empty when nothing differs. */
export function paint(
  styles: Styles,
  shown: readonly CellRow[] | null,
  wanted: readonly CellRow[],
  columns: number,
): string {
  const pen = createPen(styles, columns);
  for (const [y, row] of wanted.entries()) {
    const before = shown?.[y];
    if (before === row) continue;
    if (before === undefined) whole(pen, styles, row, y);
    else if (!before.odd && !row.odd) changes(pen, styles, before, row, y);
    else if (before.cells.length !== row.cells.length || before.cells.some((cell, x) => cell !== row.cells[x])) {
      whole(pen, styles, row, y);
    }
  }
  return pen.done();
}

/** The whole row on cleared cells; in a row with characters of uncertain width, each is followed by a move. */
function whole(pen: Pen, styles: Styles, row: CellRow, y: number): void {
  pen.move({ x: 0, y });
  pen.clearLine();
  let sure = true;
  for (const [x, cell] of row.cells.entries()) {
    if (cell.text === '') continue;
    if (!sure) pen.lost();
    if (cell !== styles.blank) {
      pen.reach({ x, y }, row);
      pen.put(cell);
    }
    sure = !cell.odd;
  }
  if (!sure) pen.lost();
}

function changes(pen: Pen, styles: Styles, before: CellRow, row: CellRow, y: number): void {
  const { blank } = styles;
  const length = row.cells.length;
  for (let x = 0; x < length; x += 1) {
    const cell = row.cells[x] ?? blank;
    if (cell === (before.cells[x] ?? blank)) continue;
    const blanks = cell === blank ? blanksFrom(row, x, blank) : 0;
    pen.reach({ x, y }, row);
    if (blanks > fewBlanks) {
      pen.clear(blanks);
      x += blanks - 1;
    } else pen.put(cell);
  }
  if (before.cells.length > length) {
    pen.reach({ x: length, y }, row);
    pen.clearLine();
  }
}

function blanksFrom(row: CellRow, from: number, blank: Cell): number {
  let to = from;
  while (row.cells[to] === blank) to += 1;
  return to - from;
}

interface Pen {
  /** Moves to a position by the shortest sequence. */
  move(to: KeyScope): void;
  /** Moves to a position in a row, rewriting correct cells where that is shorter than a move. */
  reach(to: KeyScope, row: CellRow): void;
  put(cell: Cell): void;
  /** Blanks from here, without moving. */
  clear(count: number): void;
  /** From here to the end of the line. */
  clearLine(): void;
  /** The position of the terminal's cursor is uncertain. */
  lost(): void;
  done(): string;
}

function createPen(styles: Styles, columns: number): Pen {
  let bytes = '';
  // Nothing is assumed at the start: other output may have moved the cursor.
  let at: KeyScope | null = null;
  let style: CellStyle | null = null;
  const take = (next: CellStyle) => {
    bytes += style === null ? `\x1b[m${transition(styles.plain, next)}` : transition(style, next);
    style = next;
  };
  const pen: Pen = {
    move(to) {
      bytes += moveBytes(at, to);
      at = to;
    },
    reach(to, row) {
      const move = moveBytes(at, to);
      if (at !== null && at.y === to.y && at.x < to.x && at.x + move.length >= to.x) {
        const between = row.cells.slice(at.x, to.x);
        const text = between.map((cell) => cell.text).join('');
        if (between.every((cell) => cell.style === style) && Buffer.byteLength(text) <= move.length) {
          bytes += text;
          at = to;
          return;
        }
      }
      bytes += move;
      at = to;
    },
    put(cell) {
      take(cell.style);
      bytes += cell.text;
      // At the last column, terminals differ in the cursor position.
      at = at === null || at.x + 1 >= columns ? null : { x: at.x + 1, y: at.y };
    },
    clear(count) {
      take(styles.plain);
      bytes += `\x1b[${count}X`;
    },
    clearLine() {
      take(styles.plain);
      bytes += '\x1b[K';
    },
    lost() {
      at = null;
    },
    done() {
      if (style !== null) bytes += transition(style, styles.plain);
      return bytes;
    },
  };
  return pen;
}

const csi = (count: number, final: string): string => `\x1b[${count === 1 ? '' : count}${final}`;

/** The shortest move to a position; from an unknown one, the absolute move. */
export function moveBytes(from: KeyScope | null, to: KeyScope): string {
  const absolute = to.x === 0 ? csi(to.y + 1, 'H') : `\x1b[${to.y + 1};${to.x + 1}H`;
  if (from === null) return absolute;
  const down = to.y - from.y;
  const vertical = down === 0 ? '' : csi(Math.abs(down), down > 0 ? 'B' : 'A');
  const right = to.x - from.x;
  const steps = right === 0 ? '' : right > 0 ? csi(right, 'C') : csi(-right, 'D');
  const sideways = [steps, csi(to.x + 1, 'G')];
  if (right < 0 && right >= -3) sideways.push('\b'.repeat(-right));
  if (to.x === 0) sideways.push('\r');
  return sideways
    .map((horizontal) => vertical + horizontal)
    .reduce((best, one) => (one.length < best.length ? one : best), absolute);
}
