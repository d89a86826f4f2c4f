// The overview: what it says of a report, and where its rows lead.
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import { findings } from '../../src/app/screens/findings.ts';
import { areasIn, bestFix } from '../../src/app/screens/overview/sections.ts';
import { bodyRows } from '../../src/app/state/body.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { sliceOf } from '../../src/app/state/view.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { type FakeOptions, fakeSession, ids } from '../support/fake-session.ts';

async function started(size = { columns: 140, rows: 40 }, fake: FakeOptions = {}) {
  const stdout = { ...size, write: () => true } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session: fakeSession(fake), stdout, screen: 'overview' }));
  await shell.begin();
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  const state = () => shell.store.get();
  const rest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    while (state().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  const text = () => bodyRows(state()).map(plain).join('\n');
  return { press, rest, state, text };
}

test('the worst automatic fix comes first, and Enter plans it', async () => {
  const { press, rest, state, text } = await started();
  expect(text()).toMatch(/> critical The storage firewall admits every network/);
  press('enter');
  await rest();
  expect(state().overlay).toMatchObject({ kind: 'plan', choice: 0 });
});

test('an area leads to its findings', async () => {
  const { press, state } = await started();
  press('j', 'enter');
  expect(state().screen).toBe('findings');
  const { filter, items } = sliceOf(state(), findings);
  expect(filter).toBe('rule:storage.');
  expect(items.value.length).toBeGreaterThan(0);
});

test('what changed since the last reading is told, and what was done', async () => {
  const { press, rest, text } = await started();
  expect(text()).toContain('This is the first');
  press('f');
  await rest();
  press('tab', 'enter');
  await rest();
  press('esc');
  expect(text()).toContain('1 resolved, 0 new');
  expect(text()).toMatch(/fix done .*fix storage\./);
});

test('what could not be read is told with the permission it needs, and leads to the tree', async () => {
  const gap = { id: ids.vault, reason: 'Refused.', action: 'Microsoft.KeyVault/vaults/read', status: 403 };
  const { press, state, text } = await started({ columns: 80, rows: 40 }, { gaps: [gap] });
  expect(text()).toMatch(/Not readable {2}1; .*\n.*needs Microsoft.KeyVault\/vaults\/read/);
  press('G', 'enter');
  expect(state().screen).toBe('resources');
  expect(state().view.selection.resource).toBe(ids.vault);
});

test('/ goes to the findings and filters there', async () => {
  const { press, state } = await started();
  press('/', 'h', 'i', 'g', 'h');
  expect([state().screen, sliceOf(state(), findings).filter]).toEqual(['findings', 'high']);
});

test('areas count every judgement that applies, and the best fix is never one that fails to exist', async () => {
  const { state } = await started();
  const report = state().report;
  if (report === null) throw new Error('nothing was read');
  const { pass, fail, unknown } = report.summary;
  const areas = areasIn(report);
  expect(areas.reduce((sum, area) => sum + area.pass + area.fail + area.unknown, 0)).toBe(pass + fail + unknown);
  expect(bestFix({ ...report, findings: report.findings.filter(({ fix }) => fix.kind === 'none') })).toBeUndefined();
});
