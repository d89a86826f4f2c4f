// A session over the simulator's gateway in this process: the real ARM client, planning and history, without sockets, TLS and disk.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { openArmClient } from '../../src/azure/open-arm-client.ts';
import type { ArmTransport } from '../../src/azure/transport.ts';
import { openFleetStore } from '../../src/history/fleet-store.ts';
import { memoryHistory } from '../../src/history/memory.ts';
import type { Assumptions } from '../../src/model/assumption.ts';
import { parseJson } from '../../src/model/json.ts';
import { rules } from '../../src/rules/index.ts';
import { createSession, defaultRetryPolicy } from '../../src/session/index.ts';
import type { Session } from '../../src/session/session.ts';
import { answerArm } from '../../src/simulator/gateway/gateway.ts';
import { type Machine, machineOf } from '../../src/simulator/gateway/machine.ts';
import { limitsOf, Throttle } from '../../src/simulator/gateway/throttle.ts';
import { type Actor, makeToken, tokenOf } from '../../src/simulator/gateway/token.ts';
import { stringifyJson } from '../../src/simulator/json.ts';
import { clockOf } from '../../src/simulator/operations/clock.ts';
import { providerOf } from '../../src/simulator/providers/index.ts';
import { tagListOf } from '../../src/simulator/providers/microsoft.network/service-tag-list.ts';
import { ChangeLog } from '../../src/simulator/resource-graph/changes.ts';
import { newestVersion, newestView } from '../../src/simulator/resource-graph/newest.ts';
import { storeOfText } from '../../src/simulator/store/load.ts';
import type { Grant, Store } from '../../src/simulator/store/store.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';

const endpoint = 'https://localhost';
const identity = {
  tenant: '11111111-1111-1111-1111-111111111111',
  client: '33333333-3333-3333-3333-333333333333',
  objectId: '44444444-4444-4444-4444-444444444444',
  secret: 'not-a-secret',
};

/** `text`: the documents of another tenant in place of the world's own. */
function machineFor(name: string, text?: string): { readonly machine: Machine; readonly intents: Assumptions } {
  const file = worldFiles.find((one) => one.name === name);
  if (!file) throw new Error(`no world ${name}`);
  const store = storeOfText(text ?? file.resources(), file.name);
  store.grants = [...(file.permissions ?? [])];
  store.unregistered = [...(file.unregistered ?? [])];
  const manner = file.pages ?? 'plain';
  const paging = { size: manner === 'ragged' ? 2 : 100, manner };
  const throttle = new Throttle(limitsOf(undefined));
  const machine = machineOf({
    ...{ store, identity, paging, throttle, providerOf },
    ...{ clock: clockOf('instant'), tags: tagListOf({}) },
  });
  return { machine, intents: file.intents as Assumptions };
}

