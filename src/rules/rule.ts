// The contract of a rule: one check, with its explanation and, where there is one, its fix.

import type { FlowQuestion } from '../facts/flows.ts';
import type { Architecture, AssumptionName, Profile, ProfileChoice } from '../model/assumption.ts';
import type { Change } from '../model/change.ts';
import type { FlowEndKind } from '../model/effect.ts';
import type { Evidence, Finding, FixKind, Outcome, Severity, UndoClass } from '../model/finding.ts';
import type { Phase } from '../model/plan.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { SnapshotIndex } from '../model/snapshot-index.ts';

/** The subject of a finding; `where` is the second half of a pair (account and subnet). */
export interface Subject {
  readonly resource: string;
  readonly where?: string;
  /** Stands for subjects that this failed read may hide. */
  readonly unread?: ReadFailure;
}

/**
 * The subjects of a rule, and the typed value that its `check` and `fix` receive for each. `T` must have no member `outcome`.
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
  /** Given where it is lower than the rule's. */
  readonly severity?: Severity;
  /** Of an unknown one: the assumption that would decide it, and is not set. */
  readonly unset?: AssumptionName;
}

/** Facts shared by the rules of one audit; computed once (architecture, strategy, needs). */
export interface RuleContext {
  readonly index: SnapshotIndex;
  readonly profile: ProfileChoice;
  /**
   * True while a plan checks the gates of a restricting fix: the default action counts as Deny, so that the fix introduces no
   * finding (docs/reference/plan-order.md).
   */
  readonly assumeDenyByDefault: boolean;
  /** For fixes: is it of this plan, or does the history say that Bastide created it? Absent: nothing is. */
  readonly isOwn?: (id: string) => boolean;
}

export interface Proposal {
  readonly change: Change;
  readonly phase: Phase;
  /** What to know besides its effects, which are computed: nothing of access, interruption, cost or undo. */
  readonly advice?: string;
}

/** Answers for a guided fix, and `ip` for fixes that allow an address. */
export type Answers = Readonly<Record<string, string>>;

/** The values of an answer, in any letter case; or, where it is free, what it is: `NAME`, `VNET/NAME`. */
export type AnswerValues = readonly string[] | string;

export interface Rule {
  /** Public and permanent; never reused. */
  readonly id: string;
  /** The requirement: what must hold. Under 60 characters. */
  readonly title: string;
  /** The problem: what is wrong when it does not hold. Under 60 characters; begins with what differs. */
  readonly problem: string;
  readonly severity: Severity;
  readonly profiles: readonly Profile[];
  /** The architectures it applies to. */
  readonly for: readonly Architecture[];
  /** What the architectures are compared with: the strategy of the subject, or the workspace's architecture. */
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
  /** The answers that the fix reads, by name; it sees no others. */
  readonly answers?: Readonly<Record<string, AnswerValues>>;
  /** Rules whose findings on the same resource must pass, or be satisfied by the same plan, before the fix is sent. */
  readonly gates: readonly string[];
  /** Rules whose findings on the same resource this fix introduces: a plan for this rule fixes them too. */
  readonly carries?: readonly string[];
  /** Rules whose checks this one repeats for the same resource: what only says what their findings say is a roll-up. */
  readonly rollsUp?: readonly string[];
  /** Sources that its findings name beside their subject: what its fix opens for them needs no question. */
  readonly opensFor?: readonly FlowEndKind[];
  /** Why it does not apply to hubs and projects, which have neither compute clusters nor a network of the customer. */
  readonly notForHubs?: string;
  /** The rule that applies instead for other architectures. */
  readonly instead?: string;
  /** The operator's file it comes from; absent: it comes with Bastide. */
  readonly file?: string;
  subjects(context: RuleContext): readonly Subject[];
  /** The failed read that may hide other subjects; undefined where none does. */
  unread?(context: RuleContext): ReadFailure | undefined;
  /** The flows that decide a subject, for rules about traffic; live checks by Azure use them. */
  flows?(subject: Subject, context: RuleContext): readonly FlowQuestion[];
  check(subject: Subject, context: RuleContext): CheckResult;
  /** The changes that fix the finding, or a sentence why there is none. */
  fix?(finding: Finding, context: RuleContext, answers: Answers): readonly Proposal[] | string;
}
