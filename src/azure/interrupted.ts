// The one failure that means: the user said stop.
import { exitStatus, Failure } from '../model/failure.ts';

export const interrupted = (): Failure =>
  new Failure('interrupted', exitStatus.interrupted, 'Interrupted.', 'Run the command again.');

/** Credentials and pollers of the SDK do not stop in the middle of a wait, so the waiting for them stops instead. */
export function raced<T>(work: PromiseLike<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return Promise.resolve(work);
  if (signal.aborted) {
    // It has begun, and nobody else waits for it.
    Promise.resolve(work).catch(() => {});
    return Promise.reject(interrupted());
  }
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(interrupted());
    signal.addEventListener('abort', stop, { once: true });
    Promise.resolve(work)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
