// Private endpoint connections inside the bodies of their targets, and the side effects of endpoints and connections, for
// previews.
import { memoizePerObject } from '../model/caches.ts';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { updateAt, valueAt } from '../model/pointer.ts';
import type { Resource } from '../model/resource.ts';
import { fold, nameOf, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { SharedList } from '../model/snapshot.ts';
import { endpointConnectionsOf } from './network-acls.ts';
import { endpointView, vnetOf, withSubnet } from './network-view.ts';
import { eachObject, without } from './parts/bodies.ts';
import { recordsWritten } from './private-dns-records.ts';
import { writtenBy, zoneConfigsPointer, zoneGroupType } from './private-dns-zone-group.ts';
import { listAt, textAt } from './read.ts';
import type { Consequence, ResourceLookup } from './resource-type.ts';

export const privateEndpointType = 'Microsoft.Network/privateEndpoints';

/** Folded ids of the endpoints in a list that snapshots share, by what is looked for. */
export interface EndpointsIn {
  /** By the folded id of a resource that they lead to. */
  readonly byTarget: ReadonlyMap<string, readonly string[]>;
  /** By the folded id of their network. */
  readonly byNetwork: ReadonlyMap<string, readonly string[]>;
  /** By a group of their connections, in lower case. */
  readonly byGroup: ReadonlyMap<string, readonly string[]>;
}
export const endpointsIn = memoizePerObject((list: SharedList): EndpointsIn => {
  const [byTarget, byNetwork, byGroup] = [
    new Map<string, string[]>(),
    new Map<string, string[]>(),
    new Map<string, string[]>(),
  ];
  const put = (map: Map<string, string[]>, keys: readonly string[], id: string): void => {
    for (const key of new Set(keys)) {
      const known = map.get(key);
      if (known === undefined) map.set(key, [id]);
      else known.push(id);
    }
  };
  for (const id of list.ids) {
    const endpoint = list.get(id);
    if (endpoint === undefined) continue;
    const { connections, subnet } = endpointView(endpoint);
    put(
      byTarget,
      connections.flatMap(({ target }) => (target === undefined ? [] : fold(target))),
      id,
    );
    put(
      byGroup,
      connections.flatMap(({ groups }) => groups),
      id,
    );
    if (subnet !== undefined) put(byNetwork, [fold(vnetOf(subnet))], id);
  }
  return { byTarget, byNetwork, byGroup };
});

/** Types that private endpoints can target. */
export const connectionTargets: readonly string[] = [
  'Microsoft.Storage/storageAccounts',
  'Microsoft.KeyVault/vaults',
  'Microsoft.ContainerRegistry/registries',
  'Microsoft.MachineLearningServices/workspaces',
];
/** The type that has these sub-resources; others are of types without rules. */
const groupOwners: ReadonlyMap<string, string> = new Map([
  ['amlworkspace', 'Microsoft.MachineLearningServices/workspaces'],
  ['registry', 'Microsoft.ContainerRegistry/registries'],
  ['vault', 'Microsoft.KeyVault/vaults'],
  ...['blob', 'file', 'queue', 'table', 'dfs', 'web'].map(
    (group) => [group, 'Microsoft.Storage/storageAccounts'] as const,
  ),
]);

/** Can a resource of this type have the sub-resource? */
export function mayHaveGroup(type: string, group: string): boolean {
  const owner = groupOwners.get(fold(group));
  const isKnown = connectionTargets.some((one) => sameId(one, type));
  return isKnown ? owner !== undefined && sameId(owner, type) : owner === undefined;
}
export const connectionTypeOf = (targetType: string): string => `${targetType}/privateEndpointConnections`;

export const connectionsPointer = '/properties/privateEndpointConnections';
export const connectionState = '/properties/privateLinkServiceConnectionState';

/**
 * One resource for each connection that a target's body shows. The scan stores them with the target, so that
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
  const position = endpointConnectionsOf(target)
    .find((one) => sameId(one.id, connection.id))
    ?.pointer.split('/')
    .at(-1);
  return withList(target, (list) =>
    position === undefined ? [...list, connection.body] : list.with(Number(position), connection.body),
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

// A private endpoint adds a connection at its target and its id in the subnet; deleting it removes both, and its zone groups.
// Azure assigns the name of the connection; here it is a placeholder.
const viewOf = (id: string, body: JsonObject) => endpointView({ id, type: privateEndpointType, apiVersion: '', body });

/** The target shows a connection, Pending for a manual request, or where the caller may not approve. */
export function endpointMade(id: string, body: JsonObject, seen: ResourceLookup): Consequence {
  const { subnet, connections } = viewOf(id, body);
  const isManual = listAt(body, '/properties/manualPrivateLinkServiceConnections').length > 0;
  const put = connections.flatMap(({ target }): Resource[] => {
    const found = target === undefined ? undefined : seen.resource(target);
    if (!found) return [];
    const type = typeOf(found.id);
    const allowed = seen.may(`${type}/privateEndpointConnectionsApproval/action`, found.id);
    const status = isManual || allowed === false ? 'Pending' : 'Approved';
    const connection = connectionBody(found, id, status);
    return [withConnection(found, connection), connection];
  });
  return { put: [...put, ...inSubnet(subnet, seen, (list) => [...list, { id }])], gone: [] };
}

/** Without a status it is not known whether the target approves it. */
export function connectionBody(target: Resource, endpoint: string, status: string | undefined): Resource {
  const name = `${nameOf(endpoint)}.connection`;
  const id = `${target.id}/privateEndpointConnections/${name}`;
  const type = connectionTypeOf(typeOf(target.id));
  const properties = {
    privateEndpoint: { id: endpoint },
    privateLinkServiceConnectionState: { ...(status === undefined ? {} : { status }), description: '' },
    provisioningState: 'Succeeded',
  };
  return { id, type, apiVersion: target.apiVersion, body: { id, name, type, properties } };
}

/** Deletion removes its connections from their targets, its id from the subnet, its zone groups and their records. */
export function endpointGone(id: string, body: JsonObject, seen: ResourceLookup): Consequence {
  const groups = seen.ofType(zoneGroupType).filter((group) => sameId(parentId(group.id), id));
  const targets = connectionTargets.flatMap(seen.ofType);
  const written = writtenBy(groups.flatMap((group) => listAt(group.body, zoneConfigsPointer)));
  const gone = [...groups.map((group) => group.id), ...written.filter((record) => seen.resource(record))];
  const put: Resource[] = [];
  for (const target of targets) {
    const own = endpointConnectionsOf(target).filter(({ endpointId }) => sameId(endpointId, id));
    const ids = own.flatMap((one) => one.id ?? []);
    if (ids.length === 0) continue;
    put.push(withoutConnections(target, ids));
    gone.push(...ids);
  }
  const { subnet } = viewOf(id, body);
  const without = (list: readonly Json[]) => list.filter((item) => !sameId(textAt(item, '/id'), id));
  return { put: [...put, ...inSubnet(subnet, seen, without)], gone };
}

/** The subnet, and its network, with the list of endpoints changed. */
function inSubnet(
  subnet: string | undefined,
  seen: ResourceLookup,
  change: (list: readonly Json[]) => readonly Json[],
): Resource[] {
  const found = subnet === undefined ? undefined : seen.resource(subnet);
  const body =
    found && updateAt(found.body, ['properties', 'privateEndpoints'], (list) => change(isArray(list) ? list : []));
  if (!found || !isObject(body)) return [];
  const after = { ...found, body };
  const vnet = seen.resource(vnetOf(after.id));
  return vnet ? [after, withSubnet(vnet, after)] : [after];
}

/** The target of a connection and its endpoint, both with the new state of the connection. */
export function connectionChanged(connection: Resource, seen: ResourceLookup): Consequence {
  const target = seen.resource(parentId(connection.id) ?? '');
  const put = target ? [withConnection(target, connection)] : [];
  const state = isObject(connection.body.properties)
    ? connection.body.properties.privateLinkServiceConnectionState
    : undefined;
  const endpoint = seen.resource(textAt(connection.body, '/properties/privateEndpoint/id') ?? '');
  if (!endpoint || !target || !isObject(state)) return { put, gone: [] };
  const groups = sameId(textAt(state, '/status'), 'Approved') ? seen.ofType(zoneGroupType) : [];
  const now = inState(endpoint, target.id, state);
  const own = groups.filter(({ id }) => sameId(parentId(id), endpoint.id)).map(toBeWritten);
  return { put: [...put, now, ...own, ...own.flatMap((group) => recordsWritten(group, now, seen))], gone: [] };
}

/** A zone group whose records Azure writes once its endpoint is approved. */
function toBeWritten(group: Resource): Resource {
  const body = updateAt(group.body, zoneConfigsPointer.slice(1).split('/'), (configs) =>
    eachObject(configs, (item) =>
      isObject(item.properties) ? { ...item, properties: without(item.properties, ['recordSets']) } : item,
    ),
  );
  return isObject(body) ? { ...group, body } : group;
}

function inState(endpoint: Resource, target: string, state: JsonObject): Resource {
  let { body } = endpoint;
  for (const name of ['privateLinkServiceConnections', 'manualPrivateLinkServiceConnections']) {
    listAt(body, `/properties/${name}`).forEach((item, position) => {
      if (!sameId(textAt(item, '/properties/privateLinkServiceId'), target)) return;
      const path = ['properties', name, String(position), 'properties', 'privateLinkServiceConnectionState'];
      const after = updateAt(body, path, () => state);
      if (isObject(after)) body = after;
    });
  }
  return { ...endpoint, body };
}

/** A deleted connection is removed from its target. */
export function connectionGone(id: string, seen: ResourceLookup): Consequence {
  const target = seen.resource(parentId(id) ?? '');
  return { put: target ? [withoutConnections(target, [id])] : [], gone: [] };
}
