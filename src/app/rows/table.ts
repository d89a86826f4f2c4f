// All rows of a list in dictionary-encoded columns. A hundred thousand findings have some hundred rules and some thousand
// resources: a selector is evaluated once per distinct value, and then a row costs one number lookup.
import { memoizePerObject } from '../../model/caches.ts';
import { counting, finish, type StepwiseTask, sortedPlaces } from './in-steps.ts';

export type Value = boolean | number | string;
/** A selector of a row. Its column is cached by the function, so the same function must be passed each time. */
export type Selector<Row> = (row: Row) => Value;

/** The values of all rows. */
export interface ColumnIndex {
  /** For each row, by its number, the index of its value in `values`. */
  readonly of: Uint32Array;
  /** The distinct values, in the order of first occurrence. */
  readonly values: readonly Value[];
}

/** The words of all values. There may be as many sentences as rows, but they consist of a few thousand words. */
export interface Words {
  /** Each distinct word, in lower case. */
  readonly values: readonly string[];
  /** The indexes in `values` of the words of each value, one value after the other. */
  readonly of: Uint32Array;
  /** Where those of each value begin; the last entry is the end. */
  readonly starts: Uint32Array;
}

export class Table<Row> {
  readonly rows: readonly Row[];
  /** All rows, in table order. */
  readonly numbers: Uint32Array;
  readonly #indexes = new Map<Selector<never>, ColumnIndex>();
  readonly #orders = new Map<Selector<never>, Uint32Array>();
  readonly #words = new Map<Selector<never>, Words>();

  constructor(rows: readonly Row[]) {
    this.rows = rows;
    this.numbers = new Uint32Array(rows.keys());
  }

  columnIndex(ask: Selector<Row>): ColumnIndex {
    return this.#indexes.get(ask) ?? finish(this.buildIndex(ask));
  }

  /** The numbers of all rows sorted by value; stable. */
  order(ask: Selector<Row>): Uint32Array {
    return this.#orders.get(ask) ?? finish(this.buildOrder(ask));
  }

  words(ask: Selector<Row>): Words {
    return this.#words.get(ask) ?? finish(this.buildWords(ask));
  }

  /** Precomputes {@link columnIndex}. */
  *buildIndex(ask: Selector<Row>): StepwiseTask<ColumnIndex> {
    const known = this.#indexes.get(ask);
    if (known !== undefined) return known;
    const places = new Map<Value, number>();
    const of = new Uint32Array(this.rows.length);
    yield* counting(of.length, (number) => {
      const value = ask(this.rows[number] as Row);
      const place = places.get(value) ?? places.size;
      places.set(value, place);
      of[number] = place;
    });
    const index = { of, values: [...places.keys()] };
    this.#indexes.set(ask, index);
    return index;
  }

  /** Precomputes {@link words}. */
  *buildWords(ask: Selector<Row>): StepwiseTask<Words> {
    const known = this.#words.get(ask);
    if (known !== undefined) return known;
    const { values } = yield* this.buildIndex(ask);
    const places = new Map<string, number>();
    const starts = new Uint32Array(values.length + 1);
    const of: number[] = [];
    yield* counting(values.length, (answer) => {
      for (const word of String(values[answer]).toLowerCase().split(/\s+/)) {
        const place = places.get(word) ?? places.size;
        places.set(word, place);
        of.push(place);
      }
      starts[answer + 1] = of.length;
    });
    const words = { values: [...places.keys()], of: Uint32Array.from(of), starts };
    this.#words.set(ask, words);
    return words;
  }

  /** Precomputes {@link order}. */
  *buildOrder(ask: Selector<Row>): StepwiseTask<Uint32Array> {
    const known = this.#orders.get(ask);
    if (known !== undefined) return known;
    const { of, values } = yield* this.buildIndex(ask);
    // Number of rows per value; then the index of the first of them.
    const starts = new Uint32Array(values.length);
    for (const value of of) starts[value] = (starts[value] ?? 0) + 1;
    let start = 0;
    for (const value of yield* sortedPlaces(values, inSize)) {
      const count = starts[value] ?? 0;
      starts[value] = start;
      start += count;
    }
    const order = new Uint32Array(of.length);
    for (const [number, value] of of.entries()) {
      const place = starts[value] ?? 0;
      order[place] = number;
      starts[value] = place + 1;
    }
    this.#orders.set(ask, order);
    return order;
  }
}

const tables = memoizePerObject((rows: readonly unknown[]) => new Table(rows));
/** The same table for the same array. */
export const tableOf = <Row>(rows: readonly Row[]): Table<Row> => tables(rows) as Table<Row>;

let collator: Intl.Collator | undefined;
/** Numbers by size, texts in the order of the machine's locale. */
function inSize(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  collator ??= new Intl.Collator();
  return collator.compare(String(a), String(b));
}
