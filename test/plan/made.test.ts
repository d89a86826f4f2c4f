// Plans made with rules made for the test on small snapshots: which findings a request is for and why one is left out, what comes before a
// restriction, what is offered to be selected, and what a new resource meets around it.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type Edit, setMember } from '../../src/model/edit.ts';
import { effectKinds } from '../../src/model/effect.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { cutSecret } from '../../src/model/secrets.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { finish } from '../../src/model/stepwise.ts';
import { UnreadableError } from '../../src/model/unreadable-error.ts';
import { buildPlan, nothingToChange } from '../../src/plan/build.ts';
import { type Creation, creationPlan } from '../../src/plan/create.ts';
import { withFixes } from '../../src/plan/fixes.ts';
import { offerInSteps, selectableInSteps } from '../../src/plan/offer.ts';
import type { PlanRequest } from '../../src/plan/request.ts';
import { noEffect } from '../../src/plan/risk.ts';
import type { Proposal, Rule } from '../../src/rules/rule.ts';
import { sampleEffect } from '../support/effect-samples.ts';
import {
  account,
  acls,
  addIp,
  bodies,
  created,
  deleted,
  edit,
  group,
  lock,
  locks,
  plain,
  planOf,
  removeIp,
  snapshotOf,
  step,
  subnet,
  vault,
  workspace,
} from './small-worlds.ts';

type Fix = NonNullable<Rule['fix']>;
const known = { intents: { architecture: 'service-endpoint' as const, devClientIps: [], usesServerless: false } };
const start = plain(known);
const id = (of: string, resource = account) => `${of}@${resource.toLowerCase()}`;
const bodyIn = ({ snapshot }: { readonly snapshot: Snapshot }, of = account): JsonObject =>
  snapshot.resources.find((one) => one.id === of)?.body ?? {};

const rule = (name: string, fix?: Fix, more: Partial<Rule> = {}): Rule => ({
  ...{
    id: name,
    title: name,
    problem: name,
    severity: 'high',
    profiles: ['current'],
    strategyScope: 'workspace',
    undo: 'exact',
  },
  ...{ for: ['service-endpoint', 'private-endpoint', 'managed-network'], about: 'Microsoft.Storage/storageAccounts' },
  ...{
    explain: { why: '', fix: '', breaks: '', links: [] },
    fixKind: 'auto',
    gates: [],
    subjects: () => [{ resource: account }],
  },
  check: () => ({ outcome: 'fail', because: `${name} fails.` }),
  ...(fix === undefined ? {} : { fix }),
  ...more,
});
/** A setting of the account must have a value; the fix sets it. */
const wants = (
  name: string,
  pointer: string,
  value: string,
  more: Partial<Rule> = {},
  phase: Proposal['phase'] = 2,
): Rule =>
  rule(name, (_finding, { index }) => [{ change: edit(account, setMember(bodyIn(index), pointer, value)), phase }], {
    check: (_subject, { index }) =>
      valueAt(bodyIn(index), pointer) === value
        ? { outcome: 'pass', because: 'Fine.' }
        : { outcome: 'fail', because: `${name} fails.` },
    ...more,
  });
/** A member of the subnet must have a value: its service takes any. */
const sets = (name: string, key: string, value: string, more: Partial<Rule> = {}): Rule =>
  rule(
    name,
    (_finding, { index }) => [
      { change: edit(subnet, setMember(bodyIn(index, subnet), `/properties/${key}`, value)), phase: 2 },
    ],
    {
      subjects: () => [{ resource: subnet }],
      check: (_subject, { index }) =>
        valueAt(bodyIn(index, subnet), `/properties/${key}`) === value
          ? { outcome: 'pass', because: 'Fine.' }
          : { outcome: 'fail', because: `${name} fails.` },
      ...more,
    },
  );
const table = `${group}/providers/Microsoft.Network/routeTables/rt`;
/** A route table must be there: the fix makes it. */
const makes = (name: string): Rule =>
  rule(name, () => [{ change: created(table, { properties: {} }), phase: 1 }], {
    check: (_subject, { index }) =>
      index.peek(table).state === 'read'
        ? { outcome: 'pass', because: 'Fine.' }
        : { outcome: 'fail', because: 'None.' },
  });
