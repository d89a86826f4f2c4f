// What changed in a workspace between two moments, by whom, and which findings it opened and closed. Pure data.
import type { ClosedFinding } from './audit-diff.ts';
import type { Finding } from './finding.ts';
import type { SettingChange } from './snapshot-changes.ts';

/** A write that changed a setting. */
export interface ChangeAuthor {
  /** As Azure names the caller: a user, an application id, `System`; null where only the history of Bastide knows the write. */
  readonly changedBy: string | null;
  readonly changedByType: string | null;
  readonly client: string | null;
  readonly operation: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Id of the history entry where the write was Bastide's own. */
  readonly entry: string | null;
  readonly record: string | null;
}

export interface DriftSetting extends SettingChange {
  /** The writes that led from the value before to the value now, the oldest first; empty where the author is unknown. */
  readonly authors: readonly ChangeAuthor[];
  /** Why the author is unknown, as a clause; null where it is known. */
  readonly unknown: string | null;
}

/** Settings of one resource that one author, or an unknown one, changed. */
export interface DriftChange {
  /** The resource that Azure keeps records of: of a subnet its virtual network. */
  readonly target: string;
  /** The last of the writes; null: unknown. */
  readonly author: ChangeAuthor | null;
  readonly settings: readonly DriftSetting[];
  /** Ids of findings. */
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  /** Why `restore` does not put it back, in a sentence; null where it does. */
  readonly notRestorable: string | null;
}

export interface DriftReport {
  readonly workspace: string | null;
  readonly since: { readonly name: string; readonly at: string | null };
  readonly until: string;
  /** What is said of the records: not read, not kept that long. */
  readonly notes: readonly string[];
  readonly changes: readonly DriftChange[];
  readonly opened: readonly Finding[];
  readonly closed: readonly ClosedFinding[];
}
