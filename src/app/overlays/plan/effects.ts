// The effects of a plan, or of one step: in numbers, then by name, each with the steps that it comes from; what is not automatic first.
import type { Line, Word } from '../../../command/definition.ts';
import { currentEffects, type Effect } from '../../../model/effect.ts';
import { effectNumbers } from '../../../model/effect-words.ts';
import type { Step } from '../../../model/plan.ts';
import { type EffectLine, effectLines, effectsInShort, withoutEffects } from '../../../plan/describe.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitLine, line, lineWidth, word, wrapLine, wrapText } from '../../draw/text.ts';
import { effectCells, effectRoles, effectWords } from '../../screens/parts/effect-roles.ts';
import { allSteps, numbersOf, type PlanOverlay } from './value.ts';

/** `1-3, 5`, of numbers from 0. */
function stepNumbers(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from + 1}` : `${from + 1}-${to + 1}`)).join(', ');
}

const keyOf = ({ kind, resource, detail }: Effect): string => `${kind} ${resource} ${detail}`;

/** The sentence with the numbers of its steps; a plan of one step needs none. */
function numbered(overlay: PlanOverlay, one: EffectLine): EffectLine {
  if (allSteps(overlay).length < 2) return one;
  const own = new Set(one.effects.map(keyOf));
  const numbers = numbersOf(overlay);
  const steps = overlay.plan.steps.flatMap(({ effects }, index) =>
    currentEffects(effects).some((effect) => own.has(keyOf(effect))) ? [numbers[index] ?? index] : [],
  );
  return { ...one, text: `${one.text.replace(/\.$/, '')} (${stepNumbers(steps)})` };
}

/** `opens 1 · cuts off 0`; a number stays on the row of its kind. */
function numberRows(effects: readonly Effect[], width: number, glyphs: Glyphs): Line[] {
  const rows: Word[][] = [];
  for (const { kind, count, text } of effectNumbers(effects)) {
    const own = word(text, count === 0 ? 'dim' : effectRoles[kind]);
    const last = rows.at(-1);
    const dot = word(` ${glyphs.dot} `, 'border');
    if (last === undefined || lineWidth([...last, dot, own]) > width) rows.push([word(' '), own]);
    else last.push(dot, own);
  }
  return rows;
}

/** The numbers of each kind, then the first effects by name, in at most so many rows in all. All are in the summary. */
export function effectRows(overlay: PlanOverlay, width: number, most: number, glyphs: Glyphs): Line[] {
  const { effects, steps } = overlay.plan;
  if (steps.length === 0 || most < 1) return [];
  const head = numberRows(effects, width, glyphs).slice(0, most);
  const room = most - head.length;
  const all = effectLines(effects).map((one) => line(word(' '), ...effectWords(numbered(overlay, one))));
  const whole = all.flatMap((words) => wrapLine(words, width, effectCells + 1));
  if (whole.length <= room) return [...head, ...whole];
  const shown = all.slice(0, Math.max(0, room - 1));
  const left = all.length - shown.length;
  const last = left === 0 || room === 0 ? [] : [line(word(` and ${left} more, listed in the summary`, 'dim'))];
  return [...head, ...shown.map((words) => fitLine(words, width, glyphs.more)), ...last];
}

/** The first effects of the plan, one below the other, with a blank row behind them. */
export function summaryBlock(overlay: PlanOverlay, width: number): Line[] {
  const { lines, more } = effectsInShort(overlay.plan.effects);
  if (lines.length === 0) return [];
  const rows = blockOf(
    lines.map((one) => numbered(overlay, one)),
    width,
  );
  return [line(word('Effects', 'heading')), ...rows, ...(more === '' ? [] : [line(word(`  ${more}`, 'dim'))]), []];
}

/** All effects of one step. */
export function effectsBlock(step: Pick<Step, 'effects' | 'standing'>, width: number): Line[] {
  const rows = blockOf(effectLines(step.effects), width);
  return [...(rows.length === 0 ? wrapText(withoutEffects(step), width, 'dim') : rows), []];
}

const blockOf = (lines: readonly EffectLine[], width: number): Line[] =>
  lines.flatMap((one) => wrapLine(effectWords(one), width, effectCells));
