// Which private endpoints of a resource are the customer's, and from where it is reached privately.

import { fold, sameId } from '../model/resource-id.ts';
import { GapRead, type SnapshotIndex } from '../model/snapshot-index.ts';
import { type EndpointConnection, endpointConnectionsOf } from '../resource-types/network-acls.ts';
import { endpointView, vnetOf, vnetView } from '../resource-types/network-view.ts';
import { accountGroups } from './groups.ts';
import { isStorage, isVault, workspaceInHand } from './links.ts';

export interface CustomerEndpoint {
  readonly connection: EndpointConnection;
  /** Undefined when the endpoint could not be read and the connection does not show it. */
  readonly subnet: string | undefined;
  readonly vnet: string | undefined;
  /** Group ids in lower case; undefined when the endpoint could not be read. */
  readonly groups: readonly string[] | undefined;
}

/**
 * The Approved connections of a resource that no service made: with a managed network on, or a shared private link to it,
 * those whose endpoint no readable subscription lists are the service's own. Throws UnreadableError when the resource was not
 * read.
 */
export function customerEndpoints(resourceId: string, index: SnapshotIndex): readonly CustomerEndpoint[] {
  const resource = index.get(resourceId);
  if (!resource) return [];
  const workspace = workspaceInHand(index)?.view;
  const serviceMakes =
    workspace !== undefined &&
    (workspace.managedNetwork.on || workspace.sharedPrivateLinks.some(({ target }) => sameId(target, resourceId)));
  return endpointConnectionsOf(resource)
    .filter(({ status }) => status === 'Approved')
    .flatMap((connection) => {
      const seen = connection.endpointId === undefined ? undefined : index.peek(connection.endpointId);
      if (seen?.state !== 'read') {
        if (serviceMakes) return [];
        const subnet = connection.subnetArmId;
        return [{ connection, subnet, vnet: subnet && vnetOf(subnet), groups: undefined }];
      }
      const { subnet: shown, connections } = endpointView(seen.resource);
      const subnet = shown ?? connection.subnetArmId;
      const groups = connections.filter(({ target }) => sameId(target, resourceId)).flatMap((one) => one.groups);
      return [{ connection, subnet, vnet: subnet && vnetOf(subnet), groups: groups.length > 0 ? groups : undefined }];
    });
}

/** Networks a network is peered with, state `Connected`. Throws UnreadableError when the network was not read. */
export function peersOf(vnetId: string, index: SnapshotIndex): readonly string[] {
  const vnet = index.get(vnetId);
  return vnet ? vnetView(vnet).peerings.flatMap(({ id, state }) => (state === 'Connected' ? [id] : [])) : [];
}

/**
 * Does every needed group of the resource have a customer endpoint in this network or in a connected peer? Throws
 * UnreadableError when an endpoint, or the network's peerings, that could change the answer were not read. `groups`: those
 * the account's datastores use, `vault`, `registry` unless given.
 */
export function reachedPrivately(
  resourceId: string,
  vnetId: string,
  index: SnapshotIndex,
  groups: readonly string[] = groupsOf(resourceId, index),
): boolean {
  const ends = customerEndpoints(resourceId, index);
  if (ends.length === 0) return false;
  return groups.every((group) => {
    const able = ends.filter((end) => end.groups === undefined || end.groups.includes(fold(group)));
    const sure = able.filter((end) => end.groups !== undefined);
    if (sure.some((end) => sameId(end.vnet, vnetId))) return true;
    if (able.length === 0) return false;
    const peers = peersOf(vnetId, index);
    const near = (id: string | undefined) => sameId(id, vnetId) || peers.some((peer) => sameId(peer, id));
    if (sure.some((end) => near(end.vnet))) return true;
    const unclear = able.find((end) => (end.vnet === undefined ? true : end.groups === undefined && near(end.vnet)));
    if (unclear) throw new GapRead(gapOf(unclear, resourceId, index));
    return false;
  });
}

function gapOf({ connection }: CustomerEndpoint, resourceId: string, index: SnapshotIndex) {
  const seen = connection.endpointId === undefined ? undefined : index.peek(connection.endpointId);
  if (seen?.state === 'gap') return seen.gap;
  return {
    id: connection.endpointId ?? connection.id ?? resourceId,
    reason: 'The private endpoint behind an approved connection does not say its network and group.',
    action: 'Microsoft.Network/privateEndpoints/read',
  };
}

function groupsOf(resourceId: string, index: SnapshotIndex): readonly string[] {
  if (isStorage(resourceId)) return accountGroups(resourceId, index);
  return [isVault(resourceId) ? 'vault' : 'registry'];
}
