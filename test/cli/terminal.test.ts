// What the environment says of the terminal: which signs it has, and whether lines are wanted instead of a screen.
import { expect, test } from 'vitest';
import { lookOf } from '../../src/cli/look.ts';
import { showsUnicode, wantsLines } from '../../src/cli/terminal.ts';
import { themes } from '../../themes/index.ts';

test.each([
  [{ LANG: 'en_US.UTF-8' }, true],
  [{ LANG: 'C.utf8' }, true],
  [{ LANG: 'C' }, false],
  [{ LANG: 'de_DE.ISO-8859-1' }, false],
  [{ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }, false],
  [{ LANG: 'C', LC_CTYPE: 'en_US.UTF-8' }, true],
  [{ LC_ALL: '', LANG: 'C.UTF-8' }, true],
  // Most containers set none, and their terminals show everything.
  [{}, true],
])('%o shows more than ASCII: %s', (env, shows) => {
  expect(showsUnicode(env)).toBe(shows);
});

test.each([
  [{}, [], false, false],
  [{ TERM: 'dumb' }, [], false, true],
  [{ ACCESSIBLE: '1' }, [], false, true],
  [{ ACCESSIBLE: '0' }, [], false, false],
  [{ ACCESSIBLE: '' }, [], false, false],
  [{ INK_SCREEN_READER: 'true' }, [], false, true],
  [{ TERM: 'dumb', ACCESSIBLE: '1' }, ['accessible'], false, false],
  [{}, ['accessible'], true, true],
  [{}, [], true, true],
] as const)('%o, given %j, set to %s: lines are wanted: %s', (env, given, accessible, wanted) => {
  expect(wantsLines({ accessible }, env, new Set(given))).toBe(wanted);
});

test.each([
  [{ LANG: 'C' }, true, [], '-> ok\n'],
  [{ LANG: 'C' }, true, ['ascii'], '→ ✓\n'],
  [{ LANG: 'C' }, false, [], '→ ✓\n'],
  [{ LANG: 'C.UTF-8' }, true, [], '→ ✓\n'],
] as const)('signs with %o, on a terminal: %s, given %j', (env, isTTY, given, shown) => {
  const flags = { color: 'never', ascii: false, accessible: false } as const;
  const look = lookOf(flags, { themes, brokenThemes: [], env }, { isTTY }, new Set(given));
  expect(look.show([[{ text: '→ ✓' }]])).toBe(shown);
});

test.each([
  [true, true, [], true],
  [true, false, [], false],
  [true, false, ['accessible'], true],
  [false, true, [], false],
] as const)('sentences when set to %s, on a terminal: %s, given %j: %s', (accessible, isTTY, given, aloud) => {
  const flags = { color: 'never', ascii: false, accessible } as const;
  const look = lookOf(flags, { themes, brokenThemes: [], env: { TERM: 'xterm' } }, { isTTY }, new Set(given));
  expect(look.show([[{ text: '✓ ' }, { text: 'stml  done' }]])).toBe(aloud ? 'ok, stml, done\n' : '✓ stml  done\n');
});
