// What entries of the history whose record is damaged may have done to a resource: nothing is deleted or created again on a guess. Pure.
import type { Entry } from '../model/entry.ts';
import { mayBeAbout } from '../model/hidden-acts.ts';

/** The unreadable entry that may have changed a resource after an entry did; null where there is none. */
export function changedSinceBy(
  entries: readonly Entry[],
  entry: Pick<Entry, 'id'>,
): (resource: string) => string | null {
  const place = (id: string | null) => entries.findIndex((one) => one.id === id);
  const at = place(entry.id);
  const later = entries.filter(({ unreadable }) => unreadable !== undefined && place(unreadable.since) >= at);
  return (resource) => later.find((one) => mayBeAbout(one, resource))?.id ?? null;
}
