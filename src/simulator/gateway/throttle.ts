// ARM's own throttling (docs/reference/retries.md): token buckets per subscription, principal and class of verb, one
// fifteen times as large for the whole subscription, and one per principal for what belongs to no subscription.
import { SimulatorError } from '../error.ts';
import { type ArmError, type GatewayResponse, gatewayError } from './answer.ts';
import type { GatewayRequest } from './request.ts';

type VerbClass = 'reads' | 'writes' | 'deletes';

interface Limit {
  /** Requests that may come at once. */
  readonly size: number;
  /** Requests a second that are given back. */
  readonly refill: number;
}
export interface Limits {
  readonly classes: Readonly<Record<VerbClass, Limit>>;
  /** False: counted and shown in the headers, and never refused. */
  readonly refuses: boolean;
}

const globalFactor = 15;
const azure: Limits['classes'] = {
  reads: { size: 250, refill: 25 },
  writes: { size: 200, refill: 10 },
  deletes: { size: 200, refill: 10 },
};
const form = 'azure, or reads=SIZE+PER-SECOND, writes=… and deletes=…, joined by commas';

/**
 * `azure` for Azure's own limits, or smaller ones such as `reads=5+1,writes=2+0.5`: five at once, then one a second; a class
 * that is not named keeps Azure's. Undefined: nothing is refused. Throws SimulatorError.
 */
export function limitsOf(spec: string | undefined): Limits {
  if (spec === undefined) return { classes: azure, refuses: false };
  const classes = { ...azure };
  for (const part of spec === 'azure' ? [] : spec.split(',')) {
    const [, name, size, refill] = /^(reads|writes|deletes)=([1-9][0-9]{0,5})\+([0-9]+(?:\.[0-9]+)?)$/.exec(part) ?? [];
    if (name === undefined || Number(refill) === 0) {
      throw new SimulatorError('throttle', `Invalid limit "${part}". Expected ${form}.`);
    }
    classes[name as VerbClass] = { size: Number(size), refill: Number(refill) };
  }
  return { classes, refuses: true };
}

/** What one request took: the headers of its answer, and the seconds to wait when there was nothing left. */
export interface ThrottleResult {
  readonly headers: Readonly<Record<string, string>>;
  readonly retryAfter: number | undefined;
}

interface Bucket {
  tokens: number;
  /** Milliseconds since 1970. */
  at: number;
}

export class Throttle {
  readonly #limits: Limits;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Takes a token for a request of this principal; `now` in milliseconds. A refused request takes none. */
  take(request: GatewayRequest, principal: string, now: number): ThrottleResult {
    const kind = classOf(request.method);
    const limit = this.#limits.classes[kind];
    const subscription = subscriptionOf(request)?.toLowerCase();
    const own = this.#filled(`${subscription ?? 'tenant'} ${principal} ${kind}`, limit, now);
    const wide = { size: limit.size * globalFactor, refill: limit.refill * globalFactor };
    const buckets: [string, Bucket, Limit][] =
      subscription === undefined
        ? [[`tenant-${kind}`, own, limit]]
        : [
            [`subscription-${kind}`, own, limit],
            [`subscription-global-${kind}`, this.#filled(`${subscription} ${kind}`, wide, now), wide],
          ];
    const short = this.#limits.refuses ? buckets.filter(([, bucket]) => bucket.tokens < 1) : [];
    const waits = short.map(([, bucket, { refill }]) => Math.ceil((1 - bucket.tokens) / refill));
    if (short.length === 0) for (const [, bucket] of buckets) bucket.tokens = Math.max(0, bucket.tokens - 1);
    return {
      headers: Object.fromEntries(
        buckets.map(([name, bucket]) => [`x-ms-ratelimit-remaining-${name}`, String(Math.floor(bucket.tokens))]),
      ),
      retryAfter: waits.length === 0 ? undefined : Math.max(1, ...waits),
    };
  }

  #filled(key: string, limit: Limit, now: number): Bucket {
    const bucket = this.#buckets.get(key) ?? { tokens: limit.size, at: now };
    const gained = (Math.max(0, now - bucket.at) / 1000) * limit.refill;
    bucket.tokens = Math.min(limit.size, bucket.tokens + gained);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

function classOf(method: string): VerbClass {
  if (method === 'GET' || method === 'HEAD') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}

function subscriptionOf(request: GatewayRequest): string | undefined {
  return /^\/subscriptions\/([^/]+)/i.exec(request.path)?.[1];
}

/** The 429 in Azure's words. `after`: seconds; none are named in the header when undefined. */
export function throttled(
  request: GatewayRequest,
  principal: string,
  tenant: string,
  after: number | undefined,
): ArmError {
  const word = classOf(request.method).slice(0, -1);
  const subscription = subscriptionOf(request);
  const whose = subscription === undefined ? `tenant '${tenant}'` : `subscription '${subscription}'`;
  return gatewayError(
    429,
    subscription === undefined ? 'TenantRequestsThrottled' : 'SubscriptionRequestsThrottled',
    `Number of '${word}' requests for ${whose} actor '${principal}' exceeded. Please try again after '${after ?? 10}' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.`,
    after === undefined ? {} : { 'retry-after': String(after) },
  );
}

/** The answer with its rate headers; ARM's own 404s carry none. */
export function withRates(answer: GatewayResponse, taken: ThrottleResult): GatewayResponse {
  const isOwn404 = answer.status === 404 && answer.headers?.['x-ms-failure-cause'] === 'gateway';
  return isOwn404 ? answer : { ...answer, headers: { ...taken.headers, ...answer.headers } };
}
