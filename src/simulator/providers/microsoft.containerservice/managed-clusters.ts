// Microsoft.ContainerService/managedClusters: its address plan is checked and stays as it was made; its pools are documents of
// their own.
import { fold } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmObject, at, isObject, list, object, put, text } from '../../json.ts';
import type { ProviderType } from '../provider.ts';
import { tracked } from '../shape.ts';
import { agentPoolType, poolsOfCluster } from './agent-pools.ts';
import { checkPlan, checkPool } from './cluster-checks.ts';

/** Members of the network profile that are settled when the cluster is made. */
const settled = ['serviceCidr', 'dnsServiceIP', 'networkPlugin'];

export const managedClusters: ProviderType = {
  type: 'Microsoft.ContainerService/managedClusters',
  long: { put: 'async', patch: 'async', delete: 'location' },
  shape: {
    ...tracked,
    properties: {
      agentPoolProfiles: [{ name: 'text', count: 'number', maxCount: 'number', vnetSubnetID: 'text' }],
      networkProfile: { serviceCidr: 'text', dnsServiceIP: 'text', podCidr: 'text', networkPlugin: 'text' },
    },
  },
  settle({ before, store }, next) {
    for (const member of settled) checkSettled(before, next, member);
    checkPlan(store, next);
    const pools = list(next, 'properties', 'agentPoolProfiles').filter(isObject);
    for (const [index, pool] of pools.entries()) checkPool(store, next, pool, pools.slice(0, index));
    return next;
  },
  live: ['agentPoolProfiles'],
  stored: poolsOfCluster,
  gone: (store, id) => {
    for (const pool of store.ofType(agentPoolType, id)) store.remove(text(pool, 'id') ?? '');
  },
  /** A cluster with a managed identity shows `msi` where others show their service principal; clients rely on it. */
  show(_call, body) {
    const properties = at(body, 'properties');
    if (isObject(properties) && !isObject(at(properties, 'servicePrincipalProfile'))) {
      put(properties, 'servicePrincipalProfile', object({ clientId: 'msi' }));
    }
    return body;
  },
};

function checkSettled(before: ArmObject | undefined, next: ArmObject, member: string): void {
  const old = text(before, 'properties', 'networkProfile', member);
  const asked = text(next, 'properties', 'networkProfile', member);
  if (old === undefined || asked === undefined || fold(old) === fold(asked)) return;
  throw new ArmError(400, 'PropertyChangeNotAllowed', `Changing property 'networkProfile.${member}' is not allowed.`, {
    target: `networkProfile.${member}`,
  });
}
