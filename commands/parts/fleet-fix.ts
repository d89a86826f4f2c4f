// `fleet fix`: one plan for each workspace, each confirmed by itself or approved as a file; ends at the first surprise.

import { isHidden } from '../../src/command/act-outcome.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { quoteWord } from '../../src/command/parse-line.ts';
import { isDeclined } from '../../src/command/send.ts';
import { countedIn } from '../../src/model/compare.ts';
import { type ExitStatus, exitStatus, Failure, type FailureValue, isFailure } from '../../src/model/failure.ts';
import {
  type FleetGap,
  type FleetLimit,
  type FleetReport,
  type FleetRow,
  fleetLimits,
  isUnjudged,
  limitWords,
  missingReads,
} from '../../src/model/fleet.ts';
import { isObject } from '../../src/model/json.ts';
import type { Plan, Skipped } from '../../src/model/plan.ts';
import { nameOf, parseId, sameId } from '../../src/model/resource-id.ts';
import { clean, counted, withoutEnd } from '../../src/model/text.ts';
import { type Line, line, plainText } from '../../src/model/words.ts';
import { noChanges } from '../../src/plan/describe.ts';
import { failedReadLines, mostLines } from '../../src/render/fleet.ts';
import type { Sheet } from '../../src/render/xlsx.ts';
import { planDigest } from '../../src/session/digest.ts';
import type { ApplyResult, Session, SessionEvent } from '../../src/session/session.ts';
import { act, outcomeFailure, requireWritable, settleFirst } from './act.ts';
import { besideLines, introducedFailure, severeLines } from './introduced.ts';
import {
  type PlanFile,
  readPlan,
  requireApproved,
  requireSameSource,
  requireSameWorkspace,
  reviewed,
} from './plan-file.ts';
import { planFileText } from './what-if.ts';

/**
 * What became of one workspace. `planned`: shown only; `unchanged`: there is nothing to send; `unjudged`: whether there is something to
 * send is not known; `partial`: some changes were applied, and not all; `unknown`: of some it is not known; `failed`: none was applied.
 */
export type FleetFixState =
  | 'planned'
  | 'applied'
  | 'unchanged'
  | 'unjudged'
  | 'declined'
  | 'partial'
  | 'unknown'
  | 'failed'
  | 'not started';

export interface FleetFixRow {
  readonly id: string;
  readonly state: FleetFixState;
  readonly changes: number;
  readonly resolves: number;
  readonly digest: string | null;
  /** The plan file that was written or applied. */
  readonly file: string | null;
  readonly entry: string | null;
  readonly verified: ApplyResult['verified'] | null;
  /** Findings that fail after it, did not before, and were not in the preview of its plan. */
  readonly unexpected: readonly string[];
  readonly failure: FailureValue | null;
  /** A request was sent, and Azure rejected it. */
  readonly isRejected?: true;
  /** Without a change: checks that are unknown because something could not be read; absent where it is none. */
  readonly unjudged?: number;
  /** Failing findings that its plan does not include, and why; absent where it includes all of them. */
  readonly skipped?: readonly Skipped[];
  /** How many of them count; one that only repeats others does not. */
  readonly notIncluded?: number;
  /** Each change was applied, and the run ended early after that: `failure` says why. */
  readonly isEnded?: true;
}

export interface FleetFixResult {
  readonly workspaces: readonly FleetFixRow[];
  /** Ended before the last workspace, after so many surprises. */
  readonly stopped: boolean;
  /** Workspaces where no check is known to fail, and some are unknown. */
  readonly unknown: number;
  /** Of the workspaces without a plan: what the audit does not tell of them. Absent without an audit, and where it found no workspace. */
  readonly limits?: readonly FleetLimit[];
  /** What the audit could not read. */
  readonly gaps: readonly FleetGap[];
}

export interface FleetFixOptions {
  /** Plan files to be applied. */
  readonly plans: readonly string[];
  /** With a dry run: the folder that gets a plan file for each workspace. */
  readonly plansTo: string | undefined;
  readonly maxFailures: number;
}

interface Work {
  readonly id: string;
  readonly file: string | null;
  plan(session: Session): AsyncGenerator<SessionEvent, Plan>;
}

const start = (id: string): FleetFixRow => ({
  ...{ id, state: 'not started', changes: 0, resolves: 0 },
  ...{ digest: null, file: null, entry: null, verified: null, unexpected: [], failure: null },
});

