// {target}/privateEndpointConnections as types: what their owner approves, rejects or removes. A connection is made by its
// endpoint, never by a PUT.
import { fold, nameOf } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { notFound } from '../../gateway/write-checks.ts';
import { type ArmObject, clone, put, text } from '../../json.ts';
import { idOf } from '../../store/store.ts';
import { endpointFollows, endpointLost } from '../microsoft.network/private-endpoint-effects.ts';
import type { ProviderType, Write } from '../provider.ts';
import { connectionType, stateOf, writeState } from './connections.ts';
import { type LinkTarget, targets } from './targets.ts';

const statuses = ['Approved', 'Rejected', 'Pending', 'Disconnected'];
/** Approval runs on for a while on a registry only; there and on a vault, so does the removal. */
const longPut = 'Microsoft.ContainerRegistry/registries';
const longDelete = [longPut, 'Microsoft.KeyVault/vaults'];

const connections = (target: LinkTarget): ProviderType => ({
  type: connectionType(target.type),
  shape: { properties: { privateLinkServiceConnectionState: { status: 'text', description: 'text' } } },
  allows: { patch: false },
  long: {
    put: target.type === longPut ? 'async' : 'none',
    delete: longDelete.includes(target.type) ? 'location' : 'none',
  },
  created: 200,
  parting: target.type === 'Microsoft.KeyVault/vaults',
  replace: (write) => settled(write, target),
  show(_call, body) {
    put(body, 'name', nameOf(idOf(body)));
    put(body, 'type', connectionType(target.type));
    return body;
  },
  stored: (store, id, newId) => endpointFollows(store, id, newId),
  gone: (store, _id, newId, body) => endpointLost(store, body, newId),
});

function settled(write: Write, target: LinkTarget): ArmObject {
  if (!write.before) throw notFound(write, { type: connectionType(target.type) }, write.id);
  const asked = text(write.body, 'properties', 'privateLinkServiceConnectionState', 'status');
  const status = statuses.find((known) => fold(known) === fold(asked ?? ''));
  if (status === undefined) {
    throw new ArmError(
      400,
      'BadRequest',
      `The status '${asked ?? ''}' of the private endpoint connection is not one of ${statuses.join(', ')}.`,
    );
  }
  const now = stateOf(write.before).status;
  if (status === 'Pending' && fold(now) !== 'pending') {
    throw new ArmError(400, 'BadRequest', `A private endpoint connection does not go from ${now} back to Pending.`);
  }
  const next = clone(write.before);
  const description =
    text(write.body, 'properties', 'privateLinkServiceConnectionState', 'description') ??
    stateOf(write.before).description;
  writeState(next, { status, description }, target.type);
  return next;
}

export const privateEndpointConnections: readonly ProviderType[] = targets.map(connections);
