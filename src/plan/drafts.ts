// The writes of a plan in preparation: which findings each serves, and their order as steps.

import type { Change } from '../model/change.ts';
import { type Edit, elementKey } from '../model/edit.ts';
import type { UndoClass } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import type { Phase } from '../model/plan.ts';
import { fold, typeOf } from '../model/resource-id.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';
import type { StepwiseTask } from '../model/stepwise.ts';
import { resourceTypeOf } from '../resource-types/index.ts';
import type { Proposal } from '../rules/rule.ts';
import type { StepDraft } from './effects.ts';
import type { PlanInput } from './request.ts';
import { inOrder } from './step-order.ts';
import { type FixTarget, proposalsOf, ruleContextOf } from './targets.ts';

/** One write in preparation. */
export interface DraftWrite {
  readonly phase: Phase;
  readonly change: Change;
  /** The body its edits start from. */
  readonly start: JsonObject;
  readonly findings: readonly string[];
  readonly needs: readonly string[];
  readonly advice: readonly string[];
  readonly undo: UndoClass;
}

/** By phase and resource, of which there is one each, in the order in which they came. */
export type Drafts = ReadonlyMap<string, DraftWrite>;
export const draftKey = (phase: Phase, resource: string): string => `${phase} ${fold(resource)}`;

/** Whose fixes were asked of a world. */
export interface ChangeWishes {
  readonly index: SnapshotIndex;
  readonly targets: readonly FixTarget[];
  readonly stopped: ReadonlySet<string>;
}

/** Both lists, each item once. */
export const union = <T>(a: readonly T[], b: readonly T[]): T[] => [...new Set([...a, ...b])];

/** The sentences of several; one that several of them share is said once, in its last place. */
const saidOnce = (advice: readonly string[]): string =>
  [...new Set(advice.flatMap((one) => one.split(/(?<=\.) (?=[A-Z])/)).toReversed())].toReversed().join(' ');

/** A finding whose changes another finding brought along is served by the same step. */
export function* attributed(
  drafts: Drafts,
  rounds: readonly ChangeWishes[],
  input: PlanInput,
): StepwiseTask<readonly DraftWrite[]> {
  const wishes: { readonly id: string; readonly proposal: Proposal }[] = [];
  for (const { targets, stopped, index } of rounds) {
    for (const target of targets.filter(({ finding }) => !stopped.has(finding.id))) {
      const proposals = proposalsOf(target, ruleContextOf(target, index, input));
      if (typeof proposals !== 'string') {
        wishes.push(...proposals.map((proposal) => ({ id: target.finding.id, proposal })));
      }
      yield;
    }
  }
  const wished = Map.groupBy(wishes, ({ proposal: { phase, change } }) => draftKey(phase, change.resource));
  return [...drafts].map(([key, draft]) => {
    const alike = (wished.get(key) ?? []).filter(
      ({ proposal: { change } }) =>
        change.kind === draft.change.kind &&
        change.edits.every((edit) => draft.change.edits.some((one) => within(one, edit))),
    );
    return {
      ...draft,
      findings: union(
        draft.findings,
        alike.map(({ id }) => id),
      ),
    };
  });
}

function within(outer: Edit, inner: Edit): boolean {
  if (outer.pointer !== inner.pointer) return outer.op === 'set' && inner.pointer.startsWith(`${outer.pointer}/`);
  if (outer.op === 'add' && inner.op === 'add')
    return elementKey(outer.after, outer.key) === elementKey(inner.after, inner.key);
  if (outer.op === 'remove' && inner.op === 'remove') {
    return elementKey(outer.before, outer.key) === elementKey(inner.before, inner.key);
  }
  return outer.op === inner.op;
}

/** In the order in which they are sent. */
export function stepsOf(drafts: readonly DraftWrite[]): StepDraft[] {
  return inOrder(drafts.filter(({ change }) => change.kind !== 'edit' || change.edits.length > 0)).map(
    ({ change, phase, findings, needs, advice, undo }) => ({
      change,
      phase,
      findings,
      needs,
      az: resourceTypeOf(typeOf(change.resource)).az(change),
      ...(advice.length === 0 ? {} : { advice: saidOnce(advice) }),
      undo,
    }),
  );
}
