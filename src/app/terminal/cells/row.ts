// Parses a line of text with colour sequences into cells. Rows are cached: most lines of a frame are those of the previous
// frame.
import stringWidth from 'string-width';
import { graphemes, isSimple } from '../graphemes.ts';
import { type Cell, type CellStyle, cellOf, type Styles } from './style.ts';

export interface CellRow {
  /** Without the blanks at the end. */
  readonly cells: readonly Cell[];
  /** It contains a character whose width differs between terminals. */
  readonly odd: boolean;
}

export interface CellRun extends CellRow {
  /** Columns, including trailing blanks. */
  readonly width: number;
  /** The style at its end, in effect for the following text. */
  readonly end: CellStyle;
}

/** What is shown in place of a row; `above` is the row before it. */
export type RowShape = (row: CellRow, above: CellRow | undefined, styles: Styles) => CellRow;

export const emptyRow: CellRow = { cells: [], odd: false };

/** More rows than a few screens hold; beyond this the cache is cleared, which costs one frame. */
const most = 600;
const parts = /\x1b\[([\d;:]*)m|\x1b\]8;([^\x07\x1b]*)(?:\x07|\x1b\\)/g;

/** Parses lines that contain only text, SGR and OSC 8. */
export function createReader(styles: Styles): (text: string, style: CellStyle) => CellRun {
  const known = new Map<CellStyle, Map<string, CellRun>>();
  let count = 0;
  return (text, style) => {
    const found = known.get(style)?.get(text);
    if (found !== undefined) return found;
    if (count >= most) {
      known.clear();
      count = 0;
    }
    const line = copied(text);
    const run = read(styles, line, style);
    const own = known.get(style) ?? new Map<string, CellRun>();
    known.set(style, own.set(line, run));
    count += 1;
    return run;
  };
}

/** A line is a slice of its frame, and V8 keeps the whole frame as long as the slice: what is cached is a text of its own. */
const copied = (text: string): string => JSON.parse(JSON.stringify(text)) as string;

function read(styles: Styles, text: string, start: CellStyle): CellRun {
  const cells: Cell[] = [];
  let style = start;
  let from = 0;
  for (const part of text.matchAll(parts)) {
    put(cells, text.slice(from, part.index), style);
    const [whole, sgr, link] = part;
    if (sgr !== undefined) style = styles.after(style, sgr);
    else if (link !== undefined) style = styles.linked(style, /^[^;]*;?$/.test(link) ? '' : link);
    from = part.index + whole.length;
  }
  put(cells, text.slice(from), style);
  return { ...trimmed(cells, styles.blank), width: cells.length, end: style };
}

/** The row of these cells. */
export function trimmed(cells: readonly Cell[], blank: Cell): CellRow {
  let length = cells.length;
  while (length > 0 && cells[length - 1] === blank) length -= 1;
  const kept = length === cells.length ? cells : cells.slice(0, length);
  return { cells: kept, odd: kept.some((cell) => cell.odd) };
}

function put(cells: Cell[], text: string, style: CellStyle): void {
  if (text === '') return;
  if (isSimple(text)) {
    for (const character of text) cells.push(cellOf(style, character));
    return;
  }
  for (const segment of graphemes(text)) {
    if (isSimple(segment)) {
      cells.push(cellOf(style, segment));
      continue;
    }
    const before = cells.at(-1);
    const width = stringWidth(segment);
    if (width === 0) {
      // It has no cell and belongs to the previous one.
      if (before !== undefined) cells[cells.length - 1] = cellOf(before.style, before.text + segment, true);
      continue;
    }
    cells.push(cellOf(style, segment, true));
    for (let covered = 1; covered < width; covered += 1) cells.push(cellOf(style, '', true));
  }
}
