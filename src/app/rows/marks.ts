// What is marked of a table's rows, for an act on several. To mark one more or less copies a byte for each row, so that a hundred
// thousand cost next to nothing.
import { memoizeByKey } from '../draw/memoize.ts';
import { allOf, type Rows } from './rows.ts';
import type { Table } from './table.ts';

export interface Marks<Row> {
  /** Null where nothing is marked. */
  readonly table: Table<Row> | null;
  /** By a row's number: 1 where it is marked. */
  readonly bits: Uint8Array;
  readonly size: number;
}

/** Of rows, what they are in their table. */
type Numbers = readonly number[] | Uint32Array;

export const noMarks: Marks<never> = { table: null, bits: new Uint8Array(), size: 0 };

export const isMarked = ({ bits }: Marks<unknown>, number: number): boolean => bits[number] === 1;

const markedIn = memoizeByKey(({ table, bits }: Marks<unknown>) =>
  table === null ? null : allOf(table).filter((number) => bits[number] === 1),
);
/** The marked rows as they come in the table; null where there are none. */
export const markedRows = <Row>(marks: Marks<Row>): Rows<Row> | null => markedIn(marks) as Rows<Row> | null;

/** All of these marked; where all of them are already, none of them. The marks of another table are gone. */
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

/** The marks that are among `rows`; of another table those whose rows have a key that is marked. */
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
