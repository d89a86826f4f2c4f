// The hop of the reply: an asymmetric route breaks the connection at a stateful appliance.

import { nameOf } from '../../model/resource-id.ts';
import { anywhere, both } from '../../net/addresses.ts';
import { endsOf } from '../../net/in-turn.ts';
import { routesPointer } from '../../resource-types/route-view.ts';
import { firewallAt } from '../firewall.ts';
import { routeTableAt } from '../routes.ts';
import type { SubnetEnd } from './ends.ts';
import { alongConnection, type ForwardingChoice, forwardingChoicesFrom, goesNowhere, isOpen } from './forwarding.ts';
import { forwardingText } from './route-hop.ts';
import { all, guarded, type Journey, type PathStage, quoted } from './stage.ts';

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
    const fromOutside = there.length === 0;
    const wrong = back.find((way) => (fromOutside ? !leavesDirectly(way) : !there.some((one) => same(one, way))));
    if (!wrong) return all(place, 'allowed', 'The reply uses the same route.', evidence, packets);
    const words = forwardingText(wrong);
    if (goesNowhere(wrong)) return all(place, 'denied', `The reply is lost: ${words}.`, evidence, packets);
    if (isOpen(wrong)) {
      const because = `The reply may use another route: ${name} may have routes that are not visible.`;
      return all(place, 'unknown', because, evidence, packets);
    }
    if (fromOutside) {
      const because = `The reply uses another route and does not arrive: ${words}.`;
      return all(place, 'denied', because, evidence, packets);
    }
    const addresses = [...there, wrong].flatMap(({ route }) => route?.nextHopIpAddress ?? []);
    const keeper = addresses.map((address) => firewallAt(address, index)).find((one) => one);
    return keeper
      ? all(
          place,
          'denied',
          `${nameOf(keeper.id)} sees only one direction and drops the traffic: the reply by ${words}.`,
          evidence,
          packets,
        )
      : all(
          place,
          'unknown',
          `The reply uses another route, which a stateful device may refuse: ${words}.`,
          evidence,
          packets,
        );
  });
  return plain && stage.hop.verdict === 'allowed' ? undefined : stage;
}

const leavesDirectly = ({ kind }: ForwardingChoice): boolean => kind === 'internet';
const same = (a: ForwardingChoice, b: ForwardingChoice): boolean =>
  a.kind === b.kind && (a.kind !== 'appliance' || a.route?.nextHopIpAddress === b.route?.nextHopIpAddress);
