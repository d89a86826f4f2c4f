// Questions of a command or of the screen, answered in an overlay. What it lies on returns after the answer.

import type { Ask, ConfirmQuestion, StepChoice } from '../../command/definition.ts';
import { exitStatus, Failure, isFailure } from '../../model/failure.ts';
import type { Plan } from '../../model/plan.ts';
import { emptyInput, inputOf } from '../draw/input.ts';
import { atStart } from '../draw/window.ts';
import type { DialogQuestion } from '../overlays/ask.tsx';
import { guideOverlay } from '../overlays/guide.tsx';
import { whyNotNow } from '../overlays/plan/picking.ts';
import { type PlanOverlay, withWhatIfResult } from '../overlays/plan/value.ts';
import { type Action, changeTo } from './actions.ts';
import { whyNot } from './applying.ts';
import type { Asking } from './effect-context.ts';
import { pickSteps } from './plan-picking.ts';
import { closedTo, depthOf } from './stack.ts';
import type { BackgroundWork, Overlay, State } from './state.ts';
import type { StateStore } from './store.ts';

export const cancelled = (): Failure =>
  new Failure('cancelled', exitStatus.notSent, 'Cancelled: nothing was sent.', 'Run it again to answer differently.');

interface Waiting {
  /** How many overlays it lies on. */
  readonly depth: number;
  /** The question that is open again after this one. */
  readonly under: Waiting | null;
  /** The running work that waits for the answer; absent when it continues meanwhile. */
  readonly work?: BackgroundWork | null;
  settle(answer: string | null): void;
  whatIf?(signal: AbortSignal, plan: Plan): Promise<Plan>;
  readonly choice?: StepChoice;
  accept?: ConfirmQuestion['accept'];
  /** Cancels a running what-if. */
  readonly stop: AbortController;
}

/** The overlay with the choice that does nothing preselected again. */
function unpressed(overlay: Overlay): Overlay {
  if (overlay.kind === 'plan') return { ...overlay, choice: 0 };
  return overlay.kind === 'guide' ? { ...overlay, choice: guideOverlay(overlay.question).choice } : overlay;
}

