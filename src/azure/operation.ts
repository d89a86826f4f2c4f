// Long operations: how an answer says that one has begun, and following it to its end.
// How an operation is to be read travels with its URL as a fragment, so that the history needs to keep only the URL.
import { isPassingStatus } from '../model/snapshot.ts';
import { ownLink } from './address.ts';
import { againOf } from './again.ts';
import type { ArmRefusal, OperationAnswer } from './arm-client.ts';
import { getWithRetries, type ReadContext, retryAfterOf } from './reading.ts';
import { isTerminal, operationStatus, provisioningState, refusalOf } from './refusal.ts';
import { type TransportAnswer, TransportError } from './transport.ts';

const byLocation = '#location';
const byState = '#provisioningState';

/** The URL to follow after a write's answer; undefined when the write is finished. `resourceUrl` is what a GET would read. */
export function operationOf(endpoint: string, answer: TransportAnswer, resourceUrl: string): string | undefined {
  const asynchronous = answer.header('azure-asyncoperation');
  const own = asynchronous === undefined ? undefined : ownLink(endpoint, asynchronous);
  if (own !== undefined) return own;
  const location = answer.status === 202 ? answer.header('location') : undefined;
  const place = location === undefined ? undefined : ownLink(endpoint, location);
  if (place !== undefined) return `${place}${byLocation}`;
  const state = provisioningState(answer.body);
  if (state !== undefined ? !isTerminal(state) : answer.status === 202) return `${resourceUrl}${byState}`;
  return undefined;
}

export interface Following {
  readonly signal?: AbortSignal;
  /** Seconds that the write's answer asked for. */
  readonly retryAfter?: number;
  onPoll?(state: string): void;
  /** Asked after a poll that said nothing: does the resource show that the operation has ended? */
  hasEnded?(): Promise<boolean>;
}

/**
 * Polls until the operation ends. A gateway that cannot be asked says nothing of the operation: it is asked again. `forgotten` when
 * ARM no longer knows it, cannot be asked for too long, or does not end it in time: the resource decides then. Throws Failure
 * (exit 130) when the signal stops the following.
 */
export async function followOperation(
  context: ReadContext,
  endpoint: string,
  operation: string,
  following: Following,
): Promise<OperationAnswer> {
  const cut = operation.indexOf('#');
  const fragment = cut < 0 ? '' : operation.slice(cut);
  const url = ownLink(endpoint, cut < 0 ? operation : operation.slice(0, cut));
  if (url === undefined) return { state: 'forgotten' };
  const { operationDeadline, unreadOperation, longestWait } = context.patience;
  let waited = 0;
  let heard = 0;
  const timed: ReadContext = {
    ...context,
    sleep(ms, signal) {
      waited += ms / 1000;
      return context.sleep(ms, signal);
    },
  };
  let wait = Math.min(following.retryAfter ?? 0.3, longestWait);
  for (let poll = 0; waited < operationDeadline; poll += 1) {
    await timed.sleep(wait * 1000, following.signal);
    const answer = await poll1(timed, url, following.signal);
    const state = answer === undefined ? 'unread' : judge(answer, fragment);
    if (typeof state !== 'string') return state;
    if (state === 'forgotten') return { state };
    if (state !== 'unread') {
      heard = waited;
      following.onPoll?.(state);
    } else if (waited - heard >= unreadOperation || (await following.hasEnded?.()) === true) {
      return { state: 'forgotten' };
    }
    const asked = answer === undefined ? undefined : retryAfterOf(answer);
    wait = Math.min(asked ?? Math.min(2 * 1.5 ** poll, 30) * (0.75 + context.random() / 2), longestWait * 2);
  }
  return { state: 'forgotten' };
}

async function poll1(
  context: ReadContext,
  url: string,
  signal: AbortSignal | undefined,
): Promise<TransportAnswer | undefined> {
  try {
    return await getWithRetries(context, url, signal);
  } catch (error) {
    if (error instanceof TransportError) return undefined;
    throw error;
  }
}

/** The end, `forgotten`, `unread`, or the name of the state it is in. */
function judge(answer: TransportAnswer, fragment: string): OperationAnswer | string {
  const { status, body, text } = answer;
  // A page of a proxy or gateway says nothing of the operation.
  if (body === undefined && text.trim() !== '') return 'unread';
  if (status === 404 || status === 410) return 'forgotten';
  if (isPassingStatus(status)) return 'unread';
  if (status >= 400) {
    const refusal = refusalOf(status, body);
    if (isOfPoll(refusal)) return status === 401 ? 'forgotten' : 'unread';
    // At a Location the status is the operation's own; elsewhere it only says that the state could not be read.
    return fragment === byLocation ? failedWith(refusal) : 'forgotten';
  }
  const state = stateIn(body, fragment);
  if (state !== undefined && (fragment === byState || isTerminal(state) || fragment === '')) {
    if (!isTerminal(state)) return state;
    return state.toLowerCase() === 'succeeded' ? { state: 'done' } : failedWith(failureOf(status, state, body));
  }
  if (status === 202) return 'InProgress';
  // The end of an operation has a status; at a Location, the status of HTTP is the operation's own.
  return fragment === '' ? 'unread' : { state: 'done' };
}

/** Some operations show the resource itself, whose state then is theirs (recorded: connections of a vault). */
function stateIn(body: TransportAnswer['body'], fragment: string): string | undefined {
  if (fragment === byState) return provisioningState(body) ?? 'Succeeded';
  return operationStatus(body) ?? (fragment === '' ? provisioningState(body) : undefined);
}

/** Is the question refused, not the operation? Of a 403, only what names a write is of the operation. */
const isOfPoll = ({ status, code }: ArmRefusal): boolean =>
  [401, 405, 406, 407].includes(status) ||
  (status === 403 && !/^(?:RequestDisallowedBy\w+|LinkedAuthorizationFailed|ScopeLocked)$/i.test(code)) ||
  /^(?:AuthorizationFailed|\w*Authentication(?:Failed|Token\w*)|(?:Invalid|Missing|Unsupported)\w*ApiVersion\w*|NoRegisteredProviderFound)$/i.test(
    code,
  );

const failedWith = (refusal: ArmRefusal): OperationAnswer => ({ state: 'failed', refusal, again: againOf(refusal) });

function failureOf(status: number, state: string, body: TransportAnswer['body']) {
  const refusal = refusalOf(status, body);
  return refusal.code === `Http${status}`
    ? { ...refusal, code: state, message: `The operation ended as ${state}.` }
    : refusal;
}
