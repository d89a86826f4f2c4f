// One HTTP exchange with ARM over the SDK's own pipeline: raw text out, raw text in, with a deadline, a gate and a fixed origin.
// It must not know resources, retries or long operations.
import type { HttpClient, Pipeline, PipelinePolicy, PipelineResponse } from '@azure/core-rest-pipeline';
import { exitStatus, Failure, isFailure } from '../model/failure.ts';
import { isObject, type Json, JsonError, parseJson } from '../model/json.ts';
import { clean } from '../model/text.ts';
import { sizeLimit } from './answer-limits.ts';
import type { ArmClientEvent } from './arm-client.ts';
import { interrupted } from './interrupted.ts';
import { refusalOf } from './refusal.ts';

export interface TransportRequest {
  readonly method: 'GET' | 'PUT' | 'PATCH' | 'DELETE' | 'POST';
  readonly url: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds until the answer must be there. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
}

export interface TransportAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  /** Undefined when the answer has no body, or one that is not JSON. */
  readonly body: Json | undefined;
  /** The limit that the JSON of the body passes, as a clause. */
  readonly bodyError?: string;
  /** The body as it came; '' without one. */
  readonly text: string;
  /** Every header, names in lower case. */
  headers(): Readonly<Record<string, string>>;
  readonly requestId: string | null;
}

/** No answer. `unreached`: the request cannot have arrived; `lost`: it may have. */
export class TransportError extends Error {
  constructor(
    readonly kind: 'unreached' | 'lost' | 'deadline',
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

export interface AccessToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}
export interface TokenSource {
  getToken(scopes: string | string[], options?: { abortSignal?: AbortSignal }): Promise<AccessToken>;
  /** A token in place of one that Azure refused: from a new sign-in, unless another call has signed in again meanwhile. */
  renew(refused: string, options?: { abortSignal?: AbortSignal; claims?: string }): Promise<AccessToken>;
}

export interface TransportOptions {
  readonly endpoint: string;
  readonly credential: TokenSource;
  readonly ca: string | undefined;
  readonly version: string;
  readonly inFlight: number;
  /** The time that an answer of Azure carries, milliseconds since 1970. */
  hear?(time: number): void;
  say(event: ArmClientEvent): void;
}

export type ArmTransport = (request: TransportRequest) => Promise<TransportAnswer>;

const unreached = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
const untrusted = /^(UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|CERT_|ERR_TLS)/;
/** Names of this machine: never asked through a proxy. */
export const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Makes the one shared pipeline on first use, so that a command without Azure never loads the SDK. */
export function openTransport(options: TransportOptions): ArmTransport {
  const { origin, hostname } = new URL(options.endpoint);
  let pipeline: Promise<Sender> | undefined;
  return async (request) => {
    const target = new URL(request.url);
    if (target.origin !== origin) {
      throw new TransportError('unreached', 'OtherOrigin', `${clean(target.origin, 200)} is not the endpoint's origin`);
    }
    if (request.signal?.aborted) throw interrupted();
    if (target.protocol !== 'https:') {
      throw new TransportError('unreached', 'NotHttps', 'a token is only sent over https');
    }
    pipeline ??= makeSender(options, loopback.test(hostname));
    const sender = await pipeline;
    const { credential } = options;
    // Signing in takes its own time, and only the user may cut it short.
    const stop = request.signal ? { abortSignal: request.signal } : {};
    const { token } = await credential.getToken([], stop);
    const send = (as: string) => sendOnce({ request, target, sender, hostname, options }, as);
    const answer = await send(token);
    if (!isTokenRefused(answer)) return answer;
    // Who is not signed in has changed nothing: the same request is sent once more.
    const claims = claimsAsked(answer.header('www-authenticate'));
    return send((await credential.renew(token, { ...stop, ...(claims === undefined ? {} : { claims }) })).token);
  };
}

/** A resource of another directory: the token is good, only not there. */
export const otherTenant = 'InvalidAuthenticationTokenTenant';
const isTokenRefused = ({ status, body }: TransportAnswer): boolean =>
  status === 401 && refusalOf(status, body).code !== otherTenant;

/** The claims that a new token must carry, as text: continuous access evaluation. */
function claimsAsked(challenge: string | undefined): string | undefined {
  const [, encoded] = /\bclaims="([A-Za-z0-9+/=_-]{1,8000})"/.exec(challenge ?? '') ?? [];
  if (encoded === undefined || !challenge?.includes('error="insufficient_claims"')) return undefined;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  try {
    return isObject(parseJson(text)) ? text : undefined;
  } catch {
    return undefined;
  }
}

interface Sending {
  readonly request: TransportRequest;
  readonly target: URL;
  readonly sender: Sender;
  readonly hostname: string;
  readonly options: Pick<TransportOptions, 'say' | 'hear'>;
}

async function sendOnce(
  { request, target, sender, hostname, options }: Sending,
  token: string,
): Promise<TransportAnswer> {
  const deadline = AbortSignal.timeout(request.deadline);
  const started = performance.now();
  const report = (status: number, requestId: string | null, readsLeft?: number): void =>
    options.say({
      kind: 'request',
      method: request.method,
      path: clean(target.pathname),
      status,
      ms: Math.round(performance.now() - started),
      requestId,
      apiVersion: target.searchParams.get('api-version'),
      ...(readsLeft === undefined ? {} : { readsLeft }),
    });
  try {
    const answer = await sender(
      request,
      token,
      request.signal ? AbortSignal.any([request.signal, deadline]) : deadline,
    );
    const requestId = answer.headers.get('x-ms-request-id') ?? null;
    const time = Date.parse(answer.headers.get('date') ?? '');
    // Without that id it may be the answer of a proxy, or an older one that was kept.
    if (requestId !== null && !Number.isNaN(time)) options.hear?.(time);
    report(
      answer.status,
      requestId,
      readsLeftIn((name) => answer.headers.get(name)),
    );
    return {
      status: answer.status,
      header: (name) => answer.headers.get(name),
      ...bodyOf(answer.bodyAsText),
      text: answer.bodyAsText ?? '',
      headers: () => answer.headers.toJSON(),
      requestId,
    };
  } catch (error) {
    if (request.signal?.aborted) throw interrupted();
    if (isFailure(error) && error.code !== 'interrupted') throw error;
    report(0, null);
    if (deadline.aborted) {
      throw new TransportError('deadline', 'Deadline', `no response within ${Math.ceil(request.deadline / 1000)} s`);
    }
    throw wireError(error, hostname);
  }
}

/** Azure counts the reads of a client, and those of all clients together: the smaller number is what is left. */
function readsLeftIn(header: (name: string) => string | undefined): number | undefined {
  const left = ['reads', 'global-reads'].flatMap((kind) => {
    const text = header(`x-ms-ratelimit-remaining-subscription-${kind}`);
    return text !== undefined && /^\d+$/.test(text) ? [Number(text)] : [];
  });
  return left.length === 0 ? undefined : Math.min(...left);
}

type Sender = (request: TransportRequest, token: string, signal: AbortSignal) => Promise<PipelineResponse>;

async function makeSender(options: TransportOptions, isLoopback: boolean): Promise<Sender> {
  const [{ getClient }, { createDefaultHttpClient, createHttpHeaders, createPipelineRequest }] = await Promise.all([
    import('@azure-rest/core-client'),
    import('@azure/core-rest-pipeline'),
  ]);
  const client = getClient(options.endpoint, {
    // Bastide retries itself: the core repeats every method after a lost answer, and cannot announce or cap a wait.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [
      { policy: gate(options.inFlight), position: 'perRetry' },
      { policy: sizeLimit(), position: 'perRetry' },
    ],
    userAgentOptions: { userAgentPrefix: `bastide/${options.version}` },
    ...(options.ca === undefined ? {} : { tlsOptions: { ca: options.ca } }),
  });
  const pipeline: Pipeline = client.pipeline;
  // A redirect could carry the token to another origin.
  pipeline.removePolicy({ name: 'redirectPolicy' });
  if (isLoopback) pipeline.removePolicy({ name: 'proxyPolicy' });
  const http: HttpClient = createDefaultHttpClient();
  return (request, token, abortSignal) =>
    pipeline.sendRequest(
      http,
      createPipelineRequest({
        url: request.url,
        method: request.method,
        abortSignal,
        headers: createHttpHeaders({
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...request.headers,
        }),
        ...(request.body === undefined ? {} : { body: request.body }),
        ...trusting(request.url, options.ca),
      }),
    );
}

