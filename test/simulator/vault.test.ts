import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { network, start, subnet, type TestClient, vault } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'open' });
});
afterEach(() => client.stop());

const acls = (more: object): object => ({
  properties: { networkAcls: { defaultAction: 'Deny', bypass: 'AzureServices', ...more } },
});

test('a firewall that was never set is absent, and comes as one block when set', async () => {
  expect((await client.get(vault)).at('properties', 'networkAcls')).toBeUndefined();
  const reply = await client.patch(vault, { properties: { networkAcls: { defaultAction: 'Deny' } } });
  expect(reply.status).toBe(200);
  expect(reply.at('properties', 'networkAcls', 'bypass')).toBe('AzureServices');
  expect(reply.at('properties', 'accessPolicies')).toHaveLength(1);
  const next = await client.patch(vault, { properties: { networkAcls: { bypass: 'None' } } });
  expect(next.at('properties', 'networkAcls', 'defaultAction')).toBe('Allow');
});

test('a single address comes back as a range', async () => {
  const reply = await client.patch(vault, acls({ ipRules: [{ value: '203.0.113.7' }, { value: '0.0.0.0/2' }] }));
  expect(list(reply.json, 'properties', 'networkAcls', 'ipRules').map((rule) => text(rule, 'value'))).toEqual([
    '203.0.113.7/32',
    '0.0.0.0/2',
  ]);
});

test.each([
  ['192.168.3.4', '192.168.0.0-192.168.255.255'],
  ['10.0.0.0/16', '10.0.0.0-10.255.255.255'],
  ['172.20.1.1/32', '172.16.0.0-172.31.255.255'],
])('the private address %s is refused', async (value, range) => {
  const reply = await client.patch(vault, acls({ ipRules: [{ value }] }));
  expect([reply.status, reply.message]).toEqual([
    400,
    `Invalid value found at properties.networkAcls.ipRules[0].value: ${value} belongs to forbidden range ${range} (private IP addresses)`,
  ]);
});

test.each([
  { networkAcls: [] },
  { networkAcls: { defaultAction: 'Maybe' } },
  { networkAcls: { bypass: 'Logging' } },
  { networkAcls: { ipRules: 'x' } },
  { networkAcls: { ipRules: [{ value: '2001:db8::1' }] } },
  { networkAcls: { virtualNetworkRules: [{ id: 'x' }] } },
  { enableSoftDelete: false },
])('%j is refused', async (properties) => {
  expect((await client.patch(vault, { properties })).status).toBe(400);
});

test('a subnet without the endpoint is refused inside the wrapper, whatever the default action', async () => {
  const reply = await client.patch(
    vault,
    acls({ defaultAction: 'Allow', virtualNetworkRules: [{ id: subnet('snet-gpu') }] }),
  );
  expect([reply.status, reply.code]).toEqual([400, 'VirtualNetworkNotValid']);
  expect(reply.message).toContain(
    `StatusCode: 400 (BadRequest). Error Code: SubnetsHaveNoServiceEndpointsConfigured. Error Message: Subnets snet-gpu of virtual network ${network} do not have ServiceEndpoints for Microsoft.KeyVault`,
  );
});

test('the flag silences that check, and ids come back in lower case', async () => {
  const reply = await client.patch(
    vault,
    acls({ virtualNetworkRules: [{ id: subnet('snet-gpu'), ignoreMissingVnetServiceEndpoint: true }] }),
  );
  expect(reply.at('properties', 'networkAcls', 'virtualNetworkRules')).toEqual([
    new Map<string, unknown>([
      ['id', subnet('snet-gpu').toLowerCase()],
      ['ignoreMissingVnetServiceEndpoint', true],
    ]),
  ]);
  const missing = await client.patch(
    vault,
    acls({ virtualNetworkRules: [{ id: subnet('nope'), ignoreMissingVnetServiceEndpoint: true }] }),
  );
  expect(missing.code).toBe('VirtualNetworkNotValid');
});

test('two hundred subnet rules and a thousand address rules are the most', async () => {
  const addresses = (count: number): object =>
    acls({
      ipRules: Array.from({ length: count }, (_, index) => ({
        value: `20.1.${Math.floor(index / 250)}.${index % 250}`,
      })),
    });
  expect((await client.patch(vault, addresses(1000))).status).toBe(200);
  expect((await client.patch(vault, addresses(1001))).status).toBe(400);
  const subnets = Array.from({ length: 201 }, () => ({
    id: subnet('snet-gpu'),
    ignoreMissingVnetServiceEndpoint: true,
  }));
  expect((await client.patch(vault, acls({ virtualNetworkRules: subnets }))).status).toBe(400);
});

test('PUT replaces: a firewall left out is gone, policies are required', async () => {
  await client.patch(vault, acls({}));
  const before = await client.get(vault);
  expect(before.at('properties', 'networkAcls')).toBeDefined();
  const properties = { sku: { family: 'A', name: 'standard' }, tenantId: client.sim.tenant, accessPolicies: [] };
  const after = await client.put(vault, { location: 'westeurope', properties });
  expect(after.status).toBe(200);
  expect(after.at('properties', 'networkAcls')).toBeUndefined();
  expect(after.at('properties', 'vaultUri')).toBe('https://kv-mlsim.vault.azure.net/');
  expect((await client.put(vault, { location: 'westeurope', properties: {} })).status).toBe(400);
});

test('a deleted vault is remembered', async () => {
  await client.delete(vault);
  const listed = await client.get(
    `/subscriptions/${client.sim.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults`,
  );
  expect(listed.at('value')).toHaveLength(1);
  expect(
    (await client.get(`/subscriptions/${client.sim.subscription}/providers/Microsoft.KeyVault/managedHSMs`)).text,
  ).toBe('{"value":[]}');
});
