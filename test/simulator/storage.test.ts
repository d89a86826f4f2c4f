import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { account, network, start, subnet, type TestClient, type TestReply, workspace } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'mixed' });
});
afterEach(() => client.stop());

const main = account('stmlsim');
const tenant = '11111111-1111-1111-1111-111111111111';
const acls = (more: object): object => ({ properties: { networkAcls: { defaultAction: 'Deny', ...more } } });
const rules = (reply: TestReply): (string | undefined)[] =>
  list(reply.json, 'properties', 'networkAcls', 'virtualNetworkRules').map((rule) => text(rule, 'state'));

test('a patched firewall replaces the old one whole and is filled in', async () => {
  const reply = await client.patch(main, acls({}));
  expect(reply.status).toBe(200);
  expect(reply.at('properties', 'networkAcls', 'bypass')).toBe('AzureServices');
  expect(reply.at('properties', 'networkAcls', 'virtualNetworkRules')).toEqual([]);
  expect(reply.at('properties', 'networkAcls', 'ipRules')).toEqual([]);
});

test('a patch without a firewall leaves it alone', async () => {
  const before = await client.get(main);
  const after = await client.patch(main, {
    properties: { minimumTlsVersion: 'TLS1_2', supportsHttpsTrafficOnly: false },
  });
  expect(after.at('properties', 'networkAcls')).toEqual(before.at('properties', 'networkAcls'));
  expect(after.at('properties', 'supportsHttpsTrafficOnly')).toBe(false);
});

test('bypass comes back in the order of the service', async () => {
  const reply = await client.patch(main, acls({ bypass: 'azureservices,Logging , Metrics' }));
  expect(reply.at('properties', 'networkAcls', 'bypass')).toBe('Logging, Metrics, AzureServices');
});

test.each([
  ['networkAcls.defaultAction', { properties: { networkAcls: { bypass: 'None' } } }],
  ['networkAcls.defaultAction', { properties: { networkAcls: { defaultAction: 'Perhaps' } } }],
  ['networkAcls', { properties: { networkAcls: 'Deny' } }],
  ['networkAcls.bypass', acls({ bypass: 'None, Logging' })],
  ['networkAcls.bypass', acls({ bypass: ['AzureServices'] })],
  ['networkAcls.virtualNetworkRules[*].id', acls({ virtualNetworkRules: {} })],
  ['networkAcls.virtualNetworkRules[*].id', acls({ virtualNetworkRules: ['x'] })],
  ['networkAcls.virtualNetworkRules[*].id', acls({ virtualNetworkRules: [{ id: network }] })],
  ['networkAcls.virtualNetworkRules[*].id', acls({ virtualNetworkRules: [{ id: 7 }] })],
  [
    'networkAcls.resourceAccessRules[*].resourceId',
    acls({ resourceAccessRules: [{ tenantId: 't', resourceId: 'x' }] }),
  ],
  ['publicNetworkAccess', { properties: { publicNetworkAccess: 'Maybe' } }],
])('%s is refused', async (parameter, body) => {
  const reply = await client.patch(main, body);
  expect([reply.status, reply.code]).toEqual([400, 'InvalidValuesForRequestParameters']);
  expect(reply.message).toBe(
    `Values for request parameters are invalid: ${parameter}. For more information, see - https://aka.ms/storagenetworkruleset`,
  );
});

test.each([
  '10.1.2.3',
  '172.16.0.0/16',
  '192.168.1.0/24',
  '203.0.113.6/31',
  '203.0.113.7/32',
  '2001:db8::1',
  '10.1.2.3/16',
  '300.1.1.1',
  '0.0.0.0/0',
  'mine',
  '',
])('the address %s is refused and nothing is kept', async (value) => {
  const before = client.sim.stateText();
  const reply = await client.patch(main, acls({ ipRules: [{ value, action: 'Allow' }] }));
  expect([reply.status, reply.code]).toEqual([400, 'InvalidValuesForRequestParameters']);
  expect(reply.message).toContain('networkAcls.ipRule[*].value');
  expect(client.sim.stateText()).toBe(before);
});

test('a block with host bits is taken and given back as it was written', async () => {
  const ipRules = [{ value: '4.213.28.114/30', action: 'Allow' }];
  expect((await client.patch(main, acls({ ipRules }))).status).toBe(200);
  expect(JSON.parse((await client.get(main)).text)).toMatchObject({ properties: { networkAcls: { ipRules } } });
});

test.each(['203.0.113.7', '203.0.113.0/24', '203.0.113.4/30', '20.0.0.0/7'])(
  'the address %s is taken',
  async (value) => {
    const reply = await client.patch(main, acls({ ipRules: [{ value }] }));
    expect(reply.at('properties', 'networkAcls', 'ipRules')).toEqual([
      new Map([
        ['value', value],
        ['action', 'Allow'],
      ]),
    ]);
  },
);

