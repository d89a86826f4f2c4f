// What came of a rehearsal, read out. Pure.
import type { Rehearsal } from '../model/rehearsal.ts';
import { nameInParent } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { byRule } from './finding-words.ts';

/** Sentences: how it went, what would stop it, and what the audit would say afterwards. */
export function rehearsalSentences(rehearsal: Rehearsal): string[] {
  const { outcome, steps } = rehearsal;
  const done = steps.filter(({ state }) => state === 'done').length;
  const stuck = steps.findIndex(({ state }) => state === 'refused' || state === 'unknown');
  const step = steps[stuck];
  const name = step === undefined ? '' : clean(nameInParent(step.resource), 120);
  const why = step?.refusal ? `${step.refusal.code}: ${step.refusal.message}` : (step?.message ?? '');
  const said = {
    done: `Rehearsed: all ${done} writes would go through.`,
    refused: `Rehearsed: Azure would refuse write ${stuck + 1} of ${steps.length}, ${name}.`,
    unknown: `Rehearsed: nobody can tell whether write ${stuck + 1} of ${steps.length}, ${name}, goes through.`,
  };
  return [
    said[outcome],
    'It was played on a copy of what was read: nothing was sent.',
    ...(why === '' ? [] : [clean(why, 1500)]),
    ...byRule(rehearsal.introduces).map((one) => `Would start to fail: ${one}.`),
    ...byRule(rehearsal.persists).map((one) => `Would still fail: ${one}.`),
    ...byRule(rehearsal.unknown).map((one) => `Nobody can say: ${one}.`),
    ...byRule(rehearsal.resolves).map((one) => `Would no longer fail: ${one}.`),
    ...rehearsal.limits.map((limit) => `Could not be rehearsed: ${clean(limit, 600)}`),
  ];
}
