// Asks the change records what the writes of an entry overwrote of other callers, and keeps the answer with its steps. Never sends a
// change; what records do not tell stays not known.
import { clocksApart, isRecorded, recordDays, recordsComeWithin, type WriteRecords } from '../model/change-record.ts';
import { namesOfCaller } from '../model/drift.ts';
import { type Entry, type EntryStep, isSeenHere, isUnsettled } from '../model/entry.ts';
import { isFailure } from '../model/failure.ts';
import { isOpenQuestion, notKnown, type Written } from '../model/overwrote.ts';
import type { Resource } from '../model/resource.ts';
import { fold, typeOf } from '../model/resource-id.ts';
import { type OverwroteAnswer, overwroteBy, overwroteByCreation } from '../plan/index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { WriteContext } from './apply-context.ts';
import { readRecordsOf } from './change-records.ts';
import { bodyIn } from './undo-proof.ts';

type AskContext = Pick<WriteContext, 'arm' | 'history' | 'now'>;

/** Of what its write overwrote a step says this. What it does not say, and its entry does not prove, is not known. */
export function writtenOf(step: EntryStep, entry: Pick<Entry, 'imported'>): Written {
  const { unguarded, overwrote, state, origin, requestId, unanswered } = step;
  if (overwrote === undefined && (state === 'skipped' || state === 'waiting')) return { reason: 'not-written' };
  if (!isSeenHere(step, entry)) return notKnown('imported');
  if (unguarded === false) {
    const isUnsent = state === 'failed' && requestId === null && unanswered === undefined;
    return { reason: isUnsent ? 'not-written' : 'compared' };
  }
  if (isUnsettled(step)) return notKnown('interrupted');
  if (unguarded === undefined && overwrote === undefined) return writtenByOlder(step);
  if (overwrote !== undefined) return overwrote;
  if (state === 'failed') return { reason: 'not-written' };
  return origin?.reason === 'answer' ? { reason: 'created' } : notKnown('not-asked');
}

/** Older versions kept of a step that they saw done whether Azure compared it; of one that was interrupted they kept nothing. */
function writtenByOlder({ change, state, begun, before, verifiedAt, origin }: EntryStep): Written {
  const { comparesEtag } = resourceTypeOf(typeOf(change.resource));
  if (comparesEtag && change.kind === 'create') return { reason: state === 'done' ? 'compared' : 'not-written' };
  if (state !== 'done') {
    return begun === undefined && before === null ? { reason: 'not-written' } : notKnown('not-kept');
  }
  if (change.kind === 'create') return origin?.reason === 'answer' ? { reason: 'created' } : notKnown('not-asked');
  if (!comparesEtag) return notKnown('not-asked');
  return verifiedAt === undefined ? notKnown('not-kept') : { reason: 'compared' };
}

/** Of a step whose end was not seen: unless Azure compared its request, it may have overwritten something. */
export const doubtOf = ({ unguarded, overwrote }: EntryStep): Pick<EntryStep, 'overwrote'> =>
  unguarded === true && overwrote === undefined ? { overwrote: notKnown('not-asked') } : {};

/** The entry with what records tell of its writes by now. What cannot be kept is asked again another time. */
export async function askOverwrote(entry: Entry, context: AskContext, signal?: AbortSignal): Promise<Entry> {
  // What became of a step that is not settled is asked of its resource first.
  const open = entry.steps.flatMap((step, index) =>
    !isUnsettled(step) && isOpenQuestion(writtenOf(step, entry)) ? [{ step, index }] : [],
  );
  if (open.length === 0) return entry;
  let answered = entry;
  try {
    const answers = await answersFor(entry, open, context, signal);
    const withAnswers = (of: Entry): Entry => ({
      ...of,
      steps: of.steps.map((step, index) => ({ ...step, ...answers.get(index) })),
    });
    answered = withAnswers(entry);
    return await context.history.update(entry.id, withAnswers);
  } catch (error) {
    if (isFailure(error)) return answered;
    throw error;
  }
}

interface Asked {
  readonly step: EntryStep;
  readonly index: number;
}

async function answersFor(
  entry: Entry,
  open: readonly Asked[],
  context: AskContext,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<number, Pick<EntryStep, 'overwrote' | 'vanished'>>> {
  const ids = open.map(({ step }) => step.resource).filter((id) => isRecorded(id));
  const times = open.map(({ step }) => Date.parse(step.begun ?? entry.at));
  const since = new Date(sinceFor(Math.min(...times), Math.max(...times), context.now().getTime())).toISOString();
  const read = ids.length === 0 ? { records: [], unread: null } : await readRecordsOf(context.arm, ids, since, signal);
  const own = namesOfCaller(await context.arm.identity(signal)).map(fold);
  const answers = new Map<number, Pick<EntryStep, 'overwrote' | 'vanished'>>();
  for (const { step, index } of open) {
    const { overwrote, restores } = await answerFor(step, entry, read, own, context);
    answers.set(index, { overwrote, ...(restores.length === 0 ? {} : { vanished: restores }) });
  }
  return answers;
}

/**
 * Records are dated by Azure, a step by the clock of then. Where that is ahead of now, or records should have come by now, it may have been
 * off: the correlation ID finds the record further back.
 */
function sinceFor(first: number, last: number, now: number): number {
  const mayBeOff = last > now || now - first > recordsComeWithin;
  return mayBeOff ? Math.min(first, now) - clocksApart : first - 10 * 60_000;
}

async function answerFor(
  step: EntryStep,
  entry: Entry,
  { records, unread }: WriteRecords,
  own: readonly string[],
  { history, now }: AskContext,
): Promise<OverwroteAnswer> {
  const { change, resource, begun = entry.at } = step;
  if (!isRecorded(resource)) return { overwrote: notKnown('not-recorded'), restores: [] };
  const asked = now();
  if (asked.getTime() - Date.parse(begun) > recordDays * 86_400_000)
    return { overwrote: notKnown('expired'), restores: [] };
  if (unread !== null && records.length === 0) return { overwrote: notKnown('unread', unread), restores: [] };
  const about = {
    ...{ begun, own, asked: asked.toISOString() },
    ...(step.correlation === undefined ? {} : { correlation: step.correlation }),
    records: records.filter(({ target }) => fold(target) === fold(resource)),
  };
  if (change.kind === 'create') return { overwrote: overwroteByCreation(about), restores: [] };
  if (change.kind === 'delete') return { overwrote: notKnown('no-values'), restores: [] };
  if (step.before === null || step.after === null) return { overwrote: notKnown('not-read'), restores: [] };
  const type = typeOf(resource);
  const { apiVersion } = resourceTypeOf(type);
  const resourceIn = async (file: string): Promise<Resource | undefined> => {
    const body = await bodyIn(history, file);
    return body && { ...{ id: resource, type, apiVersion }, body };
  };
  const [read, after] = [await resourceIn(step.before), await resourceIn(step.after)];
  return read === undefined || after === undefined
    ? { overwrote: notKnown('not-read'), restores: [] }
    : overwroteBy({ ...about, change, read, after });
}
