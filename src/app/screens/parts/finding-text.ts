// A finding in lines: the problem and why it matters, the fix and its impact, the evidence.
import type { Line, RuleEntry } from '../../../command/definition.ts';
import { type Finding, headline, takesOf } from '../../../model/finding.ts';
import { managerSentence } from '../../../model/manager.ts';
import { acceptedWords, type ExpiredAcceptance, expiredWords } from '../../../model/project-config.ts';
import { nameInParent, nameOf, sameId } from '../../../model/resource-id.ts';
import { mayPass, missingPermission, type ReadFailure, readAdvice } from '../../../model/snapshot.ts';
import { clean } from '../../../model/text.ts';
import { undoWords } from '../../../plan/describe.ts';
import { portalAddress } from '../../../resource-types/index.ts';
import { evidenceLines } from '../../draw/evidence.ts';
import { addressLines, linkTo } from '../../draw/links.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { State } from '../../state/state.ts';
import { changedLines } from './changed-text.ts';

const blank: Line = [];

function heading(text: string): Line[] {
  return [blank, line(word(text, 'heading'))];
}

export function explainLines(finding: Finding, state: State, width: number): Line[] {
  const rule = state.rules.get(finding.rule);
  const outcome = finding.outcome === 'notApplicable' ? 'does not apply' : finding.outcome;
  const role = finding.outcome === 'fail' ? finding.severity : finding.outcome === 'pass' ? 'ok' : 'unknown';
  const where = finding.where === null ? '' : ` and ${clean(nameOf(finding.where))}`;
  const isStuck = isManual(finding) && rule?.fixKind !== 'none';
  const stuck = isStuck ? reasonOf(finding, state) : null;
  return [
    ...wrapText(clean(headline(finding)), width, 'heading'),
    ...wrapLine(
      line(
        word(finding.severity, finding.severity),
        word(' · ', 'dim'),
        word(outcome, role),
        word(' · ', 'dim'),
        word(finding.rule, 'accent'),
      ),
      width,
    ),
    ...wrapLine(
      line(
        word('on ', 'dim'),
        linkTo(clean(nameOf(finding.resource)), 'dim', portalAddress(state.source, finding.resource)),
        word(
          `${where}, ${finding.profiles.length === 1 ? 'profile' : 'profiles'} ${finding.profiles.join(', ')}`,
          'dim',
        ),
      ),
      width,
    ),
    ...(finding.accepted === undefined ? [] : wrapText(clean(acceptedWords(finding.accepted), 1500), width, 'warn')),
    ...expiredOf([finding.id], state).flatMap((one) => wrapText(clean(expiredWords(one), 1500), width, 'warn')),
    blank,
    ...wrapText(clean(finding.because), width),
    ...changedLines(finding.outcome === 'fail' ? [finding.resource, finding.where] : [], state, width),
    ...(finding.outcome === 'fail' ? managerLines(finding, width) : []),
    ...(finding.outcome === 'unknown' ? unreadLines([finding], state, width) : fixLines(finding, stuck, width)),
    ...(rule === undefined
      ? []
      : [
          ...(finding.outcome === 'unknown' || isStuck ? [] : wrapText(clean(ruleFix(rule)), width)),
          ...heading('Why it matters'),
          ...wrapText(clean(rule.explain.why), width),
          ...(isStuck ? [] : [...heading('Impact'), ...wrapText(clean(rule.explain.breaks), width)]),
          ...(rule.explain.links.length > 0 ? heading('Read more') : []),
          ...rule.explain.links.flatMap((link) => addressLines(clean(link), width)),
        ]),
  ];
}

/** The acceptances that are over and name one of these findings, which counts again. */
export const expiredOf = (ids: readonly string[], { report }: State): readonly ExpiredAcceptance[] =>
  report?.project?.expired.filter(({ findings }) => findings.some((id) => ids.includes(id))) ?? [];

/** What puts the settings of its resource back after a fix. */
export const managerLines = ({ managedBy }: Pick<Finding, 'managedBy'>, width: number): Line[] =>
  managedBy === undefined ? [] : [...heading('Managed by'), ...wrapText(managerSentence(managedBy), width, 'warn')];

const isManual = (finding: Finding): boolean => finding.outcome === 'fail' && takesOf(finding) === 'manual';

/** Why the fix that its rule has cannot be planned here. */
const reasonOf = ({ id }: Finding, { report }: State): string =>
  report?.problems.find(({ kind, findings }) => kind === 'manual' && findings.includes(id))?.because ?? '';

/** What the fix of a rule does; of a rule without one, the manual steps. */
export const ruleFix = ({ fixKind, explain: { fix } }: RuleEntry): string => {
  if (fixKind !== 'none') return fix;
  const steps = fix.replace(/^None(?: here)?[:.] /, '');
  return `${steps.slice(0, 1).toUpperCase()}${steps.slice(1)}`;
};

function fixLines(finding: Finding, stuck: string | null, width: number): Line[] {
  if (finding.outcome !== 'fail') return heading('Fix');
  const takes = takesOf(finding);
  if (takes === 'manual') {
    const says = stuck === null ? 'No automatic fix; see the manual steps.' : 'No automatic fix here.';
    return [...heading('Fix'), ...wrapText(says, width, 'dim'), ...(stuck ? wrapText(clean(stuck), width) : [])];
  }
  const says = { fix: 'Auto-fixable', answer: 'Fixable, needs input', review: 'Fixable, needs review' }[takes];
  const undo = `Undo ${undoWords[finding.fix.undo]}.`;
  return [...heading('Fix'), ...wrapText(`${says}. ${undo}`, width, 'ok')];
}

/** What could not be read for these findings, why, and what to do, then. Nothing can be fixed before. */
export function unreadLines(findings: readonly Finding[], state: State, width: number): Line[] {
  const gaps =
    state.snapshot?.gaps.filter(({ id }) => findings.some((one) => one.gaps.some((gap) => sameId(gap, id)))) ?? [];
  const told = gaps.flatMap((gap) => [
    ...wrapText(`${clean(nameInParent(gap.id))}: ${clean(gap.reason)}`, width, 'unknown'),
    ...(missingPermission(gap) === undefined || gap.reason.includes(gap.action)
      ? []
      : wrapText(`Missing permission: ${clean(gap.action)}`, width, 'dim')),
  ]);
  // What was read may still not decide it.
  const isUnread = findings.some((one) => one.gaps.length > 0);
  const reasons = [...new Set(findings.map(({ because }) => clean(because)))];
  return [
    ...heading(isUnread ? 'Not accessible' : 'Unknown because'),
    ...(told.length > 0 ? told : reasons.flatMap((reason) => wrapText(reason, width, 'unknown'))),
    ...heading('What to do'),
    ...wrapText(stepsFor(gaps, isUnread), width),
  ];
}

/** What makes it readable. */
function stepsFor(gaps: readonly ReadFailure[], isUnread: boolean): string {
  const advice = readAdvice(gaps);
  if (advice.length > 0) return `${advice.join(' ')} Then press r to rescan.`;
  if (gaps.some(mayPass)) return 'Press r to rescan.';
  if (gaps.length > 0) return 'Correct the reason above, then press r to rescan.';
  if (isUnread) return 'Grant access to what is named above, then press r to rescan.';
  return 'Resolve the reason above, or declare the assumption that it names, then press r to rescan.';
}

export function restsOn(finding: Finding, width: number): Line[] {
  if (finding.evidence.length === 0) return [line(word('No evidence', 'dim'))];
  return evidenceLines(finding.evidence, width);
}
