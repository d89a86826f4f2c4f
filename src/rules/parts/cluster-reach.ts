// Do the nodes of a cluster get into an account, a vault or a registry from their own network (rules-catalogue 5.9)? Shared by the
// rules that ask for the account alone and for everything a cluster depends on.
import { vnetOf } from '../../kinds/network-view.ts';
import { fold, sameId } from '../../model/resource-id.ts';
import { GapRead } from '../../model/world.ts';
import { auditedAccounts, auditedRegistries, auditedVaults } from '../../posture/accounts.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { customerEndpoints, reachedPrivately } from '../../posture/endpoints.ts';
import type { Answers, Judgement, Proposal, Subject, Verdict } from '../rule.ts';
import { type Attached, attachedOf, attachedSubjects, nodeNetworks, nodeSubnets, podSubnets } from './clusters.ts';
import { type Service, unclear, type Wall } from './firewall.ts';
import { admitsSubnet } from './firewall-verdicts.ts';
import { onceEach } from './naming.ts';
import { chooseSubnet, endpointProposals, endpointSubnets } from './private-link.ts';
import { admitSubnet, inTurn } from './proposals.ts';
import { inPremium, unseenSubnetRules } from './registry.ts';
import { fail, pass, seen, shown, together } from './verdict.ts';

const connections = '/properties/privateEndpointConnections';

/** What a cluster depends on: accounts, vault, registry. */
export const dependencies = ({ world }: Judgement): readonly { readonly id: string; readonly service: Service }[] => [
  ...auditedAccounts(world).map(({ id }) => ({ id, service: 'storage' as const })),
  ...auditedVaults(world).map(({ id }) => ({ id, service: 'vault' as const })),
  ...auditedRegistries(world).map(({ id }) => ({ id, service: 'registry' as const })),
];

/** Each cluster with each of these; a cluster that was not read, or is in no subnet of the customer's, by itself. */
export function pairsWith(ids: readonly string[], judgement: Judgement): Subject[] {
  const { world } = judgement;
  return attachedSubjects(judgement).flatMap((subject): Subject[] => {
    const compute = world.peek(subject.resource);
    try {
      const one = compute.state === 'read' ? attachedOf(compute.resource, world) : undefined;
      const isPlaced = one !== undefined && one !== 'gone' && nodeSubnets(one).length > 0;
      return isPlaced && ids.length > 0 ? ids.map((where) => ({ resource: subject.resource, where })) : [subject];
    } catch (error) {
      if (error instanceof GapRead) return [subject];
      throw error;
    }
  });
}

/** Which subnets must be let in, and which groups an endpoint must have. */
export interface Reach {
  readonly subnets: readonly string[];
  readonly groups: readonly string[];
  /** Does an endpoint in a connected peer of the nodes' network count? */
  readonly peers: boolean;
}
export const allSubnets = (one: Attached): string[] => onceEach([...nodeSubnets(one), ...podSubnets(one)]);

/** Throws GapRead where an endpoint that decides was not read. */
export function reached(wall: Wall, one: Attached, reach: Reach, { world }: Judgement): Verdict {
  if (wall.door === 'open') {
    return pass(`The ${wall.name} is open, so the nodes of the ${one.name} get in.`, [
      seen(wall.resource, wall.at.action, 'what happens to whoever no rule names'),
    ]);
  }
  const odd = unclear(wall);
  if (odd) return odd;
  if (strategyOf(wall.resource.id, world) === 'service-endpoint') {
    const unseen = wall.service === 'registry' ? unseenSubnetRules(wall, world) : undefined;
    if (unseen) return unseen;
    return together(
      'high',
      reach.subnets.map((subnet) => () => admitsSubnet(wall, subnet, world, 'high')),
    );
  }
  return together(
    'high',
    nodeNetworks(one).map((vnet) => () => reachedFrom(wall, vnet, reach, world)),
  );
}

function reachedFrom(wall: Wall, vnet: string, { groups, peers }: Reach, world: Judgement['world']): Verdict {
  const evidence = [seen(wall.resource, connections, 'private endpoint connections')];
  const ends = customerEndpoints(wall.resource.id, world).filter((end) => sameId(end.vnet, vnet));
  if (groups.every((group) => ends.some((end) => end.groups?.includes(fold(group))))) {
    return pass(`The ${wall.name} has a private endpoint in ${shown(vnet)}.`, evidence);
  }
  const near = reachedPrivately(wall.resource.id, vnet, world, groups);
  if (near && peers) {
    return pass(
      `The ${wall.name} is reached by a private endpoint in a network that ${shown(vnet)} is peered with; aks.dependencies-same-vnet is stricter.`,
      evidence,
    );
  }
  const where = near ? 'only in a network beside it' : 'neither there nor in a peer of it';
  return fail(
    `The nodes in ${shown(vnet)} do not reach the ${wall.name} as they must: its private endpoint is ${where}.`,
    evidence,
  );
}

/** What lets the nodes in, by the strategy of the resource; guided where an endpoint needs a subnet. */
export function letIn(
  wall: Wall,
  one: Attached,
  reach: Reach,
  judgement: Judgement,
  answers: Answers,
): readonly Proposal[] | string {
  const { world } = judgement;
  if (strategyOf(wall.resource.id, world) === 'service-endpoint') {
    const admit = (here: Wall) =>
      inTurn(
        here,
        reach.subnets.map((subnet) => (step: Wall) => admitSubnet(step, subnet, judgement)),
      );
    return wall.service === 'registry' ? inPremium(wall, answers, admit) : admit(wall);
  }
  const vnets = nodeNetworks(one);
  const subnet = chooseSubnet(answers, endpointSubnets(vnets, world));
  const within = typeof subnet === 'string' ? vnets : [vnetOf(subnet.id)];
  return endpointProposals({ target: wall.resource, groups: reach.groups, subnet, vnets, within }, judgement);
}
