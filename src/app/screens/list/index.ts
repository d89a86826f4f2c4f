// A screen made of a list and the detail of its selected row.
import { atStart } from '../../draw/window.ts';
import type { StepwiseTask } from '../../rows/in-steps.ts';
import { isLong } from '../../rows/narrow.ts';
import type { Binding } from '../../state/binding.ts';
import { sortedBy, sorting } from '../../state/keys/sorting.ts';
import { nothingSelected } from '../../state/select.ts';
import type { State } from '../../state/state.ts';
import { defineScreen, inSlice, type Screen } from '../../state/view.ts';
import { grammarOf, sortValue } from './column-values.ts';
import { ListBody } from './ListBody.tsx';
import { backInList, clickedInList, movedInList } from './moving.ts';
import { deriveList, type ListSlice, rowAt, startList } from './slice.ts';
import type { ListSpec } from './spec.ts';

// Precomputes the columns of a long list before a key needs them.

function* prefetchList<Row>(spec: ListSpec<Row>, state: State): StepwiseTask<void> {
  // Keys request both.
  spec.rows(state, true);
  const { table } = spec.rows(state, false);
  yield;
  const texts = grammarOf(spec).sought({ member: null, value: '', negative: false }).in;
  const groups = (spec.groups ?? []).map(({ of }) => of);
  for (const ask of [...groups, ...(spec.asked ?? []), ...texts]) {
    const { values } = yield* table.buildIndex(ask);
    if (isLong(values)) yield* table.buildWords(ask);
  }
  for (const column of spec.columns) yield* table.buildOrder(sortValue(column));
}

export const defineList = <Row>(spec: ListSpec<Row>): Screen<ListSlice<Row>> =>
  defineScreen<ListSlice<Row>>({
    name: spec.name,
    title: spec.title,
    summary: spec.summary,
    ...(spec.always ? { always: spec.always } : {}),
    ...(spec.isListed ? { isListed: spec.isListed } : {}),
    start: startList(spec),
    places: () => [
      'list',
      'rows',
      ...(spec.jumps === 'own' ? [] : [spec.jumps ? 'jumps' : 'opens']),
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
    selection: (slice, state) => spec.selection?.(rowAt(slice), slice.marks, state) ?? nothingSelected,
    filter: (slice) => slice.filter,
    filtered: (slice, filter) => ({ ...slice, filter, cursor: atStart, at: null }),
    filterHint: () => spec.filterHint,
    // biome-ignore lint/correctness/noComponentHookFactories: it is called once a screen, when its module is loaded.
    Body: (props) => ListBody({ spec, ...props }),
  });

const columnBindings = <Row>(spec: ListSpec<Row>): readonly Binding[] => {
  const self = { name: spec.name, start: startList(spec) };
  return sorting(spec.name, spec.name, spec.columns, (state, sort) =>
    inSlice(state, self, (slice) => sortedBy(slice, sort)),
  );
};

export type { ListSlice } from './slice.ts';
export type { Detail, GroupSpec as Group, ListColumn as Column, ListSpec } from './spec.ts';
