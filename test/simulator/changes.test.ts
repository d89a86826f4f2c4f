// The change records of Resource Graph: what each write changed, who made it and by which client.
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { actors } from '../../src/simulator/gateway/token.ts';
import type { SimulatorOptions } from '../../src/simulator/index.ts';
import { type ArmJson, at, list, text } from '../../src/simulator/json.ts';
import { account, group, network, signIn, start, subnet, type TestClient, vault } from './support.ts';

const clients: TestClient[] = [];
afterAll(() => Promise.all(clients.map((client) => client.stop())));
async function opened(options: SimulatorOptions = {}): Promise<TestClient> {
  const client = await start({ world: 'mixed', ...options });
  clients.push(client);
  return client;
}

async function records(client: TestClient, more = '', table = 'resourcechanges'): Promise<ArmJson[]> {
  const url = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01';
  const reply = await client.send('POST', url, { query: `${table}${more}` });
  expect([reply.status, reply.message]).toEqual([200, '']);
  return list(reply.json, 'data');
}
const targetOf = (row: ArmJson): string | undefined => text(row, 'properties', 'targetResourceId');
const attribute = (row: ArmJson | undefined, name: string) => text(row, 'properties', 'changeAttributes', name);
const change = (row: ArmJson | undefined, name: string) => at(at(row, 'properties', 'changes'), name);
const deny = { properties: { networkAcls: { defaultAction: 'Deny' } } };

test('an update names each value that changed, its caller and its operation', async () => {
  const client = await opened();
  expect(await records(client)).toEqual([]);
  expect((await client.patch(account('stmldata'), deny)).status).toBe(200);
  expect((await client.patch(account('stmldata'), deny)).status).toBe(200);
  const rows = await records(client);
  expect(rows).toHaveLength(1);
  const [row] = rows;
  expect([text(row, 'type'), targetOf(row ?? null), text(row, 'properties', 'changeType')]).toEqual([
    'microsoft.resources/changes',
    account('stmldata').replace('/resourceGroups/', '/resourceGroups/'),
    'Update',
  ]);
  expect([text(row, 'resourceGroup'), text(row, 'subscriptionId')]).toEqual(['rg-ml', client.sim.subscription]);
  expect(change(row, 'properties.networkAcls.defaultAction')).toEqual(
    new Map([
      ['previousValue', 'Allow'],
      ['newValue', 'Deny'],
      ['changeCategory', 'User'],
      ['propertyChangeType', 'Update'],
    ]),
  );
  expect(['changedBy', 'changedByType', 'clientType', 'operation'].map((name) => attribute(row, name))).toEqual([
    client.sim.client,
    'Application',
    client.sim.client,
    'microsoft.storage/storageaccounts/write',
  ]);
  expect(Date.now() - Date.parse(attribute(row, 'timestamp') ?? '')).toBeLessThan(600_000);
});

