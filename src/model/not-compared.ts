// What a comparison with an earlier state leaves open where that state is made of change records: as data, and in words. Pure.

import { nameInParent } from './resource-id.ts';
import { clean, counted, utcMinute } from './text.ts';

/**
 * - `records-late`: what changed after this time may have no record yet;
 * - `not-recorded`: Azure keeps no records of resources of this kind;
 * - `own-write`: the history has a write that no record shows;
 * - `later-records`: records are later than the scan, so the clock that dated it is behind;
 * - `modified`: the body says that it was created or modified then, and no record shows that.
 */
export type NotCompared =
  | { readonly reason: 'records-late'; readonly data: { readonly until: string } }
  | { readonly reason: 'not-recorded'; readonly data: { readonly kind: string; readonly ids: readonly string[] } }
  | {
      readonly reason: 'later-records';
      readonly data: { readonly count: number; readonly last: string; readonly scan: string };
    }
  | {
      readonly reason: 'own-write';
      readonly data: { readonly resource: string; readonly entry: string; readonly at: string };
    }
  | {
      readonly reason: 'modified';
      readonly data: { readonly resource: string; readonly at: string; readonly isRecorded: boolean };
    };

/** Does it prove that records are missing? What is compared is then not what there was. */
export const provesMissing = (one: NotCompared): boolean =>
  one.reason === 'own-write' || one.reason === 'later-records' || (one.reason === 'modified' && one.data.isRecorded);

/** Does the whole time that is asked for lie in the part of which Azure may have no records yet? */
export const isNothingRecorded = (all: readonly NotCompared[], since: string | null): boolean =>
  since !== null && all.some((one) => one.reason === 'records-late' && Date.parse(one.data.until) <= Date.parse(since));

/** So many are named of a kind. */
const mostNamed = 4;

/** One sentence. */
export function notComparedWords(one: NotCompared): string {
  switch (one.reason) {
    case 'records-late':
      return `Changes after ${utcMinute(one.data.until)} may be missing: Azure records a change minutes later.`;
    case 'not-recorded': {
      const { kind, ids } = one.data;
      const names = ids.slice(0, mostNamed).map((id) => clean(nameInParent(id), 120));
      const more = ids.length > mostNamed ? ` and ${ids.length - mostNamed} more` : '';
      return `${counted(ids.length, kind)}: Azure keeps no change records of this type (${names.join(', ')}${more}).`;
    }
    case 'own-write': {
      const { resource, entry, at } = one.data;
      return `${clean(nameInParent(resource), 200)}: history entry ${clean(entry, 80)} changed it at ${utcMinute(at)}, and no change record shows that yet.`;
    }
    case 'later-records': {
      const { count, last, scan } = one.data;
      return `${counted(count, 'change record')} up to ${utcMinute(last)} not compared: the scan is dated ${utcMinute(scan)}, so the clock of this machine is behind.`;
    }
    case 'modified': {
      const { resource, at, isRecorded } = one.data;
      const why = isRecorded ? 'no change record shows that' : 'Azure keeps no change records of this type';
      return `${clean(nameInParent(resource), 200)} was last modified at ${utcMinute(at)}: what changed is not known, ${why}.`;
    }
  }
}
