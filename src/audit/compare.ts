// Selects findings of a report. Pure.
import type { Finding, Outcome, Report, Severity } from '../model/finding.ts';
import { severities } from '../model/finding.ts';
import { fold } from '../model/resource-id.ts';
import { isAbout } from './check.ts';

/** Whether a severity is at or above a threshold. */
export const atLeast = (severity: Severity, threshold: Severity): boolean =>
  severities.indexOf(severity) <= severities.indexOf(threshold);

export interface ComparisonSelection {
  readonly outcomes?: readonly Outcome[];
  /** This one and worse. */
  readonly severity?: Severity;
  readonly rule?: string;
  readonly resource?: string;
}

/** The findings that match all criteria, in the order of the report. */
export const selectFindings = (
  report: Report,
  { outcomes, severity, rule, resource }: ComparisonSelection,
): Finding[] =>
  report.findings.filter(
    (finding) =>
      (outcomes === undefined || outcomes.includes(finding.outcome)) &&
      (severity === undefined || atLeast(finding.severity, severity)) &&
      (rule === undefined || fold(finding.rule) === fold(rule)) &&
      (resource === undefined || isAbout(finding, resource)),
  );

/** Ids of the failed reads that made an outcome unknown. */
export const gapsThatMattered = (report: Report): string[] => [
  ...new Set(report.findings.flatMap((finding) => finding.gaps)),
];
