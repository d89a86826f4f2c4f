// The keys that jump from the selection to what belongs to it, and back to where they were pressed.
import { type Finding, headline, isOpen } from '../../../model/finding.ts';
import { nameInParent, sameId, typeOf } from '../../../model/resource-id.ts';
import { shortFinding } from '../../../model/short-finding.ts';
import { clean, counted } from '../../../model/text.ts';
import { resourceTypeOf } from '../../../resource-types/index.ts';
import type { Binding } from '../../state/binding.ts';
import { currentScreen } from '../../state/current-screen.ts';
import type { EffectContext } from '../../state/effect-context.ts';
import type { JumpTarget } from '../../state/jump-target.ts';
import { selectedFinding, selectedResource } from '../../state/select.ts';
import type { State } from '../../state/state.ts';
import { trailTitles, wentBack } from '../../state/trail.ts';
import { inSlice, sliceOf, withSlice } from '../../state/view.ts';
import { findings } from '../findings.ts';
import { history } from '../history.ts';
import type { ListSlice } from '../list/index.ts';
import { opened } from '../list/moving.ts';
import { rowAt } from '../list/slice.ts';
import { map } from '../map.tsx';
import { problems } from '../problems.ts';
import { self as panes } from '../resources/keys.ts';
import { jumped } from './jumps.ts';

interface Goal {
  readonly label: string;
  readonly target: JumpTarget;
}

const mostEntries = 9;

/** What belongs to the selection and is somewhere else on the screen. */
function goalsOf(state: State): readonly Goal[] {
  const finding = state.view.selection.about === 'resource' ? undefined : selectedFinding(state);
  const ids = [...new Set([selectedResource(state), finding?.where ?? null].filter((id) => id !== null))];
  const entry = state.screen === history.name ? rowAt(sliceOf(state, history)) : undefined;
  const all: Goal[] = [
    ...(entry === undefined ? [] : entryGoals(entry.findings, entry.resources, state)),
    ...(finding === undefined ? [] : findingGoals(finding, state)),
    ...ids.flatMap((id) => resourceGoals(id, state)),
  ];
  // Where it leads must exist, and be elsewhere.
  return all.filter(({ target }) => {
    const there = jumped(state, target);
    return there !== null && !isHere(state, target);
  });
}

function isHere(state: State, target: JumpTarget): boolean {
  if (target.to === 'finding') return state.screen === findings.name;
  if (target.to === 'problem') return state.screen === problems.name;
  if (target.to === 'map') return state.screen === map.name;
  return target.to === 'resource' && state.screen === panes.name && sameId(selectedResource(state), target.id);
}

const named = (id: string): string => `${clean(nameInParent(id))} (${clean(resourceTypeOf(typeOf(id)).label)})`;
const resourceGoals = (id: string, state: State): Goal[] => [
  { label: `Resource ${named(id)}`, target: { to: 'resource', id } },
  { label: `Findings of ${clean(nameInParent(id))}`, target: { to: 'findings', of: id } },
  { label: `Map: ${clean(nameInParent(id))}`, target: { to: 'map', id } },
  ...state.entries
    .filter(({ resources }) => resources.some((one) => sameId(one, id)))
    .toReversed()
    .slice(0, mostEntries)
    .map((entry): Goal => {
      const at = entry.at.slice(0, 16).replace('T', ' ');
      return {
        label: `Change of ${at}: ${entry.verb}, ${counted(entry.steps.length, 'step')}`,
        target: { to: 'entry', id: entry.id },
      };
    }),
];

const findingGoals = ({ id }: Finding, { report }: State): Goal[] => [
  ...(report?.problems ?? [])
    .filter(({ findings: own, rollUps }) => own.includes(id) || rollUps.includes(id))
    .map(
      (problem): Goal => ({ label: `Problem ${clean(problem.headline)}`, target: { to: 'problem', id: problem.id } }),
    ),
  { label: `Finding in the list: ${shortFinding(id)}`, target: { to: 'finding', id } },
];

