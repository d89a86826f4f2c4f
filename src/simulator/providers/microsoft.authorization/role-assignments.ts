// Microsoft.Authorization/roleAssignments: who has which role at a scope, inherited downwards. Made once and never changed; the
// refusals are in Azure's own words. And denyAssignments, which are read only.
import { fold, nameOf, sameId, within } from '../../gateway/address.ts';
import { ArmError } from '../../gateway/answer.ts';
import { equalities, isAtScope } from '../../gateway/filter.ts';
import { parameter } from '../../gateway/request.ts';
import { type ArmObject, child, clone, nameIn, object, put, text } from '../../json.ts';
import { idOf, type Store } from '../../store/store.ts';
import type { ProviderCall, ProviderType, Write } from '../provider.ts';

const type = 'Microsoft.Authorization/roleAssignments';
const guid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const roleId = /\/providers\/Microsoft\.Authorization\/roleDefinitions\/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const principals = ['User', 'Group', 'ServicePrincipal', 'ForeignGroup', 'Device'];

export const roleAssignments: ProviderType = {
  type,
  shape: {
    properties: {
      roleDefinitionId: 'text',
      principalId: 'text',
      principalType: 'text',
      description: 'text',
      condition: 'text',
      conditionVersion: 'text',
    },
  },
  allows: { patch: false },
  provisions: false,
  extension: true,
  parting: true,
  replace: settled,
  items,
};

/** What blueprints, managed applications and deployment stacks deny; nobody else may write one. */
export const denyAssignments: ProviderType = {
  type: 'Microsoft.Authorization/denyAssignments',
  allows: { put: false, patch: false, delete: false },
  extension: true,
  items: ({ store, address, request }) =>
    store.ofType('Microsoft.Authorization/denyAssignments').filter((body) => {
      const scope = text(body, 'properties', 'scope') ?? '';
      const isBelow = within(scope, address.scope) && !isAtScope(parameter(request, '$filter'));
      return within(address.scope, scope) || isBelow;
    }),
};

/** At the scope and above, where it is inherited from; below as well unless `atScope()` is asked for. */
function items({ store, address, request }: ProviderCall): ArmObject[] {
  const filter = parameter(request, '$filter');
  const principal = equalities(filter).get('principalid') ?? /assignedTo\('([^']*)'\)/i.exec(filter ?? '')?.[1];
  return store.ofType(type).filter((body) => {
    const scope = scopeOf(idOf(body));
    const isHere = within(address.scope, scope) || (!isAtScope(filter) && within(scope, address.scope));
    return isHere && (principal === undefined || sameId(text(body, 'properties', 'principalId') ?? '', principal));
  });
}

const scopeOf = (id: string): string => id.slice(0, fold(id).lastIndexOf(`/providers/${fold(type)}/`));

function settled(write: Write): ArmObject {
  const { before, body, id, store, now } = write;
  const name = nameOf(id);
  if (!guid.test(name))
    throw refuse(
      'InvalidRoleAssignmentId',
      `The role assignment ID '${name}' is not valid. The role assignment ID must be a GUID.`,
    );
  const [role, principalId] = [text(body, 'properties', 'roleDefinitionId'), text(body, 'properties', 'principalId')];
  if (role === undefined || !roleId.test(role))
    throw refuse('RoleDefinitionDoesNotExist', `The specified role definition with ID '${role ?? ''}' does not exist.`);
  if (principalId === undefined || !guid.test(principalId))
    throw refuse(
      'InvalidPrincipalId',
      `The principal ID '${principalId ?? ''}' is not valid. Principal ID must be a GUID.`,
    );
  const sent = text(body, 'properties', 'principalType');
  const principalType = principals.find((known) => fold(known) === fold(sent ?? 'User'));
  if (principalType === undefined)
    throw refuse('UnsupportedPrincipalType', `Principals of type ${sent} cannot validly be used in role assignments.`);
  const scope = scopeOf(id);
  if (before) {
    if (!isSame(before, role, principalId)) {
      throw refuse(
        'RoleAssignmentUpdateNotPermitted',
        'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      );
    }
    return described(before, body, now);
  }
  checkRivals(store, scope, role, principalId);
  return object({
    properties: {
      roleDefinitionId: role,
      principalId,
      principalType,
      scope,
      description: text(body, 'properties', 'description'),
      condition: text(body, 'properties', 'condition'),
      conditionVersion: text(body, 'properties', 'conditionVersion'),
      createdOn: now,
      updatedOn: now,
    },
  });
}

const changeable = ['description', 'condition', 'conditionVersion'];

/** Of an assignment that is there, what a PUT may change. */
function described(before: ArmObject, body: ArmObject, now: string): ArmObject {
  const isSaid = (member: string) => text(before, 'properties', member) === text(body, 'properties', member);
  if (changeable.every(isSaid)) return before;
  const next = clone(before);
  const properties = child(next, 'properties');
  for (const member of changeable) {
    const asked = text(body, 'properties', member);
    properties.delete(nameIn(properties, member) ?? member);
    if (asked !== undefined) put(properties, member, asked);
  }
  put(properties, 'updatedOn', now);
  return next;
}

function isSame(known: ArmObject, role: string, principalId: string): boolean {
  return (
    sameId(nameOf(text(known, 'properties', 'roleDefinitionId') ?? ''), nameOf(role)) &&
    sameId(text(known, 'properties', 'principalId') ?? '', principalId)
  );
}

function checkRivals(store: Store, scope: string, role: string, principalId: string): void {
  const rival = store
    .ofType(type)
    .find((known) => sameId(scopeOf(idOf(known)), scope) && isSame(known, role, principalId));
  if (!rival) return;
  throw new ArmError(
    409,
    'RoleAssignmentExists',
    `The role assignment already exists. The ID of the existing role assignment is ${fold(nameOf(idOf(rival))).replaceAll('-', '')}.`,
  );
}

const refuse = (code: string, message: string): ArmError => new ArmError(400, code, message);
