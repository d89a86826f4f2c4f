// The subnets whose traffic the NSG rules check: those of clusters, instances, attached machines and serverless nodes.

import type { Resource } from '../model/resource.ts';
import { distinctIds, fold, sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { findSubnet, subnetView, vnetOf, vnetView } from '../resource-types/network-view.ts';
import { hasPublicIp } from '../resource-types/placements.ts';
import { listAt, textAt } from '../resource-types/read.ts';
import { securityGroupType, sharersOf } from '../resource-types/security-group-view.ts';
import { computeView } from '../resource-types/workspace-view.ts';
import { workspaceInHand } from './links.ts';
import { memoizePerSnapshot, memoizePerSnapshotAndKey, network } from './memoize.ts';
import { subnetUses, unreadUses } from './needs.ts';

export interface TrainingSubnet {
  /** In the casing first met. */
  readonly subnet: string;
  /** Ids of its computes; that of the workspace for serverless nodes. */
  readonly by: readonly string[];
}

/** Each training subnet once. Throws UnreadableError when the list of computes was not read. */
export const trainingSubnets = memoizePerSnapshot((index): readonly TrainingSubnet[] => {
  const uses = subnetUses(index).filter(({ role }) => role === 'training' || role === 'serverless');
  return [...Map.groupBy(uses, ({ subnet }) => fold(subnet)).values()].flatMap((same) =>
    same[0] ? [{ subnet: same[0].subnet, by: same.flatMap(({ by }) => by) }] : [],
  );
});

/** A training compute whose subnet could not be read may be in any subnet. */
export const unreadTraining = (index: SnapshotIndex) => unreadUses(index).filter(({ role }) => role === 'training');

/** The computes of a training subnet; the workspace's serverless nodes are not included. */
export const computesIn = (subnetId: string, index: SnapshotIndex): readonly Resource[] =>
  trainingSubnets(index)
    .filter(({ subnet }) => sameId(subnet, subnetId))
    .flatMap(({ by }) => by)
    .flatMap((id) => {
      const seen = index.peek(id);
      return seen.state === 'read' && !sameId(id, index.snapshot.workspace) ? [seen.resource] : [];
    });

/** The workspace, where its serverless nodes in the subnet have public addresses. */
function publicServerlessIn(subnetId: string, index: SnapshotIndex): Resource[] {
  const here = workspaceInHand(index);
  if (!here || !sameId(here.view.serverless.subnet, subnetId)) return [];
  return here.view.serverless.noPublicIp === true ? [] : [here.workspace];
}

/**
 * The clusters and instances of a subnet that have a public address, and the workspace for its serverless nodes.
 * Throws UnreadableError when one may be unseen.
 */
export function publicComputesIn(subnetId: string, index: SnapshotIndex): readonly Resource[] {
  const found = [...computesIn(subnetId, index).filter(hasPublicIp), ...publicServerlessIn(subnetId, index)];
  const [unread] = unreadTraining(index);
  if (found.length === 0 && unread) throw new UnreadableError(unread.gap);
  return found;
}

/** Does it hold attached machines or HDInsight clusters and nothing else? */
export const holdsMachinesOnly = (subnetId: string, index: SnapshotIndex): boolean => {
  const uses = trainingSubnets(index).find(({ subnet }) => sameId(subnet, subnetId));
  const computes = computesIn(subnetId, index);
  return (
    computes.length > 0 &&
    computes.length === uses?.by.length &&
    computes.every((compute) => ['VirtualMachine', 'HDInsight'].includes(computeView(compute).computeType ?? ''))
  );
};

/** The group of a subnet; undefined when it has none. Throws UnreadableError when it could not be read. */
export function securityGroupAt(subnetId: string, index: SnapshotIndex): Resource | undefined {
  const subnet = findSubnet(index, subnetId);
  const id = subnet && subnetView(subnet).nsg;
  if (id === undefined) return undefined;
  const found = index.get(id);
  return found && fold(found.type) === fold(securityGroupType) ? found : undefined;
}

/** Ids of the subnets and NICs that a group is associated with, by the group's body or by the subnets of the snapshot. */
export const sharers = memoizePerSnapshotAndKey((groupId: string, index: SnapshotIndex): readonly string[] => {
  const group = index.peek(groupId);
  const shown = group.state === 'read' ? sharersOf(group.resource) : { subnets: [], nics: [] };
  const seen = index
    .ofType('Microsoft.Network/virtualNetworks/subnets')
    .filter((subnet) => sameId(textAt(subnet.body, '/properties/networkSecurityGroup/id'), groupId))
    .map(({ id }) => id);
  const all = [...shown.subnets, ...seen, ...shown.nics];
  return distinctIds(all);
});

/**
 * The user routes of a subnet, as ARM gives them; [] without a table. Throws UnreadableError when the table could not be
 * read.
 */
export const userRoutesOf = memoizePerSnapshotAndKey((subnetId: string, index: SnapshotIndex): readonly unknown[] => {
  const subnet = findSubnet(index, subnetId);
  const table = subnet && subnetView(subnet).routeTable;
  const found = table === undefined ? undefined : index.get(table);
  return found ? listAt(found.body, '/properties/routes') : [];
}, network);

/** The network of a subnet. Throws UnreadableError when it could not be read. */
export const networkOf = (subnetId: string, index: SnapshotIndex): Resource | undefined => index.get(vnetOf(subnetId));

/**
 * ARM's name of the workspace's region; that of the network where there is no workspace. Throws UnreadableError when neither
 * was read.
 */
export function regionAt(subnetId: string, index: SnapshotIndex): string {
  const own = workspaceInHand(index)?.view.location;
  const network = own === undefined ? networkOf(subnetId, index) : undefined;
  return fold(own ?? (network && vnetView(network).location) ?? '').replaceAll(' ', '');
}
