// The throw of a read that a snapshot cannot answer. The audit turns it into `unknown`, so that rules need no code for it.
import type { ReadFailure } from './snapshot.ts';

/** Thrown by a read that the snapshot cannot answer. */
export class UnreadableError extends Error {
  constructor(readonly gap: ReadFailure) {
    super(gap.reason);
  }
}
