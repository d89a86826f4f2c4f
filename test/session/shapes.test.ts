// The usual shapes of resources: the same account and network in each of them, with the same results; and what is none of
// them, refused with its place.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type Json, type JsonObject, stringifyJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { snapshotFromTexts } from '../../src/session/index.ts';

const group = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/rg';
const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/st`;
const vnetId = `${group}/providers/Microsoft.Network/virtualNetworks/vnet`;
const subnetId = `${vnetId}/subnets/snet`;
const account: JsonObject = {
  id: accountId,
  name: 'st',
  type: 'Microsoft.Storage/storageAccounts',
  location: 'westeurope',
  kind: 'StorageV2',
  properties: {
    provisioningState: 'Succeeded',
    publicNetworkAccess: 'Enabled',
    networkAcls: {
      bypass: 'AzureServices',
      defaultAction: 'Deny',
      ipRules: [{ value: '203.0.113.7', action: 'Allow' }],
      virtualNetworkRules: [{ id: subnetId, action: 'Allow', state: 'Succeeded' }],
    },
  },
};
const vnet: JsonObject = {
  id: vnetId,
  name: 'vnet',
  type: 'Microsoft.Network/virtualNetworks',
  location: 'westeurope',
  properties: {
    provisioningState: 'Succeeded',
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: [
      {
        id: subnetId,
        name: 'snet',
        properties: { addressPrefix: '10.0.0.0/24', serviceEndpoints: [{ service: 'Microsoft.Storage' }] },
      },
    ],
  },
};
const both = [account, vnet];

const read = (...texts: readonly string[]): Snapshot =>
  snapshotFromTexts(
    texts.map((text, index) => ({ path: `file-${index}.json`, text })),
    { allResources: false, now: () => new Date(0), newId: () => 'id' },
  );
const json = (value: unknown): string => stringifyJson(value as Json, 1);
const verdicts = (snapshot: Snapshot) => audit(snapshot, rules).findings.map(({ id, outcome }) => `${id} ${outcome}`);
const outcome = (snapshot: Snapshot, rule: string) =>
  audit(snapshot, rules).findings.find((finding) => finding.rule === rule)?.outcome;
const expected = verdicts(read(json(both)));

describe('the same resources in every shape', () => {
  const columns = [
    { name: 'id', type: 'string' },
    { name: 'properties', type: 'object' },
    { name: 'location', type: 'string' },
  ];
  const rows = both.map(({ id, properties, location }) => [id, properties, location]);
  test.each<[string, readonly string[]]>([
    ['files of one each', both.map(json)],
    ['an ARM list', [json({ value: both })]],
    ['Resource Graph, objects', [json({ count: 2, data: both, skip_token: null, total_records: 2 })]],
    ['Resource Graph, table', [json({ totalRecords: 2, data: { columns, rows } })]],
    ['a bare table', [json({ columns, rows })]],
    ['arrays in arrays', [json([[account], [[vnet]]])]],
    ['one a line', [both.map((one) => stringifyJson(one)).join('\n')]],
    ['one a line, Windows', [both.map((one) => stringifyJson(one)).join('\r\n')]],
    ['one after another', [both.map(json).join('\n\n')]],
    ['with a byte-order mark', [`\uFEFF${json(both)}`]],
    ['with comments and a last comma', [`// list\n[${json(account)}, /* net */ ${json(vnet)},]`]],
    [
      'with lower-case ids and types',
      [json(both).replaceAll('Microsoft.', 'microsoft.').replaceAll('resourceGroups', 'resourcegroups')],
    ],
    [
      'as PowerShell prints them',
      [
        json(
          both.map(({ id, properties, location }) => ({ ResourceId: id, Properties: properties, Location: location })),
        ),
      ],
    ],
  ])('%s', (_shape, texts) => {
    const snapshot = read(...texts);
    expect(snapshot.resources).toHaveLength(3);
    expect(verdicts(snapshot)).toEqual(expected);
    expect(expected.filter((one) => one.endsWith('pass')).length).toBeGreaterThan(3);
  });

  const shouted = (value: Json): Json =>
    Array.isArray(value)
      ? value.map(shouted)
      : typeof value === 'object' && value !== null
        ? Object.fromEntries(
            Object.entries(value).map(([key, one]) => [key === 'id' ? key : key.toUpperCase(), shouted(one as Json)]),
          )
        : value;
  test('in capitals', () => {
    expect(verdicts(read(json(both.map(shouted))))).toEqual(expected);
  });

  test('bare texts where objects belong', () => {
    const bare = json(both)
      .replace(/\{\s*"value": ("203.0.113.7"),\s*"action": "Allow"\s*\}/, '$1')
      .replace(/\{\s*"id": ([^,}]*),\s*"action": "Allow",\s*"state": "Succeeded"\s*\}/, '$1')
      .replace(/\{\s*"service": ("Microsoft.Storage")\s*\}/, '$1');
    expect(bare).not.toContain('"action"');
    expect(bare).not.toContain('"service"');
    expect(verdicts(read(bare))).toEqual(expected);
  });
});