const allowed: Rule = rule('a.allowed', () => [{ change: edit(account, addIp('203.0.113.7')), phase: 2 }], {
  check: (_subject, { index }) =>
    JSON.stringify(valueAt(bodyIn(index), `${acls}/ipRules`))?.includes('203.0.113.7')
      ? { outcome: 'pass', because: 'Fine.' }
      : { outcome: 'fail', because: 'Not allowed.' },
});
const closed = wants('z.closed', `${acls}/defaultAction`, 'Deny', { gates: ['a.allowed'] }, 5);

const planned = (rules: readonly Rule[], request: Partial<PlanRequest> = {}, snapshot = start): Plan =>
  buildPlan({
    snapshot,
    rules,
    id: 'p',
    request: { targets: 'all', answers: {}, ips: [], profile: 'all', ...request },
  });
const does = ({ steps }: Plan) => steps.map((one) => one.does);
const skipped = ({ skipped: all }: Plan) => all.map(({ finding, reason }) => `${finding.split('@')[0]}: ${reason}`);

describe('what a request is for', () => {
  const relaxes = wants('r.relaxes', '/properties/publicNetworkAccess', 'Enabled', {}, 2);
  test('everything that is auto-fixable and opens, deletes or costs nothing; what is named, whatever it does', () => {
    const guarded = plain({
      ...known,
      resources: snapshotOf(
        Object.values(bodies).map((body) =>
          body === bodies.account
            ? { ...body, properties: { ...body.properties, publicNetworkAccess: 'Disabled' } }
            : body,
        ),
      ).resources,
    });
    const all = planned([relaxes, allowed], {}, guarded);
    expect(does(all)).toEqual(['+ IP rule 203.0.113.7']);
    expect(skipped(all)[0]).toMatch(
      /^r\.relaxes: Opens: .* Needs --allow-effects opens or `bastide fix r\.relaxes`\.$/,
    );
    expect(does(planned([relaxes, allowed], { allowEffects: ['opens'] }, guarded))).toHaveLength(1);
    expect(skipped(planned([relaxes], { allowEffects: ['opens'] }, guarded))).toEqual([]);
    expect(skipped(planned([relaxes], { allowEffects: ['costs'] }, guarded))).toHaveLength(1);
    expect(does(planned([relaxes], { targets: ['r.relaxes'] }, guarded))).toEqual([
      'public network access Disabled → Enabled',
    ]);
    expect(does(planned([relaxes, allowed], { targets: [id('a.allowed')] }, guarded))).toEqual([
      '+ IP rule 203.0.113.7',
    ]);
  });

  test('why a finding is left out', () => {
    const fails = { check: () => ({ outcome: 'unknown' as const, because: 'Not read.' }) };
    const rules = [
      rule('n.none', undefined, { fixKind: 'none' }),
      rule('n.guided', sets('x', 'a', 'b').fix, {
        fixKind: 'guided',
        explain: { why: '', fix: '', breaks: 'It restarts.', links: [] },
      }),
      rule('n.sentence', () => 'Needs a name.'),
      rule('n.unreadable', () => {
        throw new UnreadableError({ id: vault, reason: 'No access.', action: 'x' });
      }),
      rule('n.nothing', () => []),
      rule('n.unknown', allowed.fix, fails),
    ];
    const plan = planned(rules);
    expect(skipped(plan)).toEqual([
      `n.nothing: ${nothingToChange}`,
      'n.none: No automatic fix. See `bastide explain n.none`.',
      // Not what its rule may do elsewhere.
      `n.guided: Needs your review: fixes of this rule are included only if you name them. ${noEffect} Run \`bastide fix n.guided\`.`,
      'n.sentence: Needs a name.',
      'n.unreadable: The fix cannot be planned: No access.',
    ]);
    expect(plan.steps).toEqual([]);
    expect(skipped(planned(rules, { targets: ['n.unknown', 'n.guided'] }))).toEqual(['n.unknown: Not read.']);
    expect(does(planned(rules, { targets: ['n.guided'] }))).toEqual(['a not set → b']);
    expect(does(planned(rules, { answers: { sku: 'x' } }))).toEqual(['a not set → b']);
    expect(planned(rules, { targets: ['n.none'], resource: vault }).skipped).toEqual([]);
    expect(() => planned(rules, { targets: ['n.typo'] })).toThrow();
  });

  test('why a guided fix is left out is what its own change does', () => {
    const guided = (fix: Fix) =>
      rule('n.guided', fix, {
        ...{ fixKind: 'guided', subjects: () => [{ resource: subnet }] },
        explain: { why: '', fix: '', breaks: 'It restarts.', links: [] },
      });
    const says = (fix: Fix) => skipped(planned([guided(fix)]))[0]?.split('if you name them. ')[1];
    const change = edit(subnet, setMember(bodyIn({ snapshot: start }, subnet), '/properties/y', 'z'));
    expect(says(() => [{ change, phase: 2 }])).toBe(`${noEffect} Run \`bastide fix n.guided\`.`);
    expect(says(() => [{ change, phase: 2, advice: 'Jobs wait for it.' }])).toBe(
      `${noEffect} Jobs wait for it. Run \`bastide fix n.guided\`.`,
    );
  });

  test('only a given resource; answers are passed on, addresses to the rules that allow them, one by one', () => {
    const seen: unknown[] = [];
    const asks = (name: string) =>
      rule(name, (_finding, _context, answers) => {
        seen.push([name, answers]);
        return [{ change: edit(account, addIp(answers.ip ?? '203.0.113.1')), phase: 2 }];
      });
    const fine = { check: () => ({ outcome: 'pass' as const, because: 'Fine.' }) };
    const ip = rule('storage.dev-client-ip', asks('storage.dev-client-ip').fix, fine);
    const plan = planned([ip], {
      targets: ['storage.dev-client-ip'],
      ips: ['203.0.113.7', '203.0.113.8'],
      answers: { a: 'b' },
    });
    expect(does(plan)).toEqual(['+ IP rule 203.0.113.7, 203.0.113.8']);
    expect(seen).toContainEqual(['storage.dev-client-ip', { a: 'b', ip: '203.0.113.8' }]);
    expect(planned([ip], { ips: ['203.0.113.7'] }).steps).toEqual([]);
    expect(planned([ip], { targets: ['storage.dev-client-ip'] }).steps).toEqual([]);
    seen.length = 0;
    expect(does(planned([asks('o.other')], { ips: ['203.0.113.7'] }))).toEqual(['+ IP rule 203.0.113.1']);
    expect(planned([allowed], { resource: vault }).steps).toEqual([]);
    expect(planned([allowed], { resource: account.toUpperCase() }).steps).toHaveLength(1);
  });
});

