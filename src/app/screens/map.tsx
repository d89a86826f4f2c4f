// Map: the networks, their subnets and their occupants, with a mark for each target of the computes there; below, the detail
// of the selected row.
import { clean } from '../../model/text.ts';
import { List } from '../components/List.tsx';
import { TextPane } from '../components/TextPane.tsx';
import { nameWords } from '../draw/areas.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { line, lineWidth, word } from '../draw/text.ts';
import { atStart } from '../draw/window.ts';
import type { Binding } from '../state/binding.ts';
import { nothingSelected } from '../state/select.ts';
import { defineScreen, inSlice, type ViewProps } from '../state/view.ts';
import { columnsFor } from './map/columns.ts';
import { headWords, legendWords, mapRowWords } from './map/row-words.ts';
import { mapFilterHint, resourceOf, shownTargets } from './map/rows.ts';
import { deriveMap, type MapSlice, mapAreas, movedOn, selectedRow, startMap } from './map/slice.ts';

const self: { readonly name: string; readonly start: MapSlice } = { name: 'map', start: startMap };

const bindings: readonly Binding[] = [
  {
    name: 'map-failing',
    where: ['map'],
    keys: ['B'],
    label: 'blocked',
    help: 'Show only subnets from which a service is blocked or unknown, or all subnets',
    change: (state) => inSlice(state, self, (slice) => ({ ...slice, filter: toggled(slice.filter), cursor: atStart })),
    hint: 4.5,
  },
];

/** The filter with or without the word for failing subnets. */
function toggled(filter: string): string {
  const words = filter.split(/\s+/).filter((one) => one !== '');
  const rest = words.filter((one) => one !== 'is:failing');
  return (rest.length < words.length ? rest : [...rest, 'is:failing']).join(' ');
}

export const map = defineScreen<MapSlice>({
  ...self,
  title: 'Map',
  summary: 'Virtual networks and subnets, the computes in them, and the services they reach',
  places: () => ['list', 'jumps'],
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
  filterHint: () => mapFilterHint,
  Body: (props) => (
    <>
      <MapPane {...props} />
      <DetailPane {...props} />
    </>
  ),
});

function MapPane({ slice, state }: ViewProps<MapSlice>) {
  const glyphs = glyphsFor(state.ascii);
  const { rows: area } = mapAreas(state);
  const { targets, unread: reason } = slice.map.value;
  const columns = columnsFor(area.width, targets, shownTargets(slice.map.value, slice.filter), slice.widest.value);
  const rows = slice.rows.value;
  const focused = slice.side === 'rows';
  const filter = slice.filter === '' ? [] : [word(`  /${slice.filter}`, 'warn')];
  const notKnown = reason === null ? [] : [word(`  computes unknown: ${clean(reason, 80)}`, 'unknown')];
  // The rule and the position at its right stay.
  const legend = legendWords(slice.map.value, area.width - 18 - lineWidth([...filter, ...notKnown]));
  return (
    <List
      name={line(...nameWords('Map', focused), ...filter, ...notKnown, ...legend)}
      focused={focused}
      area={area}
      length={rows.length}
      cursor={slice.cursor}
      heads={[headWords(columns, glyphs)]}
      row={(index, selected) => {
        const row = rows[index];
        return row === undefined ? [] : mapRowWords(row, selected, columns, glyphs);
      }}
      empty={[
        line(
          word(slice.filter === '' ? '  No virtual networks' : '  Nothing matches the filter; Esc clears it.', 'dim'),
        ),
      ]}
    />
  );
}

function DetailPane({ slice, state }: ViewProps<MapSlice>) {
  const focused = slice.side === 'detail';
  return (
    <TextPane
      name={nameWords('Detail', focused)}
      focused={focused}
      area={mapAreas(state).detail}
      lines={slice.detail.value}
      top={slice.detailTop}
    />
  );
}
