// The interface for programs: audits and plans over files, without a network and without sign-in. The results are those of
// `bastide audit --format json` and `bastide plan --format json`. Members may be added within a major version; none changes its meaning.

/** JSON of a result. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [member: string]: JsonValue };

/** A file as `--from` reads it. `name` stands in locations and messages, and its ending says nothing about its kind. */
export interface InputFile {
  readonly name: string;
  readonly text: string;
}

/**
 * What is audited: a snapshot of `bastide scan`, resources as `az` or Resource Graph print them, an ARM template with its parameters, or
 * a plan of Terraform. As parsed JSON, as text, or as files.
 */
export type Input = string | object | { readonly files: readonly InputFile[] };

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';
export type Outcome = 'pass' | 'fail' | 'unknown' | 'notApplicable';
export type EffectKind =
  | 'opens'
  | 'cutsOff'
  | 'interrupts'
  | 'overrides'
  | 'bypasses'
  | 'deletes'
  | 'oneWay'
  | 'costs'
  | 'otherScope';
/** Kinds of version 0.1, beside the others until 0.4. As a value of `allowEffects` each stands for kinds of today. */
export type OldEffectKind = 'allows' | 'restricts' | 'relaxes' | 'outage';

export interface CommonOptions {
  /** Rules of the article of 2020, of today, or of both; both unless given. */
  readonly profile?: 'article-2020' | 'current' | 'all';
  /** Name or id of the workspace, where the input holds several. */
  readonly workspace?: string;
  /** Check every resource, not only the workspace and its dependencies. */
  readonly allResources?: boolean;
  /** Values of template parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Files of custom rules (docs/custom-rules.md). */
  readonly customRules?: readonly InputFile[];
}

export interface AuditOptions extends CommonOptions {
  /** Also list findings that pass or do not apply. */
  readonly allOutcomes?: boolean;
  /** Only these rules, or not those; `*` is a wildcard. */
  readonly rules?: readonly string[];
  readonly skipRules?: readonly string[];
  /** Only rules of these areas, such as `storage`. */
  readonly areas?: readonly string[];
  /** Only these resources, by name or id. */
  readonly resources?: readonly string[];
}

export interface Evidence {
  readonly resource: string;
  /** JSON pointer into the resource. */
  readonly pointer: string;
  readonly value: JsonValue;
  readonly note: string;
}

export interface Effect {
  readonly kind: EffectKind | OldEffectKind;
  readonly resource: string;
  readonly detail: string;
  readonly subject: string;
  /** Why it has this effect, by name, and with what is known of it. Absent of old kinds, like `automatic`. */
  readonly reason?: string;
  readonly data?: object;
  /** Is the step applied by automatic fixes, as far as this effect is concerned? */
  readonly automatic?: boolean;
}

export interface Acceptance {
  readonly reason: string;
  readonly by: string | null;
  readonly until: string | null;
}

export interface Location {
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** The address in Terraform. */
  readonly address?: string;
}

export interface Finding {
  /** `rule@resource` or `rule@resource#where`, in lower case; the same in every scan. */
  readonly id: string;
  readonly rule: string;
  /** The requirement: what must hold. */
  readonly title: string;
  /** What is wrong when it does not hold. */
  readonly problem: string;
  readonly severity: Severity;
  readonly profiles: readonly string[];
  readonly outcome: Outcome;
  readonly resource: string;
  readonly where: string | null;
  readonly because: string;
  readonly evidence: readonly Evidence[];
  readonly fix: {
    readonly kind: 'auto' | 'guided' | 'none';
    readonly undo: 'exact' | 'equivalent' | 'partial' | 'none';
  };
  readonly takes?: 'fix' | 'answer' | 'review' | 'manual';
  readonly effects?: readonly Effect[];
  /** It only repeats findings of other rules, and is in no number. */
  readonly rollUp?: true;
  readonly accepted: Acceptance | null;
  readonly location: Location | null;
  /** Ids of what could not be read. */
  readonly gaps: readonly string[];
}

export interface Problem {
  readonly id: string;
  readonly resource: string;
  readonly headline: string;
  readonly severity: Severity;
  readonly kind: 'fix' | 'input' | 'manual' | 'unreadable';
  readonly findings: readonly string[];
  readonly changes: readonly { readonly resource: string; readonly does: string }[];
  readonly question: {
    readonly name: string;
    readonly text: string;
    readonly choices: readonly { readonly name: string; readonly value: string; readonly says: string }[];
  } | null;
  readonly because: string;
  readonly effects: readonly Effect[];
  readonly blockedBy: readonly string[];
}

export interface Summary {
  readonly pass: number;
  readonly fail: number;
  readonly unknown: number;
  readonly notApplicable: number;
  /** Failing findings. */
  readonly bySeverity: Readonly<Record<Severity, number>>;
  readonly rollUps: number;
  readonly accepted: number;
}

