// The result of an act as Markdown, for a comment on a pull request: its plan after a dry run, else what was applied.
import { stepWords } from '../../src/command/progress-words.ts';
import { countedIn, rollUpWords } from '../../src/model/compare.ts';
import { stringifyJson } from '../../src/model/json.ts';
import { overwroteTexts } from '../../src/model/overwrote.ts';
import type { Problem } from '../../src/model/problem.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import { clean, counted } from '../../src/model/text.ts';
import { type Line, plainText } from '../../src/model/words.ts';
import { noChanges } from '../../src/plan/describe.ts';
import { spokenId } from '../../src/render/change-text.ts';
import { limitedMarkdown, listPart, markdownText, tablePart } from '../../src/render/markdown-limit.ts';
import { fenced, planMarkdown } from '../../src/render/plan-markdown.ts';
import { planDigest } from '../../src/session/digest.ts';
import type { ApplyResult } from '../../src/session/session.ts';
import type { ActResult } from './act.ts';
import { introducedLines } from './introduced.ts';

export function actMarkdown(result: ActResult, problems: readonly Problem[] = []): string {
  if (result.kind === 'outcome') return outcomeMarkdown(result.outcome);
  return planMarkdown({ plan: result.plan, digest: planDigest(result.plan), problems });
}

/** A result that has no form of its own here: its text. */
export const textMarkdown = (lines: readonly Line[]): string =>
  limitedMarkdown([{ head: `${fenced('text', lines.map(plainText)).join('\n')}\n` }]);

function outcomeMarkdown(outcome: ApplyResult): string {
  const { steps, verified, skipped, gaps = [], vanished, irreversible = [], entry, ended } = outcome;
  const done = steps.filter(({ state }) => state === 'done').length;
  const ids = (list: readonly string[]) =>
    list.map((id) => markdownText(`${spokenId(id)}${rollUpWords(id, verified.rollUps)}`));
  const head = steps.length === 0 ? noChanges(outcome) : `${done} of ${counted(steps.length, 'change')} applied`;
  return limitedMarkdown([
    { head: `# Result: ${markdownText(head)}\n\n` },
    ...listPart(
      'Introduced',
      'findings',
      introducedLines(verified).map((words) => markdownText(plainText(words).replace(/^introduced +/, ''))),
      true,
    ),
    ...(ended === null ? [] : [{ head: `${markdownText(ended.message)}\n\n` }]),
    ...(entry === null ? [] : [{ head: `Saved to history as \`${clean(entry)}\`\n\n` }]),
    ...tablePart(
      'Changes',
      'changes',
      ['resource', 'result', 'details'],
      steps.map(({ resource, state, message }) => [nameInParent(resource), stepWords[state], message ?? '']),
    ),
    ...listPart('Resolved', 'findings', ids(verified.resolved), true),
    ...listPart('Passes now, not by these changes', 'findings', ids(verified.resolvedByOthers ?? []), true),
    ...listPart('Still failing', 'findings', ids(verified.persisting), true),
    ...listPart('Unknown', 'findings', ids(verified.unknown), true),
    ...listPart('Fails again', 'findings', ids(verified.broughtBack ?? []), true),
    ...listPart(
      'Not applicable',
      'findings',
      verified.notApplicable.map(
        ({ finding, reason }) => `${markdownText(spokenId(finding))}: ${markdownText(reason)}`,
      ),
      true,
    ),
    ...listPart(
      'Undo limits',
      'changes',
      irreversible.map((text) => markdownText(text)),
      true,
    ),
    ...listPart(
      'Other clients',
      'answers',
      overwroteTexts(steps, entry).map(({ text }) => markdownText(text)),
      true,
    ),
    ...listPart(
      'Overwritten',
      'settings of another client',
      vanished.map(
        ({ resource, pointer, value }) =>
          `${markdownText(`${nameInParent(resource)} ${pointer}`)}: ${markdownText(stringifyJson(value))}`,
      ),
      true,
    ),
    ...listPart(
      'Not accessible',
      'reads',
      gaps.map(({ id, reason }) => `${markdownText(id)}: ${markdownText(reason)}`),
      false,
    ),
    ...listPart(
      'Not included',
      'findings',
      skipped.map(
        ({ finding, reason }) =>
          `${markdownText(`${spokenId(finding)}${rollUpWords(finding, verified.rollUps)}`)}: ${markdownText(reason)}`,
      ),
      false,
      countedIn(
        skipped.map(({ finding }) => finding),
        verified.rollUps,
      ),
    ),
  ]);
}
