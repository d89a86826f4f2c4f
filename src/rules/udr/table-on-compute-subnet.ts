// udr.table-on-compute-subnet: the exception routes are in the route table of the subnet that compute uses, not of another.

import { exceptionsOf, machineLearningService } from '../../facts/exception-routes.ts';
import { routeTableAt } from '../../facts/routes.ts';
import { networkOf } from '../../facts/training-subnets.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import { isObject, type JsonObject, sameJson } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { groupIdOf, nameOf, sameId } from '../../model/resource-id.ts';
import { findSubnet, subnetView, vnetOf, vnetView } from '../../resource-types/network-view.ts';
import { listAt } from '../../resource-types/read.ts';
import { routesPointer, routeTableType } from '../../resource-types/route-view.ts';
import { links } from '../parts/links.ts';
import { numberedName, placeToMake } from '../parts/naming.ts';
import { displayName, evidenceAt, fail, listed, noted, pass, subnetShown, unknown } from '../parts/verdict.ts';
import type { Answers, CheckResult, Proposal } from '../rule.ts';
import { routedDirectly } from './parts/change.ts';
import {
  notCalled,
  notTunnelled,
  type RoutePlace,
  routeRule,
  subnetsServed,
  tunnelEvidence,
  withTable,
} from './parts/place.ts';

/** Other subnets of the network whose route table has the exception routes. */
function misplaced({ subnet, context: { index } }: RoutePlace): { subnet: string; table: Resource }[] {
  const network = networkOf(subnet, index);
  return (network ? vnetView(network).subnets : []).flatMap(({ id }) => {
    const table = sameId(id, subnet) ? undefined : routeTableAt(id, index);
    return table && exceptionsOf(machineLearningService, table, index).sure.length > 0 ? [{ subnet: id, table }] : [];
  });
}

function check(place: RoutePlace): CheckResult {
  const silent = notTunnelled(place) ?? notCalled(place);
  if (silent) return silent;
  const { table, subnet, tunnel, context } = place;
  const name = subnetShown(subnet);
  if (table) {
    const served = subnetsServed(table.id, context.index).map(subnetShown);
    return pass(`The route table ${displayName(table.id)} is associated with ${name}.`, [
      evidenceAt(table, '/properties/subnets', `used by ${listed(served)}`),
      ...tunnelEvidence(place),
    ]);
  }
  const there = misplaced(place);
  const evidence = [
    ...tunnelEvidence(place),
    ...there.map((one) => evidenceAt(one.table, routesPointer, `used by ${subnetShown(one.subnet)}`)),
    noted(subnet, null, 'route table'),
  ];
  if (tunnel.kind === 'bgp')
    return fail(`${name} sends Internet traffic to a gateway and has no route table with exception routes.`, evidence);
  const elsewhere = listed(there.map((one) => `${displayName(one.table.id)} on ${subnetShown(one.subnet)}`));
  return there.length > 0
    ? fail(`${name} has no route table; the exception routes are in ${elsewhere}.`, evidence)
    : unknown(
        `${name} has no route table. Whether its gateway has learned a default route is unknown; the effective routes of a running machine show it.`,
        evidence,
      );
}

/** A new route table with the exception routes, then associated with the subnet. */
function createTable(place: RoutePlace, answers: Answers): readonly Proposal[] | string {
  const { index } = place.context;
  const subnet = findSubnet(index, place.subnet);
  const network = networkOf(place.subnet, index);
  const name = subnetShown(place.subnet);
  if (!subnet || !network) return `${name} does not exist.`;
  if (subnetView(subnet).routeTable !== undefined) return `${name} already has a route table.`;
  if (!isObject(subnet.body.properties)) return `The properties of ${name} could not be read.`;
  const body = tableBody(place, vnetView(network).location ?? '', answers);
  if (typeof body === 'string') return body;
  const made = freeTable(place, body);
  const created = { kind: 'create', resource: made.id, edits: [], body } as const;
  const attached = editChange(subnet.id, [setMember(subnet.body, '/properties/routeTable', { id: made.id })]);
  return [
    ...(made.stands ? [] : [{ change: created, phase: 1 as const }]),
    {
      change: attached,
      phase: 2,
      advice: `These routes apply to every machine of ${name}.`,
    },
  ];
}

function tableBody(place: RoutePlace, location: string, answers: Answers): JsonObject | string {
  const body = { location, properties: { disableBgpRoutePropagation: false, routes: [] } };
  const id = `${groupIdOf(vnetOf(place.subnet)) ?? ''}/providers/${routeTableType}/new`;
  const here = withTable(place, { id, type: routeTableType, apiVersion: '', body });
  const routed = routedDirectly(machineLearningService, here, answers);
  if (typeof routed === 'string') return routed;
  const routes = listAt(routed.after.table?.body, routesPointer).flatMap((route) =>
    isObject(route) ? [{ name: route.name ?? '', properties: route.properties ?? {} }] : [],
  );
  return { location, properties: { disableBgpRoutePropagation: false, routes } };
}

/** One that this plan or the history made is identified by its content. */
function freeTable({ subnet, context: { index, isOwn } }: RoutePlace, body: JsonObject) {
  const home = `${groupIdOf(vnetOf(subnet)) ?? ''}/providers/${routeTableType}`;
  const isSame = (there: Resource) =>
    isOwn?.(there.id) === true &&
    sameJson([...listAt(there.body, routesPointer)], [...listAt(body, routesPointer)]) &&
    subnetsServed(there.id, index).length === 0;
  return placeToMake((position) => `${home}/${numberedName(['rt', nameOf(subnet)], 80, position)}`, index, isSame);
}

export const udrTableOnComputeSubnet = routeRule({
  id: 'udr.table-on-compute-subnet',
  answers: { routes: ['tags', 'prefixes'] },
  title: 'Route table is associated with the compute subnet',
  problem: 'Route table not associated with the compute subnet',
  severity: 'critical',
  explain: {
    why: 'A route table applies only to the subnets that use it. Exception routes in the table of another subnet have no effect on the nodes.',
    fix: 'Creates a route table with the routes that Azure Machine Learning needs, by tag or, with --answer routes=prefixes, by prefix. Then associates it with the subnet. Other route tables do not change.',
    breaks: 'Existing connections are not affected. Traffic of this service bypasses the tunnel and is not inspected.',
    links: [links.routes, links.secureTraining, links.manageSubnet],
  },
  fixKind: 'guided',
  isCertain: true,
  check,
  fix: createTable,
});
