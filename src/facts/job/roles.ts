// May an identity do one thing at one resource? By its role assignments, the deny assignments over them, and the definitions of the
// roles, in the order in which Azure decides. Source: learn.microsoft.com/azure/role-based-access-control/overview ("How Azure RBAC
// determines if a user has access to a resource") and deny-assignments, 2026-11.

import type { Json } from '../../model/json.ts';
import { covers } from '../../model/permissions.ts';
import { valueAt } from '../../model/pointer.ts';
import { attempt } from '../../model/readable.ts';
import type { Resource } from '../../model/resource.ts';
import { fold, isWithin, nameOf, sameId, subscriptionOf } from '../../model/resource-id.ts';
import type { ReadFailure } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import { itemsAt, textAt } from '../../resource-types/read.ts';
import {
  assignedIn,
  assignedTo,
  assignmentsIn,
  denialsIn,
  denyAssignmentType,
  knownRoles,
  permissionsIn,
  type RoleDefinition,
  type RolePermission,
  roleAssignmentType,
  roleAssignmentView,
} from '../../resource-types/role-assignment.ts';
import type { Context } from './checks.ts';

/** What is to be done: an action of the control plane, or one on data. */
export interface Right {
  readonly kind: 'actions' | 'dataActions';
  readonly action: string;
}

export type Allowance =
  | { readonly allows: 'yes'; readonly role: string }
  | { readonly allows: 'no'; readonly deniedBy?: string }
  | { readonly allows: 'unknown'; readonly because: string; readonly gaps: readonly string[] };

type Reads = Pick<Context, 'index' | 'reads'>;

/** Whether an identity has a right at a resource; what decides it and was not read yet is asked for. */
export function allowanceOf(principal: string, place: string, right: Right, context: Reads): Allowance {
  const subscription = subscriptionOf(place);
  if (subscription === undefined) return open('The subscription is not known.');
  const assigned = listOf(assignedIn(principal, subscription), context, {
    collection: assignmentsIn(subscription),
    type: roleAssignmentType,
    query: assignedTo(principal),
  });
  const denials = listOf(denialsIn(subscription), context, {
    collection: denialsIn(subscription),
    type: denyAssignmentType,
    query: {},
  });
  if ('id' in assigned) return open(`The role assignments of ${clean(principal, 40)} could not be read.`, assigned.id);
  const here = assigned.filter((one) => includes(roleAssignmentView(one).scope, place));
  const found = here.map((one) => grantOf(one, right, context));
  const granted = found.find(({ allows }) => allows === 'yes') ?? found.find(({ allows }) => allows === 'unknown');
  // A deny assignment takes access away, and gives none: without a role there is nothing to ask.
  if (granted === undefined) return { allows: 'no' };
  if ('id' in denials) return open('The deny assignments of the subscription could not be read.', denials.id);
  const denied = denials.map((one) => denialOf(one, principal, place, right));
  return denied.find(({ allows }) => allows === 'no') ?? denied.find(({ allows }) => allows === 'unknown') ?? granted;
}

const open = (because: string, ...gaps: string[]): Allowance => ({ allows: 'unknown', because, gaps });

function listOf(
  key: string,
  { index, reads }: Reads,
  request: { readonly collection: string; readonly type: string; readonly query: Readonly<Record<string, string>> },
): readonly Resource[] | ReadFailure {
  const found = attempt(
    () => index.list(key),
    ({ gap }) => gap,
  );
  if ('id' in found && found.action === '') reads.lists.set(key, request);
  return found;
}

/** The list is of one subscription: a scope outside it, such as a management group, is above it. */
const includes = (scope: string, id: string): boolean => !/^\/subscriptions\//i.test(scope) || isWithin(id, scope);

/** The permissions of a role add up; what one of them excludes, another may allow. */
const allowedBy = (permissions: readonly RolePermission[], { kind, action }: Right): boolean => {
  const not = kind === 'actions' ? 'notActions' : 'notDataActions';
  return permissions.some(
    (one) =>
      one[kind].some((pattern) => covers(pattern, action)) && !one[not].some((pattern) => covers(pattern, action)),
  );
};

function grantOf(assignment: Resource, right: Right, context: Reads): Allowance {
  const { role, definition, isConditional } = roleAssignmentView(assignment);
  const known = knownRoles[role] ?? (definition === undefined ? undefined : definitionOf(definition, context));
  if (known === undefined) return { allows: 'no' };
  if ('because' in known) return { allows: 'unknown', ...known };
  if (!allowedBy(known.permissions, right)) return { allows: 'no' };
  return isConditional
    ? open(`The role ${known.name} is assigned with a condition (ABAC).`)
    : { allows: 'yes', role: known.name };
}

function definitionOf(
  id: string,
  { index, reads }: Reads,
): RoleDefinition | { readonly because: string; readonly gaps: readonly string[] } {
  const seen = index.peek(id);
  if (seen.state !== 'read') {
    if (seen.state === 'gap' && seen.gap.action === '') reads.ids.add(id);
    return { because: `The role definition ${clean(nameOf(id), 40)} could not be read.`, gaps: [id] };
  }
  const { body } = seen.resource;
  return {
    name: clean(textAt(body, '/properties/roleName') ?? fold(nameOf(id)), 80),
    permissions: permissionsIn(body),
  };
}

const everyone = '00000000-0000-0000-0000-000000000000';

/** `no`: it denies; `unknown`: that depends on the members of a group, or on a condition; `yes`: it does not. */
function denialOf({ id, body }: Resource, principal: string, place: string, right: Right): Allowance {
  const scope = textAt(body, '/properties/scope') ?? scopeOf(id);
  const isOnlyHere = valueAt(body, '/properties/doNotApplyToChildScopes') === true;
  const applies = isOnlyHere ? sameId(scope, place) : includes(scope, place);
  const none: Allowance = { allows: 'yes', role: '' };
  if (!applies || !allowedBy(permissionsIn(body), right)) return none;
  const named = membership(body, '/properties/principals', principal);
  const excluded = membership(body, '/properties/excludePrincipals', principal);
  if (named === 'no' || excluded === 'yes') return none;
  const name = clean(textAt(body, '/properties/denyAssignmentName') ?? nameOf(id), 80);
  if (named === 'maybe' || excluded === 'maybe')
    return open(`Deny assignment ${name} names a group, and its members are not known.`);
  if (textAt(body, '/properties/condition') !== undefined) return open(`Deny assignment ${name} has a condition.`);
  return { allows: 'no', deniedBy: name };
}
const scopeOf = (id: string): string =>
  id.replace(/\/providers\/microsoft\.authorization\/denyassignments\/[^/]*$/i, '');

/** Is the principal in a list of a deny assignment? Members of groups are not known. */
function membership(body: Json, pointer: string, principal: string): 'yes' | 'no' | 'maybe' {
  const named = itemsAt(body, pointer).map(({ item }) => ({
    id: textAt(item, '/id') ?? '',
    type: fold(textAt(item, '/type') ?? ''),
  }));
  if (named.some(({ id }) => sameId(id, principal) || id === everyone)) return 'yes';
  // A type that is not shown may be one of a group.
  return named.some(({ type }) => type === '' || type.includes('group')) ? 'maybe' : 'no';
}
