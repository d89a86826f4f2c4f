// Drift on the screen: what changed is listed with its author, a change is put back by a plan, and after another scan the details of
// a problem say who changed its resource and when. Over the simulator, with changes of three callers.
import { expect, test } from 'vitest';
import { drift } from '../../commands/drift.ts';
import { restore } from '../../commands/restore.ts';
import { driftOverlay } from '../../src/app/overlays/drift.tsx';
import { changedLines } from '../../src/app/screens/parts/changed-text.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { plainText } from '../../src/model/words.ts';
import type { Session } from '../../src/session/session.ts';
import { actors } from '../../src/simulator/gateway/token.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { simulated } from '../support/in-process.ts';

const group = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-ml/providers';
const account = (name: string) => `${group}/Microsoft.Storage/storageAccounts/${name}`;
const vault = `${group}/Microsoft.KeyVault/vaults/kv-mlsim`;
const portal = 'Mozilla/5.0 (Windows NT 10.0)';
const terraform = 'HashiCorp Terraform/1.9.8 terraform-provider-azurerm/4.1.0';
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);

/** `arrived`: have change records arrived? */
async function started(arrived = () => true) {
  const { session: whole, ...rest } = simulated('mixed');
  const session: Session = {
    ...whole,
    async *changeRecords(...asked) {
      const read = yield* whole.changeRecords(...asked);
      return arrived() ? read : { ...read, records: [] };
    },
  };
  const opened = { ...rest, session };
  const stdout = { columns: 120, rows: 40, write: () => true } as unknown as NodeJS.WriteStream;
  const options = fakeOptions({ session: opened.session, stdout, now: () => new Date() });
  const verbs = [...options.context.verbs, drift, restore];
  const shell = createShell({ ...options, context: { ...options.context, verbs, now: () => new Date() } });
  const state = () => shell.store.get();
  const idle = async () => {
    for (let turn = 0; turn < 20 || state().work !== null; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
  };
  await shell.begin();
  await idle();
  const press = async (...keys: string[]) => {
    for (const key of keys) shell.press(key);
    await idle();
  };
  const shown = () => state().panel.value.map(plainText);
  const screen = () => bodyRows(state()).map(plainText).join('\n');
  return { ...opened, press, state, shown, screen };
}

test('changes are listed with their authors, and the selected one is put back by a plan', async () => {
  const { plant, press, state, shown, screen, session } = await started();
  const open = { properties: { networkAcls: { defaultAction: 'Allow', bypass: 'AzureServices' } } };
  const patch = (path: string, body: object, agent: string) => ({ method: 'PATCH', path, body, agent });
  plant('user', patch(account('stmlsim'), open, portal), { at: ago(90) });
  plant('pipeline', patch(vault, { properties: { publicNetworkAccess: 'Disabled' } }, terraform), { at: ago(60) });
  plant('identity', patch(account('stmldata'), { tags: { owner: 'b' } }, terraform), { at: ago(30), fault: 'missing' });
  plant('identity', patch(account('stmlarch'), { tags: { owner: 'c' } }, terraform), { at: ago(20) });
  await press(':', ...'drift --since 2h', 'enter');
  expect(state().overlay).toMatchObject({ kind: 'drift', index: 0, drift: { since: { at: expect.any(String) } } });
  const text = shown().join('\n');
  for (const { upn, client } of [actors.user, actors.pipeline, actors.identity].map((one) => ({ upn: '', ...one }))) {
    expect(text).toContain(upn === '' ? client : upn);
  }
  expect(text).toContain('with Azure Portal');
  expect(text).toContain('with Terraform');
  expect(text).toMatch(/opened {2}\S+/);
  // What no record proves is not in a comparison with the records alone.
  expect(text).not.toContain('stmldata');

  const { overlay } = state();
  if (overlay?.kind !== 'drift') throw new Error('no drift is shown');
  const at = overlay.drift.changes.findIndex(({ target }) => target === vault);
  await press(...Array<string>(at).fill('down'));
  expect(shown().filter((one) => one.startsWith('>'))).toEqual(['> kv-mlsim']);
  await press('F');
  const plan = state().overlay;
  if (plan?.kind !== 'plan') throw new Error(`no plan is shown, but ${plan?.kind}`);
  expect(plan.plan.steps.map(({ change }) => change.resource)).toEqual([vault]);
  expect(screen()).toMatch(/Restore: 1 change/);
  expect(plan.line).toBe(`restore --since ${overlay.drift.since.at} --resource ${vault}`);
  const before = session.latest()?.resources.find(({ id }) => id === vault);
  expect(before?.body.properties).toMatchObject({ publicNetworkAccess: 'Disabled' });
  await press('esc');
  expect(state().overlay).toMatchObject({ kind: 'drift', index: at });
  await press('esc');
  expect(state().overlay).toBeNull();
});

test('after another scan the details say who changed a resource; without a record the author is unknown', async () => {
  const { plant, press, state } = await started();
  const of = (id: string) => changedLines([id], state(), 200).map(plainText);
  expect(of(account('stmlsim'))).toEqual([]);
  const open = { properties: { publicNetworkAccess: 'Disabled' } };
  const sent = (path: string) => ({ method: 'PATCH', path, body: open, agent: portal });
  expect(plant('user', sent(account('stmlsim')))).toBe(200);
  expect(plant('pipeline', { ...sent(vault), body: { tags: { owner: 'b' } } }, { fault: 'missing' })).toBe(200);
  await press('r');
  expect(of(account('stmlsim'))).toEqual([
    '',
    expect.stringMatching(/^Changed since \d{4}-\d\d-\d\d \d\d:\d\d UTC$/),
    'public network access: Enabled → Disabled',
    expect.stringMatching(new RegExp(`^ +by user ${actors.user.upn} with Azure Portal, .* UTC$`)),
  ]);
  expect(of(vault).at(-1)?.trim()).toBe('author unknown: Azure has no record of this change');
  expect(of(account('stmldata'))).toEqual([]);
  // The next scan finds nothing new, and what is known stays.
  await press('r');
  expect(of(account('stmlsim'))).toHaveLength(4);
});

test('a record that comes later names its author at the next scan, though nothing changed meanwhile', async () => {
  let isThere = false;
  const { plant, press, state } = await started(() => isThere);
  const last = () => changedLines([vault], state(), 200).map(plainText).at(-1)?.trim();
  plant('user', { method: 'PATCH', path: vault, body: { tags: { owner: 'b' } }, agent: portal });
  await press('r');
  expect(last()).toBe('author unknown: Azure has no record of this change');
  isThere = true;
  await press('r');
  expect(last()).toMatch(/^by user anna@simulated\.example with Azure Portal, /);
});

test('what is no drift opens nothing', () => {
  expect(driftOverlay('drift', null)).toBeNull();
  expect(driftOverlay('drift', { plan: 1 })).toBeNull();
});
