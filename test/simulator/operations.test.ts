import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { text } from '../../src/simulator/json.ts';
import { account, network, start, subnet, type TestClient, type TestReply, workspace } from './support.ts';

let client: TestClient;
afterEach(() => client.stop());

const gpu = subnet('snet-gpu');
const dev = subnet('snet-dev');
const body = { properties: { addressPrefix: '10.0.2.0/24', serviceEndpoints: [{ service: 'Microsoft.Storage' }] } };
const description = { properties: { description: 'patched' } };

/** Follows the operation of an answer to its end; gives the states seen. */
async function follow(reply: TestReply): Promise<(string | undefined)[]> {
  const url = reply.headers['azure-asyncoperation'] ?? '';
  const seen: (string | undefined)[] = [];
  for (let count = 0; count < 20; count += 1) {
    const status = text((await client.send('GET', url)).json, 'status');
    seen.push(status);
    if (status !== 'InProgress') return seen;
  }
  throw new Error('the operation never ends');
}

test('instant: everything is done when it is answered', async () => {
  client = await start({ world: 'open' });
  const put = await client.put(gpu, body);
  expect([put.status, put.at('properties', 'provisioningState'), put.headers['azure-asyncoperation']]).toEqual([
    200,
    'Succeeded',
    undefined,
  ]);
  const patched = await client.patch(workspace, description);
  expect([patched.status, patched.at('properties', 'description')]).toEqual([200, 'patched']);
});

test('polls: a PUT is visible at once, busy, and done after so many polls', async () => {
  client = await start({ world: 'open', clock: 'polls:2' });
  const put = await client.put(gpu, body);
  expect([put.status, put.at('properties', 'provisioningState'), put.headers['retry-after']]).toEqual([
    200,
    'Updating',
    undefined,
  ]);
  expect(put.headers['azure-asyncoperation']).toMatch(
    /^https:\/\/localhost:[0-9]+\/subscriptions\/.+\/providers\/Microsoft.Network\/locations\/westeurope\/operations\//,
  );
  expect(await follow(put)).toEqual(['InProgress', 'InProgress', 'Succeeded']);
  const after = await client.get(gpu);
  expect([after.at('properties', 'provisioningState'), after.at('etag')]).not.toContain(put.at('etag'));
  expect(after.at('properties', 'provisioningState')).toBe('Succeeded');
});

test('polls: a new child is Updating, a new resource of others Creating, and both are 201', async () => {
  client = await start({ world: 'open', clock: 'polls:1' });
  const put = await client.put(subnet('snet-new'), { properties: { addressPrefix: '10.0.5.0/24' } });
  expect([put.status, put.at('properties', 'provisioningState')]).toEqual([201, 'Updating']);
  await follow(put);
  const compute = await client.put(`${workspace}/computes/new`, {
    location: 'westeurope',
    properties: {
      computeType: 'AmlCompute',
      properties: { vmSize: 'STANDARD_D2_V2', subnet: { id: subnet('snet-new') } },
    },
  });
  expect([compute.status, compute.at('properties', 'provisioningState')]).toEqual([201, 'Creating']);
  expect(await follow(compute)).toEqual(['InProgress', 'Succeeded']);
});

test('polls: a PATCH by Location is 202 until it gives the document', async () => {
  client = await start({ world: 'open', clock: 'polls:1' });
  const patched = await client.patch(workspace, description);
  expect([patched.status, patched.text]).toEqual([202, '']);
  const location = patched.headers.location ?? '';
  expect((await client.send('GET', location)).status).toBe(202);
  const done = await client.send('GET', location);
  expect([done.status, done.at('properties', 'description'), done.at('properties', 'provisioningState')]).toEqual([
    200,
    'patched',
    'Succeeded',
  ]);
});

test('polls: a DELETE is 202, the thing is there until the end, then 204', async () => {
  client = await start({ world: 'open', clock: 'polls:1' });
  const id = subnet('snet-pe');
  const deleted = await client.delete(id);
  expect(deleted.status).toBe(202);
  const location = deleted.headers.location ?? '';
  expect((await client.send('GET', location)).status).toBe(202);
  expect((await client.send('GET', location)).status).toBe(204);
  expect((await client.get(id)).status).toBe(404);
});

test('polls: reading the resource advances it as well', async () => {
  client = await start({ world: 'open', clock: 'polls:1' });
  await client.put(gpu, body);
  expect((await client.get(gpu)).at('properties', 'provisioningState')).toBe('Updating');
  expect((await client.get(network)).at('properties', 'subnets')).toHaveLength(5);
  expect((await client.get(gpu)).at('properties', 'provisioningState')).toBe('Succeeded');
});

test('a network takes one write at a time, another network does not wait', async () => {
  client = await start({ world: 'mixed', clock: 'polls:1' });
  const first = await client.put(gpu, body);
  const second = await client.put(dev, { properties: { addressPrefix: '10.0.3.0/24' } });
  expect([second.status, second.code, second.at('error', 'details')]).toEqual([409, 'AnotherOperationInProgress', []]);
  expect(second.message).toContain(first.headers['azure-asyncoperation']?.split('?')[0]);
  expect((await client.send('PATCH', `${network}?api-version=2024-01-01`, { tags: {} })).status).toBe(409);
  const old = `${client.group}/providers/Microsoft.Network/virtualNetworks/vnet-old/subnets/snet-old`;
  expect((await client.put(old, { properties: { addressPrefix: '10.9.1.0/24' } })).status).toBe(200);
  await follow(first);
  expect((await client.put(dev, { properties: { addressPrefix: '10.0.3.0/24' } })).status).toBe(200);
});

