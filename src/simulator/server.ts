// Sockets: TLS for ARM and Entra, plain http for IMDS, both on loopback only. It turns requests into plain values, lets the
// fault menu have its way, keeps the state file current before it answers, and tells listeners what was said.
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Entra } from './entra/entra.ts';
import { answerImds } from './entra/imds.ts';
import { SimulatorError } from './error.ts';
import { type Exchange, exchanges } from './exchange.ts';
import { wholeFault } from './faults/answers.ts';
import { appliedAfter, type Fault, type Faults } from './faults/faults.ts';
import type { GatewayResponse } from './gateway/answer.ts';
import { answerOf, gatewayError, ok } from './gateway/answer.ts';
import { answerArm } from './gateway/gateway.ts';
import { commonHeaders } from './gateway/headers.ts';
import type { Machine } from './gateway/machine.ts';
import type { GatewayRequest } from './gateway/request.ts';
import { object, stringifyJson } from './json.ts';

export interface RunningServer {
  readonly port: number;
  readonly imdsPort: number;
  /** Answers a request of this process as one that came over the wire; no fault falls on it. */
  handle(request: GatewayRequest): GatewayResponse;
  /** Makes at once the writes that were to be made later. */
  land(): void;
  stop(): Promise<void>;
}

export interface HttpService {
  readonly machine: Machine;
  readonly faults: Faults;
  readonly latency: number;
  /** False when another process wrote the state meanwhile: take it up and handle the request again. */
  readonly save: () => boolean;
  /** Runs something while no other process writes the state. */
  readonly alone: <T>(run: () => T) => T;
  /** Writes to be made later, each with its timer. */
  readonly pending: Map<() => void, ReturnType<typeof setTimeout>>;
  /** Called before a request is handled, e.g. to take up a state that another process has written. */
  readonly refresh: () => void;
  readonly tell: (exchange: Exchange) => void;
}

const largestBody = 4 * 1024 * 1024;
const hosts = ['127.0.0.1', '::1'];

export async function serve(
  service: HttpService,
  options: { readonly port: number; readonly key: string; readonly cert: string },
): Promise<RunningServer> {
  const entra = new Entra(service.machine.identity, service.machine.now);
  const armListener: http.RequestListener = (incoming, outgoing) =>
    void exchange(
      service,
      incoming,
      outgoing,
      (request, fault) => entra.answer(request) ?? answerArm(service.machine, request, fault),
    );
  const imdsListener: http.RequestListener = (incoming, outgoing) =>
    void exchange(service, incoming, outgoing, (request) => answerImds(service.machine.identity, request, Date.now()));
  const secure = (): https.Server => https.createServer({ key: options.key, cert: options.cert }, armListener);
  const { port, servers } = await listenEverywhere(secure, options.port);
  const imds = http.createServer(imdsListener);
  const imdsPort = await listen(imds, 0, '127.0.0.1');
  const all = [...servers, imds];
  return {
    port,
    imdsPort,
    handle: (request) => safely(service, request, () => answerArm(service.machine, request, undefined)),
    land() {
      for (const apply of [...service.pending.keys()]) apply();
    },
    async stop() {
      for (const timer of service.pending.values()) clearTimeout(timer);
      await Promise.all(
        all.map(
          (server) =>
            new Promise<void>((resolve) => {
              server.close(() => resolve());
              server.closeAllConnections();
            }),
        ),
      );
    },
  };
}

async function listenEverywhere(
  make: () => https.Server,
  port: number,
): Promise<{ readonly port: number; readonly servers: https.Server[] }> {
  const [first = '127.0.0.1', second = '::1'] = hosts;
  for (let attempt = 0; ; attempt += 1) {
    const main = make();
    const got = await listen(main, port, first);
    const other = make();
    try {
      await listen(other, got, second);
      return { port: got, servers: [main, other] };
    } catch (error) {
      const isTaken = error instanceof SimulatorError && error.code === 'port';
      if (!isTaken) return { port: got, servers: [main] };
      main.close();
      // Another process has this port on ::1, and `localhost` may mean either address.
      if (port !== 0 || attempt === 5) throw error;
    }
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE' || error.code === 'EACCES';
      const why = error.code === 'EACCES' ? 'is not permitted' : 'is in use';
      reject(isTaken ? new SimulatorError('port', `Port ${port} on ${host} ${why}. Choose another port.`) : error);
    });
    server.listen({ port, host, ipv6Only: host.includes(':') }, () => resolve((server.address() as AddressInfo).port));
  });
}

type Handler = (request: GatewayRequest, fault: Fault | undefined) => GatewayResponse;

