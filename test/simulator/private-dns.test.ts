// Private zones, their links, and the records that zone groups keep in them.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { list, stringifyJson, text } from '../../src/simulator/json.ts';
import { account, group, network, start, subnet, type TestClient, type TestReply, workspace } from './support.ts';

let client: TestClient;
beforeEach(async () => {
  client = await start({ world: 'closed' });
});
afterEach(() => client.stop());

const zoneNamed = (name: string, where = group): string =>
  `${where}/providers/Microsoft.Network/privateDnsZones/${name}`;
const zone = zoneNamed('privatelink.blob.core.windows.net');
const link = `${zone}/virtualNetworkLinks/to-ml`;
const endpoint = `${group}/providers/Microsoft.Network/privateEndpoints/pe-blob`;
const zoneGroup = `${endpoint}/privateDnsZoneGroups/default`;
const place = { location: 'global' };
const linked = (id = network, more: object = {}): object => ({
  ...place,
  properties: { virtualNetwork: { id }, registrationEnabled: false, ...more },
});
const configured = (...ids: readonly string[]): object => ({
  properties: {
    privateDnsZoneConfigs: ids.map((id, index) => ({ name: `zone-${index}`, properties: { privateDnsZoneId: id } })),
  },
});
const makeEndpoint = (
  name: string,
  target = account('stmlsim'),
  groupId = 'blob',
  member = 'privateLinkServiceConnections',
): Promise<TestReply> =>
  client.put(`${group}/providers/Microsoft.Network/privateEndpoints/${name}`, {
    location: 'westeurope',
    properties: {
      subnet: { id: subnet('snet-pe') },
      [member]: [{ name: 'link', properties: { privateLinkServiceId: target, groupIds: [groupId] } }],
    },
  });

test('a zone is global, counts what it holds and is made once', async () => {
  const made = await client.put(
    zone,
    { location: 'Global', properties: { maxNumberOfRecordSets: 3 } },
    { 'if-none-match': '*' },
  );
  expect([made.status, made.at('location'), made.headers.etag]).toEqual([201, 'global', made.at('etag')]);
  expect((await client.put(zone, place, { 'if-none-match': '*' })).status).toBe(412);
  await client.put(link, linked());
  await client.put(`${zone}/A/somebody`, { properties: { ttl: 300, aRecords: [{ ipv4Address: '10.0.4.9' }] } });
  const shown = await client.get(zone);
  expect(shown.text).toContain('"maxNumberOfRecordSets":25000');
  expect(shown.text).toContain('"numberOfRecordSets":2');
  expect(shown.text).toContain('"numberOfVirtualNetworkLinks":1,"numberOfVirtualNetworkLinksWithRegistration":0');
  expect((await client.patch(zone, { tags: { a: 'b' } })).at('tags', 'a')).toBe('b');
});

test.each([
  [{ location: 'westeurope' }, 'LocationNotAvailableForResourceType'],
  [{}, 'LocationRequired'],
])('a zone at %j is refused', async (body, code) => {
  const reply = await client.put(zone, body);
  expect([reply.status, reply.code]).toEqual([400, code]);
});

test.each(['bad..name', '-x.test', 'a%20b.test'])('the name %s is no zone', async (name) => {
  expect((await client.put(zoneNamed(name), place)).status).toBe(400);
});

test('a zone with links is not deleted, one without takes its records along', async () => {
  await client.put(zone, place);
  await client.put(`${zone}/A/somebody`, { properties: { ttl: 300, aRecords: [{ ipv4Address: '10.0.4.9' }] } });
  await client.put(link, linked());
  const reply = await client.delete(zone);
  expect([reply.status, reply.code, reply.headers['x-ms-failure-cause']]).toEqual([
    409,
    'CannotDeleteResource',
    'gateway',
  ]);
  expect(reply.message).toContain(
    "'Microsoft.Network/privateDnsZones/privatelink.blob.core.windows.net/virtualNetworkLinks/to-ml'",
  );
  expect((await client.delete(link)).status).toBe(200);
  expect((await client.delete(zone)).status).toBe(200);
  expect(client.sim.stateText()).not.toContain('/A/somebody');
});

