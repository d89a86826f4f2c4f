// Which subnets the computes are in, and which of them a resource must allow.

import { readable } from '../model/readable.ts';
import type { Resource } from '../model/resource.ts';
import { fold } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { UnreadableError } from '../model/unreadable-error.ts';
import { computeType } from '../resource-types/compute.ts';
import { nicsOf } from '../resource-types/machine-view.ts';
import { attachedSubnets, computeView, databricksSubnets } from '../resource-types/workspace-view.ts';
import { isVault, workspaceInHand } from './links.ts';
import { memoizePerSnapshot, memoizePerSnapshotAndKey } from './memoize.ts';

export type SubnetRole = 'training' | 'inference' | 'serverless' | 'databricks';
export interface SubnetUse {
  /** Subnet id, in the casing first met. */
  readonly subnet: string;
  /** Ids of the computes, or of the workspace for its serverless subnet. */
  readonly by: readonly string[];
  readonly role: SubnetRole;
}
/** A compute whose subnet could not be read: it may be in any subnet. */
export interface UnreadUse {
  readonly compute: string;
  readonly role: SubnetRole;
  readonly gap: ReadFailure;
}

/** The list of computes of a workspace, as a path. */
export const computesOf = (workspace: string): string => `${workspace}/computes`;

/** Every compute of the workspace; in files without one, every compute. Throws UnreadableError when the list was not read. */
export const computes = (index: SnapshotIndex): readonly Resource[] =>
  index.snapshot.workspace === null ? index.ofType(computeType) : index.list(computesOf(index.snapshot.workspace));

interface Uses {
  readonly uses: readonly SubnetUse[];
  readonly unread: readonly UnreadUse[];
}

const allUses = memoizePerSnapshot((index): Uses => {
  const met: { subnet: string; by: string; role: SubnetRole }[] = [];
  const unread: UnreadUse[] = [];
  for (const compute of computes(index)) {
    const role = roleOf(compute);
    if (!role) continue;
    const subnets = readable(() => subnetsOfCompute(compute, index));
    if (subnets.state === 'known') met.push(...subnets.value.map((subnet) => ({ subnet, by: compute.id, role })));
    else unread.push({ compute: compute.id, role, gap: subnets.error.gap });
  }
  const here = workspaceInHand(index);
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
 * Subnets in use, one entry per subnet and role. Throws UnreadableError when the list of computes was not read; a compute
 * whose own subnet could not be read is in {@link unreadUses}.
 */
export const subnetUses = (index: SnapshotIndex): readonly SubnetUse[] => allUses(index).uses;
export const unreadUses = (index: SnapshotIndex): readonly UnreadUse[] => allUses(index).unread;

/** What a compute's subnet is used for; undefined for computes in none. */
export function roleOf(compute: Resource): SubnetRole | undefined {
  const type = computeView(compute).computeType;
  if (type === 'AmlCompute' || type === 'ComputeInstance' || type === 'VirtualMachine' || type === 'HDInsight') {
    return 'training';
  }
  if (type === 'AKS' || type === 'Kubernetes') return 'inference';
  return type === 'Databricks' ? 'databricks' : undefined;
}

/** The subnets of one compute; [] when it is in none. Throws UnreadableError when an attached resource was not read. */
export function subnetsOfCompute(compute: Resource, index: SnapshotIndex): readonly string[] {
  const { computeType, subnet, resourceId } = computeView(compute);
  if (subnet !== undefined) return [subnet];
  if (computeType === 'AmlCompute' || computeType === 'ComputeInstance' || resourceId === undefined) return [];
  const attached = index.get(resourceId);
  if (!attached) return [];
  if (computeType === 'Databricks') return databricksSubnets(attached);
  if (computeType !== 'VirtualMachine') return attachedSubnets(attached);
  return nicsOf(attached).flatMap((nic) => {
    const found = index.get(nic);
    return found ? attachedSubnets(found) : [];
  });
}

const needed = (resourceId: string): readonly SubnetRole[] =>
  isVault(resourceId) ? ['training', 'serverless'] : ['training', 'inference', 'serverless'];

/**
 * The known subnets that a storage account, registry or vault must allow: each once, in the casing first met. Throws
 * UnreadableError when the list of computes was not read. [] without a workspace.
 */
export const knownNeedsOf = memoizePerSnapshotAndKey((resourceId: string, index: SnapshotIndex): readonly string[] => {
  const roles = needed(resourceId);
  const byId = new Map<string, string>();
  for (const { subnet, role } of subnetUses(index)) {
    if (roles.includes(role) && !byId.has(fold(subnet))) byId.set(fold(subnet), subnet);
  }
  return [...byId.values()];
});

/** The computes that may add to {@link knownNeedsOf} and could not be read. */
export const unreadNeedsOf = (resourceId: string, index: SnapshotIndex): readonly UnreadUse[] =>
  unreadUses(index).filter(({ role }) => needed(resourceId).includes(role));

/** Every subnet that the resource must allow. Throws UnreadableError when a compute that may add to it could not be read. */
export function needsOf(resourceId: string, index: SnapshotIndex): readonly string[] {
  const [unread] = unreadNeedsOf(resourceId, index);
  if (unread) throw new UnreadableError(unread.gap);
  return knownNeedsOf(resourceId, index);
}