async function exchange(
  service: HttpService,
  incoming: http.IncomingMessage,
  outgoing: http.ServerResponse,
  handle: Handler,
): Promise<void> {
  const body = await readBody(incoming).catch(() => null);
  if (body === null) {
    incoming.destroy();
    return;
  }
  const request = requestOf(incoming, body.text);
  const fault = service.faults.take(request.method, request.path);
  if (service.latency > 0) await wait(service.latency);
  if (fault?.name === 'slow') await wait(Number(fault.argument));
  const record = (answer: { status: number; headers: Record<string, string>; text: string }): void => {
    const said: Exchange = {
      method: request.method,
      url: request.url,
      status: answer.status,
      requestHeaders: { ...request.headers },
      requestBody: request.body,
      responseHeaders: answer.headers,
      responseBody: answer.text,
      at: Date.now(),
      notes: service.machine.notes.splice(0),
      ...(service.machine.store.missed.size > 0 ? { unseen: [...service.machine.store.missed] } : {}),
      ...(fault ? { fault: fault.name } : {}),
    };
    service.tell(said);
    exchanges.publish(said);
  };
  const seconds = fault && appliedAfter(fault);
  if (seconds !== undefined)
    applyAfter(service, seconds, () => safely(service, request, () => handle(request, undefined)));
  if (fault?.name === 'drop-before' || fault?.name === 'hang' || fault?.name === 'lands') {
    record({ status: 0, headers: {}, text: '' });
    if (fault.name !== 'hang') incoming.socket.destroy();
    return;
  }
  const answer = body.tooLarge
    ? answerOf(
        gatewayError(
          413,
          'RequestEntityTooLarge',
          `The request body is larger than the maximum of ${largestBody} bytes.`,
        ),
      )
    : (wholeFault(service.machine.identity, request, fault) ?? safely(service, request, () => handle(request, fault)));
  const text = answer.raw?.text ?? (answer.body === undefined ? '' : stringifyJson(answer.body));
  const headers: Record<string, string> = { ...commonHeaders(service.machine, request), ...answer.headers };
  if (answer.body !== undefined || answer.raw)
    headers['content-type'] = answer.raw?.type ?? 'application/json; charset=utf-8';
  if (fault?.name === 'drop-after') {
    record({ status: 0, headers: {}, text: '' });
    incoming.socket.destroy();
    return;
  }
  record({ status: answer.status, headers, text });
  if (answer.status !== 204) headers['content-length'] = String(Buffer.byteLength(text));
  outgoing.writeHead(answer.status, headers);
  outgoing.end(request.method === 'HEAD' || answer.status === 204 ? undefined : text);
}

/** At once, or later. */
function applyAfter({ pending }: HttpService, seconds: number, apply: () => void): void {
  if (seconds === 0) return void apply();
  const later = (): void => {
    clearTimeout(pending.get(later));
    pending.delete(later);
    apply();
  };
  pending.set(later, setTimeout(later, seconds * 1000).unref());
}

/** Runs the handler between taking up the state and keeping it: nothing is awaited in between. */
function safely(service: HttpService, request: GatewayRequest, handle: () => GatewayResponse): GatewayResponse {
  const { machine } = service;
  const attempt = (): GatewayResponse => {
    service.refresh();
    machine.store.release();
    machine.dirty = false;
    machine.notes = [];
    machine.store.missed.clear();
    return handle();
  };
  try {
    const answer = attempt();
    if (!machine.dirty || service.alone(service.save)) return answer;
    return service.alone(() => {
      const again = attempt();
      if (machine.dirty) service.save();
      return again;
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return ok(
      object({
        error: {
          code: 'InternalServerError',
          message: `The simulator failed on ${request.method} ${request.path}: ${why}`,
        },
      }),
      500,
    );
  }
}

function requestOf(incoming: http.IncomingMessage, body: string): GatewayRequest {
  const url = incoming.url ?? '/';
  const cut = url.indexOf('?');
  const path = cut < 0 ? url : url.slice(0, cut);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const isSecure = 'encrypted' in incoming.socket;
  return {
    method: (incoming.method ?? 'GET').toUpperCase(),
    url,
    path: path.replace(/\/{2,}/g, '/'),
    query: new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1)),
    headers,
    body,
    origin: `${isSecure ? 'https' : 'http'}://${headers.host ?? 'localhost'}`,
  };
}

async function readBody(
  incoming: http.IncomingMessage,
): Promise<{ readonly text: string; readonly tooLarge: boolean }> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of incoming) {
    size += (part as Buffer).length;
    if (size <= largestBody) parts.push(part as Buffer);
  }
  return { text: size > largestBody ? '' : Buffer.concat(parts).toString('utf8'), tooLarge: size > largestBody };
}
