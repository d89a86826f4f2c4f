// The actions of the reducer. They are data: they can be written down and played again.

import type { Line } from '../../command/definition.ts';
import type { Hint } from '../../command/hint.ts';
import type { AuditRecord } from '../../model/audit-record.ts';
import type { Entry } from '../../model/entry.ts';
import type { FailureValue } from '../../model/failure.ts';
import type { LastRun } from '../../model/last-run.ts';
import type { ProblemReport } from '../../model/problem.ts';
import type { Identity, Snapshot } from '../../model/snapshot.ts';
import type { ApplyResult, SessionEvent } from '../../session/session.ts';
import type { Theme } from '../../theme/theme.ts';
import type { KeyName } from '../terminal/keys.ts';
import type { JumpTarget } from './jump-target.ts';
import type { BackgroundWork, Overlay, PlanPromise, ScreenAct, State } from './state.ts';

/** A match of the command line. */
export interface Suggestion {
  /** What Tab puts into the line. Enter runs it, unless it goes to `target` or `isBegun`. */
  readonly line: string;
  readonly label: string;
  /** Positions of the typed letters in the label. */
  readonly at: readonly number[];
  /** What it is, and what about it. */
  readonly hint: string;
  readonly target?: JumpTarget;
  /** The line goes on, or it sends changes: Enter puts it into the line, and the next Enter runs the line. */
  readonly isBegun?: true;
}

export type Action =
  | { readonly type: 'resized'; readonly columns: number; readonly rows: number }
  | { readonly type: 'clock'; readonly now: number }
  /** What a key does to the state: its binding by name, and how many times. */
  | { readonly type: 'key'; readonly binding: string; readonly times: number }
  /** Members of the state with their new values. */
  | { readonly type: 'set'; readonly members: Partial<State> }
  | { readonly type: 'typed'; readonly key: KeyName }
  | { readonly type: 'pasted'; readonly text: string }
  | {
      readonly type: 'suggested';
      /** The text that the suggestions are for. */
      readonly of: string;
      readonly suggestions: readonly Suggestion[];
      readonly hint: Hint | null;
      readonly choice: number;
    }
  | { readonly type: 'working'; readonly work: BackgroundWork | null }
  | { readonly type: 'event'; readonly event: SessionEvent }
  | {
      readonly type: 'scanned';
      readonly snapshot: Snapshot;
      readonly report: ProblemReport;
      readonly identity: Identity | null;
      readonly entries: readonly Entry[];
      readonly last: LastRun | null;
      readonly audits: readonly AuditRecord[];
    }
  | { readonly type: 'requested'; readonly event: Extract<SessionEvent, { kind: 'request' }>; readonly at: number }
  | { readonly type: 'failed'; readonly problem: FailureValue }
  | { readonly type: 'entries'; readonly entries: readonly Entry[] }
  /** In the place of the top overlay; null closes it. */
  | { readonly type: 'overlay'; readonly overlay: Overlay | null }
  /** Above the top overlay. */
  | { readonly type: 'opened'; readonly overlay: Overlay }
  | { readonly type: 'promised'; readonly promise: PlanPromise }
  | { readonly type: 'acting'; readonly act: ScreenAct }
  | { readonly type: 'finished'; readonly outcome: ApplyResult | null; readonly failure: FailureValue | null }
  | { readonly type: 'printed'; readonly lines: readonly Line[]; readonly running: boolean }
  | { readonly type: 'ran'; readonly line: string }
  | { readonly type: 'said'; readonly text: string; readonly role: string }
  | { readonly type: 'themed'; readonly theme: Theme };

/** What a pure change makes of the state, as an action: the members that differ. */
export function changeTo(before: State, after: State): Action {
  const names = (Object.keys(after) as (keyof State)[]).filter((name) => after[name] !== before[name]);
  return { type: 'set', members: Object.fromEntries(names.map((name) => [name, after[name]])) };
}
