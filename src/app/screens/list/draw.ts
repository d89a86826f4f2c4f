// Draws a list with its detail: title, headings of the columns, the visible rows; the detail beside or below.
import type { Line, Word } from '../../../command/definition.ts';
import { type Area, beside, listBox, nameWords, tabsLine, textBox } from '../../draw/boxes.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { headingWords } from '../../draw/heading.ts';
import { fitLine, fitTail, fitText, line, word } from '../../draw/text.ts';
import { windowWords } from '../../draw/window.ts';
import { isMarked } from '../../rows/marks.ts';
import { letterOf, sorterOf } from '../../state/keys/sorting.ts';
import type { State } from '../../state/state.ts';
import type { ListItem } from './items.ts';
import { type ListSlice, windowRows } from './slice.ts';
import type { ListColumn, ListSpec } from './spec.ts';

export function drawList<Row>(spec: ListSpec<Row>, slice: ListSlice<Row>, state: State): readonly Line[] {
  const glyphs = glyphsFor(state.ascii);
  const { list, detail, beside: sideBySide } = slice.areas.value;
  const upper = list === null ? [] : listPart(spec, slice, list, state, glyphs);
  const lower = detail === null ? [] : detailPart(spec, slice, detail, glyphs);
  if (!sideBySide || list === null || detail === null) return [...upper, ...lower];
  return beside(upper, lower, [list.width, detail.width], glyphs);
}

function listPart<Row>(spec: ListSpec<Row>, slice: ListSlice<Row>, area: Area, state: State, glyphs: Glyphs): Line[] {
  const focused = slice.side === 'list';
  const items = slice.items.value;
  const hidden = spec.groups?.[slice.group - 1]?.hides;
  const columns = spec.columns
    .filter(({ from = 0, title, isShort }) => area.width >= from && (isShort === true || title !== hidden))
    .map((column) => (column.title === hidden ? shortened(column) : column));
  const widths = widthsOf(columns, area.width - indent(spec));
  return listBox({
    name: titleWords(spec, slice, columns, focused, glyphs),
    focused,
    area,
    length: items.length,
    cursor: slice.cursor,
    at: windowWords(slice.cursor.top, windowRows(slice), items.length) || String(items.length),
    glyphs,
    heads: [headWords(spec, slice, columns, widths, state, glyphs)],
    row(index, selected) {
      const item = items.at(index);
      return item === undefined ? [] : itemWords(spec, slice, item, selected, columns, widths, glyphs);
    },
    empty: [
      slice.filter === '' ? spec.empty(state) : line(word('  Nothing matches the filter; Esc clears it.', 'dim')),
    ],
  });
}

/** The column in one cell: its group says the rest. */
const shortened = <Row>(column: ListColumn<Row>): ListColumn<Row> => ({
  ...column,
  title: '',
  width: 1,
  text(row, glyphs) {
    const { text, role } = column.text(row, glyphs);
    return word(text === 'unknown' ? '?' : text.slice(0, 1).toUpperCase(), role);
  },
});

/** Cells before the columns: the selection symbol and, where rows can be marked, the mark. */
const indent = (spec: Pick<ListSpec<never>, 'marks'>): number => (spec.marks ? 4 : 2);

/** The widths of the columns, a cell between them; `rest` gets what is left. */
function widthsOf(columns: readonly Pick<ListColumn<never>, 'width'>[], room: number): number[] {
  const fixed = columns.reduce((sum, { width }) => sum + (width === 'rest' ? 0 : width), 0) + columns.length - 1;
  return columns.map(({ width }) => (width === 'rest' ? Math.max(4, room - fixed) : width));
}

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
    // A hidden column has no heading to show it.
    word(
      sorted === undefined || shown.includes(sorted) ? '' : `  sorted by ${sorted.title} ${slice.reverse ? down : up}`,
      'dim',
    ),
    word(slice.filter === '' ? '' : `  /${slice.filter}`, 'warn'),
    word(marks === 0 ? '' : `  ${marks} marked`, 'accent'),
  );
}

function headWords<Row>(
  spec: ListSpec<Row>,
  slice: ListSlice<Row>,
  columns: readonly ListColumn<Row>[],
  widths: readonly number[],
  { bindings }: State,
  glyphs: Glyphs,
): Line {
  const sorted = spec.columns[slice.sort - 1];
  return line(
    ' '.repeat(indent(spec)),
    ...columns.flatMap((column, at) => {
      const heading = {
        title: column.title,
        letter: letterOf(bindings, spec.name, column),
        binding: sorterOf(spec.name, column),
        sorted: column === sorted ? slice : null,
      };
      return [
        ...fitLine(headingWords(heading, glyphs), widths[at] ?? 0, glyphs.more),
        at < columns.length - 1 ? ' ' : '',
      ];
    }),
  );
}

function itemWords<Row>(
  spec: ListSpec<Row>,
  { marks }: ListSlice<Row>,
  item: ListItem<Row>,
  selected: boolean,
  columns: readonly ListColumn<Row>[],
  widths: readonly number[],
  glyphs: Glyphs,
): Line {
  const sign: Word = word(selected ? `${glyphs.mark} ` : '  ', selected ? 'focus' : 'text');
  if (item.kind === 'heading') {
    const note = item.note === null ? [] : [word('  '), item.note];
    return [
      sign,
      word(`${item.folded ? glyphs.folded : glyphs.open} ${item.label}`, 'heading'),
      word(` ${spec.counted === undefined ? item.rows.length : item.rows.count(spec.counted, true)}`, 'dim'),
      ...note,
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

function detailPart<Row>(spec: ListSpec<Row>, slice: ListSlice<Row>, area: Area, glyphs: Glyphs): Line[] {
  const { side, detail, top, tab } = slice;
  const focused = side === 'detail';
  const titles = spec.details.map(({ title }) => title);
  const name = titles.length === 1 ? nameWords(titles[0] ?? '', focused) : tabsLine(titles, tab, focused);
  return textBox({ name, focused, area, lines: detail.value, top, glyphs });
}
