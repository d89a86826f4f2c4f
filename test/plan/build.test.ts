import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import { type Change, editChange } from '../../src/model/change.ts';
import { addTo, setMember } from '../../src/model/edit.ts';
import { effectKinds } from '../../src/model/effect.ts';
import { isFailure } from '../../src/model/failure.ts';
import { parseJson, stringifyJson } from '../../src/model/json.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { fold, sameId, typeOf } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import {
  applyChange,
  applyChanges,
  buildPlan,
  describePlan,
  noEffect,
  type PlanRequest,
  withFixes,
} from '../../src/plan/index.ts';
import { resourceIn } from '../../src/plan/simulate.ts';
import { aclsPointer, resourceTypeOf, subnetsOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { Proposal, Rule } from '../../src/rules/rule.ts';
import { snapshotFromTexts } from '../../src/session/from-files.ts';
import { worldSnapshot } from './worlds.ts';

const planFor = (snapshot: Snapshot, request: Partial<PlanRequest> = {}, list: readonly Rule[] = rules): Plan =>
  buildPlan({
    snapshot,
    rules: list,
    id: 'plan-1',
    // Every fix of the world, also those that --all leaves out for their effects.
    request: { targets: 'all', answers: {}, ips: [], profile: 'all', allowEffects: effectKinds, ...request },
  });
const applied = (snapshot: Snapshot, plan: Plan) =>
  applyChanges(
    snapshot,
    plan.steps.map(({ change }) => change),
  );
const failing = (snapshot: Snapshot) => audit(snapshot, rules).findings.filter(({ outcome }) => outcome === 'fail');
const shuts = ({ change }: Step) =>
  change.edits.some((edit) => edit.op === 'set' && edit.after === 'Deny' && edit.pointer.endsWith('defaultAction'));
/** What only the operator can decide: the registry of `open` is below Premium. */
const answers = { sku: 'Premium' };
const worlds = ['open', 'mixed', 'neglected', 'closed-service-endpoint'];

test('a subnet without room for all addresses of an endpoint is neither offered nor accepted', () => {
  const snapshot = worldSnapshot('crowded');
  const why = (answers: Record<string, string>) =>
    planFor(snapshot, { targets: ['workspace.private-endpoint'], answers }).skipped.map(({ reason }) => reason);
  // snet-train has 2 free addresses, and a workspace needs 3.
  expect(why({})).toEqual([
    expect.stringMatching(/^Pass --answer subnet=VNET\/NAME, one of vnet-ml\/snet-dev \(251 free\)/),
  ]);
  expect(why({ subnet: 'vnet-ml/snet-train' })).toEqual([
    expect.stringMatching(/^"vnet-ml\/snet-train" is not a subnet that accepts a private endpoint\./),
  ]);
});

const idOf = (snapshot: Snapshot, name: string) =>
  snapshot.resources.find(({ id }) => fold(id).endsWith(`/${name}`))?.id ?? '';

describe.each(worlds)('everything of %s', (name) => {
  const snapshot = worldSnapshot(name);
  const plan = planFor(snapshot, { answers });

  test('the plan resolves what its preview says, and no auto-fix is left', () => {
    const before = failing(snapshot).map(({ id }) => id);
    const left = failing(applied(snapshot, plan));
    const announced = [...before.filter((id) => !plan.preview.resolves.includes(id)), ...plan.preview.introduces];
    expect(new Set(left.map(({ id }) => id))).toEqual(new Set(announced));
    const world = applied(snapshot, plan);
    const report = withFixes(audit(world, rules), { snapshot: world, rules, profile: 'all' });
    const introducing = plan.skipped.flatMap(({ finding, reason }) => (/^Introduces /.test(reason) ? [finding] : []));
    const automatic = report.findings.filter(({ outcome, fix }) => outcome === 'fail' && fix.kind === 'auto');
    expect(automatic.filter(({ id }) => !introducing.includes(id))).toEqual([]);
  });

  test('planned again, it plans nothing', () => {
    expect(planFor(applied(snapshot, plan), { answers }).steps).toEqual([]);
  });

  test('phases only grow, networks go before services, and nothing is restricted before all access is allowed', () => {
    const phases = plan.steps.map(({ phase }) => phase);
    expect(phases).toEqual(phases.toSorted());
    const firstShut = plan.steps.findIndex(shuts);
    const lastOpen = plan.steps.findLastIndex(({ change }) => change.edits.some(({ op }) => op === 'add'));
    if (firstShut >= 0) expect(lastOpen).toBeLessThan(firstShut);
    for (const phase of new Set(phases)) {
      const types = plan.steps.filter((step) => step.phase === phase).map(({ change }) => typeOf(change.resource));
      const ranks = types.map((type) => (type.startsWith('Microsoft.Network/') ? 0 : 1));
      expect(ranks).toEqual(ranks.toSorted());
    }
  });

  test('one write per resource and phase, each with its reason, its risk and its twin', () => {
    const keys = plan.steps.map(({ phase, change }) => `${phase} ${fold(change.resource)}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const step of plan.steps) {
      expect(step.findings.length).toBeGreaterThan(0);
      expect(step.risk).not.toBe('');
      const sentences = step.risk.split(/(?<=\.) /);
      expect(new Set(sentences).size).toBe(sentences.length);
      expect(step.az).toMatch(/^az /);
    }
  });

  test('each step, in its turn, is one that its kind can send', () => {
    let here = snapshot;
    for (const { change } of plan.steps) {
      const current = resourceIn(here, change.resource) ?? null;
      expect(resourceTypeOf(typeOf(change.resource)).write(change, current)).toMatchObject({ id: change.resource });
      here = applyChange(here, change);
    }
  });

  test('a plan survives being written down', () => {
    expect(parseJson(stringifyJson(parseJson(JSON.stringify(plan))))).toEqual(parseJson(JSON.stringify(plan)));
    expect(describePlan(JSON.parse(JSON.stringify(plan)))).toEqual(describePlan(plan));
  });
});

describe('gates', () => {
  const openWorld = worldSnapshot('open');
  const data = idOf(openWorld, 'stmldata');
  const group = openWorld.permissions[0]?.scope ?? '';
  const closing = `storage.default-action-deny@${fold(data)}`;

  test('closing includes, and sends before it, what allows the computes and the services', () => {
    const plan = planFor(openWorld, { targets: [closing] });
    expect(plan.steps.filter(shuts).map(({ change }) => change.resource)).toEqual([data]);
    expect(plan.steps.findIndex(shuts)).toBe(plan.steps.length - 1);
    expect(plan.preview.resolves).toContain(closing);
    const ways = plan.preview.resolves.filter((id) => id.startsWith(`storage.vnet-rule-compute-subnet@${fold(data)}#`));
    expect(ways).toHaveLength(3);
    expect(plan.preview.introduces).toEqual([]);
  });

  test('closing is refused where required access cannot be allowed, says so, and leaves nothing half done', () => {
    const network = idOf(openWorld, 'vnet-ml');
    const locked = worldSnapshot('open', { locks: [{ scope: network, level: 'ReadOnly', name: 'net' }] });
    const plan = planFor(locked, { targets: [closing] });
    expect(plan.steps).toEqual([]);
    expect(plan.skipped).toMatchObject([{ finding: closing }]);
    expect(plan.skipped[0]?.reason).toContain('storage.vnet-rule-compute-subnet');
  });

  test('the same plan may allow it', () => {
    const targets = [closing, 'storage.vnet-rule-compute-subnet', 'storage.bypass-azure-services'];
    const plan = planFor(openWorld, { targets, resource: data });
    expect(plan.steps.filter(shuts).map(({ change }) => change.resource)).toEqual([data]);
    expect(plan.skipped).toEqual([]);
  });

  test('a read-only lock stops what it covers and nothing else; one against deletion stops no edit', () => {
    const locked = (level: string) =>
      worldSnapshot('open', { locks: [{ scope: data.toUpperCase(), level, name: 'keep' }] });
    const plan = planFor(locked('ReadOnly'));
    expect(plan.steps.some(({ change }) => sameId(change.resource, data))).toBe(false);
    expect(plan.steps.some(shuts)).toBe(true);
    const reasons = plan.skipped.filter(({ finding }) => finding.startsWith('storage.default-action-deny@'));
    expect(reasons).toHaveLength(1);
    expect(planFor(locked('CanNotDelete'), { answers }).skipped).toEqual([]);
    const alone = planFor(locked('ReadOnly'), { targets: ['storage.vnet-rule-compute-subnet'], resource: data });
    expect(alone.steps).toEqual([]);
    expect(alone.gates.filter(({ outcome }) => outcome === 'fail')).toMatchObject([{ kind: 'lock' }]);
    expect(alone.gates[0]?.detail).toContain('keep');
  });

  test('a lock on the group covers all of it', () => {
    const plan = planFor(worldSnapshot('open', { locks: [{ scope: group, level: 'ReadOnly', name: 'all' }] }));
    expect(plan.steps).toEqual([]);
    expect(plan.gates.some(({ kind, outcome }) => kind === 'lock' && outcome === 'fail')).toBe(true);
  });

  test.each([
    [['*/read'], [], false],
    [['*'], ['Microsoft.Storage/storageAccounts/write'], false],
    [['*'], ['microsoft.storage/*/WRITE'], false],
    [['Microsoft.Storage/*', 'Microsoft.Network/virtualNetworks/*'], [], true],
    [['Microsoft.Storage/storageAccounts/write', 'Microsoft.Network/virtualNetworks/subnets/write'], [], false],
  ])('actions %j without %j', (actions, notActions, allowed) => {
    const snapshot = worldSnapshot('open', { actions, notActions });
    const plan = planFor(snapshot, { targets: ['storage.vnet-rule-compute-subnet'], resource: data });
    expect(plan.steps.some(({ change }) => sameId(change.resource, data))).toBe(allowed);
    if (!allowed) expect(plan.skipped[0]?.reason).toMatch(/^Missing permission: Microsoft\.\S+ on \//);
  });

  test('rights and locks that could not be read are unknown, and do not stop the plan', () => {
    const snapshot: Snapshot = {
      ...openWorld,
      permissions: [],
      collections: openWorld.collections.filter(({ id }) => !id.endsWith('/locks')),
    };
    const plan = planFor(snapshot);
    expect(plan.steps.length).toBe(planFor(openWorld).steps.length);
    const unknown = plan.gates.filter(({ outcome }) => outcome === 'unknown').map(({ kind }) => kind);
    expect(new Set(unknown)).toEqual(new Set(['lock', 'permission']));
    expect(describePlan(plan).warnings.length).toBeGreaterThan(0);
  });

  test.each(['workspace', 'subnet'])('while the %s is being changed nothing that touches it is sent', (what) => {
    const pattern = what === 'workspace' ? /\/workspaces\/[^/]+$/i : /\/virtualNetworks\/vnet-ml$/i;
    const busy = worldSnapshot('open', {
      change: (resources) =>
        resources.map((one) =>
          pattern.test(one.id) ? applyBody(one, '/properties/provisioningState', 'Updating') : one,
        ),
    });
    const plan = planFor(busy, { targets: ['storage.vnet-rule-compute-subnet'] });
    expect(plan.steps).toEqual([]);
    expect(plan.gates.filter(({ outcome }) => outcome === 'fail').every(({ kind }) => kind === 'state')).toBe(true);
  });
});
const applyBody = <T extends { id: string; body: Parameters<typeof setMember>[0] }>(
  one: T,
  pointer: string,
  value: string,
): T => ({ ...one, body: applyChangeTo(one.body, pointer, value) }) as T;
const applyChangeTo = (body: Parameters<typeof setMember>[0], pointer: string, value: string) => {
  const edit = setMember(body, pointer, value);
  return (resourceIn(applyChange(oneResource(body), editChange('/x', [edit])), '/x') ?? { body }).body;
};
const oneResource = (body: Parameters<typeof setMember>[0]): Snapshot => ({
  ...worldSnapshot('open'),
  resources: [{ id: '/x', type: 'x', apiVersion: 'x', body: body as never }],
});

describe('the operator’s own access', () => {
  const unanswered = worldSnapshot('open', { intents: {} });
  const data = idOf(unanswered, 'stmldata');

  test('never asked about, closing warns of a lock-out and goes on', () => {
    const plan = planFor(unanswered);
    expect(plan.steps.some(shuts)).toBe(true);
    const lockouts = plan.gates.filter(({ kind }) => kind === 'lockout');
    expect(lockouts.length).toBeGreaterThan(0);
    for (const gate of lockouts) expect(gate.outcome).toBe('warn');
  });

  test('answered, the plan allows the address before it closes', () => {
    const answered = worldSnapshot('open', { intents: { devClientIps: ['198.51.100.9'] } });
    const plan = planFor(answered, {
      targets: ['storage.default-action-deny', 'storage.vnet-rule-compute-subnet', 'storage.bypass-azure-services'],
      resource: data,
    });
    expect(plan.gates.some(({ kind }) => kind === 'lockout')).toBe(false);
    const [admits] = plan.steps.filter(({ change }) =>
      change.edits.some((edit) => edit.op === 'add' && edit.pointer.endsWith('/ipRules')),
    );
    expect(admits?.phase).toBe(2);
    expect(planFor(answered).preview.introduces).toEqual([]);
  });

  test('an address given allows it whatever the finding’s outcome, on one account or on all', () => {
    const open = worldSnapshot('open');
    const ips = ['198.51.100.1', '203.0.113.64/29'];
    const one = planFor(open, { targets: ['storage.dev-client-ip'], ips, resource: data });
    expect(one.steps.map(({ change }) => change.resource)).toEqual([data]);
    expect(
      one.steps[0]?.change.edits.map((edit) => (edit.op === 'add' ? valueAt(edit.after, '/value') : edit)),
    ).toEqual(ips);
    // The account allows all networks: an IP rule changes nothing yet, and the step says so.
    expect(one.steps[0]?.risk).toBe(noEffect);
    const all = planFor(open, { targets: ['storage.dev-client-ip'], ips });
    expect(all.steps.length).toBe(3);
    expect(planFor(applied(open, all), { targets: ['storage.dev-client-ip'], ips }).steps).toEqual([]);
  });
});

describe('one resource, several rules', () => {
  const snapshot = worldSnapshot('open');
  const id = idOf(snapshot, 'stmldata');
  const finding = (rule: string, propose: (body: Parameters<typeof setMember>[0]) => Proposal[]): Rule => ({
    id: rule,
    title: rule,
    problem: rule,
    severity: 'high',
    profiles: ['current'],
    for: ['service-endpoint', 'private-endpoint', 'managed-network'],
    strategyScope: 'workspace',
    about: 'x',
    explain: { why: '', fix: '', breaks: '', links: [] },
    fixKind: 'auto',
    undo: 'exact',
    gates: [],
    subjects: () => [{ resource: id }],
    check: () => ({ outcome: 'fail', because: 'Always.' }),
    fix: (_finding, { index }) => propose(index.get(id)?.body ?? {}),
  });
  const sets =
    (pointer: string, value: string, phase: 2 | 5 = 2) =>
    (body: Parameters<typeof setMember>[0]): Proposal[] => [
      { change: editChange(id, [setMember(body, pointer, value)]), phase },
    ];

  test('two that want different values of one setting: the first is kept, the other skipped with the reason', () => {
    const list = [
      finding('a.on', sets('/properties/publicNetworkAccess', 'Enabled')),
      finding('b.off', sets('/properties/publicNetworkAccess', 'Disabled', 5)),
      finding('c.off', sets('/properties/publicNetworkAccess', 'SecuredByPerimeter')),
    ];
    const start = applyChange(
      snapshot,
      editChange(id, [setMember(resourceIn(snapshot, id)?.body ?? {}, '/properties/publicNetworkAccess', 'Odd')]),
    );
    const plan = planFor(start, {}, list);
    expect(plan.steps.flatMap(({ change }) => change.edits.map((edit) => 'after' in edit && edit.after))).toEqual([
      'Enabled',
    ]);
    const left = plan.skipped.map(({ finding: one, reason }) => [
      one.split('@')[0],
      reason.includes('/properties/publicNetworkAccess'),
    ]);
    expect(left).toEqual(
      expect.arrayContaining([
        ['b.off', true],
        ['c.off', true],
      ]),
    );
  });

  test('an absent rule object is made once, with what each of them puts in', () => {
    const bare = applyChange(
      snapshot,
      editChange(id, [setMember(resourceIn(snapshot, id)?.body ?? {}, aclsPointer, undefined)]),
    );
    const key = { member: 'value', fold: false };
    const puts =
      (value: string) =>
      (body: Parameters<typeof setMember>[0]): Proposal[] => {
        const there = valueAt(body, aclsPointer) !== undefined;
        const base = there ? [] : [setMember(body, aclsPointer, { defaultAction: 'Allow', ipRules: [] })];
        const explicit = resourceIn(applyChange(bare, editChange(id, base)), id)?.body ?? {};
        return [
          {
            change: editChange(id, [...base, addTo(there ? body : explicit, `${aclsPointer}/ipRules`, { value }, key)]),
            phase: 2,
          },
        ];
      };
    const plan = planFor(bare, {}, [finding('a.one', puts('1.1.1.1')), finding('b.two', puts('2.2.2.2'))]);
    expect(plan.steps).toHaveLength(1);
    expect(plan.steps[0]?.change.edits).toEqual([
      {
        op: 'set',
        pointer: aclsPointer,
        after: { defaultAction: 'Allow', ipRules: [{ value: '1.1.1.1' }, { value: '2.2.2.2' }] },
      },
    ]);
    expect(plan.steps[0]?.findings).toHaveLength(2);
    expect(plan.steps[0]?.undo).toBe('equivalent');
  });
});

describe('requests', () => {
  const snapshot = worldSnapshot('mixed');

  test('an unknown target is a usage error', () => {
    try {
      planFor(snapshot, { targets: ['storage.no-such-rule'] });
      expect.unreachable();
    } catch (error) {
      if (!isFailure(error)) throw error;
      expect(error.exit).toBe(2);
    }
  });

  test('a rule whose result is unknown is listed with the reason, and is not taken for fixed', () => {
    const plan = planFor(worldSnapshot('refused'), { targets: ['nsg.outbound-vnet'] });
    expect(plan.steps).toEqual([]);
    expect(plan.skipped.map(({ finding }) => finding.split('@')[0])).toEqual(['nsg.outbound-vnet']);
    expect(plan.skipped[0]?.reason).toBe('It was not read.');
  });

  test('a guided fix waits for its answer, and takes it', () => {
    const rule = 'storage.same-vnet-as-compute';
    const asked = planFor(snapshot, { targets: [rule] });
    expect(asked.steps).toEqual([]);
    expect(asked.skipped[0]?.reason).toContain('action');
    const answered = planFor(snapshot, { targets: [rule], answers: { way: 'admit' } });
    expect(answered.steps.length).toBeGreaterThan(0);
    expect(answered.preview.resolves.some((id) => id.startsWith(rule))).toBe(true);
  });

  test('a finding that is fine already plans nothing', () => {
    const fine = audit(snapshot, rules).findings.find(({ outcome }) => outcome === 'pass');
    expect(planFor(snapshot, { targets: [fine?.id ?? ''] })).toMatchObject({ steps: [], skipped: [] });
  });
});

describe('what a change does to a snapshot', () => {
  const snapshot = worldSnapshot('open');
  const subnet = snapshot.resources.find(({ id }) => id.endsWith('/snet-train'));
  const vnet = snapshot.resources.find(({ id }) => id.endsWith('/vnet-ml'));

  test('a subnet changes in both places, whichever was written', () => {
    if (!subnet || !vnet) throw new Error('no subnet');
    const add = addTo(subnet.body, '/properties/serviceEndpoints', { service: 'S' }, { member: 'service', fold: true });
    const then = applyChange(snapshot, editChange(subnet.id, [add]));
    const own = resourceIn(then, subnet.id)?.body;
    const parent = resourceIn(then, vnet.id);
    expect(parent && subnetsOf(parent).find(({ id }) => sameId(id, subnet.id))?.body).toEqual(own);
    const gone: Change = { kind: 'delete', resource: subnet.id, edits: [], body: subnet.body };
    const without = applyChange(snapshot, gone);
    expect(resourceIn(without, subnet.id)).toBeUndefined();
    expect(stringifyJson(resourceIn(without, vnet.id)?.body)).not.toContain('snet-train"');
  });

  test('what is made appears in the lists that were read whole', () => {
    const group = snapshot.permissions[0]?.scope ?? '';
    const lock = `${group}/providers/Microsoft.Authorization/locks/new`;
    const made: Change = { kind: 'create', resource: lock, edits: [], body: { properties: { level: 'ReadOnly' } } };
    expect(planFor(applyChange(snapshot, made)).steps).toEqual([]);
  });
});

test('a plan for many accounts checks each of them as often as a plan for a few', () => {
  const made = (count: number): Snapshot =>
    snapshotFromTexts([{ path: 'accounts.json', text: JSON.stringify(Array.from({ length: count }, faulty)) }], {
      allResources: true,
      now: () => new Date('2026-01-01T00:00:00Z'),
      newId: () => 'id',
    });
  const checksFor = (count: number): number => {
    let checks = 0;
    const counted = rules.map((rule) => ({
      ...rule,
      check: (...of: Parameters<Rule['check']>) => {
        checks += 1;
        return rule.check(...of);
      },
    }));
    expect(planFor(made(count), { targets: 'all' }, counted).steps).toHaveLength(2 * count);
    return checks / count;
  };
  expect(checksFor(60) / checksFor(20)).toBeLessThan(1.3);
});

const faulty = (_: unknown, at: number) => ({
  id: `/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/st${at}`,
  ...{ name: `st${at}`, type: 'Microsoft.Storage/storageAccounts', location: 'westeurope', kind: 'StorageV2' },
  properties: {
    ...{ provisioningState: 'Succeeded', publicNetworkAccess: 'Enabled', privateEndpointConnections: [] },
    networkAcls: { bypass: 'None', defaultAction: 'Allow', virtualNetworkRules: [], ipRules: [] },
  },
});
