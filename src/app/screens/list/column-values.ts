// What the columns of a list say to a filter and to whoever sorts. The functions are made once for a column: what rows answer them
// is remembered for each.
import { glyphsFor } from '../../draw/glyphs.ts';
import { memoizeByKey } from '../../draw/memoize.ts';
import type { Grammar } from '../../rows/narrow.ts';
import type { Selector } from '../../rows/table.ts';
import type { ListColumn, ListSpec } from './spec.ts';

const textIn = memoizeByKey(
  (column: ListColumn<never>): Selector<never> =>
    (row) =>
      column.text(row, glyphsFor(true)).text,
);
const rankIn = memoizeByKey(({ rank }: ListColumn<never>): Selector<never> | undefined => rank && ((row) => rank(row)));

const textValue = <Row>(column: ListColumn<Row>): Selector<Row> => textIn(column as ListColumn<never>) as Selector<Row>;
/** What a column sorts by. */
export const sortValue = <Row>(column: ListColumn<Row>): Selector<Row> =>
  (rankIn(column as ListColumn<never>) as Selector<Row> | undefined) ?? textValue(column);

/** What a filter's words mean to a list. */
export const grammarOf = <Row>(spec: Pick<ListSpec<Row>, 'columns' | 'grammar'>): Grammar<Row> =>
  spec.grammar ?? columnText(spec);

/** A filter of a list that says nothing else: words that stand in some column. */
export const columnText = <Row>({ columns }: Pick<ListSpec<Row>, 'columns'>): Grammar<Row> => ({
  members: {},
  sought: () => ({ in: columns.map(textValue) }),
});
