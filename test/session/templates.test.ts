// Templates as `--from` reads them, checked by the real rules: what they say decides, what they leave open is unknown with the
// expression shown, and a parameter file given beside them closes it.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type Json, type JsonObject, stringifyJson } from '../../src/model/json.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rules } from '../../src/rules/index.ts';
import { type FileText, snapshotFromTexts } from '../../src/session/index.ts';

const read = (files: readonly FileText[], allResources = false): Snapshot =>
  snapshotFromTexts(files, { allResources, now: () => new Date(0), newId: () => 'id' });
const file = (path: string, json: unknown): FileText => ({ path, text: stringifyJson(json as Json, 2) });
const found = (snapshot: Snapshot, rule: string, name: string) =>
  audit(snapshot, rules).findings.find((one) => one.rule === rule && one.resource.endsWith(`/${name}`));

const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
/** A workspace with its account, vault, network and a cluster, written as templates are. */
const main: JsonObject = {
  $schema: schema,
  contentVersion: '1.0.0.0',
  parameters: {
    location: { type: 'string', defaultValue: '[resourceGroup().location]' },
    action: { type: 'string', allowedValues: ['Allow', 'Deny'] },
    vnetName: { type: 'string', defaultValue: 'vnet-ml' },
  },
  variables: {
    account: "[concat('st', uniqueString(resourceGroup().id))]",
    subnet: "[resourceId('Microsoft.Network/virtualNetworks/subnets', parameters('vnetName'), 'train')]",
  },
  resources: [
    {
      type: 'Microsoft.Network/virtualNetworks',
      apiVersion: '2024-01-01',
      name: "[parameters('vnetName')]",
      location: "[parameters('location')]",
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
      resources: [
        {
          type: 'subnets',
          apiVersion: '2024-01-01',
          name: 'train',
          dependsOn: ["[parameters('vnetName')]"],
          properties: { addressPrefix: '10.0.0.0/24', serviceEndpoints: [{ service: 'Microsoft.Storage' }] },
        },
      ],
    },
    {
      type: 'Microsoft.Storage/storageAccounts',
      apiVersion: '2023-05-01',
      name: "[variables('account')]",
      location: "[parameters('location')]",
      properties: {
        networkAcls: {
          bypass: 'AzureServices',
          defaultAction: "[parameters('action')]",
          virtualNetworkRules: [{ id: "[variables('subnet')]", action: 'Allow' }],
        },
      },
    },
    {
      type: 'Microsoft.KeyVault/vaults',
      apiVersion: '2023-07-01',
      name: 'kv',
      location: "[parameters('location')]",
      properties: { networkAcls: { bypass: 'AzureServices', defaultAction: 'Deny', virtualNetworkRules: [] } },
    },
    {
      type: 'Microsoft.MachineLearningServices/workspaces',
      apiVersion: '2024-04-01',
      name: 'ws',
      location: "[parameters('location')]",
      identity: { type: 'SystemAssigned' },
      properties: {
        storageAccount: "[resourceId('Microsoft.Storage/storageAccounts', variables('account'))]",
        keyVault: "[resourceId('Microsoft.KeyVault/vaults', 'kv')]",
      },
    },
    {
      type: 'Microsoft.MachineLearningServices/workspaces/computes',
      apiVersion: '2024-04-01',
      name: 'ws/cluster',
      properties: { computeType: 'AmlCompute', properties: { subnet: { id: "[variables('subnet')]" } } },
    },
  ],
};
const account = 'st{uniqueString(resourceGroup().id)}';

