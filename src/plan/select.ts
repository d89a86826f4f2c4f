// Some steps of a plan: those taken out, and what depends on them; everything shown of the rest is computed again. Pure.
import type { Change } from '../model/change.ts';
import { isDeferred } from '../model/change.ts';
import { isArray, isObject, type Json } from '../model/json.ts';
import type { Plan, Skipped, Step } from '../model/plan.ts';
import { fold, isWithin, parentId, sameId, typeOf } from '../model/resource-id.ts';
import type { StepwiseTask } from '../model/stepwise.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import { managed } from './managers.ts';
import { type ReviewInput, reviewInSteps } from './review.ts';
import { riskOf } from './risk.ts';

export interface StepSelection {
  readonly plan: Plan;
  /** Numbers of the steps that were taken out with those named, because they depend on them; from 0. */
  readonly along: readonly number[];
}

/** Does this step depend on that earlier one? */
export function dependsOn(step: Step, earlier: Step): boolean {
  const [own, other] = [step.change, earlier.change];
  // Created by it, below it, or named in what is written.
  if (other.kind === 'create' && (isWithin(own.resource, other.resource) || names(own, other.resource))) return true;
  if (isDeferred(own) && sameId(parentId(own.resource), other.resource)) return true;
  if (isDeferred(own) && causes(other, own.resource)) return true;
  if (sameId(own.resource, other.resource) && (other.kind === 'delete' || touches(own, other))) return true;
  if (addsEndpoint(other, own.resource) && names(own, other.resource)) return true;
  // Access is restricted only where everything that must be allowed first is.
  const restricts = step.effects.some(({ kind }) => kind === 'restricts');
  if (!restricts) return false;
  const ruleOf = (id: string) => id.slice(0, id.indexOf('@'));
  return (
    (sameId(own.resource, other.resource) && earlier.effects.some(({ kind }) => kind === 'allows')) ||
    earlier.findings.some((id) => step.needs.includes(ruleOf(id)))
  );
}

/** Do two changes of one resource decide the same setting, or one above the other's? */
function touches(own: Change, other: Change): boolean {
  if (own.kind !== 'edit' || other.kind !== 'edit') return true;
  const { same } = resourceTypeOf(typeOf(own.resource));
  return own.edits.some((edit) =>
    other.edits.some((one) => {
      const isAbove = edit.pointer.startsWith(`${one.pointer}/`) || one.pointer.startsWith(`${edit.pointer}/`);
      if (one.op === 'set' && edit.op === 'set' && one.pointer === edit.pointer)
        return same(edit.pointer, edit.before, one.after);
      return isAbove && (one.op === 'set' || edit.op === 'set');
    }),
  );
}

/** Does a change of a subnet add the service endpoint without which the service of that resource refuses a rule for it? */
function addsEndpoint(change: Change, resource: string): boolean {
  const provider = fold(typeOf(resource).split('/')[0] ?? '');
  // Microsoft.Storage.Global is an endpoint of Microsoft.Storage too.
  const isOfService = (text: string): boolean => fold(text) === provider || fold(text).startsWith(`${provider}.`);
  return (
    change.kind === 'edit' &&
    change.edits.some(
      (edit) =>
        edit.op !== 'remove' &&
        edit.pointer.startsWith('/properties/serviceEndpoints') &&
        holdsText(edit.after, isOfService),
    )
  );
}

/** Azure creates what a deferred change waits for in answer to another change: the body of that names its kind's text. */
const causes = (other: Change, placeholder: string): boolean =>
  other.kind === 'edit' && names(other, parentId(placeholder) ?? placeholder);

/** Does a change write this id, or one below it, somewhere? */
function names(change: Change, id: string): boolean {
  const wanted = fold(id);
  const isThat = (text: string): boolean => fold(text) === wanted || fold(text).startsWith(`${wanted}/`);
  if (change.kind !== 'edit') return holdsText(change.body, isThat);
  return change.edits.some((edit) => holdsText(edit.op === 'remove' ? edit.before : edit.after, isThat));
}

function holdsText(value: Json | undefined, is: (text: string) => boolean): boolean {
  if (typeof value === 'string') return is(value);
  if (isArray(value)) return value.some((one) => holdsText(one, is));
  return isObject(value) && Object.values(value).some((one) => holdsText(one, is));
}

/** The steps that go when these go, these among them; in order. */
export function withDependants(plan: Plan, out: readonly number[]): number[] {
  const gone = new Set(out);
  for (const [index, step] of plan.steps.entries()) {
    const earlier = plan.steps.slice(0, index);
    if (earlier.some((one, at) => gone.has(at) && dependsOn(step, one))) gone.add(index);
  }
  return [...gone].toSorted((a, b) => a - b);
}

/** Of each step, the numbers of the earlier steps that it depends on; from 0. */
export const stepNeeds = ({ steps }: Plan): readonly (readonly number[])[] =>
  steps.map((step, index) => steps.slice(0, index).flatMap((earlier, at) => (dependsOn(step, earlier) ? [at] : [])));

/** Why a finding is not resolved by the steps that are left. */
const notSelected = 'The step that resolves it is not selected.';

/** The plan without these steps (from 0) and what depends on them. */
export function* withoutSteps(input: ReviewInput, out: readonly number[]): StepwiseTask<StepSelection> {
  const { plan } = input;
  const gone = withDependants(plan, out);
  const along = gone.filter((index) => !out.includes(index));
  if (gone.length === 0) return { plan, along };
  const steps = plan.steps.filter((_step, index) => !gone.includes(index));
  const { rehearsal: _old, ...rest } = plan;
  const left = yield* reviewInSteps({ ...input, plan: { ...rest, steps } });
  const skipped = skippedBy(plan, gone, left);
  return {
    along,
    plan: {
      ...left,
      ...(plan.of === null ? {} : { isPart: true as const }),
      ...(plan.managersUnread === undefined ? {} : { managersUnread: plan.managersUnread }),
      skipped,
      preview: withRollUps(left.preview, plan.preview, skipped),
      // What an undo cannot restore is known only where it is planned.
      irreversible: plan.of === null ? left.irreversible : [...new Set([...plan.irreversible, ...left.irreversible])],
      // Of a plan in hand the reasons and the advice stay as its rules gave them.
      steps: left.steps.map((step, index) => {
        const was = steps[index];
        if (was === undefined) return step;
        const { phase, needs, advice } = was;
        const said = { risk: riskOf({ ...step, advice }), ...(advice === undefined ? {} : { advice }) };
        return { ...step, phase, needs, ...said, ...managed(was.managedBy) };
      }),
    },
  };
}

/** A finding that repeats others does so whichever steps are taken out. */
function withRollUps(left: Plan['preview'], before: Plan['preview'], skipped: readonly Skipped[]): Plan['preview'] {
  const lost = new Set(skipped.map(({ finding }) => finding));
  const all = [...(left.rollUps ?? []), ...(before.rollUps ?? []).filter((id) => lost.has(id))];
  return all.length === 0 ? left : { ...left, rollUps: [...new Set(all)] };
}

/** What was not included before, and what a fix resolved only with the steps that are gone, whether a step was for it or not. */
export function skippedBy(plan: Plan, gone: readonly number[], { preview }: Plan): Skipped[] {
  const known = new Set([...plan.skipped.map(({ finding }) => finding), ...preview.resolves]);
  const lost = plan.verb === 'fix' && gone.length > 0 ? plan.preview.resolves : [];
  const more = [...new Set(lost)].filter((finding) => !known.has(finding));
  return [...plan.skipped, ...more.map((finding) => ({ finding, reason: notSelected }))];
}
