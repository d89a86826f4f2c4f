// The typed view over a key vault's raw body. Reads only; never throws.
import type { Resource } from '../model/resource.ts';
import { aclsOf, endpointConnectionsOf, type Firewall, publicNetworkAccessOf } from './network-acls.ts';
import { lazily, oncePerResource, textAt } from './read.ts';

export interface VaultView extends Firewall {
  readonly sku: string | undefined;
  readonly provisioningState: string | undefined;
  /** The rules may be hidden, not absent: never write them unseen (rules-catalogue, P-KV-ACL). */
  readonly hidden: boolean;
}

export const vaultView = oncePerResource(
  (resource: Resource): VaultView =>
    lazily<VaultView>({
      acls: () => aclsOf(resource),
      publicNetworkAccess: () => publicNetworkAccessOf(resource),
      location: () => textAt(resource.body, '/location'),
      endpointConnections: () => endpointConnectionsOf(resource),
      sku: () => textAt(resource.body, '/properties/sku/name'),
      provisioningState: () => textAt(resource.body, '/properties/provisioningState'),
      hidden: () => aclsOf(resource) === 'absent' && publicNetworkAccessOf(resource) === 'Disabled',
    }),
);
