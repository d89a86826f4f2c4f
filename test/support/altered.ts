// A server on loopback between a client and the simulator, which passes on every request and alters answers as a test says.
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Simulator } from '../../src/simulator/index.ts';
import { selfSigned } from '../azure/self-signed.ts';

export interface PassedAnswer {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly body: string;
}
/** The body in place of the answer's own. */
export type Alter = (answer: PassedAnswer) => string;
export interface PlantedAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}
/** The answer in place of passing the request on. */
export type AnswerPlant = (request: { readonly method: string; readonly path: string }) => PlantedAnswer | undefined;

export interface Altered {
  readonly endpoint: string;
  readonly ca: string;
  alter(how: Alter | undefined): void;
  plant(what: AnswerPlant | undefined): void;
  close(): void;
}

export async function alteredAnswers(simulator: Simulator): Promise<Altered> {
  const pem = await selfSigned();
  const { port, host } = new URL(simulator.endpoint);
  let how: Alter | undefined;
  let what: AnswerPlant | undefined;
  let own = '';
  const server = https.createServer(pem, async (request, response) => {
    const sent = await text(request);
    const { method = '', url = '' } = request;
    const headers = { ...request.headers, host };
    const planted = what?.({ method, path: new URL(url, own).pathname });
    if (planted !== undefined) {
      const told = { 'content-type': 'application/json', ...planted.headers };
      response.writeHead(planted.status, told).end(planted.body);
      return;
    }
    const passed = https.request(
      { host: 'localhost', port, path: url, method, headers, ca: simulator.ca },
      async (answer) => {
        const body = (await text(answer)).replaceAll(simulator.endpoint, own);
        const status = answer.statusCode ?? 500;
        const path = new URL(url, own).pathname;
        const told = Object.entries(answer.headers).filter(
          ([name]) => !/^(content-length|transfer-encoding)$/.test(name),
        );
        const links = told.map(([name, value]) => [name, String(value).replaceAll(simulator.endpoint, own)] as const);
        response.writeHead(status, Object.fromEntries(links)).end(how?.({ method, path, status, body }) ?? body);
      },
    );
    passed.on('error', () => request.socket.destroy());
    passed.end(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  own = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    ...{ endpoint: own, ca: pem.cert },
    alter: (next) => {
      how = next;
    },
    plant(next) {
      what = next;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
