// What a run of the guide came to: its result, the summary, its exit status. Pure.
import type { SevereFinding } from '../../src/model/compare.ts';
import { type ExitStatus, exitStatus, type FailureValue } from '../../src/model/failure.ts';
import type { DoneFinding } from '../../src/model/guide-progress.ts';
import { noProblems, type ProblemReport, reportNumbers } from '../../src/model/problem.ts';
import { clean, counted } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { noChanges } from '../../src/plan/describe.ts';
import { spokenId } from '../../src/render/change-text.ts';
import { introducedFailure, severeLines } from './introduced.ts';

/** A finding that was shown and whose fix was not applied with `--yes`: it needs effects allowed, an answer, or it introduces a rule's finding. */
export interface HeldBack {
  readonly finding: string;
  readonly because: 'effects' | 'answer' | 'introduces';
  /** Values of --allow-effects, names of answers, ids of rules. */
  readonly data: readonly string[];
}

export interface GuideResult {
  /** Did it end before the last finding? */
  readonly stopped: boolean;
  /** Resolved by the guide, earlier sessions included, and not failing now. */
  readonly done: readonly DoneFinding[];
  /** Resolved by it, and unknown now; absent where there is none. */
  readonly unknown?: readonly DoneFinding[];
  /** How many checks are unknown because something could not be read; absent where it is none. */
  readonly unjudged?: number;
  /** How many are unknown for any reason, an assumption that is not set too; absent where it is none. */
  readonly unknownChecks?: number;
  readonly skipped: readonly string[];
  /** With --dry-run: the problems that the guide would show first, each by its gravest finding. */
  readonly order: readonly string[] | null;
  /** The same by the ids of the problems, and how many would follow; absent otherwise. */
  readonly turns?: readonly { readonly problem: string; readonly headline: string }[];
  readonly further?: number;
  /** `reason`: why it is not fixable now; null where it was not shown yet. */
  readonly left: readonly { readonly finding: string; readonly reason: string | null }[];
  /** Absent where there is none. */
  readonly held?: readonly HeldBack[];
  /** Problems that nothing that can be sent resolves: it does not ask about them. */
  readonly manual: number;
  /** How many fixes of this session were not completely applied, and how many were. */
  readonly failed: number;
  readonly sent: number;
  /** What it introduced that is critical or high, and fails still. */
  readonly severe: readonly SevereFinding[];
  /** Command lines that undo everything, latest first. */
  readonly script: readonly string[];
}

/** Longest list of one kind before the summary only counts. */
const most = 12;

export function guideResultLines(result: GuideResult): Line[] {
  const {
    stopped,
    done,
    unknown = [],
    skipped,
    order,
    turns = [],
    further = 0,
    left,
    held = [],
    script,
    severe,
    manual,
  } = result;
  const list = (ids: readonly string[], more: (id: string) => string): Line[] => [
    ...ids.slice(0, most).map((id) => line(`  ${spokenId(id)}`, [more(id), 'dim'])),
    ...(ids.length > most ? [line([`  and ${ids.length - most} more`, 'dim'])] : []),
  ];
  const reasons = new Map(left.flatMap(({ finding, reason }) => (reason === null ? [] : [[finding, reason]])));
  const holds = new Map(held.map((one) => [one.finding, heldWords(one)]));
  const unasked = left.length - reasons.size;
  const section = (title: string, role: string, ids: readonly string[], more: (id: string) => string): Line[] =>
    ids.length === 0 ? [] : [line([`${title}: ${counted(ids.length, 'finding')}`, role]), ...list(ids, more)];
  const ids = done.map(({ finding }) => finding);
  return [
    ...severeLines(severe),
    ...section('Done', 'ok', ids, () => ''),
    ...section(
      'Unknown now',
      'unknown',
      unknown.map(({ finding }) => finding),
      () => '',
    ),
    ...section('Skipped', 'warn', skipped, () => ''),
    ...section('Not applied', 'warn', [...holds.keys()], (id) => `  ${holds.get(id)}`),
    ...section('Not fixable now', 'heading', [...reasons.keys()], (id) => `  ${reasons.get(id)}`),
    ...turns.map(({ headline }, index) => line([`${String(index + 1).padStart(3)}  `, 'dim'], clean(headline))),
    ...(further === 0 ? [] : [line([`     and ${counted(further, 'more problem')}`, 'heading'])]),
    ...(manual === 0
      ? []
      : [line([`${counted(manual, 'problem')} to fix by hand: see `, 'dim'], ['bastide audit', 'key'])]),
    ...(order !== null || unasked === 0 ? [] : [line([`${counted(unasked, 'finding')} not shown yet`, 'heading'])]),
    ...nothingLine(result),
    ...(script.length === 0
      ? []
      : [
          line(['To undo everything, latest first:', 'heading']),
          ...script.map((one) => line(['  bastide ', 'dim'], [one, 'key'])),
        ]),
    ...(stopped ? [line(['To continue: ', 'dim'], ['bastide guide', 'key'])] : []),
  ];
}

