// All rows of a list, and what they have in common. A hundred thousand findings are about some hundred rules and some thousand
// resources: what is asked of a row is worked out once for each different answer, and after that a row costs a look at a number.
import { memoizeByKey } from '../draw/memoize.ts';
import { counting, finish, type StepwiseTask, sortedPlaces } from './in-steps.ts';

export type Value = boolean | number | string;
/** What is asked of a row. The answer is remembered for the function, so it must be the same one each time. */
export type Selector<Row> = (row: Row) => Value;

/** The answers of all rows. */
export interface ColumnIndex {
  /** For each row, by its number, the place of its answer in `values`. */
  readonly of: Uint32Array;
  /** Each different answer, in the order they were met. */
  readonly values: readonly Value[];
}

/** The words of all answers, between their spaces. There may be as many sentences as rows; they are made of a few thousand words. */
export interface Words {
  /** Each different one, in small letters. */
  readonly values: readonly string[];
  /** The places in `values` of the words of each answer, one answer after the other. */
  readonly of: Uint32Array;
  /** Where those of each answer begin; the last place is behind the last of them. */
  readonly starts: Uint32Array;
}

export class Table<Row> {
  readonly rows: readonly Row[];
  /** Those of all rows, as they come. */
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

  /** The numbers of all rows by what they answer; those that answer the same as they come. */
  order(ask: Selector<Row>): Uint32Array {
    return this.#orders.get(ask) ?? finish(this.buildOrder(ask));
  }

  words(ask: Selector<Row>): Words {
    return this.#words.get(ask) ?? finish(this.buildWords(ask));
  }

  /** Works {@link columnIndex} out beforehand. */
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

  /** Works {@link words} out beforehand. */
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

  /** Works {@link order} out beforehand. */
  *buildOrder(ask: Selector<Row>): StepwiseTask<Uint32Array> {
    const known = this.#orders.get(ask);
    if (known !== undefined) return known;
    const { of, values } = yield* this.buildIndex(ask);
    // Of each value how many rows have it; then where the first of them stands.
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

const tables = memoizeByKey((rows: readonly unknown[]) => new Table(rows));
/** The same table for the same array. */
export const tableOf = <Row>(rows: readonly Row[]): Table<Row> => tables(rows) as Table<Row>;

let collator: Intl.Collator | undefined;
/** Numbers by their size, texts as people of this machine's language sort them. */
function inSize(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  collator ??= new Intl.Collator();
  return collator.compare(String(a), String(b));
}
