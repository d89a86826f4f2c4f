// Writes down what every simulator of this process says, for the checks that run after all other tests. It is loaded in each
// test's own process and, through NODE_OPTIONS, in each Bastide that a test starts, so it imports nothing of ours.
import { createHash } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** What is kept of an exchange as the simulator tells it (`src/simulator/exchange.ts`): no header that may hold a token. */
export interface RecordedExchange {
  /** What the client calls itself; empty when it does not say. */
  readonly agent: string;
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly requestBody: string;
  readonly responseHeaders: Readonly<Record<string, string>>;
  readonly responseBody: string;
  readonly fault?: string;
}
/** One line of a recording: the exchange when its like was not seen before by this process, else its key alone. */
export interface RecordingLine {
  readonly key: string;
  readonly said?: RecordedExchange;
}

/** The environment variable that names the folder; nothing is recorded without it. */
export const folderVariable = 'RECORDED_EXCHANGES';
export const channelName = 'bastide.simulator.exchange';
/** This file without its types, in that folder: a Bastide that a test starts loads it without the compiler. */
export const recorderName = 'record-exchanges.mjs';
/** What makes a Bastide that a test starts record as well. */
export function recordingEnvironment(): Record<string, string> {
  const folder = process.env[folderVariable];
  if (folder === undefined) return {};
  return { [folderVariable]: folder, NODE_OPTIONS: `--import=${pathToFileURL(path.join(folder, recorderName))}` };
}

/** The key of what is not said in the name of ARM: sign-in and instance metadata. */
export const elsewhere = 'elsewhere';

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)?/g;
const place = /(?:localhost|127\.0\.0\.1|\[::1\]):\d+/g;
const masked = (text: string): string => text.replace(guid, 'G').replace(time, 'T').replace(place, 'P');

/**
 * Two exchanges with one key are alike: same client, same method, same path but for its names, same query, status and headers
 * that count, same bodies but for identifiers, times and the port of the simulator.
 */
export function keyOf(said: RecordedExchange): string {
  const [where = '', query = ''] = said.url.split('?');
  if (!/^\/(subscriptions|providers|tenants)(\/|$)/i.test(where)) return elsewhere;
  const { responseHeaders: headers } = said;
  const counted = ['location', 'azure-asyncoperation', 'content-type', 'x-ms-failure-cause'].map((name) =>
    masked(headers[name] ?? ''),
  );
  const parts = [
    said.agent.split('/')[0],
    said.method,
    shapeOf(where),
    query,
    `${said.status}`,
    said.fault ?? '',
    ...counted,
  ];
  const bodies = [said.requestBody, said.responseBody].map(masked);
  return createHash('sha256')
    .update([...parts, ...bodies].join('\n'))
    .digest('base64url');
}

/** `/subscriptions/{}/resourcegroups/{}/providers/microsoft.x/y/{}`: names replaced, types in lower case. */
export function shapeOf(where: string): string {
  const parts = where.split('/').slice(1);
  const provider = parts.findLastIndex((part) => part.toLowerCase() === 'providers');
  const isName = (index: number) =>
    provider < 0 || index < provider ? index % 2 === 1 : index > provider + 1 && (index - provider) % 2 === 1;
  return `/${parts.map((part, index) => (isName(index) ? '{}' : part.toLowerCase())).join('/')}`;
}

interface Told extends Omit<RecordedExchange, 'agent'> {
  readonly requestHeaders: Readonly<Record<string, string>>;
}

function keptOf({
  method,
  url,
  status,
  requestHeaders,
  requestBody,
  responseHeaders,
  responseBody,
  fault,
}: Told): RecordedExchange {
  const agent = requestHeaders['user-agent'] ?? '';
  const said = { agent, method, url, status, requestBody, responseHeaders, responseBody };
  return fault === undefined ? said : { ...said, fault };
}

let isDeaf = false;
/** Runs a job whose exchanges no check is to see: those of simulators that receive broken bodies on purpose. */
export async function unrecorded<T>(job: () => Promise<T>): Promise<T> {
  isDeaf = true;
  try {
    return await job();
  } finally {
    isDeaf = false;
  }
}

function recordInto(folder: string): void {
  const file = path.join(folder, `${process.pid}-${Math.trunc(performance.timeOrigin)}.ndjson`);
  const seen = new Set<string>();
  channel(channelName).subscribe((message) => {
    if (isDeaf) return;
    const said = keptOf(message as Told);
    const key = keyOf(said);
    const isNew = key !== elsewhere && !seen.has(key);
    seen.add(key);
    // At once and not at the end: a test may pull the plug of this very process.
    const line: RecordingLine = isNew ? { key, said } : { key };
    appendFileSync(file, `${JSON.stringify(line)}\n`);
  });
}

const folder = process.env[folderVariable];
if (folder !== undefined && !channel(channelName).hasSubscribers) recordInto(folder);
