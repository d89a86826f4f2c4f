// Readings that are behind: Azure answers old and new in turn, or old alone, for a while after a write. No write is built on such a
// reading, and no undo or redo either.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { outcomeExit } from '../../commands/parts/act.ts';
import { type Change, editChange } from '../../src/model/change.ts';
import { addTo, setMember } from '../../src/model/edit.ts';
import { stringifyJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import type { ApplyResult, SessionEvent } from '../../src/session/session.ts';
import type { Exchange } from '../../src/simulator/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-stale-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Setup extends Bench {
  readonly writes: Exchange[];
  readonly account: string;
  readonly subnet: string;
  ahead(seconds: number): void;
}

async function setup(world = 'mixed', sightings: readonly number[] = [10, 20, 40, 80]): Promise<Setup> {
  let ahead = 0;
  const bench = await openBench({
    ...{ world, scratch, now: () => new Date(Date.now() + ahead * 1000) },
    pace: { lag: 60_000, sightings },
  });
  closers.push(() => bench.close());
  const writes: Exchange[] = [];
  bench.simulator.onExchange((exchange) => {
    if (/PUT|PATCH|DELETE/.test(exchange.method)) writes.push(exchange);
  });
  const group = bench.simulator.workspace.replace(/\/providers\/.*/, '');
  return {
    ...{ ...bench, writes },
    account: `${group}/providers/Microsoft.Storage/storageAccounts/stmlsim`,
    subnet: `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-train`,
    ahead(seconds) {
      ahead += seconds;
    },
  };
}

const planOf = (snapshot: Snapshot, ...changes: readonly Change[]): Plan => ({
  ...{ id: 'plan', snapshot: snapshot.id, source: snapshot.source, workspace: snapshot.workspace },
  ...{ architecture: 'service-endpoint', verb: 'fix', of: null, gates: [], skipped: [] },
  ...{ preview: { resolves: [], introduces: [] }, irreversible: [], effects: [] },
  steps: changes.map((change) => ({
    ...{ change, findings: [], needs: [], az: '', risk: '', does: '', effects: [] },
    ...({ phase: 2, undo: 'exact' } as const),
  })),
});
const bodyIn = (snapshot: Snapshot, id: string) => {
  const found = snapshot.resources.find((one) => one.id.toLowerCase() === id.toLowerCase());
  if (!found) throw new Error(`${id} was not scanned`);
  return found.body;
};
const rule = (snapshot: Snapshot, id: string, value: string): Change =>
  editChange(id, [
    addTo(
      bodyIn(snapshot, id),
      '/properties/networkAcls/ipRules',
      { value, action: 'Allow' },
      { member: 'value', fold: true },
    ),
  ]);
const endpoint = (snapshot: Snapshot, id: string, service: string): Change =>
  editChange(id, [
    addTo(bodyIn(snapshot, id), '/properties/serviceEndpoints', { service }, { member: 'service', fold: true }),
  ]);
const bodyOf = async (bench: Setup, id: string): Promise<string> => {
  bench.simulator.setFaults('');
  const read = await bench.arm.read(id);
  if (!read.ok) throw new Error(read.gap.reason);
  return stringifyJson(read.resource.body);
};
const apply = (bench: Setup, plan: Plan) => drain(bench.session.apply(plan, { line: 'fix it', acceptWarnings: true }));
const failureOf = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

test('old and new in turn: a later step on the same resource keeps what an earlier one made', async () => {
  const bench = await setup();
  const snapshot = await drain(bench.session.scan());
  const changes = ['198.51.100.7', '198.51.100.8', '198.51.100.9'].map((value) => rule(snapshot, bench.account, value));
  const endpoints = ['Microsoft.Sql', 'Microsoft.EventHub'].map((one) => endpoint(snapshot, bench.subnet, one));
  bench.simulator.setFaults('GET /subscriptions/* * stale:turns=20');
  const outcome = await apply(bench, planOf(snapshot, ...changes, ...endpoints));
  expect(outcome.steps.map(({ state, message }) => [state, message])).toEqual(Array(5).fill(['done', null]));
  expect(await bodyOf(bench, bench.account)).toMatch(/198\.51\.100\.7.*198\.51\.100\.8.*198\.51\.100\.9/);
  expect(await bodyOf(bench, bench.subnet)).toMatch(/Microsoft\.Sql.*Microsoft\.EventHub/);
  for (const { url, status } of bench.writes) expect([url, status]).toEqual([url, expect.toBeOneOf([200, 201, 202])]);
}, 60_000);

