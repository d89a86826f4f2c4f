// The ARM client against the simulator: what is lost, repeated, waited for, refused; and that a token goes nowhere else.
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { ArmClient, ArmClientEvent } from '../../src/azure/arm-client.ts';
import { type ArmClientOptions, openArmClient } from '../../src/azure/open-arm-client.ts';
import { type SignIn, signInWith } from '../../src/azure/sign-in.ts';
import { editChange } from '../../src/model/change.ts';
import { Failure } from '../../src/model/failure.ts';
import { stringifyJson } from '../../src/model/json.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { subnet } from '../../src/resource-types/subnet.ts';
import { type Exchange, type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/index.ts';
import { selfSigned } from './self-signed.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Setup {
  readonly simulator: Simulator;
  readonly arm: ArmClient;
  readonly exchanges: Exchange[];
  readonly events: ArmClientEvent[];
  readonly slept: number[];
  readonly account: string;
}
const accountOf = (workspace: string) =>
  `${workspace.replace(/\/providers\/.*/, '')}/providers/Microsoft.Storage/storageAccounts/stmlsim`;

function clientTo(endpoint: string, ca: string, credential: SignIn, more: Partial<ArmClientOptions> = {}) {
  const slept: number[] = [];
  const arm = openArmClient({
    source: { kind: 'endpoint', name: endpoint },
    endpoint,
    credential,
    ca,
    version: '9.8.7',
    random: () => 0.5,
    // Waits are noted, not waited.
    sleep: async (ms) => {
      slept.push(ms);
    },
    ...more,
  });
  closers.push(() => arm.close());
  return { arm, slept };
}

async function setup(options: SimulatorOptions = {}, more: Partial<ArmClientOptions> = {}): Promise<Setup> {
  const simulator = await startSimulator({ world: 'mixed', ...options });
  closers.push(() => simulator.stop());
  const exchanges: Exchange[] = [];
  simulator.onExchange((exchange) => exchanges.push(exchange));
  const { arm, slept } = clientTo(simulator.endpoint, simulator.ca, signIn(simulator), more);
  const events: ArmClientEvent[] = [];
  arm.onEvent((event) => events.push(event));
  return { simulator, arm, exchanges, events, slept, account: accountOf(simulator.workspace) };
}
const signIn = (simulator: Simulator, secret = simulator.secret, environment = {}) =>
  signInWith({
    cloud: async () => ({ endpoint: simulator.endpoint, authority: simulator.authority, audience: simulator.endpoint }),
    environment,
    simulator: { tenant: simulator.tenant, client: simulator.client, secret },
    ca: simulator.ca,
  });
const armExchanges = (exchanges: readonly Exchange[], method = 'GET') =>
  exchanges.filter((one) => one.method === method && /^(https:\/\/[^/]+)?\/subscriptions/.test(one.url));
const tagging = (account: string) => ({
  method: 'PATCH' as const,
  id: account,
  apiVersion: resourceTypeOf('Microsoft.Storage/storageAccounts').apiVersion,
  body: { tags: { by: 'the test' } },
});

