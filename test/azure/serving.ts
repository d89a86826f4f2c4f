// A server on loopback that answers as a test says, and an ARM client for it.
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { type ArmClientOptions, openArmClient } from '../../src/azure/open-arm-client.ts';
import type { SignIn } from '../../src/azure/sign-in.ts';
import { selfSigned } from './self-signed.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}
export interface ServedReply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** A server on loopback; gives its origin. */
export async function serve(
  answer: (said: SentRequest, origin: string) => ServedReply | 'hang up',
  pem: { key: string; cert: string },
): Promise<string> {
  const server = https.createServer(pem, async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const reply = answer(
      { method: request.method ?? '', url: request.url ?? '', body },
      `https://${request.headers.host}`,
    );
    if (reply === 'hang up') return request.socket.destroy();
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers }).end(reply.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}
/** One for all clients of a file: it takes longer to make than a test to run. */
let certificate: ReturnType<typeof selfSigned> | undefined;
const credential: SignIn = {
  getToken: async () => ({ token: 'a.b.c', expiresOnTimestamp: Date.now() + 3_600_000 }),
  renew: () => Promise.reject(new Error('refused')),
  identity: async () => ({ name: 'x', how: 'x' }),
  onEvent: () => () => {},
  tokens: 0,
};
export async function clientTo(
  answer: (said: SentRequest, origin: string) => ServedReply | 'hang up',
  more: Pick<ArmClientOptions, 'patience' | 'hear'> = {},
) {
  certificate ??= selfSigned();
  const pem = await certificate;
  const heard: SentRequest[] = [];
  const endpoint = await serve((said, origin) => {
    heard.push(said);
    return answer(said, origin);
  }, pem);
  const source = { kind: 'endpoint', name: endpoint } as const;
  const arm = openArmClient({
    source,
    endpoint,
    credential,
    ca: pem.cert,
    version: 'test',
    sleep: async () => {},
    ...more,
  });
  closers.push(() => void arm.close());
  return { arm, heard, pem };
}
