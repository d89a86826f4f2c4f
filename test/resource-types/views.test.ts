import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readVersionOf } from '../../src/model/api-versions.ts';
import { isObject, type Json, type JsonObject, parseJson, stringifyJson } from '../../src/model/json.ts';
import { updateAt, valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import {
  aclsOf,
  computeView,
  datastoreView,
  formatBypass,
  lockView,
  parseBypass,
  publicAccessOf,
  resourceTypeOf,
  resourceTypes,
  storageView,
  subnetsOf,
  subnetView,
  vaultView,
  vnetView,
  withoutSubnet,
  withSubnet,
  workspaceView,
} from '../../src/resource-types/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { resourceOf } from '../plan/worlds.ts';

const group = '/subscriptions/s/resourceGroups/rg';
const made = (id: string, body: JsonObject): Resource => resourceOf({ id, ...body });
const account = (properties: JsonObject) =>
  made(`${group}/providers/Microsoft.Storage/storageAccounts/st`, { properties });
const vault = (properties: JsonObject) => made(`${group}/providers/Microsoft.KeyVault/vaults/kv`, { properties });

const known = worldFiles.flatMap((file) => {
  const list = parseJson(file.resources());
  return Array.isArray(list) ? list.filter(isObject).map(resourceOf) : [];
});
/** Every pointer into a body. */
function pointers(value: Json, at: readonly string[] = []): (readonly string[])[] {
  const inside = Array.isArray(value)
    ? value.flatMap((item, index) => pointers(item as Json, [...at, String(index)]))
    : isObject(value)
      ? Object.entries(value).flatMap(([name, item]) => pointers(item, [...at, name]))
      : [];
  return [at, ...inside];
}

describe('views over broken bodies', () => {
  test('one wrong value anywhere never makes a view, a column, a reference or the normal form throw', () => {
    const spoiled = fc
      .tuple(fc.constantFrom(...known), fc.nat(), fc.jsonValue())
      .map(([resource, pick, wrong]): Resource => {
        const all = pointers(resource.body).filter((path) => path.length > 0);
        const path = all[pick % all.length] ?? [];
        const body = updateAt(resource.body, path, () => wrong as Json);
        return { ...resource, body: body as JsonObject };
      });
    const views = [
      aclsOf,
      storageView,
      vaultView,
      subnetView,
      vnetView,
      workspaceView,
      computeView,
      datastoreView,
      lockView,
    ];
    fc.assert(
      fc.property(spoiled, (resource) => {
        for (const view of views) expect(() => view(resource)).not.toThrow();
        const kind = resourceTypeOf(resource.type);
        for (const column of kind.columns) expect(typeof column.value(resource)).toBe('string');
        for (const id of kind.references(resource.body)) expect(typeof id).toBe('string');
        expect(kind.normal(kind.normal(resource.body))).toEqual(kind.normal(resource.body));
      }),
      { numRuns: 400 },
    );
  });
});

describe('the firewall', () => {
  test.each([
    [{}, 'open'],
    [{ networkAcls: null }, 'open'],
    [{ networkAcls: { defaultAction: 'allow' } }, 'open'],
    [{ networkAcls: { defaultAction: 'DENY' } }, 'closed'],
    [{ networkAcls: { defaultAction: 'Allow' }, publicNetworkAccess: 'disabled' }, 'closed'],
    [{ publicNetworkAccess: 'Disabled' }, 'closed'],
    [{ networkAcls: { defaultAction: 'Deny' }, publicNetworkAccess: 'SecuredByPerimeter' }, 'perimeter'],
    [{ networkAcls: [] }, 'malformed'],
    [{ networkAcls: 'Deny' }, 'malformed'],
    [{ NetworkAcls: { defaultAction: 'Deny' } }, 'malformed'],
  ])('%j is %s', (properties, door) => {
    expect(publicAccessOf(storageView(account(properties as unknown as JsonObject)))).toBe(door);
  });

  test('as if denied, open public access counts as closed and a perimeter stays one', () => {
    expect(publicAccessOf(storageView(account({})), true)).toBe('closed');
    expect(publicAccessOf(storageView(account({ publicNetworkAccess: 'SecuredByPerimeter' })), true)).toBe('perimeter');
  });

  test('rules in whatever form they come', () => {
    const view = storageView(
      account({
        networkAcls: {
          bypass: ' metrics,AzureServices , Logging',
          virtualNetworkRules: [{ id: '/a', action: 'allow', state: 'succeeded' }, 7, { action: 'Allow' }, null],
          ipRules: [{ value: '1.2.3.4' }, '5.6.7.8', { value: 5 }],
          resourceAccessRules: [{ resourceId: '/w', tenantId: 't' }],
        },
      }),
    );
    if (typeof view.acls === 'string') throw new Error(view.acls);
    expect(view.acls.bypass).toEqual(new Set(['Metrics', 'AzureServices', 'Logging']));
    expect(view.acls.subnetRules).toEqual([
      {
        id: '/a',
        action: 'Allow',
        state: 'Succeeded',
        ignoresMissingEndpoint: false,
        pointer: '/properties/networkAcls/virtualNetworkRules/0',
      },
    ]);
    expect(view.acls.ipRules.map(({ value, pointer }) => [value, pointer])).toEqual([
      ['1.2.3.4', '/properties/networkAcls/ipRules/0'],
      ['5.6.7.8', '/properties/networkAcls/ipRules/1'],
    ]);
    expect(view.acls.resourceRules).toHaveLength(1);
  });

  test('bypass is a set: None is empty, the order is the service’s own', () => {
    expect(parseBypass('None')).toEqual(new Set());
    expect(formatBypass(new Set())).toBe('None');
    expect(formatBypass(parseBypass('AzureServices,Logging'))).toBe('Logging, AzureServices');
  });

  test('a vault without rules is hidden only while public access is off', () => {
    expect(vaultView(vault({ publicNetworkAccess: 'disabled' })).hidden).toBe(true);
    expect(vaultView(vault({})).hidden).toBe(false);
    expect(vaultView(vault({ publicNetworkAccess: 'Disabled', networkAcls: {} })).hidden).toBe(false);
  });
});

describe('computes and datastores', () => {
  const compute = (properties: JsonObject) =>
    computeView(made(`${group}/providers/Microsoft.MachineLearningServices/workspaces/w/computes/c`, { properties }));

  test.each([
    [{ computeType: 'amlcompute', properties: { subnet: { id: '/s' } } }, 'AmlCompute', '/s'],
    [{ computeType: 'ComputeInstance', properties: { subnet: null } }, 'ComputeInstance', undefined],
    [
      { computeType: 'AKS', properties: { aksNetworkingConfiguration: { subnetId: '/k' }, subnet: { id: '/no' } } },
      'AKS',
      '/k',
    ],
    [{ computeType: 'QuantumThing', properties: null }, 'QuantumThing', undefined],
  ])('%j', (properties, type, subnet) => {
    const view = compute(properties as unknown as JsonObject);
    expect([view.computeType, view.subnet]).toEqual([type, subnet]);
  });

  test('a datastore gives its account’s id, or only its name', () => {
    const store = (properties: JsonObject) => datastoreView(made(`${group}/providers/x/y/z`, { properties }));
    const whole = { datastoreType: 'AzureBlob', accountName: 'st', subscriptionId: 's', resourceGroup: 'rg' };
    expect(store(whole).account).toBe(`${group}/providers/Microsoft.Storage/storageAccounts/st`);
    expect(store({ ...whole, resourceGroup: null })).toMatchObject({ account: undefined, accountName: 'st' });
    expect(store({ ...whole, datastoreType: 'OneLake' })).toMatchObject({ account: undefined, accountName: undefined });
  });
});

describe('subnets are in their network’s body', () => {
  const vnet = known.find(({ type }) => type === 'Microsoft.Network/virtualNetworks');
  if (!vnet) throw new Error('no network in the worlds');
  const [first] = subnetsOf(vnet);
  if (!first) throw new Error('no subnet in the network');

  test('putting one back changes nothing, to the letter', () => {
    expect(stringifyJson(withSubnet(vnet, first).body)).toBe(stringifyJson(vnet.body));
  });

  test('a changed one is changed in place, a new one comes last, one taken out is gone', () => {
    const moved = { ...first, body: { ...first.body, extra: 1 } };
    expect(valueAt(withSubnet(vnet, moved).body, '/properties/subnets/0/extra')).toBe(1);
    const fresh = { ...first, id: `${vnet.id}/subnets/new`, body: { id: `${vnet.id}/subnets/new`, name: 'new' } };
    expect(subnetsOf(withSubnet(vnet, fresh)).at(-1)?.id).toBe(fresh.id);
    expect(subnetsOf(withoutSubnet(vnet, first.id)).map(({ id }) => id)).not.toContain(first.id);
  });
});

describe('the list of kinds', () => {
  test('one kind per type; a type in any letter case finds it', () => {
    expect(new Set(resourceTypes.map(({ type }) => type.toLowerCase())).size).toBe(resourceTypes.length);
    for (const kind of resourceTypes) expect(resourceTypeOf(kind.type.toUpperCase())).toBe(kind);
  });

  test.each([
    ['Microsoft.ContainerRegistry/registries', '2026-11-01'],
    ['Microsoft.ContainerService/managedClusters', '2026-05-01'],
    ['Microsoft.Compute/virtualMachines', '2024-07-01'],
    ['Microsoft.Network/bastionHosts', '2025-05-01'],
    ['Microsoft.Authorization/roleDefinitions', '2022-04-01'],
  ])('%s is read at %s and never written', (type, version) => {
    const kind = resourceTypeOf(type);
    expect(readVersionOf(type)).toBe(version);
    expect(kind.apiVersion).toBe(version);
    const id = `${group}/providers/${type.split('/').slice(0, 2).join('/')}/x`;
    expect(typeof kind.write({ kind: 'delete', resource: id, edits: [], body: {} }, null)).toBe('string');
    expect(typeOf(id)).toContain('Microsoft.');
  });
});
