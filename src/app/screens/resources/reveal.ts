// From anywhere to a resource in the tree.
import { sameId } from '../../../model/resource-id.ts';
import { closedTo } from '../../state/stack.ts';
import type { State } from '../../state/state.ts';
import { sliceOf, withSlice } from '../../state/view.ts';
import { self } from './keys.ts';
import { atRow } from './moving.ts';
import { derivePanes } from './slice.ts';

/** The state with the tree shown and the first of these resources in it selected; null when none is. */
export function revealed(state: State, ids: readonly string[]): State | null {
  const slice = derivePanes(sliceOf(state, self), state);
  // A resource in a folded branch, or one that the filter hides, can be shown too.
  for (const panes of [slice, derivePanes({ ...slice, folded: new Set(), treeFilter: '' }, state)]) {
    for (const id of ids) {
      const index = panes.rows.value.findIndex(({ resource }) => sameId(resource, id));
      if (index >= 0) return withSlice({ ...closedTo(state, 0), screen: self.name }, self, atRow(panes, index));
    }
  }
  return null;
}
