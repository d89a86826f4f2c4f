// The online endpoints of the workspace: which there are, on whose machines, and who meets them. A list that was not read takes no
// verdict along: whoever asks here only adds to what is known without it.
import { onlineEndpointView } from '../kinds/online-endpoint.ts';
import type { Resource } from '../model/resource.ts';
import { isOpenRead } from '../model/unresolved.ts';
import type { World } from '../model/world.ts';

/** The list of online endpoints of a workspace, as a path. */
export const onlineEndpointsOf = (workspace: string): string => `${workspace}/onlineEndpoints`;

/** Every online endpoint; undefined where the list was not read. */
export const onlineEndpoints = (workspace: string, world: World): readonly Resource[] | undefined =>
  world.hasList(onlineEndpointsOf(workspace)) ? world.list(onlineEndpointsOf(workspace)) : undefined;

/** Do its models run on machines of the service's, or, as far as the files say, may they? Others run on a cluster, in its network. */
export const isOnService = (endpoint: Resource): boolean => ifKnown(() => onlineEndpointView(endpoint).kind) !== 'K8S';

/**
 * Does it say, or leave it at, that the public Internet meets it? It has this switch to itself, whatever its workspace says; one on
 * a cluster is met where the cluster is, and its switch says nothing.
 */
export const isMetInPublic = (endpoint: Resource): boolean =>
  isOnService(endpoint) && ifKnown(() => onlineEndpointView(endpoint).publicNetworkAccess) === 'Enabled';

/** Undefined for a value that the files leave open. */
function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isOpenRead(error)) return undefined;
    throw error;
  }
}