test('a link is completed, knows its policy by version, and needs its network', async () => {
  await client.put(zone, place);
  const made = await client.send('PUT', `${link}?api-version=2024-06-01`, linked(), { 'if-none-match': '*' });
  expect([
    made.status,
    made.at('properties', 'virtualNetworkLinkState'),
    made.at('properties', 'resolutionPolicy'),
  ]).toEqual([201, 'Completed', 'Default']);
  expect((await client.get(link, '2020-06-01')).at('properties', 'resolutionPolicy')).toBeUndefined();
  expect((await client.put(`${zone}/virtualNetworkLinks/other`, linked(`${network}-no`))).code).toBe('BadRequest');
  expect((await client.put(link, linked(`${group}/providers/Microsoft.Network/virtualNetworks/vnet-b`))).status).toBe(
    400,
  );
});

test('one link for a zone and a network, and one zone of a name for a network', async () => {
  await client.put(zone, place);
  await client.put(link, linked());
  const second = await client.put(`${zone}/virtualNetworkLinks/again`, linked(network.toUpperCase()));
  expect([second.status, second.code]).toEqual([409, 'Conflict']);
  expect(second.message).toContain(`is already linked to the virtual network '${network}'`);
  const elsewhere = group.replace('rg-ml', 'rg-dns');
  await client.put(elsewhere, { location: 'westeurope' });
  const twin = zoneNamed('privatelink.BLOB.core.windows.net', elsewhere);
  await client.put(twin, place);
  const overlap = await client.put(`${twin}/virtualNetworkLinks/to-ml`, linked());
  expect([overlap.status, overlap.code]).toEqual([400, 'BadRequest']);
  expect(overlap.message).toContain('overlapping namespaces');
  expect((await client.put(link, linked())).status).toBe(200);
});

test('one zone registers the machines of a network', async () => {
  for (const name of ['a.test', 'b.test']) await client.put(zoneNamed(name), place);
  const registering = linked(network, { registrationEnabled: true });
  expect((await client.put(`${zoneNamed('a.test')}/virtualNetworkLinks/l`, registering)).status).toBe(201);
  expect((await client.put(`${zoneNamed('b.test')}/virtualNetworkLinks/l`, registering)).status).toBe(400);
  expect((await client.put(`${zoneNamed('b.test')}/virtualNetworkLinks/l`, linked())).status).toBe(201);
});

test('records are written, listed by kind and all together, and checked', async () => {
  await client.put(zone, place);
  const record = `${zone}/A/somebody`;
  const made = await client.put(record, { properties: { ttl: 300, aRecords: [{ ipv4Address: '10.0.4.9' }] } });
  expect([made.status, made.at('properties', 'fqdn'), made.at('properties', 'provisioningState')]).toEqual([
    201,
    'somebody.privatelink.blob.core.windows.net.',
    undefined,
  ]);
  const named = async (kind: string): Promise<string[]> =>
    list((await client.get(`${zone}/${kind}`)).json, 'value').flatMap((item) => text(item, 'name') ?? []);
  expect([await named('A'), await named('SOA'), await named('ALL'), await named('TXT')]).toEqual([
    ['somebody'],
    ['@'],
    ['@', 'somebody'],
    [],
  ]);
  expect((await client.get(`${zone}/SOA/@`)).at('properties', 'fqdn')).toBe('privatelink.blob.core.windows.net.');
  expect((await client.put(record, { properties: { aRecords: [{ ipv4Address: '10.0.4.300' }] } })).status).toBe(400);
  expect((await client.patch(record, { properties: { metadata: { a: 'b' } } })).text).toContain('"10.0.4.9"');
  expect((await client.delete(record)).status).toBe(200);
});

test('a zone group writes the record, moves the names out of the endpoint, and takes the record away', async () => {
  await client.put(zone, place);
  await makeEndpoint('pe-blob');
  const made = await client.put(zoneGroup, configured(zone));
  expect(made.status).toBe(201);
  const [set] = list(list(made.json, 'properties', 'privateDnsZoneConfigs')[0], 'properties', 'recordSets');
  expect([text(set, 'fqdn'), list(set, 'ipAddresses')]).toEqual([
    'stmlsim.privatelink.blob.core.windows.net',
    ['10.0.4.4'],
  ]);
  const record = await client.get(`${zone}/A/stmlsim`);
  expect(record.at('properties', 'metadata', 'creator')).toMatch(/^created by private endpoint pe-blob /);
  expect(record.text).toContain('"aRecords":[{"ipv4Address":"10.0.4.4"}]');
  const properties = async (): Promise<string> =>
    stringifyJson((await client.get(endpoint)).at('properties', 'customDnsConfigs') ?? null);
  expect(await properties()).toBe('[]');
  expect((await client.delete(zoneGroup)).status).toBe(200);
  expect(await properties()).toContain('stmlsim.blob.core.windows.net');
  expect((await client.get(`${zone}/A/stmlsim`)).status).toBe(404);
});

