// udr.route-capacity: a table takes the routes that are still to come.
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { countsOf, mostRoutes, mostTagRoutes } from '../parts/route-change.ts';
import { lackingPrefixes } from '../parts/route-exceptions.ts';
import {
  coverageAt,
  type RoutePlace,
  regionOf,
  routeJudged,
  routePlaces,
  servicesAt,
  subnetType,
  tableShown,
} from '../parts/route-place.ts';
import { unknownForTags } from '../parts/training.ts';
import { fail, notApplicable, noted, pass, subnetShown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

/** Routes that the services lack: one a service by tag, one a prefix by the article of 2020. */
function planned(place: RoutePlace): { routes: number; tags: number; unknown: boolean } {
  if (place.tunnel.kind === 'none') return { routes: 0, tags: 0, unknown: false };
  const found = servicesAt(place).map((service) => ({ service, coverage: coverageAt(service, place) }));
  const lacking = found.filter(({ coverage }) => coverage.state === 'missing');
  const open = found.some(({ coverage: { state, wanted } }) => state === 'unknown' || (state === 'missing' && !wanted));
  if (place.today) return { routes: lacking.length, tags: lacking.length, unknown: open };
  const routes = lacking.flatMap(({ service }) => lackingPrefixes(service, place, regionOf(place))).length;
  return { routes, tags: 0, unknown: open };
}

function judge(place: RoutePlace): Verdict {
  if (!place.table) return notApplicable(`${subnetShown(place.subnet)} has no route table.`);
  const now = countsOf(place);
  const more = planned(place);
  const evidence = [
    noted(place.table.id, now.routes, `routes, of at most ${mostRoutes}`),
    noted(place.table.id, now.tags, `routes with service tags, of at most ${mostTagRoutes}`),
    noted(place.table.id, more.routes, 'routes that are still to come'),
  ];
  const name = tableShown(place);
  if (now.routes + more.routes > mostRoutes) {
    return fail(
      `${name} holds ${now.routes} routes and needs ${more.routes} more; ${mostRoutes} is the limit.`,
      evidence,
    );
  }
  if (place.today && now.tags + more.tags > mostTagRoutes) {
    return fail(
      `${name} holds ${now.tags} routes with service tags and needs ${more.tags} more; ${mostTagRoutes} is the limit.`,
      evidence,
    );
  }
  const room = Math.min(mostRoutes - now.routes, mostTagRoutes - now.tags);
  return more.unknown && (!place.today || room < servicesAt(place).length)
    ? unknownForTags(
        place.judgement.world,
        `How many routes ${name} still needs is not known: no service-tag data is at hand.`,
        evidence,
      )
    : pass(`${name} holds ${now.routes} of ${mostRoutes} routes, with ${more.routes} still to come.`, evidence);
}

export const udrRouteCapacity = defineRule({
  id: 'udr.route-capacity',
  title: 'Room in the route table',
  severity: 'low',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'A route table takes 400 routes, 25 of them with service tags, and lists of prefixes are long: a table that is full takes no exception.',
    fix: 'None: which routes may go is for whoever wrote them to say. Routes with service tags take the place of lists.',
    breaks: 'Nothing.',
    links: [links.routes],
  },
  fixKind: 'none',
  subjects: routePlaces,
  check: (subject, judgement) => routeJudged(subject, judgement, judge),
});
