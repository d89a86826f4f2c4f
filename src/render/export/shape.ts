// The contract of a shape that a plan is exported in: the text of a file, and what of the plan it does not say.
import type { Plan } from '../../model/plan.ts';
import { nameInParent } from '../../model/resource-id.ts';
import type { Requested, Speech } from '../../plan/index.ts';

export interface ExportInput {
  readonly plan: Plan;
  readonly steps: readonly Requested[];
  /** ISO 8601: when what goes along unchanged was read. */
  readonly readAt: string;
}

export interface Exported {
  readonly text: string;
  /** Sentences for whoever is about to use it: steps that are missing, and what to look out for. */
  readonly notes: readonly string[];
}

export interface ExportShape {
  /** As `--as` takes it. */
  readonly name: string;
  readonly title: string;
  readonly speaks: Speech;
  /** How the text is carried out. */
  readonly use: string;
  render(input: ExportInput): Exported;
}

/** Steps that the text does not hold, with what does the same by hand. Those that Azure shows done are no loss. */
export const missingNotes = (steps: readonly Requested[]): string[] =>
  steps.flatMap(({ step, request }) =>
    'why' in request && !request.done
      ? [
          `Not included: ${step.change.kind} ${nameInParent(step.change.resource)}. ${request.why}${step.az === '' ? '' : ` Run instead: ${step.az}`}`,
        ]
      : [],
  );
