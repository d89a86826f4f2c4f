// {target}/privateLinkResources: which groups a resource offers, with the members and zones each needs.
import { fold, nameOf, parentOf } from '../../gateway/address.ts';
import { type ArmObject, object } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import type { ProviderType } from '../provider.ts';
import { type LinkTarget, targets } from './targets.ts';

const listing = (target: LinkTarget): ProviderType => ({
  type: `${target.type}/privateLinkResources`,
  allows: { put: false, patch: false, delete: false },
  items: ({ store, address }) => groupsOf(target, store.get(parentOf(`${address.path}/x`))),
  item: ({ store, address }) =>
    groupsOf(target, store.get(parentOf(address.path))).find(
      (group) => fold(nameOf(idOf(group))) === fold(nameOf(address.path)),
    ),
});

function groupsOf(target: LinkTarget, owner: ArmObject | undefined): ArmObject[] {
  if (!owner) return [];
  return target.groups(owner).map((group) =>
    object({
      id: `${idOf(owner)}/privateLinkResources/${group.id}`,
      name: group.id,
      type: `${target.type}/privateLinkResources`,
      properties: {
        groupId: group.id,
        requiredMembers: group.members.map((member) => member.name),
        requiredZoneNames: group.zones,
      },
    }),
  );
}

export const privateLinkResources: readonly ProviderType[] = targets.map(listing);
