// What users read of a rule: for explanations, documents and lists of rules. The registry of rules holds more.
import type { Profile } from './assumption.ts';
import type { FixKind, Severity, UndoClass } from './finding.ts';

export interface RuleEntry {
  readonly id: string;
  /** The requirement: what must hold. */
  readonly title: string;
  /** The problem: what is wrong when it does not hold. */
  readonly problem: string;
  readonly severity: Severity;
  readonly profiles: readonly Profile[];
  readonly about: string;
  readonly fixKind: FixKind;
  readonly undo: UndoClass;
  readonly explain: {
    readonly why: string;
    readonly fix: string;
    readonly breaks: string;
    readonly links: readonly string[];
  };
  readonly for: readonly string[];
  readonly gates: readonly string[];
  /** Rules whose checks it repeats. */
  readonly rollsUp?: readonly string[];
  /** The operator's file it comes from; absent: it comes with Bastide. */
  readonly file?: string;
}
