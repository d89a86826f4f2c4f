// What Azure was recorded to refuse, planted in an apply of several changes, at its first, a middle and its last write. Whatever it is: the
// operator reads Azure's words and what to do, the history holds what was made and what was not, and nothing is sent twice.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { history } from '../../commands/history.ts';
import { outcomeExit, outcomeFailure } from '../../commands/parts/act.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { whatToDo } from '../../src/diagnosis/index.ts';
import { type Change, editChange } from '../../src/model/change.ts';
import { addTo } from '../../src/model/edit.ts';
import { isFailure } from '../../src/model/failure.ts';
import { fold } from '../../src/model/resource-id.ts';
import { plainText } from '../../src/model/words.ts';
import { textAt } from '../../src/resource-types/read.ts';
import { roles } from '../../src/resource-types/role-assignment.ts';
import { nextFor } from '../../src/session/advice.ts';
import type { ApplyResult } from '../../src/session/session.ts';
import type { Exchange } from '../../src/simulator/index.ts';
import { type Altered, alteredAnswers, type PlantedAnswer } from '../support/altered.ts';
import { drain } from '../support/bench.ts';
import { type Beside, openBeside } from '../support/beside-requests.ts';
import { type RecordedRefusal, recordedRefusals } from '../support/recorded-refusals.ts';
import { sampleOf, trustRequests } from '../support/trust-size.ts';

let beside: Beside;
let between: Altered;
let world: string;
let fresh: () => void;
beforeAll(async () => {
  beside = await openBeside(
    'limited',
    undefined,
    async (simulator) => {
      between = await alteredAnswers(simulator);
      return between;
    },
    { longestRetry: 40, grace: 20 },
  );
  world = beside.simulator.stateText();
  fresh = () => beside.simulator.restore(world);
});
afterAll(async () => {
  await beside.close();
  between.close();
});
beforeEach(() => fresh());

