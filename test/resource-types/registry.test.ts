// Registries are written at the api-version that keeps their subnet rules, and never unseen; a shared private link is written
// with its whole workspace.
import { describe, expect, test } from 'vitest';
import { type Change, editChange } from '../../src/model/change.ts';
import { addTo, applyEdits, type Edit, invertEdits, removeFrom, setMember } from '../../src/model/edit.ts';
import { isObject, type JsonObject, parseJson, stringifyJson } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Resource } from '../../src/model/resource.ts';
import { resourceTypeOf, ruleSetPlaces, ruleSetPointer } from '../../src/resource-types/index.ts';

const group = '/subscriptions/s/resourceGroups/rg';
const registryId = `${group}/providers/Microsoft.ContainerRegistry/registries/acr`;
const subnet = `${group}/providers/Microsoft.Network/virtualNetworks/v/subnets/sn`;
const subnetKey = { member: 'id', fold: true };

function resource(id: string, text: string, apiVersion = '2023-07-01'): Resource {
  const body = parseJson(text);
  if (!isObject(body)) throw new Error('not an object');
  return { id, type: id.split('/').slice(6, 8).join('/'), apiVersion, body };
}
const registry = (properties: string, sku = 'Premium') =>
  resource(registryId, `{"sku": {"name": "${sku}", "tier": "${sku}"}, "properties": ${properties}}`);
const sent = (current: Resource, edits: readonly Edit[]) =>
  resourceTypeOf(current.type).write(editChange(current.id, edits), current);
const az = (current: Resource, edits: readonly Edit[]) =>
  resourceTypeOf(current.type).az(editChange(current.id, edits));

const listed = registry(
  `{"networkRuleSet": {"defaultAction": "Allow", "odd": 1.0, "ipRules": [{"action": "Allow", "value": "203.0.113.7"}],
    "virtualNetworkRules": [{"action": "Allow", "id": "/a"}]}, "publicNetworkAccess": "Enabled"}`,
);
const bare = registry('{"networkRuleSet": {"defaultAction": "Deny", "ipRules": [], "virtualNetworkRules": []}}');
const unseen = registry('{"networkRuleSet": {"defaultAction": "Deny", "ipRules": []}}');

