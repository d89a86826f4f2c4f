// The finding that the audit makes of a rule's result, and the report of all findings.
import type { Architecture, AssumptionName, Profile } from './assumption.ts';
import type { Effect } from './effect.ts';
import type { Json } from './json.ts';
import type { Manager } from './manager.ts';
import type { Reading } from './reading.ts';
import { fold } from './resource-id.ts';

export const severities = ['critical', 'high', 'medium', 'low', 'info'] as const;
export type Severity = (typeof severities)[number];
export const eachSeverity = <T>(of: (severity: Severity) => T): Readonly<Record<Severity, T>> => ({
  critical: of('critical'),
  high: of('high'),
  medium: of('medium'),
  low: of('low'),
  info: of('info'),
});
export type Outcome = 'pass' | 'fail' | 'unknown' | 'notApplicable';
export type FixKind = 'auto' | 'guided' | 'none';
/**
 * What it takes to resolve a failing finding or a problem: nothing but a yes; an answer; a look at the plan, because it must be
 * requested by name; or work that Bastide cannot send.
 */
export type Takes = 'fix' | 'answer' | 'review' | 'manual';
export const takesLabels: Readonly<Record<Takes, string>> = {
  fix: 'auto-fixable',
  answer: 'needs input',
  review: 'needs review',
  manual: 'manual fix',
};
export type UndoClass = 'exact' | 'equivalent' | 'partial' | 'none';

const undoClasses: readonly UndoClass[] = ['exact', 'equivalent', 'partial', 'none'];
export const worstUndo = (classes: readonly UndoClass[]): UndoClass =>
  undoClasses[Math.max(0, ...classes.map((one) => undoClasses.indexOf(one)))] ?? 'exact';

export interface Evidence {
  readonly resource: string;
  readonly pointer: string;
  readonly value: Json;
  readonly note: string;
}

/** Why a failing finding is accepted: it is shown, and not counted. */
export interface Accepted {
  readonly reason: string;
  readonly by: string | null;
  /** The last day, as 2027-03-31; null where it has no end. */
  readonly until: string | null;
}

/** Where a file declares the resource of a finding, or the property that decides it. */
export interface FindingLocation {
  /** As it was named on the command line. */
  readonly file: string;
  /** Both from 1; columns count UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** The address of the resource in Terraform: `module.net.azurerm_subnet.train[0]`. */
  readonly address?: string;
}

export interface Finding {
  /** `rule@resource` or `rule@resource#where`, resource and where in lower case; stable between scans. */
  readonly id: string;
  readonly rule: string;
  /** The requirement: what must hold. */
  readonly title: string;
  /** The problem: what is wrong when it does not hold. */
  readonly problem: string;
  readonly severity: Severity;
  readonly profiles: readonly Profile[];
  readonly outcome: Outcome;
  /** Azure's casing. */
  readonly resource: string;
  readonly where: string | null;
  readonly because: string;
  readonly evidence: readonly Evidence[];
  readonly fix: { readonly kind: FixKind; readonly undo: UndoClass };
  /** As its fix would be planned alone; absent where none was planned. */
  readonly takes?: Takes;
  /** Effects of its fix as it would be planned alone; absent where none was planned. */
  readonly effects?: readonly Effect[];
  /** Its fix, or a part of it, cannot be sent as things are: a lock or a missing permission stops it. */
  readonly blocked?: true;
  /** It only repeats what findings of other rules say of the same resource: shown under them, never counted. */
  readonly rollUp?: true;
  /** Only of a failing finding that `bastide.yaml` accepts. */
  readonly accepted?: Accepted;
  /** Only where its resource was read from a file. */
  readonly location?: FindingLocation;
  /** What puts the settings of its resource back after a change; absent where no mark was found. */
  readonly managedBy?: Manager;
  /** On the screen: it neither failed nor was unknown in the audit before. */
  readonly isNew?: true;
  /** Ids of the unreadable resources that made the outcome `unknown`; empty otherwise. */
  readonly gaps: readonly string[];
  /** It fails unless what could not be read says otherwise: ids and paths of that. Of a failing or unknown one; `problem` says it too. */
  readonly unless?: readonly string[];
  /** Of an unknown one: the assumption that would decide it, and is not set. */
  readonly unset?: AssumptionName;
}

/** The headline of a finding: the problem where it fails, or fails unless what was not read says otherwise; else the requirement. */
export const headline = (finding: Pick<Finding, 'outcome' | 'title' | 'problem' | 'unless'>): string =>
  finding.outcome === 'fail' || finding.unless !== undefined ? finding.problem : finding.title;

