// A connection that Azure makes of a shared private link is approved by the plan that makes the link: it is waited for, told from
// all others, recorded by its name before anything is sent to it, and never approved twice.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryHistory } from '../../src/history/memory.ts';
import { editChange, isDeferred } from '../../src/model/change.ts';
import { isFailure } from '../../src/model/failure.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { groupIdOf, nameOf } from '../../src/model/resource-id.ts';
import { connectionState, connectionsOf, textAt } from '../../src/resource-types/index.ts';
import { findInTime } from '../../src/session/find.ts';
import type { ApplyResult, SessionEvent } from '../../src/session/session.ts';
import { type Bench, drain, openBench } from '../support/bench.ts';
import { normalBodies } from '../support/state.ts';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-late-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Its fix carries the approval. */
const linked = ['acr.shared-private-link'];
const status = `${connectionState}/status`;
const message = 'Approve (Bastide, id-1)';

let bench: Bench;
let plan: Plan;
/** Paths of every PUT to a connection, and of every request at all. */
let approvals: string[];
let asked: string[];
beforeEach(() => {
  approvals = [];
  asked = [];
});
afterEach(() => bench.close());

async function open(faults = ''): Promise<void> {
  bench = await openBench({ world: 'mixed', scratch, faults });
  bench.simulator.onExchange(({ method, url }) => {
    asked.push(decodeURIComponent(url));
    if (method === 'PUT' && /\/privateEndpointConnections\//i.test(url)) approvals.push(url);
  });
  const snapshot = await drain(bench.session.scan());
  plan = bench.session.plan(snapshot, { targets: linked, answers: { link: 'Acr' }, ips: [], profile: 'all' });
  expect(plan.steps.map(({ change }) => isDeferred(change))).toEqual([false, true]);
}
const late = (): string => plan.steps[1]?.change.resource ?? '';
const registryId = (): string => late().replace(/\/privateEndpointConnections\/.*/, '');

/** What the registry shows: name and state of each connection. */
async function connections(): Promise<{ id: string; state: string | undefined; says: string | undefined }[]> {
  const read = await bench.arm.read(registryId());
  if (!read.ok) throw new Error(read.gap.reason);
  return connectionsOf(read.resource).map(({ id, body }) => ({
    id,
    state: textAt(body, status),
    says: textAt(body, `${connectionState}/description`),
  }));
}
async function apply(given: Plan, heard: (event: SessionEvent) => void = () => {}, signal?: AbortSignal) {
  const stop = bench.session.onEvent(heard);
  try {
    const options = { line: given.verb, acceptWarnings: true, ...(signal ? { signal } : {}) };
    return await drain(bench.session.apply(given, options));
  } finally {
    stop();
  }
}
const states = ({ steps }: ApplyResult) => steps.map(({ state }) => state);

/** Another client requests a connection to the registry, with a different message. */
async function foreign(says: string): Promise<string> {
  const before = new Set((await connections()).map(({ id }) => id));
  const group = groupIdOf(registryId()) ?? '';
  const network = `${group}/providers/Microsoft.Network`;
  const link = { privateLinkServiceId: registryId(), groupIds: ['registry'] };
  const properties = {
    subnet: { id: `${network}/virtualNetworks/vnet-ml/subnets/snet-dev` },
    manualPrivateLinkServiceConnections: [{ name: 'theirs', properties: link }],
  };
  await write(`${network}/privateEndpoints/theirs`, '2024-01-01', { location: 'westeurope', properties });
  const [made] = (await connections()).filter(({ id }) => !before.has(id));
  if (!made) throw new Error('the registry shows no connection of theirs');
  const state = { status: 'Pending', description: says };
  await write(made.id, '2023-07-01', { properties: { privateLinkServiceConnectionState: state } });
  approvals = [];
  return made.id;
}
async function write(id: string, apiVersion: string, body: JsonObject): Promise<void> {
  const answer = await bench.arm.write({ method: 'PUT', id, apiVersion, body });
  if (answer.state === 'running') await bench.arm.follow(answer.operation, { retryAfter: 0 });
  else if (answer.state !== 'done') throw new Error(JSON.stringify(answer));
}

describe('a connection that comes late', () => {
  beforeEach(() => open('PUT */workspaces/mlw-sim 1 late:3'));

  test('is waited for, which is shown, and approved; undo and redo find it', async () => {
    const before = normalBodies(bench.simulator.stateText());
    const waits: string[] = [];
    const outcome = await apply(plan, (event) => {
      if (event.kind === 'wait') waits.push(event.reason);
    });
    expect(states(outcome)).toEqual(['done', 'done']);
    expect([...outcome.verified.persisting, ...outcome.verified.unknown]).toEqual([]);
    expect(waits.length).toBeGreaterThan(0);
    expect(waits[0]).toMatch(
      /^acrmlsim shows no private endpoint connection that says "Approve .* yet: checking again in 1 s\.$/,
    );
    const [made] = await connections();
    expect(made?.state).toBe('Approved');

    const [entry] = await bench.session.history();
    expect(entry?.steps[1]).toMatchObject({
      resource: made?.id,
      change: editChange(made?.id ?? '', plan.steps[1]?.change.edits ?? []),
    });
    expect(entry?.resources).toContain(made?.id);

    await apply(await bench.session.planUndo());
    expect(normalBodies(bench.simulator.stateText())).toEqual(before);
    const redo = await bench.session.planRedo();
    expect(redo.steps.map(({ change }) => isDeferred(change))).toEqual([false, true]);
    expect(states(await apply(redo))).toEqual(['done', 'done']);
    const [again] = await connections();
    expect([again?.state, again?.id === made?.id]).toEqual(['Approved', false]);
    await apply(await bench.session.planUndo());
    expect(normalBodies(bench.simulator.stateText())).toEqual(before);
    // What had no known name was never requested.
    expect(asked.filter((url) => url.includes(nameOf(late())))).toEqual([]);
  });

  test("another client's that waits there meanwhile is left alone", async () => {
    const theirs = await foreign('Approve (Bastide, id-2)');
    expect(states(await apply(plan))).toEqual(['done', 'done']);
    const seen = await connections();
    expect(seen.find(({ id }) => id === theirs)?.state).toBe('Pending');
    expect(seen.filter(({ state }) => state === 'Approved')).toHaveLength(1);
    expect(approvals.some((url) => url.includes(nameOf(theirs)))).toBe(false);
  });

  test('a stop while it is waited for sends nothing more; the same plan then finds it, and only once', async () => {
    const stopping = new AbortController();
    const cut = await apply(plan, ({ kind }) => kind === 'wait' && stopping.abort(), stopping.signal);
    expect([cut.state, ...states(cut)]).toEqual(['partial', 'done', 'skipped']);
    expect(approvals).toEqual([]);
    expect(states(await apply(plan))).toEqual(['skipped', 'done']);
    expect((await connections()).map(({ state }) => state)).toEqual(['Approved']);
    expect(await apply(plan)).toMatchObject({ entry: null, state: 'done' });
    expect(approvals).toHaveLength(1);
  });
});

test('one that never comes ends the plan with a sentence, and the link can be undone', async () => {
  await open('PUT */workspaces/mlw-sim 1 late:1000');
  const before = normalBodies(bench.simulator.stateText());
  const outcome = await apply(plan);
  expect([outcome.state, ...states(outcome)]).toEqual(['partial', 'done', 'failed']);
  expect(outcome.steps[1]?.message).toMatch(
    /^acrmlsim shows no private endpoint connection that says .* after \d+ s, so nothing was sent for it\. Run the fix again/,
  );
  expect(approvals).toEqual([]);
  await apply(await bench.session.planUndo());
  expect(normalBodies(bench.simulator.stateText())).toEqual(before);
});

test('of two that say the same none is approved, before or after the link is made', async () => {
  await open();
  const theirs = await foreign(message);
  const outcome = await apply(plan);
  expect([outcome.state, ...states(outcome)]).toEqual(['partial', 'done', 'failed']);
  expect(outcome.steps[1]?.message).toContain(nameOf(theirs));
  const refused = await apply(plan).catch((error: unknown) => error);
  expect(isFailure(refused) && [refused.code, refused.exit]).toEqual(['several', 4]);
  expect((await connections()).map(({ state }) => state)).toEqual(['Pending', 'Pending']);
  expect(approvals).toEqual([]);
});

test('one that was there when the plan was made is not taken for it, whatever it says since', async () => {
  await open();
  const theirs = await foreign('ours');
  const snapshot = await drain(bench.session.scan());
  plan = bench.session.plan(snapshot, { targets: linked, answers: { link: 'Acr' }, ips: [], profile: 'all' });
  const says = plan.steps[1]?.change.kind === 'edit' ? plan.steps[1].change.found?.says : undefined;
  await write(theirs, '2023-07-01', {
    properties: { privateLinkServiceConnectionState: { status: 'Pending', description: says ?? '' } },
  });
  expect(states(await apply(plan))).toEqual(['done', 'done']);
  expect((await connections()).find(({ id }) => id === theirs)?.state).toBe('Pending');
});

test('one whose approval was cut off is not approved again', async () => {
  await open('PUT */privateEndpointConnections/* 1 drop-after');
  expect(states(await apply(plan))).toEqual(['done', 'done']);
  expect(approvals.length).toBe(1);
  expect(await apply(plan)).toMatchObject({ entry: null });
  expect(approvals.length).toBe(1);
});

test('a what-if does all of it, on a copy alone', async () => {
  await open();
  const snapshot = bench.session.latest();
  if (!snapshot) throw new Error('nothing was read');
  asked = [];
  const rehearsal = await drain(bench.session.whatIf(snapshot, plan, { profile: 'all' }));
  expect(rehearsal.steps.map(({ state, message: why }) => [state, why])).toEqual([
    ['done', null],
    ['done', null],
  ]);
  expect(rehearsal).toMatchObject({ outcome: 'done', persists: [], differences: [], limits: [] });
  // Of Azure it asks which policies there are over what it writes, and nothing else.
  const policies = ['workspaces/mlw-sim', 'registries/acrmlsim'].map((name) =>
    expect.stringMatching(new RegExp(`/${name}/providers/Microsoft.Authorization/policyAssignments\\?`)),
  );
  expect(asked).toEqual(policies);
});

test('a registry that cannot be read, or is not there, sends nothing, and says so while it is looked at again', async () => {
  await open();
  const change = plan.steps[1]?.change;
  if (!change || !isDeferred(change)) throw new Error('the plan finds nothing');
  const unread = 'acrmlsim could not be read: You may not read it';
  for (const [status, ended, waits] of [
    [403, /^acrmlsim could not be read: You may not read it$/, `${unread}: checking again in 1 s.`],
    [404, /^acrmlsim shows no .* after 1 s, so nothing was sent/, 'yet: checking again in 1 s.'],
  ] as const) {
    const gap = { id: registryId(), reason: 'You may not read it', action: '', status };
    const said: string[] = [];
    const means = {
      ...({ rules: [], by: '', now: () => new Date(), newId: () => '' } as const),
      arm: { ...bench.arm, read: async () => ({ ok: false as const, gap }) },
      history: memoryHistory(),
      pace: { retries: [], looks: [], finds: [0, 5, 5], arrival: 0 },
      say: (event: SessionEvent) => void (event.kind === 'wait' && said.push(event.reason)),
    };
    const sought = await findInTime(change, means, undefined);
    expect('message' in sought && sought.message).toMatch(ended);
    expect(said).toHaveLength(2);
    expect(said.every((one) => one.endsWith(waits))).toBe(true);
  }
});
