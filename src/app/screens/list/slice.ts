// The state of a list and its derivation. While only the cursor moves, the cost does not depend on the length of the list.
import type { Line } from '../../../command/definition.ts';
import { type Area, contentRows } from '../../draw/areas.ts';
import { emptyMemo, type Memo, memoize } from '../../draw/memoize.ts';
import { atStart, type Cursor, clamp, inside } from '../../draw/window.ts';
import { type Marks, marksAmong, noMarks } from '../../rows/marks.ts';
import { memoizeNarrowed, type Narrowed, unfiltered } from '../../rows/narrow.ts';
import { type Rows, rowsOf } from '../../rows/rows.ts';
import type { State } from '../../state/state.ts';
import { grammarOf } from './column-values.ts';
import { itemsOf, type ListItem, type ListItems } from './items.ts';
import { ordered } from './order.ts';
import type { ListSpec } from './spec.ts';

// Layout of list and detail, in cells: side by side where there is room, else stacked, else one at a time.

interface ListAreas {
  readonly beside: boolean;
  readonly list: Area | null;
  readonly detail: Area | null;
}

const wide = 132;
const high = 15;

export function areasOf(width: number, body: number, side: 'list' | 'detail', zoom: boolean): ListAreas {
  const whole = { width, height: body };
  if (zoom || (width < wide && body < high)) {
    return { beside: false, list: side === 'list' ? whole : null, detail: side === 'detail' ? whole : null };
  }
  if (width >= wide) {
    const left = Math.floor(width * 0.55);
    // One column for the separator between them.
    return { beside: true, list: { width: left, height: body }, detail: { width: width - left - 1, height: body } };
  }
  const upper = Math.floor(body * 0.5);
  return { beside: false, list: { width, height: upper }, detail: { width, height: body - upper } };
}

export interface ListScope {
  readonly name: string;
  readonly keys: ReadonlySet<string>;
}

export interface ListSlice<Row> {
  readonly cursor: Cursor;
  /** Key of the selected item, so that it stays selected when the list changes around it. */
  readonly at: string | null;
  readonly side: 'list' | 'detail';
  /** One side uses the whole body. */
  readonly zoom: boolean;
  /** Index of the detail tab. */
  readonly tab: number;
  /** First line of the detail. */
  readonly top: number;
  readonly filter: string;
  /** Only these rows, by their keys, under a name. */
  readonly scope: ListScope | null;
  /** Column of the sort, from 1; 0 in table order. */
  readonly sort: number;
  readonly reverse: boolean;
  /** Group, from 1; 0 none. */
  readonly group: number;
  readonly folded: ReadonlySet<string>;
  readonly marks: Marks<Row>;
  /** Also the rows hidden by default. */
  readonly every: boolean;
  readonly areas: Memo<ListAreas>;
  readonly all: Memo<Rows<Row>>;
  readonly kept: Memo<Narrowed<Row>>;
  readonly items: Memo<ListItems<Row>>;
  readonly detail: Memo<readonly Line[]>;
}

export const noItems = <Row>(): Memo<ListItems<Row>> => emptyMemo(itemsOf(() => '', [], new Set()));

export const startList = <Row>(spec: Pick<ListSpec<Row>, 'groups' | 'fromEnd'>): ListSlice<Row> => ({
  cursor: atStart,
  at: null,
  side: 'list',
  zoom: false,
  tab: 0,
  top: 0,
  filter: '',
  scope: null,
  sort: 0,
  reverse: false,
  group: spec.groups === undefined ? 0 : 1,
  folded: new Set(),
  marks: noMarks,
  every: false,
  areas: emptyMemo(areasOf(80, 20, 'list', false)),
  all: emptyMemo(rowsOf<Row>([])),
  kept: emptyMemo(unfiltered(rowsOf<Row>([]))),
  items: noItems(),
  detail: emptyMemo([]),
});

export const itemAt = <Row>(slice: ListSlice<Row>): ListItem<Row> | undefined =>
  slice.items.value.at(slice.cursor.index);
export const rowAt = <Row>(slice: ListSlice<Row>): Row | undefined => {
  const item = itemAt(slice);
  return item?.kind === 'row' ? item.row : undefined;
};

