// A write without an answer: it is unknown until it was read, it is never told to have failed while it may still come, and it can be
// undone whenever it came. And what is no failure of a write: a token that has expired, a gateway that breaks down, a busy Azure.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { outcomeExit, outcomeFailure } from '../../commands/parts/act.ts';
import { editChange } from '../../src/model/change.ts';
import { addTo } from '../../src/model/edit.ts';
import type { Entry } from '../../src/model/entry.ts';
import { stringifyJson } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { ApplyResult } from '../../src/session/session.ts';
import type { Exchange } from '../../src/simulator/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-no-answer-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Setup extends Bench {
  readonly writes: Exchange[];
  readonly polls: Exchange[];
  readonly group: string;
  /** Seconds that the clock of the session is ahead. */
  ahead(seconds: number): void;
}

async function setup(options: Partial<Parameters<typeof openBench>[0]> = {}): Promise<Setup> {
  let ahead = 0;
  const bench = await openBench({
    world: 'mixed',
    scratch,
    now: () => new Date(Date.now() + ahead * 1000),
    ...options,
    pace: { arrival: 120_000, settling: 300, ...options.pace },
  });
  closers.push(() => bench.close());
  const writes: Exchange[] = [];
  const polls: Exchange[] = [];
  bench.simulator.onExchange((exchange) => {
    if (/PUT|PATCH|DELETE/.test(exchange.method)) writes.push(exchange);
    if (/\/operation(s|Results)\//.test(exchange.url)) polls.push(exchange);
  });
  const group = bench.simulator.workspace.replace(/\/providers\/.*/, '');
  return {
    ...bench,
    writes,
    polls,
    group,
    ahead(seconds) {
      ahead += seconds;
    },
  };
}

const kinds = {
  account: {
    method: 'PATCH */storageAccounts/*',
    id: (group: string) => `${group}/providers/Microsoft.Storage/storageAccounts/stmlsim`,
    list: '/properties/networkAcls/ipRules',
    item: { value: '198.51.100.9', action: 'Allow' },
    key: { member: 'value', fold: true },
  },
  subnet: {
    method: 'PUT */subnets/*',
    id: (group: string) => `${group}/providers/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-train`,
    list: '/properties/serviceEndpoints',
    item: { service: 'Microsoft.Sql' },
    key: { member: 'service', fold: true },
  },
} as const;
type Kind = keyof typeof kinds;

async function planOf(bench: Setup, ...wanted: readonly Kind[]): Promise<Plan> {
  const snapshot = await drain(bench.session.scan());
  const steps = wanted.map((kind) => {
    const { id, list, item, key } = kinds[kind];
    const found = snapshot.resources.find((one) => one.id.toLowerCase() === id(bench.group).toLowerCase());
    if (!found) throw new Error(`${id(bench.group)} was not scanned`);
    return {
      change: editChange(found.id, [addTo(found.body, list, item, key)]),
      ...{ findings: [], needs: [], az: '', risk: '', does: '', effects: [] },
      ...({ phase: 2, undo: 'exact' } as const),
    };
  });
  return {
    ...{ id: 'plan', snapshot: snapshot.id, source: snapshot.source, workspace: snapshot.workspace },
    ...{ architecture: 'service-endpoint', verb: 'fix', of: null, steps, gates: [], skipped: [] },
    ...{ preview: { resolves: [], introduces: [] }, irreversible: [], effects: [] },
  };
}
const apply = (bench: Setup, plan: Plan): Promise<ApplyResult> => drain(bench.session.apply(plan, { line: 'fix it' }));
const newest = async (bench: Setup): Promise<Entry> => {
  const entry = (await bench.session.history()).at(-1);
  if (!entry) throw new Error('the history is empty');
  return entry;
};
const shows = async (bench: Setup, kind: Kind): Promise<boolean> => {
  const read = await bench.arm.read(kinds[kind].id(bench.group));
  if (!read.ok) throw new Error(read.gap.reason);
  return stringifyJson(read.resource.body).includes(kind === 'account' ? '198.51.100.9' : 'Microsoft.Sql');
};
const failureOf = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a write without an answer', () => {
  test.each<[string, Kind]>([
    ['lands:600', 'account'],
    ['lands:600', 'subnet'],
    ['408:applied=600', 'account'],
    ['500:applied=600', 'account'],
    ['504:applied=600', 'subnet'],
    ['502:applied=600', 'account'],
  ])(
    '%s on the %s: unknown until it was read, then done, and undone',
    async (fault, kind) => {
      const bench = await setup({ faults: `${kinds[kind].method} 1 ${fault}` });
      const plan = await planOf(bench, kind);
      const outcome = await apply(bench, plan);
      expect([outcome.state, outcome.steps.map(({ state }) => state)]).toEqual(['open', ['unknown']]);
      expect(outcomeExit(outcome)).toBe(5);
      expect(outcomeFailure(outcome)?.message).toMatch(/is not known/);
      expect((await newest(bench)).steps[0]).toMatchObject({ state: 'unknown', unanswered: expect.any(String) });
      expect(await shows(bench, kind)).toBe(false);
      // Nothing is planned on what is not known, and it is not sent again.
      expect(await failureOf(apply(bench, plan))).toMatchObject({ code: 'unsettled', exit: 4 });
      expect(await failureOf(bench.session.planUndo())).toMatchObject({ code: 'unsettled', exit: 4 });
      bench.simulator.land();
      await drain(bench.session.scan());
      expect(await newest(bench)).toMatchObject({ state: 'done', steps: [{ state: 'done', verified: true }] });
      expect(bench.writes).toHaveLength(1);
      expect((await apply(bench, await bench.session.planUndo())).state).toBe('done');
      expect(await shows(bench, kind)).toBe(false);
    },
    30_000,
  );

  test('is told to have failed only by a reading after its time; and is found all the same when it comes later', async () => {
    const bench = await setup({ faults: `${kinds.account.method} 1 lands:600` });
    const plan = await planOf(bench, 'account', 'subnet');
    expect((await apply(bench, plan)).steps.map(({ state }) => state)).toEqual(['unknown', 'skipped']);
    await drain(bench.session.recover());
    await drain(bench.session.scan());
    expect((await newest(bench)).state).toBe('open');
    bench.ahead(121);
    await drain(bench.session.scan());
    expect(await newest(bench)).toMatchObject({ state: 'failed', steps: [{ state: 'failed' }, { state: 'waiting' }] });
    expect(await failureOf(bench.session.planUndo())).toMatchObject({ code: 'nothing-to-undo' });
    bench.simulator.land();
    expect(await shows(bench, 'account')).toBe(true);
    // No scan in between: the undo itself finds it.
    const undo = await bench.session.planUndo();
    expect(undo.steps).toHaveLength(1);
    expect(await newest(bench)).toMatchObject({
      state: 'partial',
      steps: [{ state: 'done', message: expect.stringMatching(/arrived late/) }, { state: 'waiting' }],
    });
    expect((await apply(bench, undo)).state).toBe('done');
    expect(await shows(bench, 'account')).toBe(false);
  }, 30_000);

  test('that never came is told to have failed after its time, and is repeated by a new plan', async () => {
    const bench = await setup({ faults: `${kinds.account.method} 1 drop-before` });
    const plan = await planOf(bench, 'account');
    expect((await apply(bench, plan)).state).toBe('open');
    bench.ahead(121);
    expect((await apply(bench, plan)).state).toBe('done');
    const [first, second] = await bench.session.history();
    expect([first?.state, second?.state]).toEqual(['failed', 'done']);
    expect(bench.writes).toHaveLength(2);
    // What the second made is not taken for the first.
    await drain(bench.session.scan());
    expect((await bench.session.history())[0]?.state).toBe('failed');
  }, 30_000);

  test('one that Azure refused for certain is told so at once', async () => {
    const bench = await setup({ faults: `${kinds.account.method} 1 403` });
    expect(await failureOf(apply(bench, await planOf(bench, 'account')))).toMatchObject({
      code: 'refused',
      exit: 7,
      // By name: what Azure says need not name what was to be changed.
      message: expect.stringMatching(/^Azure rejected the first change \(stml\w+\)\. /),
    });
    expect((await newest(bench)).steps[0]).toMatchObject({ state: 'failed' });
  });

  test('a refusal after a request without an answer leaves it open', async () => {
    const bench = await setup({
      faults: `${kinds.account.method} 1 503:applied=600; ${kinds.account.method} 1 403`,
    });
    expect((await apply(bench, await planOf(bench, 'account'))).state).toBe('open');
    bench.simulator.land();
    await drain(bench.session.scan());
    expect((await newest(bench)).state).toBe('done');
  }, 30_000);
});

