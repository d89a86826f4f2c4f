// The text beside the list: one step with before, after and undo, or the summary of the plan.
import type { Line } from '../../../command/definition.ts';
import type { Gate, Plan, Step } from '../../../model/plan.ts';
import { readNeed } from '../../../model/plan-need.ts';
import { nameInParent } from '../../../model/resource-id.ts';
import { shortFinding } from '../../../model/short-finding.ts';
import { clean } from '../../../model/text.ts';
import { type DescribedPlan, describePlan, undoWords } from '../../../plan/describe.ts';
import { stepRows } from '../../../plan/describe-settings.ts';
import { contentRows } from '../../draw/areas.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { fitLine, line, word, wrapLine, wrapText } from '../../draw/text.ts';
import { groupedLines } from '../../screens/parts/grouped.ts';
import { whatIfLines, whatIfStepLines } from '../../screens/parts/what-if-text.ts';
import { shortIds } from '../../state/select.ts';
import { keyNamed } from '../../state/spell.ts';
import type { State } from '../../state/state.ts';
import { planAreas } from './areas.ts';
import { effectsBlock, summaryBlock } from './effects.ts';
import { settingLines } from './settings.ts';
import { allSteps, isSelected, numbersOf, type PlanOverlay, shownStep } from './value.ts';

const blank: Line = [];

export function planDetail(overlay: PlanOverlay, state: State, width: number): Line[] {
  const glyphs = glyphsFor(state.ascii);
  const at = shownStep(overlay);
  if (at !== null) return stepDetail(overlay, at, width, state);
  const described = describePlan(overlay.plan);
  const isSingle = allSteps(overlay).length === 1;
  const single = isSingle ? [...stepDetail(overlay, 0, width, state), blank] : [];
  return [
    ...(isSingle ? [] : summaryBlock(overlay, width)),
    ...managedBlock(described.managed, width),
    ...headLines(overlay, described, width, glyphs),
    ...single,
    ...wholeLines(overlay.plan, described, width, state),
  ];
}

/** A step as it is in the plan shown or, where it is not selected, as it would be with all the others. */
function stepDetail(overlay: PlanOverlay, at: number, width: number, state: State): Line[] {
  const glyphs = glyphsFor(state.ascii);
  const index = numbersOf(overlay).indexOf(at);
  const plan = index < 0 ? (overlay.picks?.whole ?? overlay.plan) : overlay.plan;
  const own = index < 0 ? at : index;
  const [step, words] = [plan.steps[own], describePlan(plan).steps[own]];
  if (step === undefined || words === undefined) return [];
  const rows = stepRows(plan, own, state.snapshot?.resources ?? []);
  const whatIfStep = index < 0 ? undefined : plan.rehearsal?.steps[own];
  const count = allSteps(overlay).length;
  const place = count === 1 ? '' : `step ${at + 1} of ${count} ${glyphs.dot} `;
  const selected = isSelected(overlay, at);
  const head = line(
    word(`${place}${words.title}`, 'dim'),
    ...(selected
      ? []
      : [word(` ${glyphs.dot} `, 'dim'), word(`not selected; ${keyOfSelect(state)} selects it`, 'warn')]),
  );
  const simulated = whatIfStep === undefined ? [] : whatIfStepLines(whatIfStep, width, glyphs);
  const settings = [...settingLines(rows, step.change.kind, width, glyphs.more), blank];
  const effects = [...effectsBlock(step, width), ...managedBlock([words.managed], width)];
  const facts = factLines(step, plan, width, glyphs);
  // Where there are only a few rows, what it does and changes is among them.
  if (contentRows(planAreas(state, overlay).detail) < fewRows) {
    const one = fitLine(line(...head, word(`  ${clean(words.label)}`, 'heading')), width, glyphs.more);
    return [one, ...effects, ...simulated, ...settings, ...facts];
  }
  return [
    ...wrapText(clean(words.label), width, 'heading', 2),
    head,
    blank,
    ...effects,
    ...settings,
    ...simulated,
    ...(simulated.length === 0 ? [] : [blank]),
    ...facts,
  ];
}

