// Service tags through the ARM client: with the generated client's own request, over its transport, and raw whatever comes.
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ArmClient, ArmClientEvent } from '../../src/azure/arm-client.ts';
import { openArmClient } from '../../src/azure/open-arm-client.ts';
import { type SignIn, signInWith } from '../../src/azure/sign-in.ts';
import { stringifyJson } from '../../src/model/json.ts';
import { type Exchange, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';
import { selfSigned } from './self-signed.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

function clientTo(
  endpoint: string,
  ca: string,
  credential: SignIn,
): { arm: ArmClient; slept: number[]; events: ArmClientEvent[] } {
  const slept: number[] = [];
  const events: ArmClientEvent[] = [];
  const arm = openArmClient({
    ...{ source: { kind: 'endpoint', name: endpoint }, endpoint, credential, ca, version: '9.8.7', random: () => 0.5 },
    sleep: async (ms) => {
      slept.push(ms);
    },
  });
  arm.onEvent((event) => events.push(event));
  closers.push(() => arm.close());
  return { arm, slept, events };
}
async function simulated(options: SimulatorOptions = {}) {
  const simulator = await startSimulator({ world: 'open', ...options });
  closers.push(() => simulator.stop());
  const exchanges: Exchange[] = [];
  simulator.onExchange((exchange) => {
    if (/serviceTags/.test(exchange.url)) exchanges.push(exchange);
  });
  const { endpoint, authority, ca } = simulator;
  const credential = signInWith({
    cloud: async () => ({ endpoint, authority, audience: endpoint }),
    environment: {},
    simulator,
    ca,
  });
  const place = { subscription: simulator.subscription, location: 'westeurope' };
  return { ...clientTo(endpoint, ca, credential), exchanges, place };
}
/** A server that answers with these bodies in turn, and counts. */
async function answering(bodies: (origin: string) => readonly (readonly [status: number, body: unknown])[]) {
  const { key, cert } = await selfSigned();
  const asked: string[] = [];
  const server = https.createServer({ key, cert }, (request, response) => {
    const all = bodies(`https://${request.headers.host}`);
    const [status, body] = all[Math.min(asked.length, all.length - 1)] ?? [500, ''];
    asked.push(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const credential: SignIn = {
    getToken: async () => ({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }),
    renew: () => Promise.reject(new Error('refused')),
    identity: async () => ({ name: 'x', how: 'x' }),
    onEvent: () => () => {},
    tokens: 0,
  };
  const { arm, slept } = clientTo(`https://localhost:${(server.address() as AddressInfo).port}`, cert, credential);
  return { arm, slept, asked, ask: () => arm.serviceTags({ subscription: 's', location: 'westeurope' }) };
}
const tag = (name: string) => ({ name, properties: { addressPrefixes: ['1.2.3.0/24'] } });

describe('over the wire', () => {
  test("one request, like the generated client's, with the ARM client's token, name and count", async () => {
    const { arm, exchanges, place, events } = await simulated();
    const answer = await arm.serviceTags(place);
    expect(answer.ok).toBe(true);
    expect(exchanges.map(({ url }) => url)).toEqual([
      `/subscriptions/${place.subscription}/providers/Microsoft.Network/locations/westeurope/serviceTags?api-version=2025-05-01`,
    ]);
    expect(exchanges[0]?.requestHeaders['user-agent']).toMatch(/^bastide\/9\.8\.7/);
    expect(exchanges[0]?.requestHeaders.authorization).toMatch(/^Bearer ./);
    expect(arm.counts).toEqual({ requests: 1, tokens: 1 });
    expect(events.filter(({ kind }) => kind === 'request')).toHaveLength(1);
  });

  test('the body comes raw: what the models of the client do not know is there', async () => {
    const { arm, exchanges, place } = await simulated();
    const answer = await arm.serviceTags(place);
    expect(answer.ok && stringifyJson(answer.document)).toBe(exchanges[0]?.responseBody);
    expect(exchanges[0]?.responseBody).toContain('networkFeatures');
  });

  test('throttled: waited for as told, by the ARM client alone', async () => {
    const { arm, exchanges, place, slept } = await simulated({ faults: 'GET */serviceTags 2 429:retry-after=7' });
    expect((await arm.serviceTags(place)).ok).toBe(true);
    expect(exchanges.map(({ status }) => status)).toEqual([429, 429, 200]);
    expect(slept).toEqual([7000, 7000]);
  });

  test('a refusal is a gap with the action that was missing', async () => {
    const { arm, exchanges, place } = await simulated({ faults: 'GET */serviceTags 9 403' });
    const answer = await arm.serviceTags(place);
    expect(answer).toMatchObject({ ok: false, gap: { status: 403, id: exchanges[0]?.url.replace(/\?.*/, '') } });
    expect(answer.ok ? '' : answer.gap.action).toMatch(/^Microsoft\.Network\/locations\/serviceTags\/read$/i);
    expect(exchanges).toHaveLength(1);
  });

  test('a region that is no name is not sent', async () => {
    const { arm, exchanges, place } = await simulated();
    for (const location of ['', '../../x', 'West Europe', 'a?b=c']) {
      expect(await arm.serviceTags({ ...place, location })).toMatchObject({
        ok: false,
        gap: { code: 'UnreadableAnswer' },
      });
    }
    expect(exchanges).toEqual([]);
  });

  test('a stop is heard', async () => {
    const { arm, place } = await simulated();
    const stop = AbortSignal.abort();
    await expect(arm.serviceTags(place, stop)).rejects.toMatchObject({ exit: 130 });
  });
});

describe('whatever else comes', () => {
  test('every page is followed', async () => {
    const { asked, ask } = await answering((origin) => [
      [200, { changeNumber: '7', values: [tag('A')], nextLink: `${origin}/next?page=2` }],
      [200, { changeNumber: '7', values: [tag('B')], nextLink: '' }],
    ]);
    expect(await ask()).toMatchObject({ ok: true, document: { changeNumber: '7', values: [tag('A'), tag('B')] } });
    expect(asked[1]).toBe('/next?page=2');
  });

  test.each([
    ['a page at another origin', [[200, { values: [tag('A')], nextLink: 'https://elsewhere.example/x' }]]],
    ['pages without end', [[200, { values: [tag('A')], nextLink: '/again' }]]],
    ['no JSON', [[200, '<html>']]],
    ['no list', [[200, { value: [] }]]],
    [
      'a list of nonsense',
      [[200, { values: [1, null, { name: 7 }, { name: 'A', properties: { addressPrefixes: 'x' } }] }]],
    ],
    ['nothing', [[200, '']]],
  ] as const)('%s is a gap', async (_what, bodies) => {
    const { ask } = await answering(() => bodies);
    expect(await ask()).toMatchObject({ ok: false, gap: { code: 'UnreadableAnswer' } });
  });

  test('a page that is refused leaves no half list', async () => {
    const { ask } = await answering(() => [
      [200, { values: [tag('A')], nextLink: '/next' }],
      [403, { error: { code: 'AuthorizationFailed', message: 'no' } }],
    ]);
    expect(await ask()).toMatchObject({ ok: false, gap: { status: 403, code: 'AuthorizationFailed' } });
  });
});
