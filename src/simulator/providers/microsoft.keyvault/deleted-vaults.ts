// Microsoft.KeyVault/locations/deletedVaults: soft-deleted vaults, read only.
import { fold, nameOf, typeOf } from '../../gateway/address.ts';
import { json, text } from '../../json.ts';
import type { ProviderType } from '../provider.ts';

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
