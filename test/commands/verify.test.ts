// `verify` counts what the changes of an entry resolved: of a failed one nothing, of a part its part; what is open or cannot be read is
// said to be that, and never ends with 0.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { history } from '../../commands/history.ts';
import { verify } from '../../commands/verify.ts';
import type { ArmClient } from '../../src/azure/arm-client.ts';
import type { CommandContext } from '../../src/command/definition.ts';
import { type Change, deleteChange, editChange } from '../../src/model/change.ts';
import { countedIn } from '../../src/model/compare.ts';
import { applyEdit } from '../../src/model/edit.ts';
import { effectKinds } from '../../src/model/effect.ts';
import { type Entry, resolvedThenWords } from '../../src/model/entry.ts';
import { isFailure } from '../../src/model/failure.ts';
import { type Finding, isCounted } from '../../src/model/finding.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import type { Plan } from '../../src/model/plan.ts';
import { typeOf } from '../../src/model/resource-id.ts';
import { findingParts } from '../../src/model/short-finding.ts';
import { plainText } from '../../src/model/words.ts';
import { rules } from '../../src/rules/index.ts';
import type { Session, SessionEvent } from '../../src/session/session.ts';
import { drain } from '../support/bench.ts';
import { type Beside, openBeside } from '../support/beside-requests.ts';
import { fakeOptions } from '../support/fake-options.ts';

/** Types whose writes Azure refuses, and those at which the run is killed once Azure has them, and that cannot be read since. */
let refused: RegExp | undefined;
let killing: RegExp | undefined;
let isDead = false;
const strict = (arm: ArmClient): ArmClient => ({
  ...arm,
  counts: arm.counts,
  async write(request, signal) {
    if (refused?.test(typeOf(request.id))) {
      const refusal = { status: 403, code: 'AuthorizationFailed', message: 'no', details: [] };
      return { state: 'refused', refusal, requestId: 'one', again: null } as never;
    }
    const answer = await arm.write(request, signal);
    if (!killing?.test(typeOf(request.id))) return answer;
    isDead = true;
    throw new Error('killed');
  },
  async read(id, options) {
    const gap = { id, code: 'AuthorizationFailed', status: 403, reason: 'no', action: '', requestId: null };
    return isDead && killing?.test(typeOf(id)) ? ({ ok: false, gap } as never) : arm.read(id, options);
  },
});

let beside: Beside;
let world: string;
beforeAll(async () => {
  beside = await openBeside('open', strict);
  world = beside.simulator.stateText();
});
afterAll(() => beside.close());
afterEach(() => {
  [refused, killing, isDead] = [undefined, undefined, false];
  beside.simulator.restore(world);
});

const account = () => `${beside.group}/Microsoft.Storage/storageAccounts/stmldata`;
const vault = () => `${beside.group}/Microsoft.KeyVault/vaults/kv-mlsim`;
const bypassOf = (id: string): Change =>
  editChange(id, [{ op: 'set', pointer: '/properties/networkAcls/bypass', before: 'None', after: 'AzureServices' }]);
const close = (id: string): void =>
  beside.write('PATCH', id, { properties: { networkAcls: { bypass: 'None', defaultAction: 'Allow' } } });

/**
 * Findings that pass whatever the account and the vault are like: they are counted by what the entry says alone, as of an older version,
 * which kept no record of its verification.
 */
async function passing(): Promise<readonly string[]> {
  const { findings } = beside.session.report(await drain(beside.session.scan()), 'all');
  const isMeant = ({ resource, outcome }: Finding) => outcome === 'pass' && !/storageAccounts|vaults/i.test(resource);
  return findings.filter(isMeant).map(({ id }) => id);
}
async function act(...ids: readonly string[]): Promise<readonly string[]> {
  const findings = (await passing()).slice(0, ids.length);
  expect(findings).toHaveLength(ids.length);
  for (const id of ids) close(id);
  const plan = await beside.planOf(...ids.map(bypassOf));
  const steps = plan.steps.map((step, at) => ({ ...step, findings: [findings[at] ?? ''] }));
  const preview = { ...plan.preview, resolves: findings as never };
  await beside.apply({ ...plan, steps: steps as never, preview }).catch(() => {});
  await forget();
  return findings;
}
/** The newest entry, as an older version kept it. */
const forget = async (): Promise<Entry> =>
  beside.history.update(await newest(), ({ resolved: _record, ...entry }) => entry);

