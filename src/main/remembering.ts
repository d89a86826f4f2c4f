// A session whose workspace is remembered once it has been read, whichever host asked for the reading.
import type { Session } from '../session/session.ts';
import type { RecentStore } from '../settings/recent.ts';

/** Of a cloud or an endpoint only: a demo world or files can be opened again without being remembered. */
export function remembering(session: Session, recent: () => Promise<RecentStore>, now: () => Date): Session {
  const { source } = session;
  if (source.kind !== 'azure' && source.kind !== 'endpoint') return session;
  return {
    ...session,
    async *scan(...given) {
      const snapshot = yield* session.scan(...given);
      const id = snapshot.workspace;
      if (id !== null) await (await recent()).add({ id, source, at: now().toISOString() });
      return snapshot;
    },
  };
}
