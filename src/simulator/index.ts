// The simulator's public face: ARM, Entra ID and IMDS on loopback, over a world, a state file or a loaded snapshot.
// Importing this file must stay cheap: everything heavy is loaded inside startSimulator.
import { SimulatorError } from './error.ts';
import type { Exchange } from './exchange.ts';
import type { Actor } from './gateway/token.ts';
import { worldFiles } from './worlds/index.ts';
import type { World } from './worlds/world.ts';

export { SimulatorError } from './error.ts';
export type { Exchange } from './exchange.ts';
export type { Actor } from './gateway/token.ts';
export type { World, WorldFault } from './worlds/world.ts';

export interface SimulatorOptions {
  /** Name or alias of one of `worlds`; `mixed` unless said. */
  world?: string;
  /** Of the world `fleet`: how many workspaces, 40 unless said, and the number that everything else follows from, 1 unless said. */
  workspaces?: number;
  seed?: number;
  /** Text of a snapshot, of an array of ARM resources or of `{value: []}`: its bodies become the state. */
  load?: string;
  /** The snapshot loaded is played: what it does not speak of is refused as not seen, and never shown as absent. */
  played?: boolean;
  /** Text of Microsoft's list of service tags in either shape; else that of the snapshot loaded, else a few facts. */
  serviceTags?: string;
  /** 0 or absent: any. Binds 127.0.0.1 and, where possible, ::1. */
  port?: number;
  /** Path: read if it exists, kept current, written atomically before each response that changed something. */
  state?: string;
  /** Milliseconds before each response. */
  latency?: number;
  /** `METHOD PATH-GLOB COUNT FAULT[:ARGUMENT]`, joined by `;`. */
  faults?: string;
  /** `azure`, or limits such as `reads=5+1,writes=2+0.5`; nothing is refused unless said. */
  throttle?: string;
  /** How Resource Graph is disturbed: `lag=SECONDS`, `held`, `quota=QUERIES`, `page=ROWS`, `denied=SUBSCRIPTION`, joined by commas. */
  graph?: string;
  /** `instant` (unless said), `polls:N` or `seconds:N`. */
  clock?: string;
  /** Writes answered as Azure was recorded to answer them (`azure`, unless said), or at once where the clock lets them. */
  wire?: 'azure' | 'plain';
  /** The state file is read and never written: changes are lost when the simulator stops. */
  frozen?: boolean;
  /** A cloud that lags: namespaces or types, each with the newest api-version that it has. */
  newest?: Readonly<Record<string, string>>;
  /** Ignore and replace an existing state file. */
  fresh?: boolean;
  /** Items on a page of a list; 100 unless said, 2 in a world whose pages are ragged. */
  pageSize?: number;
}

export interface ActorRequest {
  readonly method: 'PUT' | 'PATCH' | 'DELETE' | 'POST' | 'GET';
  /** Path of the resource; without an api-version the newest one of its type is asked. */
  readonly path: string;
  readonly body?: string | object;
  /** By which the client is known: `Terraform/…`, `AZURECLI/…`, `AzurePowershell/…`, `Mozilla/…`. */
  readonly userAgent?: string;
  /** The time that the change record carries; now unless said. */
  readonly at?: Date;
}

export interface Simulator {
  readonly endpoint: string;
  readonly authority: string;
  readonly imds: string;
  /** PEM text. */
  readonly ca: string;
  readonly tenant: string;
  readonly client: string;
  readonly secret: string;
  readonly subscription: string;
  /** Full id, empty when the state holds none. */
  readonly workspace: string;
  /** Calls the listener for every exchange; gives back how to stop that. A dropped exchange has status 0. */
  onExchange(listener: (exchange: Exchange) => void): () => void;
  /** The text of the state file. */
  stateText(): string;
  /** Takes up such a text in place of the state. */
  restore(stateText: string): void;
  /**
   * Carries out a request in the name of another caller, as a change that was made beside the one looked at. Resource Graph then
   * holds its change record. A test plants what a colleague did an hour ago with
   * `sendAs('user', { method: 'PATCH', path: id, body: {…}, userAgent: 'Mozilla/5.0', at: new Date(Date.now() - 3_600_000) })`:
   * a person in the Azure portal. Over HTTP the same callers sign in (`actors` in
   * gateway/token.ts says how), and the fault `record:as=user,client=portal` gives the record of any write to another.
   * `record:missing`, `record:truncated` and `record:late=60` disturb it.
   */
  sendAs(actor: Actor, request: ActorRequest): { readonly status: number; readonly body: string };
  /** Replaces how Resource Graph is disturbed; `held` keeps its index as it is now, and an empty text lets it catch up. */
  setGraph(settings: string): void;
  /** Replaces the list of faults. */
  setFaults(faults: string): void;
  /** Lets time pass for long operations: a client in this process has waited as it was asked to, and no time was lost. */
  elapse(ms: number): void;
  /** Makes at once the writes that a fault has made late (`lands:25`). */
  land(): void;
  stop(): Promise<void>;
}

