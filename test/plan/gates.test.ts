// What must hold before a write is sent: locks, permissions, operations in progress; how gates of many steps are told; what could not be
// read and may matter.
import { describe, expect, test } from 'vitest';
import type { Report } from '../../src/model/finding.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Gate } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { blocks, gatesOf, gathered, planGaps, shiftGates, unreadLocks } from '../../src/plan/gates.ts';
import { buildPlan } from '../../src/plan/index.ts';
import { unansweredOf } from '../../src/plan/unanswered.ts';
import { rules } from '../../src/rules/index.ts';
import {
  account,
  addIp,
  addSubnet,
  bodies,
  closing,
  created,
  deleted,
  edit,
  group,
  lock,
  locks,
  network,
  plain,
  registry,
  set,
  snapshotOf,
  subnet,
  vault,
  workspace,
} from './small-worlds.ts';
import { worldSnapshot } from './worlds.ts';

const told = (change: Parameters<typeof gatesOf>[0], snapshot: Snapshot, kind?: Gate['kind']) =>
  gatesOf(change, indexSnapshot(snapshot))
    .filter((gate) => kind === undefined || gate.kind === kind)
    .map(({ outcome, detail }) => `${outcome} ${detail}`);
const close = edit(account, closing);

describe('policies', () => {
  const definition = '/providers/Microsoft.Authorization/policyDefinitions/d';
  const onAccounts = { allOf: [{ field: 'type', equals: 'Microsoft.Storage/storageAccounts' }] };
  const assignment = (properties: JsonObject = {}, scope = '/subscriptions/s', of = definition): JsonObject => ({
    id: `${scope}/providers/Microsoft.Authorization/policyAssignments/p`,
    properties: { displayName: 'No addresses', policyDefinitionId: of, ...properties },
  });
  const rule = (effect: string, condition: JsonObject = onAccounts): JsonObject => ({
    id: definition,
    // biome-ignore lint/suspicious/noThenProperty: the member is Azure's.
    properties: { policyRule: { if: condition, then: { effect } } },
  });
  const under = (...all: JsonObject[]) => snapshotOf([...Object.values(bodies), ...all]);
  const may = (verdict: string) =>
    `unknown The policy assignment p (No addresses) applies to st and may deny this change. ${verdict}`;
  const open = may('It was not evaluated here: what-if does.');
  const initiative = '/providers/Microsoft.Authorization/policySetDefinitions/i';
  const parts = { id: initiative, properties: { policyDefinitions: [{ policyDefinitionId: definition }] } };
  const tagged = { field: "tags['owner']", exists: 'false' };

  test.each<[string, Parameters<typeof told>[0], Snapshot, readonly string[]]>([
    ['none', close, plain(), []],
    ['one that denies some writes of the type', close, under(assignment(), rule('deny')), [open]],
    ['through an initiative', close, under(assignment({}, group, initiative), parts, rule('Deny')), [open]],
    ['one that names no type', close, under(assignment(), rule('deny', tagged)), [open]],
    ['of all types of the provider', close, under(assignment(), rule('deny', { like: 'Microsoft.Storage/*' })), [open]],
    ['of another type', edit(vault, closing), under(assignment(), rule('deny')), []],
    ['a deletion', deleted(account, {}), under(assignment(), rule('deny')), []],
    ['one that only audits', close, under(assignment(), rule('audit')), []],
    ['not enforced', close, under(assignment({ enforcementMode: 'DoNotEnforce' }), rule('deny')), []],
    ['excluded', close, under(assignment({ notScopes: [group] }), rule('deny')), []],
    ['of another scope', close, under(assignment({}, '/subscriptions/other'), rule('deny')), []],
    ['its definition not read', close, under(assignment()), [may('Its definition was not read.')]],
  ])('%s', (_name, change, snapshot, expected) => {
    expect(told(change, snapshot, 'policy')).toEqual(expected);
  });

  test('one of a management group applies where a list of the subscription holds it', () => {
    const above = assignment({}, '/providers/Microsoft.Management/managementGroups/m');
    const snapshot = under(above, rule('deny'));
    const list = (subscription: string) => ({
      id: `/subscriptions/${subscription}/resourceGroups/g/providers/Microsoft.Authorization/policyAssignments?$filter=atScope()`,
      members: [`${above.id}`],
    });
    const held = (subscription: string) => ({
      ...snapshot,
      collections: [...snapshot.collections, list(subscription)],
    });
    expect(told(close, held('s'), 'policy')).toEqual([open]);
    expect(told(close, held('other'), 'policy')).toEqual([]);
  });

  test('what Azure would deny by a policy that was read is not planned without a warning', () => {
    const snapshot = worldSnapshot('refused');
    const request = { targets: ['storage.dev-client-ip'], answers: {}, ips: [], profile: 'all' as const };
    const { steps, gates } = buildPlan({ snapshot, rules, id: 'p', request });
    expect(steps.length).toBeGreaterThan(0);
    expect(gates.filter(({ kind }) => kind === 'policy').map(({ detail }) => detail.split(' (')[0])).toEqual([
      'The policy assignment no-addresses',
    ]);
  });
});

