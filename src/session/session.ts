// The contract of a session: the effects, speaking in events. Hosts (screen, shell, script) see nothing else of the engine.

import type { FlowAt } from '../audit/index.ts';
import type { ArmClientEvent, SignInCode } from '../azure/arm-client.ts';
import type { Assumptions, ProfileChoice } from '../model/assumption.ts';
import type { WriteRecords } from '../model/change-record.ts';
import type { SevereFinding } from '../model/compare.ts';
import type { ChangeAuthor, DriftReport } from '../model/drift.ts';
import type { Entry, EntryState, HistoryNote, HistoryRepair } from '../model/entry.ts';
import type { FailureValue } from '../model/failure.ts';
import type { Finding, Report } from '../model/finding.ts';
import type { Flaw } from '../model/flaw.ts';
import type { FleetReport, FleetRequest } from '../model/fleet.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { NetworkMap } from '../model/network-map.ts';
import type { Overwrote } from '../model/overwrote.ts';
import type { LeftSetting, NotUndone, Plan } from '../model/plan.ts';
import type { ProblemReport } from '../model/problem.ts';
import type { Identity, ListRequest, Snapshot, Source } from '../model/snapshot.ts';
import type { StepwiseTask } from '../model/stepwise.ts';
import type { WhatIf } from '../model/what-if.ts';
import type { Creation, DriftInput, PlanOffer, RequestCheck, StepSelection } from '../plan/index.ts';
import type { PlanRequest } from '../plan/request.ts';
import type { ImportResult } from './carry-history.ts';
import type { PlansOf } from './extend-snapshot.ts';

export type { Creation, DriftInput, ImportResult, PlanOffer, PlanRequest, SignInCode };

export type SessionEvent =
  | ArmClientEvent
  | {
      readonly kind: 'progress';
      readonly stage: 'sign-in' | 'scan' | 'verify' | 'recover' | 'live' | 'rehearse' | 'diagnose' | 'fleet';
      readonly done: number;
      readonly total: number;
      readonly detail: string;
    }
  | {
      readonly kind: 'step';
      readonly index: number;
      readonly total: number;
      readonly resource: string;
      readonly state:
        | 'waiting'
        | 'intended'
        | 'sent'
        | 'running'
        | 'unknown'
        | 'done'
        | 'failed'
        | 'skipped'
        | 'verified';
      readonly detail: string;
    }
  /** How many questions Azure is about to be asked, before the first of them; `detail` says which, in a sentence. */
  | { readonly kind: 'asking'; readonly questions: number; readonly detail: string }
  | { readonly kind: 'settled'; readonly entry: string; readonly resource: string; readonly detail: string };

export interface StepOutcome {
  readonly resource: string;
  /** `unknown`: sent, and what it did could not be read; a later command settles it. */
  readonly state: 'done' | 'failed' | 'skipped' | 'unknown';
  readonly requestId: string | null;
  readonly message: string | null;
  /** Of one that is done: why it is not as it was wanted. */
  readonly flaw?: Flaw;
  /** Of what Azure refused: what to do, where its error is known. */
  readonly next?: string;
  /** Of an unknown one: when a reading that does not show the change decides, ISO 8601. */
  readonly until?: string;
  /** Of a write whose service compares no etag: what it overwrote of other callers, as far as is known. */
  readonly overwrote?: Overwrote;
}

