// Role assignments: created and deleted. The service rejects a second one with the same scope, role and principal.
import { writeVersionOf } from '../model/api-versions.ts';
import type { JsonObject } from '../model/json.ts';
import type { Resource } from '../model/resource.ts';
import { nameOf } from '../model/resource-id.ts';
import { clean } from '../model/text.ts';
import { defineResourceType } from './define.ts';
import { actionOn, readOnly } from './parts/bodies.ts';
import type { ResourceShape } from './parts/normal.ts';
import { line } from './parts/shell.ts';
import { lazyMembers, listAt, memoizePerResource, objectAt, textAt, textsAt } from './read.ts';

export const roleAssignmentType = 'Microsoft.Authorization/roleAssignments';

/** Built-in roles by the name of their definition. */
export const roles = {
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  networkContributor: '4d97b98b-1d4f-4787-a291-c67834d212e7',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  networkApprover: 'b556d68e-0be0-4f35-a333-ad7ee1ce17ea',
} as const;
export const roleNames: Readonly<Record<string, string>> = {
  [roles.reader]: 'Reader',
  [roles.networkContributor]: 'Network Contributor',
  [roles.contributor]: 'Contributor',
  [roles.owner]: 'Owner',
  [roles.networkApprover]: 'Azure AI Enterprise Network Connection Approver',
};

/** Roles that include the approval of a private endpoint connection at their scope. */
export const approverRoles: readonly string[] = [roles.networkApprover, roles.contributor, roles.owner];

/** The roles that rules assign; any other, and any condition, is written from no plan, file or history. */
const assigned: readonly string[] = [roles.reader, roles.networkContributor, roles.networkApprover];

/** Why an assignment is never written; undefined for one that a rule may plan. */
export function refusedRole(id: string, body: JsonObject): string | undefined {
  const { role, scope, isConditional } = roleAssignmentView(viewed(id, body));
  if (assigned.includes(role) && !isConditional) return undefined;
  const name = roleNames[role] ?? knownRoles[role]?.name ?? clean(role, 60);
  return `The role ${name} on ${nameOf(scope)} is not assigned: Bastide assigns ${assigned.map((one) => roleNames[one]).join(', ')} alone, without conditions.`;
}

/** What a role or a deny assignment is about; each part is decided by itself. */
export interface RolePermission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}
export interface RoleDefinition {
  readonly name: string;
  readonly permissions: readonly RolePermission[];
}

const dataRole = (name: string, ...dataActions: string[]): RoleDefinition => ({
  name,
  permissions: [{ actions: [], notActions: [], dataActions, notDataActions: [] }],
});
const role = (name: string, ...actions: string[]): RoleDefinition => ({
  name,
  permissions: [{ actions, notActions: [], dataActions: [], notDataActions: [] }],
});
const blobs = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs';
const files = 'Microsoft.Storage/storageAccounts/fileServices/fileshares/files';
const writes = ['write', 'delete'];

/**
 * Built-in roles that decide data and images without a read of their definition: of storage in full, of the others what they say of
 * reading and pulling. The least of each kind stands last. Source: Azure built-in roles, 2026-11.
 */
export const knownRoles: Readonly<Record<string, RoleDefinition>> = {
  [roles.owner]: role('Owner', '*'),
  [roles.contributor]: role('Contributor', '*'),
  [roles.reader]: role('Reader', '*/read'),
  '8311e382-0749-4cb8-b61a-304f252e45ec': role(
    'AcrPush',
    'Microsoft.ContainerRegistry/registries/pull/read',
    'Microsoft.ContainerRegistry/registries/push/write',
  ),
  '7f951dda-4ed3-4680-a7ca-43fe172d538d': role('AcrPull', 'Microsoft.ContainerRegistry/registries/pull/read'),
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': dataRole('Storage Blob Data Owner', `${blobs}/*`),
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': dataRole(
    'Storage Blob Data Contributor',
    ...['read', ...writes, 'move/action', 'add/action'].map((one) => `${blobs}/${one}`),
  ),
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1': dataRole('Storage Blob Data Reader', `${blobs}/read`),
  '69566ab7-960f-475b-8e7c-b3118f30c6bd': dataRole(
    'Storage File Data Privileged Contributor',
    ...['read', ...writes, 'modifypermissions/action'].map((one) => `${files}/${one}`),
  ),
  'b8eda974-7b85-4f76-af95-65846b26df6d': dataRole('Storage File Data Privileged Reader', `${files}/read`),
};

export interface RoleAssignmentView {
  /** Its scope, which includes everything below it. */
  readonly scope: string;
  /** Name of the role's definition, a GUID in lower case. */
  readonly role: string;
  readonly principal: string | undefined;
  /** Id of the role's definition. */
  readonly definition: string | undefined;
  /** It holds only where the condition (ABAC) does. */
  readonly isConditional: boolean;
}
export const roleAssignmentView = memoizePerResource(
  ({ id, body }: Resource): RoleAssignmentView =>
    lazyMembers<RoleAssignmentView>({
      scope: () =>
        textAt(body, '/properties/scope') ??
        id.replace(/\/providers\/microsoft\.authorization\/roleassignments\/[^/]*$/i, ''),
      role: () => nameOf(textAt(body, '/properties/roleDefinitionId') ?? '').toLowerCase(),
      principal: () => textAt(body, '/properties/principalId'),
      definition: () => textAt(body, '/properties/roleDefinitionId'),
      isConditional: () => textAt(body, '/properties/condition') !== undefined,
    }),
);

