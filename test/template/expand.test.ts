// Whole templates: which resources they make, under which ids, with which bodies.
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { isUnresolved } from '../../src/model/unresolved.ts';
import { expandTemplate } from '../../src/template/expand.ts';
import { LimitError } from '../../src/template/limits.ts';
import { expand, resources, type Sections, schema, template } from './support.ts';

const base = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{main}/providers';
const short = (sections: Sections, given?: JsonObject) =>
  resources(sections, given).map(({ id }) => id.replace(`${base}/`, ''));
const account = (more: JsonObject = {}): JsonObject => ({
  type: 'Microsoft.Storage/storageAccounts',
  apiVersion: '2023-05-01',
  name: 'st',
  ...more,
});
const subnetType = 'Microsoft.Network/virtualNetworks/subnets';
const vnet = (more: JsonObject = {}): JsonObject => ({
  type: 'Microsoft.Network/virtualNetworks',
  apiVersion: '2024-01-01',
  name: 'vnet',
  ...more,
});

describe('names and children', () => {
  test.each<[string, Json, string[]]>([
    [
      'by short type inside its parent',
      [vnet({ resources: [{ type: 'subnets', name: 'a' }] })],
      ['vnet', 'vnet/subnets/a'],
    ],
    [
      'by full type inside its parent',
      [vnet({ resources: [{ type: subnetType, name: 'vnet/a' }] })],
      ['vnet', 'vnet/subnets/a'],
    ],
    ['by itself, with slashes', [{ type: subnetType, name: 'vnet/a' }], ['vnet/subnets/a']],
    [
      'by itself, the name put together',
      [{ type: subnetType, name: "[format('{0}/{1}', 'vnet', 'a')]" }],
      ['vnet/subnets/a'],
    ],
  ])('a child %s', (_how, declared, expected) => {
    expect(short({ resources: declared })).toEqual(expected.map((end) => `Microsoft.Network/virtualNetworks/${end}`));
  });

  test('extensions, in the old and the new spelling', () => {
    const lock = `${base}/Microsoft.Storage/storageAccounts/st/providers/Microsoft.Authorization/locks/keep`;
    const old = { type: 'Microsoft.Storage/storageAccounts/providers/locks', name: 'st/Microsoft.Authorization/keep' };
    const scoped = (scope: string) => ({ type: 'Microsoft.Authorization/locks', name: 'keep', scope });
    for (const declared of [
      old,
      scoped("[resourceId('Microsoft.Storage/storageAccounts', 'st')]"),
      scoped('Microsoft.Storage/storageAccounts/st'),
    ]) {
      expect(resources({ resources: [declared] }).map(({ id, type }) => [id, type])).toEqual([
        [lock, expect.stringMatching(/locks$/)],
      ]);
    }
  });

  test('by symbol (languageVersion 2.0), existing ones left out', () => {
    const made = resources({
      languageVersion: '2.0',
      resources: {
        old: { existing: true, ...account({ name: 'old' }) },
        net: vnet({ properties: { link: "[resourceInfo('old').id]", own: "[resourceInfo('net').name]" } }),
      },
    });
    expect(made.map(({ body }) => body.properties)).toEqual([
      { link: `${base}/Microsoft.Storage/storageAccounts/old`, own: 'vnet' },
    ]);
  });

  test('an account of a name that only Azure can compute, and what points to it', () => {
    const made = resources({
      variables: { name: "[concat('st', uniqueString(resourceGroup().id))]" },
      resources: [
        account({ name: "[variables('name')]" }),
        {
          type: 'Microsoft.MachineLearningServices/workspaces',
          name: 'ws',
          properties: {
            storageAccount: "[resourceId('Microsoft.Storage/storageAccounts', variables('NAME'))]",
            keyVault: "[resourceId('Microsoft.KeyVault/vaults', uniqueString('elsewhere'))]",
          },
        },
      ],
    });
    expect(made[0]?.id).toBe(`${base}/Microsoft.Storage/storageAccounts/st{uniqueString(resourceGroup().id)}`);
    const links = made[1]?.body.properties as JsonObject;
    expect(links.storageAccount).toBe(made[0]?.id);
    // The same name elsewhere is another resource, and the same wherever it is named.
    expect(links.keyVault).toBe(`${base}/Microsoft.KeyVault/vaults/{uniqueString('elsewhere')}`);
    const named = resources({
      parameters: { tier: { type: 'string' } },
      resources: [
        account({
          name: "[uniqueString('x')]",
          sku: { name: "[parameters('tier')]" },
          properties: { subnets: [{ name: "[uniqueString('y')]", properties: {} }] },
        }),
      ],
    })[0]?.body;
    expect(isUnresolved(valueAt(named ?? {}, '/sku/name'))).toBe(true);
    expect(named?.properties).toEqual({ subnets: [{ name: "{uniqueString('y')}", properties: {} }] });
  });
});

