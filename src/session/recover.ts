// After a crash, or an act whose outcome could not be read: each such step is settled by following its operation or reading the
// resource. It never writes to Azure; what was not sent stays unsent and the history says so.
import type { ArmRefusal } from '../azure/arm-client.ts';
import { type Change, isDeferred } from '../model/change.ts';
import { type Entry, type EntryStep, isUnsettled } from '../model/entry.ts';
import { isFailure } from '../model/failure.ts';
import { type Flaw, flawText } from '../model/flaw.ts';
import { nameOf, typeOf } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';
import { compareChange } from '../plan/index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { settling, type WriteContext } from './apply-context.ts';
import { arrivalLeft, mayShowLate } from './arrival.ts';
import { recordOf } from './entry-record.ts';
import { originPart } from './origin-by.ts';
import { doubtOf } from './overwrote.ts';
import {
  failedState,
  follow,
  isAtRest,
  isExisting,
  isMoving,
  keptRefusal,
  otherText,
  refusalText,
  type Settled,
  settle,
  settledBy,
  showsAtRest,
} from './settle.ts';

/**
 * The entries that were open and could be settled, by asking Azure. The signal skips the rest. `waits`: until it is settled, for
 * 10 s at most; otherwise each is asked about once. What cannot be settled stays open.
 */
export async function recoverEntries(
  context: WriteContext,
  { signal, waits = true }: { readonly signal?: AbortSignal | undefined; readonly waits?: boolean } = {},
): Promise<readonly Entry[]> {
  const longest = context.pace.settling ?? settling;
  if (!(await hasWork(context))) return [];
  const found = await context.history.unsettled();
  const steps = found.flatMap((entry) => entry.steps.filter(isUnsettled).map((step) => ({ entry, step })));
  if (steps.length > 0) {
    const names = [...new Set(steps.map(({ step }) => nameOf(step.resource)))].join(', ');
    const ids = [...new Set(steps.map(({ entry }) => entry.id))].join(', ');
    const isLong = waits || steps.some(({ step }) => arrivalLeft(step, context) > 0);
    const time = isLong ? `, for ${longest / 1000} s at most` : '';
    context.say({
      kind: 'asking',
      questions: steps.length,
      detail: `The outcome of history entry ${ids} is not known: ${names} is read again${time}.`,
    });
  }
  const ends = AbortSignal.any([AbortSignal.timeout(longest), ...(signal ? [signal] : [])]);
  const asking = waits ? context : { ...context, pace: { ...context.pace, looks: [0], rests: [] } };
  return settleEach(context, async (step) => {
    if (ends.aborted) return undefined;
    const sent = await sentOf(step, context);
    if (!isUnsettled(step)) return settle(sent, asking, { looks: [0], limit: ends });
    let isAnswered = false;
    if (step.operation !== null) {
      const polled = new AbortController();
      const followed = await follow(step.operation, asking, {
        limit: waits ? ends : AbortSignal.any([ends, polled.signal]),
        onPoll: () => polled.abort(),
        async hasEnded() {
          if (await showsAtRest(sent, context)) return true;
          polled.abort();
          return false;
        },
      });
      if (followed.state === 'left') return undefined;
      if (followed.state === 'failed') {
        const settled = await settle(sent, asking, { limit: ends });
        const isForeign = sent.kind === 'create' && isExisting(followed.refusal);
        const error = refusalText(followed.refusal);
        if (settled.state === 'not done' || isForeign) {
          const message = `Azure ended the change: ${error}`;
          return { state: 'refused', message, refusal: followed.refusal, isExisting: isForeign };
        }
        return settled.state === 'done' ? { ...settled, flaw: { reason: 'error', data: { error } } } : settled;
      }
      isAnswered = followed.isAnswered;
    }
    // Where no answer is known of, the request arrives within a time, or never.
    const { looks } = asking.pace;
    const more = Array.from({ length: Math.ceil(arrivalLeft(step, context) / 1000) }, () => 1000);
    const few = step.state === 'intended' ? looks.slice(0, 3) : looks;
    const settled = await settle(sent, asking, { looks: [...few, ...more], limit: ends });
    return believed(step, settled.state === 'done' ? { ...settled, isAnswered } : settled, context);
  });
}

