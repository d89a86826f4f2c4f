// That Azure compared a write is said only where the history proves it: the request was recorded before it left as one that Azure
// compares, its entry can be read, and it was seen here. Of all others it is said why it is not known, and "later" only where it is asked again.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import { type Change, editChange } from '../../src/model/change.ts';
import { addTo } from '../../src/model/edit.ts';
import type { Entry, EntryStep } from '../../src/model/entry.ts';
import { isFailure } from '../../src/model/failure.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { notKnown } from '../../src/model/overwrote.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import { resourceTypeOf } from '../../src/resource-types/index.ts';
import { writtenOf } from '../../src/session/overwrote.ts';
import type { Session } from '../../src/session/session.ts';
import { drain } from '../support/bench.ts';
import { type Beside, openBeside } from '../support/beside-requests.ts';

const killed = new Error('killed');
/** Does the next write end the run as a signal would, once Azure has it? */
let isKilled = false;
/** What another client does before the next write. */
let before: (() => Promise<void>) | undefined;
const dying = (arm: ArmClient): ArmClient => ({
  ...arm,
  counts: arm.counts,
  async write(sent, signal) {
    await before?.();
    const answer = await arm.write(sent, signal);
    if (!isKilled) return answer;
    isKilled = false;
    throw killed;
  },
});

let beside: Beside;
let world: string;
beforeAll(async () => {
  beside = await openBeside('mixed', dying);
  world = beside.simulator.stateText();
});
afterAll(() => beside.close());
beforeEach(() => beside.simulator.restore(world));
afterEach(() => {
  beside.hook(undefined);
  before = undefined;
  beside.simulator.setGraph('');
});

const account = () => `${beside.group}/Microsoft.Storage/storageAccounts/stmlsim`;
const table = () => `${beside.group}/Microsoft.Network/routeTables/rt-made`;
const cluster = () => `${beside.simulator.workspace}/computes/cl-new`;
const closing = async (address: string, id = account()): Promise<Change> => {
  const rule = { value: address, action: 'Allow' };
  const list = '/properties/networkAcls/ipRules';
  return editChange(id, [addTo((await beside.read(id)) ?? {}, list, rule, { member: 'value', fold: false })]);
};
const making = (): Change => ({
  ...{ kind: 'create', resource: table(), edits: [] },
  body: { location: 'westeurope', properties: { routes: [] } },
});
const makingCluster = (): Change => ({
  ...{ kind: 'create', resource: cluster(), edits: [] },
  body: {
    location: 'westeurope',
    properties: {
      computeType: 'AmlCompute',
      properties: { vmSize: 'Standard_DS3_v2', scaleSettings: { minNodeCount: 0, maxNodeCount: 1 } },
    },
  },
});
const applied = async (...changes: readonly Change[]) => beside.apply(await beside.planOf(...changes));
const newest = async (): Promise<Entry> => {
  const entry = (await beside.history.entries()).at(-1);
  if (entry === undefined) throw new Error('the history is empty');
  return entry;
};
async function refusalOf(session: Session, entry?: string) {
  const error = await session.planRestore(entry).catch((thrown: unknown) => thrown);
  if (!isFailure(error)) throw new Error(`it was not refused: ${JSON.stringify(error)?.slice(0, 500)}`);
  return error;
}

test('an empty history, and an entry of which Azure made nothing, are told as that', async () => {
  const { code, message } = await refusalOf(beside.elsewhere().session);
  expect([code, message]).toEqual(['nothing-to-restore', 'No changes recorded on this machine: nothing to restore.']);
});

test('whether Azure compares a request is on disk before it leaves', async () => {
  const seen: Promise<Entry>[] = [];
  beside.hook(({ verb }) => {
    if (verb === 'write') seen.push(newest());
  });
  await applied(await closing('198.51.100.11'), making());
  const [first, second] = (await Promise.all(seen)).map(({ steps }) => steps.map(({ unguarded }) => unguarded));
  expect(first?.[0]).toBe(true);
  expect(second).toEqual([true, false]);
});

