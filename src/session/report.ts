// The report of a session: the audit, as `bastide.yaml` judges it, with fixes and problems; and what a plan of all fixes leaves out.
import {
  audit,
  decidedInEach,
  leftOutBy,
  narrowed,
  type OpenParameter,
  outsideOf,
  projectSummary,
  valuesToSuppose,
  withProject,
} from '../audit/index.ts';
import type { Assumptions } from '../model/assumption.ts';
import type { Change } from '../model/change.ts';
import { EditConflict } from '../model/edit.ts';
import { exitStatus, Failure } from '../model/failure.ts';
import type { Finding, Report } from '../model/finding.ts';
import { withEachFinding } from '../model/large-report.ts';
import type { ProblemReport } from '../model/problem.ts';
import type { ProjectConfig } from '../model/project-config.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { clean } from '../model/text.ts';
import { applyChanges, type DecideOpen, type PlanInput, withFixes } from '../plan/index.ts';
import { refusedClients } from '../resource-types/index.ts';
import type { Rule } from '../rules/rule.ts';
import type { Session } from './session.ts';

/** Assumptions as a session audits with them. Throws Failure (exit 2) where they declare clients that cannot be an operator's own. */
export function usable(intents: Assumptions, project: ProjectConfig | null | undefined): Assumptions {
  const refused = refusedClients(intents.devClientIps ?? []);
  if (refused === undefined) return intents;
  const isFile = project?.assumptions.devClientIps === intents.devClientIps;
  const where = isFile ? `${clean(project?.path ?? '', 300)}: the` : 'The';
  throw new Failure(
    'bad-value',
    exitStatus.usage,
    `${where} assumption devClientIps cannot contain ${clean(refused.value, 300)}. ${refused.says}`,
    isFile
      ? 'Change it in the file. It declares the public IP addresses or ranges of your clients.'
      : 'Declare the public IP addresses or ranges of your clients: `bastide assume devClientIps ADDRESS`.',
  );
}

/** Of more resources the open parameters are not supposed one value after another. */
const mostSupposed = 1000;

export interface ReportOptions {
  readonly rules: readonly Rule[];
  /** What `bastide.yaml` says now; null where there is none. */
  readonly project?: (() => ProjectConfig | null) | undefined;
  /** Where the files declare the resource of a finding. */
  readonly locate?: ((finding: Finding) => Finding['location']) | undefined;
  /** What files leave open, and their world where it has these values. */
  readonly supposed?: SupposedValues | undefined;
  now(): Date;
  /** Ids of what Bastide created. */
  readonly isOwn?: (id: string) => boolean;
}

export interface SupposedValues {
  readonly parameters: readonly OpenParameter[];
  worldOf(values: Readonly<Record<string, string>>, like: Snapshot): Snapshot | undefined;
}

export function reporter({ rules, project = () => null, now, isOwn, locate, supposed }: ReportOptions): {
  readonly report: Session['report'];
  readonly byEveryRule: Session['byEveryRule'];
  readonly judged: Session['judged'];
  readonly leftOut: NonNullable<PlanInput['leftOut']>;
  /** For plans of this snapshot. */
  readonly decideIn: (snapshot: Snapshot) => DecideOpen;
} {
  const today = (): string => now().toISOString();
  const leftOut = (finding: Finding): string | undefined => {
    const config = project();
    return config === null ? undefined : leftOutBy(config, finding, today());
  };
  const supposing = (report: Report, snapshot: Snapshot, changes: readonly Change[]): Report => {
    if (supposed === undefined || snapshot.resources.length > mostSupposed) return report;
    const worlds = valuesToSuppose(report, supposed.parameters).map((values) =>
      changed(supposed.worldOf(values, snapshot), changes),
    );
    const reports = worlds.flatMap((world) => (world === undefined ? [] : [audit(world, rules, report.profile)]));
    if (reports.length < worlds.length) return report;
    return decidedInEach(report, reports, supposed.parameters, rules);
  };
  return {
    leftOut,
    byEveryRule: (snapshot) => supposing(audit(snapshot, rules, 'all'), snapshot, []),
    judged(snapshot, profile) {
      const config = project();
      const checked = supposing(audit(snapshot, rules, profile), snapshot, []);
      return config === null ? checked : withProject(checked, rules, config, today());
    },
    decideIn: (snapshot) => (report, changes) => supposing(report, snapshot, changes),
    report(snapshot, profile, isWanted): ProblemReport {
      const config = project();
      const checked = supposing(audit(snapshot, rules, profile), snapshot, []);
      const judged = config === null ? checked : withProject(checked, rules, config, today());
      const own = isWanted === undefined ? judged : narrowed(judged, rules, isWanted);
      const input = { snapshot, rules, profile, leftOut, ...(isOwn === undefined ? {} : { isOwn }) };
      const shown = located(withFixes(own, input), locate);
      const outside = profile === 'all' && isWanted === undefined ? outsideOf(snapshot, checked) : [];
      const report = outside.length === 0 ? shown : withEachFinding(shown, { outside });
      if (config === null) return report;
      const { workspace } = snapshot;
      return withEachFinding(report, { project: projectSummary(judged, rules, config, { today: today(), workspace }) });
    },
  };
}

/** Undefined where the changes do not fit what a value of the parameter gives. */
function changed(world: Snapshot | undefined, changes: readonly Change[]): Snapshot | undefined {
  if (world === undefined || changes.length === 0) return world;
  try {
    return applyChanges(world, changes);
  } catch (error) {
    if (error instanceof EditConflict) return undefined;
    throw error;
  }
}

const located = (report: ProblemReport, locate: ReportOptions['locate']): ProblemReport =>
  locate === undefined
    ? report
    : withEachFinding(report, {}, (one) => {
        const location = locate(one);
        return location === undefined ? one : { ...one, location };
      });
