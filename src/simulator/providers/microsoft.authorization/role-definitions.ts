// Microsoft.Authorization/roleDefinitions: the built-in roles, read only, at whatever scope they are asked for.
import { fold } from '../../gateway/address.ts';
import { equalities } from '../../gateway/filter.ts';
import { parameter } from '../../gateway/request.ts';
import { type ArmObject, object } from '../../json.ts';
import type { ProviderCall, ProviderType } from '../provider.ts';
import { type BuiltInRole, roles } from './role-facts.ts';

const type = 'Microsoft.Authorization/roleDefinitions';

export const roleDefinitions: ProviderType = {
  type,
  versions: ['2022-04-01', '2018-01-01-preview', '2015-07-01'],
  allows: { put: false, patch: false, delete: false },
  extension: true,
  items(call) {
    const wanted = equalities(parameter(call.request, '$filter')).get('rolename');
    return roles
      .filter((role) => wanted === undefined || fold(role.roleName) === fold(wanted))
      .map((role) => definition(call, role));
  },
  item(call) {
    const name = fold(call.address.names.at(-1) ?? '');
    const role = roles.find((known) => known.name === name);
    return role ? definition(call, role) : undefined;
  },
};

function definition({ address }: ProviderCall, role: BuiltInRole): ArmObject {
  const scope = address.subscription === undefined ? '' : `/subscriptions/${address.subscription}`;
  return object({
    properties: {
      roleName: role.roleName,
      type: 'BuiltInRole',
      description: role.description,
      assignableScopes: ['/'],
      permissions: [{ actions: role.actions, notActions: role.notActions, dataActions: [], notDataActions: [] }],
    },
    id: `${scope}/providers/${type}/${role.name}`,
    type,
    name: role.name,
  });
}
