// Every export format, in the order of help, and a plan in one of them.
import { exitStatus, Failure } from '../../model/failure.ts';
import type { Plan } from '../../model/plan.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import { type Requested, type RequestText, requestsOf } from '../../plan/index.ts';
import { arm, inAscii } from './arm.ts';
import { az } from './az.ts';
import { pwsh } from './pwsh.ts';
import type { Exported, ExportShape } from './shape.ts';

export type { Exported } from './shape.ts';
export { inAscii };
export const shapes: readonly [ExportShape, ...ExportShape[]] = [arm, az, pwsh];

export function exported(plan: Plan, snapshot: Snapshot, shape: ExportShape): Exported {
  return shape.render({ plan, steps: unmoved(plan, snapshot, shape.speaks), readAt: snapshot.takenAt });
}

/** The requests of a plan. Throws Failure (exit 4) where a setting that the plan changes has moved since. */
export function unmoved(plan: Plan, snapshot: Snapshot, speech: RequestText): readonly Requested[] {
  const { steps, moved } = requestsOf(plan, snapshot, speech);
  if (moved.length > 0) {
    throw new Failure(
      'drift',
      exitStatus.notSent,
      `These settings changed after the plan was made: ${clean(moved.join(', '), 1000)}.`,
      'Make a new plan and export that.',
      moved.map((one) => clean(one, 400)),
    );
  }
  return steps;
}
