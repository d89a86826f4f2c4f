// One entry of the history.
import type { Change, ResourceMatcher } from './change.ts';
import type { Edit } from './edit.ts';
import type { Origin } from './origin.ts';
import type { Overwrote } from './overwrote.ts';
import type { Plan } from './plan.ts';
import { counted } from './text.ts';
import type { WhatIf } from './what-if.ts';

/** `unknown`: the request was sent, and what it did has not been read yet. */
export type StepState = 'waiting' | 'intended' | 'sent' | 'done' | 'failed' | 'skipped' | 'unknown';
/** `open`: under way, or the outcome of a step is not known. */
export type EntryState = 'open' | 'done' | 'partial' | 'failed';

export interface EntryStep {
  readonly resource: string;
  readonly change: Change;
  /** How the resource was identified where its name was unknown beforehand: a redo identifies its own. */
  readonly found?: ResourceMatcher;
  readonly findings: readonly string[];
  readonly state: StepState;
  readonly verified: boolean;
  /** When the request was last about to be sent, ISO 8601; entries of older versions have none. */
  readonly begun?: string;
  /** When the change was read, ISO 8601. */
  readonly verifiedAt?: string;
  /** When the wait for an answer to the request ended without one that says what was applied, ISO 8601. */
  readonly unanswered?: string;
  readonly requestId: string | null;
  /** URL of the long-running operation, while it runs. */
  readonly operation: string | null;
  /** Azure's own refusal, or what recovery found. */
  readonly message: string | null;
  /** Names of the side files that hold the bodies before and after. */
  readonly before: string | null;
  readonly after: string | null;
  /** Of a creation that is done: what shows that it was made here. */
  readonly origin?: Origin;
  /** What it was to create, or builds on, exists and was not created here: it is not sent again. */
  readonly isTaken?: true;
  /** Of a write whose service compares no etag: what it overwrote of other callers, as far as is known. */
  readonly overwrote?: Overwrote;
  /** What the write overwrote of another client's settings, each as the edit that restores it. */
  readonly vanished?: readonly Edit[];
}

/** What is asked of an entry below. */
interface Act<Step extends Pick<EntryStep, 'state' | 'isTaken'> = Pick<EntryStep, 'state' | 'isTaken'>>
  extends Pick<Entry, 'state' | 'undoneBy'> {
  readonly steps: readonly Step[];
}

/** The steps of an act that were not made, where it ended before its last one: a resume sends them. */
export const restOf = <Step extends Pick<EntryStep, 'state' | 'isTaken'>>({
  state,
  undoneBy,
  steps,
}: Act<Step>): readonly Step[] =>
  undoneBy === null && (state === 'partial' || state === 'failed')
    ? steps.filter((step) => (step.state === 'waiting' || step.state === 'failed') && step.isTaken !== true)
    : [];

/** The newest act, where it was made in part. What did nothing does not count. */
export function interruptedAct<One extends Act>(entries: readonly One[]): One | undefined {
  const newest = entries.findLast(({ state }) => state !== 'failed');
  return newest !== undefined && newest.state === 'partial' && restOf(newest).length > 0 ? newest : undefined;
}

/** `2 of 4 changes made`. */
export const madeWords = ({ steps }: Pick<Act, 'steps'>): string =>
  `${steps.filter(({ state }) => state === 'done' || state === 'skipped').length} of ${counted(steps.length, 'change')} made`;
/** `the other 2`. */
export const otherWords = (rest: number): string => (rest === 1 ? 'the other one' : `the other ${rest}`);

/** What happened to the history itself: what was dropped after a crash, what was converted. */
export interface HistoryNote {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** One sentence. */
  readonly text: string;
}

export interface Entry {
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  readonly verb: Plan['verb'];
  readonly findings: readonly string[];
  /** What its preview said it resolves, and those among them that only repeat others; absent in entries of older versions. */
  readonly resolves?: readonly string[];
  readonly rollUps?: readonly string[];
  readonly resources: readonly string[];
  readonly steps: readonly EntryStep[];
  readonly state: EntryState;
  readonly undoes: string | null;
  readonly undoneBy: string | null;
  /** For a redo: the entry whose changes it repeated. */
  readonly redoes: string | null;
  /** The command line that would repeat it. */
  readonly line: string;
  readonly workspace: string | null;
  /** When its remaining steps were last sent, ISO 8601. */
  readonly resumed?: string;
  /** Result of the plan's what-if; null when it was not run. */
  readonly rehearsal: WhatIf | null;
}

/** Was the step begun, and is its outcome not in the history yet? */
export const isUnsettled = ({ state }: Pick<EntryStep, 'state'>): boolean =>
  state === 'intended' || state === 'sent' || state === 'unknown';
