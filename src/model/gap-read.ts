// The throw of a read that a snapshot cannot answer. The audit turns it into `unknown`, so that no rule's author has to
// remember it.
import type { Gap } from './snapshot.ts';

/** Thrown by a read that the snapshot cannot answer. */
export class GapRead extends Error {
  constructor(readonly gap: Gap) {
    super(gap.reason);
  }
}