test('of an entry with both, each write is told by what is known of it', async () => {
  const { entry } = await applied(await closing('198.51.100.12'), making());
  expect((await refusalOf(beside.session, entry ?? '')).message).toBe(
    `By change records, the write to stmlsim overwrote no setting of another client. Azure compared 1 other write of history entry ${entry} with what was read.`,
  );
});

test('a creation without a precondition is told as created, not as compared', async () => {
  const { entry, steps } = await applied(makingCluster());
  expect(steps).toMatchObject([{ state: 'done' }]);
  expect((await refusalOf(beside.session, entry ?? '')).message).toBe('Azure answered that it created cl-new.');
});

describe('a run that was killed once Azure had the request', () => {
  const died = async (change: Change): Promise<Entry> => {
    const plan = await beside.planOf(change);
    isKilled = true;
    await expect(beside.apply(plan)).rejects.toThrow('killed');
    await drain(beside.session.recover());
    return newest();
  };

  test('leaves a creation of which it is not known what it replaced', async () => {
    const entry = await died(makingCluster());
    expect(entry.steps).toMatchObject([{ state: 'done', unguarded: true, overwrote: { reason: 'not-known' } }]);
    const { code, message, next } = await refusalOf(beside.session, entry.id);
    expect([code, next]).toEqual(['restore-not-known', 'See `bastide history`.']);
    expect(message).toMatch(/^Whether the write to cl-new .* is not known: Azure keeps no change records of it\.$/);
  });

  test('leaves a write of a setting that records are asked about', async () => {
    beside.simulator.setGraph('held');
    const entry = await died(await closing('198.51.100.13'));
    const early = await refusalOf(beside.session, entry.id);
    expect([early.code, early.next]).toEqual(['restore-not-known', expect.stringMatching(/^Run it again later/)]);
    beside.simulator.setGraph('');
    expect((await refusalOf(beside.session, entry.id)).message).toMatch(/^By change records, the write to stmlsim/);
  });

  test('says of a change that does not show only that, whatever was applied', async () => {
    const rules = valueAt((await beside.read(account())) ?? {}, '/properties/networkAcls') as JsonObject;
    const plan = await beside.planOf(await closing('198.51.100.17'));
    isKilled = true;
    await expect(beside.apply(plan)).rejects.toThrow('killed');
    beside.write('PATCH', account(), { properties: { networkAcls: rules } });
    await drain(beside.session.recover());
    expect((await newest()).steps).toMatchObject([
      {
        state: 'failed',
        message: expect.stringMatching(/stmlsim does not show the change\. Whether it was applied .* is not known\.$/),
      },
    ]);
  });

  test('leaves one that Azure compared as that', async () => {
    const entry = await died(making());
    expect((await refusalOf(beside.session, entry.id)).message).toMatch(/^Azure compared every write of history entry/);
  });
});

/** A write of another client that is signed in as the same application. */
async function asTerraform(method: string, id: string, body: object): Promise<number | undefined> {
  const { endpoint, ca, tenant, client, secret } = beside.simulator;
  const send = (verb: string, url: string, headers: Record<string, string>, text: string) =>
    new Promise<{ readonly status: number | undefined; readonly text: string }>((resolve, reject) => {
      const sent = request(url, { method: verb, headers, ca }, (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(parts).toString() }));
      });
      sent.on('error', reject);
      sent.end(text);
    });
  const form = new URLSearchParams({
    ...{ grant_type: 'client_credentials', client_id: client, client_secret: secret, scope: `${endpoint}/.default` },
  });
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const signIn = await send('POST', `${endpoint}/${tenant}/oauth2/v2.0/token`, type, form.toString());
  const { access_token: token } = JSON.parse(signIn.text) as { readonly access_token: string };
  const headers = {
    ...{ authorization: `Bearer ${token}`, 'user-agent': 'HashiCorp Terraform/1.9' },
    'content-type': 'application/json',
  };
  return (await send(method, `${endpoint}${id}?api-version=2023-05-01`, headers, JSON.stringify(body))).status;
}

