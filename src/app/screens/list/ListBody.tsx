// Draws a list with its detail: title, headings of the columns, the visible rows; the detail beside or below.
import type { Line, Word } from '../../../command/definition.ts';
import { counted } from '../../../model/text.ts';
import { Split } from '../../components/Split.tsx';
import { Table } from '../../components/Table.tsx';
import { Tabs } from '../../components/Tabs.tsx';
import { type Area, nameWords } from '../../draw/areas.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { headingWords } from '../../draw/heading.ts';
import { fitTail, fitText, line, word } from '../../draw/text.ts';
import { isMarked } from '../../rows/marks.ts';
import type { Rows } from '../../rows/rows.ts';
import { letterOf, sorterOf } from '../../state/keys/sorting.ts';
import type { State } from '../../state/state.ts';
import type { ViewProps } from '../../state/view.ts';
import { widestText } from './column-values.ts';
import type { ListItem } from './items.ts';
import { type ListSlice, windowRows } from './slice.ts';
import type { ListColumn, ListSpec } from './spec.ts';

/** A list with its detail, beside or below it. */
export function ListBody<Row>({ spec, slice, state }: ViewProps<ListSlice<Row>> & { readonly spec: ListSpec<Row> }) {
  const { list, detail, beside } = slice.areas.value;
  const left = list === null ? null : <ListPane spec={spec} slice={slice} area={list} state={state} />;
  const right = detail === null ? null : <DetailPane spec={spec} slice={slice} area={detail} />;
  if (beside && list !== null && detail !== null) return <Split left={left} right={right} height={list.height} />;
  return (
    <>
      {left}
      {right}
    </>
  );
}

interface PaneInput<Row> {
  readonly spec: ListSpec<Row>;
  readonly slice: ListSlice<Row>;
  readonly area: Area;
}

function ListPane<Row>({ spec, slice, area, state }: PaneInput<Row> & { readonly state: State }) {
  const glyphs = glyphsFor(state.ascii);
  const focused = slice.side === 'list';
  const items = slice.items.value;
  const hidden = spec.groups?.[slice.group - 1]?.hides;
  const columns = spec.columns
    .filter(({ from = 0, title, isShort }) => area.width >= from && (isShort === true || title !== hidden))
    .map((column) => (column.title === hidden ? shortened(column) : fitted(column, slice.all.value)));
  return (
    <Table
      indent={indent(spec)}
      columns={columns.map((column) => ({ head: headOf(column, spec, slice, state, glyphs), width: column.width }))}
      name={titleWords(spec, slice, columns, focused, glyphs)}
      focused={focused}
      area={area}
      length={items.length}
      cursor={slice.cursor}
      at={placeWords(slice)}
      row={(index, selected, widths) => {
        const item = items.at(index);
        return item === undefined ? [] : itemWords(spec, slice, item, { selected, columns, widths, glyphs });
      }}
      empty={[
        slice.filter === '' ? spec.empty(state) : line(word('  Nothing matches the filter; Esc clears it.', 'dim')),
      ]}
    />
  );
}

/** `first-last/all` of the rows in the window; headings are not counted. */
function placeWords<Row>({ cursor, items: { value: items }, areas }: ListSlice<Row>): string {
  const end = cursor.top + windowRows({ areas });
  if (items.length <= end - cursor.top) return String(items.rows);
  const [first, last] = [items.rowsBefore(cursor.top) + 1, items.rowsBefore(end)];
  return last < first ? `${items.rows}` : `${first}-${last}/${items.rows}`;
}

/** How many rows no number counts, so that the rows of the list and the numbers above agree; nothing where there is none. */
function uncountedWords<Row>({ counted: isListed, uncounted }: ListSpec<Row>, { kept }: ListSlice<Row>): string {
  const count = isListed === undefined || uncounted === undefined ? 0 : kept.value.rows.count(isListed, false);
  return count === 0 || uncounted === undefined ? '' : `, with ${counted(count, uncounted)}`;
}

/** The column in one cell: its group says the rest. */
const shortened = <Row,>(column: ListColumn<Row>): ListColumn<Row> => ({
  ...column,
  title: '',
  width: 1,
  text(row, glyphs) {
    const { text, role } = column.text(row, glyphs);
    return word(text === 'unknown' ? '?' : text.slice(0, 1).toUpperCase(), role);
  },
});

