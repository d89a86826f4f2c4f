// Questions put by a command or by the screen itself, answered in an overlay. One at a time; what was shown before
// comes back after the answer.
import type { Ask } from '../../command/definition.ts';
import { exitStatus, Failure, isFailure } from '../../model/failure.ts';
import type { Plan } from '../../model/plan.ts';
import { emptyInput, inputOf } from '../draw/input.ts';
import { atStart } from '../draw/window.ts';
import type { Question } from '../overlays/ask.ts';
import { guideOverlay } from '../overlays/guide.ts';
import { withRehearsal } from '../overlays/plan/value.ts';
import type { Action } from './actions.ts';
import { agreed } from './consent.ts';
import type { Overlay, State } from './state.ts';
import type { Store } from './store.ts';

export interface Asking {
  readonly ask: Ask;
  /** Takes what is selected or typed as the answer. */
  answer(): void;
  /** The answer is no. */
  refuse(): void;
  /** Plays the plan that is asked about, and shows what came of it; the question goes on standing. */
  rehearse(): Promise<void>;
}

export const cancelled = (): Failure =>
  new Failure('cancelled', exitStatus.notSent, 'Cancelled: nothing was sent.', 'Run it again to answer differently.');

interface Waiting {
  readonly before: Overlay | null;
  settle(answer: string | null): void;
  rehearse?(): Promise<Plan>;
}

export function createAsking(store: Store<State, Action>): Asking {
  let waiting: Waiting | null = null;

  const show = (overlay: Overlay, rehearse?: () => Promise<Plan>) =>
    new Promise<string | null>((settle) => {
      waiting?.settle(null);
      waiting = { before: store.get().overlay, settle, ...(rehearse ? { rehearse } : {}) };
      store.dispatch({ type: 'overlay', overlay });
    });
  const put = (question: Question, suggestion = '') =>
    show({ kind: 'ask', question, input: suggestion === '' ? emptyInput : inputOf(suggestion), choice: 0, top: 0 });
  /** A plan is asked about where plans are looked at. */
  const putPlan = (plan: Plan, rehearse?: () => Promise<Plan>) => {
    const line = store.get().lines.at(-1) ?? plan.verb;
    const at = { choice: 0, step: atStart, top: 0 };
    return show({ kind: 'plan', plan, line, blocked: null, asked: true, ...at }, rehearse);
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

  const text: Ask['text'] = async ({ title, suggestion }) => need(await put({ kind: 'text', title }, suggestion));
  const say = (words: string, role = 'text') => store.dispatch({ type: 'said', text: words, role });

  return {
    ask: {
      // The first button is Cancel and is the one preselected.
      async confirm({ title, lines, yes, plan, rehearse }) {
        if (plan === undefined) return (await put({ kind: 'confirm', title, lines, yes })) === '1';
        // Whoever asks, a key or a command: what is large or cannot be taken back is looked at a second time.
        return (await putPlan(plan, rehearse)) === '1' && (await agreed(plan, text, say));
      },
      async choose(question) {
        const { title, choices, lines, calm, sends } = question;
        for (;;) {
          const answer = await (lines === undefined
            ? put({ kind: 'choose', title, choices })
            : show(guideOverlay(question)));
          if (answer === null && calm !== undefined) return calm;
          const value = choices[Number(need(answer))]?.value ?? '';
          if (sends?.value !== value || (await agreed(sends.plan, text, say))) return value;
        }
      },
      text,
    },
    answer() {
      const overlay = store.get().overlay;
      if (overlay?.kind === 'guide') return settle(String(overlay.choice));
      if (overlay?.kind === 'plan') return settle('1');
      if (overlay?.kind !== 'ask') return;
      settle(overlay.question.kind === 'text' ? overlay.input.text.trim() : String(overlay.choice));
    },
    refuse: () => settle(null),
    async rehearse() {
      const mine = waiting;
      if (mine?.rehearse === undefined) return say('It is rehearsed already.', 'warn');
      waiting = { before: mine.before, settle: mine.settle };
      say('Rehearsing on a copy of what was read ...', 'dim');
      try {
        const plan = await mine.rehearse();
        store.dispatch({ type: 'changed', change: (state) => withRehearsal(state, plan) });
      } catch (error) {
        if (!isFailure(error)) throw error;
        say(`${error.message} ${error.next}`, 'bad');
      }
    },
  };
}