describe('locks', () => {
  const under = (...all: ReturnType<typeof lock>[]) => snapshotOf([...Object.values(bodies), ...all]);
  const endpoint = `${group}/providers/Microsoft.Network/routeTables/rt`;
  test.each<[string, Parameters<typeof told>[0], Snapshot, string]>([
    ['none', close, plain(), 'pass No resource lock on st.'],
    ['one elsewhere', close, under(lock(network, 'ReadOnly')), 'pass No resource lock on st.'],
    ['one against deletion, of an edit', close, under(lock(account, 'CanNotDelete')), 'pass No resource lock on st.'],
    ['one of another level', close, under(lock(account, 'NotSpecified')), 'pass No resource lock on st.'],
    [
      'one against deletion, of a deletion',
      deleted(endpoint, {}),
      under(lock(group, 'CanNotDelete')),
      `fail The CanNotDelete lock keep on ${group} blocks this change.`,
    ],
    [
      'a read-only one, with its notes',
      close,
      under(lock(account, 'CanNotDelete', 'first'), lock(account.toUpperCase(), 'readonly', 'second', 'Ask ops')),
      `fail The ReadOnly lock second on ${account.toUpperCase()} blocks this change (Ask ops).`,
    ],
    ['of a creation', created(endpoint, {}), under(lock(group, 'CanNotDelete')), 'pass No resource lock on rt.'],
    [
      'the lock itself',
      deleted(`${account}/providers/Microsoft.Authorization/locks/keep`, {}),
      under(lock(account, 'ReadOnly')),
      'pass A lock does not apply to itself.',
    ],
    ['not read', close, plain({ collections: [] }), `unknown The locks that may cover ${account} could not be read.`],
  ])('%s', (_name, change, snapshot, expected) => {
    expect(told(change, snapshot, 'lock')).toEqual([expected]);
  });
  test('are unread without their list, and where there is no subscription', () => {
    expect([unreadLocks(account, indexSnapshot(plain())), unreadLocks('/x', indexSnapshot(plain()))]).toEqual([
      false,
      true,
    ]);
    expect(unreadLocks(account, indexSnapshot(plain({ collections: [] })))).toBe(true);
  });
});

describe('permissions', () => {
  const write = 'Microsoft.Storage/storageAccounts/write';
  test.each<[string, Snapshot['permissions'], string]>([
    ['given', [{ scope: group, actions: ['*'], notActions: [] }], `pass You have ${write} on st.`],
    [
      'missing',
      [{ scope: group, actions: ['*/read'], notActions: [] }],
      `fail Missing permission: ${write} on ${account}.`,
    ],
    ['not read', [], `unknown The permission ${write} on ${account} could not be read.`],
  ])('%s', (_name, permissions, expected) => {
    expect(told(close, plain({ permissions }), 'permission')).toEqual([expected]);
  });
  test('a subnet that the body names already is checked with every write', () => {
    const joined = {
      ...bodies.account,
      properties: { networkAcls: { defaultAction: 'Allow', virtualNetworkRules: [{ id: subnet }] } },
    };
    const all = told(close, snapshotOf([joined, bodies.network, bodies.subnet, bodies.workspace]), 'permission');
    expect(all).toContain(
      'pass You have Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action on snet.',
    );
    expect(told(close, plain(), 'permission')).toHaveLength(1);
  });
  test('a subnet that a rule brings in needs its own', () => {
    expect(told(edit(account, addSubnet()), plain(), 'permission')).toContain(
      'pass You have Microsoft.Network/virtualNetworks/subnets/joinViaServiceEndpoint/action on snet.',
    );
  });
});