/** Result of apply, fix, undo, redo. */
export interface ApplyResult {
  /** Of an undo: what it left because nothing shows whose it is. The entry stays to be undone. */
  readonly notUndone?: readonly NotUndone[];
  /** Of a restore: what it left as others changed it. */
  readonly notRestored?: readonly LeftSetting[];
  /** Id of the history's entry; null when there was nothing to send. */
  readonly entry: string | null;
  readonly state: EntryState;
  readonly steps: readonly StepOutcome[];
  readonly verified: {
    /** Findings that did not fail before and fail now. */
    readonly introduced: readonly string[];
    /** Those of them that are critical or high, and counted: the act ends with exit status 1. What an undo brings back is none. */
    readonly severe?: readonly SevereFinding[];
    /** Those of them that an undo brings back: they failed before the changes that it undoes. They are not `severe`. */
    readonly broughtBack?: readonly string[];
    /**
     * Fail now and did not before, and not by the changes of this act: changed meanwhile, or not known before. `by`: who changed what it
     * is about, as far as change records prove it; [] where that is not known.
     */
    readonly meanwhile?: readonly {
      readonly finding: string;
      readonly severity?: SevereFinding['severity'];
      readonly reason: 'changed' | 'not-known-before' | 'may-be-own';
      readonly by: readonly ChangeAuthor[];
    }[];
    /** The workspace could not be read afterwards: what was introduced is not known. */
    readonly isUnread?: true;
    /** Ids of resources and lists whose read failed afterwards and not before: what they hide may have been introduced. */
    readonly unread?: readonly string[];
    /** Of those of them that were read and do not show what was made lately: that, in sentences. */
    readonly notShown?: readonly { readonly id: string; readonly reason: string }[];
    /** How many checks are unknown since. */
    readonly unknownChecks?: number;
    readonly resolved: readonly string[];
    /** Failed before and do not fail now, and not by the changes of this act; absent where there is none. */
    readonly resolvedByOthers?: readonly string[];
    readonly persisting: readonly string[];
    readonly unknown: readonly string[];
    /** Those of them that could not be judged: the audit does not hold them, and a read failed that may have hidden them. */
    readonly notJudged?: readonly string[];
    /** What a fix was asked for that did not fail before and does not apply now: an IP rule of an account that allows all networks. */
    readonly notApplicable: readonly { readonly finding: string; readonly reason: string }[];
    /** Those of all these that only repeat others, and are not counted. */
    readonly rollUps?: readonly string[];
  };
  readonly skipped: readonly { readonly finding: string; readonly reason: string }[];
  /** What could not be read when the plan was made. */
  readonly gaps?: NonNullable<Plan['gaps']>;
  /** Of a plan without steps: how many of its checks are unknown because something could not be read. */
  readonly unjudged?: number;
  /** Why the act ended before its last step, where no step says it: a signal, the disk, the sign-in. */
  readonly ended: FailureValue | null;
  /**
   * What reverses what was made: `undo` a fix or redo, also one made in part; `redo` an undo, once all of it is made. Null where nothing
   * does: an undo of some of the changes of an entry, which still stands.
   */
  readonly reversedBy?: 'undo' | 'redo' | null;
  /** How many changes of the entry were not made: `bastide resume` sends them. */
  readonly remaining?: number;
  readonly counts?: ActCounts;
  /** Settings of another client that a write overwrote; `bastide restore` previews putting them back. */
  readonly vanished: readonly Vanished[];
  /** What an undo or redo leaves as it is, or restores in another form, one sentence each. */
  readonly irreversible?: readonly string[];
}

/** Of the changes of an entry: what this call did, and what is left of it. */
export interface ActCounts {
  readonly of: number;
  /** Made by earlier calls, of which this one is a resume. */
  readonly before: number;
  /** Of which this call sent a request to Azure, whatever the answer. */
  readonly sent: number;
  /** Made by this call. */
  readonly made: number;
  /** Not made: not sent, or failed. */
  readonly left: number;
  /** Sent, and the outcome is not known. */
  readonly unknown: number;
  /** Not needed: Azure has it already, or another client has made it. */
  readonly notNeeded: number;
}

/** A setting of another client that a write overwrote. `value`: what that client had set; null where it had removed it. */
export interface Vanished {
  readonly resource: string;
  readonly pointer: string;
  readonly value: Json;
}

/** What to ask Azure about: `findings` of the snapshot's report, or everything that fails or is unknown. */
export interface LiveRequest {
  readonly profile: ProfileChoice;
  /** Ids of findings. */
  readonly findings?: readonly string[];
  /** Flows to ask about instead, at their subnets. */
  readonly flows?: readonly FlowAt[];
}

