// Long operations: how an answer says that one has begun, and following it to its end.
// How an operation is to be read travels with its URL as a fragment, so that the history needs to keep only the URL.
import { ownLink } from './address.ts';
import type { OperationAnswer } from './arm-client.ts';
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
}

/**
 * Polls until the operation ends. `forgotten` when ARM no longer knows it, shows no status, or does not end it in time:
 * the resource decides then. Throws Failure (exit 130) when the signal stops the following.
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
  let waited = 0;
  let wait = Math.min(following.retryAfter ?? 0.3, context.patience.longestWait);
  for (let poll = 0; waited < context.patience.operationDeadline; poll += 1) {
    await context.sleep(wait * 1000, following.signal);
    waited += wait;
    const answer = await poll1(context, url, following.signal);
    const state = answer === undefined ? 'forgotten' : judge(answer, fragment);
    if (typeof state !== 'string') return state;
    if (state === 'forgotten') return { state };
    following.onPoll?.(state);
    const asked = answer === undefined ? undefined : retryAfterOf(answer);
    wait = Math.min(
      asked ?? Math.min(2 * 1.5 ** poll, 30) * (0.75 + context.random() / 2),
      context.patience.longestWait * 2,
    );
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

/** The end, `forgotten`, or the name of the state it is in. */
function judge(answer: TransportAnswer, fragment: string): OperationAnswer | string {
  const { status, body } = answer;
  if (status === 404 || status === 410) return 'forgotten';
  if (status >= 400) {
    // At a Location the status is the operation's own; elsewhere it only says that the state could not be read.
    return fragment === byLocation && status !== 401
      ? { state: 'failed', refusal: refusalOf(status, body) }
      : 'forgotten';
  }
  const state = fragment === byState ? (provisioningState(body) ?? 'Succeeded') : operationStatus(body);
  if (state !== undefined && (fragment === byState || isTerminal(state) || fragment === '')) {
    if (!isTerminal(state)) return state;
    return state.toLowerCase() === 'succeeded'
      ? { state: 'done' }
      : { state: 'failed', refusal: failureOf(status, state, body) };
  }
  return status === 202 ? 'InProgress' : { state: 'done' };
}

function failureOf(status: number, state: string, body: TransportAnswer['body']) {
  const refusal = refusalOf(status, body);
  return refusal.code === `Http${status}`
    ? { ...refusal, code: state, message: `The operation ended as ${state}.` }
    : refusal;
}
