// Microsoft.ContainerRegistry/registries: subnet rules show only in the versions that know them.
import { at, isObject } from '../../json.ts';
import { endpointsLost } from '../microsoft.network/private-endpoint-effects.ts';
import type { ProviderType } from '../provider.ts';

/** The last version before the member went away. */
const lastWithSubnetRules = '2021-08-01-preview';

export const registries: ProviderType = {
  type: 'Microsoft.ContainerRegistry/registries',
  versions: ['2025-03-01-preview', '2023-07-01', '2022-12-01', '2021-08-01-preview', '2019-05-01'],
  long: { put: 'async', patch: 'async', delete: 'location' },
  created: 201,
  live: ['privateEndpointConnections'],
  gone: endpointsLost,
  show({ apiVersion }, body) {
    const rules = at(body, 'properties', 'networkRuleSet');
    if (isObject(rules) && apiVersion > lastWithSubnetRules) rules.delete('virtualNetworkRules');
    return body;
  },
};
