// Microsoft.ContainerService/managedClusters/agentPools: documents of their own that their cluster shows in its list of profiles.
import { fold, nameOf, parentOf, sameId } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { type ArmJson, type ArmObject, at, clone, isObject, list, object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { replaceDocument } from '../documents.ts';
import type { ProviderType } from '../provider.ts';
import { checkPool } from './cluster-checks.ts';

export const agentPoolType = 'Microsoft.ContainerService/managedClusters/agentPools';
const owned = ['currentOrchestratorVersion', 'nodeImageVersion'];

/** What is settled when a pool is made. */
const settled = ['vnetSubnetID', 'podSubnetID', 'maxPods', 'vmSize'];

export const agentPools: ProviderType = {
  type: agentPoolType,
  long: { put: 'async', delete: 'location' },
  allows: { patch: false },
  holds: parentOf,
  shape: {
    properties: {
      count: 'number',
      minCount: 'number',
      maxCount: 'number',
      maxPods: 'number',
      enableAutoScaling: 'boolean',
      vnetSubnetID: 'text',
      podSubnetID: 'text',
    },
  },
  replace({ before, body, id, store }) {
    const cluster = store.get(parentOf(id));
    if (!cluster)
      throw new ArmError(404, 'ParentResourceNotFound', `The cluster of the pool ${nameOf(id)} was not found.`);
    const next = replaceDocument(before, body, owned);
    for (const member of before ? settled : []) {
      const [old, asked] = [at(before, 'properties', member), at(next, 'properties', member)];
      if (typeof old === 'string' && old !== '' && typeof asked === 'string' && fold(old) !== fold(asked)) {
        const message = `Changing property 'properties.${member}' is not allowed.`;
        throw new ArmError(400, 'PropertyChangeNotAllowed', message, { target: `properties.${member}` });
      }
    }
    const others = list(cluster, 'properties', 'agentPoolProfiles').filter(
      (profile) => fold(text(profile, 'name') ?? '') !== fold(nameOf(id)),
    );
    const properties = at(next, 'properties');
    checkPool(store, cluster, isObject(properties) ? properties : object({}), others.filter(isObject));
    return next;
  },
  stored: showInCluster,
  gone: showInCluster,
};

/** The cluster's profiles as its pools are now. */
function showInCluster(store: Store, id: string): void {
  const cluster = store.get(parentOf(id));
  const properties = at(cluster, 'properties');
  if (!isObject(properties)) return;
  const pool = store.get(id);
  const old = list(properties, 'agentPoolProfiles');
  const isIt = (profile: ArmJson) => fold(text(profile, 'name') ?? '') === fold(nameOf(id));
  const own = pool ? profileOf(pool) : undefined;
  const kept = old.flatMap((profile) => (isIt(profile) ? (own ? [own] : []) : [profile]));
  put(properties, 'agentPoolProfiles', own && !old.some(isIt) ? [...kept, own] : kept);
}

function profileOf(pool: ArmObject): ArmObject {
  const properties = at(pool, 'properties');
  const inner = isObject(properties) ? [...clone(properties)].filter(([name]) => fold(name) !== 'name') : [];
  return new Map([['name', text(pool, 'name') ?? nameOf(idOf(pool))], ...inner]);
}

/** The pools of a cluster as its own profiles say: after a write of the whole cluster. */
export function poolsOfCluster(store: Store, clusterId: string): void {
  const profiles = list(store.get(clusterId), 'properties', 'agentPoolProfiles').filter(isObject);
  const id = (profile: ArmObject) => `${clusterId}/agentPools/${text(profile, 'name') ?? ''}`;
  for (const pool of store.ofType(agentPoolType, clusterId)) {
    if (!profiles.some((profile) => sameId(id(profile), idOf(pool)))) store.remove(idOf(pool));
  }
  for (const profile of profiles) {
    const name = text(profile, 'name');
    if (name === undefined) continue;
    const properties = new Map([...clone(profile)].filter(([member]) => fold(member) !== 'name'));
    store.set(id(profile), object({ id: id(profile), name, type: agentPoolType, properties }));
  }
}
