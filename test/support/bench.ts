// A session over the real ARM client against its own simulator, and another client that writes to the same Azure.
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { type ArmClientOptions, openArmClient, pause } from '../../src/azure/open-arm-client.ts';
import { signInWith } from '../../src/azure/sign-in.ts';
import { waitFor } from '../../src/azure/simulated.ts';
import { openHistory } from '../../src/history/store.ts';
import type { Assumptions } from '../../src/model/assumption.ts';
import {
  type Change,
  type CreateChange,
  type DeleteChange,
  type EditChange,
  editChange,
} from '../../src/model/change.ts';
import { addTo, invertEdit, removeFrom, setMember } from '../../src/model/edit.ts';
import { isObject } from '../../src/model/json.ts';
import { member } from '../../src/model/pointer.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import { alike } from '../../src/resource-types/compute.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { connectionState } from '../../src/resource-types/private-link.ts';
import { objectAt, textAt } from '../../src/resource-types/read.ts';
import { rules } from '../../src/rules/index.ts';
import type { RetryPolicy } from '../../src/session/apply-context.ts';
import { createSession, type TagOptions } from '../../src/session/index.ts';
import type { Session } from '../../src/session/session.ts';
import { type Simulator, type SimulatorOptions, startSimulator, worlds } from '../../src/simulator/index.ts';
import { sandbox } from './sandbox.ts';

/** Milliseconds. */
const shortPause = 20;

export interface Bench {
  readonly simulator: Simulator;
  readonly arm: ArmClient;
  readonly session: Session;
  /** Another client changes something beside what a fix touches. */
  beside(resource: string): Promise<void>;
  /** Another client changes a setting of the change; undefined where Azure refuses every such value. */
  move(change: EditChange): Promise<{ readonly setting: string; readonly to: 'third value' | 'as it was' } | undefined>;
  /** Another client deletes what a change created. */
  remove(change: CreateChange): Promise<void>;
  /** Another client restores what a change removed. */
  restore(change: DeleteChange): Promise<void>;
  close(): Promise<void>;
}

