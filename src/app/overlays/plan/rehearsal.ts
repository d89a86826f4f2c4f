// What a rehearsal said: of the plan as a whole, and of one step.
import type { Line } from '../../../command/definition.ts';
import type { Rehearsal, RehearsedStep } from '../../../model/rehearsal.ts';
import { shortFinding } from '../../../model/short-finding.ts';
import { clean } from '../../../model/text.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import { groupedLines } from './grouped.ts';

const roles = { done: 'ok', refused: 'bad', unknown: 'unknown', skipped: 'dim' } as const;

/** The sign of a step in the list. */
export function rehearsedSign(step: RehearsedStep, glyphs: Glyphs) {
  const signs = { done: glyphs.ok, refused: glyphs.bad, unknown: '?', skipped: glyphs.skipped };
  return word(signs[step.state], roles[step.state]);
}

/** How it went, in a few words: `11 of 11 would go through`. */
export function rehearsalWords({ outcome, steps }: Rehearsal) {
  const done = steps.filter(({ state }) => state === 'done').length;
  const stuck = steps.findIndex(({ state }) => state === 'refused' || state === 'unknown') + 1;
  if (outcome === 'refused') return word(`rehearsed: Azure would refuse step ${stuck}`, 'bad');
  if (outcome === 'unknown') return word(`rehearsed: nobody can tell about step ${stuck}`, 'unknown');
  return word(`rehearsed: ${done} of ${steps.length} would go through`, 'ok');
}

export function rehearsedStepLines(step: RehearsedStep, width: number, glyphs: Glyphs): Line[] {
  const words = {
    done: 'would go through',
    refused: 'would be refused',
    unknown: 'is not known',
    skipped: 'would not be sent',
  };
  const { refusal, message } = step;
  return [
    line(word('Rehearsed  ', 'heading'), rehearsedSign(step, glyphs), word(` ${words[step.state]}`, roles[step.state])),
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
  resolves: 'it is resolved',
  introduces: 'it starts to fail',
  unchanged: 'nothing changes',
  unknown: 'nobody can say',
} as const;

export function rehearsalLines(rehearsal: Rehearsal, width: number, glyphs: Glyphs): Line[] {
  const list = (ids: readonly string[], sign: string, said: string, role: string): Line[] =>
    groupedLines(ids, sign, said, role, width);
  const stuck = rehearsal.steps.findIndex(({ state }) => state === 'refused' || state === 'unknown');
  const step = rehearsal.steps[stuck];
  return [
    line(word('Rehearsal', 'heading')),
    ...wrapText('Played on a copy of what was read; nothing was sent.', width, 'dim'),
    ...wrapLine(line(rehearsalWords(rehearsal)), width),
    ...(step === undefined ? [] : rehearsedStepLines(step, width, glyphs)),
    ...list(rehearsal.introduces, glyphs.bad, 'would start to fail', 'bad'),
    ...list(rehearsal.persists, glyphs.bad, 'would still fail', 'bad'),
    ...list(rehearsal.unknown, '?', 'nobody can say, for want of what could not be read', 'unknown'),
    ...rehearsal.differences.flatMap((one) =>
      wrapText(
        `! ${shortFinding(one.finding)}: the plan says ${says[one.preview]}, the rehearsal that ${says[one.rehearsal]}`,
        width,
        'warn',
        2,
      ),
    ),
    ...rehearsal.limits.flatMap((limit) => wrapText(`! not rehearsed: ${clean(limit, 600)}`, width, 'warn', 2)),
    ...list(rehearsal.resolves, glyphs.ok, 'would no longer fail', 'ok'),
  ];
}
