// compute.explicit-outbound: a subnet whose computes have no public address has a way out that somebody meant.
import { findSubnet, subnetType, subnetView } from '../../kinds/network-view.ts';
import { sameId } from '../../model/resource-id.ts';
import { clean } from '../../model/text.ts';
import type { World } from '../../model/world.ts';
import { type Seat, seats } from '../../posture/compute-networks.ts';
import { outboundWay } from '../../posture/explicit-outbound.ts';
import { tunnelOf } from '../../posture/tunnel.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { natProposals } from '../parts/nat.ts';
import { placeJudged, sitterShown } from '../parts/places.ts';
import { proposalsOn } from '../parts/subjects.ts';
import { fail, listed, notApplicable, noted, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

const gatewayPointer = '/properties/natGateway/id';
const defaultPointer = '/properties/defaultOutboundAccess';

const hiddenIn = (subnet: string, world: World): Seat[] =>
  seats(world).filter((seat) => !seat.isPublic && sameId(seat.subnet, subnet));

/** Each subnet in which a compute has no public address; the workspace where there is none. */
function subjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = onceEach(seats(world).flatMap(({ isPublic, subnet }) => (isPublic ? [] : [subnet])));
  if (found.length === 0) return [{ resource: workspace }];
  return found.map((id) => {
    const seenThere = world.peek(id);
    return { resource: seenThere.state === 'read' ? seenThere.resource.id : id };
  });
}

const appliances = (subnet: string, world: World): string[] =>
  tunnelOf(subnet, world).appliances.map((address) => clean(address, 60));

function judge(id: string, { world }: Judgement): Verdict {
  const name = subnetShown(id);
  const subnet = findSubnet(world, id);
  if (!subnet) return notApplicable(`The subnet ${name} does not exist; workspace.network-preexists speaks of that.`);
  const hidden = hiddenIn(id, world);
  const { natGateway } = subnetView(subnet);
  const evidence = [
    noted(id, hidden.map(sitterShown), 'computes without a public address'),
    seen(subnet, gatewayPointer, 'NAT gateway'),
    seen(subnet, '/properties/routeTable/id', 'route table'),
    seen(subnet, defaultPointer, 'outbound access by default'),
  ];
  const who = listed(hidden.map(sitterShown));
  switch (outboundWay(id, world)) {
    case 'nat':
      return pass(`${name} goes out through the NAT gateway ${shown(natGateway ?? '')}.`, evidence);
    case 'dropped':
      return fail(`A route of ${name} drops everything that leaves it: its computes have no way out.`, evidence);
    case 'lost':
      return fail(
        `The routes out of ${name} lead to the appliance at ${listed(appliances(id, world))}, which lies in no network that it reaches: its computes have no way out.`,
        evidence,
      );
    case 'feared':
      return unknown(`${name} may have learnt a way out from a gateway, which no resource shows.`, evidence);
    case 'routed':
      return pass(`Routes lead out of ${name} through an appliance or a gateway.`, evidence);
    case 'none':
      return fail(
        `${name} has no way out at all: neither a NAT gateway nor a route, and outbound access by default is off. ${capital(who)} cannot start.`,
        evidence,
      );
    default:
      return fail(
        `${name} has neither a NAT gateway nor a route to an appliance: ${who} ${hidden.length === 1 && !hidden[0]?.isServerless ? 'gets' : 'get'} out by Azure’s default, which nobody promised and new networks no longer have.`,
        evidence,
        'medium',
      );
  }
}
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const computeExplicitOutbound = defineRule({
  id: 'compute.explicit-outbound',
  title: 'Explicit way out for computes without public IP',
  severity: 'high',
  profiles: ['current'],
  for: ['service-endpoint', 'private-endpoint'],
  about: subnetType,
  explain: {
    why: 'Nodes without a public address need a NAT gateway or a routed firewall to fetch images and packages. Azure’s own default is being withdrawn: new networks come without it.',
    fix: 'Hangs the NAT gateway of the network on the subnet; where it has none, makes one with a public address of its own first.',
    breaks:
      'The gateway and its address are billed by the hour, traffic by volume. The subnet’s outbound address changes, so IP rules elsewhere that admitted the old one stop matching. An undo takes the gateway off and deletes what was made; the address is lost.',
    links: [links.secureTraining, links.defaultOutbound, links.natGateway],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'workspace.managed-network-provisioned',
  subjects,
  check: (subject, judgement) => placeJudged(subject, judgement, (id) => judge(id, judgement)),
  fix: (finding, judgement) =>
    proposalsOn(finding, judgement, (subnet) =>
      ['dropped', 'lost'].includes(outboundWay(subnet.id, judgement.world) ?? '')
        ? `Routes of ${subnetShown(subnet.id)} take its traffic before a NAT gateway would see it: they come first.`
        : natProposals(subnet, judgement),
    ),
});