export const worlds: readonly World[] = worldFiles;

const tenant = '11111111-1111-1111-1111-111111111111';
const subscription = '22222222-2222-2222-2222-222222222222';
const client = '33333333-3333-3333-3333-333333333333';
const objectId = '44444444-4444-4444-4444-444444444444';
const secret = 'not-a-secret';
const defaultPageSize = 100;
const mostWorkspaces = 5000;

/** Throws {@link SimulatorError} for a bad world, state, load, list of service tags, clock, throttle, graph, fault list or a port in use. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const [
    { makeCertificate },
    { serve },
    { machineOf },
    { clockOf },
    { Faults },
    { Throttle, limitsOf },
    { providerOf },
    { tagListOf },
    files,
    { ChangeLog },
    { newestVersion, newestView },
    { GraphService },
    { tokenOf },
    { stringifyJson },
  ] = await Promise.all([
    import('./certificate.ts'),
    import('./server.ts'),
    import('./gateway/machine.ts'),
    import('./operations/clock.ts'),
    import('./faults/faults.ts'),
    import('./gateway/throttle.ts'),
    import('./providers/index.ts'),
    import('./providers/microsoft.network/service-tag-list.ts'),
    import('./store/state-file.ts'),
    import('./resource-graph/changes.ts'),
    import('./resource-graph/newest.ts'),
    import('./resource-graph/service.ts'),
    import('./gateway/token.ts'),
    import('./json.ts'),
  ]);
  const clock = clockOf(options.clock ?? 'instant');
  const faults = new Faults(options.faults ?? '');
  const throttle = new Throttle(limitsOf(options.throttle));
  const { state } = options;
  // Looked at before it is read: what is written in between is then taken up by the next request.
  let seen = state === undefined || options.fresh ? '' : files.fingerprint(state);
  const kept = seen !== '' && state !== undefined ? files.readState(state) : undefined;
  const store = kept ?? (await startingStore(options));
  const identity = { tenant, client, objectId, secret };
  const manner = worldFiles.find(({ name }) => name === store.world)?.pages ?? 'plain';
  const size = options.pageSize ?? (manner === 'ragged' ? 2 : defaultPageSize);
  const machine = machineOf({
    ...{ store, clock, identity, throttle, providerOf },
    ...{
      wire: options.wire ?? 'azure',
      paging: { size, manner },
      tags: tagListOf(options),
      newest: options.newest ?? {},
    },
  });
  machine.graph = new GraphService(options.graph ?? '', options.throttle !== undefined, machine.now().getTime());
  const changesFile = state === undefined || options.frozen ? undefined : files.changesFileOf(state);
  if (!options.played) {
    machine.changes = new ChangeLog(store, {
      ...{ tenant, now: machine.now, newId: machine.newId, show: (body) => newestView(machine, body) },
      ...(changesFile === undefined ? {} : { file: changesFile }),
    });
  }
  const listeners = new Set<(exchange: Exchange) => void>();
  /** False, and nothing written, when another process wrote the file since it was last read. */
  const save = (): boolean => {
    if (state !== undefined && !options.frozen) {
      const made = files.writeState(state, files.statePieces(store), seen);
      if (made === undefined) return false;
      seen = made;
    }
    machine.changes?.commit();
    return true;
  };
  const alone = <T>(run: () => T): T => (state === undefined || options.frozen ? run() : files.alone(state, run));
  const refresh = (): void => {
    if (state === undefined) return;
    const found = files.fingerprint(state);
    if (found === seen) return;
    const written = files.readState(state);
    if (written) store.become(written);
    seen = found;
  };
  if (!kept) {
    alone(save);
    machine.changes?.clear();
  }
  const certificate = makeCertificate();
  const served = await serve(
    {
      machine,
      faults,
      latency: options.latency ?? 0,
      pending: new Map(),
      save,
      alone,
      refresh,
      tell: (exchange) => {
        for (const listener of listeners) listener(exchange);
      },
    },
    { port: options.port ?? 0, key: certificate.key, cert: certificate.cert },
  );
  const endpoint = `https://localhost:${served.port}`;
  const subscriptions = store.subscriptions();
  const workspace = store.ofType('Microsoft.MachineLearningServices/workspaces')[0]?.get('id');
  return {
    endpoint,
    authority: endpoint,
    imds: `http://127.0.0.1:${served.imdsPort}`,
    ca: certificate.ca,
    tenant,
    client,
    secret,
    subscription: subscriptions[0] ?? subscription,
    workspace: typeof workspace === 'string' ? workspace : '',
    onExchange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stateText: () => files.stateText(store),
    restore(text) {
      store.become(files.stateOf(text));
      machine.former.clear();
      machine.turns.clear();
      machine.changes?.clear();
    },
    sendAs(actor, request) {
      const log = machine.changes;
      if (log) log.pretended = request.at;
      try {
        const [path = '', asked] = request.path.split('?');
        const query = new URLSearchParams(asked ?? { 'api-version': newestVersion(path) });
        const { token } = tokenOf(actor, identity, endpoint, machine.now().getTime());
        const { method, body = '', userAgent } = request;
        const answer = served.handle({
          ...{ method, path, query, url: `${path}?${query}`, origin: endpoint },
          headers: {
            authorization: `Bearer ${token}`,
            ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
          },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        });
        return { status: answer.status, body: answer.body === undefined ? '' : stringifyJson(answer.body) };
      } finally {
        if (log) log.pretended = undefined;
      }
    },
    setGraph: (spec) => machine.graph.become(spec, machine.now().getTime()),
    setFaults: (spec) => faults.become(spec),
    elapse: (ms) => machine.operations.elapse(ms),
    land: () => served.land(),
    stop: () => served.stop(),
  };
}

