// A role assignment is created whole: members that Azure shows as null are not sent, for it refuses some of them.
import { expect, test } from 'vitest';
import type { Resource } from '../../src/model/resource.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { group, subscription } from '../support/snapshot.ts';

const type = 'Microsoft.Authorization/roleAssignments';
const id = `${group}/providers/${type}/11111111-2222-4333-8444-555555555555`;
const said = {
  roleDefinitionId: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7`,
  principalId: '00000000-0000-0000-0000-0000000000dd',
  principalType: 'ServicePrincipal',
};

test('only members with a value are sent, and none that Azure alone sets', () => {
  const body = {
    properties: { ...said, scope: group, condition: null, conditionVersion: null, createdOn: '2026-01-01T00:00:00Z' },
  };
  const request = resourceTypeOf(type).write(
    { kind: 'create', resource: id, edits: [], body },
    undefined as unknown as Resource,
  );
  expect(request).toMatchObject({ method: 'PUT', id });
  expect((request as { readonly body: unknown }).body).toEqual({ properties: said });
});

test.each([
  ['Owner', { roleDefinitionId: said.roleDefinitionId.replace(/[^/]+$/, '8e3af657-a8ff-443c-a75c-2fe8c4bcb635') }],
  [
    'Contributor',
    { roleDefinitionId: said.roleDefinitionId.replace(/[^/]+$/, 'B24988AC-6180-42A0-AB88-20F7382DD24C') },
  ],
  [
    'User Access Administrator',
    { roleDefinitionId: said.roleDefinitionId.replace(/[^/]+$/, '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9') },
  ],
  ['a role with a condition', { condition: 'a', conditionVersion: '2.0' }],
])('%s is never assigned', (_name, more) => {
  const body = { properties: { ...said, ...more } };
  const request = resourceTypeOf(type).write(
    { kind: 'create', resource: id, edits: [], body },
    undefined as unknown as Resource,
  );
  expect(request).toMatch(/^The role .* is not assigned: /);
});
