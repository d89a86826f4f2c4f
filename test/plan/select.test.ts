// Part of a plan, a plan from elsewhere, and a plan for other tools: what depends on a step that is taken out, what is computed again
// from the changes alone, and which steps another tool can send.
import { describe, expect, test } from 'vitest';
import type { Change, DeferredChange } from '../../src/model/change.ts';
import { addTo, applyEdit } from '../../src/model/edit.ts';
import { type Effect, isCurrent, type OldEffect } from '../../src/model/effect.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { valueAt } from '../../src/model/pointer.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { finish } from '../../src/model/stepwise.ts';
import { plainText } from '../../src/model/words.ts';
import { requestsOf } from '../../src/plan/requests.ts';
import { reviewPlan } from '../../src/plan/review.ts';
import { noEffect, riskOf } from '../../src/plan/risk.ts';
import { dependsOn, skippedBy, stepNeeds, withDependants, withoutSteps } from '../../src/plan/select.ts';
import { applyChange } from '../../src/plan/simulate.ts';
import { planLines } from '../../src/render/plan-text.ts';
import { connectionState } from '../../src/resource-types/index.ts';
import type { Rule } from '../../src/rules/rule.ts';
import {
  account,
  acls,
  addIp,
  addSubnet,
  bodies,
  closing,
  created,
  deleted,
  edit,
  lock,
  network,
  plain,
  planOf,
  registry,
  removeIp,
  set,
  snapshotOf,
  step,
  subnet,
  workspace,
} from './small-worlds.ts';

const effect = (kind: OldEffect['kind']): Effect => ({ kind, resource: account, detail: `${kind}.`, subject: '' });
const opening = step(edit(account, addIp('203.0.113.7')), { effects: [effect('allows')], findings: ['a.first@x'] });
const restricting = step(edit(account, closing), {
  phase: 5,
  effects: [effect('restricts')],
  findings: ['b.closed@x'],
});
const nsg = `${network.replace('virtualNetworks/vnet', 'networkSecurityGroups/nsg')}`;
const group = created(nsg, { properties: { securityRules: [] } });
const connection = `${registry}/privateEndpointConnections/new connection`;
const late: DeferredChange = {
  ...edit(connection, set(`${connectionState}/status`, 'Pending', 'Approved')),
  found: { besides: [], pointer: `${connectionState}/description`, says: 'Approve (x)' },
};
const link = set(
  '/properties/sharedPrivateLinkResources',
  [],
  [{ name: 'l', properties: { privateLinkResourceId: registry } }],
);

const allowing = step(edit(account, addSubnet()));
const endpoint = (service: string, on = subnet) =>
  step(
    edit(on, {
      ...{ op: 'add', pointer: '/properties/serviceEndpoints', after: { service } },
      key: { member: 'service', fold: true },
    }),
  );