/** A PATCH, a PUT with an etag, a creation that ends later, one that only Entra may refuse, and a PATCH. */
async function changes(): Promise<readonly Change[]> {
  const { group, read } = beside;
  const account = `${group}/Microsoft.Storage/storageAccounts/stmlsim`;
  const subnet = `${group}/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-train`;
  const vault = `${group}/Microsoft.KeyVault/vaults/kv-mlsim`;
  const assignment = `${account}/providers/Microsoft.Authorization/roleAssignments/9d3e2a1c-0000-4000-8000-000000000042`;
  const made = (resource: string, body: object): Change =>
    ({ kind: 'create', resource, edits: [], body }) as unknown as Change;
  return [
    editChange(account, [
      addTo(
        (await read(account)) ?? {},
        '/properties/networkAcls/ipRules',
        { value: '198.51.100.9', action: 'Allow' },
        { member: 'value', fold: true },
      ),
    ]),
    editChange(subnet, [
      addTo(
        (await read(subnet)) ?? {},
        '/properties/serviceEndpoints',
        { service: 'Microsoft.Sql' },
        { member: 'service', fold: true },
      ),
    ]),
    made(`${group}/Microsoft.Network/privateDnsZones/zone.example.com`, { location: 'global' }),
    made(assignment, {
      properties: {
        roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${roles.reader}`,
        principalId: textAt((await read(beside.simulator.workspace)) ?? {}, '/identity/principalId') ?? '',
        principalType: 'ServicePrincipal',
      },
    }),
    editChange(vault, [
      addTo(
        (await read(vault)) ?? {},
        '/properties/networkAcls/ipRules',
        { value: '198.51.100.9/32' },
        { member: 'value', fold: true },
      ),
    ]),
  ];
}

const operation =
  '/subscriptions/22222222-2222-2222-2222-222222222222/providers/Microsoft.Network/locations/global/planted/1';

/** The refusal in place of the next `times` writes of a resource; they do not reach Azure. */
function plantAt(
  resource: string,
  { status, body, retryAfter }: RecordedRefusal,
  times: number,
): { writes: () => number } {
  let left = times;
  let writes = 0;
  const said = JSON.stringify(body);
  between.plant(({ method, path }): PlantedAnswer | undefined => {
    if (path.includes('/planted/')) return { status: 200, body: said };
    if (!/PUT|PATCH|DELETE/.test(method) || fold(path) !== fold(resource)) return undefined;
    writes += 1;
    if (left === 0) return undefined;
    left -= 1;
    if (status === 200) {
      return { status: 202, body: '{}', headers: { 'azure-asyncoperation': `${between.endpoint}${operation}` } };
    }
    return {
      status,
      body: said,
      ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
    };
  });
  return { writes: () => writes };
}

interface Ended {
  readonly exit: number;
  readonly message: string;
  readonly next: string;
  readonly outcome: ApplyResult | null;
}
async function applied(all: readonly Change[]): Promise<Ended> {
  const plan = await beside.planOf(...all);
  try {
    const outcome = await beside.apply(plan);
    const failure = outcomeFailure(outcome);
    return { exit: outcomeExit(outcome), message: failure?.message ?? '', next: failure?.next ?? '', outcome };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { exit: error.exit, message: error.message, next: error.next, outcome: null };
  }
}
const named = ({ code, status }: RecordedRefusal): string =>
  `${code} ${status === 200 ? 'at the end of its operation' : status}`;
const isFull = trustRequests > 1000;
const moments = ['first', 'middle', 'last'] as const;
/** Each refusal at one moment, in turn; in full at every one. */
const cells = recordedRefusals.flatMap((refusal, index) =>
  moments
    .filter((_moment, turn) => isFull || turn === index % moments.length)
    .map((moment) => [named(refusal), moment, refusal] as const),
);
const placeOf = (moment: (typeof moments)[number], count: number) =>
  ({ first: 0, middle: Math.floor(count / 2), last: count - 1 })[moment];

/** The writes that Azure accepted, by resource. */
function acceptedWrites(): { of: (resource: string) => number; end: () => void } {
  const seen: string[] = [];
  const end = beside.simulator.onExchange(({ method, url, status }: Exchange) => {
    if (/PUT|PATCH|DELETE/.test(method) && status < 300) seen.push(fold(decodeURIComponent(url.split('?')[0] ?? '')));
  });
  return { of: (resource) => seen.filter((one) => one === fold(resource)).length, end };
}

describe('refused for good', () => {
  test.each(sampleOf(cells, 3))('%s at the %s change', async (_name, moment, refusal) => {
    const all = await changes();
    const at = placeOf(moment, all.length);
    const resource = all[at]?.resource ?? '';
    const accepted = acceptedWrites();
    const before = await Promise.all(all.map((one) => beside.read(one.resource)));
    const planted = plantAt(resource, refusal, Number.POSITIVE_INFINITY);
    const { exit, message, next } = await applied(all);
    between.plant(undefined);
    accepted.end();

    // Told: Azure's code, and what to do.
    expect(exit).toBe(at === 0 ? 7 : 5);
    expect(message).toContain(refusal.code);
    expect(message).not.toMatch(/undefined|\[object|\{"/);
    const todo = whatToDo((await beside.history.entries()).at(-1)?.steps[at]?.refusal);
    expect(todo).toBeDefined();
    expect(next.startsWith(`${todo} `)).toBe(true);

    // Not lost: what was made is recorded as made, with the body it has; the rest is not made, and can be sent.
    const entry = (await beside.history.entries()).at(-1);
    const states = entry?.steps.map(({ state }) => state) ?? [];
    expect(states.slice(0, at)).toEqual(Array(at).fill('done'));
    expect(['failed', 'unknown']).toContain(states[at]);
    expect(states.slice(at + 1)).toEqual(Array(all.length - at - 1).fill('waiting'));

    // Not twice: Azure took each change once, and of what it refused for good it was asked once.
    expect(all.map((one) => accepted.of(one.resource))).toEqual(all.map((_one, index) => (index < at ? 1 : 0)));
    if (refusal.again === null) expect(planted.writes()).toBe(1);
    for (const [index, one] of all.entries()) {
      if (index >= at) expect(await beside.read(one.resource)).toEqual(before[index]);
    }
  });
});

describe('refused once, and it may be sent again', () => {
  const busy = cells.filter(([, , { again, status }]) => again !== null && status < 500);
  test.each(sampleOf(busy, 2))('%s at the %s change', async (_name, moment, refusal) => {
    const all = await changes();
    const at = placeOf(moment, all.length);
    const accepted = acceptedWrites();
    const planted = plantAt(all[at]?.resource ?? '', refusal, 1);
    const { exit, message, outcome } = await applied(all);
    between.plant(undefined);
    accepted.end();
    expect([exit, message]).toEqual([0, '']);
    expect(outcome?.steps.map(({ state }) => state)).toEqual(all.map(() => 'done'));
    expect(outcome?.steps.map(({ next }) => next)).toEqual(all.map(() => undefined));
    expect(all.map((one) => accepted.of(one.resource))).toEqual(all.map(() => 1));
    expect(planted.writes()).toBe(2);
  });
});

test('what was refused is sent by a resume, and what was made is not sent again', async () => {
  const all = await changes();
  const refusal = recordedRefusals.find(({ code }) => code === 'ScopeLocked');
  if (refusal === undefined) throw new Error('no such refusal');
  const accepted = acceptedWrites();
  plantAt(all[2]?.resource ?? '', refusal, Number.POSITIVE_INFINITY);
  const first = await applied(all);
  const context = {
    session: async () => beside.session,
    ...{ flags: { dryRun: false, readOnly: false }, signal: new AbortController().signal },
  } as unknown as CommandContext;
  const entry = (await beside.history.entries()).at(-1);
  const args = { ...(entry === undefined ? {} : { entry: entry.id }), audits: false, script: false, repair: false };
  const told = history.run(context, args);
  let end = await told.next();
  while (!end.done) end = await told.next();
  expect(history.text(end.value).map(plainText)).toContain(
    '    Next: Ask the owner of the lock; its notes may give the reason.',
  );
  expect(first.next).toMatch(/^Ask the owner of the lock.*`bastide resume`.*`bastide undo`/);
  between.plant(undefined);
  const plan = await beside.session.planResume();
  if (plan === null) throw new Error('nothing to resume');
  const outcome = await beside.apply(plan);
  accepted.end();
  expect(outcome.state).toBe('done');
  expect(all.map((one) => accepted.of(one.resource))).toEqual(all.map(() => 1));
  const resumed = (await beside.history.entries()).at(-1);
  expect(resumed?.steps.map(({ state, refusal: said }) => [state, said ?? null])).toEqual(
    all.map(() => ['done', null]),
  );
});

test('an operation that was left and then failed: a later command reads why, and what to do', async () => {
  const all = (await changes()).slice(2, 3);
  const refusal = recordedRefusals.find(({ code, status }) => code === 'PreconditionFailed' && status === 200);
  const stop = new AbortController();
  let hasEnded = false;
  between.plant(({ method, path }) => {
    if (path.includes('/planted/')) {
      stop.abort();
      return { status: 200, body: JSON.stringify(hasEnded ? refusal?.body : { status: 'InProgress' }) };
    }
    if (method !== 'PUT') return undefined;
    return { status: 202, body: '{}', headers: { 'azure-asyncoperation': `${between.endpoint}${operation}` } };
  });
  const plan = await beside.planOf(...all);
  const left = await drain(beside.session.apply(plan, { line: 'fix', acceptWarnings: true, signal: stop.signal }));
  expect(left.steps.map(({ state }) => state)).toEqual(['unknown']);
  hasEnded = true;
  await drain(beside.session.recover());
  between.plant(undefined);
  const [step] = (await beside.history.entries()).at(-1)?.steps ?? [];
  expect(step).toMatchObject({ state: 'failed', refusal: { code: 'PreconditionFailed' } });
  expect(step?.message).toMatch(/Azure ended the change: PreconditionFailed: The Zone .* exists already/);
  expect(step && nextFor(step)).toMatch(/^Scan again and create a new plan\./);
});
