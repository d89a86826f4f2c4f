// A plan is data, and apply uses nothing else.

import type { Change } from './change.ts';
import type { Effect } from './effect.ts';
import type { ArchitectureAnswer, UndoClass } from './finding.ts';
import type { Manager } from './manager.ts';
import type { Pointer } from './pointer.ts';
import type { ReadFailure, Source } from './snapshot.ts';
import type { WhatIf } from './what-if.ts';

/** 0 prepare, 1 create, 2 allow access, 3 compute, 4 verify, 5 restrict access. */
export type Phase = 0 | 1 | 2 | 3 | 4 | 5;

export interface Step {
  readonly change: Change;
  readonly phase: Phase;
  /** Ids of the findings that this step resolves. */
  readonly findings: readonly string[];
  /** Rule ids that must pass, or be satisfied by this plan, before the step is sent. */
  readonly needs: readonly string[];
  /** The Azure CLI line that says the same. */
  readonly az: string;
  /** What it risks, in sentences made from its effects, and then `advice`. */
  readonly risk: string;
  /** What its rule knows besides its effects; absent where that is nothing. */
  readonly advice?: string;
  readonly undo: UndoClass;
  /** Why it is not sent: Azure has it already, or its settings changed after the plan was made; absent where it is to be sent. */
  readonly standing?: 'applied' | 'moved';
  /** What it does, on one line. */
  readonly does: string;
  /** The gravest first. */
  readonly effects: readonly Effect[];
  /** What puts its own settings back after this change; absent where no mark was found, which proves nothing. */
  readonly managedBy?: Manager;
}

/** Does it put back what this history saw before? Only then its effects need no approval. */
export const isOwnUndo = ({ verb, isImported }: Pick<Plan, 'verb' | 'isImported'>): boolean =>
  verb === 'undo' && isImported !== true;

export const isToSend = ({ standing }: Pick<Step, 'standing'>): boolean => standing === undefined;

export interface Gate {
  readonly kind: 'lock' | 'permission' | 'policy' | 'rule' | 'state' | 'lockout' | 'dependants';
  readonly outcome: 'pass' | 'fail' | 'unknown' | 'warn';
  readonly detail: string;
}

export interface Skipped {
  readonly finding: string;
  readonly reason: string;
}

/** A step of an entry that its undo or redo leaves out. */
export type NotUndone =
  | { readonly resource: string; readonly reason: 'no-body' }
  | { readonly resource: string; readonly reason: 'unreadable-entry'; readonly entry: string }
  /** `pointer`: the member by which Azure tells that it is not the one that the entry created or changed. */
  | {
      readonly resource: string;
      readonly reason: 'another-resource';
      readonly change: Change['kind'];
      readonly pointer: Pointer;
    }
  /** Azure has it already as the undo would leave it: others did that, or an earlier act. */
  | { readonly resource: string; readonly reason: 'already'; readonly change: Change['kind'] }
  /** It was changed, and no longer exists. `deleted`: by a change record; null where none shows it. */
  | { readonly resource: string; readonly reason: 'gone'; readonly change: 'edit'; readonly deleted: Author | null }
  | ({ readonly resource: string; readonly change: Change['kind'] } & NotMadeHere);

/** Whose a change is, by its change record. `by`: it may be this identity in another client. `at`: ISO 8601. `entry`: one of this history. */
export interface Author {
  readonly by: string;
  readonly client: string | null;
  readonly at: string;
  readonly entry?: string;
}

/** Why a step of an entry does not count as made by this history. */
export type NotMadeHere =
  /** By its change record. */
  | ({ readonly reason: 'made-by-another' } & Author)
  /**
   * Nothing shows it. `no-record`, `unread`, `not-recorded`: no answer shows it, and Azure has no record of it, the records could not be
   * read, or Azure keeps none of its type. `imported`: no record of this identity shows it; `imported-deletion`: no record has what was deleted.
   */
  | { readonly reason: 'not-proven'; readonly why: Unproven };

export type Unproven = 'no-record' | 'unread' | 'not-recorded' | 'imported' | 'imported-deletion';

/** A step of a resumed entry that Azure has already: it is not sent. `why`: null where its change record is that of the step's own request. */
export interface AlreadySet {
  readonly resource: string;
  /** As the entry has it. */
  readonly change: Change;
  readonly why: NotMadeHere | null;
}

/** A change that an undo left. `stands`: as the entry made it; not where another client changed or made the resource since. */
export interface LeftChange {
  readonly resource: string;
  readonly stands: boolean;
}

/** What a restore leaves as others changed it. `resource`: null where it is not known which. */
export interface LeftSetting {
  readonly resource: string | null;
  /** One sentence. */
  readonly why: string;
}

export interface Plan {
  readonly id: string;
  /** Id of the snapshot it was made from. */
  readonly snapshot: string;
  readonly source: Source;
  readonly workspace: string | null;
  readonly architecture: ArchitectureAnswer['answer'];
  /** `fix`, `undo`, `redo`. */
  readonly verb: 'fix' | 'undo' | 'redo';
  /** The entry that an undo or redo refers to. */
  readonly of: string | null;
  /** The entry whose remaining steps these are: they are sent as a part of it. */
  readonly resumes?: string;
  /** Of a resume: remaining steps that are not among these, because nothing is left to do for them; absent where there are none. */
  readonly alreadySet?: readonly AlreadySet[];
  /** Some steps of the undo or redo were taken out: the entry stays there for them. */
  readonly isPart?: true;
  /** Its steps are what an imported history entry has left: text of a file, which nothing proves to put back what was there before. */
  readonly isImported?: true;
  /** What it is for where no finding asks for it: to open a network path, or to restore what others changed. */
  readonly aim?: 'path' | 'restore';
  readonly steps: readonly Step[];
  readonly gates: readonly Gate[];
  readonly skipped: readonly Skipped[];
  /** Findings that the plan resolves and introduces. `rollUps`: those among them, and among those skipped, that only repeat others. */
  readonly preview: {
    readonly resolves: readonly string[];
    readonly introduces: readonly string[];
    readonly rollUps?: readonly string[];
  };
  /** What could not be read and may change the plan; absent in plans of older versions. */
  readonly gaps?: readonly Pick<ReadFailure, 'id' | 'reason' | 'action'>[];
  /** Of a fix without steps: how many checks that it was asked about are unknown because something could not be read. Absent where none is. */
  readonly unjudged?: number;
  /** Addresses that were given to be allowed; absent where none were. What it did is judged with them. */
  readonly ips?: readonly string[];
  /** Deployment histories that could not be read: whether a template manages what is changed there is not known. */
  readonly managersUnread?: readonly Pick<ReadFailure, 'id' | 'reason' | 'action'>[];
  /** Of an undo or redo: steps that are left out; absent where there are none. `irreversible` has a sentence for each. */
  readonly notUndone?: readonly NotUndone[];
  /** Of a restore: what was asked for and is not among the steps; absent where nothing is. */
  readonly notRestored?: readonly LeftSetting[];
  /** Of an undo: the changes of the entry that it leaves; absent where it leaves none. */
  readonly left?: readonly LeftChange[];
  /** One sentence for each change that cannot be undone exactly. */
  readonly irreversible: readonly string[];
  /** Those of all steps, the gravest first. */
  readonly effects: readonly Effect[];
  /** Absent: no what-if was run. */
  readonly rehearsal?: WhatIf;
}
