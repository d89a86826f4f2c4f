// What a screen says of its list; the rest (window, filter, sorting, groups, marks, detail) is the same for all and stands beside
// this file. A list knows nothing of what its rows are.
import type { Line, Word } from '../../../command/definition.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import type { Marks } from '../../rows/marks.ts';
import type { Grammar } from '../../rows/narrow.ts';
import type { Rows } from '../../rows/rows.ts';
import type { Selector } from '../../rows/table.ts';
import type { Binding } from '../../state/binding.ts';
import type { Sortable } from '../../state/keys/sorting.ts';
import type { Selection, State } from '../../state/state.ts';

export interface ListColumn<Row> extends Sortable {
  /** Cells, or what the others leave. */
  readonly width: number | 'rest';
  /** Only where the list is at least this wide. */
  readonly from?: number;
  text(row: Row, glyphs: Glyphs): Word;
  /** What it sorts by; without it its text. */
  rank?(row: Row): number | string;
}

export interface Detail<Row> {
  readonly title: string;
  lines(row: Row, state: State, width: number): readonly Line[];
}

export interface GroupSpec<Row> {
  /** `severity`: what the rows are grouped by. */
  readonly title: string;
  /** The group's name in the list; rows of the same name stand together, in the order they come in. */
  of(row: Row): string;
  /** Title of a column that says the same as the group. */
  readonly hides?: string;
  /** A word for all rows of a group, after its name. */
  note?(rows: Rows<Row>): Word;
  /** The detail while the group's own line is selected. */
  detail?(rows: Rows<Row>, state: State, width: number): readonly Line[];
}

export interface ListSpec<Row> {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Unique among the rows, and the same after another scan. */
  key(row: Row): string;
  /** `every`: also those usually left out. */
  rows(state: State, every: boolean): Rows<Row>;
  /** What the rows are made of: made again when one of these is another thing. */
  of(state: State): readonly unknown[];
  readonly columns: readonly ListColumn<Row>[];
  /** The first is how it begins; no group at all is offered too. */
  readonly groups?: readonly GroupSpec<Row>[];
  /** What a filter's words mean; without it, text in any column. */
  readonly grammar?: Grammar<Row>;
  /** One text, or several in tabs: `]` and `[` go through them. */
  readonly details: readonly Detail<Row>[];
  detailOf?(row: Row, state: State): readonly unknown[];
  /** What the acts are about: the selected row, where one is, and what is marked. */
  selection?(row: Row | undefined, marks: Marks<Row>): Selection;
  /** There may be very many rows: what is asked of all of them beside columns, groups and filter. That is worked out beforehand. */
  readonly asked?: readonly Selector<Row>[];
  /** Rows can be marked, for acts on several. */
  readonly marks?: true;
  /** Some rows are usually left out. */
  readonly every?: true;
  readonly bindings?: readonly Binding[];
  /** What stands there when nothing does. */
  empty(state: State): Line;
  /** Shown also before anything has been read. */
  readonly always?: true;
  /** The newest or last row is the one to begin with. */
  readonly fromEnd?: true;
}
