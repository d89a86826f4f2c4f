// Run options of keys that change the workspace.
import type { RunOptions } from '../dispatcher.ts';

/** A plan is made from the snapshot and shown in the plan overlay. */
export const planning = (): RunOptions => ({ title: 'Planning', withSnapshot: true, quiet: true });
