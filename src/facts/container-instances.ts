// Are models deployed to container instances inside a network: the operator's assumption, else the delegations of subnets.

import type { Resource } from '../model/resource.ts';
import { fold, isNamed, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { containerDelegation } from '../resource-types/container-group.ts';
import { subnetType, subnetView, vnetType } from '../resource-types/network-view.ts';
import { memoizePerSnapshot } from './memoize.ts';

export const isDelegatedToContainers = (subnet: Resource): boolean =>
  subnetView(subnet).delegations.some((service) => fold(service) === fold(containerDelegation));

/** Subnets of the snapshot that are delegated to container groups. */
export const containerSubnets = memoizePerSnapshot((index): readonly Resource[] =>
  index.ofType('Microsoft.Network/virtualNetworks/subnets').filter(isDelegatedToContainers),
);

/** Throws UnreadableError where no subnet that was read is delegated to them, and another may be. */
export function usesAci(index: SnapshotIndex): boolean {
  const said = index.snapshot.intents.usesAci;
  if (said !== undefined || containerSubnets(index).length > 0) return said ?? true;
  const unread = index.snapshot.gaps.find(({ id, status }) => status !== 404 && isNamed(id) && isNetwork(typeOf(id)));
  if (unread !== undefined) throw new UnreadableError(unread);
  return false;
}
const isNetwork = (type: string): boolean => [fold(vnetType), fold(subnetType)].includes(fold(type));
