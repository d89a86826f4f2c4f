// Plans and states of Terraform as ARM resources. The plans are built here in the shape that `terraform show -json` has.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { isUnresolved } from '../../src/model/unresolved.ts';
import { isTerraform, refusalOf, resourcesOfTerraform, terraformTypes } from '../../src/terraform/index.ts';

const group = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/{main}';
const rg = '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-ml/providers';

interface Written {
  /** `module.net.azurerm_subnet.train[0]` */
  readonly address: string;
  readonly values: JsonObject;
  readonly unknown?: Json;
  /** The expressions in the configuration; null for a resource that the configuration does not hold. */
  readonly says?: JsonObject | null;
  readonly actions?: readonly string[];
}
const refs = (...references: string[]): JsonObject => ({ references });

/** `azurerm_subnet.train[0]`: type, name and index. */
function parts(address: string) {
  const [, modules = '', type = '', name = '', index] =
    /^((?:module\.[\w-]+(?:\["?\w+"?\])?\.)*)(\w+)\.(\w+)(?:\[(.*)\])?$/.exec(address) ?? [];
  const key = index === undefined ? undefined : index.startsWith('"') ? index.slice(1, -1) : Number(index);
  return { modules, type, name, ...(key === undefined ? {} : { index: key }) };
}

function planOf(
  all: readonly Written[],
  more: { calls?: JsonObject; variables?: JsonObject; modules?: JsonObject } = {},
): JsonObject {
  const configured = (inModule: string) => [
    ...new Map(
      all
        .filter(({ address, says }) => says !== null && parts(address).modules.replaceAll(/\[.*?\]/g, '') === inModule)
        .map(({ address, says }) => {
          const { type, name } = parts(address);
          return [
            `${type}.${name}`,
            { address: `${type}.${name}`, mode: 'managed', type, name, expressions: says ?? {} },
          ];
        }),
    ).values(),
  ];
  return {
    ...{ format_version: '1.2', terraform_version: '1.14.9' },
    ...(more.variables === undefined ? {} : { variables: more.variables }),
    resource_changes: all.map(({ address, values, unknown = { id: true }, actions = ['create'] }) => ({
      ...{ address, mode: 'managed', ...parts(address) },
      change: { actions, before: null, after: values, after_unknown: unknown },
    })),
    configuration: {
      root_module: {
        resources: configured(''),
        module_calls: Object.fromEntries(
          Object.entries(more.calls ?? {}).map(([name, expressions]) => [
            name,
            {
              expressions,
              module: { resources: configured(`module.${name}.`), ...(more.modules?.[name] as JsonObject) },
            },
          ]),
        ),
      },
    },
  };
}

const read = (plan: JsonObject) => resourcesOfTerraform(plan, group);
const bodyOf = (plan: JsonObject, tail: string): JsonObject => {
  const found = read(plan).resources.find(({ id }) => id.toLowerCase().endsWith(tail.toLowerCase()));
  if (!found)
    throw new Error(
      `no ${tail} among ${read(plan)
        .resources.map(({ id }) => id)
        .join(', ')}`,
    );
  return found.body;
};
const inGroup = { resource_group_name: 'rg-ml', location: 'westeurope' };
const account = (values: JsonObject, unknown: JsonObject, says: JsonObject): JsonObject =>
  bodyOf(
    planOf([{ address: 'azurerm_storage_account.a', values: { name: 'sta', ...inGroup, ...values }, unknown, says }]),
    '/sta',
  );