describe('reading', () => {
  test('members that only a preview version shows are read with the workspace, in one request', async () => {
    const { simulator, arm, exchanges } = await setup({ wire: 'plain' }, {});
    const { workspace } = simulator;
    const write = (ipAllowlist: readonly string[]) =>
      arm.write({
        method: 'PATCH',
        id: workspace,
        apiVersion: '2026-05-15-preview',
        body: { properties: { ipAllowlist } },
      });
    expect(await write(['203.0.113.7'])).toMatchObject({ state: 'done' });
    expect(await write(['10.0.0.4'])).toMatchObject({ state: 'refused', refusal: { status: 400 } });
    expect(JSON.stringify(await arm.read(workspace))).toContain('"ipAllowlist":["203.0.113.7"]');
    const versions = armExchanges(exchanges).map(({ url }) =>
      new URL(url, 'https://arm').searchParams.get('api-version'),
    );
    expect(versions).toEqual(['2026-05-15-preview']);
  });

  test('gives the raw body, with one token for many reads and never more than eight at once', async () => {
    const { arm, account, events } = await setup({ latency: 20 });
    const answers = await Promise.all(Array.from({ length: 24 }, () => arm.read(account)));
    expect(answers.every((answer) => answer.ok)).toBe(true);
    expect(arm.counts).toEqual({ requests: 24, tokens: 1 });
    const longest = Math.max(...events.map((event) => (event.kind === 'request' ? event.ms : 0)));
    // Three batches of eight wait for each other; sixteen of them wait at the gate.
    expect(longest).toBeGreaterThanOrEqual(40);
  });

  test('the User-Agent names Bastide', async () => {
    const { arm, account, exchanges } = await setup();
    await arm.read(account);
    expect(armExchanges(exchanges)[0]?.requestHeaders['user-agent']).toMatch(/^bastide\/9\.8\.7/);
  });

  test('follows every page', async () => {
    const whole = await setup();
    const paged = await setup({ pageSize: 1 });
    const read = ({ arm, simulator }: Setup) =>
      arm.list(`${simulator.workspace}/computes`, {
        type: 'Microsoft.MachineLearningServices/workspaces/computes',
      });
    const [one, many] = [await read(whole), await read(paged)];
    if (!one.ok || !many.ok) throw new Error('refused');
    expect(many.resources.map(({ id }) => id)).toEqual(one.resources.map(({ id }) => id));
    expect(armExchanges(paged.exchanges).length).toBe(one.resources.length);
  });

  test('adds up the roles of every page, an empty first one among them', async () => {
    // In this world each list comes with an empty page before it and another behind it.
    const { arm, simulator, exchanges } = await setup({ world: 'foreign' });
    const group = simulator.workspace.split('/').slice(0, 5).join('/');
    expect(await arm.permissions(group)).toEqual({ scope: group, actions: ['*'], notActions: [] });
    expect(armExchanges(exchanges).length).toBe(3);
  });

  test('404 and 403 are gaps that name the action', async () => {
    const { arm, account } = await setup({ faults: 'GET */storageAccounts/stmlsim 1 403' });
    const refused = await arm.read(account);
    expect(refused).toMatchObject({
      ok: false,
      gap: { status: 403, action: 'Microsoft.Storage/storageAccounts/read' },
    });
    const missing = await arm.read(`${account}x`);
    expect(missing).toMatchObject({ ok: false, gap: { status: 404, id: `${account}x` } });
  });

  test.each([
    ['429:retry-after=7', [7000]],
    ['429:retry-after=300', [30_000]],
    ['503', [750]],
    ['500', [750]],
    ['drop-before', [750]],
    ['html502', [750]],
  ])('%s is waited out, within limits', async (fault, waits) => {
    const { arm, account, slept, events } = await setup({ faults: `GET */storageAccounts/stmlsim 1 ${fault}` });
    expect((await arm.read(account)).ok).toBe(true);
    expect(slept).toEqual(waits);
    const announced = events.flatMap((event) => (event.kind === 'wait' ? event.seconds : []));
    expect(announced).toEqual(waits.filter((ms) => ms >= 1000).map((ms) => ms / 1000));
  });

  test('patience ends: the gap keeps what Azure said', async () => {
    const { arm, account, exchanges } = await setup({ faults: 'GET */storageAccounts/stmlsim * 503' });
    expect(await arm.read(account)).toMatchObject({ ok: false, gap: { status: 503 } });
    expect(armExchanges(exchanges)).toHaveLength(5);
  });

  test('a silent server is a missed deadline, not an interruption', async () => {
    const { arm, account } = await setup(
      { faults: 'GET */storageAccounts/stmlsim * hang' },
      { patience: { readDeadline: 80 } },
    );
    expect(await arm.read(account)).toMatchObject({ ok: false, gap: { code: 'Deadline' } });
  });

  test('the user’s signal is an interruption, not a gap', async () => {
    const { arm, account } = await setup({ faults: 'GET */storageAccounts/stmlsim * hang' });
    const failure = await arm.read(account, { signal: AbortSignal.timeout(80) }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code: 'interrupted', exit: 130 });
  });

  test('an id that is a path to elsewhere is never requested', async () => {
    const { arm, account, exchanges } = await setup();
    for (const id of [`${account}/../other`, 'https://evil.example/x', `${account}//x`]) {
      expect((await arm.read(id)).ok).toBe(false);
    }
    await arm.read(`${account}?x=1#y`);
    expect(armExchanges(exchanges).map(({ url }) => url.includes('%3Fx%3D1%23y'))).toEqual([true]);
  });
});

describe('writing', () => {
  test('is sent once and answered', async () => {
    const { arm, account, exchanges } = await setup();
    expect(await arm.write(tagging(account))).toMatchObject({ state: 'done', requestId: expect.any(String) });
    expect(armExchanges(exchanges, 'PATCH').map(({ requestBody }) => requestBody)).toEqual([
      stringifyJson(tagging(account).body),
    ]);
  });

  test.each([
    ['drop-before', 'lost'],
    ['drop-after', 'lost'],
    ['hang', 'lost'],
    ['503', 'refused'],
    ['500', 'refused'],
    ['409', 'refused'],
    ['412', 'refused'],
    ['429:retry-after=3', 'refused'],
    ['body:failed', 'refused'],
  ])('%s is %s, and never sent a second time', async (fault, state) => {
    const { arm, account, exchanges } = await setup(
      { faults: `PATCH */storageAccounts/stmlsim 1 ${fault}` },
      // Only what never comes is worth a short wait: on a busy machine an answer may take longer than that.
      { patience: { writeDeadline: fault === 'hang' ? 200 : 30_000 } },
    );
    const answer = await arm.write(tagging(account));
    expect(answer.state).toBe(state);
    if (fault.startsWith('429')) expect(answer).toMatchObject({ retryAfter: 3 });
    expect(armExchanges(exchanges, 'PATCH')).toHaveLength(1);
  });

  test('a server that is not there was never reached', async () => {
    const { arm, simulator, account } = await setup();
    await arm.identity();
    await simulator.stop();
    expect(await arm.write(tagging(account))).toMatchObject({ state: 'refused', refusal: { status: 0 } });
  });
});

