// Problems: what an operator has to do. One resource to change, one question to answer, one thing to do by hand or one read that
// failed, with every finding that this resolves. Computed from findings (plan/problems.ts), never written by a rule. Pure.
import type { AssumptionName } from './assumption.ts';
import type { Effect } from './effect.ts';
import {
  type Accepted,
  blockedLabel,
  eachSeverity,
  type Report,
  type Severity,
  type Takes,
  takesLabels,
} from './finding.ts';
import type { Manager } from './manager.ts';
import type { NeedOption } from './plan-need.ts';
import type { ProjectSummary } from './project-config.ts';
import { isWithin, nameInParent, sameId } from './resource-id.ts';
import { clean, counted } from './text.ts';

/**
 * - `fix`: Bastide changes the resource without asking;
 * - `input`: a question must be answered, or the changes must be requested by name;
 * - `manual`: nothing that Bastide can send resolves it;
 * - `unreadable`: checks are unknown, because something could not be read.
 */
export const problemKinds = ['fix', 'input', 'manual', 'unreadable'] as const;
export type ProblemKind = (typeof problemKinds)[number];

/** What it takes to resolve a problem; `unknown` where nothing can be said before something is readable. */
export const problemTakes = ({ kind, question }: Pick<Problem, 'kind' | 'question'>): Takes | 'unknown' => {
  if (kind === 'unreadable') return 'unknown';
  if (kind === 'input') return question === null ? 'review' : 'answer';
  return kind;
};
export const problemLabels: Readonly<Record<Takes | 'unknown', string>> = { ...takesLabels, unknown: 'unknown' };

/** Why checks are unknown. `undecided`: what they need was read, and does not decide them. */
export type UnknownReason =
  | { readonly reason: 'not-read' | 'undecided' }
  | { readonly reason: 'assumption-not-set'; readonly data: { readonly name: AssumptionName } };

const unknownLabels: Readonly<Record<UnknownReason['reason'], string>> = {
  'not-read': 'not accessible',
  undecided: 'unknown',
  'assumption-not-set': 'assumption not set',
};
/** What stands for the severity of what is unknown. */
export const unknownLabel = ({ why }: Pick<Problem, 'why'>): string => unknownLabels[why?.reason ?? 'undecided'];

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
  /** Only of the kind `unreadable`. */
  readonly why?: UnknownReason;
  /** Why its findings are accepted: of the gravest. What is accepted is never in one problem with what is not. */
  readonly accepted: Accepted | null;
  /** Ids of its findings, the gravest first. Each finding that fails or is unknown is in one problem. */
  readonly findings: readonly string[];
  /** Ids of findings that only repeat these. */
  readonly rollUps: readonly string[];
  readonly changes: readonly ProblemChange[];
  /** What its plan changes besides: on other resources, or what must come first. */
  readonly otherChanges: readonly ProblemChange[];
  readonly question: ProblemQuestion | null;
  /** In one sentence what is wrong, why nothing can be sent, or why it could not be read. */
  readonly because: string;
  readonly effects: readonly Effect[];
  /** What puts the settings of its resource back after a change; absent where no mark was found. */
  readonly managedBy?: Manager;
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
  /** Of files with a selected workspace: resources beside it, which no check looked at. */
  readonly outside?: readonly string[];
}

/** Is it to be counted among what there is to do? */
export const isToDo = ({ accepted }: Pick<Problem, 'accepted'>): boolean => accepted === null;

/** Does `fix --all` resolve it? */
export const isPromised = ({ kind, gates, accepted }: Pick<Problem, 'kind' | 'gates' | 'accepted'>): boolean =>
  kind === 'fix' && gates.length === 0 && accepted === null;

/** What it takes in words; a lock or a missing permission comes before, and what is accepted takes nothing. */
export const problemWords = (problem: Pick<Problem, 'kind' | 'question' | 'gates' | 'accepted'>): string => {
  if (problem.accepted !== null) return 'accepted';
  return problem.gates.length > 0 && problem.kind !== 'unreadable'
    ? blockedLabel
    : problemLabels[problemTakes(problem)];
};

/** Changes of its plan: its own, and those that it makes besides. */
export const changeCount = ({ changes, otherChanges }: Pick<Problem, 'changes' | 'otherChanges'>): number =>
  changes.length + otherChanges.length;

