// Two audits of one workspace compared: findings opened, closed and changed, and the settings that changed. Pure.
import type { Assumptions } from './assumption.ts';
import { type AssumptionChange, assumptionChanges } from './assumption-values.ts';
import { checkedBy, laterOutcomes } from './compare.ts';
import { type Finding, isCounted, isOpen, type Outcome } from './finding.ts';
import type { Json } from './json.ts';
import { type AuditedOutcome, outcomeTurn } from './outcome-turn.ts';
import { acceptedWords } from './project-config.ts';
import { failedOnlyIn, type Reading } from './reading.ts';
import { isWithin, nameInParent } from './resource-id.ts';
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
  /** As they were declared; null where that is not known, as of a file of an older version. */
  readonly assumptions?: Assumptions | null;
}

export interface OpenedFinding extends Finding {
  /** Its rule was not checked in the older audit: whether it failed then is not known. */
  readonly wasChecked?: false;
}

export interface ClosedFinding extends Finding {
  /** What it is now: it passes, does not apply, or its resource or rule is gone; null where the newer audit does not say. */
  readonly now: Exclude<Outcome, 'fail' | 'unknown'> | 'absent' | null;
}

/** A finding of which one of the audits knows whether it fails, and the other does not. It is neither new nor resolved. */
export interface KnowledgeChange extends Finding {
  /**
   * Null where the older audit has none of its subject; `notJudged`: a read failed that may have hidden it; `notListed`: the older one lists
   * what fails or is unknown, and it is not among that.
   */
  readonly was: Outcome | 'notJudged' | 'notListed' | null;
  /** What it was is not known because a read failed. */
  readonly wasUnread?: true;
  /** As {@link ClosedFinding.now}, where it is known; the rest is then as it was. */
  readonly now: Outcome | 'notJudged' | 'absent' | null;
}

/**
 * Of what is known now and was not: is it open whether it failed before, so that a comparison cannot say what is new? Where a read failed
 * then; and where it fails now, for which reason ever it was unknown. One that was unknown without a failed read and does not fail now is
 * not new. Everything that ends with a status by it asks here.
 */
export const isLearned = ({ now, wasUnread }: Pick<KnowledgeChange, 'now' | 'wasUnread'>): boolean =>
  !isLost({ now }) && (now === 'fail' || wasUnread === true);

/** Is it unknown now, and was not? */
export const isLost = ({ now }: Pick<KnowledgeChange, 'now'>): boolean => now === 'unknown' || now === 'notJudged';

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
    /** Became known or unknown; absent where it is none. */
    readonly knowledge?: number;
    /** Those of them that could not be judged; absent where it is none. */
    readonly notJudged?: number;
    /** Absent where it is none. */
    readonly notChecked?: number;
  };
  /** It fails and did not, or its rule was not checked before. As it is now, the gravest first. */
  readonly opened: readonly OpenedFinding[];
  /** It failed, and now neither fails nor is unknown, nor is it hidden by a failed read. As it was. */
  readonly closed: readonly ClosedFinding[];
  /** It failed or was unknown, and its rule was not checked in the newer audit; as it was. Absent where there is none. */
  readonly notChecked?: readonly Finding[];
  /** It is open in both, and something else is said of it. */
  readonly changed: readonly ChangedFinding[];
  /** It became known or unknown. Absent where there is none. */
  readonly knowledge?: readonly KnowledgeChange[];
  /** Assumptions that are declared otherwise; absent where all are the same, null where one side does not tell them. */
  readonly assumptions?: readonly AssumptionChange[] | null;
  /** Null where one side has no settings: the JSON of an audit contains none. */
  readonly settings: readonly SettingChange[] | null;
  /** Absent where everything could be compared. */
  readonly notRead?: NotRead;
}

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
  const wasHidden = hiddenIn(older, newer);
  const changed: ChangedFinding[] = [];
  const knowledge: KnowledgeChange[] = [];
  let unchanged = 0;
  for (const finding of newer.findings.filter(isOpen)) {
    const was = before.get(finding.id);
    const isFirst = was === undefined && !wasChecked(finding.id);
    const isHidden = was === undefined && !isFirst && wasHidden(finding);
    const turn = outcomeTurn(isFirst ? 'notChecked' : isHidden ? 'notJudged' : audited(was), audited(finding));
    const wasKnown = was?.outcome !== 'unknown' && !isHidden;
    if (turn !== 'found' && wasKnown === (finding.outcome === 'unknown')) {
      const told = older.isComplete ? null : 'notListed';
      knowledge.push({
        ...{ ...finding, was: isHidden ? 'notJudged' : (was?.outcome ?? told), now: finding.outcome },
        ...(isHidden || isUnread(was) ? { wasUnread: true as const } : {}),
      });
    } else if (turn === 'introduced' || turn === 'found') {
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
    else if (now === 'notJudged') {
      if (was.outcome === 'fail') knowledge.push(hidden(was, failedOnlyIn(newer.reading, older.reading)));
      else if (isCounted(was)) unchanged += 1;
    } else {
      const told = now !== 'gone' ? now : newer.isComplete ? 'absent' : null;
      if (was.outcome === 'unknown')
        knowledge.push({ ...was, was: 'unknown', now: told, ...(isUnread(was) ? { wasUnread: true as const } : {}) });
      else closed.push({ ...was, now: told });
    }
  }
  const count = (findings: readonly Finding[]) => findings.filter(({ rollUp }) => rollUp !== true).length;
  const notJudged = count(knowledge.filter(({ now }) => now === 'notJudged'));
  const assumptions = assumptionChanges(older.assumptions, newer.assumptions);
  return {
    old: older.side,
    new: newer.side,
    summary: {
      opened: count(opened),
      closed: count(closed),
      changed: count(changed),
      unchanged,
      ...(knowledge.length === 0 ? {} : { knowledge: count(knowledge) }),
      ...(notJudged === 0 ? {} : { notJudged }),
      ...(notChecked.length === 0 ? {} : { notChecked: count(notChecked) }),
    },
    ...{ opened, closed, changed, settings: compared?.changes ?? null },
    ...(knowledge.length === 0 ? {} : { knowledge }),
    ...(assumptions?.length === 0 ? {} : { assumptions }),
    ...(notChecked.length === 0 ? {} : { notChecked }),
    ...(compared?.notRead === undefined || isEveryRead(compared.notRead) ? {} : { notRead: compared.notRead }),
  };
}

/** Is it unknown because a read failed? */
const isUnread = (finding: Finding | undefined): boolean => finding?.outcome === 'unknown' && finding.gaps.length > 0;

/** Of what the older audit does not hold: may reads have hidden it that failed in it, and not in the newer one? */
function hiddenIn(older: DiffedAudit, newer: DiffedAudit): (finding: Finding) => boolean {
  const unread = failedOnlyIn(older.reading, newer.reading);
  return ({ resource, where }) =>
    [resource, where ?? ''].some((one) => one.startsWith('/') && unread.some((gap) => isWithin(one, gap)));
}

/** A finding of which the newer audit says nothing, because these reads failed. */
function hidden({ accepted: _accepted, ...was }: Finding, gaps: readonly string[]): KnowledgeChange {
  const because = `It could not be checked: ${named(gaps)} could not be read.`;
  return { ...was, outcome: 'unknown', because, evidence: [], gaps, was: was.outcome, now: 'notJudged' };
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
