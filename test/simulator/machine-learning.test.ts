import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { account, group, network, start, subnet, type TestClient, type TestReply, workspace } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'open' });
});
afterEach(() => client.stop());

const cluster = `${workspace}/computes/cpu-cluster`;
const scale = (more: object): object => ({ properties: { properties: { scaleSettings: more } } });

test('a workspace is patched at property level, its storage and vault never change', async () => {
  const reply = await client.patch(workspace, { properties: { imageBuildCompute: 'cpu-cluster' }, tags: { a: '1' } });
  expect(reply.status).toBe(200);
  expect(reply.at('properties', 'imageBuildCompute')).toBe('cpu-cluster');
  expect(reply.at('properties', 'managedNetwork', 'isolationMode')).toBe('Disabled');
  expect(reply.at('tags', 'team')).toBeUndefined();
  const other = `${group}/providers/Microsoft.Storage/storageAccounts/stmldata`;
  expect((await client.patch(workspace, { properties: { storageAccount: other } })).code).toBe(
    'PropertyChangeNotAllowed',
  );
});

test('an IP allow-list is shown and taken by preview versions only', async () => {
  const at = (version: string) => `${workspace}?api-version=${version}`;
  const list = (ipAllowlist: unknown) => ({ properties: { ipAllowlist } });
  const preview = at('2024-10-01-preview');
  expect((await client.patch(preview, list(['203.0.113.7', '198.51.100.0/24']))).status).toBe(200);
  expect((await client.get(preview)).at('properties', 'ipAllowlist')).toHaveLength(2);
  expect((await client.get(at('2024-04-01'))).at('properties', 'ipAllowlist')).toBeUndefined();
  await client.patch(at('2024-04-01'), list(['203.0.113.8']));
  expect((await client.get(preview)).at('properties', 'ipAllowlist')).toHaveLength(2);
  for (const wrong of ['10.0.0.0/8', '::1', '203.0.113.7/24', 7]) {
    expect((await client.patch(preview, list(['203.0.113.7', wrong]))).status).toBe(400);
  }
  const many = Array.from({ length: 201 }, (_, index) => `203.0.${index}.7`);
  expect((await client.patch(preview, list(many))).status).toBe(400);
});

test("a workspace PUT replaces what is not the service's own", async () => {
  const before = await client.get(workspace);
  const reply = await client.put(workspace, {
    location: 'westeurope',
    identity: { type: 'SystemAssigned' },
    properties: {
      keyVault: before.at('properties', 'keyVault'),
      storageAccount: before.at('properties', 'storageAccount'),
    },
  });
  expect(reply.status).toBe(200);
  expect(reply.at('properties', 'workspaceId')).toBe(before.at('properties', 'workspaceId'));
  expect(reply.at('properties', 'friendlyName')).toBeUndefined();
});

test('only the scale of a cluster can be patched', async () => {
  const reply = await client.patch(cluster, scale({ minNodeCount: 0, maxNodeCount: 9 }));
  expect(reply.status).toBe(200);
  expect(reply.text).toContain('"maxNodeCount":9');
  expect(reply.at('properties', 'properties', 'vmSize')).toBe('STANDARD_DS3_V2');
  expect((await client.patch(cluster, scale({ minNodeCount: 0 }))).status).toBe(400);
  expect((await client.patch(cluster, { properties: {} })).status).toBe(400);
  expect((await client.patch(`${workspace}/computes/ci-anna`, scale({ maxNodeCount: 1 }))).status).toBe(400);
});

test('the subnet of a compute never changes', async () => {
  const body = (id: string): object => ({
    location: 'westeurope',
    properties: { computeType: 'AmlCompute', properties: { vmSize: 'STANDARD_DS3_V2', subnet: { id } } },
  });
  expect((await client.put(cluster, body(subnet('snet-dev')))).code).toBe('PropertyChangeNotAllowed');
  expect((await client.put(cluster, body(subnet('SNET-TRAIN')))).status).toBe(200);
  expect((await client.put(`${workspace}/computes/new`, body(subnet('nope')))).code).toBe('SubnetNotFound');
  expect((await client.put(`${workspace}/computes/new`, body(subnet('snet-pe')))).status).toBe(201);
});

test('a compute is deleted with what is under it, unless it is detached', async () => {
  expect((await client.delete(`${cluster}?underlyingResourceAction=Keep`)).status).toBe(400);
  expect((await client.delete(cluster)).status).toBe(200);
  expect((await client.get(cluster)).status).toBe(404);
});