test('callers by token, clients by user agent, and what follows from a write is made by the system', async () => {
  const client = await opened();
  const person = await signIn(client.send, client.sim, {
    ...{ grant_type: 'password', username: actors.user.upn, password: client.sim.secret },
  });
  const pipeline = await signIn(client.send, client.sim, { client_id: actors.pipeline.client });
  const as = async (token: ArmJson | undefined, agent: string, tag: string) => {
    const headers = { authorization: `Bearer ${text(token, 'access_token')}`, 'user-agent': agent };
    const url = `${vault}?api-version=2023-07-01`;
    expect((await client.send('PATCH', url, { tags: { by: tag } }, headers)).status).toBe(200);
  };
  await as(person.json, 'Mozilla/5.0 (Windows NT 10.0)', 'a');
  await as(pipeline.json, 'HashiCorp Terraform/1.9.8 terraform-provider-azurerm/4.1.0', 'b');
  await as(pipeline.json, 'azsdk-js-arm-keyvault/3.0', 'c');
  client.sim.sendAs('identity', {
    method: 'PATCH',
    path: vault,
    body: { tags: { by: 'd' } },
    userAgent: 'AZURECLI/2.74',
  });
  const rows = await records(client);
  expect(
    rows.map((row) => [
      text(change(row, 'tags.by'), 'newValue'),
      attribute(row, 'changedBy'),
      attribute(row, 'clientType'),
    ]),
  ).toEqual([
    ['a', 'anna@simulated.example', 'Azure Portal'],
    ['b', actors.pipeline.client, 'Terraform'],
    ['c', actors.pipeline.client, actors.pipeline.client],
    ['d', actors.identity.client, 'Azure CLI'],
  ]);
  expect(rows.map((row) => attribute(row, 'changedByType'))).toEqual([
    'User',
    'Application',
    'Application',
    'Application',
  ]);

  const endpoint = `${group}/providers/Microsoft.Network/privateEndpoints/pe-new`;
  const reply = await client.put(endpoint, {
    location: 'westeurope',
    properties: {
      subnet: { id: subnet('snet-dev') },
      privateLinkServiceConnections: [
        { name: 'one', properties: { privateLinkServiceId: account('stmldata'), groupIds: ['blob'] } },
      ],
    },
  });
  expect([reply.status, reply.message]).toEqual([201, '']);
  const made = (await records(client)).slice(rows.length);
  const by = new Map(made.map((row) => [targetOf(row)?.split('/').slice(-2).join('/'), row]));
  expect([...by.keys()].map((key) => key?.replace(/nic\..*/, 'nic')).toSorted()).toEqual([
    'networkInterfaces/pe-new.nic',
    'privateEndpoints/pe-new',
    'storageAccounts/stmldata',
    'virtualNetworks/vnet-ml',
  ]);
  expect(attribute(by.get('privateEndpoints/pe-new'), 'changedBy')).toBe(client.sim.client);
  expect(text(by.get('privateEndpoints/pe-new'), 'properties', 'changeType')).toBe('Create');
  expect(attribute(by.get('storageAccounts/stmldata'), 'changedBy')).toBe('System');
});

test('a change of a child is a change of the resource that holds it; a deletion names no values', async () => {
  const client = await opened();
  expect((await client.delete(`${network}/subnets/snet-aks`)).status).toBe(200);
  expect((await client.delete(vault)).status).toBe(200);
  const [first, second, ...rest] = await records(
    client,
    ' | order by tostring(properties.changeAttributes.timestamp) asc',
  );
  expect(rest).toEqual([]);
  expect([targetOf(first ?? null), attribute(first, 'operation')]).toEqual([
    network,
    'microsoft.network/virtualnetworks/subnets/delete',
  ]);
  expect([...((at(first, 'properties', 'changes') as Map<string, ArmJson>) ?? [])].map(([name]) => name)).toContain(
    'properties.subnets[4].name',
  );
  expect([targetOf(second ?? null), text(second, 'properties', 'changeType')]).toEqual([vault, 'Delete']);
  expect(at(second, 'properties', 'changes')).toEqual(new Map());
  expect(attribute(second, 'newResourceSnapshotId')).toBeUndefined();
});

