// The changes in progress or done: each step with Azure's state, why it waits, and the outcome. It can be stopped and shows
// the effect of stopping.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { TextDialog } from '../components/TextDialog.tsx';
import { type Glyphs, glyphsFor } from '../draw/glyphs.ts';
import { line, word, wrapLine, wrapText } from '../draw/text.ts';
import { notResumable, resumeSelected } from '../screens/history.ts';
import { type Binding, planning } from '../state/binding.ts';
import type { EffectContext } from '../state/effect-context.ts';
import { mayResume } from '../state/reasons.ts';
import { isOver, isVerifying, shortIds } from '../state/select.ts';
import type { ScreenAct, State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { scrolled } from './parts/panel.ts';
import { outcomeLines } from './progress/outcome.ts';
import { barWords, stepLines, stoppingWords } from './progress/steps.ts';

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly progress: ProgressOverlay;
  }
}

/** It shows the state's `act`. */
export interface ProgressOverlay {
  readonly kind: 'progress';
  readonly top: number;
}

const blank: Line = [];

const bindings: readonly Binding[] = [
  {
    name: 'resume',
    where: ['screen', 'result'],
    keys: ['Y'],
    label: 'resume',
    help: 'Send the remaining changes of the latest run, or of the selected one in History; shows a preview first',
    command: (state) => ['resume', ...(resumeSelected(state) ?? [])],
    how: planning,
    hint: 2.2,
    hideWhenDisabled: true,
    disabledReason: (state) => (resumeSelected(state) === null ? notResumable : mayResume(state)),
  },
  {
    name: 'apply-stop',
    where: ['progress'],
    keys: ['s'],
    label: 'stop',
    help: 'Stop, after a confirmation: the current step finishes, later steps are not sent',
    effect: (effects) => effects.guard(stop(effects)),
    hint: 1,
    hideWhenDisabled: true,
    disabledReason({ act, work }) {
      if (act === null || isOver(act) || work?.writing !== true) return 'No plan is being applied.';
      return act.stopping ? 'Already stopping.' : null;
    },
  },
];

async function stop({ asking, controller, change, store }: EffectContext): Promise<void> {
  const lines = [
    line('The current step finishes, and later steps are not sent.'),
    line('Changes already made stay; they can be undone.'),
  ];
  if (!(await asking.sure({ title: 'Stop applying the plan?', lines, yes: 'Stop' }))) return;
  const now = store.get();
  // It may have ended while the question was open.
  if (now.act === null || isOver(now.act) || now.work?.writing !== true) return;
  controller.abort();
  change((state) => (state.act === null ? state : { ...state, act: { ...state.act, stopping: true } }));
  controller.say(stoppingWords({ ...now.act, stopping: true }), 'warn');
}

export const progress = defineOverlay<ProgressOverlay>({
  kind: 'progress',
  crumb: () => 'changes',
  places: () => ['result'],
  bindings,
  text: (_overlay, state, width) =>
    state.act === null ? [] : actLines(state.act, state, width, glyphsFor(state.ascii)),
  move: scrolled,
  Body: ({ slice, state }) => (
    <TextDialog
      title={clean(state.act?.title ?? '')}
      top={slice.top}
      layout={state.view.layout}
      lines={state.panel.value}
    />
  ),
  submit(_overlay, { press, show, store }) {
    const { act } = store.get();
    if (act !== null && isOver(act) && (act.outcome?.remaining ?? 0) > 0) press('resume');
    else show(null);
  },
  cancel(_overlay, { show, controller, store }) {
    if (store.get().work?.writing === true) controller.say('The plan is still being applied in the background.');
    show(null);
  },
});

function actLines(act: ScreenAct, state: State, width: number, glyphs: Glyphs): Line[] {
  const { work, now } = state;
  const steps = act.steps.flatMap((step, index) => stepLines(step, index, { now, width, glyphs, over: isOver(act) }));
  return [
    ...wrapLine(line(word('$ ', 'dim'), word(`bastide ${shortIds(clean(act.line), glyphs.more)}`, 'accent')), width, 4),
    ...wrapLine(barWords(act, now, glyphs), width, 2),
    ...(isOver(act) || act.note === '' ? [] : wrapText(`! ${clean(act.note)}`, width, 'warn', 2)),
    ...(isOver(act) || !act.stopping ? [] : wrapText(`! ${stoppingWords(act)}`, width, 'warn', 2)),
    blank,
    ...(isOver(act) ? overLines(act, state, width) : []),
    ...(isOver(act) && steps.length > 0 ? [blank] : []),
    ...steps,
    ...(isOver(act) ? [] : [blank, ...readingAgain(act, work, width)]),
  ];
}

/** The outcome is above the steps, where it is read first. */
function overLines(act: ScreenAct, state: State, width: number): Line[] {
  const { outcome, failure } = act;
  const { bad } = glyphsFor(state.ascii);
  if (failure !== null) {
    return [
      ...wrapText(`${bad} ${clean(failure.message)}`, width, 'bad', 2),
      ...wrapText(`Next: ${clean(failure.next)}`, width),
    ];
  }
  return outcome === null ? [] : outcomeLines(outcome, act, width, state);
}

function readingAgain(act: ScreenAct, work: State['work'], width: number): Line[] {
  if (work === null || !isVerifying(act)) return [];
  const count = work.total > 0 ? ` ${work.done} of ${work.total}` : '';
  return wrapText(`Scanning again to verify the result:${count}`, width, 'dim');
}