describe('one resource, several fixes', () => {
  test('become one write of a phase, with the findings and the risks of all', () => {
    const plan = planned([sets('b.one', 'a', 'x'), sets('b.two', 'b', 'y'), sets('b.same', 'a', 'x')]);
    expect(does(plan)).toEqual(['a not set → x; b not set → y']);
    expect(plan.steps[0]?.findings).toEqual(['b.one', 'b.two', 'b.same'].map((name) => id(name, subnet)));
    expect(plan.preview).toEqual({
      resolves: ['b.one', 'b.two', 'b.same'].map((name) => id(name, subnet)),
      introduces: [],
    });
  });

  const clash = (pointer: string) =>
    `The plan already sets ${pointer} of snet to another value. Run this fix separately.`;
  test.each<[string, readonly Rule[], string]>([
    [
      'another value in the same phase',
      [
        sets('b.one', 'a', 'x'),
        rule('b.two', () => [{ change: edit(subnet, setMember({ properties: {} }, '/properties/a', 'y')), phase: 2 }]),
      ],
      clash('/properties/a'),
    ],
    [
      'another value in a later phase',
      [
        sets('b.one', 'a', 'x'),
        rule('b.two', () => [{ change: edit(subnet, setMember({ properties: {} }, '/properties/a', 'y')), phase: 3 }]),
      ],
      clash('/properties/a'),
    ],
    [
      'another architecture',
      [sets('b.one', 'a', 'x'), sets('b.two', 'b', 'y', { for: ['managed-network'], strategyScope: 'subject' })],
      '',
    ],
    [
      'what was not read',
      [rule('b.two', () => [{ change: edit(vault, { op: 'set', pointer: '/a', after: 1 }), phase: 2 }])],
      `${vault} was not read, so it is not changed.`,
    ],
    [
      'what the service does not take',
      [rule('b.two', () => [{ change: edit(workspace, setMember(bodies.workspace, '/properties/odd', 1)), phase: 2 }])],
      '/properties/odd of a workspace cannot be patched.',
    ],
    [
      'a secret',
      [
        rule('b.two', () => [
          { change: edit(account, setMember(bodies.account, '/properties/a', { b: cutSecret })), phase: 2 },
        ]),
      ],
      'The fix would send a secret of st that is not kept, so it is not changed.',
    ],
    [
      'a new resource with a secret',
      [
        rule('b.two', () => [
          { change: created(`${group}/providers/Microsoft.Network/routeTables/rt`, { a: cutSecret }), phase: 1 },
        ]),
      ],
      'The fix would send a secret of rt that is not kept, so it is not changed.',
    ],
    [
      'the same made twice, with another body',
      [makes('b.one'), rule('b.two', () => [{ change: created(table, { properties: { a: 'b' } }), phase: 1 }])],
      'The plan already sets / of rt to another value. Run this fix separately.',
    ],
    [
      'what the plan makes, deleted',
      [makes('b.one'), rule('b.two', () => [{ change: deleted(table, {}), phase: 2 }])],
      'The plan creates rt. Run this fix again afterwards.',
    ],
  ])('left out: %s', (_name, rules, reason) => {
    const plan = planned(rules, { allowEffects: effectKinds });
    if (reason === '') return expect(plan.steps.length).toBeLessThanOrEqual(1);
    expect(skipped(plan)).toEqual([expect.stringContaining(reason)]);
    expect(skipped(plan)[0]).toMatch(/^b\.two: /);
  });

  test('a step serves the findings of its own phase', () => {
    const late = sets('b.two', 'a', 'x');
    const fix = (...args: Parameters<Fix>) =>
      ((late.fix as Fix)(...args) as Proposal[]).map((proposal) => ({ ...proposal, phase: 3 as const }));
    const { steps, preview } = planned([sets('b.one', 'a', 'x'), { ...late, fix }]);
    expect(steps.map(({ phase, findings }) => [phase, findings])).toEqual([[2, [id('b.one', subnet)]]]);
    expect(preview.resolves).toEqual(['b.one', 'b.two'].map((name) => id(name, subnet)));
  });

  const [one, other] = ['192.0.2.1', '192.0.2.2'] as const;
  test.each([
    ['removes the same item', removeIp(one), removeIp(one), true],
    ['removes another item', removeIp(one), removeIp(other), false],
    ['adds the same item', addIp('192.0.2.3'), addIp('192.0.2.3'), true],
    ['adds another item', addIp('192.0.2.3'), addIp('192.0.2.4'), false],
    ['removes an item where one is added', addIp('192.0.2.3'), removeIp(one), false],
  ])('a step serves a finding that it resolves on the way: its fix %s', (_name, first, second, isServed) => {
    const ipRules = [one, other].map((value) => ({ value }));
    const listed = snapshotOf(
      [{ ...bodies.account, properties: { networkAcls: { ...bodies.account.properties.networkAcls, ipRules } } }],
      known,
    );
    const isAsItWas = (index: { readonly snapshot: Snapshot }) => bodyIn(index) === bodyIn({ snapshot: listed });
    const fixedBy = (name: string, change: Edit): Rule =>
      rule(
        name,
        (_finding, { index }) =>
          isAsItWas(index) ? [{ change: edit(account, change), phase: 2 }] : 'It was changed before.',
        {
          check: (_subject, { index }) =>
            isAsItWas(index) ? { outcome: 'fail', because: 'As it was.' } : { outcome: 'pass', because: 'Changed.' },
        },
      );
    const rules = [fixedBy('b.one', first), fixedBy('b.two', second)];
    const { steps } = planned(rules, { allowEffects: effectKinds }, listed);
    expect(steps.map(({ findings }) => findings)).toEqual([[id('b.one'), ...(isServed ? [id('b.two')] : [])]]);
  });

  test('a write of each phase, in their order', () => {
    const at = ([0, 1, 2, 3, 4, 5] as const).map((phase) => {
      const one = sets(`p.${phase}`, `m${phase}`, 'x');
      return {
        ...one,
        fix: (...args: Parameters<Fix>) =>
          ((one.fix as Fix)(...args) as Proposal[]).map((proposal) => ({ ...proposal, phase })),
      };
    });
    const { steps } = planned(at.toReversed());
    expect(steps.map(({ phase, does: what }) => `${phase} ${what}`)).toEqual(
      [0, 1, 2, 3, 4, 5].map((phase) => `${phase} m${phase} not set → x`),
    );
  });

  test('a fix that stops in a late phase leaves nothing of its early one', () => {
    const late: Rule = rule('b.two', (_finding, { index }) => [
      { change: edit(subnet, setMember(bodyIn(index, subnet), '/properties/b', 'y')), phase: 2 },
      { change: edit(vault, { op: 'set', pointer: '/a', after: 1 }), phase: 4 },
    ]);
    const plan = planned([sets('b.one', 'a', 'x'), late]);
    expect([does(plan), plan.skipped.length]).toEqual([['a not set → x'], 1]);
  });
});

