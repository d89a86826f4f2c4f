// What else is in a network: public addresses, NAT gateways, interfaces, service endpoint policies, firewalls. Each knows who
// uses it, and is not deleted under them.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { account, group, network, start, subnet, type TestClient, type TestReply } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'closed' });
});
afterEach(() => client.stop());

const inNetwork = (type: string, name: string): string => `${group}/providers/Microsoft.Network/${type}/${name}`;
const place = { location: 'westeurope' };
const address = inNetwork('publicIPAddresses', 'pip');
const gateway = inNetwork('natGateways', 'nat');
const card = inNetwork('networkInterfaces', 'nic');
const policy = inNetwork('serviceEndpointPolicies', 'sep');
const firewall = inNetwork('azureFirewalls', 'fw');
const firewallPolicy = inNetwork('firewallPolicies', 'fwp');
const makeAddress = (name = 'Standard'): Promise<TestReply> =>
  client.put(address, { ...place, sku: { name }, properties: { publicIPAllocationMethod: 'Static' } });
const makeCard = (properties: object = {}, more: object = {}): Promise<TestReply> =>
  client.put(card, {
    ...place,
    properties: {
      ipConfigurations: [{ name: 'one', properties: { subnet: { id: subnet('snet-aks') }, ...properties } }],
      ...more,
    },
  });
const idsIn = (reply: TestReply, member: string): (string | undefined)[] =>
  list(reply.json, 'properties', member).map((item) => text(item, 'id'));

test('a static public address has one address, and none is given twice', async () => {
  const made = await makeAddress();
  expect([made.status, made.at('properties', 'ipAddress')]).toEqual([201, '192.0.2.1']);
  const other = await client.put(`${address}-2`, { ...place, sku: { name: 'Standard' }, properties: {} });
  expect([other.at('properties', 'publicIPAllocationMethod'), other.at('properties', 'ipAddress')]).toEqual([
    'Static',
    '192.0.2.2',
  ]);
  expect((await makeAddress()).at('properties', 'ipAddress')).toBe('192.0.2.1');
  const dynamic = { ...place, sku: { name: 'Standard' }, properties: { publicIPAllocationMethod: 'Dynamic' } };
  expect((await client.put(address, dynamic)).status).toBe(400);
});

test('a gateway takes a standard address, and both know each other and the subnet', async () => {
  await makeAddress('Basic');
  const body = { ...place, properties: { publicIpAddresses: [{ id: address }] } };
  expect((await client.put(gateway, body)).code).toBe('NatGatewayPublicIpSkuNotSupported');
  await makeAddress();
  expect((await client.put(gateway, body)).status).toBe(201);
  expect((await client.get(address)).at('properties', 'natGateway', 'id')).toBe(gateway);
  expect((await client.put(`${gateway}-2`, body)).code).toBe('PublicIPAddressInUse');
  expect((await client.delete(address)).code).toBe('PublicIPAddressCannotBeDeleted');
  await client.put(subnet('snet-pe'), { properties: { addressPrefix: '10.0.4.0/24', natGateway: { id: gateway } } });
  expect(idsIn(await client.get(gateway), 'subnets')).toEqual([subnet('snet-pe')]);
  expect((await client.delete(gateway)).code).toBe('InUseNatGatewayCannotBeDeleted');
  await client.put(subnet('snet-pe'), { properties: { addressPrefix: '10.0.4.0/24' } });
  expect((await client.delete(gateway)).status).toBe(200);
  expect((await client.delete(address)).status).toBe(200);
});

test('an interface takes a free address, its subnet and security group show it', async () => {
  const groupId = inNetwork('networkSecurityGroups', 'nsg');
  await client.put(groupId, { ...place, properties: {} });
  await makeAddress();
  const made = await makeCard({ publicIPAddress: { id: address } }, { networkSecurityGroup: { id: groupId } });
  expect(made.status).toBe(201);
  const [configuration] = list(made.json, 'properties', 'ipConfigurations');
  expect([text(configuration, 'id'), text(configuration, 'properties', 'privateIPAddress')]).toEqual([
    `${card}/ipConfigurations/one`,
    '10.0.8.4',
  ]);
  expect(idsIn(await client.get(subnet('snet-aks')), 'ipConfigurations')).toEqual([`${card}/ipConfigurations/one`]);
  expect(idsIn(await client.get(groupId), 'networkInterfaces')).toEqual([card]);
  expect((await client.delete(groupId)).code).toBe('InUseNetworkSecurityGroupCannotBeDeleted');
  expect((await client.get(address)).at('properties', 'ipConfiguration', 'id')).toBe(`${card}/ipConfigurations/one`);
  expect((await client.delete(subnet('snet-aks'))).code).toBe('InUseSubnetCannotBeDeleted');
  const moved = await makeCard({ subnet: { id: subnet('snet-pe') } });
  expect(text(list(moved.json, 'properties', 'ipConfigurations')[0], 'properties', 'privateIPAddress')).toBe(
    '10.0.4.4',
  );
  expect(idsIn(await client.get(subnet('snet-aks')), 'ipConfigurations')).toEqual([]);
  expect((await client.delete(card)).status).toBe(200);
  expect(idsIn(await client.get(subnet('snet-pe')), 'ipConfigurations')).toEqual([]);
});

