// A plan read out: each setting before and after, the risk, the undo. Pure.
import { effectLabels } from '../model/effect.ts';
import type { Plan } from '../model/plan.ts';
import { nameInParent } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { type ChangeLine, describePlan, effectLines } from '../plan/describe.ts';
import { byRule, listed, spokenFinding, undoText } from './finding-words.ts';
import { whatIfSentences } from './what-if-words.ts';

/** Sentences, in the order to be heard before the question. */
export function planSentences(plan: Plan): string[] {
  const { title, steps, warnings, gates, managed, unread } = describePlan(plan);
  const { introduces, resolves } = plan.preview;
  const checked = gates.filter((gate) => gate.outcome === 'pass');
  return [
    `${title}. Nothing has been sent.`,
    ...effectSentences(plan.effects),
    ...managed,
    ...steps.flatMap((step, at) => [
      '',
      `Step ${at + 1} of ${steps.length}: ${step.label}.`,
      ...step.lines.map(changeSentence),
      ...(steps.length === 1 ? [] : effectSentences(step.effects)),
      ...(step.managed === '' ? [] : [step.managed]),
      `Risk: ${clean(step.risk)}`,
      `Undo: ${undoText(step.undo)}.`,
    ]),
    '',
    // New failures are listed below by name.
    ...warnings.slice(0, warnings.length - introduces.length).map((warning) => `Warning: ${warning}`),
    ...byRule(introduces).map((one) => `${plan.verb === 'undo' ? 'Will fail again' : 'Warning, introduced'}: ${one}.`),
    ...byRule(resolves).map((one) => `Resolved: ${one}.`),
    ...(plan.rehearsal ? ['', ...whatIfSentences(plan.rehearsal), ''] : []),
    ...some(checked, (gate) => `Checked, ${gate.kind}: ${clean(gate.detail)}`),
    ...some(unread, ({ id, reason }) => `Not accessible, ${nameInParent(id)}: ${clean(reason)}`),
    ...some(plan.skipped, ({ finding, reason }) => `Not included, ${spokenFinding(finding)}: ${clean(reason)}`),
  ];
}

/** `Restricts: The default action of stmlsim becomes Deny.` */
const effectSentences = (effects: Plan['effects']): string[] =>
  effectLines(effects).map(({ kind, text }) => `${effectLabels[kind]}: ${text}`);

/** The same as commands of the Azure CLI, one after another. */
export const azSentences = (plan: Plan): string[] =>
  plan.steps.map(({ az }, at) => `Step ${at + 1}: ${az === '' ? 'no equivalent command' : clean(az, 8000)}`);

/** `Default action, before: Allow, after: Deny.` */
export function changeSentence({ sign, text }: ChangeLine): string {
  if (sign === '+') return `Added: ${text}.`;
  if (sign === '-') return `Removed: ${text}.`;
  const [, name, before, after] = /^([^\u2192]*): ([^\u2192]*) \u2192 ([^\u2192]*)$/.exec(text) ?? [];
  if (name === undefined) return `${capital(text.replaceAll('→', 'becomes'))}.`;
  return `${capital(name)}, before: ${before}, after: ${after}.`;
}

export const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function some<T>(all: readonly T[], say: (one: T) => string): string[] {
  const rest = all.length - listed;
  return [...all.slice(0, listed).map(say), ...(rest > 0 ? [`And ${rest} more.`] : [])];
}
