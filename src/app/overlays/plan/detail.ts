// The text beside the list: one step with before, after and undo, or the summary of the plan.
import type { Line } from '../../../command/definition.ts';
import type { Effect, EffectKind } from '../../../model/effect.ts';
import type { Gate, Plan, Step } from '../../../model/plan.ts';
import { nameInParent } from '../../../model/resource-id.ts';
import { shortFinding } from '../../../model/short-finding.ts';
import { clean } from '../../../model/text.ts';
import { type DescribedPlan, describePlan, effectLines, phaseWords, undoWords } from '../../../plan/describe.ts';
import { stepRows } from '../../../plan/describe-settings.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { line, word, wrapLine, wrapText } from '../../draw/text.ts';
import { shortIds } from '../../state/select.ts';
import type { State } from '../../state/state.ts';
import { groupedLines } from './grouped.ts';
import { settingLines } from './settings.ts';
import { hasList, type PlanOverlay, shownStep } from './value.ts';
import { whatIfLines, whatIfStepLines } from './what-if.ts';

const blank: Line = [];

export function planDetail(overlay: PlanOverlay, state: State, width: number): Line[] {
  const glyphs = glyphsFor(state.ascii);
  const described = describePlan(overlay.plan);
  const at = shownStep(overlay);
  if (at !== null) return stepDetail(overlay.plan, described, at, width, state);
  const single = hasList(overlay) ? [] : stepDetail(overlay.plan, described, 0, width, state);
  return [
    ...effectsBlock(overlay.plan.effects, width, 'Effects'),
    ...headLines(overlay, described, width, glyphs),
    ...(single.length === 0 ? [] : [...single, blank]),
    ...wholeLines(overlay.plan, described, width, glyphs),
  ];
}

function stepDetail(plan: Plan, described: DescribedPlan, at: number, width: number, state: State): Line[] {
  const glyphs = glyphsFor(state.ascii);
  const [step, words] = [plan.steps[at], described.steps[at]];
  if (step === undefined || words === undefined) return [];
  const rows = stepRows(plan, at, state.snapshot?.resources ?? []);
  const rehearsed = plan.rehearsal?.steps[at];
  const place = plan.steps.length === 1 ? '' : `step ${at + 1} of ${plan.steps.length} ${glyphs.dot} `;
  return [
    ...wrapText(clean(words.label), width, 'heading', 2),
    line(word(`${place}${phaseWords[step.phase]}`, 'dim')),
    blank,
    ...settingLines(rows, step.change.kind, width, glyphs.more),
    blank,
    ...(plan.steps.length === 1 ? [] : effectsBlock(step.effects, width)),
    ...(rehearsed === undefined ? [] : [...whatIfStepLines(rehearsed, width, glyphs), blank]),
    ...factLines(step, plan, width, glyphs),
  ];
}

const effectRoles: Readonly<Record<EffectKind, string>> = {
  ...{ relaxes: 'bad', deletes: 'bad', oneWay: 'bad', outage: 'bad' },
  ...{ restricts: 'warn', costs: 'warn', allows: 'ok' },
};
const effectCells = 'Restricts'.length + 2;

/** The effects, the gravest first, with a blank row behind them. */
function effectsBlock(effects: readonly Effect[], width: number, heading?: string): Line[] {
  const rows = effectLines(effects).flatMap(({ kind, label, text }) =>
    wrapLine(line(word(label.padEnd(effectCells), effectRoles[kind]), clean(text)), width, effectCells),
  );
  if (rows.length === 0) return [];
  return [...(heading === undefined ? [] : [line(word(heading, 'heading'))]), ...rows, blank];
}

/** The longest name and the gap behind it. */
const factCells = 'Depends on'.length + 2;

function factLines(step: Step, { verb, preview }: Plan, width: number, glyphs: Glyphs): Line[] {
  const fact = (name: string, text: string, role?: string): Line[] =>
    text === '' ? [] : wrapLine(line(word(name.padEnd(factCells), 'dim'), word(text, role)), width, factCells);
  const isUndo = verb === 'undo';
  const concerned = isUndo ? step.findings.filter((id) => preview.introduces.includes(id)) : step.findings;
  const [first, ...others] = concerned.map(shortFinding);
  return [
    ...fact('Risk', clean(step.risk)),
    ...fact('Undo', undoWords[step.undo] ?? step.undo, { exact: 'ok', none: 'bad' }[step.undo as string] ?? 'warn'),
    ...fact('az', shortIds(clean(step.az), glyphs.more), 'accent'),
    ...fact(isUndo ? 'Fail again' : 'Resolves', first ?? ''),
    ...others.flatMap((one) => fact('', one)),
    ...fact('Depends on', step.needs.map((one) => clean(one, 80)).join(', '), 'dim'),
  ];
}

/** What must be read before confirming. */
function headLines({ blocked, plan }: PlanOverlay, { warnings }: DescribedPlan, width: number, glyphs: Glyphs): Line[] {
  // An undo reintroduces findings, as expected: they are listed below and are not warnings.
  const announced = plan.verb === 'undo' ? plan.preview.introduces.length : 0;
  const lines = [
    ...(blocked === null ? [] : wrapText(`${glyphs.bad} ${clean(blocked)}`, width, 'bad', 2)),
    ...warnings
      .slice(0, warnings.length - announced)
      .flatMap((warning) => wrapText(`! ${shortIds(clean(warning), glyphs.more)}`, width, 'warn', 2)),
  ];
  return lines.length === 0 ? [] : [...lines, blank];
}

/** The result of the plan: by what-if where it was run, else by the preview; preflight checks; what is not included. */
function wholeLines(plan: Plan, { gates }: DescribedPlan, width: number, glyphs: Glyphs): Line[] {
  const passed = gates.filter((gate) => gate.outcome === 'pass').flatMap((gate) => gateLine(gate, width, glyphs));
  const unread = (plan.gaps ?? []).flatMap((gap) =>
    wrapText(`? ${clean(nameInParent(gap.id))}: ${clean(gap.reason)}`, width, 'unknown', 2),
  );
  const left = plan.skipped.flatMap((one) =>
    wrapText(`${glyphs.skipped} ${shortFinding(one.finding)}: ${clean(one.reason)}`, width, 'dim', 2),
  );
  const parts: readonly Line[][] = [
    plan.rehearsal === undefined ? [] : whatIfLines(plan.rehearsal, width, glyphs),
    plan.rehearsal === undefined ? afterLines(plan, width, glyphs) : [],
    passed.length === 0 ? [] : [line(word('Preflight checks', 'heading')), ...passed],
    left.length === 0 ? [] : [line(word('Not included', 'heading')), ...left],
    unread.length === 0 ? [] : [line(word('Not accessible', 'heading')), ...unread],
  ];
  return parts.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : [blank, ...lines]));
}

const gateLine = (gate: Gate, width: number, glyphs: Glyphs): Line[] =>
  wrapLine(line(word(`${glyphs.ok} ${gate.kind}: `, 'ok'), clean(gate.detail)), width, 2);

function afterLines({ verb, preview }: Plan, width: number, glyphs: Glyphs): Line[] {
  const again = verb === 'undo' ? preview.introduces : [];
  if (preview.resolves.length + again.length === 0) return [];
  return [
    line(word('Afterwards', 'heading')),
    ...groupedLines(preview.resolves, glyphs.ok, 'resolved', 'ok', width),
    ...groupedLines(again, glyphs.skipped, 'fail again', 'warn', width),
  ];
}
