// Reads that Azure refused, or that failed, and what they hide: resources that are found through them alone. What a file does not hold
// was not refused.

import { subscriptionOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { datastoresOf, unresolvedAccounts } from './accounts.ts';
import { storageType } from './links.ts';

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
