import { describe, expect, test } from 'vitest';
import { auditedAccounts, auditedVaults, unresolvedAccounts } from '../../src/facts/accounts.ts';
import { architectureOf, evidenceOf, strategyOf } from '../../src/facts/architecture.ts';
import { customerEndpoints } from '../../src/facts/endpoints.ts';
import { knownNeedsOf, needsOf, subnetUses, unreadUses } from '../../src/facts/needs.ts';
import { connectsPrivately, reachedPrivately } from '../../src/facts/reach.ts';
import type { Assumptions } from '../../src/model/assumption.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { ReadFailure, Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { UnreadableError } from '../../src/model/unreadable-error.ts';
import { unresolved } from '../../src/model/unresolved.ts';
import { resourceOf } from '../plan/worlds.ts';

const group = '/subscriptions/s/resourceGroups/rg';
const W = `${group}/providers/Microsoft.MachineLearningServices/workspaces/w`;
const account = (name: string) => `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
const kv = `${group}/providers/Microsoft.KeyVault/vaults/kv`;
const cr = `${group}/providers/Microsoft.ContainerRegistry/registries/cr`;
const vnet = (name: string) => `${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
const subnet = (name: string, network = 'v') => `${vnet(network)}/subnets/${name}`;
const pe = (name: string) => `${group}/providers/Microsoft.Network/privateEndpoints/${name}`;

interface Setting {
  readonly workspace?: JsonObject | null;
  readonly resources?: readonly JsonObject[];
  readonly gaps?: readonly ReadFailure[];
  readonly intents?: Assumptions;
  readonly datastores?: boolean;
  readonly computes?: boolean;
  /** What the resources were read with; the newest unless given. */
  readonly apiVersion?: string;
}
const type = (one: JsonObject, last: string) => String(one.id).toLowerCase().includes(last);

function world({
  workspace = {},
  resources = [],
  gaps = [],
  intents = {},
  datastores = true,
  computes = true,
  apiVersion,
}: Setting) {
  const all = [
    ...(workspace === null
      ? []
      : [
          { id: W, properties: { storageAccount: account('main'), keyVault: kv, containerRegistry: cr, ...workspace } },
        ]),
    ...resources,
  ];
  const snapshot: Snapshot = {
    schema: 'bastide/snapshot/v1',
    id: 's',
    takenAt: '2026-01-01T00:00:00Z',
    source: { kind: 'files', name: 'test' },
    workspace: workspace === null ? null : W,
    identity: null,
    requests: 0,
    resources: all.map((one) => ({ ...resourceOf(one as JsonObject), ...(apiVersion && { apiVersion }) })),
    collections: [
      ...(computes
        ? [
            {
              id: `${W}/computes`,
              members: resources.filter((one) => type(one, '/computes/')).map(({ id }) => String(id)),
            },
          ]
        : []),
      ...(datastores
        ? [
            {
              id: `${W}/datastores`,
              members: resources.filter((one) => type(one, '/datastores/')).map(({ id }) => String(id)),
            },
          ]
        : []),
    ],
    permissions: [],
    gaps,
    intents,
  };
  return indexSnapshot(snapshot);
}
const rules = (...ids: string[]) => ids.map((id) => ({ id, action: 'Allow' }));
const firewall = (id: string, subnets: readonly string[], more: JsonObject = {}): JsonObject => ({
  id,
  properties: { networkAcls: { defaultAction: 'Deny', virtualNetworkRules: rules(...subnets) as Json }, ...more },
});
const ends = (...names: string[]): JsonObject => ({
  privateEndpointConnections: names.map((name) => ({
    name,
    properties: { privateEndpoint: { id: pe(name) }, privateLinkServiceConnectionState: { status: 'Approved' } },
  })),
});
const endpoint = (name: string, target: string, groupId: string, at: string): JsonObject => ({
  id: pe(name),
  properties: {
    subnet: { id: at },
    privateLinkServiceConnections: [{ properties: { privateLinkServiceId: target, groupIds: [groupId] } }],
  },
});
const cluster = (name: string, at: string | null): JsonObject => ({
  id: `${W}/computes/${name}`,
  properties: { computeType: 'AmlCompute', properties: { subnet: at === null ? null : { id: at } } },
});
/** `10.118.0.0/16` for `v`: each network has a range of its own. */
const range = (name: string) => `10.${name.charCodeAt(0)}`;
const network = (name: string, subnets: readonly string[], peers: readonly string[] = []): JsonObject => ({
  id: vnet(name),
  properties: {
    addressSpace: { addressPrefixes: [`${range(name)}.0.0/16`] },
    subnets: subnets.map((one, at) => ({
      id: subnet(one, name),
      name: one,
      properties: { addressPrefix: `${range(name)}.${at}.0/24` },
    })),
    virtualNetworkPeerings: peers.map((peer) => ({
      name: peer,
      properties: {
        ...{ remoteVirtualNetwork: { id: vnet(peer) }, peeringState: 'Connected' },
        remoteAddressSpace: { addressPrefixes: [`${range(peer)}.0.0/16`] },
      },
    })),
  },
});
const refused = (id: string): ReadFailure => ({ id, reason: 'You may not read it.', action: 'x/read', status: 403 });

describe('the architecture of a workspace', () => {
  const by = (id: string) => firewall(id, [subnet('a')]);
  const behind = (id: string) => firewall(id, [], ends('e'));
  const listed = { id: cr, properties: { networkRuleSet: { virtualNetworkRules: rules(subnet('a')) } } };
  const v = network('v', ['a']);

  test.each<[string, Setting, string, string]>([
    ['nothing says anything', { resources: [] }, 'service-endpoint', 'default'],
    [
      'public access is off',
      { workspace: { publicNetworkAccess: 'disabled' } },
      'private-endpoint',
      'public access off',
    ],
    ['subnet rules vote', { resources: [by(account('main')), v] }, 'service-endpoint', 'votes'],
    ['endpoints vote', { resources: [behind(account('main'))] }, 'private-endpoint', 'votes'],
    ['two against one', { resources: [behind(account('main')), behind(kv), listed, v] }, 'private-endpoint', 'votes'],
    [
      'a draw is decided by the workspace',
      { resources: [behind(account('main')), by(kv), v], workspace: { publicNetworkAccess: 'Disabled' } },
      'private-endpoint',
      'public access off',
    ],
    ['a draw, door open', { resources: [behind(account('main')), by(kv), v] }, 'service-endpoint', 'default'],
    [
      'the intent beats the votes',
      { resources: [by(account('main')), v], intents: { architecture: 'private-endpoint' } },
      'private-endpoint',
      'intent',
    ],
    ['auto is no intent', { resources: [behind(kv)], intents: { architecture: 'auto' } }, 'private-endpoint', 'votes'],
    [
      'a managed network beats the intent',
      {
        workspace: { managedNetwork: { isolationMode: 'allowinternetoutbound' } },
        intents: { architecture: 'private-endpoint' },
      },
      'managed-network',
      'managed network',
    ],
    [
      'a managed network that is off does not',
      { workspace: { managedNetwork: { isolationMode: 'Disabled' } } },
      'service-endpoint',
      'default',
    ],
    [
      'a managed network only wished for',
      { intents: { architecture: 'managed-network' }, resources: [behind(kv)] },
      'private-endpoint',
      'votes',
    ],
    [
      'one unread voter cannot change what two say',
      { gaps: [refused(cr)], resources: [behind(account('main')), behind(kv)] },
      'private-endpoint',
      'votes',
    ],
    [
      'unread voters that could decide otherwise leave it unknown',
      { gaps: [refused(account('main')), refused(cr)], resources: [behind(kv)] },
      'unknown',
      'main could not be read',
    ],
    [
      'the intent stands where the voters are unread',
      { gaps: [refused(account('main'))], resources: [], intents: { architecture: 'private-endpoint' } },
      'private-endpoint',
      'intent',
    ],
    ['no workspace', { workspace: null, resources: [behind(kv)] }, 'service-endpoint', 'default'],
    ['an endpoint of the workspace alone changes nothing', { workspace: ends('w') }, 'service-endpoint', 'default'],
  ])('%s', (_name, setting, answer, why) => {
    expect(architectureOf(world(setting))).toMatchObject({ answer, by: why });
  });

  test.each([403, 404])('a workspace refused with %i leaves the assumption, and no default', (status) => {
    const gone = world({ workspace: null });
    const snapshot = { ...gone.snapshot, workspace: W, gaps: [{ ...refused(W), status }] };
    expect(architectureOf(indexSnapshot(snapshot)).answer).toBe('unknown');
    const wished = { ...snapshot, intents: { architecture: 'private-endpoint' as const } };
    expect(architectureOf(indexSnapshot(wished)).answer).toBe('private-endpoint');
  });

  test('each voter is named with its vote', () => {
    const { votes } = architectureOf(world({ resources: [by(account('main')), v], gaps: [refused(kv), refused(cr)] }));
    expect(votes).toEqual([
      { resource: account('main'), vote: 'service-endpoint' },
      { resource: kv, vote: null },
      { resource: cr, vote: null },
    ]);
  });
});

describe('the evidence of a resource', () => {
  const main = account('main');
  const both = (...subnets: string[]) => firewall(main, subnets, ends('e', 'f'));
  const wired = [endpoint('e', main, 'blob', subnet('p')), endpoint('f', main, 'file', subnet('p'))];
  const v = network('v', ['a', 'b', 'p']);

  test.each<[string, readonly JsonObject[], string | null]>([
    ['neither', [firewall(main, [])], null],
    ['rules only', [firewall(main, [subnet('a')]), v], 'service-endpoint'],
    ['ends only', [firewall(main, [], ends('e'))], 'private-endpoint'],
    ['public access off only', [firewall(main, [], { publicNetworkAccess: 'disabled' })], 'private-endpoint'],
    [
      'both, public access off',
      [firewall(main, [subnet('a')], { ...ends('e'), publicNetworkAccess: 'Disabled' }), v],
      'private-endpoint',
    ],
    ['both, every need by rule and privately', [both(subnet('a')), ...wired, v, cluster('c', subnet('a'))], null],
    [
      'both, every need by rule, none privately',
      [both(subnet('a', 'o')), ...wired, v, network('o', ['a']), cluster('c', subnet('a', 'o'))],
      'service-endpoint',
    ],
    [
      'both, a need without its rule',
      [both(subnet('a')), ...wired, v, cluster('c', subnet('a')), cluster('d', subnet('b'))],
      'private-endpoint',
    ],
    ['a rule whose subnet is gone is dead', [firewall(main, [subnet('gone')]), v], null],
    [
      'a pending end does not count',
      [
        {
          id: main,
          properties: {
            privateEndpointConnections: [{ properties: { privateLinkServiceConnectionState: { status: 'Pending' } } }],
          },
        },
      ],
      null,
    ],
  ])('%s', (_name, resources, vote) => {
    expect(evidenceOf(main, world({ resources }))).toBe(vote);
  });

  test('a rule whose subnet is gone has no effect', () => {
    const dead = {
      id: main,
      properties: { networkAcls: { virtualNetworkRules: [{ id: subnet('a'), state: 'networkSourceDeleted' }] } },
    };
    expect(evidenceOf(main, world({ resources: [dead, v] }))).toBeNull();
  });

  test('a registry whose rules cannot be seen votes by its endpoints only', () => {
    const unseen = { networkRuleSet: { defaultAction: 'Deny', ipRules: [] } };
    const registry = (properties: object) =>
      world({ apiVersion: '2025-11-01', resources: [{ id: cr, properties: { ...unseen, ...properties } }] });
    expect(evidenceOf(cr, registry(ends('e')))).toBe('private-endpoint');
    expect(evidenceOf(cr, registry({ publicNetworkAccess: 'Disabled' }))).toBeNull();
    const none = { networkRuleSet: { defaultAction: 'Deny', ipRules: [], virtualNetworkRules: [] } };
    expect(evidenceOf(cr, registry({ ...none, publicNetworkAccess: 'Disabled' }))).toBe('private-endpoint');
  });

  test('what files leave open of the resource is open; what was refused is no evidence', () => {
    const left = unresolved("[parameters('access')]", 'the parameter access has no value');
    const open = world({ resources: [{ id: main, properties: { publicNetworkAccess: left } }, v] });
    for (const asked of [evidenceOf, strategyOf])
      expect(() => asked(main, open)).toThrow("publicNetworkAccess of main is not known: [parameters('access')]");
    const gaps = [{ id: main, reason: 'No access.', action: 'x', status: 403 }];
    expect(evidenceOf(main, world({ resources: [v], gaps }))).toBeNull();
  });

  test('the strategy is the resource’s own evidence, else the workspace’s answer', () => {
    const mixed = world({
      resources: [firewall(main, [subnet('a')]), v, firewall(kv, [], ends('e')), firewall(cr, [], ends('g'))],
    });
    expect(architectureOf(mixed).answer).toBe('private-endpoint');
    expect(strategyOf(main, mixed)).toBe('service-endpoint');
    expect(strategyOf(account('silent'), mixed)).toBe('private-endpoint');
    const wished = world({
      resources: [firewall(main, [subnet('a')]), v],
      intents: { architecture: 'private-endpoint' },
    });
    expect(strategyOf(main, wished)).toBe('private-endpoint');
  });
});

describe('needs', () => {
  const aks = `${group}/providers/Microsoft.ContainerService/managedClusters/k`;
  const attached: JsonObject = {
    id: `${W}/computes/k`,
    properties: { computeType: 'AKS', resourceId: aks, properties: {} },
  };

  test('training and serverless for the vault, inference too for storage; each subnet once', () => {
    const here = world({
      workspace: { serverlessComputeSettings: { serverlessComputeCustomSubnet: subnet('sl') } },
      resources: [
        cluster('c', subnet('a')),
        cluster('d', subnet('A')),
        cluster('free', null),
        attached,
        { id: aks, properties: { agentPoolProfiles: [{ vnetSubnetID: subnet('k') }] } },
      ],
    });
    expect(needsOf(kv, here)).toEqual([subnet('a'), subnet('sl')]);
    expect(needsOf(account('main'), here)).toEqual([subnet('a'), subnet('k'), subnet('sl')]);
    expect(subnetUses(here).find(({ role }) => role === 'training')?.by).toHaveLength(2);
  });

  test('an attached cluster that cannot be read is a gap only for those who need it', () => {
    const here = world({ resources: [cluster('c', subnet('a')), attached], gaps: [refused(aks)] });
    expect(needsOf(kv, here)).toEqual([subnet('a')]);
    expect(() => needsOf(account('main'), here)).toThrow(UnreadableError);
    expect(knownNeedsOf(account('main'), here)).toEqual([subnet('a')]);
    expect(unreadUses(here)).toMatchObject([{ compute: `${W}/computes/k`, role: 'inference' }]);
  });

  test('an unread list of computes is a gap, no workspace is no need', () => {
    expect(() => needsOf(kv, world({ computes: false }))).toThrow(UnreadableError);
    expect(needsOf(kv, world({ workspace: null }))).toEqual([]);
  });

  test('machines by their NICs, Databricks by its parameters', () => {
    const vm = `${group}/providers/Microsoft.Compute/virtualMachines/m`;
    const nic = `${group}/providers/Microsoft.Network/networkInterfaces/n`;
    const bricks = `${group}/providers/Microsoft.Databricks/workspaces/b`;
    const parameter = (value: string) => ({ value });
    const here = world({
      resources: [
        { id: `${W}/computes/m`, properties: { computeType: 'VirtualMachine', resourceId: vm } },
        { id: vm, properties: { networkProfile: { networkInterfaces: [{ id: nic }] } } },
        { id: nic, properties: { ipConfigurations: [{ properties: { subnet: { id: subnet('m') } } }] } },
        { id: `${W}/computes/b`, properties: { computeType: 'Databricks', resourceId: bricks } },
        {
          id: bricks,
          properties: {
            parameters: {
              customVirtualNetworkId: parameter(vnet('v')),
              customPublicSubnetName: parameter('pub'),
              customPrivateSubnetName: parameter('pri'),
            },
          },
        },
      ],
    });
    expect(subnetUses(here).map(({ subnet: id, role }) => [id, role])).toEqual([
      [subnet('m'), 'training'],
      [subnet('pub'), 'databricks'],
      [subnet('pri'), 'databricks'],
    ]);
    expect(needsOf(kv, here)).toEqual([subnet('m')]);
  });
});

describe('accounts and vaults', () => {
  const store = (name: string, accountName: string, more: JsonObject = {}): JsonObject => ({
    id: `${W}/datastores/${name}`,
    properties: { datastoreType: 'AzureBlob', accountName, subscriptionId: 's', resourceGroup: 'rg', ...more },
  });

  test('the default account, those of datastores and the operator’s list, each once', () => {
    const here = world({
      resources: [
        { id: account('main'), properties: {} },
        { id: account('Lake'), properties: {} },
        store('d', 'main'),
        store('l', 'lake', { datastoreType: 'AzureDataLakeGen2' }),
      ],
      intents: { storageAccounts: [account('named'), account('MAIN')] },
      gaps: [{ ...refused(account('named')), status: 404 }],
    });
    expect(auditedAccounts(here).map(({ id, roles, gen2, missing }) => [id, roles, gen2, missing])).toEqual([
      [account('main'), ['default', 'datastore', 'named'], false, undefined],
      [account('Lake'), ['datastore'], true, undefined],
      [account('named'), ['named'], false, true],
    ]);
  });

  test('a bare name is looked up; found nowhere, it is reported apart', () => {
    const bare = { subscriptionId: null, resourceGroup: null };
    const here = world({
      resources: [{ id: account('other'), properties: {} }, store('o', 'OTHER', bare), store('x', 'lost', bare)],
    });
    expect(auditedAccounts(here).map(({ id }) => id)).toEqual([account('main'), account('other')]);
    expect(unresolvedAccounts(here).map(({ name }) => name)).toEqual(['lost']);
  });

  test('a refused list of datastores hides nothing else', () => {
    const here = world({ datastores: false, gaps: [refused(`${W}/datastores`)] });
    expect(auditedAccounts(here).map(({ id }) => id)).toEqual([account('main')]);
  });

  test('a project takes its hub’s account and vault', () => {
    const hub = `${group}/providers/Microsoft.MachineLearningServices/workspaces/hub`;
    const here = world({
      workspace: null,
      resources: [
        { id: W, kind: 'project', properties: { hubResourceId: hub, storageAccount: null } },
        { id: hub, kind: 'Hub', properties: { storageAccount: account('hub'), keyVault: kv } },
      ],
    });
    const asked = indexSnapshot({ ...here.snapshot, workspace: W });
    expect(auditedAccounts(asked).map(({ id }) => id)).toEqual([account('hub')]);
    expect(auditedVaults(asked).map(({ id }) => id)).toEqual([kv]);
  });

  test('files without a workspace: every account and vault', () => {
    const here = world({
      workspace: null,
      resources: [
        { id: account('x'), properties: {} },
        { id: kv, properties: {} },
      ],
    });
    expect(auditedAccounts(here).map(({ id, roles }) => [id, roles])).toEqual([[account('x'), []]]);
    expect(auditedVaults(here)).toEqual([{ id: kv }]);
  });
});

describe('private endpoints', () => {
  const main = account('main');
  const wired = [
    firewall(main, [], ends('e', 'f')),
    endpoint('e', main, 'blob', subnet('p')),
    endpoint('f', main, 'file', subnet('p')),
  ];

  test('reached from the network of the endpoints and from a connected peer, not from elsewhere', () => {
    const nets = [network('v', ['p', 'a']), network('near', ['a'], ['v']), network('far', ['a'])];
    const here = world({ resources: [...wired, ...nets] });
    const from = [subnet('A', 'V'), subnet('a', 'near'), subnet('a', 'far')];
    expect(from.map((id) => reachedPrivately(main, id, here))).toEqual([true, true, false]);
    expect(from.map((id) => connectsPrivately(main, id, here))).toEqual([true, true, false]);
  });

  test('one group missing is not reached', () => {
    const here = world({
      resources: [firewall(main, [], ends('e')), endpoint('e', main, 'blob', subnet('p')), network('v', ['p'])],
    });
    expect(reachedPrivately(main, subnet('p'), here)).toBe(false);
    expect(reachedPrivately(main, subnet('p'), here, ['blob'])).toBe(true);
  });

  test('an endpoint that could not be read is a read failure, unless there is none at all', () => {
    const here = world({ resources: [firewall(main, [], ends('e')), network('v', ['p'])], gaps: [refused(pe('e'))] });
    expect(() => reachedPrivately(main, subnet('p'), here)).toThrow('You may not read it.');
    const none = world({ resources: [firewall(main, [])] });
    expect(reachedPrivately(main, subnet('p'), none)).toBe(false);
  });

  test('under a managed network an endpoint that no subscription lists is the service’s own', () => {
    const managed = { managedNetwork: { isolationMode: 'AllowInternetOutbound' } };
    const here = world({
      workspace: managed,
      resources: [firewall(main, [], ends('e', 'f')), endpoint('f', main, 'file', subnet('p'))],
    });
    expect(customerEndpoints(main, here).map(({ connection }) => connection.name)).toEqual(['f']);
    const plain = world({ resources: [firewall(main, [], ends('e', 'f'))] });
    expect(customerEndpoints(main, plain)).toHaveLength(2);
  });

  test('a subnet shown with the connection gives the network of an unread endpoint', () => {
    const shown = {
      id: main,
      properties: {
        privateEndpointConnections: [
          {
            properties: {
              privateEndpoint: { id: pe('e'), subnetArmId: subnet('p') },
              privateLinkServiceConnectionState: { status: 'Approved' },
            },
          },
        ],
      },
    };
    expect(customerEndpoints(main, world({ resources: [shown as JsonObject] }))).toMatchObject([
      { vnet: vnet('v'), groups: undefined },
    ]);
  });
});
