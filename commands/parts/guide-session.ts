// One session of the guide: what it reads, plans and counts, and its position among the findings. Asks nothing.
import type { CommandContext, ProgressPort } from '../../src/command/definition.ts';
import { drained } from '../../src/command/send.ts';
import {
  type LaterOutcome,
  laterOutcomes,
  resolvedOutcomes,
  type SevereFinding,
  severeIn,
  unknownOutcomes,
} from '../../src/model/compare.ts';
import { type Entry, madeCount, madeWords } from '../../src/model/entry.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { type Finding, unjudgedCount } from '../../src/model/finding.ts';
import {
  type DoneFinding,
  endedWithout,
  type GuideProgress,
  isBegun,
  settledWith,
} from '../../src/model/guide-progress.ts';
import type { Plan } from '../../src/model/plan.ts';
import { type ProblemReport, reportNumbers } from '../../src/model/problem.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { clean, counted } from '../../src/model/text.ts';
import { type Line, line } from '../../src/model/words.ts';
import { spokenId } from '../../src/render/change-text.ts';
import type { Session, SessionEvent } from '../../src/session/session.ts';
import { type OpenProblem, openProblems, type PlanOf, type Queue, queueOf } from './guide-queue.ts';
import type { GuideResult } from './guide-result.ts';

// Going on after a dropped connection: what became of what was under way, which the session has settled by now, in words.

/** What the operator must know before the next question; nothing counts as under way any more. Writes only the progress. */
async function resumed(session: Session, snapshot: Snapshot, store: ProgressPort): Promise<readonly Line[]> {
  const kept = await store.get();
  if (!isBegun(kept)) return [];
  const skipped = kept.skipped.length + kept.seen.length;
  const { done, unknown } = settledNow(kept, session, snapshot);
  const open = unknown.length === 0 ? '' : `${unknown.length} unknown now, `;
  const news = [
    line(
      ['Continuing: ', 'heading'],
      `${counted(done.length, 'finding')} resolved, ${open}${skipped} skipped, since ${clean(kept.since, 40).slice(0, 16).replace('T', ' ')} UTC.`,
      ['  Use --restart to start over.', 'dim'],
    ),
  ];
  if (kept.acting === null || session.source.kind === 'files') return news;
  const { acting } = kept;
  const entries = await session.history();
  const entry = entries.findLast(
    ({ at, verb, findings }) => verb === 'fix' && at >= acting.since && findings.includes(acting.finding),
  );
  // Another entry may be the one: damaged, of another finding of the problem, or dated by a clock that was set back.
  const isOpen = entry === undefined && mayHoldActing(entries, acting);
  const isDone = entry?.state === 'done';
  await store.update((now) => (isDone ? settledWith(now, entry.findings, entry.id) : endedWithout(now)));
  return [...news, actingLine(acting.finding, entry, isOpen)];
}

/** May one of these be the fix that was under way? Nothing was sent only where none may. */
const mayHoldActing = (entries: readonly Entry[], acting: NonNullable<GuideProgress['acting']>): boolean =>
  entries.some((one) => one.state === 'unreadable' || one.at >= acting.since) ||
  entries.at(-1)?.findings.includes(acting.finding) === true;

/** What became of the fix that was cut off. */
function actingLine(finding: string, entry: Entry | undefined, isOpen: boolean): Line {
  const name = spokenId(finding);
  const cut = (text: string, role: string): Line => line([`Interrupted at ${name}: `, 'heading'], [text, role]);
  if (entry === undefined && isOpen)
    return cut('whether something was sent is not known; see `bastide history`.', 'unknown');
  if (entry === undefined) return cut('nothing was sent.', 'ok');
  switch (entry.state) {
    case 'done':
      return cut(`the fix was applied, as entry ${entry.id}.`, 'ok');
    case 'open':
      return cut('its outcome is not known yet; see `bastide history`.', 'warn');
    default:
      return cut(
        `${madeWords(entry)} (entry ${entry.id}); the rest were not sent.`,
        madeCount(entry.steps) > 0 ? 'warn' : 'ok',
      );
  }
}