describe('what the author did not write is not unknown', () => {
  test('without a block the provider opens the account, whatever the plan marks', () => {
    const body = account({}, { id: true, network_rules: true }, { name: { constant_value: 'sta' } });
    expect(valueAt(body, '/properties/networkAcls/defaultAction')).toBe('Allow');
    expect(valueAt(body, '/properties/publicNetworkAccess')).toBe('Enabled');
  });

  test('a block that is written, but known only after the apply, is unknown', () => {
    const body = account({}, { network_rules: true }, { network_rules: refs('var.rules') });
    expect(isUnresolved(valueAt(body, '/properties/networkAcls'))).toBe(true);
  });

  test('members of a block that are not written have the defaults of Azure', () => {
    const values = { network_rules: [{ default_action: 'Deny' }] };
    const mask = { network_rules: [{ bypass: true, ip_rules: true, virtual_network_subnet_ids: true }] };
    const body = account(values, mask, { network_rules: [{ default_action: { constant_value: 'Deny' } }] });
    expect(valueAt(body, '/properties/networkAcls')).toEqual({
      ...{
        defaultAction: 'Deny',
        bypass: 'AzureServices',
        ipRules: [],
        virtualNetworkRules: [],
        resourceAccessRules: [],
      },
    });
  });

  test('a list of blocks given as one value does not tell what is written in them', () => {
    const routes = [{ name: 'default', address_prefix: '0.0.0.0/0', next_hop_type: 'VirtualAppliance' }];
    const table = (says: JsonObject) =>
      bodyOf(
        planOf([
          {
            address: 'azurerm_route_table.t',
            values: { name: 'rt', ...inGroup, route: routes },
            unknown: { route: [{ next_hop_in_ip_address: true }] },
            says,
          },
        ]),
        '/rt',
      );
    const hop = (says: JsonObject) => valueAt(table(says), '/properties/routes/0/properties/nextHopIpAddress');
    expect(isUnresolved(hop({ route: refs('module.firewall.private_ip_address') }))).toBe(true);
    expect(hop({ route: [{ name: { constant_value: 'default' } }] })).toBeUndefined();
  });

  test('a variable of the root module has its value', () => {
    const plan = planOf(
      [
        {
          address: 'azurerm_key_vault.v',
          values: { name: 'kv', ...inGroup },
          unknown: { public_network_access_enabled: true },
          says: { public_network_access_enabled: refs('var.public') },
        },
      ],
      { variables: { public: { value: false } } },
    );
    expect(valueAt(bodyOf(plan, '/kv'), '/properties/publicNetworkAccess')).toBe('Disabled');
  });

  test('a sensitive value is not read', () => {
    const plan = planOf([{ address: 'azurerm_key_vault.v', values: { name: 'kv', ...inGroup, location: 'secret' } }]);
    const [change] = plan.resource_changes as JsonObject[];
    const hidden = {
      ...plan,
      resource_changes: [
        { ...change, change: { ...(change?.change as JsonObject), after_sensitive: { location: true } } },
      ],
    };
    expect(JSON.stringify(bodyOf(hidden, '/kv'))).not.toContain('"secret"');
  });
});

