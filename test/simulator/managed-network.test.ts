// The managed network: isolation that only grows, outbound rules in both of their places, and provisioning.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ArmJson, at, isObject, list, stringifyJson, text } from '../../src/simulator/json.ts';
import { account, group, start, subnet, type TestClient, type TestReply, vault, workspace } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'closed' });
});
afterEach(() => client.stop());

const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrmlsim`;
const version = '2024-04-01';
const rule = (name: string): string => `${workspace}/outboundRules/${name}`;
const fqdn = (destination: unknown = 'pypi.org'): object => ({ properties: { type: 'FQDN', destination } });
const tag = (more: object = {}): object => ({
  properties: {
    type: 'ServiceTag',
    destination: { serviceTag: 'AzureMonitor', protocol: 'tcp', portRanges: '443', ...more },
  },
});
const endpoint = (serviceResourceId = account('stmldata'), subresourceTarget = 'blob'): object => ({
  properties: { type: 'PrivateEndpoint', destination: { serviceResourceId, subresourceTarget } },
});
const isolate = (isolationMode: string, more: object = {}): Promise<TestReply> =>
  client.patch(workspace, { properties: { managedNetwork: { isolationMode, ...more } } });
const provision = (body: object = {}): Promise<TestReply> =>
  client.send('POST', `${workspace}/provisionManagedNetwork?api-version=${version}`, body);
const network = async (): Promise<ArmJson | undefined> =>
  (await client.get(workspace)).at('properties', 'managedNetwork');
const shownRules = async (): Promise<string[]> => {
  const rules = at(await network(), 'outboundRules');
  return isObject(rules) ? [...rules.keys()] : [];
};
const listed = async (): Promise<string[]> =>
  list((await client.get(`${workspace}/outboundRules`)).json, 'value').flatMap((item) => text(item, 'name') ?? []);
const connected = async (target: string): Promise<(string | undefined)[]> =>
  list((await client.get(`${target}/privateEndpointConnections`)).json, 'value').map((item) =>
    text(item, 'properties', 'privateEndpoint', 'id'),
  );

/** Follows a Location to its end; gives the last answer. */
async function follow(reply: TestReply): Promise<TestReply> {
  for (let count = 0; count < 20; count += 1) {
    const poll = await client.send('GET', reply.headers.location ?? '');
    if (poll.status !== 202) return poll;
  }
  throw new Error('the operation never ends');
}

test.each([
  ['AllowInternetOutbound', ['AllowOnlyApprovedOutbound'], ['Disabled']],
  ['AllowOnlyApprovedOutbound', [], ['AllowInternetOutbound', 'Disabled']],
])('isolation grows to %s and does not go back', async (mode, further, refused) => {
  const reply = await isolate(mode.toLowerCase());
  expect([reply.status, reply.at('properties', 'managedNetwork', 'isolationMode')]).toEqual([200, mode]);
  expect(reply.at('properties', 'managedNetwork', 'status', 'status')).toBe('Inactive');
  expect(text(await network(), 'networkId')).toMatch(/^[0-9a-f-]{36}$/);
  for (const back of refused) {
    const no = await isolate(back);
    expect([no.status, no.code]).toEqual([400, 'BadRequest']);
    expect(no.message).toContain(`from '${mode}' to '${back}'`);
  }
  expect((await isolate(mode)).status).toBe(200);
  for (const next of further) expect((await isolate(next)).status).toBe(200);
  expect((await isolate('Everything')).status).toBe(400);
});

test('modes that may still be chosen are kept where they are shown, and count', async () => {
  const state = client.sim.stateText();
  const shown = await start({
    load: state.replace(
      '"isolationMode": "Disabled"',
      '"isolationMode": "Disabled", "changeableIsolationModes": ["AllowInternetOutbound"]',
    ),
  });
  const put = (isolationMode: string): Promise<TestReply> =>
    shown.patch(workspace, { properties: { managedNetwork: { isolationMode } } });
  expect((await put('AllowOnlyApprovedOutbound')).status).toBe(400);
  const reply = await put('AllowInternetOutbound');
  expect(reply.at('properties', 'managedNetwork', 'changeableIsolationModes')).toEqual(['AllowOnlyApprovedOutbound']);
  await shown.stop();
});

test('rules need a managed network, and hosts and tags one of approved outbound', async () => {
  for (const body of [fqdn(), tag(), endpoint()]) expect((await client.put(rule('early'), body)).status).toBe(400);
  await isolate('AllowInternetOutbound');
  for (const body of [fqdn(), tag()]) {
    const reply = await client.put(rule('early'), body);
    expect([reply.status, reply.message]).toEqual([
      400,
      'Only "PrivateEndpoint" outbound rules are supported when managed network isolation mode is "AllowInternetOutbound".',
    ]);
  }
  expect((await client.put(rule('early'), endpoint())).status).toBe(200);
  await isolate('AllowOnlyApprovedOutbound');
  for (const [name, body] of [
    ['host', fqdn('*.contoso.com, pypi.org')],
    ['tag', tag()],
  ] as const) {
    const reply = await client.put(rule(name), body);
    expect([reply.status, reply.at('properties', 'status'), reply.at('properties', 'category')]).toEqual([
      200,
      'Inactive',
      'UserDefined',
    ]);
    expect(reply.at('properties', 'provisioningState')).toBeUndefined();
  }
  expect((await client.get(rule('tag'))).text).toContain(
    '"type":"ServiceTag","destination":{"serviceTag":"AzureMonitor","protocol":"TCP","portRanges":"443","action":"Allow"}',
  );
});

test.each([
  ['x', fqdn()],
  ['-dash', fqdn()],
  ['a'.repeat(34), fqdn()],
  ['good', fqdn('https://pypi.org/simple')],
  ['good', fqdn('')],
  ['good', fqdn(7)],
  ['good', tag({ protocol: 'GRE' })],
  ['good', tag({ portRanges: undefined })],
  ['good', endpoint(account('nowhere'))],
  ['good', endpoint(vault, 'blob')],
  ['good', endpoint(account('stmldata'), '')],
  ['good', { properties: { type: 'Tunnel' } }],
  ['good', {}],
])('refused: %s %j', async (name, body) => {
  await isolate('AllowOnlyApprovedOutbound');
  const reply = await client.put(rule(name), body);
  expect([reply.status, reply.code]).toEqual([400, 'BadRequest']);
  expect(await listed()).toEqual([]);
});

test('a rule shows in its workspace and back, and one destination has one rule', async () => {
  await isolate('AllowOnlyApprovedOutbound');
  expect((await client.put(rule('data-blob'), endpoint())).status).toBe(200);
  expect((await client.put(rule('data-twin'), endpoint(account('stmldata').toUpperCase(), 'blob'))).status).toBe(400);
  await isolate('AllowOnlyApprovedOutbound', {
    outboundRules: { 'from-above': { type: 'FQDN', destination: 'pypi.org' } },
  });
  expect(await shownRules()).toEqual(['data-blob', 'from-above']);
  expect(await listed()).toEqual(['data-blob', 'from-above']);
  expect((await client.get(rule('FROM-ABOVE'))).at('properties', 'destination')).toBe('pypi.org');
  await isolate('AllowOnlyApprovedOutbound', { outboundRules: { 'from-above': null } });
  expect((await client.delete(rule('data-blob'))).status).toBe(200);
  expect((await client.delete(rule('data-blob'))).status).toBe(204);
  expect([await shownRules(), await listed()]).toEqual([[], []]);
});

test('a PUT of the workspace without a managed network keeps the one it has', async () => {
  await isolate('AllowOnlyApprovedOutbound');
  await client.put(rule('host'), fqdn());
  const before = stringifyJson((await network()) ?? null);
  const { json } = await client.get(workspace);
  const kept = {
    keyVault: at(json, 'properties', 'keyVault'),
    storageAccount: at(json, 'properties', 'storageAccount'),
  };
  await client.put(workspace, { location: 'westeurope', properties: kept });
  expect(stringifyJson((await network()) ?? null)).toBe(before);
});

test('an endpoint rule connects once the network is there, and its removal disconnects', async () => {
  await isolate('AllowInternetOutbound');
  await client.put(rule('data-blob'), endpoint());
  expect(await connected(account('stmldata'))).toEqual([]);
  const made = await provision();
  expect([made.status, made.at('status'), made.at('sparkReady')]).toEqual([200, 'Active', false]);
  expect(text(await network(), 'status', 'status')).toBe('Active');
  expect((await client.get(rule('data-blob'))).at('properties', 'status')).toBe('Active');
  const [id = ''] = await connected(account('stmldata'));
  expect(id).toContain('/providers/Microsoft.Network/privateEndpoints/__SYS_PE_stmldata_blob_');
  expect((await client.get(id)).status).toBe(404);
  const [connection] = list((await client.get(account('stmldata'))).json, 'properties', 'privateEndpointConnections');
  expect(text(connection, 'properties', 'privateLinkServiceConnectionState', 'status')).toBe('Approved');
  const later = await client.put(rule('data-file'), endpoint(account('stmldata'), 'file'));
  expect(later.at('properties', 'status')).toBe('Active');
  expect(await connected(account('stmldata'))).toHaveLength(2);
  await client.put(rule('data-file'), endpoint(vault, 'vault'));
  expect(await connected(account('stmldata'))).toEqual([id]);
  expect(await connected(vault)).toHaveLength(1);
  await client.delete(rule('data-blob'));
  expect(await connected(account('stmldata'))).toEqual([]);
});

test('approved outbound gets the rules of the service, which cannot be changed', async () => {
  await isolate('AllowOnlyApprovedOutbound');
  await client.put(rule('vault'), endpoint(vault, 'vault'));
  await provision({ includeSpark: true });
  const names = await shownRules();
  expect(await listed()).toEqual(names);
  const own = names.filter((name) => name.startsWith('__SYS_'));
  expect(own.map((name) => name.replace(/_[0-9a-f]{8}$/, ''))).toEqual([
    '__SYS_ST_AzureActiveDirectory_TCP',
    '__SYS_ST_AzureMachineLearning_TCP',
    '__SYS_ST_AzureMachineLearning_UDP',
    '__SYS_ST_BatchNodeManagement.westeurope_TCP',
    '__SYS_ST_AzureResourceManager_TCP',
    '__SYS_ST_AzureFrontDoor.FirstParty_TCP',
    '__SYS_ST_MicrosoftContainerRegistry_TCP',
    '__SYS_ST_AzureMonitor_TCP',
    '__SYS_ST_VirtualNetwork_ANY',
    '__SYS_PE_stmlsim_blob',
    '__SYS_PE_stmlsim_file',
    '__SYS_PE_acrmlsim_registry',
    '__SYS_PE_mlw-sim_amlworkspace',
  ]);
  for (const target of [account('stmlsim'), registry, workspace]) expect(await connected(target)).not.toEqual([]);
  const [first = ''] = own;
  expect((await client.delete(rule(first))).status).toBe(400);
  expect((await client.put(rule(first), fqdn())).status).toBe(400);
  expect((await isolate('AllowOnlyApprovedOutbound', { outboundRules: { [first]: null } })).status).toBe(400);
  expect((await provision()).at('sparkReady')).toBe(true);
  expect(await shownRules()).toEqual(names);
});

test('free outbound gets endpoints to what is closed to the public, and no tags', async () => {
  await client.patch(account('stmlsim'), { properties: { publicNetworkAccess: 'Disabled' } });
  await isolate('AllowInternetOutbound');
  await provision();
  expect((await shownRules()).map((name) => name.replace(/_[0-9a-f]{8}$/, ''))).toEqual([
    '__SYS_PE_stmlsim_blob',
    '__SYS_PE_stmlsim_file',
  ]);
});

test('nothing to provision where isolation is off', async () => {
  expect((await provision()).status).toBe(400);
});

test('slowly: 202 and a Location that gives the rule, and the status of the network', async () => {
  const slow = await start({ world: 'closed', clock: 'polls:1' });
  await client.stop();
  client = slow;
  await follow(await isolate('AllowOnlyApprovedOutbound'));
  const put = await client.put(rule('host'), fqdn());
  expect([put.status, put.text]).toEqual([202, '']);
  expect((await provision()).code).toBe('AnotherOperationInProgress');
  const made = await follow(put);
  expect([made.status, made.at('name'), made.at('properties', 'status')]).toEqual([200, 'host', 'Inactive']);
  expect(await shownRules()).toEqual(['host']);
  const begun = await provision();
  expect(begun.status).toBe(202);
  expect(text(await network(), 'status', 'status')).toBe('Inactive');
  const done = await follow(begun);
  expect([done.status, done.at('status')]).toEqual([200, 'Active']);
  expect((await client.get(rule('host'))).at('properties', 'status')).toBe('Active');
  const deleted = await client.delete(rule('host'));
  expect(deleted.status).toBe(202);
  expect((await follow(deleted)).status).toBe(204);
  expect(await shownRules()).not.toContain('host');
});

test('at once: 200, but 202 and a Location for a client that can read nothing else', async () => {
  await isolate('AllowOnlyApprovedOutbound');
  expect((await client.put(rule('plain'), fqdn())).status).toBe(200);
  const python = { 'user-agent': 'azsdk-python-mgmt-machinelearningservices/0.1.0 Python/3.13.5' };
  const put = await client.put(rule('python'), fqdn(), python);
  expect([put.status, put.text]).toEqual([202, '']);
  expect((await client.get(rule('python'))).status).toBe(200);
  const made = await follow(put);
  expect([made.status, made.at('name'), made.at('properties', 'type')]).toEqual([200, 'python', 'FQDN']);
});

test('a restart in the middle of provisioning finishes it', async () => {
  await client.stop();
  const state = `${await mkdtemp(`${tmpdir()}/simulator-`)}/state.json`;
  client = await start({ world: 'managed', state, clock: 'polls:1' });
  const begun = await provision();
  await client.stop();
  client = await start({ state, clock: 'polls:1' });
  const location = (begun.headers.location ?? '').replace(/^https:\/\/[^/]+/, '');
  await client.send('GET', location);
  expect((await client.send('GET', location)).at('status')).toBe('Active');
  expect(text(await network(), 'status', 'status')).toBe('Active');
});

test('rules that were loaded in one of their two places are in both', async () => {
  await isolate('AllowOnlyApprovedOutbound');
  await client.put(rule('host'), fqdn());
  const shown = (await client.get(workspace)).text;
  const other = await start({ load: `[${shown}]` });
  expect((await other.get(rule('host'))).at('properties', 'destination')).toBe('pypi.org');
  expect((await other.delete(rule('host'))).status).toBe(200);
  expect((await other.get(workspace)).text).not.toContain('pypi.org');
  await other.stop();
});

test('the private link count follows the connections', async () => {
  await client.put(`${group}/providers/Microsoft.Network/privateEndpoints/pe`, {
    location: 'westeurope',
    properties: {
      subnet: { id: subnet('snet-pe') },
      privateLinkServiceConnections: [
        { name: 'link', properties: { privateLinkServiceId: workspace, groupIds: ['amlworkspace'] } },
      ],
    },
  });
  expect((await client.get(workspace)).text).toContain('"privateLinkCount":1');
});
