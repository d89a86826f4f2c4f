// Where container groups are deployed: in a delegated subnet with no other resources, and without a workspace private endpoint.

import { containerSubnets, isDelegatedToContainers, usesAci } from '../../facts/container-instances.ts';
import { customerEndpoints } from '../../facts/endpoints.ts';
import { computesOf, subnetUses, unreadUses } from '../../facts/needs.ts';
import { isOnService } from '../../facts/online-endpoints.ts';
import type { Resource } from '../../model/resource.ts';
import { sameId } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { UnreadableError } from '../../model/unreadable-error.ts';
import { containerGroupType, containerGroupView } from '../../resource-types/container-group.ts';
import { findSubnet, subnetType } from '../../resource-types/network-view.ts';
import { itemsAt } from '../../resource-types/read.ts';
import { associationLinks, isContainerLink } from '../../resource-types/subnet.ts';
import { workspaceType } from '../../resource-types/workspace-view.ts';
import { defineRule } from '../define.ts';
import { links } from '../parts/links.ts';
import { resourcesOr, workspaceSubjects } from '../parts/subjects.ts';
import {
  displayName,
  evidenceAt,
  fail,
  few,
  listed,
  noted,
  pass,
  subnetShown,
  unknown,
  worstOf,
} from '../parts/verdict.ts';
import { connectionsPointer, endpointEvidence, isOdd, oddVerdict } from '../parts/workspace.ts';
import type { CheckResult } from '../rule.ts';
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
    resourcesOr('The workspace has no deployed container group.', ({ index }) =>
      usesAci(index) ? deployedGroups(index) : [],
    ),
  ),
  check(group, { index }) {
    const { subnets, address } = containerGroupView(group);
    const evidence = [
      evidenceAt(group, subnetsAt, 'subnets'),
      evidenceAt(group, addressAt, 'IP address'),
      evidenceAt(group, '/properties/containers/0/properties/image', 'container image'),
    ];
    const name = `container group ${displayName(group.id)}`;
    if (address === 'Public') return fail(`The ${name} has a public IP address.`, evidence);
    if (isOdd(group, subnetsAt, 'list') || isOdd(group, addressAt, 'object')) {
      return unknown(`The subnet or IP address of the ${name} has an unexpected value.`, evidence);
    }
    if (subnets.length === 0) return fail(`The ${name} is not in a customer subnet.`, evidence);
    const others = subnets.filter((subnet) => {
      const found = findSubnet(index, subnet);
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

function checkResources(subnet: Resource): CheckResult {
  const name = subnetShown(subnet.id);
  const lists = [...resourceLists, associationLinks];
  const evidence = lists.map((pointer) => evidenceAt(subnet, pointer, 'resources in the subnet'));
  if (lists.some((pointer) => isOdd(subnet, pointer, 'list'))) {
    return unknown(`The resources of ${name} have an unexpected value.`, evidence);
  }
  const others = otherResourcesIn(subnet);
  const named = others.filter((id) => id !== null).map(displayName);
  const services = itemsAt(subnet.body, associationLinks).filter(({ item }) => !isContainerLink(item));
  const said = `${name} is delegated to container instances but`;
  if (named.length > 0) return fail(`${said} also contains ${few(named)}.`, evidence);
  if (services.length > 0) return fail(`${said} also has a link to another service.`, evidence);
  return others.length > 0
    ? unknown(`The ID of a resource in ${name} is not known.`, evidence)
    : pass(`${name} contains only container groups.`, evidence);
}

/** A compute cluster without nodes is not shown in its subnet, and cannot start there. */
function checkComputes(id: string, index: SnapshotIndex): CheckResult {
  const computes = subnetUses(index)
    .filter((use) => sameId(use.subnet, id))
    .flatMap(({ by }) => by);
  if (computes.length > 0) {
    const evidence = computes
      .flatMap((one) => index.get(one) ?? [])
      .map((one) => evidenceAt(one, '/properties', 'compute in this subnet'));
    return fail(
      `${subnetShown(id)} is delegated to container instances but is the subnet of ${few(computes.map(displayName))}.`,
      evidence,
    );
  }
  const [unread] = unreadUses(index);
  if (unread) throw new UnreadableError(unread.gap);
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
    resourcesOr('No subnet is delegated to container instances.', ({ index }) => containerSubnets(index)),
  ),
  check: (subnet, { index }) => worstOf('high', [() => checkResources(subnet), () => checkComputes(subnet.id, index)]),
});

/** Files that are neither a scan nor a whole deployment, which list the computes, say nothing by what they do not hold. */
const showsNoSubnet = (index: SnapshotIndex): boolean =>
  index.snapshot.source.kind === 'files' &&
  index.snapshot.intents.usesAci === undefined &&
  index.ofType(subnetType).length === 0 &&
  !index.hasList(computesOf(index.snapshot.workspace ?? ''));

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
  check(workspace, { index }) {
    const evidence = [
      noted(workspace.id, index.snapshot.intents.usesAci ?? null, 'assumption usesAci'),
      evidenceAt(workspace, connectionsPointer, 'private endpoint connections'),
    ];
    if (!usesAci(index)) {
      return showsNoSubnet(index)
        ? unknown('The files contain no subnet, so whether models use container instances is not known.', evidence)
        : pass('No model is deployed to container instances in a virtual network.', evidence);
    }
    if (isOdd(workspace, connectionsPointer, 'list')) {
      return oddVerdict(workspace, connectionsPointer, 'list of private endpoint connections');
    }
    return customerEndpoints(workspace.id, index).length > 0
      ? fail(
          `${displayName(workspace.id)} has a private endpoint; Azure does not support models on container instances with it.`,
          [...evidence, ...endpointEvidence(workspace, index, isOnService, 'online endpoint (alternative)')],
        )
      : pass(`${displayName(workspace.id)} has no private endpoint.`, evidence);
  },
});