/** `running`: instead of a simulator of its own, which the bench would stop. */
export async function openBench(
  options: SimulatorOptions & {
    readonly scratch: string;
    readonly tags?: TagOptions;
    readonly open?: typeof openHistory;
    readonly running?: Simulator;
    readonly pace?: Partial<RetryPolicy>;
    readonly now?: () => Date;
    readonly patience?: ArmClientOptions['patience'];
    /** Beside those of the world. */
    readonly intents?: Assumptions;
  },
): Promise<Bench> {
  const {
    scratch,
    tags,
    open = openHistory,
    running,
    pace,
    now = () => new Date(),
    patience = {},
    intents: declared,
    ...rest
  } = options;
  const started = running ?? (await startSimulator(rest));
  // What is disturbed takes a moment to pass; what Azure asks to wait for passes on the clock of the simulator.
  let isDisturbed = [running, rest.faults, rest.throttle, rest.graph, rest.latency].some((one) => one !== undefined);
  const simulator: Simulator = {
    ...started,
    setFaults(spec) {
      isDisturbed ||= spec !== '';
      started.setFaults(spec);
    },
  };
  const virtual = waitFor(simulator);
  const wait = (ms: number, signal?: AbortSignal) =>
    isDisturbed ? pause(Math.min(ms, shortPause), signal) : virtual(ms, signal);
  const source = { kind: 'endpoint', name: simulator.endpoint } as const;
  const credential = signInWith({
    cloud: async () => ({
      name: 'simulator',
      endpoint: simulator.endpoint,
      authority: simulator.authority,
      audience: simulator.endpoint,
    }),
    auth: 'sim',
    environment: {},
    simulator,
    ca: simulator.ca,
  });
  const arm = openArmClient({
    ...{ source, endpoint: simulator.endpoint, credential, ca: simulator.ca, version: 'test', patience },
    ...(/^seconds/.test(rest.clock ?? '') ? {} : { sleep: wait }),
  });
  const folder = mkdtempSync(path.join(scratch, 'history-'));
  let intents: Assumptions = {
    ...worlds.find((world) => world.name === (options.world ?? 'mixed'))?.intents,
    ...declared,
  };
  let ids = 0;
  const session = createSession({
    arm,
    history: (workspace) => open({ folder, source, workspace, pid: process.pid }),
    rules,
    intents: () => ({
      get: async () => intents,
      set: async (next) => {
        intents = next;
      },
    }),
    selector: { workspace: simulator.workspace },
    readOnly: false,
    sandbox,
    ...(tags === undefined ? {} : { tags }),
    now,
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    by: 'the law',
    pace: {
      retries: [20, 40, 80, 160],
      looks: [0, 20, 50, 100],
      finds: [0, 20, 40, 80, 160, 160, 160],
      arrival: 0,
      ...pace,
    },
  });

  /** Another client waits until its write is done. */
  const settled = async (answer: Awaited<ReturnType<typeof arm.write>>): Promise<void> => {
    if (answer.state === 'running') await arm.follow(answer.operation, { retryAfter: 0 });
    else if (answer.state !== 'done') throw new Error(JSON.stringify(answer));
  };
  const write = async (change: Change): Promise<void> => {
    const kind = resourceTypeOf(typeOf(change.resource));
    const read = await arm.read(change.resource);
    if (!read.ok) throw new Error(read.gap.reason);
    const request = kind.write(change, read.resource);
    if (typeof request === 'string') throw new Error(request);
    await settled(await arm.write(request));
  };
  const bodyOf = async (id: string) => {
    const read = await arm.read(id);
    if (!read.ok) throw new Error(read.gap.reason);
    return read.resource.body;
  };

  return {
    simulator,
    arm,
    session,
    async beside(resource) {
      // A route, and a pool of nodes, has nothing that a fix leaves alone; its table or cluster does.
      const about = resource.replace(
        /(\/(?:routeTables|managedClusters)\/[^/]+)\/(?:routes|agentPools)\/[^/]+$/i,
        '$1',
      );
      const body = await bodyOf(about);
      if (/\/subnets\//i.test(resource)) {
        const key = { member: 'service', fold: true };
        const endpoint = addTo(body, '/properties/serviceEndpoints', { service: 'Microsoft.Sql' }, key);
        await write(editChange(resource, [endpoint]));
        return;
      }
      if (/\/privateEndpointConnections\//i.test(resource)) {
        await write(editChange(resource, [setMember(body, `${connectionState}/description`, 'somebody else')]));
        return;
      }
      if (/\/securityRules\//i.test(resource)) {
        await write(editChange(resource, [setMember(body, '/properties/description', 'somebody else')]));
        return;
      }
      if (/\/virtualNetworkPeerings\//i.test(resource)) {
        await write(editChange(resource, [setMember(body, '/properties/allowForwardedTraffic', false)]));
        return;
      }
      if (/\/computes\//i.test(resource) && textAt(body, '/properties/computeType') === 'AKS') {
        const type = typeOf(resource);
        const { apiVersion } = resourceTypeOf(type);
        const like = alike({ id: resource, type, apiVersion, body });
        const properties = { ...objectAt(like, '/properties'), description: 'somebody else' };
        await settled(await arm.write({ method: 'PUT', id: resource, apiVersion, body: { ...like, properties } }));
        return;
      }
      if (/\/computes\//i.test(resource)) {
        const idle = '/properties/properties/scaleSettings/nodeIdleTimeBeforeScaleDown';
        await write(editChange(resource, [setMember(body, idle, 'PT300S')]));
        return;
      }
      const tags = member(body, 'tags');
      const { apiVersion } = resourceTypeOf(typeOf(about));
      const next = { ...(isObject(tags) ? tags : {}), beside: 'somebody else' };
      await settled(await arm.write({ method: 'PATCH', id: about, apiVersion, body: { tags: next } }));
    },
    async move(change) {
      const body = await bodyOf(change.resource);
      // No client can set a value that Azure refuses.
      const { refuses } = resourceTypeOf(typeOf(change.resource));
      const edit = change.edits.findLast((one) => !refuses?.(invertEdit(one)));
      if (!edit) return undefined;
      if (edit.op === 'set') {
        const onStorage = /\/storageAccounts\//i.test(change.resource);
        const third =
          onStorage && /bypass$/.test(edit.pointer)
            ? 'Metrics'
            : /publicNetworkAccess$/.test(edit.pointer) && !/\/onlineEndpoints\//i.test(change.resource)
              ? 'SecuredByPerimeter'
              : edit.pointer === `${connectionState}/status`
                ? 'Disconnected'
                : /nextHopType$/.test(edit.pointer)
                  ? 'VnetLocal'
                  : undefined;
        await write(editChange(change.resource, [setMember(body, edit.pointer, third ?? edit.before)]));
        return { setting: edit.pointer, to: third ? 'third value' : 'as it was' };
      }
      const back =
        edit.op === 'add'
          ? removeFrom(body, edit.pointer, edit.after, edit.key)
          : addTo(body, edit.pointer, edit.before, edit.key);
      await write(editChange(change.resource, [back]));
      return { setting: edit.pointer, to: 'as it was' };
    },
    async remove({ resource, body }) {
      await write({ kind: 'delete', resource, edits: [], body });
    },
    async restore({ resource, body }) {
      const request = resourceTypeOf(typeOf(resource)).write({ kind: 'create', resource, edits: [], body }, null);
      if (typeof request === 'string') throw new Error(request);
      await settled(await arm.write(request));
    },
    async close() {
      await session.close();
      if (running === undefined) await simulator.stop();
    },
  };
}

export { drain } from './in-process.ts';
