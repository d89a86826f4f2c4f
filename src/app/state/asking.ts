// Questions put by a command or by the screen itself, answered in an overlay. One at a time; what was shown before
// comes back after the answer.
import type { Ask } from '../../command/definition.ts';
import { exitStatus, Failure } from '../../model/failure.ts';
import { emptyInput, inputOf } from '../draw/input.ts';
import type { Question } from '../overlays/ask.ts';
import { guideOverlay } from '../overlays/guide.ts';
import type { Action } from './actions.ts';
import type { Overlay, State } from './state.ts';
import type { Store } from './store.ts';

export interface Asking {
  readonly ask: Ask;
  /** Takes what is selected or typed as the answer. */
  answer(): void;
  /** The answer is no. */
  refuse(): void;
}

export const cancelled = (): Failure =>
  new Failure('cancelled', exitStatus.notSent, 'Cancelled: nothing was sent.', 'Run it again to answer differently.');

export function createAsking(store: Store<State, Action>): Asking {
  let waiting: { readonly before: Overlay | null; settle(answer: string | null): void } | null = null;

  const show = (overlay: Overlay) =>
    new Promise<string | null>((settle) => {
      waiting?.settle(null);
      waiting = { before: store.get().overlay, settle };
      store.dispatch({ type: 'overlay', overlay });
    });
  const put = (question: Question, suggestion = '') => {
    const input = suggestion === '' ? emptyInput : inputOf(suggestion);
    return show({ kind: 'ask', question, input, choice: 0, top: 0 });
  };
  const settle = (answer: string | null) => {
    const done = waiting;
    waiting = null;
    store.dispatch({ type: 'overlay', overlay: done?.before ?? null });
    done?.settle(answer);
  };
  const need = (answer: string | null): string => {
    if (answer === null) throw cancelled();
    return answer;
  };

  return {
    ask: {
      // The first button is Cancel and is the one preselected.
      confirm: async ({ title, lines, yes }) => (await put({ kind: 'confirm', title, lines, yes })) === '1',
      choose: async (question) => {
        const { title, choices, lines, calm } = question;
        const answer = await (lines === undefined
          ? put({ kind: 'choose', title, choices })
          : show(guideOverlay(question)));
        if (answer === null && calm !== undefined) return calm;
        return choices[Number(need(answer))]?.value ?? '';
      },
      text: async ({ title, suggestion }) => need(await put({ kind: 'text', title }, suggestion)),
    },
    answer() {
      const overlay = store.get().overlay;
      if (overlay?.kind === 'guide') return settle(String(overlay.choice));
      if (overlay?.kind !== 'ask') return;
      settle(overlay.question.kind === 'text' ? overlay.input.text.trim() : String(overlay.choice));
    },
    refuse: () => settle(null),
  };
}
