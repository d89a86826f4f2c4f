// A plan as Markdown, for a comment on a pull request: what it resolves, its effects and what prevents it, then each change with the
// values before and after, closed at first. Pure.
import { countedIn, rollUpWords } from '../model/compare.ts';
import { isSaidFirst } from '../model/effect-groups.ts';
import type { Plan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { nameInParent, nameOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { plainText } from '../model/words.ts';
import { alreadySetText } from '../plan/already-set.ts';
import {
  describePlan,
  effectLines,
  effectSentence,
  effectsInShort,
  gatesByReason,
  noChanges,
  previewNumbers,
  undoNote,
} from '../plan/describe.ts';
import { withoutEffects } from '../plan/risk.ts';
import { spokenId } from './change-text.ts';
import { limitedMarkdown, listPart, markdownText } from './markdown-limit.ts';
import { whatIfTextLines } from './what-if-text.ts';
import { xmlText } from './xml.ts';

export interface PlanMarkdown {
  readonly plan: Plan;
  /** What an approval of it names. */
  readonly digest: string;
  /** Of the audit that it was planned from, the gravest first. */
  readonly problems: readonly Pick<Problem, 'headline' | 'severity' | 'findings'>[];
}

export function planMarkdown({ plan, digest, problems }: PlanMarkdown): string {
  const { steps, managed, unread, title } = describePlan(plan);
  const effects = effectsInShort(plan.effects);
  const workspace = plan.workspace === null ? '' : ` for ${markdownText(nameOf(plan.workspace))}`;
  const resolved = new Set(plan.preview.resolves);
  const own = problems.filter(({ findings }) => findings.some((id) => resolved.has(id)));
  const gates = gatesByReason(plan.gates.filter(({ outcome }) => outcome !== 'pass'));
  const ids = (list: readonly string[]) =>
    list.map((id) => markdownText(`${spokenId(id)}${rollUpWords(id, plan.preview.rollUps)}`));
  return limitedMarkdown([
    {
      head: `# ${markdownText(title)}${workspace}\n\n${steps.length === 0 ? noChanges(plan) : markdownText(previewNumbers(plan))}\n\n${steps.length === 0 ? '' : `Digest: \`${digest}\`\n\n`}`,
    },
    ...listPart(
      'Problems',
      'problems',
      own.map(({ severity, headline, findings }) => {
        const all = findings.every((id) => resolved.has(id)) ? '' : ' (in part)';
        return `**${severity}** ${markdownText(headline)}${all}`;
      }),
      true,
    ),
    // Without an audit, as of an undo.
    ...listPart('Resolves', 'findings that it resolves', own.length > 0 ? [] : ids(plan.preview.resolves), true),
    ...listPart('Introduces', 'findings that it introduces', ids(plan.preview.introduces), true),
    ...listPart(
      'Effects',
      'effects',
      steps.length === 0
        ? []
        : [
            markdownText(effects.numbers),
            ...effects.lines.map((one) => markdownText(effectSentence(one))),
            ...(effects.more === '' ? [] : [markdownText(effects.more)]),
          ],
      true,
    ),
    ...listPart(
      'Managed by others',
      'managers',
      managed.map((text) => markdownText(text)),
      true,
    ),
    ...listPart(
      'Preflight checks',
      'checks',
      gates.map(({ outcome, kind, detail }) => `**${outcome}** ${markdownText(`${kind}: ${detail}`)}`),
      true,
    ),
    ...listPart(
      'Undo limits',
      'limits',
      plan.irreversible.map((text) => markdownText(text)),
      true,
    ),
    ...listPart(
      'Not restored',
      'settings',
      (plan.notRestored ?? []).map(({ why }) => markdownText(why)),
      true,
    ),
    ...(plan.rehearsal === undefined
      ? []
      : listPart(
          'What-if',
          'lines',
          whatIfTextLines(plan.rehearsal)
            .map((words) => markdownText(plainText(words)))
            .filter((text) => text.trim() !== ''),
          true,
        )),
    ...(steps.length === 0 ? [] : [{ head: '## Changes\n\n', rows: steps.map(stepBlock), noun: 'changes' }]),
    ...listPart(
      'Already set',
      'changes',
      (plan.alreadySet ?? []).map((one) => markdownText(alreadySetText(one))),
      false,
    ),
    ...listPart(
      'Not accessible',
      'reads',
      unread.map(({ id, reason }) => `${markdownText(nameInParent(id))}: ${markdownText(clean(reason))}`),
      false,
    ),
    ...listPart(
      'Not included',
      'findings',
      plan.skipped.map(
        ({ finding, reason }) =>
          `${markdownText(`${spokenId(finding)}${rollUpWords(finding, plan.preview.rollUps)}`)}: ${markdownText(reason)}`,
      ),
      false,
      countedIn(
        plan.skipped.map(({ finding }) => finding),
        plan.preview.rollUps,
      ),
    ),
  ]);
}

function stepBlock(step: ReturnType<typeof describePlan>['steps'][number], at: number): string {
  const lines = step.lines.map(({ sign, text }) => `${sign} ${clean(text)}`);
  const effects = effectLines(step.effects);
  const [first, rest] = [effects.filter(isSaidFirst), effects.filter((one) => !isSaidFirst(one))];
  const none = effects.length === 0 ? [withoutEffects(step)] : [];
  const notes = [...none, ...rest.map(effectSentence), step.managed, step.advice].filter((text) => text !== '');
  const said = first.map((one) => `<br>${xmlText(effectSentence(one))}`).join('');
  return [
    '<details>',
    `<summary>${at + 1}. ${xmlText(step.label)} (${step.title}${undoNote(step)})${said}</summary>`,
    '',
    ...fenced('diff', lines),
    '',
    ...notes.map((text) => `- ${markdownText(text)}`),
    '',
    ...(step.az === '' ? [] : [...fenced('sh', [clean(step.az, 20_000)]), '']),
    '</details>',
    '',
  ].join('\n');
}

/** A block of code, its fence longer than any in the text. */
export function fenced(language: string, lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((text) => (text.match(/`+/g) ?? []).map(({ length }) => length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}
