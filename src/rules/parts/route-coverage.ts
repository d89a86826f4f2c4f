// The two rules that ask whether a service which calls computes is answered past the tunnel: judged, shown and mended in one way.
import { clean } from '../../model/text.ts';
import type { Coverage, ExceptionService } from '../../posture/exception-routes.ts';
import { type Draft, defineRule } from '../define.ts';
import type { Rule, Verdict } from '../rule.ts';
import { links } from './links.ts';
import { ledPast, proposedPast } from './route-exceptions.ts';
import {
  coverageAt,
  coverageEvidence,
  notCalled,
  notTunnelled,
  type RoutePlace,
  routeJudged,
  routePlaces,
  routeProposals,
  servicesAt,
  subnetType,
  tableShown,
  tunnelEvidence,
} from './route-place.ts';
import { unknownForTags } from './training.ts';
import { fail, listed, notApplicable, noted, pass } from './verdict.ts';

/** `13.69.65.64/26, 13.69.106.128/26 and 3 more`. */
export const someOf = (prefixes: readonly string[], most = 4): string => {
  const some = prefixes.slice(0, most).map((text) => clean(text, 80));
  const more = prefixes.length - some.length;
  return listed([...some, ...(more > 0 ? [`${more} more`] : [])]);
};

const named = (coverage: Coverage, service: ExceptionService): string =>
  clean(coverage.wanted?.name ?? service.tag, 80);

/** Where the tunnel leads, as the end of a sentence. */
const intoTunnel = ({ tunnel }: RoutePlace): string => {
  const [appliance] = tunnel.appliances;
  return appliance === undefined ? 'into the tunnel' : `to ${clean(appliance, 60)}`;
};

function judge(service: ExceptionService, place: RoutePlace): Verdict {
  const silent = notTunnelled(place) ?? notCalled(place);
  if (silent) return silent;
  if (!servicesAt(place).includes(service)) {
    return notApplicable('In 2020 Machine Learning called instances alone, and none here has a public address.');
  }
  const coverage = coverageAt(service, place);
  const name = named(coverage, service);
  const evidence = [...tunnelEvidence(place), ...coverageEvidence(service, coverage, place)];
  switch (coverage.state) {
    case 'covered':
      return pass(`${tableShown(place)} answers ${name} straight by the Internet.`, [
        ...evidence,
        noted(
          place.table?.id ?? place.subnet,
          coverage.by.map((route) => clean(route, 80)),
          'routes that cover it',
        ),
      ]);
    case 'unknown':
      return unknownForTags(
        place.judgement.world,
        `Whether ${tableShown(place)} answers ${name} past the tunnel is not known: ${coverage.why}.`,
        evidence,
      );
    default:
      return fail(
        coverage.wanted
          ? `${tableShown(place)} sends replies to ${name} ${intoTunnel(place)}: ${someOf(coverage.missing)}.`
          : `${tableShown(place)} has no route to the Internet at all, so replies to ${name} go ${intoTunnel(place)}.`,
        evidence,
      );
  }
}

type CoverageDraft = Pick<Draft, 'id' | 'title' | 'severity'> & { readonly why: string };

export const coverageRule = (service: ExceptionService, { why, ...draft }: CoverageDraft): Rule =>
  defineRule({
    ...draft,
    for: ['service-endpoint', 'private-endpoint'],
    about: subnetType,
    explain: {
      why,
      fix: `Points routes of these addresses that lead elsewhere to the Internet, then adds one route for the tag ${service.tag}; with --answer routes=prefixes, or when only the article of 2020 is held to, one route for each missing prefix of the region. A table takes 400 routes, 25 of them with tags; more than ten new ones are sent in one write of the table.`,
      breaks:
        'Nothing that works today. This traffic leaves the network past the appliance, uninspected, for every subnet that the table serves.',
      links: [links.securedTraffic, links.secureTraining, links.routes],
    },
    fixKind: 'auto',
    undo: 'exact',
    subjects: routePlaces,
    check: (subject, judgement) => routeJudged(subject, judgement, (place) => judge(service, place)),
    fix: (finding, judgement, answers) =>
      routeProposals(finding, judgement, (place) => proposedPast(place, ledPast(service, place, answers))),
  });
