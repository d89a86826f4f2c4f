// Computes as the service takes and refuses them: where they may be placed, what they take of their subnet, what a region may hold.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { network, start, subnet, type TestClient, workspace } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'crowded' });
});
afterEach(() => client.stop());

const compute = (name: string): string => `${workspace}/computes/${name}`;
const body = (computeType: string, where: string | null, more: object = {}): object => ({
  location: 'westeurope',
  properties: {
    computeType,
    properties: {
      vmSize: 'STANDARD_DS2_V2',
      ...(computeType === 'AmlCompute' ? { scaleSettings: { minNodeCount: 0, maxNodeCount: 2 } } : {}),
      ...(where === null ? {} : { subnet: { id: where } }),
      ...more,
    },
  },
});
const instance = (where: string | null, more: object = {}): object => body('ComputeInstance', where, more);
const put = (name: string, what: object) => client.put(compute(name), what);
const taken = async (name: string): Promise<number> =>
  list((await client.get(subnet(name))).json, 'properties', 'ipConfigurations').length;

test('an instance takes an address of its subnet, and gives it back when it is deleted', async () => {
  expect(await taken('snet-dev')).toBe(0);
  const made = await put('ci-new', instance(subnet('snet-dev')));
  expect([made.status, text(made.json, 'properties', 'properties', 'sshSettings', 'sshPublicAccess')]).toEqual([
    201,
    'Disabled',
  ]);
  expect(await taken('snet-dev')).toBe(1);
  // A lock of the world is on the whole network, and comes first.
  expect((await client.delete(subnet('snet-dev'))).code).toBe('ScopeLocked');
  await client.delete(`${compute('ci-new')}?underlyingResourceAction=Delete`);
  expect(await taken('snet-dev')).toBe(0);
});

test('a cluster takes as many as its fewest nodes, and shows what the service adds', async () => {
  const made = await put(
    'two',
    body('AmlCompute', subnet('snet-dev'), { scaleSettings: { minNodeCount: 2, maxNodeCount: 3 } }),
  );
  expect(text(made.json, 'properties', 'properties', 'allocationState')).toBe('Steady');
  expect(await taken('snet-dev')).toBe(2);
});

test.each([
  ['a subnet that is not there', instance(subnet('snet-nowhere')), 'SubnetNotFound', /was not found/],
  ['a delegated subnet', instance(subnet('snet-gpu')), 'BadRequest', /delegation\(s\) \[Microsoft\.Web\/serverFarms\]/],
  [
    'a full subnet',
    body('AmlCompute', subnet('snet-train'), { scaleSettings: { minNodeCount: 3, maxNodeCount: 3 } }),
    'SubnetIsFull',
    /not have enough capacity for 3/,
  ],
  ['a size that is none', instance(null, { vmSize: 'STANDARD_NONE' }), 'BadRequest', /STANDARD_NONE is not supported/],
])('%s is refused', async (_why, what, code, says) => {
  const reply = await put('new', what);
  expect([reply.status, reply.code]).toEqual([400, code]);
  expect(reply.message).toMatch(says);
});

test('a family without a core left refuses even one machine; the regional count says so beforehand', async () => {
  expect((await put('gpu-one', instance(null, { vmSize: 'Standard_NC6s_v3' }))).status).toBe(201);
  const reply = await put('gpu-two', instance(null, { vmSize: 'Standard_NC6s_v3' }));
  expect([reply.code, reply.message]).toEqual(['BadRequest', expect.stringMatching(/NCSv3 family vCPU quota of 6/)]);
  const at = (what: string) =>
    client.get(
      `/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.MachineLearningServices/locations/westeurope/${what}`,
    );
  const rows = list((await at('usages')).json, 'value').map((row) => text(row, 'name', 'value'));
  expect(rows).toContain('Standard NCSv3 Family Cluster Dedicated vCPUs');
  const sizes = list((await at('vmSizes')).json, 'value').map((row) => text(row, 'name'));
  expect(sizes).toContain('Standard_NC6s_v3');
});

test('an instance is in the region of its workspace, a cluster may be elsewhere', async () => {
  const north = `${network}-north`;
  const properties = {
    addressSpace: { addressPrefixes: ['10.7.0.0/16'] },
    subnets: [{ name: 'one', properties: { addressPrefix: '10.7.1.0/24' } }],
  };
  expect((await client.put(north, { location: 'northeurope', properties })).status).toBe(201);
  const refused = await put('ci-north', instance(`${north}/subnets/one`));
  expect([refused.code, refused.message]).toEqual(['BadRequest', expect.stringMatching(/northeurope.*westeurope/)]);
  expect((await put('north', body('AmlCompute', `${north}/subnets/one`))).status).toBe(201);
});

test('the subnet of an existing compute never changes', async () => {
  const reply = await put('quiet-cluster', body('AmlCompute', subnet('snet-pe')));
  expect([reply.status, reply.code]).toEqual([400, 'PropertyChangeNotAllowed']);
});
