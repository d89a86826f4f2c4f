// The throw of a read that a snapshot cannot answer. The audit turns it into `unknown`, so that rules need no code for it.
import type { ReadFailure } from './snapshot.ts';

/** Thrown by a read that the snapshot cannot answer. */
export class UnreadableError extends Error {
  readonly gap: ReadFailure;
  constructor(gap: ReadFailure) {
    // Caught near by, and many a snapshot: where it was thrown tells nothing that the gap does not.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(gap.reason);
    Error.stackTraceLimit = stackTraceLimit;
    this.gap = gap;
  }
}
