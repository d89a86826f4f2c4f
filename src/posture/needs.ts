// Which subnets the computes sit in, and which of them a resource must admit.
import { cardsOf } from '../kinds/machine-view.ts';
import { attachedSubnets, computeView, databricksSubnets } from '../kinds/workspace-view.ts';
import { readable } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { Gap } from '../model/snapshot.ts';
import { GapRead, type World } from '../model/world.ts';
import { isVault, workspaceInHand } from './links.ts';
import { oncePerWorld, oncePerWorldAndKey } from './memo.ts';

export type SubnetRole = 'training' | 'inference' | 'serverless' | 'databricks';
export interface SubnetUse {
  /** Subnet id, in the casing first met. */
  readonly subnet: string;
  /** Ids of the computes, or of the workspace for its serverless subnet. */
  readonly by: readonly string[];
  readonly role: SubnetRole;
}
/** A compute whose subnet could not be read: it may sit anywhere. */
export interface UnreadUse {
  readonly compute: string;
  readonly role: SubnetRole;
  readonly gap: Gap;
}

/** The list of computes of a workspace, as a path. */
export const computesOf = (workspace: string): string => `${workspace}/computes`;

/** Every compute of the workspace; [] without one. Throws GapRead when the list was not read. */
export const computes = (world: World): readonly Resource[] =>
  world.snapshot.workspace === null ? [] : world.list(computesOf(world.snapshot.workspace));

interface Uses {
  readonly uses: readonly SubnetUse[];
  readonly unread: readonly UnreadUse[];
}

const allUses = oncePerWorld((world): Uses => {
  const met: { subnet: string; by: string; role: SubnetRole }[] = [];
  const unread: UnreadUse[] = [];
  for (const compute of computes(world)) {
    const role = roleOf(compute);
    if (!role) continue;
    const subnets = readable(() => subnetsOfCompute(compute, world));
    if (subnets.state === 'known') met.push(...subnets.value.map((subnet) => ({ subnet, by: compute.id, role })));
    else unread.push({ compute: compute.id, role, gap: subnets.error.gap });
  }
  const here = workspaceInHand(world);
  const pinned = here?.view.serverless.subnet;
  if (here && pinned !== undefined) met.push({ subnet: pinned, by: here.workspace.id, role: 'serverless' });
  const grouped = Map.groupBy(met, ({ subnet, role }) => `${role} ${fold(subnet)}`);
  const uses = [...grouped.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ subnet: first.subnet, role: first.role, by: group.map(({ by }) => by) }] : [];
  });
  return { uses, unread };
});

/**
 * Subnets in use, one entry per subnet and role. Throws GapRead when the list of computes was not read; a compute whose own
 * subnet could not be read is in {@link unreadUses}.
 */
export const subnetUses = (world: World): readonly SubnetUse[] => allUses(world).uses;
export const unreadUses = (world: World): readonly UnreadUse[] => allUses(world).unread;

/** What a compute's subnet is used for; undefined for computes that sit in none. */
export function roleOf(compute: Resource): SubnetRole | undefined {
  const type = computeView(compute).computeType;
  if (type === 'AmlCompute' || type === 'ComputeInstance' || type === 'VirtualMachine' || type === 'HDInsight') {
    return 'training';
  }
  if (type === 'AKS' || type === 'Kubernetes') return 'inference';
  return type === 'Databricks' ? 'databricks' : undefined;
}

/** The subnets one compute sits in; [] when it is in none. Throws GapRead when an attached resource was not read. */
export function subnetsOfCompute(compute: Resource, world: World): readonly string[] {
  const { computeType, subnet, resourceId } = computeView(compute);
  if (subnet !== undefined) return [subnet];
  if (computeType === 'AmlCompute' || computeType === 'ComputeInstance' || resourceId === undefined) return [];
  const attached = world.get(resourceId);
  if (!attached) return [];
  if (computeType === 'Databricks') return databricksSubnets(attached);
  if (computeType !== 'VirtualMachine') return attachedSubnets(attached);
  return cardsOf(attached).flatMap((card) => {
    const found = world.get(card);
    return found ? attachedSubnets(found) : [];
  });
}

const needed = (resourceId: string): readonly SubnetRole[] =>
  isVault(resourceId) ? ['training', 'serverless'] : ['training', 'inference', 'serverless'];

/**
 * The subnets a storage account, registry or vault must admit, as far as they are known: each once, in the casing first met.
 * Throws GapRead when the list of computes was not read. [] without a workspace.
 */
export const knownNeedsOf = oncePerWorldAndKey((resourceId: string, world: World): readonly string[] => {
  const roles = needed(resourceId);
  const byId = new Map<string, string>();
  for (const { subnet, role } of subnetUses(world)) {
    if (roles.includes(role) && !byId.has(fold(subnet))) byId.set(fold(subnet), subnet);
  }
  return [...byId.values()];
});

/** The computes that may add to {@link knownNeedsOf} and could not be read. */
export const unreadNeedsOf = (resourceId: string, world: World): readonly UnreadUse[] =>
  unreadUses(world).filter(({ role }) => needed(resourceId).includes(role));

/** Every subnet that the resource must allow. Throws GapRead when a compute that may add to it could not be read. */
export function needsOf(resourceId: string, world: World): readonly string[] {
  const [unread] = unreadNeedsOf(resourceId, world);
  if (unread) throw new GapRead(unread.gap);
  return knownNeedsOf(resourceId, world);
}
