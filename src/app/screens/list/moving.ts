// Key actions on a list with its detail. Pure.
import { contentRows } from '../../draw/areas.ts';
import { atStart, type Move, target } from '../../draw/window.ts';
import { noMarks, turnedOver } from '../../rows/marks.ts';
import { itemAt, type ListSlice, noItems, windowRows } from './slice.ts';

export function movedInList<Row>(slice: ListSlice<Row>, move: Move, times: number): ListSlice<Row> {
  if (move === 'left' || move === 'right') return sideways(slice, move);
  const { list, detail } = slice.areas.value;
  if (slice.side === 'detail' || list === null) {
    const top = target(slice.top, move, slice.detail.value.length, contentRows(detail), times);
    return { ...slice, top };
  }
  const index = target(slice.cursor.index, move, slice.items.value.length, windowRows(slice), times);
  return index === slice.cursor.index ? slice : { ...slice, cursor: { ...slice.cursor, index } };
}

/** The clicked side gets the focus; in the list the row under the mouse is selected. */
export function clickedInList<Row>(
  slice: ListSlice<Row>,
  { x, row }: { readonly x: number; readonly row: number },
): ListSlice<Row> {
  const { beside, list, detail } = slice.areas.value;
  const inList = list !== null && (detail === null || (beside ? x < list.width : row < list.height));
  if (!inList) return { ...slice, side: 'detail' };
  // Above the rows are the title and, where there is room, the headings.
  const at = row - (list.height - windowRows(slice));
  const index = slice.cursor.top + at;
  const side = { ...slice, side: 'list' as const };
  return at < 0 || index >= slice.items.value.length ? side : { ...side, cursor: { ...slice.cursor, index } };
}

function sideways<Row>(slice: ListSlice<Row>, move: 'left' | 'right'): ListSlice<Row> {
  const item = itemAt(slice);
  if (slice.side === 'list' && item?.kind === 'heading' && item.folded === (move === 'right')) {
    return folded(slice, item.key, move === 'left');
  }
  if (slice.side === 'list' && move === 'left') {
    const above = slice.items.value.headingAbove(slice.cursor.index);
    return above < 0 ? slice : { ...slice, cursor: { ...slice.cursor, index: above } };
  }
  return { ...slice, side: move === 'left' ? 'list' : 'detail' };
}

export function folded<Row>(slice: ListSlice<Row>, key: string, fold: boolean): ListSlice<Row> {
  const all = new Set(slice.folded);
  if (fold) all.add(key);
  else all.delete(key);
  return { ...slice, folded: all };
}

/** Nothing filtered, nothing folded, and the item of a key selected. */
export const ledTo = <Row>(slice: ListSlice<Row>, key: string): ListSlice<Row> => ({
  ...slice,
  filter: '',
  scope: null,
  folded: new Set(),
  at: key,
  // It is resolved when the items are made.
  items: noItems(),
});

/** Only the rows of these keys, the first that is listed selected. */
export const scopedTo = <Row>(slice: ListSlice<Row>, name: string, keys: readonly string[]): ListSlice<Row> => ({
  ...ledTo(slice, ''),
  at: null,
  side: 'list',
  zoom: false,
  scope: { name, keys: new Set(keys) },
});

/** Enter: a group is folded or unfolded, a row's detail gets the focus. */
export function opened<Row>(slice: ListSlice<Row>): ListSlice<Row> {
  const item = itemAt(slice);
  if (slice.side === 'list' && item?.kind === 'heading') return folded(slice, item.key, !item.folded);
  return { ...slice, side: 'detail' };
}

/** One step back, never more: the detail, the zoom, the filter, the scope, the marks. */
export function backInList<Row>(slice: ListSlice<Row>): ListSlice<Row> | null {
  if (slice.side === 'detail') return { ...slice, side: 'list' };
  if (slice.zoom) return { ...slice, zoom: false };
  if (slice.filter !== '') return { ...slice, filter: '', cursor: atStart };
  if (slice.scope !== null) return { ...slice, scope: null };
  return slice.marks.size > 0 ? { ...slice, marks: noMarks } : null;
}

/** Toggles the mark of the selected row and moves to the next; on a heading, marks all shown rows of its group. */
export function marked<Row>(slice: ListSlice<Row>): ListSlice<Row> {
  const item = itemAt(slice);
  if (item === undefined) return slice;
  const numbers = item.kind === 'row' ? [item.number] : item.folded ? [] : item.rows.numbers;
  // The detail stays where it is read.
  return slice.side === 'list' ? movedInList(turned(slice, numbers), 'down', 1) : turned(slice, numbers);
}

/** Marks every row that is shown; when all are marked, none. */
export const markedAll = <Row>(slice: ListSlice<Row>): ListSlice<Row> => turned(slice, slice.items.value.shown());

const turned = <Row>(slice: ListSlice<Row>, numbers: readonly number[] | Uint32Array): ListSlice<Row> => ({
  ...slice,
  marks: turnedOver(slice.marks, slice.all.value.table, numbers),
});
