// The sheet of keys: in columns at every size, and searched by key, name and effect.
import { expect, test } from 'vitest';
import { lineWidth, plain } from '../../src/app/draw/text.ts';
import { footerRows } from '../../src/app/parts/footer-rows.ts';
import { screens } from '../../src/app/screens/index.ts';
import { placesOf } from '../../src/app/state/current.ts';
import { hintsFor } from '../../src/app/state/keys/index.ts';
import { createShell } from '../../src/app/state/shell.ts';
import { bodyRows } from '../support/drawn.tsx';
import { fakeOptions } from '../support/fake-options.ts';

async function started(columns: number, rows: number) {
  const shell = createShell(
    fakeOptions({ stdout: { columns, rows, write: () => true } as unknown as NodeJS.WriteStream }),
  );
  await shell.begin();
  const state = () => shell.store.get();
  const press = (...keys: string[]) => {
    for (const key of keys) shell.press(key);
  };
  return { state, press, panel: () => state().panel.value.map(plain), body: () => bodyRows(state()).map(plain) };
}

test('at 140x40 every key that the screen has is on the first page, and no row is too wide at any size', async () => {
  const { press, body, state } = await started(140, 40);
  const here = hintsFor(state().bindings, placesOf(state()));
  press('?');
  const text = body().join('\n');
  for (const { label } of here) expect(text).toContain(label.slice(0, 14));
  for (const [columns, rows] of [
    [60, 15],
    [80, 24],
    [140, 40],
    [200, 60],
  ] as const) {
    const { press: type, state: now } = await started(columns, rows);
    type('?');
    for (const words of now().panel.value) expect(lineWidth(words)).toBeLessThanOrEqual(columns);
    // Some pages at most, where it was a dozen.
    if (columns >= 80) expect(now().panel.value.length).toBeLessThan(rows * 5);
  }
});

test('/ searches by name, effect or key, and shows the sentence, the command and why a key is unavailable', async () => {
  const { press, panel, state } = await started(100, 30);
  press('?', '/', ...'undo latest');
  expect(panel().join('\n')).toMatch(/u z +Undo the latest change; shows a preview first +undo/);
  expect(panel().join('\n')).toMatch(/= undo[\s\S]*unavailable: Nothing to undo is recorded on\s+this machine\./);
  expect(panel().join('\n')).not.toContain('Next theme');
  // A key is found by how it is spelt.
  press('enter', 'esc', '/', 'T');
  expect(panel().join('\n')).toContain('Next theme');
  press(...'zzz');
  expect(panel().join('\n')).toContain('No key matches');
  // Esc first clears the search, then closes.
  press('esc');
  expect(state().overlay).toMatchObject({ kind: 'help', isTyping: false, input: { text: '' } });
  press('esc');
  expect(state().overlay).toBeNull();
});

test('the footer keeps help and quit at 80x24 on every screen', async () => {
  const { press, state } = await started(80, 24);
  for (const at of screens.keys()) {
    press(String(at + 1), 'esc');
    const [, keys] = footerRows(state());
    expect([state().screen, plain(keys)]).toEqual([screens[at]?.name, expect.stringMatching(/\? help {2}.*q quit/)]);
    expect(lineWidth(keys)).toBeLessThanOrEqual(80);
  }
});

test('a key is shown whole or not at all, and once in a chapter', async () => {
  const { press, panel } = await started(80, 24);
  press('?');
  const rows = panel();
  expect(rows.join('\n')).not.toMatch(/Ctrl {2}|(PgDn|PgUp) Ctrl /);
  const list =
    rows
      .slice(rows.indexOf('In a list') + 1)
      .join('\n')
      .split('\n\n')[0] ?? '';
  expect(list.match(/Enter/g)).toHaveLength(1);
});