describe('loops and conditions', () => {
  test('a loop over resources, its index in name and body', () => {
    const made = resources({
      resources: [
        account({
          name: "[format('st{0}', copyIndex(1))]",
          copy: { name: 'all', count: "[length(createArray('a', 'b'))]" },
          properties: { at: "[copyIndex('all')]" },
        }),
      ],
    });
    expect(made.map(({ body }) => [body.name, body.properties])).toEqual([
      ['st1', { at: 0 }],
      ['st2', { at: 1 }],
    ]);
  });
  test('a loop over a property, inside a loop over resources', () => {
    const made = resources({
      resources: [
        vnet({
          name: "[format('v{0}', copyIndex())]",
          copy: { name: 'nets', count: 2 },
          properties: {
            copy: [
              {
                name: 'subnets',
                count: 2,
                input: { name: "[format('{0}-{1}', copyIndex('nets'), copyIndex('subnets'))]" },
              },
            ],
          },
        }),
      ],
    });
    expect(made.map(({ body }) => body.properties)).toEqual([
      { subnets: [{ name: '0-0' }, { name: '0-1' }] },
      { subnets: [{ name: '1-0' }, { name: '1-1' }] },
    ]);
  });
  test('loops among the variables', () => {
    const [made] = resources({
      variables: {
        copy: [{ name: 'top', count: 2, input: "[copyIndex('top')]" }],
        held: { copy: [{ name: 'list', count: 2, input: "[copyIndex('list', 5)]" }] },
      },
      resources: [account({ properties: { a: "[variables('top')]", b: "[variables('held').list]" } })],
    });
    expect(made?.body.properties).toEqual({ a: [0, 1], b: [5, 6] });
  });
  test('a condition that is false leaves the resource and its children out; an open one is noted', () => {
    const declared = (condition: Json) => ({
      resources: [vnet({ condition, resources: [{ type: 'subnets', name: 'a' }] })],
    });
    expect(resources(declared(false))).toEqual([]);
    expect(resources(declared('[equals(1, 2)]'))).toEqual([]);
    const open = expand(declared("[equals(parameters('x'), 'new')]"));
    expect(open.resources).toHaveLength(2);
    expect(open.notes).toEqual([
      {
        id: `${base}/Microsoft.Network/virtualNetworks/vnet`,
        reason: expect.stringMatching(/It is not known whether it is deployed.*parameters\('x'\)/),
      },
    ]);
  });
  test('a loop whose count is open gives one resource, noted', () => {
    const open = expand({
      resources: [account({ name: "[concat('st', copyIndex())]", copy: { name: 'all', count: "[parameters('n')]" } })],
    });
    expect(open.resources.map(({ body }) => body.name)).toEqual(["st{copyIndex('all')}"]);
    expect(open.notes).toHaveLength(1);
  });
});

