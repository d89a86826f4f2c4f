// Online endpoints and their deployments: what the service makes of them, what it refuses, and what goes on after the answer.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { start, type TestClient, type TestReply, workspace } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'open' });
});
afterEach(() => client.stop());

const endpoint = `${workspace}/onlineEndpoints/churn`;
const blue = `${endpoint}/deployments/blue`;
const place = { location: 'westeurope' };
const body = (properties: object = {}, more: object = {}) => ({
  ...place,
  identity: { type: 'SystemAssigned' },
  properties: { authMode: 'Key', ...properties },
  ...more,
});
const deployment = (properties: object = {}, more: object = {}) => ({
  ...place,
  properties: { endpointComputeType: 'Managed', instanceType: 'Standard_DS3_v2', ...properties },
  ...more,
});
const make = (...given: Parameters<typeof body>): Promise<TestReply> => client.put(endpoint, body(...given));
const why = (reply: TestReply): string => text(list(reply.json, 'error', 'details')[0], 'message') ?? '';

test('an endpoint has an address, is met in public unless told otherwise, and gives no keys back', async () => {
  const made = await make({ keys: { primaryKey: 'secret' } });
  expect([made.status, made.at('kind'), made.at('properties', 'publicNetworkAccess')]).toEqual([
    201,
    'Managed',
    'Enabled',
  ]);
  expect(made.at('properties', 'scoringUri')).toBe('https://churn.westeurope.inference.ml.azure.com/score');
  expect(made.text).not.toContain('secret');
  const principal = made.at('identity', 'principalId');
  expect(principal).toBeTypeOf('string');
  const shut = await make({ publicNetworkAccess: 'disabled' });
  expect([shut.status, shut.at('properties', 'publicNetworkAccess')]).toEqual([200, 'Disabled']);
  expect(shut.at('identity', 'principalId')).toBe(principal);
  const { json } = await client.get(`${workspace}/onlineEndpoints`);
  expect(list(json, 'value').map((one) => text(one, 'name'))).toEqual(['churn']);
});

test('traffic goes to deployments that are there, all of it or none, and keeps them', async () => {
  await make();
  expect((await make({ traffic: { blue: 100 } })).code).toBe('BadRequest');
  expect((await client.put(blue, deployment())).status).toBe(201);
  expect((await make({ traffic: { blue: 60 } })).code).toBe('BadRequest');
  expect((await make({ traffic: { blue: '100' } })).code).toBe('BadRequest');
  expect((await make({ traffic: { blue: 0 }, mirrorTraffic: { blue: 60 } })).code).toBe('BadRequest');
  expect((await make({ traffic: { blue: 100 } })).status).toBe(200);
  expect((await client.delete(blue)).code).toBe('BadRequest');
  expect((await make({ traffic: { blue: 0 } })).status).toBe(200);
  expect((await client.delete(blue)).status).toBe(200);
  expect((await client.get(endpoint)).text).not.toContain('blue');
  expect((await client.delete(blue)).status).toBe(204);
});

test('an endpoint takes its deployments along', async () => {
  await make();
  await client.put(blue, deployment());
  await make({ traffic: { blue: 100 } });
  expect((await client.delete(endpoint)).status).toBe(200);
  expect((await client.get(blue)).status).toBe(404);
  await make();
  expect((await client.get(`${endpoint}/deployments`)).at('value')).toEqual([]);
  expect((await client.put(`${endpoint}-no/deployments/blue`, deployment())).status).toBe(404);
});

test('a name is taken in its region, in any workspace, and free elsewhere', async () => {
  await make();
  const neighbour = `${workspace}-two`;
  await client.put(neighbour, { ...place, properties: {} });
  const taken = await client.put(`${neighbour}/onlineEndpoints/CHURN`, { ...body(), location: 'West Europe' });
  expect([taken.status, taken.code]).toEqual([400, 'BadRequest']);
  expect(why(taken)).toContain('There is already an endpoint with this name');
  expect((await client.put(`${neighbour}/onlineEndpoints/churn`, { ...body(), location: 'eastus' })).status).toBe(201);
});

test.each(['ab', '1st', 'two--dashes', 'under_score', 'last-', 'a'.repeat(33)])(
  'a name like %s is refused',
  async (name) => {
    const reply = await client.put(`${workspace}/onlineEndpoints/${name}`, body());
    expect([reply.status, reply.code]).toEqual([400, 'BadRequest']);
    expect(why(reply)).toContain('name');
    await make();
    expect((await client.put(`${endpoint}/deployments/${name}`, deployment())).status).toBe(400);
  },
);

