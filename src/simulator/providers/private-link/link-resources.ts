// {target}/privateLinkResources: which groups a resource offers, with the members and zones each needs.
import { parentOf } from '../../gateway/address.ts';
import { json } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import type { ProviderType } from '../provider.ts';
import { type Target, targets } from './targets.ts';

const listing = (target: Target): ProviderType => ({
  type: `${target.type}/privateLinkResources`,
  allows: { put: false, patch: false, delete: false },
  items({ store, address }) {
    const owner = store.get(parentOf(`${address.path}/x`));
    if (!owner) return [];
    return target.groups(owner).map((group) =>
      json({
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
  },
});

export const privateLinkResources: readonly ProviderType[] = targets.map(listing);
