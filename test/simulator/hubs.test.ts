// Hubs and projects: a hub shows its projects, a project names a hub that is there and stays with it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { list } from '../../src/simulator/json.ts';
import { group, start, type TestClient } from './support.ts';

let client: TestClient;
beforeAll(async () => {
  client = await start({ world: 'hub-project' });
});
afterAll(() => client.stop());

const of = (name: string): string => `${group}/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
const project = (hub: string): object => ({
  ...{ location: 'westeurope', kind: 'Project', identity: { type: 'SystemAssigned' } },
  properties: { hubResourceId: hub },
});

test('a hub shows its projects as they come and go', async () => {
  const shown = async () => list((await client.get(of('hub-sim'))).at('properties', 'associatedWorkspaces'));
  const before = ['mlw-sim', 'mlw-copy', 'mlw-bare'].map(of);
  expect(await shown()).toEqual(before);
  expect((await client.put(of('mlw-new'), project(of('HUB-sim')))).status).toBeLessThan(300);
  expect(await shown()).toEqual([...before, of('mlw-new')]);
  await client.delete(of('mlw-new'));
  expect(await shown()).toEqual(before);
  expect((await client.get(of('mlw-sim'))).at('properties', 'associatedWorkspaces')).toBeUndefined();
});

test('a project needs a hub, and cannot be moved to another', async () => {
  expect((await client.put(of('mlw-lost'), project(of('nowhere')))).code).toBe('ValidationError');
  expect((await client.put(of('mlw-lost'), project(of('mlw-copy')))).code).toBe('ValidationError');
  const moved = await client.patch(of('mlw-copy'), { properties: { hubResourceId: of('hub-private') } });
  expect([moved.status, moved.code]).toEqual([400, 'PropertyChangeNotAllowed']);
});
