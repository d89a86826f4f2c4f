// {target}/privateEndpointConnections in the state: they live inside the document of their target, and their status there is
// the one that counts; the endpoint shows the same.
import { fold, nameOf, sameId } from '../../gateway/address.ts';
import { type ArmObject, at, isObject, object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { targetOf, targets } from './targets.ts';

export interface ConnectionState {
  /** `Approved`, `Pending`, `Rejected` or `Disconnected`. */
  readonly status: string;
  readonly description: string;
}

export const approved: ConnectionState = { status: 'Approved', description: 'Auto-approved' };
export const pending: ConnectionState = { status: 'Pending', description: 'Awaiting approval' };
export const disconnected: ConnectionState = {
  status: 'Disconnected',
  description: 'Disconnected because the connection was removed on the side of the resource',
};

export const connectionType = (targetType: string): string => `${targetType}/privateEndpointConnections`;

/** The connection that an endpoint has, wherever its target is; undefined when the target no longer knows it. */
export function connectionOf(store: Store, endpointId: string): ArmObject | undefined {
  for (const target of targets) {
    for (const connection of store.ofType(connectionType(target.type))) {
      if (sameId(text(connection, 'properties', 'privateEndpoint', 'id') ?? '', endpointId)) return connection;
    }
  }
  return undefined;
}

/** Adds a connection to its target. */
export function connect(
  store: Store,
  targetId: string,
  endpointId: string,
  state: ConnectionState,
  newId: () => string,
): void {
  const connection = newConnection(store, targetId, endpointId, state, newId);
  if (connection) store.set(idOf(connection), connection);
}

/** A connection that is not stored yet; undefined where there is no such target. The service names it after the target and a GUID. */
export function newConnection(
  store: Store,
  targetId: string,
  endpointId: string,
  state: ConnectionState,
  newId: () => string,
): ArmObject | undefined {
  const target = targetOf(targetId);
  const owner = store.get(targetId);
  if (!target || !owner) return undefined;
  const stored = text(owner, 'id') ?? targetId;
  const name = `${nameOf(stored)}.${newId()}`;
  const id = `${stored}/privateEndpointConnections/${name}`;
  const connection = object({
    id,
    name,
    type: connectionType(target.type),
    properties: { provisioningState: 'Succeeded', privateEndpoint: { id: endpointId } },
  });
  writeState(connection, state, target.type);
  return connection;
}

/** Sets status and description; what else the state holds stays. Storage spells `actionRequired` without the plural. */
export function writeState(connection: ArmObject, state: ConnectionState, targetType = ''): void {
  const member = 'privateLinkServiceConnectionState';
  const properties = at(connection, 'properties');
  if (!isObject(properties)) return;
  const old = at(properties, member);
  const next: ArmObject = isObject(old) ? old : new Map();
  put(next, 'status', state.status);
  put(next, 'description', state.description);
  const word = fold(targetType) === 'microsoft.storage/storageaccounts' ? 'actionRequired' : 'actionsRequired';
  if (at(next, 'actionRequired') === undefined && at(next, 'actionsRequired') === undefined) put(next, word, 'None');
  put(properties, member, next);
}

export function stateOf(connection: ArmObject): ConnectionState {
  const state = at(connection, 'properties', 'privateLinkServiceConnectionState');
  return { status: text(state, 'status') ?? '', description: text(state, 'description') ?? '' };
}

export function isApproved(connection: ArmObject): boolean {
  return fold(stateOf(connection).status) === 'approved';
}
