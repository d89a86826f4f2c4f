// Every status the simulator gives to a write is one that the published descriptions of the operation list.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Exchange } from '../../src/simulator/index.ts';
import { outside } from '../support/outside.ts';
import { group, network, start, subnet, type TestClient, vault, workspace } from './support.ts';

const { place: file, isHere, note } = outside('specs/statuses.json');
const errors = 400;

/** `PUT /subscriptions/{}/resourcegroups/{}/providers/microsoft.x/y/{}`: names replaced, types kept. */
function template(exchange: Exchange): string {
  const parts = (exchange.url.split('?')[0] ?? '').split('/').slice(1);
  const provider = parts.lastIndexOf('providers');
  const shown = parts.map((part, index) => {
    const isName =
      provider < 0 || index < provider ? index % 2 === 1 : index > provider + 1 && (index - provider) % 2 === 1;
    return isName ? '{}' : part.toLowerCase();
  });
  return `${exchange.method} /${shown.join('/')}`;
}

test.skipIf(!isHere).each(['instant', 'polls:1'])(`%s${note}`, async (clock) => {
  const known = JSON.parse(readFileSync(file, 'utf8')) as Record<string, { statuses: number[] }>;
  const client: TestClient = await start({ world: 'open', clock });
  const seen: Exchange[] = [];
  client.sim.onExchange((exchange) => seen.push(exchange));
  await tour(client);
  const judged = seen.filter((exchange) => exchange.status < errors && known[template(exchange)] !== undefined);
  const wrong = judged.filter((exchange) => !known[template(exchange)]?.statuses.includes(exchange.status));
  expect(wrong.map((exchange) => `${template(exchange)} ${exchange.status}`)).toEqual([]);
  expect(new Set(judged.map(template)).size).toBeGreaterThan(18);
  await client.stop();
});

/** Every verb of every type that has its own file, each ended before the next begins. */
async function tour(client: TestClient): Promise<void> {
  const settle = async (id: string): Promise<void> => {
    for (let count = 0; count < 4; count += 1) await client.get(id);
  };
  const account = `${group}/providers/Microsoft.Storage/storageAccounts/sttour`;
  const place = { location: 'westeurope' };
  const steps: readonly (readonly [string, object | null, object | null])[] = [
    [account, { ...place, kind: 'StorageV2', sku: { name: 'Standard_LRS' }, properties: {} }, { tags: {} }],
    [
      vault.replace('kv-mlsim', 'kv-tour'),
      {
        ...place,
        properties: { tenantId: client.sim.tenant, sku: { family: 'A', name: 'standard' }, accessPolicies: [] },
      },
      { properties: {} },
    ],
    [
      network.replace('vnet-ml', 'vnet-tour'),
      { ...place, properties: { addressSpace: { addressPrefixes: ['10.3.0.0/16'] } } },
      { tags: {} },
    ],
    [subnet('snet-tour'), { properties: { addressPrefix: '10.0.5.0/24' } }, null],
    [`${group}/providers/Microsoft.Network/networkSecurityGroups/nsg-tour`, { ...place, properties: {} }, { tags: {} }],
    [
      `${group}/providers/Microsoft.Network/loadBalancers/lb-tour`,
      {
        ...place,
        properties: {
          frontendIPConfigurations: [{ name: 'front', properties: { subnet: { id: subnet('snet-pe') } } }],
        },
      },
      { tags: {} },
    ],
    [
      `${workspace}/datastores/tour`,
      {
        properties: {
          datastoreType: 'AzureBlob',
          accountName: 'stmldata',
          containerName: 'c',
          credentials: { credentialsType: 'None' },
        },
      },
      null,
    ],
    [
      `${workspace}/onlineEndpoints/tour`,
      { ...place, identity: { type: 'SystemAssigned' }, properties: { authMode: 'Key' } },
      { tags: {} },
    ],
    [
      `${workspace}/computes/tour?underlyingResourceAction=Delete`,
      { ...place, properties: { computeType: 'AmlCompute', properties: {} } },
      { properties: { properties: { scaleSettings: { maxNodeCount: 1 } } } },
    ],
    [workspace.replace('mlw-sim', 'mlw-tour'), { ...place, properties: {} }, { properties: { description: 'x' } }],
  ];
  for (const [id, put, patch] of steps) {
    for (const body of [put, put]) {
      if (body) await client.put(id, body);
      await settle(id);
    }
    if (patch) await client.patch(id, patch);
    await settle(id);
    await client.delete(id);
    await settle(id);
    await client.delete(id);
  }
  await client.get(`${network}/usages`);
  await client.get(`${workspace}/computes`);
}
