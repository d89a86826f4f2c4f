// A plan read out: its effects, each setting before and after, the undo. Pure.
import { effectLabels } from '../model/effect.ts';
import type { Plan } from '../model/plan.ts';
import { nameInParent } from '../model/resource-id.ts';
import { clean, counted } from '../model/text.ts';
import {
  type ChangeLine,
  describePlan,
  type EffectLine,
  effectLines,
  effectsInShort,
  withoutEffects,
} from '../plan/describe.ts';
import { byRule, listed, spokenFinding, undoText } from './finding-words.ts';
import { whatIfSentences } from './what-if-words.ts';

/** Sentences, in the order to be heard before the question. */
export function planSentences(plan: Plan): string[] {
  const { title, steps, warnings, gates, managed, unread } = describePlan(plan);
  const { introduces, resolves, rollUps = [] } = plan.preview;
  const checked = gates.filter((gate) => gate.outcome === 'pass');
  const effects = effectsInShort(plan.effects);
  return [
    `${title}. Nothing has been sent.`,
    ...(steps.length === 0 ? [] : [`Effects: ${effects.numbers.replaceAll(' · ', ', ')}.`]),
    ...effects.lines.map(spokenEffect),
    ...(effects.more === '' ? [] : [`${capital(effects.more)}.`]),
    ...managed,
    ...steps.flatMap((step, at) => [
      '',
      `Step ${at + 1} of ${steps.length}: ${step.label}.`,
      ...(steps.length === 1 && effects.more === '' ? [] : stepEffects(step)),
      ...step.lines.map(changeSentence),
      ...(step.managed === '' ? [] : [step.managed]),
      ...(step.advice === '' ? [] : [`Note: ${clean(step.advice)}`]),
      `Undo: ${undoText(step.undo)}.`,
    ]),
    '',
    // New failures are listed below by name.
    ...warnings.slice(0, warnings.length - introduces.length).map((warning) => `Warning: ${warning}`),
    ...findingSentences(introduces, plan.verb === 'undo' ? 'Will fail again' : 'Warning, introduced', rollUps),
    ...findingSentences(resolves, 'Resolved', rollUps),
    ...(plan.rehearsal ? ['', ...whatIfSentences(plan.rehearsal), ''] : []),
    ...some(checked, (gate) => `Checked, ${gate.kind}: ${clean(gate.detail)}`),
    ...some(unread, ({ id, reason }) => `Not accessible, ${nameInParent(id)}: ${clean(reason)}`),
    ...some(plan.skipped, ({ finding, reason }) => `Not included, ${spokenFinding(finding)}: ${clean(reason)}`),
  ];
}

const stepEffects = (step: Pick<Plan['steps'][number], 'effects' | 'standing'>): string[] => {
  const lines = effectLines(step.effects);
  return lines.length === 0 ? [withoutEffects(step)] : lines.map(spokenEffect);
};

/** `Not automatic. Cuts off: snet-train to stmlsim, TCP 443: blocked from now on.` */
export const spokenEffect = ({ kind, automatic, text }: EffectLine): string =>
  `${automatic ? '' : 'Not automatic. '}${effectLabels[kind]}: ${text}`;

/** `3 findings. Resolved: ...`; roll-ups are named after them, and not counted. */
function findingSentences(ids: readonly string[], label: string, rollUps: readonly string[]): string[] {
  const own = ids.filter((id) => !rollUps.includes(id));
  const repeated = ids.filter((id) => rollUps.includes(id));
  return [
    ...(own.length === 0 ? [] : [`${label}: ${counted(own.length, 'finding')}.`]),
    ...byRule(own).map((one) => `${label}: ${one}.`),
    ...byRule(repeated).map((one) => `${label}, a roll-up, not counted: ${one}.`),
  ];
}

/** The same as commands of the Azure CLI, one after another. */
export const azSentences = (plan: Plan): string[] =>
  plan.steps.map(({ az }, at) => `Step ${at + 1}: ${az === '' ? 'no equivalent command' : clean(az, 8000)}`);

/** `Default action, before: Allow, after: Deny.` */
export function changeSentence({ sign, text }: ChangeLine): string {
  if (sign === '+') return `Added: ${text}.`;
  if (sign === '-') return `Removed: ${text}.`;
  const [head = '', after, more] = text.split('→');
  const at = head.slice(0, -1).lastIndexOf(': ');
  if (at < 0 || after === undefined || more !== undefined || !head.endsWith(' ') || !after.startsWith(' ')) {
    return `${capital(text.replaceAll('→', 'becomes'))}.`;
  }
  return `${capital(head.slice(0, at))}, before: ${head.slice(at + 2, -1)}, after: ${after.slice(1)}.`;
}

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function some<T>(all: readonly T[], say: (one: T) => string): string[] {
  const rest = all.length - listed;
  return [...all.slice(0, listed).map(say), ...(rest > 0 ? [`And ${rest} more.`] : [])];
}
