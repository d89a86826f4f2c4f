// keyvault.private-endpoint: the vault is reached privately, by name, from where it is needed.
import { vnetOf } from '../../kinds/network-view.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { customerEndpoints, peersOf, reachedPrivately } from '../../posture/endpoints.ts';
import { vaultType } from '../../posture/links.ts';
import { knownNeedsOf } from '../../posture/needs.ts';
import { defineRule } from '../define.ts';
import { vaultJudged, type Wall, wallOf } from '../parts/firewall.ts';
import { links } from '../parts/links.ts';
import { onceEach } from '../parts/naming.ts';
import { chooseSubnet, endpointProposals, endpointSubnets } from '../parts/private-link.ts';
import { giveEndpoints, namesResolve } from '../parts/private-side.ts';
import { proposalsOn, vaults } from '../parts/subjects.ts';
import { fail, listed, pass, seen, shown, together } from '../parts/verdict.ts';
import { privateWayIn } from '../parts/way-in.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';

const groups = ['vault'];
const isManaged = (wall: Wall, { world }: Judgement): boolean =>
  strategyOf(wall.resource.id, world) === 'managed-network';
const networksOf = (wall: Wall, { world }: Judgement): string[] =>
  onceEach(knownNeedsOf(wall.resource.id, world).map(vnetOf));

function judge(wall: Wall, judgement: Judgement): Verdict {
  const { world } = judgement;
  const inside = privateWayIn(wall, world);
  const vnets = networksOf(wall, judgement);
  if (isManaged(wall, judgement) || inside.outcome === 'fail') return inside;
  const own = customerEndpoints(wall.resource.id, world).flatMap(({ vnet }) => vnet ?? []);
  const verdict = together('high', [
    () => inside,
    ...vnets.map((vnet) => () => reaches(wall, vnet, judgement)),
    () => namesResolve(wall, groups, vnets.length > 0 ? vnets : onceEach(own), world),
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
  return reachedPrivately(wall.resource.id, vnet, world, groups)
    ? pass(`${shown(vnet)} reaches the ${wall.name} privately.`, evidence)
    : fail(
        `Neither ${shown(vnet)} nor a network it is peered with holds a private endpoint of the ${wall.name}.`,
        evidence,
      );
}

function mend(wall: Wall, judgement: Judgement, answers: Answers): readonly Proposal[] | string {
  const { world } = judgement;
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

export const keyvaultPrivateEndpoint = defineRule({
  id: 'keyvault.private-endpoint',
  title: 'Vault private endpoint and DNS',
  severity: 'high',
  profiles: ['current'],
  for: ['private-endpoint', 'managed-network'],
  about: vaultType,
  explain: {
    why: 'Computes and people in studio read the workspace’s secrets: without an endpoint, and the zone that leads to it, they come to the public door or not at all.',
    fix: 'Makes a private endpoint of the vault in the subnet you name (answer subnet=VNET/NAME), with its private zone, linked to the networks of your computes; a connection that only waits is approved instead. Under a managed network: an outbound rule, and the network provisioned.',
    breaks:
      'A linked network resolves every name of that zone privately: other vaults without a record there stop resolving for it. The endpoint is billed by the hour. Provisioning a managed network cannot be taken back.',
    links: [links.vaultFirewall, links.privateDns, links.managedNetwork],
  },
  fixKind: 'guided',
  undo: 'exact',
  instead: 'keyvault.vnet-rule-compute-subnet',
  subjects: vaults,
  check: (subject, judgement) => vaultJudged(subject.resource, judgement, (wall) => judge(wall, judgement)),
  fix: (finding, judgement, answers) =>
    proposalsOn(finding, judgement, (vault) => mend(wallOf(vault, 'vault'), judgement, answers)),
});
