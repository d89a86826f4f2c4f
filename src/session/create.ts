// A session over the ARM client: what a host calls. Each act is in its own file; here they share one workspace and one listener.
import { audit } from '../audit/index.ts';
import { mapOf } from '../audit/map.ts';
import type { ArmClient } from '../azure/arm-client.ts';
import type { History } from '../history/history.ts';
import type { Assumptions } from '../model/assumption.ts';
import { readTargets } from '../model/change.ts';
import { EditConflict } from '../model/edit.ts';
import { type Entry, type ResolvedRecord, restOf } from '../model/entry.ts';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import type { Report } from '../model/finding.ts';
import { isArray, isObject } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import { isProduction } from '../model/project-config.ts';
import { fold } from '../model/resource-id.ts';
import type { Snapshot } from '../model/snapshot.ts';
import {
  applyChanges,
  creationPlan,
  driftOf,
  mayBeUndoneLater,
  reviewPlan,
  selectableInSteps,
  withoutSteps,
} from '../plan/index.ts';
import type { Rule } from '../rules/rule.ts';
import { applyPlan, countsOf, outcomeOf } from './apply.ts';
import {
  type ApplyContext,
  defaultRetryPolicy,
  freshOf,
  type RetryPolicy,
  type WriteContext,
} from './apply-context.ts';
import { exportHistory, importHistory } from './carry-history.ts';
import { readChangeRecords } from './change-records.ts';
import { eventChannel } from './channel.ts';
import { askDiagnosis } from './diagnosis.ts';
import { extendSnapshot, withNames } from './extend-snapshot.ts';
import { auditFleet, type FleetOptions } from './fleet/fleet.ts';
import { askLive } from './live.ts';
import { withAuthors } from './meanwhile.ts';
import { askOverwrote } from './overwrote.ts';
import { ownIn } from './own.ts';
import { planner } from './planner.ts';
import { unreadPolicies, withPolicies } from './policies.ts';
import { refuseUnsettled, unsentBy } from './preflight.ts';
import { recoverEntries, settleFrom } from './recover.ts';
import { type ReportOptions, reporter, usable } from './report.ts';
import { restorePlan, vanishedOf } from './restore.ts';
import { chooseRest, remainingOf, resumePlan } from './resume.ts';
import { scanWorkspace } from './scan.ts';
import { withScopes } from './scope-reads.ts';
import { type TagOptions, tagSource } from './service-tags.ts';
import type { ApplyResult, Session, SessionEvent } from './session.ts';
import { choose, downTo, planFor, undoPlans } from './undo.ts';
import { bodiesOf, undoProof, whoseAre } from './undo-proof.ts';
import { flawedIn, resolvedByUndone, resolvedRecord, verified } from './verify.ts';
import { notShownIn, notYetVisible, seeing } from './visible.ts';
import type { OpenWhatIfSimulator } from './what-if/simulator.ts';
import { runWhatIf } from './what-if/what-if.ts';

export interface IntentStore {
  get(): Promise<Assumptions>;
  set(intents: Assumptions): Promise<unknown>;
}

export interface SessionOptions extends Pick<ReportOptions, 'project'> {
  readonly arm: ArmClient;
  readonly rules: readonly Rule[];
  /** The history and the assumptions of a workspace, by its full id. */
  history(workspace: string): History;
  intents(workspace: string): IntentStore;
  readonly selector: { readonly workspace?: string; readonly resourceGroup?: string; readonly subscription?: string };
  /** Where service tags are had from and kept; unless given, each session asks for itself. */
  readonly tags?: TagOptions;
  readonly readOnly: boolean;
  /** Where a fleet audit keeps what it has read until it is complete; absent: there are none. */
  readonly fleetStore?: FleetOptions['store'];
  /** Where plans are simulated. */
  readonly sandbox: OpenWhatIfSimulator;
  now(): Date;
  newId(): string;
  /** Who acts, for the history. */
  readonly by: string;
  readonly pace?: RetryPolicy;
}

