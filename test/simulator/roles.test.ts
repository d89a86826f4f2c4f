// Role assignments and the built-in roles.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, parseJson, stringifyJson, text } from '../../src/simulator/json.ts';
import { account, group, start, type TestClient, workspace } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'closed' });
});
afterEach(() => client.stop());

const reader = 'acdd72a7-3385-48ef-bd42-f606fba81ae7';
const networker = '4d97b98b-1d4f-4787-a291-c67834d212e7';
const principal = '55555555-5555-5555-5555-555555555555';
const other = '77777777-7777-7777-7777-777777777777';
const named = (digit: string): string => `00000000-0000-0000-0000-00000000000${digit}`;
const at = (scope: string, digit: string): string =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments/${named(digit)}`;
const subscription = group.slice(0, group.indexOf('/resourceGroups/'));
const role = (name: string): string => `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${name}`;
const body = (roleName = reader, principalId = principal, more: object = {}): object => ({
  properties: { roleDefinitionId: role(roleName), principalId, principalType: 'serviceprincipal', ...more },
});
const names = async (scope: string, filter = ''): Promise<string[]> => {
  const query = filter === '' ? '' : `&$filter=${encodeURIComponent(filter)}`;
  const reply = await client.get(
    `${scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01${query}`,
  );
  return list(reply.json, 'value').flatMap((item) => text(item, 'name')?.at(-1) ?? []);
};

test('made once, the same again is 200, another like it is 409, and it never changes', async () => {
  const made = await client.put(at(group, '1'), body());
  expect([made.status, made.at('properties', 'scope'), made.at('properties', 'principalType')]).toEqual([
    201,
    group,
    'ServicePrincipal',
  ]);
  expect((await client.put(at(group, '1'), body())).text).toBe(made.text);
  const twin = await client.put(at(group, '2'), body(reader.toUpperCase(), principal));
  expect([twin.status, twin.code]).toEqual([409, 'RoleAssignmentExists']);
  expect(twin.message).toContain(named('1').replaceAll('-', ''));
  expect((await client.put(at(group, '1'), body(networker))).code).toBe('RoleAssignmentUpdateNotPermitted');
  expect((await client.put(at(group, '2'), body(networker))).status).toBe(201);
  expect((await client.put(at(workspace, '3'), body())).status).toBe(201);
  const gone = await client.delete(at(group, '1'));
  expect([gone.status, gone.text]).toEqual([200, made.text]);
  expect((await client.delete(at(group, '1'))).status).toBe(204);
});

test('listed where they are, where they are inherited, and by principal', async () => {
  await client.put(at(subscription, '1'), body());
  await client.put(at(group, '2'), body(networker));
  await client.put(at(workspace, '3'), body(reader, other));
  await client.put(at(account('stmlsim'), '4'), body());
  expect(await names(workspace, 'atScope()')).toEqual(['1', '2', '3']);
  expect(await names(group, 'atScope()')).toEqual(['1', '2']);
  expect(await names(group)).toEqual(['1', '2', '3', '4']);
  expect(await names(group, `principalId eq '${other}'`)).toEqual(['3']);
  expect(await names(workspace, `atScope() and assignedTo('${principal}')`)).toEqual(['1', '2']);
});

test.each([
  ['not-a-guid', body(), 'InvalidRoleAssignmentId'],
  [named('9'), { properties: { principalId: principal } }, 'RoleDefinitionDoesNotExist'],
  [named('9'), body('nonsense'), 'RoleDefinitionDoesNotExist'],
  [named('9'), body(reader, 'anna'), 'InvalidPrincipalId'],
  [named('9'), body(reader, principal, { principalType: 'Robot' }), 'UnsupportedPrincipalType'],
])('refused: %s %j', async (name, sent, code) => {
  const reply = await client.put(`${group}/providers/Microsoft.Authorization/roleAssignments/${name}`, sent);
  expect([reply.status, reply.code]).toEqual([400, code]);
});

test('assigning needs the right to, and a scope that exists', async () => {
  const state = parseJson(client.sim.stateText());
  const resources = state instanceof Map ? stringifyJson(state.get('resources') ?? null) : '[]';
  const grants = [{ scope: group, actions: ['*'], notActions: ['Microsoft.Authorization/*/Write'] }];
  const contributor = await start({ load: `{"resources": ${resources}, "permissions": ${JSON.stringify(grants)}}` });
  const reply = await contributor.put(at(group, '1'), body());
  expect([reply.status, reply.code]).toEqual([403, 'AuthorizationFailed']);
  expect(reply.message).toContain('Microsoft.Authorization/roleAssignments/write');
  await contributor.stop();
  expect((await client.put(at(`${workspace}-no`, '1'), body())).status).toBe(404);
});

test('built-in roles are found by name and by id', async () => {
  const at = `${subscription}/providers/Microsoft.Authorization/roleDefinitions`;
  const found = await client.get(
    `${at}?api-version=2022-04-01&$filter=${encodeURIComponent("roleName eq 'network contributor'")}`,
  );
  expect(list(found.json, 'value').map((item) => text(item, 'name'))).toEqual([networker]);
  expect((await client.get(role(reader))).at('properties', 'roleName')).toBe('Reader');
  expect((await client.get(`/providers/Microsoft.Authorization/roleDefinitions/${reader}`)).status).toBe(200);
  expect((await client.get(role(named('1')))).status).toBe(404);
});
