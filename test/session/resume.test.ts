// An act that was interrupted, or failed in the middle: a resume sends exactly the steps that were left, as a part of the same entry,
// each compared anew with what is there.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { outcomeExit, outcomeFailure, outcomeLines } from '../../commands/parts/act.ts';
import { type Change, editChange, invertChange } from '../../src/model/change.ts';
import { type Edit, setMember } from '../../src/model/edit.ts';
import type { Entry } from '../../src/model/entry.ts';
import { Failure } from '../../src/model/failure.ts';
import type { Plan } from '../../src/model/plan.ts';
import { nameInParent } from '../../src/model/resource-id.ts';
import { plainText } from '../../src/model/words.ts';
import { planLines } from '../../src/render/plan-text.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import type { ApplyResult } from '../../src/session/session.ts';
import type { Exchange } from '../../src/simulator/index.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-resume-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Setup extends Bench {
  readonly writes: Exchange[];
}
async function setup(world = 'open', arrival = 0): Promise<Setup> {
  const bench = await openBench({ world, scratch, pace: { arrival } });
  closers.push(() => bench.close());
  const writes: Exchange[] = [];
  bench.simulator.onExchange((exchange) => {
    if (/PUT|PATCH|DELETE/.test(exchange.method)) writes.push(exchange);
  });
  return { ...bench, writes };
}
const everything = { targets: 'all', answers: {}, ips: [], profile: 'all' } as const;
const planAll = async ({ session }: Bench): Promise<Plan> => session.plan(await drain(session.scan()), everything);
const entries = ({ session }: Bench): Promise<readonly Entry[]> => session.history();
const newest = async (bench: Bench): Promise<Entry> => {
  const entry = (await entries(bench)).at(-1);
  if (!entry) throw new Error('the history is empty');
  return entry;
};
const restOf = async ({ session }: Bench, entry?: string): Promise<Plan> => {
  const plan = await session.planResume(entry);
  if (plan === null) throw new Error('nothing is left');
  return plan;
};
const failureOf = async (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );
const stateOf = async (bench: Bench): Promise<string> => {
  const { resources } = await drain(bench.session.scan());
  const bodies = resources.map(({ id, type, body }) => [id.toLowerCase(), resourceTypeOf(type).normal(body)]);
  return JSON.stringify(bodies).replaceAll(bench.simulator.endpoint, '');
};
const apply = ({ session }: Bench, plan: Plan) =>
  drain(session.apply(plan, { line: 'fix --all', acceptWarnings: true }));

/** Applies a plan, and is stopped once so many steps are done. */
async function stoppedAfter({ session }: Bench, plan: Plan, steps: number): Promise<ApplyResult> {
  const stop = new AbortController();
  const running = session.apply(plan, { line: 'fix --all', acceptWarnings: true, signal: stop.signal });
  let done = 0;
  for (let next = await running.next(); ; next = await running.next()) {
    if (next.done) return next.value;
    if (next.value.kind === 'step' && next.value.state === 'done') done += 1;
    if (done === steps) stop.abort();
  }
}

