// A plan before it is applied: its effects, its steps to be selected, before, after and undo of one of them, preflight checks, the
// findings afterwards, and the result of a what-if.
import type { Line } from '../../command/definition.ts';
import { confirmationOf } from '../../model/confirmation.ts';
import { fold } from '../../model/resource-id.ts';
import { clean, counted } from '../../model/text.ts';
import { describePlan } from '../../plan/describe.ts';
import { beside, buttonsLine, contentRows, nameWords, textBox, titleLine } from '../draw/boxes.ts';
import type { Click } from '../draw/clicks.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import { fitLine, line, word } from '../draw/text.ts';
import { clamp, type Move, target } from '../draw/window.ts';
import type { Binding } from '../state/binding.ts';
import { busy } from '../state/reasons.ts';
import { shortIds } from '../state/select.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { within } from './parts/panel.ts';
import { planAreas } from './plan/areas.ts';
import { planDetail } from './plan/detail.ts';
import { stepsBox } from './plan/steps.ts';
import {
  allSteps,
  buttonsOf,
  cursorOf,
  hasList,
  isComputed,
  type PlanOverlay,
  rowCount,
  shownStep,
} from './plan/value.ts';
import { whatIfWords } from './plan/what-if.ts';

export type { PlanOverlay } from './plan/value.ts';

const undoLabels = { exact: 'full', equivalent: 'equivalent', partial: 'partial', none: 'not possible' } as const;
const verbs = { fix: 'Apply', undo: 'Undo', redo: 'Redo' } as const;

const scrolledBy = (rows: number) =>
  within('plan')((overlay, _state, times) => ({ ...overlay, top: Math.max(0, overlay.top + rows * times) }));

/** Why no step can be taken out or in. */
function mayPick(state: State): string | null {
  if (state.overlay?.kind !== 'plan') return null;
  if (state.overlay.picks === undefined) return 'The steps of this plan are applied together.';
  return busy(state);
}

const bindings: readonly Binding[] = [
  {
    name: 'plan-select',
    where: ['plan'],
    keys: [' '],
    label: 'select',
    help: 'Take the step out of the plan, or in; what depends on it goes with it, and the preview is computed again',
    effect: ({ guard, asking }) => guard(asking.pick('one')),
    hint: 1.2,
    disabledReason: mayPick,
  },
  {
    name: 'plan-select-to-here',
    where: ['plan'],
    keys: ['a'],
    label: 'up to here',
    help: 'Select the steps up to this one, and take the others out; a step that relaxes, deletes or costs is selected only by itself',
    effect: ({ guard, asking }) => guard(asking.pick('to here')),
    hint: 1.3,
    disabledReason: mayPick,
  },
  {
    name: 'plan-what-if',
    where: ['plan'],
    keys: ['r'],
    label: 'what-if',
    help: 'Simulate the plan locally and show the result; nothing is sent',
    effect: ({ guard, asking }) => guard(asking.whatIf()),
    line: (state) => (state.overlay?.kind === 'plan' ? `${state.overlay.line} --what-if` : null),
    hint: 1.5,
    disabledReason(state) {
      if (state.overlay?.kind !== 'plan') return null;
      return state.overlay.plan.steps.length === 0 ? 'The plan has no changes.' : busy(state);
    },
  },
  {
    name: 'plan-scroll-down',
    where: ['plan'],
    keys: ['J'],
    label: 'detail down',
    help: 'Scroll the details down a line; the page keys scroll a page',
    counts: true,
    change: scrolledBy(1),
  },
  {
    name: 'plan-scroll-up',
    where: ['plan'],
    keys: ['K'],
    label: 'detail up',
    help: 'Scroll the details up a line',
    counts: true,
    change: scrolledBy(-1),
  },
];

export const plan = defineOverlay<PlanOverlay>({
  kind: 'plan',
  places: () => ['buttons'],
  bindings,
  text: planDetail,
  textArea(overlay, state) {
    const { detail } = planAreas(state, overlay);
    return { width: Math.max(10, detail.width - 2), rows: contentRows(detail) };
  },
  derive(overlay, state) {
    const { list } = planAreas(state, overlay);
    const index = clamp(overlay.step.index, rowCount(overlay) - 1);
    const { top } = cursorOf({ ...overlay, step: { ...overlay.step, index } }, list);
    return index === overlay.step.index && top === overlay.step.top ? overlay : { ...overlay, step: { index, top } };
  },
  move: moved,
  // A click selects a step; the wheel scrolls the text beside them.
  turned: (overlay, rows) => ({ ...overlay, top: Math.max(0, overlay.top + rows) }),
  picked: (overlay, index) => ({ ...overlay, top: 0, step: { ...overlay.step, index } }),
  choices: (overlay) => buttonsOf(overlay).length,
  draw,
  submit(overlay, { guard, asking }) {
    const button = buttonsOf(overlay)[overlay.choice];
    if (button === 'rehearse') guard(asking.whatIf());
    else if (button === 'apply') asking.answer();
    else asking.refuse();
  },
  cancel: (_overlay, { asking }) => asking.refuse(),
});

