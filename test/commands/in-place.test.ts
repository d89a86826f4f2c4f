// `verify` compares what each entry left with what Azure has now, and an undo that finds nothing left says so: what another client
// deleted or changed is neither "in place" nor "undone".
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { history } from '../../commands/history.ts';
import { type PlacedChange, placesOf, standingOf } from '../../commands/parts/in-place.ts';
import { verify } from '../../commands/verify.ts';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { type Change, editChange } from '../../src/model/change.ts';
import { effectKinds } from '../../src/model/effect.ts';
import { plainText } from '../../src/model/words.ts';
import { rules } from '../../src/rules/index.ts';
import type { SessionEvent } from '../../src/session/session.ts';
import { stacksOf } from '../../src/session/undo.ts';
import { drain, openBench } from '../support/bench.ts';
import { type Beside, openBeside } from '../support/beside-requests.ts';
import { fakeOptions } from '../support/fake-options.ts';

let beside: Beside;
/** Ids, and lists of them, whose reads Azure refuses. */
let hidden: RegExp | undefined;
const hiding = (arm: ArmClient): ArmClient => {
  const refused = (id: string) => {
    const gap = { id, code: 'AuthorizationFailed', status: 403, reason: 'no', action: '', requestId: null };
    return { ok: false, gap } as never;
  };
  return {
    ...arm,
    counts: arm.counts,
    read: async (id, options) => (hidden?.test(id) ? refused(id) : arm.read(id, options)),
    list: async (id, options) => (hidden?.test(id) ? refused(id) : arm.list(id, options)),
  };
};
beforeAll(async () => {
  beside = await openBeside('open', hiding);
});
afterEach(() => {
  hidden = undefined;
});
afterAll(() => beside.close());

function contextOf(): CommandContext {
  const { context } = fakeOptions();
  return {
    ...{ ...context, ask: {}, signal: new AbortController().signal, rules, say: () => {}, now: () => new Date() },
    ...{ flags: { ...context.flags, profile: 'all', failOn: 'critical' }, session: async () => beside.session },
  } as unknown as CommandContext;
}
/** What is said of the changes of one entry; the findings of the world are accepted. */
async function placed(entry: string) {
  const context = contextOf();
  const act = verify.run(context, { entry }) as AsyncGenerator<SessionEvent, unknown>;
  const result = (await drain(act)) as { readonly entries: readonly { readonly changes: readonly PlacedChange[] }[] };
  const text = verify.text(result as never).map(plainText);
  const passing = { ...result, findings: [], summary: undefined };
  return {
    states: result.entries.flatMap(({ changes }) => changes.map(({ state }) => state)),
    said: text.find((one) => one.startsWith(entry)) ?? '',
    status: verify.exit?.(passing as never, context.flags as never),
  };
}
const madeBy = async (...changes: readonly Change[]): Promise<string> =>
  (await beside.apply(await beside.planOf(...changes))).entry ?? '';

const nsg = () => `${beside.group}/Microsoft.Network/networkSecurityGroups/nsg-night`;
const account = () => `${beside.group}/Microsoft.Storage/storageAccounts/stmldata`;
const bypass = '/properties/networkAcls/bypass';
const created = (): Change => ({
  ...{ kind: 'create', resource: nsg(), edits: [] },
  body: { location: 'westeurope', properties: { securityRules: [] } },
});

test('an edit is in place, changed since, and replaced by a later act of the history', async () => {
  beside.write('PATCH', account(), { properties: { networkAcls: { bypass: 'None', defaultAction: 'Allow' } } });
  const first = await madeBy(editChange(account(), [{ op: 'set', pointer: bypass, before: 'None', after: 'Logging' }]));
  expect(await placed(first)).toMatchObject({ states: ['in-place'], status: 0 });
  beside.write('PATCH', account(), { properties: { networkAcls: { bypass: 'Metrics', defaultAction: 'Allow' } } });
  const changed = await placed(first);
  expect(changed).toMatchObject({ states: ['changed'], status: 1 });
  expect(changed.said).toContain(`0 of 1 change in place, stmldata was changed since at ${bypass}`);
  const edit = { op: 'set', pointer: bypass, before: 'Metrics', after: 'AzureServices' } as const;
  const second = await madeBy(editChange(account(), [edit]));
  expect((await placed(first)).states).toEqual([]);
  expect((await placed(second)).states).toEqual(['in-place']);
});