/** Throws Failure: exit 2 for a file that is no plan, 4 where neither a person nor a plan file has approved what is sent. */
export async function* fixFleet(
  context: CommandContext,
  root: Session,
  audit: () => AsyncGenerator<SessionEvent, FleetReport>,
  options: FleetFixOptions,
): AsyncGenerator<SessionEvent, FleetFixResult> {
  const { flags, host, signal } = context;
  const { at } = root;
  if (at === undefined) throw new Error('this session has one workspace');
  if (!flags.dryRun) {
    if (options.plansTo !== undefined) throw plansNeedDryRun();
    // Nothing is read for what cannot be confirmed.
    if (options.plans.length === 0 && (flags.yes || !host.interactive)) throw unapproved(flags.yes);
    if (!flags.yes && !host.interactive) throw unconfirmed();
    requireWritable(context, root);
  }
  if (flags.dryRun && options.plansTo !== undefined) await host.makeFolder(options.plansTo);
  // A session is opened by its first request, and a plan file needs none before.
  await root.identity(signal);
  const report = options.plans.length > 0 ? null : yield* audit();
  const work = report === null ? await approvedPlans(context, root, options.plans) : fromAudit(context, report);
  const rows: FleetFixRow[] = [];
  let surprises = 0;
  for (const one of work) {
    if (surprises >= options.maxFailures || signal.aborted) {
      rows.push(start(one.id));
      continue;
    }
    const session = at(one.id);
    try {
      const row = yield* fixOne({ ...context, line: 'fix --all', session: async () => session }, session, one, options);
      if (row.failure !== null || row.unexpected.length > 0) surprises += 1;
      rows.push(row);
    } catch (error) {
      if (!isFailure(error)) throw error;
      if (isDeclined(error)) rows.push({ ...start(one.id), state: 'declined' });
      else {
        surprises += 1;
        rows.push({ ...start(one.id), file: one.file, ...rejected(error, one.id) });
      }
    } finally {
      await session.close();
    }
  }
  return {
    workspaces: rows,
    stopped: rows.some(({ state }) => state === 'not started'),
    unknown: report?.workspaces.filter(isLeftUnknown).length ?? 0,
    ...(report === null || report.workspaces.length === 0
      ? {}
      : { limits: fleetLimits({ at: report.at, workspaces: report.workspaces.filter(isUnplanned) }) }),
    gaps: report === null ? [] : missingReads(report),
  };
}

/** A workspace where nothing was applied. The history has an entry of it where a step was begun. */
function rejected(error: Failure, id: string): Pick<FleetFixRow, 'state' | 'entry' | 'failure' | 'isRejected'> {
  const { entry, isSent } = isObject(error.details) ? error.details : {};
  return {
    ...{ state: 'failed', entry: typeof entry === 'string' ? entry : null, failure: hereOnly(error.toJSON(), id) },
    ...(isSent === true ? { isRejected: true } : {}),
  };
}

const isUnplanned = ({ severity }: FleetRow): boolean => severity === null;
const isLeftUnknown = (row: FleetRow): boolean => isUnplanned(row) && (row.summary.unknown > 0 || isUnjudged(row));

async function* fixOne(
  context: CommandContext,
  session: Session,
  work: Work,
  { plansTo }: FleetFixOptions,
): AsyncGenerator<SessionEvent, FleetFixRow> {
  yield* settleFirst(context);
  const plan = yield* work.plan(session);
  const { skipped } = plan;
  const row: FleetFixRow = {
    ...start(work.id),
    ...(skipped.length === 0
      ? {}
      : {
          skipped: skipped.map(({ finding, reason }) => ({ finding, reason: hereText(reason, work.id) })),
          notIncluded: countedIn(
            skipped.map(({ finding }) => finding),
            plan.preview.rollUps,
          ),
        }),
    ...{
      changes: plan.steps.length,
      resolves: countedIn(plan.preview.resolves, plan.preview.rollUps),
      digest: planDigest(plan),
      file: work.file,
    },
  };
  const { unjudged } = plan;
  if (plan.steps.length === 0)
    return unjudged === undefined ? { ...row, state: 'unchanged' } : { ...row, state: 'unjudged', unjudged };
  if (context.flags.dryRun) {
    const file = plansTo === undefined ? row.file : await written(context, plansTo, work.id, plan);
    return { ...row, state: 'planned', file };
  }
  const done = yield* act(context, session, plan);
  if (done.kind === 'plan') return { ...row, state: 'planned' };
  const { outcome } = done;
  const failure = outcomeFailure(outcome);
  // A signal that comes after the last change leaves nothing unapplied.
  const isApplied = outcome.state === 'done';
  const { ended, entry, verified } = outcome;
  // All of it was there already: nothing was sent.
  if (isApplied && ended === null && entry === null)
    return { ...row, ...{ state: 'unchanged', changes: 0, resolves: 0 } };
  const repeated = new Set(verified.rollUps);
  const unexpected = verified.introduced.filter((id) => !plan.preview.introduces.includes(id) && !repeated.has(id));
  const state = isApplied ? 'applied' : unfinished(outcome);
  return {
    ...{ ...row, state, entry, verified, unexpected, failure: failure && hereOnly(failure, work.id) },
    ...(isApplied && ended !== null ? { isEnded: true } : {}),
  };
}

