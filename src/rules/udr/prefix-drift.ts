// udr.prefix-drift: the routes that a fix once wrote still belong to the service.
import { clean } from '../../model/text.ts';
import { noAddress, without } from '../../net/addresses.ts';
import {
  type ExceptionService,
  everywhereOf,
  exceptionServices,
  isOurs,
  type UserRoute,
  writtenRoutes,
} from '../../posture/exception-routes.ts';
import { serviceTagsOf } from '../../posture/service-tags.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { addRoutes, deleteRoutes, inTurn } from '../parts/route-change.ts';
import { lackingPrefixes, proposedAway, proposedPast } from '../parts/route-exceptions.ts';
import {
  type RoutePlace,
  regionOf,
  routeJudged,
  routePlaces,
  routeProposals,
  routeSeen,
  servicesAt,
  subnetType,
  tableShown,
} from '../parts/route-place.ts';
import { unknownForTags } from '../parts/training.ts';
import { fail, listed, notApplicable, noted, pass, quoted } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

/** Routes with prefixes that a fix named, by their service. */
const ours = ({ table }: RoutePlace): { service: ExceptionService; route: UserRoute }[] =>
  exceptionServices.flatMap((service) =>
    writtenRoutes(table)
      .filter((route) => route.tag === undefined && isOurs(route, service))
      .map((route) => ({ service, route })),
  );

/** Of which some address belongs to the service no longer, in no region. */
function staleIn(place: RoutePlace): UserRoute[] {
  return ours(place).flatMap(({ service, route }) => {
    const everywhere = everywhereOf(service, place.judgement.world);
    const { addresses } = route;
    return everywhere && addresses && !noAddress(without(addresses, everywhere)) ? [route] : [];
  });
}

function judge(place: RoutePlace): Verdict {
  const { judgement, table, subnet } = place;
  const tagged = exceptionServices.some((service) => writtenRoutes(table).some((route) => isOurs(route, service)));
  const routes = ours(place);
  if (!tagged) return notApplicable(`${tableShown(place)} holds no route that a fix wrote.`);
  const tags = serviceTagsOf(judgement.world);
  const where = table?.id ?? subnet;
  const unread = routes.find(({ service }) => !everywhereOf(service, judgement.world));
  if (unread) {
    return unknownForTags(
      place.judgement.world,
      `Whether routes at ${tableShown(place)} still belong to ${unread.service.tag} is not known: no service-tag data is at hand.`,
      [noted(where, routes.length, 'routes that a fix wrote')],
    );
  }
  const stale = staleIn(place);
  const change = clean(tags?.changeNumber || 'unknown', 20);
  const evidence = [
    ...stale.slice(0, 8).flatMap(({ name }) => routeSeen(place, name, `not in change ${change} of the service tags`)),
    noted(where, routes.length, 'routes that a fix wrote'),
  ];
  const each = stale.slice(0, 4).map(({ name, prefix }) => `${quoted(name)} (${clean(prefix, 60)})`);
  const more = stale.length > each.length ? [`${stale.length - each.length} more`] : [];
  return stale.length > 0
    ? fail(
        `At ${tableShown(place)} routes lead to addresses the service has given up: ${listed([...each, ...more])}.`,
        evidence,
      )
    : pass(`The routes that a fix wrote at ${tableShown(place)} all still belong to the service.`, evidence);
}

export const udrPrefixDrift = defineRule({
  id: 'udr.prefix-drift',
  title: "Routes match today's tag list",
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Microsoft publishes new addresses every week, and gives old ones up. A route that was left behind opens a way past the appliance to somebody else.',
    fix: 'Deletes the routes that Bastide named and whose addresses the service no longer has. Where such a route still covers a part of the service, a route for that part is added first.',
    breaks: 'Nothing of the service. Whoever else used the way past the appliance goes through it from then on.',
    links: [links.serviceTags, links.routes],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: routePlaces,
  check: (subject, judgement) => routeJudged(subject, judgement, judge),
  fix: (finding, judgement) =>
    routeProposals(finding, judgement, (place) => {
      const gone = deleteRoutes(
        place,
        staleIn(place).map(({ resource }) => resource),
      );
      const region = regionOf(place);
      const kept = inTurn(
        place,
        servicesAt(place).map((service) => (here) => {
          const before = lackingPrefixes(service, here, region);
          const after = lackingPrefixes(service, gone.after, region);
          return addRoutes(
            here,
            service.slug,
            after.filter((prefix) => !before.includes(prefix)),
          );
        }),
      );
      const added = proposedPast(place, kept);
      const risk = 'Whoever else used this way past the appliance goes through it from then on.';
      return typeof added === 'string' ? added : [...added, ...proposedAway(place, gone, risk)];
    }),
});
