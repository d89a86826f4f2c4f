// Keys of every list with a detail: sorting, groups, marks, zoom.
import type { ListSlice } from '../../screens/list/index.ts';
import { marked, markedAll, opened } from '../../screens/list/moving.ts';
import type { Binding } from '../binding.ts';
import { currentScreen } from '../current-screen.ts';
import type { State } from '../state.ts';
import { sliceOf, withSlice } from '../view.ts';

/** These places are active only where the screen is such a list. */
const here = (change: (slice: ListSlice<unknown>) => ListSlice<unknown>) => (state: State) => {
  const screen = currentScreen(state);
  return withSlice(state, screen, change(sliceOf(state, screen) as ListSlice<unknown>));
};

export const rows: readonly Binding[] = [
  {
    name: 'row-open',
    where: ['opens'],
    keys: ['enter'],
    label: 'open',
    help: 'Open the details; folds or unfolds a group',
    change: here(opened),
  },
  {
    name: 'sort',
    where: ['rows'],
    keys: ['s'],
    label: 'sort',
    help: 'Sort by the next column; after the last, the original order',
    change: here((slice) => ({ ...slice, sort: slice.sort + 1, reverse: false })),
    hint: 4.5,
  },
  {
    name: 'sort-reverse',
    where: ['rows'],
    keys: ['S'],
    label: 'reverse',
    help: 'Reverse the order',
    change: here((slice) => ({ ...slice, reverse: !slice.reverse })),
  },
  {
    name: 'zoom-side',
    where: ['rows'],
    keys: ['+', '_'],
    label: 'zoom',
    help: 'Zoom the list or the details to the whole screen, or back',
    change: here((slice) => ({ ...slice, zoom: !slice.zoom })),
  },
  {
    name: 'describe',
    where: ['rows'],
    keys: ['d'],
    label: 'describe',
    help: 'Show the details on the whole screen; Esc returns',
    change: here((slice) => ({ ...slice, side: 'detail', zoom: true })),
  },
  {
    name: 'detail-next',
    where: ['tabs'],
    keys: [']'],
    label: 'tab',
    help: 'Next detail tab',
    change: here((slice) => ({ ...slice, tab: slice.tab + 1 })),
  },
  {
    name: 'detail-before',
    where: ['tabs'],
    keys: ['['],
    label: 'tab',
    help: 'Previous detail tab',
    change: here((slice) => ({ ...slice, tab: Math.max(0, slice.tab - 1) })),
  },
  {
    name: 'group',
    where: ['groups'],
    keys: ['b'],
    label: 'group by',
    help: 'Group by the next criterion; after the last, no groups',
    change: here((slice) => ({ ...slice, group: slice.group + 1, folded: new Set() })),
    hint: 4.6,
  },
  {
    name: 'every',
    where: ['every'],
    keys: ['a'],
    label: 'all',
    help: 'Show or hide findings that pass or do not apply',
    change: here((slice) => ({ ...slice, every: !slice.every })),
  },
  {
    name: 'mark',
    where: ['marks'],
    keys: [' '],
    label: 'mark',
    help: 'Mark or unmark the row or its whole group',
    counts: true,
    change: (state, times) => Array.from({ length: Math.min(times, 1000) }).reduce<State>(here(marked), state),
    hint: 1.5,
  },
  {
    name: 'mark-all',
    where: ['marks'],
    keys: ['*'],
    label: 'mark all',
    help: 'Mark or unmark all rows shown',
    change: here(markedAll),
  },
];
