// The effects of a plan, or of one step: each kind with the steps that it comes from, the gravest first.
import type { Line } from '../../../command/definition.ts';
import { type Effect, type EffectKind, effectLabels } from '../../../model/effect.ts';
import { clean } from '../../../model/text.ts';
import { type EffectLine, effectLines } from '../../../plan/describe.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitLine, line, word, wrapLine } from '../../draw/text.ts';
import { effectRoles } from '../../screens/parts/effect-roles.ts';
import { allSteps, numbersOf, type PlanOverlay } from './value.ts';

const labelCells = 'Restricts'.length + 2;
/** Kinds that are named where a plan has none of them. */
const alwaysNamed: readonly EffectKind[] = ['relaxes', 'deletes', 'oneWay', 'costs'];

/** `1-3, 5`, of numbers from 0. */
export function stepNumbers(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from + 1}` : `${from + 1}-${to + 1}`)).join(', ');
}

/** The text of an effect with the numbers of its steps; a plan of one step needs none. */
function numbered(overlay: PlanOverlay, { kind, text }: EffectLine): string {
  if (allSteps(overlay).length < 2) return text;
  const numbers = numbersOf(overlay);
  const comes = (effects: readonly Effect[]) =>
    effects.some((one) => one.kind === kind && (clean(one.detail) === text || isCount(text)));
  const steps = overlay.plan.steps.flatMap(({ effects }, index) => (comes(effects) ? [numbers[index] ?? index] : []));
  return `${text.replace(/\.$/, '')} (${stepNumbers(steps)})`;
}
/** The line that counts sources which gain access, instead of naming each. */
const isCount = (text: string): boolean => /^\d+ named sources gain access/.test(text);

/** Each kind, in at most so many rows in all; then what the plan has none of. What does not fit is in the summary. */
export function effectRows(overlay: PlanOverlay, width: number, most: number, glyphs: Glyphs): Line[] {
  const { effects, steps } = overlay.plan;
  if (steps.length === 0 || most < 1) return [];
  const kinds = [...Map.groupBy(effectLines(effects), ({ kind }) => kind)];
  const none = alwaysNamed.filter((kind) => !kinds.some(([one]) => one === kind));
  const last =
    none.length === 0
      ? []
      : [line(word(` ${none.map((kind) => `${effectLabels[kind]} nothing`).join(`  ${glyphs.dot}  `)}`, 'dim'))];
  const shown = kinds.slice(0, Math.max(1, most - last.length));
  // What room there is goes to the gravest first.
  let spare = most - last.length - shown.length;
  const rows = shown.flatMap(([kind, all]) => {
    const text = all.map((one) => numbered(overlay, one)).join(` ${glyphs.dot} `);
    const role = effectRoles[kind];
    const lead = [word(kind === 'allows' ? '   ' : ' ! ', role), word(effectLabels[kind].padEnd(labelCells), role)];
    const wrapped = wrapLine(line(...lead, text), width, labelCells + 3);
    const more = Math.max(0, Math.min(wrapped.length - 1, spare));
    spare -= more;
    return [...wrapped.slice(0, more), fitLine(rest(wrapped.slice(more)), width, glyphs.more)];
  });
  return [...rows, ...last].slice(0, most);
}

/** Wrapped rows on one line again, to be cut at its end. */
const rest = (rows: readonly Line[]): Line =>
  rows.flatMap((words, index) =>
    index === 0 ? words : [word(' '), ...words.map((one) => ({ ...one, text: one.text.trimStart() }))],
  );

/** All effects, one below the other, with a blank row behind them; `heading` for those of the whole plan. */
export function effectsBlock(
  overlay: PlanOverlay,
  effects: readonly Effect[],
  width: number,
  heading?: string,
): Line[] {
  const rows = effectLines(effects).flatMap((one) =>
    wrapLine(
      line(
        word(one.label.padEnd(labelCells), effectRoles[one.kind]),
        heading === undefined ? one.text : numbered(overlay, one),
      ),
      width,
      labelCells,
    ),
  );
  if (rows.length === 0) return [];
  return [...(heading === undefined ? [] : [line(word(heading, 'heading'))]), ...rows, []];
}
