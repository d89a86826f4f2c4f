// The effects of a plan, or of one step: each kind with the steps that it comes from, the gravest first.
import type { Line } from '../../../command/definition.ts';
import { type Effect, type EffectKind, effectLabels } from '../../../model/effect.ts';
import { nameInParent, nameOf } from '../../../model/resource-id.ts';
import { clean } from '../../../model/text.ts';
import { type EffectLine, effectLines, stepEffectLines } from '../../../plan/describe.ts';
import type { Glyphs } from '../../draw/glyphs.ts';
import { fitLine, line, widthOf, word, wrapLine } from '../../draw/text.ts';
import { effectRoles } from '../../screens/parts/effect-roles.ts';
import { allSteps, numbersOf, type PlanOverlay } from './value.ts';

const labelCells = 'Restricts'.length + 2;
/** Kinds that are named where a plan has none of them. */
const alwaysNamed: readonly EffectKind[] = ['relaxes', 'deletes', 'oneWay', 'costs'];

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

/** The text of effects with the numbers of their steps; a plan of one step needs none. */
function numbered(overlay: PlanOverlay, lines: readonly Omit<EffectLine, 'label'>[], text: string): string {
  if (allSteps(overlay).length < 2) return text;
  const numbers = numbersOf(overlay);
  const comes = (effects: readonly Effect[]) =>
    effects.some((one) =>
      lines.some((own) => one.kind === own.kind && (clean(one.detail) === own.text || isCount(own.text))),
    );
  const steps = overlay.plan.steps.flatMap(({ effects }, index) => (comes(effects) ? [numbers[index] ?? index] : []));
  return `${text.replace(/\.$/, '')} (${stepNumbers(steps)})`;
}
/** The line that counts what is allowed, instead of naming each. */
const isCount = (text: string): boolean => /^\d+ named sources or destinations/.test(text);

/** Effects that say the same of several resources as one, with the names of all and the numbers of their steps. */
function alike(
  overlay: PlanOverlay,
  lines: readonly EffectLine[],
): { readonly text: string; readonly count: number }[] {
  const named = (text: string, kind: EffectKind) => {
    const one = overlay.plan.effects.find((effect) => effect.kind === kind && clean(effect.detail) === text);
    const names =
      one === undefined ? [] : [nameInParent(one.resource), nameOf(one.resource)].map((name) => clean(name));
    const split = names.map((name) => ({ name, parts: text.split(name) }));
    // Only where the resource is told by its whole name, once.
    const told = split.find(
      ({ parts }) => parts.length === 2 && !/[\w/-]$/.test(parts[0] ?? '') && !/^[\w/-]/.test(parts[1] ?? ''),
    );
    return { text, kind, name: told?.name ?? '', parts: told?.parts ?? [] };
  };
  const all = lines.map(({ text, kind }) => named(text, kind));
  const groups = Map.groupBy(all, ({ parts, text }) => (parts.length === 2 ? parts.join('\0') : text));
  return [...groups.values()].map((same) => {
    const [{ text = '', parts = [] } = {}] = same;
    const names = same.map(({ name }) => name);
    const said = same.length < 2 ? text : parts.join(`${names.slice(0, -1).join(', ')} and ${names.at(-1)}`);
    return { text: numbered(overlay, same, said), count: same.length };
  });
}

/** The first of them that fit, and how many effects do not. */
function fitEffects(
  all: readonly { readonly text: string; readonly count: number }[],
  lead: Line,
  width: number,
  most: number,
  { dot, more }: Glyphs,
): Line[] {
  const indent = labelCells + 3;
  for (let shown = all.length; ; shown -= 1) {
    const left = all.slice(shown).reduce((sum, { count }) => sum + count, 0);
    const end = left === 0 ? '' : ` ${dot} and ${left} more`;
    const text = all.slice(0, shown).map((one) => one.text);
    const rows = wrapLine(line(...lead, `${text.join(` ${dot} `)}${end}`), width, indent);
    if (rows.length <= most) return rows;
    if (shown > 1) continue;
    const cut = wrapLine(line(...lead, text.join('')), width, indent);
    const last = fitLine(rest(cut.slice(most - 1)), width - widthOf(end), more);
    return [...cut.slice(0, most - 1), line(...last, end)];
  }
}

/** Each kind, in at most so many rows in all; then what the plan has none of. What does not fit is counted, and in the summary. */
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
    const role = effectRoles[kind];
    const lead = [word(kind === 'allows' ? '   ' : ' ! ', role), word(effectLabels[kind].padEnd(labelCells), role)];
    const fit = fitEffects(alike(overlay, all), lead, width, 1 + Math.max(0, spare), glyphs);
    spare -= fit.length - 1;
    return fit;
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
  const rows = (heading === undefined ? stepEffectLines : effectLines)(effects).flatMap((one) =>
    wrapLine(
      line(
        word(one.label.padEnd(labelCells), effectRoles[one.kind]),
        heading === undefined ? one.text : numbered(overlay, [one], one.text),
      ),
      width,
      labelCells,
    ),
  );
  if (rows.length === 0) return [];
  return [...(heading === undefined ? [] : [line(word(heading, 'heading'))]), ...rows, []];
}
