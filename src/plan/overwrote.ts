// What a write overwrote of other callers, by the change records of its resource. The record of the write itself says what was there
// right before it; what differs from the body that was read, and is not there afterwards, was another caller's. Pure.
import type { EditChange } from '../model/change.ts';
import { clockSlack, isRecorded, type WriteRecord } from '../model/change-record.ts';
import type { Edit } from '../model/edit.ts';
import { isRecordOf } from '../model/origin.ts';
import { notKnown, type Overwrote } from '../model/overwrote.ts';
import { showsResult } from '../model/recorded-edit.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import { bearsOut, sameAsText, valueAtKeys } from '../model/rewind.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { putBack, settingsBetween } from './drift.ts';
import { rewound } from './rewound.ts';

export interface OverwroteInput {
  /** What was sent. */
  readonly change: EditChange;
  /** As it was read before the request and after it. */
  readonly read: Resource;
  readonly after: Resource;
  /** When the request was sent, ISO 8601. */
  readonly begun: string;
  readonly correlation?: string;
  /** Those of the resource, the oldest first. */
  readonly records: readonly WriteRecord[];
  /** Names of the caller, folded. */
  readonly own: readonly string[];
  readonly asked: string;
}

export interface OverwroteAnswer {
  readonly overwrote: Overwrote;
  /** The edits that restore what was overwritten. */
  readonly restores: readonly Edit[];
}

export function overwroteBy(input: OverwroteInput): OverwroteAnswer {
  const { read, after, records, own, asked } = input;
  const nothingKnown = (overwrote: Overwrote): OverwroteAnswer => ({ overwrote, restores: [] });
  if (!isRecorded(read.id)) return nothingKnown(notKnown('not-recorded'));
  const [written, ...alike] = ownRecords(input);
  if (written === undefined)
    return nothingKnown(isMadeAgain(input) ? { reason: 'created-again', data: { by: 'record' } } : notKnown('late'));
  // The caller may be signed in to other clients as well: which of two records is that of the write here is not known.
  if (alike.some(({ client }) => client !== written.client)) return nothingKnown(notKnown('incomplete'));
  const chain = [written, ...sinceShown(records.slice(records.indexOf(written) + 1), after)];
  const there = snapshotOf(after, chain.at(-1)?.at ?? written.at);
  const { snapshot: before, unknown } = rewound(there, chain, written.at);
  if (unknown.length > 0 || written.isCut) return nothingKnown(notKnown('incomplete'));
  const theirs = settingsBetween(snapshotOf(read, written.at), before);
  const lost = theirs.filter((one) => !sameAsText(valueAtKeys(after.body, one.pointer), one.after));
  if (lost.length === 0) return nothingKnown({ reason: 'nothing-by-records', data: { asked } });
  const writes = records
    .slice(0, records.indexOf(written))
    .filter(
      (one) =>
        (!isRecordOf(one, input, own) || one.client !== written.client) &&
        isNear(one, written, input) &&
        bearsOut(read.body, one) !== 'after',
    )
    .map(({ at, changedBy: by, client }) => ({ at, by, client }));
  const restores = putBack(lost, before, there).changes.flatMap(({ edits }): readonly Edit[] => edits);
  return { overwrote: { reason: 'known', data: { writes, settings: lost.length } }, restores };
}

/** Does a record say that the request itself, by its correlation, created the resource? Then what was read had been deleted. */
const isMadeAgain = ({ records, own, correlation }: OverwroteInput): boolean =>
  correlation !== undefined &&
  records.some((one) => one.kind === 'created' && one.correlation !== null && isRecordOf(one, { correlation }, own));

/** A record says that this caller created the resource: nothing was there before. */
export function overwroteByCreation(
  input: Pick<OverwroteInput, 'records' | 'own' | 'begun' | 'asked' | 'correlation'>,
): Overwrote {
  const made = input.records.find((one) => one.kind === 'created' && isOfRequest(one, input));
  if (made === undefined) return notKnown('late');
  return isRecordOf(made, input, input.own)
    ? { reason: 'nothing-by-records', data: { asked: input.asked } }
    : notKnown('no-values');
}

/** From the reading on, as far as clocks tell: where the record shows that the clock of then was off, by Azure's alone. */
function isNear({ at }: WriteRecord, written: WriteRecord, { begun }: OverwroteInput): boolean {
  const [sent, recorded] = [Date.parse(begun), Date.parse(written.at)];
  const from = Math.abs(sent - recorded) <= clockSlack ? Math.min(sent, recorded) : recorded;
  return Date.parse(at) >= from - clockSlack;
}

/** By its correlation where both have one, whatever the clocks say; else by the time at which it was sent. */
const isOfRequest = (
  record: WriteRecord,
  { begun, correlation }: Pick<OverwroteInput, 'begun' | 'correlation'>,
): boolean =>
  correlation !== undefined && record.correlation !== null
    ? fold(correlation) === fold(record.correlation)
    : Math.abs(Date.parse(record.at) - Date.parse(begun)) <= clockSlack;

/**
 * Those that may be the record of the request, by its correlation or else by caller and values; the nearest to the time at which it was
 * sent first. A service may keep another value than was sent: then the one that the reading after it bears out.
 */
function ownRecords({ change, records, own, begun, after, ...step }: OverwroteInput): WriteRecord[] {
  const away = ({ at }: WriteRecord) => Math.abs(Date.parse(at) - Date.parse(begun));
  const near = records
    .filter((one) => one.kind === 'changed' && isRecordOf(one, step, own) && isOfRequest(one, { begun, ...step }))
    .toSorted((a, b) => away(a) - away(b));
  const sent = near.filter(({ values }) => showsResult(change.edits, values));
  return sent.length > 0 ? sent : near.filter((one) => bearsOut(after.body, one) === 'after');
}

/** Records after the write that the reading after it shows already. */
function sinceShown(later: readonly WriteRecord[], after: Resource): readonly WriteRecord[] {
  const last = later.findLastIndex((one) => bearsOut(after.body, one) === 'after');
  return later.slice(0, last + 1);
}

const snapshotOf = (resource: Resource, takenAt: string): Snapshot => ({
  ...{ schema: 'bastide/snapshot/v1', id: '', takenAt, source: { kind: 'azure', name: '' }, workspace: null },
  ...{ identity: null, requests: 0, intents: {}, resources: [resource], gaps: [], collections: [], permissions: [] },
});
