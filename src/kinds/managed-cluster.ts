// Kubernetes clusters: read, never written; what changes in them is a pool (agent-pool.ts) or the workspace's own compute.
import { nameOf } from '../model/resource-id.ts';
import { defineResourceType } from './define.ts';
import { clusterVersion, managedClusterType, managedClusterView } from './managed-cluster-view.ts';
import type { Shape } from './parts/normal.ts';

const shape: Shape = {
  volatile: ['/properties/agentPoolProfiles/*/provisioningState', '/properties/currentKubernetesVersion'],
  sets: { '/properties/agentPoolProfiles': { member: 'name', fold: true } },
};

export const managedCluster = defineResourceType({
  type: managedClusterType,
  label: 'Kubernetes cluster',
  plural: 'Kubernetes clusters',
  apiVersion: clusterVersion,
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
    const { pools } = managedClusterView({ id: '', type: managedClusterType, apiVersion: clusterVersion, body });
    const ids = pools.flatMap(({ subnet, podSubnet }) => [subnet, podSubnet]).filter((id) => id !== undefined);
    return [...new Set(ids)];
  },
});
