// The contract of a command, the same in shell, palette and script.
// Of zod only the core's types: its full build costs more than a short command does, so commands are written with zod/mini.
import type * as z from 'zod/v4/core';
import type { Redeemed } from '../model/approval.ts';
import type { ProfileChoice } from '../model/assumption.ts';
import type { AuditRecord } from '../model/audit-record.ts';
import type { Confirmation } from '../model/confirmation.ts';
import type { RuleTestResult } from '../model/custom-rule.ts';
import type { ExitStatus, FailureValue } from '../model/failure.ts';
import type { Report, Severity } from '../model/finding.ts';
import type { GuideProgress } from '../model/guide-progress.ts';
import type { Json } from '../model/json.ts';
import type { LastRun } from '../model/last-run.ts';
import type { Plan } from '../model/plan.ts';
import type { Acceptance, ProjectConfig } from '../model/project-config.ts';
import type { RuleEntry } from '../model/rule-entry.ts';
import type { Snapshot, Source } from '../model/snapshot.ts';
import type { StepwiseTask } from '../model/stepwise.ts';
import type { Line } from '../model/words.ts';
import type { ApplyResult, Session, SessionEvent } from '../session/session.ts';
import type { Format } from './common-flags.ts';

export type { RuleEntry } from '../model/rule-entry.ts';
export type { Line, Word } from '../model/words.ts';

/** Flags every command takes (docs/commands.md). */
export interface CommonFlags {
  readonly profile: ProfileChoice;
  readonly allowEmpty: boolean;
  readonly failOn: Severity | 'never';
  readonly yes: boolean;
  /** Kinds of effects, as given: `allowedEffects` reads them. */
  readonly allowEffects?: string;
  readonly dryRun: boolean;
  readonly readOnly: boolean;
  /** A file of Microsoft's service tags, to be used instead of asking. */
  readonly serviceTags?: string;
  readonly refreshTags: boolean;
  /** Path of `bastide.yaml`, instead of the one in the working directory. */
  readonly config?: string;
  /** Folders and files of the operator's own rules; `bastide.yaml` may name more. */
  readonly rules: readonly string[];
}

export interface Choice {
  readonly value: string;
  readonly label: string;
  /** The letter that picks it, where all choices have one. */
  readonly key?: string;
}
export interface ChooseQuestion {
  readonly name: string;
  readonly title: string;
  readonly choices: readonly Choice[];
  /** What must be read before answering; shown below the title. */
  readonly lines?: readonly Line[];
  /** What has happened since the last question; shown above the title. */
  readonly news?: readonly Line[];
  /** Where a walk of several questions stands: the third of seventeen. */
  readonly progress?: { readonly at: number; readonly total: number };
  /** The choice that an empty answer, or leaving the question, means: one that does nothing. Without it both cancel. */
  readonly calm?: string;
  /** Has typed what this choice needs, while the question is still shown. A host that does not call it is asked after the answer. */
  accept?(value: string, text: Ask['text']): Promise<void>;
}

/** A plan to be confirmed. Each host shows the plan in its own way and asks for what `confirmation` says. */
export interface ConfirmQuestion {
  readonly plan: Plan;
  readonly confirmation: Confirmation;
  /** The command line that makes this plan. */
  readonly line: string;
  /** Simulates the plan, and returns it with the result, which is also what is applied then. Absent: it has been simulated. */
  whatIf?(signal?: AbortSignal): Promise<Plan>;
  /** Steps may be taken out; absent where all belong together. */
  readonly choice?: StepChoice;
  /**
   * Has typed what applying this plan needs, while the plan is still shown; throws Failure where it is not. A host that does not
   * call it is asked after the answer.
   */
  accept?(plan: Plan, text: Ask['text']): Promise<void>;
}

/** The steps of a plan, numbered from 0, for a host that shows them to be selected. */
export interface StepChoice {
  /** Every step there is. */
  readonly whole: Plan;
  /** Those that are not selected at the start. */
  readonly out: readonly number[];
  /** The plan without them. */
  readonly first: Plan;
  /** Of each step, the numbers of those that it depends on. */
  readonly needs: readonly (readonly number[])[];
  /** The plan without these and what depends on them, with everything that is shown of it computed again; in small steps. */
  without(out: readonly number[]): StepwiseTask<Plan>;
  /** The line that stands for one of these plans; where it plans other steps, it says so in a comment. */
  lineOf(plan: Plan): string;
  /** Simulates one of these plans, and returns it with the result. */
  whatIf(plan: Plan, signal?: AbortSignal): Promise<Plan>;
}

