import { afterAll, beforeAll, expect, test } from 'vitest';
import { at, list, text } from '../../src/simulator/json.ts';
import { signIn, start, type TestClient } from './support.ts';

let client: TestClient;
beforeAll(async () => {
  client = await start({ world: 'open' });
});
afterAll(() => client.stop());

const form = (fields: Record<string, string>): string => new URLSearchParams(fields).toString();
const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

test('a right secret gives a token that looks like one', async () => {
  const reply = await signIn(client.send, client.sim);
  const token = text(reply.json, 'access_token') ?? '';
  expect(reply.at('token_type')).toBe('Bearer');
  expect(claimsOf(token)).toMatchObject({ tid: client.sim.tenant, appid: client.sim.client, aud: client.sim.endpoint });
  expect(claimsOf(token).exp).toBeGreaterThan(Date.now() / 1000);
});

test.each([
  [{ client_secret: 'wrong' }, 401, 'AADSTS7000215'],
  [{ client_id: 'somebody' }, 400, 'AADSTS700016'],
  [{ grant_type: 'password' }, 400, 'AADSTS70003'],
])('%j is refused as Entra refuses it', async (changes, status, code) => {
  const reply = await signIn(client.send, client.sim, changes);
  expect(reply.status).toBe(status);
  expect(text(reply.json, 'error_description')).toContain(`${code}: `);
});

test('an unknown tenant is refused at both endpoints', async () => {
  for (const path of ['/nowhere/v2.0/.well-known/openid-configuration', '/nowhere/oauth2/v2.0/token']) {
    const reply = await client.send(path.endsWith('token') ? 'POST' : 'GET', path, '');
    expect([reply.status, text(reply.json, 'error_description')?.slice(0, 11)]).toEqual([400, 'AADSTS90002']);
  }
});

test('the configuration and the metadata point back at whatever host was asked', async () => {
  const port = new URL(client.sim.endpoint).port;
  const base = `https://127.0.0.1:${port}`;
  const configuration = await client.send('GET', `${base}/${client.sim.tenant}/v2.0/.well-known/openid-configuration`);
  expect(configuration.at('token_endpoint')).toBe(`${base}/${client.sim.tenant}/oauth2/v2.0/token`);
  expect(configuration.at('device_authorization_endpoint')).toBe(`${base}/${client.sim.tenant}/oauth2/v2.0/devicecode`);
  const cloud = await client.send('GET', `${base}//metadata/endpoints?api-version=2022-09-01`);
  expect(cloud.at('authentication', 'loginEndpoint')).toBe(base);
  const old = await client.send('GET', '/metadata/endpoints?api-version=2019-05-01');
  expect(Array.isArray(old.json)).toBe(true);
});

test('both loopback addresses serve the same', async () => {
  const port = new URL(client.sim.endpoint).port;
  const reply = await client.send('GET', `https://[::1]:${port}/metadata/endpoints?api-version=2022-09-01`);
  expect(reply.at('authentication', 'loginEndpoint')).toBe(`https://[::1]:${port}`);
});

test('instance discovery is answered', async () => {
  const reply = await client.send('GET', '/common/discovery/instance?api-version=1.1&authorization_endpoint=x');
  expect(reply.at('tenant_discovery_endpoint')).toBe(
    `${client.sim.endpoint}/common/v2.0/.well-known/openid-configuration`,
  );
});

test('a device code is pending once, then granted, then refreshed', async () => {
  const started = await client.send('POST', '/common/oauth2/v2.0/devicecode', form({ client_id: 'cli', scope: 'x' }));
  const code = text(started.json, 'device_code') ?? '';
  const poll = (device: string): ReturnType<TestClient['send']> =>
    client.send(
      'POST',
      '/common/oauth2/v2.0/token',
      form({ grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: device, client_id: 'cli' }),
    );
  expect((await poll(code)).at('error')).toBe('authorization_pending');
  const granted = await poll(code);
  expect(granted.status).toBe(200);
  expect(granted.at('client_info')).toBeDefined();
  expect((await poll('unknown')).status).toBe(400);
  const refreshed = await client.send(
    'POST',
    '/common/oauth2/v2.0/token',
    form({ grant_type: 'refresh_token', refresh_token: text(granted.json, 'refresh_token') ?? '' }),
  );
  expect(refreshed.at('access_token')).toBeDefined();
});

test('a managed identity is given a token on plain http, with and without the trailing slash', async () => {
  for (const slash of ['', '/']) {
    const url = `${client.sim.imds}/metadata/identity/oauth2/token${slash}?api-version=2018-02-01&resource=${client.sim.endpoint}`;
    const reply = await fetch(url, { headers: { Metadata: 'true' } });
    const body = (await reply.json()) as { access_token: string };
    expect(claimsOf(body.access_token)).toMatchObject({ tid: client.sim.tenant });
    const used = await client.send('GET', '/tenants?api-version=2022-12-01', undefined, {
      authorization: `Bearer ${body.access_token}`,
    });
    expect(list(used.json, 'value').map((item) => at(item, 'tenantId'))).toEqual([client.sim.tenant]);
    expect((await fetch(url)).status).toBe(400);
  }
  expect((await fetch(`${client.sim.imds}/else`)).status).toBe(404);
});
