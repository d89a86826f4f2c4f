// The workspace as it is beside an earlier state of it: a snapshot in a file, or what the change records of Azure lead back to.
import * as z from 'zod/mini';
import type { CommandContext } from '../../src/command/definition.ts';
import { flag } from '../../src/command/flag.ts';
import { type DiffedAudit, diffAudits, isLost } from '../../src/model/audit-diff.ts';
import { clockSlack, recordDays, type WriteRecords } from '../../src/model/change-record.ts';
import { authorsOnly, type DriftReport, namesOfCaller } from '../../src/model/drift.ts';
import { exitStatus, Failure, isFailure } from '../../src/model/failure.ts';
import { readingOf } from '../../src/model/reading.ts';
import { nameOf, sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { unaskedIn } from '../../src/model/snapshot-changes.ts';
import { clean, utcMinute } from '../../src/model/text.ts';
import { type DriftInput, earlier } from '../../src/plan/index.ts';
import type { Session, SessionEvent } from '../../src/session/session.ts';

export const driftFlags = {
  since: flag(z.optional(z.string()), `time to compare with, back to ${recordDays} days: 2h, 3d, 2026-11-27`, {
    value: 'TIME',
  }),
  baseline: flag(z.optional(z.string()), 'snapshot to compare with (`bastide scan --output FILE`)', {
    ...{ value: 'FILE', of: 'file' },
  }),
} as const;

export interface Drifted {
  readonly session: Session;
  readonly old: Snapshot;
  readonly now: Snapshot;
  readonly drift: DriftReport;
}

interface Wanted {
  readonly since?: string | undefined;
  readonly baseline?: string | undefined;
}

/** Without either, the last day. Throws Failure (exit 2) for a time or a file that cannot be compared with. */
export async function* drifted(context: CommandContext, wanted: Wanted): AsyncGenerator<SessionEvent, Drifted> {
  if (wanted.since !== undefined && wanted.baseline !== undefined) {
    throw usage('contradicting-flags', '--since cannot be combined with --baseline.', 'Remove one of them.');
  }
  // Refused before anything is read; the time of Azure is known once something was.
  const time = () => (wanted.baseline === undefined ? timeOf(wanted.since ?? '24h', context.now()) : null);
  time();
  const baseline = wanted.baseline === undefined ? null : yield* baselineOf(context, wanted.baseline);
  const session = await context.session();
  const now = context.snapshot ?? (yield* session.scan(context.signal));
  if (baseline !== null) requireSame(baseline, now, wanted.baseline ?? '');
  const since = baseline === null ? (time() ?? now.takenAt) : takenAt(baseline, wanted.baseline ?? '', now);
  const records = yield* recordsOf(session, [now, ...(baseline === null ? [] : [baseline])], since, context);
  const bastide = await bastideIn(session, context.signal);
  const back = baseline === null ? earlier(now, records, since, bastide) : null;
  const old = baseline ?? back?.snapshot ?? now;
  const seen = yield* lookedFor(session, old, now, context.signal);
  const side = (name: string, of: Snapshot): DiffedAudit => ({
    side: { name, kind: 'scan', takenAt: of.takenAt, workspace: of.workspace },
    findings: session.report(of, context.flags.profile).findings,
    isComplete: true,
    reading: readingOf(of),
    assumptions: of.intents,
  });
  const name = wanted.baseline === undefined ? utcMinute(since) : clean(wanted.baseline, 300);
  const [older, newer] = [side(name, old), side(session.source.name, now)];
  const { opened, closed, knowledge = [], assumptions } = diffAudits(older, newer, null);
  const notKnownBefore = knowledge.filter((one) => !isLost(one));
  const drift = session.drift({
    ...{ old, now: seen, records, profile: context.flags.profile, ...bastide },
    diff: { opened, closed, knowledge },
    since: { name, at: since },
    deleted: back?.deleted ?? [],
    unknown: back?.unknown ?? [],
  });
  const olderUnread = baseline === null && records.unread !== null ? { olderUnread: records.unread } : {};
  const notCompared = back === null ? {} : { notCompared: back.notCompared };
  const before = notKnownBefore.length === 0 ? {} : { notKnownBefore };
  const assumed = assumptions === undefined ? {} : { assumptions };
  return { session, old, now: seen, drift: { ...drift, ...olderUnread, ...notCompared, ...before, ...assumed } };
}

/**
 * The newer snapshot, with what only the older one holds and the scan did not ask for, since nothing leads to it now: reading it shows
 * whether it was deleted.
 */
export async function* lookedFor(
  session: Session,
  old: Snapshot,
  now: Snapshot,
  signal: AbortSignal,
): AsyncGenerator<SessionEvent, Snapshot> {
  const ids = unaskedIn(now, old);
  return ids.length === 0 ? now : yield* session.look(now, ids, signal);
}

/** By what the writes of Bastide itself are told apart. Where the history cannot be read, that is not known of any. */
async function bastideIn(
  session: Session,
  signal: AbortSignal,
): Promise<Pick<DriftInput, 'entries' | 'historyUnread' | 'own'>> {
  const own = namesOfCaller(await session.identity(signal));
  try {
    return { entries: await session.history(), own };
  } catch (error) {
    if (isFailure(error)) return { entries: [], historyUnread: error.message, own };
    throw error;
  }
}

/** Who changed what between each of these pairs, the older snapshot first; by one question for records. */
export async function* authorsBetween(
  context: Pick<CommandContext, 'signal' | 'flags'>,
  session: Session,
  pairs: readonly (readonly [old: Snapshot, now: Snapshot])[],
): AsyncGenerator<SessionEvent, DriftReport[]> {
  const times = pairs.map(([old]) => Date.parse(old.takenAt));
  const since = new Date(Math.min(...times)).toISOString();
  const records = yield* recordsOf(session, pairs.flat(), since, context);
  const bastide = await bastideIn(session, context.signal);
  const known = { records, profile: context.flags.profile, ...bastide };
  return pairs.map(([old, now]) => session.drift(authorsOnly(old, now, known)));
}

async function* recordsOf(
  session: Session,
  snapshots: readonly Snapshot[],
  since: string,
  { signal }: Pick<CommandContext, 'signal'>,
): AsyncGenerator<SessionEvent, WriteRecords> {
  const from = new Date(Date.parse(since) - clockSlack).toISOString();
  const read = yield* session.changeRecords(snapshots, from, signal);
  const age = Date.parse(snapshots[0]?.takenAt ?? since) - Date.parse(since);
  const kept = age > recordDays * 86_400_000 ? `Azure keeps change records for ${recordDays} days.` : null;
  return { ...read, unread: read.unread ?? kept };
}

async function* baselineOf(context: CommandContext, file: string): AsyncGenerator<SessionEvent, Snapshot> {
  const session = await context.host.openFiles([file]);
  return yield* session.scan(context.signal);
}

/** Records are asked for from then on, so it must be before `now`; clocks differ by a few minutes. */
function takenAt({ takenAt: at }: Snapshot, file: string, now: Snapshot): string {
  const time = Date.parse(at);
  const isEarlier = !(time > Date.parse(now.takenAt) + clockSlack);
  if (!Number.isNaN(time) && isEarlier) return new Date(time).toISOString();
  throw usage(
    'bad-baseline',
    isEarlier
      ? `${clean(file, 300)} has no scan time.`
      : `${clean(file, 300)} is of ${utcMinute(at)}, which is later than this scan (${utcMinute(now.takenAt)}).`,
    'Write a snapshot with `bastide scan --output FILE`.',
  );
}

function requireSame(old: Snapshot, now: Snapshot, file: string): void {
  if (old.workspace === null || now.workspace === null || sameId(old.workspace, now.workspace)) return;
  throw usage(
    'other-workspace',
    `${clean(file, 300)} is a snapshot of ${clean(nameOf(old.workspace), 100)}, and the selected workspace is ${clean(nameOf(now.workspace), 100)}.`,
    'Use a snapshot of this workspace.',
  );
}

/** ISO 8601, UTC. */
export function timeOf(text: string, now: Date): string {
  const [, digits, unit = ''] = /^(\d{1,6})\s*([mhd])$/i.exec(text.trim()) ?? [];
  const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
  const isDate = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/i.test(text.trim());
  const at =
    digits === undefined
      ? isDate
        ? Date.parse(text.trim())
        : Number.NaN
      : now.getTime() - Number(digits) * (units[unit.toLowerCase()] ?? 0);
  if (Number.isNaN(at) || at > now.getTime()) {
    throw usage(
      'bad-value',
      `--since takes a time in the past, not ${clean(text, 40)}.`,
      'For example: --since 2h, --since 3d, --since 2026-11-27 or --since 2026-11-27T08:00Z',
    );
  }
  if (now.getTime() - at > recordDays * 86_400_000) {
    throw usage(
      'bad-value',
      `--since ${clean(text, 40)} is too long ago: Azure keeps change records for ${recordDays} days.`,
      'Compare with a snapshot instead: --baseline FILE.',
    );
  }
  return new Date(at).toISOString();
}

const usage = (code: string, message: string, next: string) => new Failure(code, exitStatus.usage, message, next);
