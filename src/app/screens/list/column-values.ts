// The values of list columns for filtering, sorting and widths. Selectors are made once per column, because values are cached by
// selector.

import { memoizePerObject } from '../../../model/caches.ts';
import { glyphsFor } from '../../draw/glyphs.ts';
import { widthOf } from '../../draw/text.ts';
import type { Grammar } from '../../rows/narrow.ts';
import type { Selector, Table } from '../../rows/table.ts';
import type { ListColumn, ListSpec } from './spec.ts';

const textIn = memoizePerObject(
  (column: ListColumn<never>): Selector<never> =>
    (row) =>
      column.text(row, glyphsFor(true)).text,
);
const rankIn = memoizePerObject(
  ({ rank }: ListColumn<never>): Selector<never> | undefined => rank && ((row) => rank(row)),
);

export const textValue = <Row>(column: ListColumn<Row>): Selector<Row> =>
  textIn(column as ListColumn<never>) as Selector<Row>;
export const sortValue = <Row>(column: ListColumn<Row>): Selector<Row> =>
  (rankIn(column as ListColumn<never>) as Selector<Row> | undefined) ?? textValue(column);

const widestIn = memoizePerObject((table: Table<never>) =>
  memoizePerObject((column: ListColumn<never>): number =>
    table.columnIndex(textValue(column)).values.reduce<number>((most, one) => Math.max(most, widthOf(String(one))), 0),
  ),
);
/** Cells of the longest text in a column. */
export const widestText = <Row>(column: ListColumn<Row>, table: Table<Row>): number =>
  widestIn(table as Table<never>)(column as ListColumn<never>);

/** The meaning of a filter's words for a list. */
export const grammarOf = <Row>(spec: Pick<ListSpec<Row>, 'columns' | 'grammar'>): Grammar<Row> =>
  spec.grammar ?? columnText(spec);

/** The default filter of a list: words in any column. */
export const columnText = <Row>({ columns }: Pick<ListSpec<Row>, 'columns'>): Grammar<Row> => ({
  members: {},
  sought: () => ({ in: columns.map(textValue) }),
});
