// What else changes with a private endpoint: its interface, the subnet, the connection at the target, the names it is
// found by. Every effect can be repeated: a long operation stores the endpoint when it begins and when it ends.
import { fold, sameId } from '../../gateway/address.ts';
import { type ArmObject, isObject, json, list, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import { setFirst } from '../documents.ts';
import { connect, connectionOf, disconnected, isApproved, stateOf, writeState } from '../private-link/connections.ts';
import { connectionIn, connectionLists, groupReached, interfaceOf, targetIdOf } from './private-endpoint-document.ts';
import { addressesOf, giveInterface, takeInterface } from './private-endpoint-interface.ts';
import { propertiesOf } from './subnet-document.ts';
import { writeRecords, zoneGroupsOf } from './zone-records.ts';

export const endpointType = 'Microsoft.Network/privateEndpoints';

/** Brings everything around a stored endpoint in line with it. */
export function endpointStored(store: Store, id: string, newId: () => string): void {
  const endpoint = store.get(id);
  const connection = connectionIn(endpoint);
  if (!endpoint || !connection) return;
  const group = groupReached(store, endpoint);
  if (group) giveInterface(store, endpoint, group, newId);
  const known = connectionOf(store, id);
  if (known) writeState(connection, stateOf(known));
  else if (fold(stateOf(connection).status) !== 'disconnected')
    connect(store, targetIdOf(connection), idOf(endpoint), stateOf(connection), newId);
  settleNames(store, endpoint, newId);
}

/** Names by which the endpoint is found: in its own document while no zone group writes them into zones. */
export function settleNames(store: Store, endpoint: ArmObject, newId: () => string): void {
  const groups = zoneGroupsOf(store, idOf(endpoint));
  const connection = connectionIn(endpoint);
  const properties = propertiesOf(endpoint);
  // Before the names are taken out of the document, which may be all that shows them.
  const addresses = addressesOf(store, endpoint);
  if (interfaceOf(endpoint) !== undefined) {
    const shown =
      connection && isApproved(connection) && groups.length === 0 ? groupReached(store, endpoint) : undefined;
    const names = (shown?.members ?? []).flatMap((member) =>
      member.hosts.flatMap((host) => {
        const address = addresses.get(fold(member.name));
        return address === undefined ? [] : [{ fqdn: host.fqdn, ipAddresses: [address] }];
      }),
    );
    put(properties, 'customDnsConfigs', json(names));
  }
  touchEndpoint(endpoint, newId);
  for (const group of groups) writeRecords(store, group, endpoint, addresses, newId);
}

export function endpointGone(store: Store, endpoint: ArmObject, newId: () => string): void {
  takeInterface(store, endpoint, newId);
  const connection = connectionOf(store, idOf(endpoint));
  if (connection) store.remove(idOf(connection));
}

/** A connection was approved or rejected on the side of the resource: the endpoint shows it. */
export function endpointFollows(store: Store, connectionId: string, newId: () => string): void {
  const endpointId = text(store.get(connectionId), 'properties', 'privateEndpoint', 'id');
  if (endpointId !== undefined) endpointStored(store, endpointId, newId);
}

/** A connection was removed on the side of the resource, or the resource itself: the endpoint stays, cut off. */
export function endpointLost(store: Store, connection: ArmObject, newId: () => string): void {
  cutOff(store, store.get(text(connection, 'properties', 'privateEndpoint', 'id') ?? ''), newId);
}

/** Cuts off every endpoint of a resource that is gone. */
export function endpointsLost(store: Store, targetId: string, newId: () => string): void {
  for (const endpoint of store.ofType(endpointType))
    if (sameId(targetIdOf(connectionIn(endpoint)), targetId)) cutOff(store, endpoint, newId);
}

function cutOff(store: Store, endpoint: ArmObject | undefined, newId: () => string): void {
  const connection = connectionIn(endpoint);
  if (!endpoint || !connection) return;
  writeState(connection, disconnected);
  settleNames(store, endpoint, newId);
}

function touchEndpoint(endpoint: ArmObject, newId: () => string): void {
  const etag = `W/"${newId()}"`;
  setFirst(endpoint, 'etag', etag);
  for (const [member] of connectionLists)
    for (const item of list(endpoint, 'properties', member)) if (isObject(item)) put(item, 'etag', etag);
}