function unfinished({ steps }: ApplyResult): FleetFixState {
  if (steps.some(({ state }) => state === 'unknown')) return 'unknown';
  return steps.some(({ state }) => state === 'done') ? 'partial' : 'failed';
}

/** What it suggests acts in this workspace, whatever the command line names. */
const hereOnly = (failure: FailureValue, id: string): FailureValue => ({
  ...failure,
  next: hereText(failure.next, id),
});
const hereText = (text: string, id: string): string =>
  text.replace(/`(bastide [^`]+)`/g, (_, command: string) =>
    command.includes('--workspace') ? `\`${command}\`` : `\`${command} --workspace ${quoteWord(id)}\``,
  );

/** The workspaces where something fails, the worst first; each is read whole before it is planned. */
const fromAudit = ({ flags, signal }: CommandContext, report: FleetReport): Work[] =>
  report.workspaces
    .filter((row) => !isUnplanned(row))
    .map(({ id }) => ({
      ...{ id, file: null },
      async *plan(session) {
        const request = { targets: 'all', answers: {}, ips: [], profile: flags.profile } as const;
        const scanned = yield* session.scan(signal);
        return session.plan(yield* session.named(scanned, (of) => [session.plan(of, request)], signal), request);
      },
    }));

/** Every file is read and checked before the first is applied. */
async function approvedPlans(context: CommandContext, root: Session, files: readonly string[]): Promise<Work[]> {
  const saved: (readonly [string, PlanFile])[] = [];
  for (const file of new Set(files)) saved.push([file, readPlan(await context.host.readFile(file), file)]);
  return saved.map(([file, one]) => {
    const id = one.plan.workspace;
    if (!context.flags.dryRun) requireApproved(one, undefined);
    requireSameSource(one.plan, root);
    const isTwice = saved.some(([other, { plan }]) => other !== file && sameId(plan.workspace, id));
    if (id === null || isTwice) throw notOneEach(file, id);
    return {
      ...{ id, file },
      async *plan(session) {
        const snapshot = yield* session.scan(context.signal);
        requireSameWorkspace(one.plan, snapshot);
        return (yield* reviewed(context, session, one, snapshot)).plan;
      },
    };
  });
}

/** `GROUP.NAME.SUBSCRIPTION.plan.json` in the folder, as `apply` and `fleet fix --plan` read it. */
async function written({ host }: CommandContext, folder: string, id: string, plan: Plan): Promise<string> {
  const { resourceGroup = '', subscription = '' } = parseId(id);
  const name = [resourceGroup, nameOf(id), subscription.slice(0, 8)].join('.').replace(/[^A-Za-z0-9._-]+/g, '-');
  const file = `${withoutEnd(folder, '\\/')}/${name}.plan.json`;
  await host.writeFile(file, planFileText(plan));
  return file;
}

const words: Readonly<
  Record<Exclude<FleetFixState, 'not started'>, readonly [mark: string, role: string, text: string]>
> = {
  planned: ['·', 'dim', 'planned'],
  applied: ['✓', 'ok', 'applied'],
  unchanged: ['·', 'dim', 'nothing to apply'],
  unjudged: ['?', 'unknown', 'not known whether a change is needed'],
  declined: ['·', 'dim', 'not confirmed'],
  partial: ['✗', 'bad', 'partly applied'],
  unknown: ['?', 'unknown', 'outcome not known'],
  failed: ['✗', 'bad', 'failed'],
};