/** The only way to put a question. In scripts: an answer given beforehand, or a refusal (Failure, exit 4). */
export interface Ask {
  /** `confirm` shows the steps to be selected. */
  readonly selectsSteps?: true;
  /**
   * Cancel is preselected. For send.ts, which also has the name typed where the plan needs it. The answer may be the plan of the
   * selected steps, as `choice` gave it.
   */
  confirm(question: ConfirmQuestion): Promise<boolean | Plan>;
  choose(question: ChooseQuestion): Promise<string>;
  text(question: { readonly name: string; readonly title: string; readonly suggestion?: string }): Promise<string>;
}

export interface CommandContext {
  /** Opened on first use: help and version never sign in. */
  session(): Promise<Session>;
  readonly settings: SettingsPort;
  readonly ask: Ask;
  readonly flags: CommonFlags;
  readonly signal: AbortSignal;
  now(): Date;
  /** Lines to stderr that are not events. */
  say(line: string): void;
  /** Every command, in help order. */
  readonly verbs: readonly Command[];
  readonly rules: readonly RuleEntry[];
  readonly themes: readonly ThemeEntry[];
  /** What only main can start or know. */
  readonly host: CommandHost;
  /** The command line that would repeat the command; set by its host. */
  readonly line?: string;
  /** Already read and shown by the host; a command uses it instead of a new scan. */
  readonly snapshot?: Snapshot;
  /** This host shows a plan, which it cannot apply, in a read-only session too. */
  readonly previews?: true;
  /** Is told when a confirmed plan is applied. */
  readonly observer?: ApplyObserver;
}

export interface ApplyObserver {
  started(plan: Plan, line: string): void;
  ended(outcome: ApplyResult): void;
  failed(failure: FailureValue): void;
}

export interface ThemeEntry {
  readonly name: string;
  readonly title: string;
  /** The operator's file it comes from; null for those that come with Bastide. */
  readonly file: string | null;
  /** Roles whose colour is hard to read on the ground, each with its contrast. */
  readonly hardToRead?: readonly string[];
  /** Why the file is no theme: it cannot be chosen. */
  readonly wrong?: string;
}

export interface SettingsPort {
  get(name: string): Promise<Json | undefined>;
  set(name: string, value: Json): Promise<void>;
  unset(name: string): Promise<void>;
  all(): Promise<Readonly<Record<string, Json>>>;
  readonly path: string;
}

export interface ProgressPort {
  get(): Promise<GuideProgress>;
  /** On disk when it resolves, and changed from the current content. */
  update(change: (progress: GuideProgress) => GuideProgress): Promise<GuideProgress>;
  forget(): Promise<void>;
}

/** What the last run saw of one workspace. Neither call throws. */
export interface LastRunPort {
  /** `note`: why nothing is known though something was kept. */
  get(): Promise<{ readonly seen: LastRun | null; readonly note: string | null }>;
  /** Keeps what was seen now; `at` when it was read. */
  keep(report: Report, at: string): Promise<void>;
}

/** `bastide.yaml` of this run; the session judges by what it says now. */
export interface ProjectPort {
  /** As users name it. */
  readonly path: string;
  /** Null where there is no such file. */
  config(): ProjectConfig | null;
  /** Adds acceptances, each in place of an earlier one of the same finding; returns what the file says then. Throws Failure. */
  accept(entries: readonly Acceptance[], dryRun: boolean): Promise<ProjectConfig>;
  /** Removes the acceptances of these findings, named as the file has them. Throws Failure. */
  remove(findings: readonly string[], dryRun: boolean): Promise<ProjectConfig>;
}

/** The history of audits of one workspace. Neither call throws. */
export interface AuditLogPort {
  /** The oldest first; `damaged`: lines that were skipped. */
  all(): Promise<{ readonly records: readonly AuditRecord[]; readonly damaged: number }>;
  add(record: AuditRecord): Promise<void>;
}

