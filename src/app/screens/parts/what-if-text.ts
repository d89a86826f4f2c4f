// The result of a what-if: of the whole plan, and of one step.
import type { Line } from '../../../command/definition.ts';
import { shortFinding } from '../../../model/short-finding.ts';
import { clean, counted } from '../../../model/text.ts';
import type { WhatIf, WhatIfStep } from '../../../model/what-if.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import { groupedLines } from './grouped.ts';

const roles = { done: 'ok', refused: 'bad', unknown: 'unknown', skipped: 'dim' } as const;

/** The symbol of a step in the list. */
export function whatIfSign(step: WhatIfStep, glyphs: Glyphs) {
  const signs = { done: glyphs.ok, refused: glyphs.bad, unknown: '?', skipped: glyphs.skipped };
  return word(signs[step.state], roles[step.state]);
}

/** The result in a few words: `what-if: 11 of 11 changes would succeed`. */
export function whatIfWords({ outcome, steps }: WhatIf) {
  const done = steps.filter(({ state }) => state === 'done').length;
  const stuck = steps.findIndex(({ state }) => state === 'refused' || state === 'unknown') + 1;
  if (outcome === 'refused') return word(`what-if: Azure would reject step ${stuck}`, 'bad');
  if (outcome === 'unknown') return word(`what-if: step ${stuck} is unknown`, 'unknown');
  return word(`what-if: ${done} of ${counted(steps.length, 'change')} would succeed`, 'ok');
}

export function whatIfStepLines(step: WhatIfStep, width: number, glyphs: Glyphs): Line[] {
  const words = {
    done: 'would succeed',
    refused: 'would be rejected',
    unknown: 'unknown',
    skipped: 'would not be sent',
  };
  const { refusal, message } = step;
  return [
    line(word('What-if  ', 'heading'), whatIfSign(step, glyphs), word(` ${words[step.state]}`, roles[step.state])),
    ...(refusal === null ? [] : wrapText(`${refusal.status} ${clean(refusal.code, 80)}`, width, 'bad')),
    ...(refusal === null ? [] : wrapText(clean(refusal.message, 1200), width)),
    ...(refusal?.details ?? []).flatMap((one) =>
      wrapText(`${clean(one.code, 80)}: ${clean(one.message, 800)}`, width, 'dim', 2),
    ),
    ...(message === null ? [] : wrapText(clean(message, 800), width, 'dim')),
    ...step.unread.flatMap((id) => wrapText(`? ${clean(id, 400)}`, width, 'unknown', 2)),
  ];
}

const says = {
  resolves: 'resolved',
  introduces: 'introduced',
  unchanged: 'unchanged',
  unknown: 'unknown',
} as const;

export function whatIfLines(whatIf: WhatIf, rollUps: readonly string[], width: number, glyphs: Glyphs): Line[] {
  const list = (ids: readonly string[], sign: string, said: string, role: string): Line[] =>
    groupedLines(ids, rollUps, { sign, said, role }, width);
  const stuck = whatIf.steps.findIndex(({ state }) => state === 'refused' || state === 'unknown');
  const step = whatIf.steps[stuck];
  return [
    line(word('What-if', 'heading')),
    ...wrapText('Simulated on a copy of the snapshot; nothing was sent.', width, 'dim'),
    ...wrapLine(line(whatIfWords(whatIf)), width),
    ...(step === undefined ? [] : whatIfStepLines(step, width, glyphs)),
    ...list(whatIf.introduces, glyphs.bad, 'would be introduced', 'bad'),
    ...list(whatIf.persists, glyphs.bad, 'would still fail', 'bad'),
    ...list(whatIf.unknown, '?', 'unknown: a resource could not be read', 'unknown'),
    ...whatIf.differences.flatMap((one) =>
      wrapText(
        `! ${shortFinding(one.finding)}: the plan says ${says[one.preview]}, the what-if ${says[one.rehearsal]}`,
        width,
        'warn',
        2,
      ),
    ),
    ...whatIf.limits.flatMap((limit) => wrapText(`! not simulated: ${clean(limit, 600)}`, width, 'warn', 2)),
    ...list(whatIf.resolves, glyphs.ok, 'would be resolved', 'ok'),
  ];
}
