// Microsoft.ContainerService/managedClusters: kept as they are given, but for what the service always shows.
import { at, isObject, object, put } from '../../json.ts';
import type { ProviderType } from '../provider.ts';

export const managedClusters: ProviderType = {
  type: 'Microsoft.ContainerService/managedClusters',
  versions: ['2025-03-01', '2024-05-01', '2023-08-01', '2022-09-01', '2020-03-01'],
  long: { put: 'async', patch: 'async', delete: 'location' },
  /** A cluster with an identity of its own shows `msi` where others show their service principal; clients rely on it. */
  show(_call, body) {
    const properties = at(body, 'properties');
    if (isObject(properties) && !isObject(at(properties, 'servicePrincipalProfile'))) {
      put(properties, 'servicePrincipalProfile', object({ clientId: 'msi' }));
    }
    return body;
  },
};
