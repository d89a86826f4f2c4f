// How keys that change the workspace run their command.
import type { RunOptions } from '../dispatcher.ts';

/** A plan is made from what was read, and shown where plans are shown. */
export const planning = (): RunOptions => ({ title: 'Planning', withSnapshot: true, quiet: true });
