// The way of packets through a snapshot, and what would have to be read for a surer answer.
import type { PathAnswer } from '../model/path.ts';
import { sameId } from '../model/resource-id.ts';
import type { Gap, Snapshot } from '../model/snapshot.ts';
import { GapRead, worldOf } from '../model/world.ts';
import type { Asked } from '../posture/flows.ts';
import { answerPath, type PathQuestion, type PathRefusal } from '../posture/path/path.ts';
import { resolveEnd } from '../posture/path/resolve.ts';

import type { FlowAt } from './live.ts';

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

/**
 * What Azure can be asked about the packets of a path: at the subnets of its ends, each in the direction it sees. No packet stands
 * for a host whose address only DNS knows.
 */
export function flowsOfPath(snapshot: Snapshot, question: PathQuestion, answer: PathAnswer): readonly FlowAt[] {
  const world = worldOf(snapshot);
  const [source, destination] = [resolveEnd(question.source, world), resolveEnd(question.destination, world)];
  const at = (end: typeof source, other: typeof source, direction: Asked['direction'], remote: readonly string[]) => {
    if (!('subnet' in end)) return [];
    const isVague = 'scope' in other && other.scope === 'host';
    const { ports, protocol } = question;
    return [{ subnet: end.subnet, flow: { direction, protocol, ports, remote: isVague ? [] : remote } }];
  };
  return [
    ...at(source, destination, 'Outbound', answer.destination.addresses),
    ...at(destination, source, 'Inbound', answer.source.addresses),
  ];
}

/** Resources by their full ids; what was refused once is not asked for again. */
const neverAsked = ({ gaps, resources }: Snapshot, ids: readonly string[]): string[] =>
  [...new Set(ids)].filter(
    (id) =>
      /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+(?:\/[^/]+\/[^/]+)+$/i.test(id) &&
      ![...gaps, ...resources].some((known) => sameId(known.id, id)),
  );
