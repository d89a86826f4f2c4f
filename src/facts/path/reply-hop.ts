// The hop of the reply: an asymmetric route breaks the connection at a stateful appliance.

import { nameOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { anywhere, both } from '../../net/addresses.ts';
import type { FlowOutcome, Parts } from '../../net/decision.ts';
import { allOf, cut, endsOf, type PacketEnd } from '../../net/in-turn.ts';
import { routesPointer } from '../../resource-types/route-view.ts';
import { firewallAt } from '../firewall.ts';
import { routeTableAt } from '../routes.ts';
import type { SubnetEnd } from './ends.ts';
import { alongConnection, type ForwardingChoice, forwardingChoicesFrom, goesNowhere, isOpen } from './forwarding.ts';
import { forwardingText } from './route-hop.ts';
import { all, divided, guarded, type Journey, type PathStage, quoted } from './stage.ts';

/**
 * `from`: the subnet that replies; `there`: the routes of the request inside the networks, [] where it came from outside.
 * undefined where no route of the reply can differ. `to`: the subnet that it is for.
 */
export function replyHop(
  from: SubnetEnd,
  there: readonly ForwardingChoice[],
  journey: Journey,
  to?: string,
): PathStage | undefined {
  const { index, packets } = journey;
  const name = nameOf(from.subnet);
  const place = { hop: 'reply', at: `reply from ${name}` } as const;
  let plain = false;
  const stage = guarded(place, packets, () => {
    const table = routeTableAt(from.subnet, index);
    const sources = both(endsOf(packets.whole, 'source'), anywhere);
    const routes = forwardingChoicesFrom(from.subnet, sources, packets.uncounted, index, 'apart');
    const back = to === undefined ? routes : alongConnection(routes, [from.subnet, to], index);
    plain = !table && there.every(({ kind }) => kind === 'inside');
    const evidence = table ? [quoted(table, routesPointer, 'routes of the reply')] : [];
    const met = metBy(repliesOf(forTags(back), forTags(there), index), packets.whole);
    const [first] = met.filter(({ outcome }) => outcome !== 'allowed');
    if (!first) return all(place, 'allowed', 'The reply uses the same route.', evidence, packets);
    if (met.every(({ outcome }) => outcome === first.outcome))
      return all(place, first.outcome, first.says(name), evidence, packets);
    const isKept = met.some(({ outcome }) => outcome === 'allowed');
    const because = isKept ? `${first.says(name)} Other replies use the same route.` : first.says(name);
    const parts = met.flatMap((one) => one.parts);
    return divided(place, parts as Parts, () => because, evidence, packets);
  });
  return plain && stage.hop.verdict === 'allowed' ? undefined : stage;
}

/** A reply on one of the routes back, to requests on one of those there: what becomes of it. */
interface Reply {
  readonly back: ForwardingChoice;
  readonly there: ForwardingChoice | undefined;
  readonly outcome: FlowOutcome;
  says(subnet: string): string;
}

/** Of each route back and each route there: one of many says nothing of the others. */
const repliesOf = (
  back: readonly ForwardingChoice[],
  there: readonly ForwardingChoice[],
  index: SnapshotIndex,
): readonly Reply[] =>
  back.flatMap((way): readonly Reply[] =>
    there.length === 0
      ? [{ back: way, there: undefined, ...toOutside(way) }]
      : there.map((request) => ({ back: way, there: request, ...toInside(way, request, index) })),
  );

type Told = Pick<Reply, 'outcome' | 'says'>;
const kept: Told = { outcome: 'allowed', says: () => 'The reply uses the same route.' };
const lost = (way: ForwardingChoice): Told => ({
  outcome: 'denied',
  says: () => `The reply is lost: ${forwardingText(way)}.`,
});
const open: Told = {
  outcome: 'unknown',
  says: (subnet) => `The reply may use another route: ${subnet} may have routes that are not visible.`,
};

/** The request came from outside, without a route of ours. */
function toOutside(way: ForwardingChoice): Told {
  if (way.kind === 'internet') return kept;
  if (goesNowhere(way)) return lost(way);
  if (isOpen(way)) return open;
  return {
    outcome: 'denied',
    says: () => `The reply uses another route and does not arrive: ${forwardingText(way)}.`,
  };
}

function toInside(way: ForwardingChoice, request: ForwardingChoice, index: SnapshotIndex): Told {
  if (isSame(request, way)) return kept;
  if (goesNowhere(way)) return lost(way);
  if (isOpen(way)) return open;
  const addresses = [request, way].flatMap(({ route }) => route?.nextHopIpAddress ?? []);
  const keeper = addresses.map((address) => firewallAt(address, index)).find((one) => one);
  const words = forwardingText(way);
  return keeper
    ? {
        outcome: 'denied',
        says: () => `${nameOf(keeper.id)} sees only one direction and drops the traffic: the reply by ${words}.`,
      }
    : {
        outcome: 'unknown',
        says: () => `The reply uses another route, which a stateful device may refuse: ${words}.`,
      };
}

/** No device is on Azure's own routes inside the networks, to a private endpoint or not. */
const isDirect = ({ kind }: ForwardingChoice): boolean => kind === 'inside' || kind === 'endpoint';
const isSame = (a: ForwardingChoice, b: ForwardingChoice): boolean =>
  (isDirect(a) && isDirect(b)) ||
  (a.kind === b.kind && (a.kind !== 'appliance' || a.route?.nextHopIpAddress === b.route?.nextHopIpAddress));

/** Tags of unknown addresses are packets that nothing tells apart: where their routes differ, theirs is not known. */
function forTags(choices: readonly ForwardingChoice[]): readonly ForwardingChoice[] {
  const [first, ...others] = choices.filter(({ addresses }) => addresses === undefined);
  if (first === undefined || others.length === 0) return choices;
  const literal = choices.filter(({ addresses }) => addresses !== undefined);
  return [...literal, others.every((one) => isSame(one, first)) ? first : { ...first, kind: 'unsettled' }];
}

/** The packets whose request and reply take the two routes, for each pair that has any. */
function metBy(replies: readonly Reply[], whole: Parts): readonly (Told & { readonly parts: Parts })[] {
  let left = whole;
  const met = replies.flatMap((reply) => {
    const asked = reply.there === undefined ? { inside: left, outside: [] } : on(left, 'destination', reply.there);
    const answered = on(asked.inside, 'source', reply.back);
    left = [...asked.outside, ...answered.outside] as Parts;
    return answered.inside.length === 0 ? [] : [{ ...reply, parts: allOf(answered.inside, reply.outcome) }];
  });
  return left.length === 0 ? met : [...met, { ...open, parts: allOf(left, open.outcome) }];
}

/** A route without addresses takes the points that represent tags. */
function on(parts: Parts, end: PacketEnd, { addresses }: ForwardingChoice): ReturnType<typeof cut> {
  if (addresses !== undefined) return cut(parts, end, addresses, 'allowed');
  const { inside, outside } = cut(parts, end, anywhere, 'allowed');
  return { inside: outside, outside: inside };
}
