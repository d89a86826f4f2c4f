// What entries of the history whose record is damaged may have done to a resource: nothing is deleted or created again on a guess. Pure.
import type { Entry } from '../model/entry.ts';
import { fold } from '../model/resource-id.ts';

/** Is one of two resources the other, or a part of it? Folded ids. */
const isRelated = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

/** The unreadable entry that may have changed a resource after an entry did; null where there is none. */
export function changedSinceBy(
  entries: readonly Entry[],
  entry: Pick<Entry, 'id'>,
): (resource: string) => string | null {
  const place = (id: string | null) => entries.findIndex((one) => one.id === id);
  const at = place(entry.id);
  const later = entries.filter(({ unreadable }) => unreadable !== undefined && place(unreadable.since) >= at);
  return (resource) => {
    const id = fold(resource);
    const may = ({ unreadable }: Entry) => unreadable?.about?.some((one) => isRelated(one, id)) ?? true;
    return later.find(may)?.id ?? null;
  };
}