describe('a restriction', () => {
  test('brings along what must be allowed first, also where only it was asked for', () => {
    const plan = planned([closed, allowed], { targets: ['z.closed'] });
    expect(plan.steps.map(({ phase, does: what, needs }) => [phase, what, needs])).toEqual([
      [2, '+ IP rule 203.0.113.7', []],
      [5, 'default action Allow → Deny', ['a.allowed']],
    ]);
    expect(plan.gates.map(({ outcome, detail }) => `${outcome} ${detail}`)).toContain(
      'pass All preconditions of z.closed pass for st.',
    );
  });

  test('waits for what cannot be allowed, and nothing of it is sent', () => {
    const manual = { ...allowed, fixKind: 'guided' as const };
    const plan = planned([closed, manual], { targets: ['z.closed'] });
    expect([plan.steps, skipped(plan)]).toEqual([[], ['z.closed: Blocked: a.allowed: Not allowed. (st)']]);
    expect(plan.gates.filter(({ outcome }) => outcome === 'fail').map(({ detail }) => detail)).toEqual([
      'a.allowed: Not allowed. (st)',
    ]);
    const locked = plain({
      ...known,
      collections: [{ id: locks, members: [String(lock(account, 'ReadOnly').id)] }],
      resources: snapshotOf([...Object.values(bodies), lock(account, 'ReadOnly')]).resources,
    });
    const stopped = planned([closed, allowed], { targets: ['z.closed'] }, locked);
    expect(stopped.steps).toEqual([]);
    expect(skipped(stopped)).toEqual([expect.stringContaining('z.closed: ')]);
  });

  test('of the operator’s own access warns and goes on; an address that is given is allowed', () => {
    const own: Rule = rule(
      'storage.dev-client-ip',
      (_finding, _context, { ip = '' }) =>
        ip === '' ? 'Pass --ip.' : [{ change: edit(account, addIp(ip)), phase: 2 }],
      { check: allowed.check },
    );
    const shut = wants('z.closed', `${acls}/defaultAction`, 'Deny', { gates: ['storage.dev-client-ip'] }, 5);
    const plan = planned([shut, own], { targets: ['z.closed'] });
    expect(does(plan)).toEqual(['default action Allow → Deny']);
    expect(plan.gates.map(({ kind, outcome, detail }) => `${kind} ${outcome} ${detail}`)).toContain(
      'lockout warn Restricting st may block your own access: storage.dev-client-ip: Not allowed.',
    );
    expect(does(planned([shut, own], { targets: ['z.closed'], ips: ['203.0.113.7'] }))).toEqual([
      '+ IP rule 203.0.113.7',
      'default action Allow → Deny',
    ]);
  });

  test('is not planned while the architecture is unknown', () => {
    const gaps = [{ id: workspace, reason: 'No access.', action: 'x', status: 403 }];
    const plan = planned([closed, allowed], { targets: ['z.closed'] }, snapshotOf([bodies.account], { gaps }));
    expect(skipped(plan)).toEqual([
      expect.stringContaining('Access is not restricted while the architecture is unknown'),
    ]);
  });

  test('values that a service refuses today are removed first, since it checks the whole list at every write', () => {
    const dirty = {
      ...bodies.account,
      properties: {
        networkAcls: { defaultAction: 'Allow', ipRules: [{ value: '10.0.0.0/16' }], virtualNetworkRules: [] },
      },
    };
    const clean = rule(
      'i.legal',
      () => [
        {
          change: edit(account, {
            op: 'remove',
            pointer: `${acls}/ipRules`,
            before: { value: '10.0.0.0/16' },
            key: { member: 'value', fold: false },
          }),
          phase: 2,
        },
      ],
      {
        check: (_subject, { index }) =>
          JSON.stringify(bodyIn(index)).includes('10.0.0.0/16')
            ? { outcome: 'fail', because: 'Private.' }
            : { outcome: 'pass', because: 'Fine.' },
      },
    );
    const asked = { targets: ['b.one'] };
    const one = wants('b.one', `${acls}/bypass`, 'None');
    expect(does(planned([one, clean], asked, snapshotOf([dirty, bodies.workspace], known)))).toEqual([
      'exceptions (bypass) not set → None; - IP rule 10.0.0.0/16',
    ]);
    expect(does(planned([one, clean], asked))).toEqual(['exceptions (bypass) not set → None']);
    expect(
      does(planned([one, { ...clean, fixKind: 'guided' }], asked, snapshotOf([dirty, bodies.workspace], known))),
    ).toEqual(['exceptions (bypass) not set → None']);
  });

  test('what a fix introduces is fixed too, and reported where it is not', () => {
    const follows: Rule = sets('f.follows', 'c', 'z', {
      check: (_subject, { index }) =>
        valueAt(bodyIn(index, subnet), '/properties/a') === 'x' &&
        valueAt(bodyIn(index, subnet), '/properties/c') !== 'z'
          ? { outcome: 'fail', because: 'Follows.' }
          : { outcome: 'pass', because: 'Fine.' },
    });
    const one = sets('b.one', 'a', 'x');
    expect(does(planned([one, follows]))).toEqual(['a not set → x; c not set → z']);
    expect(planned([one, follows], { targets: ['b.one'] }).preview).toEqual({
      resolves: [id('b.one', subnet)],
      introduces: [id('f.follows', subnet)],
    });
    expect(does(planned([{ ...one, carries: ['f.follows'] }, follows], { targets: ['b.one'] }))).toEqual([
      'a not set → x; c not set → z',
    ]);
  });
});

