// Another client that writes to an account, a vault or a registry around a write of ours, which Azure compares no etag of: what it set
// survives where it came before the last reading; else change records say what was overwritten, and a previewed plan restores it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { editChange } from '../../src/model/change.ts';
import { addTo } from '../../src/model/edit.ts';
import { isFailure } from '../../src/model/failure.ts';
import { isArray, type Json, type JsonObject } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { drain } from '../support/bench.ts';
import { type Beside, type Coming, openBeside } from '../support/beside-requests.ts';

interface Kind {
  readonly name: string;
  readonly path: string;
  /** The list of addresses, and the action without a rule. */
  readonly list: string;
  readonly action: string;
}
const kinds: readonly Kind[] = [
  {
    ...{ name: 'a storage account', path: 'Microsoft.Storage/storageAccounts/stmlsim' },
    ...{ list: '/properties/networkAcls/ipRules', action: '/properties/networkAcls/defaultAction' },
  },
  {
    ...{ name: 'a key vault', path: 'Microsoft.KeyVault/vaults/kv-mlsim' },
    ...{ list: '/properties/networkAcls/ipRules', action: '/properties/networkAcls/defaultAction' },
  },
  {
    ...{ name: 'a registry', path: 'Microsoft.ContainerRegistry/registries/acrmlsim' },
    ...{ list: '/properties/networkRuleSet/ipRules', action: '/properties/networkRuleSet/defaultAction' },
  },
];
const key = { member: 'value', fold: false };
/** A vault knows no action. */
const rule = (value: string): JsonObject => (value.endsWith('/32') ? { value } : { value, action: 'Allow' });
// As a vault shows a single address; an account and a registry show it as it was sent.
const addressesOf = (path: string) =>
  ['198.51.100.9', '198.51.100.20', '198.51.100.30'].map((one) => (path.includes('/vaults/') ? `${one}/32` : one)) as [
    ours: string,
    theirs: string,
    old: string,
  ];

let beside: Beside;
let world: string;
beforeAll(async () => {
  beside = await openBeside('mixed');
  for (const { path, list } of kinds) {
    const [, , old] = addressesOf(path);
    const id = `${beside.group}/${path}`;
    beside.write(
      'PATCH',
      id,
      patchOf({ ...rulesOf(await beside.read(id), parentOf(list)), defaultAction: 'Deny' }, list),
    );
    beside.write('PATCH', id, patchOf(withRules(await beside.read(id), list, [rule(old)]), list));
  }
  world = beside.simulator.stateText();
});
afterAll(() => beside.close());
beforeEach(() => beside.simulator.restore(world));
afterEach(() => {
  beside.hook(undefined);
  beside.simulator.setGraph('');
});

const parentOf = (list: string): string => list.slice(0, list.lastIndexOf('/'));
const rulesOf = (body: Json, pointer: string): JsonObject => (valueAt(body, pointer) ?? {}) as JsonObject;
/** As the service takes it: the rule object as a whole. */
const patchOf = (rules: JsonObject, list: string): JsonObject => ({
  properties: { [list.split('/')[2] ?? '']: rules },
});
const withRules = (body: Json, list: string, rules: readonly Json[]): JsonObject => ({
  ...rulesOf(body, parentOf(list)),
  ipRules: rules,
});

async function refusal(act: Promise<unknown>) {
  const error = await act.catch((thrown: unknown) => thrown);
  if (!isFailure(error)) throw new Error(`it was not refused: ${JSON.stringify(error)?.slice(0, 500)}`);
  return error;
}

