// The acts over the real ARM client: scan, apply, verify, undo and redo, with faults in between. Every write is counted at the
// simulator, so that nothing is lost and nothing sent twice.

import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import type { History } from '../../src/history/history.ts';
import { openHistory } from '../../src/history/store.ts';
import { showsMember } from '../../src/model/api-versions.ts';
import { editChange } from '../../src/model/change.ts';
import { addTo } from '../../src/model/edit.ts';
import type { Entry, EntryStep } from '../../src/model/entry.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { type Json, parseJson, stringifyJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { sameId } from '../../src/model/resource-id.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { indexSnapshot } from '../../src/model/snapshot-index.ts';
import { finish } from '../../src/model/stepwise.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { workspaceType } from '../../src/resource-types/workspace-view.ts';
import { rules } from '../../src/rules/index.ts';
import { createSession } from '../../src/session/index.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import { type Exchange, type SimulatorOptions, worlds } from '../../src/simulator/index.ts';
import { worldFiles } from '../../src/simulator/worlds/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { sandbox } from '../support/sandbox.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-session-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Setup extends Bench {
  readonly writes: Exchange[];
  readonly group: string;
}
async function setup(options: SimulatorOptions = {}): Promise<Setup> {
  const bench = await openBench({ world: 'mixed', ...options, scratch });
  closers.push(() => bench.close());
  const writes: Exchange[] = [];
  bench.simulator.onExchange((exchange) => {
    if (/PUT|PATCH|DELETE/.test(exchange.method)) writes.push(exchange);
  });
  return { ...bench, writes, group: bench.simulator.workspace.replace(/\/providers\/.*/, '') };
}
const accountIn = (group: string, name = 'stmlsim') => `${group}/providers/Microsoft.Storage/storageAccounts/${name}`;
const subnetIn = (group: string) => `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-train`;

/** A plan that adds one thing to one resource: what it needs is only that resource. */
async function planFor(bench: Setup, kind: 'account' | 'subnet'): Promise<Plan> {
  const snapshot = await drain(bench.session.scan());
  const id = kind === 'account' ? accountIn(bench.group) : subnetIn(bench.group);
  const found = snapshot.resources.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (!found) throw new Error(`${id} was not scanned`);
  const edit =
    kind === 'account'
      ? addTo(
          found.body,
          '/properties/networkAcls/ipRules',
          { value: '198.51.100.9', action: 'Allow' },
          { member: 'value', fold: true },
        )
      : addTo(
          found.body,
          '/properties/serviceEndpoints',
          { service: 'Microsoft.Sql' },
          { member: 'service', fold: true },
        );
  return {
    id: 'plan',
    snapshot: snapshot.id,
    source: snapshot.source,
    workspace: snapshot.workspace,
    architecture: 'service-endpoint',
    verb: 'fix',
    of: null,
    steps: [
      {
        change: editChange(found.id, [edit]),
        phase: 2,
        findings: [],
        needs: [],
        az: '',
        risk: '',
        undo: 'exact',
        does: '',
        effects: [],
      },
    ],
    gates: [],
    skipped: [],
    preview: { resolves: [], introduces: [] },
    irreversible: [],
    effects: [],
  };
}
const apply = (bench: Setup, plan: Plan) => drain(bench.session.apply(plan, { line: 'fix it' }));
const newest = async (bench: Setup): Promise<Entry> => {
  const entry = (await bench.session.history()).at(-1);
  if (!entry) throw new Error('the history is empty');
  return entry;
};
const bodyOf = async (bench: Setup, id: string) => {
  const read = await bench.arm.read(id);
  if (!read.ok) throw new Error(read.gap.reason);
  return read.resource.body;
};
const normal = (snapshot: Snapshot) =>
  Object.fromEntries(
    snapshot.resources.map(({ id, type, body }) => [id.toLowerCase(), resourceTypeOf(type).normal(body)]),
  );
