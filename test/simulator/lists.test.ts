import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ArmJson, list, text } from '../../src/simulator/json.ts';
import { group, start, type TestClient, versionOf, workspace } from './support.ts';

let client: TestClient;
let subscription = '';
beforeAll(async () => {
  client = await start({ world: 'mixed', pageSize: 3 });
  subscription = `/subscriptions/${client.sim.subscription}`;
});
afterAll(() => client.stop());

/** All items of a list, page by page; how many pages there were. */
async function all(path: string): Promise<{ names: (string | undefined)[]; pages: number }> {
  const items: ArmJson[] = [];
  let url: string | undefined = `${path}${path.includes('?') ? '&' : '?'}api-version=${versionOf(path)}`;
  let pages = 0;
  while (url !== undefined && pages < 50) {
    const reply: Awaited<ReturnType<TestClient['get']>> = await client.send('GET', url);
    expect(reply.status).toBe(200);
    items.push(...list(reply.json, 'value'));
    url = text(reply.json, 'nextLink');
    if (url !== undefined) expect(url.startsWith(`${client.sim.endpoint}/`)).toBe(true);
    pages += 1;
  }
  return { names: items.map((item) => text(item, 'name')), pages };
}

const everything = [
  'mlw-sim',
  'stmlsim',
  'stmldata',
  'lakemlsim',
  'stmlarch',
  'kv-mlsim',
  'acrmlsim',
  'appi-mlsim',
  'aks-mlsim',
  'nsg-train',
  'vnet-ml',
  'vnet-old',
  'pe-mlw-sim',
  'pe-mlw-sim.nic.9c02a12f-bcf8-01a2-6b2a-8171fd0b0fb4',
];

test('pages are cut, linked absolutely, and together hold everything once', async () => {
  expect(await all(`${subscription}/resources`)).toEqual({ names: everything, pages: 5 });
  expect((await all(`${group}/resources`)).names).toEqual(everything);
});

test.each([
  ["resourceType eq 'microsoft.storage/storageaccounts'", ['stmlsim', 'stmldata', 'lakemlsim', 'stmlarch']],
  ["resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'KV-MLSIM'", ['kv-mlsim']],
  ["resourceGroup eq 'RG-ML' and resourceType eq 'Microsoft.Network/virtualNetworks'", ['vnet-ml', 'vnet-old']],
  ["resourceGroup eq 'elsewhere'", []],
  ['', everything],
])('the filter %s', async (filter, names) => {
  expect((await all(`${subscription}/resources?$filter=${encodeURIComponent(filter)}`)).names).toEqual(names);
});

test('a filter survives paging, and a made-up token is refused', async () => {
  const filter = encodeURIComponent("resourceType eq 'Microsoft.Storage/storageAccounts'");
  expect((await all(`${subscription}/resources?$filter=${filter}`)).pages).toBe(2);
  expect((await client.get(`${subscription}/resources?$skiptoken=nonsense`)).status).toBe(400);
});

test('children are listed under their parent', async () => {
  expect((await all(`${workspace}/computes`)).names).toEqual(['cpu-cluster', 'gpu-cluster', 'ci-anna']);
  expect((await all(`${workspace}/datastores`)).names).toHaveLength(5);
  expect((await all(`${workspace}/outboundRules`)).names).toEqual([]);
  expect((await client.get(`${workspace}-nope/computes`)).code).toBe('ResourceNotFound');
});

test('groups are listed, made, patched, and deleted with all that is in them', async () => {
  const other = `${subscription}/resourceGroups/rg-other`;
  expect((await client.put(other, {})).code).toBe('LocationRequired');
  expect((await client.put(other, { location: 'westeurope' })).status).toBe(201);
  expect((await client.put(other, { location: 'westeurope', tags: { a: '1' } })).status).toBe(200);
  expect((await client.put(other, { location: 'eastus' })).code).toBe('InvalidResourceGroupLocation');
  expect((await client.patch(other, { tags: { b: '2' } })).at('tags', 'a')).toBeUndefined();
  expect((await all(`${subscription}/resourcegroups`)).names).toEqual(['rg-ml', 'rg-other']);
  const thing = `${other}/providers/Microsoft.Example/things/one`;
  expect((await client.put(thing, { properties: { a: 1 } })).status).toBe(201);
  expect((await client.delete(other)).status).toBe(200);
  expect((await client.get(thing)).code).toBe('ResourceGroupNotFound');
  expect((await client.delete(other)).code).toBe('ResourceGroupNotFound');
});

test('subscriptions, tenants, locations and providers', async () => {
  expect(list((await client.get('/subscriptions')).json, 'value').map((item) => text(item, 'subscriptionId'))).toEqual([
    client.sim.subscription,
  ]);
  expect((await client.get(subscription)).at('tenantId')).toBe(client.sim.tenant);
  expect((await all(`${subscription}/locations`)).names).toContain('westeurope');
  const provider = await client.get(`${subscription}/providers/microsoft.network`);
  expect([provider.at('namespace'), provider.at('registrationState')]).toEqual(['Microsoft.Network', 'Registered']);
  expect((await client.get(`${subscription}/providers/Microsoft.Nonsense`)).code).toBe('InvalidResourceNamespace');
});

test('Resource Graph gives every resource, raw', async () => {
  const reply = await client.send('POST', '/providers/Microsoft.ResourceGraph/resources?api-version=2021-03-01', {
    subscriptions: [client.sim.subscription],
    query: 'Resources | project id, type',
  });
  expect(list(reply.json, 'data')).toHaveLength(everything.length);
  expect(reply.headers['x-ms-user-quota-remaining']).toBeDefined();
});
