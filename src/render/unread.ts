// Why a result ends with exit status 3, for stderr: what could not be read, a sentence each. Pure.
import { fold, nameOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { clean, counted } from '../model/text.ts';

/** So many are named; of more, how many there are. */
const mostUnread = 10;

/** Each resource once, with the reason of its read failure; without one, with that of the first that is unknown for it. */
export function unreadIn(
  unknown: readonly { readonly gaps: readonly string[]; readonly because: string }[],
  failures: readonly Pick<ReadFailure, 'id' | 'reason'>[] = [],
): string[] {
  const known = new Map(failures.map(({ id, reason }) => [fold(id), reason]));
  const unread = new Map<string, string>();
  for (const { gaps, because } of unknown) {
    for (const id of gaps) {
      // The id of a list can end with a query.
      const name = nameOf(id.replace(/\?.*$/, ''));
      if (!unread.has(fold(id))) unread.set(fold(id), unreadSentence(name, known.get(fold(id)) ?? because));
    }
  }
  return fewUnread([...unread.values()]);
}

export const unreadSentence = (name: string, reason: string): string =>
  `Not accessible: ${clean(name, 120)}: ${clean(reason, 500)}`;

export function fewUnread(sentences: readonly string[]): string[] {
  const rest = sentences.length - mostUnread;
  const more = rest > 0 ? [`Not accessible: ${counted(rest, 'more resource')}.`] : [];
  return [...sentences.slice(0, mostUnread), ...more];
}
