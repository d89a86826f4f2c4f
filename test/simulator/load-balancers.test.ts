// Load balancers: their front ends hold addresses, public ones or those of a subnet, which cannot be deleted meanwhile.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ArmJson, list, text } from '../../src/simulator/json.ts';
import { group, start, subnet, type TestClient, type TestReply } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'closed' });
});
afterEach(() => client.stop());

const inNetwork = (type: string, name: string): string => `${group}/providers/Microsoft.Network/${type}/${name}`;
const place = { location: 'westeurope' };
const balancer = inNetwork('loadBalancers', 'lb');
const address = inNetwork('publicIPAddresses', 'pip');
const card = inNetwork('networkInterfaces', 'nic');
const frontend = `${balancer}/frontendIPConfigurations/front`;
const pool = `${balancer}/backendAddressPools/nodes`;
const probe = `${balancer}/probes/alive`;
const inside = { subnet: { id: subnet('snet-aks') } };
const outside = { publicIPAddress: { id: address } };

const makeAddress = (name = 'Standard'): Promise<TestReply> =>
  client.put(address, { ...place, sku: { name }, properties: { publicIPAllocationMethod: 'Static' } });
const front = (properties: object = inside, name = 'front') => ({ name, properties });
const rule = (more: object = {}) => ({
  name: 'https',
  properties: {
    ...{ protocol: 'Tcp', frontendPort: 443, backendPort: 443 },
    ...{ frontendIPConfiguration: { id: frontend }, backendAddressPool: { id: pool }, probe: { id: probe } },
    ...more,
  },
});
const body = (frontends: readonly object[], more: object = {}, sku = 'Standard') => ({
  ...place,
  sku: { name: sku },
  properties: { frontendIPConfigurations: frontends, ...more },
});
const serving = {
  backendAddressPools: [{ name: 'nodes' }],
  probes: [{ name: 'alive', properties: { protocol: 'Tcp', port: 443 } }],
  loadBalancingRules: [rule()],
};
const make = (...given: Parameters<typeof body>): Promise<TestReply> => client.put(balancer, body(...given));
const first = (reply: TestReply, member: string): ArmJson | undefined => list(reply.json, 'properties', member)[0];
const idsOf = (value: ArmJson | undefined, ...path: readonly string[]): (string | undefined)[] =>
  list(value, ...path).map((item) => text(item, 'id'));
const privateAddress = (reply: TestReply): string | undefined =>
  text(first(reply, 'frontendIPConfigurations'), 'properties', 'privateIPAddress');

test('a front end in a subnet takes a free address there, keeps it, and keeps the subnet', async () => {
  const made = await make([front()], serving);
  expect([made.status, privateAddress(made)]).toEqual([201, '10.0.8.4']);
  expect(first(made, 'frontendIPConfigurations')).toEqual((await client.get(frontend)).json);
  expect(idsOf((await client.get(subnet('snet-aks'))).json, 'properties', 'ipConfigurations')).toEqual([frontend]);
  expect((await client.delete(subnet('snet-aks'))).code).toBe('InUseSubnetCannotBeDeleted');
  await client.put(card, {
    ...place,
    properties: { ipConfigurations: [{ name: 'one', properties: inside }] },
  });
  const again = await make([front(), front(inside, 'second')], serving);
  expect(
    list(again.json, 'properties', 'frontendIPConfigurations').map((one) =>
      text(one, 'properties', 'privateIPAddress'),
    ),
  ).toEqual(['10.0.8.4', '10.0.8.6']);
  expect(again.status).toBe(200);
  const fixed = { ...inside, privateIPAllocationMethod: 'Static', privateIPAddress: '10.0.8.5' };
  expect((await make([front(fixed)])).code).toBe('PrivateIPAddressInUse');
  expect((await client.delete(balancer)).status).toBe(200);
  expect(idsOf((await client.get(subnet('snet-aks'))).json, 'properties', 'ipConfigurations')).toEqual([
    `${card}/ipConfigurations/one`,
  ]);
  expect((await client.delete(balancer)).status).toBe(204);
});

test('a public front end holds its address against others, until it moves inside', async () => {
  await makeAddress();
  const made = await make([front(outside)]);
  expect([made.status, privateAddress(made)]).toEqual([201, undefined]);
  expect((await client.get(address)).at('properties', 'ipConfiguration', 'id')).toBe(frontend);
  expect((await client.delete(address)).code).toBe('PublicIPAddressCannotBeDeleted');
  expect((await client.put(`${balancer}-2`, body([front(outside)]))).code).toBe('PublicIPAddressInUse');
  const worn = { ipConfigurations: [{ name: 'one', properties: { ...inside, ...outside } }] };
  expect((await client.put(card, { ...place, properties: worn })).code).toBe('PublicIPAddressInUse');
  expect((await make([front(outside), front(outside, 'twin')])).code).toBe('PublicIPAddressInUse');
  expect((await make([front(outside, 'renamed')])).status).toBe(200);
  expect(privateAddress(await make([front()]))).toBe('10.0.8.4');
  expect((await client.get(address)).at('properties', 'ipConfiguration')).toBeUndefined();
  expect((await client.delete(address)).status).toBe(200);
});

