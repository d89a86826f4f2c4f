// The rows of a list sorted and put into groups.
import type { Word } from '../../../command/definition.ts';
import { emptyMemo, type Memo, memoize } from '../../draw/memoize.ts';
import type { Rows } from '../../rows/rows.ts';
import { sortValue } from './column-values.ts';
import type { ListSpec } from './spec.ts';

export interface RowGroup<Row> {
  /** Null where the list has no groups: then there is one, without a heading. */
  readonly heading: { readonly key: string; readonly label: string; readonly note: Word | null } | null;
  readonly rows: Rows<Row>;
}

export interface ListOrder {
  /** Column of the sort, from 1; 0 in table order. */
  readonly sort: number;
  readonly reverse: boolean;
  /** Group, from 1; 0 none. */
  readonly group: number;
}

type Spec<Row> = Pick<ListSpec<Row>, 'columns' | 'groups'>;

/** The last orders: deleting a letter of a filter restores previous rows. */
const known = new WeakMap<Rows<unknown>, Memo<readonly RowGroup<unknown>[]>>();

/** The rows in order and in groups; the same object for the same rows in the same order. */
export function ordered<Row>(spec: Spec<Row>, rows: Rows<Row>, order: ListOrder): readonly RowGroup<Row>[] {
  const { sort, reverse, group } = order;
  // The cache entry of rows was made from them.
  const last = (known.get(rows) ?? emptyMemo([])) as Memo<readonly RowGroup<Row>[]>;
  const kept = memoize(last, [spec, sort, reverse, group], () => inGroups(spec, rows, order));
  known.set(rows, kept);
  return kept.value;
}

function inGroups<Row>(
  spec: Spec<Row>,
  rows: Rows<Row>,
  { sort, reverse, group: by }: ListOrder,
): readonly RowGroup<Row>[] {
  const column = spec.columns[sort - 1];
  const group = spec.groups?.[by - 1];
  const sorted = column === undefined ? rows : rows.sorted(sortValue(column));
  const turned = reverse ? sorted.reversed() : sorted;
  if (group === undefined) return rows.length === 0 ? [] : [{ heading: null, rows: turned }];
  // A column sorts the rows of each group; the groups keep their natural order, the worst first.
  return turned.split(group.of, column === undefined ? turned : rows).map(({ value, rows: members }) => {
    const label = String(value);
    return { heading: { key: `group:${label}`, label, note: group.note?.(members) ?? null }, rows: members };
  });
}
