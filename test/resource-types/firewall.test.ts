// What is sent to Azure Firewall and its policies, and the command lines that say the same.
import { describe, expect, test } from 'vitest';
import { type Change, editChange, invertChange } from '../../src/model/change.ts';
import { addTo } from '../../src/model/edit.ts';
import { type JsonObject, parseJson, stringifyJson } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';

const group = '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/rg-hub/providers/Microsoft.Network';
const firewall = `${group}/azureFirewalls/fw-hub`;
const rules = `${group}/firewallPolicies/fwp-hub/ruleCollectionGroups/bastide-rules`;
const resource = (id: string, body: object): Resource => ({
  id,
  type: typeOf(id),
  apiVersion: '2024-01-01',
  body: parseJson(JSON.stringify({ id, ...body })) as JsonObject,
});
const collection = {
  name: 'bastide-net',
  properties: {
    priority: 200,
    action: { type: 'Allow' },
    rules: [
      {
        ...{ name: 'aml', protocols: ['UDP'], sourceAddresses: ['10.0.1.0/24'] },
        ...{ destinationAddresses: ['AzureMachineLearning'], destinationPorts: ['5831'] },
      },
      {
        ...{ name: 'all', protocols: ['TCP'], sourceAddresses: ['*'] },
        ...{ destinationAddresses: ['*'], destinationPorts: ['443'] },
      },
    ],
  },
};
const byName = { member: 'name', fold: true };
const pointer = '/properties/networkRuleCollections';
const written = (more: object = {}): Resource =>
  resource(firewall, {
    name: 'fw-hub',
    ...{ type: 'Microsoft.Network/azureFirewalls', etag: 'W/"1"', location: 'westeurope', zones: ['1'] },
    properties: {
      ...{ provisioningState: 'Succeeded', sku: { name: 'AZFW_VNet', tier: 'Standard' }, ipGroups: [] },
      networkRuleCollections: [
        { name: 'own', etag: 'W/"1"', id: `${firewall}/networkRuleCollections/own`, properties: { priority: 100 } },
      ],
      ipConfigurations: [
        {
          ...{ name: 'main', etag: 'W/"1"', type: 'x' },
          properties: { provisioningState: 'Succeeded', privateIPAddress: '10.9.0.4', subnet: { id: `${group}/s` } },
        },
      ],
      ...more,
    },
  });
const request = (change: Change, current: Resource | null) =>
  resourceTypeOf(typeOf(change.resource)).write(change, current);

describe('a firewall with its own rules', () => {
  const current = written();
  const change = editChange(firewall, [addTo(current.body, pointer, collection, byName)]);
  test('is written whole, less what Azure computes, with its etag', () => {
    const sent = request(change, current);
    if (typeof sent === 'string') throw new Error(sent);
    expect([sent.method, sent.id, sent.ifMatch]).toEqual(['PUT', firewall, 'W/"1"']);
    expect(parseJson(stringifyJson(sent.body))).toEqual({
      ...{ location: 'westeurope', zones: ['1'] },
      properties: {
        sku: { name: 'AZFW_VNet', tier: 'Standard' },
        networkRuleCollections: [
          { name: 'own', id: `${firewall}/networkRuleCollections/own`, properties: { priority: 100 } },
          collection,
        ],
        ipConfigurations: [{ name: 'main', properties: { subnet: { id: `${group}/s` } } }],
      },
    });
  });
  test('the lines of the CLI make the collection with its first rule, and remove it whole', () => {
    const { az } = resourceTypeOf('Microsoft.Network/azureFirewalls');
    expect(az(change).split(' && ')).toEqual([
      'az network firewall network-rule create -g rg-hub -f fw-hub --collection-name bastide-net --priority 200 --action Allow -n aml --source-addresses 10.0.1.0/24 --protocols UDP --destination-addresses AzureMachineLearning --destination-ports 5831',
      "az network firewall network-rule create -g rg-hub -f fw-hub --collection-name bastide-net -n all --source-addresses '*' --protocols TCP --destination-addresses '*' --destination-ports 443",
    ]);
    expect(az(invertChange(change))).toBe(
      'az network firewall network-rule collection delete -g rg-hub -f fw-hub --collection-name bastide-net',
    );
  });
  test('is not written unseen, nor when it follows a policy, nor elsewhere than at its rules', () => {
    expect(request(change, null)).toMatch(/not read/);
    expect(request(change, written({ firewallPolicy: { id: `${group}/firewallPolicies/fwp-hub` } }))).toMatch(
      /policy fwp-hub/,
    );
    const strange = editChange(firewall, [{ op: 'set', pointer: '/properties/threatIntelMode', after: 'Off' }]);
    expect(request(strange, current)).toMatch(/threatIntelMode/);
    expect(request({ kind: 'delete', resource: firewall, edits: [], body: {} }, current)).toMatch(/does not write/);
  });
  test('looks the same with its collections in another order and other etags', () => {
    const { same } = resourceTypeOf('Microsoft.Network/azureFirewalls');
    const [a, b] = [
      { name: 'a', etag: '1' },
      { name: 'b', id: 'x', properties: { provisioningState: 'Updating' } },
    ];
    expect(
      same(
        pointer,
        [a, b],
        [
          { name: 'b', properties: {} },
          { name: 'a', etag: '2' },
        ],
      ),
    ).toBe(true);
    expect(same(pointer, [a], [b])).toBe(false);
  });
});

