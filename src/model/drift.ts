// What changed in a workspace between two moments, by whom, and which findings it opened and closed. Pure.
import type { AuditDiff, ClosedFinding, KnowledgeChange } from './audit-diff.ts';
import type { Finding } from './finding.ts';
import type { MayBeOwn } from './hidden-acts.ts';
import type { NotCompared } from './not-compared.ts';
import type { Identity, Snapshot } from './snapshot.ts';
import type { NotRead, SettingChange } from './snapshot-changes.ts';
import { utcMinute } from './text.ts';

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
  /** Why it is not known whether Bastide itself set it; absent where that is known. */
  readonly mayBeOwn?: MayBeOwn;
}

/** Settings of one resource that one author, or an unknown one, changed. */
export interface DriftChange {
  /** The resource that Azure keeps records of: of a subnet its virtual network. */
  readonly target: string;
  /** The last of the writes; null: unknown. */
  readonly author: ChangeAuthor | null;
  readonly settings: readonly DriftSetting[];
  /** Ids of findings; absent where it was not computed which change opened or closed what. */
  readonly opened?: readonly string[];
  readonly closed?: readonly string[];
  /** Why `restore` does not put it back, in a sentence; null where it does. */
  readonly notRestorable: string | null;
}

export interface DriftReport {
  readonly workspace: string | null;
  readonly since: { readonly name: string; readonly at: string | null };
  readonly until: string;
  /** Why the change records that the older state is made of were not read, or not all: what changed is then not known. */
  readonly olderUnread?: string;
  /** Of an older state that is made of change records: what they do not tell. Absent of a snapshot. */
  readonly notCompared?: readonly NotCompared[];
  /** What is said of the records and of the history: not read, not kept that long. */
  readonly notes: readonly string[];
  readonly changes: readonly DriftChange[];
  readonly opened: readonly Finding[];
  readonly closed: readonly ClosedFinding[];
  /** What was known, and is unknown or could not be judged now; absent where it is none. */
  readonly unknown?: readonly KnowledgeChange[];
  /**
   * What fails, is unknown, or passes now, and of which it is not known what it was: it was unknown, or the older state lacks what it needs.
   * Absent where it is none.
   */
  readonly notKnownBefore?: readonly KnowledgeChange[];
  /** Assumptions that are declared otherwise; absent where all are the same. */
  readonly assumptions?: AuditDiff['assumptions'];
  /** What could not be read: whether it was created, deleted or changed is not known. Absent where everything was read. */
  readonly notRead?: NotRead;
}

/** What to ask of drift where only who changed what between two snapshots is wanted, without findings. `known`: records and callers. */
export const authorsOnly = <Known extends object>(old: Snapshot, now: Snapshot, known: Known) => ({
  ...{ ...known, old, now, diff: { opened: [], closed: [] } },
  since: { name: utcMinute(old.takenAt), at: old.takenAt },
});

/** By what change records and the history name a caller. */
export const namesOfCaller = ({ name, objectId }: Pick<Identity, 'name' | 'objectId'>): string[] => [
  name,
  ...(objectId === undefined ? [] : [objectId]),
];
