// The audit of many workspaces at once: a row for each, and what several of them have in common.
import type { ProfileChoice } from './assumption.ts';
import type { AssumptionSpread } from './assumption-values.ts';
import { type Finding, isCounted, type Severity, type Summary, severities } from './finding.ts';
import { type ProblemReport, reportNumbers } from './problem.ts';
import { fold, subscriptionOf } from './resource-id.ts';
import { counted, utcMinute } from './text.ts';

/** 1: read from Azure Resource Graph alone; 2: with the lists that only Azure Resource Manager has. */
export type FleetStage = 1 | 2;

/** Something that could not be read. */
export interface FleetGap {
  readonly id: string;
  /** One sentence. */
  readonly reason: string;
  /** The ARM action that it needs. */
  readonly action: string;
  /** False: fleet mode leaves it out, by what it is or by what was asked for. */
  readonly isFailure: boolean;
}

export interface FleetRow {
  /** Id of the workspace. */
  readonly id: string;
  readonly name: string;
  readonly subscription: string;
  readonly resourceGroup: string;
  /** The worst of what fails; null where nothing does. */
  readonly severity: Severity | null;
  readonly summary: Summary;
  /** Problems to be fixed or decided, and the same by the severity of their gravest finding. */
  readonly problems: number;
  readonly problemsBySeverity: Readonly<Record<Severity, number>>;
  readonly stage: FleetStage;
  /** What checks are unknown for. */
  readonly gaps: readonly FleetGap[];
  /** ISO 8601, UTC: when it was read. */
  readonly at: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The tags that name who a workspace belongs to, the first that it has, whatever their case; "" without one. */
export function ownerOf({ tags }: Pick<FleetRow, 'tags'>): string {
  const all = Object.entries(tags);
  const found = ['owner', 'contact', 'team'].flatMap(
    (name) => all.find(([tag]) => tag.toLowerCase() === name)?.[1] ?? [],
  );
  return found[0] ?? '';
}

/** A resource that several workspaces use, and what of it fails in each of them. */
export interface SharedCause {
  readonly resource: string;
  readonly headline: string;
  readonly severity: Severity;
  /** Rules that fail in two workspaces at least, the worst first. */
  readonly rules: readonly string[];
  /** Ids. */
  readonly workspaces: readonly string[];
}

export type FleetFinding = Pick<Finding, 'id' | 'rule' | 'severity' | 'problem' | 'because' | 'resource'>;

/** One problem of one workspace, in the detail that a list of a whole fleet shows. */
export interface FleetProblem {
  readonly workspace: string;
  readonly resource: string;
  readonly headline: string;
  readonly severity: Severity;
  /** Each failing finding of it. */
  readonly findings: readonly FleetFinding[];
}

/** What a fleet audit is about: without a scope every workspace that the caller can read. */
export interface FleetRequest {
  readonly subscriptions: readonly string[];
  readonly managementGroup?: string;
  /** 1: Resource Graph alone. */
  readonly stage: FleetStage;
  readonly profile: ProfileChoice;
  /** Hears what stage 1 came to before stage 2 begins. */
  readonly onStageOne?: (report: FleetReport) => void;
  /** Reads everything again, whatever an interrupted run had read. */
  readonly restart?: boolean;
}

export interface FleetReport {
  /** ISO 8601, UTC: when the reading began. */
  readonly at: string;
  /** The worst first. */
  readonly workspaces: readonly FleetRow[];
  readonly shared: readonly SharedCause[];
  readonly problems: readonly FleetProblem[];
  readonly requests: { readonly graph: number; readonly arm: number };
  /** Is every workspace in scope there, each at stage 2 and without a failed read? */
  readonly complete: boolean;
  /** What could not be read of the fleet as a whole. */
  readonly gaps: readonly FleetGap[];
  /** Assumptions that are not the same for all workspaces; absent where all are. */
  readonly assumptions?: readonly AssumptionSpread[];
}

/** The numbers of a row, which are those of the workspace's own audit. */
export function rowNumbers(
  report: ProblemReport,
): Pick<FleetRow, 'severity' | 'summary' | 'problems' | 'problemsBySeverity'> {
  const { failing, bySeverity } = reportNumbers(report);
  return {
    severity: severities.find((one) => report.summary.bySeverity[one] > 0) ?? null,
    summary: report.summary,
    problems: failing,
    problemsBySeverity: bySeverity,
  };
}

/** The problems of a workspace that something can be done about, without what is accepted or could not be read. */
export function fleetProblems(workspace: string, report: ProblemReport): FleetProblem[] {
  const byId = new Map(report.findings.map((one) => [one.id, one]));
  return report.problems.flatMap((problem) => {
    if (problem.kind === 'unreadable' || problem.accepted !== null) return [];
    const findings = problem.findings
      .flatMap((id) => byId.get(id) ?? [])
      .filter((one) => one.outcome === 'fail' && isCounted(one))
      .map(({ id, rule, severity, problem: words, because, resource }) => ({
        id,
        rule,
        severity,
        problem: words,
        because,
        resource,
      }));
    if (findings.length === 0) return [];
    const { resource, severity } = problem;
    return [{ workspace, resource, headline: problem.headline, severity, findings }];
  });
}

/** What could not be read, with what to do: the report's own, and those of workspaces, once for each subscription and action. */
export function missingReads({ gaps, workspaces }: Pick<FleetReport, 'gaps' | 'workspaces'>): FleetGap[] {
  const found = new Map<string, { readonly gap: FleetGap; readonly workspaces: Set<string> }>();
  for (const row of workspaces) {
    for (const gap of row.gaps) {
      if (!gap.isFailure || gaps.some(({ reason }) => reason.includes(gap.reason))) continue;
      const key = fold(`${subscriptionOf(gap.id) ?? ''} ${gap.action}`);
      const known = found.get(key) ?? { gap, workspaces: new Set() };
      known.workspaces.add(row.id);
      found.set(key, known);
    }
  }
  const ofWorkspaces = [...found.values()].map(({ gap, workspaces: users }) => ({
    ...gap,
    id: `/subscriptions/${subscriptionOf(gap.id) ?? ''}`,
    reason: `${gap.action} failed for ${counted(users.size, 'workspace')}. ${gap.reason} Check that you have Reader there, then run the same command again.`,
  }));
  return [...gaps, ...ofWorkspaces];
}

/** What the numbers of a fleet do not tell. */
export type FleetLimit =
  /** `asked`: ISO 8601, UTC. A row of the index may be older by minutes. */
  | { readonly reason: 'index-delay'; readonly data: { readonly asked: string } }
  | { readonly reason: 'stage-1'; readonly data: { readonly workspaces: number } }
  | { readonly reason: 'not-in-index'; readonly data: { readonly checks: number; readonly workspaces: number } }
  | { readonly reason: 'nothing-judged'; readonly data: { readonly workspaces: number } };

/** Where a read failed, that is why checks are unknown; it is named among what could not be read. */
export function fleetLimits({ at, workspaces }: Pick<FleetReport, 'at' | 'workspaces'>): FleetLimit[] {
  const first = workspaces.filter(({ stage }) => stage === 1).length;
  const left = workspaces.filter(
    ({ gaps, stage, summary }) =>
      stage === 2 && summary.unknown > 0 && gaps.length > 0 && !gaps.some(({ isFailure }) => isFailure),
  );
  const checks = left.reduce((sum, { summary }) => sum + summary.unknown, 0);
  const none = workspaces.filter(isUnjudged).length;
  return [
    ...(workspaces.length === 0 ? [] : [{ reason: 'index-delay' as const, data: { asked: at } }]),
    ...(first === 0 ? [] : [{ reason: 'stage-1' as const, data: { workspaces: first } }]),
    ...(checks === 0 ? [] : [{ reason: 'not-in-index' as const, data: { checks, workspaces: left.length } }]),
    ...(none === 0 ? [] : [{ reason: 'nothing-judged' as const, data: { workspaces: none } }]),
  ];
}

/** Is there no check of it that passes or fails? */
export const isUnjudged = ({ summary: { accepted, fail, pass } }: Pick<FleetRow, 'summary'>): boolean =>
  pass + fail + accepted === 0;

export function limitWords(limit: FleetLimit): string {
  switch (limit.reason) {
    case 'index-delay':
      return `Azure Resource Graph was asked at ${utcMinute(limit.data.asked)}. Its rows may be minutes older, so newer changes may be missing.`;
    case 'stage-1':
      return `${counted(limit.data.workspaces, 'workspace')} at stage 1: computes, datastores and outbound rules were not read, so their checks are unknown, and so is what they share.`;
    case 'not-in-index':
      return `${counted(limit.data.checks, 'check')} unknown: Azure Resource Graph does not contain all that they need. An audit of one workspace reads the rest.`;
    case 'nothing-judged':
      return `${counted(limit.data.workspaces, 'workspace')} without a check that passes or fails: nothing is known of them.`;
  }
}

const rank = ({ severity }: { readonly severity: Severity | null }): number =>
  severity === null ? severities.length : severities.indexOf(severity);

/** By severity, then by how much fails of it, then by name. */
export function worstWorkspaceFirst(a: FleetRow, b: FleetRow): number {
  const most = severities
    .map((one) => b.summary.bySeverity[one] - a.summary.bySeverity[one])
    .find((more) => more !== 0);
  return rank(a) - rank(b) || (most ?? 0) || (fold(a.id) < fold(b.id) ? -1 : 1);
}
