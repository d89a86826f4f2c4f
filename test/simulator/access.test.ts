// Grants and locks.
import { afterEach, expect, test } from 'vitest';
import type { Change } from '../../src/model/change.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { parseJson, stringifyJson } from '../../src/simulator/json.ts';
import { group, start, subnet, type TestClient, workspace } from './support.ts';

let client: TestClient;
afterEach(() => client.stop());

const storage = `${group}/providers/Microsoft.Storage/storageAccounts/stmlsim`;
const lock = `${group}/providers/Microsoft.Authorization/locks/keep`;

/** The world `closed` as a caller with these grants sees it. */
async function startWith(permissions: readonly object[]): Promise<TestClient> {
  const full = await start({ world: 'closed' });
  const state = parseJson(full.sim.stateText());
  await full.stop();
  const resources = state instanceof Map ? stringifyJson(state.get('resources') ?? null) : '[]';
  return start({ load: `{"resources": ${resources}, "permissions": ${JSON.stringify(permissions)}}` });
}

test('the caller owns everything unless the state says otherwise', async () => {
  client = await start({ world: 'closed' });
  const reply = await client.get(`${workspace}/providers/Microsoft.Authorization/permissions`);
  expect(reply.text).toBe('{"value":[{"actions":["*"],"notActions":[],"dataActions":[],"notDataActions":[]}]}');
});

test('what is not granted is refused by action and scope', async () => {
  client = await startWith([{ scope: group, actions: ['*/read'], notActions: [] }]);
  expect((await client.get(storage)).status).toBe(200);
  const reply = await client.patch(storage, { tags: {} });
  expect([reply.status, reply.code]).toEqual([403, 'AuthorizationFailed']);
  expect(reply.message).toContain("perform action 'Microsoft.Storage/storageAccounts/write' over scope");
  expect(reply.headers['x-ms-failure-cause']).toBe('gateway');
});

test('notActions remove again, and grants below add', async () => {
  client = await startWith([
    { scope: group, actions: ['*'], notActions: ['Microsoft.KeyVault/*'] },
    {
      scope: `${group}/providers/Microsoft.KeyVault/vaults/kv-mlsim`,
      actions: ['Microsoft.KeyVault/vaults/READ'],
      notActions: [],
    },
  ]);
  expect((await client.get(`${group}/providers/Microsoft.KeyVault/vaults`)).code).toBe('AuthorizationFailed');
  expect((await client.get(`${group}/providers/Microsoft.KeyVault/vaults/kv-mlsim`)).status).toBe(200);
});

test('a body that points at a subnet needs the right to join it', async () => {
  client = await startWith([{ scope: group, actions: ['*/read', 'Microsoft.Storage/*'], notActions: [] }]);
  const reply = await client.patch(storage, {
    properties: { networkAcls: { defaultAction: 'Deny', virtualNetworkRules: [{ id: subnet('snet-train') }] } },
  });
  expect([reply.status, reply.code]).toEqual([403, 'LinkedAuthorizationFailed']);
  expect(reply.message).toContain('joinViaServiceEndpoint/action');
});

test('a compute in a subnet needs the right to join the subnet and its network', async () => {
  const made = {
    location: 'westeurope',
    properties: {
      computeType: 'AmlCompute',
      properties: {
        vmSize: 'STANDARD_DS3_V2',
        subnet: { id: subnet('snet-train') },
        scaleSettings: { maxNodeCount: 1 },
      },
    },
  };
  const network = 'Microsoft.Network/virtualNetworks';
  const actions = ['*/read', 'Microsoft.MachineLearningServices/*', `${network}/subnets/join/action`];
  client = await startWith([{ scope: group, actions, notActions: [] }]);
  const compute = `${group}/providers/Microsoft.MachineLearningServices/workspaces/mlw-sim/computes/made`;
  const reply = await client.put(compute, made);
  expect([reply.status, reply.code]).toEqual([403, 'LinkedAuthorizationFailed']);
  expect(reply.message).toContain(`${network}/join/action`);
  const change: Change = { kind: 'create', resource: compute, edits: [], body: made };
  const needed = resourceTypeOf(typeOf(compute))
    .needs(change)
    .map(({ action }) => action);
  expect(needed).toEqual(expect.arrayContaining([`${network}/subnets/join/action`, `${network}/join/action`]));
});

test('locks come and go with their own status codes, key order and both versions', async () => {
  client = await start({ world: 'closed' });
  const body = { properties: { level: 'readonly', notes: 'do not touch' } };
  const made = await client.send('PUT', `${lock}?api-version=2016-09-01`, body);
  expect(made.status).toBe(201);
  expect(made.at('properties', 'level')).toBe('ReadOnly');
  expect((await client.put(lock, body)).status).toBe(200);
  const listed = await client.get(
    `${client.group.replace('resourceGroups', 'resourcegroups')}/providers/Microsoft.Authorization/locks`,
  );
  expect(listed.at('value')).toHaveLength(1);
  expect((await client.delete(lock)).status).toBe(200);
  expect((await client.delete(lock)).status).toBe(204);
});

test('ReadOnly blocks every write below it, POST actions too, and no read', async () => {
  client = await start({ world: 'closed' });
  await client.put(lock, { properties: { level: 'ReadOnly' } });
  for (const reply of [
    await client.patch(storage, { tags: {} }),
    await client.put(`${group}/providers/Microsoft.Example/things/t`, {}),
    await client.delete(storage),
    await client.send('POST', `${storage}/listKeys?api-version=2023-05-01`),
    await client.send('POST', `${workspace}/diagnose?api-version=2024-04-01`, '{}'),
  ]) {
    expect([reply.status, reply.code]).toEqual([409, 'ScopeLocked']);
    expect(reply.message).toContain(`following scope(s) are locked: '${group}'. Please remove the lock and try again.`);
  }
  expect((await client.get(storage)).status).toBe(200);
});

test('CanNotDelete blocks deletions above and below, and no write', async () => {
  client = await start({ world: 'closed' });
  await client.put(`${storage}/providers/Microsoft.Authorization/locks/keep`, {
    properties: { level: 'CanNotDelete' },
  });
  expect((await client.delete(storage)).code).toBe('ScopeLocked');
  expect((await client.delete(group)).code).toBe('ScopeLocked');
  expect((await client.patch(storage, { tags: { a: 'b' } })).status).toBe(200);
});

test('a lock of an unknown kind is refused', async () => {
  client = await start({ world: 'closed' });
  expect((await client.put(lock, { properties: { level: 'Sometimes' } })).code).toBe('LockLevelInvalid');
});

test('a namespace the subscription is not registered for is 409 until it registers', async () => {
  client = await startUnregistered();
  const path = `${group}/providers/Microsoft.Storage/storageAccounts/stmlsim`;
  expect([(await client.get(path)).status, (await client.get(path)).code]).toEqual([
    409,
    'MissingSubscriptionRegistration',
  ]);
  await client.send(
    'POST',
    `/subscriptions/${client.sim.subscription}/providers/Microsoft.Storage/register?api-version=2022-12-01`,
  );
  expect((await client.get(path)).status).toBe(200);
});

async function startUnregistered(): Promise<TestClient> {
  const { mkdtemp, writeFile } = await import('node:fs/promises');
  const { tmpdir } = await import('node:os');
  const first = await start({ world: 'closed' });
  const text = first.sim.stateText().replace('"unregistered": []', '"unregistered": ["microsoft.storage"]');
  await first.stop();
  const folder = await mkdtemp(`${tmpdir()}/simulator-`);
  await writeFile(`${folder}/state.json`, text);
  return start({ state: `${folder}/state.json` });
}
