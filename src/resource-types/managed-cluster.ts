// Kubernetes clusters, read only. Changes are made to a node pool (agent-pool.ts) or to the compute of the workspace.
import { readVersionOf } from '../model/api-versions.ts';
import type { CreateChange } from '../model/change.ts';
import { isObject, type JsonObject } from '../model/json.ts';
import { updateAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, groupIdOf, nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { agentPoolsOf, managedClusterType, managedClusterView } from './managed-cluster-view.ts';
import type { ResourceShape } from './parts/normal.ts';
import { numberAt, objectAt, textAt } from './read.ts';
import type { Consequence, ResourceLookup } from './resource-type.ts';

const shape: ResourceShape = {
  volatile: ['/properties/agentPoolProfiles/*/provisioningState', '/properties/currentKubernetesVersion'],
  sets: { '/properties/agentPoolProfiles': { member: 'name', fold: true } },
};

export const managedCluster = defineResourceType({
  type: managedClusterType,
  label: 'Kubernetes cluster',
  plural: 'Kubernetes clusters',
  shape,
  columns: [
    { title: 'Region', value: (resource) => managedClusterView(resource).location ?? '' },
    {
      title: 'Pools',
      value: (resource) =>
        managedClusterView(resource)
          .pools.map(({ name }) => name)
          .join(', '),
    },
    {
      title: 'Subnets',
      value: (resource) =>
        [...new Set(managedClusterView(resource).pools.flatMap(({ subnet }) => (subnet ? [nameOf(subnet)] : [])))].join(
          ', ',
        ),
    },
  ],
  references(body) {
    const { pools } = managedClusterView({ id: '', type: managedClusterType, apiVersion: '', body });
    const ids = pools.flatMap(({ subnet, podSubnet }) => [subnet, podSubnet]).filter((id) => id !== undefined);
    return [...new Set(ids)];
  },
});

// The Kubernetes cluster that Azure creates with a compute when none is named: for previews, so that rules check its address plan
// before anything is sent. Azure assigns its name and identity; here they are placeholders.
const inside = '/properties/properties';
/** The address plan of such a compute. */
export const clusterPlan = `${inside}/aksNetworkingConfiguration`;
/** Default number of pods per node (Microsoft Learn, "AKS IP address planning", read 2026-04). */
export const usualPods = 30;

export const makesCluster = (body: JsonObject): boolean =>
  fold(textAt(body, '/properties/computeType') ?? '') === 'aks' && textAt(body, '/properties/resourceId') === undefined;

/** The cluster, its pool, and the compute that refers to both. */
export function clusterSideEffects({ resource, body }: CreateChange, seen: ResourceLookup): Consequence | undefined {
  const compute = seen.resource(resource);
  if (!makesCluster(body) || !compute) return undefined;
  const cluster = clusterFor(resource, body);
  const named = updateAt(compute.body, ['properties', 'resourceId'], () => cluster.id);
  if (!isObject(named)) return undefined;
  return { put: [cluster, ...agentPoolsOf(cluster), { ...compute, body: named }], gone: [] };
}

function clusterFor(compute: string, body: JsonObject): Resource {
  const name = nameOf(compute);
  const id = `${groupIdOf(compute) ?? ''}/providers/${managedClusterType}/${name}`;
  const { serviceCidr, dnsServiceIP, subnetId } = objectAt(body, clusterPlan) ?? {};
  const pool = {
    name: 'agentpool',
    count: numberAt(body, `${inside}/agentCount`) ?? 1,
    vmSize: textAt(body, `${inside}/agentVmSize`) ?? null,
    maxPods: usualPods,
    enableAutoScaling: false,
    ...(subnetId === undefined ? {} : { vnetSubnetID: subnetId }),
  };
  const networkProfile = {
    networkPlugin: 'azure',
    loadBalancerSku: 'standard',
    ...(serviceCidr === undefined ? {} : { serviceCidr }),
    ...(dnsServiceIP === undefined ? {} : { dnsServiceIP }),
  };
  return {
    id,
    type: managedClusterType,
    apiVersion: readVersionOf(managedClusterType),
    body: {
      ...{ id, name, type: managedClusterType, location: textAt(body, '/location') ?? null },
      properties: { agentPoolProfiles: [pool], networkProfile, provisioningState: 'Succeeded' },
    },
  };
}
