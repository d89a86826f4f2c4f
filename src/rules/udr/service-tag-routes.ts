// udr.service-tag-routes: one route with a tag rather than a list of prefixes that ages.
import { clean } from '../../model/text.ts';
import {
  type ExceptionService,
  everywhereOf,
  exceptionServices,
  exceptionsOf,
  type UserRoute,
} from '../../posture/exception-routes.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { deleteRoutes } from '../parts/route-change.ts';
import { someOf } from '../parts/route-coverage.ts';
import { byTag, proposedAway, proposedPast } from '../parts/route-exceptions.ts';
import {
  notCalled,
  type RoutePlace,
  routeJudged,
  routePlaces,
  routeProposals,
  routeSeen,
  subnetType,
  tableShown,
} from '../parts/route-place.ts';
import { unknownForTags } from '../parts/training.ts';
import { fail, listed, notApplicable, noted, pass, subnetShown } from '../parts/verdict.ts';
import type { Proposal, Verdict } from '../rule.ts';

/** From this many on a list of prefixes is worth replacing. */
const many = 5;

interface Replaceable {
  readonly service: ExceptionService;
  readonly routes: readonly UserRoute[];
  /** How many it may be, where no data says. */
  readonly unsure: number;
}
const replaceable = ({ table, judgement: { world } }: RoutePlace): Replaceable[] =>
  exceptionServices.map((service) => {
    const { sure, unsure } = exceptionsOf(service, table, world);
    const literals = sure.filter(({ tag }) => tag === undefined);
    // Names alone do not show what a route still covers, and nothing is taken away unseen.
    return everywhereOf(service, world)
      ? { service, routes: literals, unsure: 0 }
      : { service, routes: [], unsure: literals.length + unsure.length };
  });

function judge(place: RoutePlace): Verdict {
  const { table, subnet } = place;
  const silent = notCalled(place);
  if (silent) return silent;
  if (!table) return notApplicable(`${subnetShown(subnet)} has no route table.`);
  const all = replaceable(place);
  const long = all.filter(({ routes }) => routes.length >= many);
  const evidence = [
    ...long.flatMap(({ service, routes }) =>
      routes.slice(0, 6).flatMap(({ name }) => routeSeen(place, name, `a route of ${service.tag} alone`)),
    ),
    ...all.map(({ service, routes }) => noted(table.id, routes.length, `prefixes that ${service.tag} would replace`)),
  ];
  if (long.length > 0) {
    const each = long.map(
      ({ service, routes }) =>
        `${service.tag} for ${someOf(
          routes.map(({ prefix }) => clean(prefix, 60)),
          3,
        )}`,
    );
    return fail(`At ${tableShown(place)} one route with a tag would do: ${listed(each)}.`, evidence);
  }
  return all.some(({ unsure }) => unsure >= many)
    ? unknownForTags(
        place.judgement.world,
        `Which routes at ${tableShown(place)} a tag would replace is not known: no service-tag data is at hand.`,
        evidence,
      )
    : pass(`${tableShown(place)} keeps no long list of prefixes.`, evidence);
}

/** The tag's route first, then the prefixes that it replaces go. */
function replaced(place: RoutePlace): readonly Proposal[] | string {
  const proposals: Proposal[] = [];
  let here = place;
  for (const { service, routes } of replaceable(place).filter((one) => one.routes.length >= many)) {
    const tagged = byTag(service, here);
    if (typeof tagged === 'string') return tagged;
    const gone = deleteRoutes(
      tagged.after,
      routes.map(({ resource }) => resource),
    );
    const added = proposedPast(place, tagged);
    if (typeof added === 'string') return added;
    proposals.push(...added, ...proposedAway(place, gone, `From then on the tag ${service.tag} decides.`));
    here = gone.after;
  }
  return proposals;
}

export const udrServiceTagRoutes = defineRule({
  id: 'udr.service-tag-routes',
  title: 'Prefer tag routes over address lists',
  severity: 'low',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'A route with a service tag follows the addresses as Microsoft changes them; a list of prefixes was right on the day it was written.',
    fix: 'Adds one route with the tag, then deletes the prefixes that it replaces: at no moment is there neither.',
    breaks:
      'Nothing of the service. The tag holds its addresses in every region, which leave past the appliance as well.',
    links: [links.routes, links.securedTraffic],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: routePlaces,
  check: (subject, judgement) => routeJudged(subject, judgement, judge),
  fix: (finding, judgement) => routeProposals(finding, judgement, replaced),
});
