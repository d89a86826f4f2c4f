// What a scan could not read, and what Azure said does not exist. What a report or a snapshot lacks is gone only where this proves
// it: it may also be behind a read that failed. Pure.
import { memoizePerObject } from './caches.ts';
import { isArray, type Json } from './json.ts';
import { fold, isNamed, parentId } from './resource-id.ts';
import type { ReadFailure, Snapshot } from './snapshot.ts';

export interface Reading {
  /** Ids of resources and lists whose read failed, in lower case. */
  readonly failed: readonly string[];
  /** Ids that do not exist: Azure said so of each of them. In lower case. */
  readonly missing: readonly string[];
  /** Was a resource asked for, whatever the answer? Absent where that is not known. */
  asked?(id: string): boolean;
}

/** Code of a read failure that hides no other resource: only its own content is not known. */
export const outdatedCode = 'Outdated';

type Failed = Pick<ReadFailure, 'id' | 'status' | 'code' | 'open'>;

/** A value that files leave open, or a statement that is outdated, hides no resource. */
const hides = ({ status, code, open }: Failed): boolean =>
  status !== 404 && code !== outdatedCode && open === undefined;

/** Of the failures of a scan; `skipped`: files of a folder that were not read. */
export const readingOfFailures = (gaps: readonly Failed[], skipped: readonly string[] = []): Reading => ({
  failed: [...new Set([...gaps.filter(hides).map(({ id }) => fold(id)), ...skipped])],
  missing: [...new Set(gaps.filter(({ status }) => status === 404).map(({ id }) => fold(id)))],
});

export const readingOf = memoizePerObject((snapshot: Snapshot): Reading => {
  const { gaps, skipped = [] } = snapshot;
  const failures = readingOfFailures(
    gaps,
    skipped.map(({ file }) => file),
  );
  return { ...failures, asked: (id) => askedIn(snapshot).has(fold(id)) };
});
const askedIn = memoizePerObject(
  ({ resources, gaps }: Snapshot): ReadonlySet<string> => new Set([...resources, ...gaps].map(({ id }) => fold(id))),
);

/** What is known of the other of two scans; of one of which nothing is known, that no read of it failed. */
export type OtherReading = Pick<Reading, 'failed' | 'asked'>;

/**
 * Reads that failed in one scan and not in the other. A resource that the other scan did not ask for hides nothing of it: what that scan
 * holds was found without it.
 */
export function failedOnlyIn({ failed }: Reading, other: OtherReading): string[] {
  const before = new Set(other.failed);
  return failed.filter((id) => !before.has(id) && (!isNamed(id) || (other.asked?.(id) ?? true)));
}

const missingIn = memoizePerObject(({ missing }: Reading): ReadonlySet<string> => new Set(missing));

/** Did Azure say that this resource, or what it is a part of, does not exist? */
export function isMissing(id: string, reading: Reading): boolean {
  const known = missingIn(reading);
  for (let at: string | undefined = id; at !== undefined; at = parentId(at)) if (known.has(fold(at))) return true;
  return false;
}

/**
 * Is what one scan holds and this one lacks proven to be gone from it? Azure said that it does not exist, or everything that the other
 * scan could read was read: the way by which it was found is then known not to lead to it.
 */
export const isProvenAbsent = (id: string, reading: Reading, other: OtherReading): boolean =>
  isMissing(id, reading) || failedOnlyIn(reading, other).length === 0;

/** Ids as they are stored; [] where there are none, undefined for any other shape. */
export const readUnread = (json: Json | undefined): readonly string[] | undefined =>
  json === undefined ? [] : idsOf(json);

/** The rules of a stored audit, in a member of their own; {} where an older version kept none, undefined for any other shape. */
export function readRules(json: Json | undefined): { readonly rules?: readonly string[] } | undefined {
  if (json === undefined) return {};
  const rules = idsOf(json);
  return rules && { rules };
}

/** Characters; an id of Azure takes less. */
const longest = 4096;
const idsOf = (value: Json | undefined): readonly string[] | undefined =>
  isArray(value) && value.every((one) => typeof one === 'string' && one !== '' && one.length <= longest)
    ? (value as string[])
    : undefined;
