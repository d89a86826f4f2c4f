// What a failed read could have shown, supposed: the same snapshot where what was refused holds nothing, or is not there. A rule that
// fails there fails, unless what was not read says otherwise.

import { fold, isNamed, isWithin, nameOf, typeOf } from '../model/resource-id.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import { indexSnapshot, type SnapshotIndex, withResources } from '../model/snapshot-index.ts';
import { clean } from '../model/text.ts';
import { firewallPolicyType, firewallType } from '../resource-types/azure-firewall.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { vnetType } from '../resource-types/network-view.ts';
import { storagePerimeterType, vaultPerimeterType } from '../resource-types/perimeter.ts';
import { routeTableType } from '../resource-types/route-view.ts';
import { securityGroupType } from '../resource-types/security-group-view.ts';
import { registryType, storageType, vaultType } from './links.ts';
import { memoizePerSnapshotAndKey } from './memoize.ts';
import { refusedRead } from './unread.ts';

const exceptions: ReadonlySet<string> = new Set([storagePerimeterType, vaultPerimeterType].map(fold));
/**
 * Does the list hold exceptions to the settings of a resource, so that without any these settings are what applies? Most accounts and
 * vaults have no perimeter configuration.
 */
export const isExceptionList = (id: string): boolean => !isNamed(id) && exceptions.has(fold(typeOf(`${id}/one`)));

/** Resources beside the subject of a check that add to what decides. */
const attachments: ReadonlySet<string> = new Set(
  [
    ...[routeTableType, securityGroupType, firewallType, firewallPolicyType],
    ...[vnetType, storageType, vaultType, registryType],
  ].map(fold),
);

/** A failed read of which something is supposed: of a list, or of an attachment that is not what the check is about. */
export function refusedBeside(id: string, about: readonly string[], index: SnapshotIndex): ReadFailure | undefined {
  if (isNamed(id) && (!attachments.has(fold(typeOf(id))) || about.some((one) => isWithin(one, id)))) return undefined;
  return refusedRead(id, index);
}

/** The worlds that are supposed for a failed read: a list without members; a resource that states nothing, then one that is not there. */
export const supposedWorlds = memoizePerSnapshotAndKey((id: string, { snapshot }: SnapshotIndex): SnapshotIndex[] => {
  const gaps = snapshot.gaps.filter((gap) => fold(gap.id) !== fold(id));
  // Not the same array: facts look for earlier worlds by it.
  const resources = [...snapshot.resources];
  if (!isNamed(id))
    return [
      indexSnapshot({ ...snapshot, resources, gaps, collections: [...snapshot.collections, { id, members: [] }] }),
    ];
  const bare = { id, type: typeOf(id), apiVersion: '', body: { id, properties: {} } };
  const absent = { id, reason: 'It does not exist.', action: '', status: 404 };
  return [
    indexSnapshot(withResources(snapshot, [bare])),
    indexSnapshot({ ...snapshot, resources, gaps: [...gaps, absent] }),
  ];
});

/** `perimeter configurations (not read) show otherwise`. */
export function otherwiseWords(unread: readonly string[]): string {
  const names = unread
    .map((id) => id.split('?')[0] ?? id)
    .map((id) => (isNamed(id) ? nameOf(id) : resourceTypeOf(typeOf(`${id}/one`)).plural));
  const isOne = unread.length === 1 && unread.every(isNamed);
  return `${clean([...new Set(names)].join(' and '), 120)} (not read) ${isOne ? 'shows' : 'show'} otherwise`;
}