describe('the fix of a finding, planned alone', () => {
  const listed = {
    ...start,
    collections: [...start.collections, { id: `${start.workspace}/computes`, members: [] }],
  };
  const fixOf = (rules: readonly Rule[], name: string) =>
    withFixes(audit(listed, rules), { snapshot: listed, rules, profile: 'all' }).findings.find(
      (one) => one.rule === name,
    );
  test('is automatic where it only allows or restricts and nothing it needs is missing', () => {
    // The Internet, serverless compute that is declared as not used, and a subnet in which nothing is.
    const losses = ['cutsOff', 'cutsOff', 'cutsOff'];
    const told = (rules: readonly Rule[], name: string) => {
      const { kind, undo } = fixOf(rules, name)?.fix ?? {};
      return [kind, undo, ...(fixOf(rules, name)?.effects ?? []).map((one) => one.kind)];
    };
    expect(told([allowed], 'a.allowed')).toEqual(['auto', 'exact', 'allows']);
    expect(told([closed, allowed], 'z.closed')).toEqual(['auto', 'exact', ...losses, 'restricts']);
    expect(told([closed, { ...allowed, fixKind: 'guided' }], 'z.closed')).toEqual([
      ...['guided', 'exact', ...losses, 'restricts'],
    ]);
    expect(told([closed, rule('a.allowed', () => 'Needs a name.', { check: allowed.check })], 'z.closed')[0]).toBe(
      'guided',
    );
    expect(told([closed, rule('a.allowed', undefined, { check: allowed.check })], 'z.closed')[0]).toBe('guided');
    expect(told([closed, { ...allowed, check: () => ({ outcome: 'unknown', because: '?' }) }], 'z.closed')[0]).toBe(
      'guided',
    );
    expect(told([{ ...allowed, fixKind: 'guided' }], 'a.allowed')[0]).toBe('guided');
    expect(told([rule('s.says', () => 'Needs a name.', { undo: 'partial' })], 's.says')).toEqual(['guided', 'partial']);
    expect(
      told(
        [
          rule('m.makes', () => [
            { change: created(`${group}/providers/Microsoft.Network/natGateways/nat`, { properties: {} }), phase: 1 },
          ]),
        ],
        'm.makes',
      ),
    ).toEqual(['guided', 'exact', 'costs']);
    expect(fixOf([rule('n.none', allowed.fix, { fixKind: 'none' })], 'n.none')?.fix.kind).toBe('none');
    const lockout: Rule = { ...allowed, id: 'storage.dev-client-ip', fixKind: 'guided' };
    expect(
      told(
        [wants('z.closed', `${acls}/defaultAction`, 'Deny', { gates: ['storage.dev-client-ip'] }, 5), lockout],
        'z.closed',
      )[0],
    ).toBe('auto');
    const early = wants('z.early', `${acls}/defaultAction`, 'Deny', { gates: ['a.allowed'] }, 2);
    expect(told([early, { ...allowed, fixKind: 'guided' }], 'z.early')[0]).toBe('auto');
  });
});

