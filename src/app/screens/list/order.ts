// The rows of a list sorted and put into groups.
import type { Word } from '../../../command/definition.ts';
import { glyphsFor } from '../../draw/glyphs.ts';
import { type Kept, keep, nothingKept } from '../../draw/kept.ts';
import { inSize, sortedBy } from '../parts/sorted.ts';
import type { Column, ListSpec } from './spec.ts';

/** Rows that stand together. */
export interface Group<Row> {
  /** Null where the list has no groups: then there is one, without a line of its own. */
  readonly heading: { readonly key: string; readonly label: string; readonly note: Word | null } | null;
  readonly rows: readonly Row[];
}

export interface Order {
  /** Column sorted by, from 1; 0 as the rows come. */
  readonly sort: number;
  readonly reverse: boolean;
  /** Group, from 1; 0 none. */
  readonly group: number;
}

type Spec<Row> = Pick<ListSpec<Row>, 'columns' | 'groups'>;

/** How rows were put in order last: with a filter taken back come rows that were there before. */
const known = new WeakMap<readonly unknown[], Kept<readonly Group<unknown>[]>>();

/** The rows in order and in groups; the same object for the same rows in the same order. */
export function ordered<Row>(spec: Spec<Row>, rows: readonly Row[], order: Order): readonly Group<Row>[] {
  const { sort, reverse, group } = order;
  // What is kept for rows was made of them.
  const last = (known.get(rows) ?? nothingKept([])) as Kept<readonly Group<Row>[]>;
  const kept = keep(last, [spec, sort, reverse, group], () => inGroups(spec, rows, order));
  known.set(rows, kept);
  return kept.value;
}

function inGroups<Row>(
  spec: Spec<Row>,
  rows: readonly Row[],
  { sort, reverse, group: by }: Order,
): readonly Group<Row>[] {
  const column = spec.columns[sort - 1];
  const group = spec.groups?.[by - 1];
  const turned = column === undefined && reverse ? rows.toReversed() : rows;
  const inOrder = (all: readonly Row[]) => (column === undefined ? all : sorted(column, all, reverse));
  if (group === undefined) return turned.length === 0 ? [] : [{ heading: null, rows: inOrder(turned) }];
  // A column sorts the rows of each group; the groups themselves keep the order they have by nature, the worst first.
  return [...Map.groupBy(turned, (row) => group.of(row))].map(([label, members]) => {
    const heading = { key: `group:${label}`, label, note: group.note?.(members) ?? null };
    return { heading, rows: inOrder(members) };
  });
}

function sorted<Row>(column: Column<Row>, rows: readonly Row[], reverse: boolean): readonly Row[] {
  const key = (row: Row) => column.rank?.(row) ?? column.text(row, glyphsFor(true)).text;
  const all = sortedBy(rows, key, inSize);
  return reverse ? all.reverse() : all;
}