describe('a step depends on an earlier one', () => {
  test.each<[string, Step, Step, boolean]>([
    ['that makes what it changes', step(edit(nsg, set('/tags', undefined, {}))), step(group), true],
    ['that adds the service endpoint of a subnet it allows', allowing, endpoint('Microsoft.Storage'), true],
    ['that adds the endpoint of another region', allowing, endpoint('Microsoft.Storage.Global'), true],
    ['that adds the endpoint of another service', allowing, endpoint('Microsoft.KeyVault'), false],
    ['that adds an endpoint to another subnet', allowing, endpoint('Microsoft.Storage', `${subnet}2`), false],
    ['that makes what it is in', step(created(`${nsg}/securityRules/r`, {})), step(group), true],
    [
      'that makes what it names',
      step(edit(subnet, set('/properties/networkSecurityGroup', undefined, { id: nsg.toUpperCase() }))),
      step(group),
      true,
    ],
    [
      'that makes what a new body names, deep inside',
      step(created(`${subnet}x`, { properties: { a: [{ id: `${nsg}/securityRules/r` }] } })),
      step(group),
      true,
    ],
    [
      'that makes what it no longer names',
      step(edit(subnet, { op: 'remove', pointer: '/x', before: nsg, key: { member: null, fold: true } })),
      step(group),
      true,
    ],
    [
      'that makes something with a longer name',
      step(edit(subnet, set('/x', undefined, `${nsg}2`))),
      step(group),
      false,
    ],
    [
      'that only changes what it names',
      step(edit(subnet, set('/x', undefined, nsg))),
      step(edit(nsg, set('/y', 1, 2))),
      false,
    ],
    ['that deleted the same resource', step(created(account, {})), step(deleted(account, {})), true],
    ['of another setting', step(edit(account, set('/a', 1, 2))), step(edit(account, set('/b', 1, 2))), false],
    [
      'of the same setting, from its value',
      step(edit(account, set('/a', 2, 3))),
      step(edit(account, set('/a', 1, 2))),
      true,
    ],
    [
      'of the same setting, from another value',
      step(edit(account, set('/a', 9, 3))),
      step(edit(account, set('/a', 1, 2))),
      false,
    ],
    [
      'of a setting above it',
      step(edit(account, set('/a/b', 1, 2))),
      step(edit(account, set('/a', undefined, {}))),
      true,
    ],
    [
      'of a setting below it',
      step(edit(account, set('/a', {}, undefined))),
      step(edit(account, set('/a/b', 1, 2))),
      true,
    ],
    [
      'of another list below a set one',
      step(edit(account, addIp('203.0.113.7'))),
      step(edit(account, set(acls, undefined, {}))),
      true,
    ],
    ['of the same list', step(edit(account, addIp('203.0.113.7'))), step(edit(account, addIp('203.0.113.8'))), false],
    [
      'of a name that only begins alike',
      step(edit(account, set('/ab', 1, 2))),
      step(edit(account, set('/a', 1, 2))),
      false,
    ],
    ['of another resource', step(edit(account, set('/a', 2, 3))), step(edit(registry, set('/a', 1, 2))), false],
    ['that allows access where it restricts', restricting, opening, true],
    ['that restricts, where it allows', opening, restricting, false],
    [
      'that allows access elsewhere',
      restricting,
      step(edit(registry, set('/a', 1, 2)), { effects: [effect('allows')] }),
      false,
    ],
    [
      'whose finding is of a rule that it needs',
      { ...restricting, needs: ['r.needed'] },
      step(edit(subnet, set('/a', 1, 2)), { findings: ['r.needed@x', 'r.other@x'] }),
      true,
    ],
    [
      'whose finding is of another rule',
      { ...restricting, needs: ['r.needed'] },
      step(edit(subnet, set('/a', 1, 2)), { findings: ['r.needed2@x'] }),
      false,
    ],
    [
      'that it needs, but restricts nothing',
      step(edit(account, set('/a', 1, 2)), { needs: ['r.needed'] }),
      step(edit(subnet, set('/a', 1, 2)), { findings: ['r.needed@x'] }),
      false,
    ],
    ['of the resource that will show it', step(late), step(edit(registry, set('/a', 1, 2))), true],
    ['that makes Azure create it', step(late), step(edit(workspace, link)), true],
    ['that does not name what will show it', step(late), step(edit(workspace, set('/a', 1, 2))), false],
  ])('%s: %#', (_name, later, earlier, expected) => {
    expect(dependsOn(later, earlier)).toBe(expected);
  });

  const chain = planOf([
    step(group),
    step(edit(subnet, set('/properties/networkSecurityGroup', undefined, { id: nsg }))),
    step(edit(registry, set('/a', 1, 2))),
    step(edit(subnet, set('/properties/networkSecurityGroup/id', nsg, 'x'))),
  ]);
  test('those that go with a step, and what each needs', () => {
    expect(withDependants(chain, [0])).toEqual([0, 1, 3]);
    expect(withDependants(chain, [2])).toEqual([2]);
    expect(withDependants(chain, [3, 2])).toEqual([2, 3]);
    expect(withDependants(chain, [])).toEqual([]);
    expect(stepNeeds(chain)).toEqual([[], [0], [], [1]]);
  });

  test('what is no longer resolved is told once, after what was left out before', () => {
    const plan = planOf([opening, step(group, { findings: ['a.first@x', 'c@x', 'd@x', 'e@x'] })], {
      skipped: [{ finding: 'd@x', reason: 'Why.' }],
      preview: { resolves: ['a.first@x', 'c@x', 'd@x'], introduces: [] },
    });
    const left = planOf([], { preview: { resolves: ['c@x'], introduces: [] } });
    expect(skippedBy(plan, [0, 1], left)).toEqual([
      { finding: 'd@x', reason: 'Why.' },
      { finding: 'a.first@x', reason: 'The step that resolves it is not selected.' },
    ]);
    expect(skippedBy({ ...plan, verb: 'undo' }, [0, 1], left)).toEqual(plan.skipped);
  });
});

