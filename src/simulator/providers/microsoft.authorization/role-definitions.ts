// Microsoft.Authorization/roleDefinitions: the built-in roles, read only, at whatever scope they are asked for.
import { fold } from '../../gateway/address.ts';
import { equalities } from '../../gateway/filter.ts';
import { parameter } from '../../gateway/request.ts';
import { type ArmObject, object } from '../../json.ts';
import type { ProviderCall, ProviderType } from '../provider.ts';

// A few of Azure's built-in roles, with their ids and what they permit (learn.microsoft.com, "Azure built-in roles", read in
// 2025). Other roles can be assigned as well; only these can be looked up.

interface BuiltInRole {
  /** GUID. */
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

const roles: readonly BuiltInRole[] = [
  {
    name: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
    roleName: 'Owner',
    description: 'Grants full access to manage all resources, including the ability to assign roles in Azure RBAC.',
    actions: ['*'],
    notActions: [],
  },
  {
    name: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
    roleName: 'Contributor',
    description: 'Grants full access to manage all resources, but does not allow you to assign roles in Azure RBAC.',
    actions: ['*'],
    notActions: [
      'Microsoft.Authorization/*/Delete',
      'Microsoft.Authorization/*/Write',
      'Microsoft.Authorization/elevateAccess/Action',
      'Microsoft.Blueprint/blueprintAssignments/write',
      'Microsoft.Blueprint/blueprintAssignments/delete',
      'Microsoft.Compute/galleries/share/action',
    ],
  },
  {
    name: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
    roleName: 'Reader',
    description: 'View all resources, but does not allow you to make any changes.',
    actions: ['*/read'],
    notActions: [],
  },
  {
    name: '4d97b98b-1d4f-4787-a291-c67834d212e7',
    roleName: 'Network Contributor',
    description: 'Lets you manage networks, but not access to them.',
    actions: [
      'Microsoft.Authorization/*/read',
      'Microsoft.Insights/alertRules/*',
      'Microsoft.Network/*',
      'Microsoft.ResourceHealth/availabilityStatuses/read',
      'Microsoft.Resources/deployments/*',
      'Microsoft.Resources/subscriptions/resourceGroups/read',
      'Microsoft.Support/*',
    ],
    notActions: [],
  },
];

const type = 'Microsoft.Authorization/roleDefinitions';

export const roleDefinitions: ProviderType = {
  type,
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
