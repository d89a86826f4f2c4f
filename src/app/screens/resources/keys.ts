// Keys of the panes only.
import { atStart } from '../../draw/window.ts';
import type { Binding } from '../../state/binding.ts';
import { sortedBy, sorting } from '../../state/keys/sorting.ts';
import type { State } from '../../state/state.ts';
import { inSlice } from '../../state/view.ts';
import { tabbed } from './moving.ts';
import { orders } from './rows.ts';
import { type Panes, startPanes } from './slice.ts';

export const self = { name: 'resources', start: startPanes };
const here = (change: (slice: Panes) => Panes) => (state: State) => inSlice(state, self, change);

export const paneBindings: readonly Binding[] = [
  ...sorting('tree', 'resources', orders, (state, sort) => here((slice) => sortedBy(slice, sort))(state)),
  {
    name: 'open',
    where: ['pane-open'],
    keys: ['enter'],
    label: 'open',
    help: 'Open the selected row: first its findings, then the details',
    change: here((slice) => ({ ...slice, pane: slice.pane === 'tree' ? 'findings' : 'detail' })),
  },
  {
    name: 'tab-next',
    where: ['resources'],
    keys: [']'],
    label: 'tab',
    help: 'Next detail tab',
    change: here((slice) => tabbed(slice, 1)),
  },
  {
    name: 'tab-before',
    where: ['resources'],
    keys: ['['],
    label: 'tab',
    help: 'Previous detail tab',
    change: here((slice) => tabbed(slice, -1)),
  },
  {
    name: 'tree-sort',
    where: ['resources'],
    keys: ['s'],
    label: 'sort',
    help: 'Sort the tree by name, by worst finding, by number of failing findings; then the original order',
    change: here((slice) => ({ ...slice, sort: slice.sort + 1, reverse: false })),
    hint: 4.5,
  },
  {
    name: 'tree-reverse',
    where: ['resources'],
    keys: ['S'],
    label: 'reverse',
    help: 'Reverse the order of the tree',
    change: here((slice) => ({ ...slice, reverse: !slice.reverse })),
  },
  {
    name: 'zoom',
    where: ['resources'],
    keys: ['+', '_'],
    label: 'zoom',
    help: 'Zoom the focused pane to the whole screen, or back',
    change: here((slice) => ({ ...slice, zoom: !slice.zoom })),
  },
  {
    name: 'describe-pane',
    where: ['resources'],
    keys: ['d'],
    label: 'describe',
    help: 'Show the details on the whole screen; Esc returns',
    change: here((slice) => ({ ...slice, pane: 'detail', zoom: true })),
  },
  {
    name: 'outcomes',
    where: ['resources'],
    keys: ['a'],
    label: 'all',
    help: 'Show or hide findings that pass or do not apply',
    change: here((slice) => ({ ...slice, everyOutcome: !slice.everyOutcome, findings: atStart })),
    line: () => 'findings --all-outcomes',
  },
];