describe('references', () => {
  const registry = {
    type: 'Microsoft.ContainerRegistry/registries',
    name: "[uniqueString('r')]",
    sku: { name: 'Premium' },
  };
  const id = "resourceId('Microsoft.ContainerRegistry/registries', uniqueString('r'))";
  const deployment = (name: string, resources: Json, more: JsonObject = {}): JsonObject => ({
    type: 'Microsoft.Resources/deployments',
    name,
    properties: {
      expressionEvaluationOptions: { scope: 'inner' },
      template: { $schema: schema, resources, ...more } as JsonObject,
    },
  });

  test('a setting that another deployment of the file declares decides a condition; what Azure adds stays open', () => {
    const asking = (member: string, name: string) =>
      account({ name, condition: `[equals(reference(${id}, '2023-07-01', 'Full').${member}, 'Premium')]` });
    const made = expand({
      resources: [
        deployment('a', [asking('sku.name', 'yes'), asking('sku.tier', 'maybe'), asking('kind', 'perhaps')]),
        deployment('b', [registry]),
      ],
    });
    expect(made.resources.map(({ body }) => body.name)).toEqual(['yes', 'maybe', 'perhaps', "{uniqueString('r')}"]);
    expect(made.notes.map((one) => one.id.split('/').at(-1))).toEqual(['maybe', 'perhaps']);
  });
  test('without Full they are the properties; a declaration in two ways decides nothing', () => {
    const twice = (access: string) => account({ name: 'st', properties: { publicNetworkAccess: access } });
    const read = (declared: Json[]) =>
      resources({
        resources: [
          ...declared,
          account({ name: 'b', tags: { seen: "[reference('st', '2023-05-01').publicNetworkAccess]" } }),
        ] as Json,
      }).at(-1)?.body.tags;
    expect(read([twice('Disabled')])).toEqual({ seen: 'Disabled' });
    expect(isUnresolved(valueAt(read([twice('Disabled'), twice('Enabled')]) as JsonObject, '/seen'))).toBe(true);
  });
  test('resources inside a resource are in the declared order, under the ids that their places make', () => {
    const subnet = (name: string) => ({ name, properties: { addressPrefix: `10.0.${name.length}.0/24` } });
    const network = {
      type: 'Microsoft.Network/virtualNetworks',
      name: 'vnet',
      properties: { subnets: [subnet('a'), subnet("[concat('b', uniqueString('x'))]")], tags: ['one'] },
    };
    const read = (asked: string) =>
      resources({
        resources: [
          network,
          account({ tags: { seen: `[reference(resourceId('${network.type}', 'vnet'), '2024-01-01').${asked}]` } }),
        ],
      }).at(-1)?.body.tags;
    const id = `${base}/Microsoft.Network/virtualNetworks/vnet/subnets`;
    expect(read('subnets[0].id')).toEqual({ seen: `${id}/a` });
    expect(read('subnets[0].properties.addressPrefix')).toEqual({ seen: '10.0.1.0/24' });
    expect(read('subnets[1].id')).toEqual({ seen: `${id}/b{uniqueString('x')}` });
    for (const asked of ['subnets[2].id', 'subnets', 'tags[0]', 'subnets[0].etag']) {
      expect(isUnresolved(valueAt(read(asked) as JsonObject, '/seen')), asked).toBe(true);
    }
  });
  test('by symbol and place in a loop, in a condition too; a circle ends', () => {
    const made = resources({
      languageVersion: '2.0',
      resources: {
        parts: {
          ...deployment("[format('part{0}', copyIndex())]", [], { outputs: { id: { type: 'string', value: 'x' } } }),
          copy: { name: 'parts', count: 2 },
        },
        st: account({
          condition: "[equals(reference('parts[1]').outputs.id.value, 'x')]",
          kind: "[reference('b').kind]",
        }),
        b: account({ name: 'b', properties: { kind: "[reference('c').kind]" } }),
        c: account({ name: 'c', properties: { kind: "[reference('b').kind]" } }),
      },
    });
    expect(made.map(({ body }) => body.name)).toEqual(['st', 'b', 'c']);
    expect(isUnresolved(made[0]?.body.kind)).toBe(true);
  });
  test('an id whose group is not known is that of the only account of its name', () => {
    const link = (group: string, name: string) =>
      resources({
        parameters: { rg: { type: 'string' } },
        resources: [
          account({ name: 'st' }),
          {
            type: 'Microsoft.MachineLearningServices/workspaces',
            name: 'ws',
            properties: { storageAccount: `[resourceId(${group}, 'Microsoft.Storage/storageAccounts', '${name}')]` },
          },
        ],
      })[1]?.body.properties;
    expect(link("parameters('rg')", 'st')).toEqual({ storageAccount: `${base}/Microsoft.Storage/storageAccounts/st` });
    expect(link("parameters('rg')", 'other')).toEqual({
      storageAccount: expect.stringContaining("{parameters('rg')}/providers/Microsoft.Storage/storageAccounts/other"),
    });
  });
});

