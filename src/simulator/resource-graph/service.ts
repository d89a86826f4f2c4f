// What the Resource Graph service keeps between queries: its quota for each user, its skip tokens, and how far its index is behind.
import { createHmac, randomBytes } from 'node:crypto';
import { SimulatorError } from '../error.ts';
import type { ArmObject } from '../json.ts';
import { headOf, type TableName, tableOf } from './tables.ts';

const noHead: ArmObject = new Map();
const windowMs = 5000;
const plainQuota = 15;
const tokenMinutes = 60;
const form = 'lag=SECONDS, held, quota=QUERIES, page=ROWS, payload=BYTES, denied=SUBSCRIPTION, joined by commas';

/** How the service is disturbed. */
interface GraphSettings {
  readonly lagSeconds: number;
  /** The index takes up nothing any more. */
  readonly isHeld: boolean;
  /** Queries in five seconds; more are refused only where this is set, or requests are throttled as in Azure. */
  readonly quota: number | undefined;
  readonly page: number;
  /** Bytes of a page; a larger one is refused. */
  readonly payload: number;
  /** Subscriptions of which the caller may read nothing. */
  readonly denied: readonly string[];
}
const plain: GraphSettings = {
  lagSeconds: 0,
  isHeld: false,
  quota: undefined,
  page: 1000,
  payload: 16_777_216,
  denied: [],
};

/** `lag=60,quota=15,page=100,payload=1000000,denied=ID` and `held`. Throws SimulatorError. */
function settingsOf(spec: string): GraphSettings {
  let made = plain;
  for (const part of spec.split(',').filter((one) => one.trim() !== '')) {
    const [word = '', value = ''] = part.trim().split('=');
    const number = /^[0-9]{1,7}$/.test(value) ? Number(value) : undefined;
    if (word === 'held' && value === '') made = { ...made, isHeld: true };
    else if (word === 'lag' && number !== undefined) made = { ...made, lagSeconds: number };
    else if (word === 'quota' && number !== undefined) made = { ...made, quota: number };
    else if (word === 'page' && number !== undefined && number > 0)
      made = { ...made, page: Math.min(number, plain.page) };
    else if (word === 'payload' && number !== undefined) made = { ...made, payload: number };
    else if (word === 'denied' && value !== '') made = { ...made, denied: [...made.denied, value.toLowerCase()] };
    else throw new SimulatorError('graph', `Invalid setting of Resource Graph "${part}". Expected ${form}.`);
  }
  return made;
}

export interface QuotaResult {
  readonly remaining: number;
  /** Whole seconds. */
  readonly resetsAfter: number;
  readonly isUsedUp: boolean;
}

interface IndexedHead {
  /** Undefined for what the service does not hold. */
  readonly table: TableName | undefined;
  readonly head: ArmObject;
}

export class GraphService {
  #settings = plain;
  #heldAt: number | undefined;
  readonly #refuses: boolean;
  readonly #windows = new Map<string, { readonly since: number; used: number }>();
  readonly #key = randomBytes(32);
  /** By id: taking ids apart is most of the work of a query. */
  readonly #heads = new Map<string, IndexedHead>();

  /** `refuses`: more queries than the quota are refused even where no quota is set. */
  constructor(spec: string, refuses: boolean, now: number) {
    this.#refuses = refuses;
    this.become(spec, now);
  }

  become(spec: string, now: number): void {
    this.#settings = settingsOf(spec);
    this.#heldAt = this.#settings.isHeld ? now : undefined;
  }

  get page(): number {
    return this.#settings.page;
  }

  get payload(): number {
    return this.#settings.payload;
  }

  isDenied(subscription: string): boolean {
    return this.#settings.denied.includes(subscription.toLowerCase());
  }

  /** The moment whose state a query finds. */
  seenAt(now: number): number {
    return Math.min(now - this.#settings.lagSeconds * 1000, this.#heldAt ?? now);
  }

  headOf(id: string, tenant: string): IndexedHead {
    const known = this.#heads.get(id);
    if (known) return known;
    const table = tableOf(id);
    const made = { table, head: table === undefined ? noHead : headOf(id, tenant) };
    this.#heads.set(id, made);
    return made;
  }

  /** One query of a user. */
  take(user: string, now: number): QuotaResult {
    const most = this.#settings.quota ?? plainQuota;
    const known = this.#windows.get(user);
    const window = known && now - known.since < windowMs ? known : { since: now, used: 0 };
    this.#windows.set(user, window);
    const resetsAfter = Math.max(1, Math.ceil((window.since + windowMs - now) / 1000));
    const refuses = this.#refuses || this.#settings.quota !== undefined;
    const isUsedUp = refuses && window.used >= most;
    if (!isUsedUp) window.used += 1;
    // Where no query is refused, no client has to wait.
    return { remaining: Math.max(refuses ? 0 : 1, most - window.used), resetsAfter, isUsedUp };
  }

  /** Continues the same query with the same scopes. */
  tokenOf(question: string, at: number, size: number, now: number): string {
    const content = JSON.stringify([at, size, now]);
    return Buffer.from(JSON.stringify([content, this.#sign(content, question)])).toString('base64url');
  }

  /** Undefined for a token that was not made here for this question, or is too old. */
  startOf(token: string, question: string, now: number): { readonly at: number; readonly size: number } | undefined {
    try {
      const [content, signature]: unknown[] = JSON.parse(Buffer.from(token, 'base64url').toString());
      if (typeof content !== 'string' || signature !== this.#sign(content, question)) return undefined;
      const [at, size, made] = JSON.parse(content) as [number, number, number];
      return now - made > tokenMinutes * 60_000 ? undefined : { at, size };
    } catch {
      return undefined;
    }
  }

  #sign(content: string, question: string): string {
    return createHmac('sha256', this.#key).update(`${content}\n${question}`).digest('base64url');
  }
}