describe('ids that Azure gives at the apply are linked', () => {
  const network = {
    address: 'azurerm_virtual_network.n',
    values: { name: 'vnet', ...inGroup, address_space: ['10.0.0.0/16'] },
  };
  const subnet = (name: string, more: Partial<Written> = {}): Written => ({
    address: `azurerm_subnet.${name}`,
    values: {
      name: `snet-${name}`,
      resource_group_name: 'rg-ml',
      virtual_network_name: 'vnet',
      address_prefixes: ['10.0.1.0/24'],
    },
    ...more,
  });
  const rules = (says: JsonObject): Written => ({
    address: 'azurerm_storage_account.a',
    values: { name: 'sta', ...inGroup, network_rules: [{ default_action: 'Deny' }] },
    unknown: { network_rules: [{ virtual_network_subnet_ids: true }] },
    says: { network_rules: [{ virtual_network_subnet_ids: says }] },
  });
  const subnetId = (name: string) => `${rg}/Microsoft.Network/virtualNetworks/vnet/subnets/snet-${name}`;

  test.each([
    ['the attribute', refs('azurerm_subnet.train.id', 'azurerm_subnet.train')],
    ['the resource alone, as Terraform 0.13 gives it', refs('azurerm_subnet.train')],
  ])('%s', (_what, says) => {
    const body = bodyOf(planOf([network, subnet('train'), rules(says)]), '/sta');
    expect(valueAt(body, '/properties/networkAcls/virtualNetworkRules')).toEqual([
      { id: subnetId('train'), action: 'Allow' },
    ]);
  });

  test('what else is in a list makes its end unknown', () => {
    const body = bodyOf(
      planOf([network, subnet('train'), rules(refs('azurerm_subnet.train.id', 'azurerm_subnet.train', 'local.more'))]),
      '/sta',
    );
    const list = valueAt(body, '/properties/networkAcls/virtualNetworkRules') as Json[];
    expect(valueAt(list[0], '/id')).toBe(subnetId('train'));
    expect(isUnresolved(list[1])).toBe(true);
  });

  test('of several instances the one that is named, or the one with the same key', () => {
    const many = ['"a"', '"b"'].map((key) => ({
      address: `azurerm_subnet.many[${key}]`,
      values: { name: `snet-${key.slice(1, 2)}`, resource_group_name: 'rg-ml', virtual_network_name: 'vnet' },
    }));
    const nic = (key: string, says: JsonObject): Written => ({
      address: `azurerm_network_interface.n[${key}]`,
      values: { name: `nic-${key.slice(1, 2)}`, ...inGroup, ip_configuration: [{ name: 'one' }] },
      unknown: { ip_configuration: [{ subnet_id: true }] },
      says: { ip_configuration: [{ subnet_id: says }] },
    });
    const at = '/properties/ipConfigurations/0/properties/subnet/id';
    const same = planOf([network, ...many, nic('"b"', refs('azurerm_subnet.many', 'each.key'))]);
    expect(valueAt(bodyOf(same, '/nic-b'), at)).toBe(subnetId('b'));
    const named = planOf([
      network,
      ...many,
      nic('"b"', refs('azurerm_subnet.many["a"].id', 'azurerm_subnet.many["a"]', 'azurerm_subnet.many')),
    ]);
    expect(valueAt(bodyOf(named, '/nic-b'), at)).toBe(subnetId('a'));
    const open = planOf([
      network,
      ...many,
      { ...nic('"c"', refs('azurerm_subnet.many')), address: 'azurerm_network_interface.one' },
    ]);
    expect(isUnresolved(valueAt(bodyOf(open, '/nic-c'), '/properties/ipConfigurations/0/properties/subnet'))).toBe(
      true,
    );
  });

  test('through the variables and outputs of modules', () => {
    const inModule = { ...subnet('train'), address: 'module.net.azurerm_subnet.train' };
    const cluster: Written = {
      address: 'module.ml.azurerm_machine_learning_compute_cluster.c',
      values: { name: 'cpu', location: 'westeurope', vm_size: 'Standard_DS3_v2' },
      unknown: { machine_learning_workspace_id: true, subnet_resource_id: true },
      says: { machine_learning_workspace_id: refs('var.workspace'), subnet_resource_id: refs('var.subnet') },
    };
    const workspace: Written = { address: 'azurerm_machine_learning_workspace.w', values: { name: 'mlw', ...inGroup } };
    const plan = planOf([network, inModule, workspace, cluster], {
      calls: {
        net: {},
        ml: {
          workspace: refs('azurerm_machine_learning_workspace.w.id', 'azurerm_machine_learning_workspace.w'),
          subnet: refs('module.net.train_id', 'module.net'),
        },
      },
      modules: {
        net: { outputs: { train_id: { expression: refs('azurerm_subnet.train.id', 'azurerm_subnet.train') } } },
      },
    });
    const body = bodyOf(plan, '/workspaces/mlw/computes/cpu');
    expect(valueAt(body, '/properties/properties/subnet/id')).toBe(subnetId('train'));
    expect(valueAt(body, '/properties/properties/enableNodePublicIp')).toBe(true);
    expect(valueAt(body, '/properties/properties/remoteLoginPortPublicAccess')).toBe('Disabled');
  });

  test('rules, routes and associations are added to what they name', () => {
    const plan = planOf([
      network,
      subnet('train'),
      { address: 'azurerm_network_security_group.g', values: { name: 'nsg', ...inGroup, security_rule: [] } },
      {
        address: 'azurerm_network_security_rule.r',
        values: {
          ...{ name: 'ssh', resource_group_name: 'rg-ml', network_security_group_name: 'nsg', priority: 100 },
          ...{
            direction: 'Inbound',
            access: 'Allow',
            protocol: 'Tcp',
            source_address_prefix: '*',
            destination_port_range: '22',
          },
          destination_port_ranges: [],
        },
      },
      {
        address: 'azurerm_subnet_network_security_group_association.x',
        values: { timeouts: null },
        unknown: { id: true, subnet_id: true, network_security_group_id: true },
        says: {
          subnet_id: refs('azurerm_subnet.train.id', 'azurerm_subnet.train'),
          network_security_group_id: refs('azurerm_network_security_group.g.id', 'azurerm_network_security_group.g'),
        },
      },
    ]);
    expect(valueAt(bodyOf(plan, '/nsg'), '/properties/securityRules/0')).toEqual({
      name: 'ssh',
      properties: {
        ...{ priority: 100, direction: 'Inbound', access: 'Allow', protocol: 'Tcp' },
        ...{ sourceAddressPrefix: '*', destinationPortRange: '22' },
      },
    });
    expect(valueAt(bodyOf(plan, '/snet-train'), '/properties/networkSecurityGroup/id')).toMatch(
      /networkSecurityGroups\/nsg$/,
    );
    expect(read(plan).notes).toEqual([]);
  });

  test('what is not known of a resource stays so when a part is added to it', () => {
    const refsTo = (address: string) => refs(`${address}.id`, address);
    const plan = planOf([
      {
        address: 'azurerm_machine_learning_workspace.w',
        values: { name: 'mlw', ...inGroup },
        unknown: { managed_network: true },
        says: { managed_network: refs('local.network') },
      },
      {
        address: 'azurerm_machine_learning_workspace_network_outbound_rule_fqdn.f',
        values: { name: 'pypi', destination_fqdn: 'pypi.org' },
        unknown: { workspace_id: true },
        says: { workspace_id: refsTo('azurerm_machine_learning_workspace.w') },
      },
      {
        address: 'azurerm_kubernetes_cluster.k',
        values: { name: 'aks', ...inGroup },
        unknown: { default_node_pool: true },
        says: { default_node_pool: refs('local.pool') },
      },
      {
        address: 'azurerm_kubernetes_cluster_node_pool.p',
        values: { name: 'gpu' },
        unknown: { kubernetes_cluster_id: true },
        says: { kubernetes_cluster_id: refsTo('azurerm_kubernetes_cluster.k') },
      },
    ]);
    expect(isUnresolved(valueAt(bodyOf(plan, '/mlw'), '/properties/managedNetwork'))).toBe(true);
    expect(isUnresolved(valueAt(bodyOf(plan, '/aks'), '/properties/agentPoolProfiles'))).toBe(true);
  });

  test('an endpoint with its zone group, approved unless it is manual', () => {
    const endpoint = (isManual: boolean): JsonObject =>
      bodyOf(
        planOf([
          { address: 'azurerm_storage_account.a', values: { name: 'sta', ...inGroup } },
          {
            address: 'azurerm_private_dns_zone.z',
            values: { name: 'privatelink.blob.core.windows.net', resource_group_name: 'rg-ml' },
          },
          {
            address: 'azurerm_private_endpoint.e',
            values: {
              ...{ name: 'pe', ...inGroup },
              private_service_connection: [{ name: 'c', is_manual_connection: isManual, subresource_names: ['blob'] }],
              private_dns_zone_group: [{ name: 'default' }],
            },
            unknown: {
              private_service_connection: [{ private_connection_resource_id: true }],
              private_dns_zone_group: [{ private_dns_zone_ids: true }],
            },
            says: {
              private_service_connection: [
                { private_connection_resource_id: refs('azurerm_storage_account.a.id', 'azurerm_storage_account.a') },
              ],
              private_dns_zone_group: [
                { private_dns_zone_ids: refs('azurerm_private_dns_zone.z.id', 'azurerm_private_dns_zone.z') },
              ],
            },
          },
        ]),
        isManual ? '/pe' : '/privateDnsZoneGroups/default',
      );
    expect(valueAt(endpoint(false), '/properties/privateDnsZoneConfigs/0/properties/privateDnsZoneId')).toMatch(
      /privateDnsZones\/privatelink/,
    );
    expect(valueAt(endpoint(true), '/properties/manualPrivateLinkServiceConnections/0/properties')).toEqual({
      privateLinkServiceId: `${rg}/Microsoft.Storage/storageAccounts/sta`,
      groupIds: ['blob'],
      privateLinkServiceConnectionState: { status: 'Pending' },
    });
  });
});

