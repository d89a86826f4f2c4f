// What an undo needs besides the entry: the bodies that the history keeps of it, and which of its creations were made by it, by
// the change records of the resources and by the answers of Azure. Nothing is written here.

import type { EditChange } from '../model/change.ts';
import { scalarText, type WriteRecord, type WriteRecords } from '../model/change-record.ts';
import { namesOfCaller } from '../model/drift.ts';
import type { Entry, EntryStep } from '../model/entry.ts';
import { isFailure } from '../model/failure.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
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
const longestAct = 2 * 3_600_000;

interface Claim {
  readonly step: EntryStep;
  /** Of a creation; undefined of what an imported entry says that it changed or deleted. */
  readonly origin: Origin | undefined;
  /** Milliseconds since 1970 at which it was begun. */
  readonly begun: number;
}

export async function undoProof(
  entries: readonly Entry[],
  { arm, history }: Pick<WriteContext, 'arm' | 'history'>,
  signal?: AbortSignal,
): Promise<UndoProof> {
  const bodies = new Map<string, JsonObject>();
  const claims: Claim[] = [];
  for (const { at, steps, imported } of entries) {
    for (const step of steps) {
      const origin = originOfStep(step);
      if (step.state !== 'done') continue;
      if (origin !== undefined || imported !== undefined)
        claims.push({ step, origin, begun: Date.parse(step.begun ?? at) });
      if (step.change.kind === 'edit') continue;
      const file = step.change.kind === 'create' ? step.after : step.before;
      const body = file === null ? undefined : await bodyIn(history, file);
      if (file !== null && body !== undefined) bodies.set(file, body);
    }
  }
  const answers = new Map<EntryStep, string | null>();
  if (claims.length > 0) {
    const own = namesOfCaller(await arm.identity(signal)).map(fold);
    const since = new Date(Math.min(...claims.map(({ begun }) => begun)) - slack).toISOString();
    const ids = claims.flatMap(({ step }) => [step.resource, parentId(step.resource) ?? step.resource]);
    const records = await readRecordsOf(arm, ids, since, signal);
    for (const one of claims) {
      const { origin } = one;
      answers.set(
        one.step,
        origin === undefined ? whyNotProven(one, records, own) : whyNotOurs(one, origin, records, own),
      );
    }
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
  { step, begun }: Claim,
  origin: Origin,
  { records, unread }: WriteRecords,
  own: readonly string[],
): string | null {
  const record = records.findLast((one) => Date.parse(one.at) >= begun - slack && isCreationOf(step.resource, one));
  if (record === undefined || record.changedBy === null) {
    return origin.reason !== 'not-known'
      ? null
      : `nothing shows that it was created here: no answer to the request is known here, and ${unread === null ? 'Azure has no record of it.' : 'its change records could not be read.'}`;
  }
  return own.includes(fold(record.changedBy))
    ? null
    : `${record.changedBy} created it at ${utcMinute(record.at)}, by its change record.`;
}

/**
 * A file may say anything: what it says was changed counts where a record of this identity has the same values on both sides. What was
 * deleted has no values on record.
 */
function whyNotProven({ step, begun }: Claim, { records }: WriteRecords, own: readonly string[]): string | null {
  const { change, resource } = step;
  if (change.kind !== 'edit') return 'the entry is imported, and no record has the settings of what was deleted.';
  const isNear = ({ at }: WriteRecord) => Math.abs(Date.parse(at) - begun) <= longestAct;
  const isOwn = ({ changedBy }: WriteRecord) => changedBy !== null && own.includes(fold(changedBy));
  const isAbout = ({ target }: WriteRecord) => sameId(target, resource) || sameId(target, parentId(resource) ?? '');
  const isProven = records.some(
    (one) => one.kind === 'changed' && !one.isCut && isAbout(one) && isOwn(one) && isNear(one) && showsAll(change, one),
  );
  return isProven ? null : 'the entry is imported, and no change record of this identity shows the change.';
}

function showsAll({ edits }: EditChange, { values }: WriteRecord): boolean {
  return edits.every((edit) => {
    const [was, is] = [edit.op === 'add' ? [] : textsIn(edit.before), edit.op === 'remove' ? [] : textsIn(edit.after)];
    const side = (all: readonly string[], others: readonly string[], name: 'before' | 'after') =>
      all.every((text) => others.includes(text) || values.some((value) => fold(value[name] ?? '') === fold(text)));
    return was.length + is.length > 0 && side(was, is, 'before') && side(is, was, 'after');
  });
}

/** The texts of all scalars in a value, as records show them. */
function textsIn(value: Json | undefined): readonly string[] {
  if (isArray(value)) return value.flatMap(textsIn);
  if (isObject(value)) return Object.values(value).flatMap(textsIn);
  const text = scalarText(value);
  return text === undefined ? [] : [text];
}

/** Azure keeps no records of a part: that of the whole says that its name came into a list. */
function isCreationOf(id: string, { target, kind, values, isCut }: WriteRecord): boolean {
  if (kind !== 'changed') return kind === 'created' && sameId(target, id);
  if (isCut || !sameId(target, parentId(id) ?? '')) return false;
  const names = values.filter(({ path }) => /\]\.name$/.test(path));
  const has = (side: 'before' | 'after') => names.some((value) => fold(value[side] ?? '') === fold(nameOf(id)));
  return has('after') && !has('before');
}
