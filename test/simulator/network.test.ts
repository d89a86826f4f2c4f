import { afterEach, beforeEach, expect, test } from 'vitest';
import { at, isObject, list, parseJson, stringifyJson, text } from '../../src/simulator/json.ts';
import { account, group, network, start, subnet, type TestClient, workspace } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'mixed' });
});
afterEach(() => client.stop());

const gpu = subnet('snet-gpu');
const dev = subnet('snet-dev');
const nsg = `${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-train`;

/** The subnet's properties as a careful client sends them back. */
async function rawProperties(id: string): Promise<Map<string, never>> {
  const properties = (await client.get(id)).at('properties');
  if (!isObject(properties)) throw new Error('no properties');
  for (const name of ['provisioningState', 'ipConfigurations', 'privateEndpoints']) properties.delete(name);
  return properties as Map<string, never>;
}

test('a PUT replaces the subnet, keeps what it does not own, and fills in the endpoint', async () => {
  const properties = await rawProperties(gpu);
  properties.set(
    'serviceEndpoints',
    parseJson('[{"service":"Microsoft.Storage"},{"service":"Microsoft.KeyVault"}]') as never,
  );
  const reply = await client.put(gpu, `{"properties":${stringifyJson(properties)}}`);
  expect(reply.status).toBe(200);
  expect(reply.text).toContain(
    '"serviceEndpoints":[{"provisioningState":"Succeeded","service":"Microsoft.Storage","locations":["westeurope","northeurope"]},' +
      '{"provisioningState":"Succeeded","service":"Microsoft.KeyVault","locations":["*"]}]',
  );
  expect(reply.text).toContain('"unknownToClients":{"weight":1.0,"serial":12345678901234567890}');
  const inParent = list((await client.get(network)).json, 'properties', 'subnets').find(
    (item) => text(item, 'name') === 'snet-gpu',
  );
  expect(stringifyJson(inParent ?? null)).toBe(reply.text);
});

test('both service endpoints of storage are refused', async () => {
  const serviceEndpoints = [{ service: 'Microsoft.Storage' }, { service: 'Microsoft.Storage.Global' }];
  const both = await client.put(gpu, { properties: { addressPrefix: '10.0.2.0/24', serviceEndpoints } });
  expect([both.status, both.text]).toEqual([400, expect.stringContaining('cannot coexist')]);
});

test("what is left out of a PUT is gone, and what is in use stays the service's", async () => {
  const reply = await client.put(subnet('snet-train'), { properties: { addressPrefix: '10.0.1.0/24' } });
  expect(reply.at('properties', 'networkSecurityGroup')).toBeUndefined();
  expect(reply.at('properties', 'serviceEndpoints')).toBeUndefined();
  expect(reply.at('properties', 'unknownToClients')).toBeUndefined();
  expect(list(reply.json, 'properties', 'ipConfigurations')).toHaveLength(2);
});

test('one etag for the network and all its subnets, new at any change, in body and header', async () => {
  const before = await client.get(network);
  const etag = before.at('etag');
  expect(before.headers.etag).toBe(etag);
  const made = await client.put(subnet('snet-new'), { properties: { addressPrefix: '10.0.5.0/24' } });
  expect(made.status).toBe(201);
  const after = await client.get(network);
  expect(after.at('etag')).not.toBe(etag);
  const all = list(after.json, 'properties', 'subnets').map((item) => text(item, 'etag'));
  expect(new Set([...all, text(after.json, 'etag'), made.at('etag'), made.headers.etag])).toEqual(
    new Set([after.at('etag')]),
  );
});

test('If-Match and If-None-Match', async () => {
  const body = { properties: { addressPrefix: '10.0.2.0/24' } };
  const stale = await client.put(gpu, body, { 'if-match': 'W/"stale"' });
  expect([stale.status, stale.code, stale.at('error', 'details')]).toEqual([412, 'PreconditionFailed', []]);
  const etag = text((await client.get(gpu)).json, 'etag') ?? '';
  await client.put(subnet('snet-dev'), { properties: { addressPrefix: '10.0.3.0/24' } });
  expect((await client.put(gpu, body, { 'if-match': etag })).status).toBe(412);
  const fresh = text((await client.get(gpu)).json, 'etag') ?? '';
  expect((await client.put(gpu, body, { 'if-match': fresh })).status).toBe(200);
  expect((await client.put(gpu, body, { 'if-match': '*' })).status).toBe(200);
  expect((await client.put(gpu, body, { 'if-none-match': '*' })).status).toBe(412);
  expect(
    (await client.put(subnet('snet-x'), { properties: { addressPrefix: '10.0.6.0/24' } }, { 'if-match': '*' })).status,
  ).toBe(412);
  expect(
    (await client.send('DELETE', `${subnet('snet-aks')}?api-version=2024-01-01`, undefined, { 'if-match': etag }))
      .status,
  ).toBe(412);
});

