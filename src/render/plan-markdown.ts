// A plan as Markdown, for a comment on a pull request: what it resolves, its effects and what prevents it, then each change with the
// values before and after, closed at first. Pure.
import { effectLabels } from '../model/effect.ts';
import type { Plan } from '../model/plan.ts';
import type { Problem } from '../model/problem.ts';
import { nameInParent, nameOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { plainText } from '../model/words.ts';
import { describePlan, effectLines, gatesByReason, phaseWords, previewNumbers, undoLabels } from '../plan/describe.ts';
import { spokenId } from './change-text.ts';
import { limitedMarkdown, type MarkdownPart, markdownText } from './markdown-limit.ts';
import { noChanges } from './plan-text.ts';
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
  const { steps, effects, managed, unread, title } = describePlan(plan);
  const workspace = plan.workspace === null ? '' : ` for ${markdownText(nameOf(plan.workspace))}`;
  const resolved = new Set(plan.preview.resolves);
  const own = problems.filter(({ findings }) => findings.some((id) => resolved.has(id)));
  const gates = gatesByReason(plan.gates.filter(({ outcome }) => outcome !== 'pass'));
  const ids = (list: readonly string[]) => list.map((id) => markdownText(spokenId(id)));
  return limitedMarkdown([
    {
      head: `# ${markdownText(title)}${workspace}\n\n${steps.length === 0 ? noChanges(plan) : markdownText(previewNumbers(plan))}\n\n${steps.length === 0 ? '' : `Digest: \`${digest}\`\n\n`}`,
    },
    ...part(
      'Problems',
      'problems',
      own.map(({ severity, headline, findings }) => {
        const all = findings.every((id) => resolved.has(id)) ? '' : ' (in part)';
        return `**${severity}** ${markdownText(headline)}${all}`;
      }),
      true,
    ),
    ...part('Introduces', 'findings that it introduces', ids(plan.preview.introduces), true),
    ...part(
      'Effects',
      'effects',
      effectLines(effects).map(({ kind, text }) => `**${effectLabels[kind]}** ${markdownText(text)}`),
      true,
    ),
    ...part(
      'Managed by others',
      'managers',
      managed.map((text) => markdownText(text)),
      true,
    ),
    ...part(
      'Preflight checks',
      'checks',
      gates.map(({ outcome, kind, detail }) => `**${outcome}** ${markdownText(`${kind}: ${detail}`)}`),
      true,
    ),
    ...part(
      'Undo limits',
      'limits',
      plan.irreversible.map((text) => markdownText(text)),
      true,
    ),
    ...(plan.rehearsal === undefined
      ? []
      : part(
          'What-if',
          'lines',
          whatIfTextLines(plan.rehearsal)
            .map((words) => markdownText(plainText(words)))
            .filter((text) => text.trim() !== ''),
          true,
        )),
    ...(steps.length === 0 ? [] : [{ head: '## Changes\n\n', rows: steps.map(stepBlock), noun: 'changes' }]),
    ...part(
      'Not accessible',
      'reads',
      unread.map(({ id, reason }) => `${markdownText(nameInParent(id))}: ${markdownText(clean(reason))}`),
      false,
    ),
    ...part(
      'Not included',
      'findings',
      plan.skipped.map(({ finding, reason }) => `${markdownText(spokenId(finding))}: ${markdownText(reason)}`),
      false,
    ),
  ]);
}

/** A list under a heading, or closed at first. */
function part(title: string, noun: string, items: readonly string[], isOpen: boolean): MarkdownPart[] {
  if (items.length === 0) return [];
  const head = isOpen ? `## ${title}\n\n` : `<details>\n<summary>${title}: ${items.length}</summary>\n\n`;
  return [{ head, rows: items.map((item) => `- ${item}`), tail: isOpen ? '\n' : '\n</details>\n', noun }];
}

function stepBlock(step: ReturnType<typeof describePlan>['steps'][number], at: number): string {
  const lines = step.lines.map(({ sign, text }) => `${sign} ${clean(text)}`);
  const notes = [...effectLines(step.effects).map(({ text }) => text), step.managed, step.risk].filter(
    (text) => text !== '',
  );
  return [
    '<details>',
    `<summary>${at + 1}. ${xmlText(step.label)} (${phaseWords[step.phase]}, undo: ${undoLabels[step.undo]})</summary>`,
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
function fenced(language: string, lines: readonly string[]): string[] {
  const longest = Math.max(2, ...lines.flatMap((text) => (text.match(/`+/g) ?? []).map(({ length }) => length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}${language}`, ...lines, fence];
}