test('stopped in the middle: the others are sent as a part of the same entry, and undone with it', async () => {
  const whole = await setup();
  await apply(whole, await planAll(whole));
  const end = await stateOf(whole);
  const bench = await setup();
  const start = await stateOf(bench);
  const plan = await planAll(bench);
  const total = plan.steps.length;
  const outcome = await stoppedAfter(bench, plan, 2);
  expect([outcome.state, outcome.remaining, outcomeExit(outcome)]).toEqual(['partial', total - 2, 5]);
  expect(outcomeFailure(outcome)?.next).toContain(`To send the other ${total - 2}, run \`bastide resume\`.`);
  const first = bench.writes.map(({ method, url }) => `${method} ${url}`);
  // Stopped once more: what is left then is less.
  const second = await restOf(bench);
  expect(second.steps.map(({ change }) => change)).toEqual(plan.steps.slice(2).map(({ change }) => change));
  expect(second).toMatchObject({ verb: 'fix', of: null, resumes: outcome.entry });
  const again = await stoppedAfter(bench, second, 1);
  expect(again.remaining).toBe(total - 3);
  // What this run did is told apart from what was made before it.
  const counts = { of: total, before: 2, sent: 1, made: 1, left: total - 3, unknown: 0, notNeeded: 0 };
  expect(again.counts).toEqual(counts);
  const told = outcomeLines(again).map(plainText).join('\n');
  expect(told).toContain(`${total} changes: 1 sent by this run, 1 made by it; 2 made before, ${total - 3} not made`);
  expect(outcomeFailure(again)?.message).toContain(`3 of ${total} changes were applied (2 of them before this run)`);
  const third = await restOf(bench, outcome.entry ?? '');
  expect(third.steps).toHaveLength(total - 3);
  const ended = await apply(bench, third);
  expect([ended.state, ended.remaining, ended.entry]).toEqual(['done', 0, outcome.entry]);
  expect(ended.steps).toHaveLength(total);
  expect(await entries(bench)).toMatchObject([{ id: outcome.entry, state: 'done', resumed: expect.any(String) }]);
  expect(bench.writes).toHaveLength(total);
  expect(bench.writes.slice(0, 2).map(({ method, url }) => `${method} ${url}`)).toEqual(first);
  expect(await stateOf(bench)).toBe(end);
  expect(await bench.session.planResume()).toBeNull();
  await apply(bench, await bench.session.planUndo());
  expect(await stateOf(bench)).toBe(start);
  expect(await failureOf(bench.session.planUndo())).toMatchObject({ code: 'nothing-to-undo' });
}, 120_000);

/** What the hint of a failure names is done in turn, each whole. */
async function followed(bench: Bench, outcome: ApplyResult, only = /.*/): Promise<string[]> {
  const next = outcomeFailure(outcome)?.next ?? '';
  const verbs = [...next.matchAll(/`bastide (\w+)`/g)].map(([, verb = '']) => verb);
  const named = verbs.filter((verb) => verb !== 'history');
  for (const verb of named.filter((one) => only.test(one))) {
    const { session } = bench;
    const plan = verb === 'resume' ? await restOf(bench) : verb === 'undo' ? session.planUndo() : session.planRedo();
    expect((await apply(bench, await plan)).state).toBe('done');
  }
  return named;
}
// How each verb ends part-way, and what the way back that its hint names leaves.
test.each([
  ['fix', 'stopped', ['resume', 'undo'], /undo/, 'unfixed'],
  ['fix', 'refused', ['resume', 'undo'], /undo/, 'unfixed'],
  ['undo', 'stopped', ['resume', 'redo'], /.*/, 'fixed'],
  ['undo', 'refused', ['resume', 'redo'], /.*/, 'fixed'],
  ['undo', 'stopped', ['resume', 'redo'], /resume/, 'unfixed'],
  ['redo', 'stopped', ['resume', 'undo'], /undo/, 'unfixed'],
  ['redo', 'stopped', ['resume', 'undo'], /resume/, 'fixed'],
] as const)(
  '%s, %s: the hint names %j, and following %s leaves it %s',
  async (verb, how, named, only, left) => {
    const bench = await setup('mixed');
    const states = { unfixed: await stateOf(bench), fixed: '' };
    const request = { ...everything, targets: ['storage.bypass-azure-services'] };
    const fix = await bench.session.plan(await drain(bench.session.scan()), request);
    expect(fix.steps.length).toBeGreaterThan(1);
    const cut = async (plan: Plan): Promise<ApplyResult> => {
      if (how === 'stopped') return stoppedAfter(bench, plan, 1);
      const second = plan.steps[1]?.change.resource;
      bench.simulator.setFaults(`PUT ${second} 1 403;PATCH ${second} 1 403`);
      return apply(bench, plan);
    };
    let outcome: ApplyResult | undefined;
    if (verb === 'fix') outcome = await cut(fix);
    else await apply(bench, fix);
    if (verb === 'fix') {
      const whole = await setup('mixed');
      await apply(whole, await whole.session.plan(await drain(whole.session.scan()), request));
      states.fixed = await stateOf(whole);
    } else states.fixed = await stateOf(bench);
    if (verb === 'undo') outcome = await cut(await bench.session.planUndo());
    if (verb === 'redo') {
      await apply(bench, await bench.session.planUndo());
      outcome = await cut(await bench.session.planRedo());
    }
    if (outcome === undefined) throw new Error('nothing was cut');
    expect([outcome.state, outcome.remaining]).toEqual(['partial', fix.steps.length - 1]);
    expect(await followed(bench, outcome, only)).toEqual(named);
    expect(await stateOf(bench)).toBe(states[left]);
  },
  120_000,
);

