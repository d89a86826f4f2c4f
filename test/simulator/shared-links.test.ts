// Shared private links of a workspace: written with the whole workspace, waiting at the registry until they are approved there,
// and gone with their connection.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, list, text } from '../../src/simulator/json.ts';
import { type Client, group, start } from './support.ts';

const workspace = `${group}/providers/Microsoft.MachineLearningServices/workspaces/mlw-sim`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/acrmlsim`;

let client: Client;
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

test('whom the workspace acts as stays, though a request does not say it', async () => {
  const reply = await client.get(workspace);
  expect(at(reply.at('identity'), 'principalId')).toBe('55555555-5555-5555-5555-555555555555');
});

test('an empty name unsets the compute that builds images', async () => {
  expect((await client.patch(workspace, { properties: { imageBuildCompute: 'cpu-cluster' } })).status).toBe(200);
  expect((await client.patch(workspace, { properties: { imageBuildCompute: '' } })).status).toBe(200);
  expect((await client.get(workspace)).at('properties', 'imageBuildCompute')).toBeUndefined();
});