describe('what is offered', () => {
  const gateway = `${group}/providers/Microsoft.Network/natGateways/nat`;
  const costs = rule('c.costs', () => [{ change: created(gateway, { properties: {} }), phase: 1 }], {
    check: (_subject, { index }) =>
      index.peek(gateway).state === 'read'
        ? { outcome: 'pass', because: 'Fine.' }
        : { outcome: 'fail', because: 'No gateway.' },
  });
  const input = {
    snapshot: start,
    rules: [allowed, costs],
    id: 'p',
    request: { targets: 'all', answers: {}, ips: [], profile: 'all' },
  } as const;
  test('beside the plan the steps that it leaves out for their effects, not selected', () => {
    const offer = finish(offerInSteps(input));
    expect([does(offer.plan), does(offer.whole), offer.out, offer.needs]).toEqual([
      ...[['+ IP rule 203.0.113.7'], ['+ IP rule 203.0.113.7', 'create NAT gateway'], [1], [[], []]],
    ]);
    expect(does(offer.first)).toEqual(['+ IP rule 203.0.113.7']);
    expect(skipped(offer.first)).toEqual(['c.costs: The step that resolves it is not selected.']);
  });
  test('of a plan with such steps they are not selected, nor what depends on them', () => {
    const named = finish(offerInSteps({ ...input, request: { ...input.request, targets: ['c.costs', 'a.allowed'] } }));
    expect([named.out, does(named.first), does(named.whole)]).toEqual([
      [0],
      ['+ IP rule 203.0.113.7'],
      ['create NAT gateway', '+ IP rule 203.0.113.7'],
    ]);
    const simple = finish(offerInSteps({ ...input, rules: [allowed] }));
    expect([simple.out, simple.whole === simple.plan, does(simple.first)]).toEqual([
      [],
      true,
      ['+ IP rule 203.0.113.7'],
    ]);
  });
  test('of a plan in hand, that fixes; an undo is taken as a whole, and so is a creation for no finding', () => {
    const risky = step(created(gateway, { properties: {} }), {
      findings: [id('c.costs')],
      effects: [sampleEffect('costs', 'C.', false, gateway)],
    });
    const out = (plan: Plan) => finish(selectableInSteps({ plan, snapshot: start, rules: [costs] })).out;
    expect(out(planOf([risky]))).toEqual([0]);
    expect(out(planOf([risky], { verb: 'undo', of: 'e' }))).toEqual([]);
    expect(out(planOf([{ ...risky, findings: [] }]))).toEqual([]);
    expect(out(planOf([{ ...risky, effects: [] }]))).toEqual([]);
    expect(out(planOf([{ ...risky, effects: [sampleEffect('opens', 'O.', true)] }]))).toEqual([]);
  });
});

