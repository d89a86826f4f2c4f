// Reads: patient where Azure asks for patience, within limits, and announcing it.
// It must not know what is read.
import { exitStatus, Failure } from '../model/failure.ts';
import { fold, subscriptionOf } from '../model/resource-id.ts';
import { isPassingStatus } from '../model/snapshot.ts';
import type { ArmClientEvent } from './arm-client.ts';
import { refusalOf } from './refusal.ts';
import type { SingleFile } from './single-file.ts';
import { type ArmTransport, otherTenant, type TransportAnswer, TransportError } from './transport.ts';
import type { VersionsInUse } from './versions-in-use.ts';

export interface ReadRetryPolicy {
  /** Tries after the first. */
  readonly retries: number;
  /** Milliseconds for one answer. */
  readonly readDeadline: number;
  readonly writeDeadline: number;
  /** The longest wait that a read agrees to, in seconds. */
  readonly longestWait: number;
  /** How long a throttled read goes on waiting as it is told, in seconds altogether. */
  readonly throttled: number;
  /** How long an operation is followed, in seconds. */
  readonly operationDeadline: number;
  /** How long an operation that cannot be asked about is asked about again, in seconds. */
  readonly unreadOperation: number;
}

export const readRetryPolicy: ReadRetryPolicy = {
  retries: 4,
  readDeadline: 30_000,
  writeDeadline: 60_000,
  longestWait: 30,
  throttled: 300,
  operationDeadline: 1800,
  unreadOperation: 300,
};

export interface ReadContext {
  readonly wire: ArmTransport;
  readonly patience: ReadRetryPolicy;
  readonly line: SingleFile;
  readonly versions: VersionsInUse;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** 0 to 1. */
  random(): number;
  say(event: ArmClientEvent): void;
}

/** Seconds that an answer asks to wait, from the header in seconds, milliseconds or as a date; undefined when it does not. */
export function retryAfterOf(answer: TransportAnswer, now: () => number = Date.now): number | undefined {
  for (const name of ['retry-after-ms', 'x-ms-retry-after-ms']) {
    const ms = Number(answer.header(name) ?? Number.NaN);
    if (ms > 0) return ms / 1000;
  }
  const text = answer.header('retry-after');
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds > 0 ? seconds : undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(1, (date - now()) / 1000);
}

/**
 * GETs until an answer worth having comes or patience ends; the last answer otherwise. Throws WireError when none came,
 * Failure (exit 6) when Azure no longer takes the token, Failure (exit 130) when the user stops it.
 */
export async function getWithRetries(
  context: ReadContext,
  url: string,
  signal?: AbortSignal,
): Promise<TransportAnswer> {
  const { line } = context;
  const answer = line.isBusy ? undefined : await tryRepeatedly(context, url, signal);
  return answer ?? line.join(() => inLine(context, url, signal));
}

/** Azure counts the reads of a subscription together. */
const throttledWith = (url: string): string => fold(subscriptionOf(new URL(url).pathname) ?? '');

/**
 * At the head of the queue: waits as told, repeatedly, until Azure accepts it or the deadline is over. Reads of a subscription that
 * wait behind one another have one deadline, not one each.
 */
async function inLine(context: ReadContext, url: string, signal?: AbortSignal): Promise<TransportAnswer> {
  const { line, patience, say, sleep } = context;
  const scope = throttledWith(url);
  for (;;) {
    const wait = line.takeOwed();
    if (wait > 0) {
      if (wait >= 1)
        say({ kind: 'wait', seconds: Math.ceil(wait), reason: `Azure asked to wait ${Math.ceil(wait)} s` });
      await sleep(wait * 1000, signal);
      line.waits(scope, wait);
    }
    const answer = await tryRepeatedly(context, url, signal, line.waited(scope) >= patience.throttled);
    if (answer === undefined) continue;
    if (answer.status !== 429) line.accepted(scope);
    return answer;
  }
}

/** Undefined when Azure throttles and says for how long, which is then owed; `whatever`: that answer is given too. */
async function tryRepeatedly(
  context: ReadContext,
  url: string,
  signal?: AbortSignal,
  whatever = false,
): Promise<TransportAnswer | undefined> {
  const { line, patience, random, say, sleep, wire } = context;
  for (let attempt = 0; ; attempt += 1) {
    const last = attempt >= patience.retries;
    let wait: number;
    let reason: string;
    try {
      const answer = await wire({ method: 'GET', url, deadline: patience.readDeadline, ...(signal ? { signal } : {}) });
      if (answer.status === 401) refuseToken(answer);
      const asked = retryAfterOf(answer);
      if (answer.status === 429 && asked !== undefined) {
        line.owe(Math.min(asked, patience.longestWait));
        return whatever ? answer : undefined;
      }
      if (last || !isPassingStatus(answer.status)) return answer;
      wait = Math.min(asked ?? backOff(attempt, random()), patience.longestWait);
      reason = `Azure returned ${answer.status}`;
    } catch (error) {
      if (last || !mayPass(error, attempt)) throw error;
      wait = backOff(attempt, random());
      reason = `No response (${error.code})`;
    }
    if (wait >= 1)
      say({ kind: 'wait', seconds: Math.ceil(wait), reason: `${reason}, retrying in ${Math.ceil(wait)} s` });
    await sleep(wait * 1000, signal);
  }
}

/** Is a question that changes nothing worth repeating after this? One deadline missed is worth one more try, not four. */
export const mayPass = (error: unknown, attempt: number): error is TransportError =>
  error instanceof TransportError &&
  !['OtherOrigin', 'ENOTFOUND', 'AnswerTooLarge'].includes(error.code) &&
  !(error.kind === 'deadline' && attempt > 0);

/** 0.5-1, 1-2, 2-4, 4-8 s. */
export const backOff = (attempt: number, random: number): number => 2 ** attempt * (0.5 + random / 2);

function refuseToken(answer: TransportAnswer): void {
  const { code, message } = refusalOf(answer.status, answer.body);
  if (code === otherTenant) return;
  throw new Failure(
    'token-refused',
    exitStatus.signIn,
    `Azure rejected the token: ${code}. ${message}`,
    'Sign in again to the tenant of the subscription.',
  );
}
