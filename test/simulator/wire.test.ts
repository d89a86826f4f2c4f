// Writes answered as Azure was recorded to answer them: status, body, where to follow and how long to wait, late preconditions.
import { afterEach, describe, expect, test } from 'vitest';
import { recordedAnswers } from '../../src/simulator/wire/recorded.ts';
import {
  account,
  group,
  network,
  start,
  subnet,
  type TestClient,
  type TestReply,
  vault,
  versionOf,
  workspace,
} from './support.ts';

let client: TestClient;
afterEach(() => client.stop());

const zone = `${group}/providers/Microsoft.Network/privateDnsZones/wire.example.com`;
const table = `${group}/providers/Microsoft.Network/routeTables/rt-wire`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/crwire`;
const link = `${zone}/virtualNetworkLinks/l`;
const linked = { location: 'global', properties: { virtualNetwork: { id: network }, registrationEnabled: false } };
const storage = { location: 'westeurope', sku: { name: 'Standard_LRS' }, kind: 'StorageV2', properties: {} };
const prefix = { properties: { addressPrefix: '10.0.77.0/24' } };
const policies = { location: 'westeurope', sku: { name: 'Premium' }, properties: {} };
const azure = { world: 'open', wire: 'azure' } as const;

const headersOf = ({ headers }: TestReply): string =>
  [
    headers['azure-asyncoperation'] === undefined ? '' : 'A',
    headers.location === undefined ? '' : 'L',
    headers['retry-after'] === undefined ? '' : ` ${headers['retry-after']}`,
  ].join('');
const said = (reply: TestReply): readonly unknown[] => [
  reply.status,
  headersOf(reply),
  reply.text === '' || reply.text === '{}' ? reply.text : reply.at('properties', 'provisioningState'),
];

/** Each write in turn, and what Azure was recorded to say: status, headers with Retry-After, state in the body or the empty body. */
const writes: readonly (readonly [string, string, object | undefined, readonly unknown[]])[] = [
  ['PUT', zone, { location: 'global' }, [202, 'AL 30', '{}']],
  ['PATCH', zone, { tags: { a: 'b' } }, [202, 'AL 30', '{}']],
  ['PUT', link, linked, [202, 'AL 30', '{}']],
  ['DELETE', link, undefined, [202, 'AL 30', '']],
  ['DELETE', zone, undefined, [202, 'AL 30', '']],
  ['DELETE', zone, undefined, [204, '', '']],
  ['PUT', table, { location: 'westeurope', properties: {} }, [201, 'A 2', 'Updating']],
  [
    'PUT',
    table,
    { location: 'westeurope', properties: { disableBgpRoutePropagation: true } },
    [200, 'A 2', 'Updating'],
  ],
  ['PUT', table, { location: 'westeurope', properties: { disableBgpRoutePropagation: true } }, [200, 'A', 'Succeeded']],
  ['DELETE', table, undefined, [202, 'AL 2', '']],
  ['PUT', subnet('snet-wire'), prefix, [201, 'A 3', 'Updating']],
  ['DELETE', subnet('snet-wire'), undefined, [202, 'AL 10', '']],
  ['PUT', account('stwire'), storage, [202, 'L 17', '']],
  ['PUT', account('stwire'), storage, [200, '', 'Succeeded']],
  ['DELETE', account('stwire'), undefined, [200, '', '']],
  ['PATCH', workspace, { properties: { description: 'd' } }, [202, 'AL', '']],
  ['PUT', registry, policies, [200, '', 'Succeeded']],
  ['PATCH', registry, { properties: { publicNetworkAccess: 'Disabled' } }, [200, '', 'Succeeded']],
  ['PATCH', registry, { properties: { anonymousPullEnabled: false } }, [201, 'A', 'Updating']],
];

for (const clock of ['instant', 'polls:1', 'seconds:0']) {
  test(`${clock}: each type answers as recorded, and its operation says Succeeded`, async () => {
    client = await start({ ...azure, clock });
    for (const [method, path, body, expected] of writes) {
      const reply = await client.send(method, `${path}?api-version=${versionFor(path)}`, body);
      expect([method, path, ...said(reply)], reply.message).toEqual([method, path, ...expected]);
      expect(await ends(reply)).toBe('Succeeded');
    }
  });
}

const versions: readonly (readonly [RegExp, string])[] = [
  [/privateDnsZones/, '2024-06-01'],
  [/Microsoft\.Network/, '2024-05-01'],
  [/MachineLearning/, '2024-04-01'],
  [/ContainerRegistry/, '2023-07-01'],
  [/^/, '2023-01-01'],
];
const versionFor = (path: string): string => versions.find(([pattern]) => pattern.test(path))?.[1] ?? '';

/** Asks at both places until the operation has ended. */
async function ends(reply: TestReply): Promise<string> {
  for (let poll = 0; poll < 5; poll += 1) {
    const place = reply.headers['azure-asyncoperation'] ?? reply.headers.location;
    if (place === undefined) return 'Succeeded';
    const told = await client.send('GET', place);
    const status = told.at('status');
    if (reply.headers['azure-asyncoperation'] === undefined && told.status === 200) return 'Succeeded';
    if (typeof status === 'string' && status !== 'InProgress') return status;
  }
  return 'InProgress';
}

describe('a precondition that does not hold', () => {
  test.each(['instant', 'polls:1'])('%s: is told by the operation of a zone, which fails with 200', async (clock) => {
    client = await start({ ...azure, clock });
    const made = await client.put(zone, { location: 'global' }, { 'if-none-match': '*' });
    expect(await ends(made)).toBe('Succeeded');
    const again = await client.put(zone, { location: 'global', tags: { mine: 'no' } }, { 'if-none-match': '*' });
    expect(said(again)).toEqual([202, 'AL 30', '{}']);
    expect(await ends(again)).toBe('Failed');
    const failed = await client.send('GET', again.headers['azure-asyncoperation'] ?? '');
    expect([failed.status, failed.code]).toEqual([200, 'PreconditionFailed']);
    expect(failed.message).toBe('The Zone wire.example.com exists already and hence cannot be created again.');
    expect((await client.get(zone)).at('tags', 'mine')).toBeUndefined();
  });

  test('is refused at once by a network, and by a zone of the plain wire', async () => {
    client = await start(azure);
    expect((await client.put(network, prefix, { 'if-none-match': '*' })).status).toBe(412);
    await client.stop();
    client = await start({ world: 'open', wire: 'plain' });
    await client.put(zone, { location: 'global' });
    expect((await client.put(zone, { location: 'global' }, { 'if-none-match': '*' })).status).toBe(412);
  });
});

test('a new vault answers with 200 while its name is registered, and is there', async () => {
  client = await start(azure);
  const body = {
    location: 'westeurope',
    properties: { tenantId: client.sim.tenant, sku: { family: 'A', name: 'standard' }, accessPolicies: [] },
  };
  const made = await client.put(`${vault}2`, body);
  expect(said(made)).toEqual([200, '', 'RegisteringDns']);
  expect((await client.get(`${vault}2`)).at('properties', 'provisioningState')).toBe('Succeeded');
});

test('operations have addresses as long as those of Azure, signed, in the manner of their service', async () => {
  client = await start({ ...azure, clock: 'polls:1' });
  const places: Readonly<Record<string, TestReply>> = {
    'locations/westeurope/operations/': await client.put(subnet('snet-wire'), prefix),
    'privateDnsOperationStatuses/': await client.put(zone, { location: 'global' }),
    'locations/westeurope/workspaceOperationsStatus/': await client.patch(workspace, { tags: { a: 'b' } }),
  };
  for (const [part, { headers }] of Object.entries(places)) {
    const url = headers['azure-asyncoperation'] ?? '';
    expect(url).toContain(part);
    expect(new URL(url).searchParams.get('t')).toMatch(/^\d{18}$/);
    expect(['c', 's', 'h'].map((name) => new URL(url).searchParams.get(name)?.length)).toEqual([2615, 342, 43]);
  }
});

test('a write beside one that runs is to be retried, one on the same resource finds it in progress', async () => {
  client = await start({ ...azure, clock: 'polls:3' });
  await client.put(subnet('snet-wire'), prefix);
  const beside = await client.put(subnet('snet-other'), { properties: { addressPrefix: '10.0.78.0/24' } });
  expect([beside.status, beside.code, beside.headers['retry-after']]).toEqual([429, 'RetryableError', '11']);
  expect(beside.text).toMatch(
    /Operation PutSubnetOperation \([-\da-f]{36}\) is updating resource .*vnet-ml\. The call can be retried in 11 seconds\./,
  );
  const same = await client.put(subnet('snet-wire'), { properties: { addressPrefix: '10.0.79.0/24' } });
  expect([same.status, same.code]).toEqual([409, 'AnotherOperationInProgress']);
});

test('waiting in this process lets time pass for operations alone', async () => {
  client = await start({ ...azure, clock: 'seconds:300' });
  const put = await client.put(subnet('snet-wire'), prefix);
  const state = async () => (await client.send('GET', put.headers['azure-asyncoperation'] ?? '')).at('status');
  expect(await state()).toBe('InProgress');
  client.sim.elapse(300_000);
  expect(await state()).toBe('Succeeded');
});

const group404 = `${group}/providers`;
const gone: readonly (readonly [string, string, number, string])[] = [
  [
    'GET',
    `${group404}/Microsoft.Authorization/roleAssignments/7b83888d-03fb-55bb-8209-aec4e36328a8`,
    404,
    'RoleAssignmentNotFound',
  ],
  [
    'GET',
    '/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv-none',
    404,
    'DeletedVaultNotFound',
  ],
  ['GET', `${group404}/Microsoft.KeyVault/vaults/kv-none`, 404, 'ResourceNotFound'],
  ['GET', subnet('none'), 404, 'NotFound'],
  ['PUT', `${group404}/Microsoft.Network/privateDnsZones/none.example.com/A/x`, 404, 'ParentResourceNotFound'],
  ['DELETE', `${group404}/Microsoft.Network/privateDnsZones/none.example.com/A/x`, 404, 'ParentResourceNotFound'],
  ['DELETE', `${group404}/Microsoft.MachineLearningServices/workspaces/none/computes/x`, 404, 'ParentResourceNotFound'],
  ['DELETE', `${group404}/Microsoft.Network/virtualNetworks/none/subnets/x`, 404, 'ResourceNotFound'],
];

test('what is not there is refused in the words of its service', async () => {
  client = await start(azure);
  for (const [method, path, status, code] of gone) {
    const body = method === 'PUT' ? { properties: { ttl: 60, aRecords: [{ ipv4Address: '10.0.0.4' }] } } : undefined;
    const reply = await client.send(method, `${path}?api-version=${versionOf(path)}`, body);
    expect([method, path, reply.status, reply.code]).toEqual([method, path, status, code]);
  }
});

test('a role assignment that is put again is 201, with the new description', async () => {
  client = await start(azure);
  const id = `${group}/providers/Microsoft.Authorization/roleAssignments/9d3e2a1c-0000-4000-8000-000000000001`;
  const role = '/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7';
  const properties = { roleDefinitionId: role, principalId: client.sim.client, principalType: 'ServicePrincipal' };
  for (const description of ['one', 'two']) {
    const put = await client.put(id, { properties: { ...properties, description } });
    expect([put.status, put.at('properties', 'description')]).toEqual([201, description]);
  }
});

test('a principal that was just made is not known yet, unless the assignment says of which type it is', async () => {
  client = await start({ ...azure, clock: 'polls:1' });
  const principalId = '9d3e2a1c-0000-4000-8000-00000000000a';
  const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-new`;
  await client.send('PUT', `${identity}?api-version=2023-01-31`, {
    location: 'westeurope',
    properties: { principalId },
  });
  const id = (last: string) =>
    `${group}/providers/Microsoft.Authorization/roleAssignments/9d3e2a1c-0000-4000-8000-00000000000${last}`;
  const roleOf = (role: string) => `/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  const [reader, contributor] = ['acdd72a7-3385-48ef-bd42-f606fba81ae7', 'b24988ac-6180-42a0-ab88-20f7382dd24c'];
  const said = { roleDefinitionId: roleOf(contributor), principalId, principalType: 'ServicePrincipal' };
  expect((await client.put(id('1'), { properties: said })).status).toBe(201);
  const plain = { properties: { roleDefinitionId: roleOf(reader), principalId } };
  const tries = [await client.put(id('2'), plain), await client.put(id('2'), plain), await client.put(id('2'), plain)];
  expect(tries.map(({ status, code }) => code ?? status)).toEqual(['PrincipalNotFound', 201, 201]);
});

test('what Azure was recorded to take is taken', async () => {
  client = await start(azure);
  await client.put(table, { location: 'westeurope', properties: {} });
  const hop = {
    addressPrefix: 'cab:cab::/96',
    nextHopType: 'VirtualAppliance',
    nextHopIpAddress: 'ace:cab:deca:f00d::1',
  };
  expect((await client.put(`${table}/routes/six`, { properties: hop })).status).toBe(201);
  const endpoint = `${group}/providers/Microsoft.Network/privateEndpoints/pe-search`;
  const searched = {
    name: 's',
    properties: {
      privateLinkServiceId: `${group}/providers/Microsoft.Search/searchServices/s`,
      groupIds: ['searchService'],
    },
  };
  const body = {
    location: 'westeurope',
    properties: { subnet: { id: subnet('snet-dev') }, privateLinkServiceConnections: [searched] },
  };
  expect((await client.put(endpoint, body)).status).toBe(201);
});

test('a network says what encryption means, or is refused', async () => {
  client = await start(azure);
  const body = {
    location: 'westeurope',
    properties: { addressSpace: { addressPrefixes: ['10.9.0.0/16'] }, encryption: { enabled: true } },
  };
  const reply = await client.put(`${group}/providers/Microsoft.Network/virtualNetworks/vnet-e`, body);
  expect([reply.status, reply.code]).toEqual([400, 'MustSpecifyBothEncryptionIntentAndEnforcementPolicy']);
});

test('every row of the table names its source, and no two say the same case', () => {
  client = { stop: async () => {} } as TestClient;
  const cases = recordedAnswers.flatMap(({ types, verb, of, versions, members }) =>
    types.map((type) => JSON.stringify([type, verb, of, versions, members])),
  );
  expect(new Set(cases).size).toBe(cases.length);
  expect(recordedAnswers.filter(({ source }) => !/^(cli|extensions|operator|custodian)\b/.test(source))).toEqual([]);
});
