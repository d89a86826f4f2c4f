// The result of `audit` as JSON (docs/commands.md), made from a snapshot and a report. Pure.
import { type ArticleSummary, articleSummary } from '../audit/article.ts';
import { type DiagnosisReport, diagnosisReport, isDiagnosed } from '../audit/diagnosis.ts';
import { type LiveReport, liveReport } from '../audit/live.ts';
import type { ScopeResult } from '../model/access-scope.ts';
import { type EndingVersion, endingIn, type LaggingVersion, laggingIn } from '../model/api-versions.ts';
import type { Assumptions } from '../model/assumption.ts';
import { type AssumptionChange, assumptionChangeWords } from '../model/assumption-values.ts';
import type { ArchitectureAnswer, Finding, Severity, Summary } from '../model/finding.ts';
import { severities } from '../model/finding.ts';
import { type EveryFinding, everyFinding, isLarge, openFindings } from '../model/large-report.ts';
import type { Since } from '../model/last-run.ts';
import { fewIds } from '../model/nearest.ts';
import type { NetworkMap } from '../model/network-map.ts';
import type { Plan } from '../model/plan.ts';
import type { Problem, ProblemReport } from '../model/problem.ts';
import type { ProjectSummary } from '../model/project-config.ts';
import { nameOf, sameId } from '../model/resource-id.ts';
import type { ReadFailure, SkippedFile, Snapshot, Source } from '../model/snapshot.ts';
import { type TagsSummary, tagsSummary } from '../model/tags-seen.ts';
import { clean, counted, utcMinute } from '../model/text.ts';
import { unreadIn } from './unread.ts';

/** What has changed since the last audit of this workspace here. */
export interface SinceLast extends Since {
  /** Time of that audit; null without one, and everything is then empty. */
  readonly at: string | null;
  /** Why the stored run is not usable. */
  readonly note: string | null;
}

export interface AuditResult {
  readonly snapshot: {
    readonly id: string;
    readonly takenAt: string;
    readonly workspace: string | null;
    /** Where none is selected: those of the files. */
    readonly workspaces?: readonly string[];
    readonly architecture: ArchitectureAnswer;
    readonly source: Source;
    readonly requests: number;
    readonly gaps: readonly ReadFailure[];
    /** As they are declared. */
    readonly assumptions: Assumptions;
    readonly serviceTags: TagsSummary;
    /** Only of folders: the files that were not read, and why. */
    readonly skipped?: readonly SkippedFile[];
    /** Only of files with a selected workspace: ids of resources beside it, which were not checked. */
    readonly outside?: readonly string[];
  };
  readonly profile: ProblemReport['profile'];
  /** Ids of the rules that were checked. */
  readonly rules: readonly string[];
  readonly summary: Summary;
  /** What there is to do, the gravest first; what could not be read comes last. */
  readonly problems: readonly Problem[];
  /** Those that fail or are unknown; every one where all are listed, unless they are too many ({@link listedIn}). */
  readonly findings: readonly Finding[];
  /** Only where all are listed and are too many to be in memory together: each of them, worst first; not part of the JSON. */
  readonly listed?: () => Iterable<Finding>;
  /** Every outcome, for documents that count what passes too; not part of the JSON. */
  readonly every: () => EveryFinding;
  /** What only a whole page shows; computed when it is made, and not part of the JSON. */
  readonly gather?: () => {
    /** The number of its problems where the plan is too long to show. */
    readonly plan: Plan | number;
    readonly map: NetworkMap;
  };
  /** Why nothing was checked, where nothing was. */
  readonly empty?: string;
  /** What text and documents begin with. */
  readonly by: 'problem' | 'finding';
  /** Only where live effective settings were requested. */
  readonly live?: LiveReport;
  /** Only where the service's own diagnosis was requested. */
  readonly diagnosis?: DiagnosisReport;
  /** Api-versions in use that end soon; only where there are some. */
  readonly versions?: readonly EndingVersion[];
  /** Types that this cloud shows at an older api-version; only where there are some. */
  readonly lagging?: readonly LaggingVersion[];
  /** Only where requested. */
  readonly since?: SinceLast;
  /** Only for the profile of the article of 2020. */
  readonly article?: ArticleSummary;
  /** Only where there is a `bastide.yaml`. */
  readonly config?: ProjectSummary;
  /** Only where `bastide.yaml` has access scopes. */
  readonly scopes?: readonly ScopeResult[];
  /** Only where some findings were selected: everything above is about those alone. */
  readonly selection?: AuditSelection;
}

