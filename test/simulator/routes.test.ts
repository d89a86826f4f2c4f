// Route tables and their routes.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, text } from '../../src/simulator/json.ts';
import { group, start, subnet, type TestClient, type TestReply } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'closed' });
});
afterEach(() => client.stop());

const table = `${group}/providers/Microsoft.Network/routeTables/rt-ml`;
const place = { location: 'westeurope' };
const route = (addressPrefix: string, nextHopType = 'Internet', more: object = {}): object => ({
  properties: { addressPrefix, nextHopType, ...more },
});
const named = (name: string, addressPrefix: string): object => ({ name, ...route(addressPrefix) });
const makeTable = (...routes: readonly object[]): Promise<TestReply> =>
  client.put(table, { ...place, properties: { routes } });
const routeNames = async (): Promise<(string | undefined)[]> =>
  list((await client.get(table)).json, 'properties', 'routes').map((item) => text(item, 'name'));

test('a table is made with its routes, and what a later PUT leaves out is gone', async () => {
  const made = await makeTable(named('a', '10.1.0.0/16'), named('b', 'BatchNodeManagement.WestEurope'));
  expect([made.status, made.at('properties', 'disableBgpRoutePropagation')]).toEqual([201, false]);
  const [first] = list(made.json, 'properties', 'routes');
  expect([text(first, 'id'), text(first, 'etag'), text(first, 'properties', 'provisioningState')]).toEqual([
    `${table}/routes/a`,
    made.at('etag'),
    'Succeeded',
  ]);
  await makeTable(named('B', 'BatchNodeManagement.WestEurope'));
  expect(await routeNames()).toEqual(['b']);
  expect((await client.get(`${table}/routes/a`)).code).toBe('NotFound');
});

test('routes live in their table and move its etag', async () => {
  const made = await makeTable();
  const put = await client.put(
    `${table}/routes/a`,
    route('0.0.0.0/0', 'virtualappliance', { nextHopIpAddress: '10.0.9.4' }),
  );
  expect([put.status, put.at('properties', 'nextHopType')]).toEqual([201, 'VirtualAppliance']);
  const shown = await client.get(table);
  expect(shown.at('etag')).toBe(put.at('etag'));
  expect(shown.at('etag')).not.toBe(made.at('etag'));
  expect(await routeNames()).toEqual(['a']);
  expect((await client.get(`${table}/routes`)).at('value')).toHaveLength(1);
  expect(
    (await client.put(`${table}/routes/a`, route('10.1.0.0/16'), { 'if-match': made.at('etag') as string })).status,
  ).toBe(412);
  expect((await client.patch(`${table}/routes/a`, {})).status).toBe(405);
  expect((await client.delete(`${table}/routes/a`)).status).toBe(200);
  expect(await routeNames()).toEqual([]);
  expect((await client.patch(table, { tags: { a: 'b' } })).at('tags', 'a')).toBe('b');
});

test.each([
  ['10.1.0.0', 'InvalidAddressPrefixFormat'],
  ['10.1.0.7/16', 'InvalidAddressPrefixFormat'],
  ['10.1.0.0/40', 'InvalidAddressPrefixFormat'],
  ['Internet', 'InvalidAddressPrefixFormat'],
  ['virtualnetwork', 'InvalidAddressPrefixFormat'],
  ['AzureLoadBalancer', 'InvalidAddressPrefixFormat'],
  ['AzurePlatformDNS', 'InvalidAddressPrefixFormat'],
  ['', 'InvalidRequestFormat'],
])('the prefix "%s" is refused with %s', async (prefix, code) => {
  await makeTable();
  const reply = await client.put(`${table}/routes/a`, route(prefix));
  expect([reply.status, reply.code]).toEqual([400, code]);
  expect((await makeTable(named('a', prefix))).code).toBe(code);
});

test.each([
  ['Nowhere', {}],
  ['VirtualAppliance', {}],
  ['VirtualAppliance', { nextHopIpAddress: '10.0.0.0/24' }],
  ['Internet', { nextHopIpAddress: '10.0.0.4' }],
])('the next hop %s %j is refused', async (hop, more) => {
  await makeTable();
  expect((await client.put(`${table}/routes/a`, route('10.1.0.0/16', hop, more))).status).toBe(400);
});

test('two routes with one prefix conflict, whichever way they come', async () => {
  await makeTable(named('a', '10.1.0.0/16'));
  const reply = await client.put(`${table}/routes/b`, route('10.1.0.0/16'));
  expect([reply.status, reply.code, reply.message]).toEqual([
    400,
    'RouteConflict',
    'Route: b conflicts with Route: a. Routes cannot have the same AddressPrefix.',
  ]);
  expect((await makeTable(named('a', 'Storage'), named('b', 'storage'))).code).toBe('RouteConflict');
  expect((await client.put(`${table}/routes/a`, route('10.1.0.0/16', 'None'))).status).toBe(200);
});

test('a table holds 400 routes, 25 of them with tags', async () => {
  const many = (count: number): object[] =>
    Array.from({ length: count }, (_, index) =>
      named(`r${index}`, `10.${Math.floor(index / 256)}.${index % 256}.0/24`),
    );
  expect((await makeTable(...many(400))).status).toBe(201);
  expect((await client.put(`${table}/routes/more`, route('172.16.0.0/24'))).status).toBe(400);
  const tags = (count: number): object[] =>
    Array.from({ length: count }, (_, index) => named(`t${index}`, `Storage.Region${index}`));
  expect((await makeTable(...tags(25))).status).toBe(200);
  expect((await makeTable(...tags(26))).status).toBe(400);
});

test('a table knows its subnets and is not deleted under them', async () => {
  await makeTable();
  await client.put(subnet('snet-pe'), {
    properties: { addressPrefix: '10.0.4.0/24', routeTable: { id: table.toUpperCase() } },
  });
  expect(list((await client.get(table)).json, 'properties', 'subnets').map((item) => text(item, 'id'))).toEqual([
    subnet('snet-pe'),
  ]);
  const reply = await client.delete(table);
  expect([reply.status, reply.code]).toEqual([400, 'InUseRouteTableCannotBeDeleted']);
  expect(reply.message).toContain(subnet('snet-pe'));
  await client.put(subnet('snet-pe'), { properties: { addressPrefix: '10.0.4.0/24' } });
  expect((await client.get(table)).at('properties', 'subnets')).toBeUndefined();
  expect((await client.delete(table)).status).toBe(200);
});

test('a table takes one write at a time', async () => {
  await client.stop();
  client = await start({ world: 'closed', clock: 'polls:1' });
  await makeTable();
  const reply = await client.put(`${table}/routes/a`, route('10.1.0.0/16'));
  expect([reply.status, reply.code]).toEqual([409, 'AnotherOperationInProgress']);
});
