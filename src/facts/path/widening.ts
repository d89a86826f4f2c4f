// What a change opens beside the traffic that was asked for: the same ends on other ports, and other ends near them, before and
// after, packet by packet.

import { attempt } from '../../model/readable.ts';
import { nameInParent, nameOf, sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { decisionOf, type Parts } from '../../net/decision.ts';
import { newlyAllowed } from '../../net/openings.ts';
import { subnetType } from '../../resource-types/network-view.ts';
import { type PathQuestion, type PathTrace, tracePath } from './path.ts';
import { serviceKinds } from './services.ts';

/** Packets with their outcomes; `uncounted`: the tags whose points are among them. */
export interface PathPackets {
  readonly parts: Parts;
  readonly uncounted: readonly string[];
}

/** A question about traffic that a change may open; `own`: between the ends that were asked about. */
export interface NearQuestion {
  readonly question: PathQuestion;
  readonly own: boolean;
}

/** Traffic that a change allows beside what was asked for. */
export interface Widening extends NearQuestion {
  readonly source: string;
  readonly destination: string;
  /** One packet of it. */
  readonly witness: string;
}

/** Above this many subnets or services only the first are compared: a network of hundreds would take seconds. */
const mostEnds = 30;

/** All ports and protocols between the ends of a path, its neighbours and the Internet. */
export function questionsAround({ source, destination }: PathTrace, index: SnapshotIndex): readonly NearQuestion[] {
  const subnets = index.ofType(subnetType).map(({ id }) => id);
  const services = serviceKinds.flatMap(({ type }) => index.ofType(type)).map(({ id }) => id);
  const near = [...subnets.slice(0, mostEnds), 'internet'];
  const isEnd = (text: string) =>
    [source, destination].some(({ asked, resource }) => sameId(text, asked) || sameId(text, resource ?? ''));
  const others = near.filter((one) => !isEnd(one));
  const pairs = [
    [source.asked, destination.asked],
    ...others.map((one) => [one, destination.asked]),
    ...[...others, ...services.slice(0, mostEnds).filter((one) => !isEnd(one))].map((one) => [source.asked, one]),
    ...others.filter((one) => one !== 'internet').map((one) => [one, 'internet']),
  ];
  return pairs.map(([from = '', to = ''], at) => ({
    question: { source: from, destination: to, protocol: '*', ports: ['*'] },
    own: at === 0,
  }));
}

/** What becomes of every packet of a question; undefined where it cannot be answered. */
export const outcomeOf = (question: PathQuestion, index: SnapshotIndex): PathPackets | undefined =>
  attempt(
    () => {
      const trace = tracePath(question, index);
      return 'reason' in trace ? undefined : { parts: trace.outcome, uncounted: trace.packets.uncounted };
    },
    () => undefined,
  );

/**
 * What is certainly allowed after a change and was not before, without the packets `asked` for. A tag without addresses that may hold
 * them is no new packet.
 */
export function widenings(
  questions: readonly NearQuestion[],
  outcomeBefore: (question: NearQuestion) => PathPackets | undefined,
  after: SnapshotIndex,
  asked: PathPackets,
): Widening[] {
  return questions.flatMap((near): Widening[] => {
    const [was, is] = [outcomeBefore(near), outcomeOf(near.question, after)];
    if (!was || !is) return [];
    const open = is.parts.filter(({ outcome }) => outcome === 'allowed');
    // The same point is another tag where other tags are in the question.
    const isAlike = asked.uncounted.join() === is.uncounted.join();
    // Whether a tag without addresses was allowed whole is not known; its addresses are compared as those of the Internet.
    const before = is.uncounted.length === 0 ? was.parts : was.parts.map(surely);
    const more = newlyAllowed(before, open, isAlike || asked.uncounted.length === 0 ? asked.parts : []);
    if (more.length === 0) return [];
    const { allowed = '' } = decisionOf(more, []).witness;
    const [tag] = is.uncounted;
    const witness = tag !== undefined && is.uncounted.length === 1 ? allowed.replace(/\btag:/g, `${tag}:`) : allowed;
    const { source, destination } = near.question;
    return [{ ...near, source: nameOfEnd(source), destination: nameOfEnd(destination), witness }];
  });
}

const surely = (part: Parts[number]): Parts[number] =>
  part.outcome === 'unknown' ? { ...part, outcome: 'allowed' } : part;

const nameOfEnd = (text: string): string =>
  !text.startsWith('/') ? text : /\/subnets\//i.test(text) ? nameInParent(text) : nameOf(text);
