// Replies to services that connect to compute must be routed directly, not through the tunnel: Azure Machine Learning and its
// paired region today, and Azure Batch in the article of 2020.

import {
  batchService,
  type ExceptionService,
  machineLearningService,
  type RouteCoverage,
  writtenRoutes,
} from '../../facts/exception-routes.ts';
import { pairedRegion } from '../../facts/region-pairs.ts';
import { fold } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { retired } from '../define.ts';
import { classicRetired } from '../nsg/parts/required-flows.ts';
import { links } from '../parts/links.ts';
import { fail, listed, notApplicable, noted, pass, quoted, unknown } from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { bypassImpact, proposedRoutes, routedDirectly } from './parts/change.ts';
import {
  coverageAt,
  coverageEvidence,
  notCalled,
  notTunnelled,
  prefixesShown,
  type RoutePlace,
  regionOf,
  routeRule,
  servicesAt,
  tableShown,
  tunnelEvidence,
  unknownCoverage,
} from './parts/place.ts';

const nameOf = ({ wanted }: RouteCoverage, service: ExceptionService): string => clean(wanted?.name ?? service.tag, 80);

function checkService(service: ExceptionService, place: RoutePlace): CheckResult {
  const silent = notTunnelled(place) ?? notCalled(place);
  if (silent) return silent;
  if (service === machineLearningService && servicesAt(place).length === 0)
    return notApplicable(
      'In 2020 Azure Machine Learning connected to compute instances only, and none in this subnet has a public IP address.',
    );
  const coverage = coverageAt(service, place);
  const [table, name] = [tableShown(place), nameOf(coverage, service)];
  const evidence = [...tunnelEvidence(place), ...coverageEvidence(service, coverage, place)];
  if (coverage.state === 'covered') {
    const by = coverage.by.map((route) => clean(route, 80));
    return pass(`${table} routes ${name} directly to the Internet.`, [
      ...evidence,
      noted(place.table?.id ?? place.subnet, by, 'covering routes'),
    ]);
  }
  if (coverage.state === 'unknown')
    return unknownCoverage(place, `${table} routes ${name} directly to the Internet`, coverage.why, evidence);
  const [appliance] = place.tunnel.appliances;
  const where = appliance === undefined ? 'the tunnel' : `the appliance ${clean(appliance, 60)}`;
  return fail(
    coverage.wanted
      ? `${table} sends replies to ${name} through ${where}: ${prefixesShown(coverage.missing)}.`
      : `${table} has no route to the Internet: replies to ${name} go through ${where}.`,
    evidence,
  );
}

export const udrBatchPrefixes = retired(
  routeRule({
    id: 'udr.batch-prefixes',
    title: 'BatchNodeManagement is routed directly to the Internet',
    problem: 'BatchNodeManagement not routed directly to the Internet',
    severity: 'critical',
    explain: {
      why: "Azure Batch connected to nodes from its own addresses until 31 March 2026. Microsoft's 2020 article on virtual networks asks for a route for each of them. Through an appliance, replies were lost (asymmetric routing).",
      fix: 'None. Nodes connect to Azure Batch themselves, through the tunnel. udr.not-needed finds remaining routes.',
      links: [links.batchSimplified, links.securedTraffic, links.routes],
    },
    check: (place) => checkService(batchService, place),
  }),
  `${classicRetired} udr.not-needed checks remaining routes.`,
);

export const udrAzuremlPrefixes = routeRule({
  id: 'udr.azureml-prefixes',
  answers: { routes: ['tags', 'prefixes'] },
  title: 'AzureMachineLearning is routed directly to the Internet',
  problem: 'AzureMachineLearning not routed directly to the Internet',
  severity: 'high',
  explain: {
    why: 'Azure Machine Learning connects to compute instances, and today to clusters, from its own addresses. Replies through the tunnel are lost; the compute stays unreachable.',
    fix: 'Changes routes for these addresses to next hop Internet, then adds one route for the service tag AzureMachineLearning. With --answer routes=prefixes, or with the 2020 profile alone, adds one route for each missing prefix of the region. A route table holds at most 400 routes, 25 of them with service tags; more than ten new routes are sent in one write.',
    breaks: bypassImpact,
    links: [links.securedTraffic, links.secureTraining, links.routes],
  },
  check: (place) => checkService(machineLearningService, place),
  fix: (place, answers) => proposedRoutes(place, routedDirectly(machineLearningService, place, answers)),
});

function checkPair(place: RoutePlace): CheckResult {
  const service = machineLearningService;
  const silent = notTunnelled(place) ?? notCalled(place);
  if (silent) return silent;
  const tagged = writtenRoutes(place.table).find(
    ({ prefix, toInternet }) => toInternet && fold(prefix) === fold(service.tag),
  );
  if (tagged)
    return notApplicable(`The route ${quoted(tagged.name)} uses the tag ${service.tag}, which covers every region.`);
  const region = regionOf(place);
  const pair = pairedRegion(region);
  if (pair === undefined)
    return unknown(`The paired region of ${quoted(region)} is not known, so missing addresses cannot be listed.`);
  const both = [region, pair].map((one) => coverageAt(service, place, one));
  const evidence = [...tunnelEvidence(place), ...both.flatMap((one) => coverageEvidence(service, one, place))];
  const missing = both.filter(({ state }) => state === 'missing');
  if (missing.length > 0) {
    const each = missing.map((one) => `${nameOf(one, service)} (${prefixesShown(one.missing, 3)})`);
    return fail(`${tableShown(place)} has no direct route to the Internet for ${listed(each)}.`, evidence);
  }
  const unsure = both.find(({ state }) => state === 'unknown');
  return unsure
    ? unknownCoverage(place, `${tableShown(place)} covers ${region} and ${pair}`, unsure.why, evidence)
    : pass(`${tableShown(place)} routes ${service.tag} of ${region} and ${pair} directly to the Internet.`, evidence);
}

export const udrAzuremlSecondaryRegion = routeRule({
  id: 'udr.azureml-secondary-region',
  answers: { routes: ['tags', 'prefixes'] },
  title: 'AzureMachineLearning routes cover the paired region',
  problem: 'Paired region missing from AzureMachineLearning routes',
  severity: 'medium',
  profiles: ['current'],
  explain: {
    why: 'When a region fails, Azure Machine Learning connects from its paired region. A list with the prefixes of one region sends those replies through the tunnel.',
    fix: 'Adds one route for the service tag AzureMachineLearning. With --answer routes=prefixes, adds one route for each missing prefix of both regions.',
    breaks: bypassImpact,
    links: [links.secureTraining, links.routes],
  },
  check: checkPair,
  fix(place, answers) {
    const region = regionOf(place);
    const first = routedDirectly(machineLearningService, place, answers, region);
    if (typeof first === 'string') return first;
    const second = routedDirectly(machineLearningService, first.after, answers, pairedRegion(region) ?? region);
    return typeof second === 'string'
      ? second
      : proposedRoutes(place, { changes: [...first.changes, ...second.changes], after: second.after });
  },
});
