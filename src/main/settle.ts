// What a crash cut off, before anything else is done with a workspace.
import type { Session, SessionEvent } from '../session/session.ts';

/** Recovers an interrupted run. What prevents that is reported by the command that needs the same thing. */
export async function settle(
  session: Session,
  tell: (event: SessionEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { isFailure } = await import('../model/failure.ts');
  const quiet = session.onEvent((event) => {
    if (event.kind === 'sign-in' || event.kind === 'settled') tell(event);
  });
  try {
    const recovery = session.recover(signal);
    while (!(await recovery.next()).done);
  } catch (error) {
    if (!isFailure(error) || signal.aborted) throw error;
  } finally {
    quiet();
  }
}
