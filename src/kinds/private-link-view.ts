// The typed views over what private link is made of beside endpoints: connections at their targets, private zones, their
// links to networks and the zone groups of endpoints; and how a connection lies inside its target. Reads only; never throws.
import { isArray, isObject, type JsonObject } from '../model/json.ts';
import { updateAt, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, parseId, sameId, typeOf } from '../model/resource-id.ts';
import { endpointConnectionsOf } from './network-acls.ts';
import { booleanAt, lazily, listAt, numberAt, oncePerResource, textAt } from './read.ts';

export const privateEndpointType = 'Microsoft.Network/privateEndpoints';
export const privateDnsVersion = '2024-06-01';

/** Types whose resources endpoints lead to, with the api-version of their connections. */
export const connectionVersions: Readonly<Record<string, string>> = {
  'Microsoft.Storage/storageAccounts': '2023-05-01',
  'Microsoft.KeyVault/vaults': '2023-07-01',
  'Microsoft.ContainerRegistry/registries': '2023-07-01',
  'Microsoft.MachineLearningServices/workspaces': '2024-04-01',
};
export const connectionTypeOf = (targetType: string): string => `${targetType}/privateEndpointConnections`;

export const connectionsPointer = '/properties/privateEndpointConnections';
export const connectionState = '/properties/privateLinkServiceConnectionState';
export const zoneConfigsPointer = '/properties/privateDnsZoneConfigs';

export interface ZoneLinkView {
  readonly zone: string;
  readonly vnet: string | undefined;
  /** `InProgress`, `Completed`; undefined when it is not shown. */
  readonly state: string | undefined;
  readonly registers: boolean | undefined;
}
/** A link of a private zone to a network. */
export const zoneLinkView = oncePerResource(
  ({ id, body }: Resource): ZoneLinkView =>
    lazily<ZoneLinkView>({
      zone: () => parentId(id) ?? id,
      vnet: () => textAt(body, '/properties/virtualNetwork/id'),
      state: () => textAt(body, '/properties/virtualNetworkLinkState'),
      registers: () => booleanAt(body, '/properties/registrationEnabled'),
    }),
);

export interface ZoneGroupView {
  /** Id of the endpoint. */
  readonly endpoint: string;
  readonly configs: readonly {
    readonly name: string;
    readonly zone: string;
    /** Names of the records it keeps there. */
    readonly records: readonly string[];
  }[];
}
/** A zone group: the zones in which an endpoint's names are kept. */
export const zoneGroupView = oncePerResource(
  ({ id, body }: Resource): ZoneGroupView =>
    lazily<ZoneGroupView>({
      endpoint: () => parentId(id) ?? id,
      configs: () =>
        listAt(body, zoneConfigsPointer).flatMap((item) => {
          const zone = textAt(item, '/properties/privateDnsZoneId');
          if (zone === undefined) return [];
          const records = listAt(item, '/properties/recordSets').flatMap((one) => textAt(one, '/recordSetName') ?? []);
          return [{ name: textAt(item, '/name') ?? '', zone, records }];
        }),
    }),
);

/** The name of a zone, e.g. `privatelink.blob.core.windows.net`, in lower case. */
export const zoneNameOf = (zoneId: string): string => fold(parseId(zoneId).names[0] ?? nameOf(zoneId));
/** How many record sets a zone holds, its own included; undefined when it is not shown. */
export const recordCountOf = ({ body }: Resource): number | undefined =>
  numberAt(body, '/properties/numberOfRecordSets');

/**
 * One resource for each connection that a target's body shows. The scan keeps them beside the target, so that
 * `world.get(connectionId)` answers.
 */
export const connectionsOf = (target: Resource): Resource[] =>
  endpointConnectionsOf(target).flatMap(({ id, name, pointer }) => {
    const body = valueAt(target.body, pointer);
    const own = id ?? (name === '' ? undefined : `${target.id}/privateEndpointConnections/${name}`);
    if (!isObject(body) || own === undefined) return [];
    const type = connectionTypeOf(typeOf(target.id));
    return [{ id: own, type, apiVersion: target.apiVersion, body }];
  });

/** The target with one of its connections replaced, or added. */
export function withConnection(target: Resource, connection: Resource): Resource {
  const index = endpointConnectionsOf(target)
    .find((one) => sameId(one.id, connection.id))
    ?.pointer.split('/')
    .at(-1);
  return withList(target, (list) =>
    index === undefined ? [...list, connection.body] : list.with(Number(index), connection.body),
  );
}

/** The target without the connections of these ids. */
export const withoutConnections = (target: Resource, ids: readonly string[]): Resource =>
  withList(target, (list) => list.filter((item) => !ids.some((id) => sameId(id, textAt(item, '/id')))));

function withList(target: Resource, change: (list: readonly JsonObject[]) => readonly JsonObject[]): Resource {
  const body = updateAt(target.body, ['properties', 'privateEndpointConnections'], (list) =>
    change(isArray(list) ? (list as readonly JsonObject[]) : []),
  );
  return isObject(body) ? { ...target, body } : target;
}
