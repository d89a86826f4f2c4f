// What the screen shows while a confirmed plan is applied: its steps and its outcome. Sending itself is command/send.ts.

import { actOutcome } from '../../command/act-outcome.ts';
import type { ApplyObserver } from '../../command/definition.ts';
import { otherWords } from '../../model/entry.ts';
import { nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { describePlan, noChanges } from '../../plan/describe.ts';
import type { ApplyResult, SessionEvent } from '../../session/session.ts';
import type { PlanOverlay } from '../overlays/plan/value.ts';
import type { ScreenController } from './effect-context.ts';
import { outcomeWords } from './outcome-words.ts';
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
      const { mark } = outcomeWords(outcome, act);
      say(`${saidOf(outcome, act)}${nextWords(outcome, act, bindings)}`, mark);
    },
    failed: (failure) => store.dispatch({ type: 'finished', outcome: null, failure }),
  };
}

/** Why a plan cannot be applied; null when it can. */
export function whyNot({ plan, picks }: Pick<PlanOverlay, 'plan' | 'picks'>, state: State): string | null {
  if (
    plan.steps.length === 0 &&
    plan.of === null &&
    plan.alreadySet === undefined &&
    (picks?.whole.steps.length ?? 0) === 0
  ) {
    const reason = plan.skipped[0]?.reason;
    return reason === undefined ? noChanges(plan) : `No changes: ${clean(reason)}`;
  }
  const never = sendsNothing(state);
  if (never !== null) return never;
  const gate = plan.gates.find((one) => one.outcome === 'fail');
  return gate === undefined ? null : clean(gate.detail);
}

const titles = { fix: 'Applying', undo: 'Undoing', redo: 'Redoing' } as const;

function saidOf(outcome: ApplyResult, act: ScreenAct): string {
  const { notApplicable, persisting, resolved } = outcome.verified;
  const { head, isMade, tail } = outcomeWords(outcome, act);
  const [first] = notApplicable;
  const isIdle = isMade && act.verb !== 'undo' && first !== undefined && resolved.length + persisting.length === 0;
  return isIdle ? `${head}. ${clean(first.reason, 300)}` : `${head}${tail}`;
}

/** What may follow: of what is not known yet, that a scan settles it. */
function nextWords(outcome: ApplyResult, { verb }: ScreenAct, bindings: State['bindings']): string {
  const { remaining = 0 } = outcome;
  if (actOutcome(outcome).reason === 'open') return ` Press ${keyNamed(bindings, 'rescan')} to rescan and settle it.`;
  if (outcomeWords(outcome, { verb, stopping: false, problems: [] }).isMade)
    return ` Press ${keyNamed(bindings, verb === 'undo' ? 'redo' : 'undo')} to ${verb === 'undo' ? 'redo' : 'undo'}.`;
  if (remaining === 0) return ' See History.';
  return ` Press ${keyNamed(bindings, 'resume')} to send ${otherWords(remaining)}, ${keyNamed(bindings, 'undo')} to undo.`;
}

/** One line for a recovered piece of history, said at the start. */
export function settledWords(event: Extract<SessionEvent, { kind: 'settled' }>): string {
  return `Recovered an interrupted run: ${clean(nameOf(event.resource))}: ${clean(event.detail)}`;
}