describe('what the Azure CLI prints', () => {
  const flatAccount = {
    id: accountId,
    name: 'st',
    type: 'Microsoft.Storage/storageAccounts',
    location: 'westeurope',
    kind: 'StorageV2',
    resourceGroup: 'rg',
    provisioningState: 'Succeeded',
    publicNetworkAccess: 'Enabled',
    networkRuleSet: {
      bypass: 'AzureServices',
      defaultAction: 'Deny',
      ipRules: [{ action: 'Allow', ipAddressOrRange: '203.0.113.7' }],
      ipv6Rules: [],
      resourceAccessRules: null,
      virtualNetworkRules: [{ action: 'Allow', state: 'Succeeded', virtualNetworkResourceId: subnetId }],
    },
    privateEndpointConnections: [],
  };
  const flatVnet = {
    id: vnetId,
    name: 'vnet',
    type: 'Microsoft.Network/virtualNetworks',
    location: 'westeurope',
    resourceGroup: 'rg',
    provisioningState: 'Succeeded',
    addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
    subnets: [
      {
        id: subnetId,
        name: 'snet',
        type: 'Microsoft.Network/virtualNetworks/subnets',
        resourceGroup: 'rg',
        addressPrefix: '10.0.0.0/24',
        provisioningState: 'Succeeded',
        serviceEndpoints: [{ locations: ['*'], provisioningState: 'Succeeded', service: 'Microsoft.Storage' }],
      },
    ],
  };
  test('az storage account show, az network vnet show: lifted into ARM’s shape', () => {
    const snapshot = read(json(flatAccount), json(flatVnet));
    expect(verdicts(snapshot)).toEqual(expected);
    const body = snapshot.resources.find(({ id }) => id === accountId)?.body;
    expect(valueAt(body, '/properties/networkAcls/virtualNetworkRules/0/id')).toBe(subnetId);
    const subnet = snapshot.resources.find(({ id }) => id === subnetId)?.body;
    expect(valueAt(subnet, '/properties/addressPrefix')).toBe('10.0.0.0/24');
  });
  test('az resource list shows no properties: nothing is checked by what it does not show', () => {
    for (const properties of [undefined, null]) {
      const snapshot = read(json([{ ...account, properties }]));
      const judged = audit(snapshot, rules).findings.filter(({ resource }) => resource === accountId);
      expect(judged.length).toBeGreaterThan(5);
      expect(judged.filter((one) => one.outcome === 'pass' || one.outcome === 'fail').map(({ id }) => id)).toEqual([]);
    }
  });
  test('az ml: refused, with what to give instead', () => {
    const id = `${group}/providers/Microsoft.MachineLearningServices/workspaces/ws`;
    expect(() => read(json({ id, name: 'ws', storage_account: accountId, managed_network: {} }))).toThrow(/az ml/);
  });
});

describe('a careful eye', () => {
  test('a name twice, in different letter case, decides nothing', () => {
    const open = { networkAcls: { defaultAction: 'Deny' }, NetworkAcls: { defaultAction: 'Allow' } };
    expect(outcome(read(json({ ...account, properties: open })), 'storage.default-action-deny')).toBe('unknown');
  });
  test('a page of a list is refused, and is not the list where a part is enough', () => {
    const workspace = `${group}/providers/Microsoft.MachineLearningServices/workspaces/ws`;
    const resources = [
      { id: workspace, name: 'ws', properties: {} },
      { id: `${workspace}/computes/one`, name: 'one', properties: { computeType: 'AmlCompute' } },
    ];
    const whole = read(json({ value: resources }));
    const cut = json({ value: resources, nextLink: 'https://management.azure.com/next' });
    expect(() => read(cut)).toThrow(/incomplete: nextLink/);
    expect(() => read(json({ data: resources, skip_token: 'x' }))).toThrow(/incomplete: skip_token/);
    const options = { allResources: false, now: () => new Date(0), newId: () => 'id' };
    const page = snapshotFromTexts([{ path: 'cut.json', text: cut }], { ...options, partial: true });
    expect(whole.collections.some(({ id }) => id.endsWith('/computes'))).toBe(true);
    expect(page.collections.some(({ id }) => id.endsWith('/computes'))).toBe(false);
    expect(page.gaps.some(({ id }) => id.endsWith('/computes'))).toBe(true);
  });
  test('children that an export nests in their parent are read, with an id or with a short name', () => {
    const nested = [
      { type: 'blobServices', name: 'default', properties: {}, resources: [{ type: 'containers', name: 'c' }] },
      { id: `${accountId}/fileServices/default`, name: 'default', properties: {} },
      { type: 'Microsoft.Storage/storageAccounts/queueServices', name: 'st/default', properties: {} },
      'no resource',
    ];
    const { resources } = read(json([{ ...account, resources: nested }]));
    expect(resources.map(({ id }) => id.replace(accountId, ''))).toEqual([
      '',
      '/blobServices/default',
      '/blobServices/default/containers/c',
      '/fileServices/default',
      '/queueServices/default',
    ]);
  });
  test('a type and a name without an id get an unused id', () => {
    const { id: _id, ...bare } = account;
    const snapshot = read(json(bare));
    expect(snapshot.resources[0]?.id).toMatch(
      /\/resourceGroups\/\{file-0\}\/providers\/Microsoft\.Storage\/storageAccounts\/st$/,
    );
    expect(outcome(snapshot, 'storage.default-action-deny')).toBe('pass');
  });
  test.each([
    ['an error of Azure', json({ error: { code: 'AuthorizationFailed', message: 'no' } }), /AuthorizationFailed/],
    ['a list with something else', json([account, 7]), /item 1 /],
    ['something else deep in a list', json([[account], [vnet, { x: 1 }]]), /item 1\.1 /],
    ['broken lines', '{"id":1}\n{"id":', /document 2 of 2/],
    ['nested too deeply', `${'['.repeat(5000)}${']'.repeat(5000)}`, /nested more than/],
    [
      'a stray parameter file',
      json({ $schema: 'https://x/deploymentParameters.json#', parameters: {} }),
      /parameter file/,
    ],
  ])('%s is refused', (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
