// Acts of Bastide that may have changed a resource, and of which the history does not tell what they did. Pure.
import { clocksApart } from './change-record.ts';
import { type Entry, isUnsettled } from './entry.ts';
import { fold } from './resource-id.ts';

/** Why it is not known whether Bastide itself changed a setting. */
export type MayBeOwn =
  | { readonly reason: 'entry-unreadable'; readonly data: { readonly entry: string } }
  | { readonly reason: 'outcome-not-known'; readonly data: { readonly entry: string } }
  | { readonly reason: 'other-time'; readonly data: { readonly entry: string } }
  | { readonly reason: 'history-unreadable'; readonly data: { readonly detail: string } };

export interface HiddenAct {
  readonly why: MayBeOwn;
  /** Milliseconds since 1970 between which it may have written. */
  readonly from: number;
  readonly until: number;
  mayBeAbout(resource: string): boolean;
}

/** Is one of two resources the other, or a part of it? Folded ids. */
export const isRelated = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

/** May the entry have changed the resource? Only of one whose record is damaged. */
export const mayBeAbout = ({ unreadable }: Pick<Entry, 'unreadable'>, resource: string): boolean =>
  unreadable?.about?.some((one) => isRelated(one, fold(resource))) ?? true;

/** `unread`: why the history could not be read at all. */
export function hiddenActs(entries: readonly Entry[], unread: string | null): readonly HiddenAct[] {
  const always = { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY };
  if (unread !== null) {
    const why = { reason: 'history-unreadable', data: { detail: unread } } as const;
    return [{ ...always, why, mayBeAbout: () => true }];
  }
  return entries.flatMap((entry): HiddenAct[] => {
    const data = { entry: entry.id };
    if (entry.unreadable !== undefined) {
      const why = { reason: 'entry-unreadable', data } as const;
      return [{ why, ...timesOf(entry, entries), mayBeAbout: (resource) => mayBeAbout(entry, resource) }];
    }
    return entry.steps.filter(isUnsettled).map(({ resource, begun = entry.at }) => ({
      ...{ ...always, why: { reason: 'outcome-not-known', data }, from: Date.parse(begun) - clocksApart },
      mayBeAbout: (other) => isRelated(fold(resource), fold(other)),
    }));
  });
}

/** From its beginning to that of the first entry that was begun after it had ended; what is not known of them is no limit. */
function timesOf(entry: Entry, entries: readonly Entry[]): Pick<HiddenAct, 'from' | 'until'> {
  const since = entries.findIndex(({ id }) => id === entry.unreadable?.since);
  const next = entries.slice(since + 1).find(({ id, at }) => id !== entry.id && at !== '');
  return {
    from: entry.at === '' ? Number.NEGATIVE_INFINITY : Date.parse(entry.at),
    until: next === undefined ? Number.POSITIVE_INFINITY : Date.parse(next.at),
  };
}