export const findingId = (rule: string, resource: string, where?: string | null): string =>
  where ? `${rule}@${fold(resource)}#${fold(where)}` : `${rule}@${fold(resource)}`;

export interface ArchitectureAnswer {
  /** `unknown`: what decides it could not be read, or files leave it unresolved. */
  readonly answer: Architecture | 'unknown';
  readonly votes: readonly { readonly resource: string; readonly vote: Architecture | null }[];
  /** Why this answer: `intent`, `votes`, `managed network`, `public access off`, `default`; where it is unknown, why. */
  readonly by: string;
}

export interface Summary {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly notApplicable: number;
  /** Failing findings only. */
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Findings that only repeat others; they are in none of the numbers above. */
  readonly rollUps: number;
  /** Failing findings that are accepted; they are in none of the numbers above. */
  readonly accepted: number;
}
/** How the number of failing findings is shown: 0 of them is good only where there are checks, and each has an answer. */
export function failingRole(
  { fail, unknown }: Pick<Summary, 'fail' | 'unknown'>,
  isJudged = true,
): 'bad' | 'unknown' | 'ok' {
  if (fail > 0) return 'bad';
  return unknown > 0 || !isJudged ? 'unknown' : 'ok';
}

export interface Report {
  readonly snapshot: string;
  readonly architecture: ArchitectureAnswer;
  readonly profile: Profile | 'all';
  readonly summary: Summary;
  /** What the scan could not read: by this it is known whether a finding that is not here is gone. */
  readonly reading: Reading;
  /** Ids of the rules that were checked: of any other the report says nothing. */
  readonly rules: readonly string[];
  /** Every outcome, worst first. */
  readonly findings: readonly Finding[];
}

/** `main.json:12:9`, which terminals and editors open; with the address of Terraform where there is one. */
export const locationWords = ({ file, line, column, address }: FindingLocation): string =>
  `${file}:${line}:${column}${address === undefined ? '' : ` (${address})`}`;

/** It fails or is unknown. */
export const isOpen = ({ outcome }: Pick<Finding, 'outcome'>): boolean => outcome === 'fail' || outcome === 'unknown';
/** How many of these checks are unknown because something could not be read. */
export const unjudgedCount = (findings: readonly Finding[]): number =>
  new Set(
    findings.filter((one) => one.outcome === 'unknown' && one.gaps.length > 0 && !isRollUp(one)).map(({ id }) => id),
  ).size;
/** It fails and has a fix. */
export const isFixable = ({ outcome, fix }: Pick<Finding, 'outcome' | 'fix'>): boolean =>
  outcome === 'fail' && fix.kind !== 'none';
/** What a lock or a missing permission stops. */
export const blockedLabel = 'blocked';
/** What it takes to resolve it, where it fails. */
export const takesOf = ({ takes, fix }: Pick<Finding, 'takes' | 'fix'>): Takes =>
  takes ?? ({ auto: 'fix', guided: 'answer', none: 'manual' } as const)[fix.kind];
/** The same in words, for columns; a dash where it does not fail, and for a roll-up, which goes with what it repeats. */
export const takesWords = (finding: Pick<Finding, 'outcome' | 'takes' | 'fix' | 'rollUp' | 'blocked'>): string => {
  if (finding.outcome !== 'fail' || finding.rollUp === true) return '-';
  return finding.blocked === true ? blockedLabel : takesLabels[takesOf(finding)];
};
/** `fail`; `fail (roll-up)` and `fail (accepted)` of a finding that no number counts. */
export const outcomeWords = ({
  outcome,
  rollUp,
  accepted,
}: Pick<Finding, 'outcome' | 'rollUp' | 'accepted'>): string =>
  rollUp === true ? `${outcome} (roll-up)` : accepted === undefined ? outcome : `${outcome} (accepted)`;
/** Does it only repeat others? */
export const isRollUp = ({ rollUp }: Pick<Finding, 'rollUp'>): boolean => rollUp === true;
export const isAccepted = ({ accepted }: Pick<Finding, 'accepted'>): boolean => accepted !== undefined;
/** Is it one of the findings that are counted? */
export const isCounted = (finding: Pick<Finding, 'rollUp' | 'accepted'>): boolean =>
  !isRollUp(finding) && !isAccepted(finding);
/** It fails, is not accepted, and has a fix that needs no input: `fix --all` includes it. */
export const isAutoFixable = ({ outcome, fix, accepted }: Pick<Finding, 'outcome' | 'fix' | 'accepted'>): boolean =>
  outcome === 'fail' && fix.kind === 'auto' && accepted === undefined;
