// Resource Graph: simple queries over the world `mixed`, in pages, and refused where they cannot be parsed.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type ArmJson, at, JsonNumber, list, stringifyJson, text } from '../../src/simulator/json.ts';
import { parseQuery, runQuery } from '../../src/simulator/resource-graph/query.ts';
import { Store } from '../../src/simulator/store/store.ts';
import { account, start, type TestClient } from './support.ts';

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
  const reply = await ask(`${query} | project id, name`);
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
  [`${accounts} and properties.creationTime between (datetime(2024-01-01) .. now())`, 4],
  [`${accounts} and todatetime(properties.creationTime) > ago(1d)`, 0],
  [`${accounts} and name has_any ('stmlsim', 'other') or name == 'vnet-ml'`, 2],
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
    const reply = await ask(`${accounts} | project id, name`, {
      $top: 3,
      ...(token === '' ? {} : { $skipToken: token }),
    });
    expect(reply.headers['x-ms-user-quota-remaining']).toMatch(/^[0-9]+$/);
    expect(reply.headers['x-ms-user-quota-resets-after']).toMatch(/^00:00:0[1-5]$/);
    expect(at(reply.json, 'totalRecords')).toEqual(new JsonNumber('4'));
    seen.push(...list(reply.json, 'data').map((row) => text(row, 'name') ?? ''));
    token = text(reply.json, '$skipToken');
  }
  expect(seen.toSorted()).toEqual(['lakemlsim', 'stmlarch', 'stmldata', 'stmlsim']);
});

test('columns that are added and taken away, groups, sets and expanded lists', async () => {
  const rows = async (query: string) =>
    list((await ask(query)).json, 'data').map((row) => Object.fromEntries(row as Map<string, ArmJson>));
  const plain = (value: ArmJson | undefined): unknown => JSON.parse(stringifyJson(value ?? null));
  expect(
    (
      await rows(
        `${accounts} | extend short = strcat(name, '/', location) | where short endswith 'europe' | project short | order by short asc | take 1`,
      )
    ).map(plainOf),
  ).toEqual([{ short: 'lakemlsim/westeurope' }]);
  expect(
    (
      await rows(
        `${accounts} | summarize all = count(), denied = countif(properties.networkAcls.defaultAction == 'Deny') by location`,
      )
    ).map(plainOf),
  ).toEqual([{ location: 'westeurope', all: 4, denied: 3 }]);
  expect((await rows(`${accounts} | distinct location, type`)).map(plainOf)).toEqual([
    { location: 'westeurope', type: 'microsoft.storage/storageaccounts' },
  ]);
  const subnets = await rows(
    "resources | where type =~ 'microsoft.network/virtualnetworks' | mv-expand subnet = properties.subnets | project name, subnet = tostring(subnet.name) | where name == 'vnet-ml'",
  );
  expect(subnets.map(({ subnet }) => subnet)).toContain('snet-train');
  expect(Object.keys((await rows(`${accounts} | project-away properties, tags | take 1`))[0] ?? {})).toContain('sku');
  function plainOf(row: Record<string, ArmJson>): unknown {
    return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)]));
  }
});