/**
 * The pipeline drops its `tlsOptions` where a proxy is used, so the authority to trust goes with each request as well. So does an
 * address of IPv6, which the SDK hands on in brackets, as no name that can be looked up.
 */
export function trusting(url: string, ca: string | undefined): { readonly requestOverrides?: Record<string, unknown> } {
  const [, hostname] = /^\[(.+)\]$/.exec(URL.canParse(url) ? new URL(url).hostname : '') ?? [];
  const overrides = { ...(ca === undefined ? {} : { ca }), ...(hostname === undefined ? {} : { hostname }) };
  return Object.keys(overrides).length === 0 ? {} : { requestOverrides: overrides };
}

/** At most `most` requests in progress; inside any retry, so that no waiting request uses a slot. */
function gate(most: number): PipelinePolicy {
  let running = 0;
  const waiting: (() => void)[] = [];
  return {
    name: 'bastideGate',
    async sendRequest(request, next) {
      if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
      else running += 1;
      try {
        return await next(request);
      } finally {
        const following = waiting.shift();
        if (following) following();
        else running -= 1;
      }
    },
  };
}

function bodyOf(text: string | null | undefined): { readonly body: Json | undefined; readonly bodyError?: string } {
  if (!text) return { body: undefined };
  try {
    return { body: parseJson(text) };
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    return { body: undefined, ...(error.limit === undefined ? {} : { bodyError: error.limit }) };
  }
}

function wireError(error: unknown, hostname: string): TransportError | Failure {
  const code = codeOf(error);
  if (untrusted.test(code)) {
    return new Failure(
      'certificate-not-trusted',
      exitStatus.refused,
      `The TLS certificate of ${clean(hostname, 200)} is not trusted (${code}).`,
      'Pass its CA certificate with --ca FILE; behind a corporate proxy, set NODE_EXTRA_CA_CERTS.',
    );
  }
  const message = clean(error instanceof Error ? error.message : error, 300);
  return new TransportError(unreached.has(code) ? 'unreached' : 'lost', code, message);
}

function codeOf(error: unknown): string {
  for (let here: unknown = error, depth = 0; here instanceof Error && depth < 5; here = here.cause, depth += 1) {
    if ('code' in here && typeof here.code === 'string') return here.code;
  }
  return 'NoAnswer';
}
