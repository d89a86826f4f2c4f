// The container registry: one rule set replaced as a block, Premium's alone, with subnet rules only where a version knows them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, list } from '../../src/simulator/json.ts';
import { group, start, subnet, type TestClient } from './support.ts';

const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrmlsim`;
const old = '2021-08-01-preview';
const train = subnet('snet-train');

let client: TestClient;
beforeAll(async () => {
  client = await start({ world: 'open' });
});
afterAll(() => client.stop());

const patch = (properties: object, version = old) => client.patch(`${registry}?api-version=${version}`, { properties });
const rulesIn = async (version: string) => (await client.get(registry, version)).at('properties', 'networkRuleSet');

test('below Premium there are no rules and no closing', async () => {
  const rule = { id: train, action: 'Allow' };
  const rules = await patch({ networkRuleSet: { defaultAction: 'Deny', virtualNetworkRules: [rule] } });
  expect([rules.status, rules.code]).toEqual([400, 'NetworkRuleNotSupported']);
  expect(rules.message).toContain('The requested feature virtual network rule is not supported for the SKU Basic.');
  const closed = await patch({ publicNetworkAccess: 'Disabled' }, '2023-07-01');
  expect([closed.status, closed.code]).toEqual([400, 'DisablingPublicNetworkAccessNotSupported']);
  expect(await rulesIn(old)).toBeUndefined();
});

test('Premium allows a subnet only when its endpoint exists', async () => {
  const bigger = await client.patch(registry, { sku: { name: 'premium' } });
  expect([bigger.status, bigger.at('sku', 'name'), bigger.at('sku', 'tier')]).toEqual([200, 'Premium', 'Premium']);
  expect(at(await rulesIn(old), 'defaultAction')).toBe('Allow');
  const sent = { networkRuleSet: { defaultAction: 'Deny', virtualNetworkRules: [{ id: train }], ipRules: [] } };
  const early = await patch(sent);
  expect([early.status, early.code]).toEqual([400, 'NetworkRuleValidationError']);
  expect(early.message).toContain('do not have ServiceEndpoints for Microsoft.ContainerRegistry');
  const opened = await client.put(train, {
    properties: { addressPrefix: '10.0.1.0/24', serviceEndpoints: [{ service: 'Microsoft.ContainerRegistry' }] },
  });
  expect(opened.status).toBe(200);
  expect((await patch(sent)).status).toBe(200);
  expect(list(await rulesIn(old), 'virtualNetworkRules')).toHaveLength(1);
});

test('the versions in between do not show subnet rules, the newest names them differently', async () => {
  expect(at(await rulesIn('2023-07-01'), 'virtualNetworkRules')).toBeUndefined();
  const [newest] = list(await rulesIn('2026-03-01-preview'), 'virtualNetworkRules');
  expect(at(newest, 'virtualNetworkSubnetResourceId')).toBe(train);
  expect(list(await rulesIn(old), 'virtualNetworkRules')).toHaveLength(1);
});

test('the newest version takes a subnet by its own name, and drops none', async () => {
  const named = { action: 'Allow', virtualNetworkSubnetResourceId: train };
  const networkRuleSet = { defaultAction: 'Deny', virtualNetworkRules: [named], ipRules: [] };
  expect((await patch({ networkRuleSet }, '2026-11-01')).status).toBe(200);
  expect(list(await rulesIn('2026-11-01'), 'virtualNetworkRules')).toHaveLength(1);
  const [rule] = list(await rulesIn(old), 'virtualNetworkRules');
  expect([at(rule, 'id'), at(rule, 'virtualNetworkSubnetResourceId')]).toEqual([train, undefined]);
  const byId = { ...networkRuleSet, virtualNetworkRules: [{ id: train }] };
  expect((await patch({ networkRuleSet: byId }, '2026-11-01')).code).toBe('NetworkRuleValidationError');
});

test('a write of anything else leaves the rules alone; a rule set written by a newer version loses them', async () => {
  expect((await patch({ adminUserEnabled: true }, '2023-07-01')).status).toBe(200);
  expect(list(await rulesIn(old), 'virtualNetworkRules')).toHaveLength(1);
  expect((await patch({ networkRuleSet: { defaultAction: 'Deny', ipRules: [] } }, '2023-07-01')).status).toBe(200);
  expect(list(await rulesIn(old), 'virtualNetworkRules')).toHaveLength(0);
});

test.each([
  [{ ipRules: [] }, 'InvalidRequestBody'],
  [{ defaultAction: 'Deny', ipRules: [{ value: '203.0.113.7/24' }] }, 'NetworkRuleValidationError'],
  [{ defaultAction: 'Deny', ipRules: [{ value: 'everybody' }] }, 'NetworkRuleValidationError'],
  [{ defaultAction: 'Deny', virtualNetworkRules: [{ id: `${train}x` }] }, 'NetworkRuleValidationError'],
  [{ defaultAction: 'Deny', virtualNetworkRules: [{ id: train }, { id: train }] }, 'NetworkRuleValidationError'],
])('%j is refused and changes nothing', async (networkRuleSet, code) => {
  const before = (await client.get(registry, old)).text;
  const reply = await patch({ networkRuleSet });
  expect([reply.status, reply.code]).toEqual([400, code]);
  expect((await client.get(registry, old)).text).toBe(before);
});

test('rules block a smaller registry until they are removed', async () => {
  const refused = await client.patch(registry, { sku: { name: 'Basic' } });
  expect(refused.code).toBe('NetworkRuleNotSupported');
  expect((await patch({ networkRuleSet: { defaultAction: 'Allow' } })).status).toBe(200);
  expect((await client.patch(registry, { sku: { name: 'Basic' } })).status).toBe(200);
});