/** What the body of a role definition or a deny assignment allows or denies; what is no list of texts is nothing. */
export const permissionsIn = (body: JsonObject): RolePermission[] =>
  listAt(body, '/properties/permissions').map((one) => ({
    actions: textsAt(one, '/actions'),
    notActions: textsAt(one, '/notActions'),
    dataActions: textsAt(one, '/dataActions'),
    notDataActions: textsAt(one, '/notDataActions'),
  }));

export const denyAssignmentType = 'Microsoft.Authorization/denyAssignments';
/** The deny assignments at, above and below a subscription, of every principal. */
export const denialsIn = (subscription: string): string =>
  `/subscriptions/${subscription}/providers/${denyAssignmentType}`;

/** The assignments of a subscription, inherited and below it, as a path. */
export const assignmentsIn = (subscription: string): string =>
  `/subscriptions/${subscription}/providers/${roleAssignmentType}`;

/** The query that filters by one principal. */
export const ofPrincipal = (principal: string) => ({ $filter: `principalId eq '${principal.replaceAll("'", "''")}'` });

/** The query for all that an identity is assigned, by its groups as well. */
export const assignedTo = (principal: string) => ({ $filter: `assignedTo('${principal.replaceAll("'", "''")}')` });
/** The same list, as its key in a snapshot. */
export const assignedIn = (principal: string, subscription: string): string =>
  `${assignmentsIn(subscription)}?$filter=${assignedTo(principal).$filter}`;

/** The list and query, as the key of the list in a scan. */
export const assignmentsOf = (principal: string, subscription: string): string =>
  `${assignmentsIn(subscription)}?$filter=${ofPrincipal(principal).$filter}`;

const sentMembers = [
  'roleDefinitionId',
  'principalId',
  'principalType',
  'description',
  'condition',
  'conditionVersion',
  'delegatedManagedIdentityResourceId',
];
const shape: ResourceShape = {
  volatile: ['scope', 'createdOn', 'updatedOn', 'createdBy', 'updatedBy'].map((name) => `/properties/${name}`),
};

export const roleAssignment = defineResourceType({
  type: roleAssignmentType,
  label: 'role assignment',
  plural: 'role assignments',
  shape,
  columns: [
    {
      title: 'Role',
      value: (resource) => roleNames[roleAssignmentView(resource).role] ?? roleAssignmentView(resource).role,
    },
    { title: 'For', value: (resource) => roleAssignmentView(resource).principal ?? '' },
    { title: 'On', value: (resource) => nameOf(roleAssignmentView(resource).scope) },
  ],
  summary(resource) {
    const { role: name, scope } = roleAssignmentView(resource);
    return name === '' ? null : `role ${roleNames[name] ?? knownRoles[name]?.name ?? name} on ${nameOf(scope)}`;
  },
  effects({ id, before, after }) {
    const [gone, made] = [before, after].map((one) => (one === null ? undefined : roleAssignmentView(one)));
    const who = ({ role, principal, scope }: RoleAssignmentView) =>
      `the role ${roleNames[role] ?? role} on ${nameOf(scope)} (principal ${principal ?? 'unknown'})`;
    if (gone && made) return [];
    return [
      ...(made ? [{ kind: 'allows' as const, detail: `Assigns ${who(made)}.`, subject: made.principal ?? id }] : []),
      ...(gone ? [{ kind: 'restricts' as const, detail: `Removes ${who(gone)}.`, subject: gone.principal ?? id }] : []),
    ];
  },
  write(change) {
    const at = { id: change.resource, apiVersion: writeVersionOf(roleAssignmentType) };
    if (change.kind === 'edit') return readOnly('role assignment that exists', change);
    if (change.kind === 'delete') return { method: 'DELETE', ...at, body: null };
    const properties = objectAt(change.body, '/properties');
    const refusal = properties === undefined ? undefined : refusedRole(change.resource, change.body ?? {});
    if (refusal !== undefined) return refusal;
    return properties === undefined
      ? 'The role assignment to be created names no role.'
      : { method: 'PUT', ...at, body: { properties: kept(properties) } };
  },
  az(change) {
    if (change.kind === 'edit') return '';
    if (change.kind === 'delete') return line('az', 'role', 'assignment', 'delete', '--ids', change.resource);
    const { scope, role, principal } = roleAssignmentView(viewed(change.resource, change.body));
    return line('az', 'role', 'assignment', 'create', '--name', nameOf(change.resource), [
      ...['--assignee-object-id', principal ?? ''],
      ...['--assignee-principal-type', textAt(change.body, '/properties/principalType') ?? 'ServicePrincipal'],
      ...['--role', roleNames[role] ?? role, '--scope', scope],
    ]);
  },
  needs: (change) => [
    actionOn(
      `Microsoft.Authorization/roleAssignments/${change.kind === 'delete' ? 'delete' : 'write'}`,
      roleAssignmentView(viewed(change.resource, change.body ?? {})).scope,
    ),
  ],
});

const viewed = (id: string, body: JsonObject): Resource => ({
  id,
  type: roleAssignmentType,
  apiVersion: '',
  body,
});

const kept = (properties: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(properties).filter(([name, value]) => sentMembers.includes(name) && value !== null),
  );
