// Azure Container Instances in a virtual network: whether models are deployed to them, the deployed container groups, and the
// subnets intended for them.

import { usesAci } from '../../../facts/container-instances.ts';
import { workspaceRegistryId } from '../../../facts/links.ts';
import type { Resource } from '../../../model/resource.ts';
import { fold, groupIdOf, isWithin, nameOf, sameId, typeOf } from '../../../model/resource-id.ts';
import type { SnapshotIndex } from '../../../model/snapshot-index.ts';
import { UnreadableError } from '../../../model/unreadable-error.ts';
import {
  containerDelegation,
  containerGroupsOf,
  containerGroupType,
  containerGroupView,
} from '../../../resource-types/container-group.ts';
import { listAt, textAt } from '../../../resource-types/read.ts';
import { onceEach } from '../../parts/naming.ts';
import { notApplicable } from '../../parts/verdict.ts';
import type { Subjects } from '../../rule.ts';

/** What the aci rules about a deployment in a network have in common. */
export const aciRule = {
  for: ['service-endpoint', 'private-endpoint'],
  instead: 'workspace.managed-network-provisioned',
} as const;

/** The same subjects, where models are deployed to container instances. */
export const withContainerInstances = <T>({ list, resolve }: Subjects<T>): Subjects<T> => ({
  list,
  resolve: (subject, context) =>
    usesAci(context.index)
      ? resolve(subject, context)
      : notApplicable('No model is deployed to container instances in a virtual network.'),
});

/**
 * Container groups in the resource group of the workspace with an image from its registry: those that the workspace deployed.
 * Throws UnreadableError where the list, or the registry, could not be read.
 */
export function deployedGroups(index: SnapshotIndex): readonly Resource[] {
  const { workspace } = index.snapshot;
  const group = workspace === null ? undefined : groupIdOf(workspace);
  const registry = workspaceRegistryId(index);
  if (group === undefined || registry === undefined) return [];
  const all = index.list(containerGroupsOf(group));
  if (all.length === 0) return [];
  const found = index.get(registry);
  const server = fold((found && textAt(found.body, '/properties/loginServer')) ?? `${nameOf(registry)}.azurecr.io`);
  return all.filter((one) => containerGroupView(one).images.some((image) => fold(image).startsWith(`${server}/`)));
}

/** The subnets intended for container instances: those of the assumption aciSubnets, else those of deployed groups. */
export function intendedSubnets(index: SnapshotIndex): readonly string[] {
  const named = index.snapshot.intents.aciSubnets ?? [];
  if (named.length > 0) return onceEach(named);
  return onceEach(deployedGroups(index).flatMap((group) => containerGroupView(group).subnets));
}

/**
 * Container groups of the subscription that are in a subnet. Throws UnreadableError where the list, or one of them, could not
 * be read.
 */
export function groupsIn(subnet: string, index: SnapshotIndex): readonly Resource[] {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(subnet)?.[0] ?? '';
  const all = index.list(containerGroupsOf(subscription));
  const unread = index.snapshot.gaps.find(
    ({ id, status }) => status !== 404 && fold(typeOf(id)) === fold(containerGroupType) && isWithin(id, subscription),
  );
  if (unread && unread.id !== containerGroupsOf(subscription)) throw new UnreadableError(unread);
  return all.filter((group) => containerGroupView(group).subnets.some((id) => sameId(id, subnet)));
}

export const isContainerService = (service: string): boolean => fold(service) === fold(containerDelegation);
export const delegationsAt = '/properties/delegations';
export const delegationKey = { member: 'name', fold: true };

/** Lists of a subnet's body that name the resources in it. */
export const resourceLists = ['ipConfigurations', 'privateEndpoints', 'resourceNavigationLinks'].map(
  (name) => `/properties/${name}`,
);

/** IP configurations of container groups themselves, recognised by their ids. */
const isOwn = (id: string): boolean => /containerGroups|networkProfiles|containerNetworkInterface/i.test(id);

/** Ids of the resources in a subnet that are not container groups, as its body shows them; `null` for one without an id. */
export const otherResourcesIn = ({ body }: Resource): (string | null)[] =>
  resourceLists.flatMap((pointer) =>
    listAt(body, pointer)
      .map((item) => textAt(item, '/id') ?? null)
      .filter((id) => id === null || !isOwn(id)),
  );
