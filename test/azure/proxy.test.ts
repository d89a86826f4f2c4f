// Behind a proxy, and before servers that do not answer: what is trusted with --ca, what never goes through a proxy, and that no
// request waits without end. The proxy leads every name to the test's own server.
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { cloudAt } from '../../src/azure/clouds.ts';
import { signInWith } from '../../src/azure/sign-in.ts';
import type { SignInOptions } from '../../src/azure/sign-in-way.ts';
import { openTransport } from '../../src/azure/transport.ts';
import { exitStatus, isFailure } from '../../src/model/failure.ts';
import { selfSigned } from './self-signed.ts';

/** A name that only the proxy knows. */
const name = 'arm.test';
let pem: { key: string; cert: string };
let server: https.Server;
let proxy: http.Server;
let port: number;
let reply: (response: http.ServerResponse) => void;
const asked: string[] = [];
const tunnels: string[] = [];
const listening = (one: net.Server) =>
  new Promise<number>((resolve) => {
    one.listen(0, '127.0.0.1', () => resolve((one.address() as AddressInfo).port));
  });

beforeAll(async () => {
  pem = await selfSigned(name);
  server = https.createServer(pem, (request, response) => {
    asked.push(`${request.method} ${request.headers.host}`);
    request.resume().on('end', () => reply(response));
  });
  proxy = http.createServer().on('connect', ({ url }, from: net.Socket) => {
    tunnels.push(String(url));
    const to = net.connect(port, '127.0.0.1', () => from.write('HTTP/1.1 200 OK\r\n\r\n'));
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
  });
  port = await listening(server);
});
beforeEach(async () => {
  asked.length = 0;
  tunnels.length = 0;
  vi.stubEnv(
    'HTTPS_PROXY',
    `http://127.0.0.1:${proxy.listening ? (proxy.address() as AddressInfo).port : await listening(proxy)}`,
  );
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => {
  server.closeAllConnections();
  server.close();
  proxy.close();
});

const json = (status: number, body: object) => (response: http.ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const transport = (host: string, ca: string | undefined) =>
  openTransport({
    endpoint: `https://${host}:${port}`,
    credential: {
      getToken: async () => ({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }),
      renew: () => Promise.reject(new Error('refused')),
    },
    ca,
    version: 'test',
    inFlight: 1,
    say: () => {},
  });
const put = (host: string, ca: string | undefined, deadline = 5000) =>
  transport(host, ca)({ method: 'PUT', url: `https://${host}:${port}/x?api-version=1`, body: '{}', deadline });

test('a request through a proxy trusts the authority of --ca, and no other', async () => {
  reply = json(200, { is: 'here' });
  expect(await put(name, pem.cert)).toMatchObject({ status: 200, body: { is: 'here' } });
  expect([tunnels, asked]).toEqual([[`${name}:${port}`], [`PUT ${name}:${port}`]]);
  await expect(put(name, undefined)).rejects.toMatchObject({ code: 'certificate-not-trusted' });
  expect(asked).toHaveLength(1);
});

test('an address of this machine is never asked through a proxy', async () => {
  reply = json(200, {});
  // The certificate is for another name; that it was looked at shows that the server itself was reached.
  await expect(put('localhost', pem.cert)).rejects.toMatchObject({ code: 'certificate-not-trusted' });
  await expect(cloudAt(`https://localhost:${port}`, pem.cert)).rejects.toMatchObject({ code: 'endpoint-unreachable' });
  expect(tunnels).toEqual([]);
});

test('the metadata of an endpoint are asked through the proxy as well', async () => {
  reply = json(200, [{ authentication: { loginEndpoint: 'https://login.test/', audiences: ['https://arm.test/'] } }]);
  expect(await cloudAt(`https://${name}:${port}`, pem.cert)).toMatchObject({ authority: 'https://login.test' });
  expect(tunnels).toEqual([`${name}:${port}`]);
});

test('a proxy that does not answer ends with the deadline, and one that is not there cannot have passed anything on', async () => {
  reply = () => {};
  await expect(put(name, pem.cert, 300)).rejects.toMatchObject({ kind: 'deadline' });
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1');
  await expect(put(name, pem.cert)).rejects.toMatchObject({ kind: 'unreached', code: 'ECONNREFUSED' });
});

test('an answer that is cut off is none: the write may have been made', async () => {
  reply = (response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"is":');
    setTimeout(() => response.destroy(), 20);
  };
  await expect(put(name, pem.cert)).rejects.toMatchObject({ kind: 'lost' });
});

test('a redirect is an answer: the write is not sent on, nor the token', async () => {
  reply = (response) => void response.writeHead(307, { location: '/elsewhere' }).end();
  expect((await put(name, pem.cert)).status).toBe(307);
  expect(asked).toHaveLength(1);
});

const signIn = async (more: Partial<SignInOptions> = {}) => {
  const authority = `https://${name}:${port}`;
  const environment = {
    AZURE_TENANT_ID: 'contoso.test',
    AZURE_CLIENT_ID: 'client',
    AZURE_CLIENT_SECRET: 'not-a-secret',
  };
  const cloud = async () => ({ endpoint: 'https://x.test', authority, audience: 'https://x.test' });
  try {
    await signInWith({ cloud, environment, auth: 'env', ca: pem.cert, ...more }).getToken([]);
    return null;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { exit: error.exit, message: error.message };
  }
};

test('the sign-in goes through the proxy and trusts the authority of --ca', async () => {
  reply = json(400, { error: 'invalid_tenant', error_description: 'AADSTS90002: Tenant not found.' });
  expect(await signIn()).toEqual({ exit: exitStatus.signIn, message: 'There is no tenant contoso.test.' });
  expect(tunnels.length).toBeGreaterThan(0);
});

test('a sign-in service that does not answer ends the sign-in, with its name and the reason', async () => {
  reply = () => {};
  expect(await signIn({ entraDeadline: 300 })).toEqual({
    exit: exitStatus.signIn,
    message: `${name}:${port} gave no token: no response within 0.3 s.`,
  });
  reply = (response) => void response.writeHead(307, { location: 'https://elsewhere.test/' }).end();
  expect((await signIn())?.message).toBe(`${name}:${port} gave no token: HTTP status 307.`);
  expect(tunnels.every((one) => one.startsWith(name))).toBe(true);
});
