// What a failed read could have shown, supposed: the same snapshot where what was refused holds nothing. A rule that fails there fails,
// unless what was not read says otherwise.

import { fold, isNamed, nameOf, typeOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { storagePerimeterType, vaultPerimeterType } from '../resource-types/perimeter.ts';
import { memoizePerSnapshotAndKey } from './memoize.ts';
import { refusedRead } from './unread.ts';

const exceptions: ReadonlySet<string> = new Set([storagePerimeterType, vaultPerimeterType].map(fold));
/**
 * Does the list hold exceptions to the settings of a resource, so that without any these settings are what applies? Most accounts and
 * vaults have no perimeter configuration.
 */
export const isExceptionList = (id: string): boolean => !isNamed(id) && exceptions.has(fold(typeOf(`${id}/one`)));

/** The failed read of a list that Azure was asked for; of a file, and of a resource by its name, nothing is supposed. */
export const refusedList = (id: string, index: SnapshotIndex): ReadFailure | undefined =>
  isNamed(id) ? undefined : refusedRead(id, index);

/** The world where this list was read and has no members. */
export const supposedEmpty = memoizePerSnapshotAndKey(
  (list: string, { snapshot }: SnapshotIndex): SnapshotIndex =>
    indexSnapshot({
      ...snapshot,
      // Not the same array: facts look for earlier worlds by it.
      resources: [...snapshot.resources],
      gaps: snapshot.gaps.filter(({ id }) => fold(id) !== fold(list)),
      collections: [...snapshot.collections, { id: list, members: [] }],
    }),
);

/** `perimeter configurations (not read) show otherwise`. */
export function otherwiseWords(unread: readonly string[]): string {
  const names = unread
    .map((id) => id.split('?')[0] ?? id)
    .map((id) => (isNamed(id) ? nameOf(id) : resourceTypeOf(typeOf(`${id}/one`)).plural));
  const isOne = unread.length === 1 && unread.every(isNamed);
  return `${clean([...new Set(names)].join(' and '), 120)} (not read) ${isOne ? 'shows' : 'show'} otherwise`;
}