test('what was created and another client deleted is gone, and its undo does not say that it deleted it', async () => {
  const entry = await madeBy(created());
  expect(await placed(entry)).toMatchObject({ states: ['in-place'], status: 0 });
  beside.write('DELETE', nsg());
  expect(await beside.read(nsg())).toBeNull();
  const gone = await placed(entry);
  expect(gone).toMatchObject({ states: ['gone'], status: 1 });
  expect(gone.said).toContain('0 of 1 change in place, nsg-night is gone');
  const plan = await beside.session.planUndo(entry);
  expect([plan.steps, plan.notUndone]).toEqual([[], [{ resource: nsg(), reason: 'already', change: 'create' }]]);
  const outcome = await drain(beside.session.apply(plan, { line: 'undo', acceptWarnings: true }));
  expect(outcome.irreversible).toEqual(['nsg-night was gone already: this undo does not delete it.']);
  const listed = await drain(history.run(contextOf(), {} as never) as AsyncGenerator<SessionEvent, never>);
  const text = history.text(listed).map(plainText).join('\n');
  expect(text).toContain(`nothing left to undo: ${outcome.entry}`);
  expect(text).toContain(`sent nothing, nothing was left of ${entry}`);
  expect(text).not.toContain(`undone by ${outcome.entry}`);
});

test('what another client deleted and made again with the same settings is not in place', async () => {
  const entry = await madeBy(created());
  const rule = `${nsg()}/securityRules/night`;
  const properties = {
    ...{ protocol: 'Tcp', direction: 'Inbound', access: 'Allow', priority: 300, sourceAddressPrefix: 'VirtualNetwork' },
    ...{ sourcePortRange: '*', destinationAddressPrefix: '*', destinationPortRange: '443' },
  };
  expect(await placed(entry)).toMatchObject({ states: ['in-place'], status: 0 });
  beside.write('DELETE', nsg());
  beside.write('PUT', nsg(), { location: 'westeurope', properties: { securityRules: [] } });
  const again = await placed(entry);
  expect(again).toMatchObject({ states: ['changed'], status: 1 });
  expect(again.said).toContain('0 of 1 change in place, nsg-night was deleted and is there again');
  // A change that the history made in it since is in place.
  const own = await madeBy({ kind: 'create', resource: rule, edits: [], body: { properties } });
  expect((await placed(own)).states).toEqual(['in-place']);
  beside.write('DELETE', nsg());
});

test('what cannot be read is neither gone nor in place', async () => {
  const entry = await madeBy(created());
  hidden = /networkSecurityGroups/i;
  const unread = await placed(entry);
  expect(unread).toMatchObject({ states: ['not-known'], status: 3 });
  expect(unread.said).toContain('nsg-night is not known');
  beside.write('DELETE', nsg());
  expect(await placed(entry)).toMatchObject({ states: ['not-known'], status: 3 });
  hidden = undefined;
  expect(await placed(entry)).toMatchObject({ states: ['gone'], status: 1 });
});

test('an undo that deletes what was made here says nothing of it being gone', async () => {
  const entry = await madeBy(created());
  const plan = await beside.session.planUndo(entry);
  expect([plan.steps.length, plan.notUndone]).toEqual([1, undefined]);
  const { irreversible = [] } = await drain(beside.session.apply(plan, { line: 'undo', acceptWarnings: true }));
  expect(irreversible.filter((one) => one.includes('already'))).toEqual([]);
});

/** All that `history` says, and the last line of `verify` without an entry. */
async function listed(): Promise<string> {
  const told = await drain(history.run(contextOf(), {} as never) as AsyncGenerator<SessionEvent, never>);
  return history.text(told).map(plainText).join('\n');
}
async function verifiedLast(): Promise<string> {
  const told = await drain(verify.run(contextOf(), {}) as AsyncGenerator<SessionEvent, never>);
  return verify.text(told).map(plainText).at(-1) ?? '';
}

test('a redo of what another client made meanwhile says so, and does not stand', async () => {
  const entry = await madeBy(created());
  await beside.apply(await beside.session.planUndo(entry));
  beside.write('PUT', nsg(), { location: 'westeurope', properties: { securityRules: [] } });
  const plan = await beside.session.planRedo(entry);
  expect([plan.steps, plan.irreversible]).toEqual([
    [],
    ['nsg-night exists already, and was not created here: this redo does not create it.'],
  ]);
  const redo = (await beside.apply(plan)).entry ?? '';
  expect(await listed()).toContain(`redo  done  sent nothing, nothing was left to redo of ${entry}`);
  expect(await listed()).not.toContain(`redoes ${entry}`);
  const script = history.run(contextOf(), { script: true } as never) as AsyncGenerator<SessionEvent, never>;
  expect(stacksOf(await beside.session.history()).standing.map(({ id }) => id)).not.toContain(redo);
  expect(history.text(await drain(script)).map(plainText)).not.toContain('redo');
  await expect(beside.session.planUndo(redo)).rejects.toThrow('it changed nothing');
  beside.write('DELETE', nsg());
});

