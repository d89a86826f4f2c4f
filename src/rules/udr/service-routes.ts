// Routes for Azure Machine Learning, which connects to compute: their next hop is Internet, and one service tag route replaces a
// list of prefixes.

import {
  everywhereOf,
  exceptionsOf,
  machineLearningService as service,
  type UserRoute,
} from '../../facts/exception-routes.ts';
import { fold, nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { Route } from '../../net/index.ts';
import { routesOf } from '../../resource-types/route-view.ts';
import { links } from '../parts/links.ts';
import { fail, listed, notApplicable, noted, pass, quoted, subnetShown } from '../parts/verdict.ts';
import type { CheckResult, Proposal } from '../rule.ts';
import {
  bypassImpact,
  byTag,
  deleteRoutes,
  inTurn,
  proposedDeletions,
  proposedRoutes,
  setNextHopInternet,
} from './parts/change.ts';
import {
  coverageAt,
  hopShown,
  noTagData,
  notCalled,
  notTunnelled,
  prefixesShown,
  type RoutePlace,
  routeRule,
  routeSeen,
  tableShown,
  tunnelEvidence,
  unknownCoverage,
} from './parts/place.ts';

/** User routes for addresses of the service with another next hop, each once. */
const contraryRoutes = (place: RoutePlace): Route[] => [
  ...new Map(coverageAt(service, place).contrary.map((route) => [fold(route.name ?? ''), route])).values(),
];

function checkNextHop(place: RoutePlace): CheckResult {
  const silent = notTunnelled(place) ?? notCalled(place);
  if (silent) return silent;
  const table = tableShown(place);
  const routes = contraryRoutes(place);
  const evidence = [
    ...tunnelEvidence(place),
    ...routes
      .slice(0, 8)
      .flatMap(({ name, nextHopType, nextHopIpAddress }) =>
        routeSeen(place, name, hopShown(nextHopType, nextHopIpAddress)),
      ),
  ];
  if (routes.length > 0) {
    const some = routes
      .slice(0, 4)
      .map(
        ({ name, prefix, nextHopType }) => `${quoted(name ?? prefix)} (${clean(prefix, 60)}, ${hopShown(nextHopType)})`,
      );
    const more = routes.length > some.length ? [`${routes.length - some.length} more`] : [];
    return fail(`${table} does not route service addresses to the Internet: ${listed([...some, ...more])}.`, evidence);
  }
  const { state, why } = coverageAt(service, place);
  return state === 'unknown'
    ? unknownCoverage(place, `${table} has a service route with a next hop other than Internet`, why, evidence)
    : pass(`${table} has no service route with a next hop other than Internet.`, evidence);
}

export const udrNextHopInternet = routeRule({
  id: 'udr.next-hop-internet',
  title: 'Service routes have next hop Internet',
  problem: 'Service route has a next hop other than Internet',
  severity: 'high',
  explain: {
    why: 'Replies to Azure Machine Learning must go directly to the Internet. A route to an appliance, or to None, breaks these connections (asymmetric routing).',
    fix: 'Sets the next hop type of these routes to Internet and removes the next hop address. Prefix and name stay.',
    breaks: bypassImpact,
    links: [links.routes, links.secureTraining],
  },
  check: checkNextHop,
  fix(place) {
    const names = contraryRoutes(place).map(({ name }) => fold(name ?? ''));
    const routes = place.table ? routesOf(place.table).filter(({ id }) => names.includes(fold(nameOf(id)))) : [];
    const steps = inTurn(
      place,
      routes.map((route) => (here) => setNextHopInternet(here, route)),
    );
    return proposedRoutes(place, steps);
  },
});

/** From this number on, a list of prefixes is worth replacing. */
const many = 5;

interface PrefixList {
  readonly routes: readonly UserRoute[];
  /** The possible number, where service tag addresses are missing. */
  readonly unsure: number;
}
function prefixList({ table, context: { index } }: RoutePlace): PrefixList {
  const { sure, unsure } = exceptionsOf(service, table, index);
  const literals = sure.filter(({ tag }) => tag === undefined);
  // Names do not show what a route still covers, and a fix deletes only what it can check.
  return everywhereOf(service, index)
    ? { routes: literals, unsure: 0 }
    : { routes: [], unsure: literals.length + unsure.length };
}

function checkList(place: RoutePlace): CheckResult {
  const { table, subnet } = place;
  const silent = notCalled(place);
  if (silent) return silent;
  if (!table) return notApplicable(`${subnetShown(subnet)} has no route table.`);
  const { routes, unsure } = prefixList(place);
  const evidence = [
    ...routes.slice(0, 6).flatMap(({ name }) => routeSeen(place, name, `prefix of ${service.tag}`)),
    noted(table.id, routes.length, `prefix routes for ${service.tag}`),
  ];
  if (routes.length >= many) {
    const prefixes = routes.map(({ prefix }) => clean(prefix, 60));
    return fail(
      `${tableShown(place)} lists prefixes that one tag route covers: ${service.tag} replaces ${prefixesShown(prefixes, 3)}.`,
      evidence,
    );
  }
  return unsure >= many
    ? unknownCoverage(place, `a service tag can replace routes of ${tableShown(place)}`, noTagData, evidence)
    : pass(`${tableShown(place)} has no long list of service prefixes.`, evidence);
}

/** The route of the tag first, then the deletion of the prefixes that it replaces. */
function replaceList(place: RoutePlace): readonly Proposal[] | string {
  const tagged = byTag(service, place);
  if (typeof tagged === 'string') return tagged;
  const added = proposedRoutes(place, tagged);
  if (typeof added === 'string') return added;
  const gone = deleteRoutes(tagged.after, prefixList(place).routes);
  return [...added, ...proposedDeletions(place, gone, `The service tag ${service.tag} replaces this route.`)];
}

export const udrServiceTagRoutes = routeRule({
  id: 'udr.service-tag-routes',
  title: 'Service tag routes replace long prefix lists',
  problem: 'Long prefix list could be one service tag route',
  severity: 'low',
  profiles: ['current'],
  explain: {
    why: 'A service tag route follows address changes by Microsoft. A prefix list is correct only on the day it was written.',
    fix: 'Adds one service tag route, then deletes the prefix routes that it replaces. The service stays routed throughout.',
    breaks:
      'Traffic of the service is not affected. The tag covers its addresses in every region; these also bypass the appliance.',
    links: [links.routes, links.securedTraffic],
  },
  check: checkList,
  fix: replaceList,
});