/** Which findings an audit was narrowed to. */
export interface AuditSelection {
  readonly rules: readonly string[];
  readonly skipRules: readonly string[];
  readonly areas: readonly string[];
  readonly resources: readonly string[];
  /**
   * Only what is new since: an earlier audit on this machine, or the file of a baseline; null where all findings are listed.
   */
  readonly against:
    | (EarlierCounts & { readonly kind: 'audit'; readonly at: string | null })
    | (EarlierCounts & {
        readonly kind: 'baseline';
        readonly file: string;
        readonly at: string | null;
        /** Those that are declared otherwise since; absent where none is, null where the baseline does not tell. */
        readonly assumptions?: readonly AssumptionChange[] | null;
      })
    | null;
  /** Checks that are left, and of how many; roll-ups and accepted findings are none. */
  readonly checks: number;
  readonly of: number;
  /** No check applies to what was selected, new or not: nothing was judged. Absent where one does. */
  readonly none?: true;
}

/** How many are not listed, because it is not known whether they are new; absent where it is none. */
interface EarlierCounts {
  /** Open, and their rules were not checked then. */
  readonly firstChecked?: number;
  /** They fail, and were unknown then. */
  readonly learned?: number;
}

interface AuditShape {
  readonly allOutcomes: boolean;
  readonly by: AuditResult['by'];
  readonly since?: SinceLast | undefined;
  readonly selection?: AuditSelection | undefined;
  readonly scopes?: readonly ScopeResult[] | undefined;
  /** Of the report before the selection; the summary of the report unless given. */
  readonly checked?: Summary | undefined;
}

/** The findings that the audit lists. */
export const listedIn = ({ findings, listed }: Pick<AuditResult, 'findings' | 'listed'>): Iterable<Finding> =>
  listed?.() ?? findings;

/** Findings that fail or are unknown; with `allOutcomes` every one. */
export function auditResult(
  snapshot: Snapshot,
  report: ProblemReport,
  { allOutcomes, by, since, selection, scopes = [], checked = report.summary }: AuditShape,
): AuditResult {
  const live = liveReport(snapshot);
  const diagnosis = isDiagnosed(snapshot) ? diagnosisReport(snapshot, report.findings) : undefined;
  const article = articleSummary(report);
  const { id, takenAt, workspace, source, requests, gaps } = snapshot;
  // What a file states is not what Bastide asks for.
  const asked = source.kind === 'files' ? [] : snapshot.resources;
  const versions = source.kind === 'files' ? [] : endingIn(asked, takenAt);
  const lagging = laggingIn(asked);
  return {
    snapshot: {
      ...{ id, takenAt, workspace, architecture: report.architecture, source, requests, gaps },
      assumptions: snapshot.intents,
      serviceTags: tagsSummary(snapshot),
      ...(workspace === null ? { workspaces: workspacesIn(snapshot) } : {}),
      ...(snapshot.skipped === undefined ? {} : { skipped: snapshot.skipped }),
      ...(report.outside === undefined ? {} : { outside: report.outside }),
    },
    profile: report.profile,
    summary: report.summary,
    problems: report.problems,
    findings: allOutcomes && !isLarge(report) ? report.findings : openFindings(report),
    ...(allOutcomes && isLarge(report) ? { listed: everyFinding(report).sorted } : {}),
    every: () => everyFinding(report),
    by,
    ...emptyOf(snapshot, checked),
    ...(versions.length === 0 ? {} : { versions }),
    ...(lagging.length === 0 ? {} : { lagging }),
    ...(live === undefined ? {} : { live }),
    ...(diagnosis === undefined ? {} : { diagnosis }),
    ...(since === undefined ? {} : { since }),
    ...(article === undefined ? {} : { article }),
    ...(report.project === undefined ? {} : { config: report.project }),
    ...(scopes.length === 0 ? {} : { scopes }),
    ...(selection === undefined ? {} : { selection }),
    // Long, and seldom read: last, so that a page of the result begins with the findings.
    rules: report.rules,
  };
}

const workspacesIn = ({ resources }: Snapshot): string[] =>
  resources.filter(({ type }) => sameId(type, 'Microsoft.MachineLearningServices/workspaces')).map(({ id }) => id);

/** Why nothing was checked, before any selection. */
export const emptyOf = (snapshot: Snapshot, checked: Summary): Pick<AuditResult, 'empty'> =>
  isEmpty(checked) ? { empty: emptyWords(snapshot) } : {};

