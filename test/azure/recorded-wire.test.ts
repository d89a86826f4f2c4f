// Answers as Azure was recorded to give them, from a server: where a write is followed, what its operation says, and which refusals
// mean that the same write may be sent again.
import { describe, expect, test } from 'vitest';
import { againOf, againTable } from '../../src/azure/again.ts';
import { refusalOf } from '../../src/azure/refusal.ts';
import { parseJson } from '../../src/model/json.ts';
import { recordedRefusals } from '../support/recorded-refusals.ts';
import { clientTo, type ServedReply } from './serving.ts';

const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml-sim';
const zone = `${group}/providers/Microsoft.Network/privateDnsZones/zone.example.com`;
const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv`;
const statuses = '/subscriptions/s/providers/Microsoft.Network/locations/global/privateDnsOperationStatuses/1';
const results = statuses.replace('Statuses', 'Results');
const json = (body: unknown): string => JSON.stringify(body);
const write = { id: zone, apiVersion: '2024-06-01', body: { location: 'global' } } as const;

describe('an empty 202 is no result: the operation is followed', () => {
  const both = (origin: string) => ({
    'azure-asyncoperation': `${origin}${statuses}`,
    location: `${origin}${results}`,
  });
  const location = (origin: string) => ({ location: `${origin}${results}` });
  const none = () => ({});
  test.each(
    (['PUT', 'PATCH', 'DELETE'] as const).flatMap((method) =>
      ['', '{}', 'null'].flatMap((body) =>
        [
          ['both headers', both, `${statuses}`],
          ['Location', location, `${results}#location`],
          ['neither header', none, `${zone}?api-version=2024-06-01#provisioningState`],
        ].map(([name, headers, follows]) => [method, body, name, headers, follows] as const),
      ),
    ),
  )('%s answered with body "%s" and %s', async (method, body, _name, headers, follows) => {
    const { arm } = await clientTo((_said, origin) => ({
      ...{ status: 202, body },
      headers: (headers as typeof both)(origin),
    }));
    const answer = await arm.write({ ...write, method, ...(method === 'DELETE' ? { body: null } : {}) });
    expect(answer.state === 'running' && answer.operation).toBe(`${arm.source.name}${follows}`);
  });
});

describe('an operation', () => {
  const patience = { patience: { retries: 0, unreadOperation: 30 } };
  const follow = async (replies: readonly ServedReply[], at: string) => {
    const polls: string[] = [];
    const { arm } = await clientTo(({ url }) => {
      polls.push(url);
      return replies[Math.min(polls.length, replies.length) - 1] ?? { status: 500 };
    }, patience);
    const answer = await arm.follow(`${arm.source.name}${at}`, {});
    return { answer, polls: polls.length };
  };

  test.each(recordedRefusals.filter(({ status }) => status === 200).map((one) => [one.code, one] as const))(
    'that fails with HTTP 200 has failed: %s',
    async (code, { body, again }) => {
      for (const at of [statuses, `${results}#location`]) {
        const { answer } = await follow([{ status: 200, body: json(body) }], at);
        expect(answer).toMatchObject({ state: 'failed', refusal: { status: 200, code }, again: { why: again } });
      }
    },
  );

  test.each([408, 429, 500, 502, 503, 504])('at a Location, %d five times over says nothing of it', async (status) => {
    const unread = Array<ServedReply>(5).fill({ status, headers: { 'retry-after': '1' } });
    const { answer, polls } = await follow([...unread, { status: 200 }], `${results}#location`);
    expect([answer, polls]).toEqual([{ state: 'done' }, 6]);
  });

  test.each([408, 429, 500, 502, 503, 504])('at a Location, %d for good: the resource decides', async (status) => {
    const { answer } = await follow(
      [{ status, body: json({ error: { code: 'X', message: 'No.' } }) }],
      `${results}#location`,
    );
    expect(answer).toEqual({ state: 'forgotten' });
  });

  const connection = (provisioningState: string): ServedReply => ({
    status: 200,
    body: json({
      id: `${vault}/privateEndpointConnections/c`,
      type: 'Microsoft.KeyVault/vaults/privateEndpointConnections',
      properties: { provisioningState, privateLinkServiceConnectionState: { status: 'Approved' } },
    }),
  });
  test.each([
    ['Succeeded', { state: 'done' }],
    ['Failed', { state: 'failed', refusal: { code: 'Failed' } }],
  ])('that shows the resource is not done while that is Updating, and ends as it is %s', async (state, expected) => {
    const replies = [...Array<ServedReply>(9).fill(connection('Updating')), connection(state)];
    const { answer, polls } = await follow(replies, statuses);
    expect(answer).toMatchObject(expected);
    expect(polls).toBe(10);
  });
});

test.each([
  [{ 'x-ms-ratelimit-remaining-subscription-reads': '249' }, 249],
  [{ 'x-ms-ratelimit-remaining-subscription-global-reads': '3749' }, 3749],
  [
    {
      'x-ms-ratelimit-remaining-subscription-reads': '249',
      'x-ms-ratelimit-remaining-subscription-global-reads': '12',
    },
    12,
  ],
  [
    {
      'x-ms-ratelimit-remaining-subscription-reads': '249, 1',
      'x-ms-ratelimit-remaining-subscription-global-reads': '',
    },
    undefined,
  ],
  [{}, undefined],
])('reads that are left, by %o: %s', async (headers, left) => {
  const { arm } = await clientTo(() => ({ status: 200, headers, body: json({ id: zone, properties: {} }) }));
  const told: (number | undefined)[] = [];
  arm.onEvent((event) => {
    if (event.kind === 'request') told.push(event.readsLeft);
  });
  await arm.read(zone);
  expect(told).toEqual([left]);
});

describe('what may be sent again', () => {
  const of = (status: number, body: object) => againOf(refusalOf(status, parseJson(json(body))));

  test.each(recordedRefusals.map((one) => [`${one.code} with ${one.status}`, one] as const))('%s', (_name, one) => {
    expect(of(one.status, one.body)?.why ?? null).toBe(one.again);
  });

  test('a principal that is not known yet is waited for two minutes', () => {
    const principal = recordedRefusals.find(({ code }) => code === 'PrincipalNotFound');
    expect(principal && of(principal.status, principal.body)).toEqual({ why: 'busy', longest: 120 });
  });

  test('a conflict that names no other operation is refused again', () => {
    expect(of(409, { error: { code: 'Conflict', message: 'The name is taken.' } })).toBeNull();
  });

  test('every row names where it was seen, and says what it is about', () => {
    for (const { source, code, status } of againTable) {
      expect(source).toMatch(/recorded: |github\.com|Microsoft|RFC/);
      expect(code ?? status).toBeDefined();
    }
  });
});