/**
 * The entries that a scan happens to settle: nothing is asked for it. `onlyDone`: right after the act, when what is not shown yet
 * may still come.
 */
export async function settleFrom(
  snapshot: Snapshot,
  context: WriteContext,
  { onlyDone = false }: { readonly onlyDone?: boolean } = {},
): Promise<readonly Entry[]> {
  try {
    if (!(await hasWork(context))) return [];
    const index = indexSnapshot(snapshot);
    return await settleEach(context, async (step) => {
      const seen = index.peek(step.resource);
      if (seen.state === 'gap') return undefined;
      const now = seen.state === 'read' ? seen.resource : null;
      // An operation may not have begun to show; only a resource that says that it is at rest decides then.
      if (step.operation === null ? isMoving(now) : !isAtRest(now)) return undefined;
      const settled = settledBy(await sentOf(step, context), now);
      return onlyDone && settled.state !== 'done' ? undefined : believed(step, settled, context);
    });
  } catch (error) {
    // A history that cannot be written, or that another process holds, is no reason not to show what was read.
    if (isFailure(error)) return [];
    throw error;
  }
}

type Ending =
  /** `isAnswered`: Azure said that it made the change. */
  | (Settled & { readonly isAnswered?: boolean; readonly flaw?: Flaw })
  /** `isExisting`: Azure did not create it, because it exists. */
  | {
      readonly state: 'refused';
      readonly message: string;
      readonly refusal: ArmRefusal;
      readonly isExisting: boolean;
    };

/** Is there a step whose outcome is not known, or one that may show late? */
async function hasWork({ history, now }: WriteContext): Promise<boolean> {
  if ((await history.unsettled()).length > 0) return true;
  const entries = await history.entries();
  return entries.some((entry) => entry.steps.some((_step, index) => mayShowLate(entries, entry, index, now())));
}

/** What is not there yet, or hidden by what another client wrote, may still come: it is not told to be missing. */
const believed = <S extends Settled>(step: EntryStep, settled: S, context: WriteContext): S | undefined =>
  (settled.state === 'not done' || settled.state === 'moved') && arrivalLeft(step, context) > 0 ? undefined : settled;

async function settleEach(
  context: WriteContext,
  settleOne: (step: EntryStep) => Promise<Ending | undefined>,
): Promise<readonly Entry[]> {
  return context.history.exclusively(async () => {
    const settled: Entry[] = [];
    // Read again under the writer's right: another session may have settled them meanwhile.
    const entries = await context.history.entries();
    for (const entry of entries) {
      const record = recordOf(entry, context.history);
      let isLater = false;
      for (let index = 0; index < record.entry.steps.length; index += 1) {
        const step = record.entry.steps[index];
        if (step === undefined) continue;
        const isLate = !isUnsettled(step) && mayShowLate(entries, entry, index, context.now());
        if (!isLate && !isUnsettled(step)) continue;
        const ending = await settleOne(step);
        const flaw = ending === undefined ? null : await flawOf(step, ending, context);
        const message = ending === undefined ? null : messageOf(step, ending, flaw);
        // What cannot be read now may be readable later; until then the step stays as it is.
        if (ending === undefined || message === null || (isLate && ending.state !== 'done')) continue;
        if (ending.state === 'partly') {
          const after = await record.keepAfter(index, ending.after);
          await record.split(
            index,
            {
              change: ending.done,
              state: 'done',
              verified: true,
              operation: null,
              message,
              after,
              ...whose(step, ending),
              ...doubtOf(step),
            },
            { change: ending.rest, state: 'failed', operation: null, message, findings: [] },
          );
          index += 1;
        } else {
          const isDone = ending.state === 'done';
          const after = isDone ? await record.keepAfter(index, ending.after) : null;
          const state = isDone ? 'done' : 'failed';
          const sent = isDone ? await sentOf(step, context) : step.change;
          await record.note(index, {
            ...{ state, verified: isDone && flaw === null, operation: null, message, after },
            ...(flaw === null ? {} : { flaw }),
            ...(ending.state === 'not done' || ending.state === 'moved' ? { isUnproven: true } : {}),
            ...(sent === step.change ? {} : { change: sent }),
            ...(ending.state === 'refused' ? { refusal: keptRefusal(ending.refusal) } : {}),
            ...(ending.state === 'refused' && ending.isExisting ? {} : doubtOf(step)),
            ...whose(step, ending),
          });
        }
        isLater ||= isLate;
        if (record.lost !== null) throw record.lost;
        context.say({ kind: 'settled', entry: entry.id, resource: step.resource, detail: message });
      }
      if ((entry.state !== 'open' && !isLater) || record.entry.steps.some(isUnsettled)) continue;
      settled.push(await record.close());
      if (record.lost !== null) throw record.lost;
    }
    return settled;
  });
}

