// A plan as lines of tagged words. Pure.
import { rollUpWords } from '../model/compare.ts';
import type { Plan, Step } from '../model/plan.ts';
import { nameInParent } from '../model/resource-id.ts';
import { type Line, line } from '../model/words.ts';
import { alreadySetText } from '../plan/already-set.ts';
import {
  countedChanges,
  describePlan,
  type EffectLine,
  effectLines,
  effectsInShort,
  gatesByReason,
  noChanges,
  previewNumbers,
  stepTitle,
  undoNote,
} from '../plan/describe.ts';
import { withoutEffects } from '../plan/risk.ts';
import { changeLines, spokenId } from './change-text.ts';
import { whatIfTextLines } from './what-if-text.ts';

/**
 * The whole plan: each step with before, after, risk and its `az` command; preflight checks; findings that change; what is
 * skipped.
 */
export function planLines(plan: Plan): Line[] {
  const gates = plan.gates.filter((gate) => gate.outcome !== 'pass');
  const { managed, unread, steps: described } = describePlan(plan);
  const steps = plan.steps.flatMap((step, index) => stepLines(step, index + 1, described[index]?.managed ?? ''));
  return [
    line([
      plan.steps.length === 0
        ? noChanges(plan)
        : `${countedChanges(plan)}${plan.steps.length === 1 ? ':' : ', in this order:'}`,
      'heading',
    ]),
    line([previewNumbers(plan), 'dim']),
    ...(plan.steps.length === 0 ? [] : section('Effects', effectsOf(plan))),
    ...section(
      'Managed by others',
      managed.map((text) => line([text, 'warn'])),
    ),
    ...(steps.length === 0 ? [] : [[]]),
    ...steps,
    ...section(
      'Already set',
      (plan.alreadySet ?? []).map((one) => line(alreadySetText(one))),
    ),
    ...section(
      'Preflight checks',
      gatesByReason(gates).map((gate) =>
        line([`${gate.outcome}: `, gate.outcome === 'fail' ? 'bad' : 'warn'], `${gate.kind}: ${gate.detail}`),
      ),
    ),
    ...section(
      'Not accessible',
      unread.map((gap) => line([`${gap.id}: `, 'unknown'], [gap.reason, 'dim'])),
    ),
    ...section(
      'Undo limits',
      plan.irreversible.map((text) => line([text, 'warn'])),
    ),
    ...section(
      'Not restored',
      (plan.notRestored ?? []).map(({ why }) => line([why, 'warn'])),
    ),
    ...section(
      'Resolves',
      plan.preview.resolves.map((id) => line([spokenId(id), 'ok'], [rollUpWords(id, plan.preview.rollUps), 'dim'])),
    ),
    ...section(
      'Introduces',
      plan.preview.introduces.map((id) => line([spokenId(id), 'bad'], [rollUpWords(id, plan.preview.rollUps), 'dim'])),
    ),
    ...section(
      'Not included',
      plan.skipped.map(({ finding, reason }) =>
        line(`${spokenId(finding)}${rollUpWords(finding, plan.preview.rollUps)}: `, [reason, 'dim']),
      ),
    ),
    ...(plan.rehearsal ? [[], ...whatIfTextLines(plan.rehearsal)] : []),
  ];
}

const section = (title: string, lines: readonly Line[]): Line[] =>
  lines.length === 0 ? [] : [[], line([title, 'heading']), ...lines.map((words) => [{ text: '  ' }, ...words])];

/** The numbers of the whole plan, and its first effects by name. */
function effectsOf({ effects }: Plan): Line[] {
  const { numbers, lines, more } = effectsInShort(effects);
  return [line(numbers), ...effectText(lines), ...(more === '' ? [] : [line([`  ${more}`, 'dim'])])];
}

const stepEffects = (step: Step): Line[] => {
  const lines = effectLines(step.effects);
  return lines.length === 0 ? [line([withoutEffects(step), 'dim'])] : effectText(lines);
};

/** Effects as lines, their labels in one column. What is not automatic is marked. */
const effectText = (lines: readonly EffectLine[]): Line[] =>
  lines.map(({ automatic, label, text }) =>
    line([`${automatic ? ' ' : '!'} ${label.padEnd(labelWidth)}`, automatic ? 'warn' : 'bad'], text),
  );
const labelWidth = 'Other scope'.length + 2;

function stepLines(step: Step, number: number, managed: string): Line[] {
  return [
    line(
      [`${number}. `, 'dim'],
      [nameInParent(step.change.resource), 'accent'],
      [`  ${stepTitle(step)}${undoNote(step)}`, 'dim'],
    ),
    ...stepEffects(step).map((words) => [{ text: '   ' }, ...words]),
    ...changeLines(step.change),
    ...(managed === '' ? [] : [line(`     ${'Managed'.padEnd(labelWidth)}`, [managed, 'warn'])]),
    ...(step.advice === undefined ? [] : [line([`   ${step.advice}`, 'dim'])]),
    ...(step.az === '' ? [] : [line(['   $ ', 'dim'], [step.az, 'dim'])]),
  ];
}