test.each([
  ['10.0.1.0/25', 'NetcfgSubnetRangesOverlap'],
  ['10.5.0.0/24', 'NetcfgInvalidSubnet'],
  ['10.0.5.0/30', 'NetcfgInvalidSubnet'],
  ['10.0.5.7/24', 'InvalidAddressPrefixFormat'],
  ['elsewhere', 'InvalidAddressPrefixFormat'],
  [undefined, 'NetcfgInvalidSubnet'],
])('a new subnet %s is refused with %s', async (addressPrefix, code) => {
  const reply = await client.put(subnet('snet-new'), { properties: { addressPrefix } });
  expect([reply.status, reply.code, reply.at('error', 'details')]).toEqual([400, code, []]);
});

test('a subnet in use is not deleted, not moved and not delegated', async () => {
  const reply = await client.delete(subnet('snet-train'));
  expect([reply.status, reply.code]).toEqual([400, 'InUseSubnetCannotBeDeleted']);
  expect((await client.delete(dev)).code).toBe('InUseSubnetCannotBeDeleted');
  expect((await client.delete(network)).code).toBe('InUseSubnetCannotBeDeleted');
  expect((await client.put(dev, { properties: { addressPrefix: '10.0.7.0/24' } })).code).toBe(
    'InUsePrefixCannotBeDeleted',
  );
  const delegations = [{ name: 'd', properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } }];
  expect((await client.put(dev, { properties: { addressPrefix: '10.0.3.0/24', delegations } })).code).toBe(
    'SubnetDelegationsCannotChangeWhenSubnetUsedByResource',
  );
});

test('an empty subnet is delegated, the service fills the rest in', async () => {
  const delegations = [{ name: 'd', properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } }];
  const reply = await client.put(subnet('snet-aci'), { properties: { addressPrefix: '10.0.5.0/24', delegations } });
  const [made] = list(reply.json, 'properties', 'delegations');
  expect(text(made, 'id')).toBe(`${subnet('snet-aci')}/delegations/d`);
  expect(text(made, 'properties', 'provisioningState')).toBe('Succeeded');
});

test('a group that does not exist is refused, one that does knows its subnets', async () => {
  const networkSecurityGroup = { id: `${nsg}-nope` };
  expect((await client.put(gpu, { properties: { addressPrefix: '10.0.2.0/24', networkSecurityGroup } })).code).toBe(
    'InvalidResourceReference',
  );
  await client.put(gpu, { properties: { addressPrefix: '10.0.2.0/24', networkSecurityGroup: { id: nsg } } });
  const shown = await client.get(nsg);
  expect(list(shown.json, 'properties', 'subnets').map((item) => text(item, 'id'))).toEqual([
    subnet('snet-train'),
    gpu,
  ]);
  expect(list(shown.json, 'properties', 'defaultSecurityRules')).toHaveLength(6);
  expect((await client.delete(nsg)).code).toBe('InUseNetworkSecurityGroupCannotBeDeleted');
});

test('subnets know no PATCH, networks patch their tags only', async () => {
  expect((await client.patch(gpu, { properties: {} })).status).toBe(405);
  const reply = await client.patch(network, {
    tags: { a: 'b' },
    properties: { addressSpace: { addressPrefixes: [] } },
  });
  expect(reply.at('tags')).toEqual(new Map([['a', 'b']]));
  expect(reply.at('properties', 'addressSpace', 'addressPrefixes')).toEqual(['10.0.0.0/16']);
});

