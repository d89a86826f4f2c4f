// The base of all effects: the store, the session, one cancellable task at a time, and the scan of the workspace. Independent
// of keys.

import type { LastRunPort } from '../../command/definition.ts';
import { type AuditRecord, auditRecord, isNews, withNews } from '../../model/audit-record.ts';
import type { Entry } from '../../model/entry.ts';
import { exitStatus, Failure, type FailureValue, isFailure } from '../../model/failure.ts';
import { asJson, sameJson } from '../../model/json.ts';
import type { LastRun } from '../../model/last-run.ts';
import type { ProblemReport } from '../../model/problem.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { clean } from '../../model/text.ts';
import type { SessionEvent } from '../../session/session.ts';
import type { AppOptions } from '../options.ts';
import type { Action } from './actions.ts';
import { settledWords } from './applying.ts';
import { createChangedSince } from './changed-since.ts';
import type { ScreenController } from './effect-context.ts';
import { messageLife } from './reducer.ts';
import type { State } from './state.ts';
import type { StateStore } from './store.ts';

// The results of the previous run, loaded at the first scan of a workspace, and saving those of this run.

interface Known {
  readonly workspace: string;
  readonly port: LastRunPort;
  readonly seen: LastRun | null;
}

/** What earlier audits of the workspace say; `note` once, where the results of the last run are damaged. */
interface Earlier {
  readonly seen: LastRun | null;
  readonly note: string | null;
  readonly audits: readonly AuditRecord[];
  /** The report with its findings marked that are new since the audit before. */
  readonly marked: ProblemReport;
}

/** Returns the results of the last run, the same on every scan; `note` once, where they are damaged. */
function createLastRun({ context, profile, session }: Pick<AppOptions, 'context' | 'profile' | 'session'>) {
  let known: Known | null = null;
  return async (snapshot: Snapshot, report: ProblemReport): Promise<Earlier> => {
    const { workspace, takenAt } = snapshot;
    if (session.source.kind === 'files' || workspace === null)
      return { seen: null, note: null, audits: [], marked: report };
    let note: string | null = null;
    if (known?.workspace !== workspace) {
      const port = await context.host.lastRun(session.source, workspace, profile);
      const kept = await port.get();
      known = { workspace, port, seen: kept.seen };
      note = kept.note;
    }
    const { port, seen } = known;
    await port.keep(report, takenAt);
    const log = await context.host.audits(session.source, workspace);
    const { records } = await log.all();
    const earlier = records.findLast((one) => one.profile === report.profile && one.at !== takenAt);
    const record = auditRecord(report, takenAt, earlier);
    const marked = withNews(report, earlier);
    if (!isNews(records, record)) return { seen, note, audits: records, marked };
    await log.add(record);
    return { seen, note, audits: [...records, record], marked };
  };
}

export function createScreenController(
  options: AppOptions,
  store: StateStore<State, Action>,
  crashed: (error: unknown) => void,
): ScreenController {
  const { session } = options;
  let stopper: AbortController | null = null;
  let running: Promise<void> = Promise.resolve();
  let sent = false;

  const lastRun = createLastRun(options);
  const clock = () => store.dispatch({ type: 'clock', now: options.now().getTime() });
  const say = (text: string, role = 'text') => {
    clock();
    store.dispatch({ type: 'said', text, role });
    setTimeout(clock, messageLife + 20).unref();
  };
  /** Read anew from disk each time. An entry that is as it was stays the same object: long histories are held once. */
  const readEntries = async (): Promise<readonly Entry[]> => {
    const known = new Map(store.get().entries.map((entry) => [entry.id, entry]));
    const kept = (entry: Entry): Entry => {
      const before = known.get(entry.id);
      return before !== undefined && sameJson(asJson(before), asJson(entry)) ? before : entry;
    };
    return (await session.history()).map(kept);
  };
  const loadEntries = async () => store.dispatch({ type: 'entries', entries: await readEntries() });
  const refresh = async () => {
    const { snapshot: before } = store.get();
    const snapshot = session.latest();
    if (snapshot === undefined) return;
    const plain = session.report(snapshot, options.profile);
    const entries = await readEntries();
    const { seen: last, note, audits, marked: report } = await lastRun(snapshot, plain);
    clock();
    store.dispatch({ type: 'scanned', snapshot, report, identity: snapshot.identity, entries, last, audits });
    if (note !== null) say(clean(note, 400), 'warn');
    const drift = await changedSince(before, snapshot, entries);
    if (drift !== null && store.get().snapshot === snapshot) store.dispatch({ type: 'set', members: { drift } });
  };
  const drain = async <T>(generator: AsyncGenerator<SessionEvent, T>): Promise<T> => {
    for (;;) {
      const next = await generator.next();
      if (next.done === true) return next.value;
      if (next.value.kind === 'asking') say(clean(next.value.detail, 300));
      if (next.value.kind === 'settled') say(settledWords(next.value), 'warn');
      if (next.value.kind === 'step') {
        // The steps are timed.
        clock();
        sent ||= !['waiting', 'intended', 'skipped'].includes(next.value.state);
        const { work: running } = store.get();
        if (sent && running?.writing === false)
          store.dispatch({ type: 'working', work: { ...running, writing: true } });
      }
      store.dispatch({ type: 'event', event: next.value });
    }
  };

  const changedSince = createChangedSince(options, drain);

  const unread = (problem: FailureValue) => {
    store.dispatch({ type: 'failed', problem });
    say(`${problem.message} ${problem.next}`, 'bad');
  };

  const work: ScreenController['work'] = async (what, job) => {
    if (stopper !== null) return say(`Wait: ${store.get().work?.title ?? 'another command'} is still running.`, 'warn');
    const controller = new AbortController();
    stopper = controller;
    sent = false;
    store.dispatch({ type: 'working', work: { ...what, done: 0, total: 0, detail: '' } });
    running = job(controller.signal)
      .catch((error: unknown) => {
        const failure = failureOf(error, controller.signal);
        if (failure === null) crashed(error);
        else say(`${failure.message} ${failure.next}`, 'bad');
      })
      .finally(() => {
        stopper = null;
        clock();
        store.dispatch({ type: 'working', work: null });
      });
    await running;
  };

  return {
    options,
    session,
    store,
    say,
    work,
    abort: () => stopper?.abort(new DOMException('The operator stopped it.', 'AbortError')),
    idle: () => running,
    drain,
    async read(signal) {
      try {
        await drain(session.scan(signal));
        await refresh();
      } catch (error) {
        const failure = failureOf(error, signal);
        if (failure === null) throw error;
        unread(failure);
      }
    },
    unread,
    refresh,
    loadEntries,
    sentSomething: () => sent,
  };
}

/** The text of an expected error; null for a bug. */
export function failureOf(error: unknown, signal: AbortSignal): FailureValue | null {
  if (isFailure(error)) return error.toJSON();
  const aborted = signal.aborted && error instanceof Error && error.name === 'AbortError';
  if (!aborted && error !== signal.reason) return null;
  return new Failure('interrupted', exitStatus.interrupted, 'Stopped.', 'Scan the workspace again.').toJSON();
}
