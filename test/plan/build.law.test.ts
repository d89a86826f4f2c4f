// Laws of plans over random requests: what is restricted is allowed first, and the order of the targets does not matter.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audit } from '../../src/audit/index.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { sameId } from '../../src/model/resource-id.ts';
import { applyChanges, buildPlan } from '../../src/plan/index.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { rules } from '../../src/rules/index.ts';
import { worldSnapshot } from './worlds.ts';

const snapshot = worldSnapshot('mixed');
const planFor = (targets: readonly string[]): Plan =>
  buildPlan({ snapshot, rules, id: 'plan-1', request: { targets, answers: {}, ips: [], profile: 'all' } });
const applied = (plan: Plan) =>
  applyChanges(
    snapshot,
    plan.steps.map(({ change }) => change),
  );
const denies = ({ change }: Step) =>
  change.edits.some((edit) => edit.op === 'set' && edit.after === 'Deny' && edit.pointer.endsWith('defaultAction'));

describe('whatever is asked for', () => {
  const report = audit(snapshot, rules);
  const fixable = report.findings.filter(({ outcome, fix }) => outcome === 'fail' && fix.kind === 'auto');

  test('access is never restricted unless the required access passes afterwards, and what is served is fixed', () => {
    fc.assert(
      fc.property(fc.subarray(fixable.map(({ id }) => id)), (targets) => {
        const plan = planFor(targets);
        const then = audit(applied(plan), rules).findings;
        for (const step of plan.steps.filter(denies)) {
          const required = then.filter(
            (one) =>
              sameId(one.resource, step.change.resource) && step.needs.includes(one.rule) && one.outcome === 'fail',
          );
          expect(required.map(({ id }) => id)).toEqual([]);
        }
        const served = new Set(plan.steps.flatMap(({ findings }) => findings));
        const skipped = new Set(plan.skipped.map(({ finding }) => finding));
        for (const id of targets)
          expect(served.has(id) || skipped.has(id) || plan.preview.resolves.includes(id)).toBe(true);
        const still = then.filter((one) => one.outcome === 'fail' && served.has(one.id) && !skipped.has(one.id));
        expect(still.map(({ id }) => id)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('the order in which targets are named does not change the result', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(fixable.map(({ id }) => id)), (targets) => {
        const normal = (plan: Plan) =>
          applied(plan).resources.map(({ type, body }) => resourceTypeOf(type).normal(body));
        expect(normal(planFor(targets))).toEqual(normal(planFor(targets.toSorted())));
      }),
      { numRuns: 20 },
    );
  });
});
