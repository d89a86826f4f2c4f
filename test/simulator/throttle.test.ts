// ARM's throttling: buckets by class of verb, the headers that show them, and the refusal in Azure's words.
import { afterEach, expect, test } from 'vitest';
import type { GatewayRequest } from '../../src/simulator/gateway/request.ts';
import { limitsOf, Throttle } from '../../src/simulator/gateway/throttle.ts';
import { SimulatorError } from '../../src/simulator/index.ts';
import { account, start, type TestClient, workspace } from './support.ts';

let client: TestClient | undefined;
afterEach(async () => {
  await client?.stop();
  client = undefined;
});

const one = '/subscriptions/11111111-0000-0000-0000-000000000001/x';
const request = (method: string, path: string): GatewayRequest => ({
  method,
  url: path,
  path,
  query: new URLSearchParams(),
  headers: {},
  body: '',
  origin: 'https://localhost',
});
/** Takes `count` tokens at one moment; the last result. */
function taken(throttle: Throttle, count: number, now: number, method = 'GET', path = one, principal = 'p') {
  let last = throttle.take(request(method, path), principal, now);
  for (let more = 1; more < count; more += 1) last = throttle.take(request(method, path), principal, now);
  return last;
}

test("Azure's own limits: 250 reads at once, then 25 a second; 200 writes and 200 deletions, then 10", () => {
  const throttle = new Throttle(limitsOf('azure'));
  expect(taken(throttle, 250, 0)).toMatchObject({
    retryAfter: undefined,
    headers: {
      'x-ms-ratelimit-remaining-subscription-reads': '0',
      'x-ms-ratelimit-remaining-subscription-global-reads': '3500',
    },
  });
  expect(taken(throttle, 1, 0).retryAfter).toBe(1);
  expect(taken(throttle, 25, 1000).retryAfter).toBeUndefined();
  expect(taken(throttle, 1, 1000).retryAfter).toBe(1);
  for (const method of ['PUT', 'DELETE']) {
    expect(taken(throttle, 200, 0, method).retryAfter).toBeUndefined();
    expect(taken(throttle, 1, 0, method).retryAfter).toBe(1);
    expect(taken(throttle, 11, 1000, method).retryAfter).toBe(1);
  }
});

test('every subscription, principal and class has a separate bucket, and the subscription one for all', () => {
  const throttle = new Throttle(limitsOf('reads=2+1'));
  expect(taken(throttle, 3, 0).retryAfter).toBe(1);
  expect(taken(throttle, 2, 0, 'GET', one, 'somebody else').retryAfter).toBeUndefined();
  expect(taken(throttle, 2, 0, 'GET', one.replace('1/x', '2/x')).retryAfter).toBeUndefined();
  expect(taken(throttle, 2, 0, 'PATCH').retryAfter).toBeUndefined();
  const tenant = taken(throttle, 3, 0, 'GET', '/subscriptions');
  expect(tenant).toEqual({ headers: { 'x-ms-ratelimit-remaining-tenant-reads': '0' }, retryAfter: 1 });
  // Thirty for all principals together: four are gone, thirteen others take two each.
  const others = Array.from({ length: 14 }, (_, index) => taken(throttle, 2, 0, 'GET', one, `other ${index}`));
  expect(others.map((other) => other.retryAfter)).toEqual([...Array(13).fill(undefined), 1]);
});

test('the seconds are whole, at least one, and as many as it takes', () => {
  const throttle = new Throttle(limitsOf('reads=1+0.1'));
  expect(taken(throttle, 2, 0).retryAfter).toBe(10);
  expect(taken(throttle, 1, 7500).retryAfter).toBe(3);
  expect(taken(throttle, 1, 10_000).retryAfter).toBeUndefined();
});

test('without limits nothing is refused, and the headers count all the same', () => {
  const throttle = new Throttle(limitsOf(undefined));
  expect(taken(throttle, 1000, 0)).toMatchObject({
    retryAfter: undefined,
    headers: { 'x-ms-ratelimit-remaining-subscription-reads': '0' },
  });
});

test.each(['', 'reads', 'reads=5', 'reads=0+1', 'reads=1+0', 'rates=1+1', 'reads=1+1;writes=1+1', 'reads=-1+1'])(
  'the limit "%s" is refused in words',
  (spec) => {
    expect(() => limitsOf(spec)).toThrow(SimulatorError);
    expect(() => limitsOf(spec)).toThrow(/Expected azure, or reads=SIZE\+PER-SECOND/);
  },
);

test('over the wire: 429 with whole seconds, and writes are counted apart', async () => {
  client = await start({ world: 'open', throttle: 'reads=2+0.01' });
  expect((await client.get(workspace)).headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('1');
  expect((await client.get(workspace)).headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('0');
  const refused = await client.get(workspace);
  expect([refused.status, refused.code]).toEqual([429, 'SubscriptionRequestsThrottled']);
  expect(refused.headers['retry-after']).toMatch(/^[1-9][0-9]*$/);
  expect(refused.headers['x-ms-failure-cause']).toBe('gateway');
  expect(refused.headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('0');
  expect(refused.message).toBe(
    `Number of 'read' requests for subscription '${client.sim.subscription}' actor '44444444-4444-4444-4444-444444444444' exceeded. ` +
      `Please try again after '${refused.headers['retry-after']}' seconds after additional tokens are available. ` +
      'Refer to https://aka.ms/arm-throttling for additional information.',
  );
  expect((await client.patch(account('stmlsim'), { tags: {} })).status).toBe(200);
});
