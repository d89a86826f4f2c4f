// Tables of alike things: their columns and rows as data, and their lines at a width. How wide a text is and how it is cut is
// a parameter, because hosts differ in it.
import { clean, counted } from './text.ts';
import { type Line, line, type Word } from './words.ts';

export interface TableColumn {
  readonly title: string;
  /** Which columns are kept where not all fit: those of the lowest numbers are dropped first. */
  readonly keep: number;
  /** Numbers are aligned at the right. */
  readonly right?: true;
}

export interface TableRow {
  readonly cells: readonly string[];
  /** Of the whole row. */
  readonly role?: string;
  /** A sentence below the row. */
  readonly note?: string;
}

export interface ResourceTable {
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  /** How many rows there are, where not all are given. */
  readonly total?: number;
  /** Columns at the left that stay while the others are scrolled. */
  readonly fixed: number;
}

export interface TableMeasure {
  widthOf(text: string): number;
  /** The text in exactly that many cells. */
  cut(text: string, cells: number): string;
}

/** Text of one cell per character, as in files and pipes. */
export const byCharacters: TableMeasure = {
  widthOf: (text) => text.length,
  cut: (text, cells) => (text.length > cells ? `${text.slice(0, Math.max(0, cells - 1))}…` : text.padEnd(cells)),
};

interface TableView {
  readonly width: number;
  /** How many of the columns after the fixed ones are scrolled out at the left. */
  readonly skip: number;
  readonly measure: TableMeasure;
}

interface Shown {
  /** Place in the columns of the table. */
  readonly at: number;
  readonly width: number;
}

const between = 2;
/** Cells that a column and a fixed one keep when they are cut, and that one has at most while others need the room. */
const [least, name, most] = [8, 16, 24];

/** How often a table can be scrolled by a column, 0 where every value is shown whole. */
export function columnSteps(table: ResourceTable, width: number, measure: TableMeasure): number {
  const { hidden, isCut } = missing(table, telling(table, naturalWidths(table, measure), width, measure), measure);
  return hidden === 0 && !isCut ? 0 : table.columns.length - table.fixed;
}

/** How many columns are not shown, and whether values of the shown ones are cut. A heading takes more lines instead. */
function missing(table: ResourceTable, shown: readonly Shown[], measure: TableMeasure) {
  const values = valueWidths(table, measure);
  const isCut = shown.some(({ at, width }) => width < (values[at] ?? 0));
  return { hidden: table.columns.length - shown.length, isCut };
}

/** Title, headings and rows. In a view that is not scrolled the least telling columns are cut; in a scrolled one none is. */
export function tableLines(table: ResourceTable, { width, skip, measure }: TableView): Line[] {
  const { columns, rows, title, total: all = rows.length } = table;
  const natural = naturalWidths(table, measure);
  const scroll = Math.min(skip, Math.max(0, columns.length - table.fixed));
  const shown = scroll === 0 ? telling(table, natural, width, measure) : scrolled(table, natural, width, scroll);
  const { hidden, isCut } = missing(table, shown, measure);
  const rest = [
    hidden > 0 ? `${counted(hidden, 'column')} hidden` : isCut ? 'values cut' : '',
    (hidden > 0 || isCut) && scroll === 0 ? 'right shows them' : '',
  ].filter((text) => text !== '');
  const head = [
    [title, 'heading'] as const,
    [` ${rows.length < all ? `${rows.length} of ` : ''}${all}`, 'dim'] as const,
  ];
  return [
    line(...head, [rest.length === 0 ? '' : `  ${rest.join('; ')}`, 'dim']),
    ...(rows.length === 0 ? [line(['None', 'dim'])] : headings(columns, shown, measure)),
    ...rows.flatMap((row) => rowLines(row, columns, shown, measure, width)),
  ];
}

const valueWidths = ({ columns, rows }: ResourceTable, { widthOf }: TableMeasure): number[] =>
  columns.map((_, at) => rows.reduce((wide, { cells }) => Math.max(wide, widthOf(cellText(cells[at]))), 0));
const naturalWidths = (table: ResourceTable, measure: TableMeasure): number[] =>
  valueWidths(table, measure).map((wide, at) => Math.max(wide, measure.widthOf(table.columns[at]?.title ?? '')));

