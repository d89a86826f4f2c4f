// Queries of Azure Resource Graph: pages, raw rows, quotas, and answers that are cut or never end.
import { describe, expect, test } from 'vitest';
import { openArmClient } from '../../src/azure/open-arm-client.ts';
import { type TransportAnswer, TransportError, type TransportRequest } from '../../src/azure/transport.ts';
import { type JsonObject, parseJson, stringifyJson } from '../../src/model/json.ts';
import { isAccessDenied } from '../../src/model/snapshot.ts';

interface Reply {
  readonly status?: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Code of the failure that comes instead. */
  readonly fails?: string;
}
const page = (rows: string, more: string) => `{"count":1,"facets":[],"data":[${rows}],${more}}`;

async function ask(replies: readonly Reply[]) {
  const requests: TransportRequest[] = [];
  const slept: number[] = [];
  const rows: JsonObject[] = [];
  const arm = openArmClient({
    source: { kind: 'endpoint', name: 'test' },
    endpoint: 'https://localhost',
    version: '1',
    random: () => 0.5,
    sleep: async (ms) => void slept.push(ms),
    credential: {
      getToken: () => Promise.reject(new Error('no token is sent')),
      renew: () => Promise.reject(new Error('no token is sent')),
      identity: async () => ({ name: 'a', how: 'b' }),
      onEvent: () => () => {},
      tokens: 0,
    },
    wire: async (request): Promise<TransportAnswer> => {
      const {
        status = 200,
        text,
        headers = {},
        fails,
      } = replies[Math.min(requests.length, replies.length - 1)] as Reply;
      requests.push(request);
      if (fails !== undefined) throw new TransportError('lost', fails, 'failed');
      const body = parseJson(text);
      return { status, text, body, header: (name) => headers[name], headers: () => headers, requestId: null };
    },
  });
  const answer = await arm.graph({
    query: 'resources | order by id asc',
    subscriptions: ['s1', 's2'],
    onRows: (found) => void rows.push(...found),
  });
  return { answer, requests, slept, rows };
}