describe('long operations', () => {
  const subnetOf = (simulator: Simulator) =>
    `${simulator.workspace.replace(/\/providers\/.*/, '')}/providers/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-train`;
  const rewrite = async ({ arm, simulator }: Setup) => {
    const read = await arm.read(subnetOf(simulator));
    if (!read.ok) throw new Error(read.gap.reason);
    const { id } = read.resource;
    const write = subnet.write(editChange(id, []), read.resource);
    if (typeof write === 'string') throw new Error(write);
    const { method, apiVersion, body } = write;
    return arm.write({ method, id, apiVersion, body });
  };

  test('is followed to its end', async () => {
    // What changes nothing is over at once where it is answered as by Azure.
    const at = await setup({ clock: 'polls:2', wire: 'plain' });
    const answer = await rewrite(at);
    if (answer.state !== 'running') throw new Error(answer.state);
    const states: string[] = [];
    expect(await at.arm.follow(answer.operation, { onPoll: (state) => states.push(state) })).toEqual({
      state: 'done',
    });
    expect(states.length).toBeGreaterThan(0);
  });

  test.each([
    ['async-fail', undefined],
    ['superseded', 'CanceledAndSupersededDueToAnotherOperation'],
  ])('%s is told with its reason', async (fault, inner) => {
    const at = await setup({ clock: 'polls:1', faults: `PUT */subnets/* 1 ${fault}` });
    const answer = await rewrite(at);
    if (answer.state !== 'running') throw new Error(answer.state);
    const end = await at.arm.follow(answer.operation, {});
    if (end.state !== 'failed') throw new Error(end.state);
    expect(end.refusal.message).not.toBe('');
    if (inner) expect(end.refusal.details.map(({ code }) => code)).toContain(inner);
  });

  test('one that ARM has forgotten, or that lies elsewhere, is left to the resource', async () => {
    const { arm, simulator, exchanges } = await setup();
    const gone = `${simulator.endpoint}/subscriptions/${simulator.subscription}/providers/Microsoft.Network/locations/westeurope/operations/00000000-0000-0000-0000-000000000000?api-version=2024-01-01`;
    expect(await arm.follow(gone, {})).toEqual({ state: 'forgotten' });
    const before = exchanges.length;
    expect(await arm.follow('https://127.0.0.1:1/operation', {})).toEqual({ state: 'forgotten' });
    expect(exchanges.length).toBe(before);
  });
});

