// What Welcome offers where no workspace could be read: those that can be, and those opened before.
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import type { AppOptions } from '../../src/app/options.ts';
import { footerRows } from '../../src/app/parts/footer-rows.ts';
import { headerRows } from '../../src/app/parts/header-rows.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { exitStatus, Failure } from '../../src/model/failure.ts';
import type { RecentWorkspace } from '../../src/model/recent.ts';
import type { Source } from '../../src/model/snapshot.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession } from '../support/fake-session.ts';

const idOf = (name: string) =>
  `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
const before = (name: string, source: Source = { kind: 'azure', name: 'public' }): RecentWorkspace => ({
  id: idOf(name),
  source,
  at: '2026-03-01T12:34:56.000Z',
});
const several = (names: readonly string[]) =>
  new Failure(
    'several-workspaces',
    exitStatus.usage,
    `${names.length} workspaces fit.`,
    'Name one with --workspace NAME|ID.',
    { workspaces: names.map((name) => (name.startsWith('!') ? name : idOf(name))) },
  );

async function started(failure: Failure, recent: readonly RecentWorkspace[], more: Partial<AppOptions> = {}) {
  const opened: string[] = [];
  const session = {
    ...fakeSession({ failures: [failure] }),
    source: { kind: 'azure', name: 'public' } as Source,
    ...more.session,
  };
  const workspaces = { recent, open: ({ id, source }: RecentWorkspace) => void opened.push(`${source.name} ${id}`) };
  const stdout = { columns: 120, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(
    fakeOptions({ stdout, workspaces: workspaces as AppOptions['workspaces'], ...more, session }),
  );
  await shell.begin();
  const rows = () => bodyRows(shell.store.get()).map(plain);
  return { shell, opened, rows, text: () => rows().join('\n'), press: (key: string) => shell.press(key) };
}

test.each(['overview', 'resources', 'findings', 'map'])(
  'on %s: the readable ones, then those opened before, once each',
  async (screen) => {
    const recent = [before('mlw-b'), before('mlw-old', { kind: 'azure', name: 'china' })];
    const { shell, opened, text, press } = await started(several(['mlw-a', 'mlw-b', '!not/an/id']), recent, { screen });
    expect(text()).toContain('2 workspaces are accessible. Select one.');
    expect(text()).toMatch(/mlw-a .*rg-ml.*public\s*\n.*mlw-b .*opened 2026-03-01 12:34 UTC\s*\n.*mlw-old .*china/);
    expect(text().match(/mlw-b /g)).toHaveLength(1);
    expect(text()).not.toContain('not/an/id');
    press('down');
    press('down');
    press('down');
    press('up');
    press('enter');
    await expect(shell.left).resolves.toBe(0);
    expect(opened).toEqual([`public ${idOf('mlw-b')}`]);
  },
);

test('hundreds of them are a list that scrolls, and the keys below stay in sight', async () => {
  const names = Array.from({ length: 300 }, (_, at) => `mlw-${String(at).padStart(3, '0')}`);
  const { shell, text, rows, press } = await started(several(names), []);
  press('G');
  expect(text()).toContain('mlw-299');
  expect(text()).not.toContain('mlw-000');
  expect(rows().length).toBeLessThanOrEqual(shell.store.get().view.layout.body);
  expect(text()).toContain('Retry');
});

test('the filter narrows them by name, group and subscription, and is cleared by Esc; Enter opens the one selected', async () => {
  const names = Array.from({ length: 2000 }, (_, at) => `mlw-${String(at).padStart(4, '0')}`);
  const { shell, opened, text, press } = await started(several(names), []);
  const header = () => JSON.stringify(headerRows(shell.store.get()));
  expect(text()).toContain('2,000 workspaces are accessible. Select one.');
  expect(header()).toContain('No workspace selected');
  expect(header()).not.toContain('failed');
  const typed = (keys: string) => [...keys].forEach(press);
  press('/');
  typed('rg-ml 199 !1995');
  expect(text()).toContain('/rg-ml 199 !1995');
  expect(text()).toMatch(/mlw-0199 .*\n.*mlw-1199 .*\n.*mlw-1990 /);
  expect(text()).not.toMatch(/mlw-1995|mlw-0000/);
  press('enter');
  press('esc');
  expect(text()).toContain('mlw-0000');
  press('/');
  typed('nowhere');
  expect(text()).toContain('No workspace matches; Esc clears the filter');
  press('down');
  press('enter');
  press('enter');
  expect(opened).toEqual([]);
  press('/');
  for (let left = 0; left < 7; left += 1) press('backspace');
  typed('1234');
  press('enter');
  press('enter');
  await expect(shell.left).resolves.toBe(0);
  expect(opened).toEqual([`public ${idOf('mlw-1234')}`]);
});

test('groups and subscriptions are columns, and keys that need a workspace are not in the footer', async () => {
  const { shell, rows } = await started(several(['mlw-a', 'mlw-longer']), []);
  const columns = rows().flatMap((row) => (/mlw-/.test(row) ? [row.indexOf('rg-ml')] : []));
  expect(new Set(columns).size).toBe(1);
  const footer = plain(footerRows(shell.store.get())[1]);
  expect(footer).not.toMatch(/fix|undo|guide/);
  expect(footer).toMatch(/Enter open .*filter .*command .*rescan/);
});

test('a remembered endpoint is offered only where it is the one in use', async () => {
  const failure = new Failure('not-signed-in', exitStatus.signIn, 'Not signed in to Azure.', 'Run az login.');
  const far: Source = { kind: 'endpoint', name: 'https://elsewhere.example' };
  const { text } = await started(failure, [before('mlw-far', far), before('mlw-near')]);
  expect(text()).toContain('Not signed in to Azure.');
  expect(text()).toContain('mlw-near');
  expect(text()).not.toContain('mlw-far');
});

test('once a workspace has been read, Enter means what it means on the screen', async () => {
  const { shell, text, opened, press } = await started(several(['mlw-a', 'mlw-b']), []);
  press('r');
  await new Promise((resolve) => setImmediate(resolve));
  while (shell.store.get().work !== null) await new Promise((resolve) => setImmediate(resolve));
  expect(shell.store.get().report).not.toBeNull();
  expect(text()).not.toContain('Select one');
  press('enter');
  expect(opened).toEqual([]);
});
