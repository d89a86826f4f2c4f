// Problems: what an operator has to do. One resource to change, one question to answer, one thing to do by hand or one read that
// failed, with every finding that this resolves. Computed from findings (plan/problems.ts), never written by a rule. Pure.
import type { Effect } from './effect.ts';
import type { Accepted, Report, Severity } from './finding.ts';
import type { NeedOption } from './plan-need.ts';
import type { ProjectSummary } from './project-config.ts';

/**
 * - `fix`: Bastide changes the resource without asking;
 * - `input`: a question must be answered, or the changes must be requested by name;
 * - `manual`: nothing that Bastide can send resolves it;
 * - `unreadable`: checks are unknown, because something could not be read.
 */
export const problemKinds = ['fix', 'input', 'manual', 'unreadable'] as const;
export type ProblemKind = (typeof problemKinds)[number];

export const problemLabels: Readonly<Record<ProblemKind, string>> = {
  fix: 'auto-fixable',
  input: 'needs input',
  manual: 'manual fix',
  unreadable: 'unknown',
};

export interface ProblemQuestion {
  /** The name of the answer; several with `|` between them, where each choice has its own. */
  readonly name: string;
  /** The plan's own sentence. */
  readonly text: string;
  /** Empty where a free value is asked for. */
  readonly choices: readonly NeedOption[];
}

export interface ProblemChange {
  readonly resource: string;
  /** What is done to it, on one line. */
  readonly does: string;
}

export interface Problem {
  /** Kind and, in lower case, the resource or the first finding; stable between scans. */
  readonly id: string;
  /** Azure's casing. What is changed, what the question is about, or what could not be read. */
  readonly resource: string;
  /** `stmldata: Storage account allows access from all networks, and 4 more findings`. */
  readonly headline: string;
  /** Of its gravest finding. */
  readonly severity: Severity;
  readonly kind: ProblemKind;
  /** Why its findings are accepted: of the gravest. What is accepted is never in one problem with what is not. */
  readonly accepted: Accepted | null;
  /** Ids of its findings, the gravest first. Each finding that fails or is unknown is in one problem. */
  readonly findings: readonly string[];
  /** Ids of findings that only repeat these. */
  readonly rollUps: readonly string[];
  readonly changes: readonly ProblemChange[];
  readonly question: ProblemQuestion | null;
  /** In one sentence what is wrong, why nothing can be sent, or why it could not be read. */
  readonly because: string;
  readonly effects: readonly Effect[];
  /** Why its changes, or some of them, cannot be sent as things are: a lock, a missing permission. One sentence each. */
  readonly gates: readonly string[];
  /** Ids of problems to resolve before this one, or with it. */
  readonly blockedBy: readonly string[];
  /** Ids of the findings that go with it, roll-ups included; empty where Bastide sends nothing. */
  readonly resolves: readonly string[];
}

/** A report with the fix of each failing finding as it is here, and the problems that its findings come to. */
export interface ProblemReport extends Report {
  readonly problems: readonly Problem[];
  /** Where a `bastide.yaml` was read. */
  readonly project?: ProjectSummary;
}

/** Is it to be counted among what there is to do? */
export const isToDo = ({ accepted }: Pick<Problem, 'accepted'>): boolean => accepted === null;

/** Does `fix --all` resolve it? */
export const isPromised = ({ kind, gates, accepted }: Pick<Problem, 'kind' | 'gates' | 'accepted'>): boolean =>
  kind === 'fix' && gates.length === 0 && accepted === null;

/** What a plan does to a list of problems. */
export interface ProblemNumbers {
  /** Findings that it resolves; a roll-up is none. */
  readonly findings: number;
  /** Problems of which it resolves every finding. */
  readonly resolved: number;
  /** All of them that fail. */
  readonly failing: number;
}

/** The same numbers before an act, from its preview, and after it, from what was verified. */
export function problemNumbers(problems: readonly Problem[], resolves: readonly string[]): ProblemNumbers {
  const gone = new Set(resolves);
  const repeated = new Set(problems.flatMap(({ rollUps }) => rollUps));
  const failing = problems.filter((one) => one.kind !== 'unreadable' && isToDo(one));
  return {
    findings: [...gone].filter((id) => !repeated.has(id)).length,
    resolved: failing.filter(({ findings }) => findings.every((id) => gone.has(id))).length,
    failing: failing.length,
  };
}