test('the record of another client of this identity is not taken for that of the write', async () => {
  const rules = valueAt((await beside.read(account())) ?? {}, '/properties/networkAcls') as JsonObject;
  const theirs = { value: '198.51.100.77', action: 'Allow' };
  const plan = await beside.planOf(await closing('198.51.100.16'));
  before = async () => {
    before = undefined;
    const networkAcls = { ...rules, ipRules: [...(rules.ipRules as readonly Json[]), theirs] };
    expect(await asTerraform('PATCH', account(), { properties: { networkAcls } })).toBe(200);
  };
  const outcome = await beside.apply(plan);
  expect(JSON.stringify(await beside.read(account()))).not.toContain(theirs.value);
  expect(outcome.steps[0]?.overwrote).toMatchObject({
    reason: 'known',
    data: { settings: 1, writes: [{ client: 'Terraform' }] },
  });
  await beside.apply(await beside.session.planRestore(outcome.entry ?? undefined));
  expect(JSON.stringify(await beside.read(account()))).toContain(theirs.value);
});

test('an imported entry has a reason of its own, and nothing is told to come later', async () => {
  const { entry } = await applied(await closing('198.51.100.14'), making());
  const { session } = beside.elsewhere();
  await session.importHistory?.((await beside.session.exportHistory?.()) ?? '');
  for (const id of [undefined, entry ?? '']) {
    const { code, message, next } = await refusalOf(session, id);
    expect([code, next]).toEqual(['restore-not-known', 'See `bastide history`.']);
    expect(message).toMatch(/^Whether history entry \S+ overwrote .* is not known: it was imported/);
  }
});

test('of an imported entry, what was sent here is told and restored, and the rest is not known', async () => {
  const earlier = await closing('198.51.100.18', account().replace('stmlsim', 'stmldata'));
  beside.simulator.setFaults(`PATCH ${account()} 1 403:write;PUT ${account()} 1 403:write`);
  const { entry, state } = await applied(earlier, await closing('198.51.100.17'));
  beside.simulator.setFaults('');
  expect(state).toBe('partial');
  const { session, history } = beside.elsewhere();
  const file = (await beside.session.exportHistory?.()) ?? '';
  await session.importHistory?.(file);
  const rest = await session.planResume(entry ?? undefined);
  if (rest === null) throw new Error('nothing is left');
  const rules = valueAt((await beside.read(account())) ?? {}, '/properties/networkAcls') as JsonObject;
  const theirs = { value: '198.51.100.78', action: 'Allow' };
  before = async () => {
    before = undefined;
    const networkAcls = { ...rules, ipRules: [...(rules.ipRules as readonly Json[]), theirs] };
    expect(await asTerraform('PATCH', account(), { properties: { networkAcls } })).toBe(200);
  };
  const outcome = await drain(session.apply(rest, { line: 'resume', acceptWarnings: true }));
  expect([outcome.state, outcome.entry]).toEqual(['done', entry]);
  expect(JSON.stringify(await beside.read(account()))).not.toContain(theirs.value);
  const here = (await history.entries()).find(({ id }) => id === entry);
  expect(here?.steps.map((step) => writtenOf(step, here))).toMatchObject([
    { reason: 'not-known', data: { why: 'imported' } },
    { reason: 'known', data: { writes: [{ client: 'Terraform' }], settings: 1 } },
  ]);
  // A file that goes on from what it said would forget it.
  const later = (await beside.session.planResume(entry ?? undefined)) ?? undefined;
  if (later !== undefined) await drain(beside.session.apply(later, { line: 'resume', acceptWarnings: true }));
  const again = await session
    .importHistory?.((await beside.session.exportHistory?.()) ?? '')
    .catch((one: unknown) => one);
  expect((await history.entries()).find(({ id }) => id === entry)?.steps[1]).toEqual(here?.steps[1]);
  expect(again).toMatchObject({ code: 'history-differs' });
  await drain(session.apply(await session.planRestore(), { line: 'restore', acceptWarnings: true }));
  expect(JSON.stringify(await beside.read(account()))).toContain(theirs.value);
});

