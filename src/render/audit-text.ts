// An audit, and lists of findings, as lines of tagged words. Pure.

import { type EndingVersion, endingAdvice, endingWords, laggingWords } from '../model/api-versions.ts';
import { architectureWords } from '../model/architecture-words.ts';
import {
  type Finding,
  failingRole,
  headline,
  isAccepted,
  isRollUp,
  locationWords,
  type Summary,
  severities,
  takesLabels,
  takesOf,
} from '../model/finding.ts';
import { managerSentence } from '../model/manager.ts';
import { reportNumbers } from '../model/problem.ts';
import { acceptedWords } from '../model/project-config.ts';
import { nameOf } from '../model/resource-id.ts';
import { subjectWords } from '../model/short-finding.ts';
import { failedReads, mayPass, readAdvice } from '../model/snapshot.ts';
import { tagsWords } from '../model/tags-seen.ts';
import { clean, counted, utcMinute } from '../model/text.ts';
import { type Line, line } from '../model/words.ts';
import { undoLabels } from '../plan/describe.ts';
import { articleLines } from './article-text.ts';
import {
  type AuditResult,
  earlierWords,
  listedIn,
  nothingChecked,
  outsideSentences,
  selectedSentences,
} from './audit-result.ts';
import { diagnosisLines } from './diagnosis-text.ts';
import { liveLines } from './live-text.ts';
import { problemCounts, problemLines } from './problem-text.ts';
import { projectLines } from './project-text.ts';
import { scopeLines } from './scope-text.ts';
import { sinceLines } from './since-text.ts';

/** The whole audit: scope, problems or findings, counts, next steps. */
export function auditLines(result: AuditResult): Line[] {
  const { snapshot, summary, findings, problems, by } = result;
  const isFile = snapshot.source.kind === 'files';
  const others = [...listedIn(result)].filter((finding) => finding.outcome !== 'fail' && finding.outcome !== 'unknown');
  const unread = failedReads(snapshot.gaps);
  const steps = readAdvice(unread);
  const again = steps.length === 0 && unread.some(mayPass) ? ['Run the same command again.'] : [];
  const advice = isFile ? [] : [...steps, ...again];
  const lines: Line[] = [
    ...headLines(result),
    ...projectLines(result.config),
    ...selectedSentences(result).map((sentence) => line([sentence, 'dim'])),
    [],
    ...(by === 'problem' ? problemLines(problems, findings) : openLines(findings)),
    ...(others.length === 0 ? [] : [line(['Other checks', 'heading'])]),
    ...others.map(shortLine),
    ...(result.scopes === undefined ? [] : [[], line(['Access scopes', 'heading']), ...scopeLines(result.scopes)]),
    ...(result.live === undefined ? [] : [[], ...liveLines(result.live)]),
    ...(result.diagnosis === undefined ? [] : [[], ...diagnosisLines(result.diagnosis)]),
    ...(unread.length === 0 ? [] : [[], line(['Not accessible', 'heading'])]),
    ...unread.map((gap) =>
      line(
        ['  ', 'unknown'],
        nameOf(gap.id),
        ': ',
        gap.reason,
        ...(isFile || gap.action === '' || gap.reason.includes(gap.action) ? [] : [` (${gap.action})`]),
      ),
    ),
    ...advice.map((sentence) => line([`  ${sentence}`, 'dim'])),
    ...skippedLines(snapshot.skipped),
    ...versionLines(result.versions),
    ...laggingLines(result.lagging),
    ...(result.article === undefined ? [] : [[], ...articleLines(result.article)]),
    [],
    ...(problems.length === 0 ? [] : [problemCounts(problems)]),
    ...emptyLines(result),
    summaryLine(summary, result.empty === undefined && nothingChecked(result).length === 0),
    ...(result.empty === undefined ? [] : [line([result.empty, 'warn'])]),
    ...outsideSentences(snapshot).map((sentence) => line([sentence, 'warn'])),
    ...(result.since === undefined ? [] : sinceLines(result.since)),
    ...nextLines(result),
  ];
  // Sections begin and findings end with an empty line: one is enough.
  return lines.filter((words, index) => words.length > 0 || lines[index - 1]?.length !== 0);
}

/** Api-versions that end soon. */
export const versionLines = (versions: readonly EndingVersion[] = []): Line[] =>
  versions.length === 0
    ? []
    : [
        [],
        line(['API versions that end', 'heading']),
        ...versions.map((one) => line([`  ${endingWords(one)}`, 'warn'])),
        line([`  ${endingAdvice}`, 'dim']),
      ];

const laggingLines = (lagging: AuditResult['lagging'] = []): Line[] =>
  lagging.length === 0
    ? []
    : [
        [],
        line(['Older API versions', 'heading']),
        ...lagging.map((one) => line([`  ${laggingWords(one)}`, 'warn'])),
        line(['  What they do not show is not checked.', 'dim']),
      ];

/** So many files are named; of more, how many there are. */
const mostSkipped = 20;

function skippedLines(skipped: AuditResult['snapshot']['skipped'] = []): Line[] {
  if (skipped.length === 0) return [];
  const rest = skipped.length - mostSkipped;
  return [
    [],
    line(['Skipped files', 'heading']),
    ...skipped.slice(0, mostSkipped).map(({ file, reason }) => line(`  ${clean(file, 300)}: ${clean(reason, 500)}`)),
    ...(rest > 0 ? [line([`  ${counted(rest, 'more file')}`, 'dim'])] : []),
  ];
}