test('an undo of a part, which no redo applies again, names none', async () => {
  const bench = await setup('mixed');
  const request = { ...everything, targets: ['storage.bypass-azure-services'] };
  await apply(bench, await bench.session.plan(await drain(bench.session.scan()), request));
  const plan: Plan = { ...(await bench.session.planUndo()), isPart: true };
  const outcome = await stoppedAfter(bench, plan, 1);
  expect(await followed(bench, outcome)).toEqual(['resume']);
  expect(await failureOf(bench.session.planRedo())).toMatchObject({ code: 'nothing-to-redo' });
}, 120_000);

test('failed in the middle: what Azure refused is sent again, and what came after it', async () => {
  const bench = await setup();
  const plan = await planAll(bench);
  const [, , third] = plan.steps;
  bench.simulator.setFaults(`PUT ${third?.change.resource} 1 403;PATCH ${third?.change.resource} 1 403`);
  const outcome = await apply(bench, plan);
  const states = (await newest(bench)).steps.map(({ state }) => state);
  expect(states.slice(0, 4)).toEqual(['done', 'done', 'failed', 'waiting']);
  const left = await restOf(bench);
  expect(left.steps.map(({ change }) => change)).toEqual(plan.steps.slice(2).map(({ change }) => change));
  expect((await apply(bench, left)).state).toBe('done');
  expect((await newest(bench)).id).toBe(outcome.entry);
  expect((await newest(bench)).steps.every(({ state }) => state === 'done')).toBe(true);
}, 120_000);

test('a change whose outcome is not known hides none of those that are left', async () => {
  const bench = await setup('open', 60_000);
  const plan = await planAll(bench);
  const total = plan.steps.length;
  const write = bench.arm.write;
  let writes = 0;
  Object.assign(bench.arm, {
    write: async (request: Parameters<typeof write>[0]) => {
      writes += 1;
      if (writes === 2) return { state: 'lost', requestId: null, reason: 'the connection ended' } as const;
      return write(request);
    },
  });
  const outcome = await apply(bench, plan);
  expect(outcome.counts).toEqual({ of: total, before: 0, sent: 2, made: 1, left: total - 2, unknown: 1, notNeeded: 0 });
  expect(outcomeFailure(outcome)).toMatchObject({
    code: 'outcome-unknown',
    message: expect.stringMatching(`1 of ${total} changes were applied, ${total - 2} were not made, and the outcome`),
    next: expect.stringContaining(`\`bastide resume\` sends the other ${total - 2}`),
  });
}, 120_000);

