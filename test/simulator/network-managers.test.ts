// A network manager: what it has put in force in a network, reported by the action and by Resource Graph.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { network, start, type TestClient, type TestReply } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'governed' });
});
afterEach(() => client.stop());

const home = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-hub';
const manager = `${home}/providers/Microsoft.Network/networkManagers/avnm-org`;
const version = '?api-version=2024-01-01';

const ask = (body: object = {}): Promise<TestReply> =>
  client.send('POST', `${network}/listNetworkManagerEffectiveSecurityAdminRules${version}`, body);
const names = (reply: TestReply): (string | undefined)[] =>
  list(reply.json, 'value').map((rule) => text(rule, 'id')?.split('/').at(-1));
const commit = (body: object): Promise<TestReply> => client.send('POST', `${manager}/commit${version}`, body);
const graph = async (): Promise<(string | undefined)[]> => {
  const query =
    "networkresources | where type =~ 'microsoft.network/effectivesecurityadminrules' | project id, properties";
  const reply = await client.send('POST', '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01', {
    query,
  });
  return list(reply.json, 'data').map((row) => text(row, 'id'));
};

test('what is committed to the region of a network is in effect there, for the networks of its groups', async () => {
  const reply = await ask();
  expect(reply.status).toBe(200);
  expect(names(reply)).toEqual(['deny-internet-in', 'deny-smb-out', 'always-monitor']);
  const [first] = list(reply.json, 'value');
  expect([text(first, 'kind'), text(first, 'properties', 'access')]).toEqual(['Custom', 'Deny']);
  expect(text(first, 'configurationDescription')).toMatch(/every network/);
  expect((await client.get(manager)).text).not.toContain('committed');
});

test('Resource Graph names the networks that are ruled, to any reader', async () => {
  expect(await graph()).toEqual([
    `${network}/providers/Microsoft.Network/effectiveSecurityAdminRules/default`.toLowerCase(),
  ]);
  await client.delete(`${manager}/networkGroups/ng-workloads/staticMembers/vnet-ml`);
  expect(await graph()).toEqual([]);
  expect(names(await ask())).toEqual([]);
});

test('a commit puts configurations in force in its regions, in place of those before', async () => {
  const lab = `${manager}/securityAdminConfigurations/sac-lab`;
  const put = (configurationIds: readonly string[], commitType = 'SecurityAdmin'): Promise<TestReply> =>
    commit({ targetLocations: ['westeurope'], configurationIds, commitType });
  expect((await put([lab])).status).toBe(200);
  expect(names(await ask())).toEqual(['deny-lab']);
  expect((await put([])).status).toBe(200);
  expect(names(await ask())).toEqual([]);
  expect((await put([`${lab}-none`])).code).toBe('InvalidResourceReference');
  expect((await put([lab], 'Routing')).code).toBe('InvalidRequestFormat');
});

test('long lists come in pages', async () => {
  const rules = `${manager}/securityAdminConfigurations/sac-baseline/ruleCollections/rc-all/rules`;
  const properties = { protocol: 'Tcp', direction: 'Inbound', access: 'Deny', sources: [], destinations: [] };
  for (let index = 0; index < 100; index += 1) {
    await client.put(`${rules}/more-${index}`, {
      kind: 'Custom',
      properties: { ...properties, priority: 200 + index },
    });
  }
  const first = await ask();
  expect(names(first)).toHaveLength(100);
  expect(names(await ask({ skipToken: text(first.json, 'skipToken') }))).toHaveLength(3);
});
