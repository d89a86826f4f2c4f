// A plan of all automatic fixes together with the fixes that it leaves out for their effects: these are offered, and come in only
// when they are selected one by one. Pure.

import { joinPlans } from '../model/confirmation.ts';
import { effectKinds, isRisky } from '../model/effect.ts';
import type { Plan } from '../model/plan.ts';
import type { StepwiseTask } from '../model/stepwise.ts';
import { planInSteps } from './build.ts';
import type { PlanInput } from './request.ts';
import type { ReviewInput } from './review.ts';
import { skippedBy, stepNeeds, withDependants, withoutSteps } from './select.ts';
import { applyChanges } from './simulate.ts';

export interface PlanOffer {
  /** What was asked for. */
  readonly plan: Plan;
  /** Its steps, and behind them those that are offered. */
  readonly whole: Plan;
  /** Without the steps that are not selected at the start. */
  readonly first: Plan;
  /** Numbers of the steps that are not selected at the start, from 0. */
  readonly out: readonly number[];
  /** Of each step of `whole`, the numbers of those that it depends on. */
  readonly needs: readonly (readonly number[])[];
}

/** The plan of a request, made in small steps, and what it would be with every effect allowed. */
export function* offerInSteps(input: PlanInput, made?: Plan): StepwiseTask<PlanOffer> {
  const plan = made ?? (yield* planInSteps(input));
  const { snapshot, request } = input;
  const { report: _old, ...rest } = input;
  const changes = plan.steps.map(({ change }) => change);
  const { decide } = input;
  const more = yield* planInSteps({
    ...rest,
    snapshot: applyChanges(snapshot, changes),
    request: { ...request, allowEffects: effectKinds },
    decide: decide && ((report, own) => decide(report, [...changes, ...own])),
  });
  const own = unselectedAtFirst(plan);
  const whole = more.steps.length === 0 ? plan : { ...joinPlans([plan, more]), skipped: more.skipped };
  const out = withDependants(whole, [...own, ...more.steps.map((_step, index) => plan.steps.length + index)]);
  const first =
    own.length > 0
      ? (yield* withoutSteps({ ...rest, plan: whole }, out)).plan
      : { ...plan, skipped: skippedBy(whole, out, plan) };
  return { plan, whole, first, out, needs: stepNeeds(whole) };
}

/** A plan in hand, without the steps that the operator selects one by one. */
export function* selectableInSteps(input: ReviewInput): StepwiseTask<PlanOffer> {
  const { plan } = input;
  const out = unselectedAtFirst(plan);
  const first = (yield* withoutSteps(input, out)).plan;
  return { plan, whole: plan, first, out, needs: stepNeeds(plan) };
}

/** Steps of a fix with an effect that is not automatic, and what depends on them: the operator selects them. */
function unselectedAtFirst(plan: Plan): number[] {
  if (plan.verb !== 'fix') return [];
  const risky = plan.steps.flatMap(({ effects, findings }, index) =>
    findings.length > 0 && effects.some(isRisky) ? [index] : [],
  );
  return withDependants(plan, risky);
}
