// A training subnet and its route table, as the udr rules look at them: who is judged, the tunnel, the routes, what is shown.
import { findSubnet, subnetType, subnetView } from '../../kinds/network-view.ts';
import { routePointer, servedBy } from '../../kinds/route-view.ts';
import { computeView } from '../../kinds/workspace-view.ts';
import type { Evidence, Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import { nameOf, sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import type { ReadRoutes } from '../../net/routes.ts';
import {
  batchService,
  type Coverage,
  coverageOf,
  type ExceptionService,
  machineLearningService,
} from '../../posture/exception-routes.ts';
import { routesWith } from '../../posture/routes.ts';
import { serviceTagsOf } from '../../posture/service-tags.ts';
import { publicComputesIn, regionAt } from '../../posture/training-subnets.ts';
import { type Tunnel, tunnelOf } from '../../posture/tunnel.ts';
import type { Judgement, Proposal, Subject, Verdict } from '../rule.ts';
import { onceEach } from './naming.ts';
import { proposalsOn } from './subjects.ts';
import { noTraining, trainingSubjects } from './training.ts';
import { listed, notApplicable, noted, quoted, seen, shown, subnetShown, unknown } from './verdict.ts';

export { subnetType };

export interface RoutePlace {
  readonly subnet: string;
  readonly table: Resource | undefined;
  readonly tunnel: Tunnel;
  readonly judgement: Judgement;
  /** Today's sentences rather than those of 2020. */
  readonly today: boolean;
}

/** Each training subnet with its route table. */
export const routePlaces = (judgement: Judgement): Subject[] =>
  trainingSubjects(judgement, (subnet) => subnetView(subnet).routeTable);

/** Throws GapRead when the network or the table could not be read. */
export function placeAt(subnet: string, judgement: Judgement): RoutePlace {
  const tunnel = tunnelOf(subnet, judgement.world);
  return withTable({ subnet, tunnel, judgement, today: judgement.profile !== 'seed-2020' }, tunnel.table);
}

/** The same place with another table, or the table as it will be. */
export const withTable = (place: Omit<RoutePlace, 'table'>, table: Resource | undefined): RoutePlace => ({
  ...place,
  table,
});

/** Routes read; several rules ask about the same table, and a fix about the table after each of its steps. */
const read = new WeakMap<Tunnel, Map<Resource | undefined, ReadRoutes>>();
/** The routes of a place, with the default route of a gateway that is suspected. */
function routesAt({ tunnel, table, subnet, judgement: { world } }: RoutePlace): ReadRoutes {
  const known = read.get(tunnel) ?? new Map<Resource | undefined, ReadRoutes>();
  read.set(tunnel, known);
  const routes = known.get(table) ?? routesWith(table, subnet, world, tunnel.learnt);
  known.set(table, routes);
  return routes;
}

const covered = new WeakMap<ReadRoutes, Map<string, Coverage>>();
/** How much of a service leaves a place straight to the Internet. */
export function coverageAt(service: ExceptionService, place: RoutePlace, region = regionOf(place)): Coverage {
  const routes = routesAt(place);
  const known = covered.get(routes) ?? new Map<string, Coverage>();
  covered.set(routes, known);
  const key = `${service.slug} ${region}`;
  const { table, judgement } = place;
  const coverage = known.get(key) ?? coverageOf(service, region, { table, routes }, judgement.world);
  known.set(key, coverage);
  return coverage;
}

/**
 * Judges a subnet by its routes. A route that cannot be understood lets nothing pass; what would fail under a tunnel that is
 * only suspected is unknown, unless the rule knows better (`certain`).
 */
export function routeJudged(
  { resource: id }: Subject,
  judgement: Judgement,
  judge: (place: RoutePlace) => Verdict,
  certain = false,
): Verdict {
  const { world } = judgement;
  const nowhere = noTraining(id, world);
  if (nowhere) return nowhere;
  if (!findSubnet(world, id)) {
    return notApplicable(`${subnetShown(id)} is not there; workspace.network-preexists speaks of it.`);
  }
  const place = placeAt(id, judgement);
  const verdict = judge(place);
  const [broken] = routesAt(place).refused;
  if (broken && verdict.outcome === 'pass') {
    const evidence = place.table ? [noted(place.table.id, clean(broken.text, 80), 'a prefix that is none')] : [];
    return unknown(`A route of ${tableShown(place)} has the prefix ${quoted(broken.text)}, which is none.`, evidence);
  }
  if (verdict.outcome !== 'fail' || place.tunnel.kind !== 'suspectedBgp' || certain) return verdict;
  return unknown(
    `${gatewayShown(place)} may have learnt a default route, which only the effective routes of a running machine show. If it has: ${verdict.because}`,
    [...tunnelEvidence(place), ...(verdict.evidence ?? [])],
  );
}

const gatewayShown = ({ tunnel: { gateway } }: RoutePlace): string =>
  gateway === undefined
    ? 'A gateway'
    : `The gateway at ${/\/subnets\//i.test(gateway) ? subnetShown(gateway) : shown(gateway)}`;

/** The answer where no tunnel takes the Internet away; undefined where one does, or may. */
export const notTunnelled = (place: RoutePlace): Verdict | undefined =>
  place.tunnel.kind === 'none'
    ? notApplicable(
        `Nothing forces the Internet traffic of ${subnetShown(place.subnet)} through a tunnel.`,
        tunnelEvidence(place),
      )
    : undefined;

/** The answer where nothing is called from outside; undefined where a compute has a public address. */
export function notCalled({ subnet, judgement: { world } }: RoutePlace): Verdict | undefined {
  return publicComputesIn(subnet, world).length > 0
    ? undefined
    : notApplicable(`No compute of ${subnetShown(subnet)} has a public address, so nothing calls in from outside.`);
}

/** The services that call the computes of a place, as its profile has it: in 2020 Machine Learning called instances alone. */
export function servicesAt({ subnet, judgement: { world }, today }: RoutePlace): ExceptionService[] {
  const open = publicComputesIn(subnet, world);
  const instances = open.filter((compute) => computeView(compute).computeType === 'ComputeInstance');
  return [
    ...(open.length > 0 ? [batchService] : []),
    ...((today ? open : instances).length > 0 ? [machineLearningService] : []),
  ];
}

/** ARM's name of the region whose services call. */
export const regionOf = ({ subnet, judgement: { world } }: RoutePlace): string => regionAt(subnet, world);

/** Ids of the subnets that a table serves, as far as it says so or subnets in hand name it. */
export function subnetsServed(tableId: string, world: World): string[] {
  const table = world.peek(tableId);
  const said = table.state === 'read' ? servedBy(table.resource) : [];
  const naming = world.ofType(subnetType).filter((subnet) => sameId(subnetView(subnet).routeTable, tableId));
  return onceEach([...said, ...naming.map(({ id }) => id)]);
}

/** What a change of the table means for everything it serves. */
export function tableRisk({ table, subnet, judgement: { world } }: RoutePlace, what: string): string {
  const served = table ? subnetsServed(table.id, world) : [];
  const others = served.filter((id) => !sameId(id, subnet)).map(subnetShown);
  if (!table || others.length === 0) return what;
  const whom = others.length > 6 ? [...others.slice(0, 5), `${others.length - 5} more`] : others;
  return `${what} The route table ${shown(table.id)} serves ${listed(whom)} as well.`;
}

export const tableShown = ({ table, subnet }: RoutePlace): string =>
  table ? `${shown(table.id)} on ${subnetShown(subnet)}` : subnetShown(subnet);

/** A route of the table, by name. */
export const routeSeen = ({ table }: RoutePlace, name: string | undefined, note: string): Evidence[] => {
  const pointer = table && name !== undefined ? routePointer(table, name) : undefined;
  return table && pointer !== undefined ? [seen(table, pointer, note)] : [];
};

/** The routes of the tunnel and their next hop, or the gateway that is suspected. */
export function tunnelEvidence(place: RoutePlace): Evidence[] {
  const { tunnel, table, subnet } = place;
  const routes = tunnel.routes.slice(0, 4).flatMap(({ name, nextHopType, nextHopIpAddress }) => {
    const hop = clean(`${nextHopType} ${nextHopIpAddress ?? ''}`.trim(), 80);
    return routeSeen(place, name, `takes the Internet to ${hop}`);
  });
  const gateway =
    tunnel.gateway === undefined
      ? []
      : [noted(tunnel.gateway, nameOf(tunnel.gateway), 'a gateway that may have learnt a default route')];
  if (routes.length + gateway.length > 0) return [...routes, ...gateway];
  return [noted(table?.id ?? subnet, tunnel.kind, 'forced tunnel')];
}

/** What is missing, in CIDRs, with the state of the data; and the routes in its way. */
export function coverageEvidence(service: ExceptionService, coverage: Coverage, place: RoutePlace): Evidence[] {
  const { table, subnet, judgement } = place;
  const tags = serviceTagsOf(judgement.world);
  const name = coverage.wanted?.name ?? service.tag;
  const state = tags ? `, of change ${clean(tags.changeNumber || 'unknown', 20)} of the service tags` : '';
  const some = coverage.missing.slice(0, 12);
  const more = coverage.missing.length - some.length;
  const left = [...some, ...(more > 0 ? [`${more} more`] : [])].map((text) => clean(text, 80));
  return [
    noted(table?.id ?? subnet, left, `what of ${clean(name, 80)}${state} does not leave by the Internet`),
    ...coverage.contrary
      .slice(0, 4)
      .flatMap((route) => routeSeen(place, route.name, `leads to ${clean(route.nextHopType, 40)}`)),
  ];
}

/** What mends a finding at the routes of its subnet, or the sentence why nothing does. */
export const routeProposals = (
  finding: Finding,
  judgement: Judgement,
  propose: (place: RoutePlace) => readonly Proposal[] | string,
): readonly Proposal[] | string => proposalsOn(finding, judgement, ({ id }) => propose(placeAt(id, judgement)));
