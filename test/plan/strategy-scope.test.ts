// A plan that leads to another architecture goes on there, and never changes one resource for rules that speak of different ones.
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { Architecture } from '../../src/model/assumption.ts';
import { editChange } from '../../src/model/change.ts';
import { setMember } from '../../src/model/edit.ts';
import { effectKinds } from '../../src/model/effect.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameOf, typeOf } from '../../src/model/resource-id.ts';
import { applyChanges, buildPlan } from '../../src/plan/index.ts';
import { aclsPointer, isolationPointer, networkStatusPointer } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { worldSnapshot } from './worlds.ts';

const snapshot = worldSnapshot('open', { intents: { architecture: 'managed-network', devClientIps: [] } });
const answers = { mode: 'AllowOnlyApprovedOutbound', subnet: 'vnet-ml/snet-pe', sku: 'Premium', delete: 'yes' };
const planOf = (list: readonly Rule[]): Plan =>
  buildPlan({
    snapshot,
    rules: list,
    id: 'plan-1',
    // A managed network cannot be turned off again, and bills its endpoints.
    request: { targets: 'all', answers, ips: [], profile: 'all', allowEffects: effectKinds },
  });

describe('from service endpoints to a managed network', () => {
  const plan = planOf(rules);
  const at = (test: (step: Plan['steps'][number]) => boolean) => plan.steps.findIndex(test);
  const sets = (pointer: string) => at(({ change }) => change.edits.some((edit) => edit.pointer === pointer));

  test('one plan does all of it', () => {
    const after = audit(
      applyChanges(
        snapshot,
        plan.steps.map(({ change }) => change),
      ),
      rules,
    );
    expect(after.architecture.answer).toBe('managed-network');
    expect(after.findings.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect([plan.skipped, plan.preview.introduces]).toEqual([[], []]);
    expect(plan.gates.filter(({ outcome }) => outcome === 'warn').map(({ detail }) => detail)).toEqual([
      expect.stringContaining('the audit checks the workspace as managed-network'),
    ]);
  });

  test('the network is on before it has rules, and has them before it is provisioned and anything is restricted', () => {
    const rule = /\/outboundRules$/;
    const first = at(({ change }) => rule.test(typeOf(change.resource)));
    const last = plan.steps.findLastIndex(({ change }) => rule.test(typeOf(change.resource)));
    expect(sets(isolationPointer)).toBeGreaterThanOrEqual(0);
    expect(sets(isolationPointer)).toBeLessThan(first);
    expect(last).toBeLessThan(sets(networkStatusPointer));
    expect(sets(networkStatusPointer)).toBeLessThan(at(({ phase }) => phase === 5));
  });
});

test('a fix for another architecture than what the plan has done to the resource is left for the next', () => {
  const [lake = '', data = ''] = ['lakemlsim', 'stmldata'].map(
    (name) => snapshot.resources.find(({ id }) => nameOf(id) === name)?.id ?? '',
  );
  const always = (id: string, only: Architecture, ids: readonly string[], fix: NonNullable<Rule['fix']>): Rule => ({
    ...(rules[0] as Rule),
    ...{ id, for: [only], letters: 'workspace', fixKind: 'auto', undo: 'exact', gates: [], fix },
    subjects: () => ids.map((resource) => ({ resource })),
    check: () => ({ outcome: 'fail', because: 'Always.' }),
  });
  const edits =
    (pointer: string, value: string, phase: 0 | 2): NonNullable<Rule['fix']> =>
    ({ resource }, { index }) => [
      { change: editChange(resource, [setMember(index.get(resource)?.body ?? {}, pointer, value)]), phase },
    ];
  const mode = rules.find(({ id }) => id === 'workspace.managed-network-mode') as Rule;
  const plan = planOf([
    mode,
    always('a.before', 'service-endpoint', [data], edits(`${aclsPointer}/bypass`, 'Logging', 0)),
    always('b.after', 'managed-network', [data, lake], edits('/properties/publicNetworkAccess', 'Disabled', 2)),
  ]);
  expect(plan.steps.map(({ change, findings }) => [nameOf(change.resource), findings[0]?.split('@')[0]])).toEqual([
    ['stmldata', 'a.before'],
    ['mlw-sim', mode.id],
    ['lakemlsim', 'b.after'],
  ]);
  expect(plan.skipped).toEqual([
    {
      finding: expect.stringMatching(/^b\.after@.*stmldata$/),
      reason: expect.stringContaining('for a.before, which applies to another architecture'),
    },
  ]);
});
