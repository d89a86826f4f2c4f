// What the columns of a list say to a filter and to whoever sorts. The functions are made once for a column: what rows answer them
// is remembered for each.
import { glyphsFor } from '../../draw/glyphs.ts';
import { once } from '../../draw/kept.ts';
import type { Grammar } from '../../rows/narrow.ts';
import type { Ask } from '../../rows/table.ts';
import type { Column, ListSpec } from './spec.ts';

const textIn = once(
  (column: Column<never>): Ask<never> =>
    (row) =>
      column.text(row, glyphsFor(true)).text,
);
const rankIn = once(({ rank }: Column<never>): Ask<never> | undefined => rank && ((row) => rank(row)));

const textValue = <Row>(column: Column<Row>): Ask<Row> => textIn(column as Column<never>) as Ask<Row>;
/** What a column sorts by. */
export const sortValue = <Row>(column: Column<Row>): Ask<Row> =>
  (rankIn(column as Column<never>) as Ask<Row> | undefined) ?? textValue(column);

/** What a filter's words mean to a list. */
export const grammarOf = <Row>(spec: Pick<ListSpec<Row>, 'columns' | 'grammar'>): Grammar<Row> =>
  spec.grammar ?? columnText(spec);

/** A filter of a list that says nothing else: words that stand in some column. */
export const columnText = <Row>({ columns }: Pick<ListSpec<Row>, 'columns'>): Grammar<Row> => ({
  members: {},
  sought: () => ({ in: columns.map(textValue) }),
});
