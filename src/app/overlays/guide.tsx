// A question of a guided session as a full screen: progress, the finding, the changes, and buttons. The button without effect
// is preselected; the letter of the one that applies only selects it.
import type { Choice, ChooseQuestion } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { TextPage } from '../components/TextPage.tsx';
import type { Click } from '../draw/clicks.ts';
import type { Binding } from '../state/binding.ts';
import type { EffectContext } from '../state/effect-context.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { hanging, scrolledPage, within } from './parts/panel.ts';

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly guide: GuideOverlay;
  }
}

export interface GuideOverlay {
  readonly kind: 'guide';
  readonly question: ChooseQuestion;
  readonly choice: number;
  readonly top: number;
}

export const guideOverlay = (question: ChooseQuestion): GuideOverlay => ({
  kind: 'guide',
  question,
  choice: Math.max(0, calmAt(question)),
  top: 0,
});
const calmAt = ({ choices, calm }: ChooseQuestion): number => choices.findIndex(({ value }) => value === calm);

const titleOf = ({ title, progress }: ChooseQuestion): string =>
  clean(progress === undefined ? title : `Guide  ${progress.at} of ${progress.total}  ${title}`);

function letterIn(state: State, key: string): number {
  const { overlay } = state;
  return overlay?.kind === 'guide' ? overlay.question.choices.findIndex((choice) => choice.key === key) : -1;
}

function choiceOf(state: State, key: string): Choice | undefined {
  const { overlay } = state;
  return overlay?.kind === 'guide' ? overlay.question.choices[letterIn(state, key)] : undefined;
}

const step = (by: 1 | -1) =>
  within('guide')((overlay) => {
    const count = overlay.question.choices.length;
    return { ...overlay, choice: (overlay.choice + by + count) % count };
  });

/** Before a change is applied, the end of the text must be visible: risk and undo. */
const selecting =
  (key: string) =>
  (state: State): State => {
    const { overlay } = state;
    const choice = letterIn(state, key);
    if (choice < 0 || overlay?.kind !== 'guide') return state;
    const top = key === 'y' ? state.panel.value.length : overlay.top;
    return { ...state, overlay: { ...overlay, choice, top } };
  };

const letter = (key: string, name: string, label: string, help: string, hint: number): Binding => ({
  name: `guide-${name}`,
  where: ['guide'],
  keys: [key],
  label,
  labelNow: (state) => choiceOf(state, key)?.label,
  help,
  change: selecting(key),
  // The button that applies is only selected: Enter presses it.
  ...(key === 'y' ? {} : { effect: ({ asking, guard }: EffectContext) => guard(asking.answer()) }),
  hint,
  hideWhenDisabled: true,
  disabledReason: (state) => (letterIn(state, key) < 0 ? 'Not available here.' : null),
});

const bindings: readonly Binding[] = [
  letter('y', 'yes', 'apply', 'Select Apply, or Answer where input is needed first; Enter then presses it', 1),
  letter('n', 'skip', 'skip', 'Skip this problem', 2),
  letter('a', 'all', 'all', 'Show the plan of the whole problem again', 3),
  letter('o', 'one', 'one by one', 'Show one finding of the problem at a time', 3),
  letter('r', 'what-if', 'what-if', 'Simulate the plan locally and show the result; nothing is sent', 3.5),
  letter('e', 'explain', 'explain', 'Show the rule, all evidence, the Azure CLI commands and the expected result', 4),
  letter('p', 'problem', 'problem', 'Back from the explanation or the what-if to the problem', 4),
  letter('b', 'back', 'undo', 'Undo the last fix; shows a preview first', 5),
  letter('s', 'stop', 'stop', 'Stop; the guide continues here next time', 6),
  {
    name: 'guide-next',
    where: ['guide'],
    keys: ['tab', 'right', 'l'],
    label: 'choose',
    help: 'Next button',
    change: step(1),
    hint: 7,
  },
  {
    name: 'guide-before',
    where: ['guide'],
    keys: ['shift-tab', 'left', 'h'],
    label: 'choose',
    help: 'Previous button',
    change: step(-1),
  },
  {
    name: 'guide-press',
    where: ['guide'],
    keys: ['enter'],
    label: 'select',
    help: 'Press the selected button',
    effect: ({ asking, guard }) => guard(asking.answer()),
    hint: 8,
  },
  {
    name: 'guide-leave',
    where: ['guide'],
    keys: ['esc'],
    label: 'back',
    help: 'Back to the problem; there, stop: nothing is sent, and the guide continues here next time',
    effect: ({ asking }) => asking.refuse(),
    hint: 9,
  },
];

export const guide = defineOverlay<GuideOverlay>({
  kind: 'guide',
  crumb: () => 'guide',
  places: () => [],
  bindings,
  text({ question }, _state, width) {
    const { news = [], lines = [] } = question;
    const told = news.length === 0 ? [] : [...news, []];
    return [...told, ...lines].flatMap((words) => hanging(words, width));
  },
  choices: ({ question }) => question.choices.length,
  placement: 'body',
  move: scrolledPage,
  submit: (_overlay, { asking, guard }) => guard(asking.answer()),
  cancel: (_overlay, { asking }) => asking.refuse(),
  Body({ slice: { question, choice, top }, state }) {
    const labels = question.choices.map(({ key, label }) => clean(key === undefined ? label : `${key} ${label}`));
    // A click acts like the letter: the button that applies is selected first, and the end of the text is shown.
    const click = (index: number): Click => {
      const own = bindings.find(({ keys }) => keys.includes(question.choices[index]?.key ?? ''));
      return index === choice || own === undefined ? { do: 'press', button: index } : { do: 'key', binding: own.name };
    };
    return (
      <TextPage
        title={titleOf(question)}
        top={top}
        layout={state.view.layout}
        lines={state.panel.value}
        buttons={{ labels, selected: choice, click }}
      />
    );
  },
});
