// A screen made of a list and the detail of its selected row.
import { atStart } from '../../draw/window.ts';
import type { Binding } from '../../state/binding.ts';
import { sortedBy, sorting } from '../../state/keys/sorting.ts';
import { nothingSelected } from '../../state/select.ts';
import { defineScreen, inSlice, type Screen } from '../../state/view.ts';
import { unread } from '../parts/unread.ts';
import { drawList } from './draw.ts';
import { backInList, clickedInList, movedInList } from './moving.ts';
import { prefetchList } from './prefetch.ts';
import { deriveList, type ListSlice, rowAt, startList } from './slice.ts';
import type { ListSpec } from './spec.ts';

export const defineList = <Row>(spec: ListSpec<Row>): Screen<ListSlice<Row>> =>
  defineScreen<ListSlice<Row>>({
    name: spec.name,
    title: spec.title,
    summary: spec.summary,
    ...(spec.always ? { always: spec.always } : {}),
    start: startList(spec),
    places: () => [
      'list',
      'rows',
      ...(spec.groups ? ['groups'] : []),
      ...(spec.marks ? ['marks'] : []),
      ...(spec.every ? ['every'] : []),
      ...(spec.details.length > 1 ? ['tabs'] : []),
    ],
    bindings: [...(spec.bindings ?? []), ...columnBindings(spec)],
    derive: (slice, state) => deriveList(spec, slice, state),
    ...(spec.asked ? { prefetch: (state) => prefetchList(spec, state) } : {}),
    move: movedInList,
    click: clickedInList,
    focus: (slice) => ({ ...slice, side: slice.side === 'list' ? 'detail' : 'list' }),
    back: backInList,
    selection: (slice) => spec.selection?.(rowAt(slice), slice.marks) ?? nothingSelected,
    filter: (slice) => slice.filter,
    filtered: (slice, filter) => ({ ...slice, filter, cursor: atStart, at: null }),
    draw: (slice, state) =>
      state.report === null && spec.always === undefined ? unread(state) : drawList(spec, slice, state),
  });

const columnBindings = <Row>(spec: ListSpec<Row>): readonly Binding[] => {
  const self = { name: spec.name, start: startList(spec) };
  return sorting(spec.name, spec.name, spec.columns, (state, sort) =>
    inSlice(state, self, (slice) => sortedBy(slice, sort)),
  );
};

export type { ListSlice } from './slice.ts';
export type { Detail, GroupSpec as Group, ListColumn as Column, ListSpec } from './spec.ts';
