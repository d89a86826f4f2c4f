// udr.next-hop-internet: a route of a service that calls computes leads to the Internet and nowhere else.
import { routesOf } from '../../kinds/route-view.ts';
import { fold, nameOf } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { Route } from '../../net/index.ts';
import { exceptionServices } from '../../posture/exception-routes.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { inTurn, toInternet } from '../parts/route-change.ts';
import { proposedPast } from '../parts/route-exceptions.ts';
import {
  coverageAt,
  notCalled,
  notTunnelled,
  type RoutePlace,
  routeJudged,
  routePlaces,
  routeProposals,
  routeSeen,
  subnetType,
  tableShown,
  tunnelEvidence,
} from '../parts/route-place.ts';
import { unknownForTags } from '../parts/training.ts';
import { fail, listed, pass, quoted } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

/** User routes that decide for addresses of the services and lead elsewhere, each once. */
const contrary = (place: RoutePlace): Route[] => [
  ...new Map(
    exceptionServices
      .flatMap((service) => coverageAt(service, place).contrary)
      .map((route) => [fold(route.name ?? ''), route]),
  ).values(),
];

function judge(place: RoutePlace): Verdict {
  const silent = notTunnelled(place) ?? notCalled(place);
  if (silent) return silent;
  const routes = contrary(place);
  const evidence = [
    ...tunnelEvidence(place),
    ...routes
      .slice(0, 8)
      .flatMap(({ name, nextHopType, nextHopIpAddress }) =>
        routeSeen(place, name, `leads to ${clean(`${nextHopType} ${nextHopIpAddress ?? ''}`.trim(), 80)}`),
      ),
  ];
  if (routes.length > 0) {
    const each = routes.slice(0, 4).map(({ name, prefix, nextHopType }) => {
      return `${quoted(name ?? prefix)} (${clean(prefix, 60)}) leads to ${clean(nextHopType, 40)}`;
    });
    const more = routes.length > each.length ? `, and ${routes.length - each.length} more do` : '';
    return fail(`At ${tableShown(place)} replies to the service lose their way: ${listed(each)}${more}.`, evidence);
  }
  const unsure = exceptionServices
    .map((service) => coverageAt(service, place))
    .find(({ state }) => state === 'unknown');
  return unsure
    ? unknownForTags(
        place.judgement.world,
        `Whether a route at ${tableShown(place)} leads the service astray is not known: ${unsure.why}.`,
        evidence,
      )
    : pass(`No route at ${tableShown(place)} leads addresses of the service elsewhere than to the Internet.`, evidence);
}

export const udrNextHopInternet = defineRule({
  id: 'udr.next-hop-internet',
  title: 'Existing service routes point to Internet',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'A route for an address of Batch or Azure Machine Learning that leads to an appliance, or drops, breaks the symmetric way that replies must take.',
    fix: 'Sets the next hop of these routes to Internet and takes the address of the appliance out; prefix and name stay.',
    breaks:
      'Nothing that works today. This traffic leaves the network past the appliance, uninspected, for every subnet that the table serves.',
    links: [links.routes, links.secureTraining],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: routePlaces,
  check: (subject, judgement) => routeJudged(subject, judgement, judge),
  fix: (finding, judgement) =>
    routeProposals(finding, judgement, (place) => {
      const names = contrary(place).map(({ name }) => fold(name ?? ''));
      const routes = place.table ? routesOf(place.table).filter(({ id }) => names.includes(fold(nameOf(id)))) : [];
      return proposedPast(
        place,
        inTurn(
          place,
          routes.map((route) => (here) => toInternet(here, route)),
        ),
      );
    }),
});
