// udr.azureml-secondary-region: a list of prefixes holds those of the paired region as well.
import { fold } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { machineLearningService, writtenRoutes } from '../../posture/exception-routes.ts';
import { pairedRegion } from '../../posture/region-pairs.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { someOf } from '../parts/route-coverage.ts';
import { ledPast, proposedPast } from '../parts/route-exceptions.ts';
import {
  coverageAt,
  coverageEvidence,
  notCalled,
  notTunnelled,
  type RoutePlace,
  regionOf,
  routeJudged,
  routePlaces,
  routeProposals,
  subnetType,
  tableShown,
  tunnelEvidence,
} from '../parts/route-place.ts';
import { unknownForTags } from '../parts/training.ts';
import { fail, listed, notApplicable, pass, quoted, unknown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

const service = machineLearningService;

function judge(place: RoutePlace): Verdict {
  const silent = notTunnelled(place) ?? notCalled(place);
  if (silent) return silent;
  const tagged = writtenRoutes(place.table).find(
    ({ prefix, toInternet }) => toInternet && fold(prefix) === fold(service.tag),
  );
  if (tagged) return notApplicable(`The route ${quoted(tagged.name)} holds the tag ${service.tag}, with every region.`);
  const region = regionOf(place);
  const pair = pairedRegion(region);
  if (pair === undefined) {
    return unknown(
      `Which region is paired with ${quoted(region)} is not known, so neither is which addresses its list lacks.`,
    );
  }
  const both = [region, pair].map((one) => coverageAt(service, place, one));
  const evidence = [...tunnelEvidence(place), ...both.flatMap((one) => coverageEvidence(service, one, place))];
  const missing = both.filter(({ state }) => state === 'missing');
  if (missing.length > 0) {
    const each = missing.map(({ wanted, missing: left }) => {
      return `${clean(wanted?.name ?? service.tag, 80)} (${someOf(left, 3)})`;
    });
    return fail(`${tableShown(place)} sends into the tunnel what the service answers at: ${listed(each)}.`, evidence);
  }
  const unsure = both.find(({ state }) => state === 'unknown');
  return unsure
    ? unknownForTags(
        place.judgement.world,
        `Whether ${tableShown(place)} covers ${region} and ${pair} is not known: ${unsure.why}.`,
        evidence,
      )
    : pass(`${tableShown(place)} leads ${service.tag} of ${region} and ${pair} past the tunnel.`, evidence);
}

export const udrAzuremlSecondaryRegion = defineRule({
  id: 'udr.azureml-secondary-region',
  title: 'AML routes cover the paired region too',
  severity: 'medium',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'When a region fails, the service calls from the region that is paired with it; a list that holds the prefixes of one region alone then leaves the replies to the tunnel.',
    fix: 'Adds one route for the tag AzureMachineLearning, or with --answer routes=prefixes one for each missing prefix of both regions.',
    breaks:
      'Nothing that works today. This traffic leaves the network past the appliance, uninspected, for every subnet that the table serves.',
    links: [links.secureTraining, links.routes],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: routePlaces,
  check: (subject, judgement) => routeJudged(subject, judgement, judge),
  fix: (finding, judgement, answers) =>
    routeProposals(finding, judgement, (place) => {
      const region = regionOf(place);
      const first = ledPast(service, place, answers, region);
      if (typeof first === 'string') return first;
      const second = ledPast(service, first.after, answers, pairedRegion(region) ?? region);
      return typeof second === 'string'
        ? second
        : proposedPast(place, { changes: [...first.changes, ...second.changes], after: second.after });
    }),
});