/** The findings of a change that are still in the report, and its resources. */
const entryGoals = (ids: readonly string[], resources: readonly string[], state: State): Goal[] => [
  ...resources.map((id): Goal => ({ label: `Resource ${named(id)}`, target: { to: 'resource', id } })),
  ...ids.flatMap((id): Goal[] => {
    const finding = state.view.findings.value.byId.get(id);
    if (finding === undefined) return [];
    const words = isOpen(finding) ? headline(finding) : finding.title;
    return [
      {
        label: `Finding ${shortFinding(id)}: ${clean(words)}`,
        target: { to: 'resource', id: finding.resource, finding: id },
      },
    ];
  }),
];

/** Goes to the only one, or asks which. */
async function choose({ store, change, controller, asking }: EffectContext): Promise<void> {
  const goals = goalsOf(store.get());
  if (goals.length === 0) controller.say('Nothing else on the screen belongs to the selection.', 'warn');
  const choices = goals.map(({ label }, at) => ({ value: String(at), label }));
  const isAsked = goals.length > 1;
  const answer = isAsked ? await asking.ask.choose({ name: 'go', title: 'Go to', choices }).catch(() => '') : '0';
  const goal = answer === '' ? undefined : goals[Number(answer)];
  if (goal !== undefined) change((state) => jumped(state, goal.target) ?? state);
}

/** Enter: to what the row is about, at once where that is one thing. A heading is folded; other rows open their detail. */
function follow(effects: EffectContext): void {
  const state = effects.store.get();
  const screen = currentScreen(state);
  const target = enterTarget(state);
  if (target !== null && jumped(state, target) !== null) effects.change((now) => jumped(now, target) ?? now);
  else if (screen.name === panes.name || isOnEntry(state)) effects.guard(choose(effects));
  else if (screen.name === map.name)
    effects.change((now) => inSlice(now, map, (slice) => ({ ...slice, side: 'detail' as const })));
  else effects.change((now) => withSlice(now, screen, opened(sliceOf(now, screen) as ListSlice<unknown>)));
}

function enterTarget(state: State): JumpTarget | null {
  const id = selectedResource(state);
  const finding = selectedFinding(state);
  if (state.screen === map.name) return id === null ? null : { to: 'resource', id };
  const [problem] =
    state.screen === problems.name && state.view.selection.about === 'problem' ? [rowAt(sliceOf(state, problems))] : [];
  if (problem !== undefined) return { to: 'parts', of: problem.id };
  if (state.screen !== findings.name || finding === undefined) return null;
  return { to: 'resource', id: finding.resource, finding: finding.id };
}

const isOnEntry = (state: State): boolean =>
  state.screen === history.name && rowAt(sliceOf(state, history)) !== undefined;

export const jumps: readonly Binding[] = [
  {
    name: 'jump',
    where: ['jumps'],
    keys: ['enter'],
    label: 'open',
    help: 'Go to what the row is about: its resource, or the findings of a problem. Folds or unfolds a group',
    effect: follow,
    hint: 3.8,
  },
  {
    name: 'go-to',
    where: ['screen'],
    keys: ['o'],
    label: 'go to',
    help: 'Go to what belongs to the selection: its resource, findings, place on the map, changes in History',
    effect: (effects) => effects.guard(choose(effects)),
    hint: 8.2,
    disabledReason: (state) => (selectedResource(state) === null && !isOnEntry(state) ? 'Select a row.' : null),
  },
  {
    name: 'go-back',
    where: ['screen'],
    keys: ['backspace'],
    label: 'back',
    help: 'Back to the screen and the selection before the last jump',
    change: wentBack,
    hint: 5.5,
    hideWhenDisabled: true,
    disabledReason: (state) => (trailTitles(state).length === 0 ? 'There is no earlier place to go back to.' : null),
  },
];
