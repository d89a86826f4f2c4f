// Two reports side by side. Pure.
import type { Finding, Report } from './finding.ts';

/** Finding ids, each list in the order of the report it comes from. */
export interface ReportComparison {
  /** Failed before and does not fail now. */
  readonly resolved: readonly string[];
  /** Fails now and did not fail before. */
  readonly introduced: readonly string[];
  readonly persisting: readonly string[];
  /** Failed before and is unknown now. */
  readonly unknown: readonly string[];
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
  };
}

export const isFailing = (finding: Finding): boolean => finding.outcome === 'fail';
