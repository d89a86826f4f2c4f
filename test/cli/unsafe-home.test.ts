// A home that others can write: what changes something is refused with the reason, what only reads works without it.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { bastide, freshHome, type Home } from '../support/bastide.ts';

const homes: Home[] = [];
afterEach(() => {
  for (const home of homes.splice(0)) home.remove();
});
const demo = '--demo=mixed';
const fix = ['fix', 'storage.bypass-azure-services', demo, '--yes'];

/** `parent`: of a folder above the home. */
function homeWith({ mode, parent = 0o700 }: { readonly mode: number; readonly parent?: number }) {
  const outer = freshHome();
  homes.push(outer);
  const above = path.join(outer.folder, 'above');
  const folder = path.join(above, 'home');
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, mode);
  chmodSync(above, parent);
  return { home: { ...outer, env: { ...outer.env, BASTIDE_HOME: folder } }, folder, above };
}

test.each([
  ['the group', { mode: 0o770 }, 'Other users can write to'],
  ['others', { mode: 0o707 }, 'Other users can write to'],
  ['all, though sticky', { mode: 0o1777 }, 'Other users can write to'],
  ['anyone, a folder above', { mode: 0o700, parent: 0o777 }, 'Any user can put another folder in the place'],
])('written by %s: refused with the reason, and audits go on', async (_who, modes, reason) => {
  const { home } = homeWith(modes);
  for (const words of [fix, ['undo', demo, '--yes'], ['history', demo], ['config', 'set', 'ascii', 'true']]) {
    const ran = await bastide(words, home);
    expect([words[0], ran.status, ran.stderr]).toEqual([words[0], 2, expect.stringContaining(reason)]);
  }
  expect((await bastide(['audit', demo, '--fail-on', 'never'], home)).status).toBe(0);
  expect((await bastide(['plan', '--all', demo], home)).status).toBe(0);
});

test.each([
  ['its owner alone', { mode: 0o700 }],
  ['its owner, and read by others', { mode: 0o755 }],
  ['its owner, below a sticky folder', { mode: 0o700, parent: 0o1777 }],
])('written by %s: kept', async (_who, modes) => {
  const { home } = homeWith(modes);
  expect((await bastide(fix, home)).status).toBe(0);
  expect((await bastide(['history', demo], home)).stdout).toContain('fix');
});

test.skipIf(process.getuid?.() !== 0)('of another user: refused', async () => {
  const { home, folder } = homeWith({ mode: 0o700 });
  const { chownSync } = await import('node:fs');
  chownSync(folder, 12_345, 12_345);
  const ran = await bastide(fix, home);
  expect([ran.status, ran.stderr]).toEqual([2, expect.stringContaining('belongs to another user')]);
});

test('settings that others may have written are not used', async () => {
  const { home, folder } = homeWith({ mode: 0o777 });
  writeFileSync(path.join(folder, 'settings.json'), '{"failOn": 7, "nonsense"');
  expect((await bastide(['audit', demo, '--fail-on', 'never'], home)).status).toBe(0);
});
