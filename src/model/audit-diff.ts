// Two audits of one workspace compared: findings opened, closed and changed, and the settings that changed. Pure.
import { type Finding, isCounted, isOpen, type Outcome } from './finding.ts';
import type { Json } from './json.ts';
import { type AuditedOutcome, outcomeTurn } from './outcome-turn.ts';
import { acceptedWords } from './project-config.ts';
import type { SettingChange } from './snapshot-changes.ts';

/** One side of the comparison. */
export interface DiffSide {
  /** As it was named; for what was scanned, its source. */
  readonly name: string;
  readonly kind: 'report' | 'files' | 'scan';
  readonly takenAt: string | null;
  readonly workspace: string | null;
}

/** An audit as it is compared. */
export interface DiffedAudit {
  readonly side: DiffSide;
  readonly findings: readonly Finding[];
  /** It lists what passes and does not apply too. */
  readonly isComplete: boolean;
}

export interface ClosedFinding extends Finding {
  /** What it is now: it passes, does not apply, or its resource or rule is gone; null where the newer audit does not say. */
  readonly now: Exclude<Outcome, 'fail' | 'unknown'> | 'absent' | null;
}

export interface FindingChange {
  readonly member: 'outcome' | 'severity' | 'accepted' | 'because';
  readonly before: Json;
  readonly after: Json;
}

export interface ChangedFinding extends Finding {
  /** The rest is as it is now. */
  readonly changes: readonly FindingChange[];
}

export interface AuditDiff {
  readonly old: DiffSide;
  readonly new: DiffSide;
  /** Roll-ups are counted nowhere. */
  readonly summary: {
    readonly opened: number;
    readonly closed: number;
    readonly changed: number;
    readonly unchanged: number;
  };
  /** It fails and did not, or is unknown and neither failed nor was unknown. As it is now, the gravest first. */
  readonly opened: readonly Finding[];
  /** It failed or was unknown, and now neither fails nor is unknown. As it was. */
  readonly closed: readonly ClosedFinding[];
  /** It is open in both, and something else is said of it. */
  readonly changed: readonly ChangedFinding[];
  /** Null where one side has no settings: the JSON of an audit contains none. */
  readonly settings: readonly SettingChange[] | null;
}

const audited = (finding: Finding | undefined): AuditedOutcome =>
  finding?.accepted !== undefined && finding.outcome === 'fail' ? 'accepted' : finding?.outcome;

export function diffAudits(older: DiffedAudit, newer: DiffedAudit, settings: AuditDiff['settings']): AuditDiff {
  const before = new Map(older.findings.map((one) => [one.id, one]));
  const after = new Map(newer.findings.map((one) => [one.id, one]));
  const opened: Finding[] = [];
  const changed: ChangedFinding[] = [];
  let unchanged = 0;
  for (const finding of newer.findings.filter(isOpen)) {
    const was = before.get(finding.id);
    const turn = outcomeTurn(audited(was), audited(finding));
    if (turn === 'introduced' || turn === 'unread') opened.push(finding);
    else {
      const changes = was === undefined ? [] : differences(was, finding);
      if (changes.length > 0) changed.push({ ...finding, changes });
      else if (isCounted(finding)) unchanged += 1;
    }
  }
  const closed = older.findings.filter(isOpen).flatMap((was): ClosedFinding[] => {
    const { outcome } = after.get(was.id) ?? {};
    if (outcome === 'fail' || outcome === 'unknown') return [];
    return [{ ...was, now: outcome ?? (newer.isComplete ? 'absent' : null) }];
  });
  const count = (findings: readonly Finding[]) => findings.filter(({ rollUp }) => rollUp !== true).length;
  return {
    old: older.side,
    new: newer.side,
    summary: { opened: count(opened), closed: count(closed), changed: count(changed), unchanged },
    ...{ opened, closed, changed, settings },
  };
}

function differences(before: Finding, after: Finding): FindingChange[] {
  const acceptance = ({ accepted }: Finding): Json => (accepted === undefined ? null : acceptedWords(accepted));
  const members: readonly FindingChange[] = [
    { member: 'outcome', before: before.outcome, after: after.outcome },
    { member: 'severity', before: before.severity, after: after.severity },
    { member: 'accepted', before: acceptance(before), after: acceptance(after) },
    { member: 'because', before: before.because, after: after.because },
  ];
  return members.filter((one) => one.before !== one.after);
}
