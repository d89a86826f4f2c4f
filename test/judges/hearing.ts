// Takes what the tests of a run recorded, and holds each exchange that differs from the others against Microsoft's documents.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { elsewhere, type RecordedExchange, type RecordingLine, shapeOf } from '../support/record-exchanges.ts';
import { type DocumentChoice, type Finder, readOperations } from './documents.ts';
import { type Exception, exceptions } from './exceptions.ts';
import { heldToContract } from './operation-contract.ts';
import { openValidator, type ProblemSides, type Violation } from './validator.ts';

export interface Complaint extends Violation {
  readonly said: RecordedExchange;
  readonly operation: string;
}
export interface HearingResult {
  /** Every exchange that was recorded, alike or not. */
  readonly seen: number;
  /** Sign-in and instance metadata: no ARM. */
  readonly elsewhere: number;
  readonly distinct: number;
  readonly validated: number;
  /** Polls of long operations, which no document describes. */
  readonly byContract: number;
  /** Of the validated: by an older document that stands in. */
  readonly standIns: number;
  /** Distinct exchanges under an injected fault, and those of them that claim to be ARM's answer: they are checked. */
  readonly faults: number;
  readonly faultsJudged: number;
  /** `METHOD type version`, with how many distinct exchanges no document at hand speaks of. */
  readonly notJudged: ReadonlyMap<string, number>;
  /** The same, of those that Bastide itself asked for. */
  readonly oursNotJudged: ReadonlyMap<string, number>;
  readonly excepted: ReadonlyMap<Exception, readonly Complaint[]>;
  readonly complaints: readonly Complaint[];
}

export interface RecordedRun {
  readonly seen: number;
  readonly elsewhere: number;
  readonly distinct: readonly RecordedExchange[];
}

/** Reads the recordings of a folder; a last line that a killed process left unfinished is left out. */
export function readRecordings(folder: string): RecordedRun {
  const distinct = new Map<string, RecordedExchange>();
  let seen = 0;
  let outside = 0;
  const files = readdirSync(folder).filter((file) => file.endsWith('.ndjson'));
  for (const file of files) {
    const lines = readFileSync(path.join(folder, file), 'utf8').split('\n').slice(0, -1);
    for (const text of lines) {
      const { key, said } = JSON.parse(text) as RecordingLine;
      seen += 1;
      if (key === elsewhere) outside += 1;
      if (said && !distinct.has(key)) distinct.set(key, said);
    }
  }
  return { seen, elsewhere: outside, distinct: [...distinct.values()] };
}

interface Case {
  readonly said: RecordedExchange;
  readonly choice: DocumentChoice;
  readonly sides: ProblemSides;
}

export async function hear(recorded: RecordedRun): Promise<HearingResult> {
  const find = readOperations();
  const notJudged = new Map<string, number>();
  const oursNotJudged = new Map<string, number>();
  const cases: Case[] = [];
  const polls: Complaint[] = [];
  let byContract = 0;
  for (const said of recorded.distinct) {
    if (said.fault !== undefined && !claimsToBeArm(said)) continue;
    const made = caseOf(said, find);
    const held = made ? undefined : heldToContract(said, json(said.responseBody));
    if (made) cases.push(made);
    else if (held) {
      byContract += 1;
      polls.push(...held.map((problem) => ({ ...problem, said, operation: 'poll' })));
    } else {
      const key = askedFor(said);
      const counts = said.agent.startsWith('bastide') ? [notJudged, oursNotJudged] : [notJudged];
      for (const count of counts) count.set(key, (count.get(key) ?? 0) + 1);
    }
  }
  const validate = await openValidator(cases.map(({ choice }) => choice));
  const excepted = new Map<Exception, Complaint[]>();
  const complaints: Complaint[] = [...polls];
  for (const { said, choice, sides } of cases) {
    // What was refused was meant to be wrong, and need not even be JSON.
    const requestBody = sides.includes('request') ? json(said.requestBody) : undefined;
    const pair = { ...said, method: choice.method, requestBody, responseBody: withoutNulls(json(said.responseBody)) };
    const problems = [...(await validate(pair, choice, sides)), ...unreadable(said, pair.responseBody)];
    for (const problem of problems) {
      const complaint = { ...problem, said, operation: choice.id };
      const exception = exceptions.find((one) => one.covers(complaint));
      if (exception) excepted.set(exception, [...(excepted.get(exception) ?? []), complaint]);
      else complaints.push(complaint);
    }
  }
  const { seen, elsewhere: outside, distinct } = recorded;
  const faults = distinct.filter(({ fault }) => fault !== undefined);
  return {
    seen,
    elsewhere: outside,
    distinct: distinct.length,
    validated: cases.length,
    byContract,
    standIns: cases.filter(({ choice }) => !choice.exact).length,
    faults: faults.length,
    faultsJudged: faults.filter(claimsToBeArm).length,
    notJudged,
    oursNotJudged,
    excepted,
    complaints,
  };
}

/** A refusal is compared with ARM's own envelope: several documents forget it, or describe no refusal at all. */
function caseOf(said: RecordedExchange, find: Finder): Case | undefined {
  const isRefusal = said.status >= 400 && said.method !== 'HEAD';
  const { method, url } = isRefusal ? refusals : said;
  const [where = '', query = ''] = url.split('?');
  const choice = find(method, decoded(where), versionIn(query));
  const sides = said.status >= 400 ? (['response'] as const) : (['request', 'response'] as const);
  return choice && { said, choice, sides };
}

/** An operation whose document describes every refusal by common-types v2 `ErrorResponse`, and nothing else. */
const refusals = {
  method: 'GET',
  url: '/subscriptions/s/providers/Microsoft.Authorization/locks/l?api-version=2020-05-01',
};

/** Code and message are required (RPC common-api-details), though the common types do not say so. */
function unreadable({ method, status }: RecordedExchange, body: unknown): Violation[] {
  if (status < 400 || method === 'HEAD') return [];
  const error = (body as { readonly error?: { readonly code?: unknown; readonly message?: unknown } } | undefined)
    ?.error;
  if (typeof error?.code === 'string' && typeof error.message === 'string') return [];
  return [{ side: 'response', code: 'ERROR_ENVELOPE', at: '/error', message: 'an error has no code or no message' }];
}

/** A fault may drop the connection, answer with a page of a proxy or a wrong body; all else speaks in ARM's name. */
const claimsToBeArm = ({ status, responseHeaders, fault }: RecordedExchange) =>
  status !== 0 && fault !== 'body' && /json|^$/.test(responseHeaders['content-type'] ?? '');

/** `GET microsoft.network/virtualnetworks 2024-01-01` */
function askedFor({ method, url }: RecordedExchange): string {
  const [where = '', query = ''] = url.split('?');
  const type = shapeOf(where)
    .replace(/^.*\/providers\//, '')
    .replaceAll('/{}', '');
  return `${method} ${type} ${versionIn(query)}`;
}

function versionIn(query: string): string {
  for (const [name, value] of new URLSearchParams(query)) if (name.toLowerCase() === 'api-version') return value;
  return '';
}
function decoded(where: string): string {
  try {
    return decodeURI(where);
  } catch {
    return where;
  }
}
/** What is not there comes as null as well as not at all, and oav cannot read a null where an object is described. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const there = Object.entries(value).filter(([, item]) => item !== null);
  return Object.fromEntries(there.map(([name, item]) => [name, withoutNulls(item)]));
}
/** The text itself where it is no JSON: no document describes that. */
function json(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