describe('something new', () => {
  const made = {
    change: created(table, { properties: {} }) as Creation['change'],
    advice: 'New.',
    around: [account],
    stops: [],
    warns: [],
    profile: 'all' as const,
  };
  const around = rule('x.around', undefined, {
    severity: 'high',
    check: () => ({ outcome: 'fail', because: 'Around.', severity: 'low' }),
  });
  const plan = (more: Partial<Creation>, rules: readonly Rule[] = [around], snapshot = start) =>
    creationPlan({ snapshot, rules, creation: { ...made, ...more }, id: 'c' });
  const gates = (all: Plan) =>
    all.gates
      .filter(({ kind }) => kind === 'rule' || kind === 'state')
      .map(({ outcome, detail }) => `${outcome} ${detail}`);
  test('is one step for no finding', () => {
    const { steps, ...rest } = plan({});
    expect(steps).toMatchObject([
      { phase: 3, findings: [], needs: [], advice: 'New.', undo: 'exact', does: 'create route table' },
    ]);
    expect(rest).toMatchObject({
      id: 'c',
      verb: 'fix',
      of: null,
      architecture: 'service-endpoint',
      skipped: [],
      irreversible: [],
      preview: { resolves: [], introduces: [] },
    });
  });
  test.each<[string, Partial<Creation>, readonly Rule[], readonly string[]]>([
    ['nothing is asked', {}, [around], []],
    ['a rule stops it', { stops: [{ rule: 'x.around' }] }, [around], ['fail x.around: Around.']],
    ['a rule warns', { warns: ['x.around'] }, [around], ['warn x.around: Around.']],
    ['a family of rules warns', { warns: ['x.'] }, [around], ['warn x.around: Around.']],
    ['a family of another name', { warns: ['xx.', 'x.aroun'] }, [around], []],
    [
      'a rule stops at its worst only',
      { stops: [{ rule: 'x.around', worst: true }] },
      [around],
      ['warn x.around: Around.'],
    ],
    [
      'and is at its worst',
      { stops: [{ rule: 'x.around', worst: true }] },
      [rule('x.around')],
      ['fail x.around: x.around fails.'],
    ],
    [
      'a rule passes',
      { stops: [{ rule: 'x.around' }], warns: ['x.around'] },
      [rule('x.around', undefined, { check: () => ({ outcome: 'pass', because: 'Fine.' }) })],
      [],
    ],
    [
      'a rule is unknown',
      { stops: [{ rule: 'x.around' }] },
      [rule('x.around', undefined, { check: () => ({ outcome: 'unknown', because: '?' }) })],
      ['unknown x.around: ?'],
    ],
    ['a rule is about something else', { stops: [{ rule: 'x.around' }], around: [] }, [around], []],
    [
      'a rule is about the new thing',
      { stops: [{ rule: 'x.new' }], around: [] },
      [rule('x.new', undefined, { subjects: () => [{ resource: table }] })],
      ['fail x.new: x.new fails.'],
    ],
    ['a gate is given', { gates: [{ kind: 'state', outcome: 'warn', detail: 'Given.' }] }, [], ['warn Given.']],
  ])('%s', (_name, more, rules, expected) => {
    expect(gates(plan(more, rules))).toEqual(expected);
  });
  test('what the service takes only afterwards is a second step, made on what is there then', () => {
    const afterwards: Creation['afterwards'] = (shown) => ({
      change: edit(table, setMember(shown.body, '/properties/a', 'b')) as never,
      advice: 'Then.',
      undo: 'partial',
    });
    const { steps, irreversible } = plan({ afterwards }, [around]);
    expect(steps.map(({ does: what, advice, undo }) => [what, advice, undo])).toEqual([
      ['create route table', 'New.', 'exact'],
      ['a not set → b', 'Then.', 'partial'],
    ]);
    expect(irreversible).toEqual(['rt: undo restores only a part: what Azure refuses today is not restored.']);
  });
  test('what is not created is refused, and what an undo loses is told', () => {
    expect(gates(plan({ change: created(workspace, {}) as Creation['change'] }, []))).toEqual([
      'fail Bastide does not create or delete a workspace.',
    ]);
    const compute = created(`${workspace}/computes/c`, {
      properties: { computeType: 'AmlCompute', properties: {} },
    }) as Creation['change'];
    expect(plan({ change: compute }, []).irreversible).toEqual([expect.stringMatching(/^mlw\/c: undo deletes it; ./)]);
    expect(gates(plan({}, [], { ...start, collections: [] }))).toEqual([]);
  });
});
