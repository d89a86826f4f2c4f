// udr.table-on-compute-subnet: the exceptions hang on the subnet that holds the computes, not on another.
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
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { legalName } from '../parts/naming.ts';
import { ledPast } from '../parts/route-exceptions.ts';
import {
  notCalled,
  notTunnelled,
  type RoutePlace,
  routeJudged,
  routePlaces,
  routeProposals,
  servicesAt,
  subnetsServed,
  subnetType,
  tunnelEvidence,
  withTable,
} from '../parts/route-place.ts';
import { fail, listed, noted, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Answers, Proposal, Verdict } from '../rule.ts';

/** Other subnets of the network whose table leads the services past the tunnel. */
function misplaced({ subnet, judgement: { world } }: RoutePlace): { subnet: string; table: Resource }[] {
  const network = networkOf(subnet, world);
  return (network ? vnetView(network).subnets : []).flatMap(({ id }) => {
    const table = sameId(id, subnet) ? undefined : routeTableAt(id, world);
    const leads = exceptionServices.some((service) => exceptionsOf(service, table, world).sure.length > 0);
    return table && leads ? [{ subnet: id, table }] : [];
  });
}

function judge(place: RoutePlace): Verdict {
  const silent = notTunnelled(place) ?? notCalled(place);
  if (silent) return silent;
  const { table, subnet, tunnel, judgement } = place;
  const name = subnetShown(subnet);
  if (table) {
    const served = subnetsServed(table.id, judgement.world).map(subnetShown);
    return pass(`The route table ${shown(table.id)} hangs on ${name} itself.`, [
      seen(table, '/properties/subnets', `serves ${listed(served)}`),
      ...tunnelEvidence(place),
    ]);
  }
  const there = misplaced(place);
  const evidence = [
    ...tunnelEvidence(place),
    ...there.map((one) => seen(one.table, routesPointer, `hangs on ${subnetShown(one.subnet)}`)),
    noted(subnet, null, 'route table'),
  ];
  const elsewhere = listed(there.map((one) => `${shown(one.table.id)} on ${subnetShown(one.subnet)}`));
  if (tunnel.kind === 'bgp') {
    return fail(
      `A gateway takes the Internet traffic of ${name}, and no route table there leads the service past it.`,
      evidence,
    );
  }
  return there.length > 0
    ? fail(
        `The routes past the tunnel hang in the wrong place, ${elsewhere}; ${name}, which holds the computes, has none.`,
        evidence,
      )
    : unknown(
        `${name} has no route table, and whether its gateway has learnt a default route shows only in the effective routes of a running machine.`,
        evidence,
      );
}

/** A table of its own with the routes past the tunnel, then hung on the subnet. */
function hung(place: RoutePlace, answers: Answers): readonly Proposal[] | string {
  const { world } = place.judgement;
  const subnet = findSubnet(world, place.subnet);
  const network = networkOf(place.subnet, world);
  if (!subnet || !network) return `${subnetShown(place.subnet)} does not exist.`;
  if (subnetView(subnet).routeTable !== undefined) return `${subnetShown(place.subnet)} names a route table already.`;
  if (!isObject(subnet.body.properties)) return `${subnetShown(place.subnet)} is shown without its settings.`;
  const body = bornWith(place, vnetView(network).location ?? '', answers);
  if (typeof body === 'string') return body;
  const made = freeTable(place, body);
  const created = { kind: 'create', resource: made.id, edits: [], body } as const;
  const attached = editChange(subnet.id, [setMember(subnet.body, '/properties/routeTable', { id: made.id })]);
  return [
    ...(made.stands
      ? []
      : [{ change: created, phase: 1 as const, risk: 'A new table, which decides nothing until a subnet names it.' }]),
    {
      change: attached,
      phase: 2,
      risk: `From then on these routes decide for every machine of ${subnetShown(subnet.id)}: what Batch and Azure Machine Learning answer at is reached past the tunnel, uninspected.`,
    },
  ];
}

function bornWith(place: RoutePlace, location: string, answers: Answers): JsonObject | string {
  const body = { location, properties: { disableBgpRoutePropagation: false, routes: [] } };
  const id = `${groupIdOf(vnetOf(place.subnet)) ?? ''}/providers/${routeTableType}/new`;
  let here = withTable(place, { id, type: routeTableType, apiVersion: '', body });
  for (const service of servicesAt(place)) {
    const led = ledPast(service, here, answers);
    if (typeof led === 'string') return led;
    here = led.after;
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

export const udrTableOnComputeSubnet = defineRule({
  id: 'udr.table-on-compute-subnet',
  title: "The exception routes hang on the compute's own subnet",
  severity: 'critical',
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'A route table decides for the subnets that name it and for no others: routes past the tunnel that hang on another subnet do nothing for the nodes.',
    fix: 'Makes a route table with the routes that Batch and Azure Machine Learning need, by tag or, with --answer routes=prefixes, by prefix, and then hangs it on the subnet. No route of another table is touched.',
    breaks: 'Nothing that works today. Traffic of these services leaves the network past the tunnel, uninspected.',
    links: [links.routes, links.secureTraining, links.manageSubnet],
  },
  fixKind: 'guided',
  undo: 'exact',
  subjects: routePlaces,
  check: (subject, judgement) => routeJudged(subject, judgement, judge, true),
  fix: (finding, judgement, answers) => routeProposals(finding, judgement, (place) => hung(place, answers)),
});