test('tables are joined by keys of the same or another name; of columns of both sides the right one has a number', async () => {
  const rows = async (query: string) => {
    const reply = await ask(query);
    expect([reply.status, reply.message]).toEqual([200, '']);
    return list(reply.json, 'data').map((row) => JSON.parse(stringifyJson(row)));
  };
  const groups =
    "resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups' | project resourceGroup, groupName = name, location";
  const joined = await rows(
    `${accounts} | project id, name, resourceGroup, location | join kind=inner (${groups}) on resourceGroup | order by name asc`,
  );
  expect(joined.map(({ name }) => name)).toEqual(['lakemlsim', 'stmlarch', 'stmldata', 'stmlsim']);
  expect(Object.keys(joined[0])).toEqual([
    ...['id', 'name', 'resourceGroup', 'location', 'resourceGroup1', 'groupName', 'location1'],
  ]);
  expect(joined[0].groupName.toLowerCase()).toBe(joined[0].resourceGroup);
  const one = `${accounts} | where name == 'stmlsim' | project other = name, kind`;
  const named = (kind: string) =>
    rows(`${accounts} | project name | join kind=${kind} (${one}) on $left.name == $right.other | order by name asc`);
  expect(await named('inner')).toEqual([{ name: 'stmlsim', other: 'stmlsim', kind: 'StorageV2' }]);
  expect((await named('leftouter')).map(({ other }) => other)).toEqual([null, null, null, 'stmlsim']);
  // A row for each match, and without a kind one for each key of the left side.
  const all = `(${accounts} | project location)`;
  const countOf = async (kind: string) =>
    (await rows(`${accounts} | project location | join ${kind}${all} on location`)).length;
  expect([await countOf('kind=inner '), await countOf('')]).toEqual([16, 4]);
  const reply = await ask(`${accounts}${` | join kind=inner ${all} on location`.repeat(4)}`);
  expect(text(list(reply.json, 'error', 'details')[1], 'message')).toBe('Number of join operators exceeds 3');
  for (const wrong of [
    'kind=rightanti (resources) on id',
    'kind=inner (resources) on nothing',
    'kind=inner resources on id',
  ])
    expect((await ask(`resources | join ${wrong}`)).status).toBe(400);
});

test('rows that are not on a page are not read, whatever stands before the order', () => {
  const read: string[] = [];
  const table = ['b', 'd', 'a', 'c'].map((name) => ({
    head: new Map([['id', name]]),
    whole: () => {
      read.push(name);
      return new Map([
        ['id', name],
        ['kind', `of ${name}`],
      ]);
    },
  }));
  const pageOf = (query: string) => {
    read.length = 0;
    const { page, total } = runQuery(parseQuery(query, 0), () => table, 1, 2);
    return [total, ...page.map((row) => [...row.values()].join(' '))];
  };
  expect(pageOf('resources | project id, kind | order by id asc')).toEqual([4, 'b of b', 'c of c']);
  expect(read).toEqual(['b', 'c']);
  expect(pageOf('resources | extend key = tolower(id) | where key != "b" | order by key asc')).toEqual([
    3,
    'c of c c',
    'd of d d',
  ]);
  expect(read).toEqual(['c', 'd']);
  // What another column says cannot be known without the row, also under the name of one that can.
  expect(pageOf('resources | project id = kind | order by id asc')).toEqual([4, 'of b', 'of c']);
  expect(new Set(read).size).toBe(4);
});

test('a column that is not there, and a second page of a query without ids, are refused or cut', async () => {
  const unknown = await ask(`${accounts} | where properties.x == 1 and sort == 'a'`);
  expect([unknown.status, text(list(unknown.json, 'error', 'details')[1], 'message')]).toEqual([
    400,
    "Failed to resolve scalar expression named 'sort'",
  ]);
  const cut = await ask(`${accounts} | project name`, { $top: 3 });
  expect([cut.at('resultTruncated'), cut.at('$skipToken')]).toEqual(['true', undefined]);
  expect((await ask(accounts, { $top: 1001 })).status).toBe(400);
  expect((await ask(accounts, undefined, '2020-01-01')).code).toBe('NoRegisteredProviderFound');
});

test('a skip token is for its query, its scopes and its simulator', async () => {
  const first = await ask(`${accounts} | project id`, { $top: 1 });
  const token = text(first.json, '$skipToken') ?? '';
  const next = (query: string, $skipToken: string) => ask(query, { $skipToken });
  expect(list((await next(`${accounts} | project id`, token)).json, 'data')).toHaveLength(1);
  for (const [query, given] of [
    [`${accounts} | project id, name`, token],
    [`${accounts} | project id`, `${token.slice(0, -2)}AA`],
    [`${accounts} | project id`, Buffer.from('["[0,1000,0]","x"]').toString('base64url')],
    [`${accounts} | project id`, 'nonsense'],
  ] as const) {
    const reply = await next(query, given);
    expect([reply.status, text(list(reply.json, 'error', 'details')[0], 'code')]).toEqual([400, 'InvalidSkipToken']);
  }
});

