// Microsoft.Authorization/permissions: what the caller may do at a scope.
import { permissionItems } from '../../gateway/authorization.ts';
import { json } from '../../json.ts';
import type { ProviderType } from '../provider.ts';

export const permissions: ProviderType = {
  type: 'Microsoft.Authorization/permissions',
  allows: { put: false, patch: false, delete: false },
  extension: true,
  items: ({ store, address }) =>
    permissionItems(store, address.scope).map((entry) => json({ ...entry, dataActions: [], notDataActions: [] })),
};
