// Role assignments for the identities of the workspace and of its clusters. The name of an assignment is derived from its scope,
// role and principal, so that a second request is for the same assignment.

import { mayDo } from '../../model/permissions.ts';
import { fold, isWithin, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { SnapshotIndex } from '../../model/snapshot-index.ts';
import { roleAssignmentType, roleAssignmentView } from '../../resource-types/role-assignment.ts';
import type { Proposal, RuleContext } from '../rule.ts';
import { nameUuid } from './naming.ts';

export interface RoleWish {
  readonly scope: string;
  /** Name of the role definition, a GUID. */
  readonly role: string;
  /** Object ID of the identity that gets the role. */
  readonly principal: string;
  /** Said where the role is for more than reading. */
  readonly advice?: string;
}

/** The assignment as one proposal; [] where the principal already has the role there or at a parent scope. */
export function roleProposal({ scope, role, principal, advice: said }: RoleWish, { index }: RuleContext): Proposal[] {
  if (hasRole({ scope, role, principal }, index)) return [];
  const name = nameUuid(`${fold(scope)} ${fold(role)} ${fold(principal)}`);
  const subscription = subscriptionOf(scope) ?? '';
  const roleDefinitionId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const properties = { roleDefinitionId, principalId: principal, principalType: 'ServicePrincipal' };
  const resource = `${scope}/providers/${roleAssignmentType}/${name}`;
  const advice = said ?? 'The assignment takes some minutes to apply.';
  return [{ change: { kind: 'create', resource, edits: [], body: { properties } }, phase: 2, advice }];
}

const hasRole = ({ scope, role, principal }: RoleWish, index: SnapshotIndex): boolean =>
  index.ofType(roleAssignmentType).some((assignment) => {
    const view = roleAssignmentView(assignment);
    return sameId(view.principal, principal) && fold(view.role) === fold(role) && isWithin(scope, view.scope);
  });

/** Whether the caller may assign roles there; assumed where the permissions could not be read. */
export const mayAssign = (scope: string, { snapshot }: SnapshotIndex): boolean =>
  mayDo('Microsoft.Authorization/roleAssignments/write', scope, snapshot) !== false;