describe('parameters and variables', () => {
  const declared: Sections = {
    parameters: {
      action: { type: 'string', defaultValue: 'Allow' },
      later: { type: 'string', defaultValue: "[concat(parameters('Action'), '!')]" },
      secret: { type: 'secureString', defaultValue: 'hidden' },
      open: { type: 'string' },
    },
    variables: { a: "[variables('b')]", b: "[variables('a')]" },
    resources: [
      account({
        properties: {
          action: "[parameters('ACTION')]",
          later: "[parameters('later')]",
          secret: "[parameters('secret')]",
          open: "[parameters('open')]",
          cycle: "[variables('a')]",
        },
      }),
    ],
  };
  const because = (text: RegExp) => ({ $unresolved: expect.any(String), because: expect.stringMatching(text) });

  test('defaults, whatever the letter case; no value, a secret and a cycle are open', () => {
    expect(resources(declared)[0]?.body.properties).toEqual({
      action: 'Allow',
      later: 'Allow!',
      secret: because(/secret/),
      open: because(/no value/),
      cycle: because(/depends on itself/),
    });
  });
  test('a value given wins, a reference to a vault is a secret, and a secret given stays outside', () => {
    const given = {
      Action: { value: 'Deny' },
      open: { reference: { keyVault: { id: '/x' }, secretName: 's' } },
      secret: { value: 'given' },
    };
    const made = resources(declared, given)[0]?.body.properties;
    expect(made).toMatchObject({ action: 'Deny', later: 'Deny!', secret: because(/secret/), open: because(/secret/) });
    expect(JSON.stringify(made)).not.toContain('given');
  });
  test('functions of the template see their own parameters only', () => {
    const [made] = resources({
      parameters: { p: { type: 'string', defaultValue: 'outside' } },
      functions: [
        {
          namespace: 'contoso',
          members: {
            name: {
              parameters: [{ name: 'a', type: 'string' }],
              output: { type: 'string', value: "[concat('n-', parameters('a'))]" },
            },
            peek: { parameters: [], output: { type: 'string', value: "[parameters('p')]" } },
          },
        },
      ],
      resources: [account({ properties: { a: "[contoso.name('x')]", b: '[contoso.peek()]' } })],
    });
    expect(made?.body.properties).toEqual({ a: 'n-x', b: because(/no parameter p/) });
  });
});

