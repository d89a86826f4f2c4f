// A plan before it is applied: its steps in a list, before, after and undo of the selected one, preflight checks, the
// findings afterwards, and the result of a what-if.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { describePlan } from '../../plan/describe.ts';
import { beside, buttonsLine, contentRows, nameWords, textBox, titleLine } from '../draw/boxes.ts';
import type { Click } from '../draw/clicks.ts';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import { fitLine, line, word } from '../draw/text.ts';
import { inside, type Move, target } from '../draw/window.ts';
import type { Binding } from '../state/binding.ts';
import { busy } from '../state/reasons.ts';
import { shortIds } from '../state/select.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { within } from './parts/panel.ts';
import { planDetail } from './plan/detail.ts';
import { stepsBox } from './plan/steps.ts';
import { buttonsOf, hasList, type PlanOverlay, planAreas, rowCount } from './plan/value.ts';
import { whatIfWords } from './plan/what-if.ts';

export type { PlanOverlay } from './plan/value.ts';

const undoLabels = { exact: 'full', equivalent: 'equivalent', partial: 'partial', none: 'not possible' } as const;
const verbs = { fix: 'Apply', undo: 'Undo', redo: 'Redo' } as const;

const scrolledBy = (rows: number) =>
  within('plan')((overlay, _state, times) => ({ ...overlay, top: Math.max(0, overlay.top + rows * times) }));

const bindings: readonly Binding[] = [
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
    help: 'Scroll the details down a line; Space and the page keys scroll a page',
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
    const step = inside(overlay.step, rowCount(overlay), contentRows(list));
    return step === overlay.step ? overlay : { ...overlay, step };
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
  const { detail, list } = planAreas(state, overlay);
  const steps = hasList(overlay) && ['up', 'down', 'first', 'last'].includes(move);
  if (!steps) {
    return { ...overlay, top: target(overlay.top, move, state.panel.value.length, contentRows(detail), times) };
  }
  const index = target(overlay.step.index, move, rowCount(overlay), contentRows(list), times);
  return index === overlay.step.index ? overlay : { ...overlay, top: 0, step: { ...overlay.step, index } };
}

function draw(overlay: PlanOverlay, state: State): Line[] {
  const { width } = state.view.layout;
  const glyphs = glyphsFor(state.ascii);
  const { stacked, list, detail } = planAreas(state, overlay);
  const described = describePlan(overlay.plan);
  const lines = state.panel.value;
  const right = textBox({
    name: nameWords(list === null ? 'Before and after' : 'Detail', false),
    focused: false,
    area: detail,
    lines,
    top: overlay.top,
    glyphs,
  });
  const left = list === null ? [] : stepsBox(overlay, described, list, glyphs);
  const body =
    list === null ? right : stacked ? [...left, ...right] : beside(left, right, [list.width, detail.width], glyphs);
  return [
    titleLine(nameWords(described.title, true), true, width, '', glyphs),
    fitLine(
      line(word(' $ ', 'dim'), word(`bastide ${shortIds(clean(overlay.line), glyphs.more)}`, 'accent')),
      width,
      glyphs.more,
    ),
    fitLine(summary(overlay, described.warnings.length, glyphs), width, glyphs.more),
    ...body,
    [],
    fitLine(buttonsRow(overlay, glyphs), width, glyphs.more),
  ];
}

/** All buttons; an unavailable one is grey, with the reason after the last. */
function buttonsRow(overlay: PlanOverlay, glyphs: Glyphs): Line {
  const { plan, blocked } = overlay;
  const there = buttonsOf(overlay);
  const shown = (['cancel', 'apply', 'rehearse'] as const).filter((one) => one === 'apply' || there.includes(one));
  const words = shown.map((one) => ({ cancel: 'Cancel', apply: verbs[plan.verb], rehearse: 'What-if' })[one]);
  const selected = shown.indexOf(there[overlay.choice] ?? 'cancel');
  const why = blocked === null ? '' : `${verbs[plan.verb]} unavailable: ${clean(blocked)}`;
  const press = (index: number): Click => ({ do: 'press', button: there.indexOf(shown[index] ?? 'cancel') });
  return buttonsLine(words, selected, glyphs, press, why, (index) => shown[index] === 'apply');
}

/** The result, in one row. */
function summary({ plan, blocked }: PlanOverlay, warnings: number, { dot, bad }: Glyphs): Line {
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
