// A plan before it is applied: its effects, its steps to be selected, before, after and undo of one of them, preflight checks, the
// findings afterwards, and the result of a what-if.
import type { Finding } from '../../model/finding.ts';
import { contentRows } from '../draw/areas.ts';
import { clamp, type Move, target } from '../draw/window.ts';
import type { Binding } from '../state/binding.ts';
import { busy } from '../state/reasons.ts';
import { opened } from '../state/stack.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { within } from './parts/panel.ts';
import { planAreas } from './plan/areas.ts';
import { planDetail } from './plan/detail.ts';
import { keepBindings } from './plan/keep.ts';
import { PlanBody } from './plan/PlanBody.tsx';
import { allSteps, buttonsOf, cursorOf, hasList, type PlanOverlay, rowCount, stepAt } from './plan/value.ts';

export type { PlanOverlay } from './plan/value.ts';

const scrolledBy = (rows: number) =>
  within('plan')((overlay, _state, times) => ({ ...overlay, top: Math.max(0, overlay.top + rows * times) }));

const onlyShown = 'This plan is only shown; fix and apply can apply it.';

/** Why no step can be taken out or in. */
function mayPick(state: State): string | null {
  if (state.overlay?.kind !== 'plan') return null;
  if (state.overlay.isShown) return onlyShown;
  if (state.overlay.picks === undefined) return 'The steps of this plan are applied together.';
  return busy(state);
}

/** Those that are in the report; an undo resolves none. */
function findingsOfStep({ overlay, view }: State): readonly Finding[] {
  const at = overlay?.kind === 'plan' ? stepAt(overlay) : null;
  if (overlay?.kind !== 'plan' || at === null) return [];
  return (allSteps(overlay)[at]?.findings ?? []).flatMap((id) => view.findings.value.byId.get(id) ?? []);
}

const bindings: readonly Binding[] = [
  {
    name: 'plan-select',
    where: ['plan'],
    keys: [' '],
    label: 'select step',
    help: 'Select or deselect the step, with the steps that depend on it; the preview is computed again',
    effect: ({ guard, asking }) => guard(asking.pick('one')),
    hint: 1.2,
    hideWhenDisabled: true,
    disabledReason: mayPick,
  },
  {
    name: 'plan-select-to-here',
    where: ['plan'],
    keys: ['a'],
    label: 'up to here',
    help: 'Select the steps up to this one and deselect the others; a step that relaxes, deletes or costs must be selected by itself',
    effect: ({ guard, asking }) => guard(asking.pick('to here')),
    hint: 1.3,
    hideWhenDisabled: true,
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
      if (state.overlay.isShown) return onlyShown;
      return state.overlay.plan.steps.length === 0 ? 'The plan has no changes.' : busy(state);
    },
  },
  {
    name: 'plan-explain',
    where: ['plan'],
    keys: ['e'],
    label: 'explain',
    help: 'Explain the findings that the selected step resolves: why each fails, its fix and the impact',
    change(state) {
      const findings = findingsOfStep(state);
      const title = `Findings of step ${(state.overlay?.kind === 'plan' ? (stepAt(state.overlay) ?? 0) : 0) + 1}`;
      return opened(state, { kind: 'explain', title, findings, top: 0 });
    },
    hint: 1.6,
    hideWhenDisabled: true,
    disabledReason: (state) => (findingsOfStep(state).length === 0 ? 'Select a step that resolves findings.' : null),
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
  ...keepBindings,
];

export const plan = defineOverlay<PlanOverlay>({
  kind: 'plan',
  crumb: ({ plan: { verb } }) => `${verb} plan`,
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
  placement: 'body',
  Body: PlanBody,
  submit(overlay, { guard, asking, show }) {
    if (overlay.isShown) return show(null);
    const button = buttonsOf(overlay)[overlay.choice];
    if (button === 'what-if') guard(asking.whatIf());
    else if (button === 'apply') guard(asking.answer());
    else asking.refuse();
  },
  cancel: ({ isShown }, { asking, show }) => (isShown ? show(null) : asking.refuse()),
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