describe('deployments inside', () => {
  const inner = (scope: string | undefined, more: JsonObject = {}): JsonObject => ({
    type: 'Microsoft.Resources/deployments',
    apiVersion: '2022-09-01',
    name: 'module',
    ...more,
    properties: {
      ...(scope === undefined ? {} : { expressionEvaluationOptions: { scope } }),
      parameters: { name: { value: "[parameters('name')]" } },
      template: {
        parameters: { name: { type: 'string' } },
        variables: { end: 'in' },
        resources: [account({ name: "[concat(parameters('name'), variables('end'))]" })],
        outputs: {
          id: {
            type: 'string',
            value: "[resourceId('Microsoft.Storage/storageAccounts', concat(parameters('name'), variables('end')))]",
          },
          key: { type: 'secureString', value: 'hidden' },
        },
      },
    },
  });
  const around = (deployment: JsonObject): Sections => ({
    parameters: { name: { type: 'string', defaultValue: 'st' } },
    variables: { end: 'out' },
    resources: [
      {
        type: 'Microsoft.MachineLearningServices/workspaces',
        name: 'ws',
        properties: {
          storageAccount:
            "[reference(resourceId('Microsoft.Resources/deployments', 'module'), '2022-09-01').outputs.id.value]",
          key: "[reference('module').outputs.key.value]",
        },
      },
      deployment,
    ],
  });
  const ends = (deployment: JsonObject) => resources(around(deployment)).map(({ id }) => id.split('/').at(-1));

  test('inner scope sees its own parameters and variables, outer scope those around it', () => {
    expect(ends(inner('inner'))).toEqual(['ws', 'stin']);
    expect(ends(inner('outer'))).toEqual(['ws', 'stout']);
    expect(ends(inner(undefined))).toEqual(['ws', 'stout']);
  });
  test('outputs reach the template around, secrets do not', () => {
    const [ws, made] = resources(around(inner('inner')));
    expect(ws?.body.properties).toMatchObject({
      storageAccount: made?.id,
      key: { because: expect.stringMatching(/secret/) },
    });
  });
  test('a parameter that is an expression as a whole, and one without a value that may be null', () => {
    const given = (condition: string) =>
      resources({
        variables: { have: true },
        resources: [
          {
            type: 'Microsoft.Resources/deployments',
            name: 'module',
            properties: {
              expressionEvaluationOptions: { scope: 'inner' },
              parameters: { name: `[if(${condition}, createObject('value', 'st1'), createObject('value', 'st2'))]` },
              template: {
                parameters: { name: { type: 'string' }, kind: { type: 'string', nullable: true } },
                resources: [
                  account({ name: "[parameters('name')]", kind: "[coalesce(parameters('kind'), 'Storage')]" }),
                ],
              },
            },
          },
        ],
      })[0];
    expect(given("variables('have')")?.id).toBe(`${base}/Microsoft.Storage/storageAccounts/st1`);
    expect(given("not(variables('have'))")?.id).toBe(`${base}/Microsoft.Storage/storageAccounts/st2`);
    expect(given('true()')?.body.kind).toBe('Storage');
  });
  test('what the operator says: values by the type of their parameter, and where it is deployed', () => {
    const sections: Sections = {
      parameters: { name: { type: 'string' }, isClosed: { type: 'bool', defaultValue: false } },
      resources: [
        account({
          name: "[parameters('name')]",
          location: '[resourceGroup().location]',
          properties: { closed: "[parameters('isClosed')]", tenant: '[subscription().tenantId]' },
        }),
      ],
    };
    const [made] = expandTemplate(template(sections), {
      name: 'main',
      parameters: [{ name: { value: 'lost' } }],
      values: { NAME: '0042', isclosed: 'true' },
      place: { subscription: 'sub', group: 'rg', location: 'westeurope', tenant: 'home' },
    }).resources;
    expect(made?.id).toBe('/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/0042');
    expect(made?.body).toMatchObject({ location: 'westeurope', properties: { closed: true, tenant: 'home' } });
  });
  test('another group, another subscription', () => {
    const made = resources(around(inner('inner', { resourceGroup: 'rg', subscriptionId: 'sub' })));
    expect(made[1]?.id).toBe('/subscriptions/sub/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/stin');
  });
  test('the outputs of a module in another group are known by the id that Bicep gives it', () => {
    const group = "format('/subscriptions/{0}/resourceGroups/{1}', subscription().subscriptionId, 'rg-data')";
    const module = `extensionResourceId(${group}, 'Microsoft.Resources/deployments', 'data')`;
    const made = expand({
      $schema: 'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
      resources: [
        {
          ...inner('inner', { name: 'data', resourceGroup: 'rg-data' }),
          properties: {
            expressionEvaluationOptions: { scope: 'inner' },
            template: {
              resources: [account()],
              outputs: { id: { value: "[resourceId('Microsoft.Storage/storageAccounts', 'st')]" } },
            },
          },
        },
        {
          ...inner('inner', { name: 'ml', resourceGroup: 'rg-ml' }),
          properties: {
            expressionEvaluationOptions: { scope: 'inner' },
            parameters: { account: { value: `[reference(${module}, '2022-09-01').outputs.id.value]` } },
            template: {
              parameters: { account: { type: 'string' } },
              resources: [account({ name: 'other', properties: { from: "[parameters('account')]" } })],
            },
          },
        },
      ],
    } as Sections);
    const [data, other] = made.resources;
    expect(data?.id).toContain('/resourceGroups/rg-data/');
    expect(other?.body.properties).toMatchObject({ from: { ambient: true, text: data?.id } });
  });
  test('a template that is elsewhere is noted', () => {
    const { notes, resources: made } = expand({
      resources: [
        { type: 'Microsoft.Resources/deployments', name: 'far', properties: { templateLink: { uri: 'https://x' } } },
      ],
    });
    expect(made).toEqual([]);
    expect(notes).toHaveLength(1);
  });
  test('a template for a subscription makes groups and what is in them', () => {
    const made = expand({
      $schema: 'https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#',
      resources: [
        { type: 'Microsoft.Resources/resourceGroups', name: 'rg', location: 'westeurope' },
        { ...inner('inner', { resourceGroup: 'rg' }), properties: { template: { resources: [account()] } } },
      ],
    } as Sections);
    const subscription = '/subscriptions/00000000-0000-0000-0000-000000000000';
    expect(made.resources.map(({ id }) => id)).toEqual([
      `${subscription}/resourceGroups/rg`,
      `${subscription}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st`,
    ]);
  });
});