test('a network PUT without subnets leaves them alone, with a list it replaces them', async () => {
  const body = {
    location: 'westeurope',
    properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16', '10.64.0.0/16'] } },
  };
  const kept = await client.put(network, body);
  expect(list(kept.json, 'properties', 'subnets')).toHaveLength(5);
  const emptied = await client.put(network, { ...body, properties: { ...body.properties, subnets: [] } });
  expect(emptied.code).toBe('InUseSubnetCannotBeDeleted');
  const fresh = `${group}/providers/Microsoft.Network/virtualNetworks/vnet-fresh`;
  const made = await client.put(fresh, {
    location: 'westeurope',
    properties: {
      addressSpace: { addressPrefixes: ['10.7.0.0/16'] },
      subnets: [{ name: 'a', properties: { addressPrefix: '10.7.1.0/24' } }],
    },
  });
  expect(made.status).toBe(201);
  expect((await client.get(`${fresh}/subnets/a`)).at('type')).toBe('Microsoft.Network/virtualNetworks/subnets');
  expect((await client.get(`${fresh}/subnets`)).at('value')).toHaveLength(1);
  expect((await client.delete(fresh)).status).toBe(200);
});

test('usages are decimals, leave out the five reserved addresses and count what is used', async () => {
  const reply = await client.get(`${network}/usages`);
  expect(reply.text).toContain(`{"currentValue":2.0,"id":"${subnet('snet-train')}","limit":251.0,`);
});

test('service tags carry strings for numbers, a date of facts, and entries for four regions', async () => {
  const reply = await client.get(
    `/subscriptions/${client.sim.subscription}/providers/Microsoft.Network/locations/westeurope/serviceTags`,
  );
  const names = list(reply.json, 'values').map((tag) => text(tag, 'name'));
  for (const name of [
    'Storage.WestEurope',
    'Storage.NorthEurope',
    'Storage.EastUS',
    'Storage.FranceCentral',
    'AzureMachineLearning',
  ])
    expect(names).toContain(name);
  expect(reply.at('changeNumber')).toBe('376');
});

test('network usages of the region', async () => {
  const reply = await client.get(
    `/subscriptions/${client.sim.subscription}/providers/Microsoft.Network/locations/westeurope/usages`,
  );
  const row = list(reply.json, 'value').find((item) => text(item, 'name', 'value') === 'NetworkSecurityGroups');
  expect(stringifyJson(at(row, 'currentValue') ?? null)).toBe('1');
});

test('security rules live in their group, keep their spelling and collide', async () => {
  const rule = {
    properties: {
      protocol: 'TCP',
      access: 'Deny',
      direction: 'Inbound',
      priority: 4001,
      sourceAddressPrefix: 'Internet',
      destinationPortRange: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: '*',
    },
  };
  const rulesOf = async () => list((await client.get(nsg)).json, 'properties', 'securityRules');
  const before = await rulesOf();
  const made = await client.put(`${nsg}/securityRules/Mine`, rule);
  expect(made.status).toBe(201);
  expect(made.at('properties', 'protocol')).toBe('TCP');
  expect(made.at('properties', 'sourcePortRanges')).toEqual([]);
  expect((await client.put(`${nsg}/securityRules/Other`, rule)).code).toBe('SecurityRuleConflict');
  expect(
    (await client.put(`${nsg}/securityRules/Low`, { properties: { ...rule.properties, priority: 5000 } })).code,
  ).toBe('SecurityRuleInvalidPriority');
  expect(await rulesOf()).toHaveLength(before.length + 1);
  expect((await client.delete(`${nsg}/securityRules/Mine`)).status).toBe(200);
  expect((await client.get(`${nsg}/securityRules/Mine`)).code).toBe('NotFound');
});

test('thin types answer what the state holds', async () => {
  const scope = `/subscriptions/${client.sim.subscription}/providers`;
  expect((await client.get(`${scope}/Microsoft.Network/privateEndpoints`)).at('value')).toHaveLength(1);
  expect((await client.get(`${scope}/Microsoft.Network/routeTables`)).at('value')).toEqual([]);
  expect((await client.get(`${scope}/Microsoft.Network/privateDnsZones`)).at('value')).toEqual([]);
  expect((await client.get(`${scope}/Microsoft.ContainerService/managedClusters`)).at('value')).toHaveLength(1);
  expect((await client.get(`${workspace}/privateEndpointConnections`)).at('value')).toHaveLength(1);
  expect(
    (
      await client.get(`${workspace}/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()`, '2022-04-01')
    ).at('value'),
  ).toEqual([]);
  expect((await client.get(`${group}/providers/Microsoft.Authorization/policyAssignments`)).at('value')).toEqual([]);
  expect((await client.get(account('stmlsim'))).status).toBe(200);
});
