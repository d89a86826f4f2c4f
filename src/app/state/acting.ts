// From a key to a verified change: plan, preview, consent, steps, result. Everything that is sent goes through here or
// through a command; this file holds no rule about what may be sent, only the session does.
import { isFailure } from '../../model/failure.ts';
import type { Plan } from '../../model/plan.ts';
import { nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { describePlan } from '../../plan/describe.ts';
import type { Outcome, SessionEvent } from '../../session/session.ts';
import { atStart } from '../draw/window.ts';
import { withRehearsal } from '../overlays/plan/value.ts';
import type { Desk } from './desk.ts';
import { sendsNothing } from './reasons.ts';
import { keyNamed } from './spell.ts';
import type { Act, State } from './state.ts';

export interface Acting {
  /** Plans and shows the preview; `make` may read from the cloud. */
  preview(line: string, make: (signal: AbortSignal) => Plan | Promise<Plan>): Promise<void>;
  /** Plays the plan on a copy of what was read; the result is shown in its preview. */
  rehearse(plan: Plan): Promise<void>;
  /** Sends the plan of the preview. */
  carryOut(plan: Plan, line: string): Promise<void>;
}

export function createActing(desk: Desk): Acting {
  const { store, session } = desk;

  return {
    preview: (line, make) =>
      desk.work({ title: 'Planning', writing: false }, async (signal) => {
        const plan = await make(signal);
        store.dispatch({
          type: 'overlay',
          overlay: { kind: 'plan', plan, line, blocked: whyNot(plan, store.get()), choice: 0, step: atStart, top: 0 },
        });
      }),

    rehearse: (plan) =>
      desk.work({ title: 'Rehearsing', writing: false }, async (signal) => {
        const { snapshot, profile } = store.get();
        if (snapshot === null) return;
        const rehearsal = await desk.drain(session.rehearse(snapshot, plan, { profile, signal }));
        store.dispatch({ type: 'changed', change: (state) => withRehearsal(state, { ...plan, rehearsal }) });
      }),

    async carryOut(plan, line) {
      let stopped = false;
      await desk.work({ title: titleOf(plan), writing: true }, async (signal) => {
        const described = describePlan(plan);
        const steps = described.steps.map((step, index) => ({
          resource: plan.steps[index]?.change.resource ?? step.resource,
          label: step.label,
          state: 'waiting' as const,
          detail: '',
          since: null,
          until: null,
          polls: 0,
        }));
        const act: Act = {
          verb: plan.verb,
          title: described.title,
          line,
          steps,
          note: '',
          stopping: false,
          startedAt: store.get().now,
          endedAt: null,
          outcome: null,
          failure: null,
        };
        store.dispatch({ type: 'acting', act });
        try {
          const outcome = await desk.drain(session.apply(plan, { line, signal, acceptWarnings: true }));
          store.dispatch({ type: 'finished', outcome, failure: null });
          await desk.refresh();
          const { act: now, bindings } = store.get();
          stopped = now?.stopping === true;
          const role = outcome.state === 'done' ? 'ok' : stopped ? 'warn' : 'bad';
          desk.say(stopped ? stoppedWords(outcome, bindings) : said(outcome, plan.verb, bindings), role);
        } catch (error) {
          if (!isFailure(error)) throw error;
          store.dispatch({ type: 'finished', outcome: null, failure: error.toJSON() });
          await desk.loadEntries();
        }
      });
      // Nobody has looked since, because that was stopped as well.
      if (stopped) await desk.work({ title: 'Reading the workspace', writing: false }, desk.read);
    },
  };
}

/** Why a plan cannot be sent; null when it can. */
export function whyNot(plan: Plan, state: State): string | null {
  if (plan.steps.length === 0) {
    const reason = plan.skipped[0]?.reason;
    return reason === undefined ? 'There is nothing to send.' : `There is nothing to send: ${clean(reason)}`;
  }
  const never = sendsNothing(state);
  if (never !== null) return never;
  const gate = plan.gates.find((one) => one.outcome === 'fail');
  return gate === undefined ? null : `Not allowed now: ${clean(gate.detail)}`;
}

const titleOf = (plan: Plan): string => ({ fix: 'Fixing', undo: 'Undoing', redo: 'Redoing' })[plan.verb];

function said(outcome: Outcome, verb: Plan['verb'], bindings: State['bindings']): string {
  const { resolved, persisting } = outcome.verified;
  if (outcome.state !== 'done') return 'Not everything could be written; the history says what was.';
  if (verb === 'undo') return `Taken back and read again. ${keyNamed(bindings, 'redo')} does it again.`;
  return `Done and verified: ${resolved.length} resolved, ${persisting.length} still failing. ${keyNamed(bindings, 'undo')} takes it back.`;
}

function stoppedWords(outcome: Outcome, bindings: State['bindings']): string {
  const made = outcome.steps.filter(({ state }) => state === 'done').length;
  if (made === 0) return 'Stopped: nothing was changed.';
  return `Stopped after ${made} of ${outcome.steps.length}: the rest was not sent. ${keyNamed(bindings, 'undo')} takes back what was.`;
}

/** One line for a settled piece of history, said at the start. */
export function settledWords(event: Extract<SessionEvent, { kind: 'settled' }>): string {
  return `Settled from an earlier run: ${clean(nameOf(event.resource))}: ${clean(event.detail)}`;
}
