// The lines that people typed: kept once each, the newest last, by all hosts at once, bounded, and never with a secret.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lineStore, mayKeep } from '../../src/history/lines.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-lines-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const store = () => lineStore({ folder, pid: process.pid });

test('the newest is last, and nothing twice', async () => {
  const lines = store();
  expect(await lines.all()).toEqual([]);
  for (const line of ['audit', 'fix --all', 'audit']) await lines.add(line);
  expect(await store().all()).toEqual(['fix --all', 'audit']);
  expect(statSync(path.join(folder, 'lines')).mode & 0o777).toBe(0o600);
});

test('several at once lose none', async () => {
  const lines = Array.from({ length: 12 }, (_, at) => `show resource-${at}`);
  await Promise.all(lines.map((line) => store().add(line)));
  expect([...(await store().all())].sort()).toEqual([...lines].sort());
  expect(readdirSync(folder)).toEqual(['lines']);
});

test.each([
  ['explain --error "AccountKey=abc"', false],
  ['fix x --answer password=hunter2', false],
  ['explain --error "?sv=2020&sig=abc%3D"', false],
  ['explain --error "Bearer eyJ0eXAiOiJKV1Qi.eyJhdWQi.x"', false],
  [`show ${'A'.repeat(86)}==`, false],
  [' audit', false],
  ['', false],
  ['x'.repeat(3000), false],
  ['explain storage.shared-key', true],
  ['fix keyvault.private-endpoint@/subscriptions/1/resourcegroups/rg/providers/microsoft.keyvault/vaults/kv', true],
  ['config set keys.fix x', true],
  ['findings --rule keyvault.default-action', true],
])('%s may be kept: %s', (line, may) => {
  expect(mayKeep(line)).toBe(may);
});

test('it never grows beyond its bounds, and what was written by hand does no harm', async () => {
  const file = path.join(folder, 'lines');
  writeFileSync(file, `${Array.from({ length: 900 }, (_, at) => `show ${at}`).join('\n')}\n\x1b[2Jevil\nsig=x\n\x00\n`);
  await store().add('audit');
  const lines = await store().all();
  expect(lines).toHaveLength(500);
  expect(lines.at(-1)).toBe('audit');
  expect(lines.at(-2)).toBe('evil');
  expect(readFileSync(file, 'utf8')).not.toContain('\x1b');
  writeFileSync(file, 'x'.repeat(3 * 1024 * 1024));
  expect(await store().all()).toEqual([]);
});

test('a folder that cannot be written costs nothing but the line', async () => {
  writeFileSync(path.join(folder, 'file'), '');
  const nowhere = lineStore({ folder: path.join(folder, 'file'), pid: process.pid });
  await nowhere.add('audit');
  expect(await nowhere.all()).toEqual([]);
  chmodSync(folder, 0o700);
});
