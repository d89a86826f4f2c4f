// What differs between platforms, each asked by name: where files are kept, renaming over an open file, addresses, line ends.
import path from 'node:path';
import { expect, test } from 'vitest';
import { verbs } from '../../commands/index.ts';
import { parseScript } from '../../src/command/script.ts';
import { renameOver } from '../../src/disk/replace-file.ts';
import { foldersOf } from '../../src/main/folders.ts';
import { openerOf } from '../../src/main/open-page.ts';

test('Windows: what moves with the user in %APPDATA%, the rest in %LOCALAPPDATA%', () => {
  const env = {
    APPDATA: 'C:\\Users\\ada\\AppData\\Roaming',
    LOCALAPPDATA: 'D:\\Local',
    USERPROFILE: 'C:\\Users\\ada',
    HOME: '/home/ada',
  };
  expect(foldersOf(env, 'win32')).toEqual({
    settings: 'C:\\Users\\ada\\AppData\\Roaming\\bastide',
    state: 'D:\\Local\\bastide',
    cache: 'D:\\Local\\bastide\\Cache',
    tags: 'D:\\Local\\bastide\\Cache\\service-tags',
  });
  expect(foldersOf({ USERPROFILE: 'C:\\Users\\ada' }, 'win32')).toMatchObject({
    settings: 'C:\\Users\\ada\\AppData\\Roaming\\bastide',
    state: 'C:\\Users\\ada\\AppData\\Local\\bastide',
  });
});

test('macOS: ~/Library, unless the XDG folders are named', () => {
  expect(foldersOf({ HOME: '/Users/ada' }, 'darwin')).toEqual({
    settings: '/Users/ada/Library/Application Support/bastide',
    state: '/Users/ada/Library/Application Support/bastide',
    cache: '/Users/ada/Library/Caches/bastide',
    tags: '/Users/ada/Library/Caches/bastide/service-tags',
  });
  expect(foldersOf({ HOME: '/Users/ada', XDG_CONFIG_HOME: '/Users/ada/.config' }, 'darwin').settings).toBe(
    '/Users/ada/.config/bastide',
  );
});

test('Linux: the XDG folders; a relative one does not count', () => {
  expect(foldersOf({ HOME: '/home/ada', XDG_STATE_HOME: 'state', XDG_CACHE_HOME: '/var/cache' }, 'linux')).toEqual({
    settings: '/home/ada/.config/bastide',
    state: '/home/ada/.local/state/bastide',
    cache: '/var/cache/bastide',
    tags: '/var/cache/bastide/service-tags',
  });
});

test('an empty HOME names no folder: nothing is kept in the working directory', () => {
  for (const folder of Object.values(foldersOf({ HOME: '' }, 'linux'))) expect(path.isAbsolute(folder)).toBe(true);
});

test('BASTIDE_HOME holds everything but compiled code, on every platform', () => {
  expect(foldersOf({ HOME: '/home/ada', BASTIDE_HOME: '/srv/b' }, 'darwin')).toMatchObject({
    ...{ settings: '/srv/b', state: '/srv/b', tags: '/srv/b/service-tags' },
  });
  expect(foldersOf({ USERPROFILE: 'C:\\u', BASTIDE_HOME: 'D:\\b' }, 'win32')).toMatchObject({
    ...{ settings: 'D:\\b', state: 'D:\\b', tags: 'D:\\b\\service-tags' },
  });
});

test('a rename that Windows refuses while another program has the file open is tried again; other refusals are not', () => {
  const refusing = (code: string, times: number) => {
    let left = times;
    let calls = 0;
    const rename = () => {
      calls += 1;
      if (left-- > 0) throw Object.assign(new Error(code), { code });
    };
    return { rename, calls: () => calls };
  };
  for (const code of ['EPERM', 'EACCES', 'EBUSY']) {
    const open = refusing(code, 2);
    renameOver('a', 'b', { platform: 'win32', rename: open.rename });
    expect(open.calls()).toBe(3);
    const elsewhere = refusing(code, 2);
    expect(() => renameOver('a', 'b', { platform: 'linux', rename: elsewhere.rename })).toThrow(code);
    expect(elsewhere.calls()).toBe(1);
  }
  const gone = refusing('ENOENT', 1);
  expect(() => renameOver('a', 'b', { platform: 'win32', rename: gone.rename })).toThrow('ENOENT');
  const forever = refusing('EBUSY', 1000);
  expect(() => renameOver('a', 'b', { platform: 'win32', rename: forever.rename })).toThrow('EBUSY');
});

test('each platform opens pages by its own program, without a shell', () => {
  const page = 'https://portal.azure.com/#a&b';
  expect(openerOf(page, {}, 'win32')).toEqual(['rundll32', 'url.dll,FileProtocolHandler', page]);
  expect(openerOf(page, {}, 'darwin')).toEqual(['open', page]);
  expect(openerOf(page, {}, 'linux')).toBeNull();
  expect(openerOf(page, { WAYLAND_DISPLAY: 'w' }, 'linux')).toEqual(['xdg-open', page]);
});

test('a script with CRLF reads as one with LF', () => {
  const text = ['# a comment', 'assume devClientIps 203.0.113.7', '', '- audit --demo'].join('\n');
  const parsed = (script: string) =>
    parseScript(script, verbs, { lookup: () => undefined }).map(({ number, parsed: { line }, forgiving }) => ({
      number,
      line,
      forgiving,
    }));
  expect(parsed(text.replaceAll('\n', '\r\n'))).toEqual(parsed(text));
  expect(parsed(text)).toHaveLength(2);
});
