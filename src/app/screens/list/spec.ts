// The specification of a screen's list; window, filter, sorting, groups, marks and detail are shared by all lists and are in
// this folder. A list does not know the type of its rows.
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
  /** Cells, or the remaining width. */
  readonly width: number | 'rest';
  /** Only where the list is at least this wide. */
  readonly from?: number;
  /** Cut at its beginning: the ends of its texts differ. */
  readonly isTail?: true;
  /** Its first letter is shown where the group has the same value. */
  readonly isShort?: true;
  text(row: Row, glyphs: Glyphs): Word;
  /** Its sort value; its text by default. */
  rank?(row: Row): number | string;
}

export interface Detail<Row> {
  readonly title: string;
  lines(row: Row, state: State, width: number): readonly Line[];
}

export interface GroupSpec<Row> {
  /** `severity`: the name of the grouping. */
  readonly title: string;
  /** The group's name in the list; rows of the same name form a group, in table order. */
  of(row: Row): string;
  /** Title of a column with the same value as the group. */
  readonly hides?: string;
  /** A word for all rows of a group, after its name. */
  note?(rows: Rows<Row>): Word;
  /** The detail while the group's heading is selected. */
  detail?(rows: Rows<Row>, state: State, width: number): readonly Line[];
}

export interface ListSpec<Row> {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  /** Unique among the rows, and stable across scans. */
  key(row: Row): string;
  /** `every`: also those hidden by default. */
  rows(state: State, every: boolean): Rows<Row>;
  /** The inputs of the rows: rows are made again when one of these changes. */
  of(state: State): readonly unknown[];
  readonly columns: readonly ListColumn<Row>[];
  /** The first is the default; no grouping is offered too. */
  readonly groups?: readonly GroupSpec<Row>[];
  /** The meaning of a filter's words; text in any column by default. */
  readonly grammar?: Grammar<Row>;
  /** Examples of the words of its grammar. */
  readonly filterHint?: string;
  /** One text, or several in tabs: `]` and `[` switch between them. */
  readonly details: readonly Detail<Row>[];
  detailOf?(row: Row, state: State): readonly unknown[];
  /** The target of actions: the selected row, if any, and the marked rows. */
  selection?(row: Row | undefined, marks: Marks<Row>, state: State): Selection;
  /** For lists with many rows: further selectors beside columns, groups and filter, to precompute. */
  readonly asked?: readonly Selector<Row>[];
  /** Only these are counted in headings; every row by default. */
  readonly counted?: Selector<Row>;
  /** What the others are called; the title says how many there are. */
  readonly uncounted?: string;
  /** Rows can be marked, for actions on several. */
  readonly marks?: true;
  /** Some rows are hidden by default. */
  readonly every?: true;
  readonly bindings?: readonly Binding[];
  /** Enter goes from a row to what it is about, or does what a binding of the list says; else it opens the detail. */
  readonly jumps?: true | 'own';
  /** The text of an empty list. */
  empty(state: State): Line;
  /** Available before the first scan. */
  readonly always?: true;
  /** As for screens. */
  isListed?(state: State): boolean;
  /** The newest or last row is selected first. */
  readonly fromEnd?: true;
}
