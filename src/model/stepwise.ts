// Long work in small steps: it yields between them, so that its caller can handle other events. Pure.

export type StepwiseTask<T> = Generator<void, T>;

/** Runs all remaining steps now. */
export function finish<T>(steps: StepwiseTask<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