const failureOf = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('scan', () => {
  const wholly = worldFiles.filter(({ permissions }) => permissions === undefined).map(({ name }) => name);
  test.each(wholly)('of the world %s has no gap but what is not there', async (world) => {
    const bench = await setup({ world });
    const events: SessionEvent[] = [];
    const scan = bench.session.scan();
    let step = await scan.next();
    for (; !step.done; step = await scan.next()) events.push(step.value);
    const snapshot = step.value;
    // The endpoints of a managed network are in Microsoft's own subscription, which no customer can read.
    const unseen = snapshot.gaps.filter(({ status, code }) => status !== 404 && code !== 'SubscriptionNotFound');
    expect(unseen).toEqual([]);
    expect(snapshot.workspace?.toLowerCase()).toBe(bench.simulator.workspace.toLowerCase());
    expect(snapshot.collections.map(({ id }) => id.split('/').at(-1))).toEqual(
      expect.arrayContaining(['computes', 'datastores', 'onlineEndpoints', 'locks']),
    );
    const progress = events.filter((event) => event.kind === 'progress' && event.stage === 'scan').at(-1);
    if (progress?.kind !== 'progress') throw new Error('no progress was told');
    expect(progress.done).toBe(progress.total);
    // What one api-version does not show is asked for besides; a question whose answer has pages takes more.
    const hub = indexSnapshot(snapshot).posture();
    const own = [snapshot.workspace, hub.state === 'read' ? hub.resource.id : null];
    const twice = snapshot.resources
      // The other workspaces of the subscription are only listed.
      .filter(({ type, id }) => !sameId(type, workspaceType) || own.some((one) => one !== null && sameId(one, id)))
      .flatMap(({ type, body, apiVersion }) =>
        (resourceTypeOf(type).extraMembers ?? []).map(
          ({ members, when }) =>
            (when?.(body) ?? true) && !members.every((pointer) => showsMember(type, pointer, apiVersion)),
        ),
      )
      .filter(Boolean).length;
    if (world === 'foreign' || world === 'large' || world === 'fleet')
      expect(progress.done).toBeLessThan(snapshot.requests - twice);
    else expect(progress.done).toBe(snapshot.requests - twice);
    expect(parseJson(stringifyJson(snapshot as unknown as Json))).toEqual(snapshot);
    expect(bench.writes).toEqual([]);
  });

  test('finds what the world’s author planted', async () => {
    const world = worlds.find(({ name }) => name === 'mixed');
    const bench = await setup();
    const snapshot = await drain(bench.session.scan());
    const failing = bench.session.report(snapshot, 'all').findings.filter(({ outcome }) => outcome === 'fail');
    const found = failing.map(({ rule, resource }) => `${rule}@${resource.toLowerCase()}`);
    const planted = (world?.faults ?? []).map(({ rule, resource }) => `${rule}@${resource.toLowerCase()}`);
    expect(planted.length).toBeGreaterThan(0);
    expect(planted.filter((one) => !found.includes(one))).toEqual([]);
  });

  test('a refused account is a gap, and its verdicts are unknown', async () => {
    const bench = await setup({ faults: 'GET */storageAccounts/stmlsim * 403' });
    const snapshot = await drain(bench.session.scan());
    expect(snapshot.gaps).toMatchObject([{ status: 403, action: 'Microsoft.Storage/storageAccounts/read' }]);
    const { findings } = bench.session.report(snapshot, 'all');
    const about = findings.filter(
      ({ rule, resource }) => rule === 'storage.bypass-azure-services' && /stmlsim$/i.test(resource),
    );
    expect(about.map(({ outcome }) => outcome)).toEqual(['unknown']);
  });

  test('a workspace that Azure does not answer about ends the scan', async () => {
    // A status that is neither an answer about the workspace nor worth repeating.
    const bench = await setup({ faults: 'GET */workspaces/mlw-sim * 409' });
    expect(await failureOf(drain(bench.session.scan()))).toMatchObject({ code: 'workspace-unreadable', exit: 7 });
  });
});