/** Does none of these checks apply? */
export const isEmpty = ({ pass, fail, unknown }: Summary): boolean => pass + fail + unknown === 0;

/** `0 checks: main.json holds 12 resources, none of them of a type that is checked (Microsoft.Web/sites).` */
function emptyWords({ source, resources }: Snapshot): string {
  const name = clean(source.name, 200);
  if (resources.length === 0) return `0 checks: ${name} contains no resource.`;
  const types = [...new Set(resources.map(({ type }) => clean(type, 80)))];
  const more = types.length > 4 ? ` and ${counted(types.length - 4, 'more type')}` : '';
  const shown = `${types.slice(0, 4).join(', ')}${more}`;
  return `0 checks: ${name} contains ${counted(resources.length, 'resource')}, and no rule applies (${shown}).`;
}

/** What left checks or access scopes unknown, each once; or that nothing was checked. */
export function unreadSentences({ snapshot, findings, scopes = [], empty }: AuditResult): string[] {
  if (empty !== undefined) return [empty];
  return unreadIn([...findings, ...scopes].filter(isUnknown), snapshot.gaps);
}
const isUnknown = ({ outcome }: Finding | ScopeResult): boolean => outcome === 'unknown';

/** What the audit is of, where it is not every check, and whether any applies. Every report says this first. */
export const scopeSentences = (result: Pick<AuditResult, 'profile' | 'selection'>): string[] => [
  ...selectedSentences(result),
  ...nothingChecked(result),
];

/** Its profile, and what was selected. */
export function selectedSentences({ profile, selection }: Pick<AuditResult, 'profile' | 'selection'>): string[] {
  const narrowed = profile === 'all' ? [] : [`Profile: ${profile}.`];
  if (selection === undefined) return narrowed;
  const { rules, skipRules, areas, resources, against, checks, of } = selection;
  const parts = [
    ...(rules.length === 0 ? [] : [`rules ${rules.join(', ')}`]),
    ...(skipRules.length === 0 ? [] : [`without ${skipRules.join(', ')}`]),
    ...(areas.length === 0 ? [] : [`areas ${areas.join(', ')}`]),
    ...(resources.length === 0 ? [] : [`resources ${resources.join(', ')}`]),
    ...(against === null ? [] : [`new since ${earlierWords(against)}`]),
  ];
  const first = against?.firstChecked ?? 0;
  const learned = against?.learned ?? 0;
  const assumed = against?.kind === 'baseline' ? assumptionChangeWords(against.assumptions) : [];
  return [
    ...narrowed,
    `Selected: ${clean(parts.join('; '), 1000)} (${checks} of ${counted(of, 'check')})`,
    ...(first === 0 ? [] : [`Not listed: ${counted(first, 'finding')} whose rules were not checked then.`]),
    ...(learned === 0
      ? []
      : [`Not listed: ${counted(learned, 'failing finding')} that ${learned === 1 ? 'was' : 'were'} unknown then.`]),
    ...assumed.map((one) => `Assumption changed since: ${one}`),
  ];
}

/** What is said of a selection of which nothing was checked, though its rules and resources are known. */
export const nothingChecked = ({ selection }: Pick<AuditResult, 'selection'>): string[] =>
  selection?.none === true ? [noneApplies] : [];

export const noneApplies = 'No check applies to this selection.';

export const earlierWords = (against: NonNullable<AuditSelection['against']>): string => {
  const at = against.at === null ? '' : utcMinute(against.at);
  if (against.kind === 'baseline') return `${against.file}${at === '' ? '' : ` (${at})`}`;
  return at === '' ? 'the first audit on this machine' : `the audit of ${at}`;
};

/** What lies beside the workspace, and how it is checked too; [] where nothing does. */
export function outsideSentences({
  workspace,
  outside = [],
}: Pick<AuditResult['snapshot'], 'workspace' | 'outside'>): string[] {
  if (workspace === null || outside.length === 0) return [];
  const [noun, verb] = outside.length === 1 ? ['resource', 'is'] : ['resources', 'are'];
  return [
    `${outside.length} ${noun} of these files ${verb} outside the scope of ${clean(nameOf(workspace), 120)} and not checked: ${fewIds(outside.map(nameOf))}.`,
    'To check all resources, add --all-resources.',
  ];
}

/** Is a severity at or above the limit? Nothing is at or above `never`. */
export const isAtLeast = (severity: Severity, limit: Severity | 'never'): boolean =>
  limit !== 'never' && severities.indexOf(severity) <= severities.indexOf(limit);
