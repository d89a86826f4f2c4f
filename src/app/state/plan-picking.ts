// Selecting the steps of the plan that is asked about: shown at once, and the preview is computed again.
import type { StepChoice } from '../../command/definition.ts';
import { unhurried } from '../../command/unhurried.ts';
import { pickedOne, pickedToHere } from '../overlays/plan/picking.ts';
import type { PlanOverlay } from '../overlays/plan/value.ts';
import { type Action, changeTo } from './actions.ts';
import { whyNot } from './applying.ts';
import { changeOpen, openOverlay } from './stack.ts';
import type { State } from './state.ts';
import type { StateStore } from './store.ts';

export interface PickContext {
  readonly store: StateStore<State, Action>;
  readonly choice: StepChoice;
  /** Is the question still open? */
  isAsked(): boolean;
  say(words: string, role?: string): void;
}

export async function pickSteps(what: 'one' | 'to here', { store, choice, isAsked, say }: PickContext): Promise<void> {
  const overlay = openOverlay(store.get(), 'plan');
  if (overlay?.picks === undefined) return;
  const update = (how: (now: PlanOverlay) => PlanOverlay) =>
    store.dispatch(changeTo(store.get(), changeOpen(store.get(), 'plan', how)));
  const picked = what === 'one' ? pickedOne(overlay) : pickedToHere(overlay);
  if (picked === null) return say('Move to a step first.', 'warn');
  const { out, said } = picked;
  say(said);
  update((now) => ({ ...now, picks: now.picks && { ...now.picks, out } }));
  const isWanted = () => isAsked() && openOverlay(store.get(), 'plan')?.picks?.out === out;
  const plan = await unhurried(choice.without(out), isWanted);
  if (plan === undefined || !isWanted()) return;
  update((now) => {
    const next = {
      ...now,
      plan,
      line: choice.lineOf(plan),
      top: 0,
      choice: 0,
      picks: now.picks && { ...now.picks, computed: out },
    };
    return { ...next, blocked: whyNot(next, store.get()) };
  });
}
