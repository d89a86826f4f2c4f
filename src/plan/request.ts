// What a plan is asked for.

import type { ProfileChoice } from '../model/assumption.ts';
import type { Change } from '../model/change.ts';
import type { EffectKind } from '../model/effect.ts';
import type { Finding, Report } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Rule } from '../rules/rule.ts';

export interface PlanRequest {
  /** Finding ids or rule ids, or everything that is `auto`. */
  readonly targets: readonly string[] | 'all';
  readonly answers: Readonly<Record<string, string>>;
  /** Addresses, checked, for the fixes that allow one; they make such a fix run whatever its finding's outcome. */
  readonly ips: readonly string[];
  /** Only on this resource. */
  readonly resource?: string;
  /** Kinds of effects that fixes may have without being named, besides automatic ones. */
  readonly allowEffects?: readonly EffectKind[];
  readonly profile: ProfileChoice;
}

/**
 * The report with the results of what is unknown only because a parameter of the files has no value, and the same for each value that it
 * may have. `changes`: those that led from the files to what the report is of.
 */
export type DecideOpen = (report: Report, changes: readonly Change[]) => Report;

export interface PlanInput {
  readonly snapshot: Snapshot;
  readonly rules: readonly Rule[];
  readonly request: PlanRequest;
  /** Id of the plan to make. */
  readonly id: string;
  /** The audit of this snapshot with this profile, when it is at hand. */
  readonly report?: Report;
  /** Did Bastide create this resource? Without a history, none. */
  readonly isOwn?: (id: string) => boolean;
  /** Why `all` leaves a failing finding out though it is auto-fixable: it is accepted, or its rule is off. */
  readonly leftOut?: (finding: Finding) => string | undefined;
  readonly decide?: DecideOpen | undefined;
}
