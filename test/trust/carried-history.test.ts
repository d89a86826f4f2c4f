// A history that is carried to another machine in a file: shown as imported, undone as far as change records prove it, and never more.
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { requireAllowed } from '../../src/command/allowed-effects.ts';
import { type Change, type EditChange, editChange } from '../../src/model/change.ts';
import { addTo } from '../../src/model/edit.ts';
import { isFailure } from '../../src/model/failure.ts';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { valueAt } from '../../src/model/pointer.ts';
import { type Beside, openBeside } from '../support/beside-requests.ts';

let beside: Beside;
let world: string;
beforeAll(async () => {
  beside = await openBeside('mixed');
  world = beside.simulator.stateText();
});
afterAll(() => beside.close());
afterEach(() => {
  beside.simulator.setGraph('');
  beside.simulator.restore(world);
});

const table = () => `${beside.group}/Microsoft.Network/routeTables/rt-made`;
const body = { location: 'westeurope', properties: { routes: [] } };
const creation = (): Change => ({ kind: 'create', resource: table(), edits: [], body });
const carry = async (session = beside.session) => (await session.exportHistory?.()) ?? '';
const changed = (text: string, change: (file: Record<string, Json>) => void): string => {
  const file = JSON.parse(text) as Record<string, Json>;
  change(file);
  return JSON.stringify(file);
};
async function codeOf(act: Promise<unknown> | undefined): Promise<string> {
  const error = await act?.catch((thrown: unknown) => thrown);
  if (!isFailure(error)) throw new Error(`it was not refused: ${JSON.stringify(error)}`);
  return `${error.code} ${error.exit} ${error.message}`;
}

test('what this identity made is proven by its record, shown as imported, and undone elsewhere', async () => {
  const { entry } = await beside.apply(await beside.planOf(creation()));
  const { session, history } = beside.elsewhere();
  const text = await carry();
  expect(await session.importHistory?.(text)).toMatchObject({ created: 1, proven: 1, unread: 0 });
  const here = (await history.entries()).find(({ id }) => id === entry);
  expect(here).toMatchObject({ imported: { by: 'the test' }, steps: [{ origin: { reason: 'record' } }] });
  expect(await session.importHistory?.(text)).toMatchObject({ imported: 0 });
  const back = await session.planUndo(entry ?? undefined);
  expect(back.steps.map(({ change }) => change.kind)).toEqual(['delete']);
});

test('where records cannot be read, nothing is said of what they prove', async () => {
  await beside.apply(await beside.planOf(creation()));
  const { session } = beside.elsewhere();
  const text = await carry();
  beside.simulator.setGraph(`denied=${beside.simulator.subscription}`);
  const imported = await session.importHistory?.(text);
  expect(imported?.created).toBeGreaterThan(0);
  expect(imported).toMatchObject({ proven: 0, unread: imported?.created });
});

test('a later export adds what was made since, and one that does not follow is refused', async () => {
  const { entry } = await beside.apply(await beside.planOf(creation()));
  const whole = await carry();
  type Carried = { id: string; state: string; steps: Record<string, Json>[] };
  const of = (file: Record<string, Json>) => (file.entries as unknown as Carried[]).find(({ id }) => id === entry);
  // As it was before it was resumed.
  const part = changed(whole, (file) => {
    const one = of(file);
    Object.assign(one ?? {}, { state: 'partial' });
    Object.assign(one?.steps[0] ?? {}, { state: 'waiting', verified: false, before: null, after: null });
    file.bodies = Object.fromEntries(
      Object.entries(file.bodies as object).filter(([name]) => JSON.stringify(file.entries).includes(name)),
    );
  });
  const { session, history } = beside.elsewhere();
  await session.importHistory?.(part);
  expect(await session.importHistory?.(whole)).toMatchObject({ imported: 0, updated: 1, created: 1, proven: 1 });
  const here = () => history.entries().then((all) => all.find(({ id }) => id === entry));
  expect(await here()).toMatchObject({ state: 'done', steps: [{ state: 'done', origin: { reason: 'record' } }] });
  expect((await session.planUndo(entry ?? undefined)).steps).toHaveLength(1);
  // The older file says nothing new.
  expect(await session.importHistory?.(part)).toMatchObject({ imported: 0, updated: 0 });
  const other = changed(whole, (file) => {
    const change = { ...(of(file)?.steps[0]?.change as JsonObject), body: { location: 'elsewhere' } };
    Object.assign(of(file)?.steps[0] ?? {}, { change });
  });
  expect(await codeOf(session.importHistory?.(other))).toMatch(/^history-differs 4 /);
  expect((await here())?.steps[0]?.change).toMatchObject({ body });
});

