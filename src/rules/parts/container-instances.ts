// Container instances as the aci rules look at them: whether models go there at all, the groups that the workspace has deployed,
// the subnets meant for them, and who sits in a subnet.
import { containerGroupsOf, containerGroupType, containerGroupView } from '../../kinds/container-group.ts';
import { listAt, textAt } from '../../kinds/read.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, groupIdOf, isWithin, nameOf, sameId, typeOf } from '../../model/resource-id.ts';
import { GapRead, type World } from '../../model/world.ts';
import { isDelegatedToContainers, usesAci } from '../../posture/container-instances.ts';
import { workspaceRegistryId } from '../../posture/links.ts';
import type { Judgement, Verdict } from '../rule.ts';
import { onceEach } from './naming.ts';
import { notApplicable } from './verdict.ts';

export { isDelegatedToContainers, usesAci };

/** Judges where models are deployed to container instances; elsewhere the rule has nothing to say. */
export const aciJudged = ({ world }: Judgement, judge: () => Verdict): Verdict =>
  usesAci(world) ? judge() : notApplicable('No model is deployed to container instances inside a network.');

/**
 * Container groups beside the workspace whose image comes from its registry: those that the workspace deployed. Throws GapRead
 * where the list, or the registry, was not read.
 */
export function deployedGroups(world: World): readonly Resource[] {
  const { workspace } = world.snapshot;
  const group = workspace === null ? undefined : groupIdOf(workspace);
  const registry = workspaceRegistryId(world);
  if (group === undefined || registry === undefined) return [];
  const all = world.list(containerGroupsOf(group));
  if (all.length === 0) return [];
  const found = world.get(registry);
  const server = fold((found && textAt(found.body, '/properties/loginServer')) ?? `${nameOf(registry)}.azurecr.io`);
  return all.filter((one) => containerGroupView(one).images.some((image) => fold(image).startsWith(`${server}/`)));
}

/** The subnets meant for container instances: those the operator names, else those that deployed groups sit in. */
export function meantSubnets(world: World): readonly string[] {
  const named = world.snapshot.intents.aciSubnets ?? [];
  if (named.length > 0) return onceEach(named);
  return onceEach(deployedGroups(world).flatMap((group) => containerGroupView(group).subnets));
}

/** Container groups of the subnet's subscription that sit in it. Throws GapRead where the list, or one of them, was not read. */
export function groupsIn(subnet: string, world: World): readonly Resource[] {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(subnet)?.[0] ?? '';
  const all = world.list(containerGroupsOf(subscription));
  const unread = world.snapshot.gaps.find(
    ({ id, status }) => status !== 404 && fold(typeOf(id)) === fold(containerGroupType) && isWithin(id, subscription),
  );
  if (unread && unread.id !== containerGroupsOf(subscription)) throw new GapRead(unread);
  return all.filter((group) => containerGroupView(group).subnets.some((id) => sameId(id, subnet)));
}

/** Address configurations of container groups themselves, by the words in their ids. */
const isOwn = (id: string): boolean => /containerGroups|networkProfiles|containerNetworkInterface/i.test(id);

/** Members of a subnet's body that name who uses it. */
export const userMembers = ['ipConfigurations', 'privateEndpoints', 'resourceNavigationLinks'].map(
  (name) => `/properties/${name}`,
);

/** Ids of what sits in a subnet beside container groups, as far as its body shows; `null` for one that shows no id. */
export const strangersIn = ({ body }: Resource): (string | null)[] =>
  userMembers.flatMap((pointer) =>
    listAt(body, pointer)
      .map((item) => textAt(item, '/id') ?? null)
      .filter((id) => id === null || !isOwn(id)),
  );