describe('the token', () => {
  test('goes to the endpoint alone: not along a link or a redirect to another origin', async () => {
    const seen: string[] = [];
    const { key, cert } = await selfSigned();
    const elsewhere = https.createServer({ key, cert }, (request, response) => {
      seen.push(`elsewhere ${request.headers.authorization}`);
      response.end('{"value":[]}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const other = `https://localhost:${(elsewhere.address() as AddressInfo).port}`;
    const server = https.createServer({ key, cert }, (request, response) => {
      if (request.url?.includes('/moved')) {
        response.writeHead(302, { location: `${other}/moved` }).end();
        return;
      }
      if (request.url?.includes('/loop')) {
        response.end(JSON.stringify({ value: [], nextLink: `https://${request.headers.host}${request.url}` }));
        return;
      }
      response.end(JSON.stringify({ value: [], nextLink: `${other}/next` }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(async () => {
      for (const one of [server, elsewhere]) {
        one.closeAllConnections();
        one.close();
      }
    });
    const credential: SignIn = {
      getToken: async () => ({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }),
      renew: () => Promise.reject(new Error('refused')),
      identity: async () => ({ name: 'x', how: 'x' }),
      onEvent: () => () => {},
      tokens: 0,
    };
    const { arm } = clientTo(`https://localhost:${(server.address() as AddressInfo).port}`, cert, credential);
    const options = { type: 'T/t', apiVersion: '1' };
    expect(await arm.list('/subscriptions/s/things', options)).toMatchObject({ ok: false });
    expect(await arm.list('/subscriptions/s/loop', options)).toMatchObject({ ok: false });
    expect(await arm.read('/subscriptions/s/moved')).toMatchObject({ ok: false, gap: { status: 302 } });
    expect(seen).toEqual([]);
  });

  test('an authority that is not trusted is said in these words', async () => {
    const { simulator } = await setup();
    const { cert } = await selfSigned();
    const { arm } = clientTo(simulator.endpoint, cert, signIn(simulator));
    const failure = await arm.read(accountOf(simulator.workspace)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'certificate-not-trusted', exit: 7 });
  });
});

describe('signing in', () => {
  test('a challenge is answered with one new token that carries the claims, and everything gets through', async () => {
    const { arm, account, exchanges, simulator } = await setup({ faults: 'GET /subscriptions/* * 401:claims' });
    const ids = Array.from({ length: 6 }, () => [account, simulator.workspace]).flat();
    const answers = await Promise.all(ids.map((id) => arm.read(id)));
    expect(answers.map((answer) => answer.ok)).toEqual(ids.map(() => true));
    const asked = exchanges.filter(({ url }) => url.includes('/oauth2/v2.0/token')).map((one) => one.requestBody);
    const [plain, ...challenged] = asked.map((body) => new URLSearchParams(body).get('claims') ?? '');
    expect(plain).not.toContain('nbf');
    expect(challenged.length).toBeGreaterThan(0);
    for (const claims of challenged) expect(claims).toContain('"nbf":{"essential":true');
    const before = exchanges.length;
    expect((await arm.read(account)).ok).toBe(true);
    expect(exchanges.slice(before).map(({ status }) => status)).toEqual([200]);
  });

  test('says who and how, and announces its steps', async () => {
    const { arm, simulator, events } = await setup();
    expect(await arm.identity()).toMatchObject({ name: simulator.client, how: 'simulator', tenant: simulator.tenant });
    expect(events.flatMap((event) => (event.kind === 'sign-in' ? `${event.step} ${event.state}` : []))).toEqual([
      'simulator trying',
      'simulator ok',
    ]);
  });

  test('a wrong secret is exit 6, with what to fix', async () => {
    const { simulator } = await setup();
    const { arm } = clientTo(simulator.endpoint, simulator.ca, signIn(simulator, 'wrong'));
    const failure = await arm.read(accountOf(simulator.workspace)).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exit: 6, next: 'Set AZURE_CLIENT_SECRET to a valid secret.' });
  });

  test('the environment’s client secret works alone', async () => {
    const { simulator } = await setup();
    const credential = signInWith({
      cloud: async () => ({
        endpoint: simulator.endpoint,
        authority: simulator.authority,
        audience: simulator.endpoint,
      }),
      environment: {
        AZURE_TENANT_ID: simulator.tenant,
        AZURE_CLIENT_ID: simulator.client,
        AZURE_CLIENT_SECRET: simulator.secret,
      },
      ca: simulator.ca,
    });
    expect(await credential.identity()).toMatchObject({ how: 'client secret' });
  });

  test('one request for a token however many ask, renewed five minutes early', async () => {
    const { simulator, exchanges } = await setup();
    let now = Date.now();
    const credential = signInWith({
      cloud: async () => ({
        endpoint: simulator.endpoint,
        authority: simulator.authority,
        audience: simulator.endpoint,
      }),
      environment: {},
      simulator,
      ca: simulator.ca,
      now: () => now,
    });
    const got = await Promise.all(Array.from({ length: 5 }, () => credential.getToken([])));
    expect(credential.tokens).toBe(1);
    expect(exchanges.filter(({ url }) => url.includes('/oauth2/v2.0/token'))).toHaveLength(1);
    now = (got[0]?.expiresOnTimestamp ?? 0) - 6 * 60_000;
    await credential.getToken([]);
    expect(credential.tokens).toBe(1);
    now += 2 * 60_000;
    await credential.getToken([]);
    expect(credential.tokens).toBe(2);
  });
});

describe('finding the workspace', () => {
  test('the only one readable, by name in any case, or by id without asking', async () => {
    const { arm, simulator, exchanges } = await setup();
    const name = simulator.workspace.split('/').at(-1) ?? '';
    expect(await arm.findWorkspace({})).toBe(simulator.workspace);
    expect(await arm.findWorkspace({ workspace: name.toUpperCase() })).toBe(simulator.workspace);
    const before = exchanges.length;
    expect(await arm.findWorkspace({ workspace: simulator.workspace })).toBe(simulator.workspace);
    expect(exchanges.length).toBe(before);
  });

  test('an unknown name lists those that there are', async () => {
    const { arm, simulator } = await setup();
    const failure = await arm.findWorkspace({ workspace: 'nobody' }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exit: 2, details: { workspaces: [simulator.workspace] } });
  });

  test('a refused list is exit 7, naming the action', async () => {
    const { arm } = await setup({ faults: 'GET */workspaces * 403' });
    const failure = await arm.findWorkspace({}).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exit: 7, next: expect.stringContaining('workspaces/read') });
  });
});
