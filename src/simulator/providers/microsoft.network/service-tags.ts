// Microsoft.Network/locations/serviceTags: a small table of facts. It is a cut: four regions and a few prefixes each.

import { ok } from '../../gateway/answer.ts';
import { json } from '../../json.ts';
import type { ProviderType } from '../provider.ts';
import { source, tags } from './service-tag-facts.ts';

export const serviceTags: ProviderType = {
  type: 'Microsoft.Network/locations/serviceTags',
  allows: { put: false, patch: false, delete: false },
  /** Not paged, and its array is called `values`; numbers are strings. */
  items: ({ address }) =>
    ok(
      json({
        name: source.cloud,
        id: `/subscriptions/${address.subscription}/providers/Microsoft.Network/serviceTags/${source.cloud}`,
        type: 'Microsoft.Network/serviceTags',
        changeNumber: source.changeNumber,
        cloud: source.cloud,
        values: tags.map(({ name, changeNumber, region, systemService, networkFeatures, addressPrefixes }) => ({
          name,
          id: name,
          serviceTagChangeNumber: source.changeNumber,
          properties: { changeNumber, region, state: 'GA', networkFeatures, systemService, addressPrefixes },
        })),
      }),
    ),
};
