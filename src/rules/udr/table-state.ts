// What the route table of a training subnet does with Internet traffic, and whether it has room for the routes that are missing.
import { clean, counted } from '../../model/text.ts';
import { links } from '../parts/links.ts';
import { unknownForTags } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, quoted, subnetShown } from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { countsOf, missingPrefixes, mostRoutes, mostTagRoutes } from './parts/change.ts';
import {
  coverageAt,
  noTagData,
  type RoutePlace,
  regionOf,
  routeRule,
  servicesAt,
  tableShown,
  tunnelEvidence,
} from './parts/place.ts';

function checkTunnel(place: RoutePlace): CheckResult {
  const { tunnel } = place;
  const name = subnetShown(place.subnet);
  const hops = tunnel.appliances.map((address) => clean(address, 60));
  const where = hops.length > 0 ? `the appliance at ${listed(hops)}` : 'a gateway';
  const routes = listed(tunnel.routes.slice(0, 4).map((route) => quoted(route.name ?? route.prefix)));
  const because = {
    udr: `${name} sends Internet traffic to ${where}: ${routes}.`,
    bgp: `${name} sends Internet traffic to a gateway, by a learned BGP route.`,
    suspectedBgp: `${name} may send Internet traffic to a gateway; only the effective routes of a running machine show it.`,
    none: `${name} sends Internet traffic directly; there is no forced tunneling.`,
  }[tunnel.kind];
  return pass(because, tunnelEvidence(place));
}

export const udrForcedTunnel = routeRule({
  id: 'udr.forced-tunnel',
  title: 'Forced tunneling of Internet traffic (informational)',
  problem: 'Internet traffic uses forced tunneling',
  severity: 'info',
  explain: {
    why: 'A default route to an appliance or gateway also applies to replies to services that connect to compute, and these replies are lost. The other udr rules check the consequences.',
    fix: 'None needed. Forced tunneling is a design choice.',
    links: [links.routes, links.secureTraining],
  },
  check: checkTunnel,
});

/** Missing routes of the services: one per service by tag, one per prefix by the 2020 article. */
function missingRoutes(place: RoutePlace): { routes: number; tags: number; unknown: boolean } {
  if (place.tunnel.kind === 'none') return { routes: 0, tags: 0, unknown: false };
  const found = servicesAt(place).map((service) => ({ service, coverage: coverageAt(service, place) }));
  const missing = found.filter(({ coverage }) => coverage.state === 'missing');
  const open = found.some(({ coverage: { state, wanted } }) => state === 'unknown' || (state === 'missing' && !wanted));
  if (place.today) return { routes: missing.length, tags: missing.length, unknown: open };
  const routes = missing.flatMap(({ service }) => missingPrefixes(service, place, regionOf(place))).length;
  return { routes, tags: 0, unknown: open };
}

function checkCapacity(place: RoutePlace): CheckResult {
  if (!place.table) return notApplicable(`${subnetShown(place.subnet)} has no route table.`);
  const now = countsOf(place);
  const more = missingRoutes(place);
  const evidence = [
    noted(place.table.id, now.routes, `routes of ${mostRoutes}`),
    noted(place.table.id, now.tags, `service tag routes of ${mostTagRoutes}`),
    noted(place.table.id, more.routes, 'missing routes'),
  ];
  const name = tableShown(place);
  if (now.routes + more.routes > mostRoutes)
    return fail(
      `${name} has ${counted(now.routes, 'route')} and needs ${more.routes} more; the limit is ${mostRoutes}.`,
      evidence,
    );
  if (place.today && now.tags + more.tags > mostTagRoutes)
    return fail(
      `${name} has ${counted(now.tags, 'service tag route')} and needs ${more.tags} more; the limit is ${mostTagRoutes}.`,
      evidence,
    );
  const room = Math.min(mostRoutes - now.routes, mostTagRoutes - now.tags);
  return more.unknown && (!place.today || room < servicesAt(place).length)
    ? unknownForTags(place.context.index, `How many routes ${name} still needs is unknown: ${noTagData}.`, evidence)
    : pass(`${name} has ${now.routes} of ${mostRoutes} routes and needs ${more.routes} more.`, evidence);
}

export const udrRouteCapacity = routeRule({
  id: 'udr.route-capacity',
  title: 'Route table has room for required routes',
  problem: 'Route table has no room for required routes',
  severity: 'low',
  explain: {
    why: 'A route table holds at most 400 routes, 25 of them with service tags. No exception route can be added to a full table.',
    fix: 'None. Delete routes that are not needed, or replace prefix lists by service tag routes.',
    links: [links.routes],
  },
  check: checkCapacity,
});
