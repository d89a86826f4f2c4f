// Some rows of a table in an order, by their numbers: filtered, grouped or marked. Loops use indexes: they run over a hundred
// thousand numbers before an iterator is optimised.
import { type Selector, type Table, tableOf, type Value } from './table.ts';

export class Rows<Row> implements Iterable<Row> {
  readonly table: Table<Row>;
  readonly length: number;
  /** The number of each in its table; for reading only. */
  readonly numbers: Uint32Array;

  constructor(table: Table<Row>, numbers: Uint32Array) {
    this.table = table;
    this.numbers = numbers;
    this.length = numbers.length;
  }

  /** The number in its table of the row at `index`, which must be one of these. */
  number(index: number): number {
    return this.numbers[index] ?? 0;
  }

  at(index: number): Row | undefined {
    return index >= 0 && index < this.length ? this.table.rows[this.number(index)] : undefined;
  }

  /** Index of the row of that number; below 0 where absent. */
  indexOf(number: number): number {
    return this.numbers.indexOf(number);
  }

  *[Symbol.iterator](): Generator<Row> {
    for (let index = 0; index < this.length; index += 1) yield this.table.rows[this.number(index)] as Row;
  }

  /** Those whose number passes; the same object where all do. */
  filter(passes: (number: number, index: number) => boolean): Rows<Row> {
    const { numbers } = this;
    const left = new Uint32Array(numbers.length);
    let count = 0;
    for (let index = 0; index < numbers.length; index += 1) {
      const number = numbers[index] ?? 0;
      if (!passes(number, index)) continue;
      left[count] = number;
      count += 1;
    }
    return count === numbers.length ? this : new Rows(this.table, left.slice(0, count));
  }

  /** Those with this value. */
  where(ask: Selector<Row>, value: Value): Rows<Row> {
    const { of, values } = this.table.columnIndex(ask);
    const wanted = values.indexOf(value);
    return this.filter((number) => of[number] === wanted);
  }

  /** How many have this value. */
  count(ask: Selector<Row>, value: Value): number {
    const { of, values } = this.table.columnIndex(ask);
    const [numbers, wanted] = [this.numbers, values.indexOf(value)];
    let count = 0;
    for (let index = 0; index < numbers.length; index += 1) if (of[numbers[index] ?? 0] === wanted) count += 1;
    return count;
  }

  reversed(): Rows<Row> {
    return new Rows(this.table, this.numbers.toReversed());
  }

  /** Sorted by value; equal ones in table order. */
  sorted(ask: Selector<Row>): Rows<Row> {
    const order = this.table.order(ask);
    if (this.length === order.length) return new Rows(this.table, order);
    const [numbers, among] = [this.numbers, new Uint8Array(order.length)];
    for (let index = 0; index < numbers.length; index += 1) among[numbers[index] ?? 0] = 1;
    return new Rows(this.table, order).filter((number) => among[number] === 1);
  }

  /** Grouped by value, each group in this order, the groups in the order of first occurrence in `by`. */
  split(ask: Selector<Row>, by: Rows<Row> = this): { readonly value: Value; readonly rows: Rows<Row> }[] {
    const { of, values } = this.table.columnIndex(ask);
    const [numbers, others] = [this.numbers, by.numbers];
    const sizes = new Uint32Array(values.length);
    const met: number[] = [];
    for (let index = 0; index < others.length; index += 1) {
      const value = of[others[index] ?? 0] ?? 0;
      if (sizes[value] === 0) met.push(value);
      sizes[value] = (sizes[value] ?? 0) + 1;
    }
    const ends = new Uint32Array(values.length);
    let end = 0;
    for (const value of met) {
      ends[value] = end;
      end += sizes[value] ?? 0;
    }
    const all = new Uint32Array(this.length);
    for (let index = 0; index < numbers.length; index += 1) {
      const number = numbers[index] ?? 0;
      const value = of[number] ?? 0;
      const place = ends[value] ?? 0;
      all[place] = number;
      ends[value] = place + 1;
    }
    return met.map((value) => {
      const [from, to] = [(ends[value] ?? 0) - (sizes[value] ?? 0), ends[value]];
      return { value: values[value] ?? '', rows: new Rows(this.table, all.subarray(from, to)) };
    });
  }
}

/** All rows of a table, in table order. */
export const allOf = <Row>(table: Table<Row>): Rows<Row> => new Rows(table, table.numbers);
export const rowsOf = <Row>(rows: readonly Row[]): Rows<Row> => allOf(tableOf(rows));
