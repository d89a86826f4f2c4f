// A training subnet and its route table, as the udr rules check them: the tunnel, the routes, how much of a service they cover.

import {
  coverageOf,
  type ExceptionService,
  machineLearningService,
  type RouteCoverage,
  type UserRoute,
} from '../../../facts/exception-routes.ts';
import { routesWith } from '../../../facts/routes.ts';
import { serviceTagsOf } from '../../../facts/service-tags.ts';
import { publicComputesIn, regionAt } from '../../../facts/training-subnets.ts';
import { type Tunnel, tunnelOf } from '../../../facts/tunnel.ts';
import type { Evidence } from '../../../model/finding.ts';
import type { Resource } from '../../../model/resource.ts';
import { nameOf, sameId } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { clean } from '../../../model/text.ts';
import type { ReadRoutes } from '../../../net/routes.ts';
import { findSubnet, subnetType, subnetView } from '../../../resource-types/network-view.ts';
import { routePointer, servedBy } from '../../../resource-types/route-view.ts';
import { computeView } from '../../../resource-types/workspace-view.ts';
import { defineRule, type RuleDraft } from '../../define.ts';
import { onceEach } from '../../parts/naming.ts';
import { noTraining, trainingSubjects, unknownForTags } from '../../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  few,
  listed,
  notApplicable,
  noted,
  quoted,
  subnetShown,
  unknown,
} from '../../parts/verdict.ts';
import type { Answers, CheckResult, Proposal, Rule, RuleContext, Subjects } from '../../rule.ts';

export interface RoutePlace {
  readonly subnet: string;
  readonly table: Resource | undefined;
  readonly tunnel: Tunnel;
  readonly context: RuleContext;
  /** By the current documentation, not by the article of 2020. */
  readonly today: boolean;
}

const routePlaces: Subjects<RoutePlace> = {
  list: (context) => trainingSubjects(context, (subnet) => subnetView(subnet).routeTable),
  resolve({ resource: subnet }, context) {
    const { index, profile } = context;
    const none = noTraining(subnet, index);
    if (none) return none;
    if (!findSubnet(index, subnet))
      return notApplicable(`${subnetShown(subnet)} does not exist; see workspace.network-preexists.`);
    const tunnel = tunnelOf(subnet, index);
    return withTable({ subnet, tunnel, context, today: profile !== 'article-2020' }, tunnel.table);
  },
};

type RouteDraft = Omit<RuleDraft, 'for' | 'about' | 'subjects' | 'check' | 'flows' | 'fix' | 'undo'> & {
  check(place: RoutePlace): CheckResult;
  /** A failure stays one where a default route is only suspected. */
  readonly isCertain?: boolean;
  fix?(place: RoutePlace, answers: Answers): readonly Proposal[] | string;
};

/**
 * A rule about the routes of each training subnet. With an unreadable route nothing passes; a failure under a suspected
 * tunnel is unknown. A fix can be undone completely.
 */
export const routeRule = ({ check, isCertain = false, fix, ...draft }: RouteDraft): Rule =>
  defineRule<RoutePlace>({
    ...draft,
    for: ['service-endpoint', 'private-endpoint'],
    subjects: routePlaces,
    check(place) {
      const result = check(place);
      const [broken] = routesAt(place).refused;
      if (broken && result.outcome === 'pass') {
        const evidence = place.table ? [noted(place.table.id, clean(broken.text, 80), 'invalid address prefix')] : [];
        return unknown(`A route of ${tableShown(place)} has an invalid prefix: ${quoted(broken.text)}.`, evidence);
      }
      if (result.outcome !== 'fail' || place.tunnel.kind !== 'suspectedBgp' || isCertain) return result;
      return {
        ...result,
        outcome: 'unknown',
        because: `${gatewayShown(place)} may have learned a default route; only the effective routes of a running machine show it. If so: ${result.because}`,
        evidence: [...tunnelEvidence(place), ...(result.evidence ?? [])],
      };
    },
    ...(fix && { fix: (place, _judgement, answers) => fix(place, answers) }),
  });