/** Azure shows empty rules where none were set: the redo's own record has another value before it than its edit. */
test('the undo of a redo takes back what the redo made, which no earlier entry made', async () => {
  const vault = `${beside.group}/Microsoft.KeyVault/vaults/kv-mlsim`;
  const acls = {
    bypass: 'AzureServices',
    defaultAction: 'Deny',
    ipRules: [{ value: '198.51.100.7/32' }],
    virtualNetworkRules: [],
  };
  const entry = await madeBy(editChange(vault, [{ op: 'set', pointer: '/properties/networkAcls', after: acls }]));
  await beside.apply(await beside.session.planUndo(entry));
  const open = await beside.read(vault);
  const redo = (await beside.apply(await beside.session.planRedo(entry))).entry ?? '';
  const plan = await beside.session.planUndo(redo);
  expect([plan.steps.length, plan.irreversible]).toEqual([1, []]);
  await beside.apply(plan);
  expect(await beside.read(vault)).toEqual(open);
});

test('an entry of which an undo left a change in place is undone in part, verified, and undone later', async () => {
  const zone = `${beside.group}/Microsoft.Network/privateDnsZones/privatelink.night.example`;
  const zoned: Change = { kind: 'create', resource: zone, edits: [], body: { location: 'global', properties: {} } };
  const entry = await madeBy(created(), zoned);
  beside.write('PUT', `${zone}/A/annas`, { properties: { ttl: 300, aRecords: [{ ipv4Address: '10.0.9.9' }] } });
  const first = (await beside.apply(await beside.session.planUndo(entry))).entry ?? '';
  expect(await beside.read(zone)).not.toBeNull();
  expect(await listed()).toContain(`undone in part by ${first}: 1 of 2 changes\n`);
  expect(await listed()).toContain(`undo  done  undoes a part of ${entry}: 1 of 2 changes\n`);
  expect(await listed()).not.toMatch(new RegExp(`  undone by ${first}|  undoes ${entry}`));
  // Each change is one line.
  expect(
    (await listed()).split('\n').filter((one) => one === '  privatelink.night.example  done, verified'),
  ).toHaveLength(1);
  expect(await placed(entry)).toMatchObject({ states: ['in-place'], status: 0 });
  expect(await verifiedLast()).toBe(`${entry}  undone in part by ${first}: 1 of 2 changes; 1 of 1 change in place`);

  // Where nothing more can be undone, what is left is still in place, and the first undo is that which undid a part.
  const second = (await beside.apply(await beside.session.planUndo(entry))).entry ?? '';
  expect(await listed()).toContain(`undo  done  sent nothing, left 1 of 2 changes of ${entry}`);
  expect(await listed()).toContain(`undone in part by ${first}: 1 of 2 changes\n`);
  expect(second).not.toBe('');
  beside.write('DELETE', `${zone}/A/annas`);
  const third = (await beside.apply(await beside.session.planUndo(entry))).entry ?? '';
  expect(await beside.read(zone)).toBeNull();
  expect(await listed()).toContain(`  undone by ${third}\n`);
  await expect(beside.session.planUndo(entry)).rejects.toThrow(`entry ${third} undid it`);
});

test('an entry of which an undo left a change as another client made it is not said to be undone by it', async () => {
  const alone = await openBeside('open');
  const former = beside;
  try {
    beside = alone;
    expect(await verifiedLast()).toBe('No applied change is recorded on this machine: only the audit ran.');
    const other = (): Change => ({ ...created(), resource: `${nsg()}-other` });
    const entry = await madeBy(created(), other());
    alone.write('DELETE', nsg());
    alone.write('PUT', nsg(), { location: 'westeurope', properties: { securityRules: [] } });
    const undo = (await alone.apply(await alone.session.planUndo(entry))).entry ?? '';
    expect(await alone.read(nsg())).not.toBeNull();
    expect(await listed()).toContain(`undone in part by ${undo}: 1 of 2 changes, 1 left as others made it\n`);
    await expect(alone.session.planUndo(entry)).rejects.toThrow(`entry ${undo} undid a part of it`);
    expect(await verifiedLast()).toBe(
      'Each change that was applied from this machine is undone or replaced: only the audit ran.',
    );
  } finally {
    beside = former;
    await alone.close();
  }
});

test.each(['records', 'limited', 'managed', 'mixed'])(
  'right after every fix of the world %s each change is in place',
  async (world) => {
    const scratch = mkdtempSync(path.join(os.tmpdir(), 'bastide-in-place-'));
    const { session, close } = await openBench({ world, scratch });
    try {
      const before = await drain(session.scan());
      const request = { answers: {}, ips: [], profile: 'all' as const, allowEffects: effectKinds };
      const plan = session.plan(before, { targets: 'all', ...request });
      const { state, steps } = await drain(session.apply(plan, { line: 'fix --all', acceptWarnings: true }));
      expect([world, state, steps.length > 0]).toEqual([world, 'done', true]);
      const entries = await session.history();
      const ids = steps.map(({ resource }) => resource);
      const after = await drain(session.look(await drain(session.scan()), ids));
      const left = standingOf(entries);
      const places = entries.flatMap((entry) => placesOf(entry, left, after));
      expect(places.length).toBeGreaterThan(0);
      expect(places.filter((one) => one.state !== 'in-place')).toEqual([]);
    } finally {
      await close();
      rmSync(scratch, { recursive: true, force: true });
    }
  },
  60_000,
);
