// A session that is opened on first use. What works on a snapshot needs no opening: a snapshot comes from
// a session that is open.
import type { Session, SessionEvent } from '../session/session.ts';

/** `open` is called by the first call that needs the session. That call throws what it throws, and the next one tries again. */
export function deferred(
  { source, readOnly }: Pick<Session, 'source' | 'readOnly'>,
  open: () => Promise<Session>,
): Session {
  const listeners = new Set<(event: SessionEvent) => void>();
  let opening: Promise<Session> | undefined;
  let session: Session | undefined;
  const opened = () => {
    opening ??= open().then(
      (made) => {
        session = made;
        made.onEvent((event) => {
          for (const listener of listeners) listener(event);
        });
        return made;
      },
      (error: unknown) => {
        opening = undefined;
        throw error;
      },
    );
    return opening;
  };
  const there = () => {
    if (session === undefined) throw new Error('a snapshot is worked on before the session is open');
    return session;
  };
  return {
    source,
    readOnly,
    identity: async (...given) => (await opened()).identity(...given),
    workspace: async (...given) => (await opened()).workspace(...given),
    async *scan(...given) {
      return yield* (await opened()).scan(...given);
    },
    async *look(...given) {
      return yield* (await opened()).look(...given);
    },
    async *named(...given) {
      return yield* (await opened()).named(...given);
    },
    async *live(...given) {
      return yield* (await opened()).live(...given);
    },
    async *diagnose(...given) {
      return yield* (await opened()).diagnose(...given);
    },
    async *changeRecords(...given) {
      return yield* (await opened()).changeRecords(...given);
    },
    drift: (...given) => there().drift(...given),
    latest: () => session?.latest(),
    report: (...given) => there().report(...given),
    judged: (...given) => there().judged(...given),
    byEveryRule: (...given) => there().byEveryRule(...given),
    map: (...given) => there().map(...given),
    checkRequest: (...given) => there().checkRequest(...given),
    plan: (...given) => there().plan(...given),
    planInSteps: (...given) => there().planInSteps(...given),
    offer: (...given) => there().offer(...given),
    selectable: (...given) => there().selectable(...given),
    without: (...given) => there().without(...given),
    review: (...given) => there().review(...given),
    planCreation: (...given) => there().planCreation(...given),
    async *whatIf(...given) {
      return yield* (await opened()).whatIf(...given);
    },
    async *apply(...given) {
      return yield* (await opened()).apply(...given);
    },
    planUndo: async (...given) => (await opened()).planUndo(...given),
    planRedo: async (...given) => (await opened()).planRedo(...given),
    planRestore: async (...given) => (await opened()).planRestore(...given),
    planResume: async (...given) => (await opened()).planResume(...given),
    planUndoTo: async (...given) => (await opened()).planUndoTo(...given),
    history: async () => (await opened()).history(),
    historyNotes: async () => (await opened()).historyNotes(),
    async repairHistory(dryRun) {
      const { repairHistory } = await opened();
      if (repairHistory === undefined) throw new Error('files have no history');
      return repairHistory(dryRun);
    },
    async *recover(...given) {
      return yield* (await opened()).recover(...given);
    },
    isProduction: (...given) => session?.isProduction?.(...given) ?? false,
    async *fleet(...given) {
      const { fleet } = await opened();
      if (fleet === undefined) throw new Error('this session has no fleet');
      return yield* fleet(...given);
    },
    at(workspace) {
      const { at } = there();
      if (at === undefined) throw new Error('this session has one workspace');
      return at(workspace);
    },
    workspaces: async (...given) => (await (await opened()).workspaces?.(...given)) ?? [],
    intents: async () => (await opened()).intents(),
    setIntents: async (...given) => (await opened()).setIntents(...given),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      listeners.clear();
      await (await opening?.catch(() => undefined))?.close();
    },
  };
}