interface Told {
  readonly entries: readonly {
    readonly entry: string;
    readonly resolved: readonly string[];
    readonly unknown: readonly string[];
    readonly gone?: readonly string[];
    readonly notJudged?: readonly string[];
    readonly notChecked?: readonly string[];
    readonly rollUps?: readonly string[];
  }[];
  readonly notVerified: readonly { readonly entry: string; readonly state: string }[];
}
async function verified(session: Session, entry?: string) {
  const { context } = fakeOptions();
  const wanted = {
    ...{ ...context, ask: {}, signal: new AbortController().signal, rules, say: () => {}, now: () => new Date() },
    ...{ flags: { ...context.flags, profile: 'all', failOn: 'never' }, session: async () => session },
  } as unknown as CommandContext;
  const result = (await drain(verify.run(wanted, { entry }) as AsyncGenerator<SessionEvent, unknown>)) as Told;
  const text = verify
    .text(result as never)
    .map(plainText)
    .join('\n');
  return { ...result, status: verify.exit?.(result as never, wanted.flags as never), text };
}
const newest = async (): Promise<string> => (await beside.history.entries()).at(-1)?.id ?? '';

test('of a run that was rejected whole nothing is still resolved', async () => {
  refused = /storageAccounts/i;
  await act(account());
  const id = await newest();
  const all = await verified(beside.session);
  expect(all.entries.map(({ entry }) => entry)).not.toContain(id);
  expect(all.notVerified).toContainEqual({ entry: id, state: 'failed' });
  expect(all.text).toContain(`${id}  no change was made`);
  const error = await verified(beside.session, id).catch((thrown: unknown) => thrown);
  if (!isFailure(error)) throw new Error('it was verified');
  expect([error.code, error.exit, error.message]).toEqual([
    'unknown-entry',
    2,
    expect.stringContaining(`${id} is not an applied change`),
  ]);
});

test('of a part its findings alone are counted, also where another client made the rest', async () => {
  refused = /vaults/i;
  const [made] = await act(account(), vault());
  const { entries, notVerified } = await verified(beside.session, await newest());
  expect([entries[0]?.resolved, notVerified]).toEqual([[made], []]);
});

test('of an open one the outcome is not known, and the status is not 0', async () => {
  killing = /vaults/i;
  const [made] = await act(account(), vault());
  const id = await newest();
  const { entries, notVerified, status, text } = await verified(beside.session, id);
  expect([entries[0]?.resolved, notVerified, status]).toEqual([[made], [{ entry: id, state: 'open' }], 3]);
  expect(text).toContain(`${id}  the outcome of a change is not known`);
});

test('of a run that was killed and whose change does not show, it is not said that it made none', async () => {
  killing = /storageAccounts/i;
  await act(account());
  const id = await newest();
  [killing, isDead] = [undefined, false];
  close(account());
  await drain(beside.session.recover());
  const { notVerified, text } = await verified(beside.session, id);
  expect(notVerified).toEqual([{ entry: id, state: 'not-shown' }]);
  expect(text).toMatch(new RegExp(`${id} .*whether it was applied and changed again since is not known`));
  const [entry] = (await beside.history.entries()).filter((one) => one.id === id);
  expect(entry?.steps[0]?.message).toContain('changed again since is not known');
});

test('what another machine changed is not in the history: everything that finds none says where it looked', async () => {
  await act(account());
  const { session } = beside.elsewhere();
  const refusals = [
    ...[() => session.planUndo(), () => session.planRedo(), () => session.planRestore()].map((plan) =>
      plan().then(String, ({ message }: Error) => message),
    ),
  ];
  const { entries, notVerified, text } = await verified(session);
  const { context } = fakeOptions();
  const bare = {
    ...context,
    signal: new AbortController().signal,
    session: async () => session,
  } as unknown as CommandContext;
  const args = { audits: false, script: false, repair: false };
  const listed = await drain(history.run(bare, args as never) as AsyncGenerator<never, unknown>);
  const texts = [
    ...(await Promise.all(refusals)),
    text.split('\n').at(-1),
    ...history.text(listed as never).map(plainText),
  ];
  expect([entries, notVerified, texts.length]).toEqual([[], [], 5]);
  for (const one of texts) expect(one).toMatch(/recorded on this machine/);
});