test('what another client made is not ours, whatever a file says, and neither is what no record shows', async () => {
  const { entry } = await beside.apply(await beside.planOf(creation()));
  const text = await carry();
  beside.write('DELETE', table());
  beside.write('PUT', table(), body);
  for (const graph of ['', `denied=${beside.simulator.subscription}`]) {
    beside.simulator.setGraph(graph);
    const { session, history } = beside.elsewhere();
    expect(await session.importHistory?.(text)).toMatchObject({ created: expect.any(Number), proven: 0 });
    expect((await history.entries()).at(-1)?.steps).toMatchObject([{ origin: { reason: 'not-known' } }]);
    if (graph === '') {
      const back = await session.planUndo(entry ?? undefined);
      expect(back.steps).toEqual([]);
      expect(back.notUndone).toMatchObject([{ reason: 'made-by-another', by: 'anna@simulated.example' }]);
    } else {
      expect(await codeOf(session.planUndo(entry ?? undefined))).toMatch(/^undo-not-known 4 rt-made is not deleted: /);
    }
  }
});

test('a change or a deletion that a file makes up is not undone', async () => {
  const account = `${beside.group}/Microsoft.Storage/storageAccounts/stmlsim`;
  const { entry } = await beside.apply(await beside.planOf(creation()));
  const pointer = '/properties/networkAcls/defaultAction';
  const made: Change[] = [
    { kind: 'edit', resource: account, body: null, edits: [{ op: 'set', pointer, before: 'Allow', after: 'Deny' }] },
    { kind: 'delete', resource: `${table()}-gone`, edits: [], body },
  ];
  for (const change of made) {
    const text = changed(await carry(), (file) => {
      const entries = file.entries as { id: string; resources: string[]; steps: Record<string, Json>[] }[];
      const one = entries.find(({ id }) => id === entry);
      Object.assign(one?.steps[0] ?? {}, { resource: change.resource, change, before: null, after: null });
      file.bodies = Object.fromEntries(
        Object.entries(file.bodies as object).filter(([name]) => JSON.stringify(entries).includes(name)),
      );
    });
    const { session } = beside.elsewhere();
    await session.importHistory?.(text);
    expect(await codeOf(session.planUndo(entry ?? undefined))).toMatch(
      /^undo-not-known 4 .*is not restored: the entry is imported/,
    );
  }
});

test('a change is proven by the record at its own place, of a part by its place in the whole, and by no other place', async () => {
  const account = `${beside.group}/Microsoft.Storage/storageAccounts/stmlsim`;
  const subnet = `${beside.group}/Microsoft.Network/virtualNetworks/vnet-ml/subnets/snet-gpu`;
  const there = await beside.read(account);
  const acls = valueAt(there ?? {}, '/properties/networkAcls') as JsonObject;
  const key = { member: 'service', fold: true };
  const own: Change[] = [
    editChange(account, [
      { op: 'set', pointer: '/properties/networkAcls/bypass', before: acls.bypass ?? null, after: 'Metrics' },
    ]),
    editChange(subnet, [
      addTo((await beside.read(subnet)) ?? {}, '/properties/serviceEndpoints', { service: 'Microsoft.Sql' }, key),
    ]),
  ];
  const { entry } = await beside.apply(await beside.planOf(...own));
  const text = await carry();
  const { session } = beside.elsewhere();
  await session.importHistory?.(text);
  const back = await session.planUndo(entry ?? undefined);
  expect([back.steps.map(({ change }) => change.resource), back.irreversible]).toEqual([[subnet, account], []]);

  // The words of the record, at another place of the same body and at another subnet.
  const now = valueAt((await beside.read(account)) ?? {}, '/properties/networkAcls') as JsonObject;
  const forged: Change[] = [
    editChange(account, [
      {
        op: 'set',
        pointer: '/properties/networkAcls',
        before: { ...now, defaultAction: now.bypass ?? null, bypass: now.defaultAction ?? null },
        after: now,
      },
    ]),
    editChange(subnet.replace('snet-gpu', 'snet-dev'), own[1]?.edits as EditChange['edits']),
  ];
  const evil = changed(text, (file) => {
    const one = (file.entries as { id: string; steps: Record<string, Json>[] }[]).find(({ id }) => id === entry);
    for (const [at, change] of forged.entries()) {
      Object.assign(one?.steps[at] ?? {}, { resource: change.resource, change, before: null, after: null });
    }
    file.bodies = {};
  });
  const { session: other } = beside.elsewhere();
  await other.importHistory?.(evil);
  expect((await codeOf(other.planUndo(entry ?? undefined))).match(/is not restored: /g)).toHaveLength(2);
});

