// The online endpoints of the workspace: which exist, on whose compute they run, and whether the Internet reaches them. A list that
// was not read does not make a rule unknown: what is found here only adds to what is known without it.
import { endpointAccessPointer, onlineEndpointView } from '../kinds/online-endpoint.ts';
import { read, readable } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import type { World } from '../model/world.ts';

/** The list of online endpoints of a workspace, as a path. */
export const onlineEndpointsOf = (workspace: string): string => `${workspace}/onlineEndpoints`;

/** Every online endpoint; undefined where the list was not read. */
export const onlineEndpoints = (workspace: string, world: World): readonly Resource[] | undefined =>
  world.hasList(onlineEndpointsOf(workspace)) ? world.list(onlineEndpointsOf(workspace)) : undefined;

/** Do its models run on compute of the service? Also true where a file leaves that open. Others run on a cluster, in its network. */
export function isOnService(endpoint: Resource): boolean {
  const kind = readable(() => onlineEndpointView(endpoint).kind);
  return kind.state === 'unreadable' || kind.value !== 'K8S';
}

/**
 * Can the Internet reach it, by its setting or by default? Each endpoint has its own setting, whatever the workspace's is. One on a
 * cluster is reached where the cluster is, and its setting has no effect.
 */
export const isMetInPublic = (endpoint: Resource): boolean =>
  isOnService(endpoint) &&
  read(endpoint.body, endpointAccessPointer).state === 'known' &&
  onlineEndpointView(endpoint).publicNetworkAccess === 'Enabled';
