// The Path screen without its looks: keys in, state out.
import { expect, test } from 'vitest';
import type { PathOverlay } from '../../src/app/overlays/path.tsx';
import { resources } from '../../src/app/screens/resources.tsx';
import { createShell } from '../../src/app/state/shell.ts';
import { sliceOf } from '../../src/app/state/view.ts';
import { sameId } from '../../src/model/resource-id.ts';
import { fakeOptions } from '../support/fake-options.ts';
import { fakeSession, ids } from '../support/fake-session.ts';

async function started(size = { columns: 100, rows: 30 }) {
  const written: string[] = [];
  const stdout = { ...size, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream;
  const shell = createShell(fakeOptions({ session: fakeSession(), stdout }));
  await shell.begin();
  const state = () => shell.store.get();
  const panes = () => sliceOf(state(), resources);
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  const rest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    while (state().work !== null) await new Promise((resolve) => setImmediate(resolve));
  };
  const asked = async (line = 'path --source snet-train --destination stmlsim') => {
    press(':', ...line, 'enter');
    await rest();
  };
  const overlay = () => state().overlay as PathOverlay;
  const detail = () =>
    state()
      .panel.value.map((words) => words.map(({ text }) => text).join(''))
      .join('\n');
  const select = (id: string) => {
    press('g');
    const index = panes().rows.value.findIndex(({ resource }) => sameId(resource, id));
    press(...Array.from({ length: index }, () => 'j'));
  };
  return { press, rest, asked, state, panes, overlay, detail, select, written };
}

test('a path typed as a command opens on the hop that stops it, with its evidence', async () => {
  const { asked, overlay, detail } = await started();
  await asked();
  expect(overlay()).toMatchObject({ kind: 'path', side: 'hops', hop: { index: 3 } });
  expect(detail()).toContain('stmlsim does not allow snet-train.');
  expect(detail()).toContain('/properties/networkAcls/virtualNetworkRules');
  expect(detail()).not.toContain('\u001b');
});

test('the hops are walked, each with its own detail, and the ends hold', async () => {
  const { asked, press, overlay, detail } = await started();
  await asked();
  press('k', 'k');
  expect(overlay().hop.index).toBe(1);
  expect(detail()).toMatch(/For example\nallowed +Tcp/);
  press('g', 'k');
  expect(overlay().hop.index).toBe(0);
  expect(detail()).toContain('not checked');
  press('G', 'j');
  expect(overlay().hop.index).toBe(3);
});

test('the detail scrolls inside its text and goes back to its start with another hop', async () => {
  const { asked, press, overlay, state } = await started();
  await asked();
  press('tab', 'j', 'j');
  expect(overlay()).toMatchObject({ side: 'detail', top: 2 });
  press('G', 'page-down');
  expect(overlay().top).toBeGreaterThan(2);
  expect(overlay().top).toBeLessThan(state().panel.value.length);
  press('h', 'k');
  expect(overlay()).toMatchObject({ side: 'hops', top: 0, hop: { index: 2 } });
});

test('Esc goes back one step at a time: detail, hops, panes', async () => {
  const { asked, press, overlay, state } = await started();
  await asked();
  press('enter');
  expect(overlay().side).toBe('detail');
  press('esc');
  expect(overlay().side).toBe('hops');
  press('esc');
  expect(state().overlay).toBeNull();
});

test('o selects in the tree what the hop quotes, and is off where it quotes nothing', async () => {
  const { asked, press, state, panes } = await started();
  await asked();
  press('k', 'o');
  expect(state().overlay?.kind).toBe('path');
  expect(state().message?.text).toContain('has no resource');
  press('j', 'o');
  expect(state().overlay).toBeNull();
  expect(sameId(panes().rows.value[panes().tree.index]?.resource, ids.storage)).toBe(true);
});

test('r asks again, C copies the line, c what is quoted', async () => {
  const { asked, press, rest, overlay, written } = await started();
  await asked();
  const first = overlay();
  press('C', 'c');
  const copied = written.map((text) => Buffer.from(/;c;([^\x07\x1b]*)/.exec(text)?.[1] ?? '', 'base64').toString());
  expect(copied).toEqual(['bastide path --source snet-train --destination stmlsim', ids.storage]);
  press('k', 'r');
  await rest();
  expect(overlay()).not.toBe(first);
  expect(overlay()).toMatchObject({ kind: 'path', hop: { index: 3 }, line: first.line });
});

test('a path that cannot be asked says why', async () => {
  const { asked, state } = await started();
  await asked('path --source nowhere --destination stmlsim');
  expect(state().overlay).toMatchObject({ kind: 'output', running: false });
  expect(JSON.stringify(state().overlay)).toContain('Did you mean snet-train?');
});

test('p begins the line from what is selected', async () => {
  const { press, select, state } = await started();
  const typed = () =>
    state().overlay?.kind === 'palette' ? (state().overlay as { input: { text: string } }).input.text : null;
  select(ids.storage);
  press('p');
  expect(typed()).toBe('path --destination stmlsim --source ');
  press('esc');
  select(ids.compute);
  press('p');
  expect(typed()).toBe('path --source cpu-cluster --destination ');
  press('esc', 'g', 'p');
  expect(typed()).toBeNull();
  expect(state().message?.text).toContain('Select a subnet');
});
