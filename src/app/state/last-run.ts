// The results of the previous run, loaded at the first scan of a workspace, and saving those of this run.
import type { LastRunPort } from '../../command/definition.ts';
import type { Report } from '../../model/finding.ts';
import type { LastRun } from '../../model/last-run.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { AppOptions } from '../options.ts';

interface Known {
  readonly workspace: string;
  readonly port: LastRunPort;
  readonly seen: LastRun | null;
}

/** Returns the results of the last run, the same on every scan; `note` once, where they are damaged. */
export function createLastRun({ context, profile, session }: Pick<AppOptions, 'context' | 'profile' | 'session'>) {
  let known: Known | null = null;
  return async (
    snapshot: Snapshot,
    report: Report,
  ): Promise<{ readonly seen: LastRun | null; readonly note: string | null }> => {
    const { workspace, takenAt } = snapshot;
    if (session.source.kind === 'files' || workspace === null) return { seen: null, note: null };
    let note: string | null = null;
    if (known?.workspace !== workspace) {
      const port = await context.host.lastRun(session.source, workspace, profile);
      const kept = await port.get();
      known = { workspace, port, seen: kept.seen };
      note = kept.note;
    }
    const { port, seen } = known;
    await port.keep(report, takenAt);
    return { seen, note };
  };
}
