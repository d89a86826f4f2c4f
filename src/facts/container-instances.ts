// Are models deployed to container instances inside a network: the operator's assumption, else the delegations of subnets.

import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { containerDelegation } from '../resource-types/container-group.ts';
import { subnetView } from '../resource-types/network-view.ts';
import { memoizePerSnapshot } from './memoize.ts';
import { refusedLike } from './unread.ts';

export const isDelegatedToContainers = (subnet: Resource): boolean =>
  subnetView(subnet).delegations.some((service) => fold(service) === fold(containerDelegation));

/** Subnets of the snapshot that are delegated to container groups. */
export const containerSubnets = memoizePerSnapshot((index): readonly Resource[] =>
  index.ofType('Microsoft.Network/virtualNetworks/subnets').filter(isDelegatedToContainers),
);

/** Throws UnreadableError where no delegation was read, and a network was not. */
export function usesAci(index: SnapshotIndex): boolean {
  const { usesAci: assumed } = index.snapshot.intents;
  if (assumed !== undefined) return assumed;
  if (containerSubnets(index).length > 0) return true;
  const unread = refusedLike(/\/virtualNetworks(?:\/[^/]+)?$/i, index);
  if (unread !== undefined) throw new UnreadableError(unread);
  return false;
}