describe('operations in progress', () => {
  const moving = (which: 'workspace' | 'network' | 'subnet', state: string) => {
    const all = Object.entries(bodies).map(([name, body]) =>
      name === which ? { ...body, properties: { ...body.properties, provisioningState: state } } : body,
    );
    return snapshotOf(all);
  };
  const wait = (id: string, state: string) => `fail ${id} is ${state}: wait until it has Succeeded, then scan again.`;
  const join = edit(account, addSubnet());
  const onSubnet = edit(subnet, set('/properties/x', undefined, 'y'));
  test.each<[string, Snapshot, Parameters<typeof told>[0], readonly string[]]>([
    ['none', plain(), join, []],
    ['of the workspace', moving('workspace', 'Updating'), close, [wait(workspace, 'Updating')]],
    ['of the workspace, deleted', moving('workspace', 'Deleting'), close, [wait(workspace, 'Deleting')]],
    ['that failed', moving('workspace', 'Failed'), close, []],
    ['of the network of a subnet it names', moving('network', 'Updating'), join, [wait(network, 'Updating')]],
    ['of the network of a subnet it does not name', moving('network', 'Updating'), close, []],
    ['of the subnet it names', moving('subnet', 'Creating'), join, [wait(subnet, 'Creating')]],
    ['of the subnet it writes', moving('subnet', 'Updating'), onSubnet, [wait(subnet, 'Updating')]],
    ['of the network of the subnet it writes', moving('network', 'Deleting'), onSubnet, [wait(network, 'Deleting')]],
    ['without a workspace', { ...moving('workspace', 'Updating'), workspace: null }, close, []],
    ['of a subnet that was not read', snapshotOf([bodies.account, bodies.workspace]), join, []],
  ])('%s', (_name, snapshot, change, expected) => {
    expect(told(change, snapshot, 'state')).toEqual(expected);
  });
});

describe('room for a private endpoint', () => {
  const endpoint = (name: string, target: string) =>
    created(`${group}/providers/Microsoft.Network/privateEndpoints/${name}`, {
      id: `${group}/providers/Microsoft.Network/privateEndpoints/${name}`,
      properties: {
        subnet: { id: subnet },
        privateLinkServiceConnections: [{ name, properties: { privateLinkServiceId: target, groupIds: ['x'] } }],
      },
    });
  const pe = (target: string) => endpoint('pe-new', target);
  /** A /28 has 11 addresses; so many are in use. */
  const small = (used: number, ...more: Parameters<typeof snapshotOf>[0]) => {
    const ipConfigurations = Array.from({ length: used }, (_, index) => ({ id: `/nic/ipConfigurations/${index}` }));
    const full = { ...bodies.subnet.properties, addressPrefix: '10.0.0.0/28', ipConfigurations };
    return snapshotOf([
      bodies.account,
      bodies.network,
      { ...bodies.subnet, properties: full },
      bodies.workspace,
      ...more,
    ]);
  };
  const planned = (name: string, target: string) => endpoint(name, target).body as JsonObject;
  test.each<[string, Parameters<typeof told>[0], Snapshot, readonly string[]]>([
    ['of an account', pe(account), small(10), []],
    [
      'in a full subnet',
      pe(vault),
      small(11),
      ['fail snet has 0 free addresses, and the private endpoint pe-new needs 1.'],
    ],
    ['of a workspace', pe(workspace), small(8), []],
    [
      'three for a workspace',
      pe(workspace),
      small(9),
      ['fail snet has 2 free addresses, and the private endpoint pe-new needs 3.'],
    ],
    [
      'two for a registry',
      pe(registry),
      small(10),
      ['fail snet has 1 free address, and the private endpoint pe-new needs 2.'],
    ],
    [
      'beside those of the plan',
      pe(account),
      small(8, planned('pe-ws', workspace)),
      ['fail snet has 0 free addresses, and the private endpoint pe-new needs 1.'],
    ],
    ['one that exists', pe(account), small(11, planned('pe-new', account)), []],
    ['a subnet that was not read', pe(account), snapshotOf([bodies.workspace]), []],
  ])('%s', (_name, change, snapshot, expected) => {
    expect(told(change, snapshot, 'state')).toEqual(expected);
  });
});

