// The table of network security perimeters: each cell as Microsoft's pages have it, rules and paths that never contradict each other
// in any of them, and the effects of changes that move a resource from one cell to another.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { isRisky } from '../../src/model/effect.ts';
import { buildPlan } from '../../src/plan/build.ts';
import { seenIn } from '../../src/plan/simulate.ts';
import { perimeterTable, resourceTypeOf } from '../../src/resource-types/index.ts';
import { effectsOf } from '../../src/resource-types/parts/change-effects.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from '../plan/worlds.ts';
import { associated } from '../rules/samples-perimeter.ts';
import { ids, type Loose, snapshotOf, subscription } from '../support/snapshot.ts';
import { asked, type SceneChange } from './path-scenes.ts';

const judged = rules.filter(({ id }) => id === 'storage.vnet-rule-compute-subnet');
const inbound = (more: Loose): Loose => ({ direction: 'Inbound', ...more });
const accessRules: readonly (readonly [string, Loose])[][] = [
  [],
  [['s', inbound({ subscriptions: [{ id: `/subscriptions/${subscription}` }] })]],
  [['nat', inbound({ addressPrefixes: ['203.0.113.0/24'] })]],
  [['other', inbound({ addressPrefixes: ['198.51.100.0/24'] })]],
  [['outbound', { direction: 'Outbound', addressPrefixes: ['203.0.113.0/24'] }]],
  [['mine', inbound({ addressPrefixes: ['203.0.113.0/24'], appliesTo: ['microsoft.storage/storageAccounts'] })]],
  [['vaults', inbound({ addressPrefixes: ['203.0.113.0/24'], appliesTo: ['Microsoft.KeyVault/vaults'] })]],
  [['group', inbound({ addressPrefixes: ['203.0.113.0/24'], appliesTo: [{ networkGroupId: '/x' }] })]],
];

/** A compute subnet with or without a service endpoint, its public address known or not, allowed by the account or not. */
const subnetWith =
  (hasEndpoint: boolean, isKnown: boolean, isAllowed: boolean): SceneChange =>
  (scene) => {
    const sibling = (type: string, name: string) => ids.vnet.replace(/virtualNetworks.*/, `${type}/${name}`);
    const [gateway, address] = [sibling('natGateways', 'nat'), sibling('publicIPAddresses', 'ip')];
    const { properties } = scene.bodies[ids.vnet].properties.subnets.find((one: Loose) => one.id === ids.train);
    if (!hasEndpoint) properties.serviceEndpoints = [];
    if (isKnown) properties.natGateway = { id: gateway };
    scene.bodies[gateway] = { properties: { publicIpAddresses: [{ id: address }] } };
    scene.bodies[address] = { properties: { ipAddress: '203.0.113.20' } };
    if (!isAllowed) scene.bodies[ids.account].properties.networkAcls.virtualNetworkRules = [];
  };

test('rules and paths agree on every cell, whatever the access rules and the subnet are', () => {
  const seen = new Set<string>();
  const contradictions: string[] = [];
  for (const access of ['Enabled', 'Disabled', 'SecuredByPerimeter']) {
    for (const mode of [undefined, 'none', 'Learning', 'Enforced']) {
      for (const list of accessRules) {
        // Where no address is allowed, the address of the subnet changes nothing.
        for (const bits of ['nat', 'mine', 'vaults', 'group'].includes(list[0]?.[0] ?? '')
          ? [0, 1, 2, 3, 4, 5, 6, 7]
          : [2, 7]) {
          const flags = [(bits & 4) > 0, (bits & 2) > 0, (bits & 1) > 0] as const;
          const scene: SceneChange = (one) => {
            one.bodies[ids.account].properties.publicNetworkAccess = access;
            if (mode === 'none') one.perimetersRead = true;
            else if (mode !== undefined) associated(mode, list)(one);
            subnetWith(...flags)(one);
          };
          const { findings } = audit(snapshotOf(scene), judged);
          const finding = findings.find(({ resource, where }) => resource === ids.account && where === ids.train);
          const { verdict } = asked(scene, ids.train, 'stmlsim').answer;
          const outcome = finding?.outcome ?? 'none';
          // The rule says nothing of the service endpoint of a subnet, nor of a public switch that is off: other rules do.
          const isOther = access === 'Disabled' || (!flags[0] && access === 'Enabled' && mode !== 'Enforced');
          if (!isOther && (outcome === 'pass' ? verdict === 'denied' : outcome === 'fail' && verdict === 'allowed')) {
            contradictions.push(`${access} ${mode} ${JSON.stringify(list)} ${flags}: ${outcome}, ${verdict}`);
          }
          seen.add(`${outcome} ${verdict}`);
        }
      }
    }
  }
  expect(contradictions).toEqual([]);
  expect([...seen]).toEqual(
    expect.arrayContaining(['pass allowed', 'fail denied', 'fail unknown', 'unknown unknown', 'pass denied']),
  );
});

