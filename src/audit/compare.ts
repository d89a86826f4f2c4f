// Two reports side by side, and the choosing of findings out of one. Pure.
import type { Finding, Outcome, Report, Severity } from '../model/finding.ts';
import { severities } from '../model/finding.ts';
import { fold } from '../model/resource-id.ts';
import { isAbout } from './judge.ts';

/** Finding ids, each list in the order of the report it comes from. */
export interface Comparison {
  /** Failed before, and does not any more. */
  readonly resolved: readonly string[];
  /** Fails now, and did not before. */
  readonly introduced: readonly string[];
  readonly persisting: readonly string[];
  /** Failed before; now nobody can say. */
  readonly unknown: readonly string[];
}

export function compareReports(before: Report, after: Report): Comparison {
  const now = new Map(after.findings.map((finding) => [finding.id, finding.outcome]));
  const failed = before.findings.filter(isFailing).map(({ id }) => id);
  const did = new Set(failed);
  return {
    resolved: failed.filter((id) => now.get(id) !== 'fail' && now.get(id) !== 'unknown'),
    introduced: after.findings.filter((finding) => isFailing(finding) && !did.has(finding.id)).map(({ id }) => id),
    persisting: failed.filter((id) => now.get(id) === 'fail'),
    unknown: failed.filter((id) => now.get(id) === 'unknown'),
  };
}

export const isFailing = (finding: Finding): boolean => finding.outcome === 'fail';

/** Is a severity at or above a threshold? */
export const atLeast = (severity: Severity, threshold: Severity): boolean =>
  severities.indexOf(severity) <= severities.indexOf(threshold);

export interface Selection {
  readonly outcomes?: readonly Outcome[];
  /** This one and worse. */
  readonly severity?: Severity;
  readonly rule?: string;
  readonly resource?: string;
}

/** The findings that fit every criterion given, in the report's order. */
export const selectFindings = (report: Report, { outcomes, severity, rule, resource }: Selection): Finding[] =>
  report.findings.filter(
    (finding) =>
      (outcomes === undefined || outcomes.includes(finding.outcome)) &&
      (severity === undefined || atLeast(finding.severity, severity)) &&
      (rule === undefined || fold(finding.rule) === fold(rule)) &&
      (resource === undefined || isAbout(finding, resource)),
  );

/** Ids of the gaps that made some verdict unknown. */
export const gapsThatMattered = (report: Report): string[] => [
  ...new Set(report.findings.flatMap((finding) => finding.gaps)),
];
