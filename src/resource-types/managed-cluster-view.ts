// The typed view over a Kubernetes cluster and its node pools. Reads only; never throws.
import { isObject, type Json, type JsonObject } from '../model/json.ts';
import { member, memberNames, parsePointer, updateAt, valueAt, withMember } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, sameId } from '../model/resource-id.ts';
import { isUnresolved } from '../model/unresolved.ts';
import { without } from './parts/bodies.ts';
import {
  booleanAt,
  enumAt,
  itemsAt,
  lazyMembers,
  listAt,
  memoizePerResource,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from './read.ts';
import { computeView, isOfType } from './workspace-view.ts';

export const managedClusterType = 'Microsoft.ContainerService/managedClusters';
export const agentPoolType = `${managedClusterType}/agentPools`;
export const poolsPointer = '/properties/agentPoolProfiles';
export const networkProfile = '/properties/networkProfile';
export const outboundTypePointer = `${networkProfile}/outboundType`;
export const apiServerPointer = '/properties/apiServerAccessProfile';

/** A node pool in its cluster's body. */
export interface PoolView {
  readonly name: string;
  /** Its pointer in the cluster's body. */
  readonly pointer: string;
  readonly subnet: string | undefined;
  readonly podSubnet: string | undefined;
  readonly count: number | undefined;
  readonly maxCount: number | undefined;
  readonly autoScales: boolean;
  /** Undefined: Azure's default (30 where pods use addresses of the subnet). */
  readonly maxPods: number | undefined;
  /** `1`, `33%`: nodes that an upgrade adds. */
  readonly surge: string | undefined;
}

export interface ManagedClusterView {
  readonly location: string | undefined;
  readonly pools: readonly PoolView[];
  /** `azure`, `kubenet`, `none`. */
  readonly plugin: string | undefined;
  readonly overlay: boolean;
  /** `serviceCidrs[]`, else `serviceCidr`; pod ranges likewise. */
  readonly serviceRanges: readonly string[];
  readonly podRanges: readonly string[];
  readonly dnsAddress: string | undefined;
  readonly balancerSku: string | undefined;
  readonly isPrivate: boolean;
  readonly hasPublicName: boolean;
  /** Object id of the identity it acts as; undefined for a service principal. */
  readonly principal: string | undefined;
  /** `msi` where it has a managed identity, else the application's id. */
  readonly client: string | undefined;
  readonly provisioningState: string | undefined;
}

const ranges = (body: JsonObject, many: string, one: string): string[] => {
  const all = textsAt(body, `${networkProfile}/${many}`);
  const single = textAt(body, `${networkProfile}/${one}`);
  return all.length > 0 || single === undefined ? all : [single];
};

export const managedClusterView = memoizePerResource(({ body }: Resource): ManagedClusterView => {
  return lazyMembers<ManagedClusterView>({
    location: () => textAt(body, '/location'),
    pools: () => itemsAt(body, poolsPointer).map(({ item, pointer }) => poolOf(item, pointer)),
    plugin: () => enumAt(body, `${networkProfile}/networkPlugin`, ['azure', 'kubenet', 'none']),
    overlay: () => fold(textAt(body, `${networkProfile}/networkPluginMode`) ?? '') === 'overlay',
    serviceRanges: () => ranges(body, 'serviceCidrs', 'serviceCidr'),
    podRanges: () => ranges(body, 'podCidrs', 'podCidr'),
    dnsAddress: () => textAt(body, `${networkProfile}/dnsServiceIP`),
    balancerSku: () => enumAt(body, `${networkProfile}/loadBalancerSku`, ['standard', 'basic']),
    isPrivate: () => booleanAt(body, `${apiServerPointer}/enablePrivateCluster`) === true,
    hasPublicName: () => booleanAt(body, `${apiServerPointer}/enablePrivateClusterPublicFQDN`) === true,
    principal: () => principalOf(body),
    client: () => textAt(body, '/properties/servicePrincipalProfile/clientId'),
    provisioningState: () =>
      enumAt(body, '/properties/provisioningState', ['Succeeded', 'Failed', 'Canceled', 'Creating', 'Updating']),
  });
});

/** What Azure gives a cluster that states no range of its own (defaults of the REST API, 2024-05-01). */
const defaultRanges = { serviceCidr: '10.0.0.0/16', dnsServiceIP: '10.0.0.10' };

/** A cluster that a template declares, with the ranges that Azure will give it. */
export function clusterAsDeclared(resource: Resource): Resource {
  const { body } = resource;
  if (!isObject(valueAt(body, '/properties')) || isUnresolved(valueAt(body, '/properties'))) return resource;
  const profile = valueAt(body, networkProfile) ?? {};
  const stated = ['serviceCidr', 'serviceCidrs', 'dnsServiceIP'].map((name) => valueAt(profile, `/${name}`) ?? null);
  if (!isObject(profile) || isUnresolved(profile) || stated.some((value) => value !== null)) return resource;
  const path = parsePointer(networkProfile);
  return {
    ...resource,
    body: updateAt(body, path, () => ({ ...(profile as JsonObject), ...defaultRanges })) as JsonObject,
  };
}

const poolOf = (item: Json, pointer: string): PoolView => ({
  name: textAt(item, '/name') ?? '',
  pointer,
  subnet: textAt(item, '/vnetSubnetID'),
  podSubnet: textAt(item, '/podSubnetID'),
  count: numberAt(item, '/count'),
  maxCount: numberAt(item, '/maxCount'),
  autoScales: booleanAt(item, '/enableAutoScaling') === true,
  maxPods: numberAt(item, '/maxPods'),
  surge: textAt(item, '/upgradeSettings/maxSurge'),
});

function principalOf(body: JsonObject): string | undefined {
  const own = textAt(body, '/identity/principalId');
  if (own !== undefined) return own;
  const users = objectAt(body, '/identity/userAssignedIdentities');
  const names = users ? memberNames(users) : [];
  const [only] = names;
  return users && only !== undefined && names.length === 1 ? textAt(member(users, only), '/principalId') : undefined;
}

/** Does its public API server refuse callers by address, or without an Entra ID sign-in? */
export const limitsCallers = (cluster: Resource): boolean =>
  !managedClusterView(cluster).isPrivate && (authorizedRanges(cluster).length > 0 || hasNoLocalAccounts(cluster));
export const authorizedRanges = ({ body }: Resource): string[] =>
  textsAt(body, `${apiServerPointer}/authorizedIPRanges`);
export const hasNoLocalAccounts = ({ body }: Resource): boolean =>
  booleanAt(body, '/properties/disableLocalAccounts') === true;

/**
 * One resource per pool of a cluster's body, in the form of the pool's own GET; stored with the cluster so that
 * `world.get(poolId)` answers.
 */
export function agentPoolsOf(cluster: Resource): Resource[] {
  if (fold(cluster.type) !== fold(managedClusterType)) return [];
  return listAt(cluster.body, poolsPointer).flatMap((item) => {
    const name = textAt(item, '/name');
    if (!isObject(item) || name === undefined) return [];
    const id = `${cluster.id}/agentPools/${name}`;
    const body = { id, name, type: agentPoolType, properties: without(item, ['name']) };
    return [{ id, type: agentPoolType, apiVersion: cluster.apiVersion, body }];
  });
}

/** The cluster with one of its pools replaced: the effect of a pool's write. */
export function withAgentPool(cluster: Resource, pool: Resource): Resource {
  const properties = objectAt(pool.body, '/properties');
  const name = nameOf(pool.id);
  const list = listAt(cluster.body, poolsPointer).map((item) =>
    isObject(item) && properties && sameId(textAt(item, '/name'), name)
      ? { name: item.name ?? name, ...without(properties, ['name']) }
      : item,
  );
  const inside = objectAt(cluster.body, '/properties');
  if (!inside) return cluster;
  const body = withMember(cluster.body, 'properties', withMember(inside, 'agentPoolProfiles', list)) as JsonObject;
  return { ...cluster, body };
}

/** Id of the cluster behind a compute of type AKS or Kubernetes; undefined for other computes, and for clusters outside Azure. */
export function clusterIdOf(compute: Resource): string | undefined {
  const { computeType, resourceId } = computeView(compute);
  if (computeType !== 'AKS' && computeType !== 'Kubernetes') return undefined;
  return resourceId !== undefined && isOfType(resourceId, managedClusterType) ? resourceId : undefined;
}
