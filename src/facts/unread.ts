// Reads that Azure refused, or that failed, and what they hide: resources that are found through them alone. What a file does not hold
// was not refused.

import { pathEndTypes } from '../model/path.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, sameId, subscriptionOf, typeOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { datastoreType } from '../resource-types/datastore.ts';
import { vnetType } from '../resource-types/network-view.ts';
import { isKeptInPart, workspaceType } from '../resource-types/workspace-view.ts';
import { datastoresOf, unresolvedAccounts } from './accounts.ts';
import { registryType, storageType, vaultType } from './links.ts';

/** Was it asked for and not given? */
const isRefused = ({ status, code, open }: ReadFailure): boolean =>
  status !== 404 && open === undefined && (status ?? code) !== undefined;

/** The failed read of this resource or list; undefined where it was read, does not exist, or was not asked for. */
export function refusedRead(id: string, index: SnapshotIndex): ReadFailure | undefined {
  const seen = index.peek(id);
  return seen.state === 'gap' && isRefused(seen.gap) ? seen.gap : undefined;
}

/** The first failed read whose path ends as `pattern` says. */
export const refusedLike = (pattern: RegExp, { snapshot }: SnapshotIndex): ReadFailure | undefined =>
  snapshot.gaps.find((gap) => isRefused(gap) && pattern.test(gap.id));

const receivers: readonly string[] = [storageType, vaultType, registryType, datastoreType];
const senders: readonly string[] = [vnetType, ...pathEndTypes].filter((type) => !receivers.includes(type));

/**
 * Failed reads of resources, or of lists of them, that may be ends of a path or lead to some: a network to its subnets, a compute to its
 * own. `side`: as a source no service is one.
 */
export const unreadEnds = (side: 'source' | 'destination', { snapshot }: SnapshotIndex): readonly ReadFailure[] => {
  const types = side === 'source' ? senders : [...senders, ...receivers];
  return snapshot.gaps.filter((gap) => isRefused(gap) && types.some((type) => sameId(typeOf(gap.id), type)));
};

/** Was all of it read, not only what it uses? */
export const isWhole = (resource: Resource): boolean => !isKeptInPart(resource);

/** Of the workspace whose settings apply: which account, vault, registry and subnets are its own is then not known. */
export function unreadWorkspace(index: SnapshotIndex): ReadFailure | undefined {
  const seen = index.snapshot.workspace === null ? undefined : index.posture();
  return seen?.state === 'gap' && isRefused(seen.gap) ? seen.gap : undefined;
}

/** Of a list through which storage accounts are found: the datastores or, where these give names alone, the accounts. */
export function unreadAccounts(index: SnapshotIndex): ReadFailure | undefined {
  const { workspace } = index.snapshot;
  if (workspace === null) return undefined;
  const unread = unreadWorkspace(index) ?? refusedRead(datastoresOf(workspace), index);
  if (unread !== undefined || unresolvedAccounts(index).length === 0) return unread;
  return refusedRead(`/subscriptions/${subscriptionOf(workspace) ?? ''}/providers/${storageType}`, index);
}

/**
 * Failed reads that hide what other workspaces have: which there are, and their computes or datastores. Each with a name for what it hides.
 */
export function unreadOfOthers(
  part: 'computes' | 'datastores' | null,
  { snapshot }: SnapshotIndex,
): readonly { readonly what: string; readonly gap: ReadFailure }[] {
  const { gaps, workspace } = snapshot;
  if (workspace === null) return [];
  const every = `/providers/${workspaceType}`;
  return gaps.flatMap((gap) => {
    // A query has no resource that could be missing.
    if (sameId(gap.id, every)) return [{ what: 'the workspaces of other subscriptions', gap }];
    if (!isRefused(gap)) return [];
    if (sameId(gap.id, `/subscriptions/${subscriptionOf(workspace) ?? ''}${every}`))
      return [{ what: 'the list of workspaces', gap }];
    if (part === null || !fold(gap.id).endsWith(`/${part}`)) return [];
    if (sameId(gap.id, `${every}/${part}`)) return [{ what: `the ${part} of more workspaces`, gap }];
    const holder = gap.id.slice(0, -part.length - 1);
    const isOther = sameId(typeOf(holder), workspaceType) && !sameId(holder, workspace);
    return isOther ? [{ what: `the ${part} of ${nameOf(holder)}`, gap }] : [];
  });
}