test('the table is the one of the pages', () => {
  const cells = Object.entries(perimeterTable).flatMap(([access, row]) =>
    Object.entries(row).map(([mode, { inbound: decides, trusted }]) => `${access} ${mode}: ${decides}, ${trusted}`),
  );
  expect(cells).toEqual([
    'Enabled none: firewall, bypass',
    'Enabled learning: rules or firewall, bypass',
    'Enabled enforced: rules, denied',
    'Disabled none: closed, bypass',
    'Disabled learning: rules, bypass',
    'Disabled enforced: rules, denied',
    'SecuredByPerimeter none: closed, denied',
    'SecuredByPerimeter learning: rules, unclear',
    'SecuredByPerimeter enforced: rules, denied',
  ]);
});

describe('changes of a perimeter', () => {
  const perimeter = `/subscriptions/${subscription}/resourceGroups/rg-net/providers/Microsoft.Network/networkSecurityPerimeters/nsp-one`;
  const profile = `${perimeter}/profiles/p`;
  const association = `${perimeter}/resourceAssociations/assoc`;
  const rule = `${profile}/accessRules/r`;
  const bodyOf = (accessMode: string): Loose => ({
    properties: { accessMode, privateLinkResource: { id: ids.account }, profile: { id: profile } },
  });
  const toMode = (before: string, after: string): Loose => ({
    ...{ kind: 'edit', resource: association, body: null },
    edits: [{ op: 'set', pointer: '/properties/accessMode', before, after }],
  });
  const ruleChange = (kind: 'create' | 'delete', properties: Loose): Loose => ({
    ...{ kind, resource: rule, edits: [] },
    body: { properties: { direction: 'Inbound', ...properties } },
  });
  const told = (change: Loose, body: Loose | null = null): string[] => {
    const type = resourceTypeOf(
      `Microsoft.Network/networkSecurityPerimeters/${body ? 'resourceAssociations' : 'profiles/accessRules'}`,
    );
    const current = body && { id: change.resource, type: type.type, apiVersion: type.apiVersion, body };
    const effects = effectsOf(change, { current, seen: { resource: () => undefined }, isOwn: () => false });
    return effects.map(({ kind, detail }) => `${kind}: ${detail}`);
  };

  test('a rule for a subscription opens to all of it, not to the subnets that were read', () => {
    const snapshot = worldSnapshot('perimeter');
    for (const [way, says] of [
      ['rule', /^Access rule .* allows managed identities of subscription /],
      ['learning', /^nsp-ml is no longer enforced for stmlsim: .*outbound access rules no longer limit it\.$/],
    ] as const) {
      const request = { targets: ['storage.perimeter-override'], answers: { way }, ips: [], profile: 'all' as const };
      const { effects } = buildPlan({ snapshot, rules, id: 'p', request });
      const opens = effects.filter((one) => one.kind === 'opens' && says.test(one.detail));
      expect(opens.map(isRisky), way).toEqual([true]);
    }
  });

  test('enforcing restricts, and no longer enforcing relaxes', () => {
    expect(told(toMode('Learning', 'Enforced'), bodyOf('Learning'))).toEqual([
      'restricts: nsp-one is enforced for stmlsim: its network rules and trusted Azure services lose access, and only access rules apply.',
    ]);
    expect(told(toMode('Enforced', 'Learning'), bodyOf('Enforced'))).toEqual([
      'relaxes: nsp-one is no longer enforced for stmlsim: its own firewall applies again, beside the access rules, and outbound access rules no longer limit it.',
    ]);
  });

  test('an access rule allows, a wide one relaxes, and without it access is lost', () => {
    const own = { subscriptions: [{ id: `/subscriptions/${subscription}` }] };
    expect(told(ruleChange('create', own))).toEqual([
      `allows: Access rule r of nsp-one allows managed identities of subscription ${subscription}, at every resource of its profile.`,
    ]);
    expect(told(ruleChange('create', { addressPrefixes: ['203.0.113.0/24'] }))).toEqual([
      'allows: Access rule r of nsp-one allows 203.0.113.0/24: 256 addresses, at every resource of its profile.',
    ]);
    expect(told(ruleChange('create', { addressPrefixes: ['20.0.0.0/7'] }))[0]).toMatch(
      /^relaxes: .*33,554,432 addresses/,
    );
    expect(told(ruleChange('create', { ...own, direction: 'Outbound' }))).toEqual([]);
    expect(
      resourceTypeOf('Microsoft.Network/networkSecurityPerimeters/profiles/accessRules').needs(
        ruleChange('create', own),
      ),
    ).toEqual([
      { action: 'Microsoft.Network/networkSecurityPerimeters/profiles/accessRules/write', scope: rule },
      { action: 'Microsoft.Resources/subscriptions/joinPerimeterRule/action', scope: `/subscriptions/${subscription}` },
    ]);
  });

  test('what the account shows follows in a preview', () => {
    const snapshot = snapshotOf((scene) => {
      associated('Enforced')(scene);
      scene.bodies[association] = bodyOf('Learning');
      scene.bodies[rule] = { properties: inbound({ addressPrefixes: ['203.0.113.0/24'] }) };
    });
    const shownAfter = (change: Loose) =>
      resourceTypeOf(change.resource.replace(/^.*providers\//, '').replaceAll(/\/(nsp-one|assoc|p|r)(?=\/|$)/g, ''))
        .sideEffects?.(change, seenIn(snapshot))
        .put.map(({ body }) => body) as Loose[];
    expect(shownAfter(toMode('Enforced', 'Learning'))).toMatchObject([
      { properties: { resourceAssociation: { name: 'assoc', accessMode: 'Learning' } } },
    ]);
    expect(shownAfter(ruleChange('create', {}))).toMatchObject([
      {
        properties: { profile: { accessRules: [{ name: 'r', properties: { addressPrefixes: ['203.0.113.0/24'] } }] } },
      },
    ]);
    expect(shownAfter(ruleChange('delete', {}))).toMatchObject([{ properties: { profile: { accessRules: [] } } }]);
  });

  test('command lines name the perimeter and the profile', () => {
    const of = (change: Loose, type: string) =>
      resourceTypeOf(`Microsoft.Network/networkSecurityPerimeters/${type}`).az(change);
    expect(of(toMode('Enforced', 'Learning'), 'resourceAssociations')).toBe(
      'az network perimeter association update -n assoc --perimeter-name nsp-one -g rg-net --access-mode Learning',
    );
    const own = { subscriptions: [{ id: `/subscriptions/${subscription}` }] };
    expect(of(ruleChange('create', own), 'profiles/accessRules')).toBe(
      `az network perimeter profile access-rule create -n r --profile-name p --perimeter-name nsp-one -g rg-net --direction Inbound --subscriptions '[{id:/subscriptions/${subscription}}]'`,
    );
    expect(of(ruleChange('delete', own), 'profiles/accessRules')).toMatch(/access-rule delete .* --yes$/);
  });
});

// `appliesTo` was seen in answers of 2025-10; no api-version up to 2026-01-01 documents it. What names types narrows a rule to them.
test.each([
  [undefined, 'pass', 'allowed'],
  [[], 'pass', 'allowed'],
  [['Microsoft.Storage/storageAccounts'], 'pass', 'allowed'],
  [['Microsoft.KeyVault/vaults', 'microsoft.storage/storageaccounts'], 'pass', 'allowed'],
  [['Microsoft.KeyVault/vaults'], 'fail', 'denied'],
  [['All'], 'unknown', 'unknown'],
  ['Microsoft.KeyVault/vaults', 'fail', 'denied'],
  [[{ networkGroupId: '/groups/one' }], 'unknown', 'unknown'],
  [['Microsoft.KeyVault/vaults', 7], 'unknown', 'unknown'],
])('an access rule with appliesTo %j: %s', (appliesTo, outcome, verdict) => {
  const rule = inbound({ addressPrefixes: ['203.0.113.0/24'], ...(appliesTo === undefined ? {} : { appliesTo }) });
  const scene: SceneChange = (one) => {
    associated('Enforced', [['nat', rule]])(one);
    subnetWith(false, true, false)(one);
  };
  const { findings } = audit(snapshotOf(scene), judged);
  const found = findings.find(({ resource, where }) => resource === ids.account && where === ids.train);
  expect([found?.outcome, asked(scene, ids.train, 'stmlsim').answer.verdict]).toEqual([outcome, verdict]);
});

test('a wide access rule that may not apply leaves open whether the account is', () => {
  const wide = (appliesTo: unknown) => (one: Parameters<SceneChange>[0]) =>
    associated('Enforced', [['wide', inbound({ addressPrefixes: ['0.0.0.0/1'], appliesTo })]])(one);
  const outcomeOf = (appliesTo: unknown) =>
    audit(
      snapshotOf(wide(appliesTo)),
      rules.filter(({ id }) => id === 'storage.default-action-deny'),
    ).findings.find(({ resource }) => resource === ids.account)?.outcome;
  expect([[], ['Microsoft.KeyVault/vaults'], ['All']].map(outcomeOf)).toEqual(['fail', 'pass', 'unknown']);
});