const rule = (id: string, more: Partial<Rule>): Rule => ({
  ...{ id, title: id, problem: id, severity: 'high', profiles: ['current'], strategyScope: 'workspace', undo: 'exact' },
  ...{ for: ['service-endpoint', 'private-endpoint', 'managed-network'], about: 'Microsoft.Storage/storageAccounts' },
  ...{
    explain: { why: '', fix: '', breaks: '', links: [] },
    fixKind: 'auto',
    gates: [],
    subjects: () => [{ resource: account }],
  },
  check: () => ({ outcome: 'pass', because: 'Fine.' }),
  ...more,
});
const bodyIn = (index: { readonly snapshot: Snapshot }): JsonObject =>
  index.snapshot.resources.find(({ id }) => id === account)?.body ?? {};
/** The account must allow an address, and deny by default; the second only after the first. */
const rules: readonly Rule[] = [
  rule('a.first', {
    check: (_subject, { index }) =>
      JSON.stringify(valueAt(bodyIn(index), `${acls}/ipRules`)) === '[]'
        ? { outcome: 'fail', because: 'No address is allowed.' }
        : { outcome: 'pass', because: 'Fine.' },
  }),
  rule('b.closed', {
    gates: ['a.first'],
    check: (_subject, { index }) =>
      valueAt(bodyIn(index), `${acls}/defaultAction`) === 'Deny'
        ? { outcome: 'pass', because: 'Fine.' }
        : { outcome: 'fail', because: 'Open.' },
  }),
  rule('d.passes', {}),
];
const known = { intents: { architecture: 'service-endpoint' as const, devClientIps: [], usesServerless: false } };
const review = (steps: readonly Step[], snapshot = plain(known), more: Partial<Plan> = {}, list = rules): Plan =>
  reviewPlan({ plan: planOf(steps, more), snapshot, rules: list });
const id = (of: string) => `${of}@${account.toLowerCase()}`;
const gatesIn = ({ gates }: Plan) => gates.map(({ kind, outcome, detail }) => `${outcome} ${kind} ${detail}`);