describe('gates of many steps', () => {
  const gate = (kind: Gate['kind'], outcome: Gate['outcome'], detail: string): Gate => ({ kind, outcome, detail });
  const lines = (gates: readonly Gate[]) =>
    gathered(gates).map(({ kind, outcome, detail }) => `${outcome} ${kind} ${detail}`);
  test('the worst first, each once, and what passes of locks and permissions as one', () => {
    expect(
      lines([
        gate('lock', 'pass', 'a'),
        gate('lock', 'pass', 'b'),
        gate('permission', 'pass', 'c'),
        gate('rule', 'pass', 'r'),
        gate('rule', 'warn', 'w'),
        gate('state', 'unknown', 'u'),
        gate('rule', 'fail', 'f'),
        gate('rule', 'fail', 'f'),
      ]),
    ).toEqual([
      ...['fail rule f', 'unknown state u', 'warn rule w', 'pass lock No resource locks apply.'],
      ...['pass permission You have the permissions for all changes of this plan.', 'pass rule r'],
    ]);
  });
  test('where one of a kind does not pass, that kind does not pass', () => {
    expect(lines([gate('lock', 'pass', 'a'), gate('lock', 'unknown', 'b'), gate('permission', 'pass', 'c')])).toEqual([
      ...['unknown lock b', 'pass permission You have the permissions for all changes of this plan.'],
    ]);
    expect(lines([gate('permission', 'fail', 'x'), gate('permission', 'pass', 'y')])).toEqual(['fail permission x']);
    expect(lines([])).toEqual([]);
  });
  test('only what fails blocks', () => {
    expect((['fail', 'unknown', 'warn', 'pass'] as const).map((outcome) => blocks(gate('rule', outcome, '')))).toEqual([
      ...[true, false, false, false],
    ]);
  });
  test('what does not exist is no gap', () => {
    const gaps = [
      { id: '/a', reason: 'No.', action: 'x', status: 403, code: 'c' },
      { id: '/b', reason: 'Gone.', action: 'x', status: 404 },
      { id: '/c', reason: 'Timeout.', action: 'y' },
    ];
    expect(planGaps(plain({ gaps }))).toEqual([
      { id: '/a', reason: 'No.', action: 'x' },
      { id: '/c', reason: 'Timeout.', action: 'y' },
    ]);
  });
  test('a plan that leads to another architecture says so, where both are known', () => {
    const report = (answer: string) => ({ architecture: { answer } }) as unknown as Report;
    expect(shiftGates(report('service-endpoint'), report('managed-network'))).toEqual([
      gate(
        'state',
        'warn',
        'The plan is made for service-endpoint. Once it is applied, the audit checks the workspace as managed-network.',
      ),
    ]);
    for (const [from, to] of [
      ['a', 'a'],
      ['unknown', 'a'],
      ['a', 'unknown'],
    ] as const) {
      expect(shiftGates(report(from), report(to))).toEqual([]);
    }
  });
});

describe('what could not be checked of many changes', () => {
  const other = account.replace(/st$/, 'other');
  const changes = [close, edit(other, closing)];
  const said = (more: Partial<Snapshot>, some = changes) => unansweredOf(some, indexSnapshot(plain(more)));
  test('nothing, where all was', () => {
    expect(said({})).toEqual([]);
  });
  test('locks and permissions of several are one sentence each', () => {
    const permissions = 'Your permissions could not be read: Microsoft.Storage/storageAccounts/write, on st, other.';
    expect(said({ collections: [], permissions: [] })).toEqual([
      'The resource locks on st, other could not be read.',
      permissions,
    ]);
    expect(said({ collections: [] })).toEqual(['The resource locks on st, other could not be read.']);
    expect(said({ permissions: [] })).toEqual([permissions]);
    expect(said({ collections: [] }, [close, edit(account.toUpperCase(), addIp('203.0.113.7'))])).toEqual([
      `The locks that may cover ${account} could not be read.`,
      `The locks that may cover ${account.toUpperCase()} could not be read.`,
    ]);
  });
  test('of one it is told as the gates say it', () => {
    expect(said({ collections: [], permissions: [] }, [close])).toEqual([
      `The locks that may cover ${account} could not be read.`,
      `The permission Microsoft.Storage/storageAccounts/write on ${account} could not be read.`,
    ]);
  });
  test('one permission that two changes of a resource need is told once, as the gates say it', () => {
    const permission = (scope: string) =>
      `The permission Microsoft.Storage/storageAccounts/write on ${scope} could not be read.`;
    expect(said({ permissions: [] }, [close, edit(account, addIp('203.0.113.7'))])).toEqual([permission(account)]);
  });
  test('what else is unknown stays', () => {
    const gaps = [{ id: workspace, reason: 'No.', action: 'x', status: 403 }];
    expect(said({ collections: [{ id: locks.toUpperCase(), members: [] }], gaps })).toEqual([]);
  });
});
