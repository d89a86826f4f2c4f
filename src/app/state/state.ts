// Everything the screen knows, as one immutable value. What can be computed from the rest stands in `view` and is kept
// in step by derive.ts.
import type { Line, RuleEntry } from '../../command/definition.ts';
import type { Entry } from '../../model/entry.ts';
import type { FailureValue } from '../../model/failure.ts';
import type { Finding, Report, Severity } from '../../model/finding.ts';
import type { ProfileChoice } from '../../model/intent.ts';
import type { PathAnswer } from '../../model/path.ts';
import type { Plan } from '../../model/plan.ts';
import type { Identity, Snapshot, Source } from '../../model/snapshot.ts';
import type { Outcome } from '../../session/session.ts';
import type { Theme } from '../../theme/theme.ts';
import type { Layout } from './layout.ts';

export const panes = ['tree', 'findings', 'detail'] as const;
export type Pane = (typeof panes)[number];
export const tabs = ['explain', 'evidence', 'json', 'history'] as const;
export type Tab = (typeof tabs)[number];

/** A list's selection and the first row shown. */
export interface Cursor {
  readonly index: number;
  readonly top: number;
}

/** Text being typed; `at` counts UTF-16 units from the start. */
export interface Input {
  readonly text: string;
  readonly at: number;
}

/** What runs now. `total` 0 while it is not known. */
export interface Work {
  readonly title: string;
  readonly done: number;
  readonly total: number;
  readonly detail: string;
  /** Writes to the cloud are under way: leaving asks first. */
  readonly writing: boolean;
}

export interface StepView {
  readonly resource: string;
  readonly label: string;
  readonly state: 'waiting' | 'intended' | 'sent' | 'running' | 'done' | 'failed' | 'skipped' | 'verified';
  readonly detail: string;
}

/** The fix, undo or redo being sent, or the last one. */
export interface Act {
  readonly verb: Plan['verb'];
  readonly title: string;
  readonly line: string;
  readonly steps: readonly StepView[];
  readonly note: string;
  readonly outcome: Outcome | null;
  readonly failure: FailureValue | null;
}

export type Question =
  | { readonly kind: 'confirm'; readonly title: string; readonly lines: readonly Line[]; readonly yes: string }
  | {
      readonly kind: 'choose';
      readonly title: string;
      readonly choices: readonly { readonly value: string; readonly label: string }[];
    }
  | { readonly kind: 'text'; readonly title: string };

export interface Suggestion {
  /** The whole line it would give. */
  readonly line: string;
  readonly label: string;
  readonly hint: string;
}

export type Overlay =
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      /** The command line that does the same. */
      readonly line: string;
      /** Why it cannot be applied; null when it can. */
      readonly blocked: string | null;
      readonly choice: number;
      readonly top: number;
    }
  /** The steps of `act`. */
  | { readonly kind: 'progress'; readonly top: number }
  | {
      readonly kind: 'ask';
      readonly question: Question;
      readonly input: Input;
      readonly choice: number;
      readonly top: number;
    }
  | {
      readonly kind: 'palette';
      readonly input: Input;
      readonly suggestions: readonly Suggestion[];
      /** -1: the line as typed. */
      readonly choice: number;
      /** How far back in the history of lines; 0 is the new line. */
      readonly back: number;
    }
  | { readonly kind: 'filter'; readonly input: Input; readonly before: string }
  | {
      readonly kind: 'output';
      readonly title: string;
      readonly lines: readonly Line[];
      readonly running: boolean;
      readonly top: number;
    }
  | PathOverlay
  | { readonly kind: 'help'; readonly top: number };

/** The way of packets: its hops, and the selected one in detail. */
export interface PathOverlay {
  readonly kind: 'path';
  /** The command line that asked. */
  readonly line: string;
  readonly answer: PathAnswer;
  readonly hop: Cursor;
  readonly side: 'hops' | 'detail';
  /** First line of the detail shown. */
  readonly top: number;
}

export interface Message {
  readonly text: string;
  readonly role: string;
  /** Milliseconds. */
  readonly at: number;
}

/** One row of the resource tree. */
export interface TreeRow {
  /** A resource's id, or `group:...`. */
  readonly key: string;
  readonly label: string;
  readonly note: string;
  readonly depth: number;
  /** Null: a heading or something that could not be read. */
  readonly resource: string | null;
  /** True, false, or null when there is nothing to fold. */
  readonly folded: boolean | null;
  readonly worst: Severity | 'unknown' | 'gap' | null;
  readonly failing: number;
  /** Some rule has passed here; without that, nothing failing says nothing. */
  readonly passed: boolean;
  /** Ids, folded, of the resources whose findings it stands for; null stands for all. */
  readonly covers: ReadonlySet<string> | null;
}

export interface View {
  readonly layout: Layout;
  readonly rows: readonly TreeRow[];
  readonly shown: readonly Finding[];
  readonly detail: readonly Line[];
  /** The scrollable text of the overlay, if it has one. */
  readonly panel: readonly Line[];
}

export interface State {
  readonly size: { readonly columns: number; readonly rows: number };
  readonly ascii: boolean;
  readonly readOnly: boolean;
  readonly source: Source;
  readonly profile: ProfileChoice;
  readonly theme: Theme;
  readonly rules: ReadonlyMap<string, RuleEntry>;
  readonly identity: Identity | null;
  readonly snapshot: Snapshot | null;
  readonly report: Report | null;
  /** Newest last. */
  readonly entries: readonly Entry[];
  /** Milliseconds; moves with keys, events and minutes, never by itself. */
  readonly now: number;
  readonly work: Work | null;
  /** Why there is no newer snapshot. */
  readonly problem: FailureValue | null;
  readonly pane: Pane;
  readonly zoom: boolean;
  readonly tree: Cursor;
  readonly folded: ReadonlySet<string>;
  readonly findings: Cursor;
  readonly tab: Tab;
  readonly detailTop: number;
  readonly filter: string;
  /** Also findings that pass or do not apply. */
  readonly everyOutcome: boolean;
  readonly overlay: Overlay | null;
  readonly act: Act | null;
  /** Command lines run from the palette, newest last. */
  readonly lines: readonly string[];
  readonly message: Message | null;
  readonly messages: readonly Message[];
  readonly view: View;
}
