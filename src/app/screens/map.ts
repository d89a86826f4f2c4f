// Map: the networks, their subnets and their occupants, with a mark for each target of the computes there; below, the detail
// of the selected row.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { listBox, nameWords, textBox } from '../draw/boxes.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { line, word } from '../draw/text.ts';
import { atStart } from '../draw/window.ts';
import type { Binding } from '../state/binding.ts';
import { nothingSelected } from '../state/select.ts';
import type { State } from '../state/state.ts';
import { defineScreen, inSlice, sliceOf } from '../state/view.ts';
import { columnsFor, headWords, mapRowWords } from './map/row-words.ts';
import { resourceOf } from './map/rows.ts';
import { deriveMap, type MapSlice, mapAreas, movedOn, selectedRow, startMap } from './map/slice.ts';
import { unread } from './parts/unread.ts';
import { revealed } from './resources/reveal.ts';

const self: { readonly name: string; readonly start: MapSlice } = { name: 'map', start: startMap };

/** The state with the selected row's resource shown in the tree; null when it is not in the tree. */
const inTree = (state: State): State | null => {
  const id = resourceOf(selectedRow(sliceOf(state, self)));
  return id === null ? null : revealed(state, [id]);
};

const bindings: readonly Binding[] = [
  {
    name: 'map-open',
    where: ['map'],
    keys: ['enter'],
    label: 'detail',
    help: 'Open the details of the row',
    change: (state) => inSlice(state, self, (slice) => ({ ...slice, side: 'detail' as const })),
  },
  {
    name: 'map-resource',
    where: ['map'],
    keys: ['o'],
    label: 'resource',
    help: 'Show the selected network, subnet or compute in the resource tree, with its findings',
    change: (state) => inTree(state) ?? state,
    hint: 2,
    disabledReason: (state) => (inTree(state) === null ? 'This row has no resource in the tree.' : null),
  },
];

export const map = defineScreen<MapSlice>({
  ...self,
  title: 'Map',
  summary: 'Virtual networks and subnets, the computes in them, and the services they reach',
  places: () => ['list'],
  bindings,
  derive: deriveMap,
  selection: (slice) => ({ ...nothingSelected, resource: resourceOf(selectedRow(slice)) }),
  move: movedOn,
  focus: (slice) => ({ ...slice, side: slice.side === 'rows' ? 'detail' : 'rows' }),
  back(slice) {
    if (slice.filter !== '') return { ...slice, filter: '', cursor: atStart };
    return slice.side === 'detail' ? { ...slice, side: 'rows' } : null;
  },
  filter: (slice) => slice.filter,
  filtered: (slice, filter) => ({ ...slice, filter, cursor: atStart }),
  draw(slice, state) {
    if (state.snapshot === null) return unread(state);
    return [...drawing(slice, state), ...below(slice, state)];
  },
});

function drawing(slice: MapSlice, state: State): Line[] {
  const glyphs = glyphsFor(state.ascii);
  const { rows: area } = mapAreas(state);
  const { targets, unread: reason } = slice.map.value;
  const columns = columnsFor(area.width, targets);
  const rows = slice.rows.value;
  const focused = slice.side === 'rows';
  const filter = slice.filter === '' ? [] : [word(`  /${slice.filter}`, 'warn')];
  const notKnown = reason === null ? [] : [word(`  computes unknown: ${clean(reason, 80)}`, 'unknown')];
  return listBox({
    name: line(...nameWords('Map', focused), ...filter, ...notKnown),
    focused,
    area,
    length: rows.length,
    cursor: slice.cursor,
    heads: [headWords(columns, targets, glyphs)],
    glyphs,
    row: (index, selected) => {
      const row = rows[index];
      return row === undefined ? [] : mapRowWords(row, selected, columns, targets, glyphs);
    },
    empty: [
      line(word(slice.filter === '' ? '  No virtual networks' : '  Nothing matches the filter; Esc clears it.', 'dim')),
    ],
  });
}

function below(slice: MapSlice, state: State): Line[] {
  const focused = slice.side === 'detail';
  return textBox({
    name: nameWords('Detail', focused),
    focused,
    area: mapAreas(state).detail,
    lines: slice.detail.value,
    top: slice.detailTop,
    glyphs: glyphsFor(state.ascii),
  });
}
