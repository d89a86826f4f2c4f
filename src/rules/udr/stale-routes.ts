// Exception routes that are no longer justified: for addresses that a service no longer uses, or where no service connects to
// compute.

import {
  batchService,
  type ExceptionService,
  everywhereOf,
  exceptionServices,
  exceptionsOf,
  isNamedFor,
  machineLearningService,
  type UserRoute,
  writtenRoutes,
} from '../../facts/exception-routes.ts';
import { serviceTagsOf } from '../../facts/service-tags.ts';
import { computesIn, publicComputesIn, trainingSubnets } from '../../facts/training-subnets.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { noAddress, without } from '../../net/addresses.ts';
import { computeView } from '../../resource-types/workspace-view.ts';
import { classicRetired } from '../nsg/parts/required-flows.ts';
import { links } from '../parts/links.ts';
import { fail, notApplicable, noted, pass, subnetShown } from '../parts/verdict.ts';
import type { CheckResult } from '../rule.ts';
import { addRoutes, deleteRoutes, inTurn, missingPrefixes, proposedDeletions, proposedRoutes } from './parts/change.ts';
import {
  noTagData,
  type RoutePlace,
  regionOf,
  routeRule,
  routeSeen,
  routesShown,
  servicesAt,
  subnetsServed,
  tableShown,
  unknownCoverage,
} from './parts/place.ts';

const otherTraffic = 'Other traffic on these routes is sent to the appliance.';
const throughAppliance = 'The rules of the appliance must include the traffic of nodes to these services.';

/** Prefix routes with the names that a fix gives, by their service. Whether a fix added them, the history decides. */
const namedRoutes = ({ table }: RoutePlace): { service: ExceptionService; route: UserRoute }[] =>
  exceptionServices.flatMap((service) =>
    writtenRoutes(table)
      .filter((route) => route.tag === undefined && isNamedFor(route, service))
      .map((route) => ({ service, route })),
  );

/** Those with an address that belongs to the service in no region any more. */
const outdatedRoutes = (place: RoutePlace): UserRoute[] =>
  namedRoutes(place).flatMap(({ service, route }) => {
    const everywhere = everywhereOf(service, place.context.index);
    const { addresses } = route;
    return everywhere && addresses && !noAddress(without(addresses, everywhere)) ? [route] : [];
  });

function checkDrift(place: RoutePlace): CheckResult {
  const { context, table, subnet } = place;
  const name = tableShown(place);
  const hasAny = exceptionServices.some((service) => writtenRoutes(table).some((route) => isNamedFor(route, service)));
  if (!hasAny) return notApplicable(`${name} has no route with a name that Bastide gives.`);
  const routes = namedRoutes(place);
  const count = noted(table?.id ?? subnet, routes.length, 'routes with a name that Bastide gives');
  const unread = routes.find(({ service }) => !everywhereOf(service, context.index));
  if (unread)
    return unknownCoverage(place, `routes of ${name} still belong to ${unread.service.tag}`, noTagData, [count]);
  const outdated = outdatedRoutes(place);
  const change = clean(serviceTagsOf(context.index)?.changeNumber || 'unknown', 20);
  const evidence = [
    ...outdated.slice(0, 8).flatMap((route) => routeSeen(place, route.name, `not in service tags change ${change}`)),
    count,
  ];
  return outdated.length > 0
    ? fail(`${name} has routes for addresses that the service no longer uses: ${routesShown(outdated)}.`, evidence)
    : pass(`All routes of ${name} with a name that Bastide gives still belong to the service.`, evidence);
}

export const udrPrefixDrift = routeRule({
  id: 'udr.prefix-drift',
  title: 'Route prefixes match the current service tags',
  problem: 'Outdated route prefix no longer belongs to the service',
  severity: 'medium',
  explain: {
    why: 'Microsoft publishes service tag addresses every week and drops old ones. An outdated route lets other traffic bypass the appliance.',
    fix: 'Deletes routes with a name that Bastide gives (bastide-batch-1) whose addresses the service no longer uses. Those that no history entry added are deleted only when you name the rule. Where such a route still covers part of the service, adds a route for that part first.',
    breaks: `Traffic of the service is not affected. ${otherTraffic}`,
    links: [links.serviceTags, links.routes],
  },
  check: checkDrift,
  fix(place) {
    const gone = deleteRoutes(place, outdatedRoutes(place));
    const region = regionOf(place);
    const kept = inTurn(
      place,
      servicesAt(place).map((service) => (here) => {
        const before = missingPrefixes(service, here, region);
        const after = missingPrefixes(service, gone.after, region);
        return addRoutes(
          here,
          service.slug,
          after.filter((prefix) => !before.includes(prefix)),
        );
      }),
    );
    const added = proposedRoutes(place, kept);
    return typeof added === 'string' ? added : [...added, ...proposedDeletions(place, gone)];
  },
});