test.each<[string, object, string]>([
  ['no place', { ...body(), location: undefined }, 'LocationRequired'],
  ['no identity', { ...body(), identity: undefined }, 'BadRequest'],
  ['an identity that is none', body({}, { identity: { type: 'None' } }), 'BadRequest'],
  ['no way to sign in', body({ authMode: undefined }), 'BadRequest'],
  ['an unknown way to sign in', body({ authMode: 'Password' }), 'BadRequest'],
  ['an unknown access', body({ publicNetworkAccess: 'Sometimes' }), 'BadRequest'],
  ['a compute that is not there', body({ compute: `${workspace}/computes/nowhere` }), 'BadRequest'],
  ['a compute of another kind', body({ compute: `${workspace}/computes/cpu-cluster` }), 'BadRequest'],
  ['a list for traffic', body({ traffic: [] }), 'InvalidRequestContent'],
  ['a number for properties', { ...body(), properties: 7 }, 'InvalidRequestContent'],
])('an endpoint with %s is refused', async (_what, sent, code) => {
  const reply = await client.put(endpoint, sent);
  expect([reply.status, reply.code]).toEqual([400, code]);
  expect((await client.get(endpoint)).status).toBe(404);
});

test.each<[string, object, string]>([
  ['no place', { ...deployment(), location: undefined }, 'LocationRequired'],
  ['no compute', deployment({ endpointComputeType: undefined }), 'BadRequest'],
  ['a compute that its endpoint is not on', deployment({ endpointComputeType: 'Kubernetes' }), 'BadRequest'],
  ['no size', deployment({ instanceType: undefined }), 'BadRequest'],
  ['secured egress and no private endpoint', deployment({ egressPublicNetworkAccess: 'Disabled' }), 'BadRequest'],
  ['no way to grow', deployment({ scaleSettings: {} }), 'BadRequest'],
  ['a text for a capacity', deployment({}, { sku: { name: 'Default', capacity: 'many' } }), 'InvalidRequestContent'],
])('a deployment with %s is refused', async (_what, sent, code) => {
  await make();
  const reply = await client.put(blue, sent);
  expect([reply.status, reply.code]).toEqual([400, code]);
});

test('what a deployment may reach is settled when it is created, and follows the public access of its workspace', async () => {
  await make();
  expect((await client.put(blue, deployment())).at('properties', 'egressPublicNetworkAccess')).toBe('Enabled');
  expect((await client.put(blue, deployment({ egressPublicNetworkAccess: 'Disabled' }))).code).toBe('BadRequest');
  await client.patch(workspace, { properties: { publicNetworkAccess: 'Disabled' } });
  const green = `${endpoint}/deployments/green`;
  expect(why(await client.put(green, deployment()))).toContain('public network access');
  expect((await client.put(blue, deployment())).status).toBe(200);
  await client.patch(workspace, { properties: { managedNetwork: { isolationMode: 'AllowInternetOutbound' } } });
  expect((await client.put(green, deployment())).status).toBe(201);
});

test('a workspace held to its first interface has no such endpoints', async () => {
  await client.patch(workspace, { properties: { v1LegacyMode: true } });
  expect(why(await make())).toContain('v1_legacy_mode');
});

test('an endpoint on a cluster is met there', async () => {
  const compute = `${workspace}/computes/k8s`;
  const resourceId = `${workspace.slice(0, workspace.indexOf('/providers/'))}/providers/Microsoft.ContainerService/managedClusters/any`;
  await client.put(compute, { ...place, properties: { computeType: 'Kubernetes', resourceId, properties: {} } });
  const made = await make({ compute });
  expect([made.status, made.at('kind')]).toEqual([201, 'K8S']);
  const pods = deployment({ endpointComputeType: 'Kubernetes', instanceType: undefined });
  expect((await client.put(blue, pods)).status).toBe(201);
});

test('a write goes on behind an operation, a patch and a deletion behind a location', async () => {
  const slow = await start({ world: 'open', clock: 'polls:1' });
  const follow = async (url: unknown): Promise<TestReply> => {
    await slow.get(String(url));
    return slow.get(String(url));
  };
  const made = await slow.put(endpoint, body());
  expect([made.status, made.at('properties', 'provisioningState')]).toEqual([201, 'Creating']);
  await follow(made.headers['azure-asyncoperation']);
  expect((await slow.get(endpoint)).at('properties', 'provisioningState')).toBe('Succeeded');
  const patched = await slow.patch(endpoint, { tags: { team: 'a' }, name: 'other' });
  expect([patched.status, patched.text]).toEqual([202, '']);
  const after = await follow(patched.headers.location);
  expect([after.status, after.at('tags', 'team'), after.at('name')]).toEqual([200, 'a', 'churn']);
  expect((await slow.patch(endpoint, { properties: { publicNetworkAccess: 'Disabled' } })).code).toBe('BadRequest');
  const first = await slow.put(blue, deployment());
  expect(first.status).toBe(201);
  const second = await slow.put(`${endpoint}/deployments/green`, deployment());
  expect(second.status).toBe(409);
  await follow(first.headers['azure-asyncoperation']);
  const scaled = await slow.patch(blue, { sku: { name: 'Default', capacity: 3 } });
  expect(scaled.status).toBe(202);
  expect((await follow(scaled.headers.location)).text).toContain('"capacity":3');
  const gone = await slow.delete(endpoint);
  expect(gone.status).toBe(202);
  await follow(gone.headers.location);
  expect((await slow.get(endpoint)).status).toBe(404);
  await slow.stop();
});