test('pools, probes and front ends show the rules that name them', async () => {
  const made = await make([front()], serving);
  const named = [`${balancer}/loadBalancingRules/https`];
  for (const part of [frontend, pool, probe]) {
    expect(idsOf((await client.get(part)).json, 'properties', 'loadBalancingRules'), part).toEqual(named);
  }
  expect(made.at('etag')).toBe((await client.get(probe)).at('etag'));
  expect((await client.get(`${balancer}/backendAddressPools`)).at('value')).toHaveLength(1);
  expect((await client.delete(pool)).code).toBe('InUseBackendAddressPoolCannotBeDeleted');
  expect((await client.delete(probe)).status).toBe(405);
  const nat = `${balancer}/inboundNatRules/ssh`;
  const ssh = { protocol: 'Tcp', frontendPort: 2222, backendPort: 22, frontendIPConfiguration: { id: frontend } };
  expect((await client.put(nat, { properties: ssh })).status).toBe(201);
  expect(idsOf((await client.get(frontend)).json, 'properties', 'inboundNatRules')).toEqual([nat]);
  expect((await client.get(balancer)).at('etag')).not.toBe(made.at('etag'));
  const lost = { ...ssh, frontendIPConfiguration: { id: `${frontend}-no` } };
  expect((await client.put(nat, { properties: lost })).code).toBe('InvalidResourceReference');
  expect((await client.delete(nat)).status).toBe(200);
  expect(idsOf((await client.get(frontend)).json, 'properties', 'inboundNatRules')).toEqual([]);
});

test('machines are in an existing pool, and are released with it', async () => {
  const standing = (id: string) => ({
    ...place,
    properties: {
      ipConfigurations: [{ name: 'one', properties: { ...inside, loadBalancerBackendAddressPools: [{ id }] } }],
    },
  });
  expect((await client.put(card, standing(pool))).code).toBe('InvalidResourceReference');
  await make([front()], serving);
  expect((await client.put(card, standing(pool))).status).toBe(201);
  expect(idsOf((await client.get(pool)).json, 'properties', 'backendIPConfigurations')).toEqual([
    `${card}/ipConfigurations/one`,
  ]);
  expect((await client.delete(balancer)).status).toBe(200);
  const [configuration] = list((await client.get(card)).json, 'properties', 'ipConfigurations');
  expect(idsOf(configuration, 'properties', 'loadBalancerBackendAddressPools')).toEqual([]);
});

test('one that a scale set uses is not deleted', async () => {
  const set = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/nodes`;
  const member = `${set}/virtualMachines/0/networkInterfaces/nic/ipConfigurations/one`;
  const loaded = {
    id: balancer,
    name: 'lb',
    type: 'Microsoft.Network/loadBalancers',
    ...body([], {
      backendAddressPools: [{ name: 'nodes', id: pool, properties: { backendIPConfigurations: [{ id: member }] } }],
    }),
  };
  const other = await start({ load: JSON.stringify([loaded]) });
  const reply = await other.delete(balancer);
  expect([reply.status, reply.code]).toEqual([400, 'LoadBalancerInUseByVirtualMachineScaleSet']);
  expect(reply.message).toContain(set);
  await other.stop();
});

test('a write goes on for a while, a deletion too, and only tags are patched', async () => {
  const slow = await start({ world: 'closed', clock: 'polls:1' });
  const made = await slow.put(balancer, body([front()]));
  expect([made.status, made.at('properties', 'provisioningState')]).toEqual([201, 'Updating']);
  expect(made.headers['azure-asyncoperation']).toContain('/operations/');
  await slow.get(made.headers['azure-asyncoperation'] ?? '');
  await slow.get(made.headers['azure-asyncoperation'] ?? '');
  expect((await slow.get(balancer)).at('properties', 'provisioningState')).toBe('Succeeded');
  const patched = await slow.patch(balancer, { tags: { team: 'a' }, properties: { frontendIPConfigurations: [] } });
  expect([patched.status, patched.at('tags', 'team')]).toEqual([200, 'a']);
  expect(list(patched.json, 'properties', 'frontendIPConfigurations')).toHaveLength(1);
  const gone = await slow.delete(balancer);
  expect([gone.status, gone.headers.location !== undefined]).toEqual([202, true]);
  await slow.get(gone.headers.location ?? '');
  await slow.get(gone.headers.location ?? '');
  expect((await slow.get(balancer)).status).toBe(404);
  await slow.stop();
});

test.each<[string, object, string]>([
  ['no place', { properties: {} }, 'LocationRequired'],
  ['a front end nowhere', body([front({})]), 'FrontendIPConfigHasNoSubnetOrPublicIP'],
  ['a front end in two places', body([front({ ...inside, ...outside })]), 'FrontendIPConfigHasBothSubnetAndPublicIP'],
  ['no such subnet', body([front({ subnet: { id: subnet('nowhere') } })]), 'InvalidResourceReference'],
  ['no such address', body([front({ publicIPAddress: { id: `${address}-no` } })]), 'InvalidResourceReference'],
  ['an address of another SKU', body([front(outside)], {}, 'Basic'), 'PublicIPAndLBSkuDoNotMatch'],
  ['a rule on nothing', body([front()], { loadBalancingRules: [rule()] }), 'InvalidResourceReference'],
  ['no name', body([{ properties: inside }]), 'InvalidRequestFormat'],
  ['a number for a list', { ...place, properties: { frontendIPConfigurations: 7 } }, 'InvalidRequestFormat'],
  ['a text for a subnet', body([front({ subnet: subnet('snet-aks') })]), 'InvalidRequestFormat'],
  [
    'an address of elsewhere',
    body([front({ ...inside, privateIPAllocationMethod: 'Static', privateIPAddress: '10.9.9.9' })]),
    'PrivateIPAddressNotInSubnet',
  ],
])('refused: %s', async (_what, sent, code) => {
  await makeAddress();
  const reply = await client.put(balancer, sent);
  expect([reply.status, reply.code]).toEqual([400, code]);
  expect((await client.get(balancer)).status).toBe(404);
});