describe('a write', () => {
  test('is once in Azure, in the history with both bodies, and seen', async () => {
    const bench = await setup({ clock: 'polls:2' });
    const outcome = await apply(bench, await planFor(bench, 'subnet'));
    expect(outcome.state).toBe('done');
    expect(bench.writes).toHaveLength(1);
    const entry = await newest(bench);
    expect(entry.steps).toMatchObject([
      { state: 'done', verified: true, operation: null, requestId: expect.any(String) },
    ]);
    expect(entry.steps[0]?.before && entry.steps[0]?.after).toBeTruthy();
  }, 30_000);

  test('its intent is on disk before the request leaves', async () => {
    const bench = await setup();
    const plan = await planFor(bench, 'account');
    const states: string[] = [];
    const events = bench.session.apply(plan, { line: 'fix it' });
    for (let step = await events.next(); !step.done; step = await events.next()) {
      const event = step.value;
      if (event.kind === 'step') states.push(`${event.state} after ${bench.writes.length} writes`);
      if (event.kind === 'step' && event.state === 'intended')
        expect((await newest(bench)).steps[0]?.state).not.toBe('waiting');
    }
    expect(states[0]).toMatch(/^intended/);
  });

  test.each<[string, 'account' | 'subnet', number, string]>([
    ['drop-after', 'account', 1, 'done'],
    ['drop-after', 'subnet', 1, 'done'],
    ['429:retry-after=0', 'account', 2, 'done'],
    ['503', 'subnet', 2, 'done'],
    ['409', 'subnet', 2, 'done'],
    ['412', 'subnet', 2, 'done'],
    ['superseded', 'subnet', 2, 'done'],
  ])(
    '%s on the %s: %i sent, %s',
    async (fault, kind, sent, state) => {
      const method = kind === 'account' ? 'PATCH */storageAccounts/*' : 'PUT */subnets/*';
      const bench = await setup({ faults: `${method} 1 ${fault}` });
      const plan = await planFor(bench, kind);
      const outcome = await apply(bench, plan);
      expect([outcome.state, bench.writes.length]).toEqual([state, sent]);
      expect((await newest(bench)).steps[0]?.state).toBe('done');
      // The change is there, once.
      const edit = plan.steps[0]?.change.edits[0];
      const list = valueAt(await bodyOf(bench, plan.steps[0]?.change.resource ?? ''), edit?.pointer ?? '');
      const matching = stringifyJson(list).split(kind === 'account' ? '198.51.100.9' : 'Microsoft.Sql').length - 1;
      expect(matching).toBe(1);
    },
    30_000,
  );

  test.each<[string, 'account' | 'subnet']>([
    ['body:failed', 'account'],
    ['403', 'account'],
    ['500', 'account'],
    ['async-fail', 'subnet'],
  ])(
    '%s: sent once, refused, and told',
    async (fault, kind) => {
      const method = kind === 'account' ? 'PATCH */storageAccounts/*' : 'PUT */subnets/*';
      const bench = await setup({ faults: `${method} 1 ${fault}` });
      const before = normal(await drain(bench.session.scan()));
      const failure = await failureOf(apply(bench, await planFor(bench, kind)));
      expect(failure).toMatchObject({ exit: 7 });
      expect(bench.writes).toHaveLength(1);
      const entry = await newest(bench);
      expect([entry.state, entry.steps[0]?.state]).toEqual(['failed', 'failed']);
      expect(entry.steps[0]?.message).toBeTruthy();
      expect(normal(await drain(bench.session.scan()))).toEqual(before);
      expect(await failureOf(bench.session.planUndo())).toMatchObject({ code: 'nothing-to-undo', exit: 4 });
    },
    30_000,
  );

  test('a lost request whose change does not show is not sent again, and nobody rejected it', async () => {
    const bench = await setup({ faults: 'PATCH */storageAccounts/* 1 drop-before' });
    const outcome = await apply(bench, await planFor(bench, 'account'));
    expect([outcome.state, outcome.steps[0]?.state, bench.writes.length]).toEqual(['failed', 'failed', 1]);
    expect(outcome.steps[0]?.message).toMatch(/no response.*does not show the change, and it was not sent again/);
  });

  test('a busy Azure is given up on, saying so', async () => {
    const bench = await setup({ faults: 'PUT */subnets/* * 409' });
    const failure = await failureOf(apply(bench, await planFor(bench, 'subnet')));
    expect(failure).toMatchObject({ exit: 7 });
    expect(bench.writes).toHaveLength(5);
    expect((await newest(bench)).steps[0]?.message).toMatch(/5 tries/);
  });

  test('a second application finds it done and sends nothing', async () => {
    const bench = await setup();
    const plan = await planFor(bench, 'account');
    await apply(bench, plan);
    const again = await apply(bench, plan);
    expect(again).toMatchObject({ entry: null, steps: [{ state: 'skipped' }] });
    expect(bench.writes).toHaveLength(1);
    expect(await bench.session.history()).toHaveLength(1);
  });
});