/** What could not be read. */
export interface Gap {
  readonly id: string;
  readonly reason: string;
  readonly action: string;
}

export interface AuditResult {
  readonly snapshot: {
    readonly id: string;
    readonly takenAt: string;
    readonly workspace: string | null;
    readonly workspaces?: readonly string[];
    readonly architecture: {
      readonly answer: 'service-endpoint' | 'private-endpoint' | 'managed-network' | 'unknown';
      readonly by: string;
    };
    readonly gaps: readonly Gap[];
  };
  readonly summary: Summary;
  readonly problems: readonly Problem[];
  /** Those that fail or are unknown; with `allOutcomes` every one. */
  readonly findings: readonly Finding[];
  /** Why nothing was checked, where nothing was. */
  readonly empty?: string;
  /** Api-versions in use that end within 180 days; absent where none does. */
  readonly versions?: readonly {
    readonly type: string;
    readonly version: string;
    readonly on: string;
    readonly days: number;
    readonly source: string;
  }[];
  /** Types that this cloud shows at an older api-version, and what that does not show; absent where there are none. */
  readonly lagging?: readonly {
    readonly type: string;
    readonly version: string;
    readonly members: readonly string[];
  }[];
}

export interface PlanOptions extends CommonOptions {
  /** Findings or rules by id, `*` being a wildcard; or every automatic fix. */
  readonly targets: 'all' | readonly string[];
  /** Input for fixes that need it, by the name of the question. */
  readonly answers?: Readonly<Record<string, string>>;
  /** Addresses or ranges for fixes that allow one. */
  readonly ips?: readonly string[];
  /** Only on this resource, by name or id. */
  readonly resource?: string;
  /** With `all`: also fixes with these effects. */
  readonly allowEffects?: readonly (EffectKind | OldEffectKind)[];
}

export interface Edit {
  readonly op: 'set' | 'add' | 'remove';
  readonly pointer: string;
  /** Absent: there is no such member. */
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

export interface PlanStep {
  readonly change: {
    readonly kind: 'edit' | 'create' | 'delete';
    readonly resource: string;
    readonly edits: readonly Edit[];
    readonly body: JsonValue;
  };
  readonly phase: 0 | 1 | 2 | 3 | 4 | 5;
  readonly findings: readonly string[];
  readonly needs: readonly string[];
  /** The same with the Azure CLI. */
  readonly az: string;
  readonly risk: string;
  readonly undo: 'exact' | 'equivalent' | 'partial' | 'none';
  readonly does: string;
  readonly effects: readonly Effect[];
}

export interface PlanResult {
  readonly id: string;
  readonly snapshot: string;
  readonly workspace: string | null;
  readonly steps: readonly PlanStep[];
  readonly gates: readonly {
    readonly kind: 'lock' | 'permission' | 'policy' | 'rule' | 'state' | 'lockout' | 'dependants';
    readonly outcome: 'pass' | 'fail' | 'unknown' | 'warn';
    readonly detail: string;
  }[];
  readonly skipped: readonly { readonly finding: string; readonly reason: string }[];
  readonly preview: { readonly resolves: readonly string[]; readonly introduces: readonly string[] };
  readonly effects: readonly Effect[];
  /** Of everything that would be sent: `apply --digest` refuses any other plan. */
  readonly digest: string;
  /** The api-version that each type is written with. */
  readonly apiVersions?: Readonly<Record<string, string>>;
}

export interface RuleSummary {
  readonly id: string;
  readonly title: string;
  readonly problem: string;
  readonly severity: Severity;
  readonly profiles: readonly string[];
  /** ARM type that the rule is about. */
  readonly kind: string;
  readonly fix: {
    readonly kind: 'auto' | 'guided' | 'none';
    readonly undo: 'exact' | 'equivalent' | 'partial' | 'none';
  };
}

/** Audits what is given. Rejects with a {@link BastideError} for input that cannot be read or a selection that matches no rule. */
export declare function audit(input: Input, options?: AuditOptions): Promise<AuditResult>;

/** Plans fixes for findings of what is given; nothing is sent. Rejects with a {@link BastideError}. */
export declare function plan(input: Input, options: PlanOptions): Promise<PlanResult>;

/** Every rule, and custom ones where they are given. */
export declare function rules(options?: Pick<CommonOptions, 'customRules'>): Promise<readonly RuleSummary[]>;

/** An expected error: what happened, and what to do next. */
export interface BastideError extends Error {
  readonly code: string;
  readonly next: string;
}
/** Is this an expected error? Anything else is a bug. */
export declare function isBastideError(error: unknown): error is BastideError;