describe('registries', () => {
  test('the rule set is sent whole, by the version that knows subnet rules', () => {
    const request = sent(listed, [setMember(listed.body, ruleSetPlaces.action, 'Deny')]);
    expect(request).toMatchObject({ method: 'PATCH', id: registryId, apiVersion: '2021-08-01-preview' });
    if (typeof request === 'string') throw new Error(request);
    expect(stringifyJson(request.body)).toBe(
      '{"properties":{"networkRuleSet":{"defaultAction":"Deny","odd":1.0,"ipRules":[{"action":"Allow","value":"203.0.113.7"}],"virtualNetworkRules":[{"action":"Allow","id":"/a"}]}}}',
    );
  });

  test('what the newest version names otherwise is read by id, and sent back by its name', () => {
    const { asRead } = resourceTypeOf(listed.type);
    const newest = registry(
      '{"networkRuleSet": {"defaultAction": "Deny", "virtualNetworkRules": [{"action": "Allow", "virtualNetworkSubnetResourceId": "/a", "odd": 1.0}]}}',
    );
    const read = { ...newest, apiVersion: '2026-11-01', body: asRead?.(newest.body) ?? newest.body };
    expect(valueAt(read.body, `${ruleSetPlaces.subnets}/0/id`)).toBe('/a');
    expect(asRead?.(listed.body)).toBe(listed.body);
    const add = addTo(read.body, ruleSetPlaces.subnets, { id: subnet, action: 'Allow' }, subnetKey);
    const request = sent(read, [add]);
    if (typeof request === 'string') throw new Error(request);
    expect(request.apiVersion).toBe('2026-11-01');
    const rules = valueAt(request.body ?? {}, '/properties/networkRuleSet/virtualNetworkRules');
    expect(rules).toEqual([
      {
        action: 'Allow',
        odd: valueAt(read.body, `${ruleSetPlaces.subnets}/0/odd`),
        virtualNetworkSubnetResourceId: '/a',
      },
      { action: 'Allow', virtualNetworkSubnetResourceId: subnet },
    ]);
    // A cloud that showed them at an older version only may not have the newest.
    const older = { ...read, apiVersion: '2025-11-01' };
    expect(sent(older, [add])).toMatchObject({ apiVersion: '2021-08-01-preview' });
    expect(JSON.stringify(sent(older, [add]))).not.toContain('virtualNetworkSubnetResourceId');
  });

  test('with no subnet rules, where the version shows them, has none', () => {
    const none = { ...unseen, apiVersion: '2026-11-01' };
    expect(sent(none, [setMember(none.body, ruleSetPlaces.action, 'Allow')])).toMatchObject({
      apiVersion: '2026-11-01',
    });
  });

  test.each([
    ['with subnet rules', listed, '2021-08-01-preview'],
    ['without', bare, '2025-11-01'],
    ['with rules that were not seen', unseen, '2021-08-01-preview'],
  ])('the switch and the bypass of a registry %s', (_name, current, apiVersion) => {
    const edits = [
      setMember(current.body, '/properties/publicNetworkAccess', 'Disabled'),
      setMember(current.body, ruleSetPlaces.bypass, 'None'),
    ];
    expect(sent(current, edits)).toEqual({
      method: 'PATCH',
      id: registryId,
      apiVersion,
      body: { properties: { publicNetworkAccess: 'Disabled', networkRuleBypassOptions: 'None' } },
    });
  });

  test('rules that were not seen are not written', () => {
    expect(sent(unseen, [setMember(unseen.body, ruleSetPlaces.action, 'Allow')])).toMatch(/only after reading them/);
  });

  test('the SKU alone is sent alone', () => {
    const small = registry('{}', 'Basic');
    expect(sent(small, [setMember(small.body, '/sku/name', 'Premium')])).toEqual({
      method: 'PATCH',
      id: registryId,
      apiVersion: '2025-11-01',
      body: { sku: { name: 'Premium' } },
    });
  });

  test('a rule set cannot be taken away, only opened', () => {
    const none = registry('{}');
    const set = setMember(none.body, ruleSetPointer, { defaultAction: 'Deny' });
    const closed = { ...none, apiVersion: '2021-08-01-preview', body: applyEdits(none.body, [set]) };
    expect(sent(closed, invertEdits([set]))).toMatchObject({
      body: { properties: { networkRuleSet: { defaultAction: 'Allow', virtualNetworkRules: [], ipRules: [] } } },
    });
  });

  test('nothing else is written, and none is made or deleted', () => {
    expect(sent(listed, [setMember(listed.body, '/properties/adminUserEnabled', true)])).toMatch(/does not write/);
    const gone: Change = { kind: 'delete', resource: registryId, edits: [], body: listed.body };
    expect(resourceTypeOf(listed.type).write(gone, listed)).toMatch(/does not create or delete/);
  });

  test('joining is asked for each subnet that comes in', () => {
    const change = editChange(registryId, [addTo(listed.body, ruleSetPlaces.subnets, { id: subnet }, subnetKey)]);
    expect(resourceTypeOf(listed.type).needs(change)).toEqual([
      { action: 'Microsoft.ContainerRegistry/registries/write', scope: registryId },
      { action: 'Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action', scope: subnet },
    ]);
  });

  test('the same by the Azure CLI', () => {
    const edits = [
      addTo(listed.body, ruleSetPlaces.subnets, { id: subnet, action: 'Allow' }, subnetKey),
      removeFrom(listed.body, ruleSetPlaces.addresses, { value: '203.0.113.7' }, { member: 'value', fold: false }),
      setMember(listed.body, ruleSetPlaces.action, 'Deny'),
      setMember(listed.body, '/properties/publicNetworkAccess', 'Enabled'),
      setMember(listed.body, ruleSetPlaces.bypass, 'None'),
      setMember(listed.body, '/sku/name', 'Premium'),
    ];
    expect(az(listed, edits).split(' && ')).toEqual([
      `az acr network-rule add -g rg -n acr --subnet ${subnet}`,
      'az acr network-rule remove -g rg -n acr --ip-address 203.0.113.7',
      'az acr update -g rg -n acr --default-action Deny --public-network-enabled true --allow-trusted-services false --sku Premium',
    ]);
  });

  test('what Azure writes by itself, or by default, is no change', () => {
    const { normal } = resourceTypeOf(listed.type);
    const twins = [
      ['{}', '{"networkRuleSet": {"defaultAction": "allow", "virtualNetworkRules": [], "ipRules": []}}'],
      ['{}', '{"networkRuleSet": null, "publicNetworkAccess": "enabled", "privateEndpointConnections": []}'],
      ['{"networkRuleBypassOptions": "azureservices"}', '{}'],
    ];
    for (const [one = '', other = ''] of twins) {
      expect(normal(registry(one).body)).toEqual(normal(registry(other).body));
    }
    expect(normal(registry('{}', 'basic').body)).toEqual(normal(registry('{}', 'Basic').body));
    expect(normal(listed.body)).not.toEqual(normal(bare.body));
  });
});