test('a long operation is two changes of one caller, and a deployment is a template', async () => {
  const client = await opened({ clock: 'polls:1' });
  const group2 = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-new`;
  await client.put(group2, { location: 'westeurope', properties: {} });
  await client.get(group2);
  await client.get(group2);
  const rows = await records(client);
  expect(rows.map((row) => [text(row, 'properties', 'changeType'), attribute(row, 'changedBy')])).toEqual([
    ['Create', client.sim.client],
    ['Update', client.sim.client],
  ]);
  expect(text(change(rows[1], 'properties.provisioningState'), 'changeCategory')).toBe('System');
  const template = {
    ...{ type: 'Microsoft.Network/routeTables', apiVersion: '2024-05-01', name: 'rt-new', location: 'westeurope' },
    properties: {},
  };
  const deployed = await client.put(`${group}/providers/Microsoft.Resources/deployments/one`, {
    properties: { mode: 'Incremental', template: { resources: [template] } },
  });
  expect(deployed.status).toBe(201);
  const last = (await records(client)).at(-1);
  expect([
    attribute(last, 'clientType'),
    targetOf(last ?? null)
      ?.split('/')
      .at(-1),
  ]).toEqual(['ARM Template', 'rt-new']);
});

test('records are missing, cut, late, of others, and of another time where a test says so', async () => {
  const client = await opened({
    faults: [
      'PATCH */vaults/* 1 record:missing',
      'PATCH */vaults/* 1 record:truncated',
      'PATCH */vaults/* 1 record:late=3600',
      'PATCH */vaults/* 1 record:as=user,client=portal',
    ].join(';'),
  });
  for (const by of ['a', 'b', 'c', 'd']) {
    const tags = { by: `${by} was here, and said so at length`, more: by };
    expect((await client.patch(vault, { tags })).status).toBe(200);
  }
  const at1 = new Date(Date.now() - 3 * 24 * 3600 * 1000);
  for (const when of [at1, new Date(Date.now() - 15 * 24 * 3600 * 1000)]) {
    const sent = client.sim.sendAs('user', {
      method: 'PATCH',
      path: vault,
      body: { tags: { by: String(+when) } },
      at: when,
    });
    expect(sent.status).toBe(200);
  }
  const rows = await records(client);
  expect(rows.map((row) => text(change(row, 'tags.by'), 'newValue'))).toEqual([
    'b was he',
    'd was here, and said so at length',
    String(+at1),
  ]);
  const [cut, other, old] = rows;
  expect([text(change(cut, 'tags.by'), 'isTruncated'), attribute(cut, 'isTruncated')]).toEqual(['true', 'true']);
  expect([attribute(other, 'changedBy'), attribute(other, 'clientType')]).toEqual([
    'anna@simulated.example',
    'Azure Portal',
  ]);
  expect(attribute(old, 'timestamp')).toBe(at1.toISOString().replace('Z', '+00:00'));
});

test('records stay with the state file, and go with it', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'changes-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const state = path.join(folder, 'state.json');
  const first = await opened({ state });
  const second = await opened({ state });
  await first.patch(vault, { tags: { by: 'first' } });
  await second.patch(vault, { tags: { by: 'second' } });
  const seen = async (client: TestClient) =>
    (await records(client)).map((row) => text(change(row, 'tags.by'), 'newValue'));
  expect(await seen(first)).toEqual(['first', 'second']);
  expect(await seen(await opened({ state }))).toEqual(['first', 'second']);
  expect(await seen(await opened({ state, fresh: true }))).toEqual([]);
  expect((await readdir(folder)).filter((name) => name.endsWith('.lock'))).toEqual([]);
});

test('what is in the table of network resources has its records apart', async () => {
  const client = await opened({ world: 'perimeter' });
  const [profile] = list(
    (
      await client.send('POST', '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01', {
        query: "networkresources | where type =~ 'microsoft.network/networksecurityperimeters/profiles' | project id",
      })
    ).json,
    'data',
  );
  const rule = `${text(profile, 'id')}/accessRules/office`;
  const properties = { direction: 'Inbound', addressPrefixes: ['203.0.113.0/24'] };
  expect((await client.put(`${rule}?api-version=2024-07-01`, { properties })).status).toBe(201);
  expect(await records(client)).toEqual([]);
  const [row] = await records(client, '', 'networkresourcechanges');
  expect([targetOf(row ?? null)?.toLowerCase(), text(row, 'properties', 'changeType')]).toEqual([
    rule.toLowerCase(),
    'Create',
  ]);
});

test('a group and its tags are in the table of containers', async () => {
  const client = await opened();
  await client.patch(group, { tags: { owner: 'team' } });
  expect(await records(client)).toEqual([]);
  const [row] = await records(client, '', 'resourcecontainerchanges');
  expect([targetOf(row ?? null), attribute(row, 'operation')]).toEqual([
    group,
    'microsoft.resources/subscriptions/resourcegroups/write',
  ]);
});
