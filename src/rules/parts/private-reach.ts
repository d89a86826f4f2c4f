// A vault or a registry reached privately, by its own name, from every network that needs it: the verdict of
// `keyvault.private-endpoint` and `acr.private-endpoint`, and the fix that gives what is missing.
import { vnetOf } from '../../kinds/network-view.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { customerEndpoints, peersOf, reachedPrivately } from '../../posture/endpoints.ts';
import { knownNeedsOf } from '../../posture/needs.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';
import type { Wall } from './firewall.ts';
import { onceEach } from './naming.ts';
import { chooseSubnet, endpointProposals, endpointSubnets } from './private-link.ts';
import { giveEndpoints, namesResolve } from './private-side.ts';
import { fail, listed, pass, seen, shown, together } from './verdict.ts';
import { privateWayIn } from './way-in.ts';

/** Both have one group, of the name of the service. */
const groupsOf = (wall: Wall): readonly string[] => [wall.service];
const isManaged = (wall: Wall, { world }: Judgement): boolean =>
  strategyOf(wall.resource.id, world) === 'managed-network';
const networksOf = (wall: Wall, { world }: Judgement): string[] =>
  onceEach(knownNeedsOf(wall.resource.id, world).map(vnetOf));

export function reachedByAll(wall: Wall, judgement: Judgement): Verdict {
  const { world } = judgement;
  const inside = privateWayIn(wall, world);
  const vnets = networksOf(wall, judgement);
  if (isManaged(wall, judgement) || inside.outcome === 'fail') return inside;
  const own = customerEndpoints(wall.resource.id, world).flatMap(({ vnet }) => vnet ?? []);
  const verdict = together('high', [
    () => inside,
    ...vnets.map((vnet) => () => reaches(wall, vnet, judgement)),
    () => namesResolve(wall, groupsOf(wall), vnets.length > 0 ? vnets : onceEach(own), world),
  ]);
  return verdict.outcome === 'pass'
    ? pass(
        `The ${wall.name} is reached privately, by its own name, from every network that needs it.`,
        verdict.evidence,
      )
    : verdict;
}

/** Throws GapRead where an endpoint that could make the difference was not read. */
function reaches(wall: Wall, vnet: string, { world }: Judgement): Verdict {
  const evidence = [seen(wall.resource, '/properties/privateEndpointConnections', 'private endpoint connections')];
  return reachedPrivately(wall.resource.id, vnet, world, groupsOf(wall))
    ? pass(`${shown(vnet)} reaches the ${wall.name} privately.`, evidence)
    : fail(
        `Neither ${shown(vnet)} nor a network it is peered with holds a private endpoint of the ${wall.name}.`,
        evidence,
      );
}

/** Guided: the operator names the subnet of the endpoint (`subnet=VNET/NAME`). */
export function giveReach(wall: Wall, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  const { world } = judgement;
  const groups = groupsOf(wall);
  const vnets = networksOf(wall, judgement);
  const cut = vnets.filter((vnet) => !reachedPrivately(wall.resource.id, vnet, world, groups));
  if (isManaged(wall, judgement) || vnets.length === 0) return giveEndpoints(wall, groups, judgement, answers);
  const [first] = cut;
  if (first === undefined) {
    return endpointProposals({ target: wall.resource, groups, subnet: noneNeeded(wall), vnets }, judgement);
  }
  const around = (vnet: string) => onceEach([vnet, ...peersOf(vnet, world)]);
  const open = onceEach(cut.flatMap(around)).filter((id) => world.peek(id).state === 'read');
  const subnet = chooseSubnet(answers, endpointSubnets(open, world));
  const made = endpointProposals(
    {
      target: wall.resource,
      groups,
      subnet,
      vnets,
      within: typeof subnet === 'string' ? around(first) : around(vnetOf(subnet.id)),
    },
    judgement,
  );
  return typeof made === 'string' && cut.length > 1
    ? `${made} ${listed(cut.map(shown))} each need one: run the fix once for each.`
    : made;
}
const noneNeeded = (wall: Wall) => `The ${wall.name} has its private endpoints.`;
