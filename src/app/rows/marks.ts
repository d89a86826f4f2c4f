// The marked rows of a table, for an action on several. Marking copies one byte per row, which is cheap for a hundred
// thousand rows.
import { memoizePerObject } from '../../model/caches.ts';
import { allOf, type Rows } from './rows.ts';
import type { Table } from './table.ts';

export interface Marks<Row> {
  /** Null where nothing is marked. */
  readonly table: Table<Row> | null;
  /** By a row's number: 1 where it is marked. */
  readonly bits: Uint8Array;
  readonly size: number;
}

/** Rows as row numbers of their table. */
type Numbers = readonly number[] | Uint32Array;

export const noMarks: Marks<never> = { table: null, bits: new Uint8Array(), size: 0 };

export const isMarked = ({ bits }: Marks<unknown>, number: number): boolean => bits[number] === 1;

const markedIn = memoizePerObject(({ table, bits }: Marks<unknown>) =>
  table === null ? null : allOf(table).filter((number) => bits[number] === 1),
);
/** The marked rows in table order; null where there are none. */
export const markedRows = <Row>(marks: Marks<Row>): Rows<Row> | null => markedIn(marks) as Rows<Row> | null;

/** Marks all of these; where all are already marked, none of them. Marks of another table are dropped. */
export function turnedOver<Row>(marks: Marks<Row>, table: Table<Row>, numbers: Numbers): Marks<Row> {
  const isSame = marks.table === table;
  const bits = isSame ? marks.bits.slice() : new Uint8Array(table.rows.length);
  let size = isSame ? marks.size : 0;
  const wanted = numbers.every((number: number) => bits[number] === 1) ? 0 : 1;
  for (const number of numbers) {
    if (bits[number] === wanted) continue;
    bits[number] = wanted;
    size += wanted === 1 ? 1 : -1;
  }
  return size === 0 ? noMarks : { table, bits, size };
}

/** The marks among `rows`; for another table, the rows whose key is marked. */
export function marksAmong<Row>(marks: Marks<Row>, rows: Rows<Row>, key: (row: Row) => string): Marks<Row> {
  const { table } = rows;
  const marked = markedRows(marks);
  if (marked === null) return marks;
  const keys = marks.table === table ? null : new Set([...marked].map(key));
  const still = rows.filter((number) =>
    keys === null ? isMarked(marks, number) : keys.has(key(table.rows[number] as Row)),
  );
  return turnedOver<Row>(noMarks, table, still.numbers);
}
