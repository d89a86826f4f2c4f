// Precomputes the columns of a long list before a key needs them.
import type { StepwiseTask } from '../../rows/in-steps.ts';
import { isLong } from '../../rows/narrow.ts';
import type { State } from '../../state/state.ts';
import { grammarOf, sortValue } from './column-values.ts';
import type { ListSpec } from './spec.ts';

export function* prefetchList<Row>(spec: ListSpec<Row>, state: State): StepwiseTask<void> {
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