const cellText = (text: string | undefined): string => clean(text ?? '', 4000);
const total = (shown: readonly Shown[]): number =>
  shown.reduce((sum, { width }) => sum + width, between * Math.max(0, shown.length - 1));

/** The most telling columns, as many as fit when they are cut; the room that is left goes to the most telling ones first. */
function telling({ columns, fixed }: ResourceTable, natural: readonly number[], width: number, measure: TableMeasure) {
  const byKeep = columns.map(({ keep }, at) => ({ at, keep })).sort((a, b) => a.keep - b.keep);
  const floor = (at: number) =>
    Math.min(
      natural[at] ?? 0,
      Math.max(at < fixed ? name : least, ...titleWords(columns[at]).map((one) => measure.widthOf(one))),
    );
  let shown: Shown[] = columns.map((_, at) => ({ at, width: floor(at) }));
  for (const { at } of byKeep) {
    if (total(shown) > width && shown.length > 1) shown = shown.filter((one) => one.at !== at);
  }
  shown = shown.map((one) => ({ ...one, width: Math.min(one.width, width) }));
  for (const limit of [most, Number.POSITIVE_INFINITY]) {
    for (const { at } of [...byKeep].reverse()) {
      const room = Math.max(0, width - total(shown));
      const wanted = Math.min(limit, natural[at] ?? 0);
      shown = shown.map((one) =>
        one.at === at ? { at, width: Math.max(one.width, Math.min(wanted, one.width + room)) } : one,
      );
    }
  }
  return shown;
}

/** The fixed columns, then as many as fit from the scrolled one on, the first of them in any case. */
function scrolled(table: ResourceTable, natural: readonly number[], width: number, skip: number): Shown[] {
  const shown: Shown[] = [];
  for (const [at, wide] of natural.entries()) {
    const isFixed = at < table.fixed;
    if (!isFixed && at < table.fixed + skip - 1) continue;
    const room = width - total(shown) - (shown.length === 0 ? 0 : between);
    const first = at === table.fixed + skip - 1;
    if (isFixed) shown.push({ at, width: Math.min(wide, most) });
    else if (wide <= room) shown.push({ at, width: wide });
    else if (first) shown.push({ at, width: Math.max(least, room) });
    else break;
  }
  return shown;
}

const titleWords = (column: TableColumn | undefined): string[] => column?.title.split(' ') ?? [];

/** In as many lines as the longest heading takes, the last word of each in the last. */
function headings(columns: readonly TableColumn[], shown: readonly Shown[], measure: TableMeasure): Line[] {
  const titles = shown.map(({ at, width }) => wrapped(titleWords(columns[at]), width, measure));
  const height = Math.max(...titles.map(({ length }) => length));
  return Array.from({ length: height }, (_, row) =>
    line([shown.map((one, at) => cell(titles[at]?.at(row - height) ?? '', one, columns, measure)).join('  '), 'dim']),
  );
}

function wrapped(words: readonly string[], width: number, { widthOf }: TableMeasure): string[] {
  const lines: string[] = [];
  for (const one of words) {
    const longer = `${lines.at(-1) ?? ''} ${one}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(one);
  }
  return lines;
}

function cell(text: string, { at, width }: Shown, columns: readonly TableColumn[], { widthOf, cut }: TableMeasure) {
  const room = width - widthOf(text);
  return columns[at]?.right === true && room > 0 ? ' '.repeat(room) + text : cut(text, width);
}

const accessRoles: Readonly<Record<string, string>> = { Allow: 'ok', Deny: 'warn' };

function rowLines(
  { cells, role, note }: TableRow,
  columns: readonly TableColumn[],
  shown: readonly Shown[],
  measure: TableMeasure,
  width: number,
): Line[] {
  const words = shown.flatMap((one, index): Word[] => {
    const text = cellText(cells[one.at]);
    const look = role ?? accessRoles[text];
    const gap = index < shown.length - 1 ? '  ' : '';
    const laid = cell(text, one, columns, measure) + gap;
    return [look === undefined ? { text: laid } : { text: laid, role: look }];
  });
  if (note === undefined) return [words];
  const indent = Math.min(4, Math.max(0, width - least));
  const below = `${' '.repeat(indent)}${clean(note)}`;
  return [words, line([measure.widthOf(below) > width ? measure.cut(below, width) : below, 'warn'])];
}
