// The ARM client: reads, lists, permissions, writes and operations over one transport. Every answer of Azure arrives here raw.
import type { Source } from '../model/snapshot.ts';
import { readAdminRules, readConnectivity } from './admin-rules.ts';
import type { ArmClient, ArmClientEvent } from './arm-client.ts';
import { askDiagnosis } from './diagnosis.ts';
import { findWorkspace } from './discovery.ts';
import { interrupted } from './interrupted.ts';
import { askOne } from './live.ts';
import { followOperation } from './operation.ts';
import { permissionsAt } from './permissions.ts';
import { type ReadContext, type ReadRetryPolicy, readRetryPolicy } from './reading.ts';
import { GraphReader } from './resource-graph.ts';
import { listAll, readOne, reportAt } from './resources.ts';
import { readServiceTags } from './service-tags.ts';
import type { SignIn } from './sign-in.ts';
import { SingleFile } from './single-file.ts';
import { type ArmTransport, openTransport } from './transport.ts';
import { VersionsInUse } from './versions-in-use.ts';
import { writeOnce } from './writing.ts';

export interface ArmClientOptions {
  readonly source: Source;
  /** ARM's address, e.g. `https://management.azure.com`. */
  readonly endpoint: string;
  readonly credential: SignIn;
  /** PEM text of the authority to trust, and only here. */
  readonly ca?: string;
  /** Bastide's version, for the User-Agent. */
  readonly version: string;
  /** Requests in progress at once; 8 unless said. */
  readonly inFlight?: number;
  /** The time that an answer of Azure carries, milliseconds since 1970. */
  hear?(time: number): void;
  readonly patience?: Partial<ReadRetryPolicy>;
  /** Tests hand in a shorter one. Rejects when the signal fires. */
  sleep?(ms: number, signal?: AbortSignal): Promise<void>;
  random?(): number;
  /** Tests hand in one without sockets. */
  readonly wire?: ArmTransport;
}

/** Opens the ARM client. Nothing is loaded, sent or signed in before the first call that needs it. */
export function openArmClient(options: ArmClientOptions): ArmClient {
  const { endpoint, credential } = options;
  const listeners = new Set<(event: ArmClientEvent) => void>();
  let requests = 0;
  const say = (event: ArmClientEvent): void => {
    if (event.kind === 'request') requests += 1;
    for (const listener of listeners) listener(event);
  };
  const stopListening = credential.onEvent(say);
  const context: ReadContext = {
    wire:
      options.wire ??
      openTransport({
        endpoint,
        credential,
        ca: options.ca,
        version: options.version,
        inFlight: options.inFlight ?? 8,
        say,
        ...(options.hear === undefined ? {} : { hear: options.hear }),
      }),
    patience: { ...readRetryPolicy, ...options.patience },
    line: new SingleFile(),
    versions: new VersionsInUse(),
    sleep: options.sleep ?? pause,
    random: options.random ?? Math.random,
    say,
  };

  const graph = new GraphReader(context, endpoint);
  const list: ArmClient['list'] = (collection, asked) => listAll(context, endpoint, collection, asked);
  return {
    source: options.source,
    findWorkspace: (selector, signal) => findWorkspace({ list }, selector, signal),
    identity: (signal) => credential.identity(signal),
    read: (id, asked = {}) => readOne(context, endpoint, id, asked),
    list,
    report: (path, signal) => reportAt(context, endpoint, path, signal),
    adminRules: (network, signal) => readAdminRules(context, endpoint, network, signal),
    connectivity: (network, signal) => readConnectivity(context, endpoint, network, signal),
    permissions: (scope, signal) => permissionsAt(context, endpoint, scope, signal),
    serviceTags: (place, signal) => readServiceTags(context, endpoint, { ...place, ...(signal ? { signal } : {}) }),
    graph: (query) => graph.query(query),
    ask: (question, signal) => askOne(context, endpoint, question, signal),
    diagnose: (workspace, signal) => askDiagnosis(context, endpoint, workspace, signal),
    write: (request, signal) => writeOnce(context, endpoint, request, signal),
    follow: (operation, following) => followOperation(context, endpoint, operation, following),
    get counts() {
      return { requests, tokens: credential.tokens };
    },
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stopListening();
      listeners.clear();
    },
  };
}

/** Waits; rejects as interrupted when the signal fires. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(interrupted());
    const stop = (): void => {
      clearTimeout(timer);
      reject(interrupted());
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