/** What is loaded, or the world, when no state file is taken up. */
async function startingStore(options: SimulatorOptions): Promise<import('./store/store.ts').Store> {
  const [{ storeOfText }, { Store }] = await Promise.all([import('./store/load.ts'), import('./store/store.ts')]);
  if (options.load !== undefined) return storeOfText(options.load, '', options.played);
  const wanted = options.world ?? 'mixed';
  const file = worldFiles.find((world) => world.name === wanted || world.aliases.includes(wanted));
  if (!file) {
    const names = worldFiles.map((world) => world.name).join(', ');
    throw new SimulatorError('world', `Unknown world "${wanted}". Worlds: ${names}.`);
  }
  const { seed, workspaces } = options;
  const isSized = workspaces !== undefined || seed !== undefined;
  if (isSized && !file.documents) {
    throw new SimulatorError('world', `The world ${file.name} has one size: "workspaces" and "seed" are for fleet.`);
  }
  if (workspaces !== undefined && !(Number.isInteger(workspaces) && workspaces >= 1 && workspaces <= mostWorkspaces)) {
    throw new SimulatorError('world', `"${workspaces}" workspaces: expected a number from 1 to ${mostWorkspaces}.`);
  }
  const store = file.documents ? new Store(file.name) : storeOfText(file.resources(), file.name);
  const size = { ...(workspaces === undefined ? {} : { workspaces }), ...(seed === undefined ? {} : { seed }) };
  for (const document of file.documents?.(size) ?? []) store.addLazy(document);
  store.grants = [...(file.permissions ?? [])];
  store.unregistered = [...(file.unregistered ?? [])];
  return store;
}
