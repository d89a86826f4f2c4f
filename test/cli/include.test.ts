// What a script may include: files in its folder; others only where they are named absolutely, and nothing of what is refused is shown.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bastide, freshHome, type Home } from '../support/bastide.ts';

let home: Home;
let folder: string;
const secret = 'hunter2-top-secret';
const put = (name: string, text: string) => writeFileSync(path.join(home.folder, name), text);
beforeAll(() => {
  home = freshHome();
  folder = path.join(home.folder, 'scripts');
  mkdirSync(path.join(folder, 'parts'), { recursive: true });
  mkdirSync(path.join(home.folder, 'other'));
  put('outside.txt', `password: ${secret}\n`);
  put('outside.bastide', 'version\n');
  put('other/beside.bastide', 'version\n');
  put('other/main.bastide', 'include beside.bastide\ninclude ../outside.txt\n');
  put('scripts/notes.txt', `version ${secret}\n`);
  put('scripts/parts/inside.bastide', 'version\n');
  put('scripts/parts/up.bastide', 'include ../parts/inside.bastide\n');
  symlinkSync(path.join(home.folder, 'outside.txt'), path.join(folder, 'link.bastide'));
  symlinkSync(home.folder, path.join(folder, 'linked'));
  symlinkSync(path.join(folder, 'parts/inside.bastide'), path.join(folder, 'within.bastide'));
});
afterAll(() => home.remove());

async function included(name: string) {
  put('scripts/main.bastide', `version\ninclude ${name}\n`);
  const { status, stdout, stderr } = await bastide(['run', path.join(folder, 'main.bastide')], home);
  expect(stdout + stderr).not.toContain(secret);
  return { status, stderr };
}

test.each(['parts/inside.bastide', 'parts/up.bastide', './parts/../parts/inside.bastide', 'within.bastide'])(
  '%s is in the folder of the script',
  async (name) => {
    expect((await included(name)).status).toBe(0);
  },
);

test.each(['../outside.txt', '../outside.bastide', 'link.bastide', 'linked/outside.txt', 'linked/outside.bastide'])(
  '%s is not, and nothing of it is shown',
  async (name) => {
    const { status, stderr } = await included(name);
    expect([status, stderr]).toEqual([2, expect.stringContaining('is not in the folder of the script')]);
  },
);

test('an absolute path names what is meant; of what is no script nothing is shown', async () => {
  expect((await included(path.join(home.folder, 'outside.bastide'))).status).toBe(0);
  for (const name of [path.join(home.folder, 'outside.txt'), 'notes.txt']) {
    const { status, stderr } = await included(name);
    expect([name, status, stderr]).toEqual([name, 2, expect.stringContaining('this is no command line of Bastide')]);
  }
  // What it includes itself is in its own folder.
  const { status, stderr } = await included(path.join(home.folder, 'other/main.bastide'));
  expect([status, stderr]).toEqual([2, expect.stringMatching(/main\.bastide:2: .*outside\.txt is not in the folder/)]);
});

test.each(['/dev/zero', '/etc', 'parts', 'none.bastide'])('%s cannot be read', async (name) => {
  const { status, stderr } = await included(name);
  expect([status, stderr]).toEqual([2, expect.stringContaining('cannot be read')]);
});