/** What shows that a change was made here that was found to be there. */
function whose({ change, answered }: EntryStep, ending: Ending): Pick<EntryStep, 'origin'> {
  if (ending.state !== 'done' && ending.state !== 'partly') return {};
  const isAnswered = ending.isAnswered === true || answered === true;
  return originPart(change, ending.after, { isAnswered, isAccepted: isAnswered });
}

/** Why a change that was found to be there is not as it was wanted. */
async function flawOf({ before }: EntryStep, ending: Ending, context: WriteContext): Promise<Flaw | null> {
  if (ending.state !== 'done') return null;
  const state = failedState(ending.after);
  if (ending.flaw !== undefined || state === null) return ending.flaw ?? null;
  const was = before === null ? null : await context.history.body(before).catch(() => null);
  return failedState(was) === null ? { reason: 'state', data: { state } } : null;
}

function messageOf(step: EntryStep, ending: Ending, flaw: Flaw | null): string | null {
  const told = endingText(step, ending);
  return told === null || flaw === null ? told : `${told} ${flawText(nameOf(step.resource), flaw)}`;
}

function endingText(step: EntryStep, ending: Ending): string | null {
  const how = step.state === 'unknown' ? 'The outcome was read later' : 'The run was interrupted';
  switch (ending.state) {
    case 'done':
      if (step.state === 'failed') {
        return 'The change shows now: its request arrived late, or another client made the same change.';
      }
      return ending.isAnswered === true || step.answered === true
        ? `${how}; the change was applied.`
        : `${how}; ${nameOf(step.resource)} shows the change. Whether this request or another client made it is not known.`;
    case 'not done':
      if (step.state === 'unknown' && step.unanswered === undefined) {
        return `${how}; Azure had accepted the change, and ${nameOf(step.resource)} does not show it. Another client may have changed it since.`;
      }
      return step.state === 'unknown'
        ? `${how}; ${nameOf(step.resource)} does not show the change.`
        : `${how}; ${nameOf(step.resource)} does not show the change. Whether it was applied and changed again since is not known.`;
    case 'partly':
      return `${how}; a part of the change was applied.`;
    case 'moved':
      return `${how}; ${otherText(nameOf(step.resource), ending.moved)}.`;
    case 'refused':
      return `${how}. ${ending.message}`;
    case 'unknown':
      return null;
  }
}

/** What was sent of a change: without the edits that the resource showed before. */
async function sentOf({ change, before }: EntryStep, context: WriteContext): Promise<Change> {
  if (change.kind !== 'edit' || isDeferred(change) || before === null) return change;
  try {
    const type = typeOf(change.resource);
    const kind = resourceTypeOf(type);
    const body = await context.history.body(before);
    const was = compareChange(change, { id: change.resource, type, apiVersion: kind.apiVersion, body }, kind);
    return was.state === 'ready' && was.pending.edits.length < change.edits.length ? was.pending : change;
  } catch (error) {
    if (isFailure(error)) return change;
    throw error;
  }
}