interface SettledNow {
  /** Resolved by the guide, and not failing by any rule. */
  readonly done: readonly DoneFinding[];
  /** Resolved by it, and unknown now. */
  readonly unknown: readonly DoneFinding[];
}

/** What became of what the guide resolved, judged whatever the profile and `bastide.yaml` leave out. */
function settledNow(progress: GuideProgress, session: Session, snapshot: Snapshot): SettledNow {
  const later = laterOutcomes({ failed: [] }, session.byEveryRule(snapshot));
  const having = (outcomes: readonly LaterOutcome[]) =>
    progress.done.filter(({ finding }) => outcomes.includes(later(finding)));
  return { done: having(resolvedOutcomes), unknown: having(unknownOutcomes) };
}

export interface GuideSession {
  readonly context: CommandContext;
  readonly session: Session;
  readonly store: ProgressPort;
  /** Nothing can be sent: findings are shown one after another. */
  readonly looksOnly: boolean;
  snapshot: Snapshot;
  /** What has happened since the last question. */
  news: readonly Line[];
  /** The latest entry of this session, while it can be undone. */
  last: string | null;
  sent: number;
  failed: number;
  /** Entries of which the rest is not offered again. */
  readonly leftAlone: Set<string>;
  /** Entries that were applied in part: they can be undone too. */
  partial: readonly string[];
  /** What was introduced that is critical or high. */
  severe: readonly SevereFinding[];
}

export interface GuidePosition {
  readonly progress: GuideProgress;
  readonly report: ProblemReport;
  readonly open: readonly OpenProblem[];
  readonly queue: Queue;
  readonly planOf: PlanOf;
  readonly at: { readonly at: number; readonly total: number };
  /** Problems that are left and that it does not ask about: nothing that can be sent resolves them. */
  readonly manual: number;
  readonly settled: SettledNow;
}

/** Recovers what an earlier session left open, scans the workspace, and finds the position in it. */
export async function* startGuide(
  context: CommandContext,
  restart: boolean,
): AsyncGenerator<SessionEvent, GuideSession> {
  const session = await context.session();
  if (session.source.kind !== 'files') yield* session.recover(context.signal);
  const snapshot = context.snapshot ?? (yield* session.scan(context.signal));
  const store = await context.host.progress(session.source, snapshot.workspace ?? '');
  if (restart) await store.forget();
  const { dryRun, readOnly } = context.flags;
  const looksOnly = dryRun || readOnly || session.readOnly;
  const news = await resumed(session, snapshot, store);
  return {
    ...{ context, session, store, looksOnly, snapshot, news },
    ...{ last: null, sent: 0, failed: 0, partial: [], severe: [] },
    leftAlone: new Set(),
  };
}

/** The position now, with the names read that the next plan chooses. `without`: findings whose problems are left out. */
export async function guidePosition(
  guideSession: GuideSession,
  without: ReadonlySet<string> = new Set(),
): Promise<GuidePosition> {
  for (;;) {
    const here = await positionIn(guideSession, without);
    const { session, snapshot, context } = guideSession;
    const item = here.queue.next;
    if (item === null || item.asked !== null) return here;
    const plansOf = (of: Snapshot) => [
      of === snapshot ? item.plan : planner({ ...guideSession, snapshot: of }, here.progress)(item.findings),
    ];
    guideSession.snapshot = await drained(session.named(snapshot, plansOf, context.signal));
    if (guideSession.snapshot === snapshot) return here;
  }
}

