// Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings: which resource may call the API server of a cluster, by
// roles of its own type.
import { fold, nameOf, parentOf } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { child, list, put, text } from '../../json.ts';
import { replaceDocument } from '../documents.ts';
import type { ProviderType } from '../provider.ts';

export const trustedAccessBindings: ProviderType = {
  type: 'Microsoft.ContainerService/managedClusters/trustedAccessRoleBindings',
  long: { delete: 'location' },
  removed: 204,
  allows: { patch: false },
  holds: parentOf,
  shape: { properties: { sourceResourceId: 'text', roles: ['text'] } },
  replace({ before, body, id, store }) {
    const name = nameOf(id);
    if (!/^[A-Za-z0-9-]{1,24}$/.test(name))
      throw new ArmError(400, 'BadRequest', `The trusted access role binding name '${name}' is invalid.`);
    if (!store.get(parentOf(id)))
      throw new ArmError(404, 'ParentResourceNotFound', `The cluster of the binding ${name} was not found.`);
    const source = text(body, 'properties', 'sourceResourceId') ?? '';
    const type = /\/providers\/([^/]+\/[^/]+)\/[^/]+$/.exec(source)?.[1];
    const roles = list(body, 'properties', 'roles');
    const own = roles.every((role) => typeof role === 'string' && fold(role).startsWith(`${fold(type ?? '')}/`));
    if (type === undefined || roles.length === 0 || !own)
      throw new ArmError(
        400,
        'BadRequest',
        'The roles of a trusted access role binding belong to the type of its source.',
      );
    const next = replaceDocument(before, body, []);
    put(child(next, 'properties'), 'provisioningState', 'Succeeded');
    return next;
  },
};
