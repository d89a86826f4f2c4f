// Several entries undone one after another, the newest first, after one preview of all of them. Each undo is a separate entry,
// and the first that is not done ends it.
import { actOutcome } from '../../src/command/act-outcome.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { applyConfirmed, confirmPlans } from '../../src/command/send.ts';
import { type ExitStatus, exitStatus, type FailureValue, isFailure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { clean, counted } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { planLines } from '../../src/render/plan-text.ts';
import type { ApplyResult, Session, SessionEvent } from '../../src/session/session.ts';
import { outcomeExit, outcomeFailure, outcomeLines, requireWritable } from './act.ts';
import { introducedFailure, reverseWords, severeOf } from './introduced.ts';
import { planJson } from './what-if.ts';

interface Turn {
  readonly entry: string;
  readonly line: string;
  /** Absent: it was not its turn any more, or nothing was to be sent. */
  readonly outcome?: ApplyResult;
  /** Of a dry run. */
  readonly plan?: Plan;
  /** Why nothing of it was sent, after those before it were. */
  readonly failure?: FailureValue;
}
export interface UndoToResult {
  readonly takenBack: readonly Turn[];
}

/** Plans every undo, newest first, has them confirmed in one preview, and applies one after another. */
export async function* undoTo(
  context: CommandContext,
  session: Session,
  id: string,
): AsyncGenerator<SessionEvent, UndoToResult> {
  const { ask, flags, signal } = context;
  const plans = await session.planUndoTo(id, signal);
  const entries = await session.history();
  const turns = plans.map(({ of }): Turn => {
    const entry = entries.find((one) => one.id === of);
    return { entry: of ?? '', line: entry?.line ?? '' };
  });
  if (flags.dryRun) return { takenBack: turns.map((turn, at) => ({ ...turn, ...planAt(plans, at) })) };
  requireWritable(context, session);
  const done: Turn[] = [];
  for (const [index, confirmed] of (await confirmPlans(context, session, plans)).entries()) {
    const turn = turns[index];
    if (turn === undefined || signal.aborted) break;
    try {
      const outcome = yield* applyConfirmed({ ask, flags, signal, line: `undo ${turn.entry}` }, session, confirmed);
      done.push({ ...turn, outcome });
      if (isCut(outcome)) break;
    } catch (error) {
      // Nothing of this one was sent; those before it were.
      if (!isFailure(error) || done.length === 0) throw error;
      done.push({ ...turn, failure: error.toJSON() });
      break;
    }
  }
  return { takenBack: [...done, ...turns.slice(done.length)] };
}

const planAt = (plans: readonly Plan[], at: number): { readonly plan?: Plan } => {
  const plan = plans[at];
  return plan === undefined ? {} : { plan };
};

/** Nothing is undone after it: it is not whole, or was the last before the operator stopped. */
const isCut = (outcome: ApplyResult): boolean => !['done', 'introduced'].includes(actOutcome(outcome).reason);

export const takenBackJson = ({ takenBack }: UndoToResult): object => ({
  takenBack: takenBack.map(({ plan, ...turn }) => (plan === undefined ? turn : { ...turn, plan: planJson(plan) })),
});

export function takenBackLines({ takenBack }: UndoToResult): Line[] {
  return takenBack.flatMap(({ entry, line: was, outcome, plan, failure }) => [
    line(
      [entry, 'accent'],
      [`  ${clean(was, 300)}`, 'dim'],
      outcome === undefined && plan === undefined ? ['  not undone', 'warn'] : '',
    ),
    ...(failure === undefined ? [] : [line([failure.message, 'bad'])]),
    ...(plan === undefined ? [] : planLines(plan)),
    ...(outcome === undefined ? [] : outcomeLines(outcome)),
  ]);
}

const outcomesOf = ({ takenBack }: UndoToResult): ApplyResult[] =>
  takenBack.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]));

/** The gravest exit code of its undos; 5 when some were undone and others not. */
export function takenBackExit(result: UndoToResult): ExitStatus {
  const outcomes = outcomesOf(result);
  const bad = outcomes.find(isCut);
  if (failureIn(result) !== undefined) return exitStatus.partial;
  if (bad === undefined) {
    if (outcomes.length > 0 && outcomes.length < result.takenBack.length) return exitStatus.partial;
    const exits = new Set(outcomes.map(outcomeExit));
    return [exitStatus.findings, exitStatus.gaps].find((one) => exits.has(one)) ?? exitStatus.done;
  }
  return outcomes.length > 1 ? exitStatus.partial : outcomeExit(bad);
}

const failureIn = ({ takenBack }: UndoToResult): FailureValue | undefined =>
  takenBack.find(({ failure }) => failure !== undefined)?.failure;

export function takenBackFailure(result: UndoToResult): FailureValue | null {
  const outcomes = outcomesOf(result);
  const bad = outcomes.find(isCut);
  const failure = failureIn(result);
  if (failure !== undefined) {
    const count = `${outcomes.length} of ${counted(result.takenBack.length, 'entry', 'entries')}`;
    return {
      code: 'partly-done',
      message: `${count} ${outcomes.length === 1 ? 'was' : 'were'} undone. The next was not: ${failure.message}`,
      next: failure.next,
    };
  }
  if (bad !== undefined) return outcomeFailure(bad);
  const severe = outcomes.flatMap(severeOf);
  const last = outcomes.at(-1);
  const reverse = reverseWords(last?.reversedBy, outcomes.length);
  return severe.length === 0 ? null : introducedFailure(severe, last?.entry ?? null, reverse);
}
