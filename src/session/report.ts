// The report of a session: the audit, as `bastide.yaml` judges it, with fixes and problems; and what a plan of all fixes leaves out.
import { audit, leftOutBy, narrowed, projectSummary, withProject } from '../audit/index.ts';
import type { Finding } from '../model/finding.ts';
import { withEachFinding } from '../model/large-report.ts';
import type { ProblemReport } from '../model/problem.ts';
import type { ProjectConfig } from '../model/project-config.ts';
import { type PlanInput, withFixes } from '../plan/index.ts';
import type { Rule } from '../rules/rule.ts';
import type { Session } from './session.ts';

export interface ReportOptions {
  readonly rules: readonly Rule[];
  /** What `bastide.yaml` says now; null where there is none. */
  readonly project?: (() => ProjectConfig | null) | undefined;
  /** Where the files declare the resource of a finding. */
  readonly locate?: ((finding: Finding) => Finding['location']) | undefined;
  now(): Date;
  /** Ids of what Bastide created. */
  readonly isOwn?: (id: string) => boolean;
}

export function reporter({ rules, project = () => null, now, isOwn, locate }: ReportOptions): {
  readonly report: Session['report'];
  readonly leftOut: NonNullable<PlanInput['leftOut']>;
} {
  const today = (): string => now().toISOString();
  const leftOut = (finding: Finding): string | undefined => {
    const config = project();
    return config === null ? undefined : leftOutBy(config, finding, today());
  };
  return {
    leftOut,
    report(snapshot, profile, isWanted): ProblemReport {
      const config = project();
      const checked = audit(snapshot, rules, profile);
      const judged = config === null ? checked : withProject(checked, rules, config, today());
      const own = isWanted === undefined ? judged : narrowed(judged, rules, isWanted);
      const input = { snapshot, rules, profile, leftOut, ...(isOwn === undefined ? {} : { isOwn }) };
      const report = located(withFixes(own, input), locate);
      if (config === null) return report;
      const { workspace } = snapshot;
      return withEachFinding(report, { project: projectSummary(judged, rules, config, { today: today(), workspace }) });
    },
  };
}

const located = (report: ProblemReport, locate: ReportOptions['locate']): ProblemReport =>
  locate === undefined
    ? report
    : withEachFinding(report, {}, (one) => {
        const location = locate(one);
        return location === undefined ? one : { ...one, location };
      });