function heldWords({ because, data }: HeldBack): string {
  if (because === 'effects') return `needs --allow-effects ${data.join(',')}`;
  return because === 'answer' ? `needs --answer ${data.join(' or ')}` : `introduces ${data.join(', ')}`;
}

const isNothing = ({ done, unknown = [], skipped, left, held = [] }: GuideResult): boolean =>
  done.length + unknown.length + skipped.length + left.length + held.length === 0;

/** What the end of the queue says: problems may be left that it does not show, and unknown checks may hide more. */
export function endLine(report: Pick<ProblemReport, 'problems' | 'summary'>): Line {
  const none = noProblems(report);
  const { unknown } = report.summary;
  const hidden = unknown === 0 ? '' : `, ${counted(unknown, 'check')} unknown`;
  if (none !== null) return line([`${none.text} left${hidden}`, none.role]);
  return line([`No more fixes to show: ${counted(reportNumbers(report).failing, 'problem')} left${hidden}`, 'warn']);
}

function nothingLine(result: GuideResult): Line[] {
  if (!isNothing(result)) return [];
  const { unjudged, unknownChecks = 0 } = result;
  if (unjudged === undefined) {
    return [
      unknownChecks === 0
        ? line(['No fixable findings', 'ok'])
        : line([`No known fixable findings, ${counted(unknownChecks, 'check')} unknown`, 'unknown']),
    ];
  }
  return [line([noChanges({ skipped: [], unjudged }), 'unknown'])];
}

/**
 * 0 unless a fix was not completely applied: 5 when something was written, 7 when nothing was; 1 when something critical or high was
 * introduced; 3 when it is not known whether there is anything to fix, or whether what was fixed still is; 4 when it applied nothing,
 * because what it showed needs consent or an answer.
 */
export function guideExit(result: GuideResult): ExitStatus {
  const { failed, sent, severe, unknown = [], unjudged, held = [] } = result;
  const isOpen = unknown.length > 0 || (isNothing(result) && unjudged !== undefined);
  if (failed === 0 && severe.length === 0 && !isOpen && sent === 0 && held.length > 0) return exitStatus.notSent;
  if (failed === 0) return severe.length > 0 ? exitStatus.findings : isOpen ? exitStatus.gaps : exitStatus.done;
  return sent > 0 ? exitStatus.partial : exitStatus.refused;
}

export function guideFailure({ failed, sent, severe }: GuideResult): FailureValue | null {
  if (failed === 0) return severe.length > 0 ? introducedFailure(severe, null) : null;
  return {
    code: sent > 0 ? 'partly-done' : 'refused',
    message: `${failed} of ${failed + sent} fixes were not completely applied.`,
    next: 'See `bastide history`; run `bastide guide` to continue.',
  };
}
