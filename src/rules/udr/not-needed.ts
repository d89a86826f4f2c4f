// udr.not-needed: no way past the tunnel stays open for a service that calls nobody here.
import { computeView } from '../../kinds/workspace-view.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import { exceptionServices, exceptionsOf, type UserRoute } from '../../posture/exception-routes.ts';
import { computesIn, publicComputesIn, trainingSubnets } from '../../posture/training-subnets.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { deleteRoutes } from '../parts/route-change.ts';
import { proposedAway } from '../parts/route-exceptions.ts';
import {
  type RoutePlace,
  routeJudged,
  routePlaces,
  routeProposals,
  routeSeen,
  subnetsServed,
  subnetType,
  tableShown,
} from '../parts/route-place.ts';
import { unknownForTags } from '../parts/training.ts';
import { fail, listed, notApplicable, noted, quoted, subnetShown } from '../parts/verdict.ts';
import type { Verdict } from '../rule.ts';

function leftOvers({ table, judgement: { world } }: RoutePlace): { sure: UserRoute[]; unsure: UserRoute[] } {
  const found = exceptionServices.map((service) => exceptionsOf(service, table, world));
  const sure = found.flatMap((one) => one.sure);
  const unsure = new Map(found.flatMap((one) => one.unsure).map((route) => [route.resource.id, route]));
  return {
    sure,
    unsure: [...unsure.values()].filter((route) => !sure.some(({ resource }) => resource === route.resource)),
  };
}

/** A training subnet of the same table whose computes are called. */
const needing = ({ table, subnet, judgement: { world } }: RoutePlace): string | undefined => {
  const served = table ? subnetsServed(table.id, world) : [];
  return trainingSubnets(world)
    .map((one) => one.subnet)
    .find(
      (id) => !sameId(id, subnet) && served.some((one) => sameId(one, id)) && publicComputesIn(id, world).length > 0,
    );
};

function judge(place: RoutePlace): Verdict {
  const { subnet, table, judgement } = place;
  const name = subnetShown(subnet);
  const open = publicComputesIn(subnet, judgement.world);
  if (open.length > 0) return notApplicable(`Computes of ${name} have public addresses, so the service calls them.`);
  const nodes = computesIn(subnet, judgement.world).filter((compute) =>
    ['AmlCompute', 'ComputeInstance'].includes(computeView(compute).computeType ?? ''),
  );
  if (nodes.length === 0) return notApplicable(`No cluster and no instance sits in ${name}.`);
  const { sure, unsure } = leftOvers(place);
  if (sure.length === 0) {
    return unsure.length === 0
      ? notApplicable(`${tableShown(place)} holds no route for a service that calls computes.`)
      : unknownForTags(
          place.judgement.world,
          `Whether routes at ${tableShown(place)} are there for a service that calls nobody is not known: no service-tag data is at hand.`,
          [noted(table?.id ?? subnet, unsure.length, 'routes to the Internet')],
        );
  }
  const other = needing(place);
  if (other !== undefined) {
    return notApplicable(`${tableShown(place)} also serves ${subnetShown(other)}, whose computes are called.`, [
      noted(other, null, 'a subnet with computes that are called'),
    ]);
  }
  const each = sure.slice(0, 4).map(({ name: route, prefix }) => `${quoted(route)} (${clean(prefix, 60)})`);
  const more = sure.length > each.length ? [`${sure.length - each.length} more`] : [];
  return fail(
    `No compute of ${name} has a public address, and routes past the tunnel are left: ${listed([...each, ...more])}.`,
    [
      ...sure.slice(0, 8).flatMap((route) => routeSeen(place, route.name, 'leads past the tunnel')),
      noted(subnet, nodes.length, 'computes, none with a public address'),
    ],
  );
}

export const udrNotNeeded = defineRule({
  id: 'udr.not-needed',
  title: 'Exception routes left over for computes without public IP',
  severity: 'info',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Nodes without a public address call the service themselves; nothing calls them, so routes past the firewall for such calls are only holes in it.',
    fix: 'Deletes the routes to the Internet that belong to Batch or Azure Machine Learning.',
    breaks:
      'Whatever else used this way past the appliance goes through it from then on, in every subnet that the table serves.',
    links: [links.securedTraffic, links.routes],
  },
  fixKind: 'auto',
  undo: 'exact',
  subjects: routePlaces,
  check: (subject, judgement) => routeJudged(subject, judgement, judge),
  fix: (finding, judgement) =>
    routeProposals(finding, judgement, (place) =>
      proposedAway(
        place,
        deleteRoutes(
          place,
          leftOvers(place).sure.map(({ resource }) => resource),
        ),
        'Whatever else used this way past the appliance goes through it from then on.',
      ),
    ),
});