describe.each(kinds)('$name', ({ path, list, action }) => {
  const [ours, theirs, old] = addressesOf(path);
  const id = () => `${beside.group}/${path}`;
  const addresses = async () => {
    const items = valueAt(await beside.read(id()), list);
    return isArray(items) ? items.map((item) => valueAt(item, '/value')) : [];
  };
  const rules = async () => (valueAt(await beside.read(id()), list) ?? []) as readonly Json[];
  const send = async (next: (there: readonly Json[]) => readonly Json[]) =>
    beside.write('PATCH', id(), patchOf(withRules(await beside.read(id()), list, next(await rules())), list));
  const plan = async () =>
    beside.planOf(editChange(id(), [addTo((await beside.read(id())) ?? {}, list, rule(ours), key)]));
  /** Another client acts before a request; what it sends is worked out beforehand, since no request waits for it. */
  const meanwhile = async (isMeant: (coming: Coming) => boolean, body: JsonObject): Promise<void> => {
    let isDone = false;
    beside.hook((coming) => {
      if (isDone || coming.id !== id() || !isMeant(coming)) return;
      isDone = true;
      beside.write('PATCH', id(), body);
    });
  };
  const more = async () => patchOf(withRules(await beside.read(id()), list, [...(await rules()), rule(theirs)]), list);
  const isWrite = ({ verb }: Coming) => verb === 'write';

  test.each([2, 3])('what is set before reading %i survives', async (reading) => {
    const made = await plan();
    await meanwhile(({ verb, nth }) => verb === 'read' && nth === reading, await more());
    const outcome = await beside.apply(made);
    expect(outcome.steps).toMatchObject([{ state: 'done', overwrote: { reason: 'nothing-by-records' } }]);
    expect(await addresses()).toEqual(expect.arrayContaining([old, theirs, ours]));
  });

  test('what is set after the last reading is named with its author, and restored by a plan only', async () => {
    const made = await plan();
    await meanwhile(isWrite, await more());
    const outcome = await beside.apply(made);
    expect(outcome.steps[0]?.overwrote).toMatchObject({
      reason: 'known',
      data: { writes: [{ by: 'anna@simulated.example', client: 'Azure Portal' }] },
    });
    expect(outcome.vanished).toMatchObject([{ resource: id(), value: expect.anything() }]);
    expect(await addresses()).not.toContain(theirs);
    const back = await beside.session.planRestore(outcome.entry ?? undefined);
    expect(await addresses()).not.toContain(theirs);
    await beside.apply(back);
    expect(await addresses()).toEqual(expect.arrayContaining([old, theirs, ours]));
  });

  test('a Deny that the write made an Allow is known, and restored', async () => {
    beside.write(
      'PATCH',
      id(),
      patchOf({ ...rulesOf(await beside.read(id()), parentOf(list)), defaultAction: 'Allow' }, list),
    );
    const made = await plan();
    await meanwhile(
      isWrite,
      patchOf({ ...rulesOf(await beside.read(id()), parentOf(list)), defaultAction: 'Deny' }, list),
    );
    const outcome = await beside.apply(made);
    expect(outcome.steps[0]?.overwrote).toMatchObject({ reason: 'known', data: { settings: 1 } });
    expect(valueAt(await beside.read(id()), action)).toBe('Allow');
    await beside.apply(await beside.session.planRestore(outcome.entry ?? undefined));
    expect(valueAt(await beside.read(id()), action)).toBe('Deny');
    expect(await addresses()).toContain(ours);
  });

  test('what another client changes after the write is not told as overwritten', async () => {
    const made = await plan();
    const less = patchOf(withRules(await beside.read(id()), list, [rule(ours)]), list);
    let wrote = false;
    beside.hook(({ verb, id: of }) => {
      if (of === id() && verb === 'write') wrote = true;
      else if (of === id() && wrote && verb === 'read') {
        wrote = false;
        beside.write('PATCH', id(), less);
      }
    });
    const outcome = await beside.apply(made);
    expect(outcome.vanished).toEqual([]);
    expect(outcome.steps[0]?.overwrote?.reason).not.toBe('known');
    expect((await refusal(beside.session.planRestore(outcome.entry ?? undefined))).exit).toBe(4);
  });

  test('while records do not show the write it is not known; once they do, restore tells', async () => {
    const made = await plan();
    beside.simulator.setGraph('held');
    await meanwhile(isWrite, await more());
    const outcome = await beside.apply(made);
    expect(outcome.steps[0]?.overwrote).toMatchObject({ reason: 'not-known', data: { why: 'late' } });
    const early = await refusal(beside.session.planRestore(outcome.entry ?? undefined));
    expect([early.code, early.exit]).toEqual(['restore-not-known', 4]);
    expect(early.message).toMatch(/is not known: the change records of Azure do not show this write yet/);
    beside.simulator.setGraph('');
    expect((await beside.session.planRestore(outcome.entry ?? undefined)).steps).toHaveLength(1);
  });

  test('where nothing was overwritten, or records may not be read, restore says which', async () => {
    const first = await beside.apply(await plan());
    const known = await refusal(beside.session.planRestore(first.entry ?? undefined));
    expect([known.code, known.exit]).toEqual(['nothing-to-restore', 4]);
    expect(known.message).toMatch(/^By change records, the write to [\w-]+ overwrote no setting of another client\.$/);
    await send((there) => there.filter((item) => valueAt(item, '/value') !== ours));
    beside.simulator.setGraph(`denied=${beside.simulator.subscription}`);
    const outcome = await beside.apply(await plan());
    expect(outcome.steps[0]?.overwrote).toMatchObject({ reason: 'not-known', data: { why: 'unread' } });
    const unread = await refusal(beside.session.planRestore(outcome.entry ?? undefined));
    expect([unread.code, unread.message]).toEqual([
      'restore-not-known',
      expect.stringMatching(/is not known: the change records could not be read/),
    ]);
  });
});

