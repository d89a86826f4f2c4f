// One confirmed fix of the guide: its progress on disk, then applied as any fix, then what happened in words.

import { unverified, unverifiedWords } from '../../src/command/act-outcome.ts';
import { quoteWord } from '../../src/command/parse-line.ts';
import { applyConfirmed, type ConfirmedPlan } from '../../src/command/send.ts';
import { byOthersWords } from '../../src/model/drift-words.ts';
import { type Entry, madeCount, otherWords } from '../../src/model/entry.ts';
import { exitStatus, type Failure, isFailure } from '../../src/model/failure.ts';
import { actingOn, endedWithout, settledWith, undone } from '../../src/model/guide-progress.ts';
import { clean, counted } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { spokenId } from '../../src/render/change-text.ts';
import type { ApplyResult, SessionEvent } from '../../src/session/session.ts';
import type { QueueItem } from './guide-queue.ts';
import { type GuideSession, interruptedGuide } from './guide-session.ts';
import { introducedLines, severeOf } from './introduced.ts';

export interface Acted {
  /** The entry that can be undone; null when nothing was written. */
  readonly entry: string | null;
  readonly isWhole: boolean;
  readonly news: readonly Line[];
}

/** Failures that end the guide: the operator stopped it, or the sign-in is missing. */
const ends = ({ exit }: Failure): boolean =>
  exit === exitStatus.interrupted || exit === exitStatus.signIn || exit === exitStatus.bug;

/** Sends the plan of an item. What Azure or somebody's change refuses comes back in words, so that the walk can go on. */
export async function* carryOut(
  guideSession: GuideSession,
  { findings }: Pick<QueueItem, 'findings'>,
  confirmed: ConfirmedPlan,
  answers: Readonly<Record<string, string>>,
): AsyncGenerator<SessionEvent, Acted> {
  const { context, store } = guideSession;
  const ids = findings.map(({ id }) => id);
  await store.update((now) => actingOn(now, findings[0].id, context.now().toISOString()));
  const outcome = yield* applied(guideSession, confirmed, lineOf(ids, answers));
  if (isFailure(outcome)) {
    await store.update(endedWithout);
    guideSession.failed += 1;
    return { entry: null, isWhole: false, news: refused(outcome) };
  }
  const { entry, state } = outcome;
  const isWhole = state === 'done';
  const resolved = isWhole ? resolvedBy(outcome) : [];
  const problemOf = problemsBefore(guideSession);
  await store.update((now) => (resolved.length > 0 ? settledWith(now, resolved, entry, problemOf) : endedWithout(now)));
  guideSession.severe = [...guideSession.severe, ...severeOf(outcome)];
  if (isWhole && entry !== null) guideSession.sent += 1;
  if (!isWhole) guideSession.failed += 1;
  if ((state === 'partial' || state === 'open') && entry !== null)
    guideSession.partial = [...guideSession.partial, entry];
  // Stopped in the middle: the step under way has been followed to its end, and nothing comes after it.
  if (context.signal.aborted) throw interruptedGuide(guideSession);
  return { entry, isWhole, news: [...introducedLines(outcome.verified), ...happened(outcome, ids, resolved)] };
}

/** The problem of each finding when the question was put. */
const problemsBefore = ({ context, session, snapshot }: GuideSession): ReadonlyMap<string, string> =>
  new Map(
    session
      .report(snapshot, context.flags.profile)
      .problems.flatMap((problem) => problem.findings.map((id) => [id, problem.id] as const)),
  );

/** What its changes resolved; a roll-up is none. */
const resolvedBy = ({ verified: { resolved, rollUps = [] } }: ApplyResult): string[] =>
  resolved.filter((id) => !rollUps.includes(id));

/** Sends what was left of an entry, by the plan that the operator has just confirmed. */
export async function* sendRest(
  guideSession: GuideSession,
  entry: Entry,
  confirmed: ConfirmedPlan,
): AsyncGenerator<SessionEvent, Acted> {
  const { context, store } = guideSession;
  const problemOf = problemsBefore(guideSession);
  const outcome = yield* applied(guideSession, confirmed, `resume ${entry.id}`);
  if (isFailure(outcome)) return { entry: null, isWhole: false, news: refused(outcome) };
  const isWhole = outcome.state === 'done';
  const resolved = isWhole ? resolvedBy(outcome) : [];
  if (resolved.length > 0) await store.update((now) => settledWith(now, resolved, entry.id, problemOf));
  if (isWhole) guideSession.sent += 1;
  else guideSession.failed += 1;
  if (context.signal.aborted) throw interruptedGuide(guideSession);
  return { entry: entry.id, isWhole, news: happened(outcome, entry.findings, resolved) };
}

