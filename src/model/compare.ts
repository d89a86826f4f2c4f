// Two reports side by side. What the newer one says of each finding of the older one is decided here alone. Pure.
import { type Finding, isCounted, type Outcome, type Report, type Severity } from './finding.ts';
import type { AuditedOutcome } from './outcome-turn.ts';
import type { Plan } from './plan.ts';
import { isMissing, isProvenAbsent, type OtherReading, type Reading } from './reading.ts';
import { findingParts } from './short-finding.ts';

/**
 * What a newer report says of a finding of an older one. `gone`: it is not there, and its subject is proven to be gone or to be none of
 * the rule any more. `notJudged`: it is not there, and a read failed that may have hidden it, so nothing is known of it. `notChecked`:
 * its rule was not checked, as it is off, of another profile or not loaded.
 */
export type LaterOutcome = Outcome | 'gone' | 'notJudged' | 'notChecked';

/** It does not fail any more: a finding that is gone has lost its subject, which resolves it as well. */
export const resolvedOutcomes: readonly LaterOutcome[] = ['pass', 'notApplicable', 'gone'];
/** Nothing is known of it. */
export const unknownOutcomes: readonly LaterOutcome[] = ['unknown', 'notJudged', 'notChecked'];

/** A newer report, as far as this is decided by it. Without rules, of an older version: those of the other one. */
export type LaterReport = Pick<Report, 'reading'> &
  Partial<Pick<Report, 'rules'>> & {
    readonly findings: readonly Pick<Finding, 'id' | 'outcome'>[];
  };

/** `earlier`: what the older scan could not read. */
export function laterOutcomes(earlier: OtherReading, report: LaterReport): (id: string) => LaterOutcome {
  const { findings, reading, rules } = report;
  const now = new Map(findings.map(({ id, outcome }) => [id, outcome]));
  const isChecked = checkedBy(rules);
  return (id) =>
    now.get(id) ?? (!isChecked(id) ? 'notChecked' : isFindingGone(id, reading, earlier) ? 'gone' : 'notJudged');
}

/** Was the rule of a finding checked? Of an older version that is not known, and taken for so. */
export function checkedBy(rules: readonly string[] | undefined): (id: string) => boolean {
  const known = rules && new Set(rules);
  return (id) => known?.has(findingParts(id)?.rule ?? id) ?? true;
}

/** What an audit that was kept says of each finding, for a turn. `known`: the outcomes that it keeps. */
export function keptOutcomes(
  known: ReadonlyMap<string, AuditedOutcome>,
  rules: readonly string[] | undefined,
): (id: string) => AuditedOutcome {
  const wasChecked = checkedBy(rules);
  return (id) => known.get(id) ?? (wasChecked(id) ? undefined : 'notChecked');
}

/** What an audit says of it, for a turn: what is gone was not checked. */
export const auditedOf = (outcome: LaterOutcome): AuditedOutcome => (outcome === 'gone' ? undefined : outcome);

/** Is a finding gone that the newer report does not hold? */
export function isFindingGone(id: string, reading: Reading, earlier: OtherReading): boolean {
  const { resource = id, where } = findingParts(id) ?? {};
  return isProvenAbsent(resource, reading, earlier) || (where?.startsWith('/') === true && isMissing(where, reading));
}

/** Finding ids, each list in the order of the report it comes from. */
export interface ReportComparison {
  /** Failed before and does not fail now. */
  readonly resolved: readonly string[];
  /** Fails now and did not fail before, when its rule was checked. */
  readonly introduced: readonly string[];
  readonly persisting: readonly string[];
  /** Failed before and is unknown now, or could not be judged or was not checked. */
  readonly unknown: readonly string[];
  /** Those of them that could not be judged: the report does not hold them, and a read failed that may have hidden them. */
  readonly notJudged: readonly string[];
  /** Those of all these that only repeat others: no number counts them. */
  readonly rollUps: readonly string[];
}

export function compareReports(before: Report, after: Report): ReportComparison {
  const later = laterOutcomes(before.reading, after);
  const wasChecked = checkedBy(before.rules);
  const failed = before.findings.filter(isFailing).map(({ id }) => id);
  const did = new Set(failed);
  const having = (...outcomes: readonly LaterOutcome[]) => failed.filter((id) => outcomes.includes(later(id)));
  return {
    resolved: having(...resolvedOutcomes),
    introduced: after.findings
      .filter((finding) => isFailing(finding) && !did.has(finding.id) && wasChecked(finding.id))
      .map(({ id }) => id),
    persisting: having('fail'),
    unknown: having(...unknownOutcomes),
    notJudged: having('notJudged'),
    rollUps: rollUpsIn(before, after),
  };
}

/** Ids of the findings that fail in one of the reports, and there only repeat others. */
export const rollUpsIn = (...reports: readonly Pick<Report, 'findings'>[]): string[] => [
  ...new Set(
    reports.flatMap(({ findings }) => findings.filter((one) => isFailing(one) && !isCounted(one))).map(({ id }) => id),
  ),
];

/** What a plan announces: the ids of the findings, and those among them, and among what it skips, that no number counts. */
export function previewOf(
  { resolved, introduced, rollUps }: ReportComparison,
  skipped: Plan['skipped'] = [],
): Plan['preview'] {
  const known = new Set([...resolved, ...introduced, ...skipped.map(({ finding }) => finding)]);
  const repeated = rollUps.filter((id) => known.has(id));
  return { resolves: resolved, introduces: introduced, ...(repeated.length === 0 ? {} : { rollUps: repeated }) };
}

/** How many of these findings are counted. */
export function countedIn(ids: readonly string[], rollUps: readonly string[] = []): number {
  const repeated = new Set(rollUps);
  return ids.filter((id) => !repeated.has(id)).length;
}

/** Said of a finding that the numbers leave out. */
export const rollUpWords = (id: string, rollUps: readonly string[] = []): string =>
  rollUps.includes(id) ? ' (roll-up, not counted)' : '';

export const isFailing = (finding: Finding): boolean => finding.outcome === 'fail';

export interface SevereFinding {
  readonly finding: string;
  readonly severity: Extract<Severity, 'critical' | 'high'>;
}

/** Those of these findings that fail, are counted, and are critical or high. */
export function severeIn(ids: readonly string[], { findings }: Pick<Report, 'findings'>): SevereFinding[] {
  const wanted = new Set(ids);
  return findings.flatMap(({ severity, ...one }) =>
    (severity === 'critical' || severity === 'high') && wanted.has(one.id) && one.outcome === 'fail' && isCounted(one)
      ? [{ finding: one.id, severity }]
      : [],
  );
}
