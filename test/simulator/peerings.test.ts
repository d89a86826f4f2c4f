// Peerings as resources of their own: what each side says of the other, and what is refused.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { group, start, type TestClient, type TestReply } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'mixed' });
  for (const [name, prefix] of Object.entries({ a: '10.50.0.0/16', b: '10.51.0.0/16', c: '10.52.0.0/16' })) {
    await makeNetwork(name, [prefix]);
  }
});
afterEach(() => client.stop());

const network = (name: string): string => `${group}/providers/Microsoft.Network/virtualNetworks/vnet-${name}`;
const peering = (from: string, to: string): string => `${network(from)}/virtualNetworkPeerings/to-${to}`;
const body = (to: string, flags: object = {}) => ({
  properties: { remoteVirtualNetwork: { id: network(to) }, ...flags },
});
const peer = (from: string, to: string, flags?: object): Promise<TestReply> =>
  client.put(peering(from, to), body(to, flags));

async function makeNetwork(name: string, addressPrefixes: readonly string[]): Promise<TestReply> {
  const subnets = [{ name: 'GatewaySubnet', properties: { addressPrefix: addressPrefixes[0]?.replace('/16', '/27') } }];
  return client.put(network(name), {
    location: 'westeurope',
    properties: { addressSpace: { addressPrefixes }, subnets },
  });
}
const makeGateway = (name: string): Promise<TestReply> =>
  client.put(`${group}/providers/Microsoft.Network/virtualNetworkGateways/gw-${name}`, {
    location: 'westeurope',
    properties: {
      ipConfigurations: [{ name: 'one', properties: { subnet: { id: `${network(name)}/subnets/GatewaySubnet` } } }],
    },
  });

/** State and sync level, as the child and the parent show them: both must agree. */
async function said(from: string, to: string): Promise<string> {
  const own = await client.get(peering(from, to));
  const inside = list((await client.get(network(from))).json, 'properties', 'virtualNetworkPeerings').find(
    (item) => text(item, 'name') === `to-${to}`,
  );
  const words = (value: Parameters<typeof text>[0]) =>
    `${text(value, 'properties', 'peeringState')} ${text(value, 'properties', 'peeringSyncLevel')}`;
  expect(words(inside)).toBe(words(own.json));
  return words(own.json);
}
const ranges = (reply: TestReply, member: string): unknown[] =>
  list(reply.json, 'properties', member, 'addressPrefixes');

