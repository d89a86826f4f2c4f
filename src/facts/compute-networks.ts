// The customer's virtual networks that clusters, instances and serverless nodes are in, and which of them have no public
// address.

import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import { vnetOf } from '../resource-types/network-view.ts';
import { managedAmong, type Placement, placementsOf } from '../resource-types/placements.ts';
import { workspaceInHand } from './links.ts';
import { memoizePerSnapshot } from './memoize.ts';
import { computes } from './needs.ts';

/** Clusters and instances. Throws UnreadableError when the list of computes was not read. */
export const managedComputes = memoizePerSnapshot((index): readonly Resource[] => managedAmong(computes(index)));

/** Throws UnreadableError when the list of computes was not read. */
export const placements = memoizePerSnapshot((index): readonly Placement[] =>
  placementsOf(computes(index), workspaceInHand(index)?.workspace),
);

export type { Placement as ComputePlacement };

export interface ComputeNetwork {
  /** In the casing first met. */
  readonly vnet: string;
  readonly placements: readonly Placement[];
}

/** Each network once. Throws UnreadableError when the list of computes was not read. */
export const computeNetworks = memoizePerSnapshot((index): readonly ComputeNetwork[] =>
  [...Map.groupBy(placements(index), ({ subnet }) => fold(vnetOf(subnet))).values()].flatMap((same) =>
    same[0] ? [{ vnet: vnetOf(same[0].subnet), placements: same }] : [],
  ),
);
