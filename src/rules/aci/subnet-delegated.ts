// aci.subnet-delegated: where models go to container instances, a subnet is handed to them.
import { showsSubnets, vnetType, vnetView } from '../../kinds/network-view.ts';
import { workspaceType } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { subscriptionOf } from '../../model/resource-id.ts';
import { containerSubnets, isDelegatedToContainers } from '../../posture/container-instances.ts';
import { defineRule } from '../define.ts';
import { aciJudged } from '../parts/container-instances.ts';
import { handOver } from '../parts/delegate.ts';
import { links } from '../parts/links.ts';
import { proposalsOn, workspaces } from '../parts/subjects.ts';
import { fail, listed, noted, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import type { Judgement, Verdict } from '../rule.ts';

function judge({ world }: Judgement): Verdict {
  const found = containerSubnets(world);
  if (found.length > 0) return handed(found);
  const workspace = world.snapshot.workspace ?? '';
  // Elsewhere in the subscription there may be one: only the list of its networks tells.
  const networks = world.list(`/subscriptions/${subscriptionOf(workspace) ?? ''}/providers/${vnetType}`);
  const inside = networks.flatMap((network) => vnetView(network).subnets).filter(isDelegatedToContainers);
  if (inside.length > 0) return handed(inside);
  const evidence = [
    noted(workspace, world.snapshot.intents.usesAci ?? null, 'your answer to usesAci'),
    ...networks.map((network) => seen(network, '/properties/subnets', 'its subnets and their delegations')),
  ];
  const silent = networks.find((network) => !showsSubnets(network));
  if (silent) return unknown(`The answer for ${shown(silent.id)} does not show its subnets.`, evidence);
  return fail(
    'Models are deployed to container instances, and no subnet is delegated to them: none can be placed in your network.',
    evidence,
  );
}

function handed(subnets: readonly Resource[]): Verdict {
  const evidence = subnets.map((subnet) => seen(subnet, '/properties/delegations', 'delegations'));
  const is = subnets.length === 1 ? 'is' : 'are';
  return pass(`${listed(subnets.map(({ id }) => subnetShown(id)))} ${is} handed to container instances.`, evidence);
}

export const aciSubnetDelegated = defineRule({
  id: 'aci.subnet-delegated',
  title: 'A subnet is delegated for container instances',
  severity: 'high',
  for: ['service-endpoint', 'private-endpoint'],
  about: workspaceType,
  explain: {
    why: 'The platform puts a container group only into a subnet that is handed to container instances; a deployment that names another is refused, and one that names none is public.',
    fix: 'Delegates the empty subnet that you name (answer subnet=VNET/NAME, or bastide intent aciSubnets); else makes the subnet snet-aci in the network of the computes, delegated from the start (answer prefix=RANGE for its range).',
    breaks:
      'Nothing but container groups can be placed in that subnet. Once the first has been deployed there, Azure may refuse to take the delegation out again.',
    links: [links.secureInference, links.containerNetwork, links.delegation],
  },
  fixKind: 'auto',
  undo: 'partial',
  instead: 'workspace.managed-network-provisioned',
  subjects: workspaces,
  check: (_subject, judgement) => aciJudged(judgement, () => judge(judgement)),
  fix: (finding, judgement, answers) => proposalsOn(finding, judgement, () => handOver(judgement, answers)),
});
