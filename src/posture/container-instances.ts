// Are models deployed to container instances inside a network: the operator's answer, else what subnets are handed to.
import { containerDelegation } from '../kinds/container-group.ts';
import { subnetView } from '../kinds/network-view.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { World } from '../model/world.ts';

export const isDelegatedToContainers = (subnet: Resource): boolean =>
  subnetView(subnet).delegations.some((service) => fold(service) === fold(containerDelegation));

/** Subnets in hand that are delegated to container groups. */
export const containerSubnets = (world: World): readonly Resource[] =>
  world.ofType('Microsoft.Network/virtualNetworks/subnets').filter(isDelegatedToContainers);

export const usesAci = (world: World): boolean => world.snapshot.intents.usesAci ?? containerSubnets(world).length > 0;