describe('nothing is sent', () => {
  const refused = async (bench: Setup, plan: Plan, code: string, exit = 4) => {
    const sent = bench.writes.length;
    expect(await failureOf(apply(bench, plan))).toMatchObject({ code, exit });
    expect(bench.writes.length).toBe(sent);
  };

  test('where the setting was moved', async () => {
    const bench = await setup();
    const plan = await planFor(bench, 'account');
    const [step] = plan.steps;
    if (step?.change.kind !== 'edit') throw new Error('no edit');
    const pointer = '/properties/networkAcls/defaultAction';
    const moved = editChange(step.change.resource, [{ op: 'set', pointer, before: 'Audit', after: 'Allow' }]);
    const failure = await failureOf(apply(bench, { ...plan, steps: [{ ...step, change: moved }] }));
    expect(failure).toMatchObject({ code: 'drift', exit: 4, message: expect.stringContaining(pointer) });
    expect(bench.writes).toEqual([]);
    expect(await bench.session.history()).toEqual([]);
  });

  test('under a lock that came in between', async () => {
    const bench = await setup();
    const plan = await planFor(bench, 'account');
    const lock = `${bench.group}/providers/Microsoft.Authorization/locks/sudden`;
    const body = { properties: { level: 'ReadOnly' } };
    await bench.arm.write({ method: 'PUT', id: lock, apiVersion: '2020-05-01', body });
    await refused(bench, plan, 'locked');
  });

  test('for another source or workspace, or with a failing gate', async () => {
    const bench = await setup();
    const plan = await planFor(bench, 'account');
    await refused(bench, { ...plan, source: { kind: 'azure', name: 'public' } }, 'other-workspace');
    await refused(bench, { ...plan, workspace: `${plan.workspace}x` }, 'other-workspace');
    const gate = { kind: 'permission' as const, outcome: 'fail' as const, detail: 'You may not.' };
    expect(await failureOf(apply(bench, { ...plan, gates: [gate] }))).toMatchObject({ exit: 4 });
    expect(bench.writes).toEqual([]);
  });

  test('when stopped before', async () => {
    const bench = await setup();
    const plan = await planFor(bench, 'account');
    const failure = await failureOf(drain(bench.session.apply(plan, { line: 'x', signal: AbortSignal.abort() })));
    expect(failure).toMatchObject({ exit: 130 });
    expect(bench.writes).toEqual([]);
  });
});

