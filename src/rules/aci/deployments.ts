// Where container groups are deployed: in a delegated subnet with no other resources, and without a workspace private endpoint.
import { containerGroupType, containerGroupView } from '../../kinds/container-group.ts';
import { findSubnet, subnetType } from '../../kinds/network-view.ts';
import { itemsAt } from '../../kinds/read.ts';
import { associationLinks, isContainerLink } from '../../kinds/subnet.ts';
import { workspaceType } from '../../kinds/workspace-view.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import { GapRead, type World } from '../../model/world.ts';
import { containerSubnets, isDelegatedToContainers, usesAci } from '../../posture/container-instances.ts';
import { customerEndpoints } from '../../posture/endpoints.ts';
import { subnetUses, unreadUses } from '../../posture/needs.ts';
import { isOnService } from '../../posture/online-endpoints.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { resourcesOr, workspaceSubjects } from '../parts/subjects.ts';
import { fail, few, listed, noted, pass, seen, shown, subnetShown, together, unknown } from '../parts/verdict.ts';
import { connectionsPointer, endpointEvidence, isOdd, oddVerdict } from '../parts/workspace.ts';
import type { Verdict } from '../rule.ts';
import {
  aciRule,
  deployedGroups,
  otherResourcesIn,
  resourceLists,
  withContainerInstances,
} from './parts/container-instances.ts';

const [subnetsAt, addressAt] = ['/properties/subnetIds', '/properties/ipAddress'];

export const aciDeploymentTarget = defineRule({
  ...aciRule,
  id: 'aci.deployment-target',
  title: 'Container group is in a delegated subnet',
  problem: 'Container group is not in a delegated subnet',
  severity: 'medium',
  about: containerGroupType,
  explain: {
    why: 'A model deployed without a virtual network and subnet has a public IP address.',
    fix: 'None: a container group cannot be moved. Deploy the model again with vnet_name and subnet_name of the delegated subnet, then delete the old deployment.',
    links: [links.secureInference, links.containerNetwork],
  },
  subjects: withContainerInstances(
    resourcesOr('The workspace has no deployed container group.', ({ world }) =>
      usesAci(world) ? deployedGroups(world) : [],
    ),
  ),
  check(group, { world }) {
    const { subnets, address } = containerGroupView(group);
    const evidence = [
      seen(group, subnetsAt, 'subnets'),
      seen(group, addressAt, 'IP address'),
      seen(group, '/properties/containers/0/properties/image', 'container image'),
    ];
    const name = `container group ${shown(group.id)}`;
    if (address === 'Public') return fail(`The ${name} has a public IP address.`, evidence);
    if (isOdd(group, subnetsAt, 'list') || isOdd(group, addressAt, 'object')) {
      return unknown(`The subnet or IP address of the ${name} has an unexpected value.`, evidence);
    }
    if (subnets.length === 0) return fail(`The ${name} is not in a customer subnet.`, evidence);
    const others = subnets.filter((subnet) => {
      const found = findSubnet(world, subnet);
      return !found || !isDelegatedToContainers(found);
    });
    return others.length === 0
      ? pass(`The ${name} is in ${listed(subnets.map(subnetShown))}.`, evidence)
      : fail(
          `The ${name} is in ${listed(others.map(subnetShown))}, which is not delegated to container instances.`,
          evidence,
        );
  },
});

function checkResources(subnet: Resource): Verdict {
  const name = subnetShown(subnet.id);
  const lists = [...resourceLists, associationLinks];
  const evidence = lists.map((pointer) => seen(subnet, pointer, 'resources in the subnet'));
  if (lists.some((pointer) => isOdd(subnet, pointer, 'list'))) {
    return unknown(`The resources of ${name} have an unexpected value.`, evidence);
  }
  const others = otherResourcesIn(subnet);
  const named = others.filter((id) => id !== null).map(shown);
  const services = itemsAt(subnet.body, associationLinks).filter(({ item }) => !isContainerLink(item));
  const said = `${name} is delegated to container instances but`;
  if (named.length > 0) return fail(`${said} also contains ${few(named)}.`, evidence);
  if (services.length > 0) return fail(`${said} also has a link to another service.`, evidence);
  return others.length > 0
    ? unknown(`A resource in ${name} does not show its ID.`, evidence)
    : pass(`${name} contains only container groups.`, evidence);
}

/** A compute cluster without nodes is not shown in its subnet, and cannot start there. */
function checkComputes(id: string, world: World): Verdict {
  const computes = subnetUses(world)
    .filter((use) => sameId(use.subnet, id))
    .flatMap(({ by }) => by);
  if (computes.length > 0) {
    const evidence = computes
      .flatMap((one) => world.get(one) ?? [])
      .map((one) => seen(one, '/properties', 'compute in this subnet'));
    return fail(
      `${subnetShown(id)} is delegated to container instances but is the subnet of ${few(computes.map(shown))}.`,
      evidence,
    );
  }
  const [unread] = unreadUses(world);
  if (unread) throw new GapRead(unread.gap);
  return pass(`No compute uses ${subnetShown(id)}.`);
}

export const aciSubnetExclusive = defineRule({
  ...aciRule,
  id: 'aci.subnet-exclusive',
  title: 'Delegated subnet contains only container groups',
  problem: 'Delegated subnet contains other resources',
  severity: 'high',
  about: subnetType,
  explain: {
    why: 'A subnet with container groups accepts no other resources, and container groups are rejected in a subnet with other resources. Computes and private endpoints need another subnet.',
    fix: 'None: use a separate subnet for container instances (aci.subnet-delegated), and move the other resources out of this one.',
    links: [links.containerConcepts, links.delegation],
  },
  subjects: withContainerInstances(
    resourcesOr('No subnet is delegated to container instances.', ({ world }) => containerSubnets(world)),
  ),
  check: (subnet, { world }) => together('high', [() => checkResources(subnet), () => checkComputes(subnet.id, world)]),
});

export const aciPrivateEndpointConflict = defineRule({
  id: 'aci.private-endpoint-conflict',
  title: 'No container instances with a workspace private endpoint',
  problem: 'Container instances conflict with the private endpoint',
  severity: 'high',
  profiles: ['current'],
  about: workspaceType,
  explain: {
    why: 'Microsoft does not support models on container instances in a virtual network if the workspace has a private endpoint.',
    fix: 'None: deploy the models to managed online endpoints and run bastide assume usesAci false, or delete the private endpoint.',
    links: [links.secureInference, links.workspacePrivateLink],
  },
  subjects: workspaceSubjects,
  check(workspace, { world }) {
    const evidence = [
      noted(workspace.id, world.snapshot.intents.usesAci ?? null, 'assumption usesAci'),
      seen(workspace, connectionsPointer, 'private endpoint connections'),
    ];
    if (!usesAci(world)) return pass('No model is deployed to container instances in a virtual network.', evidence);
    if (isOdd(workspace, connectionsPointer, 'list')) {
      return oddVerdict(workspace, connectionsPointer, 'list of private endpoint connections');
    }
    return customerEndpoints(workspace.id, world).length > 0
      ? fail(
          `${shown(workspace.id)} has a private endpoint; models on container instances are not supported with it.`,
          [...evidence, ...endpointEvidence(workspace, world, isOnService, 'online endpoint (alternative)')],
        )
      : pass(`${shown(workspace.id)} has no private endpoint.`, evidence);
  },
});
