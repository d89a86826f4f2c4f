// Every export format, in the order of help, and a plan in one of them.
import { exitStatus, Failure } from '../../model/failure.ts';
import type { Plan } from '../../model/plan.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import { requestsOf } from '../../plan/index.ts';
import { arm } from './arm.ts';
import { az } from './az.ts';
import { pwsh } from './pwsh.ts';
import type { Exported, ExportShape } from './shape.ts';

export type { Exported } from './shape.ts';
export const shapes: readonly [ExportShape, ...ExportShape[]] = [arm, az, pwsh];

/** Throws Failure (exit 4) where a setting that the plan changes has moved since. */
export function exported(plan: Plan, snapshot: Snapshot, shape: ExportShape): Exported {
  const { steps, moved } = requestsOf(plan, snapshot, shape.speaks);
  if (moved.length > 0) {
    throw new Failure(
      'drift',
      exitStatus.notSent,
      `These settings changed after the plan was made: ${clean(moved.join(', '), 1000)}.`,
      'Make a new plan and export that.',
      moved.map((one) => clean(one, 400)),
    );
  }
  return shape.render({ plan, steps, readAt: snapshot.takenAt });
}
