// Each exception is still needed, and covers no more than its own: its sample is checked against the documents as they are.
import { beforeAll, describe, expect, test } from 'vitest';
import type { RecordedExchange } from '../support/record-exchanges.ts';
import { isHere, noSpecs } from './documents.ts';
import { exceptions } from './exceptions.ts';
import { type HearingResult, hear } from './hearing.ts';
import * as samples from './samples.ts';

const said = (sample: (typeof exceptions)[number]['sample']): RecordedExchange => ({
  agent: '',
  status: sample.status ?? 200,
  responseHeaders: { 'content-type': 'application/json' },
  method: sample.method,
  url: sample.url,
  requestBody: sample.requestBody === undefined ? '' : JSON.stringify(sample.requestBody),
  responseBody: sample.responseBody === undefined ? '' : JSON.stringify(sample.responseBody),
});

const get = (body: { readonly id: string }, version: string, more: object = {}): RecordedExchange =>
  said({ method: 'GET', url: `${body.id}?api-version=${version}`, responseBody: { ...body, ...more } });
const url = `${samples.storage.id}?api-version=2023-05-01`;
const networkUrl = `${samples.network.id}?api-version=2024-01-01`;
const operation = `${samples.subscription}/providers/Microsoft.Network/locations/westeurope/operations/o`;

const needed = exceptions.map((exception) => ({ exception, exchange: said(exception.sample) }));
const clean: readonly RecordedExchange[] = [
  get(samples.workspace, '2024-04-01'),
  get(samples.storage, '2023-05-01'),
  get(samples.vault, '2023-07-01'),
  get(samples.registry, '2023-07-01'),
  get(samples.network, '2024-01-01'),
];
const wrong: readonly (readonly [string, RecordedExchange, RegExp])[] = [
  ['an unknown member', get(samples.storage, '2023-05-01', { more: 1 }), /response OBJECT_ADDITIONAL/],
  ['a wrong type', get(samples.storage, '2023-05-01', { tags: 7 }), /response INVALID_TYPE/],
  ['a status nobody describes', said({ method: 'PATCH', url, requestBody: {}, status: 299 }), /RESPONSE_CODE/],
  [
    'an error without a code',
    said({ method: 'GET', url, status: 404, responseBody: { message: 'gone' } }),
    /ERROR_ENVELOPE/,
  ],
  ['a 202 that leads nowhere', said({ method: 'DELETE', url: networkUrl, status: 202 }), /LRO_RESPONSE_HEADER/],
  [
    'a read-only member sent by Bastide',
    {
      ...said({ method: 'PUT', url: networkUrl, requestBody: samples.network, responseBody: samples.network }),
      agent: 'bastide/1.0',
    },
    /request READONLY/,
  ],
  [
    'an operation that failed without a word',
    said({ method: 'GET', url: `${operation}?api-version=2024-01-01`, responseBody: { status: 'Failed' } }),
    /response OPERATION_CONTRACT/,
  ],
];

describe.skipIf(!isHere)(`exceptions to Microsoft's documents${noSpecs}`, () => {
  let verdicts: HearingResult;
  beforeAll(async () => {
    const distinct = [...needed.map(({ exchange }) => exchange), ...clean, ...wrong.map(([, exchange]) => exchange)];
    verdicts = await hear({ seen: distinct.length, elsewhere: 0, distinct });
  }, 120_000);
  const complaintsAbout = (exchange: RecordedExchange) => verdicts.complaints.filter((one) => one.said === exchange);
  const exceptionsFor = (exchange: RecordedExchange) =>
    [...verdicts.excepted].filter(([, covered]) => covered.some((one) => one.said === exchange)).map(([{ id }]) => id);

  test('there are few, each with its own name and a source', () => {
    expect(exceptions.length).toBeLessThanOrEqual(12);
    expect(new Set(exceptions.map(({ id }) => id)).size).toBe(exceptions.length);
    expect(exceptions.filter(({ source }) => source.length < 10)).toEqual([]);
  });

  test.each(needed)('$exception.id is still needed', ({ exception, exchange }) => {
    expect(complaintsAbout(exchange)).toEqual([]);
    expect(exceptionsFor(exchange)).toEqual([exception.id]);
  });

  test('nothing is wrong with what is right, and everything was checked', () => {
    for (const exchange of clean) expect([complaintsAbout(exchange), exceptionsFor(exchange)]).toEqual([[], []]);
    expect([...verdicts.notJudged.keys()]).toEqual([]);
  });

  test.each(wrong)('%s is found', (_what, exchange, found) => {
    expect(
      complaintsAbout(exchange)
        .map(({ side, code }) => `${side} ${code}`)
        .join(),
    ).toMatch(found);
  });
});