test('a workspace has its names in two zones', async () => {
  const zones = ['privatelink.api.azureml.ms', 'privatelink.notebooks.azure.net'].map((name) => zoneNamed(name));
  for (const id of zones) await client.put(id, place);
  await makeEndpoint('pe-blob', workspace, 'amlworkspace');
  await client.put(zoneGroup, configured(...zones));
  const names = async (id: string): Promise<string[]> =>
    list((await client.get(`${id}/A`)).json, 'value').flatMap((item) => text(item, 'name') ?? []);
  const [api = '', notebooks = ''] = zones;
  const id = '66666666-6666-6666-6666-666666666666';
  expect(await names(api)).toEqual([
    `${id}.workspace.westeurope`,
    `${id}.workspace.westeurope.cert`,
    `*.${id}.inference.westeurope`,
  ]);
  expect(await names(notebooks)).toEqual([`ml-mlw-sim-westeurope-${id}.westeurope`]);
  await client.put(zoneGroup, configured(api));
  expect(await names(notebooks)).toEqual([]);
  await client.delete(endpoint);
  expect(await names(api)).toEqual([]);
});

test('records wait for the approval; a later endpoint writes over one, and either takes it away', async () => {
  await client.put(zone, place);
  await makeEndpoint('pe-blob', account('stmlsim'), 'blob', 'manualPrivateLinkServiceConnections');
  await client.put(zoneGroup, configured(zone));
  expect((await client.get(`${zone}/A/stmlsim`)).status).toBe(404);
  const [connection] = list((await client.get(`${account('stmlsim')}/privateEndpointConnections`)).json, 'value');
  await client.put(text(connection, 'id') ?? '', {
    properties: { privateLinkServiceConnectionState: { status: 'Approved', description: 'ok' } },
  });
  expect((await client.get(`${zone}/A/stmlsim`)).text).toContain('10.0.4.4');
  expect((await client.get(zoneGroup)).text).toContain('"recordSetName":"stmlsim"');
  await makeEndpoint('pe-second');
  await client.put(`${endpoint.replace('pe-blob', 'pe-second')}/privateDnsZoneGroups/default`, configured(zone));
  expect((await client.get(`${zone}/A/stmlsim`)).text).toContain('10.0.4.5');
  // Azure does not keep count of the groups that list a record.
  await client.delete(endpoint);
  expect((await client.get(`${zone}/A/stmlsim`)).status).toBe(404);
  const second = `${endpoint.replace('pe-blob', 'pe-second')}/privateDnsZoneGroups/default`;
  expect((await client.get(second)).text).toContain('"recordSetName":"stmlsim"');
  expect((await client.get(zone)).text).toContain('"numberOfRecordSets":1');
  await client.put(second, configured(zone));
  expect((await client.get(`${zone}/A/stmlsim`)).text).toContain('10.0.4.5');
});

test('a zone group needs its endpoint, its zones, and is alone', async () => {
  await client.put(zone, place);
  expect((await client.put(zoneGroup, configured(zone))).status).toBe(404);
  await makeEndpoint('pe-blob');
  expect((await client.put(zoneGroup, configured(zoneNamed('nowhere.test')))).code).toBe('InvalidResourceReference');
  expect((await client.put(zoneGroup, configured(...Array.from({ length: 6 }, () => zone)))).status).toBe(400);
  expect((await client.put(zoneGroup, { properties: { privateDnsZoneConfigs: [{ properties: {} }] } })).status).toBe(
    400,
  );
  await client.put(zoneGroup, configured(zone));
  expect((await client.put(`${zoneGroup}-2`, configured(zone))).status).toBe(400);
  expect((await client.put(zoneGroup, configured(zone), { 'if-none-match': '*' })).status).toBe(412);
  expect((await client.get(`${endpoint}/privateDnsZoneGroups`)).at('value')).toHaveLength(1);
});
