// Keys that sort by one column each, as k9s has them: Shift and a letter of its heading. The column defines the letter; the
// heading shows the active one, also when the operator remapped it.
import { isPrintable, type KeyName } from '../../terminal/keys.ts';
import type { Binding } from '../binding.ts';
import type { State } from '../state.ts';

/** A sort order: a column, or an order without a column. */
export interface Sortable {
  readonly title: string;
  /** A capital letter of the title without another meaning on the screen. */
  readonly letter: KeyName;
  /** What it sorts by, where the title alone does not say it after `by`. */
  readonly sorts?: string;
}

/** The sort state of a list; `sort` counts from 1, 0 is table order. */
export interface SortedBy {
  readonly sort: number;
  readonly reverse: boolean;
}

/** Name of the binding that sorts a list by a column. */
export const sorterOf = (of: string, { title }: Pick<Sortable, 'title'>): string => `${of}-by-${title.toLowerCase()}`;

/** Sorts by this one; if already sorted by it, reverses the order. */
export const sortedBy = <Slice extends SortedBy>(slice: Slice, sort: number): Slice =>
  slice.sort === sort ? { ...slice, reverse: !slice.reverse } : { ...slice, sort, reverse: false };

/** A binding for each of `columns`; `of` names the list among the bindings, `change` sorts by the column of a number, from 1. */
export const sorting = (
  of: string,
  screen: string,
  columns: readonly Sortable[],
  change: (state: State, sort: number) => State,
): readonly Binding[] =>
  columns.map((column, at) => ({
    name: sorterOf(of, column),
    where: [screen],
    keys: [column.letter],
    label: `by ${column.sorts ?? column.title}`,
    help: `Sort by column ${column.title}; again reverses the order`,
    change: (state) => change(state, at + 1),
    yields: true,
    // Last in the footer: the headings show the same.
    hint: 10 + at / 100,
  }));

/** The letter that sorts by a column now; null when it is not a letter of the title any more. */
export function letterOf(bindings: readonly Binding[], of: string, column: Sortable): KeyName | null {
  const name = sorterOf(of, column);
  const keys = bindings.find((binding) => binding.name === name)?.keys ?? [];
  const inTitle = (key: KeyName) => isPrintable(key) && column.title.toLowerCase().includes(key.toLowerCase());
  return keys.find(inTitle) ?? null;
}
