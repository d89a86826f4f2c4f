// Long computations of a host that stays awake: a few milliseconds at a time, with other events handled in between.
import type { StepwiseTask } from '../model/stepwise.ts';

/** Milliseconds. */
const atOnce = 8;

/** Runs the steps to their end; undefined when the result is not wanted any more. The first slice runs at once. */
export async function unhurried<T>(
  steps: StepwiseTask<T>,
  isWanted: () => boolean = () => true,
): Promise<T | undefined> {
  for (;;) {
    for (const end = performance.now() + atOnce; performance.now() < end; ) {
      if (!isWanted()) return undefined;
      const { done, value } = steps.next();
      if (done) return value;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}
