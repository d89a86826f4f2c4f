// The result of a what-if: a plan applied to a copy of the snapshot. Stored with the plan and in the history.

/** An error of Azure's, in its own words. */
export interface WhatIfRefusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: readonly { readonly code: string; readonly message: string }[];
}

export interface WhatIfStep {
  readonly resource: string;
  /**
   * `skipped`: no change is needed, or an earlier step ended the run. `unknown`: it depends on a resource that was not read.
   */
  readonly state: 'done' | 'refused' | 'unknown' | 'skipped';
  readonly refusal: WhatIfRefusal | null;
  /** Why, where no refusal says it. */
  readonly message: string | null;
  /** Ids of the resources it depends on that were not read. */
  readonly unread: readonly string[];
}

/** A finding on which the plan's preview and the what-if differ. */
export interface Difference {
  readonly finding: string;
  readonly preview: 'resolves' | 'introduces' | 'unchanged';
  readonly rehearsal: 'resolves' | 'introduces' | 'unknown' | 'unchanged';
}

export interface WhatIf {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Id of the snapshot it ran on. */
  readonly snapshot: string;
  /**
   * `done`: every write would succeed. `refused`: one would be rejected. `unknown`: one depends on a resource that was not
   * read.
   */
  readonly outcome: 'done' | 'refused' | 'unknown';
  readonly steps: readonly WhatIfStep[];
  /** Ids of findings, as in a plan's preview. */
  readonly resolves: readonly string[];
  readonly introduces: readonly string[];
  /** Findings of the plan that still fail. */
  readonly persists: readonly string[];
  /** Findings that are unknown afterwards, though they failed before or the plan is about them. */
  readonly unknown: readonly string[];
  readonly differences: readonly Difference[];
  /** What the what-if could not include, one sentence each. */
  readonly limits: readonly string[];
}
