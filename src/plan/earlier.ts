// A snapshot as it was at an earlier time, by change records and by what the bodies of today say of themselves; and what neither tells. Pure.
import {
  clockSlack,
  isRecorded,
  recordsComeWithin,
  type WriteRecord,
  type WriteRecords,
} from '../model/change-record.ts';
import { type Entry, isSeenHere } from '../model/entry.ts';
import { madeAt, modifiedAt } from '../model/identity.ts';
import { type NotCompared, provesMissing } from '../model/not-compared.ts';
import { isOfTime, isRecordOf, originOfStep } from '../model/origin.ts';
import type { Resource } from '../model/resource.ts';
import { fold, parentId, sameId } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { isListedIn, isResource } from '../model/snapshot-changes.ts';
import { resourceIn } from '../model/snapshot-index.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { notYetThere, type RewoundSnapshot, rewound } from './rewound.ts';

export interface EarlierSnapshot extends RewoundSnapshot {
  readonly notCompared: readonly NotCompared[];
}
interface Writer {
  readonly entries: readonly Entry[];
  /** Names by which Azure may call who is signed in. */
  readonly own: readonly string[];
}

/** The times of a body and of its record are both Azure's; a long operation ends later than it began. */
const apart = 2 * 60_000;

export function earlier(
  now: Snapshot,
  { records, unread }: WriteRecords,
  since: string,
  writer: Writer,
): EarlierSnapshot {
  const back = rewound(now, records, since);
  const unrecorded = now.resources.filter(({ id }) => isResource(id) && recordedAs(id, now, records) === null);
  const made = unrecorded.filter(({ body }) => isSince(madeAt(body), since));
  const late = Math.max(Date.parse(since), Date.parse(now.takenAt) - recordsComeWithin);
  const own = unread === null ? ownWrites(now, records, since, writer) : [];
  const modified = modifiedSince(now, records, since).filter(
    (one) =>
      !provesMissing(one) || (unread === null && !own.some(({ data }) => sameId(data.resource, one.data.resource))),
  );
  const { resources: kept, collections, gaps } = back.snapshot;
  const gone = new Set(made.map(({ id }) => fold(id)));
  const snapshot = {
    ...back.snapshot,
    resources: kept.filter(({ id }) => !gone.has(fold(id))),
    collections: collections.map((one) => ({ ...one, members: one.members.filter((id) => !gone.has(fold(id))) })),
    gaps: [...gaps, ...made.map(({ id }) => notYetThere(id))],
  };
  return {
    ...{ ...back, snapshot },
    notCompared: [
      ...laterThan(now, records),
      ...own,
      ...modified,
      { reason: 'records-late', data: { until: new Date(late).toISOString() } },
      ...kindsOf(unrecorded),
    ],
  };
}

const isSince = (at: string | undefined, since: string): at is string =>
  at !== undefined && Date.parse(at) > Date.parse(since);

/** The resource that has the records: itself, or the whole whose body lists such parts; null where Azure keeps none. */
function recordedAs(id: string, snapshot: Snapshot, records: readonly WriteRecord[]): string | null {
  if (isRecorded(id, records)) return id;
  const parent = parentId(id);
  const whole = parent === undefined ? undefined : resourceIn(snapshot, parent);
  return whole !== undefined && isListedIn(whole.body, id) !== null ? recordedAs(whole.id, snapshot, records) : null;
}

/** What was made before, or has records, and says of itself that it was modified since, without a record of that. */
function modifiedSince(now: Snapshot, records: readonly WriteRecord[], since: string) {
  return now.resources.flatMap(({ id, body }) => {
    const made = madeAt(body);
    const times = [made, modifiedAt(body)].filter((at) => isSince(at, since)).toSorted();
    const at = times.at(-1);
    const has = recordedAs(id, now, records);
    if (at === undefined || !isResource(id) || (has !== null && !sameId(has, id))) return [];
    if (has === null && isSince(made, since)) return [];
    const isShown = records.some((one) => sameId(one.target, id) && Date.parse(one.at) >= Date.parse(at) - apart);
    if (isShown) return [];
    return [{ reason: 'modified' as const, data: { resource: id, at, isRecorded: has !== null } }];
  });
}

/** The writes of the history since, that must have a record and have none yet. */
function ownWrites(now: Snapshot, records: readonly WriteRecord[], since: string, { entries, own }: Writer) {
  return entries.flatMap((one) => {
    const { id: entry, at, by, steps } = one;
    const names = [...own, by].map(fold);
    return steps.flatMap((step) => {
      const begun = step.begun ?? at;
      const resource = recordedAs(step.resource, now, records);
      const isMade = step.state === 'done' && originOfStep(step)?.reason !== 'not-known' && isSeenHere(step, one);
      if (!isMade || resource === null || !isSince(begun, since)) return [];
      const isShown = records.some(
        (each) => sameId(each.target, resource) && isRecordOf(each, step, names) && isOfTime(each, step, begun),
      );
      return isShown ? [] : [{ reason: 'own-write' as const, data: { resource: step.resource, entry, at: begun } }];
    });
  });
}

/** A record of a write later than the scan by more than clocks and scans take: the scan was dated by a clock that is behind. */
function laterThan({ takenAt }: Snapshot, records: readonly WriteRecord[]): NotCompared[] {
  const later = records.filter(({ at }) => Date.parse(at) > Date.parse(takenAt) + clockSlack);
  const last = later.at(-1)?.at;
  return last === undefined ? [] : [{ reason: 'later-records', data: { count: later.length, last, scan: takenAt } }];
}

function kindsOf(unrecorded: readonly Resource[]): NotCompared[] {
  const kinds = Map.groupBy(unrecorded, ({ type }) => resourceTypeOf(type).label);
  return [...kinds].map(([kind, all]) => ({ reason: 'not-recorded', data: { kind, ids: all.map(({ id }) => id) } }));
}