test('a deleted resource is not there; one that is changed has its real id', () => {
  const id =
    '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/RG-ml/providers/Microsoft.KeyVault/vaults/kv';
  const plan = planOf([
    { address: 'azurerm_key_vault.gone', values: { name: 'gone', ...inGroup }, actions: ['delete'] },
    { address: 'azurerm_key_vault.v', values: { id, name: 'kv', ...inGroup }, unknown: {}, actions: ['no-op'] },
    { address: 'azurerm_storage_account.a', values: { name: 'sta', ...inGroup } },
  ]);
  expect(read(plan).resources.map((one) => one.id)).toEqual([
    id,
    '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg-ml/providers/Microsoft.Storage/storageAccounts/sta',
  ]);
});

test('azapi bodies are ARM bodies, whatever their age', () => {
  const at = (body: Json, unknown: Json): JsonObject =>
    bodyOf(
      planOf([
        { address: 'azurerm_resource_group.g', values: { name: 'rg-ml' } },
        {
          address: 'azapi_resource.r',
          values: { type: 'Microsoft.ContainerRegistry/registries@2023-07-01', name: 'acr', body },
          unknown: { parent_id: true, body: unknown },
          says: { parent_id: refs('azurerm_resource_group.g.id', 'azurerm_resource_group.g') },
        },
      ]),
      'rg-ml/providers/Microsoft.ContainerRegistry/registries/acr',
    );
  const properties = { sku: { name: 'Premium' }, properties: { publicNetworkAccess: 'Disabled' } };
  for (const body of [properties, JSON.stringify(properties)]) {
    expect(valueAt(at(body, {}), '/properties/publicNetworkAccess')).toBe('Disabled');
  }
  expect(
    isUnresolved(valueAt(at(properties, { properties: { networkRuleSet: true } }), '/properties/networkRuleSet')),
  ).toBe(true);
});

