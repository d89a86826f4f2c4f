// Who changed what between two scans of the screen, for the details of problems and findings: by the records and the code of drift.
import { recordsComeWithin } from '../../model/change-record.ts';
import { authorsOnly, type DriftReport, namesOfCaller } from '../../model/drift.ts';
import type { Entry } from '../../model/entry.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { settingChanges } from '../../model/snapshot-changes.ts';
import type { SessionEvent } from '../../session/session.ts';
import type { AppOptions } from '../options.ts';

interface Pair {
  readonly old: Snapshot;
  readonly now: Snapshot;
}

/**
 * What changed since the snapshot before, or null where nothing new is known. Azure records a change minutes later: while an author is
 * unknown, the next scans ask again about the same change.
 */
export function createChangedSince(
  { session, profile }: Pick<AppOptions, 'session' | 'profile'>,
  drain: <T>(generator: AsyncGenerator<SessionEvent, T>) => Promise<T>,
): (before: Snapshot | null, now: Snapshot, entries: readonly Entry[]) => Promise<DriftReport | null> {
  let awaited: Pair | null = null;
  return async (before, now, entries) => {
    if (session.source.kind === 'files' || before === null || before.id === now.id) return null;
    if (before.workspace !== now.workspace) awaited = null;
    else if (settingChanges(before, now).length > 0) awaited = { old: before, now };
    if (awaited === null) return null;
    const pair: Pair = awaited;
    const records = await drain(session.changeRecords([pair.now, pair.old], pair.old.takenAt));
    const own = namesOfCaller(now.identity ?? { name: '' });
    const drift = session.drift(authorsOnly(pair.old, pair.now, { records, entries, profile, own }));
    const isOpen = drift.changes.some(({ author }) => author === null);
    const age = Date.parse(now.takenAt) - Date.parse(pair.now.takenAt);
    awaited = isOpen && age < recordsComeWithin ? pair : null;
    return drift.changes.length > 0 ? drift : null;
  };
}
