// The fixes of the firewall rules: what is written, where, and when a sentence is all there is.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { parseJson, stringifyJson } from '../../src/model/json.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { applyChanges, buildPlan } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { Answers } from '../../src/rules/rule.ts';
import { cluster, group, ids, type Loose, type Scene, snapshotOf } from '../support/snapshot.ts';

const at = (type: string, name: string): string => `${group}/providers/Microsoft.Network/${type}/${name}`;
const table = at('routeTables', 'rt');
const firewall = at('azureFirewalls', 'fw');
const policy = at('firewallPolicies', 'fwp');

const subnetsIn = (scene: Scene): Loose[] => scene.bodies[ids.vnet].properties.subnets;
/** Computes in two subnets, which one table sends to the firewall. */
function routed(scene: Scene): void {
  const next = { nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.200.4' };
  const route = { id: `${table}/routes/all`, name: 'all', properties: { addressPrefix: '0.0.0.0/0', ...next } };
  scene.bodies[table] = { id: table, name: 'rt', location: 'westeurope', properties: { routes: [route] } };
  for (const one of subnetsIn(scene)) if (one.id !== ids.pe) one.properties.routeTable = { id: table };
  const second = cluster('second-cluster', ids.second);
  scene.bodies[second.id] = second;
}
function wall(scene: Scene, properties: Loose): void {
  const own = [{ name: 'main', properties: { privateIPAddress: '10.0.200.4' } }];
  scene.bodies[firewall] = {
    id: firewall,
    name: 'fw',
    location: 'westeurope',
    properties: { ipConfigurations: own, ...properties },
  };
}
const filter = (name: string, action: string, host = '*'): Loose => ({
  ...{ ruleCollectionType: 'FirewallPolicyFilterRuleCollection', name, priority: 100, action: { type: action } },
  rules: [
    {
      ...{ ruleType: 'ApplicationRule', name: 'all', sourceAddresses: ['*'], targetFqdns: [host] },
      protocols: [{ protocolType: 'Https', port: 443 }],
    },
  ],
});
const withGroup = (scene: Scene, name: string, priority: number, collections: readonly Loose[]): void => {
  const id = `${policy}/ruleCollectionGroups/${name}`;
  scene.bodies[id] = { id, name, properties: { priority, ruleCollections: collections } };
};
const followed = (more: (scene: Scene) => void = () => {}) =>
  snapshotOf((scene) => {
    routed(scene);
    wall(scene, { firewallPolicy: { id: policy } });
    scene.bodies[policy] = { id: policy, name: 'fwp', properties: { firewalls: [{ id: firewall }] } };
    more(scene);
  });
const classic = (properties: Loose = {}) =>
  snapshotOf((scene) => {
    routed(scene);
    wall(scene, properties);
  });

type Snapshot = ReturnType<typeof classic>;
function proposed(snapshot: Snapshot, answers: Answers = {}) {
  const finding = audit(snapshot, rules).findings.find(
    (one) => one.rule === 'firewall.current-rules' && one.resource === ids.train,
  );
  const rule = rules.find(({ id }) => id === 'firewall.current-rules');
  if (!finding || !rule?.fix) throw new Error('no finding');
  return rule.fix(finding, { index: indexSnapshot(snapshot), profile: 'all', assumeDenyByDefault: false }, answers);
}
/** Bodies and edits of what is proposed, as plain JSON. */
function written(snapshot: Snapshot, answers: Answers = {}): Loose {
  const made = proposed(snapshot, answers);
  if (typeof made === 'string') throw new Error(made);
  return parseJson(stringifyJson(JSON.parse(JSON.stringify(made.map(({ change }) => change)))));
}
const rulesIn = (change: Loose): Loose[] =>
  change.body === null
    ? change.edits.flatMap((edit: Loose) => edit.after.properties.rules)
    : change.body.properties.ruleCollections.flatMap((one: Loose) => one.rules);
const failing = (snapshot: Snapshot) =>
  audit(snapshot, rules).findings.filter(
    ({ rule, outcome }) => rule === 'firewall.current-rules' && outcome === 'fail',
  );

describe('one plan for two subnets', () => {
  test.each([
    ['behind a policy', followed(), 2],
    ['behind a firewall with rules of its own', classic(), 1],
  ] as const)('%s', (_name, snapshot, steps) => {
    const request = { targets: ['firewall.current-rules'], answers: {}, ips: [], profile: 'all' } as const;
    const plan = buildPlan({ snapshot, rules, request, id: 'plan' });
    expect(plan.steps).toHaveLength(steps);
    expect(failing(snapshot)).toHaveLength(2);
    const after = applyChanges(
      snapshot,
      plan.steps.map(({ change }) => change),
    );
    expect(failing(after).map(({ because }) => because)).toEqual([]);
    const numbers = plan.steps.flatMap(({ change }) =>
      change.kind === 'create'
        ? [(change.body as Loose).properties.priority]
        : change.edits.map((edit: Loose) => `${edit.pointer} ${edit.after.properties.priority}`),
    );
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const { findings } of plan.steps) expect(findings).toHaveLength(steps === 1 ? 2 : 1);
  });
});