test.each<[string, (file: Record<string, Json>) => void, RegExp]>([
  [
    'another schema',
    (file) => Object.assign(file, { schema: 'bastide/history-export/v9' }),
    /^bad-history-file 2 .*not an export/,
  ],
  ['another workspace', (file) => Object.assign(file, { workspace: '/subscriptions/x' }), /^other-workspace 4/],
  [
    'another source',
    (file) => Object.assign(file, { source: { kind: 'azure', name: 'public' } }),
    /^other-workspace 4/,
  ],
  [
    'entries of another shape',
    (file) => Object.assign(file, { entries: [{ id: 1 }] }),
    /^bad-history-file 2 .*\/entries\/0/,
  ],
  ['no bodies', (file) => Object.assign(file, { bodies: [] }), /^bad-history-file 2 .*no bodies/],
  [
    'a body that no step names',
    (file) => Object.assign(file, { bodies: { '../x.json': {}, ...(file.bodies as object) } }),
    /^bad-history-file 2 .*a body that is not valid/,
  ],
  [
    'an id with a path',
    (file) => Object.assign((file.entries as object[])[0] ?? {}, { id: '../../x' }),
    /^bad-history-file 2 .*its id is not valid/,
  ],
  [
    'a time in the future',
    (file) => Object.assign((file.entries as object[])[0] ?? {}, { at: '2999-01-01T00:00:00Z' }),
    /^bad-history-file 2 .*its time is not valid/,
  ],
  [
    'a changed body',
    (file) => {
      const bodies = file.bodies as Record<string, Json>;
      for (const name of Object.keys(bodies)) bodies[name] = { forged: true };
    },
    /^bad-history-file 2 .*a body in it was changed/,
  ],
])('%s is refused, and nothing is kept', async (_name, forge, code) => {
  await beside.apply(await beside.planOf(creation()));
  const { session, history } = beside.elsewhere();
  expect(await codeOf(session.importHistory?.(changed(await carry(), forge)))).toMatch(code);
  expect(await history.entries()).toEqual([]);
});

test.each(['', '[]', '{', `${'['.repeat(5000)}`, '{"__proto__":{"schema":"bastide/history-export/v1"}}'])(
  'text that is no export is refused: %.20s',
  async (text) => {
    const { session } = beside.elsewhere();
    expect(await codeOf(session.importHistory?.(text))).toMatch(/^bad-history-file 2 /);
  },
);

test('older entries do not come behind newer ones', async () => {
  await beside.apply(await beside.planOf(creation()));
  const text = await carry();
  const { session, history } = beside.elsewhere();
  const [first] = await beside.history.entries();
  if (first === undefined) throw new Error('there is no entry');
  await history.append({ ...first, id: 'newer', at: new Date().toISOString() });
  expect(await codeOf(session.importHistory?.(text))).toMatch(/^history-out-of-order 4 /);
});

test('what a file says is left of an undo needs approval as any change does, whatever it says of the values before', async () => {
  const account = `${beside.group}/Microsoft.Storage/storageAccounts/stmlsim`;
  const pointer = '/properties/networkAcls/defaultAction';
  const was = valueAt((await beside.read(account)) ?? {}, pointer);
  const change = editChange(account, [
    { op: 'set', pointer, before: was ?? null, after: was === 'Deny' ? 'Allow' : 'Deny' },
  ]);
  await beside.apply(await beside.planOf(creation()));
  const text = changed(await carry(), (file) => {
    const entries = file.entries as Record<string, Json>[];
    const last = entries.at(-1) ?? {};
    const [step] = last.steps as JsonObject[];
    const left = { ...step, ...{ resource: account, change, state: 'waiting', before: null, after: null } };
    last.undoneBy = 'id-forged';
    file.bodies = {};
    entries.push({
      ...last,
      ...{
        id: 'id-forged',
        verb: 'undo',
        undoes: last.id ?? null,
        undoneBy: null,
        state: 'partial',
        steps: [left as never],
      },
      resources: [account],
    });
  });
  const { session } = beside.elsewhere();
  expect(await session.importHistory?.(text)).toMatchObject({ unsent: 1 });
  const plan = await session.planResume('id-forged');
  if (plan === null) throw new Error('nothing is left');
  expect([plan.verb, plan.isImported, plan.steps.length]).toEqual(['undo', true, 1]);
  expect(plan.gates.map(({ detail }) => detail).join()).toContain('History entry id-forged was imported');
  expect(() => requireAllowed(plan, [])).toThrow('--yes allows no effects by itself');
});
