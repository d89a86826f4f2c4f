// Two reports side by side. Pure.
import { type Finding, isCounted, type Report, type Severity } from './finding.ts';
import type { Plan } from './plan.ts';

/** Finding ids, each list in the order of the report it comes from. */
export interface ReportComparison {
  /** Failed before and does not fail now. */
  readonly resolved: readonly string[];
  /** Fails now and did not fail before. */
  readonly introduced: readonly string[];
  readonly persisting: readonly string[];
  /** Failed before and is unknown now. */
  readonly unknown: readonly string[];
  /** Those of all these that only repeat others: no number counts them. */
  readonly rollUps: readonly string[];
}

export function compareReports(before: Report, after: Report): ReportComparison {
  const now = new Map(after.findings.map((finding) => [finding.id, finding.outcome]));
  const failed = before.findings.filter(isFailing).map(({ id }) => id);
  const did = new Set(failed);
  return {
    resolved: failed.filter((id) => now.get(id) !== 'fail' && now.get(id) !== 'unknown'),
    introduced: after.findings.filter((finding) => isFailing(finding) && !did.has(finding.id)).map(({ id }) => id),
    persisting: failed.filter((id) => now.get(id) === 'fail'),
    unknown: failed.filter((id) => now.get(id) === 'unknown'),
    rollUps: rollUpsIn(before, after),
  };
}

/** Ids of the findings that fail in one of the reports, and there only repeat others. */
const rollUpsIn = (...reports: readonly Report[]): string[] => [
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