describe('a shared private link', () => {
  const workspace = resource(
    `${group}/providers/Microsoft.MachineLearningServices/workspaces/w`,
    `{"id": "/w", "name": "w", "type": "t", "etag": null, "location": "westeurope", "sku": {"name": "Basic"},
      "identity": {"type": "SystemAssigned", "principalId": "p", "tenantId": "t"},
      "properties": {"storageAccount": "/st", "workspaceId": "x", "privateEndpointConnections": [{"id": "/c"}], "provisioningState": "Succeeded",
        "managedNetwork": {"isolationMode": "Disabled", "networkId": "n", "changeableIsolationModes": []}, "odd": {"2024": 1.0}}}`,
    '2024-04-01',
  );
  const item = { name: 'Acr', properties: { privateLinkResourceId: `${registryId}/privateLinkResources/registry` } };
  const list = '/properties/sharedPrivateLinkResources';
  const add = addTo(workspace.body, list, item, { member: 'name', fold: true });

  test('goes with the whole workspace, less what Azure writes by itself', () => {
    const request = sent(workspace, [add]);
    if (typeof request === 'string') throw new Error(request);
    expect([request.method, request.apiVersion]).toEqual(['PUT', '2026-05-01']);
    expect(stringifyJson(request.body)).toBe(
      `{"location":"westeurope","sku":{"name":"Basic"},"identity":{"type":"SystemAssigned"},"properties":{"storageAccount":"/st","managedNetwork":{"isolationMode":"Disabled"},"odd":{"2024":1.0},"sharedPrivateLinkResources":[${stringifyJson(item)}]}}`,
    );
  });

  test('goes by the preview version where only that shows all of it', () => {
    const body = applyEdits(workspace.body, [setMember(workspace.body, '/properties/ipAllowlist', ['203.0.113.7'])]);
    expect(sent({ ...workspace, body: body as JsonObject }, [add])).toMatchObject({ apiVersion: '2026-05-15-preview' });
  });

  test('goes alone', () => {
    const other = setMember(workspace.body, '/properties/imageBuildCompute', 'cpu');
    expect(sent(workspace, [add, other])).toMatch(/written separately/);
  });

  test('shows a connection that waits at its registry, which goes with it', () => {
    const { sideEffects: follows } = resourceTypeOf(workspace.type);
    const seen = (one: Resource) => ({
      resource: (id: string) => (id === registryId ? one : undefined),
      ofType: () => [],
      may: () => undefined,
    });
    const made = follows?.(editChange(workspace.id, [add]), seen(bare));
    const after = made?.put.find(({ id }) => id === registryId);
    const connections = '/properties/privateEndpointConnections';
    expect(valueAt(after?.body, `${connections}/0/properties/privateLinkServiceConnectionState/status`)).toBe(
      'Pending',
    );
    const undone = follows?.(editChange(workspace.id, invertEdits([add])), seen(after ?? bare));
    expect(valueAt(undone?.put[0]?.body, connections)).toEqual([]);
    expect(undone?.gone).toHaveLength(1);
  });
});
