// Idle precomputation of screens, so that no key has to wait for it: a few milliseconds at a time, with keys handled in
// between. A value needed sooner is computed on request.
import type { StepwiseTask } from '../rows/in-steps.ts';
import { screens } from '../screens/index.ts';
import type { State } from './state.ts';

/** Milliseconds. */
const atOnce = 4;

/** Called after every change; continues until the last report is prepared or replaced. */
export function createPrefetch(get: () => State): () => void {
  let { report } = get();
  return () => {
    const state = get();
    if (state.report === report) return;
    report = state.report;
    if (report !== null) runWhenIdle(all(state), () => get().report === state.report);
  };
}

function* all(state: State): StepwiseTask<void> {
  for (const screen of screens) if ('prefetch' in screen) yield* screen.prefetch?.(state) ?? [];
}

function runWhenIdle(steps: StepwiseTask<void>, isWanted: () => boolean): void {
  setImmediate(() => {
    const end = performance.now() + atOnce;
    while (performance.now() < end) if (!isWanted() || steps.next().done) return;
    runWhenIdle(steps, isWanted);
  });
}