describe('a token that Azure no longer takes', () => {
  test('at a write: signed in again once, the same request once', async () => {
    const bench = await setup({ faults: 'PATCH */storageAccounts/* 1 401; PUT */subnets/* 1 401' });
    const tokens = bench.arm.counts.tokens;
    const outcome = await apply(bench, await planOf(bench, 'account', 'subnet'));
    expect(outcome.steps.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(bench.writes.map(({ status }) => status)).toEqual([401, 200, 401, 200]);
    expect(bench.writes[0]?.requestBody).toBe(bench.writes[1]?.requestBody);
    expect(bench.arm.counts.tokens).toBe(tokens + 3);
  }, 30_000);

  test('a second time at the same write: the plan ends, as before', async () => {
    const bench = await setup({ faults: 'PATCH */storageAccounts/* 2 401' });
    const failure = await failureOf(apply(bench, await planOf(bench, 'account')));
    expect(failure).toMatchObject({
      code: 'refused',
      exit: 7,
      message: expect.stringContaining('InvalidAuthentication'),
    });
    expect(bench.writes).toHaveLength(2);
    expect((await newest(bench)).steps[0]).toMatchObject({ state: 'failed' });
  });

  test('at readings and polls', async () => {
    const bench = await setup({ clock: 'polls:2', faults: 'GET */operations/* 1 401; GET */subnets/snet-train 1 401' });
    expect((await apply(bench, await planOf(bench, 'subnet'))).state).toBe('done');
    expect(bench.polls.map(({ status }) => status)).toContain(401);
  }, 30_000);
});

describe('a gateway that breaks down while an operation is followed', () => {
  test.each(['html502', '504', '500'])(
    '%s, many times over, is not the failure of the operation',
    async (fault) => {
      const bench = await setup({ clock: 'polls:3', faults: `GET */operations/* 23 ${fault}` });
      expect((await apply(bench, await planOf(bench, 'subnet'))).state).toBe('done');
      expect(bench.polls.length).toBeGreaterThan(5);
      expect(bench.writes).toHaveLength(1);
    },
    30_000,
  );

  test('for good: the resource decides', async () => {
    const bench = await setup({ clock: 'polls:2', faults: 'GET */operations/* * html502' });
    const outcome = await apply(bench, await planOf(bench, 'subnet'));
    expect(outcome.state).toBe('done');
  }, 60_000);

  test('for good, and the resource is not at rest: unknown, with the operation to be asked again', async () => {
    const bench = await setup({
      ...{ clock: 'seconds:600', faults: 'GET */operations/* * html502' },
      patience: { unreadOperation: 1, retries: 0 },
    });
    const outcome = await apply(bench, await planOf(bench, 'subnet'));
    expect(outcome.steps.map(({ state }) => state)).toEqual(['unknown']);
    bench.simulator.setFaults('');
    await drain(bench.session.recover());
    expect(await newest(bench)).toMatchObject({ state: 'open', steps: [{ operation: expect.any(String) }] });
  }, 60_000);
});

describe('an Azure that is busy', () => {
  test.each<[string, Kind]>([
    ['409:StorageAccountOperationInProgress', 'account'],
    ['409:StorageAccountIsNotProvisioned', 'account'],
    ['409:Conflict', 'account'],
    ['409', 'subnet'],
  ])('%s is waited for, more often than other refusals', async (fault, kind) => {
    const bench = await setup({
      faults: `${kinds[kind].method} 9 ${fault}`,
      pace: { isBusyAwaited: true, longestRetry: 20_000 },
    });
    expect((await apply(bench, await planOf(bench, kind))).state).toBe('done');
    expect(bench.writes).toHaveLength(10);
  });

  test('for good: given up at the deadline, and told to have been refused', async () => {
    const bench = await setup({
      faults: `${kinds.account.method} * 409:StorageAccountOperationInProgress`,
      pace: { isBusyAwaited: true, longestRetry: 500 },
    });
    const failure = await failureOf(apply(bench, await planOf(bench, 'account')));
    expect(failure).toMatchObject({ exit: 7, message: expect.stringMatching(/exclusive access.*given up after/) });
  });

  test('a conflict that does not say so is not repeated', async () => {
    const bench = await setup({ faults: `${kinds.account.method} * 409:AccountAlreadyTaken` });
    expect(await failureOf(apply(bench, await planOf(bench, 'account')))).toMatchObject({ exit: 7 });
    expect(bench.writes).toHaveLength(1);
  });
});
