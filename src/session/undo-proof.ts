// What an undo needs besides the entry: the bodies that the history keeps of it, and which of its creations were made by it, by
// the change records of the resources and by the answers of Azure. Nothing is written here.

import type { WriteRecord, WriteRecords } from '../model/change-record.ts';
import { namesOfCaller } from '../model/drift.ts';
import type { Entry, EntryStep } from '../model/entry.ts';
import { isFailure } from '../model/failure.ts';
import type { JsonObject } from '../model/json.ts';
import { type Origin, originOfStep } from '../model/origin.ts';
import { fold, nameOf, parentId, sameId } from '../model/resource-id.ts';
import { utcMinute } from '../model/text.ts';
import type { WriteContext } from './apply-context.ts';
import { readRecordsOf } from './change-records.ts';

export interface UndoProof {
  readonly bodies: ReadonlyMap<string, JsonObject>;
  notMadeHere(step: EntryStep): string | null;
}

/** Clocks differ; and a request may wait for long operations before it is sent. */
const slack = 5 * 60_000;

interface Creation {
  readonly step: EntryStep;
  readonly origin: Origin;
  /** Milliseconds since 1970 at which it was begun. */
  readonly begun: number;
}

export async function undoProof(
  entries: readonly Entry[],
  { arm, history }: Pick<WriteContext, 'arm' | 'history'>,
  signal?: AbortSignal,
): Promise<UndoProof> {
  const bodies = new Map<string, JsonObject>();
  const made: Creation[] = [];
  for (const { at, steps } of entries) {
    for (const step of steps) {
      if (step.state !== 'done' || step.change.kind === 'edit') continue;
      const file = step.change.kind === 'create' ? step.after : step.before;
      const body = file === null ? undefined : await bodyIn(history, file);
      if (file !== null && body !== undefined) bodies.set(file, body);
      const origin = originOfStep(step);
      if (origin !== undefined) made.push({ step, origin, begun: Date.parse(step.begun ?? at) });
    }
  }
  const answers = new Map<EntryStep, string | null>();
  if (made.length > 0) {
    const own = namesOfCaller(await arm.identity(signal)).map(fold);
    const since = new Date(Math.min(...made.map(({ begun }) => begun)) - slack).toISOString();
    const ids = made.flatMap(({ step }) => [step.resource, parentId(step.resource) ?? step.resource]);
    const records = await readRecordsOf(arm, ids, since, signal);
    for (const one of made) answers.set(one.step, whyNotOurs(one, records, own));
  }
  return { bodies, notMadeHere: (step) => answers.get(step) ?? null };
}

/** A body that is lost costs the exact comparison, not the undo. */
async function bodyIn(history: WriteContext['history'], file: string): Promise<JsonObject | undefined> {
  try {
    return await history.body(file);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

/**
 * The last creation on record since the request was begun decides: another client may have deleted what was made here, and made its
 * own. Without one, what the answers have shown.
 */
function whyNotOurs(
  { step, origin, begun }: Creation,
  { records, unread }: WriteRecords,
  own: readonly string[],
): string | null {
  const record = records.findLast((one) => Date.parse(one.at) >= begun - slack && isCreationOf(step.resource, one));
  if (record === undefined || record.changedBy === null) {
    return origin.reason !== 'not-known'
      ? null
      : `nothing shows that it was created here: the request had no answer, and ${unread === null ? 'Azure has no record of it.' : 'its change records could not be read.'}`;
  }
  return own.includes(fold(record.changedBy))
    ? null
    : `${record.changedBy} created it at ${utcMinute(record.at)}, by its change record.`;
}

/** Azure keeps no records of a part: that of the whole says that its name came into a list. */
function isCreationOf(id: string, { target, kind, values, isCut }: WriteRecord): boolean {
  if (kind !== 'changed') return kind === 'created' && sameId(target, id);
  if (isCut || !sameId(target, parentId(id) ?? '')) return false;
  const names = values.filter(({ path }) => /\]\.name$/.test(path));
  const has = (side: 'before' | 'after') => names.some((value) => fold(value[side] ?? '') === fold(nameOf(id)));
  return has('after') && !has('before');
}