export interface Session {
  readonly source: Source;
  readonly readOnly: boolean;
  identity(signal?: AbortSignal): Promise<Identity>;
  /** Full id of the workspace; null where files have none. */
  workspace(signal?: AbortSignal): Promise<string | null>;
  /** Reads the whole workspace. The snapshot becomes `latest`. `planned`: subnets that something is to be made in, read as those in use, and clusters to be attached. */
  scan(signal?: AbortSignal, planned?: readonly string[]): AsyncGenerator<SessionEvent, Snapshot>;
  /** A scan to compare with what the history made: what does not show what was made lately is not accessible in it. Absent of files. */
  scanMade?(signal?: AbortSignal): AsyncGenerator<SessionEvent, Snapshot>;
  /** Reads a few more resources and lists into a snapshot; files have nothing more to give. `latest` stays as it is. */
  look(
    snapshot: Snapshot,
    ids: readonly string[],
    signal?: AbortSignal,
    lists?: readonly ListRequest[],
  ): AsyncGenerator<SessionEvent, Snapshot>;
  /**
   * The snapshot with the names read that these plans choose for what they create; the same where all are free, and of files. Plans are
   * made of it before they are shown.
   */
  named(snapshot: Snapshot, plansOf: PlansOf, signal?: AbortSignal): AsyncGenerator<SessionEvent, Snapshot>;
  /**
   * The snapshot with what Azure says is in effect at a running machine's interface in each training subnet, or in those that
   * the findings or flows are about; it becomes `latest`. Says how many questions that takes before it asks. Throws Failure: exit
   * 2 when findings or flows are about no subnet, 130 when stopped.
   */
  live(snapshot: Snapshot, request: LiveRequest, signal?: AbortSignal): AsyncGenerator<SessionEvent, Snapshot>;
  /**
   * The snapshot with the service's own diagnosis of the workspace, or with the read failure of its refusal; it becomes `latest`.
   * Without a workspace nothing is requested. Throws Failure: exit 2 where there is no service to ask, 130 when stopped.
   */
  diagnose(snapshot: Snapshot, signal?: AbortSignal): AsyncGenerator<SessionEvent, Snapshot>;
  /** The change records of what snapshots hold, since a time; where there are none to read, the reason. */
  changeRecords(
    snapshots: readonly Snapshot[],
    since: string,
    signal?: AbortSignal,
  ): AsyncGenerator<SessionEvent, WriteRecords>;
  latest(): Snapshot | undefined;
  /** The audit as `bastide.yaml` judges it; narrowed to the findings wanted. */
  report(snapshot: Snapshot, profile: ProfileChoice, isWanted?: (finding: Finding) => boolean): ProblemReport;
  /** The same without fixes and problems, which take most of the time. */
  judged(snapshot: Snapshot, profile: ProfileChoice): Report;
  /** The audit by every rule, whatever a profile or `bastide.yaml` leaves out. Pure. */
  byEveryRule(snapshot: Snapshot): Report;
  /** What changed between two snapshots, by whom, and which findings it opened and closed. Pure. */
  drift(input: Omit<DriftInput, 'rules'>): DriftReport;
  /** The network around the workspace, with what computes reach. Pure; takes a few milliseconds a subnet with computes. */
  map(snapshot: Snapshot): NetworkMap;
  /** Whether the answers and targets of a request mean something here. Throws Failure (exit 2) for an unknown finding or rule. Pure. */
  checkRequest(snapshot: Snapshot, request: PlanRequest): RequestCheck;
  /** Pure planning over a snapshot. Throws Failure (exit 2) for an unknown finding or rule. */
  plan(snapshot: Snapshot, request: PlanRequest): Plan;
  /** The same plan and what may be added to it, computed in small steps. Pure. */
  offer(snapshot: Snapshot, request: PlanRequest): StepwiseTask<PlanOffer>;
  /** A plan in hand, without the steps that the operator selects one by one; in small steps. Pure. */
  selectable(snapshot: Snapshot, plan: Plan, profile: ProfileChoice): StepwiseTask<PlanOffer>;
  /** The plan of a request alone, in small steps. Pure. */
  planInSteps(snapshot: Snapshot, request: PlanRequest): StepwiseTask<Plan>;
  /**
   * A plan from a file: its changes as they are, everything else computed again for this snapshot. `isCareful`: without steps that
   * introduce something of medium severity or above. Pure.
   */
  review(snapshot: Snapshot, plan: Plan, profile: ProfileChoice, isCareful?: boolean): Plan;
  /** The plan without these steps, numbered from 0, and what depends on them; its preview is computed again, in small steps. Pure. */
  without(
    snapshot: Snapshot,
    plan: Plan,
    steps: readonly number[],
    profile: ProfileChoice,
  ): StepwiseTask<StepSelection>;
  /** The plan that makes one thing, with what the audit says around it as gates. Pure. */
  planCreation(snapshot: Snapshot, creation: Creation): Plan;
  /**
   * What would come of a plan, played on a copy of the snapshot; nothing is sent. What the plan is about and the snapshot does not
   * hold is read first. Throws Failure: exit 4 where an apply would send nothing (drift, another workspace), 130 when stopped.
   */
  whatIf(
    snapshot: Snapshot,
    plan: Plan,
    options: { readonly profile: ProfileChoice; readonly signal?: AbortSignal },
  ): AsyncGenerator<SessionEvent, WhatIf>;
  /** Compares every `before` and the gates, then writes step by step and verifies. Throws Failure (exit 4) before anything is sent. */
  apply(
    plan: Plan,
    options: { readonly line: string; readonly signal?: AbortSignal; readonly acceptWarnings?: boolean },
  ): AsyncGenerator<SessionEvent, ApplyResult>;
  /** The plan that undoes an entry; without an id the newest that is neither undone nor itself an undo. Throws Failure (exit 4) on drift, when there is nothing, or when an entry is not settled. */
  planUndo(entry?: string, signal?: AbortSignal): Promise<Plan>;
  planRedo(entry?: string, signal?: AbortSignal): Promise<Plan>;
  /** The plans that undo every entry down to this one, the newest first, each made for what the ones before it leave. */
  planUndoTo(entry: string, signal?: AbortSignal): Promise<readonly [Plan, ...Plan[]]>;
  /**
   * The remaining steps of an entry that was interrupted, or failed in the middle; without an id those of the newest act, or null
   * where nothing is left of it. They are applied as a part of that entry. Throws Failure (exit 4) where nothing is left of the entry
   * named, or when it is not settled.
   */
  planResume(entry?: string, signal?: AbortSignal): Promise<Plan | null>;
  /**
   * The plan that restores what a write of this entry, or of the newest with any, overwrote of another client's settings, by the change
   * records as they are now. Throws Failure (exit 4) when there is nothing, or when that is not known.
   */
  planRestore(entry?: string, signal?: AbortSignal): Promise<Plan>;
  history(): Promise<readonly Entry[]>;
  /** The bodies that the history keeps of what entries carried out, by the names in their steps; absent where it keeps none. */
  historyBodies?(entries: readonly Entry[]): Promise<ReadonlyMap<string, JsonObject>>;
  historyNotes(): Promise<readonly HistoryNote[]>;
  /** Writes the history anew without what is damaged, and keeps a copy; a dry run only says what is lost. Absent for files. */
  repairHistory?(dryRun: boolean): Promise<HistoryRepair>;
  /** The history as the text of a file; absent for files, which have none. */
  exportHistory?(): Promise<string>;
  /** Takes up such a text, marked as imported. Throws Failure: exit 2 for another file, 4 for another workspace or newer entries here. */
  importHistory?(text: string, signal?: AbortSignal): Promise<ImportResult>;
  /**
   * Settles steps whose outcome is not known, in 10 s at most: resumes operations, reads again, reports done, not done, or changed
   * by others. The signal skips it. What cannot be settled stays open; scans settle what they happen to read.
   */
  recover(signal?: AbortSignal): AsyncGenerator<SessionEvent, readonly Entry[]>;
  /** Is the workspace marked as production in `bastide.yaml`? */
  isProduction?(workspace: string | null): boolean;
  /**
   * The audit of every workspace in a scope (docs/fleet.md); absent for files. Throws Failure: exit 6 when sign-in fails, 7 when Azure
   * lists no subscriptions, 130 when stopped: the next one of the same scope goes on from there.
   */
  fleet?(request: FleetRequest, signal?: AbortSignal): AsyncGenerator<SessionEvent, FleetReport>;
  /** A session about another workspace over the same ARM client, which closing it leaves open; absent for files. */
  at?(workspace: string): Session;
  /** Ids of the workspaces that can be read. */
  workspaces?(signal?: AbortSignal): Promise<readonly string[]>;
  intents(): Promise<Assumptions>;
  setIntents(change: Assumptions): Promise<Assumptions>;
  /** Every event of the ARM client and the session, for logs and progress. */
  onEvent(listener: (event: SessionEvent) => void): () => void;
  close(): Promise<void>;
}