describe('subnet rules', () => {
  test('a subnet without the endpoint is refused in the words of the service', async () => {
    const reply = await client.patch(main, acls({ virtualNetworkRules: [{ id: subnet('snet-gpu') }] }));
    expect([reply.status, reply.code]).toEqual([400, 'NetworkAclsValidationFailure']);
    expect(reply.message).toBe(
      `Validation of network acls failure: SubnetsHaveNoServiceEndpointsConfigured:Subnets snet-gpu of virtual network ${network} ` +
        "do not have ServiceEndpoints for Microsoft.Storage resources configured. Add Microsoft.Storage to subnet's ServiceEndpoints " +
        'collection before trying to ACL Microsoft.Storage resources to these subnets.',
    );
  });

  test('a subnet with it is taken, in any letter case, once', async () => {
    const id = subnet('snet-train').toUpperCase();
    const reply = await client.patch(account('stmldata'), acls({ virtualNetworkRules: [{ id }] }));
    expect(rules(reply)).toEqual(['Succeeded']);
    expect(
      (await client.patch(main, acls({ virtualNetworkRules: [{ id }, { id: subnet('snet-train') }] }))).status,
    ).toBe(400);
  });

  test('a subnet that does not exist is refused', async () => {
    const reply = await client.patch(main, acls({ virtualNetworkRules: [{ id: subnet('snet-nope') }] }));
    expect(reply.code).toBe('NetworkAclsValidationFailure');
  });

  test('a rule that is there may be sent back though its subnet has no endpoint any more', async () => {
    const ids = ['snet-train', 'snet-gpu', 'snet-dev'].map((name) => ({ id: subnet(name) }));
    expect(rules(await client.patch(account('stmlarch'), acls({ virtualNetworkRules: ids })))).toEqual([
      'Succeeded',
      'Succeeded',
      'Succeeded',
    ]);
  });

  test('deleting the subnet kills the rule, and a new subnet of that name does not revive it', async () => {
    const old = `${client.group}/providers/Microsoft.Network/virtualNetworks/vnet-old/subnets/snet-old`;
    expect((await client.delete(old)).status).toBe(200);
    expect(rules(await client.get(account('lakemlsim')))).toEqual(['NetworkSourceDeleted']);
    await client.put(old, {
      properties: { addressPrefix: '10.9.1.0/24', serviceEndpoints: [{ service: 'Microsoft.Storage' }] },
    });
    const kept = await client.get(account('lakemlsim'));
    expect(rules(kept)).toEqual(['NetworkSourceDeleted']);
    const echoed = await client.patch(account('lakemlsim'), acls({ virtualNetworkRules: [{ id: old }] }));
    expect(rules(echoed)).toEqual(['NetworkSourceDeleted']);
    await client.patch(account('lakemlsim'), acls({ virtualNetworkRules: [] }));
    expect(rules(await client.patch(account('lakemlsim'), acls({ virtualNetworkRules: [{ id: old }] })))).toEqual([
      'Succeeded',
    ]);
  });
});

test('four hundred address rules are the most', async () => {
  const many = (count: number): object[] =>
    Array.from({ length: count }, (_, index) => ({ value: `20.1.${Math.floor(index / 250)}.${index % 250}` }));
  expect((await client.patch(main, acls({ ipRules: many(400) }))).status).toBe(200);
  expect((await client.patch(main, acls({ ipRules: many(401) }))).status).toBe(400);
});

test('resource rules and unknown members are kept', async () => {
  const rule = { tenantId: tenant, resourceId: workspace };
  const reply = await client.patch(main, acls({ resourceAccessRules: [rule], unheardOf: { b: 1, a: 2 } }));
  expect(reply.text).toContain(`"resourceAccessRules":[{"tenantId":"${tenant}","resourceId":"${workspace}"}]`);
  expect(reply.text).toContain('"unheardOf":{"b":1,"a":2}');
});

test('tags are replaced as a set, name and place are not touched', async () => {
  const reply = await client.patch(main, { name: 'other', id: '/x', type: 'y', tags: { one: '1' } });
  expect(reply.at('tags')).toEqual(new Map([['one', '1']]));
  expect(reply.at('id')).toBe(main);
  expect((await client.patch(main, { location: 'West Europe' })).status).toBe(200);
  expect((await client.patch(main, { location: 'eastus' })).code).toBe('InvalidResourceLocation');
});

test('a PUT on an account that exists changes what it names and keeps the rest', async () => {
  const before = await client.get(main);
  const reply = await client.put(main, {
    location: 'westeurope',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    properties: { minimumTlsVersion: 'TLS1_0' },
  });
  expect(reply.status).toBe(200);
  expect(reply.at('properties', 'minimumTlsVersion')).toBe('TLS1_0');
  expect(reply.at('properties', 'networkAcls')).toEqual(before.at('properties', 'networkAcls'));
  expect((await client.put(main, { properties: { isHnsEnabled: true } })).code).toBe('PropertyChangeNotAllowed');
});

test('an account is made with the defaults of the service, listed in both scopes, and deleted', async () => {
  const made = await client.put(account('stnew'), {
    location: 'westeurope',
    kind: 'StorageV2',
    sku: { name: 'Standard_LRS' },
    properties: {},
  });
  expect(made.status).toBe(200);
  expect(made.at('properties', 'encryption', 'keySource')).toBe('Microsoft.Storage');
  expect(made.at('properties', 'networkAcls', 'defaultAction')).toBe('Allow');
  for (const scope of [client.group, `/subscriptions/${client.sim.subscription}`]) {
    const listed = await client.get(`${scope}/providers/Microsoft.Storage/storageAccounts`);
    expect(list(listed.json, 'value').map((item) => text(item, 'name'))).toEqual([
      'stmlsim',
      'stmldata',
      'lakemlsim',
      'stmlarch',
      'stnew',
    ]);
  }
  expect((await client.delete(account('stnew'))).status).toBe(200);
  expect((await client.get(account('stnew'))).status).toBe(404);
  expect((await client.put(account('Bad_Name'), { location: 'westeurope' })).code).toBe('AccountNameInvalid');
});