test('storage does not allow a subnet that is being written', async () => {
  client = await start({ world: 'open', clock: 'polls:1' });
  const put = await client.put(gpu, body);
  const acls = { properties: { networkAcls: { defaultAction: 'Allow', virtualNetworkRules: [{ id: gpu }] } } };
  const early = await client.patch(account('stmlsim'), acls);
  expect([early.status, early.code]).toEqual([400, 'NetworkAclsValidationFailure']);
  expect(early.message).toContain('SubnetsNotProvisioned');
  await follow(put);
  expect((await client.patch(account('stmlsim'), acls)).status).toBe(200);
});

test('seconds: Retry-After is at least one, and time alone brings the end', async () => {
  client = await start({ world: 'open', clock: 'seconds:0.05' });
  const put = await client.put(gpu, body);
  expect(put.headers['retry-after']).toBe('1');
  const deadline = Date.now() + 5000;
  let state: unknown = 'Updating';
  while (state === 'Updating' && Date.now() < deadline)
    state = (await client.get(gpu)).at('properties', 'provisioningState');
  expect(state).toBe('Succeeded');
});

test('the command line of Azure is always told how long to wait', async () => {
  client = await start({ world: 'open', clock: 'polls:1' });
  const put = await client.send('PUT', `${gpu}?api-version=2024-01-01`, body, { 'user-agent': 'AZURECLI/2.74.0' });
  expect(put.headers['retry-after']).toBe('1');
});

test('a failed operation says so in a 200, and leaves a resource that says it failed', async () => {
  client = await start({ world: 'open', faults: 'PUT */subnets/snet-gpu 1 async-fail:SubnetIsFull' });
  const put = await client.put(gpu, body);
  expect(put.status).toBe(200);
  const status = await client.send('GET', put.headers['azure-asyncoperation'] ?? '');
  expect([status.status, status.at('status'), status.at('error', 'code')]).toEqual([200, 'Failed', 'SubnetIsFull']);
  const after = await client.get(gpu);
  expect(after.at('properties', 'provisioningState')).toBe('Failed');
  expect(after.at('properties', 'serviceEndpoints')).toEqual([]);
  expect((await client.put(gpu, body)).at('properties', 'provisioningState')).toBe('Succeeded');
});

test('a superseded operation is canceled, with the reason inside', async () => {
  client = await start({ world: 'open', faults: 'PUT */subnets/* 1 superseded' });
  const put = await client.put(gpu, body);
  const status = await client.send('GET', put.headers['azure-asyncoperation'] ?? '');
  expect(status.at('status')).toBe('Canceled');
  expect(status.text).toContain('"details":[{"code":"CanceledAndSupersededDueToAnotherOperation"');
});

test('a failed Location ends in an error, and the old document stays', async () => {
  client = await start({ world: 'open', faults: 'PATCH */workspaces/* 1 async-fail:BadThings' });
  const patched = await client.patch(workspace, description);
  const done = await client.send('GET', patched.headers.location ?? '');
  expect([done.status, done.code]).toEqual([400, 'BadThings']);
  expect((await client.get(workspace)).at('properties', 'description')).toBe('');
});

test('an operation ARM has forgotten is 404', async () => {
  client = await start({ world: 'open' });
  const reply = await client.get(
    `/subscriptions/${client.sim.subscription}/providers/Microsoft.Network/locations/westeurope/operations/none`,
  );
  expect(reply.status).toBe(404);
});

test('ended operations are forgotten after a while, and keep no document', async () => {
  client = await start({ world: 'open', clock: 'polls:0' });
  const first = await client.put(gpu, body);
  await follow(first);
  expect(client.sim.stateText()).toContain('"onSuccess": null');
  for (let count = 0; count < 50; count += 1) await follow(await client.put(gpu, body));
  expect((await client.send('GET', first.headers['azure-asyncoperation'] ?? '')).status).toBe(404);
});

test('a restart takes up the running operation', async () => {
  const folder = await mkdtemp(`${tmpdir()}/simulator-`);
  const options = { world: 'open', clock: 'polls:2', state: `${folder}/state.json` };
  client = await start(options);
  const put = await client.put(gpu, body);
  await client.send('GET', put.headers['azure-asyncoperation'] ?? '');
  const path = new URL(put.headers['azure-asyncoperation'] ?? '');
  await client.stop();
  client = await start(options);
  expect((await client.put(dev, { properties: { addressPrefix: '10.0.3.0/24' } })).code).toBe(
    'AnotherOperationInProgress',
  );
  const poll = async (): Promise<unknown> => (await client.send('GET', `${path.pathname}${path.search}`)).at('status');
  expect([await poll(), await poll()]).toEqual(['InProgress', 'Succeeded']);
  expect((await client.get(gpu)).text).toContain('"service":"Microsoft.Storage"');
});
