// HDInsight clusters: what the service fills in, and what it refuses about their networks.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { group, network, start, subnet, type TestClient } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'closed' });
});
afterEach(() => client.stop());

const cluster = `${group}/providers/Microsoft.HDInsight/clusters/hdi`;
const make = (...subnets: readonly (string | null)[]) =>
  client.put(cluster, {
    location: 'westeurope',
    properties: {
      clusterVersion: '5.1',
      clusterDefinition: { kind: 'Spark' },
      computeProfile: {
        roles: subnets.map((id, index) => ({
          name: index === 0 ? 'headnode' : 'workernode',
          ...(id === null ? {} : { virtualNetworkProfile: { id: network, subnet: id } }),
        })),
      },
    },
  });

test('a cluster comes with its endpoints, and is managed from outside unless said', async () => {
  const made = await make(subnet('snet-dev'), subnet('snet-dev'));
  expect(made.status).toBe(200);
  const names = list(made.json, 'properties', 'connectivityEndpoints').map((item) => text(item, 'location'));
  expect(names).toEqual(['hdi-ssh.azurehdinsight.net', 'hdi.azurehdinsight.net']);
  expect(made.at('properties', 'networkProperties', 'resourceProviderConnection')).toBe('Inbound');
});

test('its network is one that exists, the same for all roles, and stays', async () => {
  expect((await make(subnet('snet-lost'))).code).toBe('BadRequest');
  expect((await make(subnet('snet-dev'), subnet('snet-gpu'))).code).toBe('BadRequest');
  expect((await make()).code).toBe('BadRequest');
  expect((await make(subnet('snet-dev'))).status).toBe(200);
  expect((await make(subnet('snet-gpu'))).code).toBe('BadRequest');
  expect((await make(subnet('snet-dev'))).status).toBe(200);
});
