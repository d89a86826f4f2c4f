// The path of packets through a snapshot, and what must be read for a more certain answer.

import type { FlowQuestion } from '../facts/flows.ts';
import {
  arePrefixesWithin,
  changedFlows,
  comesFrom,
  type FlowChange,
  hasTouchedFlows,
  isWithinFlows,
  metOnFlows,
  type NamedFlow,
} from '../facts/path/changed-flows.ts';
import { answerPath, type PathQuestion, type PathRefusal, tracePath } from '../facts/path/path.ts';
import { computesOutOfSight } from '../facts/path/places.ts';
import { resolveEnd } from '../facts/path/resolve.ts';
import type { PathStage } from '../facts/path/stage.ts';
import { outcomeOf, type PathPackets, questionsAround, type Widening, widenings } from '../facts/path/widening.ts';
import { isWhole, unreadOfOthers } from '../facts/unread.ts';
import type { PathAnswer } from '../model/path.ts';
import { attempt } from '../model/readable.ts';
import { sameId } from '../model/resource-id.ts';
import type { ReadFailure, Snapshot } from '../model/snapshot.ts';
import { indexSnapshot } from '../model/snapshot-index.ts';

import type { FlowAt } from './live.ts';

export { changesAt, type PathChange } from '../rules/path-changes.ts';
export type { FlowChange, NamedFlow, PathPackets, PathQuestion, PathRefusal, PathStage };
export {
  arePrefixesWithin,
  changedFlows,
  comesFrom,
  computesOutOfSight,
  hasTouchedFlows,
  isWithinFlows,
  metOnFlows,
  outcomeOf,
  questionsAround,
  tracePath,
  unreadOfOthers,
  type Widening,
  widenings,
};

export type PathResult =
  | { readonly state: 'answered'; readonly answer: PathAnswer; readonly toRead: readonly string[] }
  /** The source or destination could not be read. */
  | { readonly state: 'unread'; readonly gap: ReadFailure; readonly toRead: readonly string[] }
  | { readonly state: 'refused'; readonly refusal: PathRefusal };

/** Pure. `toRead`: ids that the answer depends on and that were not requested from Azure. */
export function pathThrough(snapshot: Snapshot, question: PathQuestion): PathResult {
  return attempt(
    () => {
      const answer = answerPath(question, indexSnapshot(snapshot));
      if ('reason' in answer) return { state: 'refused', refusal: answer };
      return {
        state: 'answered',
        answer,
        toRead: neverAsked(
          snapshot,
          answer.hops.flatMap(({ gaps }) => gaps),
        ),
      };
    },
    (error) => ({ state: 'unread', gap: error.gap, toRead: neverAsked(snapshot, [error.gap.id]) }),
  );
}

/**
 * The flows of a path that Azure can check: at the subnets of its ends, each in its own direction. A host whose address only DNS
 * knows has no packet.
 */
export function flowsOfPath(snapshot: Snapshot, question: PathQuestion, answer: PathAnswer): readonly FlowAt[] {
  const index = indexSnapshot(snapshot);
  const [source, destination] = [resolveEnd(question.source, index), resolveEnd(question.destination, index)];
  const at = (
    end: typeof source,
    other: typeof source,
    direction: FlowQuestion['direction'],
    remote: readonly string[],
  ) => {
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

/** Resources by their full ids, without those that Azure refused already. */
export const neverAsked = ({ gaps, resources }: Snapshot, ids: readonly string[]): string[] =>
  [...new Set(ids)].filter(
    (id) =>
      /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+(?:\/[^/]+\/[^/]+)+$/i.test(id) &&
      ![...gaps, ...resources.filter(isWhole)].some((known) => sameId(known.id, id)),
  );
