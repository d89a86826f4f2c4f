// What a rehearsal is given by the composition root: a cloud of its own that holds what was read, behind a door like any other.
import type { ArmClient } from '../../azure/arm-client.ts';
import type { Source } from '../../model/snapshot.ts';

export interface WhatIfSimulator {
  readonly door: ArmClient;
  /** Ids that the last refused write asked after, and of which the snapshot does not say whether they are there. */
  unread(): readonly string[];
  /** What the cloud itself left undone, such as a policy that it could not evaluate; each said once. */
  notes(): readonly string[];
  close(): Promise<void>;
}

/** Starts one over the text of a snapshot. What the snapshot does not speak of, it refuses as `NotSeen`. */
export type OpenWhatIfSimulator = (snapshot: string, source: Source) => Promise<WhatIfSimulator>;

/** The code by which a sandbox says that nobody has read it. */
export const notInSnapshot = 'NotSeen';