describe('a workspace in a template', () => {
  const snapshot = read([file('main.json', main)]);

  test('is found, with everything that depends on it', () => {
    expect(snapshot.workspace).toMatch(/\/workspaces\/ws$/);
    expect(snapshot.resources.map(({ id }) => id.split('/').at(-1))).toEqual(
      expect.arrayContaining([account, 'kv', 'ws', 'cluster', 'vnet-ml', 'train']),
    );
  });
  test('what it says decides: the link to an account of unknown name, the subnet that its rule names', () => {
    expect(found(snapshot, 'storage.default-account', account)?.outcome).toBe('pass');
    expect(found(snapshot, 'storage.vnet-rule-compute-subnet', account)?.outcome).toBe('pass');
    expect(found(snapshot, 'keyvault.default-action-deny', 'kv')?.outcome).toBe('pass');
    expect(found(snapshot, 'keyvault.vnet-rule-compute-subnet', 'kv')?.outcome).toBe('fail');
  });
  test('what it leaves open is unknown, with the expression', () => {
    expect(found(snapshot, 'storage.default-action-deny', account)).toMatchObject({
      outcome: 'unknown',
      because: expect.stringContaining("[parameters('action')] (the parameter action has no value)"),
      evidence: [{ pointer: '/properties/networkAcls/defaultAction', value: "[parameters('action')]" }],
    });
  });
  test('what it does not declare does not exist, unless it is a part of the deployment', () => {
    const lists = (snapshot: Snapshot) => snapshot.gaps.map(({ id }) => id.split('/').at(-1));
    expect(lists(snapshot)).toEqual([]);
    const options = { allResources: false, now: () => new Date(0), newId: () => 'id' };
    const part = snapshotFromTexts([file('main.json', main)], { ...options, partial: true });
    expect(lists(part)).toEqual(['datastores', 'onlineEndpoints']);
    const linked = { type: 'Microsoft.Resources/deployments', name: 'far', properties: { templateLink: { uri: 'x' } } };
    const spread = read([file('main.json', { ...main, resources: [...(main.resources as Json[]), linked] })]);
    expect(lists(spread)).toEqual(['datastores', 'onlineEndpoints', 'far']);
  });
  test('regions: the same expression is the same region, another text may be', () => {
    const at = (vnet: string, location?: string) => {
      const resources = (main.resources as JsonObject[]).map((one) =>
        one.type === 'Microsoft.Network/virtualNetworks' ? { ...one, location: vnet } : one,
      );
      const options = { allResources: false, now: () => new Date(0), newId: () => 'id', place: { location } };
      const made = snapshotFromTexts([file('main.json', { ...main, resources })], options);
      return found(made, 'compute.vnet-same-region', 'cluster');
    };
    expect(at("[parameters('location')]")?.outcome).toBe('pass');
    expect(at('westeurope')?.outcome).toBe('unknown');
    expect(at('westeurope', 'westeurope')?.because).toMatch(/workspace's region/);
    expect(at('westeurope', 'northeurope')?.because).toMatch(/is in westeurope; the workspace is in northeurope/);
  });
  test('a registry has the subnet rules that it declares, at every api-version', () => {
    const registry = (more: JsonObject) => ({
      type: 'Microsoft.ContainerRegistry/registries',
      apiVersion: '2023-07-01',
      name: 'cr',
      sku: { name: 'Premium' },
      properties: { publicNetworkAccess: 'Disabled', networkRuleSet: { defaultAction: 'Deny', ...more } },
    });
    const own = (more: JsonObject) => {
      const resources = (main.resources as JsonObject[]).map((one) =>
        one.name === 'ws'
          ? {
              ...one,
              properties: {
                ...(one.properties as JsonObject),
                containerRegistry: "[resourceId('Microsoft.ContainerRegistry/registries', 'cr')]",
              },
            }
          : one,
      );
      const made = read([file('main.json', { ...main, resources: [...resources, registry(more)] })]);
      return found(made, 'acr.endpoint-kinds-exclusive', 'cr')?.outcome;
    };
    expect(own({})).toBe('pass');
  });
  test('a saved snapshot of it says the same', () => {
    const again = read([file('saved.json', snapshot)]);
    expect(audit(again, rules).findings).toEqual(audit(snapshot, rules).findings);
  });
  test.each(['Allow', 'Deny'])('a parameter file beside it closes the question: %s', (value) => {
    const parameters = file('main.parameters.json', {
      $schema: 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#',
      contentVersion: '1.0.0.0',
      parameters: { Action: { value } },
    });
    const closed = read([file('main.json', main), parameters]);
    expect(found(closed, 'storage.default-action-deny', account)?.outcome).toBe(value === 'Deny' ? 'pass' : 'fail');
  });
});

describe('what follows from deploying it', () => {
  const endpoint = (target: string, more: JsonObject = {}): JsonObject => ({
    type: 'Microsoft.Network/privateEndpoints',
    apiVersion: '2024-01-01',
    name: 'pe-st',
    ...more,
    properties: {
      subnet: { id: "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet', 'pe')]" },
      privateLinkServiceConnections: [{ name: 'c', properties: { privateLinkServiceId: target, groupIds: ['blob'] } }],
    },
  });
  const around = (...more: JsonObject[]): JsonObject => ({
    $schema: schema,
    parameters: { target: { type: 'string' } },
    resources: [
      {
        type: 'Microsoft.Storage/storageAccounts',
        name: 'st',
        properties: { publicNetworkAccess: 'Disabled', networkAcls: { defaultAction: 'Deny' } },
      },
      { type: 'Microsoft.Network/virtualNetworks', name: 'vnet', properties: {} },
      {
        type: 'Microsoft.Network/virtualNetworks/subnets',
        name: 'vnet/pe',
        properties: { addressPrefix: '10.0.0.0/24' },
      },
      ...more,
    ],
  });
  const access = (...more: JsonObject[]) =>
    found(read([file('pe.json', around(...more))]), 'storage.public-network-access', 'st')?.outcome;

  test('an endpoint in the template gives access, none gives none, and one with an unknown target is open', () => {
    expect(access()).toBe('fail');
    expect(access(endpoint("[resourceId('Microsoft.Storage/storageAccounts', 'st')]"))).toBe('pass');
    expect(access(endpoint("[parameters('target')]"))).toBe('unknown');
  });
  test('an endpoint with an unknown target leads only to what has its sub-resource', () => {
    const other = endpoint("[parameters('target')]");
    const properties = { privateLinkServiceId: "[parameters('target')]", groupIds: ['Registry'] };
    const registry = {
      ...(other.properties as JsonObject),
      privateLinkServiceConnections: [{ name: 'c', properties }],
    };
    expect(access({ ...other, properties: registry })).toBe('fail');
  });
  describe('private access to the account, beside an endpoint whose target or zone is open', () => {
    const id = (type: string, ...names: string[]) =>
      `[resourceId('${type}', ${names.map((one) => `'${one}'`).join(', ')})]`;
    const of = (name: string, target: Json, groupIds: Json, zone: Json): JsonObject[] => [
      {
        type: 'Microsoft.Network/privateEndpoints',
        name,
        properties: {
          subnet: { id: id('Microsoft.Network/virtualNetworks/subnets', 'vnet', 'pe') },
          privateLinkServiceConnections: [{ name: 'c', properties: { privateLinkServiceId: target, groupIds } }],
        },
      },
      {
        type: 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups',
        name: `${name}/default`,
        properties: { privateDnsZoneConfigs: [{ name: 'z', properties: { privateDnsZoneId: zone } }] },
      },
    ];
    const own = ['blob', 'file'].flatMap((group): JsonObject[] => {
      const zone = `privatelink.${group}.core.windows.net`;
      const properties = { virtualNetwork: { id: id('Microsoft.Network/virtualNetworks', 'vnet') } };
      return [
        { type: 'Microsoft.Network/privateDnsZones', name: zone, location: 'global', properties: {} },
        { type: 'Microsoft.Network/privateDnsZones/virtualNetworkLinks', name: `${zone}/link`, properties },
        ...of(
          `pe-${group}`,
          id('Microsoft.Storage/storageAccounts', 'st'),
          [group],
          id('Microsoft.Network/privateDnsZones', zone),
        ),
      ];
    });
    const workspace: JsonObject = {
      type: 'Microsoft.MachineLearningServices/workspaces',
      name: 'ws',
      properties: { storageAccount: id('Microsoft.Storage/storageAccounts', 'st') },
    };
    const cluster: JsonObject = {
      type: 'Microsoft.MachineLearningServices/workspaces/computes',
      name: 'ws/cluster',
      properties: {
        computeType: 'AmlCompute',
        properties: { subnet: { id: id('Microsoft.Network/virtualNetworks/subnets', 'vnet', 'pe') } },
      },
    };
    const outcomes = (...more: readonly JsonObject[]) => {
      const template = around(workspace, cluster, ...own, ...more);
      const parameters = {
        ...(template.parameters as JsonObject),
        groups: { type: 'array' },
        zone: { type: 'string' },
      };
      const { findings } = audit(read([file('pe.json', { ...template, parameters })]), rules);
      const others = findings.filter(({ id }) => !id.includes('/pe-other'));
      return Object.fromEntries(others.map(({ id, outcome }) => [id, outcome]));
    };
    const names = ['storage.private-dns', 'dns.endpoint-record', 'dns.endpoint-collision'];
    const ofAccount = (found: Readonly<Record<string, string>>) =>
      names.flatMap((rule) => Object.keys(found).flatMap((id) => (id.startsWith(`${rule}@`) ? (found[id] ?? []) : [])));
    const registry = 'Microsoft.ContainerRegistry/registries';
    const known = outcomes();

    test('is judged without it', () => {
      expect(ofAccount(known)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
    });
    test.each([
      ['a parameter', "[parameters('target')]", ['registry']],
      [
        'one of two',
        `[if(empty(parameters('target')), resourceId('${registry}', 'cr'), parameters('target'))]`,
        ['Registry'],
      ],
      ['an output', "[reference('registry').outputs.id.value]", ['registry']],
      ['a vault, by a parameter', "[parameters('target')]", ['vault']],
      ['a service without rules', "[parameters('target')]", ['Sql']],
    ])('an endpoint of another sub-resource says nothing of it: %s', (_what, target, groups) => {
      expect(outcomes(...of('pe-other', target, groups, "[parameters('zone')]"))).toEqual(known);
    });
    test.each([
      ['its sub-resource', ['blob']],
      ['one of its sub-resources', ['registry', 'file']],
      ['sub-resources that are open too', "[parameters('groups')]"],
      ['a sub-resource that is open', ["[first(parameters('groups'))]"]],
    ])('one of %s is not known to lead elsewhere', (_what, groups) => {
      const open = outcomes(...of('pe-other', "[parameters('target')]", groups, "[parameters('zone')]"));
      expect(ofAccount(open)).toContain('unknown');
    });
  });
  test('the order of the template does not matter: an endpoint may stand before its target', () => {
    const workspace = { type: 'Microsoft.MachineLearningServices/workspaces', name: 'ws', properties: {} };
    const [target, group] = ["[resourceId('Microsoft.MachineLearningServices/workspaces', 'ws')]", ['amlworkspace']];
    const own = endpoint(target);
    const connections = [{ name: 'c', properties: { privateLinkServiceId: target, groupIds: group } }];
    const made = {
      ...own,
      properties: { ...(own.properties as JsonObject), privateLinkServiceConnections: connections },
    };
    const snapshot = read([file('pe.json', around(made, workspace))]);
    const there = snapshot.resources.find(({ id }) => id.endsWith('/workspaces/ws'));
    expect(there?.body.properties).toMatchObject({ privateEndpointConnections: [{ name: expect.any(String) }] });
  });
  test.each([
    ['public access off', 'AllowInternetOutbound', 'Disabled', [], 'pass'],
    ['public access on', 'AllowInternetOutbound', 'Enabled', [], 'fail'],
    ['public access on, rules declared', 'AllowInternetOutbound', 'Enabled', ['blob', 'file'], 'pass'],
    ['public access on, one of two declared', 'AllowInternetOutbound', 'Enabled', ['blob'], 'fail'],
    ['approved outbound', 'AllowOnlyApprovedOutbound', 'Enabled', [], 'pass'],
    ['no managed network', 'Disabled', 'Disabled', [], 'fail'],
  ])(
    '%s: the managed network has outbound rules to the account or not',
    (_what, isolationMode, access, groups, outcome) => {
      const id = "[resourceId('Microsoft.Storage/storageAccounts', 'st')]";
      const outboundRules = Object.fromEntries(
        groups.map((subresourceTarget) => [
          subresourceTarget,
          { type: 'PrivateEndpoint', destination: { serviceResourceId: id, subresourceTarget } },
        ]),
      );
      const own = {
        type: 'Microsoft.MachineLearningServices/workspaces',
        name: 'ws',
        properties: { storageAccount: id, managedNetwork: { isolationMode, outboundRules } },
      };
      const properties = { publicNetworkAccess: access, networkAcls: { defaultAction: 'Deny' } };
      const other = { type: 'Microsoft.Storage/storageAccounts', name: 'other', properties };
      const st = { ...other, name: 'st' };
      const snapshot = read([file('main.json', { $schema: schema, resources: [st, other, own] })]);
      expect(found(snapshot, 'storage.private-endpoints', 'st')?.outcome).toBe(outcome);
      // Where it is known to exist, what is not shown is not there.
      const there = {
        ...snapshot,
        resources: snapshot.resources.map((one) =>
          one.id.endsWith('/workspaces/ws')
            ? {
                ...one,
                body: {
                  ...one.body,
                  properties: { ...(one.body.properties as JsonObject), provisioningState: 'Succeeded' },
                },
              }
            : one,
        ),
      };
      expect(found(there, 'storage.private-endpoints', 'st')?.outcome).toBe('fail');
    },
  );
  test('a subnet declared beside its network is in it', () => {
    const snapshot = read([file('pe.json', around())]);
    const network = snapshot.resources.find(({ id }) => id.endsWith('/virtualNetworks/vnet'));
    expect(network?.body.properties).toMatchObject({ subnets: [{ name: 'pe' }] });
  });
  test('an account declared twice, differently, is open', () => {
    const again = (defaultAction: string) => ({
      type: 'Microsoft.Storage/storageAccounts',
      name: 'ST',
      properties: { networkAcls: { defaultAction } },
    });
    const snapshot = read([file('pe.json', around(again('Allow')))]);
    expect(found(snapshot, 'storage.default-action-deny', 'st')?.outcome).toBe('unknown');
  });
});

describe('templates beside one another', () => {
  const one = (action: string) => ({
    $schema: schema.replace('deploymentTemplate', 'DeploymentTemplate'),
    resources: [
      { type: 'Microsoft.Storage/storageAccounts', name: 'st', properties: { networkAcls: { defaultAction: action } } },
    ],
  });
  test('two files that make an account of the same name are two accounts', () => {
    const snapshot = read([file('a/azuredeploy.json', one('Allow')), file('b/azuredeploy.json', one('Deny'))]);
    const outcomes = audit(snapshot, rules).findings.filter(({ rule }) => rule === 'storage.default-action-deny');
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['fail', 'pass']);
  });
  test('parameters go to the template of their name', () => {
    const open = { ...one("[parameters('a')]"), parameters: { a: { type: 'string' } } };
    const values = (value: string) => ({ parameters: { a: { value } } });
    const snapshot = read([
      file('x.json', open),
      file('y.json', open),
      file('x.parameters.json', values('Deny')),
      file('y.parameters.json', values('Allow')),
    ]);
    const by = (name: string) =>
      audit(snapshot, rules).findings.find(
        ({ rule, resource }) => rule === 'storage.default-action-deny' && resource.includes(`{${name}}`),
      )?.outcome;
    expect([by('x'), by('y')]).toEqual(['pass', 'fail']);
  });
  test('members in another letter case are the same members', () => {
    const odd = {
      $Schema: schema,
      Resources: [
        {
          Type: 'microsoft.storage/storageaccounts',
          Name: 'st',
          Properties: { NetworkACLs: { DefaultAction: 'allow' } },
        },
      ],
    };
    expect(found(read([file('odd.json', odd)]), 'storage.default-action-deny', 'st')?.outcome).toBe('fail');
  });
  test('comments and strings over several lines', () => {
    const text = `// a template
{ "$schema": "${schema}", /* no resources yet
  but soon */ "variables": { "action": "[if(true(),
      'Deny', 'Allow')]" },
  "resources": [ { "type": "Microsoft.Storage/storageAccounts", "name": "st", // its firewall
    "properties": { "networkAcls": { "defaultAction": "[variables('action')]" } } } ] }`;
    expect(found(read([{ path: 'c.json', text }]), 'storage.default-action-deny', 'st')?.outcome).toBe('pass');
  });
  test('one past the limits is refused as a file, not read in part', () => {
    const loop = { ...one('Deny'), resources: [{ type: 'A.B/c', name: 'n', copy: { name: 'l', count: 1e6 } }] };
    expect(() => read([file('loop.json', loop)])).toThrow(/loop\.json: the template cannot be read: a loop runs/);
  });
});

describe('a hub and its projects', () => {
  const workspace = (name: string, body: JsonObject): JsonObject => ({
    ...{ type: 'Microsoft.MachineLearningServices/workspaces', apiVersion: '2024-10-01', name, location: 'westeurope' },
    ...body,
  });
  const project = (name: string, of: string) =>
    workspace(name, {
      kind: 'Project',
      properties: { hubResourceId: `[resourceId('Microsoft.MachineLearningServices/workspaces', '${of}')]` },
    });
  const hub = workspace('hub', { kind: 'Hub', properties: { publicNetworkAccess: 'Enabled' } });
  const template = (...resources: JsonObject[]) =>
    read([file('main.json', { $schema: schema, contentVersion: '1.0.0.0', resources })]);

  test('are audited for the hub, whose network settings are those of all', () => {
    const snapshot = template(project('one', 'hub'), hub, project('two', 'hub'));
    expect(snapshot.workspace).toMatch(/\/hub$/);
    expect(found(snapshot, 'workspace.public-network-access', 'hub')).toBeDefined();
  });

  test('beside another workspace are a choice of the operator', () => {
    const other = workspace('other', { kind: 'Hub', properties: {} });
    expect(() => template(hub, project('one', 'hub'), other)).toThrow('The files contain 3 workspaces');
    expect(() => template(hub, project('one', 'elsewhere'))).toThrow('The files contain 2 workspaces');
  });
});
