// What a what-if receives from the composition root: its own simulator that holds what was read, behind an ARM client.
import type { ArmClient } from '../../azure/arm-client.ts';
import type { Source } from '../../model/snapshot.ts';

export interface WhatIfSimulator {
  readonly arm: ArmClient;
  /** Ids that the last refused write asked after, and of which the snapshot does not say whether they are there. */
  unread(): readonly string[];
  /** What the cloud itself left undone, such as a policy that it could not evaluate; each said once. */
  notes(): readonly string[];
  close(): Promise<void>;
}

/** Starts one over the text of a snapshot. What the snapshot does not speak of, it refuses as `NotSeen`. */
export type OpenWhatIfSimulator = (snapshot: string, source: Source) => Promise<WhatIfSimulator>;

/** The code by which the simulator says that something was not read. */
export const notInSnapshot = 'NotSeen';
