// How the clusters of an injected Databricks workspace get at the workspace's own account: the verdict and the fix of
// `databricks.storage-same-vnet`.
import { listAt } from '../../kinds/read.ts';
import type { Resource } from '../../model/resource.ts';
import { strategyOf } from '../../posture/architecture.ts';
import { peersOf, reachedPrivately } from '../../posture/endpoints.ts';
import { accountGroups } from '../../posture/groups.ts';
import type { Answers, Judgement, Proposal, Verdict } from '../rule.ts';
import { chooseSubnet, endpointSubnets, freeAddresses } from './choose-subnet.ts';
import { type Injected, subnetsJudged } from './databricks.ts';
import { subnetRuleFor, switchPointer, type Wall } from './firewall.ts';
import { admitsSubnet } from './firewall-verdicts.ts';
import { onceEach } from './naming.ts';
import { endpointProposals } from './private-link.ts';
import { admitSubnet, inTurn } from './proposals.ts';
import { fail, notApplicable, pass, seen, shown, together } from './verdict.ts';

export function clustersReach(wall: Wall, injected: Injected, judgement: Judgement): Verdict {
  const { world } = judgement;
  const evidence = [
    seen(wall.resource, wall.at.action, 'default action'),
    seen(wall.resource, switchPointer, 'public access'),
  ];
  if (wall.door === 'open') return notApplicable(`The ${wall.name} is open to every network.`, evidence);
  const strategy = strategyOf(wall.resource.id, world);
  if (strategy === 'service-endpoint') return bySubnets(wall, injected, judgement);
  const isPublic = wall.view.publicNetworkAccess !== 'Disabled';
  const admitted = injected.subnets?.every((subnet) => subnetRuleFor(wall, subnet)) ?? false;
  if (strategy === 'private-endpoint' && isPublic && admitted) return bySubnets(wall, injected, judgement);
  const ends = [seen(wall.resource, '/properties/privateEndpointConnections', 'private endpoint connections')];
  return reachedPrivately(wall.resource.id, injected.network, world)
    ? pass(`${shown(injected.network)} reaches the ${wall.name} privately.`, ends)
    : fail(
        `Neither ${shown(injected.network)}, where the clusters of ${shown(injected.resource.id)} sit, nor a network it is peered with reaches the ${wall.name} privately.`,
        [...evidence, ...ends],
      );
}

const bySubnets = (wall: Wall, injected: Injected, { world }: Judgement): Verdict =>
  subnetsJudged(injected, (subnets) =>
    together(
      'high',
      subnets.map((subnet) => () => admitsSubnet(wall, subnet, world, 'high')),
    ),
  );

export function letClustersIn(
  wall: Wall,
  injected: Injected,
  judgement: Judgement,
  answers: Answers,
): readonly Proposal[] | string {
  if (strategyOf(wall.resource.id, judgement.world) !== 'service-endpoint') {
    return byEndpoints(wall, injected, judgement, answers);
  }
  if (!injected.subnets) return `${shown(injected.resource.id)} does not name both of its subnets.`;
  return inTurn(
    wall,
    injected.subnets.map((subnet) => (here: Wall) => admitSubnet(here, subnet, judgement)),
  );
}

/** Endpoints for what clusters read by (blob, lake) and for whatever else the workspace uses of the account. */
function byEndpoints(
  { resource }: Wall,
  { network }: Injected,
  judgement: Judgement,
  answers: Answers,
): readonly Proposal[] | string {
  const { world } = judgement;
  const candidates = endpointSubnets([network], world);
  const subnet =
    answers.subnet === undefined ? (roomiest(candidates) ?? none(network)) : chooseSubnet(answers, candidates);
  const groups = [...new Set([...accountGroups(resource.id, world), 'blob', 'dfs'])];
  const within = onceEach([network, ...peersOf(network, world)]);
  return endpointProposals({ target: resource, groups, subnet, vnets: [network], within }, judgement);
}

/** Where endpoints are already, else where most addresses are free. */
function roomiest(subnets: readonly Resource[]): Resource | undefined {
  const ends = ({ body }: Resource) => Math.min(1, listAt(body, '/properties/privateEndpoints').length);
  return subnets.toSorted((a, b) => ends(b) - ends(a) || (freeAddresses(b) ?? 0) - (freeAddresses(a) ?? 0))[0];
}
const none = (network: string): string =>
  `No subnet of ${shown(network)} takes a private endpoint: the two of Databricks are delegated. Make one for endpoints first.`;
