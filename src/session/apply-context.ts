// What the acts of a session receive: the ARM client, the history, the rules, the clock and a listener. No act uses more.
import type { ArmClient } from '../azure/arm-client.ts';
import type { History } from '../history/history.ts';
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
}

/**
 * Retries after 5, 10, 20 and 40 s; a read-back may lag a few seconds behind its write, and what another service makes
 * of a write by some minutes.
 */
export const defaultRetryPolicy: RetryPolicy = {
  retries: [5000, 10_000, 20_000, 40_000],
  looks: [0, 300, 1000, 2000, 4000],
  finds: [0, 1000, 2000, 5000, 10_000, 15_000, 30_000, 30_000, 60_000, 60_000, 60_000],
};

export interface ApplyContext {
  readonly arm: ArmClient;
  readonly rules: readonly Rule[];
  readonly pace: RetryPolicy;
  now(): Date;
  newId(): string;
  say(event: SessionEvent): void;
}

export interface WriteMeans extends ApplyContext {
  readonly history: History;
  readonly by: string;
}

/** The resource as Azure has it now; null when it says 404. Anything else that is no answer is the gap. */
export async function readNow(arm: ArmClient, id: string): Promise<Resource | null | ReadFailure> {
  const answer = await arm.read(id);
  if (answer.ok) return answer.resource;
  return answer.gap.status === 404 ? null : answer.gap;
}
export const isGap = (answer: Resource | null | ReadFailure): answer is ReadFailure =>
  answer !== null && 'reason' in answer;

/** Resolves after `ms`, or at once when the signal fires: the caller looks at the signal. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
