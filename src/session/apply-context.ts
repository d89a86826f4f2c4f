// What the acts of a session receive: the ARM client, the history, the rules, the clock and a listener. No act uses more.
import type { ArmClient } from '../azure/arm-client.ts';
import type { History } from '../history/history.ts';
import { isFailure } from '../model/failure.ts';
import type { Resource } from '../model/resource.ts';
import type { ReadFailure } from '../model/snapshot.ts';
import type { Rule } from '../rules/rule.ts';
import type { SessionEvent } from './session.ts';

/** How long an act waits between looks. Milliseconds; tests hand in shorter ones. */
export interface RetryPolicy {
  /** Before a write that Azure refused for the moment is tried again; the last pause is followed by giving up. */
  readonly retries: readonly number[];
  /** Before a change that Azure accepted, or may have, is looked for again. */
  readonly looks: readonly number[];
  /** Before what Azure brings about by itself is looked for, the first time and again. */
  readonly finds: readonly number[];
  /** As `looks`, after an answer that does not say whether the change was made; `looks` unless given. */
  readonly doubts?: readonly number[];
  /** Before a resource that Azure is still changing is looked at again, after all looks. None unless given. */
  readonly rests?: readonly number[];
  /** How long the retries of one write wait altogether; 5 minutes unless given. */
  readonly longestRetry?: number;
  /** Is the last of `retries` repeated for a change that Azure has not begun, until `longestRetry` is over? */
  readonly isBusyAwaited?: boolean;
  /** How long an operation is followed after the operator has stopped the act; 5 s unless given. */
  readonly grace?: number;
  /** How long a command that writes waits for what an earlier one left unsettled; 10 s unless given. */
  readonly settling?: number;
  /** How long after it was read a change must be in what is read of its resource; it need not unless given. */
  readonly lag?: number;
  /** Before a reading that does not show such a change is repeated; the last pause is followed by giving up. */
  readonly sightings?: readonly number[];
  /** How long after it was sent a change that is not shown may still come; 2 minutes unless given. */
  readonly arrival?: number;
}

/**
 * Retries after 5, 10, 20 and 40 s; a read-back may lag half a minute behind its write, and what another service makes
 * of a write by some minutes.
 */
export const defaultRetryPolicy: RetryPolicy = {
  retries: [5000, 10_000, 20_000, 40_000],
  isBusyAwaited: true,
  looks: [0, 300, 1000, 2000, 4000, 8000, 15_000],
  finds: [0, 1000, 2000, 5000, 10_000, 15_000, 30_000, 30_000, 60_000, 60_000, 60_000],
  doubts: [0, 500, 1500, 3000, 5000, 10_000],
  lag: 60_000,
  sightings: [500, 1000, 2000, 3000, 4000, 5000, 5000, 5000, 5000],
  // A quarter of an hour: what is still changing then is settled by a later command.
  rests: [...Array(12).fill(5000), ...Array(56).fill(15_000)],
};
export const longestRetry = 300_000;
export const grace = 5000;
export const settling = 10_000;

export interface ApplyContext {
  readonly arm: ArmClient;
  readonly rules: readonly Rule[];
  readonly pace: RetryPolicy;
  now(): Date;
  newId(): string;
  say(event: SessionEvent): void;
}

export interface WriteContext extends ApplyContext {
  /** A client for readings on which a write is built: what was made until now is in them. `arm` unless given. */
  fresh?(): Promise<ArmClient>;
  readonly history: History;
  readonly by: string;
}

export const freshOf = async (context: WriteContext): Promise<ArmClient> => (await context.fresh?.()) ?? context.arm;

/** The resource as Azure has it now; null when it says 404. Anything else that is no answer is the gap. */
export async function readNow(
  arm: ArmClient,
  id: string,
  signal?: AbortSignal,
): Promise<Resource | null | ReadFailure> {
  const answer = await arm.read(id, signal ? { signal } : {});
  if (answer.ok) return answer.resource;
  return answer.gap.status === 404 ? null : answer.gap;
}
/** The same where a write may have been made: a sign-in that has ended, or a stop, is a read failure like any other. */
export async function readAfterWrite(
  arm: ArmClient,
  id: string,
  signal?: AbortSignal,
): Promise<Resource | null | ReadFailure> {
  try {
    return await readNow(arm, id, signal);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { id, action: '', code: error.code, reason: error.message };
  }
}
export const isGap = (answer: Resource | null | ReadFailure): answer is ReadFailure =>
  answer !== null && 'reason' in answer;

/** Resolves after `ms`, or at once when the signal fires: the caller looks at the signal. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    // A longer time than a timer can hold would end at once.
    const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
