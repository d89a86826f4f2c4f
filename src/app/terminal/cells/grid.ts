// A virtual screen: it parses Ink's output, keeps the resulting cells, and sends the real terminal only the difference. It
// knows the sequences that Ink uses; others are passed on, and one that may move a cell causes a full repaint.
import type { TerminalModes } from '../modes.ts';
import { paint } from './paint.ts';
import { type CellRow, createReader, emptyRow, type RowShape, trimmed } from './row.ts';
import { caret, clear, frame, harmless, pieces, screen } from './sequences.ts';
import { createStyles } from './style.ts';

export interface GridSize {
  readonly columns: number;
  readonly rows: number;
}

export interface Grid {
  /** The bytes to send to the terminal instead of `data`. */
  write(data: string): string;
  /** The bytes of a full repaint. Empty outside the alternate screen. */
  repaint(): string;
  /** The terminal has another size; its content is unknown until the next repaint. */
  resize(size: GridSize): void;
  /** The bytes that restore the terminal, where Ink has not done so. Nothing is sent afterwards. */
  close(): string;
  /** The bytes that open the alternate screen with all of its content; empty where it is not open. */
  opened(): string;
}

export function createGrid(size: GridSize, modes: TerminalModes, shape?: RowShape): Grid {
  const styles = createStyles();
  const read = createReader(styles);
  let { columns, rows } = size;
  let active = false;
  let closed = false;
  let inFrame = false;
  let wanted: CellRow[] = [];
  /** Null: not known. */
  let shown: CellRow[] | null = null;
  let pen = styles.plain;
  let [x, y] = [0, 0];
  let visible = true;
  let cursor: string | null = null;

  const clamp = (value: number, top: number) => Math.max(0, Math.min(value, top));
  const goTo = (column: number, line: number) => {
    x = clamp(column, columns - 1);
    y = clamp(line, rows - 1);
  };
  const blankRows = (): CellRow[] => Array.from({ length: rows }, () => emptyRow);
  const enter = (): string => {
    active = true;
    wanted = blankRows();
    shown = blankRows();
    pen = styles.plain;
    cursor = null;
    goTo(0, 0);
    return `${screen.open}${modes.on}${clear}`;
  };
  const leave = (): string => {
    active = false;
    inFrame = false;
    return `${modes.off}${screen.close}`;
  };

  function text(part: string): void {
    const run = read(part, pen);
    pen = run.end;
    const row = wanted[y] ?? emptyRow;
    if (x === 0 && row.cells.length === 0 && run.width <= columns) {
      wanted[y] = run;
      x = Math.min(columns - 1, run.width);
      return;
    }
    const cells = [...row.cells];
    while (cells.length < x) cells.push(styles.blank);
    for (let at = 0; at < run.width; at += 1) {
      cells[x] = run.cells[at] ?? styles.blank;
      // Autowrap is off: excess characters overwrite the last column.
      x = Math.min(columns - 1, x + 1);
    }
    wanted[y] = trimmed(cells, styles.blank);
  }

  /** `from` to `to` of a row, blank. */
  function erase(line: number, from: number, to: number): void {
    const row = wanted[line];
    if (row === undefined) return;
    if (from === 0 && to >= columns) wanted[line] = emptyRow;
    else {
      const cells = row.cells.map((cell, at) => (at >= from && at < to ? styles.blank : cell));
      wanted[line] = trimmed(cells, styles.blank);
    }
  }

  function eraseScreen(mode: number): void {
    if (mode === 0) erase(y, x, columns);
    if (mode === 1) erase(y, 0, x + 1);
    for (const line of wanted.keys()) {
      if (mode >= 2 || (mode === 0 ? line > y : line < y)) erase(line, 0, columns);
    }
  }

  /** Applies a sequence; false when it is unknown. */
  function obey(numbers: readonly number[], final: string): boolean {
    const [first = 0, second = 0] = numbers;
    const count = Math.max(1, first);
    if (final === 'A') goTo(x, y - count);
    else if (final === 'B') goTo(x, y + count);
    else if (final === 'C') goTo(x + count, y);
    else if (final === 'D') goTo(x - count, y);
    else if (final === 'E') goTo(0, y + count);
    else if (final === 'F') goTo(0, y - count);
    else if (final === 'G') goTo(count - 1, y);
    else if (final === 'd') goTo(x, count - 1);
    else if (final === 'H' || final === 'f') goTo(Math.max(1, second) - 1, count - 1);
    else if (final === 'J') eraseScreen(first);
    else if (final === 'K') erase(y, first === 0 ? x : 0, first === 1 ? x + 1 : columns);
    else return false;
    return true;
  }

  function feed(character: string): void {
    if (character === '\r') x = 0;
    else if (character === '\b') goTo(x - 1, y);
    else if (character === '\n') {
      // The terminal driver adds a carriage return.
      x = 0;
      if (y < rows - 1) y += 1;
      else wanted = [...wanted.slice(1), emptyRow];
    }
  }

  function flush(): string {
    if (!active) return '';
    const told = shape === undefined ? [...wanted] : wanted.map((row, line) => shape(row, wanted[line - 1], styles));
    const bytes = paint(styles, shown, told, columns);
    shown = told;
    const at = visible ? `\x1b[${y + 1};${x + 1}H${caret.show}` : caret.hide;
    const moved = at !== cursor;
    if (bytes === '' && !moved) return '';
    // A visible cursor is hidden while painting.
    const hidden = bytes !== '' && visible && cursor !== caret.hide ? caret.hide : '';
    cursor = at;
    return `${frame.begin}${hidden}${bytes}${moved || hidden !== '' ? at : ''}${frame.end}`;
  }

  /** The bytes sent immediately for a sequence; the cells follow when the frame is complete. */
  function sequenced(sequence: string, mark: string | undefined, numbers: string, final: string | undefined): string {
    if (sequence === screen.open) return enter();
    if (!active) return sequence;
    if (sequence === screen.close) return leave();
    if (sequence === frame.begin || sequence === frame.end) inFrame = sequence === frame.begin;
    else if (sequence === caret.show || sequence === caret.hide) visible = sequence === caret.show;
    else if (sequence.length === 1) feed(sequence);
    else if (final === undefined || mark !== '' || !obey(numbers.split(/[;:]/).map(Number), final)) {
      const still = final === undefined ? /^\x1b[\]PX^_]/.test(sequence) : harmless.test(final);
      if (!still) shown = null;
      return sequence;
    }
    return '';
  }

  return {
    write(data) {
      // Ink's output after the terminal was restored is discarded.
      if (closed) return '';
      let out = '';
      for (const [piece, line, mark, numbers = '', final] of data.matchAll(pieces)) {
        if (line === undefined) out += sequenced(piece, mark, numbers, final);
        else if (active) text(line);
        else out += line;
      }
      return inFrame ? out : out + flush();
    },
    repaint() {
      shown = null;
      cursor = null;
      return flush();
    },
    resize(next) {
      ({ columns, rows } = next);
      wanted = Array.from({ length: rows }, (_, line) =>
        trimmed(wanted[line]?.cells.slice(0, columns) ?? [], styles.blank),
      );
      shown = null;
      goTo(x, y);
    },
    opened() {
      shown = null;
      cursor = null;
      return active ? `${screen.open}${modes.on}${clear}${flush()}` : '';
    },
    close() {
      closed = true;
      return active ? `${leave()}${caret.show}` : '';
    },
  };
}
