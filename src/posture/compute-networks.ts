// The customer's virtual networks that clusters, instances and serverless nodes sit in, and which of them have no public address.
import { vnetOf } from '../kinds/network-view.ts';
import { managedAmong, type Seat, seatsOf } from '../kinds/seats.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import { workspaceInHand } from './links.ts';
import { oncePerWorld } from './memo.ts';
import { computes } from './needs.ts';

/** Clusters and instances. Throws GapRead when the list of computes was not read. */
export const managedComputes = oncePerWorld((world): readonly Resource[] => managedAmong(computes(world)));

/** Throws GapRead when the list of computes was not read. */
export const seats = oncePerWorld((world): readonly Seat[] =>
  seatsOf(computes(world), workspaceInHand(world)?.workspace),
);

export type { Seat };

export interface ComputeNetwork {
  /** In the casing first met. */
  readonly vnet: string;
  readonly seats: readonly Seat[];
}

/** Each network once. Throws GapRead when the list of computes was not read. */
export const computeNetworks = oncePerWorld((world): readonly ComputeNetwork[] =>
  [...Map.groupBy(seats(world), ({ subnet }) => fold(vnetOf(subnet))).values()].flatMap((same) =>
    same[0] ? [{ vnet: vnetOf(same[0].subnet), seats: same }] : [],
  ),
);
