// Which sub-resources of a storage account the workspace uses, as private-link group ids.

import { valueAt } from '../model/pointer.ts';
import { sameId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { datastoreView } from '../resource-types/workspace-view.ts';
import { datastoreAccount, datastoresInHand } from './accounts.ts';
import { defaultAccountId } from './links.ts';

function isHierarchical(accountId: string, index: SnapshotIndex): boolean {
  const seen = index.peek(accountId);
  return seen.state === 'read' && valueAt(seen.resource.body, '/properties/isHnsEnabled') === true;
}

/** What batch endpoints need of the workspace's own account besides. */
export const batchGroups: readonly string[] = ['queue', 'table'];

/** `blob`, `file`, `queue`, `table`, `dfs`; `blob` when the use of an account is unknown. */
export function accountGroups(accountId: string, index: SnapshotIndex): readonly string[] {
  const isDefault = sameId(accountId, defaultAccountId(index));
  const groups = new Set(isDefault ? ['blob', 'file'] : []);
  for (const datastore of datastoresInHand(index)) {
    if (!sameId(datastoreAccount(datastore, index), accountId)) continue;
    const type = datastoreView(datastore).datastoreType;
    if (type === 'AzureBlob') groups.add('blob');
    if (type === 'AzureFile') groups.add('file');
    // Operations on dfs may be redirected to blob, and some exist on dfs alone.
    if (type === 'AzureDataLakeGen2' || isHierarchical(accountId, index)) groups.add('blob').add('dfs');
  }
  if (groups.size === 0) groups.add('blob');
  if (isDefault && index.snapshot.intents.usesBatchEndpoints) for (const group of batchGroups) groups.add(group);
  return [...groups];
}
