// A filter while it is typed: with each letter only the rows that are still there are looked at, and a letter that is taken
// back finds what stood there before.

import { type Kept, keep } from '../../draw/kept.ts';

/** One word of a filter. */
export interface Term {
  /** What is asked: one member, or null for any text of a row. */
  readonly member: string | null;
  /** In small letters. */
  readonly value: string;
  /** It must not hold. */
  readonly negative: boolean;
}

/** What a filter's words mean to a kind of rows. */
export interface Grammar<Row> {
  /** Members that a word may name, each with the name it goes by: `sev:high`. */
  readonly members: Readonly<Record<string, string>>;
  /** Does the value stand where the term asks for it? `negative` is no matter here. Made once for each term. */
  test(term: Term): (row: Row) => boolean;
}

/** The words of a filter; a `!` alone says nothing yet. */
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

/** Is a row that the filter `now` lets pass sure to have passed `before`? True only where the words alone say so. */
export const narrows = (before: readonly Term[], now: readonly Term[]): boolean =>
  before.every((old) => now.some((next) => implies(next, old)));

function implies(next: Term, old: Term): boolean {
  if (next.member !== old.member || next.negative !== old.negative) return false;
  const [longer, shorter] = next.negative ? [old.value, next.value] : [next.value, old.value];
  // A member is compared from its beginning on.
  return next.member === null ? longer.includes(shorter) : longer.startsWith(shorter);
}

/** Rows that a filter lets pass, on top of what wider ones let pass while it was typed. */
export interface Narrowed<Row> {
  readonly filter: string;
  readonly rows: readonly Row[];
  /** Null: below it are all rows. */
  readonly wider: Narrowed<Row> | null;
}

export const unfiltered = <Row>(rows: readonly Row[]): Narrowed<Row> => ({ filter: '', rows, wider: null });

/** Of these rows those that `filter` lets pass; from the start where they are others than before. */
export function keepNarrowed<Row>(
  kept: Kept<Narrowed<Row>>,
  rows: readonly Row[],
  filter: string,
  grammar: Grammar<Row>,
): Kept<Narrowed<Row>> {
  const known = keep(kept, [rows], () => unfiltered(rows));
  const value = narrowed(known.value, filter, grammar);
  return value === known.value ? known : { of: [rows], value };
}

/** The rows that `filter` lets pass. Where that is every row that there was, it is the same array. */
export function narrowed<Row>(from: Narrowed<Row>, filter: string, grammar: Grammar<Row>): Narrowed<Row> {
  const terms = termsOf(filter, grammar.members);
  let base = from;
  while (base.wider !== null && base.filter !== filter && !narrows(termsOf(base.filter, grammar.members), terms)) {
    base = base.wider;
  }
  if (base.filter === filter) return base;
  const tests = terms.map((term) => ({ test: grammar.test(term), wanted: !term.negative }));
  const rows = base.rows.filter((row) => tests.every(({ test, wanted }) => test(row) === wanted));
  return { filter, rows: rows.length === base.rows.length ? base.rows : rows, wider: base };
}