test('old and new in turn, everywhere: a plan of all fixes, its undo and its redo end as without', async () => {
  const ends = await Promise.all(
    ['', 'GET /subscriptions/* * stale:turns=20'].map(async (faults) => {
      const bench = await setup('open', [5, 10, 20, 20, 20, 20, 20, 20]);
      const found = [];
      for (const verb of ['fix', 'undo', 'redo'] as const) {
        const plan =
          verb === 'fix'
            ? bench.session.plan(await drain(bench.session.scan()), {
                targets: 'all',
                answers: {},
                ips: [],
                profile: 'all',
              })
            : await (verb === 'undo' ? bench.session.planUndo() : bench.session.planRedo());
        bench.simulator.setFaults(faults);
        const outcome = await apply(bench, plan);
        expect([outcome.state, outcome.steps.flatMap(({ message }) => message ?? [])]).toEqual([
          'done',
          expect.anything(),
        ]);
        bench.simulator.setFaults('');
        const { resources } = await drain(bench.session.scan());
        bench.simulator.setFaults(faults);
        found.push(resources.map(({ id, type, body }) => [id.toLowerCase(), resourceTypeOf(type).normal(body)]));
      }
      return JSON.stringify(found).replaceAll(bench.simulator.endpoint, '');
    }),
  );
  expect(ends[1]).toBe(ends[0]);
}, 180_000);

test('old alone: the later step is not sent, and the plan stops', async () => {
  const bench = await setup();
  const snapshot = await drain(bench.session.scan());
  const plan = planOf(
    snapshot,
    rule(snapshot, bench.account, '198.51.100.7'),
    rule(snapshot, bench.account, '198.51.100.8'),
  );
  const told: SessionEvent[] = [];
  const running = bench.session.apply(plan, { line: 'fix it' });
  let outcome: ApplyResult | undefined;
  for (let next = await running.next(); ; next = await running.next()) {
    if (next.done) {
      outcome = next.value;
      break;
    }
    told.push(next.value);
    const { value: event } = next;
    if (event.kind === 'step' && event.state === 'done') bench.simulator.setFaults(`GET ${bench.account} * stale`);
  }
  expect(outcome.steps.map(({ state }) => state)).toEqual(['done', 'failed']);
  expect(outcome.steps[1]?.message).toMatch(
    /stmlsim does not show (?:yet )?what history entry id-\d+ changed at \/properties/,
  );
  expect(outcomeExit(outcome)).toBe(5);
  expect(told.some((event) => event.kind === 'wait' && event.reason.includes('does not show '))).toBe(true);
  expect(bench.writes).toHaveLength(1);
  expect(await bodyOf(bench, bench.account)).toContain('198.51.100.7');
}, 60_000);

test('old alone: neither a new plan nor an undo is built on it, until its time is over', async () => {
  const bench = await setup();
  const snapshot = await drain(bench.session.scan());
  await apply(bench, planOf(snapshot, rule(snapshot, bench.account, '198.51.100.7')));
  bench.simulator.setFaults(`GET ${bench.account} * stale`);
  const next = planOf(snapshot, rule(snapshot, bench.account, '198.51.100.8'));
  expect(await failureOf(apply(bench, next))).toMatchObject({ code: 'not-yet-visible', exit: 4 });
  expect(await failureOf(bench.session.planUndo())).toMatchObject({ code: 'not-yet-visible', exit: 4 });
  expect(bench.writes).toHaveLength(1);
  bench.simulator.setFaults('');
  const undo = await bench.session.planUndo();
  expect(undo.steps).toHaveLength(1);
  expect((await apply(bench, undo)).state).toBe('done');
  // The undo was made a moment ago: a redo is not built on what was before it.
  bench.simulator.setFaults(`GET ${bench.account} * stale`);
  expect(await failureOf(bench.session.planRedo())).toMatchObject({ code: 'not-yet-visible', exit: 4 });
  // Later than that, what is read is what is there.
  bench.ahead(61);
  expect((await bench.session.planRedo()).steps).toHaveLength(0);
}, 60_000);

test('an undo sees a subnet inside its network', async () => {
  const bench = await setup();
  const snapshot = await drain(bench.session.scan());
  await apply(bench, planOf(snapshot, endpoint(snapshot, bench.subnet, 'Microsoft.Sql')));
  const network = bench.subnet.replace(/\/subnets\/.*/, '');
  bench.simulator.setFaults(`GET ${network} * stale`);
  expect(await failureOf(bench.session.planUndo())).toMatchObject({ code: 'not-yet-visible', exit: 4 });
  bench.simulator.setFaults(`GET ${network}* * stale:turns=20`);
  expect((await bench.session.planUndo()).steps).toHaveLength(1);
}, 60_000);

test('a value that is neither old nor new is another client’s, and told as that', async () => {
  const bench = await setup();
  const snapshot = await drain(bench.session.scan());
  const pointer = '/properties/networkAcls/bypass';
  const change = editChange(bench.account, [setMember(bodyIn(snapshot, bench.account), pointer, 'Logging')]);
  await apply(bench, planOf(snapshot, change));
  const read = await bench.arm.read(bench.account);
  if (!read.ok) throw new Error(read.gap.reason);
  const foreign = resourceTypeOf('Microsoft.Storage/storageAccounts').write(
    editChange(bench.account, [setMember(read.resource.body, pointer, 'Metrics')]),
    read.resource,
  );
  if (typeof foreign === 'string') throw new Error(foreign);
  await bench.arm.write(foreign);
  expect(await failureOf(bench.session.planUndo())).toMatchObject({ code: 'drift', exit: 4 });
}, 60_000);
