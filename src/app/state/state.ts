// The state of the application, as one immutable value. Derived values are in `view` and in the slices of the screens,
// computed by derive.ts.
import type { Line, RuleEntry } from '../../command/definition.ts';
import type { ProfileChoice } from '../../model/assumption.ts';
import type { AuditRecord } from '../../model/audit-record.ts';
import type { DriftReport } from '../../model/drift.ts';
import type { Entry } from '../../model/entry.ts';
import type { FailureValue } from '../../model/failure.ts';
import type { Finding } from '../../model/finding.ts';
import type { LastRun } from '../../model/last-run.ts';
import type { NetworkMap } from '../../model/network-map.ts';
import type { Plan } from '../../model/plan.ts';
import type { Problem, ProblemReport } from '../../model/problem.ts';
import type { RecentWorkspace } from '../../model/recent.ts';
import type { Identity, Snapshot, Source } from '../../model/snapshot.ts';
import type { ApplyResult, SessionEvent } from '../../session/session.ts';
import type { Theme } from '../../theme/theme.ts';
import type { Memo } from '../draw/memoize.ts';
import type { Marks } from '../rows/marks.ts';
import type { Binding } from './binding.ts';
import type { FleetShown } from './fleet-shown.ts';
import type { Layout } from './layout.ts';

/** The running task. `total` 0 while unknown. */
export interface BackgroundWork {
  readonly title: string;
  readonly done: number;
  readonly total: number;
  readonly detail: string;
  /** Writes are in progress: quitting asks first. */
  readonly writing: boolean;
}

export interface StepView {
  readonly resource: string;
  readonly label: string;
  readonly state: Extract<SessionEvent, { kind: 'step' }>['state'];
  readonly detail: string;
  /** Milliseconds; start and end of the request. */
  readonly since: number | null;
  readonly until: number | null;
  readonly polls: number;
}

/** The fix, undo or redo being sent, or the last one. */
export interface ScreenAct {
  readonly verb: Plan['verb'];
  readonly title: string;
  readonly line: string;
  readonly steps: readonly StepView[];
  readonly note: string;
  /** The operator has requested a stop. */
  readonly stopping: boolean;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: ApplyResult | null;
  readonly failure: FailureValue | null;
  /** Those that the plan was made for. */
  readonly problems: readonly Problem[];
}

/** The overlays by their kind. Each adds itself where it is defined, so that the state knows none of them. */
// biome-ignore lint/suspicious/noEmptyInterface: overlays add their kinds.
export interface OverlayKinds {}
export type Overlay = OverlayKinds[keyof OverlayKinds];

/** A sign-in method and its result. */
export interface SignInStep {
  readonly step: string;
  readonly state: 'trying' | 'ok' | 'no';
  readonly detail: string;
  readonly ms: number;
}

/** A request that was sent to Azure. */
export interface RequestRecord {
  readonly number: number;
  /** Milliseconds; time of the response. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  /** 0: no answer. */
  readonly status: number;
  readonly ms: number;
  readonly requestId: string | null;
  readonly apiVersion: string | null;
}

export interface Message {
  readonly text: string;
  readonly role: string;
  readonly at: number;
}

/** The target of keys. */
export interface Selection {
  /** Which of them the operator selected; the others follow from it. */
  readonly about: 'problem' | 'finding' | 'resource';
  /** The marked problems, else the selected one; empty where findings or resources are listed. */
  readonly problems: readonly Problem[];
  readonly finding: Finding | null;
  readonly resource: string | null;
  readonly marked: Marks<Finding>;
}

/** What the plan of all automatic fixes of a snapshot does; computed while the screen is idle. */
export interface PlanPromise {
  readonly snapshot: Snapshot;
  readonly changes: number;
  /** Ids of the findings that it resolves; roll-ups are not among them. */
  readonly resolves: readonly string[];
}

/** The findings of the report, looked up. */
export interface FindingTable {
  readonly byId: ReadonlyMap<string, Finding>;
  /** How many are auto-fixable; how many are fixable but for an effect that the operator selects. */
  readonly automatic: number;
  readonly offered: number;
}

export interface View {
  readonly layout: Layout;
  readonly selection: Selection;
  readonly findings: Memo<FindingTable>;
}

export interface State {
  readonly size: { readonly columns: number; readonly rows: number };
  readonly ascii: boolean;
  /** Words with URLs are terminal links. */
  readonly links: boolean;
  readonly readOnly: boolean;
  readonly source: Source;
  readonly profile: ProfileChoice;
  readonly theme: Theme;
  readonly rules: ReadonlyMap<string, RuleEntry>;
  /** Every binding, with the operator's keys. */
  readonly bindings: readonly Binding[];
  readonly identity: Identity | null;
  readonly snapshot: Snapshot | null;
  readonly report: ProblemReport | null;
  /** Null until it is computed for this snapshot. */
  readonly promise: PlanPromise | null;
  /** The report before this one, of the same workspace. */
  readonly before: ProblemReport | null;
  /** The results of the previous run on the same workspace. */
  readonly last: LastRun | null;
  readonly entries: readonly Entry[];
  /** What changed since the snapshot before, or since the time last asked about, and by whom; null: not known. */
  readonly drift: DriftReport | null;
  /** Earlier audits and this one, the oldest first. */
  readonly audits: readonly AuditRecord[];
  /** Every workspace of the fleet, once it was read. */
  readonly fleet: FleetShown | null;
  /** The network around the workspace; pure, computed only while it is shown. */
  readonly drawMap: (snapshot: Snapshot) => NetworkMap;
  /** Milliseconds; changes only with keys, events and minutes. */
  readonly now: number;
  readonly work: BackgroundWork | null;
  /** Why the last scan failed. */
  readonly problem: FailureValue | null;
  /** Recently opened, the newest first; offered while no workspace could be read, with the selected index. */
  readonly recent: readonly RecentWorkspace[];
  readonly picked: number;
  /** The filter of Welcome. */
  readonly sought: string;
  readonly screen: string;
  readonly slices: Readonly<Record<string, unknown>>;
  /** Screens to go back to, each with its slice as it was left, the last one last. */
  readonly trail: readonly { readonly screen: string; readonly slice: unknown }[];
  /** Scans by itself: how often, in milliseconds; the last try, and how many have failed since one succeeded. */
  readonly rescan: { readonly every: number; readonly last: number; readonly failed: number } | null;
  /** The step of the tour, from 0; or it is offered, until something else is opened. */
  readonly tour: number | 'offered' | null;
  /** The top one, which has the keys. */
  readonly overlay: Overlay | null;
  /** Those that it lies on, the lowest first, each with its text. */
  readonly beneath: readonly { readonly overlay: Overlay; readonly panel: State['panel'] }[];
  /** Digits typed so far: the count of the next move, or a screen number. */
  readonly count: string;
  readonly act: ScreenAct | null;
  readonly lines: readonly string[];
  readonly signInSteps: readonly SignInStep[];
  readonly requests: readonly RequestRecord[];
  readonly message: Message | null;
  readonly messages: readonly Message[];
  /** The scrollable text of the overlay, if any. Not in `view`, because it is itself derived from `view`. */
  readonly panel: Memo<readonly Line[]>;
  readonly view: View;
}