describe('a rule collection group', () => {
  const web = {
    ...{ ruleType: 'ApplicationRule', name: 'aml', sourceAddresses: ['10.0.1.0/24'], targetFqdns: ['*.azureml.ms'] },
    protocols: [{ protocolType: 'Https', port: 443 }],
  };
  const udp = {
    ...{ ruleType: 'NetworkRule', name: 'udp', ipProtocols: ['UDP'], sourceAddresses: ['10.0.1.0/24'] },
    ...{ destinationAddresses: ['AzureMachineLearning'], destinationPorts: ['5831'] },
  };
  const filter = (name: string, priority: number, own: readonly object[]) => ({
    ...{ ruleCollectionType: 'FirewallPolicyFilterRuleCollection', name, priority, action: { type: 'Allow' } },
    rules: own,
  });
  const body = {
    properties: { priority: 300, ruleCollections: [filter('app', 200, [web, web]), filter('net', 100, [udp])] },
  };
  const made: Change = {
    kind: 'create',
    resource: rules,
    edits: [],
    body: parseJson(JSON.stringify(body)) as JsonObject,
  };
  test('is made new, or not at all', () => {
    expect(request(made, null)).toMatchObject({ method: 'PUT', id: rules, ifNoneMatch: '*', body });
  });
  test('is deleted with its etag, and is serial with its policy', () => {
    const current = { ...resource(rules, { etag: 'W/"7"', ...body }) };
    const gone: Change = { kind: 'delete', resource: rules, edits: [], body: current.body };
    expect(request(gone, current)).toMatchObject({ method: 'DELETE', ifMatch: 'W/"7"' });
    expect(resourceTypeOf(typeOf(rules)).writer(rules)).toBe(`${group}/firewallPolicies/fwp-hub`);
  });
  test('its lines make the group, then each collection with its first rule', () => {
    const command = 'az network firewall policy rule-collection-group';
    const at = '-g rg-hub --policy-name fwp-hub';
    expect(resourceTypeOf(typeOf(rules)).az(made).split(' && ')).toEqual([
      `${command} create ${at} -n bastide-rules --priority 300`,
      `${command} collection add-filter-collection ${at} --rcg-name bastide-rules -n app --collection-priority 200 --action Allow --rule-name aml --rule-type ApplicationRule --source-addresses 10.0.1.0/24 --protocols Https=443 --target-fqdns '*.azureml.ms'`,
      `${command} collection rule add ${at} --rcg-name bastide-rules --collection-name app -n aml --rule-type ApplicationRule --source-addresses 10.0.1.0/24 --protocols Https=443 --target-fqdns '*.azureml.ms'`,
      `${command} collection add-filter-collection ${at} --rcg-name bastide-rules -n net --collection-priority 100 --action Allow --rule-name udp --rule-type NetworkRule --source-addresses 10.0.1.0/24 --ip-protocols UDP --destination-addresses AzureMachineLearning --destination-ports 5831`,
    ]);
    expect(resourceTypeOf(typeOf(rules)).az(invertChange(made))).toBe(`${command} delete ${at} -n bastide-rules --yes`);
  });
});