/** Answers each request as the simulator's server does. */
function wireTo(machine: Machine): ArmTransport {
  const { token } = makeToken(identity, endpoint, machine.now().getTime());
  return async ({ method, url, body = '', headers = {} }) => {
    const { pathname, search, searchParams } = new URL(url);
    machine.notes = [];
    machine.store.missed.clear();
    const answer = answerArm(
      machine,
      {
        ...{ method, url: pathname + search, path: pathname, query: searchParams, body, origin: endpoint },
        headers: { ...headers, authorization: `Bearer ${token}` },
      },
      undefined,
    );
    machine.changes?.commit();
    const text = answer.raw?.text ?? (answer.body === undefined ? '' : stringifyJson(answer.body));
    const told = Object.fromEntries(
      Object.entries(answer.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
    );
    return {
      status: answer.status,
      header: (name) => told[name.toLowerCase()],
      body: text === '' || answer.raw ? undefined : parseJson(text),
      text,
      headers: () => told,
      requestId: null,
    };
  };
}

export interface ArmInProcess {
  readonly arm: ArmClient;
  readonly intents: Assumptions;
  /** What the simulated cloud holds, and the service tags that it knows. */
  readonly store: Store;
  readonly tags: Machine['tags'];
}

export interface InProcess {
  readonly session: Session;
  /** A write of another caller, as a colleague makes it; `at`: the time of its change record, `fault`: how that is disturbed. */
  plant(
    actor: Actor,
    request: { readonly method: string; readonly path: string; readonly body?: object; readonly agent?: string },
    more?: { readonly at?: Date; readonly fault?: string },
  ): number;
  /** From now on the caller may do only this. */
  limit(grants: readonly Grant[]): void;
  /** What the simulated cloud holds: changed here, it is changed without a record. */
  readonly store: Store;
  /** Paths that were read so far, each once. */
  readonly asked: ReadonlySet<string>;
  /** From now on reading this path, or these, is refused, and only this; null: nothing is. */
  refuse(path: string | readonly string[] | null, manner?: Refusal): void;
  /** From now on reading this path, and only this, is answered so. */
  answer(path: string, status: number, body: object): void;
}

/** Answers that show nothing: Azure refuses, a proxy does not know the path, a gateway answers without the resource. */
export const refusals: Readonly<Record<Refusal, readonly [status: number, body: object]>> = {
  forbidden: [403, { error: { code: 'AuthorizationFailed', message: 'The client does not have authorization.' } }],
  unknownPath: [404, {}],
  empty: [200, {}],
  unknownType: [400, { error: { code: 'InvalidResourceType', message: 'The resource type could not be found.' } }],
  throttled: [429, { error: { code: 'TooManyRequests', message: 'The request was throttled.' } }],
};
export type Refusal = 'forbidden' | 'unknownPath' | 'empty' | 'unknownType' | 'throttled';

/** A query of Resource Graph reads, too. */
const isQuery = (path: string): boolean => /\/Microsoft\.ResourceGraph\/resources$/i.test(path);

/** The transport, with one path that it refuses to read. */
function refusingWire(
  wire: ArmTransport,
): Pick<InProcess, 'asked' | 'refuse' | 'answer'> & { readonly wire: ArmTransport } {
  const asked = new Set<string>();
  let refused: readonly string[] = [];
  let how = refusals.forbidden;
  return {
    asked,
    refuse: (path, manner = 'forbidden') => {
      refused = path === null ? [] : [path].flat();
      how = refusals[manner];
    },
    answer: (path, status, body) => {
      refused = [path];
      how = [status, body];
    },
    wire: async (request) => {
      const { pathname } = new URL(request.url);
      if (request.method !== 'GET' && !isQuery(pathname)) return wire(request);
      asked.add(pathname);
      if (!refused.includes(pathname)) return wire(request);
      const [status, answer] = how;
      const text = JSON.stringify(answer);
      return {
        ...{ status, header: () => undefined, headers: () => ({}), requestId: null },
        ...{ body: parseJson(text), text },
      };
    },
  };
}

export const openInProcess = (world: string): Session => simulated(world, new Date('2026-01-02T03:04:05Z')).session;

export function armInProcess(world: string, text?: string): ArmInProcess {
  const { machine, intents } = machineFor(world, text);
  return { arm: armOver(machine, world), intents, store: machine.store, tags: machine.tags };
}

function armOver(machine: Machine, world: string, wire = wireTo(machine)): ArmClient {
  const source = { kind: 'demo', name: `demo:${world}` } as const;
  return openArmClient({
    ...{ source, endpoint, version: 'test', wire, sleep: async () => {} },
    credential: {
      getToken: () => Promise.reject(new Error('no token is sent')),
      renew: () => Promise.reject(new Error('no token is sent')),
      identity: async () => ({ name: identity.client, how: 'sim', tenant: identity.tenant }),
      onEvent: () => () => {},
      tokens: 0,
    },
  });
}

/** The session, and a way to change things beside it. The clock runs unless a time is given. */
export function simulated(world: string, fixed?: Date): InProcess {
  const { machine, intents } = machineFor(world);
  const log = new ChangeLog(machine.store, {
    ...{ tenant: identity.tenant, now: machine.now, newId: machine.newId },
    show: (body) => newestView(machine, body),
  });
  // Records cost time: none where nothing is planted.
  machine.changes = fixed === undefined ? log : undefined;
  const { wire, asked, refuse, answer } = refusingWire(wireTo(machine));
  const arm = armOver(machine, world, wire);
  const history = memoryHistory();
  let known = intents;
  let ids = 0;
  const session = createSession({
    ...{ arm, rules, readOnly: false, by: 'test', now: () => fixed ?? new Date() },
    history: () => history,
    pace: { ...defaultRetryPolicy, looks: Array(400).fill(5), finds: Array(400).fill(5) },
    intents: () => ({
      get: async () => known,
      set: async (next) => {
        known = next;
      },
    }),
    selector: { workspace: 'mlw-sim' },
    fleetStore: (key, restart) =>
      openFleetStore({
        folder: mkdtempSync(path.join(tmpdir(), 'fleet-')),
        ...{ key, pid: process.pid, now: () => fixed ?? new Date(), restart },
      }),
    sandbox: async () => {
      throw new Error('what-if plays on a server');
    },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
  });
  return {
    session,
    store: machine.store,
    asked,
    refuse,
    answer,
    limit(grants) {
      machine.store.grants = [...grants];
    },
    plant(actor, { method, path, body, agent = '' }, { at, fault } = {}) {
      const query = new URLSearchParams({ 'api-version': newestVersion(path) });
      const { token } = tokenOf(actor, identity, endpoint, machine.now().getTime());
      log.pretended = at;
      const answer = answerArm(
        machine,
        {
          ...{ method, path, query, url: `${path}?${query}`, origin: endpoint },
          headers: { authorization: `Bearer ${token}`, 'user-agent': agent },
          body: body === undefined ? '' : JSON.stringify(body),
        },
        fault === undefined ? undefined : { name: 'record', argument: fault },
      );
      log.commit();
      log.pretended = undefined;
      return answer.status;
    },
  };
}

/** Runs a generator to its end and gives what it returns. */
export async function drain<Result>(events: AsyncGenerator<unknown, Result>): Promise<Result> {
  for (;;) {
    const next = await events.next();
    if (next.done) return next.value;
  }
}