describe('undo and redo', () => {
  test('give back and repeat exactly, what is beside survives', async () => {
    const bench = await setup();
    const first = normal(await drain(bench.session.scan()));
    const plan = await planFor(bench, 'account');
    await apply(bench, plan);
    const fixed = normal(await drain(bench.session.scan()));
    expect(fixed).not.toEqual(first);
    const fix = await newest(bench);
    expect((await apply(bench, await bench.session.planUndo())).state).toBe('done');
    expect(normal(await drain(bench.session.scan()))).toEqual(first);
    expect((await bench.session.history()).find(({ id }) => id === fix.id)?.undoneBy).toBe((await newest(bench)).id);
    expect(await failureOf(bench.session.planUndo())).toMatchObject({ code: 'nothing-to-undo' });
    expect((await apply(bench, await bench.session.planRedo())).state).toBe('done');
    expect(normal(await drain(bench.session.scan()))).toEqual(fixed);
    expect(await failureOf(bench.session.planRedo())).toMatchObject({ code: 'nothing-to-redo' });
    await bench.beside(accountIn(bench.group));
    await apply(bench, await bench.session.planUndo());
    const body = await bodyOf(bench, accountIn(bench.group));
    expect(valueAt(body, '/tags/beside')).toBe('somebody else');
    expect(stringifyJson(body)).not.toContain('198.51.100.9');
  });

  test('a part of an undo or redo leaves the entry for the rest', async () => {
    const bench = await setup();
    const { session } = bench;
    const before = normal(await drain(session.scan()));
    const one = await planFor(bench, 'account');
    const other = await planFor(bench, 'subnet');
    await apply(bench, { ...one, steps: [...one.steps, ...other.steps] });
    const acted = await newest(bench);
    const part = async (plan: Plan) => finish(session.without(session.latest() as Snapshot, plan, [0], 'all')).plan;

    const undo = await session.planUndo();
    expect(undo.steps).toHaveLength(2);
    await apply(bench, await part(undo));
    expect(await newest(bench)).toMatchObject({ verb: 'undo', state: 'done', undoes: null, steps: [{}] });
    expect((await session.history())[0]?.undoneBy).toBeNull();
    // The next undo is of the same entry, and has what is left of it.
    const rest = await session.planUndo();
    expect([rest.of, rest.steps.length]).toEqual([acted.id, 1]);
    await apply(bench, rest);
    expect((await session.history())[0]?.undoneBy).toBe((await newest(bench)).id);
    expect(normal(session.latest() as Snapshot)).toEqual(before);

    const redo = await session.planRedo();
    expect(redo.steps).toHaveLength(2);
    await apply(bench, await part(redo));
    const again = await session.planRedo();
    expect([again.of, again.steps.length]).toEqual([acted.id, 1]);
    await apply(bench, again);
    expect((await newest(bench)).redoes).toBe(acted.id);
  });

  test('what was undone by hand counts as undone', async () => {
    const bench = await setup();
    await apply(bench, await planFor(bench, 'account'));
    const { steps } = await newest(bench);
    const [step] = steps;
    if (step?.change.kind !== 'edit') throw new Error('no edit');
    await bench.move(step.change);
    const sent = bench.writes.length;
    expect((await apply(bench, await bench.session.planUndo())).state).toBe('done');
    expect(bench.writes.length).toBe(sent);
    expect(await failureOf(bench.session.planUndo())).toMatchObject({ code: 'nothing-to-undo' });
  });

  test('an entry named that does not exist, or is an undo, is refused', async () => {
    const bench = await setup();
    await apply(bench, await planFor(bench, 'account'));
    await apply(bench, await bench.session.planUndo());
    const undo = await newest(bench);
    // No such entry is a wrong value of the command line; one that cannot be undone is a refusal.
    for (const verb of ['planUndo', 'planRedo', 'planUndoTo', 'planRestore'] as const) {
      expect([verb, await failureOf(bench.session[verb]('none'))]).toMatchObject([
        verb,
        { code: 'unknown-entry', exit: 2 },
      ]);
    }
    expect(await failureOf(bench.session.planUndo(undo.id))).toMatchObject({ exit: 4 });
  });
});

describe('unknown members, the order of keys and the text of numbers', () => {
  test('survive a fix and its undo', async () => {
    const seed = await setup();
    const state = parseJson(seed.simulator.stateText());
    const bodies = [accountIn(seed.group), subnetIn(seed.group)];
    const odd = ',"zzUnknown":{"b":1.0,"a":12345678901234567890,"2024":null}';
    const load: string[] = [];
    const snapshot = await drain(seed.session.scan());
    for (const resource of snapshot.resources) {
      if (/\/subnets$|\/locks$/i.test(resource.type)) continue;
      const text = stringifyJson(resource.body);
      load.push(bodies[0]?.toLowerCase() === resource.id.toLowerCase() ? `${text.slice(0, -1)}${odd}}` : text);
    }
    expect(state).toBeDefined();
    const bench = await setup({ load: `[${load.join(',')}]` });
    const id = accountIn(bench.group);
    const before = stringifyJson(await bodyOf(bench, id));
    expect(before).toContain(odd.slice(1));
    await apply(bench, await planFor(bench, 'account'));
    expect(stringifyJson(await bodyOf(bench, id))).toContain(odd.slice(1));
    await apply(bench, await bench.session.planUndo());
    expect(stringifyJson(await bodyOf(bench, id))).toBe(before);
  });
});