export const fleetFixLines = (result: FleetFixResult): Line[] => [
  ...result.workspaces.flatMap(rowLines),
  ...restLines(result),
];

/** What is told of one workspace; nothing of one that was not started. */
function rowLines({ state, ...row }: FleetFixRow): Line[] {
  if (state === 'not started') return [];
  const { changes, digest, entry, failure, file, id, isEnded, resolves, unexpected, unjudged, verified } = row;
  const { notIncluded = 0, skipped = [] } = row;
  const [mark, role, said] = words[state];
  const text = unjudged === undefined ? said : noChanges({ skipped, unjudged });
  const left = notIncluded === 0 ? '' : `${unjudged === undefined ? ', ' : ' '}${notIncluded} not included`;
  const counts = changes === 0 ? '' : `: ${counted(changes, 'change')}, ${counted(resolves, 'finding')} to resolve`;
  return [
    line([`${mark} `, role], `${clean(nameOf(id), 100)}  ${text}${counts}${left}`),
    ...(notIncluded === 0
      ? []
      : [line(['  Why: ', 'dim'], [`bastide fix --all --dry-run --workspace ${quoteWord(id)}`, 'key'])]),
    ...[...severeLines(verified?.severe ?? []), ...(verified === null ? [] : besideLines(verified))].map(
      (one): Line => [{ text: '  ' }, ...one],
    ),
    ...(file === null ? [] : [line([`  ${clean(file, 300)}${digest === null ? '' : `  SHA-256 ${digest}`}`, 'dim'])]),
    ...(entry === null ? [] : [line([`  Saved to history as ${entry}`, 'dim'])]),
    ...(unexpected.length === 0
      ? []
      : [line([`  ${counted(unexpected.length, 'new failing finding')} that the plan did not show`, 'bad'])]),
    ...(failure === null || (state === 'applied' && isEnded !== true)
      ? []
      : [line([`  ${failure.message}`, 'bad']), line([`  ${failure.next}`, 'dim'])]),
  ];
}

/** What is told of all of them, and of workspaces without a plan. */
function restLines({ gaps, limits, unknown, workspaces }: FleetFixResult): Line[] {
  const behind = workspaces.filter(({ state }) => state === 'not started').length;
  return [
    ...(workspaces.length === 0 && gaps.length + unknown === 0 ? [line(nothingWords(limits))] : []),
    ...(behind === 0 ? [] : [line([`Stopped: ${counted(behind, 'workspace')} not started.`, 'warn'])]),
    ...(unknown === 0
      ? []
      : [
          line(
            ['? ', 'unknown'],
            `${counted(unknown, 'workspace')} without a plan: no check is known to fail, and some are unknown.`,
          ),
        ]),
    ...(limits ?? []).map((limit) => line(['? ', 'unknown'], limitWords(limit))),
    ...failedReadLines(gaps),
    ...(gaps.length > mostLines ? [line([`and ${counted(gaps.length - mostLines, 'more failed read')}`, 'dim'])] : []),
  ];
}

/** Rows of Azure Resource Graph may be old, so that no workspace fails now is never known of them. */
const nothingWords = (limits: FleetFixResult['limits']): string =>
  limits === undefined ? '0 workspaces: nothing was checked.' : 'No failing finding is known in Azure Resource Graph.';

const columns = ['workspace', 'state', 'changes', 'resolves', 'digest', 'file', 'entry', 'failure', 'id', 'notes'];

/** The same as rows of a table: one a workspace with all that is told of it, then one for each other statement. */
export function fleetFixSheet(result: FleetFixResult): Sheet {
  const rows = result.workspaces.map((row): readonly (string | number)[] => {
    const { changes, digest, entry, failure, file, id, resolves, state } = row;
    const notes = rowLines(row).map((one) => plainText(one).trim());
    const cells = [nameOf(id), state, changes, resolves, digest ?? '', file ?? '', entry ?? '', failure?.message ?? ''];
    return [...cells, id, notes.join('; ')];
  });
  const rest = restLines(result).map((one) => [...columns.slice(1).map(() => ''), plainText(one)]);
  return {
    name: 'Plans',
    columns: columns.map((name) => ({ name, width: 24 })),
    rows: [...rows, ...rest].map((cells) => cells.map((cell) => (typeof cell === 'number' ? cell : clean(cell, 2000)))),
  };
}

