// The online endpoints of the workspace: which exist, on whose compute they run, and whether the Internet reaches them. A
// list that was not read does not make a rule unknown: its entries only add to what is known without it.

import { read, readable } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { endpointAccessPointer, onlineEndpointView } from '../resource-types/online-endpoint.ts';

/** The list of online endpoints of a workspace, as a path. */
export const onlineEndpointsOf = (workspace: string): string => `${workspace}/onlineEndpoints`;

/** Every online endpoint; undefined where the list was not read. */
export const onlineEndpoints = (workspace: string, index: SnapshotIndex): readonly Resource[] | undefined =>
  index.hasList(onlineEndpointsOf(workspace)) ? index.list(onlineEndpointsOf(workspace)) : undefined;

/**
 * Do its models run on compute of the service? Also true where a file leaves that unresolved. Others run on a cluster, in its
 * network.
 */
export function isOnService(endpoint: Resource): boolean {
  const kind = readable(() => onlineEndpointView(endpoint).kind);
  return !(kind.state === 'known' && kind.value === 'K8S');
}

/**
 * Can the Internet reach it, by its setting or by default? Each endpoint has its own setting, independent of the workspace's.
 * One on a cluster is reached where the cluster is, and its setting has no effect.
 */
export const isReachedPublicly = (endpoint: Resource): boolean =>
  isOnService(endpoint) &&
  read(endpoint.body, endpointAccessPointer).state === 'known' &&
  onlineEndpointView(endpoint).publicNetworkAccess === 'Enabled';
