// The contract of a rule: one judgement, with its explanation and, where there is one, its fix. One file per rule.

import type { FlowQuestion } from '../facts/flows.ts';
import type { Architecture, Profile, ProfileChoice } from '../model/assumption.ts';
import type { Change } from '../model/change.ts';
import type { Evidence, Finding, FixKind, Outcome, Severity, UndoClass } from '../model/finding.ts';
import type { Phase } from '../model/plan.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';

/** What a finding is attached to; `where` is the second half of a pair (account and subnet). */
export interface Subject {
  readonly resource: string;
  readonly where?: string;
}

/**
 * What the findings of a rule are attached to, and the typed value that its `check` and `fix` receive for each. `T` must have no
 * member `outcome`.
 */
export interface Subjects<T> {
  list(context: RuleContext): readonly Subject[];
  /** The value, or the result where there is nothing to check. May throw UnreadableError: the outcome is then unknown. */
  resolve(subject: Subject, context: RuleContext): T | CheckResult;
}

export interface CheckResult {
  readonly outcome: Outcome;
  /** One sentence. */
  readonly because: string;
  readonly evidence?: readonly Evidence[];
  /** Lower than the rule's own where the verdict says so. */
  readonly severity?: Severity;
}

/** Facts shared by the rules of one audit; computed once (architecture, strategy, needs). */
export interface RuleContext {
  readonly index: SnapshotIndex;
  readonly profile: ProfileChoice;
  /**
   * True while a plan judges the gates of a closing fix: the door counts as shut already, so that shutting it brings no
   * new finding (catalogue section 5).
   */
  readonly assumeDenyByDefault: boolean;
}

export interface Proposal {
  readonly change: Change;
  readonly phase: Phase;
  /** What the confirmation must say; absent: "adds access for the named source only". */
  readonly risk?: string;
}

/** Answers handed to a guided fix, and `ip` for the fixes that admit an address. */
export type Answers = Readonly<Record<string, string>>;

export interface Rule {
  /** As in the rule catalogue; never reused. */
  readonly id: string;
  /** The requirement: what must hold. Under 60 characters. */
  readonly title: string;
  /** The problem: what is wrong when it does not hold. Under 60 characters; begins with what differs. */
  readonly problem: string;
  readonly severity: Severity;
  readonly profiles: readonly Profile[];
  /** The architectures it speaks about. */
  readonly for: readonly Architecture[];
  /** Whose strategy the letters are held against: the subject's, or the workspace's architecture. */
  readonly strategyScope: 'subject' | 'workspace';
  /** ARM type of the subject's resource. */
  readonly about: string;
  readonly explain: {
    readonly why: string;
    readonly fix: string;
    readonly breaks: string;
    readonly links: readonly string[];
  };
  readonly fixKind: FixKind;
  readonly undo: UndoClass;
  /** Rules whose findings on the same resource must pass, or be opened by the same plan, before the fix is sent. */
  readonly gates: readonly string[];
  /** Rules whose finding on the same resource this fix brings about: a plan for this one mends them along with it. */
  readonly carries?: readonly string[];
  /** The rule that judges instead, outside the letters. */
  readonly instead?: string;
  subjects(context: RuleContext): readonly Subject[];
  /** The flows that a subject is judged by, for rules about traffic: what Azure can be asked about. */
  flows?(subject: Subject, context: RuleContext): readonly FlowQuestion[];
  check(subject: Subject, context: RuleContext): CheckResult;
  /** The changes that mend the finding, or a sentence saying why there is none. */
  fix?(finding: Finding, context: RuleContext, answers: Answers): readonly Proposal[] | string;
}
