// The zone groups of private endpoints: what Azure writes into private DNS for them.
import type { Resource } from '../model/resource.ts';
import { fold, parentId } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { zoneGroupType } from '../resource-types/private-dns-zone-group.ts';
import { memoizePerSnapshot, network } from './memoize.ts';

const byEndpoint = memoizePerSnapshot(
  (index): ReadonlyMap<string, readonly Resource[]> =>
    Map.groupBy(index.ofType(zoneGroupType), ({ id }) => fold(parentId(id) ?? '')),
  network,
);

/** In the order of the snapshot. */
export const zoneGroupsInHand = (endpoint: string, index: SnapshotIndex): readonly Resource[] =>
  byEndpoint(index).get(fold(endpoint)) ?? [];