/** Up and down go through the steps, pages through the detail; without a list everything scrolls. */
function moved(overlay: PlanOverlay, move: Move, times: number, state: State): PlanOverlay {
  const { detail } = planAreas(state, overlay);
  const steps = hasList(overlay) && ['up', 'down', 'first', 'last'].includes(move);
  if (!steps) {
    return { ...overlay, top: target(overlay.top, move, state.panel.value.length, contentRows(detail), times) };
  }
  const index = target(overlay.step.index, move, rowCount(overlay), 1, times);
  return index === overlay.step.index ? overlay : { ...overlay, top: 0, step: { ...overlay.step, index } };
}

function draw(overlay: PlanOverlay, state: State): Line[] {
  const { width } = state.view.layout;
  const glyphs = glyphsFor(state.ascii);
  const { stacked, effects, list, detail } = planAreas(state, overlay);
  const described = describePlan(overlay.plan);
  const lines = state.panel.value;
  const right = textBox({
    name: nameWords(shownStep(overlay) === null && hasList(overlay) ? 'Summary' : 'Before and after', false),
    focused: false,
    area: detail,
    lines,
    top: overlay.top,
    glyphs,
  });
  const left = list === null ? [] : stepsBox(overlay, list, glyphs);
  const body =
    list === null ? right : stacked ? [...left, ...right] : beside(left, right, [list.width, detail.width], glyphs);
  return [
    titleLine(nameWords(titleOf(overlay, described.title), true), true, width, '', glyphs),
    fitLine(
      line(word(' $ ', 'dim'), word(`bastide ${shortIds(clean(overlay.line), glyphs.more)}`, 'accent')),
      width,
      glyphs.more,
    ),
    fitLine(summary(overlay, described.warnings.length, glyphs), width, glyphs.more),
    ...effects,
    ...body,
    [],
    fitLine(buttonsRow(overlay, glyphs), width, glyphs.more),
  ];
}

/** `Fix: 9 changes to 8 resources, 2 not selected` */
function titleOf(overlay: PlanOverlay, title: string): string {
  const { steps } = overlay.plan;
  const resources = new Set(steps.map(({ change }) => fold(change.resource))).size;
  const out = overlay.picks?.computed.length ?? 0;
  const to = steps.length < 2 ? '' : ` to ${counted(resources, 'resource')}`;
  return `${title}${to}${out === 0 ? '' : `, ${out} not selected`}`;
}

/** All buttons; an unavailable one is grey, with the reason after the last. */
function buttonsRow(overlay: PlanOverlay, glyphs: Glyphs): Line {
  const { plan, blocked } = overlay;
  const there = buttonsOf(overlay);
  const shown = (['cancel', 'apply', 'rehearse'] as const).filter((one) => one === 'apply' || there.includes(one));
  const words = shown.map((one) => ({ cancel: 'Cancel', apply: verbs[plan.verb], rehearse: 'What-if' })[one]);
  const selected = shown.indexOf(there[overlay.choice] ?? 'cancel');
  const why = blocked === null ? '' : `${verbs[plan.verb]} unavailable: ${clean(blocked)}`;
  const { typed } = confirmationOf(plan);
  const next = blocked !== null || typed === null ? '' : `${verbs[plan.verb]} asks for the name ${typed.name}`;
  const press = (index: number): Click => ({ do: 'press', button: there.indexOf(shown[index] ?? 'cancel') });
  const isEmpty = plan.steps.length === 0 && allSteps(overlay).length > 0;
  const said = isEmpty ? 'No step is selected' : next;
  return [
    ...buttonsLine(words, selected, glyphs, press, why, (index) => shown[index] === 'apply'),
    ...(why === '' ? [word(said, 'dim')] : []),
  ];
}

/** The result, in one row. */
function summary(overlay: PlanOverlay, warnings: number, { dot, bad }: Glyphs): Line {
  const { plan, blocked } = overlay;
  if (!isComputed(overlay)) return line(word(' Computing the preview of the selected steps', 'warn'));
  const classes = ['none', 'partial', 'equivalent', 'exact'] as const;
  const worst = classes.find((one) => plan.steps.some(({ undo }) => undo === one));
  const { resolves, introduces } = plan.preview;
  const parts = [
    ...(blocked === null ? [] : [word(`${bad} cannot be applied`, 'bad')]),
    ...(plan.rehearsal === undefined ? [] : [whatIfWords(plan.rehearsal)]),
    ...(worst === undefined
      ? []
      : [word(`undo: ${undoLabels[worst]}`, { exact: 'ok', none: 'bad' }[worst as string] ?? 'warn')]),
    word(`resolves ${resolves.length}`, resolves.length > 0 ? 'ok' : 'dim'),
    ...(introduces.length === 0
      ? []
      : [word(`introduces ${introduces.length}`, plan.verb === 'undo' ? 'warn' : 'bad')]),
    ...(plan.verb === 'undo' || warnings === 0
      ? []
      : [word(warnings === 1 ? '1 warning' : `${warnings} warnings`, 'warn')]),
    ...(plan.skipped.length === 0 ? [] : [word(`${plan.skipped.length} not included`, 'dim')]),
  ];
  return line(' ', ...parts.flatMap((part, index) => (index === 0 ? [part] : [word(` ${dot} `, 'border'), part])));
}
