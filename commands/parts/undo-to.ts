// Several acts taken back one after the other, the newest first, after one preview of all of them. Each undo is an entry of its
// own, planned against what stands there when its turn comes, and the first that is not done ends it.
import type { Context } from '../../src/command/definition.ts';
import { invertChange } from '../../src/model/change.ts';
import type { Entry } from '../../src/model/entry.ts';
import { type ExitStatus, exitStatus, Failure, type FailureValue } from '../../src/model/failure.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import { clean } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { changeLines } from '../../src/render/change-text.ts';
import type { Outcome, Session, SessionEvent } from '../../src/session/session.ts';
import { choose, stacksOf } from '../../src/session/undo.ts';
import { outcomeExit, outcomeFailure, outcomeLines, requireWritable } from './act.ts';

interface Turn {
  readonly entry: string;
  readonly line: string;
  /** Absent: it was not its turn any more, or nothing was to be sent. */
  readonly outcome?: Outcome;
}
export interface TakenBack {
  readonly takenBack: readonly Turn[];
}

/** The acts that stand from the newest down to the one named. Throws Failure (exit 4) when that one cannot be undone. */
export function actsDownTo(entries: readonly Entry[], id: string): Entry[] {
  const last = choose(entries, 'undo', id);
  const { standing } = stacksOf(entries);
  return standing.slice(standing.indexOf(last)).reverse();
}

export async function* undoTo(context: Context, session: Session, id: string): AsyncGenerator<SessionEvent, TakenBack> {
  const acts = actsDownTo(await session.history(), id);
  const turns = acts.map((entry): Turn => ({ entry: entry.id, line: entry.line }));
  if (context.flags.dryRun) return { takenBack: turns };
  requireWritable(context, session);
  if (!context.flags.yes) await confirm(context, acts);
  const done: Turn[] = [];
  for (const turn of turns) {
    if (context.signal.aborted) break;
    const plan = await session.planUndo(turn.entry, context.signal);
    const outcome = yield* session.apply(plan, {
      line: `undo ${turn.entry}`,
      signal: context.signal,
      acceptWarnings: true,
    });
    done.push({ ...turn, outcome });
    if (outcome.state !== 'done') break;
  }
  return { takenBack: [...done, ...turns.slice(done.length)] };
}

async function confirm(context: Context, acts: readonly Entry[]): Promise<void> {
  const count = acts.length;
  const title = `Take back ${count === 1 ? 'this act' : `these ${count} acts, the newest first`}?`;
  if (await context.ask.confirm({ title, lines: acts.flatMap(previewLines), yes: 'Undo' })) return;
  throw new Failure('cancelled', exitStatus.notSent, 'Cancelled: nothing was sent.', 'Run it again to be asked again.');
}

function previewLines(entry: Entry): Line[] {
  const steps = entry.steps.filter(({ state }) => state === 'done').toReversed();
  return [
    line([entry.id, 'accent'], [`  ${entry.at.slice(0, 16).replace('T', ' ')}  `, 'dim'], clean(entry.line, 300)),
    ...steps.flatMap(({ resource, change }) => [
      line(` ${nameInParent(resource)}`),
      ...changeLines(invertChange(change)),
    ]),
    [],
  ];
}

export function takenBackLines({ takenBack }: TakenBack): Line[] {
  return takenBack.flatMap(({ entry, line: was, outcome }) => [
    line([entry, 'accent'], [`  ${clean(was, 300)}`, 'dim'], outcome === undefined ? ['  not taken back', 'warn'] : ''),
    ...(outcome === undefined ? [] : outcomeLines(outcome)),
  ]);
}

const outcomesOf = ({ takenBack }: TakenBack): Outcome[] =>
  takenBack.flatMap(({ outcome }) => (outcome === undefined ? [] : [outcome]));

/** 0 when all were taken back (or a dry run shows them), 5 when some were, else what the first came to. */
export function takenBackExit(result: TakenBack): ExitStatus {
  const outcomes = outcomesOf(result);
  const bad = outcomes.find(({ state }) => state !== 'done');
  if (bad === undefined) return exitStatus.done;
  return outcomes.length > 1 ? exitStatus.partial : outcomeExit(bad);
}

export function takenBackFailure(result: TakenBack): FailureValue | null {
  const bad = outcomesOf(result).find(({ state }) => state !== 'done');
  return bad === undefined ? null : outcomeFailure(bad);
}
