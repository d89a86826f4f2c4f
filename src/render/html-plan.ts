// A plan as HTML: what it does as a whole, and each change with the values before and after. Pure.
import type { Plan } from '../model/plan.ts';
import { clean, counted } from '../model/text.ts';
import {
  describePlan,
  effectLines,
  gatesByReason,
  phaseWords,
  previewNumbers,
  stepEffectLines,
  undoLabels,
} from '../plan/describe.ts';
import { noChanges } from './plan-text.ts';
import { xmlText } from './xml.ts';

export function planHtml(plan: Plan): string {
  const { steps, effects, managed } = describePlan(plan);
  if (steps.length === 0) return `<p>${noChanges(plan)}</p>\n`;
  const gates = gatesByReason(plan.gates.filter(({ outcome }) => outcome !== 'pass'));
  const list = (title: string, items: readonly string[]) =>
    items.length === 0
      ? ''
      : `<h3>${title}</h3>\n<ul>${items.map((one) => `<li>${xmlText(clean(one))}</li>`).join('')}</ul>\n`;
  return [
    `<p>${xmlText(`${counted(steps.length, 'change')}: ${previewNumbers(plan)}`)}</p>\n`,
    list(
      'Effects',
      effectLines(effects).map(({ label, text }) => (label === '' ? text : `${label}: ${text}`)),
    ),
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
      const notes = stepEffectLines(step.effects).map(({ text }) => text);
      return `<details open><summary>${at + 1}. <strong>${xmlText(step.label)}</strong> <span class="dim">${phaseWords[step.phase]} · Undo: ${undoLabels[step.undo]}</span></summary>
<pre>${lines.join('\n')}</pre>
<p>${[...notes, step.managed, step.risk]
        .filter((one) => one !== '')
        .map((one) => xmlText(clean(one)))
        .join('<br>')}</p>
</details>\n`;
    }),
  ].join('');
}