/** Rows of the list's window: its area less the title and the headings of the columns. */
export const windowRows = ({ areas }: Pick<ListSlice<unknown>, 'areas'>): number =>
  Math.max(1, contentRows(areas.value.list) - 1);

export function deriveList<Row>(spec: ListSpec<Row>, slice: ListSlice<Row>, state: State): ListSlice<Row> {
  const { width, body } = state.view.layout;
  const tab = slice.tab % spec.details.length;
  const sort = slice.sort % (spec.columns.length + 1);
  const group = slice.group % ((spec.groups?.length ?? 0) + 1);
  const areas = memoize(slice.areas, [width, body, slice.side, slice.zoom], () =>
    areasOf(width, body, slice.side, slice.zoom),
  );
  const all = memoize(slice.all, [slice.every, slice.scope, ...spec.of(state)], () => {
    const rows = spec.rows(state, slice.every);
    const keys = slice.scope?.keys;
    return keys === undefined ? rows : rows.filter((number) => keys.has(spec.key(rows.table.rows[number] as Row)));
  });
  const kept = memoizeNarrowed(slice.kept, all.value, slice.filter, grammarOf(spec));
  const groups = ordered(spec, kept.value.rows, { sort, reverse: slice.reverse, group });
  const items = memoize(slice.items, [groups, slice.folded], () => itemsOf(spec.key, groups, slice.folded));
  // A new filter selects the first row, even where the rows are the same.
  const known = items === slice.items && slice.at !== null ? slice.cursor : found(spec, slice, items.value);
  const cursor = inside(known, items.value.length, windowRows({ areas }));
  const at = items.value.at(cursor.index)?.key ?? null;
  const marks = all === slice.all ? slice.marks : marksAmong(slice.marks, all.value, spec.key);
  const next = changed(slice, { tab, sort, group, areas, all, kept, items, cursor, at, marks });
  return withDetail(spec, next, state);
}

/** The cursor on the item that was selected before the list changed; where it is gone, at its old position. */
function found<Row>(spec: ListSpec<Row>, slice: ListSlice<Row>, items: ListItems<Row>): Cursor {
  const index = slice.at === null ? -1 : items.find(slice.at, itemAt(slice));
  if (index >= 0) return { ...slice.cursor, index };
  if (slice.at !== null) return slice.cursor;
  if (spec.fromEnd) return { index: items.length - 1, top: 0 };
  for (let first = 0; first < items.length; first += 1) {
    if (items.at(first)?.kind === 'row') return { index: first, top: 0 };
  }
  return atStart;
}

function withDetail<Row>(spec: ListSpec<Row>, slice: ListSlice<Row>, state: State): ListSlice<Row> {
  const area = slice.areas.value.detail;
  const item = itemAt(slice);
  const more = item?.kind === 'row' ? (spec.detailOf?.(item.row, state) ?? []) : [];
  const detail = memoize(slice.detail, [slice.at, slice.tab, area?.width, slice.items, state.ascii, ...more], () =>
    // One column is left free at the left.
    area === null || item === undefined ? [] : detailOf(spec, slice, item, state, Math.max(10, area.width - 2)),
  );
  const moved = slice.detail.of[0] !== slice.at || slice.detail.of[1] !== slice.tab;
  const top = moved ? 0 : clamp(slice.top, detail.value.length - contentRows(area));
  return changed(slice, { detail, top });
}

function detailOf<Row>(
  spec: ListSpec<Row>,
  slice: ListSlice<Row>,
  item: ListItem<Row>,
  state: State,
  width: number,
): readonly Line[] {
  if (item.kind === 'row') return spec.details[slice.tab]?.lines(item.row, state, width) ?? [];
  return spec.groups?.[slice.group - 1]?.detail?.(item.rows, state, width) ?? [];
}

/** The same object while every part is the same. */
function changed<Row>(slice: ListSlice<Row>, parts: Partial<ListSlice<Row>>): ListSlice<Row> {
  const names = Object.keys(parts) as (keyof ListSlice<Row>)[];
  return names.every((name) => slice[name] === parts[name]) ? slice : { ...slice, ...parts };
}