/**
 * 0 where every plan was shown, applied or empty; 1 where that introduced something critical or high; 5 where some were applied and
 * others not, or introduced what their plans did not show; 3 where a read failed that leaves open what it did, or whether a change is needed;
 * 7 where Azure rejected the first change of each that was sent; 4 where nothing was sent.
 */
export function fleetFixExit(result: FleetFixResult, allowEmpty = false): ExitStatus {
  const { workspaces } = result;
  const isOpen = workspaces.some(
    ({ state, isEnded }) => isEnded === true || !['planned', 'applied', 'unchanged', 'unjudged'].includes(state),
  );
  if (!isOpen && severeInFleet(result).length > 0) return exitStatus.findings;
  const isSurprise = workspaces.some(({ unexpected }) => unexpected.length > 0);
  if (!isOpen && !isSurprise) {
    const isOpenQuestion = workspaces.some(
      ({ unjudged, verified }) => unjudged !== undefined || (verified !== null && isHidden({ verified })),
    );
    // Without a plan of some, or of any workspace: whether a change is needed is not known.
    const isUnread = result.gaps.length > 0 || (result.limits === undefined && !allowEmpty);
    const isUnplanned = result.unknown > 0 || (workspaces.length === 0 && isUnread);
    return isOpenQuestion || isUnplanned ? exitStatus.gaps : exitStatus.done;
  }
  if (workspaces.some(({ entry, verified }) => entry !== null && verified !== null)) return exitStatus.partial;
  return workspaces.some(({ isRejected }) => isRejected === true) ? exitStatus.refused : exitStatus.notSent;
}

const severeInFleet = ({ workspaces }: FleetFixResult) => workspaces.flatMap(({ verified }) => verified?.severe ?? []);

export function fleetFixFailure(result: FleetFixResult): FailureValue | null {
  const exit = fleetFixExit(result);
  if (exit === exitStatus.done || exit === exitStatus.gaps) return null;
  if (exit === exitStatus.findings) return introducedFailure(severeInFleet(result), null);
  const { workspaces } = result;
  const count = (wanted: FleetFixState) => workspaces.filter(({ state }) => state === wanted).length;
  const applied = count('applied');
  const rest = [
    ...(count('partial') > 0 ? [`${count('partial')} partly`] : []),
    ...(count('unknown') > 0 ? [`of ${count('unknown')} the outcome is not known`] : []),
    ...(workspaces.some(({ isEnded }) => isEnded === true) ? ['and the run ended early'] : []),
  ];
  const whole = `${applied} of ${counted(workspaces.length, 'plan')} ${workspaces.length === 1 ? 'was' : 'were'} applied`;
  const isSent = exit === exitStatus.partial;
  const isRejected = exit === exitStatus.refused;
  return {
    code: isSent ? 'partly-done' : isRejected ? 'refused' : 'not-sent',
    message: `${[whole, ...rest].join(', ')}${isRejected ? ': Azure rejected the first change' : ''}.`,
    next: isSent
      ? 'See the state of each workspace; to undo one, run `bastide undo --workspace ID`.'
      : 'See the state of each workspace.',
  };
}

const unapproved = (yes: boolean): Failure =>
  new Failure(
    'fleet-unapproved',
    exitStatus.notSent,
    yes
      ? '--yes does not confirm the plans of a fleet: each workspace needs its own confirmation.'
      : 'Each workspace needs its own confirmation, and no terminal is attached. Nothing was sent.',
    'Write plan files with --dry-run --plans FOLDER, review them, and apply them with --plan FILE --yes.',
  );

const unconfirmed = (): Failure =>
  new Failure(
    'needs-confirmation',
    exitStatus.notSent,
    'These plans need confirmation, and no terminal is attached. Nothing was sent.',
    'Review the plan files, then pass --yes to confirm.',
  );

const plansNeedDryRun = (): Failure =>
  new Failure(
    'contradicting-flags',
    exitStatus.usage,
    '--plans writes plan files and needs --dry-run. Nothing was sent.',
    'Add --dry-run, or remove --plans to be asked for each workspace.',
  );

const notOneEach = (file: string, id: string | null): Failure =>
  new Failure(
    'bad-plan',
    exitStatus.usage,
    id === null ? `${clean(file, 300)} has no workspace.` : `Two plan files are for ${clean(nameOf(id), 100)}.`,
    'Pass one plan file for each workspace.',
  );