test('a write that Azure compared with what was read needs no records', async () => {
  const table = `${beside.group}/Microsoft.Network/routeTables/rt-made`;
  const body = { location: 'westeurope', properties: { routes: [] } };
  const outcome = await beside.apply(await beside.planOf({ kind: 'create', resource: table, edits: [], body }));
  expect(outcome.steps[0]).not.toHaveProperty('overwrote');
  const error = await refusal(beside.session.planRestore(outcome.entry ?? undefined));
  expect(error.message).toMatch(/^Azure compared every write of history entry \S+ with what was read/);
});

describe('a write that another client changed again at once', () => {
  const bypass = '/properties/networkAcls/bypass';
  const [{ path = '', list = '' } = {}] = kinds;
  const id = () => `${beside.group}/${path}`;
  /** Another client closes the account before the write arrives, and sets a third value after it. */
  async function overtaken() {
    const rules = rulesOf(await beside.read(id()), parentOf(list));
    beside.write('PATCH', id(), patchOf({ ...rules, bypass: 'None', defaultAction: 'Allow' }, list));
    const edit = { op: 'set', pointer: bypass, before: 'None', after: 'AzureServices' } as const;
    const made = await beside.planOf(editChange(id(), [edit]));
    let moment: 'before' | 'written' | 'after' = 'before';
    beside.hook(({ verb, id: of }) => {
      if (of !== id()) return;
      if (verb === 'write' && moment === 'before') {
        beside.write('PATCH', id(), patchOf({ ...rules, bypass: 'None', defaultAction: 'Deny' }, list));
        moment = 'written';
      } else if (verb === 'read' && moment === 'written') {
        beside.write('PATCH', id(), patchOf({ ...rules, bypass: 'Metrics', defaultAction: 'Allow' }, list));
        moment = 'after';
      }
    });
    return beside.apply(made);
  }

  test('was made, whatever the account shows since', async () => {
    const outcome = await overtaken();
    expect(outcome.steps).toMatchObject([{ state: 'done' }]);
    expect(outcome.steps[0]?.message).toMatch(
      /was changed\. By now .* shows another value at .*bypass.*; who set it is not known\.$/,
    );
    expect((await beside.history.entries()).at(-1)?.steps).toMatchObject([{ state: 'done', verified: false }]);
  });

  test('what it overwrote stays a question until records answer it', async () => {
    beside.simulator.setGraph('held');
    const outcome = await overtaken();
    expect(outcome.steps[0]?.overwrote).toMatchObject({ reason: 'not-known' });
    expect((await refusal(beside.session.planRestore(outcome.entry ?? undefined))).code).toBe('restore-not-known');
  });
});