test('datastores are made at once and keep no secret', async () => {
  const reply = await client.put(`${workspace}/datastores/more`, {
    properties: {
      datastoreType: 'AzureBlob',
      accountName: 'stmldata',
      containerName: 'x',
      credentials: { credentialsType: 'AccountKey', secrets: { secretsType: 'AccountKey', key: 'very secret' } },
    },
  });
  expect(reply.status).toBe(201);
  expect(client.sim.stateText()).not.toContain('very secret');
  expect((await client.put(`${workspace}/datastores/bad`, { properties: {} })).status).toBe(400);
  expect((await client.delete(`${workspace}/datastores/more`)).status).toBe(200);
  expect((await client.delete(`${workspace}/datastores/more`)).status).toBe(204);
});

test('an action of a workspace that does not exist is 404', async () => {
  expect(
    (await client.send('POST', `${workspace}/diagnose?api-version=2024-04-01`, '{"value":{}}')).at(
      'value',
      'otherResults',
    ),
  ).toEqual([]);
  expect((await client.send('POST', `${workspace}-nope/diagnose?api-version=2024-04-01`, '{}')).code).toBe(
    'ResourceNotFound',
  );
  expect((await client.send('POST', `${workspace}/unheardOf?api-version=2024-04-01`, '{}')).status).toBe(404);
});

test('subnet rules of a registry show only in the version that knows them', async () => {
  const closed = await start({ world: 'closed' });
  const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrmlsim`;
  expect(
    (await closed.get(registry, '2021-08-01-preview')).at('properties', 'networkRuleSet', 'virtualNetworkRules'),
  ).toHaveLength(3);
  expect(
    (await closed.get(registry, '2023-07-01')).at('properties', 'networkRuleSet', 'virtualNetworkRules'),
  ).toBeUndefined();
  expect(
    (await closed.get(registry, '2021-08-01-preview')).at('properties', 'networkRuleSet', 'virtualNetworkRules'),
  ).toHaveLength(3);
  await closed.stop();
});

const diagnosis = async (): Promise<TestReply> =>
  client.send('POST', `${workspace}/diagnose?api-version=2024-04-01`, '{"value":{}}');
const codes = (reply: TestReply, kind: string): (string | undefined)[] =>
  list(reply.json, 'value', kind).map((item) => text(item, 'code'));

test('the diagnosis finds a closed registry without a builder, DNS servers and locks, each from what is stored', async () => {
  const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrmlsim`;
  const quiet = await diagnosis();
  for (const kind of ['containerRegistryResults', 'dnsResolutionResults', 'resourceLockResults'])
    expect(codes(quiet, kind)).toEqual([]);
  await client.patch(registry, { sku: { name: 'Premium' } });
  await client.patch(registry, { properties: { networkRuleSet: { defaultAction: 'Deny', ipRules: [] } } });
  expect(codes(await diagnosis(), 'containerRegistryResults')).toEqual(['ImageBuildComputeNotValid']);
  await client.patch(workspace, { properties: { imageBuildCompute: 'cpu-cluster' } });
  expect(codes(await diagnosis(), 'containerRegistryResults')).toEqual([]);
  await client.put(network, {
    location: 'westeurope',
    properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] }, dhcpOptions: { dnsServers: ['10.0.0.9'] } },
  });
  expect(codes(await diagnosis(), 'dnsResolutionResults')).toEqual(['CustomDNSInUse']);
  const lock = `${account('stmlsim')}/providers/Microsoft.Authorization/locks/keep`;
  await client.put(lock, { properties: { level: 'ReadOnly' } });
  expect(codes(await diagnosis(), 'resourceLockResults')).toEqual(['ResourceLockDetected']);
});

test('the hosts a workspace needs name its own account, vault and registry', async () => {
  const reply = await client.get(`${workspace}/outboundNetworkDependenciesEndpoints`);
  expect(list(reply.json, 'value').map((item) => text(item, 'properties', 'category'))).toContain(
    'Azure Machine Learning',
  );
  for (const name of [
    'stmlsim.blob.core.windows.net',
    'kv-mlsim.vault.azure.net',
    'acrmlsim.azurecr.io',
    'westeurope.api.azureml.ms',
  ])
    expect(reply.text).toContain(`{"domainName":"${name}","endpointDetails":[{"port":443}]}`);
  expect((await client.get(`${workspace}-no/outboundNetworkDependenciesEndpoints`)).status).toBe(404);
});

test('connections are listed, and keep no credentials', async () => {
  const one = `${workspace}/connections/feed`;
  expect((await client.get(`${workspace}/connections`)).at('value')).toEqual([]);
  const body = {
    properties: {
      category: 'PythonFeed',
      target: 'https://feed.test',
      authType: 'PAT',
      credentials: { pat: 'very secret' },
    },
  };
  expect((await client.put(one, body)).status).toBe(200);
  expect(client.sim.stateText()).not.toContain('very secret');
  expect((await client.get(`${workspace}/connections`)).at('value')).toHaveLength(1);
});