/** The same place with another table, or with the planned table. */
export const withTable = (place: Omit<RoutePlace, 'table'>, table: Resource | undefined): RoutePlace => ({
  ...place,
  table,
});

/** Cached routes: several rules need the same table, and a fix needs the table after each of its steps. */
const read = new WeakMap<Tunnel, Map<Resource | undefined, ReadRoutes>>();
/** The routes of a place, with the default route of a gateway that is suspected. */
function routesAt({ tunnel, table, subnet, context: { index } }: RoutePlace): ReadRoutes {
  const known = read.get(tunnel) ?? new Map<Resource | undefined, ReadRoutes>();
  read.set(tunnel, known);
  const routes = known.get(table) ?? routesWith(table, subnet, index, tunnel.learnt);
  known.set(table, routes);
  return routes;
}

const covered = new WeakMap<ReadRoutes, Map<string, RouteCoverage>>();
/** How much of a service is routed from a place directly to the Internet. */
export function coverageAt(service: ExceptionService, place: RoutePlace, region = regionOf(place)): RouteCoverage {
  const routes = routesAt(place);
  const known = covered.get(routes) ?? new Map<string, RouteCoverage>();
  covered.set(routes, known);
  const key = `${service.slug} ${region}`;
  const { table, context } = place;
  const coverage = known.get(key) ?? coverageOf(service, region, { table, routes }, context.index);
  known.set(key, coverage);
  return coverage;
}

const gatewayShown = ({ tunnel: { gateway } }: RoutePlace): string =>
  gateway === undefined
    ? 'A gateway'
    : `The gateway in ${/\/subnets\//i.test(gateway) ? subnetShown(gateway) : displayName(gateway)}`;

/** The result where no tunnel takes Internet traffic; undefined where one does, or may. */
export const notTunnelled = (place: RoutePlace): CheckResult | undefined =>
  place.tunnel.kind === 'none'
    ? notApplicable(
        `No route sends the Internet traffic of ${subnetShown(place.subnet)} to an appliance or gateway.`,
        tunnelEvidence(place),
      )
    : undefined;

/** The result where no service connects to compute; undefined where a compute has a public IP address. */
export function notCalled({ subnet, context: { index } }: RoutePlace): CheckResult | undefined {
  return publicComputesIn(subnet, index).length > 0
    ? undefined
    : notApplicable(`No compute in ${subnetShown(subnet)} has a public IP address; no service connects to it.`);
}

/**
 * The services that connect to the computes of a place. Azure Batch did until 31 March 2026; in 2020 Azure Machine Learning
 * connected to compute instances only.
 */
export function servicesAt({ subnet, context: { index }, today }: RoutePlace): ExceptionService[] {
  const open = publicComputesIn(subnet, index);
  const instances = open.filter((compute) => computeView(compute).computeType === 'ComputeInstance');
  return (today ? open : instances).length > 0 ? [machineLearningService] : [];
}

/** ARM's name of the region whose services connect. */
export const regionOf = ({ subnet, context: { index } }: RoutePlace): string => regionAt(subnet, index);

/** Ids of the subnets that a table serves: those it lists, and those in the snapshot that name it. */
export function subnetsServed(tableId: string, index: SnapshotIndex): string[] {
  const table = index.peek(tableId);
  const said = table.state === 'read' ? servedBy(table.resource) : [];
  const naming = index.ofType(subnetType).filter((subnet) => sameId(subnetView(subnet).routeTable, tableId));
  return onceEach([...said, ...naming.map(({ id }) => id)]);
}

