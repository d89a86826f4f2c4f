// Private endpoints and everything that follows from one: interface, subnet, connection at the target, names.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, parseJson, stringifyJson, text } from '../../src/simulator/json.ts';
import {
  account,
  group,
  network,
  start,
  subnet,
  type TestClient,
  type TestReply,
  vault,
  workspace,
} from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'closed' });
});
afterEach(() => client.stop());

const endpointSubnet = subnet('snet-pe');
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrmlsim`;
const endpoint = (name: string): string => `${group}/providers/Microsoft.Network/privateEndpoints/${name}`;
const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

interface Wish {
  readonly target?: string;
  readonly groups?: readonly string[];
  readonly where?: string;
  readonly location?: string;
  readonly more?: object;
}

function body(wish: Wish = {}, list = 'privateLinkServiceConnections'): object {
  return {
    location: wish.location ?? 'westeurope',
    properties: {
      subnet: { id: wish.where ?? endpointSubnet },
      [list]: [
        {
          name: 'link',
          properties: { privateLinkServiceId: wish.target ?? account('stmlsim'), groupIds: wish.groups ?? ['blob'] },
        },
      ],
      ...wish.more,
    },
  };
}

const make = (name: string, wish: Wish = {}): Promise<TestReply> => client.put(endpoint(name), body(wish));
const ask = (name: string, wish: Wish = {}): Promise<TestReply> =>
  client.put(endpoint(name), body(wish, 'manualPrivateLinkServiceConnections'));
const connectionsOf = async (target: string): Promise<TestReply> => client.get(`${target}/privateEndpointConnections`);
const statusIn = (reply: TestReply, member = 'privateLinkServiceConnections'): string | undefined =>
  text(list(reply.json, 'properties', member)[0], 'properties', 'privateLinkServiceConnectionState', 'status');

test('an endpoint gets an interface, its subnet names both, and the target a connection named after itself', async () => {
  const made = await make('pe-blob');
  expect(made.status).toBe(201);
  expect([made.at('type'), made.at('properties', 'provisioningState'), statusIn(made)]).toEqual([
    'Microsoft.Network/privateEndpoints',
    'Succeeded',
    'Approved',
  ]);
  const card = text(list(made.json, 'properties', 'networkInterfaces')[0], 'id') ?? '';
  expect(card).toMatch(
    new RegExp(`${group}/providers/Microsoft.Network/networkInterfaces/pe-blob.nic.${guid.source}$`),
  );
  const shown = await client.get(card);
  const [address] = list(shown.json, 'properties', 'ipConfigurations');
  expect(text(address, 'properties', 'privateIPAddress')).toBe('10.0.4.4');
  expect(shown.at('properties', 'privateEndpoint', 'id')).toBe(endpoint('pe-blob'));
  const within = await client.get(endpointSubnet);
  expect(list(within.json, 'properties', 'privateEndpoints').map((item) => text(item, 'id'))).toEqual([
    endpoint('pe-blob'),
  ]);
  expect(list(within.json, 'properties', 'ipConfigurations').map((item) => text(item, 'id'))).toEqual([
    text(address, 'id'),
  ]);
  const [connection] = list((await connectionsOf(account('stmlsim'))).json, 'value');
  expect(text(connection, 'name')).toMatch(new RegExp(`^stmlsim\\.${guid.source}$`));
  expect(text(connection, 'properties', 'privateEndpoint', 'id')).toBe(endpoint('pe-blob'));
  expect(list((await client.get(account('stmlsim'))).json, 'properties', 'privateEndpointConnections')).toEqual([
    connection,
  ]);
  expect(list(made.json, 'properties', 'customDnsConfigs')).toEqual([
    parseJson('{"fqdn":"stmlsim.blob.core.windows.net","ipAddresses":["10.0.4.4"]}'),
  ]);
});

test('endpoints are listed by group and by subscription', async () => {
  await make('pe-blob');
  const inSubscription = `/subscriptions/${client.sim.subscription}/providers/Microsoft.Network/privateEndpoints`;
  for (const place of [`${group}/providers/Microsoft.Network/privateEndpoints`, inSubscription])
    expect(list((await client.get(place)).json, 'value').map((item) => text(item, 'name'))).toEqual(['pe-blob']);
});

test.each([
  ['registry', registry, 2, ['acrmlsim.westeurope.data.azurecr.io', 'acrmlsim.azurecr.io']],
  ['vault', vault, 1, ['kv-mlsim.vault.azure.net']],
  [
    'amlworkspace',
    workspace,
    3,
    [
      '66666666-6666-6666-6666-666666666666.workspace.westeurope.api.azureml.ms',
      '66666666-6666-6666-6666-666666666666.workspace.westeurope.cert.api.azureml.ms',
      'ml-mlw-sim-westeurope-66666666-6666-6666-6666-666666666666.westeurope.notebooks.azure.net',
      '*.66666666-6666-6666-6666-666666666666.inference.westeurope.api.azureml.ms',
    ],
  ],
])('the group %s takes an address for each member', async (name, target, addresses, hosts) => {
  const made = await make('pe', { target, groups: [name] });
  expect(made.status).toBe(201);
  expect(list(made.json, 'properties', 'customDnsConfigs').map((item) => text(item, 'fqdn'))).toEqual(hosts);
  expect(list((await client.get(endpointSubnet)).json, 'properties', 'ipConfigurations')).toHaveLength(addresses);
  const [connection] = list((await connectionsOf(target)).json, 'value');
  expect(text(connection, 'type')).toMatch(/privateEndpointConnections$/);
  expect((await client.get(text(connection, 'id') ?? '')).status).toBe(200);
  const offered = list((await client.get(`${target}/privateLinkResources`)).json, 'value');
  expect(offered.flatMap((item) => text(item, 'properties', 'groupId') ?? [])).toEqual([name]);
  expect((await client.get(`${target}/privateLinkResources/${name}`)).at('name')).toBe(name);
  expect((await client.get(`${target}/privateLinkResources/other`)).status).toBe(404);
});

test('connections inside a vault show neither name nor type', async () => {
  await make('pe', { target: vault, groups: ['vault'] });
  const [inside] = list((await client.get(vault)).json, 'properties', 'privateEndpointConnections');
  expect(inside instanceof Map ? [...inside.keys()] : []).toEqual(['id', 'properties']);
});

test.each([
  [{ groups: ['vault'] }, 'InvalidValuesForRequestParameters', 'GroupId: vault'],
  [{ groups: ['BLOB'] }, 'InvalidValuesForRequestParameters', 'GroupId: BLOB'],
  [{ target: vault, groups: ['blob'] }, 'BadRequest', 'Call to Microsoft.KeyVault/vaults failed'],
  [{ groups: [] }, 'MissingParameterOnPrivateLinkServiceConnection', "'group Id'"],
  [{ groups: ['blob', 'file'] }, 'OnlyOneGroupIdPermitted', 'blob, file'],
  [{ target: account('nowhere') }, 'InvalidResourceReference', 'nowhere'],
  [{ target: network }, 'PrivateLinkServiceIdNotSupported', network],
  [{ where: subnet('nowhere') }, 'InvalidResourceReference', 'nowhere'],
  [{ location: 'eastus' }, 'InvalidResourceReference', 'same region'],
  [{ more: { privateLinkServiceConnections: [] } }, 'InvalidRequestFormat', ''],
])('refused: %j', async (wish, code, words) => {
  const reply = await make('pe', wish);
  expect([reply.status, reply.code]).toEqual([400, code]);
  expect(`${reply.message} ${reply.text}`).toContain(words);
  expect(client.sim.stateText()).not.toContain('networkInterfaces/pe.nic');
});

test('a registry below Premium has no private endpoints', async () => {
  const open = await start({ world: 'open' });
  const reply = await open.put(endpoint('pe'), body({ target: registry, groups: ['registry'] }));
  expect([reply.status, reply.code]).toEqual([400, 'PrivateEndpointNotSupported']);
  await open.stop();
});

test('a delegated subnet takes no endpoint', async () => {
  const delegations = [{ name: 'd', properties: { serviceName: 'Microsoft.ContainerInstance/containerGroups' } }];
  await client.put(subnet('snet-aci'), { properties: { addressPrefix: '10.0.5.0/24', delegations } });
  expect((await make('pe', { where: subnet('snet-aci') })).code).toBe(
    'PrivateEndpointCreationNotAllowedAsSubnetIsDelegated',
  );
});

test('addresses run out', async () => {
  await client.put(subnet('snet-tiny'), { properties: { addressPrefix: '10.0.5.0/29' } });
  const tiny = { where: subnet('snet-tiny') };
  expect((await make('pe-ws', { ...tiny, target: workspace, groups: ['amlworkspace'] })).status).toBe(201);
  const reply = await make('pe-blob', tiny);
  expect([reply.status, reply.code]).toEqual([400, 'SubnetIsFull']);
  await client.delete(endpoint('pe-ws'));
  expect((await make('pe-blob', tiny)).status).toBe(201);
});

test('a fixed address is given, once, and only inside the subnet', async () => {
  const fixed = (privateIPAddress: string): Wish => ({
    more: {
      ipConfigurations: [{ name: 'own', properties: { groupId: 'blob', memberName: 'blob', privateIPAddress } }],
    },
  });
  const made = await make('pe-a', fixed('10.0.4.77'));
  expect(made.text).toContain('"ipAddresses":["10.0.4.77"]');
  expect((await make('pe-b', fixed('10.0.4.77'))).code).toBe('PrivateIPAddressInUse');
  expect((await make('pe-b', fixed('10.0.9.77'))).code).toBe('PrivateIPAddressNotInSubnet');
  expect((await make('pe-b', fixed('10.0.4.2'))).code).toBe('PrivateIPAddressNotInSubnet');
});

test('what is asked for waits, is approved by the owner of the target, and can be rejected', async () => {
  const made = await ask('pe-manual');
  expect(statusIn(made, 'manualPrivateLinkServiceConnections')).toBe('Pending');
  expect(list(made.json, 'properties', 'customDnsConfigs')).toEqual([]);
  const [connection] = list((await connectionsOf(account('stmlsim'))).json, 'value');
  const id = text(connection, 'id') ?? '';
  for (const status of ['Approved', 'Rejected']) {
    const state = {
      privateLinkServiceConnectionState: { status: status.toLowerCase(), description: `${status} by hand` },
    };
    const reply = await client.put(id, { properties: state });
    expect([reply.status, reply.at('properties', 'privateLinkServiceConnectionState', 'status')]).toEqual([
      200,
      status,
    ]);
    expect(reply.at('properties', 'privateEndpoint', 'id')).toBe(endpoint('pe-manual'));
    const seen = await client.get(endpoint('pe-manual'));
    expect(statusIn(seen, 'manualPrivateLinkServiceConnections')).toBe(status);
    expect(seen.text).toContain(`${status} by hand`);
    expect(list(seen.json, 'properties', 'customDnsConfigs')).toHaveLength(status === 'Approved' ? 1 : 0);
  }
  expect((await client.put(id, { properties: {} })).status).toBe(400);
  expect((await client.put(`${id}-other`, { properties: {} })).status).toBe(404);
});

test('a removed connection cuts the endpoint off, and an update does not bring it back', async () => {
  await make('pe-blob');
  const [connection] = list((await connectionsOf(account('stmlsim'))).json, 'value');
  expect((await client.delete(text(connection, 'id') ?? '')).status).toBe(200);
  expect(list((await connectionsOf(account('stmlsim'))).json, 'value')).toEqual([]);
  expect(statusIn(await client.get(endpoint('pe-blob')))).toBe('Disconnected');
  expect((await make('pe-blob')).status).toBe(200);
  expect(list((await connectionsOf(account('stmlsim'))).json, 'value')).toEqual([]);
});

test('a deleted target cuts its endpoints off', async () => {
  await make('pe-blob');
  await client.delete(account('stmlsim'));
  expect(statusIn(await client.get(endpoint('pe-blob')))).toBe('Disconnected');
});

test('deleting an endpoint takes everything with it', async () => {
  const before = await client.get(endpointSubnet);
  const made = await make('pe-blob');
  expect((await client.delete(endpointSubnet)).code).toBe('InUseSubnetCannotBeDeleted');
  expect((await client.delete(endpoint('pe-blob'))).status).toBe(200);
  const card = text(list(made.json, 'properties', 'networkInterfaces')[0], 'id') ?? '';
  expect((await client.get(card)).status).toBe(404);
  expect(list((await connectionsOf(account('stmlsim'))).json, 'value')).toEqual([]);
  const after = await client.get(endpointSubnet);
  expect(stringifyJson(after.at('properties') ?? null)).toBe(stringifyJson(before.at('properties') ?? null));
  expect(after.at('etag')).not.toBe(before.at('etag'));
  expect((await client.delete(endpoint('pe-blob'))).status).toBe(204);
});

test('an endpoint is sent back as it is, and its connection never changes', async () => {
  const made = await make('pe-blob');
  const again = await client.put(endpoint('pe-blob'), made.text);
  expect(again.status).toBe(200);
  expect(again.at('properties', 'networkInterfaces')).toEqual(made.at('properties', 'networkInterfaces'));
  expect(again.at('etag')).not.toBe(made.at('etag'));
  for (const wish of [{ groups: ['file'] }, { target: account('stmldata') }])
    expect((await make('pe-blob', wish)).code).toBe('CannotChangePrivateLinkConnectionOnPrivateEndpoint');
  expect((await ask('pe-blob')).code).toBe('CannotChangePrivateLinkConnectionOnPrivateEndpoint');
  expect((await make('pe-blob', { where: subnet('snet-aks') })).code).toBe('PropertyChangeNotAllowed');
});

test('etags: If-None-Match and If-Match', async () => {
  const made = await client.put(endpoint('pe-blob'), body(), { 'if-none-match': '*' });
  expect([made.status, made.headers.etag]).toEqual([201, made.at('etag')]);
  expect((await client.put(endpoint('pe-blob'), body(), { 'if-none-match': '*' })).status).toBe(412);
  expect((await client.put(endpoint('pe-blob'), body(), { 'if-match': 'W/"stale"' })).status).toBe(412);
  expect((await client.put(endpoint('pe-blob'), body(), { 'if-match': made.headers.etag ?? '' })).status).toBe(200);
});

test('an interface is named as asked, when that is a free name', async () => {
  const named = (customNetworkInterfaceName: string): Wish => ({ more: { customNetworkInterfaceName } });
  const made = await make('pe-a', named('nic-own'));
  expect(text(list(made.json, 'properties', 'networkInterfaces')[0], 'id')).toMatch(/\/networkInterfaces\/nic-own$/);
  for (const name of ['NIC-own', 'a/b', '..', '%'])
    expect((await make('pe-b', named(name))).code).toBe('InvalidPrivateEndpointNetworkInterfaceName');
});

test('the interface of an endpoint is not touched directly', async () => {
  const made = await make('pe-blob');
  const card = text(list(made.json, 'properties', 'networkInterfaces')[0], 'id') ?? '';
  expect((await client.delete(card)).code).toBe('NicInUse');
  expect((await client.put(card, { location: 'westeurope', properties: {} })).code).toBe('NicInUse');
});

test('usages count an endpoint once for each of its addresses', async () => {
  await make('pe', { target: registry, groups: ['registry'] });
  expect((await client.get(`${network}/usages`)).text).toContain(`{"currentValue":2.0,"id":"${endpointSubnet}"`);
});

test('what the world holds already can be deleted too', async () => {
  const mixed = await start({ world: 'mixed' });
  const old = endpoint('pe-mlw-sim');
  expect((await mixed.get(workspace)).at('properties', 'privateEndpointConnections')).toHaveLength(1);
  expect((await mixed.delete(old)).status).toBe(200);
  expect((await mixed.get(workspace)).at('properties', 'privateEndpointConnections')).toEqual([]);
  expect((await mixed.get(endpointSubnet)).at('properties', 'privateEndpoints')).toBeUndefined();
  await mixed.stop();
});
