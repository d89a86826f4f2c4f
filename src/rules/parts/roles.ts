// Roles for the identities of the workspace and of its clusters (rules-catalogue, P-ROLE): asked for under a name made of the wish, so that asking
// twice is asking for the same assignment.
import { roleAssignmentType, roleAssignmentView } from '../../kinds/role-assignment.ts';
import { mayDo } from '../../model/permissions.ts';
import { fold, isWithin, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { World } from '../../model/world.ts';
import type { Judgement, Proposal } from '../rule.ts';
import { nameUuid } from './naming.ts';
import { shown } from './verdict.ts';

export interface RoleWish {
  readonly scope: string;
  /** Name of the role's definition, a GUID. */
  readonly role: string;
  /** Object id of who is to have it. */
  readonly principal: string;
  /** What the confirmation says, where the role does more than read. */
  readonly risk?: string;
}

/** The assignment as one proposal; [] where the principal is known to have the role there or above already. */
export function roleProposal({ scope, role, principal, risk: said }: RoleWish, { world }: Judgement): Proposal[] {
  if (hasRole({ scope, role, principal }, world)) return [];
  const name = nameUuid(`${fold(scope)} ${fold(role)} ${fold(principal)}`);
  const subscription = subscriptionOf(scope) ?? '';
  const roleDefinitionId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const properties = { roleDefinitionId, principalId: principal, principalType: 'ServicePrincipal' };
  const resource = `${scope}/providers/${roleAssignmentType}/${name}`;
  const risk =
    said ?? `The identity ${principal} may read ${shown(scope)}; it takes some minutes until that holds everywhere.`;
  return [{ change: { kind: 'create', resource, edits: [], body: { properties } }, phase: 2, risk }];
}

const hasRole = ({ scope, role, principal }: RoleWish, world: World): boolean =>
  world.ofType(roleAssignmentType).some((assignment) => {
    const view = roleAssignmentView(assignment);
    return sameId(view.principal, principal) && fold(view.role) === fold(role) && isWithin(scope, view.scope);
  });

/** May the caller give roles there? Where that was not read, Azure will say. */
export const mayAssign = (scope: string, { snapshot }: World): boolean =>
  mayDo('Microsoft.Authorization/roleAssignments/write', scope, snapshot) !== false;
