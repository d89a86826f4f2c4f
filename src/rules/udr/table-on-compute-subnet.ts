// udr.table-on-compute-subnet: the exception routes are in the route table of the subnet that compute uses, not of another.
import { findSubnet, subnetView, vnetOf, vnetView } from '../../kinds/network-view.ts';
import { listAt } from '../../kinds/read.ts';
import { routesPointer, routeTableType } from '../../kinds/route-view.ts';
import { editChange } from '../../model/change.ts';
import { setMember } from '../../model/edit.ts';
import { isObject, type JsonObject, sameJson } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { groupIdOf, nameOf, sameId } from '../../model/resource-id.ts';
import { exceptionServices, exceptionsOf } from '../../posture/exception-routes.ts';
import { routeTableAt } from '../../posture/routes.ts';
import { networkOf } from '../../posture/training-subnets.ts';
import { links } from '../parts/links.ts';
import { legalName } from '../parts/naming.ts';
import { fail, listed, noted, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Answers, Proposal, Verdict } from '../rule.ts';
import { routedDirectly } from './parts/change.ts';
import {
  notCalled,
  notTunnelled,
  type RoutePlace,
  routeRule,
  servicesAt,
  subnetsServed,
  tunnelEvidence,
  withTable,
} from './parts/place.ts';

/** Other subnets of the network whose route table has the exception routes. */
function misplaced({ subnet, judgement: { world } }: RoutePlace): { subnet: string; table: Resource }[] {
  const network = networkOf(subnet, world);
  return (network ? vnetView(network).subnets : []).flatMap(({ id }) => {
    const table = sameId(id, subnet) ? undefined : routeTableAt(id, world);
    const leads = exceptionServices.some((service) => exceptionsOf(service, table, world).sure.length > 0);
    return table && leads ? [{ subnet: id, table }] : [];
  });
}

function check(place: RoutePlace): Verdict {
  const silent = notTunnelled(place) ?? notCalled(place);
  if (silent) return silent;
  const { table, subnet, tunnel, judgement } = place;
  const name = subnetShown(subnet);
  if (table) {
    const served = subnetsServed(table.id, judgement.world).map(subnetShown);
    return pass(`The route table ${shown(table.id)} is associated with ${name}.`, [
      seen(table, '/properties/subnets', `used by ${listed(served)}`),
      ...tunnelEvidence(place),
    ]);
  }
  const there = misplaced(place);
  const evidence = [
    ...tunnelEvidence(place),
    ...there.map((one) => seen(one.table, routesPointer, `used by ${subnetShown(one.subnet)}`)),
    noted(subnet, null, 'route table'),
  ];
  if (tunnel.kind === 'bgp')
    return fail(`${name} sends Internet traffic to a gateway and has no route table with exception routes.`, evidence);
  const elsewhere = listed(there.map((one) => `${shown(one.table.id)} on ${subnetShown(one.subnet)}`));
  return there.length > 0
    ? fail(`${name} has no route table; the exception routes are in ${elsewhere}.`, evidence)
    : unknown(
        `${name} has no route table. Whether its gateway has learned a default route is unknown; the effective routes of a running machine show it.`,
        evidence,
      );
}

/** A new route table with the exception routes, then associated with the subnet. */
function createTable(place: RoutePlace, answers: Answers): readonly Proposal[] | string {
  const { world } = place.judgement;
  const subnet = findSubnet(world, place.subnet);
  const network = networkOf(place.subnet, world);
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
    ...(made.stands
      ? []
      : [{ change: created, phase: 1 as const, risk: 'The new route table has no effect until a subnet uses it.' }]),
    {
      change: attached,
      phase: 2,
      risk: `These routes apply to every machine of ${name}: traffic to Azure Batch and Azure Machine Learning bypasses the tunnel, uninspected.`,
    },
  ];
}

function tableBody(place: RoutePlace, location: string, answers: Answers): JsonObject | string {
  const body = { location, properties: { disableBgpRoutePropagation: false, routes: [] } };
  const id = `${groupIdOf(vnetOf(place.subnet)) ?? ''}/providers/${routeTableType}/new`;
  let here = withTable(place, { id, type: routeTableType, apiVersion: '', body });
  for (const service of servicesAt(place)) {
    const routed = routedDirectly(service, here, answers);
    if (typeof routed === 'string') return routed;
    here = routed.after;
  }
  const routes = listAt(here.table?.body, routesPointer).flatMap((route) =>
    isObject(route) ? [{ name: route.name ?? '', properties: route.properties ?? {} }] : [],
  );
  return { location, properties: { disableBgpRoutePropagation: false, routes } };
}

/** A name that is free; the table of an earlier phase of the same plan is found again by what it holds. */
function freeTable({ subnet, judgement: { world } }: RoutePlace, body: JsonObject): { id: string; stands: boolean } {
  for (let index = 1; ; index += 1) {
    const name = legalName(['rt', nameOf(subnet), ...(index > 1 ? [String(index)] : [])], 80);
    const id = `${groupIdOf(vnetOf(subnet)) ?? ''}/providers/${routeTableType}/${name}`;
    const there = world.peek(id);
    if (there.state !== 'read') return { id, stands: false };
    const routes = listAt(there.resource.body, routesPointer);
    if (sameJson([...routes], [...listAt(body, routesPointer)]) && subnetsServed(id, world).length === 0) {
      return { id, stands: true };
    }
  }
}

export const udrTableOnComputeSubnet = routeRule({
  id: 'udr.table-on-compute-subnet',
  title: 'Route table is associated with the compute subnet',
  problem: 'Route table not associated with the compute subnet',
  severity: 'critical',
  explain: {
    why: 'A route table applies only to the subnets that use it. Exception routes in the table of another subnet do nothing for the nodes.',
    fix: 'Creates a route table with the routes that Azure Batch and Azure Machine Learning need, by tag or, with --answer routes=prefixes, by prefix. Then associates it with the subnet. Other route tables do not change.',
    breaks: 'No existing connection breaks. Traffic of these services bypasses the tunnel, uninspected.',
    links: [links.routes, links.secureTraining, links.manageSubnet],
  },
  fixKind: 'guided',
  isCertain: true,
  check,
  fix: createTable,
});
