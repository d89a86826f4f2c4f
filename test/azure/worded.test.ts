// Computes are written by Microsoft's client where it can express them: one request, to the previewed api-version, that
// says what was previewed, with either client.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type JsonObject, parseJson, sameJson, stringifyJson } from '../../src/model/json.ts';
import { clientTo } from './serving.ts';

const computes =
  '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg (ml)/providers/Microsoft.MachineLearningServices/workspaces/mlw/computes';
const request = (body: JsonObject, name = 'cpu') =>
  ({ method: 'PUT', id: `${computes}/${name}`, apiVersion: '2024-04-01', body }) as const;
const subnet = { id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v/subnets/s' };
/** Its members are in another order than the client's. */
const cluster = (inner: JsonObject = {}): JsonObject => ({
  properties: {
    properties: { subnet, enableNodePublicIp: false, vmSize: 'STANDARD_D2_V2', ...inner },
    computeType: 'AmlCompute',
  },
  location: 'westeurope',
});
const instance: JsonObject = {
  location: 'westeurope',
  properties: { computeType: 'ComputeInstance', properties: { enableNodePublicIp: false, vmSize: 'STANDARD_D2_V2' } },
};
const operation = (origin: string) => ({
  'azure-asyncoperation': `${origin}/subscriptions/s/operations/1`,
  'retry-after': '1',
});

test('a cluster is sent by the SDK client, once, and the ARM client polls its operation', async () => {
  const { arm, heard } = await clientTo((_, origin) => ({ status: 201, headers: operation(origin), body: '{}' }));
  const body = cluster();
  expect(await arm.write(request(body))).toMatchObject({ state: 'running', retryAfter: 1 });
  expect(heard.map(({ method, url }) => [method, url])).toEqual([
    ['PUT', `${computes.replace(' ', '%20')}/cpu?api-version=2024-04-01`],
  ]);
  const [said] = heard;
  expect(sameJson(parseJson(said?.body ?? ''), body)).toBe(true);
  expect(said?.body).not.toBe(stringifyJson(body));
});

test('what the SDK client cannot express is sent as it was previewed', async () => {
  const { arm, heard } = await clientTo(() => ({ status: 200, body: '{"name":"cpu"}' }));
  const odd = cluster({ unheardOf: 12345678901234567890n.toString() });
  for (const body of [instance, odd]) expect(await arm.write(request(body))).toMatchObject({ state: 'done' });
  expect(heard.map(({ body }) => body)).toEqual([instance, odd].map((body) => stringifyJson(body)));
});

test('a refusal is kept whole, and an answer that never comes leaves it open: neither is sent again', async () => {
  const refusal = '{"error":{"code":"ClusterCoreQuotaReached","message":"no cores"}}';
  const refused = await clientTo(() => ({ status: 400, body: refusal }));
  expect(await refused.arm.write(request(cluster()))).toMatchObject({
    state: 'refused',
    refusal: { status: 400, code: 'ClusterCoreQuotaReached', message: 'no cores' },
  });
  expect(refused.heard).toHaveLength(1);
  const hung = await clientTo(() => 'hang up');
  expect(await hung.arm.write(request(cluster()))).toMatchObject({ state: 'lost' });
  expect(hung.heard).toHaveLength(1);
  const failing = await clientTo(() => ({ status: 503, headers: { 'retry-after': '1' }, body: 'not now' }));
  expect(await failing.arm.write(request(cluster()))).toMatchObject({ state: 'refused', refusal: { status: 503 } });
  expect(failing.heard).toHaveLength(1);
});

test('whatever is written, one request says exactly that', async () => {
  const { arm, heard } = await clientTo(() => ({ status: 200, body: '{"name":"cpu"}' }));
  const name = fc.constantFrom(
    'vmSize',
    'subnet',
    'scaleSettings',
    'computeType',
    'properties',
    'location',
    'resourceId',
    '__proto__',
  );
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('AKS', 'AmlCompute', 'PT120S', { minNodeCount: 0, maxNodeCount: 4 }, 1e21, null),
  );
  const members = fc.dictionary(fc.oneof(name, fc.string({ maxLength: 5 })), value, { maxKeys: 4 });
  const type = fc.constantFrom('AmlCompute', 'AKS', 'ComputeInstance', 'Kubernetes', 'toString', '');
  await fc.assert(
    fc.asyncProperty(type, members, members, members, async (computeType, outer, middle, inner) => {
      heard.length = 0;
      const body = parseJson(
        JSON.stringify({ ...outer, properties: { ...middle, computeType, properties: inner } }),
      ) as JsonObject;
      expect(await arm.write(request(body))).toMatchObject({ state: 'done' });
      expect(heard).toHaveLength(1);
      expect(sameJson(parseJson(heard[0]?.body ?? ''), body)).toBe(true);
    }),
    { numRuns: 60 },
  );
});
