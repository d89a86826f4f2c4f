// What an undo needs besides the entry: the bodies that the history keeps of it, and which of its changes were made by it, by
// the change records of the resources and by the answers of Azure. Nothing is written here.

import type { Change } from '../model/change.ts';
import {
  isRecorded,
  type RecordedValue,
  scalarText,
  type WriteRecord,
  type WriteRecords,
} from '../model/change-record.ts';
import { namesOfCaller } from '../model/drift.ts';
import { type Entry, type EntryStep, isSeenHere } from '../model/entry.ts';
import { isFailure } from '../model/failure.ts';
import { isSameOne } from '../model/identity.ts';
import { isArray, isObject, type JsonObject } from '../model/json.ts';
import { isRecordOf, type Origin, originOfStep } from '../model/origin.ts';
import type { Author, NotMadeHere, Unproven } from '../model/plan.ts';
import { formatPointer, valueAt } from '../model/pointer.ts';
import { showsEdits } from '../model/recorded-edit.ts';
import { fold, nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { WriteContext } from './apply-context.ts';
import { readRecordsOf } from './change-records.ts';

export interface UndoProof {
  readonly bodies: ReadonlyMap<string, JsonObject>;
  notMadeHere(step: EntryStep): NotMadeHere | null;
  /** Who deleted the resource of a step since, by change records; null where none shows it. */
  deletedBy(step: EntryStep): Author | null;
}

/** Clocks differ; and a request may wait for long operations before it is sent. */
const slack = 5 * 60_000;
const longestAct = 2 * 3_600_000;

interface Claim {
  readonly step: EntryStep;
  /** Undefined of an edit or a deletion that Azure answered, or that an imported entry tells of. */
  readonly origin: Origin | undefined;
  readonly isImported: boolean;
  /** Milliseconds since 1970 at which it was begun. */
  readonly begun: number;
}

export async function undoProof(
  entries: readonly Entry[],
  { arm, history }: Pick<WriteContext, 'arm' | 'history'>,
  signal?: AbortSignal,
): Promise<UndoProof> {
  const bodies = await bodiesOf(entries, history);
  const claims: Claim[] = [];
  for (const entry of entries) {
    for (const step of entry.steps) {
      const origin = originOfStep(step);
      const isImported = !isSeenHere(step, entry);
      if (step.state === 'done') claims.push({ step, origin, isImported, begun: Date.parse(step.begun ?? entry.at) });
    }
  }
  const answers = new Map<EntryStep, NotMadeHere | null>();
  const deletions = new Map<EntryStep, Author | null>();
  if (claims.length > 0) {
    const own = namesOfCaller(await arm.identity(signal)).map(fold);
    const since = new Date(Math.min(...claims.map(({ begun }) => begun)) - slack).toISOString();
    const ids = claims.flatMap(({ step }) => [step.resource, parentId(step.resource) ?? step.resource]);
    const all = await readRecordsOf(arm, ids, since, signal);
    const seen = { arm, bodies, acts: await actsIn(history) };
    for (const one of claims) {
      const { origin } = one;
      const records = { ...all, records: all.records.filter((record) => !isEarlierAct(record, one.step, seen.acts)) };
      deletions.set(one.step, deletionOf(one, records.records, seen.acts));
      answers.set(
        one.step,
        one.step.change.kind === 'edit' || (origin === undefined && one.isImported)
          ? await whyNotProven(one, records, own, seen)
          : await whyNotOurs(one, origin, records, own, seen),
      );
    }
  }
  return {
    bodies,
    notMadeHere: (step) => answers.get(step) ?? null,
    deletedBy: (step) => deletions.get(step) ?? null,
  };
}

/** Whose these steps of an entry are that were not made by what is known of them, and are so all the same; null where theirs is the record. */
export async function whoseAre(
  entry: Entry,
  steps: readonly EntryStep[],
  context: Pick<WriteContext, 'arm' | 'history'>,
  signal?: AbortSignal,
): Promise<(step: EntryStep) => NotMadeHere | null> {
  // What was never sent has no request that a record could be of.
  const unsent = '';
  const claimed = new Map(
    steps.map((step) => [
      step,
      {
        ...step,
        ...{ state: 'done' as const, origin: { reason: 'not-known' as const } },
        ...(step.begun === undefined ? { correlation: unsent } : {}),
      },
    ]),
  );
  const { notMadeHere } = await undoProof([{ ...entry, steps: [...claimed.values()] }], context, signal);
  return (step) => {
    const claim = claimed.get(step);
    const why = claim === undefined ? null : notMadeHere(claim);
    return why === null && step.begun === undefined ? { reason: 'not-proven', why: 'no-record' } : why;
  };
}

/** The bodies before and after that the history keeps of what the entries carried out. */
export async function bodiesOf(
  entries: readonly Entry[],
  history: WriteContext['history'],
): Promise<ReadonlyMap<string, JsonObject>> {
  const bodies = new Map<string, JsonObject>();
  for (const { steps } of entries) {
    for (const { state, before, after } of steps) {
      for (const file of state === 'done' ? [before, after] : []) {
        const body = file === null ? undefined : await bodyIn(history, file);
        if (file !== null && body !== undefined) bodies.set(file, body);
      }
    }
  }
  return bodies;
}

/** A body that the history keeps; undefined where it is lost. */
export async function bodyIn(history: WriteContext['history'], file: string): Promise<JsonObject | undefined> {
  try {
    return await history.body(file);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

/**
 * The last creation, or deletion, on record since the request was begun decides: another client may have deleted what was made here, and
 * made its own. Without one, what the answers have shown; where the records cannot be read, what stands there must be what was left.
 */
async function whyNotOurs(
  claim: Claim,
  origin: Origin | undefined,
  { records, unread }: WriteRecords,
  own: readonly string[],
  seen: Standing,
): Promise<NotMadeHere | null> {
  const { step, begun } = claim;
  const { change, resource } = step;
  const record = records.findLast(
    (one) => Date.parse(one.at) >= begun - slack && isWholeOf(change.kind, resource, one),
  );
  if (record !== undefined && record.changedBy !== null) {
    return isRecordOf(record, step, own) ? null : byAnother(record, record.changedBy, seen.acts);
  }
  if (origin?.reason === 'not-known') return { reason: 'not-proven', why: whyUnproven(resource, unread) };
  if (unread === null || change.kind !== 'create' || (await isAsLeft(step, seen))) return null;
  return { reason: 'not-proven', why: 'unread' };
}

/** A part is on record with its whole, where the body of that lists it; computes and role assignments are not. */
const whyUnproven = (id: string, unread: string | null): Unproven => {
  if (!isRecorded(id) && !/^Microsoft\.Network\//i.test(typeOf(id))) return 'not-recorded';
  return unread === null ? 'no-record' : 'unread';
};

interface Standing {
  readonly arm: Pick<WriteContext['arm'], 'read'>;
  readonly bodies: ReadonlyMap<string, JsonObject>;
  /** By the correlation IDs of the requests: their entries, and their places in the history. */
  readonly acts: ReadonlyMap<string, { readonly entry: string; readonly place: number }>;
}

async function actsIn(history: WriteContext['history']): Promise<Standing['acts']> {
  const entries = await history.entries();
  return new Map(
    entries
      .flatMap(({ id, steps }) => steps.map(({ correlation }) => ({ entry: id, correlation })))
      .flatMap(({ entry, correlation }, place) =>
        correlation === undefined ? [] : [[fold(correlation), { entry, place }] as const],
      ),
  );
}

/** Is it the record of a request that this history made before that of the step? What a redo made, its undo did not make. */
function isEarlierAct({ correlation }: WriteRecord, step: EntryStep, acts: Standing['acts']): boolean {
  const [its, own] = [correlation, step.correlation].map((one) => (one == null ? undefined : acts.get(fold(one))));
  return its !== undefined && own !== undefined && its.place < own.place;
}

/** A later act of this history is named as such: its request has the same identity. */
const byAnother = (record: WriteRecord, by: string, acts: Standing['acts']): NotMadeHere => ({
  reason: 'made-by-another',
  ...authorOf(record, by, acts),
});

function authorOf({ client, at, correlation }: WriteRecord, by: string, acts: Standing['acts']): Author {
  const entry = correlation === null ? undefined : acts.get(fold(correlation))?.entry;
  return { by, client, at, ...(entry === undefined ? {} : { entry }) };
}

/** Whose the last record is, where that says that it was deleted, or the whole that it is a part of. */
function deletionOf(
  { step: { resource }, begun }: Claim,
  records: readonly WriteRecord[],
  acts: Standing['acts'],
): Author | null {
  const since = records.filter(({ at }) => Date.parse(at) >= begun - slack);
  const isDeletion = (one: WriteRecord): boolean =>
    isWholeOf('delete', resource, one) || (one.kind === 'deleted' && sameId(one.target, parentId(resource)));
  const last = since.findLast((one) => isDeletion(one) || isWholeOf('create', resource, one));
  return last === undefined || last.changedBy === null || !isDeletion(last)
    ? null
    : authorOf(last, last.changedBy, acts);
}

/** By an identity, or by an etag of what the history left there: a part has that of its whole. */
async function isAsLeft({ resource, after }: EntryStep, { arm, bodies }: Standing): Promise<boolean> {
  const answer = await arm.read(resource);
  const left = after === null ? undefined : bodies.get(after);
  if (!answer.ok) return answer.gap.status === 404;
  if (left === undefined) return false;
  const now = answer.resource.body;
  const isSame = isSameOne(left, now);
  if (isSame !== undefined) return isSame;
  const etag = scalarText(now.etag);
  return etag !== undefined && [...bodies.values()].some((body) => scalarText(body.etag) === etag);
}

/**
 * A file may say anything, and a setting that shows may be another client's: it counts where a record of this identity has the same
 * values on both sides, at the same place. What was deleted has no values on record.
 */
async function whyNotProven(
  { step, begun, isImported, origin }: Claim,
  { records, unread }: WriteRecords,
  own: readonly string[],
  { arm, acts }: Standing,
): Promise<NotMadeHere | null> {
  const { change, resource } = step;
  if (change.kind !== 'edit') return { reason: 'not-proven', why: 'imported-deletion' };
  // Where both have a correlation ID, that decides and no clock does.
  const isNear = ({ at, correlation }: WriteRecord) =>
    (step.correlation !== undefined && correlation !== null) || Math.abs(Date.parse(at) - begun) <= longestAct;
  const isOwn = (one: WriteRecord) => isRecordOf(one, step, own) && isNear(one);
  const after = records.filter((one) => one.kind === 'changed' && !one.isCut && Date.parse(one.at) >= begun - slack);
  const last = after.findLast(({ target, values }) => sameId(target, resource) && showsEdits(change.edits, values));
  // Who set the standing values last, where they were set again.
  if (last !== undefined && last.changedBy !== null) {
    return isOwn(last) ? null : byAnother(last, last.changedBy, acts);
  }
  if (origin === undefined && !isImported) return null;
  const about = records.filter((one) => one.kind === 'changed' && !one.isCut && isOwn(one));
  const parent = parentId(resource);
  const ofParent = parent === undefined ? [] : about.filter(({ target }) => sameId(target, parent));
  const root = parent === undefined || ofParent.length === 0 ? null : await placeIn(parent, resource, arm);
  const part =
    root === null ? undefined : ofParent.findLast(({ values }) => showsEdits(change.edits, values, root.path));
  const later = part === undefined ? [] : records.slice(records.indexOf(part));
  const isMoved = later.some(({ target, values, isCut }) => sameId(target, parent) && (isCut || movesIn(root, values)));
  if (part !== undefined && unread === null && !isMoved) return null;
  return { reason: 'not-proven', why: isImported ? 'imported' : whyUnproven(resource, unread) };
}

/** Where the record of a whole has a part: by its place in the list as it is now. */
interface Place {
  readonly list: string;
  readonly path: string;
}

async function placeIn(parent: string, part: string, arm: Pick<WriteContext['arm'], 'read'>): Promise<Place | null> {
  const answer = await arm.read(parent);
  const name = typeOf(part).split('/').at(-1) ?? '';
  const all = answer.ok ? valueAt(answer.resource.body, formatPointer(['properties', name])) : undefined;
  const at = isArray(all) ? all.findIndex((one) => isObject(one) && sameId(nameText(one), nameOf(part))) : -1;
  return at < 0 ? null : { list: `properties.${name}`, path: `properties.${name}[${at}].` };
}

const nameText = (one: JsonObject): string | undefined => (typeof one.name === 'string' ? one.name : undefined);

/** Did items of the list come, go or move, so that places in it mean others? */
const movesIn = (place: Place | null, values: readonly RecordedValue[]): boolean =>
  values.some(
    ({ path }) => path.startsWith(`${place?.list}[`) && /^\[\d+\]\.(?:name|id)$/.test(path.slice(place?.list.length)),
  );

/** Azure keeps no records of a part: that of the whole says that its name came into a list, or went out of it. */
function isWholeOf(deed: Change['kind'], id: string, { target, kind, values, isCut }: WriteRecord): boolean {
  const isDeletion = deed === 'delete';
  if (kind !== 'changed') return kind === (isDeletion ? 'deleted' : 'created') && sameId(target, id);
  if (isCut || !sameId(target, parentId(id) ?? '')) return false;
  const names = values.filter(({ path }) => /\]\.name$/.test(path));
  const has = (side: 'before' | 'after') => names.some((value) => fold(value[side] ?? '') === fold(nameOf(id)));
  return isDeletion ? has('before') && !has('after') : has('after') && !has('before');
}
