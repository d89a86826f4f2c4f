// The customer's virtual networks that clusters, instances and serverless nodes sit in, and which of them have no public address.
import { vnetOf } from '../kinds/network-view.ts';
import { computeView } from '../kinds/workspace-view.ts';
import type { Resource } from '../model/resource.ts';
import { fold, sameId } from '../model/resource-id.ts';
import type { World } from '../model/world.ts';
import { workspaceInHand } from './links.ts';
import { oncePerWorld } from './memo.ts';
import { computes, hasPublicIp } from './needs.ts';

/** Clusters and instances. Throws GapRead when the list of computes was not read. */
export const managedComputes = oncePerWorld((world): readonly Resource[] =>
  computes(world).filter((compute) =>
    ['AmlCompute', 'ComputeInstance'].includes(computeView(compute).computeType ?? ''),
  ),
);

export interface Seat {
  readonly subnet: string;
  /** A cluster or instance; the workspace for its serverless nodes. */
  readonly sitter: Resource;
  readonly isServerless: boolean;
  readonly isPublic: boolean;
}

/** Who sits where. A compute in no subnet is in none. Throws GapRead when the list of computes was not read. */
export const seats = oncePerWorld((world): readonly Seat[] => {
  const sitting = managedComputes(world).flatMap((sitter): Seat[] => {
    const { subnet } = computeView(sitter);
    return subnet === undefined ? [] : [{ subnet, sitter, isServerless: false, isPublic: hasPublicIp(sitter) }];
  });
  const here = workspaceInHand(world);
  const pinned = here?.view.serverless.subnet;
  if (!here || pinned === undefined) return sitting;
  const isPublic = here.view.serverless.noPublicIp !== true;
  return [...sitting, { subnet: pinned, sitter: here.workspace, isServerless: true, isPublic }];
});

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

export const seatsIn = (vnet: string, world: World): readonly Seat[] =>
  computeNetworks(world).find((one) => sameId(one.vnet, vnet))?.seats ?? [];
