// How many addresses the pools of a cluster need of a subnet when they are as large as they may get (rules-catalogue 3.7).
import type { PoolView } from '../../kinds/managed-cluster-view.ts';
import { sameId } from '../../model/resource-id.ts';
import { aksAddresses } from '../../net/address-plan.ts';
import type { Attached } from './clusters.ts';

/** What Azure gives a pool that says nothing (Microsoft Learn, "AKS IP address planning", read 2026-04). */
const defaultPods = 30;

export interface Seats {
  readonly pool: PoolView;
  /** Nodes at most, without what an upgrade adds. */
  readonly nodes: number;
  /** Does it grow by itself, so that it may be told to grow less? */
  readonly grows: boolean;
}

/** Nodes that an upgrade adds: `3`, `33%` of the pool rounded up, 1 where nothing is said. */
function surgeOf({ surge }: PoolView, nodes: number): number {
  const share = /^(\d{1,3})%$/.exec(surge ?? '')?.[1];
  if (share !== undefined) return Math.max(1, Math.ceil((nodes * Number(share)) / 100));
  return /^\d{1,4}$/.test(surge ?? '') ? Math.max(1, Number(surge)) : 1;
}

export const mostNodes = ({ autoScales, maxCount, count }: PoolView): number | undefined =>
  autoScales ? (maxCount ?? count) : count;

/** The pools with nodes or pods in a subnet; undefined where one does not say how large it is. */
export function seatsIn(subnet: string, { view }: Attached): readonly Seats[] | undefined {
  const here = view.pools.filter((pool) => sameId(pool.subnet, subnet) || sameId(pool.podSubnet, subnet));
  const seats = here.flatMap((pool): Seats[] => {
    const nodes = mostNodes(pool);
    return nodes === undefined || !Number.isFinite(nodes) || nodes < 0
      ? []
      : [{ pool, nodes, grows: pool.autoScales && pool.maxCount !== undefined }];
  });
  return seats.length === here.length ? seats : undefined;
}

/** Addresses that one pool needs of the subnet with so many nodes. */
export function needOf({ pool }: Seats, nodes: number, subnet: string, { view }: Attached): number {
  const surge = surgeOf(pool, nodes);
  const flat = view.plugin === 'azure' && !view.overlay;
  const own = sameId(pool.subnet, subnet)
    ? aksAddresses({ nodes, surge, maxPods: pool.maxPods ?? defaultPods, flat: flat && pool.podSubnet === undefined })
    : 0;
  const pods = flat && sameId(pool.podSubnet, subnet) ? (nodes + surge) * (pool.maxPods ?? defaultPods) : 0;
  return own + pods;
}

/** The largest number of nodes, from `least` up, with which the pool needs no more than `room`; undefined when none will do. */
export function largestFitting(
  seats: Seats,
  least: number,
  room: number,
  subnet: string,
  one: Attached,
): number | undefined {
  if (needOf(seats, least, subnet, one) > room) return undefined;
  let [fits, over] = [least, seats.nodes + 1];
  while (over - fits > 1) {
    const middle = Math.floor((fits + over) / 2);
    if (needOf(seats, middle, subnet, one) <= room) fits = middle;
    else over = middle;
  }
  return fits;
}