test('of one whose record is damaged nothing is known, repaired or not', async () => {
  await act(account());
  const name = readdirSync(beside.folder).find((one) => one.endsWith('.journal')) ?? '';
  const file = path.join(beside.folder, name);
  const lines = readFileSync(file, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes('"kind":"change"'));
  writeFileSync(file, lines.with(at, `${lines[at]?.slice(0, 130)}XXXXXXXX${lines[at]?.slice(138)}`).join('\n'));
  const { session } = beside.elsewhere(beside.folder);
  const damaged = await verified(session);
  const found = damaged.notVerified.filter(({ state }) => state === 'unreadable');
  expect([found.length > 0, damaged.status]).toEqual([true, 3]);
  for (const { entry } of found) expect(damaged.entries.map((one) => one.entry)).not.toContain(entry);
  expect(damaged.text).toContain('its record in the history is damaged: what it changed is not known');
  await session.repairHistory?.(false);
  expect((await verified(session)).notVerified).toContainEqual({ ...found[0], isRepaired: true });
});

async function fixed() {
  const before = await drain(beside.session.scan());
  const request = { answers: {}, ips: [], profile: 'all' as const, allowEffects: effectKinds };
  const plan = beside.session.plan(before, { targets: 'all', ...request });
  await beside.apply(plan);
  const id = await newest();
  const { entries } = await verified(beside.session, id);
  return {
    id,
    whole: new Set(entries[0]?.resolved),
    types: new Set(plan.steps.map((one) => typeOf(one.change.resource))),
  };
}

test('what another client deleted is not still resolved: it is told as gone, and in no other number', async () => {
  const { id, whole } = await fixed();
  beside.write('DELETE', account());
  const { entries, text } = await verified(beside.session, id);
  const [held] = entries;
  const about = [...whole].filter((one) => findingParts(one)?.resource === account().toLowerCase());
  expect(about.length).toBeGreaterThan(0);
  // That another resource still names it is not known to be resolved: the audit says so, too.
  const { findings } = beside.session.byEveryRule(await drain(beside.session.scan()));
  const unknown = new Set(findings.flatMap((one) => (one.outcome === 'unknown' ? [one.id] : [])));
  for (const one of about) expect([one, held?.gone?.includes(one)]).toEqual([one, !unknown.has(one)]);
  for (const one of [...(held?.resolved ?? []), ...(held?.unknown ?? [])]) expect(held?.gone).not.toContain(one);
  expect(text).toContain(`, ${countedIn(held?.gone ?? [], held?.rollUps)} whose resource no longer exists`);
});

test('what the entry itself deleted is resolved by that', async () => {
  const group = `${beside.group}/Microsoft.Network/networkSecurityGroups/nsg-beside`;
  beside.write('PUT', group, { location: 'westeurope', properties: { securityRules: [] } });
  const body = (await beside.read(group)) ?? {};
  const finding = `nsg.inbound-ssh@${group.toLowerCase()}`;
  const plan = await beside.planOf(deleteChange({ id: group, body }));
  const steps = plan.steps.map((step) => ({ ...step, findings: [finding] }));
  await beside.apply({ ...plan, steps: steps as never, preview: { ...plan.preview, resolves: [finding] as never } });
  await forget();
  const { entries } = await verified(beside.session, await newest());
  expect([entries[0]?.resolved, entries[0]?.gone]).toEqual([[finding], undefined]);
});