const refused = (status: number, code: string, again: object | null = null) => ({
  ...{ state: 'refused', requestId: null, again },
  refusal: { status, code, message: `${code}.`, details: [] },
});
test.each([
  ['Azure refused it', [refused(403, 'AuthorizationFailed')], /^Azure rejected the first change/, 'refused', 7],
  ['it never left', [refused(0, 'ECONNREFUSED')], /^The first change .* was not sent\./, 'not-sent', 7],
  [
    'Azure was busy, and then it never left',
    [refused(429, 'TooManyRequests', { why: 'busy' }), refused(0, 'ECONNREFUSED')],
    /^0 of \d+ changes were applied: .*ECONNREFUSED/,
    'not-applied',
    5,
  ],
] as const)(
  'that Azure rejected a change is said only of its answer: %s',
  async (_case, answers, says, code, exit) => {
    const bench = await setup();
    const left = [...answers];
    Object.assign(bench.arm, { write: async () => left.shift() });
    const ended = await apply(bench, await planAll(bench)).catch((error: unknown) => error);
    const told = ended instanceof Failure ? ended : outcomeFailure(ended as ApplyResult);
    expect(told).toMatchObject({ code, message: expect.stringMatching(says) });
    expect(ended instanceof Failure ? ended.exit : outcomeExit(ended as ApplyResult)).toBe(exit);
  },
  120_000,
);

test('what another client has made meanwhile is not sent', async () => {
  const bench = await setup();
  const plan = await planAll(bench);
  await stoppedAfter(bench, plan, 2);
  const [, , third] = plan.steps;
  if (third?.change.kind !== 'edit') throw new Error('no edit');
  await send(bench, third.change);
  const sent = bench.writes.length;
  const left = await restOf(bench);
  // It is told as that, and is no change of the preview.
  expect(left.steps.map(({ change }) => change)).toEqual(plan.steps.slice(3).map(({ change }) => change));
  expect(left.alreadySet?.map(({ change }) => change)).toEqual([third.change]);
  const said = `${nameInParent(third.change.resource)} is already set`;
  expect(planLines(left).map(plainText).join('\n')).toContain(said);
  const outcome = await apply(bench, left);
  expect(outcome.state).toBe('done');
  expect((await newest(bench)).steps[2]).toMatchObject({ state: 'skipped', message: expect.stringContaining(said) });
  expect(bench.writes.length - sent).toBe(plan.steps.length - 3);
}, 120_000);

test('whose it is, change records tell; a resume without anything left to send settles the entry', async () => {
  const bench = await setup('mixed');
  const plan = await planAll(bench);
  await stoppedAfter(bench, plan, plan.steps.length - 1);
  const last = plan.steps.at(-1);
  if (last?.change.kind !== 'edit') throw new Error('no edit');
  await send(bench, last.change);
  const sent = bench.writes.length;
  const left = await restOf(bench);
  expect(left.steps).toEqual([]);
  expect(left.alreadySet).toMatchObject([{ why: { reason: 'made-by-another', by: expect.any(String) } }]);
  // It changes back before the plan is applied: what was shown does not hold any more.
  await send(bench, invertChange(last.change));
  expect(await failureOf(apply(bench, left))).toMatchObject({ code: 'cannot-resume', exit: 4 });
  await send(bench, last.change);
  const outcome = await apply(bench, left);
  expect([outcome.state, bench.writes.length - sent]).toEqual(['done', 2]);
  const settled = await newest(bench);
  expect(settled.steps.at(-1)).toMatchObject({
    state: 'skipped',
    message: expect.stringMatching(/set it at .*change record/),
  });
  expect(await bench.session.planResume()).toBeNull();
}, 120_000);

test('of a change that others made in part, the rest alone is shown, sent and undone', async () => {
  const bench = await setup('mixed');
  const plan = await planAll(bench);
  const at = plan.steps.findIndex(({ change }) => change.kind === 'edit' && change.edits.length > 1);
  const step = plan.steps[at];
  if (step === undefined || step.change.kind !== 'edit') throw new Error('no step with two settings');
  const { edits } = step.change;
  if (at === 0) bench.simulator.setFaults(`PUT ${step.change.resource} 1 403;PATCH ${step.change.resource} 1 403`);
  await (at === 0 ? apply(bench, plan).catch(() => {}) : stoppedAfter(bench, plan, at));
  await send(bench, editChange(step.change.resource, edits.slice(0, 1)));
  const left = await restOf(bench, (await newest(bench)).id);
  const shown = left.steps.find(({ change }) => change.resource === step.change.resource);
  expect(shown?.change.edits).toEqual(edits.slice(1));
  await apply(bench, left);
  expect((await newest(bench)).steps[at]?.change.edits).toEqual(edits.slice(1));
  const undo = await bench.session.planUndo();
  const back = undo.steps.find(({ change }) => change.resource === step.change.resource);
  expect(back?.change.edits).toHaveLength(edits.length - 1);
}, 120_000);

