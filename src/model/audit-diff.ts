// Two audits of one workspace compared: findings opened, closed and changed, and the settings that changed. Pure.
import { checkedBy, laterOutcomes } from './compare.ts';
import { type Finding, isCounted, isOpen, type Outcome } from './finding.ts';
import type { Json } from './json.ts';
import { type AuditedOutcome, outcomeTurn } from './outcome-turn.ts';
import { acceptedWords } from './project-config.ts';
import { failedOnlyIn, type Reading } from './reading.ts';
import { fold, isWithin, nameInParent } from './resource-id.ts';
import { isEveryRead, type NotRead, type SettingChange, type SnapshotComparison } from './snapshot-changes.ts';
import { clean } from './text.ts';

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
  /** What could not be read. */
  readonly reading: Reading;
  /** Ids of the rules that were checked; absent in a file of an older version. */
  readonly rules?: readonly string[] | undefined;
}

export interface OpenedFinding extends Finding {
  /** Its rule was not checked in the older audit: whether it failed then is not known. */
  readonly wasChecked?: false;
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
  /** The newer audit does not hold it, and a read failed that may have hidden it; the rest is as it was. */
  readonly notJudged?: true;
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
    /** Those of the changed that could not be judged; absent where it is none. */
    readonly notJudged?: number;
    /** Absent where it is none. */
    readonly notChecked?: number;
  };
  /** It fails and did not, or is unknown and neither failed nor was unknown. As it is now, the gravest first. */
  readonly opened: readonly OpenedFinding[];
  /** It failed or was unknown, and now neither fails nor is unknown, nor is it hidden by a failed read. As it was. */
  readonly closed: readonly ClosedFinding[];
  /** It failed or was unknown, and its rule was not checked in the newer audit; as it was. Absent where there is none. */
  readonly notChecked?: readonly Finding[];
  /** It is open in both, and something else is said of it. */
  readonly changed: readonly ChangedFinding[];
  /** Null where one side has no settings: the JSON of an audit contains none. */
  readonly settings: readonly SettingChange[] | null;
  /** Absent where everything could be compared. */
  readonly notRead?: NotRead;
}

/** Did it fail, and is unknown or could not be judged now? */
export const isLost = ({ outcome, changes }: ChangedFinding): boolean =>
  outcome === 'unknown' && changes.some(({ member }) => member === 'outcome');

const audited = (finding: Finding | undefined): AuditedOutcome =>
  finding?.accepted !== undefined && finding.outcome === 'fail' ? 'accepted' : finding?.outcome;

/** `compared`: their snapshots; null where one side has none. */
export function diffAudits(
  older: DiffedAudit,
  newer: DiffedAudit,
  compared: (Pick<SnapshotComparison, 'changes'> & Partial<SnapshotComparison>) | null,
): AuditDiff {
  const before = new Map(older.findings.map((one) => [one.id, one]));
  const opened: OpenedFinding[] = [];
  const wasChecked = checkedBy(older.rules);
  const changed: ChangedFinding[] = [];
  let unchanged = 0;
  for (const finding of newer.findings.filter(isOpen)) {
    const was = before.get(finding.id);
    const isFirst = was === undefined && !wasChecked(finding.id);
    const turn = outcomeTurn(isFirst ? 'notChecked' : audited(was), audited(finding));
    if (turn === 'introduced' || turn === 'found' || turn === 'unread') {
      opened.push(isFirst ? { ...finding, wasChecked: false } : finding);
    } else {
      const changes = was === undefined ? [] : differences(was, finding);
      if (changes.length > 0) changed.push({ ...finding, changes });
      else if (isCounted(finding)) unchanged += 1;
    }
  }
  const later = laterOutcomes(older.reading, newer);
  const closed: ClosedFinding[] = [];
  const notChecked: Finding[] = [];
  for (const was of older.findings.filter(isOpen)) {
    const now = later(was.id);
    if (now === 'fail' || now === 'unknown') continue;
    if (now === 'notChecked') notChecked.push(was);
    else if (now !== 'notJudged')
      closed.push({ ...was, now: now !== 'gone' ? now : newer.isComplete ? 'absent' : null });
    else if (was.outcome === 'fail') changed.push(hidden(was, failedOnlyIn(newer.reading, older.reading)));
    else if (isCounted(was)) unchanged += 1;
  }
  const count = (findings: readonly Finding[]) => findings.filter(({ rollUp }) => rollUp !== true).length;
  const notJudged = count(changed.filter((one) => one.notJudged === true));
  return {
    old: older.side,
    new: newer.side,
    summary: {
      opened: count(opened),
      closed: count(closed),
      changed: count(changed),
      unchanged,
      ...(notJudged === 0 ? {} : { notJudged }),
      ...(notChecked.length === 0 ? {} : { notChecked: count(notChecked) }),
    },
    ...{ opened, closed, changed, settings: compared?.changes ?? null },
    ...(notChecked.length === 0 ? {} : { notChecked }),
    ...(compared?.notRead === undefined || isEveryRead(compared.notRead) ? {} : { notRead: compared.notRead }),
  };
}

/**
 * The opened and the closed of two audits without what the older one could not know, because reads failed in it that did not fail in the
 * newer one; and that, as it is now.
 */
export function knownBefore(
  { opened, closed }: Pick<AuditDiff, 'opened' | 'closed'>,
  older: DiffedAudit,
  newer: DiffedAudit,
): Pick<AuditDiff, 'opened' | 'closed'> & { readonly notKnownBefore: readonly Finding[] } {
  const unread = failedOnlyIn(older.reading, newer.reading);
  const then = new Map(older.findings.map((one) => [one.id, one]));
  const now = new Map(newer.findings.map((one) => [one.id, one]));
  const isNotKnown = ({ id, resource, where }: Finding): boolean => {
    const was = then.get(id);
    if (was !== undefined) return was.outcome === 'unknown' && was.gaps.some((gap) => unread.includes(fold(gap)));
    return [resource, where ?? ''].some((one) => one.startsWith('/') && unread.some((gap) => isWithin(one, gap)));
  };
  const hidden = [...opened, ...closed].filter(isNotKnown).map((one) => now.get(one.id) ?? one);
  return {
    opened: opened.filter((one) => !isNotKnown(one)),
    closed: closed.filter((one) => !isNotKnown(one)),
    notKnownBefore: hidden,
  };
}

/** A finding of which the newer audit says nothing, because these reads failed. */
function hidden({ accepted: _accepted, ...was }: Finding, gaps: readonly string[]): ChangedFinding {
  const because = `It could not be checked: ${named(gaps)} could not be read.`;
  const now: Finding = { ...was, outcome: 'unknown', because, evidence: [], gaps };
  return { ...now, changes: [{ member: 'outcome', before: was.outcome, after: now.outcome }], notJudged: true };
}

/** So many are named; of more, how many there are. */
const mostNamed = 3;
function named(ids: readonly string[]): string {
  const names = ids.slice(0, mostNamed).map((id) => clean(nameInParent(id.replace(/\?.*$/s, '')), 120));
  const more = ids.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
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