/** How the simulator starts; the members are the flags of `simulate`, the files among them already read. */
export interface SimulateOptions {
  readonly world?: string | undefined;
  readonly workspaces?: number | undefined;
  readonly seed?: number | undefined;
  readonly graph?: string | undefined;
  readonly load?: string | undefined;
  readonly port?: number | undefined;
  readonly state?: string | undefined;
  readonly latency?: number | undefined;
  readonly faults?: string | undefined;
  readonly throttle?: string | undefined;
  readonly clock?: string | undefined;
  readonly serviceTags?: string | undefined;
}

/** Plans of an assistant by their digests. */
export interface ApprovalsPort {
  plan(digest: string): Promise<string | undefined>;
  /** A plan to be confirmed. One that is confirmed stays so: its digest is that of what was shown. */
  propose(digest: string, plan: string, now: Date): Promise<void>;
  /** Keeps that a person has confirmed it, and gives the code to be shown to that person alone. */
  confirm(digest: string, plan: string, by: { readonly at: Date; readonly user: string }): Promise<string>;
  /** The plan, once, for the right code within an hour; after the last wrong one the confirmation is void. */
  redeem(digest: string, code: string, now: Date): Promise<Redeemed>;
}

/** What became of a line of a script. */
export interface LineOutcome {
  /** File and number, as in messages. */
  readonly at: string;
  readonly line: string;
  /** Null where it was not run. */
  readonly exit: ExitStatus | null;
}

export interface ScriptOptions {
  readonly set: Readonly<Record<string, string>>;
  /** The file of the script, from which the names of included files count; undefined for standard input. */
  readonly file?: string;
  /** Lines of the script before this one are parsed and not run. */
  readonly from?: number;
}

/** How a script ended, how many of its lines ran, and what became of each. */
export interface ScriptOutcome {
  readonly exit: ExitStatus;
  readonly lines: number;
  readonly outcomes: readonly LineOutcome[];
}

export interface CommandHost {
  readonly version: string;
  readonly node: string;
  readonly interactive: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readFile(path: string): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  /** Would writing there replace something? Reads nothing, so a file that cannot be read counts too. */
  hasFile(path: string): Promise<boolean>;
  /** Makes a folder with those above it, where it is not there. */
  makeFolder(path: string): Promise<void>;
  /** A session over files, read as those of `--from`. */
  openFiles(paths: readonly string[]): Promise<Session>;
  /** Starts the simulator and resolves when it has stopped. `ready` gets its one JSON line. */
  simulate(options: SimulateOptions, ready: (line: string) => void, signal: AbortSignal): Promise<void>;
  /** Fetches the operator's public address from the configured lookup URL; Failure when none is configured. */
  lookUpAddress(signal: AbortSignal): Promise<string>;
  /** What is wrong with keys of the operator's own, a sentence each; needs the key table of the screen. */
  checkKeys(keys: Json): Promise<readonly string[]>;
  /** How far guided walks at this source and workspace have come; '' where there is no workspace. */
  progress(source: Source, workspace: string): Promise<ProgressPort>;
  /** What was seen the last time at this source and workspace, audited by this profile. */
  lastRun(source: Source, workspace: string, profile: ProfileChoice): Promise<LastRunPort>;
  audits(source: Source, workspace: string): Promise<AuditLogPort>;
  /** `mayBeNew`: a file that is named need not be there. Throws Failure (exit 2) that names the line of a mistake. */
  project(file: string | undefined, mayBeNew?: boolean): Promise<ProjectPort>;
  /** Checks the samples of rule files. Throws Failure (exit 2) that names file and line of a mistake. */
  testRules(paths: readonly string[]): Promise<readonly RuleTestResult[]>;
  /** Prints while a command runs: the lines as text, or the item as a line of JSON. */
  emit(lines: readonly Line[], item: object): Promise<void>;
  /** Resolves after so many milliseconds; rejects with the signal's reason. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /**
   * Runs a command of the operator's in a shell, its output on stderr; gives its exit status, null after a signal. Each of `files`
   * is written to a file while it runs, whose path is in the variable of that name.
   */
  execute(command: string, files: Readonly<Record<string, string>>, signal: AbortSignal): Promise<number | null>;
  /** Who works at this machine. */
  readonly user: string;
  /** Plans of an assistant, and which of them a person has confirmed. */
  approvals(): Promise<ApprovalsPort>;
  /** Shows a line on the terminal of the person who sits there, and nowhere else. Absent where there is none. */
  readonly showPrivately?: (line: string) => void;
  /** Serves an assistant on standard input and output until it ends. */
  serveAssistant(): Promise<void>;
  /** Runs command lines one after another (the `run` command). */
  script(text: string, options: ScriptOptions): AsyncGenerator<SessionEvent, ScriptOutcome>;
}

