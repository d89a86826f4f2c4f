// Queries of Azure Resource Graph, through the generated client: page after page, raw, within the quota that its answers show. A
// query changes nothing, so it is repeated where Azure asks for patience.

import type { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { isArray, isObject, type Json, type JsonObject } from '../model/json.ts';
import { member } from '../model/pointer.ts';
import type { GraphAnswer, GraphQuery } from './arm-client.ts';
import { atVersion, clientOver } from './generated-client.ts';
import { readFailureOf, readFailureOfError, readFailureOfMalformed } from './read-failures.ts';
import { backOff, mayPass, type ReadContext, retryAfterOf } from './reading.ts';
import { refusalOf } from './refusal.ts';
import { type TransportAnswer, TransportError } from './transport.ts';

const type = 'Microsoft.ResourceGraph/resources';
/** Rows of the first page, the most that the service gives. */
const largestPage = 1000;
const mostPages = 2000;

/** The queries of one sign-in: they share one quota, whichever scope they are about. */
export class GraphReader {
  readonly #context: ReadContext;
  readonly #endpoint: string;
  #client: Promise<ResourceGraphClient> | undefined;
  #last: TransportAnswer | undefined;
  #signal: AbortSignal | undefined;
  /** Queries are sent one after another: the quota is one, and an answer says what is left of it. */
  #queue: Promise<unknown> = Promise.resolve();
  /** Seconds until the quota is filled again, where the last answer used it up. */
  #owed = 0;

  constructor(context: ReadContext, endpoint: string) {
    this.#context = context;
    this.#endpoint = endpoint;
  }

  /** See {@link ArmClient.graph}. */
  async query(asked: GraphQuery): Promise<GraphAnswer> {
    const id = `${this.#endpoint}/providers/${type}`;
    const nonsense = (what: string): GraphAnswer => ({ ok: false, gap: readFailureOfMalformed(id, type, what) });
    const seen = new Set<string>();
    let rows = 0;
    let size = largestPage;
    let token: string | undefined;
    try {
      for (let page = 0; page < mostPages; ) {
        const answer = await this.#page(asked, { size, token });
        if (answer === 'too large' || isTooLarge(answer)) {
          if (size === 1) return nonsense('a single row is too large');
          size = Math.ceil(size / 2);
          continue;
        }
        page += 1;
        if (answer.status !== 200) return { ok: false, gap: readFailureOf(id, type, answer) };
        const { body } = answer;
        const data = isObject(body) ? member(body, 'data') : undefined;
        if (!isObject(body) || !isArray(data)) return nonsense(answer.bodyError ?? 'it is not a list of rows');
        const found = data.filter(isObject);
        if (found.length < data.length) return nonsense('a row is not a JSON object');
        rows += found.length;
        await asked.onRows(found);
        token = textOf(body, '$skipToken');
        if (token === undefined) return ended(rows, body, page) ?? nonsense('it was cut before its last row');
        if (seen.has(token)) break;
        seen.add(token);
      }
      return nonsense('its paging does not end');
    } catch (error) {
      if (error instanceof TransportError) return { ok: false, gap: readFailureOfError(id, type, error) };
      throw error;
    }
  }

  /** `too large`: the page is larger than the client takes. */
  async #page(asked: GraphQuery, page: Page): Promise<TransportAnswer | 'too large'> {
    const turn = this.#queue.then(() => this.#patiently(asked, page));
    this.#queue = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      if (error instanceof TransportError && error.code === 'AnswerTooLarge') return 'too large';
      throw error;
    }
  }

  /** Asks until an answer worth having comes, or patience ends; the last answer otherwise. */
  async #patiently(asked: GraphQuery, page: Page): Promise<TransportAnswer> {
    const { patience, random, say, sleep } = this.#context;
    const wait = async (seconds: number, reason: string): Promise<void> => {
      if (seconds >= 1) say({ kind: 'wait', seconds: Math.ceil(seconds), reason });
      await sleep(seconds * 1000, asked.signal);
    };
    for (let attempt = 0, throttled = 0; ; ) {
      const owed = this.#owed;
      this.#owed = 0;
      if (owed > 0) await wait(owed, 'The quota of Azure Resource Graph is used up; waiting for the next');
      try {
        const answer = await this.#once(asked, page);
        const resets = Math.min(secondsOf(answer.header('x-ms-user-quota-resets-after')) ?? 0, patience.longestWait);
        if (answer.header('x-ms-user-quota-remaining') === '0') this.#owed = resets;
        if (answer.status === 429) {
          const seconds = Math.min(Math.max(retryAfterOf(answer) ?? 0, resets) || 5, patience.longestWait);
          throttled += seconds;
          if (throttled > patience.throttled) return answer;
          this.#owed = 0;
          await wait(seconds, 'Azure Resource Graph returned 429; retrying');
          continue;
        }
        if (answer.status < 500 || attempt >= patience.retries) return answer;
        await wait(retryAfterOf(answer) ?? backOff(attempt, random()), `Azure returned ${answer.status}; retrying`);
      } catch (error) {
        if (attempt >= patience.retries || !mayPass(error, attempt)) throw error;
        await wait(backOff(attempt, random()), `No response (${error.code}); retrying`);
      }
      attempt += 1;
    }
  }

  async #once(
    { query, subscriptions, managementGroups, signal }: GraphQuery,
    { size, token }: Page,
  ): Promise<TransportAnswer> {
    const { patience, wire } = this.#context;
    this.#client ??= clientOver(
      this.#endpoint,
      async ({ body, url }) => {
        const answer = await wire({
          method: 'POST',
          url: atVersion(url, this.#context.versions.of('Microsoft.ResourceGraph/resources')),
          ...(typeof body === 'string' ? { body } : {}),
          deadline: patience.writeDeadline,
          ...(this.#signal ? { signal: this.#signal } : {}),
        });
        this.#last = answer;
        // Rows are used raw: the client need not parse them again.
        return answer.status === 200 ? { ...answer, text: noRows } : answer;
      },
      async ({ credential, options }) => {
        const { ResourceGraphClient: Client } = await import('@azure/arm-resourcegraph');
        return new Client(credential, options);
      },
    );
    const client = await this.#client;
    this.#last = undefined;
    this.#signal = signal;
    try {
      await client.resources({
        query,
        ...(subscriptions === undefined ? {} : { subscriptions: [...subscriptions] }),
        ...(managementGroups === undefined ? {} : { managementGroups: [...managementGroups] }),
        options: {
          resultFormat: 'objectArray',
          top: size,
          authorizationScopeFilter: 'AtScopeAboveAndBelow',
          ...(token === undefined ? {} : { skipToken: token }),
        },
      });
    } catch (error) {
      // The client takes a refusal for an error: it is an answer.
      if (this.#last === undefined) throw error;
    }
    if (this.#last === undefined) throw new Error('the generated client asked nothing');
    return this.#last;
  }
}

interface Page {
  /** Rows at most. */
  readonly size: number;
  readonly token: string | undefined;
}

/** The service refuses a page of more than 16 MiB, whatever its number of rows. */
function isTooLarge({ body, status }: TransportAnswer): boolean {
  if (status !== 400) return false;
  const { code, details } = refusalOf(status, body);
  return [code, ...details.map((one) => one.code)].includes('ResponsePayloadTooLarge');
}

const noRows = '{"totalRecords":0,"count":0,"resultTruncated":"false","facets":[],"data":[]}';

/** Undefined where rows are missing: the service says how many there are. */
function ended(rows: number, body: JsonObject, pages: number): GraphAnswer | undefined {
  const total = member(body, 'totalRecords');
  const isCut = String(member(body, 'resultTruncated')) === 'true' || (typeof total === 'number' && rows < total);
  return isCut ? undefined : { ok: true, rows, pages };
}

function textOf(body: JsonObject, name: string): string | undefined {
  const value: Json | undefined = member(body, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `00:00:05` in seconds. */
function secondsOf(text: string | undefined): number | undefined {
  const [, hours, minutes, seconds] = /^(\d+):(\d+):(\d+)/.exec(text ?? '') ?? [];
  return seconds === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
