// Each exception is still needed, and covers no more than its own: its sample is held against the documents as they are.
import { describe, expect, test } from 'vitest';
import type { Said } from '../support/record-exchanges.ts';
import { isHere, specs } from './documents.ts';
import { exceptions } from './exceptions.ts';
import { hear } from './hearing.ts';
import * as samples from './samples.ts';

const said = (sample: (typeof exceptions)[number]['sample']): Said => ({
  agent: '',
  status: sample.status ?? 200,
  responseHeaders: { 'content-type': 'application/json' },
  method: sample.method,
  url: sample.url,
  requestBody: sample.requestBody === undefined ? '' : JSON.stringify(sample.requestBody),
  responseBody: sample.responseBody === undefined ? '' : JSON.stringify(sample.responseBody),
});
const judged = (one: Said) => hear({ seen: 1, elsewhere: 0, distinct: [one] });

describe.skipIf(!isHere)(`exceptions to Microsoft's documents${isHere ? '' : ` (skipped: none at ${specs})`}`, () => {
  test('there are few, each with its own name and a source', () => {
    expect(exceptions.length).toBeLessThanOrEqual(12);
    expect(new Set(exceptions.map(({ id }) => id)).size).toBe(exceptions.length);
    expect(exceptions.filter(({ source }) => source.length < 10)).toEqual([]);
  });

  test.each(exceptions)('$id is still needed', async (exception) => {
    const { excepted, complaints } = await judged(said(exception.sample));
    expect(complaints).toEqual([]);
    expect([...excepted.keys()].map(({ id }) => id)).toEqual([exception.id]);
  });

  test.each([
    [samples.workspace, '2024-04-01'],
    [samples.storage, '2023-05-01'],
    [samples.vault, '2023-07-01'],
    [samples.network, '2024-01-01'],
  ])('nothing else is wrong with $name', async (body, version) => {
    const read = said({ method: 'GET', url: `${body.id}?api-version=${version}`, responseBody: body });
    const { validated, excepted, complaints } = await judged(read);
    expect([validated, excepted.size, complaints]).toEqual([1, 0, []]);
  });

  const { id } = samples.storage;
  const url = `${id}?api-version=2023-05-01`;
  test.each<[string, Said, RegExp]>([
    [
      'an unknown member',
      said({ method: 'GET', url, responseBody: { ...samples.storage, more: 1 } }),
      /response OBJECT_ADDITIONAL/,
    ],
    [
      'a wrong type',
      said({ method: 'GET', url, responseBody: { ...samples.storage, tags: 7 } }),
      /response INVALID_TYPE/,
    ],
    ['a status nobody describes', said({ method: 'PATCH', url, requestBody: {}, status: 299 }), /RESPONSE_CODE/],
    [
      'an error without a code',
      said({ method: 'GET', url, status: 404, responseBody: { message: 'gone' } }),
      /ERROR_ENVELOPE/,
    ],
    [
      'a 202 that leads nowhere',
      said({ method: 'DELETE', url: `${samples.network.id}?api-version=2024-01-01`, status: 202 }),
      /LRO_RESPONSE_HEADER/,
    ],
    [
      'a read-only member sent by Bastide',
      {
        ...said({
          method: 'PUT',
          url: `${samples.network.id}?api-version=2024-01-01`,
          requestBody: samples.network,
          responseBody: samples.network,
        }),
        agent: 'bastide/1.0',
      },
      /request READONLY/,
    ],
    [
      'an operation that failed without a word',
      said({
        method: 'GET',
        url: `${samples.subscription}/providers/Microsoft.Network/locations/westeurope/operations/o?api-version=2024-01-01`,
        responseBody: { status: 'Failed' },
      }),
      /response OPERATION_CONTRACT/,
    ],
  ])('%s is found', async (_what, exchange, found) => {
    const { complaints } = await judged(exchange);
    expect(complaints.map(({ side, code }) => `${side} ${code}`).join()).toMatch(found);
  });
});
