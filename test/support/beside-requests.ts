// A session whose every request to the simulator can be preceded by one of another client, and plans made by hand for it.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { openArmClient } from '../../src/azure/open-arm-client.ts';
import { signInToSimulated, waitFor } from '../../src/azure/simulated.ts';
import type { History } from '../../src/history/history.ts';
import { openHistory } from '../../src/history/store.ts';
import type { Change } from '../../src/model/change.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { rules } from '../../src/rules/index.ts';
import type { RetryPolicy } from '../../src/session/apply-context.ts';
import { createSession } from '../../src/session/index.ts';
import type { ApplyResult, Session } from '../../src/session/session.ts';
import { type Simulator, startSimulator } from '../../src/simulator/index.ts';
import { drain } from './bench.ts';
import { sandbox } from './sandbox.ts';

/** A request of the session, before it is sent. */
export interface Coming {
  readonly verb: 'read' | 'write' | 'follow' | 'graph';
  readonly id: string;
  /** The how-manieth of its verb and id since the hook was set, from 1. */
  readonly nth: number;
}

export interface Beside {
  readonly simulator: Simulator;
  readonly session: Session;
  readonly history: History;
  /** Where the history lies on disk. */
  readonly folder: string;
  /** A session with an empty history, as on another machine; or with the one in this folder, as the next run reads it. */
  elsewhere(folder?: string): Pick<Beside, 'session' | 'history' | 'folder'>;
  /** `/subscriptions/…/resourceGroups/…/providers`. */
  readonly group: string;
  /** Runs before each request of the session; writes of the other client are not heard. */
  hook(before: ((coming: Coming) => void) | undefined): void;
  /** Another client that signs in as the session does. */
  readonly other: ArmClient;
  /** The body at an id, as the other client reads it; null where there is none. */
  read(id: string): Promise<JsonObject | null>;
  /** A write of the other client, a person in the portal. Throws where Azure refuses it. */
  write(method: 'PUT' | 'PATCH' | 'DELETE', id: string, body?: JsonObject): void;
  planOf(...changes: readonly Change[]): Promise<Plan>;
  apply(plan: Plan): Promise<ApplyResult>;
  close(): Promise<void>;
}

/**
 * `change`: another client in place of that of the session, over it. `through`: the server that its requests go to. `pace`: beside what
 * is short for all.
 */
export async function openBeside(
  world: string,
  change: (arm: ArmClient) => ArmClient = (arm) => arm,
  through: (simulator: Simulator) => Promise<{ readonly endpoint: string; readonly ca: string }> = async (one) => one,
  pace: Partial<RetryPolicy> = {},
): Promise<Beside> {
  const simulator = await startSimulator({ world });
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-beside-'));
  const source = { kind: 'endpoint', name: simulator.endpoint } as const;
  const client = ({ endpoint, ca }: { readonly endpoint: string; readonly ca: string }) =>
    openArmClient({
      ...{ source, endpoint, credential: signInToSimulated(simulator), ca, version: 'test' },
      sleep: waitFor(simulator),
    });
  const [own, other] = [client(await through(simulator)), client(simulator)];
  let before: ((coming: Coming) => void) | undefined;
  const seen = new Map<string, number>();
  const turn = (verb: Coming['verb'], id: string): void => {
    const key = `${verb} ${id.toLowerCase()}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    before?.({ verb, id, nth: seen.get(key) ?? 1 });
  };
  const watched: ArmClient = {
    ...own,
    counts: own.counts,
    async read(id, options) {
      turn('read', id);
      return own.read(id, options);
    },
    async write(request, signal) {
      turn('write', request.id);
      return own.write(request, signal);
    },
    async follow(operation, options) {
      turn('follow', operation);
      return own.follow(operation, options);
    },
    async graph(query) {
      turn('graph', '');
      return own.graph(query);
    },
  };
  let ids = 0;
  const newId = (): string => {
    ids += 1;
    return `id-${ids}`;
  };
  const elsewhere = (folder = mkdtempSync(path.join(scratch, 'history-'))) => {
    const own = openHistory({ folder, source, workspace: simulator.workspace, pid: process.pid });
    const made = createSession({
      arm: { ...change(watched), close: async () => {} },
      ...{ rules, readOnly: false, sandbox, newId, by: 'the test', now: () => new Date() },
      history: () => own,
      intents: () => ({ get: async () => ({}), set: async () => {} }),
      selector: { workspace: simulator.workspace },
      pace: { retries: [1, 1, 1], looks: [0, 5, 20], finds: [0], arrival: 0, ...pace },
    });
    return { session: made, history: own, folder };
  };
  const { session, history, folder } = elsewhere();
  return {
    ...{ simulator, session, history, folder, elsewhere, other },
    group: simulator.workspace.replace(/\/Microsoft\.MachineLearningServices\/.*/i, ''),
    hook(next) {
      seen.clear();
      before = next;
    },
    async read(id) {
      const answer = await other.read(id);
      if (!answer.ok && answer.gap.status !== 404) throw new Error(answer.gap.reason);
      return answer.ok ? answer.resource.body : null;
    },
    write(method, id, body) {
      const sent = { method, path: id, userAgent: 'Mozilla/5.0', ...(body === undefined ? {} : { body }) };
      const answer = simulator.sendAs('user', sent);
      if (answer.status >= 300) throw new Error(answer.body);
    },
    async planOf(...changes) {
      const snapshot = await drain(session.scan());
      return {
        ...{ id: newId(), snapshot: snapshot.id, source, workspace: snapshot.workspace },
        ...{ architecture: 'service-endpoint', verb: 'fix', of: null },
        steps: changes.map((one) => ({
          ...{ change: one, phase: 2 as const, findings: [], needs: [], az: '', risk: '', undo: 'exact' as const },
          ...{ does: '', effects: [] },
        })),
        ...{ gates: [], skipped: [], preview: { resolves: [], introduces: [] }, irreversible: [], effects: [] },
      };
    },
    apply: (plan) => drain(session.apply(plan, { line: plan.verb, acceptWarnings: true })),
    async close() {
      await session.close();
      await own.close();
      await other.close();
      await simulator.stop();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