describe('a plan from elsewhere', () => {
  test('an edit whose place is not in the body is shown, and nothing is checked of it', () => {
    const bare = snapshotOf([{ id: account, name: 'st', properties: {} }], known);
    const plan = review([step(edit(account, set(`${acls}/defaultAction`, undefined, 'Deny')))], bare);
    expect(plan.steps.map(({ change }) => change.resource)).toEqual([account]);
    expect(gatesIn(plan).filter((gate) => / lock | permission /.test(gate))).toEqual([]);
    const fits = review([step(edit(account, set('/properties/networkAcls', undefined, { bypass: 'None' })))], bare);
    expect(gatesIn(fits).filter((gate) => / lock | permission /.test(gate))).toHaveLength(2);
  });
  test('is computed again from its changes: nothing that it says of them is believed', () => {
    const claimed = {
      az: 'rm -rf',
      ...{ risk: 'None.', advice: 'None.' },
      does: 'nothing',
      undo: 'none' as const,
      needs: ['x.y'],
      effects: [],
    };
    const plan = review(
      [
        step(edit(account, addIp('203.0.113.7')), {
          ...claimed,
          phase: 5,
          findings: [id('a.first'), id('x.unknown'), id('d.passes')],
        }),
        step(edit(account, closing), { ...claimed, phase: 0, findings: [id('b.closed')] }),
      ],
      undefined,
      {
        ...{
          snapshot: 'other',
          architecture: 'managed-network',
          irreversible: ['x'],
          skipped: [{ finding: 'x', reason: 'y' }],
        },
        ...{ gates: [{ kind: 'lock', outcome: 'pass', detail: 'x' }], preview: { resolves: ['x'], introduces: ['y'] } },
      },
    );
    expect(
      plan.steps.map(({ phase, findings, needs, undo, advice, does }) => ({
        phase,
        findings,
        needs,
        undo,
        advice,
        does,
      })),
    ).toEqual([
      {
        ...{ phase: 2, findings: [id('a.first')], needs: [], undo: 'exact' },
        ...{ advice: undefined, does: '+ IP rule 203.0.113.7' },
      },
      {
        ...{
          phase: 5,
          findings: [id('b.closed')],
          needs: ['a.first'],
          undo: 'exact',
          does: 'default action Allow → Deny',
        },
        advice: undefined,
      },
    ]);
    for (const { effects, risk } of plan.steps) expect(risk).toBe(riskOf({ effects }));
    expect(plan.steps.every(({ az }) => az.startsWith('az storage account '))).toBe(true);
    expect(plan.steps.map(({ effects }) => effects.map(({ kind }) => kind))).toEqual([
      ['allows'],
      ['cutsOff', 'cutsOff', 'cutsOff', 'cutsOff', 'restricts'],
    ]);
    expect(plan).toMatchObject({
      ...{ id: 'p', snapshot: 'snap', architecture: 'service-endpoint', irreversible: [], skipped: [], gaps: [] },
      preview: { resolves: [id('a.first'), id('b.closed')], introduces: [] },
    });
    expect(plan.effects.map(({ kind }) => kind)).toEqual([
      'cutsOff',
      'cutsOff',
      'cutsOff',
      'cutsOff',
      'restricts',
      'allows',
    ]);
    expect(gatesIn(plan)).toEqual([
      'warn dependants Closing st may cut off: computes of the workspace, which could not be read.',
      'pass lock No resource locks apply.',
      'pass permission You have the permissions for all changes of this plan.',
      'pass rule The precondition a.first passes for st.',
    ]);
  });

  test('restricts nothing before what that needs, or while the architecture is unknown', () => {
    const alone = [step(edit(account, closing), { findings: [id('b.closed')] })];
    expect(gatesIn(review(alone))[0]).toBe('fail rule a.first: No address is allowed. (st)');
    const gaps = [{ id: workspace, reason: 'No access.', action: 'x', status: 403 }];
    const snapshot = snapshotOf([bodies.account, bodies.network, bodies.subnet], { gaps });
    expect(gatesIn(review(alone, snapshot)).join()).toContain(
      'fail rule Access is not restricted while the architecture is unknown',
    );
    const lockout = rules.map((one) =>
      one.id === 'a.first' ? { ...one, id: 'storage.dev-client-ip' } : { ...one, gates: ['storage.dev-client-ip'] },
    );
    expect(gatesIn(review(alone, undefined, {}, lockout))).toContain(
      'warn lockout Restricting st may block your own access: storage.dev-client-ip: No address is allowed.',
    );
  });

  test('it tells where the workspace is checked as another architecture afterwards', () => {
    const managed = { isolationMode: 'AllowInternetOutbound', status: { status: 'Active' } };
    const steps = [step(edit(workspace, set('/properties/managedNetwork', undefined, managed)))];
    const virtualNetworkRules = [{ id: subnet, action: 'Allow' }];
    const acl = { defaultAction: 'Deny', ipRules: [], virtualNetworkRules };
    const own = { ...bodies.account, properties: { networkAcls: acl } };
    const shifts = (all: readonly Step[]) =>
      gatesIn(review(all, snapshotOf([own, bodies.network, bodies.subnet, bodies.workspace]))).filter((gate) =>
        gate.includes('The plan is made for'),
      );
    expect(shifts(steps)).toEqual([
      'warn state The plan is made for service-endpoint. Once it is applied, the audit checks the workspace as managed-network.',
    ]);
    expect(shifts([step(edit(account, addIp('203.0.113.7')))])).toEqual([]);
  });

  test('what is in place already, or was changed since, is neither checked nor counted', () => {
    const locked = {
      ...known,
      collections: plain().collections.map((one) => ({ ...one, members: [String(lock(account, 'ReadOnly').id)] })),
    };
    const at = (...all: JsonObject[]) =>
      snapshotOf([bodies.network, bodies.subnet, bodies.workspace, lock(account, 'ReadOnly'), ...all], locked);
    const denied = {
      ...bodies.account,
      properties: { networkAcls: { defaultAction: 'Deny', ipRules: [{ value: '203.0.113.7' }] } },
    };
    const steps = [step(edit(account, closing)), step(edit(account, addIp('203.0.113.7')))];
    expect(gatesIn(review(steps, at(denied)))).toEqual([]);
    expect(gatesIn(review(steps, at(bodies.account))).filter((one) => one.startsWith('fail lock'))).toHaveLength(1);
    const moved = review([step(edit(account, set(`${acls}/defaultAction`, 'Odd', 'Deny')))], at(bodies.account));
    expect([gatesIn(moved), moved.preview.resolves, moved.steps.length]).toEqual([[], [], 1]);
  });

  test('phases follow from the effects: what is made comes first, what only restricts last', () => {
    const route = `${network.replace('virtualNetworks/vnet', 'routeTables/rt')}`;
    const other = { id: `${route}-other`, name: 'rt-other', properties: {} };
    const made = { id: route, name: 'rt', properties: {} };
    const holding = (...all: JsonObject[]) =>
      snapshotOf([bodies.network, bodies.subnet, bodies.workspace, bodies.account, ...all], known);
    const withOther = holding(other);
    const plan = review(
      [
        step(created(route, { properties: {} })),
        step(deleted(`${route}-other`, { properties: {} })),
        step(edit(account, closing, addIp('203.0.113.7'))),
        step(edit(account, set('/properties/publicNetworkAccess', undefined, 'Enabled'))),
      ],
      withOther,
      {},
      [],
    );
    expect(plan.steps.map(({ phase }) => phase)).toEqual([1, 2, 2, 2]);
    expect(plan.steps[1]?.risk).toContain('is deleted; this history did not create it.');
    expect(plan.steps[0]?.risk).toBe(noEffect);
    expect(
      [[], [step(created(route, { properties: {} }))]].map((before) =>
        review(
          [...before, step(deleted(route, { properties: {} }))],
          before.length === 0 ? holding(made) : holding(),
          {},
          [],
        ).effects.map(({ kind }) => kind),
      ),
      // What the plan itself makes is no other owner's.
    ).toEqual([['deletes'], []]);
    const own = reviewPlan({
      plan: planOf([step(deleted(route, { properties: {} }))]),
      snapshot: holding(made),
      rules: [],
      isOwn: () => true,
    });
    expect(own.effects).toEqual([]);
  });

  test('a change that its service does not take is refused as a gate', () => {
    const read = plain(known).resources.find(({ id: one }) => one === workspace)?.body ?? {};
    expect(gatesIn(review([step(deleted(workspace, read))])).join()).toContain(
      'fail state Bastide does not create or delete a workspace.',
    );
  });

  test('what is there already, or changed since, is shown as not sent, and has no effect', () => {
    const route = `${network.replace('virtualNetworks/vnet', 'routeTables/rt')}`;
    const made = { id: route, name: 'rt', properties: { disableBgpRoutePropagation: false } };
    const world = snapshotOf([bodies.network, bodies.subnet, bodies.workspace, bodies.account, made], known);
    const { name: _name, id: _id, ...body } = made;
    const plan = review(
      [
        step(created(route, body)),
        step(deleted(`${route}-gone`, body)),
        step(edit(account, set('/properties/minimumTlsVersion', 'TLS1_0', 'TLS1_2'))),
        opening,
      ],
      world,
      {},
      [],
    );
    expect(plan.steps.map(({ standing }) => standing)).toEqual(['applied', 'applied', 'moved', undefined]);
    expect(plan.steps.slice(0, 3).flatMap(({ effects }) => effects)).toEqual([]);
    expect(planLines(plan).map(plainText).join('\n')).toContain('Not sent: there already');
  });

  test('of what is there in part, the rest has its effects, its gates and its place in the plan', () => {
    const denied = (...ips: string[]) => ({
      ...bodies.account,
      properties: { networkAcls: { defaultAction: 'Deny', ipRules: ips.map((value) => ({ value })) } },
    });
    const holding = (account: JsonObject) =>
      snapshotOf([bodies.network, bodies.subnet, bodies.workspace, account], known);
    const both = step(edit(account, addIp('203.0.113.7'), addIp('0.0.0.0/1')));
    const [none, part] = [denied(), denied('203.0.113.7')].map((one) => review([both], holding(one), {}, []));
    const opens = (plan: Plan | undefined) =>
      plan?.effects.filter(isCurrent).filter(({ kind }) => kind === 'opens') ?? [];
    expect(opens(none).length).toBeGreaterThan(0);
    expect(opens(part).length).toBeGreaterThan(0);
    expect(part?.steps.map(({ change, standing }) => [change, standing])).toEqual([[both.change, undefined]]);
    // A child list in part: its service is asked about the rest alone.
    const key = { member: 'service', fold: true };
    const subnet = String(bodies.subnet.id);
    const endpoints = (...services: string[]) =>
      services.reduce<{ body: JsonObject; edits: ReturnType<typeof addTo>[] }>(
        ({ body, edits }, service) => {
          const one = addTo(body, '/properties/serviceEndpoints', { service }, key);
          return { body: applyEdit(body, one) as JsonObject, edits: [...edits, one] };
        },
        { body: bodies.subnet, edits: [] },
      );
    const wanted = step(edit(subnet, ...endpoints('Microsoft.Sql', 'Microsoft.Web').edits));
    const there = snapshotOf(
      [bodies.network, endpoints('Microsoft.Sql').body, bodies.workspace, bodies.account],
      known,
    );
    expect(review([wanted], there, {}, []).steps.map(({ standing }) => standing)).toEqual([undefined]);
  });

  test('a what-if of before is dropped, an entry of an undo is kept', () => {
    const rehearsal = { steps: [] } as unknown as NonNullable<Plan['rehearsal']>;
    const plan = review([opening], undefined, { rehearsal, verb: 'undo', of: 'e-1' });
    expect([plan.rehearsal, plan.verb, plan.of]).toEqual([undefined, 'undo', 'e-1']);
  });
});