async function positionIn(guideSession: GuideSession, without: ReadonlySet<string>): Promise<GuidePosition> {
  const { context, session, store, snapshot } = guideSession;
  const progress = await store.get();
  const aside = new Set(asideOf(progress, guideSession));
  const report = session.report(snapshot, context.flags.profile);
  const open = openProblems(report, aside);
  const planOf = planner(guideSession, progress);
  const skipped = openProblems(report, new Set()).filter(({ findings }) => findings.every(({ id }) => aside.has(id)));
  const settled = settledNow(progress, session, snapshot);
  const done = new Set(settled.done.map(({ finding, problem, entry }) => problem ?? entry ?? finding));
  // The problems are those of every list and header: also those that the guide cannot fix.
  const { failing: total } = reportNumbers(report);
  return {
    progress,
    report,
    open,
    planOf,
    queue: queueOf(
      open.filter(({ findings }) => !findings.some(({ id }) => without.has(id))),
      planOf,
    ),
    at: { at: done.size + skipped.length + 1, total: done.size + total },
    manual: total - open.length - skipped.length,
    settled,
  };
}

/** Findings that are not shown again: those skipped and, where nothing can be sent, those seen. */
const asideOf = ({ skipped, seen }: GuideProgress, { looksOnly }: GuideSession): readonly string[] =>
  looksOnly ? [...new Set([...skipped, ...seen])] : skipped;

/** Answers that count for a finding: its own, and those for the worse one that it makes way for. */
export const answersFor = ({ answers }: GuideProgress, findings: readonly Finding[], goal?: Finding | null) =>
  Object.assign({}, ...[...findings, ...(goal ? [goal] : [])].map(({ id }) => answers[id] ?? {})) as Record<
    string,
    string
  >;

/** Plans of this moment, each made once. */
function planner({ session, snapshot, context }: GuideSession, progress: GuideProgress): PlanOf {
  const made = new Map<string, Plan>();
  return (findings, goal) => {
    const targets = findings.map(({ id }) => id);
    const answers = answersFor(progress, findings, goal);
    const key = JSON.stringify([targets, answers]);
    const request = { targets, answers, ips: [], profile: context.flags.profile };
    const plan = made.get(key) ?? session.plan(snapshot, request);
    made.set(key, plan);
    return plan;
  };
}

export async function resultOf(
  { progress, open, queue, report, manual, settled }: GuidePosition,
  guideSession: GuideSession,
  stopped: boolean,
): Promise<GuideResult> {
  const left = open.flatMap(({ findings }) => findings);
  const reasons = new Map(queue.blocked.map(({ finding, reason }) => [finding, reason]));
  const { done, unknown } = settled;
  const unjudged = unjudgedCount(report.findings);
  const entries = [...new Set([...[...done, ...unknown].flatMap(({ entry }) => entry ?? []), ...guideSession.partial])];
  // Two entries of one second are told apart by the history alone.
  const told = (await guideSession.session.history()).map(({ id }) => id);
  const inTurn = told.filter((id) => entries.includes(id));
  return {
    stopped,
    done,
    ...(unknown.length === 0 ? {} : { unknown }),
    ...(unjudged === 0 ? {} : { unjudged }),
    ...(report.summary.unknown === 0 ? {} : { unknownChecks: report.summary.unknown }),
    skipped: asideOf(progress, guideSession),
    order: null,
    left: left.map(({ id }) => ({ finding: id, reason: reasons.get(id) ?? null })),
    manual,
    failed: guideSession.failed,
    sent: guideSession.sent,
    severe: severeIn(
      guideSession.severe.map(({ finding }) => finding),
      report,
    ),
    script: inTurn.toReversed().map((entry) => `undo ${entry}`),
  };
}

/** Stopped by the operator or by a lost connection: what was done, and how to continue. */
export const interruptedGuide = ({ sent, failed }: GuideSession): Failure =>
  sent + failed > 0
    ? new Failure(
        'interrupted',
        exitStatus.partial,
        `Interrupted after ${sent} ${sent === 1 ? 'fix' : 'fixes'}. Applied fixes are in the history, and the guide continues here.`,
        'Run `bastide guide` to continue, or `bastide undo` to undo the last fix.',
      )
    : new Failure(
        'interrupted',
        exitStatus.interrupted,
        'Interrupted before anything was sent; the guide continues here.',
        'Run `bastide guide` to continue.',
      );