test('whatever cannot be read, what is unknown is counted as the audit counts it', async () => {
  const { id, types } = await fixed();
  let unknown = 0;
  for (const type of types) {
    [killing, isDead] = [new RegExp(`^${type}$`, 'i'), true];
    const { entries, text } = await verified(beside.session, id);
    const [held] = entries;
    const { findings } = beside.session.byEveryRule(await drain(beside.session.scan()));
    const own = new Set(held?.unknown);
    const heldBack = new Set([...(held?.notJudged ?? []), ...(held?.notChecked ?? [])]);
    const shown = findings.filter((one) => own.has(one.id) && one.outcome === 'unknown' && isCounted(one)).length;
    const counted = countedIn([...own], held?.rollUps);
    expect([type, counted - countedIn([...heldBack], held?.rollUps)]).toEqual([type, shown]);
    expect(text).not.toMatch(/, 0 (?:unknown|still failing)/);
    if (counted > 0) expect(text).toContain(`, ${counted} unknown`);
    unknown += counted;
  }
  expect(unknown).toBeGreaterThan(0);
});

test('what an entry resolved is told by the record of its verification, never by what it was to resolve', async () => {
  const failingIn = async (): Promise<ReadonlySet<string>> => {
    const { findings } = beside.session.byEveryRule(await drain(beside.session.scan()));
    return new Set(findings.flatMap(({ id, outcome }) => (outcome === 'fail' ? [id] : [])));
  };
  const before = await failingIn();
  const { id } = await fixed();
  const after = await failingIn();
  const [entry] = (await beside.history.entries()).filter((one) => one.id === id);
  const { made, findings = [], others = [], rollUps } = entry?.resolved ?? {};
  expect(findings.length).toBeGreaterThan(0);
  for (const one of [...findings, ...others])
    expect([one, before.has(one), after.has(one)]).toEqual([one, true, false]);
  for (const one of findings) expect(entry?.findings).toContain(one);
  for (const one of others) expect(entry?.findings).not.toContain(one);
  expect(made).toBe(countedIn(findings, rollUps));
  const { text, entries } = await verified(beside.session, id);
  expect(new Set(entries[0]?.resolved)).toEqual(new Set([...findings, ...others]));
  expect(text).toContain(`${countedIn([...findings, ...others], rollUps)} findings still resolved`);

  // An undo brings back what the record has, and an entry of an older version does not say what it resolved.
  const old = await forget();
  const untold = await verified(beside.session, id);
  expect(untold.text).toMatch(/\d+ findings? not failing; whether by this entry is not known/);
  expect([resolvedThenWords(old), resolvedThenWords({ ...old, verb: 'undo' })]).toEqual([
    'what it resolved is not known',
    '',
  ]);
});

test('what another client resolved before the request is not among what the entry resolved', async () => {
  close(account());
  const scanned = await drain(beside.session.scan());
  const request = { answers: {}, ips: [], profile: 'all' as const, allowEffects: effectKinds };
  const plan = beside.session.plan(scanned, { targets: 'all', ...request });
  // Findings that one change alone resolves.
  const onlyOf = (step: Plan['steps'][number]): string[] =>
    step.findings.filter((id) => plan.steps.filter(({ findings }) => findings.includes(id)).length === 1);
  const own = plan.steps.find(
    (step) => step.change.kind === 'edit' && onlyOf(step).length > 0 && step.needs.length === 0,
  );
  const about = new Set(own === undefined ? [] : onlyOf(own));
  const { resource } = own?.change ?? { resource: '' };
  const rest = plan.steps.filter(({ change }) => change.resource !== resource);
  expect(about.size).toBeGreaterThan(0);
  // The other client makes exactly the change of the plan.
  const body = (await beside.read(resource)) ?? {};
  const wanted = (own?.change.edits ?? []).reduce<Json>(applyEdit, body) as JsonObject;
  beside.write('PUT', resource, wanted);
  const steps = [own, ...rest].flatMap((one) => (one === undefined ? [] : [{ ...one, needs: [] }]));
  await beside.apply({ ...plan, steps });
  const [entry] = (await beside.history.entries()).slice(-1);
  expect(entry?.steps[0]?.state).toBe('skipped');
  const { findings = [], others = [], made } = entry?.resolved ?? {};
  expect(findings.length).toBeGreaterThan(0);
  for (const one of about) expect([...findings, ...others]).not.toContain(one);
  expect(resolvedThenWords(entry as Entry)).toMatch(new RegExp(`^resolved ${made} of its \\d+ findings`));
});
