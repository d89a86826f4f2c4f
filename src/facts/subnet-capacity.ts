// How many addresses a training subnet has left, and how many its computes may still ask for.

import type { Json } from '../model/json.ts';
import { readable } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold, sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { type AksPool, addressDemand, type Free, freeAddresses, usableAddresses } from '../net/address-plan.ts';
import { growthOf } from '../resource-types/cluster-view.ts';
import { findSubnet, subnetView, vnetOf } from '../resource-types/network-view.ts';
import { booleanAt, listAt, numberAt, textAt } from '../resource-types/read.ts';
import { addressUsagesOf, type Usage, usagesIn } from '../resource-types/service-answers.ts';
import { computeView } from '../resource-types/workspace-view.ts';
import { computes, roleOf } from './needs.ts';

export interface SubnetCapacity {
  readonly free: Free;
  /** Addresses that resources can have; undefined where the prefixes cannot be read. */
  readonly usable: number | undefined;
  /** The row of the network's usage count, where Azure returned one, and the document that holds it. */
  readonly counted: { readonly document: Resource; readonly usage: Usage } | undefined;
}

/**
 * Undefined when the subnet does not exist or shows no range. Throws UnreadableError when neither it nor the count could be
 * read.
 */
export function capacityOf(subnetId: string, index: SnapshotIndex): SubnetCapacity | undefined {
  const document = index.peek(addressUsagesOf(vnetOf(subnetId)));
  const usage =
    document.state === 'read' ? usagesIn(document.resource).find(({ id }) => sameId(id, subnetId)) : undefined;
  const subnet = readable(() => findSubnet(index, subnetId));
  if (subnet.state === 'unreadable' && usage === undefined) throw subnet.error;
  const body = subnet.state === 'known' ? subnet.value : undefined;
  const prefixes = body ? subnetView(body).prefixes : [];
  const free = freeAddresses({
    prefixes,
    usage: usage && { currentValue: usage.used, limit: usage.limit },
    configurations: body ? listAt(body.body, '/properties/ipConfigurations').length : 0,
  });
  if (free === undefined) return undefined;
  const counted =
    usage && document.state === 'read' && !free.approximate ? { document: document.resource, usage } : undefined;
  return { free, usable: counted ? counted.usage.limit : usableAddresses(prefixes), counted };
}

export interface Demand {
  readonly compute: Resource;
  readonly addresses: number;
}

/** The addresses that each compute of the subnet may still request; those that request nothing are omitted. */
export function demandIn(subnetId: string, index: SnapshotIndex): readonly Demand[] {
  return computes(index)
    .flatMap((compute): Demand[] => {
      const { subnet, computeType } = computeView(compute);
      if (computeType === 'AmlCompute') {
        return sameId(subnet, subnetId) ? [{ compute, addresses: growthOf(compute) }] : [];
      }
      return roleOf(compute) === 'inference' ? [{ compute, addresses: poolGrowth(compute, subnetId, index) }] : [];
    })
    .filter(({ addresses }) => addresses > 0);
}

/** The addresses that the pools of an attached Kubernetes cluster may still request; 0 for one that was not read. */
function poolGrowth(compute: Resource, subnetId: string, index: SnapshotIndex): number {
  const { resourceId } = computeView(compute);
  const cluster = resourceId === undefined ? undefined : index.peek(resourceId);
  if (cluster?.state !== 'read') return 0;
  const { body } = cluster.resource;
  const profile = '/properties/networkProfile';
  const overlay = fold(textAt(body, `${profile}/networkPluginMode`) ?? '') === 'overlay';
  const flat = fold(textAt(body, `${profile}/networkPlugin`) ?? '') === 'azure' && !overlay;
  const pools = listAt(body, '/properties/agentPoolProfiles').filter((pool) =>
    sameId(textAt(pool, '/vnetSubnetID'), subnetId),
  );
  return addressDemand({ pools: pools.map((pool) => growthOfPool(pool, flat)) });
}

function growthOfPool(pool: Json, flat: boolean): { now: AksPool; planned: AksPool } {
  const count = numberAt(pool, '/count') ?? 0;
  const most = booleanAt(pool, '/enableAutoScaling') === true ? (numberAt(pool, '/maxCount') ?? count) : count;
  const shape = { maxPods: numberAt(pool, '/maxPods'), flat: flat && textAt(pool, '/podSubnetID') === undefined };
  return { now: { nodes: count, ...shape }, planned: { nodes: most, ...shape } };
}