/** What is done to which resource; the question; or why nothing is done. */
export function toDo(problem: Problem): string[] {
  const { resource, changes, question, because } = problem;
  if (question !== null) return [clean(question.text)];
  if (changes.length === 0) return [clean(because)];
  const own = changes.map((change) => {
    const name = sameId(change.resource, resource) ? '' : `${clean(nameInParent(change.resource), 120)}: `;
    return `${name}${clean(change.does)}`;
  });
  return [...own, ...alsoToDo(problem)];
}

/** So many resources are named that a plan changes besides; of more, how many there are. */
const mostNamed = 4;

/** `Also 3 changes to vnet-ml/snet-dev, vnet-ml/snet-gpu: 5 changes in all.` What needs a review may come to other numbers. */
function alsoToDo(problem: Problem): string[] {
  const { resource, kind, otherChanges } = problem;
  const count = otherChanges.length;
  if (count === 0) return [];
  const names = [
    ...new Set(otherChanges.map((one) => nameInParent(isWithin(one.resource, resource) ? resource : one.resource))),
  ].map((name) => clean(name, 120));
  const rest = names.length - mostNamed;
  const listed = `${names.slice(0, mostNamed).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
  const all = kind === 'fix' ? `: ${changeCount(problem)} changes in all` : '';
  return [`Also ${counted(count, 'change')} to ${listed}${all}.`];
}

/** Its headline in two parts, for a list with a column of resources. */
export function headlineParts({ headline }: Pick<Problem, 'headline'>): readonly [resource: string, text: string] {
  const at = headline.indexOf(': ');
  return [headline.slice(0, at), headline.slice(at + 2)];
}

/** How the first part ends where it stands for several resources: ` and stmlsim`, ` and 2 more`. */
export const otherResources = / and (?:(\d+) more|\S+)$/;

/** The numbers of a report. Header, lists, overview, guide and documents take theirs from here. */
export interface ReportNumbers {
  /** Problems that fail, and the same by the severity of their gravest finding. */
  readonly failing: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Those of them that are accepted are not counted. */
  readonly accepted: number;
  /** Causes of unknown checks, those of them that could not be read, and the assumptions that are not set. */
  readonly unreadable: number;
  readonly unread: number;
  readonly unset: readonly AssumptionName[];
  /** Problems that `fix --all` resolves. */
  readonly promised: number;
}

export function reportNumbers({ problems }: Pick<ProblemReport, 'problems'>): ReportNumbers {
  const open = problems.filter(isToDo);
  const failing = open.filter(({ kind }) => kind !== 'unreadable');
  const count = (severity: Severity) => failing.filter((one) => one.severity === severity).length;
  return {
    failing: failing.length,
    bySeverity: eachSeverity(count),
    accepted: problems.length - open.length,
    unreadable: open.length - failing.length,
    unread: open.filter(({ why }) => why?.reason === 'not-read').length,
    unset: [...new Set(open.flatMap(({ why }) => (why?.reason === 'assumption-not-set' ? [why.data.name] : [])))],
    promised: problems.filter(isPromised).length,
  };
}

/** Of a report without a failing problem; null of one with some. */
export interface NoProblems {
  /** No check is unknown either: then alone nothing is wrong. */
  readonly isSure: boolean;
  readonly text: 'No problems' | 'No known problems';
  readonly role: 'ok' | 'unknown';
  readonly unknown: number;
}

export function noProblems({
  problems,
  summary: { unknown },
}: Pick<ProblemReport, 'problems' | 'summary'>): NoProblems | null {
  if (reportNumbers({ problems }).failing > 0) return null;
  return unknown === 0
    ? { isSure: true, text: 'No problems', role: 'ok', unknown }
    : { isSure: false, text: 'No known problems', role: 'unknown', unknown };
}

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

/** `37 findings (8 of 15 problems)`, or `37 findings resolved (8 of 15 problems)`; without problems only the findings. */
export function resolvedWords(problems: readonly Problem[], resolves: readonly string[], did = ''): string {
  const { findings, resolved, failing } = problemNumbers(problems, resolves);
  return `${counted(findings, 'finding')}${did}${failing === 0 ? '' : ` (${resolved} of ${counted(failing, 'problem')})`}`;
}
