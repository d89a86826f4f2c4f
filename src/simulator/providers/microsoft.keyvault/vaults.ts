// Microsoft.KeyVault/vaults: PATCH keeps what is absent and takes networkAcls as one block, PUT replaces; no etags.
import { fold, nameOf, typeOf } from '../../gateway/address.ts';
import { type ArmObject, at, isObject, json, list, put, text } from '../../json.ts';
import { mergeDocument, replaceDocument } from '../documents.ts';
import { endpointsLost } from '../microsoft.network/private-endpoint-effects.ts';
import type { ProviderType, Write } from '../provider.ts';
import { badRequest, settledAcls } from './network-acls.ts';

const owned = ['vaultUri', 'hsmPoolResourceId', 'privateEndpointConnections'];
const oneWay = ['enableSoftDelete', 'enablePurgeProtection'];

export const vaults: ProviderType = {
  type: 'Microsoft.KeyVault/vaults',
  long: { put: 'none', patch: 'none', delete: 'none' },
  created: 201,
  gone: endpointsLost,
  replace(write) {
    const next = replaceDocument(write.before, write.body, owned);
    const properties = at(next, 'properties');
    if (!write.before && isObject(properties)) {
      put(properties, 'vaultUri', `https://${write.address.names[0]}.vault.azure.net/`);
      // Azure roles are the default of a new vault since 2026-02-01.
      const states = at(properties, 'enableRbacAuthorization') ?? null;
      if (states === null && write.apiVersion >= '2026-02-01') put(properties, 'enableRbacAuthorization', true);
    }
    return next;
  },
  merge: (write) => mergeDocument(write.before, write.body, { whole: ['networkAcls'], owned }),
  settle(write, next) {
    const properties = at(next, 'properties');
    if (!isObject(properties)) throw badRequest('The parameter properties is missing or not an object.');
    const sent = at(write.body, 'properties', 'networkAcls');
    if (sent !== undefined && sent !== null) put(properties, 'networkAcls', settledAcls(write, sent));
    checkOneWay(write, properties);
    checkPolicies(write, properties);
    return next;
  },
  /** Connections inside a vault show neither name nor type. */
  show(_call, body) {
    for (const connection of list(body, 'properties', 'privateEndpointConnections').filter(isObject)) {
      connection.delete('name');
      connection.delete('type');
    }
    return body;
  },
};

function checkOneWay(write: Write, properties: ArmObject): void {
  for (const name of oneWay) {
    if (at(write.before, 'properties', name) === true && at(properties, name) === false) {
      throw badRequest(`The property "${name}" cannot be set to false. Once it is on it stays on.`);
    }
  }
}

function checkPolicies(write: Write, properties: ArmObject): void {
  const mode = at(write.body, 'properties', 'createMode');
  const isRecovery = typeof mode === 'string' && fold(mode) === 'recover';
  const usesRoles = at(properties, 'enableRbacAuthorization') === true;
  if (!isRecovery && !usesRoles && !Array.isArray(at(properties, 'accessPolicies'))) {
    throw badRequest('The parameter accessPolicies is not specified.');
  }
}

// Microsoft.KeyVault/locations/deletedVaults: soft-deleted vaults, read only.

export const deletedVaults: ProviderType = {
  type: 'Microsoft.KeyVault/locations/deletedVaults',
  allows: { put: false, patch: false, delete: false },
  items: ({ store, address }) =>
    store.deleted
      .filter((thing) => fold(typeOf(thing.id)) === 'microsoft.keyvault/vaults')
      .map((thing) =>
        json({
          id: `/subscriptions/${address.subscription}/providers/Microsoft.KeyVault/locations/${address.names[0]}/deletedVaults/${nameOf(thing.id)}`,
          name: nameOf(thing.id),
          type: 'Microsoft.KeyVault/deletedVaults',
          properties: { vaultId: thing.id, location: text(thing.body, 'location') ?? '', deletionDate: thing.at },
        }),
      ),
};
