// Asks the change records what the writes of an entry overwrote of other callers, and keeps the answer with its steps. Never sends a
// change; what records do not tell stays not known.
import type { WriteRecords } from '../model/change-record.ts';
import { namesOfCaller } from '../model/drift.ts';
import type { Entry, EntryStep } from '../model/entry.ts';
import { isFailure } from '../model/failure.ts';
import { isOpenQuestion, notKnown, type Overwrote } from '../model/overwrote.ts';
import type { Resource } from '../model/resource.ts';
import { fold, typeOf } from '../model/resource-id.ts';
import { isRecorded, type OverwroteAnswer, overwroteBy } from '../plan/index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { WriteContext } from './apply-context.ts';
import { readRecordsOf } from './change-records.ts';

type AskContext = Pick<WriteContext, 'arm' | 'history' | 'now'>;

/** Of a step that wrote without an etag; undefined of any other. Entries of older versions do not say it. */
export function overwroteOf({ overwrote, state, change }: EntryStep): Overwrote | undefined {
  if (overwrote !== undefined || state !== 'done' || change.kind === 'create') return overwrote;
  return resourceTypeOf(typeOf(change.resource)).comparesEtag ? undefined : notKnown('not-asked');
}

/** The entry with what records tell of its writes by now. What cannot be kept is asked again another time. */
export async function askOverwrote(entry: Entry, context: AskContext, signal?: AbortSignal): Promise<Entry> {
  // The bodies of an imported entry are not what was read here.
  if (entry.imported !== undefined) return entry;
  const open = entry.steps.flatMap((step, index) => (isOpenQuestion(overwroteOf(step)) ? [{ step, index }] : []));
  if (open.length === 0) return entry;
  try {
    const answers = await answersFor(entry, open, context, signal);
    return await context.history.update(entry.id, (now) => ({
      ...now,
      steps: now.steps.map((step, index) => ({ ...step, ...answers.get(index) })),
    }));
  } catch (error) {
    if (isFailure(error)) return entry;
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
  const ids = open.map(({ step }) => step.resource).filter(isRecorded);
  const begun = Math.min(...open.map(({ step }) => Date.parse(step.begun ?? entry.at)));
  const since = new Date(begun - 10 * 60_000).toISOString();
  const read = ids.length === 0 ? { records: [], unread: null } : await readRecordsOf(context.arm, ids, since, signal);
  const own = namesOfCaller(await context.arm.identity(signal)).map(fold);
  const answers = new Map<number, Pick<EntryStep, 'overwrote' | 'vanished'>>();
  for (const { step, index } of open) {
    const { overwrote, restores } = await answerFor(step, entry, read, own, context);
    answers.set(index, { overwrote, ...(restores.length === 0 ? {} : { vanished: restores }) });
  }
  return answers;
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
  if (unread !== null && records.length === 0) return { overwrote: notKnown('unread', unread), restores: [] };
  if (change.kind !== 'edit' || step.before === null || step.after === null)
    return { overwrote: notKnown('incomplete'), restores: [] };
  const type = typeOf(resource);
  const { apiVersion } = resourceTypeOf(type);
  const resourceIn = async (file: string): Promise<Resource> => ({
    ...{ id: resource, type, apiVersion },
    body: await history.body(file),
  });
  return overwroteBy({
    ...{ change, begun, own, asked: now().toISOString() },
    ...(step.correlation === undefined ? {} : { correlation: step.correlation }),
    read: await resourceIn(step.before),
    after: await resourceIn(step.after),
    records: records.filter(({ target }) => fold(target) === fold(resource)),
  });
}
