// Who names a resource by a setting of its own that Azure keeps when the resource is gone: the one table of members that name another
// resource, by id or by name. Reads a snapshot.

import { isArray, isObject, type Json } from '../model/json.ts';
import { member, memberNames, type Pointer, parsePointer } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, sameId, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import { computeType } from '../resource-types/compute.ts';
import { outboundRuleType } from '../resource-types/managed-network.ts';
import { onlineEndpointType } from '../resource-types/online-endpoint.ts';
import { workspaceType } from '../resource-types/workspace-view.ts';
import { builderPointer, registryType, storageType, vaultType } from './links.ts';

interface NamingMember {
  readonly type: string;
  /** `*` for the items of a list, and for the members of an object. */
  readonly pointer: Pointer;
  /** The id of what is named; by default the value itself. */
  readonly idOf?: (owner: Resource, name: string) => string;
}

const computeNamed = (owner: Resource, name: string): string => `${owner.id}/computes/${name}`;

const naming: readonly NamingMember[] = [
  { type: workspaceType, pointer: builderPointer, idOf: computeNamed },
  ...['storageAccount', 'keyVault', 'containerRegistry', 'applicationInsights', 'hubResourceId'].map((name) => ({
    ...{ type: workspaceType, pointer: `/properties/${name}` },
  })),
  { type: workspaceType, pointer: '/properties/primaryUserAssignedIdentity' },
  { type: onlineEndpointType, pointer: '/properties/compute' },
  { type: computeType, pointer: '/properties/resourceId' },
  { type: computeType, pointer: '/properties/properties/subnet/id' },
  { type: outboundRuleType, pointer: '/properties/destination/serviceResourceId' },
  ...[storageType, vaultType].map((type) => ({ type, pointer: '/properties/networkAcls/virtualNetworkRules/*/id' })),
  { type: registryType, pointer: '/properties/networkRuleSet/virtualNetworkRules/*/id' },
];

/** What names resources of a type, and is not read by a scan. */
const unread: Readonly<Record<string, string>> = {
  [fold(computeType)]: 'jobs, schedules and batch deployments',
};
export const unreadNaming = (id: string): string | undefined => unread[fold(typeOf(id))];

export interface NamedBy {
  readonly owner: Resource;
  readonly pointer: Pointer;
}

const byType = Map.groupBy(naming, ({ type }) => fold(type));

/** The resources that name this one. */
export const namersOf = (id: string, index: SnapshotIndex): readonly NamedBy[] =>
  [...byType].flatMap(([type, members]) =>
    index
      .ofType(type)
      .flatMap((owner) =>
        members
          .filter(({ pointer, idOf }) =>
            textsAt(owner.body, parsePointer(pointer)).some((text) => sameId(idOf?.(owner, text) ?? text, id)),
          )
          .map(({ pointer }) => ({ owner, pointer })),
      ),
  );

function textsAt(value: Json | undefined, path: readonly string[]): readonly string[] {
  const [name, ...rest] = path;
  if (name === undefined) return typeof value === 'string' ? [value.trim()] : [];
  if (name !== '*') return isObject(value) ? textsAt(member(value, name), rest) : [];
  const items = isArray(value) ? value : isObject(value) ? memberNames(value).map((one) => member(value, one)) : [];
  return items.flatMap((item) => textsAt(item, rest));
}
