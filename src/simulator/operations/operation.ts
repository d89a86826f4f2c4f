// A long operation as data: it must survive a restart, so it holds no function.
import type { ArmJson, ArmObject } from '../json.ts';

export interface LongOperation {
  readonly id: string;
  readonly verb: 'PUT' | 'PATCH' | 'DELETE' | 'POST';
  /** Id of the resource it works on. */
  readonly target: string;
  /** Id of the resource that takes one write at a time while this runs. */
  readonly holds: string;
  readonly startedAt: string;
  /** How many more polls answer `InProgress`; with `dueAt` absent. */
  pollsLeft: number;
  /** Milliseconds since 1970; null under the polls clock. */
  readonly dueAt: number | null;
  readonly outcome: 'Succeeded' | 'Failed' | 'Canceled';
  readonly error: { readonly code: string; readonly message: string; readonly inner?: string } | null;
  /** What the resource becomes when it ends well; `remove` deletes it, null leaves it. */
  onSuccess: ArmObject | 'remove' | null;
  /** The same when it does not end well. */
  onFailure: ArmObject | 'remove' | null;
  /** The status that a poll of its `Location` gives at the end. */
  readonly finalStatus: number;
  /** What a poll of its `Location` gives at the end in place of the resource; null: the resource. */
  readonly result: ArmJson | null;
  /** Seconds for `Retry-After`; null sends none. */
  readonly retryAfter: number | null;
  status: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';
  endedAt: string | null;
}
