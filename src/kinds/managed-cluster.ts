// Kubernetes clusters: read, never written; what changes in them is a pool (agent-pool.ts) or the workspace's own compute.
import { nameOf } from '../model/resource-id.ts';
import type { Kind } from './kind.ts';
import { clusterVersion, managedClusterType, managedClusterView } from './managed-cluster-view.ts';
import { readOnly } from './parts/bodies.ts';
import { normalBody, type Shape, sameBy } from './parts/normal.ts';

const shape: Shape = {
  volatile: ['/properties/agentPoolProfiles/*/provisioningState', '/properties/currentKubernetesVersion'],
  sets: { '/properties/agentPoolProfiles': { member: 'name', fold: true } },
};

export const managedCluster: Kind = {
  type: managedClusterType,
  label: 'Kubernetes cluster',
  plural: 'Kubernetes clusters',
  apiVersion: clusterVersion,
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
  lists: {},
  same: sameBy(shape),
  normal: (body) => normalBody(shape, body),
  oneWay: () => null,
  writer: (id) => id,
  write: (change) => readOnly('Kubernetes cluster', change),
  az: () => '',
  needs: () => [],
};
