// Shared private links of a workspace: written with the whole workspace, waiting at the registry until they are approved there,
// and gone with their connection.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, list, text } from '../../src/simulator/json.ts';
import { group, start, type TestClient } from './support.ts';

const workspace = `${group}/providers/Microsoft.MachineLearningServices/workspaces/mlw-sim`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrmlsim`;

let client: TestClient;
beforeAll(async () => {
  client = await start({ world: 'closed' });
});
afterAll(() => client.stop());

const put = (links: readonly object[]) =>
  client.put(workspace, {
    location: 'westeurope',
    identity: { type: 'SystemAssigned' },
    properties: { sharedPrivateLinkResources: links },
  });
const link = (target: string) => ({
  name: 'Acr',
  properties: {
    privateLinkResourceId: `${target}/privateLinkResources/registry`,
    groupId: 'registry',
    status: 'Pending',
  },
});
const connections = async () => list((await client.get(registry)).at('properties', 'privateEndpointConnections'));
const shown = async () => list((await client.get(workspace)).at('properties', 'sharedPrivateLinkResources'));
const state = ['properties', 'privateLinkServiceConnectionState', 'status'];

test('one that leads nowhere is refused', async () => {
  const refused = await put([link(`${registry}x`)]);
  expect([refused.status, refused.code]).toEqual([400, 'BadRequest']);
  expect(await connections()).toEqual([]);
});

test('it waits at the registry, shows what the registry says, and goes with its connection', async () => {
  expect((await put([link(registry)])).status).toBe(200);
  const [waiting] = await connections();
  expect(text(waiting, ...state)).toBe('Pending');
  expect((await put([link(registry)])).status).toBe(200);
  expect(await connections()).toHaveLength(1);

  const approved = await client.put(text(waiting, 'id') ?? '', {
    properties: { privateLinkServiceConnectionState: { status: 'Approved', description: 'ours' } },
  });
  expect(approved.status).toBe(200);
  expect(text((await shown())[0], 'properties', 'status')).toBe('Approved');

  expect((await put([])).status).toBe(200);
  expect(await connections()).toEqual([]);
});

test('what it asks with is what its registry shows', async () => {
  const asking = link(registry);
  await put([{ ...asking, properties: { ...asking.properties, requestMessage: 'ours, please' } }]);
  const words = ['properties', 'privateLinkServiceConnectionState', 'description'];
  expect((await connections()).map((one) => text(one, ...words))).toEqual(['ours, please']);
  await put([]);
});

describe('one that comes late', () => {
  const shows = async (read: () => Promise<readonly unknown[]>, times: number) => {
    const counts: number[] = [];
    for (let reading = 0; reading < times; reading += 1) counts.push((await read()).length);
    return counts;
  };
  const readings = (one: TestClient) => async () =>
    list((await one.get(registry)).at('properties', 'privateEndpointConnections'));

  test('shows at its registry after so many readings, once, however often the workspace is written', async () => {
    const slow = await start({ world: 'closed', faults: 'PUT */workspaces/mlw-sim 1 late:2' });
    const body = { location: 'westeurope', properties: { sharedPrivateLinkResources: [link(registry)] } };
    try {
      await slow.put(workspace, body);
      await slow.put(workspace, body);
      expect(await shows(readings(slow), 4)).toEqual([0, 0, 1, 1]);
    } finally {
      await slow.stop();
    }
  });

  test('does not come where the link is gone before', async () => {
    const slow = await start({ world: 'closed', faults: 'PUT */workspaces/mlw-sim 1 late:2' });
    const body = (links: readonly object[]) => ({
      location: 'westeurope',
      properties: { sharedPrivateLinkResources: links },
    });
    try {
      await slow.put(workspace, body([link(registry)]));
      await slow.put(workspace, body([]));
      expect(await shows(readings(slow), 4)).toEqual([0, 0, 0, 0]);
    } finally {
      await slow.stop();
    }
  });

  test('takes the time of the clock, as everything does', async () => {
    const slow = await start({ world: 'closed', clock: 'polls:1' });
    try {
      await slow.put(workspace, {
        location: 'westeurope',
        properties: { sharedPrivateLinkResources: [link(registry)] },
      });
      for (let polls = 0; polls < 2; polls += 1) await slow.get(workspace);
      expect(await shows(readings(slow), 3)).toEqual([0, 1, 1]);
    } finally {
      await slow.stop();
    }
  });
});

test('whom the workspace acts as stays, though a request does not say it', async () => {
  const reply = await client.get(workspace);
  expect(at(reply.at('identity'), 'principalId')).toBe('55555555-5555-5555-5555-555555555555');
});

test('an empty name unsets the compute that builds images', async () => {
  expect((await client.patch(workspace, { properties: { imageBuildCompute: 'cpu-cluster' } })).status).toBe(200);
  expect((await client.patch(workspace, { properties: { imageBuildCompute: '' } })).status).toBe(200);
  expect((await client.get(workspace)).at('properties', 'imageBuildCompute')).toBeUndefined();
});
