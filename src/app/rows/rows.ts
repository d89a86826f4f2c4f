// Some rows of a table in an order, by their numbers: what a filter leaves, what stands in a group, what is marked. Its loops go by
// index: they run over a hundred thousand numbers before anything could have made an iterator fast.
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

  /** Where the row of that number stands; below 0 where it does not. */
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

  /** Those that answer that. */
  where(ask: Selector<Row>, value: Value): Rows<Row> {
    const { of, values } = this.table.columnIndex(ask);
    const wanted = values.indexOf(value);
    return this.filter((number) => of[number] === wanted);
  }

  /** How many answer that. */
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

  /** By what they answer; those that answer the same as they come in the table. */
  sorted(ask: Selector<Row>): Rows<Row> {
    const order = this.table.order(ask);
    if (this.length === order.length) return new Rows(this.table, order);
    const [numbers, among] = [this.numbers, new Uint8Array(order.length)];
    for (let index = 0; index < numbers.length; index += 1) among[numbers[index] ?? 0] = 1;
    return new Rows(this.table, order).filter((number) => among[number] === 1);
  }

  /** Those of the same answer together, each group in this order, and the groups in the order they are met in `by`. */
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

/** All rows of a table, as they come. */
export const allOf = <Row>(table: Table<Row>): Rows<Row> => new Rows(table, table.numbers);
export const rowsOf = <Row>(rows: readonly Row[]): Rows<Row> => allOf(tableOf(rows));