export function createAsking(store: StateStore<State, Action>): Asking {
  let waiting: Waiting | null = null;
  /** The plan whose Apply was pressed, for the question that is answered with it. */
  let applied: Plan | null = null;

  const work = (now: BackgroundWork | null) => store.dispatch({ type: 'working', work: now });
  const open = (overlay: Overlay, more: Pick<Waiting, 'work' | 'whatIf' | 'choice' | 'accept'>, isAbove = false) =>
    new Promise<string | null>((settle) => {
      const under = isAbove ? waiting : null;
      if (!isAbove) waiting?.settle(null);
      waiting = { depth: depthOf(store.get()), under, settle, stop: new AbortController(), ...more };
      store.dispatch({ type: 'opened', overlay });
    });
  const show = (overlay: Overlay, more: Pick<Waiting, 'whatIf' | 'choice' | 'accept'> = {}, isAbove = false) => {
    const paused = store.get().work;
    work(null);
    return open(overlay, { work: paused, ...more }, isAbove);
  };
  const put = (question: DialogQuestion, text = '', isAbove = false) =>
    show({ kind: 'ask', question, input: text === '' ? emptyInput : inputOf(text), choice: 0, top: 0 }, {}, isAbove);
  const settle = (answer: string | null) => {
    const done = waiting;
    waiting = done?.under ?? null;
    done?.stop.abort();
    if (done?.work !== undefined) work(done.work);
    if (done !== null) store.dispatch(changeTo(store.get(), closedTo(store.get(), done.depth)));
    done?.settle(answer);
  };
  const need = (answer: string | null): string => {
    if (answer !== null) return answer;
    throw cancelled();
  };

  const text: Ask['text'] = async ({ title, suggestion }) => need(await put({ kind: 'text', title }, suggestion));
  const say = (words: string, role = 'text') => store.dispatch({ type: 'said', text: words, role });

  const above: Asking['above'] = {
    choose: async ({ title, choices }) =>
      choices[Number(need(await put({ kind: 'choose', title, choices }, '', true)))]?.value ?? '',
    text: async ({ title, suggestion, lines }) =>
      need(await put({ kind: 'text', title, ...(lines ? { lines } : {}) }, suggestion, true)),
  };

  /** What must be typed is asked above the plan, which stays visible; without it the plan is open again. */
  const accepted = async (typed: () => Promise<void> | undefined, answer: string) => {
    const mine = waiting;
    try {
      await typed();
      if (waiting === mine) settle(answer);
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (waiting !== mine) return;
      const { overlay } = store.get();
      if (overlay !== null) store.dispatch({ type: 'overlay', overlay: unpressed(overlay) });
      say(error.message, 'warn');
    }
  };

  return {
    ask: {
      // Plans are confirmed where plans are shown; Cancel is the first button and preselected.
      selectsSteps: true,
      async confirm({ plan: asked, line, whatIf, choice, accept }) {
        const plan = choice?.first ?? asked;
        const out = choice?.out;
        const picks = choice && out && { whole: choice.whole, needs: choice.needs, start: out, out, computed: out };
        const at = { choice: 0, step: atStart, top: 0, ...(picks ? { picks } : {}) };
        const shown = choice?.lineOf(plan) ?? line;
        const overlay: PlanOverlay = { kind: 'plan', plan, line: shown, blocked: null, ...at };
        const simulated: Waiting['whatIf'] = choice ? (signal, of) => choice.whatIf(of, signal) : whatIf;
        const answer = await show(
          { ...overlay, blocked: whyNot(overlay, store.get()) },
          { ...(simulated ? { whatIf: simulated } : {}), ...(choice ? { choice } : {}), ...(accept ? { accept } : {}) },
        );
        if (answer !== '1') return false;
        return choice === undefined ? true : (applied ?? false);
      },
      async choose(question) {
        const { title, choices, lines, calm } = question;
        const plain = () => put({ kind: 'choose', title, choices });
        const answer = await (lines === undefined ? plain() : show(guideOverlay(question)));
        if (answer === null && calm !== undefined) return calm;
        return choices[Number(need(answer))]?.value ?? '';
      },
      text,
    },
    above,
    sure: async (question) =>
      (await open(
        { kind: 'ask', question: { kind: 'confirm', ...question }, input: emptyInput, choice: 0, top: 0 },
        {},
        true,
      )) === '1',
    isOpen: () => waiting !== null,
    async answer() {
      const overlay = store.get().overlay;
      if (overlay?.kind === 'guide') {
        const { question, choice } = overlay;
        return accepted(() => question.accept?.(question.choices[choice]?.value ?? '', above.text), String(choice));
      }
      if (overlay?.kind === 'plan') {
        const reason = whyNotNow(overlay);
        if (reason !== null) return say(reason, 'warn');
        const { plan } = overlay;
        applied = plan;
        return accepted(() => waiting?.accept?.(plan, above.text), '1');
      }
      if (overlay?.kind !== 'ask') return;
      settle(overlay.question.kind === 'text' ? overlay.input.text.trim() : String(overlay.choice));
    },
    refuse: () => settle(null),
    async whatIf() {
      const mine = waiting;
      const { overlay } = store.get();
      if (mine === null || overlay?.kind !== 'plan') return;
      if (mine.whatIf === undefined || overlay.plan.rehearsal !== undefined) {
        return say('The what-if result is shown already.', 'warn');
      }
      const reason = whyNotNow(overlay);
      if (reason !== null || store.get().work !== null) return say(reason ?? 'The what-if is running.', 'warn');
      work({ title: 'Running the what-if', done: 0, total: 0, detail: '', writing: false });
      try {
        const plan = await mine.whatIf(mine.stop.signal, overlay.plan);
        store.dispatch(changeTo(store.get(), withWhatIfResult(store.get(), plan)));
      } catch (error) {
        if (mine.stop.signal.aborted) return;
        if (!isFailure(error)) throw error;
        say(`${error.message} ${error.next}`, 'bad');
      } finally {
        if (!mine.stop.signal.aborted) work(null);
      }
    },
    async pick(what) {
      const mine = waiting;
      const choice = mine?.choice;
      if (choice !== undefined) await pickSteps(what, { store, choice, say, isAsked: () => waiting === mine });
    },
  };
}
