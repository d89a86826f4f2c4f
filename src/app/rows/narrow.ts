// A filter while it is typed: each letter checks only the remaining rows and only their distinct values, and a deleted letter
// restores the previous result.
import { type Memo, memoize } from '../draw/memoize.ts';
import type { Rows } from './rows.ts';
import type { Selector, Value, Words } from './table.ts';

/** One word of a filter. */
export interface Term {
  /** The member to match, or null for any text of a row. */
  readonly member: string | null;
  /** In small letters. */
  readonly value: string;
  /** Negated. */
  readonly negative: boolean;
}

/** The meaning of a filter's words for a type of rows. */
export interface Grammar<Row> {
  /** Members that a word may name, by their filter name: `sev:high`. */
  readonly members: Readonly<Record<string, string>>;
  /** The selectors whose values a term may match. `negative` is ignored. */
  sought(term: Term): FilterTarget<Row>;
}

export interface FilterTarget<Row> {
  /** In one of these values. */
  readonly in: readonly Selector<Row>[];
  /** At its beginning only. */
  readonly begins?: true;
}

/** The words of a filter; a `!` alone has no effect yet. */
export const termsOf = (filter: string, members: Grammar<never>['members']): Term[] =>
  filter
    .toLowerCase()
    .split(/\s+/)
    .filter((text) => text !== '' && text !== '!')
    .map((text) => {
      const negative = text.startsWith('!');
      const wanted = negative ? text.slice(1) : text;
      const [, name = '', value = ''] = /^([^:]*):(.*)$/.exec(wanted) ?? [];
      const member = Object.hasOwn(members, name) ? (members[name] ?? null) : null;
      return { member, value: member === null ? wanted : value, negative };
    });

/** Does every row that matches the filter `now` also match `before`? True only where the words prove it. */
export const narrows = (before: readonly Term[], now: readonly Term[]): boolean =>
  before.every((old) => now.some((next) => implies(next, old)));

function implies(next: Term, old: Term): boolean {
  if (next.member !== old.member || next.negative !== old.negative) return false;
  const [longer, shorter] = next.negative ? [old.value, next.value] : [next.value, old.value];
  // A member is compared from its beginning on.
  return next.member === null ? longer.includes(shorter) : longer.startsWith(shorter);
}

/** Rows that match a filter, on a stack of the results of its shorter prefixes. */
export interface Narrowed<Row> {
  readonly filter: string;
  readonly rows: Rows<Row>;
  /** Null: the result is based on all rows. */
  readonly wider: Narrowed<Row> | null;
}

export const unfiltered = <Row>(rows: Rows<Row>): Narrowed<Row> => ({ filter: '', rows, wider: null });

/** The rows that match `filter`; computed from the start where the rows have changed. */
export function memoizeNarrowed<Row>(
  kept: Memo<Narrowed<Row>>,
  rows: Rows<Row>,
  filter: string,
  grammar: Grammar<Row>,
): Memo<Narrowed<Row>> {
  const known = memoize(kept, [rows], () => unfiltered(rows));
  const value = narrowed(known.value, filter, grammar);
  return value === known.value ? known : { of: [rows], value };
}

/** The rows that match `filter`. Where all match, the same object. */
export function narrowed<Row>(from: Narrowed<Row>, filter: string, grammar: Grammar<Row>): Narrowed<Row> {
  const terms = termsOf(filter, grammar.members);
  let base = from;
  while (base.wider !== null && base.filter !== filter && !narrows(termsOf(base.filter, grammar.members), terms)) {
    base = base.wider;
  }
  if (base.filter === filter) return base;
  let { rows } = base;
  for (const term of terms) {
    const holds = holding(rows, grammar.sought(term), term.value);
    const goes = Number(term.negative);
    if (holds.includes(goes)) rows = rows.filter((_number, index) => holds[index] !== goes);
  }
  return { filter, rows, wider: base };
}

/** For each of the rows, 1 where one of its values contains the text. */
function holding<Row>(rows: Rows<Row>, sought: FilterTarget<Row>, value: string): Uint8Array {
  const { table } = rows;
  const { numbers } = rows;
  const holds = new Uint8Array(numbers.length);
  let left = numbers.length;
  for (const ask of sought.in) {
    const { of, values } = table.columnIndex(ask);
    const fits = isLong(values) && !sought.begins ? inWords(table.words(ask), value) : inWhole(values, sought, value);
    if (!fits.includes(1)) continue;
    if (!fits.includes(0)) return holds.fill(1);
    for (let index = 0; index < numbers.length; index += 1) {
      if (holds[index] === 1 || fits[of[numbers[index] ?? 0] ?? 0] !== 1) continue;
      holds[index] = 1;
      left -= 1;
    }
    if (left === 0) break;
  }
  return holds;
}

/** Too many to check one by one for each letter. */
export const isLong = (values: readonly Value[]): boolean => values.length > 2_000;

/** For each value, 1 where it contains the text. */
function inWhole(values: readonly Value[], { begins }: Pick<FilterTarget<never>, 'begins'>, value: string): Uint8Array {
  return Uint8Array.from(values, (one) => {
    const text = String(one).toLowerCase();
    return Number(begins ? text.startsWith(value) : text.includes(value));
  });
}

/** The same for a text without spaces. */
function inWords({ values, of, starts }: Words, value: string): Uint8Array {
  const fits = Uint8Array.from(values, (word) => Number(word.includes(value)));
  const holds = new Uint8Array(starts.length - 1);
  if (!fits.includes(1)) return holds;
  for (let answer = 0, at = 0; answer < holds.length; answer += 1) {
    const end = starts[answer + 1] ?? 0;
    for (; at < end && holds[answer] === 0; at += 1) holds[answer] = fits[of[at] ?? 0] ?? 0;
    at = end;
  }
  return holds;
}