/** Undoes an entry, by the plan that the operator has just confirmed. */
export async function* undoEntry(
  guideSession: GuideSession,
  confirmed: ConfirmedPlan,
): AsyncGenerator<SessionEvent, Acted> {
  const { context, store } = guideSession;
  const of = confirmed.plan.of ?? '';
  const outcome = yield* applied(guideSession, confirmed, `undo ${of}`);
  if (isFailure(outcome)) return { entry: null, isWhole: false, news: refused(outcome) };
  guideSession.severe = [...guideSession.severe, ...severeOf(outcome)];
  if (outcome.state === 'done') await store.update((now) => undone(now, of));
  if (context.signal.aborted) throw interruptedGuide(guideSession);
  if (outcome.state !== 'done')
    return { entry: null, isWhole: false, news: [...introducedLines(outcome.verified), ...happened(outcome, [], [])] };
  const why = unverified(outcome);
  const news = [
    ...introducedLines(outcome.verified),
    line(
      ...(why === null
        ? ([['✓ ', 'ok'], 'Undone and verified.'] as const)
        : ([['? ', 'unknown'], `Undone, ${unverifiedWords(why)}.`] as const)),
      ['  The findings that it had resolved are skipped.', 'dim'],
    ),
  ];
  return { entry: null, isWhole: true, news };
}

/** A failure in words, where the walk goes on after it. Throws it where it does not. */
export function outlived(error: unknown): readonly Line[] {
  if (!isFailure(error) || ends(error)) throw error;
  return refused(error);
}

/** The outcome, or a failure after which the guide goes on. */
// The guide's own questions show the progress, so the host is not told of each fix.
async function* applied(
  { context: { ask, flags, signal }, session }: GuideSession,
  confirmed: ConfirmedPlan,
  as: string,
): AsyncGenerator<SessionEvent, ApplyResult | Failure> {
  try {
    return yield* applyConfirmed({ ask, flags, signal, line: as }, session, confirmed);
  } catch (error) {
    if (!isFailure(error) || ends(error)) throw error;
    return error;
  }
}

/** The command line that does the same. */
const lineOf = (ids: readonly string[], answers: Readonly<Record<string, string>>): string =>
  [
    'fix',
    ...ids.map(quoteWord),
    ...Object.entries(answers).map(([name, value]) => `--answer ${quoteWord(`${name}=${value}`)}`),
  ].join(' ');

const refused = ({ message, next }: Failure): Line[] => [
  line(['✗ ', 'bad'], clean(message, 600)),
  line([`  ${clean(next, 300)}`, 'dim']),
];

function happened(
  { entry, state, steps, verified, remaining = 0 }: ApplyResult,
  ids: readonly string[],
  resolved: readonly string[],
): Line[] {
  const persisting = verified.persisting.filter((id) => ids.includes(id));
  const unknown = verified.unknown.filter((id) => ids.includes(id));
  const more = resolved.filter((id) => !ids.includes(id)).length;
  const { resolvedByOthers = [] } = verified;
  const others = ids.filter((id) => resolvedByOthers.includes(id));
  const as = entry === null ? '' : `  Entry ${entry}.`;
  if (state !== 'done') {
    const done = madeCount(steps);
    const why = steps.find((step) => step.state === 'failed' || step.state === 'unknown')?.message ?? 'stopped.';
    return [
      line(['✗ ', 'bad'], `${done} of ${counted(steps.length, 'change')} made: ${clean(why, 500)}`, [as, 'dim']),
      ...(remaining > 0 ? [line(['  bastide resume', 'key'], [` sends ${otherWords(remaining)}.`, 'dim'])] : []),
      ...(done > 0 ? [line(['  bastide undo', 'key'], [' undoes the changes that were made.', 'dim'])] : []),
    ];
  }
  if (entry === null) return [line(['✓ ', 'ok'], 'No changes needed.')];
  const why = unverified({ verified });
  const also = more === 0 ? '' : ` ${more} more resolved.`;
  if (persisting.length === 0 && unknown.length > 0) {
    return [
      line(['? ', 'unknown'], 'Applied. Not known whether these are resolved:', [as, 'dim']),
      ...unknown.map((id) => line(['  ', 'dim'], spokenId(id))),
    ];
  }
  if (persisting.length === 0 && others.length > 0) {
    return [
      line(['? ', 'unknown'], `Applied. These pass now, ${byOthersWords}:`, [as, 'dim']),
      ...others.map((id) => line(['  ', 'dim'], spokenId(id))),
    ];
  }
  return persisting.length === 0
    ? [
        line(
          why === null ? ['✓ ', 'ok'] : ['? ', 'unknown'],
          `Applied${why === null ? ' and verified' : `, ${unverifiedWords(why)}`}: ${ids.length === 1 ? 'the finding is resolved' : `all ${ids.length} findings are resolved`}.${also}`,
          [as, 'dim'],
        ),
      ]
    : [
        line(['! ', 'warn'], 'Applied, but still failing:', [as, 'dim']),
        ...persisting.map((id) => line(['  ', 'dim'], spokenId(id))),
      ];
}
