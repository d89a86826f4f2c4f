// Are models deployed to container instances inside a network: the operator's assumption, else the delegations of subnets.

import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { containerDelegation } from '../resource-types/container-group.ts';
import { subnetView } from '../resource-types/network-view.ts';
import { memoizePerSnapshot } from './memoize.ts';

export const isDelegatedToContainers = (subnet: Resource): boolean =>
  subnetView(subnet).delegations.some((service) => fold(service) === fold(containerDelegation));

/** Subnets of the snapshot that are delegated to container groups. */
export const containerSubnets = memoizePerSnapshot((index): readonly Resource[] =>
  index.ofType('Microsoft.Network/virtualNetworks/subnets').filter(isDelegatedToContainers),
);

export const usesAci = (index: SnapshotIndex): boolean =>
  index.snapshot.intents.usesAci ?? containerSubnets(index).length > 0;