/** Nothing is read and no sign-in starts before the first call that needs it. */
export function createSession(options: SessionOptions): Session {
  const { arm, rules } = options;
  const listeners = new Set<(event: SessionEvent) => void>();
  const tell = (event: SessionEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const stopListening = arm.onEvent(tell);
  const tags = tagSource(options.tags ?? {});
  let chosen: Promise<string> | undefined;
  let latest: Snapshot | undefined;
  /** So many scans a plan may be older than the latest. */
  const mostShown = 4;
  /** The last scans by id: what a person sees on the screen may be older than the latest. */
  const shownWith = new Map<string, Snapshot>();
  const keepShown = (scanned: Snapshot): void => {
    shownWith.set(scanned.id, scanned);
    for (const id of [...shownWith.keys()].slice(0, -mostShown)) shownWith.delete(id);
  };

  /** Entries that this session has waited for: the time is for all of its acts together. */
  const waitedFor = new Set<string>();
  const settleOnce = async (acting: WriteContext, signal: AbortSignal): Promise<readonly Entry[]> => {
    const open = (await acting.history.unsettled()).map(({ id }) => id);
    const waits = open.some((id) => !waitedFor.has(id));
    for (const id of open) waitedFor.add(id);
    return recoverEntries(acting, { signal, waits });
  };

  /** Ids of what stands there as the history says that Bastide created it, folded; as of the last scan. */
  let made: ReadonlySet<string> = new Set();
  const isOwn = (id: string): boolean => made.has(fold(id));
  const { report, byEveryRule, judged, leftOut } = reporter({ ...options, isOwn });

  const workspace = (signal?: AbortSignal): Promise<string> => {
    chosen ??= arm.findWorkspace(options.selector, signal);
    // A sign-in that failed can be fixed while the screen stays open.
    chosen.catch(() => {
      chosen = undefined;
    });
    return chosen;
  };
  const contextFor = (say: (event: SessionEvent) => void): ApplyContext => ({
    arm,
    rules,
    pace: options.pace ?? defaultRetryPolicy,
    now: options.now,
    newId: options.newId,
    say,
  });
  const writing = (id: string, say: (event: SessionEvent) => void, signal?: AbortSignal): WriteContext => {
    const context = contextFor(say);
    const history = options.history(id);
    return { ...context, history, by: options.by, fresh: () => seeing({ ...context, history, signal }) };
  };
  /** Reports an act's events to its caller; events of the ARM client meanwhile are included, and listeners hear both. */
  const act = <Result>(
    work: (say: (event: SessionEvent) => void, signal: AbortSignal) => Promise<Result>,
    signal?: AbortSignal,
  ): AsyncGenerator<SessionEvent, Result> =>
    eventChannel<SessionEvent, Result>(async (say, stop) => {
      const stopClient = arm.onEvent(say);
      try {
        return await work((event) => {
          tell(event);
          say(event);
        }, stop);
      } finally {
        stopClient();
      }
    }, signal);
  /** Tells how many of the reads are made. */
  const readProgress =
    (stage: 'scan' | 'verify', say: (event: SessionEvent) => void) =>
    (done: number, total: number, detail: string): void =>
      say({ kind: 'progress', stage, done, total, detail });
  const read = async (
    stage: 'scan' | 'verify',
    say: (event: SessionEvent) => void,
    signal?: AbortSignal,
    {
      client = arm,
      ...more
    }: { readonly client?: ArmClient; readonly also?: readonly string[]; readonly planned?: readonly string[] } = {},
  ): Promise<Snapshot> => {
    const id = await workspace(signal);
    const scanned = await scanWorkspace({
      arm: client,
      workspace: id,
      intents: await assumed(id),
      id: options.newId(),
      now: options.now,
      ...more,
      tags,
      progress: readProgress(stage, say),
      ...(signal ? { signal } : {}),
    });
    const scopes = options.project?.()?.scopes ?? [];
    latest = await withScopes(scanned, scopes, (of, ids) =>
      extendSnapshot(of, ids, arm, readProgress(stage, say), signal),
    );
    made = await ownIn(latest, options.history(id));
    keepShown(latest);
    if (stage === 'scan') await settleFrom(latest, writing(id, say));
    return latest;
  };
  const assumed = async (id: string) => usable(await options.intents(id).get(), options.project?.());
  const fleetOf =
    (store: FleetOptions['store']): NonNullable<Session['fleet']> =>
    (request, signal) =>
      act((say, stop) => {
        const { now } = options;
        const intents = (id: string) => ({ get: () => assumed(id) });
        return auditFleet({ arm, rules, intents, tags, report, store, now, say, signal: stop }, request);
      }, signal);
  const entries = async (): Promise<readonly Entry[]> => options.history(await workspace()).entries();
  /** The entries, those that are open settled where that needs no wait. */
  const settledEntries = async (signal?: AbortSignal): Promise<readonly Entry[]> => {
    await recoverEntries(writing(await workspace(signal), tell), { signal, waits: false });
    return entries();
  };
  /** The workspace with what was made lately, on which an undo or redo is built. Throws Failure (exit 4) where it does not show. */
  const visible = async (signal?: AbortSignal, also: readonly string[] = []): Promise<Snapshot> => {
    const client = await freshOf(writing(await workspace(signal), tell, signal));
    const snapshot = await read('scan', tell, signal, { client, also });
    const hidden = snapshot.gaps.find(({ code }) => code === notYetVisible);
    if (hidden !== undefined) throw unsentBy('not-yet-visible', hidden.reason);
    return snapshot;
  };
  const proofOf = async (chosen: readonly Entry[], signal?: AbortSignal) => ({
    proof: await undoProof(chosen, { arm, history: options.history(await workspace(signal)) }, signal),
  });
  const planBack = async (verb: 'undo' | 'redo', id: string | undefined, signal?: AbortSignal): Promise<Plan> => {
    const all = await settledEntries(signal);
    const entry = choose(all, verb, id);
    const snapshot = await visible(signal, entry.resources);
    return planFor(entry, verb, snapshot, {
      ...contextFor(tell),
      isOwn,
      ...(verb === 'undo'
        ? { entries: all, ...(await proofOf([entry], signal)) }
        : { proof: { bodies: await bodiesOf([entry], options.history(await workspace(signal))) } }),
    });
  };

  /** The audit of what was read before, with the changes of the entry that were made; null where they do not fit it. */
  const expectedAfter = (before: Snapshot, entry: Entry | null): Report | null => {
    const made = (entry?.steps ?? []).filter(({ state }) => state === 'done' || state === 'unknown');
    try {
      return audit(
        applyChanges(
          before,
          made.map(({ change }) => change),
        ),
        rules,
        'all',
      );
    } catch (error) {
      if (error instanceof EditConflict) return null;
      throw error;
    }
  };

  return {
    source: arm.source,
    readOnly: options.readOnly,
    identity: (signal) => arm.identity(signal),
    workspace,
    scan: (signal, planned = []) => act((say, stop) => read('scan', say, stop, { planned }), signal),
    scanMade: (signal) =>
      act(
        async (say, stop) =>
          read('scan', say, stop, { client: await freshOf(writing(await workspace(stop), say, stop)) }),
        signal,
      ),
    look: (snapshot, ids, signal, lists) =>
      act((say, stop) => extendSnapshot(snapshot, ids, arm, readProgress('scan', say), stop, lists), signal),
    named: (snapshot, plansOf, signal) =>
      act(
        (say, stop) =>
          withNames(snapshot, plansOf, (of, ids, lists) =>
            extendSnapshot(of, ids, arm, readProgress('scan', say), stop, lists),
          ),
        signal,
      ),
    live: (snapshot, request, signal) =>
      act(async (say, stop) => {
        latest = await askLive(snapshot, request, contextFor(say), stop);
        return latest;
      }, signal),
    diagnose: (snapshot, signal) =>
      act(async (say, stop) => {
        latest = await askDiagnosis(snapshot, contextFor(say), stop);
        return latest;
      }, signal),
    changeRecords: (snapshots, since, signal) =>
      act((_say, stop) => readChangeRecords(arm, snapshots, since, stop), signal),
    latest: () => latest,
    report,
    judged,
    byEveryRule,
    drift: (input) => driftOf({ ...input, rules }),
    map: mapOf,
    ...planner(
      (snapshot, request) => ({ snapshot, rules, request, isOwn, leftOut, id: options.newId() }),
      options.project,
    ),
    review: (snapshot, plan, profile, isCareful) => reviewPlan({ snapshot, plan, rules, profile, isOwn, isCareful }),
    selectable: (snapshot, plan, profile) => selectableInSteps({ snapshot, plan, rules, profile, isOwn }),
    without: (snapshot, plan, steps, profile) => withoutSteps({ snapshot, plan, rules, profile, isOwn }, steps),
    planCreation: (snapshot, creation) => creationPlan({ snapshot, rules, creation, id: options.newId() }),
    whatIf: (snapshot, plan, { profile, signal }) =>
      act(async (say, stop) => {
        const known = new Set([...snapshot.resources, ...snapshot.gaps].map(({ id }) => fold(id)));
        const ids = plan.steps.map(({ change }) => readTargets(change)).filter((id) => !known.has(fold(id)));
        const extended = ids.length === 0 ? snapshot : await extendSnapshot(snapshot, ids, arm, () => {}, stop);
        const changes = plan.steps.map(({ change }) => change);
        const seen = await withPolicies(extended, changes, arm, stop);
        const { now, newId } = options;
        return runWhatIf({
          snapshot: seen,
          plan,
          unread: unreadPolicies(changes, seen),
          rules,
          profile,
          open: options.sandbox,
          signal: stop,
          now,
          newId,
          say,
        });
      }, signal),
    apply: (plan, { line, signal, acceptWarnings = false }) =>
      act(async (say, stop): Promise<ApplyResult> => {
        if (options.readOnly) throw readOnly();
        const id = await workspace(stop);
        const before = latest;
        const shown = shownWith.get(plan.snapshot) ?? before;
        const acting = writing(id, say, stop);
        // An act that another process left open is settled first, so that the history lists the acts in their order.
        await settleOnce(acting, stop);
        const recorded = await acting.history.entries();
        refuseUnsettled(plan, recorded);
        const look = async () => read('verify', say, stop, { client: await freshOf(acting) });
        const applied = await applyPlan(
          {
            plan,
            workspace: id,
            line,
            acceptWarnings,
            signal: stop,
            look,
            ...(shown ? { made: { before: shown, isOwn } } : {}),
          },
          acting,
        );
        // Once something was sent, nothing that goes wrong while it is verified may hide that.
        const seen = await look().catch((error: unknown) => {
          if (isFailure(error)) return null;
          throw error;
        });
        const settled =
          seen && applied.entry?.state === 'open' ? await settleFrom(seen, acting, { onlyDone: true }) : [];
        const entry = settled.find((one) => one.id === applied.entry?.id) ?? applied.entry;
        const stopped = stop.aborted && entry !== null ? interruptedAct() : null;
        const open = (plan.notUndone ?? []).filter(mayBeUndoneLater);
        const now = seen === null ? null : audit(given(seen, plan), rules, 'all');
        const was = before === undefined ? null : audit(given(before, plan), rules, 'all');
        const alone = before === undefined ? null : expectedAfter(given(before, plan), entry);
        const verdict = verified(
          plan,
          now,
          was,
          seen === null ? null : judged(given(seen, plan), 'all'),
          alone,
          flawedIn(entry),
          resolvedByUndone(plan, recorded),
        );
        const resolved = entry && resolvedRecord(entry, verdict, [was, now, alone], applied.before);
        if (entry && resolved) await keptIn(acting.history, entry.id, resolved);
        const told =
          seen === null || now === null || before === undefined || stop.aborted
            ? verdict
            : await withAuthors(verdict, {
                ...{ before: given(before, plan), after: given(seen, plan), findings: now.findings },
                ...{ rules, arm, entries, signal: stop },
              });
        return {
          entry: entry?.id ?? null,
          state: entry?.state ?? 'done',
          steps: entry?.steps.map((step) => outcomeOf(step, acting)) ?? applied.steps,
          verified: { ...told, ...notShownIn(seen, told.unread) },
          skipped: plan.skipped,
          gaps: plan.gaps ?? [],
          ended: (stopped ?? applied.ended)?.toJSON() ?? null,
          vanished: vanishedOf(entry),
          ...(entry === null
            ? {}
            : {
                remaining: restOf(entry).length,
                counts: countsOf(entry, applied),
                reversedBy:
                  entry.verb !== 'undo' ? ('undo' as const) : entry.undoes === null ? null : ('redo' as const),
              }),
          ...(plan.verb === 'fix' || plan.irreversible.length === 0 ? {} : { irreversible: plan.irreversible }),
          ...(open.length === 0 ? {} : { notUndone: open }),
          ...(plan.notRestored === undefined ? {} : { notRestored: plan.notRestored }),
        };
      }, signal),
    planUndo: (id, signal) => planBack('undo', id, signal),
    planRedo: (id, signal) => planBack('redo', id, signal),
    async planUndoTo(id, signal) {
      const all = await settledEntries(signal);
      const chosen = downTo(all, id);
      const also = [...new Set(chosen.flatMap(({ resources }) => resources))];
      const snapshot = await visible(signal, also);
      return undoPlans(chosen, snapshot, {
        ...contextFor(tell),
        isOwn,
        entries: all,
        ...(await proofOf(chosen, signal)),
      });
    },
    async planResume(id, signal) {
      const entry = chooseRest(await settledEntries(signal), id);
      if (entry === null) return null;
      const snapshot = await visible(signal, entry.resources);
      const remaining = remainingOf(entry, snapshot);
      const history = options.history(await workspace(signal));
      const whose = await whoseAre(entry, remaining.already, { arm, history }, signal);
      return resumePlan(entry, remaining, snapshot, { ...contextFor(tell), isOwn, whose });
    },
    history: entries,
    historyBodies: async (of) => bodiesOf(of, options.history(await workspace())),
    historyNotes: async () => options.history(await workspace()).notes(),
    repairHistory: async (dryRun) => options.history(await workspace()).repair(dryRun),
    async exportHistory() {
      const id = await workspace();
      return exportHistory(options.history(id), writing(id, tell), id);
    },
    async importHistory(text, signal) {
      const id = await workspace(signal);
      return importHistory(text, writing(id, tell), id, signal);
    },
    recover: (signal) => act(async (say, stop) => settleOnce(writing(await workspace(stop), say), stop), signal),
    async planRestore(id, signal) {
      const acting = writing(await workspace(signal), tell);
      const all: Entry[] = [];
      for (const one of await settledEntries(signal)) {
        all.push(id === undefined || one.id === id ? await askOverwrote(one, acting, signal) : one);
      }
      const snapshot = await visible(signal);
      return restorePlan(all, id, snapshot, { ...contextFor(tell), isOwn });
    },
    isProduction(id) {
      const config = options.project?.() ?? null;
      return config !== null && isProduction(config, id);
    },
    ...(options.fleetStore === undefined ? {} : { fleet: fleetOf(options.fleetStore) }),
    // The client is that of this session, and stays open.
    at: (id) => createSession({ ...options, arm: { ...arm, close: async () => {} }, selector: { workspace: id } }),
    workspaces: (signal) => readableWorkspaces(arm, signal),
    intents: async () => assumed(await workspace()),
    async setIntents(change) {
      const store = options.intents(await workspace());
      // What is not usable as it is stored can be replaced.
      const all = Object.entries({ ...(await store.get()), ...change }).filter(([, value]) => value !== undefined);
      await store.set(usable(Object.fromEntries(all), options.project?.()));
      return assumed(await workspace());
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stopListening();
      listeners.clear();
      await arm.close();
    },
  };
}

/** A search without a name finds the only one, or fails with all of them. */
async function readableWorkspaces(
  arm: Pick<SessionOptions['arm'], 'findWorkspace'>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  try {
    return [await arm.findWorkspace({}, signal)];
  } catch (error) {
    const listed = isFailure(error) && isObject(error.details) ? error.details.workspaces : undefined;
    if (!isArray(listed)) throw error;
    return listed.filter((one) => typeof one === 'string');
  }
}

/** What was sent is recorded already: a disk that is full by now hides none of it. */
async function keptIn(history: History, id: string, resolved: ResolvedRecord): Promise<void> {
  try {
    await history.update(id, (one) => ({ ...one, resolved }));
  } catch (error) {
    if (!isFailure(error)) throw error;
  }
}

/** Addresses that were given for the run decide what it did, beside those that are declared. */
function given(snapshot: Snapshot, { ips = [] }: Plan): Snapshot {
  const { devClientIps = [] } = snapshot.intents;
  const all = [...new Set([...devClientIps, ...ips])];
  return ips.length === 0 ? snapshot : { ...snapshot, intents: { ...snapshot.intents, devClientIps: all } };
}

const interruptedAct = (): Failure =>
  new Failure(
    'interrupted',
    exitStatus.partial,
    'The run was stopped by a signal after something was sent.',
    'See `bastide history`.',
  );
export const readOnly = (): Failure =>
  new Failure(
    'read-only',
    exitStatus.notSent,
    'This session is read-only, so nothing was sent.',
    'Remove --read-only to apply changes.',
  );
