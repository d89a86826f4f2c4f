// Microsoft's generated clients over the ARM client's transport: signed, throttled, counted and waited for like all other calls,
// and sent to no other origin. Their models are not used: they drop members that they do not know.
import type { HttpClient, PipelineRequest } from '@azure/core-rest-pipeline';
import { interrupted, raced } from './interrupted.ts';
import { getWithRetries, type ReadContext, retryAfterOf } from './reading.ts';
import { type TransportAnswer, TransportError } from './transport.ts';

/** What the generated pipeline does by itself and the wire does as well. */
const ours = ['bearerTokenAuthenticationPolicy', 'defaultRetryPolicy', 'redirectPolicy'];

/** Seconds between two polls of a client, at most: it takes any `Retry-After`, and a timer holds 24 days before it fires at once. */
const longestPause = 60;

/** What a client is made with. */
export interface Making {
  /** The wire asks for the token. */
  readonly credential: { getToken(): Promise<null> };
  readonly options: { readonly endpoint: string; readonly httpClient: HttpClient };
}
export interface GeneratedClient {
  readonly pipeline: { removePolicy(which: { name: string }): unknown };
}

/** A client that hands each of its requests to `send`, once, and takes the answer for Azure's. */
export async function clientOver<Made extends GeneratedClient>(
  endpoint: string,
  send: (request: PipelineRequest) => Promise<TransportAnswer>,
  make: (making: Making) => Promise<Made>,
): Promise<Made> {
  const { createHttpHeaders } = await import('@azure/core-rest-pipeline');
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const answer = await send(request);
      const { status, text } = answer;
      const asked = retryAfterOf(answer);
      const headers = createHttpHeaders(answer.headers());
      if (asked !== undefined) headers.set('retry-after', Math.ceil(Math.min(asked, longestPause)));
      return { request, status, headers, bodyAsText: text };
    },
  };
  const client = await make({ credential: { getToken: async () => null }, options: { endpoint, httpClient } });
  for (const name of ours) client.pipeline.removePolicy({ name });
  return client;
}

/**
 * One call of a generated client, answered raw, whatever its status; where the call polls, its last answer. It is asked at the
 * api-version of `type`, not at the client's own. Reads are patient, an action goes out once at each version. Throws what the wire
 * throws: WireError when no answer came or the operation does not end in time, Failure when Azure takes no token or the user stops it.
 */
export async function callGenerated<Made extends GeneratedClient>(
  context: ReadContext,
  { endpoint, type }: { readonly endpoint: string; readonly type: string },
  make: (making: Making) => Promise<Made>,
  call: (client: Made) => PromiseLike<unknown>,
  signal?: AbortSignal,
): Promise<TransportAnswer> {
  const tried: string[] = [];
  for (let version = context.versions.of(type); ; ) {
    tried.push(version);
    const answer = await callOnce(context, endpoint, version, make, call, signal);
    const next = context.versions.after(type, answer, tried);
    if (next === undefined) {
      if (answer.status < 300) context.versions.keep(type, version);
      return answer;
    }
    version = next;
  }
}

async function callOnce<Made extends GeneratedClient>(
  context: ReadContext,
  endpoint: string,
  apiVersion: string,
  make: (making: Making) => Promise<Made>,
  call: (client: Made) => PromiseLike<unknown>,
  signal?: AbortSignal,
): Promise<TransportAnswer> {
  let last: TransportAnswer | undefined;
  let isFirst = true;
  const { operationDeadline } = context.patience;
  const started = performance.now();
  const send = async (request: PipelineRequest): Promise<TransportAnswer> => {
    last = undefined;
    if (performance.now() - started > operationDeadline * 1000) {
      throw new TransportError('deadline', 'Deadline', `no end within ${Math.round(operationDeadline / 60)} minutes`);
    }
    // What Azure gives to poll has its own version.
    const url = isFirst ? atVersion(request.url, apiVersion) : request.url;
    isFirst = false;
    last =
      request.method === 'GET' ? await getWithRetries(context, url, signal) : await post(context, request, url, signal);
    return last;
  };
  const client = await clientOver(endpoint, send, make);
  try {
    await raced(call(client), signal);
  } catch (error) {
    if (signal?.aborted) throw interrupted();
    // The client takes a refusal, or a body that it does not understand, for an error: both are answers.
    if (last === undefined) throw error;
  }
  if (last === undefined) throw new Error('the generated client asked nothing');
  return last;
}

/** The same address with another api-version. */
export function atVersion(url: string, apiVersion: string): string {
  const place = new URL(url);
  place.searchParams.set('api-version', apiVersion);
  return place.href;
}

function post(
  context: ReadContext,
  { method, body }: PipelineRequest,
  url: string,
  signal?: AbortSignal,
): Promise<TransportAnswer> {
  if (method !== 'POST') throw new Error(`an action is no ${method}`);
  return context.wire({
    method,
    url,
    deadline: context.patience.writeDeadline,
    ...(typeof body === 'string' ? { body } : {}),
    ...(signal ? { signal } : {}),
  });
}