/** A column of names no wider than the longest of them, with room for the arrow of its heading: the rest goes to what is beside it. */
function fitted<Row>(column: ListColumn<Row>, rows: Rows<Row>): ListColumn<Row> {
  if (column.isTail !== true || column.width === 'rest' || rows.length === 0) return column;
  const longest = widestText(column, rows.table);
  return { ...column, width: Math.min(column.width, Math.max(longest, column.title.length + ' ^'.length)) };
}

/** Cells before the columns: the selection symbol and, where rows can be marked, the mark. */
const indent = (spec: Pick<ListSpec<never>, 'marks'>): number => (spec.marks ? 4 : 2);

function titleWords<Row>(
  spec: ListSpec<Row>,
  slice: ListSlice<Row>,
  shown: readonly ListColumn<Row>[],
  focused: boolean,
  { up, down }: Glyphs,
): Line {
  const sorted = spec.columns[slice.sort - 1];
  const group = spec.groups?.[slice.group - 1];
  const marks = slice.marks.size;
  return line(
    ...nameWords(slice.scope === null ? spec.title : `${spec.title} of ${slice.scope.name}`, focused),
    word(group === undefined ? '' : ` by ${group.title}`, 'dim'),
    // Where there is no room for all, what the operator has done stays.
    word(slice.filter === '' ? '' : `  /${slice.filter}`, 'warn'),
    word(marks === 0 ? '' : `  ${marks} marked`, 'accent'),
    word(uncountedWords(spec, slice), 'dim'),
    // A hidden column has no heading to show it.
    word(
      sorted === undefined || shown.some(({ title }) => title === sorted.title)
        ? ''
        : `  sorted by ${sorted.title} ${slice.reverse ? down : up}`,
      'dim',
    ),
  );
}

function headOf<Row>(
  column: ListColumn<Row>,
  spec: ListSpec<Row>,
  slice: ListSlice<Row>,
  { bindings }: State,
  glyphs: Glyphs,
): Line {
  const heading = {
    title: column.title,
    letter: letterOf(bindings, spec.name, column),
    binding: sorterOf(spec.name, column),
    sorted: column.title !== '' && column.title === spec.columns[slice.sort - 1]?.title ? slice : null,
  };
  return headingWords(heading, glyphs);
}

interface ItemLook<Row> {
  readonly selected: boolean;
  readonly columns: readonly ListColumn<Row>[];
  readonly widths: readonly number[];
  readonly glyphs: Glyphs;
}

function itemWords<Row>(
  spec: ListSpec<Row>,
  { marks, group }: ListSlice<Row>,
  item: ListItem<Row>,
  { selected, columns, widths, glyphs }: ItemLook<Row>,
): Line {
  const sign: Word = word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text');
  if (item.kind === 'heading') {
    return [
      sign,
      word(`${item.folded ? glyphs.folded : glyphs.open} `, 'heading'),
      word(item.label, headingRole(spec, group, item.rows.at(0), glyphs)),
      word(` ${countWords(spec, item.rows)}`, 'dim'),
      ...(item.note === null ? [] : [word('  '), item.note]),
    ];
  }
  const mark = spec.marks ? [word(isMarked(marks, item.number) ? `${glyphs.marked} ` : '  ', 'accent')] : [];
  const cells = columns.flatMap((column, at) => {
    const { text, role } = column.text(item.row, glyphs);
    const cut = column.isTail === true ? fitTail : fitText;
    return [word(cut(text, widths[at] ?? 0, glyphs.more), role), word(at < columns.length - 1 ? ' ' : '')];
  });
  return [sign, ...mark, ...cells];
}

/** How many rows of a group are counted; where none is, what they are. */
function countWords<Row>({ counted: isListed, uncounted }: ListSpec<Row>, rows: Rows<Row>): string {
  const count = isListed === undefined ? rows.length : rows.count(isListed, true);
  return count === 0 && uncounted !== undefined ? counted(rows.length, uncounted) : String(count);
}

/** The color of the column that the group stands for: severity leads. */
function headingRole<Row>(spec: ListSpec<Row>, group: number, first: Row | undefined, glyphs: Glyphs): string {
  const column = spec.columns.find(({ title }) => title === spec.groups?.[group - 1]?.hides);
  return (first === undefined ? undefined : column?.text(first, glyphs).role) ?? 'heading';
}

function DetailPane<Row>({ spec, slice, area }: PaneInput<Row>) {
  const { side, detail, top, tab } = slice;
  const names = spec.details.map(({ title }) => title);
  return <Tabs names={names} shown={tab} focused={side === 'detail'} area={area} lines={detail.value} top={top} />;
}
