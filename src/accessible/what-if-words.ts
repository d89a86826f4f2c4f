// The result of a what-if, read out. Pure.

import { nameInParent } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import type { WhatIf } from '../model/what-if.ts';
import { byRule } from './finding-words.ts';

/** Sentences: the result, what would stop it, and the findings afterwards. */
export function whatIfSentences(whatIf: WhatIf): string[] {
  const { outcome, steps } = whatIf;
  const done = steps.filter(({ state }) => state === 'done').length;
  const stuck = steps.findIndex(({ state }) => state === 'refused' || state === 'unknown');
  const step = steps[stuck];
  const name = step === undefined ? '' : clean(nameInParent(step.resource), 120);
  const why = step?.refusal ? `${step.refusal.code}: ${step.refusal.message}` : (step?.message ?? '');
  const said = {
    done: done === 1 ? 'What-if: the change would succeed.' : `What-if: all ${done} changes would succeed.`,
    refused: `What-if: Azure would reject change ${stuck + 1} of ${steps.length}, ${name}.`,
    unknown: `What-if: the result of change ${stuck + 1} of ${steps.length}, ${name}, is unknown.`,
  };
  return [
    said[outcome],
    'It was simulated on a copy of the snapshot: nothing was sent.',
    ...(why === '' ? [] : [clean(why, 1500)]),
    ...byRule(whatIf.introduces).map((one) => `Would be introduced: ${one}.`),
    ...byRule(whatIf.persists).map((one) => `Would still fail: ${one}.`),
    ...byRule(whatIf.unknown).map((one) => `Unknown: ${one}.`),
    ...byRule(whatIf.resolves).map((one) => `Would be resolved: ${one}.`),
    ...whatIf.limits.map((limit) => `Could not be simulated: ${clean(limit, 600)}`),
  ];
}
