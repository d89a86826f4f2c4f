// The typed view over a storage account's raw body. Reads only; never throws.
import type { Resource } from '../model/resource.ts';
import { aclsOf, endpointConnectionsOf, type Firewall, publicNetworkAccessOf } from './network-acls.ts';
import { booleanAt, enumAt, lazily, oncePerResource, textAt } from './read.ts';

export interface StorageView extends Firewall {
  readonly isHns: boolean | undefined;
  /** `StorageV2`, `BlockBlobStorage`, ... */
  readonly kind: string | undefined;
  readonly sku: string | undefined;
  readonly provisioningState: string | undefined;
}

export const storageView = oncePerResource(
  (resource: Resource): StorageView =>
    lazily<StorageView>({
      acls: () => aclsOf(resource),
      publicNetworkAccess: () => publicNetworkAccessOf(resource),
      location: () => textAt(resource.body, '/location'),
      endpointConnections: () => endpointConnectionsOf(resource),
      isHns: () => booleanAt(resource.body, '/properties/isHnsEnabled'),
      kind: () =>
        enumAt(resource.body, '/kind', ['StorageV2', 'BlockBlobStorage', 'BlobStorage', 'FileStorage', 'Storage']),
      sku: () => textAt(resource.body, '/sku/name'),
      provisioningState: () => textAt(resource.body, '/properties/provisioningState'),
    }),
);
