// What the screen shows while a confirmed plan is applied: its steps and its outcome. Sending itself is command/send.ts.

import type { ApplyObserver } from '../../command/definition.ts';
import { countedIn } from '../../model/compare.ts';
import { otherWords } from '../../model/entry.ts';
import { resolvedWords } from '../../model/problem.ts';
import { nameOf } from '../../model/resource-id.ts';
import { clean, counted } from '../../model/text.ts';
import { describePlan, noChanges } from '../../plan/describe.ts';
import type { ApplyResult, SessionEvent } from '../../session/session.ts';
import type { PlanOverlay } from '../overlays/plan/value.ts';
import type { ScreenController } from './effect-context.ts';
import { sendsNothing } from './reasons.ts';
import { keyNamed } from './spell.ts';
import type { ScreenAct, State } from './state.ts';

export function createObserver({ store, say }: Pick<ScreenController, 'store' | 'say'>): ApplyObserver {
  return {
    started(plan, line) {
      const { now, work, report } = store.get();
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
      const act: ScreenAct = {
        ...{ verb: plan.verb, title: described.title, line, steps, note: '', stopping: false },
        ...{ startedAt: now, endedAt: null, outcome: null, failure: null, problems: report?.problems ?? [] },
      };
      store.dispatch({ type: 'acting', act });
      if (work !== null)
        store.dispatch({ type: 'working', work: { ...work, title: titles[plan.verb], writing: true } });
    },
    ended(outcome) {
      store.dispatch({ type: 'finished', outcome, failure: null });
      const { act, bindings } = store.get();
      if (act === null) return;
      const stopped = act.stopping;
      const role = outcome.state === 'done' ? 'ok' : stopped ? 'warn' : 'bad';
      say(stopped ? stoppedWords(outcome, bindings) : doneWords(outcome, act, bindings), role);
    },
    failed: (failure) => store.dispatch({ type: 'finished', outcome: null, failure }),
  };
}

/** Why a plan cannot be applied; null when it can. */
export function whyNot({ plan, picks }: Pick<PlanOverlay, 'plan' | 'picks'>, state: State): string | null {
  if (plan.steps.length === 0 && plan.of === null && (picks?.whole.steps.length ?? 0) === 0) {
    const reason = plan.skipped[0]?.reason;
    return reason === undefined ? noChanges(plan) : `No changes: ${clean(reason)}`;
  }
  const never = sendsNothing(state);
  if (never !== null) return never;
  const gate = plan.gates.find((one) => one.outcome === 'fail');
  return gate === undefined ? null : clean(gate.detail);
}

const titles = { fix: 'Applying', undo: 'Undoing', redo: 'Redoing' } as const;

function doneWords(outcome: ApplyResult, { verb, problems }: ScreenAct, bindings: State['bindings']): string {
  const { resolved, persisting, unknown, notApplicable, rollUps } = outcome.verified;
  if (outcome.state !== 'done') return `Some changes were not made.${restWords(outcome, bindings)}`;
  if (verb === 'undo') return `Undone and verified. Press ${keyNamed(bindings, 'redo')} to redo.`;
  const [first] = notApplicable;
  if (first !== undefined && resolved.length + persisting.length === 0) return `Applied. ${clean(first.reason, 300)}`;
  const left = countedIn(persisting, rollUps);
  const open = countedIn(unknown, rollUps);
  return `Applied and verified: ${resolvedWords(problems, resolved, ' resolved')}${left === 0 ? '' : `, ${left} still failing`}${open === 0 ? '' : `, ${open} unknown`}. Press ${keyNamed(bindings, 'undo')} to undo.`;
}

function stoppedWords(outcome: ApplyResult, bindings: State['bindings']): string {
  const made = outcome.steps.filter(({ state }) => state === 'done').length;
  if (made === 0) return 'Stopped: nothing was changed.';
  return `Stopped after ${made} of ${counted(outcome.steps.length, 'change')}.${restWords(outcome, bindings)}`;
}

function restWords({ remaining = 0 }: ApplyResult, bindings: State['bindings']): string {
  if (remaining === 0) return ' See History.';
  return ` Press ${keyNamed(bindings, 'resume')} to send ${otherWords(remaining)}, ${keyNamed(bindings, 'undo')} to undo.`;
}

/** One line for a recovered piece of history, said at the start. */
export function settledWords(event: Extract<SessionEvent, { kind: 'settled' }>): string {
  return `Recovered an interrupted run: ${clean(nameOf(event.resource))}: ${clean(event.detail)}`;
}
