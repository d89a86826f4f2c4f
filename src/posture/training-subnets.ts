// The subnets whose traffic the rules of groups NSG judge: those of clusters, instances, attached machines and serverless nodes.
import { findSubnet, subnetView, vnetOf, vnetView } from '../kinds/network-view.ts';
import { listAt, textAt } from '../kinds/read.ts';
import { hasPublicIp } from '../kinds/seats.ts';
import { securityGroupType, sharersOf } from '../kinds/security-group-view.ts';
import { computeView } from '../kinds/workspace-view.ts';
import type { Resource } from '../model/resource.ts';
import { fold, sameId } from '../model/resource-id.ts';
import { GapRead, type World } from '../model/world.ts';
import { workspaceInHand } from './links.ts';
import { oncePerWorld, oncePerWorldAndKey } from './memo.ts';
import { subnetUses, unreadUses } from './needs.ts';

export interface TrainingSubnet {
  /** In the casing first met. */
  readonly subnet: string;
  /** Ids of its computes; that of the workspace for serverless nodes. */
  readonly by: readonly string[];
}

/** Each training subnet once. Throws GapRead when the list of computes was not read. */
export const trainingSubnets = oncePerWorld((world): readonly TrainingSubnet[] => {
  const uses = subnetUses(world).filter(({ role }) => role === 'training' || role === 'serverless');
  return [...Map.groupBy(uses, ({ subnet }) => fold(subnet)).values()].flatMap((same) =>
    same[0] ? [{ subnet: same[0].subnet, by: same.flatMap(({ by }) => by) }] : [],
  );
});

/** A training compute whose subnet could not be read may sit anywhere. */
export const unreadTraining = (world: World) => unreadUses(world).filter(({ role }) => role === 'training');

/** The computes of a training subnet that are in hand; the workspace's serverless nodes are none. */
export const computesIn = (subnetId: string, world: World): readonly Resource[] =>
  trainingSubnets(world)
    .filter(({ subnet }) => sameId(subnet, subnetId))
    .flatMap(({ by }) => by)
    .flatMap((id) => {
      const seen = world.peek(id);
      return seen.state === 'read' && !sameId(id, world.snapshot.workspace) ? [seen.resource] : [];
    });

/** The workspace, where its serverless nodes come into the subnet with public addresses. */
function publicServerlessIn(subnetId: string, world: World): Resource[] {
  const here = workspaceInHand(world);
  if (!here || !sameId(here.view.serverless.subnet, subnetId)) return [];
  return here.view.serverless.noPublicIp === true ? [] : [here.workspace];
}

/**
 * The clusters and instances of a subnet that have a public address, and the workspace for its serverless nodes.
 * Throws GapRead when one may be unseen.
 */
export function publicComputesIn(subnetId: string, world: World): readonly Resource[] {
  const found = [...computesIn(subnetId, world).filter(hasPublicIp), ...publicServerlessIn(subnetId, world)];
  const [unread] = unreadTraining(world);
  if (found.length === 0 && unread) throw new GapRead(unread.gap);
  return found;
}

/** Does it hold attached machines or HDInsight clusters and nothing else? */
export const holdsMachinesOnly = (subnetId: string, world: World): boolean => {
  const uses = trainingSubnets(world).find(({ subnet }) => sameId(subnet, subnetId));
  const computes = computesIn(subnetId, world);
  return (
    computes.length > 0 &&
    computes.length === uses?.by.length &&
    computes.every((compute) => ['VirtualMachine', 'HDInsight'].includes(computeView(compute).computeType ?? ''))
  );
};

/** The group of a subnet; undefined when it has none. Throws GapRead when it could not be read. */
export function securityGroupAt(subnetId: string, world: World): Resource | undefined {
  const subnet = findSubnet(world, subnetId);
  const id = subnet && subnetView(subnet).nsg;
  if (id === undefined) return undefined;
  const found = world.get(id);
  return found && fold(found.type) === fold(securityGroupType) ? found : undefined;
}

/** Ids of the subnets and interfaces at which a group stands, itself shown or seen at the subnets in hand. */
export const sharers = oncePerWorldAndKey((groupId: string, world: World): readonly string[] => {
  const group = world.peek(groupId);
  const shown = group.state === 'read' ? sharersOf(group.resource) : { subnets: [], cards: [] };
  const seen = world
    .ofType('Microsoft.Network/virtualNetworks/subnets')
    .filter((subnet) => sameId(textAt(subnet.body, '/properties/networkSecurityGroup/id'), groupId))
    .map(({ id }) => id);
  const all = [...shown.subnets, ...seen, ...shown.cards];
  return [...new Map(all.map((id) => [fold(id), id])).values()];
});

/** The user routes of a subnet, as ARM gives them; [] without a table. Throws GapRead when the table could not be read. */
export const userRoutesOf = oncePerWorldAndKey((subnetId: string, world: World): readonly unknown[] => {
  const subnet = findSubnet(world, subnetId);
  const table = subnet && subnetView(subnet).routeTable;
  const found = table === undefined ? undefined : world.get(table);
  return found ? listAt(found.body, '/properties/routes') : [];
});

/** The network of a subnet. Throws GapRead when it could not be read. */
export const networkOf = (subnetId: string, world: World): Resource | undefined => world.get(vnetOf(subnetId));

/** ARM's name of the workspace's region; that of the network where there is no workspace. Throws GapRead when neither was read. */
export function regionAt(subnetId: string, world: World): string {
  const own = workspaceInHand(world)?.view.location;
  const network = own === undefined ? networkOf(subnetId, world) : undefined;
  return fold(own ?? (network && vnetView(network).location) ?? '').replaceAll(' ', '');
}