const fewRows = 8;

/** What manages what is changed, with a blank row behind it. */
function managedBlock(sentences: readonly string[], width: number): Line[] {
  const rows = sentences.filter((one) => one !== '').flatMap((one) => wrapText(`! ${one}`, width, 'warn', 2));
  return rows.length === 0 ? [] : [...rows, blank];
}

/** The key that selects a step, as the operator has it. */
const keyOfSelect = ({ bindings }: State): string => keyNamed(bindings, 'plan-select');

/** The longest name and the gap behind it. */
const factCells = 'Depends on'.length + 2;

function factLines(step: Step, { verb, preview }: Plan, width: number, glyphs: Glyphs): Line[] {
  const fact = (name: string, text: string, role?: string): Line[] =>
    text === '' ? [] : wrapLine(line(word(name.padEnd(factCells), 'dim'), word(text, role)), width, factCells);
  const isUndo = verb === 'undo';
  const concerned = isUndo ? step.findings.filter((id) => preview.introduces.includes(id)) : step.findings;
  const [first, ...others] = concerned.map(shortFinding);
  return [
    ...fact('Note', clean(step.advice ?? '')),
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
function wholeLines(plan: Plan, { gates, unread: failures }: DescribedPlan, width: number, state: State): Line[] {
  const glyphs = glyphsFor(state.ascii);
  const passed = gates.filter((gate) => gate.outcome === 'pass').flatMap((gate) => gateLine(gate, width, glyphs));
  const unread = failures.flatMap((gap) =>
    wrapText(`? ${clean(nameInParent(gap.id))}: ${clean(gap.reason)}`, width, 'unknown', 2),
  );
  const isRepeated = ({ finding }: Plan['skipped'][number]) => plan.preview.rollUps?.includes(finding) === true;
  const left = plan.skipped.flatMap((one) => {
    const what = `${shortFinding(one.finding)}${isRepeated(one) ? ' (roll-up)' : ''}`;
    return wrapText(`${glyphs.skipped} ${what}: ${clean(one.reason)}`, width, 'dim', 2);
  });
  const parts: readonly Line[][] = [
    plan.rehearsal === undefined ? [] : whatIfLines(plan.rehearsal, plan.preview.rollUps ?? [], width, glyphs),
    plan.rehearsal === undefined ? afterLines(plan, width, glyphs) : [],
    passed.length === 0 ? [] : [line(word('Preflight checks', 'heading')), ...passed],
    left.length === 0 ? [] : [...notIncludedHeading(plan, state, width), ...left],
    unread.length === 0 ? [] : [line(word('Not accessible', 'heading')), ...unread],
  ];
  return parts.filter((lines) => lines.length > 0).flatMap((lines, index) => (index === 0 ? lines : [blank, ...lines]));
}

const notIncludedHeading = ({ skipped }: Plan, { bindings }: State, width: number): Line[] => {
  const isAsked = skipped.some(({ reason }) => readNeed(reason) !== null);
  const how = isAsked ? `  ${keyNamed(bindings, 'fix')} on the finding asks what it needs` : '';
  return wrapLine(line(word('Not included', 'heading'), word(how, 'dim')), width, 2);
};

const gateLine = (gate: Gate, width: number, glyphs: Glyphs): Line[] =>
  wrapLine(line(word(`${glyphs.ok} ${gate.kind}: `, 'ok'), clean(gate.detail)), width, 2);

function afterLines({ verb, preview }: Plan, width: number, glyphs: Glyphs): Line[] {
  const again = verb === 'undo' ? preview.introduces : [];
  if (preview.resolves.length + again.length === 0) return [];
  return [
    line(word('Afterwards', 'heading')),
    ...groupedLines(preview.resolves, preview.rollUps ?? [], { sign: glyphs.ok, said: 'resolved', role: 'ok' }, width),
    ...groupedLines(again, preview.rollUps ?? [], { sign: glyphs.skipped, said: 'fail again', role: 'warn' }, width),
  ];
}