test('addresses of nodes that live elsewhere are not given again', async () => {
  const made = await makeCard({ subnet: { id: subnet('snet-train') } });
  expect(text(list(made.json, 'properties', 'ipConfigurations')[0], 'properties', 'privateIPAddress')).toBe('10.0.1.6');
});

test.each([
  [{ ...place, properties: {} }, 'InvalidRequestFormat'],
  [{ properties: {} }, 'LocationRequired'],
  [{ ...place, properties: { ipConfigurations: [{ name: 'a', properties: {} }] } }, 'InvalidRequestFormat'],
  [
    { ...place, properties: { ipConfigurations: [{ name: 'a', properties: { subnet: { id: subnet('nowhere') } } }] } },
    'InvalidResourceReference',
  ],
])('an interface like %j is refused with %s', async (body, code) => {
  const reply = await client.put(card, body);
  expect([reply.status, reply.code]).toEqual([400, code]);
});

test('a service endpoint policy holds definitions, inside and by themselves', async () => {
  const definition = { properties: { service: 'Microsoft.Storage', serviceResources: [account('stmlsim')] } };
  const made = await client.put(policy, {
    ...place,
    properties: { serviceEndpointPolicyDefinitions: [{ name: 'accounts', ...definition }] },
  });
  expect([made.status, idsIn(made, 'serviceEndpointPolicyDefinitions')]).toEqual([
    201,
    [`${policy}/serviceEndpointPolicyDefinitions/accounts`],
  ]);
  const more = `${policy}/serviceEndpointPolicyDefinitions/more`;
  expect((await client.put(more, definition)).status).toBe(201);
  expect((await client.get(policy)).at('etag')).toBe((await client.get(more)).at('etag'));
  expect((await client.put(more, { properties: { service: 'Microsoft.Storage', serviceResources: [] } })).status).toBe(
    400,
  );
  const body = (id: string): object => ({
    properties: { addressPrefix: '10.0.4.0/24', serviceEndpointPolicies: [{ id }] },
  });
  expect((await client.put(subnet('snet-pe'), body(`${policy}-no`))).code).toBe('InvalidResourceReference');
  await client.put(subnet('snet-pe'), body(policy));
  expect(idsIn(await client.get(policy), 'subnets')).toEqual([subnet('snet-pe')]);
  expect((await client.delete(policy)).code).toBe('InUseServiceEndpointPolicyCannotBeDeleted');
  expect((await client.delete(more)).status).toBe(200);
  expect(idsIn(await client.get(policy), 'serviceEndpointPolicyDefinitions')).toHaveLength(1);
});

test('a firewall has an address in its own subnet, and its policy knows it', async () => {
  const own = `${network}/subnets/AzureFirewallSubnet`;
  await client.put(own, { properties: { addressPrefix: '10.0.20.0/26' } });
  await client.put(firewallPolicy, { ...place, properties: {} });
  await makeAddress();
  const body = (subnetId: string): object => ({
    ...place,
    properties: {
      firewallPolicy: { id: firewallPolicy },
      ipConfigurations: [{ name: 'main', properties: { subnet: { id: subnetId }, publicIPAddress: { id: address } } }],
    },
  });
  expect((await client.put(firewall, body(subnet('snet-pe')))).status).toBe(400);
  const made = await client.put(firewall, body(own));
  expect(text(list(made.json, 'properties', 'ipConfigurations')[0], 'properties', 'privateIPAddress')).toBe(
    '10.0.20.4',
  );
  expect(idsIn(await client.get(own), 'ipConfigurations')).toHaveLength(1);
  expect(idsIn(await client.get(firewallPolicy), 'firewalls')).toEqual([firewall]);
  expect((await client.delete(firewallPolicy)).code).toBe('InUseFirewallPolicyCannotBeDeleted');
  expect((await client.delete(address)).code).toBe('PublicIPAddressCannotBeDeleted');
  expect((await client.put(firewall, body(own))).text).toContain('"privateIPAddress":"10.0.20.4"');
  await client.delete(firewall);
  expect(idsIn(await client.get(own), 'ipConfigurations')).toEqual([]);
  expect((await client.delete(firewallPolicy)).status).toBe(200);
});

test('rule collection groups belong to a policy and differ in priority', async () => {
  await client.put(firewallPolicy, { ...place, properties: {} });
  const at = (name: string): string => `${firewallPolicy}/ruleCollectionGroups/${name}`;
  const body = (priority: number): object => ({ properties: { priority, ruleCollections: [] } });
  expect((await client.put(at('a'), body(200))).status).toBe(201);
  expect((await client.put(at('b'), body(200))).status).toBe(400);
  expect((await client.put(at('b'), body(99))).status).toBe(400);
  expect(idsIn(await client.get(firewallPolicy), 'ruleCollectionGroups')).toEqual([at('a')]);
  expect((await client.get(`${firewallPolicy}/ruleCollectionGroups`)).at('value')).toHaveLength(1);
  expect((await client.delete(firewallPolicy)).status).toBe(200);
  expect((await client.get(at('a'))).status).toBe(404);
});
