// Private link under the clocks, under grants, and across a restart.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { list, parseJson, stringifyJson, text } from '../../src/simulator/json.ts';
import { account, group, start, subnet, type TestClient, type TestReply, workspace } from './support.ts';

let client: TestClient;
afterEach(() => client.stop());

const endpoint = `${group}/providers/Microsoft.Network/privateEndpoints/pe-blob`;
const body = (member = 'privateLinkServiceConnections', target = account('stmlsim'), groupId = 'blob'): object => ({
  location: 'westeurope',
  properties: {
    subnet: { id: subnet('snet-pe') },
    [member]: [{ name: 'link', properties: { privateLinkServiceId: target, groupIds: [groupId] } }],
  },
});

/** Follows the operation of an answer to its end; gives its last status. */
async function follow(reply: TestReply): Promise<string | undefined> {
  const url = reply.headers['azure-asyncoperation'] ?? reply.headers.location ?? '';
  for (let count = 0; count < 20; count += 1) {
    const poll = await client.send('GET', url);
    const status = text(poll.json, 'status') ?? (poll.status === 202 ? 'InProgress' : 'Succeeded');
    if (status !== 'InProgress') return status;
  }
  throw new Error('the operation never ends');
}

async function startWith(permissions: readonly object[]): Promise<TestClient> {
  const full = await start({ world: 'closed' });
  const state = parseJson(full.sim.stateText());
  await full.stop();
  const resources = state instanceof Map ? stringifyJson(state.get('resources') ?? null) : '[]';
  return start({ load: `{"resources": ${resources}, "permissions": ${JSON.stringify(permissions)}}` });
}

test('an endpoint made slowly is Updating, and whole from the first moment', async () => {
  client = await start({ world: 'closed', clock: 'polls:1' });
  const made = await client.put(endpoint, body());
  expect([made.status, made.at('properties', 'provisioningState')]).toEqual([201, 'Updating']);
  expect(await follow(made)).toBe('Succeeded');
  const shown = await client.get(endpoint);
  expect(shown.at('properties', 'networkInterfaces')).toEqual(made.at('properties', 'networkInterfaces'));
  expect(list((await client.get(account('stmlsim'))).json, 'properties', 'privateEndpointConnections')).toHaveLength(1);
  expect(list((await client.get(subnet('snet-pe'))).json, 'properties', 'ipConfigurations')).toHaveLength(1);
  const deleted = await client.delete(endpoint);
  expect(deleted.status).toBe(202);
  expect(await follow(deleted)).toBe('Succeeded');
  expect(list((await client.get(account('stmlsim'))).json, 'properties', 'privateEndpointConnections')).toEqual([]);
});

test('a connection made while its workspace is being written is not lost', async () => {
  client = await start({ world: 'closed', clock: 'polls:3' });
  const patched = await client.patch(workspace, { properties: { description: 'slow' } });
  expect(patched.status).toBe(202);
  await client.put(endpoint, body('privateLinkServiceConnections', workspace, 'amlworkspace'));
  expect(await follow(patched)).toBe('Succeeded');
  const shown = await client.get(workspace);
  expect(shown.at('properties', 'description')).toBe('slow');
  expect(list(shown.json, 'properties', 'privateEndpointConnections')).toHaveLength(1);
});

test('a subnet that is being changed takes no endpoint yet', async () => {
  client = await start({ world: 'closed', clock: 'polls:2' });
  await client.put(subnet('snet-pe'), { properties: { addressPrefix: '10.0.4.0/24' } });
  const reply = await client.put(endpoint, body());
  expect([reply.status, reply.code]).toEqual([429, 'RetryableError']);
  expect(reply.text).toContain('ReferencedResourceNotProvisioned');
});

test('a caller that may not approve gets no automatic connection, but may request one', async () => {
  client = await startWith([
    {
      scope: group,
      actions: ['*'],
      notActions: ['Microsoft.Storage/storageAccounts/privateEndpointConnectionsApproval/action'],
    },
  ]);
  const refused = await client.put(endpoint, body());
  expect([refused.status, refused.code]).toEqual([403, 'LinkedAuthorizationFailed']);
  expect(refused.message).toContain('storageAccounts/privateEndpointConnectionsApproval/action');
  expect((await client.get(endpoint)).status).toBe(404);
  expect((await client.put(endpoint, body('manualPrivateLinkServiceConnections'))).status).toBe(201);
});

test.each([['Microsoft.Network/virtualNetworks/subnets/join/action'], ['Microsoft.Network/privateEndpoints/write']])(
  'an endpoint needs %s',
  async (action) => {
    client = await startWith([{ scope: group, actions: ['*'], notActions: [action] }]);
    const reply = await client.put(endpoint, body('manualPrivateLinkServiceConnections'));
    expect(reply.status).toBe(403);
    expect(reply.message).toContain(action);
  },
);

test('a restart finds everything where it was', async () => {
  const state = `${await mkdtemp(`${tmpdir()}/simulator-`)}/state.json`;
  const zone = `${group}/providers/Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net`;
  client = await start({ world: 'closed', state });
  await client.put(zone, { location: 'global' });
  await client.put(endpoint, body());
  await client.put(`${endpoint}/privateDnsZoneGroups/default`, {
    properties: { privateDnsZoneConfigs: [{ name: 'z', properties: { privateDnsZoneId: zone } }] },
  });
  const before = client.sim.stateText();
  const paths = [
    endpoint,
    account('stmlsim'),
    subnet('snet-pe'),
    `${zone}/A/stmlsim`,
    `${endpoint}/privateDnsZoneGroups/default`,
  ];
  const seen = await Promise.all(paths.map(async (path) => (await client.get(path)).text));
  await client.stop();
  client = await start({ state });
  expect(client.sim.stateText()).toBe(before);
  expect(await Promise.all(paths.map(async (path) => (await client.get(path)).text))).toEqual(seen);
  await client.delete(endpoint);
  expect((await client.get(`${zone}/A/stmlsim`)).status).toBe(404);
});

test('deleting a group with everything in it leaves no connection behind outside', async () => {
  client = await start({ world: 'closed' });
  const other = group.replace('rg-ml', 'rg-endpoints');
  await client.put(other, { location: 'westeurope' });
  await client.put(endpoint.replace('rg-ml', 'rg-endpoints'), body());
  expect(list((await client.get(account('stmlsim'))).json, 'properties', 'privateEndpointConnections')).toHaveLength(1);
  await client.delete(other);
  expect(list((await client.get(account('stmlsim'))).json, 'properties', 'privateEndpointConnections')).toEqual([]);
  expect((await client.get(subnet('snet-pe'))).at('properties', 'privateEndpoints')).toBeUndefined();
});