test('one side is initiated, two are connected, and each holds the ranges of the other', async () => {
  const first = await peer('a', 'b');
  expect([first.status, first.at('type')]).toEqual([201, 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings']);
  expect(first.at('properties', 'allowVirtualNetworkAccess')).toBe(true);
  expect(ranges(first, 'remoteAddressSpace')).toEqual(['10.51.0.0/16']);
  expect(await said('a', 'b')).toBe('Initiated RemoteNotInSync');
  const second = await peer('b', 'a');
  expect(ranges(second, 'remoteAddressSpace')).toEqual(['10.50.0.0/16']);
  expect(await said('a', 'b')).toBe('Connected FullyInSync');
  expect(await said('b', 'a')).toBe('Connected FullyInSync');
  const all = await client.get(`${network('a')}/virtualNetworkPeerings`);
  expect(list(all.json, 'value').map((item) => text(item, 'id'))).toEqual([peering('a', 'b')]);
});

test('a side changes the etag of both networks, and honours If-Match', async () => {
  const before = (await client.get(network('b'))).at('etag');
  await peer('b', 'a');
  const made = await peer('a', 'b');
  expect(made.at('etag')).toBe((await client.get(network('a'))).at('etag'));
  expect((await client.get(network('b'))).at('etag')).not.toBe(before);
  const stale = await client.put(peering('a', 'b'), body('b'), { 'if-match': 'W/"stale"' });
  expect(stale.status).toBe(412);
  expect((await client.patch(peering('a', 'b'), {})).status).toBe(405);
});

test('when one side goes the other is cut off, and must be written again before a new one finds it', async () => {
  await peer('a', 'b');
  await peer('b', 'a');
  expect((await client.delete(peering('a', 'b'))).status).toBe(200);
  expect((await client.get(peering('a', 'b'))).status).toBe(404);
  expect(await said('b', 'a')).toBe('Disconnected RemoteNotInSync');
  expect((await peer('a', 'b')).code).toBe('RemotePeeringIsDisconnected');
  await peer('b', 'a');
  expect(await said('b', 'a')).toBe('Initiated RemoteNotInSync');
  await peer('a', 'b');
  expect([await said('a', 'b'), await said('b', 'a')]).toEqual(['Connected FullyInSync', 'Connected FullyInSync']);
});

test('a network may be deleted while it is peered, which cuts its peers off; their peerings still hold its ranges', async () => {
  await peer('a', 'b');
  await peer('b', 'a');
  expect((await client.delete(network('a'))).status).toBe(200);
  expect(await said('b', 'a')).toBe('Disconnected RemoteNotInSync');
  await makeNetwork('d', ['10.50.0.0/16']);
  expect((await peer('b', 'd')).code).toBe('VnetAddressSpaceOverlapsWithAlreadyPeeredVnet');
});

test('ranges that change while peered are seen at once, and taken over when asked', async () => {
  await peer('a', 'b');
  await peer('b', 'a');
  const grow = (addressPrefixes: readonly string[]): Promise<TestReply> =>
    client.put(network('b'), { location: 'westeurope', properties: { addressSpace: { addressPrefixes } } });
  expect((await grow(['10.51.0.0/16', '10.50.128.0/17'])).code).toBe('VnetAddressSpacesOverlap');
  expect((await grow(['10.51.0.0/16', '10.61.0.0/16'])).status).toBe(200);
  expect([await said('a', 'b'), await said('b', 'a')]).toEqual([
    'Connected LocalNotInSync',
    'Connected RemoteNotInSync',
  ]);
  const old = await client.get(peering('a', 'b'));
  expect(ranges(old, 'remoteAddressSpace')).toEqual(['10.51.0.0/16']);
  expect(ranges(old, 'remoteVirtualNetworkAddressSpace')).toEqual(['10.51.0.0/16', '10.61.0.0/16']);
  await peer('a', 'b');
  expect(await said('a', 'b')).toBe('Connected LocalNotInSync');
  await client.put(`${peering('a', 'b')}?syncRemoteAddressSpace=true`, body('b'));
  expect([await said('a', 'b'), await said('b', 'a')]).toEqual(['Connected FullyInSync', 'Connected FullyInSync']);
});

test.each([
  ['itself', 'a', 'a', {}, 'VnetAddressSpacesOverlap'],
  ['a network that is not there', 'a', 'z', {}, 'InvalidResourceReference'],
  ['a gateway that is not there', 'a', 'b', { useRemoteGateways: true }, 'RemoteVnetHasNoGateways'],
  [
    'both ways of a gateway',
    'a',
    'b',
    { useRemoteGateways: true, allowGatewayTransit: true },
    'GatewayTransitConflict',
  ],
  ['a flag that is none', 'a', 'b', { useRemoteGateways: 'yes' }, 'InvalidRequestFormat'],
  ['no remote at all', 'a', 'b', { remoteVirtualNetwork: {} }, 'InvalidRequestFormat'],
])('%s is refused', async (_, from, to, flags, code) => {
  const reply = await peer(from, to, flags);
  expect([reply.status, reply.code]).toEqual([400, code]);
  expect((await client.get(peering(from, to))).status).toBe(404);
});

test('a second peering to the same network, and another network under the same name, are refused', async () => {
  await peer('a', 'b');
  const second = await client.put(`${network('a')}/virtualNetworkPeerings/again`, body('b'));
  expect(second.code).toBe('AnotherPeeringAlreadyReferencesRemoteVnet');
  const other = await client.put(peering('a', 'b'), body('c'));
  expect(other.code).toBe('ChangingRemoteVirtualNetworkNotAllowed');
});

test("a peer's peer counts when ranges overlap, on either side", async () => {
  await makeNetwork('twin', ['10.50.64.0/18']);
  await peer('a', 'b');
  await peer('b', 'a');
  expect((await peer('b', 'twin')).code).toBe('VnetAddressSpaceOverlapsWithAlreadyPeeredVnet');
  expect((await peer('twin', 'b')).code).toBe('VnetAddressSpaceOverlapsWithAlreadyPeeredVnet');
});

test('a gateway is used by those that the other side allows, have none, and use no other', async () => {
  await makeGateway('b');
  await makeGateway('c');
  await peer('b', 'a');
  expect((await peer('a', 'b', { useRemoteGateways: true })).code).toBe('RemotePeeringForbidsGatewayTransit');
  await peer('b', 'a', { allowGatewayTransit: true });
  expect((await peer('a', 'b', { useRemoteGateways: true })).status).toBe(201);
  expect((await peer('b', 'a', { allowGatewayTransit: false })).code).toBe('GatewayTransitInUse');
  expect((await peer('a', 'c', { useRemoteGateways: true })).code).toBe('RemoteGatewaysAlreadyUsed');
  expect((await peer('b', 'c', { useRemoteGateways: true })).code).toBe('VnetAlreadyHasGateway');
});

test('a network written whole without a list keeps its peerings, with one it has those alone', async () => {
  await peer('a', 'b');
  await peer('b', 'a');
  const whole = (more: object): Promise<TestReply> =>
    client.put(network('a'), {
      location: 'westeurope',
      properties: { addressSpace: { addressPrefixes: ['10.50.0.0/16'] }, ...more },
    });
  expect((await whole({})).status).toBe(200);
  expect(await said('a', 'b')).toBe('Connected FullyInSync');
  const refused = await whole({ virtualNetworkPeerings: [{ name: 'self', ...body('a') }] });
  expect(refused.code).toBe('VnetAddressSpacesOverlap');
  await whole({ virtualNetworkPeerings: [{ name: 'to-c', ...body('c') }] });
  expect((await client.get(peering('a', 'b'))).status).toBe(404);
  expect([await said('a', 'c'), await said('b', 'a')]).toEqual([
    'Initiated RemoteNotInSync',
    'Disconnected RemoteNotInSync',
  ]);
});

test('a caller that may not peer with the other network is told so', async () => {
  const { resources } = JSON.parse(client.sim.stateText());
  await client.stop();
  const permissions = [{ scope: group, actions: ['*'], notActions: ['Microsoft.Network/virtualNetworks/peer/action'] }];
  client = await start({ load: JSON.stringify({ resources, permissions }) });
  const refused = await peer('a', 'b');
  expect([refused.status, refused.code]).toEqual([403, 'LinkedAuthorizationFailed']);
  expect(refused.message).toContain('virtualNetworks/peer/action');
});

test('while a peering is being made its network takes no other write, and the peer notices at once', async () => {
  await client.stop();
  client = await start({ world: 'mixed', clock: 'polls:1' });
  const settled = async (name: string, prefix: string): Promise<void> => {
    await makeNetwork(name, [prefix]);
    for (let tries = 0; tries < 5; tries += 1) {
      if ((await client.get(network(name))).at('properties', 'provisioningState') === 'Succeeded') return;
    }
    throw new Error(`${name} was never ready`);
  };
  await settled('a', '10.50.0.0/16');
  await settled('b', '10.51.0.0/16');
  const made = await peer('a', 'b');
  expect(made.at('properties', 'provisioningState')).toBe('Updating');
  expect(made.headers['azure-asyncoperation']).toContain('/operations/');
  const busy = await client.put(`${network('a')}/subnets/other`, { properties: { addressPrefix: '10.50.9.0/24' } });
  expect(busy.code).toBe('AnotherOperationInProgress');
  await peer('b', 'a');
  for (let tries = 0; tries < 5; tries += 1) await client.get(network('b'));
  for (let tries = 0; tries < 5; tries += 1) await client.get(network('a'));
  expect([await said('a', 'b'), await said('b', 'a')]).toEqual(['Connected FullyInSync', 'Connected FullyInSync']);
});

test('a connection of a virtual hub peers its network with one that Azure manages', async () => {
  const hub = `${group}/providers/Microsoft.Network/virtualHubs/hub-we`;
  await client.put(hub, { location: 'westeurope', properties: { addressPrefix: '10.60.0.0/23' } });
  for (const name of ['a', 'b']) {
    const made = await client.put(`${hub}/hubVirtualNetworkConnections/to-${name}`, body(name));
    expect(made.status).toBe(201);
  }
  const remotes = async (name: string) =>
    list((await client.get(network(name))).json, 'properties', 'virtualNetworkPeerings').map((one) =>
      text(one, 'properties', 'remoteVirtualNetwork', 'id'),
    );
  const [one] = await remotes('a');
  expect(one).toMatch(/\/virtualNetworks\/HV_hub-we_/);
  expect(await remotes('b')).toEqual([one]);
  await client.delete(`${hub}/hubVirtualNetworkConnections/to-a`);
  expect(await remotes('a')).toEqual([]);
});