test('what a plan would do beyond what it shows is not sent, where another client changed what decides it', async () => {
  const id = `${beside.group}/Microsoft.Storage/storageAccounts/stmlsim`;
  const rules = rulesOf(await beside.read(id), '/properties/networkAcls');
  const send = (properties: JsonObject) => beside.write('PATCH', id, { properties });
  send({ publicNetworkAccess: 'Disabled', networkAcls: { ...rules, defaultAction: 'Deny' } });
  const edit = { op: 'set', pointer: '/properties/publicNetworkAccess', before: 'Disabled', after: 'Enabled' } as const;
  const made = await beside.planOf(editChange(id, [edit]));
  await drain(beside.session.scan());
  send({ networkAcls: { ...rules, defaultAction: 'Allow' } });
  const error = await refusal(beside.apply(made));
  expect([error.code, error.exit, valueAt(await beside.read(id), edit.pointer)]).toEqual([
    'effects-changed',
    4,
    'Disabled',
  ]);
  expect(error.message).toMatch(/^stmlsim changed after the plan was made, .* Opens: /);
  send({ networkAcls: { ...rules, defaultAction: 'Deny' } });
  expect((await beside.apply(made)).steps).toMatchObject([{ state: 'done' }]);
});

describe('what decides beside what a plan changes', () => {
  // A world with security groups.
  let beside: Beside;
  beforeAll(async () => {
    beside = await openBeside('limited');
  });
  afterAll(() => beside.close());
  const switchAt = '/properties/publicNetworkAccess';
  const groupOf = () => `${beside.group}/Microsoft.Network/networkSecurityGroups/nsg-train`;
  const denying = (access: string): JsonObject => ({
    ...{ priority: 150, direction: 'Outbound', access, protocol: '*' },
    ...{
      sourceAddressPrefix: '*',
      sourcePortRange: '*',
      destinationAddressPrefix: 'Storage',
      destinationPortRange: '*',
    },
  });
  const put = (access: string) =>
    beside.write('PUT', `${groupOf()}/securityRules/beside`, { properties: denying(access) });
  /** A plan that opens an account that computes reach by the network. */
  const opening = async () => {
    const id = `${beside.group}/Microsoft.Storage/storageAccounts/stmlsim`;
    const rules = rulesOf(await beside.read(id), '/properties/networkAcls');
    beside.write('PATCH', id, {
      properties: { publicNetworkAccess: 'Disabled', networkAcls: { ...rules, defaultAction: 'Allow' } },
    });
    const edit = { op: 'set', pointer: switchAt, before: 'Disabled', after: 'Enabled' } as const;
    return { id, made: await beside.planOf(editChange(id, [edit])) };
  };

  test('is read again before the first request: a group that allows more since stops it', async () => {
    put('Deny');
    const { id, made } = await opening();
    put('Allow');
    const error = await refusal(beside.apply(made));
    expect([error.code, error.exit, valueAt(await beside.read(id), switchAt)]).toEqual([
      'effects-changed',
      4,
      'Disabled',
    ]);
    expect(error.message).toMatch(/^nsg-train changed after the plan was made, .* Opens: .*snet-train/);
  });

  test('stops nothing where the plan does no more than it shows', async () => {
    put('Allow');
    const { made } = await opening();
    put('Deny');
    expect((await beside.apply(made)).steps).toMatchObject([{ state: 'done' }]);
  });

  test('is compared with what was shown, not with a later scan', async () => {
    put('Deny');
    const { made } = await opening();
    put('Allow');
    await drain(beside.session.scan());
    expect((await refusal(beside.apply(made))).code).toBe('effects-changed');
  });
});