describe('a plan without some steps', () => {
  const plan = review([
    step(edit(account, addIp('203.0.113.7')), { findings: [id('a.first')] }),
    step(edit(account, closing), { findings: [id('b.closed')] }),
  ]);
  const without = (out: readonly number[], of: Plan = plan) =>
    finish(withoutSteps({ plan: of, snapshot: plain(known), rules }, out));
  test('and without what depends on them, which is told', () => {
    const { along, plan: left } = without([0]);
    expect([along, left.steps]).toEqual([[1], []]);
    expect(left.skipped).toEqual(
      [id('a.first'), id('b.closed')].map((finding) => ({
        finding,
        reason: 'The step that resolves it is not selected.',
      })),
    );
    expect(left.preview.resolves).toEqual([]);
    const half = without([1]);
    expect([half.along, half.plan.steps.map(({ does }) => does), half.plan.preview.resolves]).toEqual([
      [],
      ['+ IP rule 203.0.113.7'],
      [id('a.first')],
    ]);
    expect(half.plan.skipped.map(({ finding }) => finding)).toEqual([id('b.closed')]);
    expect(half.plan).not.toHaveProperty('isPart');
  });
  test('none taken out is the plan itself', () => {
    expect(without([])).toEqual({ plan, along: [] });
  });
  test('what the rules said of a step stays', () => {
    const said = {
      ...plan,
      steps: plan.steps.map((one) => ({ ...one, phase: 3 as const, advice: 'As said.', needs: ['x.y'] })),
    };
    expect(without([1], said).plan.steps.map(({ phase, advice, needs }) => [phase, advice, needs])).toEqual([
      [3, 'As said.', ['x.y']],
    ]);
  });
  test('part of an undo is said to be one, and what it cannot restore stays', () => {
    const undo = without([1], { ...plan, verb: 'undo', of: 'e-1', irreversible: ['st: lost.'] }).plan;
    expect([undo.isPart, undo.irreversible, undo.skipped]).toEqual([true, ['st: lost.'], []]);
  });
});