/** The other subnets that a change of the table is for, in a sentence; empty where there are none. */
export function sharedTable({ table, subnet, context: { index } }: RoutePlace): string {
  const served = table ? subnetsServed(table.id, index) : [];
  const others = served.filter((id) => !sameId(id, subnet)).map(subnetShown);
  if (!table || others.length === 0) return '';
  return `Also applies to the other subnets that use ${displayName(table.id)}: ${few(others)}.`;
}

export const tableShown = ({ table, subnet }: RoutePlace): string =>
  table ? `${displayName(table.id)} on ${subnetShown(subnet)}` : subnetShown(subnet);

/** `next hop VirtualAppliance 10.0.0.4`. */
export const hopShown = (nextHopType: string, address?: string): string =>
  `next hop ${clean(`${nextHopType} ${address ?? ''}`.trim(), 80)}`;

/** `"to-batch" (13.69.65.64/26)`, the first few of many. */
export function routesShown(routes: readonly Pick<UserRoute, 'name' | 'prefix'>[]): string {
  const some = routes.slice(0, 4).map(({ name, prefix }) => `${quoted(name)} (${clean(prefix, 60)})`);
  return listed([...some, ...(routes.length > some.length ? [`${routes.length - some.length} more`] : [])]);
}

/** `13.69.65.64/26, 13.69.106.128/26 and 3 more`. */
export const prefixesShown = (prefixes: readonly string[], most = 4): string => {
  const some = prefixes.slice(0, most).map((text) => clean(text, 80));
  const more = prefixes.length - some.length;
  return listed([...some, ...(more > 0 ? [`${more} more`] : [])]);
};

export const routeSeen = ({ table }: RoutePlace, name: string | undefined, note: string): Evidence[] => {
  const pointer = table && name !== undefined ? routePointer(table, name) : undefined;
  return table && pointer !== undefined ? [evidenceAt(table, pointer, note)] : [];
};

/** The routes of the tunnel and their next hop, or the gateway that is suspected. */
export function tunnelEvidence(place: RoutePlace): Evidence[] {
  const { tunnel, table, subnet } = place;
  const routes = tunnel.routes
    .slice(0, 4)
    .flatMap(({ name, nextHopType, nextHopIpAddress }) =>
      routeSeen(place, name, `Internet route: ${hopShown(nextHopType, nextHopIpAddress)}`),
    );
  const gateway =
    tunnel.gateway === undefined
      ? []
      : [noted(tunnel.gateway, nameOf(tunnel.gateway), 'gateway that may have learned a default route')];
  if (routes.length + gateway.length > 0) return [...routes, ...gateway];
  return [noted(table?.id ?? subnet, tunnel.kind, 'forced tunneling')];
}

/** What is missing, in CIDRs, with the change number of the service tags; and routes to another next hop. */
export function coverageEvidence(service: ExceptionService, coverage: RouteCoverage, place: RoutePlace): Evidence[] {
  const { table, subnet, context } = place;
  const tags = serviceTagsOf(context.index);
  const name = clean(coverage.wanted?.name ?? service.tag, 80);
  const state = tags ? ` (service tags change ${clean(tags.changeNumber || 'unknown', 20)})` : '';
  const some = coverage.missing.slice(0, 12);
  const more = coverage.missing.length - some.length;
  const left = [...some, ...(more > 0 ? [`${more} more`] : [])].map((text) => clean(text, 80));
  return [
    noted(table?.id ?? subnet, left, `${name}${state}: not routed to the Internet`),
    ...coverage.contrary.slice(0, 4).flatMap((route) => routeSeen(place, route.name, hopShown(route.nextHopType))),
  ];
}

/** Unknown because service tag addresses are missing. `what`: a clause after "Whether". */
export const unknownCoverage = (
  place: RoutePlace,
  what: string,
  why: string,
  evidence: readonly Evidence[],
): CheckResult => unknownForTags(place.context.index, `Whether ${what} is unknown: ${why}.`, evidence);
export const noTagData = 'service tag addresses are missing (pass --service-tags FILE)';
