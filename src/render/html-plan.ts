// A plan as HTML: what it does as a whole, and each change with the values before and after. Pure.
import { isSaidFirst } from '../model/effect-groups.ts';
import type { Plan } from '../model/plan.ts';
import { clean, counted } from '../model/text.ts';
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
import { xmlText } from './xml.ts';

export function planHtml(plan: Plan): string {
  const { steps, managed } = describePlan(plan);
  if (steps.length === 0) return `<p>${noChanges(plan)}</p>\n`;
  const effects = effectsInShort(plan.effects);
  const gates = gatesByReason(plan.gates.filter(({ outcome }) => outcome !== 'pass'));
  const list = (title: string, items: readonly string[]) =>
    items.length === 0
      ? ''
      : `${title === '' ? '' : `<h3>${title}</h3>\n`}<ul>${items.map((one) => `<li>${xmlText(clean(one))}</li>`).join('')}</ul>\n`;
  return [
    `<p>${xmlText(`${counted(steps.length, 'change')}: ${previewNumbers(plan)}`)}</p>\n`,
    `<h3>Effects</h3>\n<p>${xmlText(effects.numbers)}</p>\n`,
    list('', [...effects.lines.map(effectSentence), ...(effects.more === '' ? [] : [effects.more])]),
    list('Managed by others', managed),
    list(
      'Preflight checks',
      gates.map(({ outcome, kind, detail }) => `${outcome}: ${kind}: ${detail}`),
    ),
    ...steps.map((step, at) => {
      const lines = step.lines.map(({ sign, text }) => {
        const safe = xmlText(`${sign} ${text}`);
        return sign === '+' ? `<ins>${safe}</ins>` : sign === '-' ? `<del>${safe}</del>` : safe;
      });
      const told = effectLines(step.effects);
      const [first, notes] = [told.filter(isSaidFirst), told.filter((one) => !isSaidFirst(one))];
      const said = first.map((one) => `<br>${xmlText(effectSentence(one))}`).join('');
      return `<details open><summary>${at + 1}. <strong>${xmlText(step.label)}</strong> <span class="dim">${step.title}${undoNote(step)}</span>${said}</summary>
<pre>${lines.join('\n')}</pre>
<p>${[...(told.length === 0 ? [withoutEffects(step)] : []), ...notes.map(effectSentence), step.managed, step.advice]
        .filter((one) => one !== '')
        .map((one) => xmlText(clean(one)))
        .join('<br>')}</p>
</details>\n`;
    }),
  ].join('');
}