interface Unneeded {
  readonly sure: readonly UserRoute[];
  /** Routes for which that is unknown. */
  readonly unsure: readonly UserRoute[];
  /** Another training subnet of the table, whose compute needs the routes for Azure Machine Learning. */
  readonly other: string | undefined;
}

/** Routes for Azure Batch, which connects to no node, and those for Azure Machine Learning where it connects to none. */
function unneededRoutes(place: RoutePlace): Unneeded {
  const { table, subnet, context } = place;
  const { index } = context;
  const isCalled = publicComputesIn(subnet, index).length > 0;
  const other = isCalled ? undefined : otherSubnet(place);
  const [batch, azureml] = [batchService, machineLearningService].map((service) => exceptionsOf(service, table, index));
  const needed = isCalled || other !== undefined ? (azureml?.sure ?? []) : [];
  const found = needed.length > 0 ? [batch] : [batch, azureml];
  const sure = found.flatMap((one) => one?.sure ?? []).filter((route) => !needed.includes(route));
  const unsure = new Set(found.flatMap((one) => one?.unsure ?? []));
  return { sure, unsure: [...unsure].filter((route) => !sure.includes(route) && !needed.includes(route)), other };
}

/** Another training subnet of the table that needs exception routes. */
const otherSubnet = ({ table, subnet, context: { index } }: RoutePlace): string | undefined => {
  const served = table ? subnetsServed(table.id, index) : [];
  return trainingSubnets(index)
    .map((one) => one.subnet)
    .find(
      (id) => !sameId(id, subnet) && served.some((one) => sameId(one, id)) && publicComputesIn(id, index).length > 0,
    );
};

function checkNeed(place: RoutePlace): CheckResult {
  const { subnet, table, context } = place;
  const [name, tableName] = [subnetShown(subnet), tableShown(place)];
  const nodes = computesIn(subnet, context.index).filter((compute) =>
    ['AmlCompute', 'ComputeInstance'].includes(computeView(compute).computeType ?? ''),
  );
  const open = publicComputesIn(subnet, context.index);
  if (nodes.length + open.length === 0) return notApplicable(`No compute cluster or compute instance uses ${name}.`);
  const { sure, unsure, other } = unneededRoutes(place);
  if (sure.length === 0 && unsure.length > 0 && open.length === 0 && other === undefined)
    return unknownCoverage(place, `${tableName} has exception routes that are not needed`, noTagData, [
      noted(table?.id ?? subnet, unsure.length, 'routes to the Internet'),
    ]);
  if (sure.length === 0) {
    if (open.length > 0)
      return notApplicable(`Compute in ${name} has a public IP address; the service connects to it.`);
    return other === undefined
      ? notApplicable(`${tableName} has no exception route.`)
      : notApplicable(`${tableName} also serves ${subnetShown(other)}, whose compute has a public IP address.`, [
          noted(other, null, 'subnet that needs exception routes'),
        ]);
  }
  const why =
    open.length > 0 || other !== undefined
      ? classicRetired
      : `No compute in ${name} has a public IP address; no service connects to it.`;
  return fail(`${tableName} has exception routes that are not needed: ${routesShown(sure)}. ${why}`, [
    ...sure.slice(0, 8).flatMap((route) => routeSeen(place, route.name, 'exception route')),
    noted(subnet, open.length, 'compute with a public IP address'),
  ]);
}

export const udrNotNeeded = routeRule({
  id: 'udr.not-needed',
  title: 'Exception routes exist only where compute needs them',
  problem: 'Exception routes are no longer needed',
  severity: 'info',
  profiles: ['current'],
  explain: {
    why: 'Azure Batch retired connections to nodes on 31 March 2026, and nodes without a public IP address connect to every service themselves. Routes past the firewall for inbound connections then only add exposure.',
    fix: 'Deletes the routes to the Internet that belong to Azure Batch. Where no compute has a public IP address, deletes those of Azure Machine Learning as well.',
    breaks: `Nodes then reach these services through the appliance, which must allow it (firewall.current-rules). ${otherTraffic} This applies to every subnet that uses the route table.`,
    links: [links.batchSimplified, links.securedTraffic, links.routes],
  },
  fixKind: 'guided',
  check: checkNeed,
  fix: (place) => proposedDeletions(place, deleteRoutes(place, unneededRoutes(place).sure), throughAppliance),
});
