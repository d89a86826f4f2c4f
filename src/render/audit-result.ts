// The result of `audit` (cli contract, "JSON"): what a snapshot and a report become for a reader. Pure.
import { type DiagnosisReport, diagnosisReport } from '../audit/diagnosis.ts';
import { type LiveReport, liveReport } from '../audit/live.ts';
import type { ArchitectureAnswer, Finding, Report, Severity, Summary } from '../model/finding.ts';
import { isOpen, severities } from '../model/finding.ts';
import type { Since } from '../model/last-run.ts';
import type { ReadFailure, Snapshot, Source } from '../model/snapshot.ts';
import { type TagsSummary, tagsSummary } from '../model/tags-seen.ts';

/** What has changed since this workspace was judged here the last time. */
export interface SinceLast extends Since {
  /** When that was; null where nothing of it is known, and everything is then empty. */
  readonly at: string | null;
  /** Why nothing is known though something was kept. */
  readonly note: string | null;
}

export interface AuditResult {
  readonly snapshot: {
    readonly id: string;
    readonly takenAt: string;
    readonly workspace: string | null;
    readonly architecture: ArchitectureAnswer;
    readonly source: Source;
    readonly requests: number;
    readonly gaps: readonly ReadFailure[];
    readonly serviceTags: TagsSummary;
  };
  readonly summary: Summary;
  readonly findings: readonly Finding[];
  /** Only where Azure was asked what is in effect. */
  readonly live?: LiveReport;
  /** Only where the service was asked for its own diagnosis. */
  readonly diagnosis?: DiagnosisReport;
  /** Only where it was asked for. */
  readonly since?: SinceLast;
}

/** Findings that fail or are unknown; with `allOutcomes` every one. */
export function auditResult(snapshot: Snapshot, report: Report, allOutcomes: boolean, since?: SinceLast): AuditResult {
  const live = liveReport(snapshot);
  const diagnosis = diagnosisReport(snapshot, report.findings);
  const { id, takenAt, workspace, source, requests, gaps } = snapshot;
  return {
    snapshot: {
      ...{ id, takenAt, workspace, architecture: report.architecture, source, requests, gaps },
      serviceTags: tagsSummary(snapshot),
    },
    summary: report.summary,
    findings: allOutcomes ? report.findings : report.findings.filter(isOpen),
    ...(live === undefined ? {} : { live }),
    ...(diagnosis === undefined ? {} : { diagnosis }),
    ...(since === undefined ? {} : { since }),
  };
}

/** Is a severity at or above the limit? Nothing is at or above `never`. */
export const isAtLeast = (severity: Severity, limit: Severity | 'never'): boolean =>
  limit !== 'never' && severities.indexOf(severity) <= severities.indexOf(limit);