/** Another client makes a change. */
async function send(bench: Bench, change: Change): Promise<void> {
  const read = await resourceAt(bench, change.resource);
  const request = resourceTypeOf(read.type).write(change, read);
  if (typeof request === 'string') throw new Error(request);
  const answer = await bench.arm.write(request);
  if (answer.state === 'running') await bench.arm.follow(answer.operation, { retryAfter: 0 });
}

async function resourceAt({ arm }: Bench, id: string) {
  const read = await arm.read(id);
  if (!read.ok) throw new Error(read.gap.reason);
  return read.resource;
}

test('nothing is sent where a setting was moved, and the entry stays as it is', async () => {
  const bench = await setup('mixed');
  const plan = await planAll(bench);
  await stoppedAfter(bench, plan, 1);
  const left = await restOf(bench);
  const isBypass = ({ pointer }: Edit): boolean => pointer.endsWith('/bypass');
  const step = left.steps.find(
    ({ change }) => /\/storageAccounts\//.test(change.resource) && change.edits.some(isBypass),
  );
  if (step === undefined) throw new Error('no edit of the bypass');
  const account = await resourceAt(bench, step.change.resource);
  const pointer = '/properties/networkAcls/bypass';
  await send(bench, editChange(account.id, [setMember(account.body, pointer, 'Metrics')]));
  const sent = bench.writes.length;
  expect(await failureOf(apply(bench, left))).toMatchObject({ code: 'drift', exit: 4 });
  expect(await failureOf(restOf(bench))).toMatchObject({ code: 'drift', exit: 4 });
  expect(bench.writes).toHaveLength(sent);
  expect((await newest(bench)).state).toBe('partial');
}, 120_000);

test('an undo that was interrupted is completed, and the entry that it undoes is undone then', async () => {
  const bench = await setup();
  const start = await stateOf(bench);
  await apply(bench, await planAll(bench));
  const undo = await bench.session.planUndo();
  await stoppedAfter(bench, undo, 2);
  expect((await entries(bench))[0]?.undoneBy).toBeNull();
  const left = await restOf(bench);
  expect([left.verb, left.of, left.steps.length]).toEqual(['undo', undo.of, undo.steps.length - 2]);
  expect((await apply(bench, left)).state).toBe('done');
  const [fixed, undone] = await entries(bench);
  expect(fixed?.undoneBy).toBe(undone?.id);
  expect(await stateOf(bench)).toBe(start);
  // What was undone is not resumed.
  expect(await failureOf(bench.session.planResume(fixed?.id))).toMatchObject({ code: 'cannot-resume', exit: 4 });
}, 120_000);

test('an entry that does not exist, has nothing left, is not settled, or has changed since', async () => {
  const bench = await setup();
  expect(await bench.session.planResume()).toBeNull();
  expect(await failureOf(bench.session.planResume('none'))).toMatchObject({ code: 'unknown-entry', exit: 2 });
  const plan = await planAll(bench);
  await stoppedAfter(bench, plan, 1);
  const left = await restOf(bench);
  await apply(bench, left);
  const { id } = await newest(bench);
  expect(await failureOf(bench.session.planResume(id))).toMatchObject({ code: 'cannot-resume', exit: 4 });
  const sent = bench.writes.length;
  expect(await failureOf(apply(bench, left))).toMatchObject({ code: 'cannot-resume', exit: 4 });
  expect(bench.writes).toHaveLength(sent);
}, 120_000);
