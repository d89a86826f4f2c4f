// The NICs that the body of a subnet names and that were not read: what they have, public addresses above all, is not known.
import { distinctIds, fold, resourceGroupOf, sameId, subscriptionOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { managedClusterType } from '../resource-types/managed-cluster-view.ts';
import { findSubnet } from '../resource-types/network-view.ts';
import { privateEndpointType } from '../resource-types/private-link.ts';
import { publicAddressType } from '../resource-types/public-ip-address.ts';
import { listAt, textAt } from '../resource-types/read.ts';
import { memoizePerSnapshot, memoizePerSnapshotAndKey } from './memoize.ts';

const nicPart = /^(.*\/networkInterfaces\/[^/]+)\/ipConfigurations\/([^/]+)\/?$/i;

/**
 * Ids of those of the operator: a NIC is in the subscription of its network, so that one of another subscription belongs to nodes
 * that a service runs there. NICs of private endpoints have no public address, those of cluster nodes leave by the cluster.
 */
export const unreadNicsIn = memoizePerSnapshotAndKey((subnet: string, index: SnapshotIndex): readonly string[] => {
  const body = findSubnet(index, subnet)?.body ?? null;
  const ids = listAt(body, '/properties/ipConfigurations').flatMap((item) => {
    const [, nic, name = ''] = nicPart.exec(textAt(item, '/id') ?? '') ?? [];
    return nic === undefined || /^privateEndpointIpConfig\./i.test(name) ? [] : [nic];
  });
  if (ids.length === 0) return [];
  const known = nicsOfEndpoints(index);
  return distinctIds(ids).filter(
    (id) =>
      sameId(subscriptionOf(id), subscriptionOf(subnet)) &&
      index.peek(id).state !== 'read' &&
      !known.has(fold(id)) &&
      !nodeGroups(index).has(fold(resourceGroupOf(id) ?? '')),
  );
});

const nicsOfEndpoints = memoizePerSnapshot(
  (index): ReadonlySet<string> =>
    new Set(
      index
        .ofType(privateEndpointType)
        .flatMap(({ body }) =>
          listAt(body, '/properties/networkInterfaces').flatMap((item) => textAt(item, '/id') ?? []),
        )
        .map(fold),
    ),
  [fold(privateEndpointType)],
);

/** Resource groups of the nodes of Kubernetes clusters. */
const nodeGroups = memoizePerSnapshot(
  (index): ReadonlySet<string> =>
    new Set(
      index
        .ofType(managedClusterType)
        .flatMap(({ body }) => textAt(body, '/properties/nodeResourceGroup') ?? [])
        .map(fold),
    ),
  [fold(managedClusterType)],
);

/** Ids of the public IP addresses that were read and that say which NIC has them. */
export const publicAddressesOf = (nic: string, index: SnapshotIndex): readonly string[] =>
  addressesByNic(index).get(fold(nic)) ?? [];

const addressesByNic = memoizePerSnapshot(
  (index): ReadonlyMap<string, readonly string[]> => {
    const found = new Map<string, string[]>();
    for (const { id, body } of index.ofType(publicAddressType)) {
      const [, nic] = nicPart.exec(textAt(body, '/properties/ipConfiguration/id') ?? '') ?? [];
      if (nic !== undefined) found.set(fold(nic), [...(found.get(fold(nic)) ?? []), id]);
    }
    return found;
  },
  [fold(publicAddressType)],
);