describe('a query', () => {
  test('is asked page after page within its scope; rows stay raw', async () => {
    const { answer, requests, rows } = await ask([
      { text: page('{"id":"/a","properties":{"long":12345678901234567890}}', '"totalRecords":2,"$skipToken":"t1"') },
      { text: page('{"id":"/b"}', '"totalRecords":2,"resultTruncated":"false"') },
    ]);
    expect(answer).toEqual({ ok: true, rows: 2, pages: 2 });
    expect(stringifyJson(rows)).toBe('[{"id":"/a","properties":{"long":12345678901234567890}},{"id":"/b"}]');
    const [first, second] = requests.map(({ body = '' }) => JSON.parse(body));
    expect(first).toMatchObject({ query: 'resources | order by id asc', subscriptions: ['s1', 's2'] });
    expect(first.options).toMatchObject({ resultFormat: 'objectArray', $top: 1000 });
    expect(second.options.$skipToken).toBe('t1');
    expect(requests[0]?.url).toBe(
      'https://localhost/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01',
    );
  });

  test('waits as long as a used-up quota and a 429 say', async () => {
    const { answer, slept } = await ask([
      {
        text: page('{"id":"/a"}', '"totalRecords":2,"$skipToken":"t1"'),
        headers: { 'x-ms-user-quota-remaining': '0', 'x-ms-user-quota-resets-after': '00:00:04' },
      },
      { status: 429, text: '{"error":{"code":"RateLimiting"}}', headers: { 'retry-after': '7' } },
      { text: page('{"id":"/b"}', '"totalRecords":2') },
    ]);
    expect(answer).toMatchObject({ ok: true, rows: 2 });
    expect(slept).toEqual([4000, 7000]);
  });

  test('that is throttled without end fails, and says how', async () => {
    const { answer, slept } = await ask([
      { status: 429, text: '{"error":{"code":"RateLimiting","message":"Please slow down."}}' },
    ]);
    expect(answer).toMatchObject({ ok: false, gap: { status: 429, code: 'RateLimiting' } });
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(300_000);
  });

  test('whose page is too large is asked for in smaller pages, from where it was', async () => {
    const tooLarge = {
      status: 400,
      text: '{"error":{"code":"BadRequest","message":"Please provide below info when asking for support: correlationId = c-1.","details":[{"code":"ResponsePayloadTooLarge","message":"Response payload size is 94330584."}]}}',
    };
    const { answer, requests, rows } = await ask([
      { text: page('{"id":"/a"}', '"totalRecords":3,"$skipToken":"t1"') },
      tooLarge,
      { text: '', fails: 'AnswerTooLarge' },
      { text: page('{"id":"/b"}', '"totalRecords":3,"$skipToken":"t2"') },
      { text: page('{"id":"/c"}', '"totalRecords":3') },
    ]);
    expect(answer).toEqual({ ok: true, rows: 3, pages: 3 });
    expect(rows.map(({ id }) => id)).toEqual(['/a', '/b', '/c']);
    const asked = requests.map(({ body = '' }) => JSON.parse(body).options);
    expect(asked.map(({ $skipToken, $top }) => [$skipToken, $top])).toEqual([
      [undefined, 1000],
      ['t1', 1000],
      ['t1', 500],
      ['t1', 250],
      ['t2', 250],
    ]);
    const never = await ask([tooLarge]);
    expect(never.answer).toMatchObject({
      ok: false,
      gap: { reason: expect.stringContaining('a single row is too large') },
    });
    expect(never.requests.length).toBeLessThan(15);
  });

  test('that is refused says why, which stands in the details alone, and what to quote to support', async () => {
    const { answer } = await ask([
      {
        status: 400,
        text: '{"error":{"code":"BadRequest","message":"Please provide below info when asking for support: timestamp = 2024-07-03T07:44:08Z, correlationId = fa76-1.","details":[{"code":"InvalidQuery","message":"Query is invalid."},{"code":"ParserFailure","message":"ParserFailure"}]}}',
      },
    ]);
    expect(answer).toMatchObject({
      gap: {
        code: 'InvalidQuery',
        reason: 'Azure returned 400, InvalidQuery: Query is invalid. ParserFailure Correlation ID: fa76-1.',
      },
    });
  });

  test('over subscriptions that this sign-in may not read is denied, by either refusal', async () => {
    const refusal = (status: number, code: string) => ({
      status,
      text: `{"error":{"code":"BadRequest","message":"Please provide below info when asking for support: correlationId = c-1.","details":[{"code":"${code}","message":"No."}]}}`,
    });
    for (const [status, code, isDenied] of [
      [403, 'AccessDenied', true],
      [400, 'NoValidSubscriptionsInQueryRequest', true],
      [400, 'InvalidQuery', false],
    ] as const) {
      const { answer } = await ask([refusal(status, code)]);
      expect([code, !answer.ok && isAccessDenied(answer.gap)]).toEqual([code, isDenied]);
    }
  });

  test('whose answer lacks rows, goes round in circles or is none has failed', async () => {
    const cut = await ask([{ text: page('{"id":"/a"}', '"totalRecords":3') }]);
    const truncated = await ask([{ text: page('{"id":"/a"}', '"totalRecords":1,"resultTruncated":"true"') }]);
    const circle = await ask([{ text: page('{"id":"/a"}', '"totalRecords":9,"$skipToken":"t1"') }]);
    const nothing = await ask([{ text: '{"data":{}}' }]);
    const refused = await ask([{ status: 403, text: '{"error":{"code":"AccessDenied","message":"No."}}' }]);
    for (const { answer } of [cut, truncated, circle, nothing, refused]) expect(answer.ok).toBe(false);
    expect(circle.requests).toHaveLength(2);
  });
});