describe('states', () => {
  const values = { id: `${rg}/Microsoft.KeyVault/vaults/kv`, name: 'kv', ...inGroup, network_acls: [] };
  const shown = {
    ...{ format_version: '1.0', terraform_version: '1.5.0' },
    values: {
      root_module: {
        child_modules: [
          {
            resources: [
              {
                address: 'module.a.azurerm_key_vault.v',
                type: 'azurerm_key_vault',
                name: 'v',
                mode: 'managed',
                values,
              },
            ],
          },
        ],
      },
    },
  };
  const raw = {
    ...{ version: 4, terraform_version: '1.5.0', lineage: 'x', outputs: {} },
    resources: [
      {
        module: 'module.a',
        mode: 'managed',
        type: 'azurerm_key_vault',
        name: 'v',
        instances: [{ attributes: values }],
      },
    ],
  };
  test.each([
    ['as terraform show prints it', shown],
    ['terraform.tfstate', raw],
  ])('%s', (_what, state) => {
    expect(isTerraform(state)).toBe(true);
    expect(refusalOf(state)).toBeNull();
    const [vault] = read(state).resources;
    expect([vault?.address, valueAt(vault?.body, '/properties/publicNetworkAccess')]).toEqual([
      'module.a.azurerm_key_vault.v',
      'Enabled',
    ]);
    expect(valueAt(vault?.body, '/properties/networkAcls')).toBeUndefined();
  });

  test('formats of another major version are refused, an unfinished plan says so', () => {
    expect(refusalOf({ format_version: '2.0', terraform_version: '9', values: {} })).toMatch('format 2.0');
    expect(refusalOf({ ...raw, version: 3 })).toMatch('version 3');
    expect(read({ ...planOf([]), errored: true, complete: false }).notes.map(({ reason }) => reason)).toEqual([
      'Terraform ended with an error while it made the plan.',
      'Terraform deferred a part of the plan.',
    ]);
  });
});

