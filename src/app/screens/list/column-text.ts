// A filter of a list that says nothing else: words that stand in some column.
import { glyphsFor } from '../../draw/glyphs.ts';
import type { Grammar } from '../parts/narrow.ts';
import type { ListSpec } from './spec.ts';

export const columnText = <Row>({ columns }: Pick<ListSpec<Row>, 'columns'>): Grammar<Row> => ({
  members: {},
  test:
    ({ value }) =>
    (row) =>
      columns.some((column) => column.text(row, glyphsFor(true)).text.toLowerCase().includes(value)),
});