describe('more than is allowed is refused, at once', () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `v${index}`,
      index === 0 ? 'x' : `[concat(variables('v${index - 1}'), variables('v${index - 1}'))]`,
    ]),
  );
  const trees = Object.fromEntries(
    Array.from({ length: 60 }, (_, index) => [
      `v${index}`,
      index === 0 ? 'x' : `[createArray(variables('v${index - 1}'), variables('v${index - 1}'))]`,
    ]),
  );
  const chain = Object.fromEntries(
    Array.from({ length: 5000 }, (_, index) => [`v${index}`, index === 0 ? 'x' : `[variables('v${index - 1}')]`]),
  );
  const recursive = [
    {
      namespace: 'a',
      members: {
        f: {
          parameters: [{ name: 'n', type: 'int' }],
          output: { type: 'int', value: "[add(a.f(parameters('n')), a.f(parameters('n')))]" },
        },
      },
    },
  ];
  const nest = (depth: number): JsonObject =>
    depth === 0
      ? account()
      : {
          type: 'Microsoft.Resources/deployments',
          name: `d${depth}`,
          properties: { template: { resources: [nest(depth - 1)] } },
        };
  test.each<[string, Sections]>([
    ['a text that doubles', { variables: doubling, resources: [account({ properties: { a: "[variables('v59')]" } })] }],
    ['a tree that doubles', { variables: trees, resources: [account({ properties: { a: "[variables('v59')]" } })] }],
    ['a chain without end', { variables: chain, resources: [account({ properties: { a: "[variables('v4999')]" } })] }],
    ['a function that calls itself', { functions: recursive, resources: [account({ properties: { a: '[a.f(1)]' } })] }],
    ['a loop of a million', { resources: [account({ copy: { name: 'a', count: 1_000_000 } })] }],
    [
      'loops inside loops',
      {
        resources: [
          account({
            name: "[concat('a', copyIndex())]",
            copy: { name: 'a', count: 800 },
            properties: { copy: [{ name: 'b', count: 800, input: { copy: [{ name: 'c', count: 800, input: 1 }] } }] },
          }),
        ],
      },
    ],
    ['deployments inside deployments', { resources: [nest(500)] }],
  ])('%s', (_what, sections) => {
    expect(() => expand(sections)).toThrow(LimitError);
  });
});

describe('what is written twice', () => {
  const account = (action: string) => ({
    ...{ type: 'Microsoft.Storage/storageAccounts', apiVersion: '1', name: 'st' },
    properties: { networkAcls: { defaultAction: action } },
  });
  const stage = (name: string, action: string, after: readonly string[]) => ({
    ...{ type: 'Microsoft.Resources/deployments', apiVersion: '1', name, dependsOn: after },
    properties: { mode: 'Incremental', template: template({ resources: [account(action)] }) },
  });
  const actions = (all: readonly JsonObject[]) =>
    expand({ resources: all }).resources.map(({ body }) => valueAt(body, '/properties/networkAcls/defaultAction'));

  test('is as the last writes it that waits for the others, whatever the order in the file', () => {
    const stages = [
      stage('one', 'Allow', []),
      stage('two', 'Maybe', ['one']),
      stage('three', 'Deny', ["[resourceId('Microsoft.Resources/deployments', 'two')]"]),
    ];
    expect(actions(stages)).toEqual(['Deny']);
    expect(actions(stages.toReversed())).toEqual(['Deny']);
    expect(actions([account('Allow'), stage('two', 'Deny', ['st'])])).toEqual(['Deny']);
  });

  test('stays twice where neither waits for the other', () => {
    expect(actions([stage('one', 'Allow', []), stage('two', 'Deny', [])])).toEqual(['Allow', 'Deny']);
    expect(actions([stage('one', 'Allow', ['two']), stage('two', 'Deny', ['one'])])).toEqual(['Allow', 'Deny']);
  });
});
