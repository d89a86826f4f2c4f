// The state of the map and its derivation: the network of the snapshot, its rows, the detail of the selected one.
import type { Line } from '../../../command/definition.ts';
import type { NetworkMap } from '../../../model/network-map.ts';
import { clean } from '../../../model/text.ts';
import { type Area, contentRows } from '../../draw/areas.ts';
import { emptyMemo, type Memo, memoize } from '../../draw/memoize.ts';
import { widthOf } from '../../draw/text.ts';
import { atStart, type Cursor, clamp, inside, type Move, target } from '../../draw/window.ts';
import type { State } from '../../state/state.ts';
import { mapDetail } from './detail.ts';
import { type MapRow, mapRows } from './rows.ts';

export interface MapSlice {
  readonly cursor: Cursor;
  readonly side: 'rows' | 'detail';
  readonly detailTop: number;
  readonly filter: string;
  readonly map: Memo<NetworkMap>;
  readonly rows: Memo<readonly MapRow[]>;
  /** Cells of the longest subnet name with its branch. */
  readonly widest: Memo<number>;
  readonly detail: Memo<readonly Line[]>;
}

export const startMap: MapSlice = {
  cursor: atStart,
  side: 'rows',
  detailTop: 0,
  filter: '',
  map: emptyMemo({ networks: [], targets: [], outside: [], unread: null }),
  rows: emptyMemo([]),
  widest: emptyMemo(0),
  detail: emptyMemo([]),
};

export interface MapAreas {
  readonly rows: Area;
  readonly detail: Area;
}
/** The detail is below the map, which needs the whole width. */
export function mapAreas(state: State): MapAreas {
  const { width, body } = state.view.layout;
  const below = Math.max(5, Math.min(Math.floor(body * 0.42), 18));
  return { rows: { width, height: body - below }, detail: { width, height: below } };
}

/** Rows of the map without the headings. */
const drawnRows = (state: State): number => Math.max(1, contentRows(mapAreas(state).rows) - 1);
export const selectedRow = (slice: MapSlice): MapRow | undefined => slice.rows.value[slice.cursor.index];

export function deriveMap(slice: MapSlice, state: State): MapSlice {
  const { snapshot } = state;
  const map = memoize(slice.map, [snapshot], () => (snapshot === null ? startMap.map.value : state.drawMap(snapshot)));
  const rows = memoize(slice.rows, [map.value, slice.filter], () => mapRows(map.value, slice.filter));
  const widest = memoize(slice.widest, [map.value], () =>
    Math.max(0, ...map.value.networks.flatMap(({ subnets }) => subnets.map(({ name }) => widthOf(clean(name)) + 3))),
  );
  const cursor = inside(slice.cursor, rows.value.length, drawnRows(state));
  const row = rows.value[cursor.index];
  const { width } = mapAreas(state).detail;
  const detail = memoize(slice.detail, [map.value, width, row], () =>
    mapDetail(row, map.value, Math.max(10, width - 2)),
  );
  const moved = slice.detail.of[2] !== row;
  const detailTop = moved ? 0 : clamp(slice.detailTop, detail.value.length - contentRows(mapAreas(state).detail));
  const next = { map, rows, widest, cursor, detail, detailTop };
  const names = Object.keys(next) as (keyof typeof next)[];
  return names.every((name) => slice[name] === next[name]) ? slice : { ...slice, ...next };
}

export function movedOn(slice: MapSlice, move: Move, times: number, state: State): MapSlice {
  if (move === 'left' || move === 'right') return { ...slice, side: move === 'left' ? 'rows' : 'detail' };
  if (slice.side === 'rows') {
    const index = target(slice.cursor.index, move, slice.rows.value.length, drawnRows(state), times);
    return { ...slice, cursor: { ...slice.cursor, index } };
  }
  const page = contentRows(mapAreas(state).detail);
  return { ...slice, detailTop: target(slice.detailTop, move, slice.detail.value.length, page, times) };
}
