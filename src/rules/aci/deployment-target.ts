// aci.deployment-target: container groups that the workspace deployed sit in the delegated subnet.
import { containerGroupType, containerGroupView } from '../../kinds/container-group.ts';
import { findSubnet } from '../../kinds/network-view.ts';
import { defineRule } from '../define.ts';
import { aciJudged, deployedGroups, isDelegatedToContainers, usesAci } from '../parts/container-instances.ts';
import { links } from '../parts/links.ts';
import { orElse } from '../parts/subjects.ts';
import { fail, listed, notApplicable, pass, seen, shown, subnetShown, unknown } from '../parts/verdict.ts';
import { isOdd } from '../parts/workspace.ts';
import type { Judgement, Subject, Verdict } from '../rule.ts';

const [subnetsAt, addressAt] = ['/properties/subnetIds', '/properties/ipAddress'];

/** Each group; the workspace where there is none, or where nobody can tell. */
function subjects({ world }: Judgement): Subject[] {
  const { workspace } = world.snapshot;
  if (workspace === null) return [];
  const found = orElse(() => (usesAci(world) ? deployedGroups(world) : []), []);
  return found.length > 0 ? found.map(({ id }) => ({ resource: id })) : [{ resource: workspace }];
}

function judge(id: string, { world }: Judgement): Verdict {
  if (id === world.snapshot.workspace) {
    return deployedGroups(world).length === 0
      ? notApplicable('The workspace has deployed no container group.')
      : notApplicable('Each container group is judged by itself.');
  }
  const group = world.get(id);
  if (!group) return notApplicable(`${shown(id)} does not exist.`);
  const { subnets, address } = containerGroupView(group);
  const evidence = [
    seen(group, subnetsAt, 'its subnets'),
    seen(group, addressAt, 'its address'),
    seen(group, '/properties/containers/0/properties/image', 'the image that tells whose it is'),
  ];
  const name = `The container group ${shown(id)}`;
  if (address === 'Public') return fail(`${name} has a public address.`, evidence);
  if (isOdd(group, subnetsAt, 'list') || isOdd(group, addressAt, 'object')) {
    return unknown(`Where ${shown(id)} runs is not in a form that can be judged.`, evidence);
  }
  if (subnets.length === 0) return fail(`${name} sits in no subnet of yours.`, evidence);
  const others = subnets.filter((subnet) => {
    const found = findSubnet(world, subnet);
    return !found || !isDelegatedToContainers(found);
  });
  return others.length === 0
    ? pass(`${name} sits in ${listed(subnets.map(subnetShown))}.`, evidence)
    : fail(`${name} sits in ${listed(others.map(subnetShown))}, which is not handed to container instances.`, evidence);
}

export const aciDeploymentTarget = defineRule({
  id: 'aci.deployment-target',
  title: 'Deployments name that VNet and subnet',
  severity: 'medium',
  for: ['service-endpoint', 'private-endpoint'],
  about: containerGroupType,
  explain: {
    why: 'A model deployed without the names of network and subnet answers at a public address.',
    fix: 'None: a container group is not moved. Deploy the model anew with vnet_name and subnet_name of the delegated subnet, then delete the old deployment.',
    breaks: 'Nothing.',
    links: [links.secureInference, links.containerNetwork],
  },
  fixKind: 'none',
  instead: 'workspace.managed-network-provisioned',
  subjects,
  check: ({ resource }, judgement) => aciJudged(judgement, () => judge(resource, judgement)),
});
