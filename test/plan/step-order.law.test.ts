// The order of the steps of a plan: where a permitted order interrupts fewer, the plan has that order.
import { expect, test } from 'vitest';
import { type Effect, effectKinds, isCurrent } from '../../src/model/effect.ts';
import { asJson, stringifyJson } from '../../src/model/json.ts';
import type { Plan, Step } from '../../src/model/plan.ts';
import { fold, isWithin } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { effectsOfSteps, withEffects } from '../../src/plan/effects.ts';
import type { PlanRequest } from '../../src/plan/index.ts';
import { rules } from '../../src/rules/index.ts';
import type { Session } from '../../src/session/session.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { drain, simulated } from '../support/in-process.ts';
import { partOf } from '../support/parts.ts';
import { withFirstChoices } from './first-choices.ts';

const names = worldFiles.map(({ name }) => name).filter((name) => !['fleet', 'large'].includes(name));
/** A world with such plans in every run. */
const worlds = ['limited', ...names.filter((name) => name !== 'limited')];

/** What is interrupted for as long as a later step is not sent. */
const passing = (effects: readonly Effect[]): number =>
  effects.filter(isCurrent).reduce((sum, one) => {
    if (one.kind !== 'interrupts') return sum;
    if (one.reason === 'name-unresolved') return sum + one.data.networks.length * one.data.services.length;
    return sum + (one.reason === 'setting' && one.data.says.endsWith('until a later step of this plan.') ? 1 : 0);
  }, 0);

/** Must the one be sent before the other? What is below a resource, or names it, follows it. */
const depends = (one: Step, other: Step): boolean => {
  const names = (a: Step, b: Step) =>
    isWithin(a.change.resource, b.change.resource) || text(a).includes(`"${fold(b.change.resource)}`);
  return names(one, other) || names(other, one);
};
const text = ({ change }: Step): string => fold(stringifyJson(asJson({ ...change, resource: '' })));

/** The orders in which one step comes earlier or later than it does, and no other. */
function* otherOrders(steps: readonly Step[]): Generator<readonly Step[]> {
  for (const [from, step] of steps.entries()) {
    for (const way of [-1, 1]) {
      for (let to = from + way; ; to += way) {
        const passed = steps[to];
        if (passed === undefined || passed.phase !== step.phase || depends(step, passed)) break;
        const rest = steps.filter((one) => one !== step);
        yield [...rest.slice(0, to), step, ...rest.slice(to)];
      }
    }
  }
}

const planned = (session: Session, snapshot: Snapshot, request: Partial<PlanRequest>): Plan =>
  session.plan(snapshot, {
    targets: 'all',
    answers: {},
    ips: [],
    profile: 'all',
    allowEffects: effectKinds,
    ...request,
  });

function plansOf(session: Session, snapshot: Snapshot): readonly { readonly by: string; readonly plan: Plan }[] {
  const failing = session.report(snapshot, 'all').findings.filter(({ outcome }) => outcome === 'fail');
  const ids = new Set(failing.map(({ rule }) => rule));
  const named = rules.filter(({ id, fixKind }) => fixKind !== 'none' && ids.has(id)).map(({ id }) => id);
  return [
    { by: 'all', plan: planned(session, snapshot, {}) },
    ...named.map((id) => ({
      by: id,
      plan: withFirstChoices((answers) => planned(session, snapshot, { targets: [id], answers })).plan,
    })),
  ];
}

test.each(partOf(worlds, 8))('%s: no permitted order interrupts fewer', async (world) => {
  const { session } = simulated(world, new Date('2026-01-02T03:04:05Z'));
  const snapshot = await drain(session.scan());
  for (const { by, plan } of plansOf(session, snapshot)) {
    const own = passing(plan.effects);
    if (own === 0) continue;
    for (const steps of otherOrders(plan.steps)) {
      const told = withEffects(steps, snapshot, { isOwn: () => false, rules, findings: [] });
      const order = steps.map(({ change }) => change.resource.split('/').slice(-3).join('/'));
      expect(passing(effectsOfSteps(told, snapshot)), `${by}: ${order.join(', ')}`).toBeGreaterThanOrEqual(own);
    }
  }
  await session.close();
});
