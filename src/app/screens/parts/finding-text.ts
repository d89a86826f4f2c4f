// A finding in lines: the problem and why it matters, the fix and its impact, the evidence.
import type { Line } from '../../../command/definition.ts';
import { type Finding, headline } from '../../../model/finding.ts';
import { nameOf, sameId } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { undoWords } from '../../../plan/describe.ts';
import { portalAddress } from '../../../resource-types/index.ts';
import { evidenceLines } from '../../draw/evidence.ts';
import { addressLines, linkTo } from '../../draw/links.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import type { State } from '../../state/state.ts';

const blank: Line = [];

function heading(text: string): Line[] {
  return [blank, line(word(text, 'heading'))];
}

export function explainLines(finding: Finding, state: State, width: number): Line[] {
  const rule = state.rules.get(finding.rule);
  const outcome = finding.outcome === 'notApplicable' ? 'does not apply' : finding.outcome;
  const role = finding.outcome === 'fail' ? finding.severity : finding.outcome === 'pass' ? 'ok' : 'unknown';
  const where = finding.where === null ? '' : ` and ${clean(nameOf(finding.where))}`;
  const gaps = state.snapshot?.gaps.filter((gap) => finding.gaps.some((id) => sameId(id, gap.id))) ?? [];
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
    blank,
    ...wrapText(clean(finding.because), width),
    ...gaps.flatMap((gap) =>
      wrapText(
        `Not accessible: ${clean(gap.reason)}${gap.action === '' ? '' : ` Missing permission: ${clean(gap.action)}.`}`,
        width,
        'unknown',
      ),
    ),
    ...heading('Fix'),
    ...wrapText(fixWords(finding), width, finding.fix.kind === 'none' ? 'dim' : 'ok'),
    ...(rule === undefined
      ? []
      : [
          ...wrapText(clean(rule.explain.fix), width),
          ...heading('Why it matters'),
          ...wrapText(clean(rule.explain.why), width),
          ...heading('Impact'),
          ...wrapText(clean(rule.explain.breaks), width),
          ...(rule.explain.links.length > 0 ? heading('Read more') : []),
          ...rule.explain.links.flatMap((link) => addressLines(clean(link), width)),
        ]),
  ];
}

function fixWords(finding: Finding): string {
  if (finding.fix.kind === 'none') return 'No automatic fix; see the manual steps.';
  const kind = finding.fix.kind === 'auto' ? 'Auto-fixable' : 'Fixable, needs input';
  return `${kind}. Undo ${undoWords[finding.fix.undo]}.`;
}

export function restsOn(finding: Finding, width: number): Line[] {
  if (finding.evidence.length === 0) return [line(word('No evidence', 'dim'))];
  return evidenceLines(finding.evidence, width);
}
