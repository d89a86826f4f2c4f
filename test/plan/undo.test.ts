import { describe, expect, test } from 'vitest';
import { editChange } from '../../src/model/change.ts';
import { addTo, setMember } from '../../src/model/edit.ts';
import { effectKinds } from '../../src/model/effect.ts';
import type { Entry } from '../../src/model/entry.ts';
import { type Json, stringifyJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { fold } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { applyChange, applyChanges, buildPlan, describePlan, redoPlan, undoPlan } from '../../src/plan/index.ts';
import { resourceIn } from '../../src/plan/simulate.ts';
import { aclsPointer, resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { withoutServerless, worldSnapshot } from './worlds.ts';

const all = (snapshot: Snapshot, targets: readonly string[] | 'all' = 'all'): Plan =>
  buildPlan({ snapshot, rules, id: 'p', request: { targets, answers: {}, ips: [], profile: 'all' } });
const entryOf = (plan: Plan, done = plan.steps.length): Entry => ({
  id: 'e-1',
  at: '2026-01-01T00:00:00Z',
  by: 'anna',
  verb: plan.verb,
  findings: [],
  resources: [],
  steps: plan.steps.map(({ change, findings }, index) => ({
    resource: change.resource,
    change,
    findings,
    state: index < done ? ('done' as const) : ('failed' as const),
    verified: index < done,
    requestId: null,
    operation: null,
    message: null,
    before: null,
    after: null,
  })),
  state: 'done',
  undoes: null,
  undoneBy: null,
  redoes: null,
  line: 'fix --all',
  workspace: plan.workspace,
  rehearsal: null,
});
const applied = (snapshot: Snapshot, plan: Plan) =>
  applyChanges(
    snapshot,
    plan.steps.map(({ change }) => change),
  );
const normal = (snapshot: Snapshot) =>
  Object.fromEntries(snapshot.resources.map(({ id, type, body }) => [fold(id), resourceTypeOf(type).normal(body)]));
const changed = (snapshot: Snapshot, id: string, pointer: string, value: Json) =>
  applyChange(snapshot, editChange(id, [setMember(resourceIn(snapshot, id)?.body ?? {}, pointer, value)]));
const idOf = (snapshot: Snapshot, name: string) =>
  snapshot.resources.find(({ id }) => fold(id).endsWith(`/${name}`))?.id ?? '';

describe.each(['open', 'mixed'])('everything of %s, undone', (name) => {
  const start = withoutServerless(worldSnapshot(name));
  const plan = all(start);
  const mended = applied(start, plan);
  const { plan: undo, drift } = undoPlan({ entry: entryOf(plan), snapshot: mended, rules, id: 'u' });

  test('is the inverse, newest first, and restores the bodies exactly', () => {
    expect(drift).toEqual([]);
    expect(undo).toMatchObject({ verb: 'undo', of: 'e-1' });
    expect(undo.steps.map(({ change }) => change.resource)).toEqual(
      plan.steps.map(({ change }) => change.resource).toReversed(),
    );
    const back = applied(mended, undo);
    const alike = new Set(plan.steps.flatMap(({ undo: way, change }) => (way === 'exact' ? [] : [change.resource])));
    for (const { id, type, body } of start.resources) {
      const now = resourceIn(back, id)?.body;
      const { normal } = resourceTypeOf(type);
      if (alike.has(id) && now !== undefined) expect(normal(now)).toEqual(normal(body));
      else expect(stringifyJson(now)).toBe(stringifyJson(body));
    }
    expect(new Set(undo.preview.introduces)).toEqual(new Set(plan.preview.resolves));
  });

  test('removes every restriction before it removes required access', () => {
    const opens = undo.steps.findLastIndex(({ change }) =>
      change.edits.some((edit) => edit.op === 'set' && edit.after === 'Allow'),
    );
    const removes = undo.steps.findIndex(({ change }) => change.edits.some(({ op }) => op === 'remove'));
    if (name === 'open') expect(opens).toBeGreaterThanOrEqual(0);
    if (name === 'open') expect(opens).toBeLessThan(removes);
    for (const step of undo.steps) expect(step.az).toMatch(/^az /);
  });

  test('again, it leads to what the fix made', () => {
    const back = applied(mended, undo);
    const again = redoPlan({ entry: entryOf(plan), snapshot: back, rules, id: 'r' });
    expect(again.drift).toEqual([]);
    expect(again.plan.verb).toBe('redo');
    expect(normal(applied(back, again.plan))).toEqual(normal(mended));
  });

  test('undone already, nothing is left to do and nothing is drift', () => {
    const twice = undoPlan({ entry: entryOf(plan), snapshot: applied(mended, undo), rules, id: 'u2' });
    expect([twice.plan.steps, twice.drift]).toEqual([[], []]);
  });

  test('only what was done is undone', () => {
    const half = undoPlan({ entry: entryOf(plan, 2), snapshot: mended, rules, id: 'u3' });
    expect(half.plan.steps.map(({ change }) => change.resource)).toEqual(
      plan.steps
        .slice(0, 2)
        .map(({ change }) => change.resource)
        .toReversed(),
    );
  });
});

describe('what others did since', () => {
  const start = withoutServerless(worldSnapshot('open'));
  const plan = all(start);
  const mended = applied(start, plan);
  const account = idOf(start, 'stmldata');
  const vault = idOf(start, 'kv-mlsim');
  const undo = (snapshot: Snapshot) => undoPlan({ entry: entryOf(plan), snapshot, rules, id: 'u' });
  const puts = (snapshot: Snapshot, id: string, value: string) =>
    applyChange(
      snapshot,
      editChange(id, [
        addTo(
          resourceIn(snapshot, id)?.body ?? {},
          `${aclsPointer}/ipRules`,
          { value },
          { member: 'value', fold: false },
        ),
      ]),
    );

  test('a setting moved is drift, by name, with what was expected and what was found', () => {
    const { drift } = undo(changed(mended, account, `${aclsPointer}/defaultAction`, 'Allow'));
    expect(drift).toEqual([]);
    const moved = undo(changed(mended, account, `${aclsPointer}/defaultAction`, 'Audit'));
    expect(moved.drift).toEqual([
      { resource: account, pointer: `${aclsPointer}/defaultAction`, expected: 'Deny', found: 'Audit' },
    ]);
  });

  test('an element changed is drift; one taken out already is not', () => {
    const rules0 = `${aclsPointer}/virtualNetworkRules`;
    const touched = undo(changed(mended, account, `${rules0}/0/action`, 'Deny'));
    expect(touched.drift.map(({ resource, pointer }) => [resource, pointer.startsWith(rules0)])).toEqual([
      [account, true],
    ]);
    expect(undo(changed(mended, account, rules0, [])).drift).toEqual([]);
  });

  test.each(['account', 'vault'])('what was put beside it on the %s survives', (which) => {
    const id = which === 'account' ? account : vault;
    const beside = puts(mended, id, '9.9.9.9');
    const back = undo(beside);
    expect(back.drift).toEqual([]);
    const body = resourceIn(applied(beside, back.plan), id)?.body;
    expect(valueAt(body, `${aclsPointer}/ipRules`)).toEqual([{ value: '9.9.9.9' }]);
    expect(valueAt(body, `${aclsPointer}/defaultAction`)).toBe('Allow');
    expect(valueAt(body, `${aclsPointer}/virtualNetworkRules`)).toEqual([]);
  });

  test('a vault whose rule object was made and then moved is drift at the member', () => {
    const { drift } = undo(changed(puts(mended, vault, '9.9.9.9'), vault, `${aclsPointer}/bypass`, 'None'));
    expect(drift.map(({ pointer }) => pointer)).toContain(`${aclsPointer}/bypass`);
  });

  test('a resource that is gone is told, and never made again', () => {
    const missing = { id: account, reason: 'Not found.', action: '', status: 404 };
    const resources = mended.resources.filter(({ id }) => id !== account);
    const gone = { ...mended, resources, gaps: [...mended.gaps, missing] };
    const { drift, plan } = undo(gone);
    expect([drift, plan.notUndone]).toEqual([[], [expect.objectContaining({ resource: account, reason: 'gone' })]]);
    expect(plan.steps.map(({ change }) => change.resource)).not.toContain(account);
    expect(plan.steps.length).toBeGreaterThan(0);
  });

  test('a lock put on since stops it as a gate', () => {
    const lock = `${account}/providers/Microsoft.Authorization/locks/l`;
    const locked = applyChange(mended, {
      kind: 'create',
      resource: lock,
      edits: [],
      body: { properties: { level: 'ReadOnly' } },
    });
    expect(undo(locked).plan.gates.filter(({ outcome }) => outcome === 'fail')).toMatchObject([{ kind: 'lock' }]);
  });
});

describe('what Azure refuses today', () => {
  const start = worldSnapshot('neglected');
  const plan = all(start, ['storage.ip-rules-legal', 'storage.vnet-rule-state']);

  test('is announced before, and not part of the undo, with a sentence each', () => {
    expect(plan.irreversible.length).toBeGreaterThan(0);
    const mended = applied(start, plan);
    const { plan: undo, drift } = undoPlan({ entry: entryOf(plan), snapshot: mended, rules, id: 'u' });
    expect(drift).toEqual([]);
    expect(undo.irreversible.some((one) => one.includes('10.20.0.0/16'))).toBe(true);
    expect(undo.irreversible.some((one) => one.includes('snet-retired'))).toBe(true);
    const body = stringifyJson(resourceIn(applied(mended, undo), idOf(start, 'stmlsim'))?.body);
    expect(body).not.toContain('10.20.0.0/16');
    expect(body).not.toContain('snet-retired');
  });
});

describe('in the words of an operator', () => {
  test('a plan tells each setting before and after, and what must be known before saying yes', () => {
    const every = { targets: 'all', answers: {}, ips: [], profile: 'all', allowEffects: effectKinds } as const;
    const snapshot = worldSnapshot('open', { intents: {} });
    const described = describePlan(buildPlan({ snapshot, rules, request: every, id: 'p' }));
    expect(described.title).toMatch(/^Fix: \d+ changes$/);
    const lines = described.steps.flatMap((step) => step.lines.map(({ sign, text }) => `${sign} ${text}`));
    expect(lines).toContain('  default action: Allow → Deny');
    expect(lines).toContain('+ service endpoint Microsoft.Storage');
    expect(lines).toContain('+ virtual network rule vnet-ml/snet-train');
    expect(described.warnings.some((one) => one.includes('block your own access'))).toBe(true);
    expect(described.steps[0]?.label).toMatch(/^change subnet snet-\w+ of vnet-ml$/);
  });

  test('foreign names cannot speak to the terminal', () => {
    const evil = { value: '\u001b]0;owned\u0007\u001b[31m' };
    const change = editChange('/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/x', [
      { op: 'add', pointer: `${aclsPointer}/ipRules`, after: evil, key: { member: 'value', fold: false } },
      { op: 'set', pointer: '/properties/\u001b[2Jx', before: '\u001b[31m', after: 'a' },
    ]);
    const plan = {
      ...all(worldSnapshot('open')),
      steps: [
        {
          change,
          phase: 2 as const,
          findings: [],
          needs: [],
          az: '',
          risk: '',
          undo: 'exact' as const,
          does: '',
          effects: [],
        },
      ],
    };
    expect(JSON.stringify(describePlan(plan).steps.map(({ lines }) => lines))).not.toContain('\\u001b');
  });
});
