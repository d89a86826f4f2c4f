// From a plan to an outcome: the way that fix, apply, undo and redo share. Asks before anything is sent.
import type { Context } from '../../src/command/definition.ts';
import { type ExitStatus, exitStatus, Failure, type FailureValue, isFailure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameInParent, nameOf } from '../../src/model/resource-id.ts';
import { type Line, line } from '../../src/model/words.ts';
import { spokenId } from '../../src/render/change-text.ts';
import { planLines } from '../../src/render/plan-text.ts';
import type { Outcome, Session, SessionEvent } from '../../src/session/session.ts';
import { ended, refuseRefused, rehearsalExit, rehearsalFailure, rehearsed } from './rehearsed.ts';

/** Throws Failure (exit 4) when this session may not write. */
export function requireWritable(context: Context, session: Session): void {
  if (context.flags.dryRun || !(context.flags.readOnly || session.readOnly)) return;
  const files = session.source.kind === 'files';
  throw new Failure(
    'read-only',
    exitStatus.notSent,
    files ? 'Files are read-only: there is nothing to write to.' : 'This session is read-only, so nothing was sent.',
    files ? 'Use --dry-run to see the plan.' : 'Leave out --read-only, or use --dry-run to see the plan.',
  );
}

/** What became of a plan: shown only, or applied. */
export type ActResult =
  | { readonly kind: 'plan'; readonly plan: Plan }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

export const actJson = (result: ActResult): Plan | Outcome => (result.kind === 'plan' ? result.plan : result.outcome);

/** Shows the plan, asks, writes. With --dry-run the plan is the result. */
export async function* act(context: Context, session: Session, plan: Plan): AsyncGenerator<SessionEvent, ActResult> {
  if (context.flags.dryRun) return { kind: 'plan', plan };
  // An undo that finds its work done is still recorded, so that the next one means the act before.
  if (plan.steps.length === 0 && plan.of === null) return { kind: 'outcome', outcome: nothingDone(plan) };
  requireWritable(context, session);
  refuseRefused(context, plan);
  const agreed = context.flags.yes ? plan : await confirm(context, session, plan);
  const outcome = yield* session.apply(agreed, {
    line: context.line ?? plan.verb,
    signal: context.signal,
    acceptWarnings: true,
  });
  return { kind: 'outcome', outcome };
}

const nothingDone = (plan: Plan): Outcome => ({
  entry: null,
  state: 'done',
  steps: [],
  verified: { resolved: [], persisting: [], unknown: [] },
  skipped: plan.skipped,
});

/** The plan that was agreed to: with its rehearsal, where the operator wished for one before deciding. */
async function confirm(context: Context, session: Session, plan: Plan): Promise<Plan> {
  let asked = plan;
  const rehearse = async (): Promise<Plan> => {
    asked = await ended(rehearsed(context, session, plan));
    return asked;
  };
  const count = plan.steps.length;
  const title = `Send ${count === 1 ? 'this write' : `these ${count} writes`}${plan.workspace === null ? '' : ` for ${nameOf(plan.workspace)}`}?`;
  const agreed = await context.ask
    .confirm({
      title,
      lines: planLines(plan),
      plan,
      ...(plan.rehearsal === undefined && plan.steps.length > 0 ? { rehearse } : {}),
      yes: plan.verb === 'fix' ? 'Apply' : plan.verb === 'undo' ? 'Undo' : 'Redo',
    })
    .catch((error: unknown) => {
      if (!isFailure(error)) throw error;
      throw new Failure(error.code, error.exit, error.message, error.next, { plan });
    });
  if (agreed) return asked;
  throw new Failure('cancelled', exitStatus.notSent, 'Cancelled: nothing was sent.', 'Run it again to be asked again.');
}

const doneCount = (outcome: Outcome) => outcome.steps.filter((step) => step.state === 'done').length;

/** The lines of an outcome, or of the plan that a dry run returned. */
export const actLines = (result: ActResult): Line[] =>
  result.kind === 'plan' ? planLines(result.plan) : outcomeLines(result.outcome);

export function outcomeLines(outcome: Outcome): Line[] {
  const { resolved, persisting, unknown } = outcome.verified;
  const looks = { done: ['✓', 'ok'], failed: ['✗', 'bad'], skipped: ['·', 'dim'] } as const;
  return [
    ...(outcome.steps.length === 0 ? [line('Nothing to change: it is as wanted already.')] : []),
    ...outcome.steps.map((step) =>
      line(
        [`${looks[step.state][0]} `, looks[step.state][1]],
        `${nameInParent(step.resource)}  ${step.state}`,
        ...(step.message === null ? [] : [[`  ${step.message}`, 'dim'] as const]),
      ),
    ),
    ...resolved.map((id) => line(['resolved  ', 'ok'], spokenId(id))),
    ...persisting.map((id) => line(['persists  ', 'bad'], spokenId(id))),
    ...unknown.map((id) => line(['unknown   ', 'unknown'], spokenId(id))),
    ...outcome.skipped.map((skip) => line(['left out  ', 'dim'], `${spokenId(skip.finding)}: `, [skip.reason, 'dim'])),
    ...(outcome.entry === null
      ? []
      : [line([`Kept as entry ${outcome.entry}: see `, 'dim'], ['bastide history', 'key'])]),
  ];
}

/** 0 when every write is done, 5 when some are, 7 when the first was refused (cli contract, "Exit status"). */
export function actExit(result: ActResult): ExitStatus {
  if (result.kind === 'outcome') return outcomeExit(result.outcome);
  const { rehearsal } = result.plan;
  return rehearsal ? rehearsalExit(rehearsal) : exitStatus.done;
}

export function outcomeExit(outcome: Outcome): ExitStatus {
  if (outcome.state === 'done') return exitStatus.done;
  return doneCount(outcome) > 0 ? exitStatus.partial : exitStatus.refused;
}

export function actFailure(result: ActResult): FailureValue | null {
  if (result.kind === 'outcome') return outcomeFailure(result.outcome);
  const { rehearsal } = result.plan;
  return rehearsal ? rehearsalFailure(rehearsal) : null;
}

export function outcomeFailure(outcome: Outcome): FailureValue | null {
  if (outcomeExit(outcome) === exitStatus.done) return null;
  const done = doneCount(outcome);
  const refusal = outcome.steps.find((step) => step.state === 'failed')?.message;
  return {
    code: done > 0 ? 'partly-done' : 'refused',
    message: `${done} of ${outcome.steps.length} writes were done${refusal ? `: ${refusal}` : '.'}`,
    next:
      done > 0
        ? 'See `bastide history`; `bastide undo` takes back what was done.'
        : 'See `bastide history` for what Azure said.',
  };
}