describe('a plan for other tools', () => {
  const asked = (steps: readonly Step[], speech: 'lines' | 'wholes' = 'lines', snapshot = plain()) => {
    const { steps: all, moved } = requestsOf(planOf(steps), snapshot, speech);
    return {
      moved,
      said: all.map(({ request }) =>
        'why' in request ? `${request.done ? 'done: ' : ''}${request.why}` : request.method,
      ),
    };
  };
  const denied = edit(account, closing);

  test.each<[string, readonly Step[], readonly string[], (readonly string[])?]>([
    [
      'steps one after another',
      [step(denied), step(edit(account, set(`${acls}/defaultAction`, 'Deny', 'Allow')))],
      ['PATCH', 'PATCH'],
    ],
    [
      'what is in place',
      [step(edit(account, set(`${acls}/defaultAction`, 'Deny', 'Allow')))],
      ['done: No changes needed.'],
    ],
    [
      'edits of one setting, one after another',
      [step(edit(account, set(`${acls}/bypass`, undefined, 'None'), set(`${acls}/bypass`, 'None', 'Logging')))],
      ['PATCH'],
    ],
    ['what is gone already', [step(deleted(nsg, {}))], ['done: No changes needed.']],
    [
      'what was changed since',
      [step(edit(account, set(`${acls}/defaultAction`, 'Odd', 'Deny')))],
      ['The resource has changed since the plan was made.'],
      ['st/properties/networkAcls/defaultAction'],
    ],
    [
      'a resource that is gone',
      [step(edit(registry, set('/sku/name', 'Basic', 'Premium')))],
      ['The resource has changed since the plan was made.'],
      ['acr'],
    ],
    [
      'another in its place',
      [step(created(subnet, { properties: { addressPrefix: '10.9.0.0/24' } }))],
      ['The resource has changed since the plan was made.'],
      ['vnet/snet'],
    ],
    ['one that is there as wanted', [step(created(subnet, bodies.subnet))], ['done: No changes needed.']],
    ['what is made and deleted', [step(group), step(deleted(nsg, {}))], ['PUT', 'DELETE']],
    [
      'what the service does not take',
      [step(deleted(workspace, {}))],
      ['Bastide does not create or delete a workspace.'],
    ],
    ['what has no command', [step(denied, { az: '' })], ['The Azure CLI has no command for it.']],
    [
      'a secret in a command',
      [step(denied, { az: 'az x [secret not kept]' })],
      ['It would send a secret that Bastide does not keep.'],
    ],
    [
      'what depends on a step that is left out',
      [step(denied, { az: '' }), step(edit(account, set(`${acls}/defaultAction`, 'Deny', 'Odd')))],
      ['The Azure CLI has no command for it.', 'It depends on a step that is not included.'],
    ],
    [
      'a restriction whose precondition is left out',
      [
        step(edit(subnet, set('/properties/a', undefined, 'b')), { az: '', findings: ['a.first@x'] }),
        step(denied, { phase: 5, needs: ['a.first'] }),
      ],
      [
        'The Azure CLI has no command for it.',
        'It restricts access that a step that is not included must allow first.',
      ],
    ],
    [
      'a restriction of a resource of which a step is left out',
      [step(edit(account, addIp('203.0.113.7')), { az: '' }), step(denied, { phase: 5 })],
      [
        'The Azure CLI has no command for it.',
        'It restricts access that a step that is not included must allow first.',
      ],
    ],
    [
      'a change in another phase, or with another precondition',
      [
        step(edit(subnet, set('/properties/a', undefined, 'b')), { az: '', findings: ['a.first@x'] }),
        step(denied, { phase: 5, needs: ['c.other'] }),
        step(edit(account, addIp('203.0.113.7')), { needs: ['a.first'] }),
      ],
      ['The Azure CLI has no command for it.', 'PATCH', 'PATCH'],
    ],
    [
      'what waits for a step that is left out',
      [step(late)],
      ['Its resource is created by a step that is not included.'],
    ],
  ])('%s', (_name, steps, said, moved = []) => {
    expect(asked(steps)).toEqual({ said, moved });
  });

  test('of an edit only what is not in place yet is sent', () => {
    const snapshot = applyChange(plain(), edit(account, addIp('203.0.113.7')));
    const [one] = requestsOf(
      planOf([step(edit(account, addIp('203.0.113.7'), addIp('203.0.113.8')))]),
      snapshot,
      'lines',
    ).steps;
    const body = one && 'body' in one.request ? one.request.body : null;
    expect(valueAt(body ?? {}, `${acls}/ipRules`)).toEqual([{ value: '203.0.113.7' }, { value: '203.0.113.8' }]);
    expect(asked([step(edit(account, addIp('203.0.113.7'), removeIp('203.0.113.9')))], 'lines', snapshot).said).toEqual(
      ['done: No changes needed.'],
    );
  });

  test.each<[string, Step, string]>([
    ['a patch as the whole resource', step(denied), 'PUT'],
    ['what is made', step(group), 'PUT'],
    ['a deletion', step(deleted(subnet, bodies.subnet)), 'A template does not delete resources.'],
    [
      'what is above resource groups',
      step(
        created('/subscriptions/s/providers/Microsoft.Authorization/locks/l', { properties: { level: 'ReadOnly' } }),
      ),
      'Its scope is above resource groups.',
    ],
    [
      'a secret',
      step(created(nsg, { properties: { a: '[secret not kept]' } })),
      'It would send a secret that Bastide does not keep.',
    ],
    ['a subnet rule without a command', step(edit(account, addSubnet()), { az: '' }), 'PUT'],
  ])('in a template: %s', (_name, one, expected) => {
    expect(asked([one], 'wholes').said).toEqual([expected]);
  });

  test('what Azure names itself is in commands, not in a template', () => {
    const shown = {
      id: `${registry}/privateEndpointConnections/acr.1`,
      name: 'acr.1',
      properties: { privateLinkServiceConnectionState: { status: 'Pending', description: 'Approve (x)' } },
    };
    const acr = { id: registry, name: 'acr', properties: { privateEndpointConnections: [shown] } };
    const snapshot = snapshotOf([bodies.workspace, acr, shown]);
    expect(asked([step(late)], 'lines', snapshot).said).toEqual(['PUT']);
    expect(asked([step({ ...late, found: { ...late.found, says: 'other' } })], 'lines', snapshot).said).toEqual([
      'Its resource is created by a step that is not included.',
    ]);
  });
});

test('an edit of a list that the body does not have is made on the list that it makes', () => {
  const bare: Change = edit(
    subnet,
    addTo({ properties: {} }, '/properties/delegations', { name: 'd' }, { member: 'name', fold: true }),
  );
  expect(
    requestsOf(planOf([step(bare)]), plain(), 'lines').steps.map(
      ({ request }) => 'method' in request && request.method,
    ),
  ).toEqual(['PUT']);
});
