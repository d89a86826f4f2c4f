import { afterEach, expect, test } from 'vitest';
import { SimulatorError, startSimulator } from '../../src/simulator/index.ts';
import { account, start, type TestClient, workspace } from './support.ts';

let client: TestClient | undefined;
afterEach(async () => {
  await client?.stop();
  client = undefined;
});

const main = account('stmlsim');
const tags = { tags: { touched: 'yes' } };
const isTouched = async (from: TestClient): Promise<boolean> => (await from.get(main)).text.includes('touched');

async function withFaults(faults: string): Promise<TestClient> {
  client = await start({ world: 'open', faults });
  return client;
}

test('429 with the seconds, as often as asked, then never again', async () => {
  const from = await withFaults('GET */storageAccounts/* 2 429:retry-after=7');
  for (const _ of [1, 2]) {
    const reply = await from.get(main);
    expect([reply.status, reply.code, reply.headers['retry-after']]).toEqual([
      429,
      'SubscriptionRequestsThrottled',
      '7',
    ]);
    expect(reply.message).toContain("Number of 'read' requests for subscription");
  }
  expect((await from.get(main)).status).toBe(200);
});

test.each([
  ['503:retry-after=3', 503, '3'],
  ['503', 503, undefined],
  ['500', 500, undefined],
  ['403', 403, undefined],
  ['401', 401, undefined],
  ['409', 409, undefined],
  ['412', 412, undefined],
  ['policy', 403, undefined],
])('%s answers instead of the provider', async (fault, status, after) => {
  const from = await withFaults(`PATCH * 1 ${fault}`);
  const reply = await from.patch(main, tags);
  expect([reply.status, reply.headers['retry-after']]).toEqual([status, after]);
  expect(reply.code).toBeDefined();
  expect(await isTouched(from)).toBe(false);
});

test('a challenge for more claims, and a policy that names itself', async () => {
  const from = await withFaults('GET * 1 401:claims; PATCH * 1 policy');
  expect((await from.get(main)).headers['www-authenticate']).toMatch(
    /error="insufficient_claims", claims="[A-Za-z0-9+/=]+"/,
  );
  const refused = await from.patch(main, tags);
  expect(refused.code).toBe('RequestDisallowedByPolicy');
  expect(refused.text).toContain('"additionalInfo":[{"type":"PolicyViolation"');
});

test('a gateway that breaks down speaks HTML', async () => {
  const from = await withFaults('GET */storageaccounts/* 1 html502');
  const reply = await from.get(main);
  expect([reply.status, reply.headers['content-type']]).toEqual([502, 'text/html']);
  expect(reply.text).toContain('<h1>502 Bad Gateway</h1>');
});

test('dropped before: nothing is applied; dropped after: it is', async () => {
  const from = await withFaults('PATCH * 1 drop-before; PATCH * 1 drop-after');
  await expect(from.patch(main, tags)).rejects.toThrow();
  expect(await isTouched(from)).toBe(false);
  await expect(from.patch(main, tags)).rejects.toThrow();
  expect(await isTouched(from)).toBe(true);
});

test('a success whose body says that it failed changes nothing', async () => {
  const from = await withFaults('PATCH * 1 body:failed');
  const reply = await from.patch(main, tags);
  expect([reply.status, reply.at('status')]).toEqual([200, 'Failed']);
  expect(await isTouched(from)).toBe(false);
});

test('slow waits, then does what was asked', async () => {
  const from = await withFaults('PATCH * 1 slow:80');
  const started = performance.now();
  expect((await from.patch(main, tags)).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThanOrEqual(75);
});

test('a request that hangs gets no answer, and the server still stops', async () => {
  const from = await withFaults('GET */workspaces/* * hang');
  const hanging = from.get(workspace).catch((error: Error) => error);
  expect((await from.get(main)).status).toBe(200);
  await from.stop();
  client = undefined;
  expect(await hanging).toBeInstanceOf(Error);
});

test('a star means always, methods and globs ignore what they do not name', async () => {
  const from = await withFaults('* */WORKSPACES/* * 500');
  expect((await from.get(workspace)).status).toBe(500);
  expect((await from.get(`${workspace}/computes`)).status).toBe(500);
  expect((await from.get(workspace)).status).toBe(500);
  expect((await from.get(main)).status).toBe(200);
});

test('sign-in can fail too', async () => {
  client = await start({ world: 'open' });
  await client.stop();
  const sim = await startSimulator({ world: 'open', faults: 'POST */oauth2/* 1 500' });
  const { clientOf } = await import('./support.ts');
  client = await clientOf(sim);
  expect((await client.get(main)).status).toBe(401);
});

test.each([
  ['GET * 1', 'has 3 words, not 4'],
  ['GET * many 500', '"many" is neither a number nor *'],
  ['GET * 0 500', '"0" is neither a number nor *'],
  ['GET * 1 418', '"418" is not one of'],
  ['GET * 1 slow', 'slow needs milliseconds'],
  ['GET * 1 429:soon', '"soon" is not retry-after=SECONDS'],
  ['GET * 1 body:odd', 'body needs failed, as in body:failed'],
  ['PUT * 1 late', 'late needs a number of reads'],
  ['G/T * 1 500', '"G/T" is not a method'],
])('%s is refused with the form', async (faults, why) => {
  const failure = await startSimulator({ world: 'open', faults }).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SimulatorError);
  expect(failure).toMatchObject({ code: 'faults' });
  expect(String(failure)).toContain(why);
  expect(String(failure)).toContain('METHOD PATH-GLOB COUNT FAULT[:ARGUMENT]');
});
