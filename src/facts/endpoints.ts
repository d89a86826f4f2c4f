// Which private endpoints of a resource are the customer's.

import { sameId, subscriptionOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { type EndpointConnection, endpointConnectionsOf } from '../resource-types/network-acls.ts';
import { endpointView, vnetOf } from '../resource-types/network-view.ts';
import { privateEndpointType } from '../resource-types/private-link.ts';
import { groupsLeadingTo } from './endpoints-in-hand.ts';
import { inheritedFrom, workspaceInHand } from './links.ts';

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
  const posture = index.posture();
  const workspace = workspaceInHand(index)?.view;
  const serviceMakes =
    workspace !== undefined &&
    (workspace.managedNetwork.on || workspace.sharedPrivateLinks.some(({ target }) => sameId(target, resourceId)));
  return endpointConnectionsOf(resource)
    .filter(({ status }) => status === 'Approved')
    .flatMap((connection) => {
      const seen = connection.endpointId === undefined ? undefined : index.peek(connection.endpointId);
      if (seen?.state !== 'read') {
        if (posture.state === 'gap' && inheritedFrom(index) !== undefined) throw new UnreadableError(posture.gap);
        if (serviceMakes) return [];
        const subnet = connection.subnetArmId;
        return [{ connection, subnet, vnet: subnet && vnetOf(subnet), groups: undefined }];
      }
      const { subnet: shown, connections } = endpointView(seen.resource);
      const subnet = shown ?? connection.subnetArmId;
      const groups = groupsLeadingTo(connections, resourceId);
      return [{ connection, subnet, vnet: subnet && vnetOf(subnet), groups: groups.length > 0 ? groups : undefined }];
    });
}

/**
 * Approved connections whose private endpoint is in a subscription that was not read: with a managed network, the service's own or
 * one of the customer's. Throws UnreadableError when the resource was not read.
 */
export function unseenConnections(resourceId: string, index: SnapshotIndex): readonly EndpointConnection[] {
  const resource = index.get(resourceId);
  return endpointConnectionsOf(resource ?? { id: resourceId, type: '', apiVersion: '', body: {} }).filter(
    ({ status, endpointId }) => {
      if (status !== 'Approved' || endpointId === undefined || index.peek(endpointId).state !== 'gap') return false;
      const subscription = subscriptionOf(endpointId);
      return !index.hasList(`/subscriptions/${subscription ?? ''}/providers/${privateEndpointType}`);
    },
  );
}
