// udr.forced-tunnel: does something force the Internet traffic of a training subnet through an appliance or a gateway?
import { clean } from '../../model/text.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { type RoutePlace, routeJudged, routePlaces, subnetType, tunnelEvidence } from '../parts/route-place.ts';
import { listed, pass, quoted, subnetShown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

function judge(place: RoutePlace): Verdict {
  const { tunnel } = place;
  const name = subnetShown(place.subnet);
  const evidence = tunnelEvidence(place);
  const hops = tunnel.appliances.map((address) => clean(address, 60));
  const where = hops.length > 0 ? `the appliance at ${listed(hops)}` : 'a gateway';
  const routes = listed(tunnel.routes.slice(0, 4).map((route) => quoted(route.name ?? route.prefix)));
  switch (tunnel.kind) {
    case 'udr':
      return pass(`The Internet traffic of ${name} is forced through ${where}, by the routes ${routes}.`, evidence);
    case 'bgp':
      return pass(`The Internet traffic of ${name} is forced through a gateway, by a route it has learnt.`, evidence);
    case 'suspectedBgp':
      return pass(
        `A gateway may force the Internet traffic of ${name} through itself; only the effective routes of a running machine show it.`,
        evidence,
      );
    case 'none':
      return pass(`The Internet traffic of ${name} is not forced through a tunnel.`, evidence);
  }
}

export const udrForcedTunnel = defineRule({
  id: 'udr.forced-tunnel',
  title: 'Is traffic forcibly tunnelled?',
  severity: 'info',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'A default route to an appliance or gateway also takes the replies to services that call computes, which then never arrive. This says whether there is one; the other rules of the group say what it breaks.',
    fix: 'None: a tunnel is a decision, not a fault.',
    breaks: 'Nothing.',
    links: [links.routes, links.secureTraining],
  },
  fixKind: 'none',
  subjects: routePlaces,
  check: (subject, judgement) => routeJudged(subject, judgement, judge),
});
