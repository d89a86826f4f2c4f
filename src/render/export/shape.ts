// The contract of an export format of a plan: the text of a file, and the parts of the plan that it omits.
import type { Plan } from '../../model/plan.ts';
import { nameInParent } from '../../model/resource-id.ts';
import type { Requested, RequestText } from '../../plan/index.ts';

export interface ExportInput {
  readonly plan: Plan;
  readonly steps: readonly Requested[];
  /** ISO 8601: when the unchanged parts were read. */
  readonly readAt: string;
}

export interface Exported {
  readonly text: string;
  /** Notes for its user: missing steps and cautions. */
  readonly notes: readonly string[];
}

export interface ExportShape {
  /** The value of `--as`. */
  readonly name: string;
  readonly title: string;
  readonly speaks: RequestText;
  render(input: ExportInput): Exported;
}

/** Steps that the text omits, with the manual equivalent. Those already applied in Azure do not count. */
export const missingNotes = (steps: readonly Requested[]): string[] =>
  steps.flatMap(({ step, request }) =>
    'why' in request && !request.done
      ? [
          `Not included: ${step.change.kind} ${nameInParent(step.change.resource)}. ${request.why}${step.az === '' ? '' : ` Run instead: ${step.az}`}`,
        ]
      : [],
  );
