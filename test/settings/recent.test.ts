import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { screens } from '../../src/app/screens/index.ts';
import type { RecentWorkspace } from '../../src/model/recent.ts';
import { settingEntry } from '../../src/model/setting.ts';
import { recentStore } from '../../src/settings/recent.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-recent-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const idOf = (name: string) =>
  `/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-ml/providers/Microsoft.MachineLearningServices/workspaces/${name}`;
const opened = (name: string, more: Partial<RecentWorkspace> = {}): RecentWorkspace => ({
  id: idOf(name),
  source: { kind: 'azure', name: 'public' },
  at: '2026-03-01T12:00:00.000Z',
  ...more,
});

test('the last ten, the newest first, each once in any case of its id, for the owner only', async () => {
  const store = recentStore({ folder: path.join(folder, 'new') });
  expect(await store.all()).toEqual([]);
  for (let turn = 0; turn < 12; turn += 1) await store.add(opened(`mlw${turn}`));
  expect((await store.all()).map(({ id }) => id)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((n) => idOf(`mlw${n}`)));
  await store.add(opened('MLW5', { at: '2026-03-02T12:00:00.000Z' }));
  await store.add(opened('mlw5', { source: { kind: 'azure', name: 'china' } }));
  const all = await store.all();
  expect(all.slice(0, 3).map(({ id, source }) => [id, source.name])).toEqual([
    [idOf('mlw5'), 'china'],
    [idOf('MLW5'), 'public'],
    [idOf('mlw11'), 'public'],
  ]);
  expect(all).toHaveLength(10);
  expect(statSync(path.join(folder, 'new', 'recent.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(path.join(folder, 'new'))).toEqual(['recent.json']);
});

test.each([
  ['another shape', '{"workspaces":[]}'],
  ['no JSON', '{'],
  ['a list', '[]'],
  ['far too large', ' '.repeat(200_000)],
])('%s is as if nothing were kept, and is written anew', async (_what, text) => {
  writeFileSync(path.join(folder, 'recent.json'), text);
  const store = recentStore({ folder });
  expect(await store.all()).toEqual([]);
  await store.add(opened('mlw'));
  expect(await store.all()).toEqual([opened('mlw')]);
});

test('of a hostile file only what has the shape of a workspace is believed', async () => {
  const good = opened('mlw-good', { source: { kind: 'endpoint', name: 'http://127.0.0.1:8080' } });
  const workspaces = [
    null,
    7,
    {},
    opened('x\u001b[31m'),
    opened('a/../../b'),
    opened('mlw?api=1'),
    { ...opened('m'), id: idOf('m').replace('rg-ml', '..') },
    { ...opened('m'), id: idOf('m').replace('rg-ml', 'a%2fb') },
    { ...opened('m'), at: 'yesterday' },
    { ...opened('m'), source: { kind: 'demo', name: 'demo:open' } },
    { ...opened('m'), source: { kind: 'azure', name: 'evil' } },
    { ...opened('m'), source: { kind: 'endpoint', name: 'https://user@evil/path' } },
    good,
  ];
  writeFileSync(path.join(folder, 'recent.json'), JSON.stringify({ schema: 'bastide/recent/v1', workspaces }));
  expect(await recentStore({ folder }).all()).toEqual([good]);
});

test('where nothing can be written nothing is kept, and nothing is said', async () => {
  // A file where the folder would have to be: no user may write there, not even root.
  const file = path.join(folder, 'file');
  writeFileSync(file, 'mine');
  const store = recentStore({ folder: file });
  await store.add(opened('mlw'));
  expect(await store.all()).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe('mine');
});

test('a screen to begin with is one of those that there are', () => {
  expect(settingEntry('screen')?.choices).toEqual(screens.map(({ name }) => name));
});