test('an entry whose record is damaged answers for none of its writes, repaired or not', async () => {
  const own = await openBeside('mixed');
  const rule = { value: '198.51.100.15', action: 'Allow' };
  const id = `${own.group}/Microsoft.Storage/storageAccounts/stmlsim`;
  const list = '/properties/networkAcls/ipRules';
  const edit = addTo((await own.read(id)) ?? {}, list, rule, { member: 'value', fold: false });
  const { entry } = await own.apply(await own.planOf(editChange(id, [edit])));
  damage(own.folder);
  const next = own.elsewhere(own.folder).session;
  const told = async () => [await refusalOf(next), await refusalOf(next, entry ?? '')];
  const damaged = await told();
  for (const act of [next.planUndo(), next.planRedo(), next.planResume()]) {
    const error = await act.catch((thrown: unknown) => thrown);
    expect(isFailure(error) ? `${error.exit} ${error.message}` : error).toMatch(
      /^4 Whether there is a change to \w+ is not known: the record of history entry \S+ is damaged\.$/,
    );
  }
  await next.repairHistory?.(false);
  for (const { code, message, next: advice } of [...damaged, ...(await told())]) {
    expect([code, advice]).toEqual(['restore-not-known', 'See `bastide history`.']);
    expect(message).toMatch(
      /^Whether history entry \S+ overwrote a setting of another client is not known: its record .* is damaged\.$/,
    );
  }
  await own.close();
});

/** Changes a few bytes of the first line that says what became of an entry. */
function damage(folder: string): void {
  const name = readdirSync(folder).find((one) => one.endsWith('.journal')) ?? '';
  const file = path.join(folder, name);
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes('"kind":"change"'));
  writeFileSync(file, lines.with(at, `${lines[at]?.slice(0, 100)}XXXXXXXX${lines[at]?.slice(108)}`).join('\n'));
}

test('no step is told as compared that was not recorded, or cannot be derived, as that', () => {
  const resources = ['Microsoft.Storage/storageAccounts/a', 'Microsoft.Network/routeTables/a'].map(
    (one) => `/subscriptions/s/resourceGroups/g/providers/${one}`,
  );
  const step = fc.record({
    resource: fc.constantFrom(...resources),
    kind: fc.constantFrom('edit' as const, 'create' as const, 'delete' as const),
    state: fc.constantFrom<EntryStep['state'][]>('waiting', 'intended', 'sent', 'done', 'failed', 'skipped', 'unknown'),
    unguarded: fc.option(fc.boolean(), { nil: undefined }),
    overwrote: fc.option(fc.constantFrom(notKnown('late'), notKnown('no-values')), { nil: undefined }),
    verifiedAt: fc.option(fc.constant('2026-11-27T08:00:00Z'), { nil: undefined }),
    begun: fc.option(fc.constant('2026-11-27T08:00:00Z'), { nil: undefined }),
    origin: fc.option(fc.constant({ reason: 'answer' as const }), { nil: undefined }),
    isImported: fc.boolean(),
  });
  fc.assert(
    fc.property(step, ({ kind, isImported, ...one }) => {
      const change = { kind, resource: one.resource, edits: [], body: kind === 'edit' ? null : {} } as Change;
      const whole = { ...one, change, before: null, requestId: 'one' } as unknown as EntryStep;
      const { reason } = writtenOf(whole, isImported ? { imported: { at: '', by: '' } } : {});
      const isSeen = !isImported || one.unguarded !== undefined;
      if (reason === 'compared') {
        expect(isSeen).toBe(true);
        expect(one.unguarded ?? !resourceTypeOf(typeOf(one.resource)).comparesEtag).toBe(false);
      }
      if (one.unguarded === true && one.state === 'done' && one.origin === undefined) expect(reason).toBe('not-known');
      if (!isSeen && one.state === 'done') expect(reason).toBe('not-known');
    }),
  );
});
