// The way of packets through a snapshot, and what would have to be read for a surer answer.
import type { PathAnswer } from '../model/path.ts';
import { sameId } from '../model/resource-id.ts';
import type { Gap, Snapshot } from '../model/snapshot.ts';
import { GapRead, worldOf } from '../model/world.ts';
import { answerPath, type PathQuestion, type PathRefusal } from '../posture/path/path.ts';

export type { PathQuestion, PathRefusal };

export type PathResult =
  | { readonly state: 'answered'; readonly answer: PathAnswer; readonly toRead: readonly string[] }
  /** An end cannot be told for want of reading. */
  | { readonly state: 'unread'; readonly gap: Gap; readonly toRead: readonly string[] }
  | { readonly state: 'refused'; readonly refusal: PathRefusal };

/** Pure. `toRead`: ids that the answer hangs on and that nobody has asked Azure for. */
export function pathThrough(snapshot: Snapshot, question: PathQuestion): PathResult {
  try {
    const answer = answerPath(question, worldOf(snapshot));
    if ('reason' in answer) return { state: 'refused', refusal: answer };
    return {
      state: 'answered',
      answer,
      toRead: neverAsked(
        snapshot,
        answer.hops.flatMap(({ gaps }) => gaps),
      ),
    };
  } catch (error) {
    if (!(error instanceof GapRead)) throw error;
    return { state: 'unread', gap: error.gap, toRead: neverAsked(snapshot, [error.gap.id]) };
  }
}

/** Resources by their full ids; what was refused once is not asked for again. */
const neverAsked = ({ gaps, resources }: Snapshot, ids: readonly string[]): string[] =>
  [...new Set(ids)].filter(
    (id) =>
      /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+(?:\/[^/]+\/[^/]+)+$/i.test(id) &&
      ![...gaps, ...resources].some((known) => sameId(known.id, id)),
  );
