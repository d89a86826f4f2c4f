// `:ws` and `:rescan`: another workspace or demo world, and scans that start by themselves; and what a production mark asks for.
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import type { AppOptions } from '../../src/app/options.ts';
import { headerRows } from '../../src/app/parts/header-rows.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { confirmationOf } from '../../src/model/confirmation.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { type FakeOptions, fakeSession } from '../support/fake-session.ts';

const idOf = (name: string, subscription = '11111111-1111-1111-1111-111111111111') =>
  `/subscriptions/${subscription}/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/${name}`;

async function started(session = fakeSession(), more: Partial<AppOptions> = {}) {
  const stdout = { columns: 120, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ stdout, ...more, session }));
  await shell.begin();
  const state = () => shell.store.get();
  const rest = async () => {
    for (let turn = 0; turn < 5 || state().work !== null; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  const press = async (...keys: string[]) => {
    for (const key of keys) shell.press(key);
    await rest();
  };
  const choices = () => {
    const { overlay } = state();
    return overlay?.kind === 'ask' && overlay.question.kind === 'choose' ? overlay.question.choices : [];
  };
  return { shell, state, press, rest, choices };
}

const worlds = [
  { name: 'mixed', title: 'Some of each' },
  { name: 'open', title: 'Everything open' },
];

test('in a demo :ws lists the worlds, and the screen ends with the one that was chosen', async () => {
  const begun: string[] = [];
  const session = { ...fakeSession(), source: { kind: 'demo', name: 'demo:mixed' } as const };
  const demos = { list: async () => worlds, start: (world: string) => void begun.push(world) };
  const { shell, press, choices, state } = await started(session, { demos });
  await press(':', ...'ws', 'enter');
  expect(choices().map(({ label }) => label)).toEqual(['mixed  Some of each  (current)', 'open   Everything open']);
  await press('enter');
  expect([begun, state().message?.text]).toEqual([[], 'mixed is open already.']);
  await press(':', ...'ws op', 'enter');
  await expect(shell.left).resolves.toBe(0);
  expect(begun).toEqual(['open']);
});

test('of Azure :ws lists what can be read, then recent ones of any subscription; a refused list is told and leaves those', async () => {
  const recent = [
    {
      id: idOf('mlw-old', '22222222-2222-2222-2222-222222222222'),
      source: { kind: 'azure', name: 'public' },
      at: '2026-03-01T12:34:56.000Z',
    },
  ] as const;
  for (const isRefused of [false, true]) {
    const opened: string[] = [];
    const session = {
      ...fakeSession(),
      source: { kind: 'azure', name: 'public' } as const,
      async workspaces() {
        if (isRefused) throw new Failure('refused', exitStatus.refused, 'Azure refused the list.', 'Check the role.');
        return [idOf('mlw-sim'), idOf('mlw-b'), 'not an id'];
      },
    };
    const workspaces = { recent, open: ({ id }: { readonly id: string }) => void opened.push(id) };
    const { shell, press, choices, state } = await started(session, { workspaces });
    await press(':', ...'ws', 'enter');
    const names = choices().map(({ label }) => label.split(/ /)[0]);
    expect(names).toEqual(isRefused ? ['mlw-old'] : ['mlw-sim', 'mlw-b', 'mlw-old']);
    if (isRefused)
      expect(state().messages.map(({ text }) => text)).toContain('Azure refused the list. Check the role.');
    await press('esc');
    expect([state().overlay, opened]).toEqual([null, []]);
    await press(':', ...'ws mlw-OLD', 'enter');
    await expect(shell.left).resolves.toBe(0);
    expect(opened).toEqual([recent[0].id]);
  }
});

test(':ws completes workspaces by name and subscription, the recent ones first, and Enter opens the match', async () => {
  const other = '22222222-2222-2222-2222-222222222222';
  const recent = [
    { id: idOf('mlw-z', other), source: { kind: 'azure', name: 'public' }, at: '2026-03-01T12:34:56.000Z' },
    { id: idOf('mlw-c'), source: { kind: 'azure', name: 'public' }, at: '2026-02-01T12:34:56.000Z' },
  ] as const;
  const list = Promise.withResolvers<readonly string[]>();
  const fake = fakeSession();
  const session = { ...fake, source: { kind: 'azure', name: 'public' } as const, workspaces: () => list.promise };
  const opened: string[] = [];
  const workspaces = { recent, open: ({ id }: { readonly id: string }) => void opened.push(id) };
  const { shell, press, state } = await started(session, { workspaces });
  const offered = () => {
    const { overlay } = state();
    return overlay?.kind === 'palette' ? overlay.suggestions.map(({ label, line }) => [label, line]) : null;
  };
  await press(':', ...'ws ');
  // Before Azure has answered.
  expect(offered()).toEqual([
    ['mlw-z', 'ws mlw-z'],
    ['mlw-c', 'ws mlw-c'],
  ]);
  await press('down', 'down');
  list.resolve([idOf('mlw-a'), idOf('mlw-c'), idOf('mlw-z'), idOf('mlw-b')]);
  await press();
  // Two of one name are told apart, and what was selected meanwhile stays so.
  expect(offered()).toEqual([
    ['mlw-z', `ws ${idOf('mlw-z', other)}`],
    ['mlw-c', 'ws mlw-c'],
    ['mlw-a', 'ws mlw-a'],
    ['mlw-z', `ws ${idOf('mlw-z')}`],
    ['mlw-b', 'ws mlw-b'],
  ]);
  expect(state().overlay).toMatchObject({ kind: 'palette', choice: 1 });
  await press(...'2222');
  expect(offered()).toEqual([['mlw-z', `ws ${idOf('mlw-z', other)}`]]);
  expect(opened).toEqual([]);
  await press('enter');
  await expect(shell.left).resolves.toBe(0);
  expect(opened).toEqual([idOf('mlw-z', other)]);
});

test('of several that fit, :ws asks for one of those; of none, for one of all', async () => {
  const ids = Array.from({ length: 2000 }, (_, at) => idOf(`mlw-${String(at).padStart(4, '0')}`));
  const session = {
    ...fakeSession(),
    source: { kind: 'azure', name: 'public' } as const,
    workspaces: async () => ids,
  };
  const { press, choices, state } = await started(session, {});
  const title = () => (state().overlay?.kind === 'ask' ? state().overlay : null);
  await press(':', ...'ws 199', 'up', 'enter');
  expect(choices().map(({ label }) => label.split(' ')[0])).toEqual([
    ...['mlw-0199', 'mlw-1199'],
    ...Array.from({ length: 10 }, (_, at) => `mlw-199${at}`),
  ]);
  expect(title()).toMatchObject({ question: { title: '12 of 2,000 match 199. Switch to' } });
  await press('esc', ':', ...'ws nowhere', 'enter');
  expect([choices().length, title()]).toMatchObject([2000, { question: { title: 'None matches nowhere. Switch to' } }]);
});

test('before a workspace is read, :ws completes those that Welcome lists', async () => {
  const failure = new Failure('several-workspaces', exitStatus.usage, 'Two fit.', 'Name one.', {
    workspaces: [idOf('mlw-a'), idOf('mlw-b')],
  });
  const source = { kind: 'azure', name: 'public' } as const;
  const { press, state } = await started({ ...fakeSession({ failures: [failure] }), source }, {});
  await press(':', ...'ws mlw-b');
  const { overlay } = state();
  expect(overlay?.kind === 'palette' && overlay.suggestions.map(({ label }) => label)).toEqual(['mlw-b']);
});

test('Tab after :ws puts the name in, and :rescan offers its intervals', async () => {
  const begun: string[] = [];
  const session = { ...fakeSession(), source: { kind: 'demo', name: 'demo:mixed' } as const };
  const demos = { list: async () => worlds, start: (world: string) => void begun.push(world) };
  const { shell, press, state } = await started(session, { demos });
  const line = () => (state().overlay?.kind === 'palette' ? state().overlay : null);
  await press(':', ...'rescan e', 'tab');
  expect(line()).toMatchObject({ input: { text: 'rescan every 1m' } });
  await press('enter');
  expect(state().rescan?.every).toBe(60_000);
  await press(':', ...'ws o');
  await press('tab');
  expect(line()).toMatchObject({ input: { text: 'ws open' }, hint: { usage: [{ text: 'ws' }, { text: '[NAME]' }] } });
  await press('enter');
  await expect(shell.left).resolves.toBe(0);
  expect(begun).toEqual(['open']);
});

test(':rescan every 5m scans by itself, but not below a plan or a question, nor right after a key', async () => {
  let at = Date.parse('2026-03-01T12:00:00Z');
  const now = () => new Date(at);
  let scans = 0;
  const fake = fakeSession({ now } as FakeOptions);
  const session: typeof fake = {
    ...fake,
    async *scan(signal) {
      scans += 1;
      return yield* fake.scan(signal);
    },
  };
  const { shell, press, rest, state } = await started(session, { now });
  const pass = async (ms: number) => {
    at += ms;
    shell.tick();
    await rest();
  };
  await pass(3_600_000);
  expect(scans).toBe(1);
  await press(':', ...'rescan every 5m', 'enter');
  expect(state().message?.text).toContain('every 5m');
  expect(plain(headerRows(state()).age ?? [])).toContain('rescan every 5m');
  await pass(299_000);
  expect(scans).toBe(1);
  await pass(2000);
  expect(scans).toBe(2);
  await press('f');
  expect(state().overlay?.kind).toBe('plan');
  await pass(3_600_000);
  expect(scans).toBe(2);
  await press('esc');
  await pass(1000);
  expect(scans).toBe(2);
  await pass(5000);
  expect(scans).toBe(3);
  await press(':', ...'rescan 1s', 'enter');
  expect(state().message?.text).toBe('rescan takes a time from 10s to 24h, or off, not 1s.');
  await press(':', ...'rescan off', 'enter');
  await pass(3_600_000);
  expect(scans).toBe(3);
});

test('a production workspace has a badge, and its name is typed before every write', async () => {
  const fake = fakeSession();
  const project = { path: 'bastide.yaml', rulesOff: 0, accepted: 0, expired: [], unused: [], production: true };
  const session: typeof fake = {
    ...fake,
    isProduction: () => true,
    report: (...given) => Object.assign({}, fake.report(...given), { project }),
  };
  const { press, state } = await started(session);
  expect(plain(headerRows(state()).where)).toContain(' PRODUCTION ');
  const before = fake.resources();
  await press('f');
  const plan = state().overlay?.kind === 'plan' ? state().overlay : null;
  if (plan?.kind !== 'plan') throw new Error('no plan is shown');
  expect(confirmationOf(plan.plan, true).typed?.name).toBe('mlw-sim');
  await press('tab', 'enter');
  expect(state().overlay).toMatchObject({ kind: 'ask', question: { kind: 'text' } });
  expect(fake.resources()).toBe(before);
  await press(...'mlw-sim', 'enter');
  expect(state().entries).toHaveLength(1);
  await press('esc', 'u');
  await press('tab', 'enter');
  expect(state().overlay).toMatchObject({ kind: 'ask', question: { kind: 'text' } });
});
