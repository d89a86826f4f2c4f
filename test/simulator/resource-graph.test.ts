// Resource Graph: simple queries over the world `mixed`, in pages, and refused where they cannot be parsed.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, JsonNumber, list, text } from '../../src/simulator/json.ts';
import { start, type TestClient } from './support.ts';

const url = '/providers/Microsoft.ResourceGraph/resources';
let client: TestClient;
beforeAll(async () => {
  client = await start({ world: 'mixed' });
});
afterAll(() => client.stop());

const ask = (query: string, options?: object, version = '2024-04-01') =>
  client.send('POST', `${url}?api-version=${version}`, {
    subscriptions: [client.sim.subscription],
    query,
    ...(options ? { options } : {}),
  });
const names = async (query: string): Promise<string[]> => {
  const reply = await ask(`${query} | project name`);
  expect([reply.status, reply.message]).toEqual([200, '']);
  return list(reply.json, 'data').map((row) => text(row, 'name') ?? '');
};
const accounts = "Resources | where type == 'microsoft.storage/storageaccounts'";

test.each([
  [accounts, 4],
  ["Resources | where type =~ 'Microsoft.Storage/storageAccounts' and name contains 'sim'", 2],
  ["resources | where type endswith '/storageaccounts' and not (name startswith 'st')", 1],
  ["Resources | where type in ('microsoft.keyvault/vaults', 'microsoft.network/virtualnetworks')", 3],
  ["Resources | where type in~ ('Microsoft.KeyVault/vaults')", 1],
  ["Resources | where type !in ('microsoft.storage/storageaccounts') and type has 'storage'", 0],
  [`${accounts} and properties.networkAcls.defaultAction != 'Deny'`, 1],
  [`${accounts} and tolower(tostring(properties['networkAcls'].defaultAction)) == 'deny' // three`, 3],
  [`${accounts} and (properties.isHnsEnabled == true or name == 'stmldata')`, 2],
  [`${accounts} and isnotempty(properties.isHnsEnabled)`, 1],
  [`${accounts} and isnull(properties.isHnsEnabled)`, 3],
  ["ResourceContainers | where type == 'microsoft.resources/subscriptions/resourcegroups'", 1],
])('%s: %i', async (query, count) => {
  expect(await names(query)).toHaveLength(count);
});

test('order, limit and count', async () => {
  expect(await names(`${accounts} | order by name asc | take 2`)).toEqual(['lakemlsim', 'stmlarch']);
  expect(await names(`${accounts} | sort by name | limit 1`)).toEqual(['stmlsim']);
  const [row] = list((await ask(`${accounts} | count`)).json, 'data');
  expect(at(row, 'Count')).toEqual(new JsonNumber('4'));
});

test('columns by path, by name, and by alias', async () => {
  const [row] = list(
    (await ask(`${accounts} | where name == 'stmlsim' | project id, properties.networkAcls.defaultAction, what = type`))
      .json,
    'data',
  );
  expect([...(row as Map<string, unknown>).keys()]).toEqual(['id', 'properties_networkAcls_defaultAction', 'what']);
  expect([text(row, 'properties_networkAcls_defaultAction'), text(row, 'what')]).toEqual([
    'Deny',
    'microsoft.storage/storageaccounts',
  ]);
});

test('pages by the token in the body, with the quota in the headers', async () => {
  const seen: string[] = [];
  for (let token: string | undefined = ''; token !== undefined; ) {
    const reply = await ask(`${accounts} | project name`, { $top: 3, ...(token === '' ? {} : { $skipToken: token }) });
    expect(reply.headers['x-ms-user-quota-remaining']).toMatch(/^[0-9]+$/);
    expect(reply.headers['x-ms-user-quota-resets-after']).toBe('00:00:05');
    expect(at(reply.json, 'totalRecords')).toEqual(new JsonNumber('4'));
    seen.push(...list(reply.json, 'data').map((row) => text(row, 'name') ?? ''));
    token = text(reply.json, '$skipToken');
  }
  expect(seen.toSorted()).toEqual(['lakemlsim', 'stmlarch', 'stmldata', 'stmlsim']);
});

test('the old version answers with a table', async () => {
  const reply = await ask(`${accounts} | project name | take 1`, undefined, '2019-04-01');
  expect(list(reply.json, 'data', 'rows')).toHaveLength(1);
  expect(list(reply.json, 'data', 'columns').map((column) => text(column, 'name'))).toEqual(['name']);
});

test.each([
  '',
  'Nothing',
  'Resources | where',
  'Resources | summarize count() by type',
  "Resources | where name == 'open",
  'Resources | where name ^ 1',
  'Resources | take many',
])('"%s" cannot be parsed, and is refused in the words of the service', async (query) => {
  const reply = await ask(query);
  expect([reply.status, reply.code]).toEqual([400, 'BadRequest']);
  expect(list(reply.json, 'error', 'details').map((detail) => text(detail, 'code'))).toEqual([
    'InvalidQuery',
    'ParserFailure',
  ]);
});
