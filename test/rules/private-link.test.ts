// What the fixes of private link are made of: names that are the same for the same wish, and the subnet the operator names.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { findingId } from '../../src/model/finding.ts';
import { readNeed } from '../../src/model/plan-need.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { applyChanges, buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import { legalName, nameUuid, onceEach } from '../../src/rules/parts/naming.ts';
import {
  chooseSubnet,
  endpointProposals,
  endpointSubnets,
  freeAddresses,
  roleProposal,
  ruleProposal,
} from '../../src/rules/parts/private-link.ts';
import { zoneGroupProposal } from '../../src/rules/parts/private-zones.ts';
import type { Answers } from '../../src/rules/rule.ts';
import { guardedBy } from '../facts/path-scenes.ts';
import {
  cluster,
  endpointId,
  ids,
  type Loose,
  type Scene,
  snapshotOf,
  withEndpoint,
  withZone,
  zoneId,
} from '../support/snapshot.ts';
import { proposed } from './proposed.ts';

describe('names', () => {
  test('a wish is named by SHA-1 of the namespace and its text, as RFC 9562 says', () => {
    const namespace = Buffer.from('5d0c6f0e3c1b4b529f0a6f1c1d2b7a94', 'hex');
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'grapheme' }), (text) => {
        const hash = createHash('sha1').update(namespace).update(text, 'utf8').digest().subarray(0, 16);
        hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
        hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
        expect(nameUuid(text).replaceAll('-', '')).toBe(hash.toString('hex'));
      }),
    );
  });

  test('are legal whatever they are made of, and no id comes twice', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 80 }), (text, most) => {
        expect(legalName(['pe', text], most)).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
        expect(legalName(['pe', text], most).length).toBeLessThanOrEqual(most);
      }),
    );
    expect(onceEach(['/A', '/b', '/a'])).toEqual(['/A', '/b']);
  });

  test('the same role is asked for under the same name, and not where it is held already', () => {
    const wish = { scope: ids.account, role: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', principal: 'p' };
    const judgement = (scope?: string) => ({
      index: indexSnapshot(
        snapshotOf((scene) => {
          if (scope === undefined) return;
          const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/x`;
          const roleDefinitionId = `/subscriptions/s/providers/Microsoft.Authorization/roleDefinitions/${wish.role.toUpperCase()}`;
          scene.bodies[id] = { id, properties: { scope, roleDefinitionId, principalId: 'P' } };
        }),
      ),
      profile: 'all' as const,
      assumeDenyByDefault: false,
    });
    const [first] = roleProposal(wish, judgement());
    const [again] = roleProposal({ ...wish, scope: wish.scope.toUpperCase() }, judgement());
    expect(first?.change.resource.split('/').at(-1)).toBe(again?.change.resource.split('/').at(-1));
    expect(roleProposal(wish, judgement(ids.account.split('/').slice(0, 5).join('/')))).toEqual([]);
    expect(roleProposal(wish, judgement(ids.vault))).toHaveLength(1);
  });
});

describe('the subnet of an endpoint', () => {
  const index = indexSnapshot(
    snapshotOf((scene) => {
      const { subnets } = scene.bodies[ids.vnet].properties;
      const at = (id: string): Loose => subnets.find((one: Loose) => one.id === id).properties;
      at(ids.second).delegations = [{ name: 'd', properties: { serviceName: 'Microsoft.Web/serverFarms' } }];
      at(ids.train).addressPrefix = '10.0.1.0/29';
      at(ids.train).ipConfigurations = [{ id: '/1' }, { id: '/2' }, { id: '/3' }];
      subnets.push({ ...subnets[2], id: `${ids.vnet}/subnets/GatewaySubnet`, name: 'GatewaySubnet' });
    }),
  );
  const candidates = endpointSubnets([ids.vnet, ids.farVnet], index);

  test('is neither delegated nor full nor kept for a gateway', () => {
    expect(candidates.map(({ id }) => id)).toEqual([ids.pe, ids.far]);
    expect(candidates.map(freeAddresses)).toEqual([251, 251]);
  });

  test.each([ids.pe, ids.pe.toUpperCase(), 'vnet-ml/snet-pe', 'VNET-ML/SNET-PE', 'snet-pe', ' snet-pe '])(
    '%s',
    (subnet) => {
      expect(chooseSubnet({ subnet }, candidates)).toMatchObject({ id: ids.pe });
    },
  );

  test('without an answer, or with one that will not do, the choices are named', () => {
    const choices = 'Pass --answer subnet=VNET/NAME, one of vnet-ml/snet-pe (251 free), vnet-far/snet-far (251 free).';
    expect(chooseSubnet({}, candidates)).toBe(choices);
    expect(chooseSubnet({ subnet: 'snet-train' }, candidates)).toBe(
      `"snet-train" is not a subnet that accepts a private endpoint. ${choices}`,
    );
    expect(chooseSubnet({ subnet: '\u001b[31mred' }, candidates)).toContain('"red"');
    expect(chooseSubnet({ subnet: 'snet-pe' }, [])).toMatch(/^No subnet accepts/);
  });
});

describe('an endpoint that the caller may not approve', () => {
  test('is asked for by hand, and says so', () => {
    const snapshot = snapshotOf();
    const may = { scope: ids.account, actions: ['*/read', 'Microsoft.Network/*'], notActions: [] };
    const index = indexSnapshot({ ...snapshot, permissions: [may] });
    const [target, subnet] = [index.get(ids.account), index.get(ids.pe)];
    if (!target || !subnet) throw new Error('not there');
    const judgement = { index, profile: 'all' as const, assumeDenyByDefault: false };
    const made = endpointProposals({ target, groups: ['blob'], subnet, vnets: [ids.vnet] }, judgement);
    if (typeof made === 'string') throw new Error(made);
    const endpoint = made.find(({ change }) => /\/privateEndpoints\/[^/]+$/.test(change.resource));
    expect(JSON.stringify(endpoint?.change.body)).toContain('"privateLinkServiceConnections":[],"manualPrivateLink');
    expect(endpoint?.advice).toContain('You have no permission to approve it');
  });
});

describe('what is created', () => {
  const proposals = (change: (scene: Scene) => void) => {
    const index = indexSnapshot(snapshotOf(change));
    const [target, subnet] = [index.get(ids.account), index.get(ids.pe)];
    if (!target || !subnet) throw new Error('not there');
    const context = { index, profile: 'all' as const, assumeDenyByDefault: false };
    const made = endpointProposals({ target, groups: ['blob'], subnet, vnets: [ids.vnet] }, context);
    if (typeof made === 'string') throw new Error(made);
    return made;
  };
  const taken =
    (...names: string[]) =>
    ({ bodies }: Scene) => {
      for (const name of names) bodies[endpointId(name)] = { id: endpointId(name), name, properties: {} };
    };
  test.each([
    [[], 'pe-stmlsim-blob'],
    [['pe-stmlsim-blob'], 'pe-stmlsim-blob-vnet-ml'],
    [['pe-stmlsim-blob', 'pe-stmlsim-blob-vnet-ml'], 'pe-stmlsim-blob-2'],
    [['pe-stmlsim-blob', 'pe-stmlsim-blob-vnet-ml', 'pe-stmlsim-blob-2'], 'pe-stmlsim-blob-3'],
  ])('where %j exist, the endpoint is %s', (names, expected) => {
    const ends = proposals(taken(...names)).map(({ change }) => change.resource.split('/').slice(-2).join('/'));
    expect(ends).toContain(`privateEndpoints/${expected}`);
  });
  test.each(['Enabled', 'enabled'])('network policies that are %s are disabled before the endpoint', (value) => {
    const [first] = proposals(({ bodies }) => {
      const pe = bodies[ids.vnet].properties.subnets.find(({ id }: Loose) => id === ids.pe);
      pe.properties.privateEndpointNetworkPolicies = value;
    });
    const pointer = '/properties/privateEndpointNetworkPolicies';
    expect(first).toMatchObject({
      change: { resource: ids.pe, edits: [{ op: 'set', pointer, before: value, after: 'Disabled' }] },
      phase: 1,
    });
    expect(proposals(() => {}).filter(({ change }) => change.resource === ids.pe)).toEqual([]);
  });

  const rule = (target: string, group: string, ...used: string[]) => {
    const workspace = indexSnapshot(snapshotOf()).get(ids.workspace);
    if (!workspace) throw new Error('not there');
    return ruleProposal(workspace, target, group, used);
  };
  const nameOf = (target: string, group: string, ...used: string[]) =>
    rule(target, group, ...used).change.resource.replace(`${ids.workspace}/outboundRules/`, '');
  test('an outbound rule is named by its target and group, and by a hash where that is too long or taken', () => {
    const long = (length: number) => `/subscriptions/s/${'a'.repeat(length - 'pe--blob'.length)}`;
    expect(nameOf(ids.account, 'blob')).toBe('pe-stmlsim-blob');
    expect(nameOf('/s/a.b', 'blob')).toBe('pe-a-b-blob');
    expect(nameOf(long(33), 'blob')).toHaveLength(33);
    expect(nameOf(long(33), 'blob')).toMatch(/^pe-a{25}-blob$/);
    const mark = (target: string, group: string) => nameUuid(`${target.toLowerCase()} ${group}`).slice(0, 8);
    expect(nameOf(long(34), 'blob')).toBe(`pe-${'a'.repeat(21)}-${mark(long(34), 'blob')}`);
    expect(nameOf(ids.account, 'blob', 'pe-stmlsim-blob')).toBe(`pe-stmlsim-blob-${mark(ids.account, 'blob')}`);
  });
  test('an outbound rule is created whole, before the network is provisioned', () => {
    expect(rule(ids.account, 'blob')).toMatchObject({
      change: {
        kind: 'create',
        edits: [],
        body: {
          properties: {
            ...{ type: 'PrivateEndpoint', category: 'UserDefined' },
            destination: { serviceResourceId: ids.account, subresourceTarget: 'blob', sparkEnabled: false },
          },
        },
      },
      phase: 2,
    });
  });
});

describe('a second endpoint of a vault', () => {
  const name = 'privatelink.vaultcore.azure.net';
  const elsewhere = (id: string) =>
    id.replace(
      '/rg-ml/providers/Microsoft.Network/privateDnsZones',
      '/rg-dns/providers/Microsoft.Network/privateDnsZones',
    );
  /** Clusters in two networks that are not peered; the vault has an endpoint in the first, with a zone of the network team. */
  const snapshot = (change: (scene: Scene) => void = () => {}) =>
    snapshotOf((scene) => {
      scene.intents = { ...scene.intents, architecture: 'private-endpoint' };
      scene.bodies[ids.vault].properties.networkAcls.virtualNetworkRules = [];
      const far = cluster('far-cluster', ids.far);
      scene.bodies[far.id] = far;
      withEndpoint(scene, ids.vault, ['vault'], ids.pe);
      withZone(scene, name, [ids.vnet]);
      for (const [id, body] of Object.entries(scene.bodies)) {
        if (elsewhere(id) === id) continue;
        Reflect.deleteProperty(scene.bodies, id);
        scene.bodies[elsewhere(id)] = { ...body, id: elsewhere(id) };
      }
      change(scene);
    });
  const planned = (answers: Answers, of = snapshot()) => {
    const request = {
      targets: ['keyvault.private-endpoint'],
      answers: { subnet: 'vnet-far/snet-far', ...answers },
      ips: [],
      profile: 'current',
    } as const;
    const plan = buildPlan({ snapshot: of, rules, request, id: 'plan' });
    const changes = plan.steps.map((step) => step.change);
    const after = audit(applyChanges(of, changes), rules).findings;
    return {
      ids: changes.map(({ resource }) => resource),
      reason: plan.skipped.map((one) => one.reason).join(' '),
      failing: after.flatMap(({ rule, outcome }) =>
        /^dns|keyvault.private-endpoint/.test(rule) && outcome === 'fail' ? [rule] : [],
      ),
    };
  };

  test('is not registered in the zone of the first, and the fix asks how', () => {
    const unanswered: readonly Answers[] = [{}, { way: 'open' }];
    for (const answers of unanswered) {
      const { ids: none, reason } = planned(answers);
      expect(none).toEqual([]);
      expect(reason).toContain('already has a record for kv-mlsim for the private endpoint pe-kv-mlsim-vault');
      expect(readNeed(reason)).toMatchObject({
        kind: 'choice',
        options: [
          { name: 'way', value: 'zone' },
          { name: 'way', value: 'hosts' },
          { name: 'way', value: 'peer', says: expect.stringContaining('peer vnet-far and vnet-ml') },
        ],
      });
    }
  });

  test('is not registered over a record that no endpoint is known for', () => {
    const left = snapshot((scene) => {
      const id = endpointId('pe-kv-mlsim-vault');
      Reflect.deleteProperty(scene.bodies, id);
      scene.bodies[ids.vault].properties.privateEndpointConnections = [];
      scene.intents = { ...scene.intents, architecture: 'private-endpoint' };
    });
    const { ids: none, reason } = planned({}, left);
    expect(none).toEqual([]);
    expect(reason).toContain(
      'already has a record for kv-mlsim. A second endpoint in the same zone would overwrite it. If nothing',
    );
  });

  test('has a zone of its own, linked to its network alone', () => {
    const { ids: made, failing } = planned({ way: 'zone' });
    const zone = `${ids.vnet.split('/providers/')[0]}/providers/Microsoft.Network/privateDnsZones/${name}`;
    expect(made).toEqual([
      zone,
      endpointId('pe-kv-mlsim-vault-vnet-far'),
      `${endpointId('pe-kv-mlsim-vault-vnet-far')}/privateDnsZoneGroups/default`,
      `${zone}/virtualNetworkLinks/vnet-far`,
    ]);
    expect(failing).toEqual([]);
  });

  test('has none where its network is linked to a zone of that name', () => {
    const linked = snapshot((scene) => {
      const id = `${elsewhere(zoneId(name))}/virtualNetworkLinks/far`;
      scene.bodies[id] = { id, properties: { provisioningState: 'Succeeded', virtualNetwork: { id: ids.farVnet } } };
    });
    const { ids: none, reason } = planned({ way: 'zone' }, linked);
    expect(none).toEqual([]);
    expect(reason).toContain('a network can be linked to only one zone of a name');
  });

  test('is not needed where the networks are peered, both sides, and the zone is linked', () => {
    const { ids: made, failing } = planned({ way: 'peer' });
    expect(made).toEqual([
      `${ids.farVnet}/virtualNetworkPeerings/bastide-to-vnet-ml`,
      `${ids.vnet}/virtualNetworkPeerings/bastide-to-vnet-far`,
      `${elsewhere(zoneId(name))}/virtualNetworkLinks/vnet-far`,
    ]);
    expect(failing).toEqual([]);
    const overlapping = snapshot((scene) => {
      scene.bodies[ids.farVnet].properties.addressSpace.addressPrefixes.push('10.0.0.0/8');
    });
    const { ids: none, reason } = planned({ way: 'peer' }, overlapping);
    expect(none).toEqual([]);
    expect(reason).toContain('address spaces overlap');
  });

  test('has no zone group where the operator’s own DNS answers', () => {
    const { ids: made, failing } = planned({ way: 'hosts' });
    expect(made).toEqual([endpointId('pe-kv-mlsim-vault-vnet-far')]);
    expect(failing).not.toContain('dns.endpoint-record');
    expect(failing).not.toContain('dns.endpoint-collision');
  });
});

describe('access to an account with private endpoints', () => {
  /** Open, with endpoints in the network of the cluster; the NSG of the endpoints applies where `policies` says so. */
  const plan = (policies: string) => {
    const snapshot = snapshotOf((scene) => {
      scene.intents = { ...scene.intents, architecture: 'private-endpoint' };
      scene.bodies[ids.account].properties.networkAcls = { defaultAction: 'Allow', bypass: 'AzureServices' };
      withEndpoint(scene, ids.account, ['blob'], ids.pe);
      withEndpoint(scene, ids.account, ['file'], ids.pe);
      for (const zone of ['privatelink.blob.core.windows.net', 'privatelink.file.core.windows.net'])
        withZone(scene, zone, [ids.vnet]);
      guardedBy(ids.pe, 'Inbound Deny Tcp * * 443 200')(scene);
      const own = scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.pe).properties;
      own.privateEndpointNetworkPolicies = policies;
    });
    const request = { targets: ['storage.default-action-deny'], answers: {}, ips: [], profile: 'current' } as const;
    return buildPlan({ snapshot, rules, request, id: 'plan' });
  };

  test('is not restricted while the path to an endpoint is blocked', () => {
    expect(plan('Disabled').steps).toHaveLength(1);
    const blocked = plan('Enabled');
    expect(blocked.steps).toEqual([]);
    expect(blocked.skipped.map(({ reason }) => reason).join(' ')).toMatch(/does not reach the private endpoint/);
  });
});

test('public network access goes off where all clients have private access, whether it is set or not', () => {
  const goesOff = (publicNetworkAccess: unknown, files = true) => {
    const snapshot = snapshotOf((scene) => {
      const { properties } = scene.bodies[ids.account];
      Object.assign(properties, publicNetworkAccess === undefined ? {} : { publicNetworkAccess });
      properties.networkAcls.virtualNetworkRules = [];
      withEndpoint(scene, ids.account, ['blob'], ids.pe);
      if (files) withEndpoint(scene, ids.account, ['file'], ids.pe);
    });
    const made = proposed(snapshot, findingId('storage.public-network-access', ids.account));
    return typeof made === 'string'
      ? made
      : made.flatMap(({ change }) => change.edits.map((edit: Loose) => edit.after));
  };
  for (const set of [undefined, 'Enabled', 'enabled']) expect(goesOff(set)).toEqual(['Disabled']);
  for (const set of [undefined, 'Enabled']) expect(goesOff(set, false)).toMatch(/stays enabled until that is fixed/);
  expect(goesOff('Disabled')).toMatch(/Pass --answer way=open/);
});

test('a zone that is added to a zone group gets a name of its own there', () => {
  const inGroup = (id: string) =>
    `/subscriptions/s/resourceGroups/${id}/providers/Microsoft.Network/privateDnsZones/z.net`;
  const named = (...names: readonly string[]): unknown => {
    const end = endpointId('pe');
    const id = `${end}/privateDnsZoneGroups/default`;
    const index = indexSnapshot(
      snapshotOf((scene) => {
        const privateDnsZoneConfigs = names.map((name) => ({
          name,
          properties: { privateDnsZoneId: inGroup(`own-${name}`) },
        }));
        scene.bodies[end] = { id: end, properties: {} };
        scene.bodies[id] = { id, properties: { privateDnsZoneConfigs } };
      }),
    );
    return zoneGroupProposal(end, [inGroup('one'), inGroup('two')], index).flatMap(({ change }) =>
      change.edits.map((edit: Loose) => edit.after.name),
    );
  };
  expect(named('other')).toEqual(['z-net', 'z-net-2']);
  expect(named('Z-Net')).toEqual(['z-net-2', 'z-net-3']);
  expect(named('z-net', 'z-net-2')).toEqual(['z-net-3', 'z-net-4']);
});