/** What a command may have changed. */
export type Invalidated = 'snapshot' | 'report' | 'theme' | 'keys';

/** A format of `--format` that only some commands have: each loads its renderer when it is asked for. */
export type DocumentFormat = Exclude<Format, 'text' | 'json' | 'ndjson'>;

/** What a document says beside the result. */
export interface DocumentAbout {
  readonly version: string;
  readonly rules: readonly RuleEntry[];
}
/** In one or in pieces; bytes for a format that is not text (`xlsx`). */
export type DocumentText = string | Iterable<string> | Iterable<Uint8Array>;

/**
 * A command with the types of its arguments and of its result. The registry holds `Command`: the result is then unknown, and
 * only `runCommand` hands it back to the functions that know its type.
 */
export interface Command<Schema extends z.$ZodObject = z.$ZodObject, Result = unknown> {
  /** One or two words: `audit`, `simulate`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** The one source of flags, hints, completion and validation. `positional` names the arguments without a flag, in order; a last `name...` takes the rest. */
  readonly args: Schema;
  readonly positional?: readonly string[];
  readonly effect: 'read' | 'local' | 'cloud';
  /** Each is run by a test against a world. */
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  /** Throws Failure where arguments are missing or contradict each other; also called while a form is filled in. Pure. */
  check?(args: z.output<Schema>): void;
  run(context: CommandContext, args: z.output<Schema>): AsyncGenerator<SessionEvent, Result>;
  /** The envelope's `result`, where it is not the result as it is. Pure. */
  json?(result: Result): object;
  /** Pure. */
  text(result: Result): readonly Line[];
  /** What ndjson lists, one item a line; without it the envelope is the only line. */
  items?(result: Result): readonly object[];
  /** Formats for documents that this command has. */
  readonly documents?: readonly DocumentFormat[];
  /** Those of them that the result of these arguments cannot be told in. */
  withoutDocuments?(args: z.output<Schema>): readonly DocumentFormat[];
  document?(result: Result, format: DocumentFormat, about: DocumentAbout): Promise<DocumentText>;
  /** The exit status of a result; 0 unless said otherwise. */
  exit?(result: Result, flags: CommonFlags): ExitStatus;
  /** Of a result with exit status 3: what could not be read, a sentence each. Goes to stderr where the result is not shown as text. */
  unread?(result: Result): readonly string[];
  /** That nothing was judged, one sentence each, where the exit code does not say so. */
  unjudged?(result: Result): readonly string[];
  /** For a result that is no success though nothing was thrown (some writes done, some not): what to say beside it. */
  failure?(result: Result): FailureValue | null;
  /** What a host that keeps something in memory must read or load again after the command. Changes in Azure need none: the session knows. */
  invalidates?(args: z.output<Schema>): readonly Invalidated[];
  /** The result, for hosts that show such a result in their own way. */
  readonly presents?: 'path' | 'plan' | 'drift';
  /** `--output FILE` always gets the JSON envelope, and stdout the chosen format (`plan`). */
  readonly artefact?: boolean;
  /** It writes `bastide.yaml`: the file of `--config` need not be there. */
  readonly writesProject?: boolean;
  /** The host prints while it runs (`run`, `simulate`): no result is printed at its end, only a failure. */
  readonly streams?: boolean;
}

export const defineCommand = <Schema extends z.$ZodObject, Result>(
  command: Command<Schema, Result>,
): Command<Schema, Result> => command;
