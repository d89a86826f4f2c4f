// Jumps by keys: from a finding to its resource, on to the map and to the changes made, and back to the same rows.
import { expect, test } from 'vitest';
import { plain } from '../../src/app/draw/text.ts';
import { findings } from '../../src/app/screens/findings.ts';
import { history } from '../../src/app/screens/history.ts';
import { resources } from '../../src/app/screens/resources.tsx';
import { createShell } from '../../src/app/state/shell.ts';
import type { State } from '../../src/app/state/state.ts';
import { sliceOf } from '../../src/app/state/view.ts';
import type { MapNetwork, MapSubnet } from '../../src/model/network-map.ts';
import { parentId, sameId } from '../../src/model/resource-id.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession, ids } from '../support/fake-session.ts';

const subnet: MapSubnet = {
  ...{ id: ids.subnet, name: 'snet-train', prefixes: ['10.0.1.0/24'], room: null, occupants: [], reach: [] },
  ...{ securityGroup: null, routeTable: null, natGateway: null },
  ...{ serviceEndpoints: [], endpointPolicies: [], delegations: [] },
};
const network: MapNetwork = {
  ...{ id: parentId(ids.subnet) ?? '', name: 'vnet-ml', location: 'westeurope', prefixes: ['10.0.0.0/16'] },
  ...{ peers: [], subnets: [subnet], unread: null },
};

async function started(screen: string) {
  const stdout = { columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream;
  const session = { ...fakeSession(), map: () => ({ networks: [network], targets: [], outside: [], unread: null }) };
  const shell = createShell(fakeOptions({ session, stdout, screen }));
  await shell.begin();
  const state = () => shell.store.get();
  const rest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    while (state().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      shell.press(key);
      await rest();
    }
  };
  const choices = () => {
    const { overlay } = state();
    return overlay?.kind === 'ask' && overlay.question.kind === 'choose'
      ? overlay.question.choices.map(({ label }) => label)
      : [];
  };
  /** Selects the choice with this beginning. */
  const choose = async (label: string) => {
    const at = choices().findIndex((one) => one.startsWith(label));
    expect(at, `${label} in ${choices().join(', ')}`).toBeGreaterThanOrEqual(0);
    await press(...Array<string>(at).fill('j'), 'enter');
  };
  return { shell, state, press, choices, choose };
}

const selected = ({ view }: State) => [view.selection.finding?.id, view.selection.resource];

test('Enter on a finding shows its resource in the tree with that finding selected, and Backspace goes back to the row', async () => {
  const { state, press } = await started('findings');
  await press('j');
  const before = [state().screen, ...selected(state()), sliceOf(state(), findings).cursor];
  const finding = state().view.selection.finding;
  await press('enter');
  expect(state().screen).toBe('resources');
  expect(selected(state())).toEqual([finding?.id, finding?.resource]);
  const { rows, tree, pane } = sliceOf(state(), resources);
  expect([sameId(rows.value[tree.index]?.resource ?? null, finding?.resource ?? ''), pane]).toEqual([true, 'findings']);
  await press('backspace');
  expect([state().screen, ...selected(state()), sliceOf(state(), findings).cursor]).toEqual(before);
  await press('backspace');
  expect(state().message?.text).toBe('There is no earlier place to go back to.');
});

test('Enter on a heading still folds its group', async () => {
  const { state, press } = await started('findings');
  await press('g', 'enter');
  expect([state().screen, sliceOf(state(), findings).folded.size]).toEqual(['findings', 1]);
});

test('o lists what belongs to a resource, after a fix also its change, and each leads there and back', async () => {
  const { state, press, choices, choose } = await started('findings');
  await press('f', 'tab', 'enter', 'esc');
  expect(state().entries).toHaveLength(1);
  const fixed = state().entries[0]?.resources[0] ?? '';
  await press('6', 'esc');
  expect(state().screen).toBe('history');
  await press('backspace');
  expect(state().screen).toBe('findings');
  await press('4', 'esc');
  // The tree at the resource that was fixed.
  const { rows } = sliceOf(state(), resources);
  const at = rows.value.findIndex(({ resource }) => sameId(resource, fixed));
  await press('g', ...Array<string>(at).fill('j'), 'o');
  expect(choices()).toEqual([
    expect.stringMatching(/^Findings of /),
    expect.stringMatching(/^Change of .*: fix, 1 step$/),
  ]);
  await choose('Change of');
  expect([state().screen, sliceOf(state(), history).at]).toEqual(['history', state().entries[0]?.id]);
  // The finding passes now; the change still leads to it.
  await press('enter');
  await choose('Finding ');
  expect(state().screen).toBe('resources');
  expect(state().view.selection.finding?.outcome).toBe('pass');
  await press('backspace', 'backspace');
  expect([state().screen, state().view.selection.resource]).toEqual(['resources', fixed]);
});

test('from a subnet to the map and back to the tree, and Enter on the map shows the row in the tree', async () => {
  const { state, press, choose } = await started('resources');
  const { rows } = sliceOf(state(), resources);
  const at = rows.value.findIndex(({ resource }) => sameId(resource, ids.subnet));
  await press('g', ...Array<string>(at).fill('j'), 'o');
  await choose('Map');
  expect([state().screen, state().view.selection.resource]).toEqual(['map', ids.subnet]);
  await press('enter');
  expect([state().screen, state().view.selection.resource]).toEqual(['resources', ids.subnet]);
  await press('backspace', 'backspace');
  expect([state().screen, sliceOf(state(), resources).tree.index]).toEqual(['resources', at]);
});

test('the places to go back to are bounded, and hold nothing of an earlier scan', async () => {
  const { state, press } = await started('resources');
  const { report } = state();
  for (let turn = 0; turn < 40; turn += 1) await press('3', 'esc', '2', 'esc');
  expect(state().trail).toHaveLength(50);
  await press('r');
  expect(state().report).not.toBe(report);
  const held = new Set<unknown>();
  const walk = (value: unknown) => {
    if (typeof value !== 'object' || value === null || held.has(value)) return;
    held.add(value);
    for (const one of Object.values(value)) walk(one);
  };
  walk(state().trail);
  expect(held.has(report)).toBe(false);
  expect(report?.findings.some((finding) => held.has(finding))).toBe(false);
  for (let turn = 0; turn < 50; turn += 1) await press('backspace');
  expect(state().trail).toEqual([]);
});

test('/ filters the tree while it has the focus: matches with all above and below them, the first selected', async () => {
  const { state, press } = await started('resources');
  const labels = () => sliceOf(state(), resources).rows.value.map(({ label }) => label);
  const all = labels();
  await press('/', ...'stml');
  const row = sliceOf(state(), resources).rows.value[sliceOf(state(), resources).tree.index];
  expect(row?.label).toMatch(/^stml/);
  expect(labels().length).toBeLessThan(all.length);
  expect(all.filter((label) => label.includes('stml')).every((label) => labels().includes(label))).toBe(true);
  await press('enter');
  expect(plain(bodyRows(state())[0] ?? [])).toMatch(/Resources \/stml/);
  await press('tab', '/', ...'sev:critical', 'enter');
  expect(sliceOf(state(), resources)).toMatchObject({ treeFilter: 'stml', filter: 'sev:critical' });
  await press('esc');
  expect(sliceOf(state(), resources)).toMatchObject({ treeFilter: 'stml', filter: '' });
  await press('esc', 'esc');
  expect(labels()).toEqual(all);
  await press('/', ...'nothing like this');
  expect(labels()).toEqual([]);
  expect(bodyRows(state()).map(plain).join('\n')).toContain('No match; Esc clears it.');
});