describe('recovery', () => {
  /** An entry as a crash leaves it. */
  const openEntry = (
    workspace: string,
    change: EntryStep['change'],
    state: EntryStep['state'],
    operation: string | null,
  ): Entry => {
    const step: EntryStep = {
      ...{ resource: change.resource, change, findings: [], state, verified: false, requestId: null, operation },
      ...{ message: null, before: null, after: null },
    };
    return {
      ...{ id: 'cut', at: '2026-01-01T00:00:00.000Z', by: 'a user', verb: 'fix', findings: [] },
      ...{ resources: [change.resource], steps: [step, { ...step, state: 'waiting', operation: null }], state: 'open' },
      ...{ undoes: null, undoneBy: null, redoes: null, line: 'fix it', rehearsal: null, workspace },
    };
  };
  const sessionWith = (arm: ArmClient, history: History, workspace: string, now = () => new Date()) =>
    createSession({
      arm,
      history: () => history,
      rules,
      intents: () => ({ get: async () => ({}), set: async () => {} }),
      selector: { workspace },
      readOnly: false,
      sandbox,
      now,
      newId: () => 'id',
      by: 'the test',
      pace: { retries: [1], looks: [0, 5, 10], finds: [0, 5], settling: 200 },
    });

  /** A history as a crash leaves it, and a session that finds it. */
  async function crashed(
    state: EntryStep['state'],
    options: { readonly applied: boolean; readonly moved?: boolean; readonly operation?: string },
  ) {
    const bench = await setup();
    const plan = await planFor(bench, 'account');
    const [planned] = plan.steps;
    if (planned?.change.kind !== 'edit') throw new Error('no edit');
    const { change } = planned;
    if (options.applied) await apply(bench, plan);
    if (options.moved) {
      const pointer = '/properties/networkAcls/defaultAction';
      Object.assign(planned, {
        change: editChange(change.resource, [{ op: 'set', pointer, before: 'Audit', after: 'Watch' }]),
      });
    }
    const folder = mkdtempSync(path.join(scratch, 'crashed-'));
    const source = bench.arm.source;
    const history = openHistory({ folder, source, workspace: bench.simulator.workspace, pid: process.pid });
    await history.append(openEntry(bench.simulator.workspace, planned.change, state, options.operation ?? null));
    const sent = bench.writes.length;
    const session = sessionWith(bench.arm, history, bench.simulator.workspace);
    const told: SessionEvent[] = [];
    const recovering = session.recover();
    let next = await recovering.next();
    for (; !next.done; next = await recovering.next()) told.push(next.value);
    const settled = next.value;
    // Each host puts the name of the resource in front.
    const details = told.flatMap((event) => (event.kind === 'settled' ? [event.detail] : []));
    for (const detail of details) expect(detail).toMatch(/^The (?:run|outcome) /);
    expect(bench.writes.length).toBe(sent);
    expect((await history.entries()).map(({ id, state: now }) => [id, now])).toEqual(
      settled.map(({ id, state: now }) => [id, now]),
    );
    expect(await drain(session.recover())).toEqual([]);
    const [entry] = settled;
    return { entry: entry?.state, steps: entry?.steps.map((one) => one.state), message: entry?.steps[0]?.message };
  }

  test('before the first intent: nothing was done', async () => {
    expect(await crashed('waiting', { applied: false })).toMatchObject({
      entry: 'failed',
      steps: ['waiting', 'waiting'],
    });
  });
  test('after an intent that did not leave', async () => {
    expect(await crashed('intended', { applied: false })).toMatchObject({
      entry: 'failed',
      steps: ['failed', 'waiting'],
      message: expect.stringMatching(
        /interrupted; \S+ does not show the change\. Whether it was applied .* is not known\.$/,
      ),
    });
  });
  test('an intent that may still arrive is open until it shows, or has had its time', async () => {
    for (const arrives of [true, false]) {
      const bench = await setup();
      const plan = await planFor(bench, 'account');
      const [planned] = plan.steps;
      if (planned === undefined) throw new Error('no step');
      const { workspace } = bench.simulator;
      const folder = mkdtempSync(path.join(scratch, 'cut-'));
      const history = openHistory({ folder, source: bench.arm.source, workspace, pid: process.pid });
      const cut = openEntry(workspace, planned.change, 'intended', null);
      const begun = Date.parse('2026-01-01T00:00:00Z');
      const steps = cut.steps.map((step) => ({ ...step, begun: new Date(begun).toISOString() }));
      await history.append({ ...cut, steps });
      let seconds = 1;
      const session = sessionWith(bench.arm, history, workspace, () => new Date(begun + seconds * 1000));
      const states = async () => (await history.entries()).map(({ state, steps: [first] }) => [state, first?.state]);
      await drain(session.recover());
      await drain(session.scan());
      expect(await states()).toEqual([['open', 'intended']]);
      if (arrives) await apply(bench, plan);
      else seconds = 121;
      await drain(session.scan());
      expect(await states()).toEqual([arrives ? ['partial', 'done'] : ['failed', 'failed']]);
    }
  });
  test('after an intent that arrived', async () => {
    expect(await crashed('intended', { applied: true })).toMatchObject({
      entry: 'partial',
      steps: ['done', 'waiting'],
    });
  });
  test('after a request whose operation ARM has forgotten', async () => {
    const operation = 'https://127.0.0.1:1/operations/1';
    expect(await crashed('sent', { applied: true, operation })).toMatchObject({
      entry: 'partial',
      steps: ['done', 'waiting'],
    });
  });
  test('when another client has changed the setting since', async () => {
    expect(await crashed('sent', { applied: false, moved: true })).toMatchObject({
      entry: 'failed',
      steps: ['failed', 'waiting'],
      message: expect.stringMatching(/shows another value at .*; who set it is not known/),
    });
  });
  test('what does not end is waited for once in all, then left open', async () => {
    const bench = await setup({ wire: 'plain' });
    const [account, subnet] = [await planFor(bench, 'account'), await planFor(bench, 'subnet')];
    const { simulator, arm } = bench;
    const folder = mkdtempSync(path.join(scratch, 'endless-'));
    const history = openHistory({ folder, source: arm.source, workspace: simulator.workspace, pid: process.pid });
    const [step] = account.steps;
    if (step === undefined) throw new Error('no step');
    await history.append(openEntry(simulator.workspace, step.change, 'sent', `${simulator.endpoint}/operations/1`));
    let follows = 0;
    const endless: typeof arm = {
      ...arm,
      follow: (_operation, { signal, onPoll }) => {
        follows += 1;
        onPoll?.('InProgress');
        return new Promise((_resolve, reject) => {
          const stop = () => reject(new Failure('interrupted', exitStatus.interrupted, 'Interrupted.', 'Retry.'));
          if (signal?.aborted) stop();
          else signal?.addEventListener('abort', stop);
        });
      },
    };
    const session = sessionWith(endless, history, simulator.workspace);
    const told: string[] = [];
    session.onEvent((event) => event.kind === 'asking' && told.push(event.detail));
    expect(await drain(session.recover())).toEqual([]);
    const applied = await drain(session.apply(subnet, { line: 'fix', acceptWarnings: true }));
    expect([applied.state, follows]).toEqual(['done', 2]);
    expect(told.filter((one) => one.includes('s at most'))).toHaveLength(1);
    expect((await history.entries()).map(({ state }) => state)).toEqual(['open', 'done']);
  });
  test('after the last step: only the entry is closed', async () => {
    expect(await crashed('done', { applied: true })).toMatchObject({ entry: 'partial', steps: ['done', 'waiting'] });
  });
});
