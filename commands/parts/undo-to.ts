// Several entries undone one after another, the newest first, after one preview of all of them. Each undo is a separate entry,
// and the first that is not done ends it.
import type { CommandContext } from '../../src/command/definition.ts';
import { applyConfirmed, confirmPlans } from '../../src/command/send.ts';
import { type ExitStatus, exitStatus, type FailureValue } from '../../src/model/failure.ts';
import { clean } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import type { ApplyResult, Session, SessionEvent } from '../../src/session/session.ts';
import { outcomeExit, outcomeFailure, outcomeLines, requireWritable } from './act.ts';
import { introducedFailure, severeOf } from './introduced.ts';

interface Turn {
  readonly entry: string;
  readonly line: string;
  /** Absent: it was not its turn any more, or nothing was to be sent. */
  readonly outcome?: ApplyResult;
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
  if (flags.dryRun) return { takenBack: turns };
  requireWritable(context, session);
  const done: Turn[] = [];
  for (const [index, confirmed] of (await confirmPlans(context, session, plans)).entries()) {
    const turn = turns[index];
    if (turn === undefined || signal.aborted) break;
    const outcome = yield* applyConfirmed({ ask, flags, signal, line: `undo ${turn.entry}` }, session, confirmed);
    done.push({ ...turn, outcome });
    if (isCut(outcome)) break;
  }
  return { takenBack: [...done, ...turns.slice(done.length)] };
}

/** Nothing is undone after it: it is not whole, or was the last before the operator stopped. */
const isCut = ({ state, ended }: ApplyResult): boolean => state !== 'done' || ended !== null;

export function takenBackLines({ takenBack }: UndoToResult): Line[] {
  return takenBack.flatMap(({ entry, line: was, outcome }) => [
    line([entry, 'accent'], [`  ${clean(was, 300)}`, 'dim'], outcome === undefined ? ['  not undone', 'warn'] : ''),
    ...(outcome === undefined ? [] : outcomeLines(outcome)),
  ]);
}

const outcomesOf = ({ takenBack }: UndoToResult): ApplyResult[] =>
  takenBack.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]));

/** 0 when all were undone (or a dry run shows them), 1 when that introduced something critical or high; 5 when some were, else the exit code of the first. */
export function takenBackExit(result: UndoToResult): ExitStatus {
  const outcomes = outcomesOf(result);
  const bad = outcomes.find(isCut);
  if (bad === undefined) {
    if (outcomes.length > 0 && outcomes.length < result.takenBack.length) return exitStatus.partial;
    return outcomes.some((one) => severeOf(one).length > 0) ? exitStatus.findings : exitStatus.done;
  }
  return outcomes.length > 1 ? exitStatus.partial : outcomeExit(bad);
}

export function takenBackFailure(result: UndoToResult): FailureValue | null {
  const outcomes = outcomesOf(result);
  const bad = outcomes.find(isCut);
  if (bad !== undefined) return outcomeFailure(bad);
  const severe = outcomes.flatMap(severeOf);
  return severe.length === 0 ? null : introducedFailure(severe, outcomes.at(-1)?.entry ?? null);
}
