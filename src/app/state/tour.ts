// A tour of five steps on a demo world, which ends with a fix that is undone. Each step says what to press, and is over when that was
// done; meanwhile everything else works as always.
import { unverified } from '../../command/act-outcome.ts';
import { exitStatus } from '../../model/failure.ts';
import { line } from '../draw/text.ts';
import type { Binding } from './binding.ts';
import { screenNumberOf } from './current-screen.ts';
import type { EffectContext } from './effect-context.ts';
import { keyNamed } from './spell.ts';
import { closedTo } from './stack.ts';
import type { State } from './state.ts';

interface TourStep {
  text(state: State): string;
  isDone(state: State): boolean;
}

/** What to do while the plan is open, asks or runs; else how to open it. */
function planWords({ bindings, overlay, work }: State, apply: string, open: string): string {
  if (overlay?.kind === 'ask') return 'Answer the question, then press Enter.';
  if (work?.writing === true) return 'Wait: the plan is being applied.';
  return overlay?.kind === 'plan' ? `Press ${keyNamed(bindings, 'button-next')} to select ${apply}, then Enter.` : open;
}

const isApplied = ({ act }: State, verb: 'fix' | 'undo'): boolean =>
  act?.verb === verb && act.outcome?.state === 'done';

const steps: readonly TourStep[] = [
  {
    text: () => `Press ${screenNumberOf('findings')}: Findings lists what fails, the worst first.`,
    isDone: ({ screen }) => screen === 'findings',
  },
  {
    text: ({ bindings }) =>
      `Press ${keyNamed(bindings, 'jump')} on a finding to see its resource; ${keyNamed(bindings, 'go-back')} goes back.`,
    isDone: ({ screen }) => screen === 'resources',
  },
  {
    text: ({ bindings }) =>
      `Press ${keyNamed(bindings, 'fix')} on an auto-fixable finding: a preview, nothing is sent.`,
    isDone: ({ overlay }) => overlay?.kind === 'plan' && overlay.plan.verb === 'fix',
  },
  {
    text: (state) =>
      planWords(state, 'Apply', `Press ${keyNamed(state.bindings, 'fix')}, select Apply, then press Enter.`),
    isDone: (state) => isApplied(state, 'fix'),
  },
  {
    text: (state) =>
      planWords(
        state,
        'Undo',
        `Press ${keyNamed(state.bindings, 'undo')}: the undo is previewed too; select Undo and press Enter.`,
      ),
    isDone: (state) => isApplied(state, 'undo'),
  },
];

/** The step that is shown, in one line; after the last one, until its result is closed, what was reached. */
export function tourWords(state: State): string | null {
  if (state.tour === null) return null;
  if (state.tour === 'offered') {
    const { bindings } = state;
    return `First start: ${keyNamed(bindings, 'help')} then ${keyNamed(bindings, 'tour')} starts a tour of five steps on a demo; ${keyNamed(bindings, 'back')} declines.`;
  }
  const step = steps[state.tour];
  return step === undefined
    ? `Tour: the fix is undone${isVerified(state) ? ' and verified' : ''}. Esc closes the result.`
    : `Tour ${state.tour + 1} of ${steps.length}: ${step.text(state)}`;
}

const isVerified = ({ act }: State): boolean =>
  act !== null && act.outcome !== null && unverified(act.outcome) === null;

/** Without the offer, which was declined. */
export const declined = (state: State): State => {
  const text = `No tour. Press ${keyNamed(state.bindings, 'help')} then ${keyNamed(state.bindings, 'tour')} to start it later.`;
  const message = { text, role: 'text', at: state.now };
  return { ...state, tour: null, message, messages: [...state.messages, message] };
};

/** On the next step where this one is done; the closed result of the last one ends the tour. */
export function toured(before: State, state: State): State {
  if (state.tour === null || state === before) return state;
  if (state.tour === 'offered') return state.overlay === null ? state : { ...state, tour: null };
  const step = steps[state.tour];
  if (step?.isDone(state) === true) return { ...state, tour: state.tour + 1, message: null };
  if (step !== undefined || state.overlay !== null) return state;
  const keys = keyNamed(state.bindings, 'help');
  const text = `End of the tour: History has the fix and its undo. Press ${keys} for all keys.`;
  const message = { text, role: 'ok', at: state.now };
  return { ...state, tour: null, message, messages: [...state.messages, message] };
}

async function startTour({ store, options, asking, change, controller, leave }: EffectContext): Promise<void> {
  const { source, tour } = store.get();
  if (source.kind === 'demo') {
    change((state) => ({
      ...closedTo(state, 0),
      message: null,
      act: null,
      tour: typeof tour === 'number' ? null : 0,
      screen: 'overview',
    }));
    if (typeof tour === 'number') controller.say('The tour is ended.');
    return;
  }
  if (options.demos === undefined) return;
  const lines = [line('The tour changes a demo world, never a workspace.')];
  if (!(await asking.sure({ title: 'Open the demo for the tour?', lines, yes: 'Open the demo' }))) return;
  options.demos.start('mixed', true);
  leave(exitStatus.done);
}

export const tourBindings: readonly Binding[] = [
  {
    name: 'tour',
    word: 'tour',
    where: ['help-sheet'],
    keys: ['t'],
    label: 'tour',
    help: 'Start or end a tour of five steps on a demo world; it ends with a fix that is undone',
    effect: (effects) => effects.guard(startTour(effects)),
    hint: 2,
    disabledReason({ work, beneath }) {
      if (work?.writing === true) return 'Wait: a plan is being applied.';
      const isAsked = beneath.some(({ overlay: { kind } }) => kind === 'plan' || kind === 'guide' || kind === 'ask');
      return isAsked ? 'A question is open: answer or cancel it first.' : null;
    },
  },
];
