// What screens work out beforehand of what was read, so that no key has to wait for it: a few milliseconds at a time, between which
// keys are obeyed. Whatever is asked for sooner is worked out when it is asked for.
import type { StepwiseTask } from '../rows/in-steps.ts';
import { screens } from '../screens/index.ts';
import type { State } from './state.ts';

/** Milliseconds. */
const atOnce = 4;

/** To be called after every change; goes on until the last report is prepared, or another one is there. */
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