/** Failing findings, then unknown ones. */
function openLines(findings: readonly Finding[]): Line[] {
  const unknown = findings.filter((finding) => finding.outcome === 'unknown');
  const failing = findings.filter((finding) => finding.outcome === 'fail');
  const accepted = failing.filter(isAccepted);
  return [
    ...failing.filter((finding) => !isAccepted(finding)).flatMap(findingLines),
    ...(unknown.length === 0 ? [] : [line(['Unknown', 'heading'])]),
    ...unknown.flatMap(findingLines),
    ...(accepted.length === 0 ? [] : [line(['Accepted', 'heading'])]),
    ...accepted.flatMap(findingLines),
  ];
}

/** What an audit that lists nothing says. */
function emptyLines({ selection, empty, summary }: AuditResult): Line[] {
  const none = nothingChecked({ selection });
  const against = selection?.against ?? null;
  if (none.length > 0) return none.map((text) => line([text, 'warn']));
  if (against === null || empty !== undefined || summary.fail + summary.unknown > 0) return [];
  const when = clean(earlierWords(against), 400);
  return against.firstChecked === undefined && against.learned === undefined
    ? [line([`Nothing is new since ${when}.`, 'ok'])]
    : [line([`Of what was checked then, nothing is new since ${when}.`, 'unknown'])];
}

function nextLines({ problems, by, summary: { fail, unknown } }: AuditResult): Line[] {
  const { promised: fixable } = reportNumbers({ problems });
  return [
    ...(fixable === 0
      ? []
      : [
          line(
            [`${counted(fixable, 'auto-fixable problem')}: `, 'dim'],
            ['bastide fix --all --dry-run', 'key'],
            [' shows the plan.', 'dim'],
          ),
        ]),
    ...(problems.length === 0 || by === 'finding'
      ? []
      : [
          line(
            [`${counted(fail, 'finding')}${unknown === 0 ? '' : ` and ${counted(unknown, 'unknown check')}`}: `, 'dim'],
            ['bastide audit --by finding', 'key'],
            [' lists each.', 'dim'],
          ),
        ]),
  ];
}

/** The workspace, or how many of them the files hold. */
export const scopeWords = (
  { workspace, workspaces: all = [] }: Pick<AuditResult['snapshot'], 'workspace' | 'workspaces'>,
  none: string,
): string => {
  const [only] = all;
  if (workspace !== null) return nameOf(workspace);
  if (only === undefined) return none;
  return all.length === 1 ? nameOf(only) : counted(all.length, 'workspace');
};

function headLines({ snapshot }: AuditResult): Line[] {
  const { source, takenAt, architecture } = snapshot;
  const tags = tagsWords(snapshot.serviceTags);
  return [
    line(
      [scopeWords(snapshot, 'No workspace in these files'), 'heading'],
      ['  ', 'dim'],
      [source.name, source.kind === 'demo' ? 'badge' : 'dim'],
      [`  scanned ${utcMinute(takenAt)}  ${architectureWords(architecture)}${tags === '' ? '' : `  ${tags}`}`, 'dim'],
    ),
  ];
}

/** `auto-fixable, undo: full` */
export const fixWords = (finding: Pick<Finding, 'takes' | 'fix'>): string =>
  takesOf(finding) === 'manual'
    ? 'no automatic fix'
    : `${takesOf(finding) === 'fix' ? '' : 'fixable, '}${takesLabels[takesOf(finding)]}, undo: ${undoLabels[finding.fix.undo]}`;

const marks = {
  fail: ['✗', 'bad'],
  unknown: ['?', 'unknown'],
  pass: ['✓', 'ok'],
  notApplicable: ['·', 'dim'],
} as const;

/** One finding in three lines, and an empty one. */
export function findingLines(finding: Finding): Line[] {
  const [mark, role] = finding.accepted === undefined ? marks[finding.outcome] : (['·', 'dim'] as const);
  const fix = finding.outcome === 'fail' && !isRollUp(finding) ? `  ${fixWords(finding)}` : '';
  return [
    line(
      [`${mark} `, role],
      [finding.severity.padEnd(9), finding.outcome === 'fail' && !isAccepted(finding) ? finding.severity : 'dim'],
      [headline(finding), 'text'],
    ),
    line(`  ${finding.because}`),
    line([
      `  ${finding.rule}  ${subjectWords(finding)}${fix}${isRollUp(finding) ? '  roll-up, not counted' : ''}`,
      'dim',
    ]),
    ...(finding.accepted === undefined ? [] : [line([`  ${clean(acceptedWords(finding.accepted), 1500)}`, 'dim'])]),
    ...(finding.outcome !== 'fail' || finding.managedBy === undefined
      ? []
      : [line([`  ${managerSentence(finding.managedBy)}`, 'dim'])]),
    ...(finding.location === undefined
      ? []
      : [line(['  ', 'dim'], [clean(locationWords(finding.location), 500), 'link'])]),
    [],
  ];
}

function shortLine(finding: Finding): Line {
  const [mark, role] = marks[finding.outcome];
  return line([`${mark} `, role], `${finding.rule}  ${subjectWords(finding)}  `, [finding.because, 'dim']);
}

/** `isJudged`: was anything? */
export function summaryLine(summary: Summary, isJudged = true): Line {
  const failing = severities.filter((severity) => summary.bySeverity[severity] > 0);
  return line(
    [`${summary.fail} failing ${summary.fail === 1 ? 'finding' : 'findings'}`, failingRole(summary, isJudged)],
    ...(failing.length === 0 ? [] : [' (']),
    ...failing.flatMap((severity, index) => [
      ...(index === 0 ? [] : [', ']),
      [`${summary.bySeverity[severity]} ${severity}`, severity] as const,
    ]),
    ...(failing.length === 0 ? [] : [')']),
    `, ${summary.unknown} unknown, ${summary.pass} passing, ${summary.notApplicable} not applicable${summary.accepted === 0 ? '' : `, ${summary.accepted} accepted`}`,
  );
}
