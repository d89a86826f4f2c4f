// What came of a plan that was carried out on a copy of what had been read: evidence, kept with the plan and in the history.

/** An error of Azure's, in its own words. */
export interface WhatIfRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: readonly { readonly code: string; readonly message: string }[];
}

export interface WhatIfStep {
  readonly resource: string;
  /** `skipped`: it is so already, or an earlier step ended the run. `unknown`: it hangs on what nobody has read. */
  readonly state: 'done' | 'refused' | 'unknown' | 'skipped';
  readonly refusal: WhatIfRefusal | null;
  /** Why, where no refusal says it. */
  readonly message: string | null;
  /** Ids that decided, and that nobody has read. */
  readonly unread: readonly string[];
}

/** A finding of which the plan's preview says something else than the rehearsal. */
export interface Difference {
  readonly finding: string;
  readonly preview: 'resolves' | 'introduces' | 'unchanged';
  readonly rehearsal: 'resolves' | 'introduces' | 'unknown' | 'unchanged';
}

export interface WhatIf {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Id of the snapshot that it was played on. */
  readonly snapshot: string;
  /** `done`: every write would go through. `refused`: one would not. `unknown`: one hangs on what nobody has read. */
  readonly outcome: 'done' | 'refused' | 'unknown';
  readonly steps: readonly WhatIfStep[];
  /** Ids of findings, as in a plan's preview. */
  readonly resolves: readonly string[];
  readonly introduces: readonly string[];
  /** Of those that the plan is about: what still fails. */
  readonly persists: readonly string[];
  /** What nobody can say afterwards, though it failed before or the plan is about it. */
  readonly unknown: readonly string[];
  readonly differences: readonly Difference[];
  /** What could not be rehearsed, a sentence each. */
  readonly limits: readonly string[];
}
