// What the identity of a cluster may do at a subnet: by built-in roles known by name, or by a role of the customer's own.
import { listAt, textAt, textsAt } from '../../kinds/read.ts';
import {
  assignmentsOf,
  roleAssignmentType,
  roleAssignmentView,
  roleNames,
  roles,
} from '../../kinds/role-assignment.ts';
import { mayDo } from '../../model/permissions.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, isWithin, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';

/** Roles that hold everything a cluster needs of its subnet. */
const enough: readonly string[] = [roles.networkContributor, roles.contributor, roles.owner];
const needed = [
  'Microsoft.Network/virtualNetworks/subnets/read',
  'Microsoft.Network/virtualNetworks/subnets/join/action',
];

export interface Held {
  readonly assignment: Resource;
  /** `Network Contributor`; the definition's name where it is not known. */
  readonly role: string;
  readonly suffices: 'by role' | 'by actions' | 'no';
}

/** The roles of a principal that hold at a subnet. Throws GapRead when they, or a definition that decides, were not read. */
export function rolesAt(subnet: string, principal: string, world: World): readonly Held[] {
  world.list(assignmentsOf(principal, subscriptionOf(subnet) ?? ''));
  const here = world.ofType(roleAssignmentType).filter((assignment) => {
    const view = roleAssignmentView(assignment);
    return sameId(view.principal, principal) && isWithin(subnet, view.scope);
  });
  const known = here.flatMap((assignment): Held[] => {
    const { role } = roleAssignmentView(assignment);
    const name = roleNames[role];
    return name === undefined
      ? []
      : [{ assignment, role: name, suffices: enough.includes(fold(role)) ? 'by role' : 'no' }];
  });
  if (known.some(({ suffices }) => suffices !== 'no')) return known;
  const own = here.filter((assignment) => roleNames[roleAssignmentView(assignment).role] === undefined);
  return [...known, ...own.map((assignment) => ownRole(assignment, subnet, world))];
}

function ownRole(assignment: Resource, subnet: string, world: World): Held {
  const definition = world.get(textAt(assignment.body, '/properties/roleDefinitionId') ?? '');
  const permissions = listAt(definition?.body, '/properties/permissions').map((one) => ({
    scope: roleAssignmentView(assignment).scope,
    actions: textsAt(one, '/actions'),
    notActions: textsAt(one, '/notActions'),
  }));
  const all = permissions.length > 0 && needed.every((action) => mayDo(action, subnet, { permissions }) === true);
  const role = textAt(definition?.body, '/properties/roleName') ?? roleAssignmentView(assignment).role;
  return { assignment, role, suffices: all ? 'by actions' : 'no' };
}
