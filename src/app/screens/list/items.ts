// The lines of a list: group headings, folded or not, and rows. A line is made on request, so that the cost of folding
// depends on the number of groups only.
import type { Word } from '../../../command/definition.ts';
import type { Rows } from '../../rows/rows.ts';
import type { Table } from '../../rows/table.ts';
import type { RowGroup } from './order.ts';

export type ListItem<Row> =
  | {
      readonly kind: 'row';
      readonly key: string;
      readonly row: Row;
      readonly number: number;
      readonly table: Table<Row>;
    }
  | {
      readonly kind: 'heading';
      readonly key: string;
      readonly label: string;
      readonly rows: Rows<Row>;
      readonly note: Word | null;
      readonly folded: boolean;
    };

export interface ListItems<Row> extends Iterable<ListItem<Row>> {
  readonly length: number;
  at(index: number): ListItem<Row> | undefined;
  /** Index of the item of a key; below 0 where absent. The previous item speeds up the search. */
  find(key: string, before: ListItem<Row> | undefined): number;
  /** The numbers of the rows that are shown. */
  shown(): Uint32Array;
  /** Index of the nearest heading above; below 0 where there is none. */
  headingAbove(index: number): number;
  /** Rows in all, the folded ones among them; headings are no rows. */
  readonly rows: number;
  /** How many of them come before a line. */
  rowsBefore(index: number): number;
}

interface Part<Row> extends RowGroup<Row> {
  /** Index of its first line. */
  readonly from: number;
  /** Lines before its rows: the heading, or none. */
  readonly own: 0 | 1;
  /** Rows that are shown. */
  readonly shown: number;
  /** Rows of the parts before it. */
  readonly before: number;
}

export function itemsOf<Row>(
  key: (row: Row) => string,
  groups: readonly RowGroup<Row>[],
  folded: ReadonlySet<string>,
): ListItems<Row> {
  let length = 0;
  let all = 0;
  const parts = groups.map((group): Part<Row> => {
    const own = group.heading === null ? 0 : 1;
    const shown = group.heading !== null && folded.has(group.heading.key) ? 0 : group.rows.length;
    const from = length;
    const before = all;
    length += own + shown;
    all += group.rows.length;
    return { ...group, from, own, shown, before };
  });
  /** The last part that begins at or above a line. */
  const partAt = (index: number): Part<Row> | undefined => {
    let [low, high] = [0, parts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((parts[middle]?.from ?? 0) <= index) low = middle;
      else high = middle;
    }
    return parts[low];
  };
  const at = (index: number): ListItem<Row> | undefined => {
    if (index < 0 || index >= length) return undefined;
    const part = partAt(index);
    if (part === undefined) return undefined;
    const { heading, rows, from, own, shown } = part;
    if (heading !== null && index === from) return { kind: 'heading', ...heading, rows, folded: shown < rows.length };
    const place = index - from - own;
    const row = rows.at(place);
    return row === undefined
      ? undefined
      : { kind: 'row', key: key(row), row, number: rows.number(place), table: rows.table };
  };
  const placeOf = (indexIn: (rows: Rows<Row>) => number): number => {
    for (const { rows, from, own, shown } of parts) {
      const place = shown === 0 ? -1 : indexIn(rows);
      if (place >= 0) return from + own + place;
    }
    return -1;
  };
  return {
    length,
    at,
    rows: all,
    rowsBefore(index) {
      const part = partAt(index);
      if (part === undefined || index >= length) return all;
      return part.before + Math.max(0, index - part.from - part.own);
    },
    find(wanted, before) {
      const part = parts.find(({ heading }) => heading?.key === wanted);
      if (part !== undefined) return part.from;
      const isThat = before?.key === wanted;
      // A removed heading is not a row.
      if (isThat && before.kind === 'heading') return -1;
      if (isThat && before.kind === 'row' && before.table === parts[0]?.rows.table) {
        return placeOf((rows) => rows.indexOf(before.number));
      }
      return placeOf((rows) => indexOf(rows, (row) => key(row) === wanted));
    },
    shown() {
      const all = new Uint32Array(parts.reduce((sum, { shown }) => sum + shown, 0));
      let from = 0;
      for (const { rows, shown } of parts) {
        if (shown > 0) all.set(rows.numbers, from);
        from += shown;
      }
      return all;
    },
    headingAbove(index) {
      const part = partAt(index - 1);
      return index <= 0 || part === undefined || part.own === 0 ? -1 : part.from;
    },
    *[Symbol.iterator]() {
      for (let index = 0; index < length; index += 1) {
        const item = at(index);
        if (item !== undefined) yield item;
      }
    },
  };
}

function indexOf<Row>(rows: Rows<Row>, is: (row: Row) => boolean): number {
  for (let index = 0; index < rows.length; index += 1) if (is(rows.at(index) as Row)) return index;
  return -1;
}