test('scopes: subscriptions, management groups, too many, none of the caller', async () => {
  const within = (scope: object) =>
    client.send('POST', `${url}?api-version=2024-04-01`, { query: 'resources | count', ...scope });
  const all = (await within({})).text;
  expect((await within({ managementGroups: [client.sim.tenant] })).text).toBe(all);
  expect((await within({ managementGroups: ['nope'] })).code).toBe('AccessDenied');
  const invalid = await within({ managementGroups: ['Tenant Root Group'] });
  expect([invalid.status, text(list(invalid.json, 'error', 'details')[0], 'code')]).toEqual([
    400,
    'ManagementGroupsContainInvalidIds',
  ]);
  expect((await within({ subscriptions: [client.sim.subscription.toUpperCase(), 'unknown'] })).text).toBe(all);
  expect((await within({ subscriptions: ['unknown'] })).code).toBe('AccessDenied');
  expect((await within({ subscriptions: Array.from({ length: 301 }, String) })).status).toBe(400);
});

test('facets count the values of a column', async () => {
  const reply = await client.send('POST', `${url}?api-version=2024-04-01`, {
    ...{ subscriptions: [client.sim.subscription], query: 'resources | project id, type' },
    facets: [{ expression: 'type', options: { $top: 1 } }, { expression: 'nothing' }],
  });
  const [found, failed] = list(reply.json, 'facets');
  expect([text(found, 'resultType'), at(found, 'count')]).toEqual(['FacetResult', new JsonNumber('1')]);
  expect(text(failed, 'resultType')).toBe('FacetError');
});

test('a quota, an index that lags behind and a subscription that is not readable', async () => {
  const other = await start({ world: 'mixed', graph: 'quota=2' });
  const count = () =>
    other.send('POST', `${url}?api-version=2024-04-01`, {
      query: `${accounts} | where properties.networkAcls.defaultAction == 'Deny'`,
    });
  const denied = async () => list((await count()).json, 'data').length;
  const seen = [await count(), await count(), await count()];
  expect(seen.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(seen.map(({ headers }) => headers['x-ms-user-quota-remaining'])).toEqual(['1', '0', '0']);
  expect([seen[2]?.code, Number(seen[2]?.headers['retry-after'])]).toEqual(['RateLimiting', expect.any(Number)]);
  other.sim.setGraph('held');
  await other.patch(account('stmldata'), { properties: { networkAcls: { defaultAction: 'Deny' } } });
  await other.delete(account('stmlarch'));
  expect(await denied()).toBe(3);
  expect(
    list((await other.send('POST', `${url}?api-version=2024-04-01`, { query: 'resourcechanges' })).json, 'data'),
  ).toEqual([]);
  other.sim.setGraph('lag=3600');
  expect(await denied()).toBe(3);
  other.sim.setGraph('');
  expect(await denied()).toBe(3);
  expect((await other.get(account('stmlarch'))).status).toBe(404);
  other.sim.setGraph(`denied=${other.sim.subscription}`);
  expect((await count()).code).toBe('AccessDenied');
  expect(() => other.sim.setGraph('lag=soon')).toThrow('Invalid setting of Resource Graph "lag=soon"');
  await other.stop();
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
  'Resources | evaluate bag_unpack(tags)',
  'Resources | join Resources on id',
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

test('a page of security groups reads the interfaces of their subscription alone', async () => {
  const fleet = await start({ world: 'fleet', workspaces: 60 });
  const read = vi.spyOn(Store.prototype, 'document');
  try {
    const { subscription } = fleet.sim;
    const reply = await fleet.send('POST', `${url}?api-version=2024-04-01`, {
      subscriptions: [subscription],
      query: "Resources | where type =~ 'Microsoft.Network/networkSecurityGroups'",
    });
    expect(list(reply.json, 'data').length).toBeGreaterThan(0);
    const interfaces = read.mock.calls
      .map(([id]) => id.toLowerCase())
      .filter((id) => id.includes('/networkinterfaces/'));
    expect(interfaces.length).toBeGreaterThan(0);
    expect(interfaces.filter((id) => !id.startsWith(`/subscriptions/${subscription}/`))).toEqual([]);
  } finally {
    read.mockRestore();
    await fleet.stop();
  }
});
