// `--ip mine`: the configured address is asked once, directly, and believed only where it answers with an address.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lookUpAddress } from '../../src/cli/look-up.ts';

const asked: string[] = [];
const replies: Readonly<Record<string, (response: http.ServerResponse) => void>> = {
  '/text': (response) => response.end('203.0.113.7\n'),
  '/json': (response) => response.end('{"ip":"2001:db8::7"}'),
  '/page': (response) => response.end('<html>Sign in to the network</html>'),
  '/moved': (response) => response.writeHead(302, { location: '/text' }).end(),
  '/refused': (response) => response.writeHead(403).end('203.0.113.7'),
  '/large': (response) => response.end(' '.repeat(100_000)),
  '/cut': (response) => {
    response.writeHead(200, { 'content-length': '100' }).write('203.0.113.7');
    setTimeout(() => response.destroy(), 20);
  },
};
const server = http.createServer(({ url = '' }, response) => {
  asked.push(url);
  replies[url]?.(response);
});
let origin = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const lookUp = (path: string) => lookUpAddress(`${origin}${path}`, new AbortController().signal);

test.each([
  ['/text', '203.0.113.7'],
  ['/json', '2001:db8::7'],
])('%s is %s', async (path, address) => expect(await lookUp(path)).toBe(address));

test.each([
  ['/page', 'no-address'],
  ['/moved', 'lookup-failed'],
  ['/refused', 'lookup-failed'],
  ['/large', 'lookup-failed'],
  ['/cut', 'lookup-failed'],
])('%s is %s, exit 7, asked once', async (path, code) => {
  asked.length = 0;
  await expect(lookUp(path)).rejects.toMatchObject({ code, exit: 7 });
  expect(asked).toEqual([path]);
});

test('without an address to ask nothing is asked, exit 2', async () => {
  asked.length = 0;
  await expect(lookUpAddress(undefined, new AbortController().signal)).rejects.toMatchObject({ exit: 2 });
  expect(asked).toEqual([]);
});
