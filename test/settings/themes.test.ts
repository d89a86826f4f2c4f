// The operator's own themes: every file of the folder is a theme or a sentence that names file and member, whatever it is.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ownThemes } from '../../src/settings/themes.ts';
import { themes } from '../../themes/index.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'bastide-themes-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a folder that is not there holds no theme', async () => {
  expect(await ownThemes(path.join(folder, 'none'), themes)).toEqual({ themes: [], broken: [] });
});

test('good ones are taken, the others told, and no file keeps another from being read', async () => {
  mkdirSync(folder, { recursive: true });
  const put = (name: string, text: string | Buffer) => writeFileSync(path.join(folder, name), text);
  put('mine.json', '\uFEFF{"like":"dark","roles":{"bad":"#ff0000"}}');
  put('notes.txt', 'not a theme');
  put('bad.json', '{"roles":{"critcal":"red"}}');
  put('cut.json', '{"roles":');
  put('dark.json', '{}');
  put('two words.json', '{}');
  put('\x1b[31mred.json', '{}');
  put('noise.json', Buffer.from([0xff, 0xfe, 0x00, 0x1b]));
  put('huge.json', ' '.repeat(70_000));
  mkdirSync(path.join(folder, 'folder.json'));
  const { themes: own, broken } = await ownThemes(folder, themes);
  expect(own.map(({ name, file }) => [name, file])).toEqual([['mine', path.join(folder, 'mine.json')]]);
  const why = Object.fromEntries(broken.map((one) => [one.name, one.why]));
  expect(why.bad).toMatch(/^roles\.critcal is not a role/);
  expect(why.cut).toMatch(/^it is not JSON/);
  expect(why.dark).toMatch(/"like": "dark"/);
  expect(why['two words']).toMatch(/letters, digits and dashes/);
  expect(why.red).toMatch(/letters, digits and dashes/);
  expect(why.noise).toMatch(/^it is not JSON/);
  expect(why.huge).toMatch(/larger than 64 KiB/);
  expect(why.folder).toBe('it is not a file');
  expect(broken).toHaveLength(8);
  expect(JSON.stringify(broken)).not.toMatch(/\\u001b/);
});
