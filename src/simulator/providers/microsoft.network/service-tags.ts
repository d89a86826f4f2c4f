// Microsoft.Network/locations/serviceTags: the simulator's list of service tags, which is the same in every region.
import { ok } from '../../gateway/answer.ts';
import { json } from '../../json.ts';
import type { ProviderType } from '../provider.ts';

export const serviceTags: ProviderType = {
  type: 'Microsoft.Network/locations/serviceTags',
  allows: { put: false, patch: false, delete: false },
  /** Not paged, and its array is called `values`. */
  items: ({ address, tags: { cloud, changeNumber, values } }) =>
    ok(
      json({
        name: cloud,
        id: `/subscriptions/${address.subscription}/providers/Microsoft.Network/serviceTags/${cloud}`,
        type: 'Microsoft.Network/serviceTags',
        changeNumber,
        cloud,
        values: [...values],
      }),
    ),
};
