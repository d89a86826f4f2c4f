// What the operator's own rules say of themselves: names and samples. Reading and checking them is in `custom-rules`.
import type { Outcome } from './finding.ts';

/** Ids of the operator's own rules begin with it, so that none is taken for one of Bastide's. */
export const customPrefix = 'custom.';

/** One sample of a rule, checked. */
export interface RuleSampleResult {
  readonly name: string;
  readonly line: number;
  readonly expected: Outcome;
  readonly outcome: Outcome;
  readonly because: string;
  readonly ok: boolean;
}

/** One rule with its samples, checked. */
export interface RuleTestResult {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
  readonly samples: readonly RuleSampleResult[];
  /** Outcomes that every rule must have a sample of, and this one has not. */
  readonly missing: readonly Outcome[];
}
