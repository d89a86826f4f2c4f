// From a plan to its result, shared by fix, apply, undo, redo and create. Sending itself is src/command/send.ts.

import type { CommandContext } from '../../src/command/definition.ts';
import { applyConfirmed, confirmPlan } from '../../src/command/send.ts';
import { type ExitStatus, exitStatus, Failure, type FailureValue } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import { counted } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { spokenId } from '../../src/render/change-text.ts';
import { noChanges, planLines } from '../../src/render/plan-text.ts';
import type { ApplyResult, Session, SessionEvent } from '../../src/session/session.ts';
import { planJson, refuseRefused, rehearsalExit, rehearsalFailure } from './rehearsed.ts';

/** Throws Failure (exit 4) when this session may not write. */
export function requireWritable(context: CommandContext, session: Session): void {
  // Such a host refuses to apply by itself, after the plan was shown.
  if (context.flags.dryRun || context.previews || !(context.flags.readOnly || session.readOnly)) return;
  const files = session.source.kind === 'files';
  throw new Failure(
    'read-only',
    exitStatus.notSent,
    files
      ? 'Files are read-only: changes cannot be applied to them.'
      : 'This session is read-only, so nothing was sent.',
    files ? 'Use --dry-run to see the plan.' : 'Remove --read-only, or use --dry-run to see the plan.',
  );
}

/** What became of a plan: shown only, or applied. */
export type ActResult =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'outcome'; readonly outcome: ApplyResult };

export const actJson = (result: ActResult): object => (result.kind === 'plan' ? planJson(result.plan) : result.outcome);

/** Shows the plan, asks, writes. With --dry-run the plan is the result. */
export async function* act(
  context: CommandContext,
  session: Session,
  plan: Plan,
): AsyncGenerator<SessionEvent, ActResult> {
  if (context.flags.dryRun) return { kind: 'plan', plan };
  // An undo that finds its work done is still recorded, so that the next one means the act before.
  if (plan.steps.length === 0 && plan.of === null) return { kind: 'outcome', outcome: nothingDone(plan) };
  requireWritable(context, session);
  refuseRefused(context, plan);
  const outcome = yield* applyConfirmed(context, session, await confirmPlan(context, session, plan));
  return { kind: 'outcome', outcome };
}

const nothingDone = (plan: Plan): ApplyResult => ({
  entry: null,
  state: 'done',
  steps: [],
  verified: { resolved: [], persisting: [], unknown: [] },
  skipped: plan.skipped,
  gaps: plan.gaps ?? [],
});

const doneCount = (outcome: ApplyResult) => outcome.steps.filter((step) => step.state === 'done').length;

/** The lines of an outcome, or of the plan that a dry run returned. */
export const actLines = (result: ActResult): Line[] =>
  result.kind === 'plan' ? planLines(result.plan) : outcomeLines(result.outcome);

export function outcomeLines(outcome: ApplyResult): Line[] {
  const { resolved, persisting, unknown } = outcome.verified;
  const looks = { done: ['✓', 'ok'], failed: ['✗', 'bad'], skipped: ['·', 'dim'] } as const;
  return [
    ...(outcome.steps.length === 0 ? [line(noChanges(outcome))] : []),
    ...outcome.steps.map((step, index) =>
      line(
        [`${looks[step.state][0]} `, looks[step.state][1]],
        `${index + 1}. ${nameInParent(step.resource)}  ${step.state}`,
        ...(step.message === null ? [] : [[`  ${step.message}`, 'dim'] as const]),
      ),
    ),
    ...resolved.map((id) => line(['resolved       ', 'ok'], spokenId(id))),
    ...persisting.map((id) => line(['still failing  ', 'bad'], spokenId(id))),
    ...unknown.map((id) => line(['unknown        ', 'unknown'], spokenId(id))),
    ...outcome.skipped.map((skip) =>
      line(['not included   ', 'dim'], `${spokenId(skip.finding)}: `, [skip.reason, 'dim']),
    ),
    ...(outcome.gaps ?? []).map((gap) => line(['not accessible ', 'unknown'], `${gap.id}: `, [gap.reason, 'dim'])),
    ...(resolved.length + persisting.length + unknown.length === 0
      ? []
      : [line(`${resolved.length} resolved, ${persisting.length} still failing, ${unknown.length} unknown`)]),
    ...(outcome.entry === null
      ? []
      : [line([`Saved to history as ${outcome.entry}: see `, 'dim'], ['bastide history', 'key'])]),
  ];
}

/** 0 when every write is done, 5 when some are, 7 when the first was refused (docs/exit-codes.md). */
export function actExit(result: ActResult): ExitStatus {
  if (result.kind === 'outcome') return outcomeExit(result.outcome);
  const { rehearsal } = result.plan;
  return rehearsal ? rehearsalExit(rehearsal) : exitStatus.done;
}

export function outcomeExit(outcome: ApplyResult): ExitStatus {
  if (outcome.state === 'done') return exitStatus.done;
  return doneCount(outcome) > 0 ? exitStatus.partial : exitStatus.refused;
}

export function actFailure(result: ActResult): FailureValue | null {
  if (result.kind === 'outcome') return outcomeFailure(result.outcome);
  const { rehearsal } = result.plan;
  return rehearsal ? rehearsalFailure(rehearsal) : null;
}

export function outcomeFailure(outcome: ApplyResult): FailureValue | null {
  if (outcomeExit(outcome) === exitStatus.done) return null;
  const done = doneCount(outcome);
  const refusal = outcome.steps.find((step) => step.state === 'failed')?.message;
  return {
    code: done > 0 ? 'partly-done' : 'refused',
    message: `${done} of ${counted(outcome.steps.length, 'change')} ${outcome.steps.length === 1 ? 'was' : 'were'} applied${refusal ? `: ${refusal}` : '.'}`,
    next:
      done > 0
        ? 'See `bastide history`. To undo the applied changes, run `bastide undo`.'
        : 'See `bastide history` for the error from Azure.',
  };
}