test('the switches of both directions, and every type with nothing known', () => {
  for (const [type, { address, mask }] of Object.keys(terraformTypes).map(
    (name) => [name, { address: `${name}.x`, mask: true }] as const,
  )) {
    const plan = planOf([{ address, values: {}, unknown: mask, says: {} }]);
    expect(() => read(plan), type).not.toThrow();
  }
  const table = bodyOf(
    planOf([
      { address: 'azurerm_route_table.t', values: { name: 'rt', ...inGroup, bgp_route_propagation_enabled: false } },
    ]),
    '/rt',
  );
  expect(valueAt(table, '/properties/disableBgpRoutePropagation')).toBe(true);
  const serverless = bodyOf(
    planOf([
      {
        address: 'azurerm_machine_learning_workspace.w',
        values: { name: 'mlw', ...inGroup, serverless_compute: [{ public_ip_enabled: true }] },
      },
    ]),
    '/mlw',
  );
  expect(valueAt(serverless, '/properties/serverlessComputeSettings/serverlessComputeNoPublicIP')).toBe(false);
});

test('who may sign in and who may call, in the words of each age of the provider', () => {
  const cluster = (values: JsonObject) =>
    bodyOf(
      planOf([{ address: 'azurerm_kubernetes_cluster.k', values: { name: 'aks', ...inGroup, ...values } }]),
      '/aks',
    );
  const rangesOf = (values: JsonObject) =>
    valueAt(cluster(values), '/properties/apiServerAccessProfile/authorizedIPRanges');
  expect(rangesOf({ api_server_access_profile: [{ authorized_ip_ranges: ['198.51.100.0/24'] }] })).toEqual([
    '198.51.100.0/24',
  ]);
  expect(rangesOf({ api_server_authorized_ip_ranges: ['198.51.100.0/24'] })).toEqual(['198.51.100.0/24']);
  expect(rangesOf({ api_server_access_profile: [], api_server_authorized_ip_ranges: [] })).toBeUndefined();
  const later = { address: 'azurerm_kubernetes_cluster.k', values: { name: 'aks', ...inGroup } };
  const unknown = { api_server_access_profile: true };
  const says = { api_server_access_profile: refs('var.profile') };
  const ranges = valueAt(
    bodyOf(planOf([{ ...later, unknown, says }]), '/aks'),
    '/properties/apiServerAccessProfile/authorizedIPRanges',
  );
  expect(isUnresolved(ranges)).toBe(true);
  expect(valueAt(cluster({}), '/properties/disableLocalAccounts')).toBe(false);
  expect(valueAt(cluster({ local_account_disabled: true }), '/properties/disableLocalAccounts')).toBe(true);
  const keys = (values: JsonObject) => valueAt(account(values, {}, {}), '/properties/allowSharedKeyAccess');
  expect([keys({}), keys({ shared_access_key_enabled: false })]).toEqual([true, false]);
  const sku = (values: JsonObject) =>
    valueAt(
      bodyOf(planOf([{ address: 'azurerm_public_ip.p', values: { name: 'pip', ...inGroup, ...values } }]), '/pip'),
      '/sku/name',
    );
  expect([sku({}), sku({ sku: 'Basic' })]).toEqual(['Standard', 'Basic']);
});

test('files that nobody wrote: any JSON in any place, and never an exception', () => {
  const json = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<Json>;
  const name = fc.constantFrom(...Object.keys(terraformTypes));
  fc.assert(
    fc.property(name, json, json, json, fc.boolean(), (type, after, unknown, says, isPlan) => {
      const entry = { address: `${type}.x`, mode: 'managed', type, name: 'x' };
      const file = {
        ...{ format_version: '1.2', terraform_version: '1.9' },
        ...(isPlan
          ? {
              resource_changes: [{ ...entry, change: { actions: ['create'], after, after_unknown: unknown } }, unknown],
              configuration: { root_module: { resources: [{ ...entry, expressions: says }], module_calls: says } },
            }
          : { values: { root_module: { resources: [{ ...entry, values: after }], child_modules: says } } }),
      } as JsonObject;
      read(file);
    }),
    { numRuns: 400 },
  );
});