describe('what is written', () => {
  test('tags in network rules, names only for what has no tag, from the ranges of the subnet', () => {
    const [change] = written(followed());
    const all = rulesIn(change);
    const kinds = (kind: string) => all.filter(({ ruleType }) => ruleType === kind).map(({ name }) => name);
    expect(kinds('ApplicationRule')).toEqual(['packages']);
    expect(kinds('NetworkRule')).toContain('azureml-5831');
    expect(all.every(({ sourceAddresses }) => sourceAddresses.join() === '10.0.1.0/24')).toBe(true);
    expect(all.find(({ name }) => name === 'azureml-5831')).toMatchObject({
      ...{ ipProtocols: ['UDP'], destinationAddresses: ['AzureMachineLearning'], destinationPorts: ['5831'] },
    });
  });
  test('by=hosts: names where ports 80 and 443 are enough, tags for the rest', () => {
    const [change] = written(followed(), { by: 'hosts' });
    const all = rulesIn(change);
    const network = all.filter(({ ruleType }) => ruleType === 'NetworkRule').map(({ name }) => name);
    expect(network).toEqual(['azureml-5831', 'azureml-18881']);
    const entra = all.filter(({ name }) => /^entra/.test(name));
    expect(entra.map(({ protocols, targetFqdns }) => [protocols, targetFqdns])).toEqual([
      [
        [
          { protocolType: 'Http', port: 80 },
          { protocolType: 'Https', port: 443 },
        ],
        ['login.microsoftonline.com'],
      ],
      [[{ protocolType: 'Https', port: 443 }], ['graph.microsoft.com', 'graph.windows.net']],
    ]);
  });
  test('another answer is told what it may be', () => {
    expect(proposed(followed(), { by: 'luck' })).toMatch(/by=tags .* or by=hosts/);
  });
  test('only what is missing', () => {
    const [change] = written(
      followed((scene) => withGroup(scene, 'some', 300, [filter('web', 'Allow', 'management.azure.com')])),
    );
    expect(rulesIn(change).map(({ name }) => name)).not.toContain('arm');
  });
});

describe('where it is written', () => {
  const numberOf = (snapshot: Snapshot) => written(snapshot)[0].body.properties.priority;
  test('behind all others', () => {
    expect(numberOf(followed())).toBe(300);
    expect(numberOf(followed((scene) => withGroup(scene, 'some', 1230, [filter('web', 'Allow', 'a.b')])))).toBe(1300);
  });
  test('before a group that denies', () => {
    expect(numberOf(followed((scene) => withGroup(scene, 'no', 500, [filter('no', 'Deny')])))).toBe(490);
  });
  test('at a number that is free', () => {
    const snapshot = followed((scene) => {
      withGroup(scene, 'no', 102, [filter('no', 'Deny')]);
      withGroup(scene, 'taken', 100, []);
    });
    expect(numberOf(snapshot)).toBe(101);
  });
  test('nowhere, when what denies comes first', () => {
    expect(proposed(followed((scene) => withGroup(scene, 'no', 100, [filter('no', 'Deny')])))).toMatch(
      /^no\/all of no comes before any rule that could be added/,
    );
  });
  test('beside a group of that name', () => {
    const snapshot = followed((scene) => withGroup(scene, 'BASTIDE-vnet-ml-snet-train', 400, []));
    expect(written(snapshot)[0].resource).toBe(`${policy}/ruleCollectionGroups/bastide-vnet-ml-snet-train-2`);
  });
  test('lower down, when nothing is free behind', () => {
    expect(numberOf(followed((scene) => withGroup(scene, 'last', 65000, [])))).toBe(64990);
  });
  test('in a firewall with its own rules, before a collection that denies', () => {
    const deny = { name: 'no', properties: { ...filter('no', 'Deny'), priority: 300 } };
    const [change] = written(classic({ applicationRuleCollections: [deny] }));
    const numbers = change.edits.map((edit: Loose) => [edit.pointer, edit.after.name, edit.after.properties.priority]);
    expect(numbers).toEqual([
      ['/properties/networkRuleCollections', 'bastide-net-vnet-ml-snet-train', 300],
      ['/properties/applicationRuleCollections', 'bastide-app-vnet-ml-snet-train', 290],
    ]);
  });
});
