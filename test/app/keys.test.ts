// What a terminal hands over becomes single keys, and the key table is the one place that gives them a meaning.
import type { Key } from 'ink';
import { describe, expect, test } from 'vitest';
import { overlays } from '../../src/app/overlays/index.ts';
import { assumptions } from '../../src/app/screens/assumptions.ts';
import { findings } from '../../src/app/screens/findings.ts';
import { history } from '../../src/app/screens/history.ts';
import { screens } from '../../src/app/screens/index.ts';
import { log } from '../../src/app/screens/log.ts';
import { initialState } from '../../src/app/state/initial.ts';
import { bindingFor, bindings, hintsFor } from '../../src/app/state/keys/index.ts';
import { readKey, spell } from '../../src/app/state/spell.ts';
import { dropEscapeTail, splitKeys } from '../../src/app/terminal/keys.ts';
import { chooseTheme } from '../../src/theme/choose.ts';
import { themes } from '../../themes/index.ts';

const initial = (screen: string) =>
  initialState({
    size: { columns: 80, rows: 24 },
    ascii: false,
    readOnly: false,
    source: { kind: 'demo', name: 'demo:mixed' },
    profile: 'all',
    theme: chooseTheme({ depth: 'full', themes }),
    bindings,
    rules: [],
    screen,
    drawMap: () => ({ networks: [], targets: [], outside: [], unread: null }),
    now: 0,
  });
const key = (flags: Partial<Key> = {}): Key => ({ ...flags }) as Key;

describe('splitKeys', () => {
  test.each([
    ['jjj', {}, ['j', 'j', 'j']],
    ['y\r', {}, ['y', 'enter']],
    ['ab\tc', {}, ['a', 'b', 'tab', 'c']],
    ['', { downArrow: true }, ['down']],
    ['', { pageUp: true }, ['page-up']],
    ['', { tab: true, shift: true }, ['shift-tab']],
    ['d', { ctrl: true }, ['ctrl-d']],
    ['\x04x', {}, ['ctrl-d', 'x']],
    ['', { escape: true, meta: true }, ['esc']],
    ['?', { meta: true }, ['esc', '?']],
    ['é日', {}, ['é', '日']],
    ['', {}, []],
    ['\x9b', {}, []],
  ] as const)('%j %j', (input, flags, expected) => {
    expect(splitKeys(input, key(flags))).toEqual(expected);
  });
});

describe('dropEscapeTail', () => {
  test.each([
    ['[B', false, { rest: '', done: true }],
    ['[5~', false, { rest: '', done: true }],
    ['[1;5C', false, { rest: '', done: true }],
    ['OP', false, { rest: '', done: true }],
    ['[B?', false, { rest: '?', done: true }],
    ['[', false, { rest: '', done: false }],
    ['[1;', false, { rest: '', done: false }],
    ['B', true, { rest: '', done: true }],
    ['5~j', true, { rest: 'j', done: true }],
    ['j', false, null],
    ['q', false, null],
    ['5', false, null],
    ['B', false, null],
  ] as const)('%s (begun: %s)', (text, began, expected) => {
    expect(dropEscapeTail(text, began)).toEqual(expected);
  });
});

describe('the key table', () => {
  // Every set of places that can be in force at once: each screen, and each place of the overlays.
  const overlayPlaces = ['text', 'buttons', 'result', 'choices', 'input'].map(
    (place) => [place, ['everywhere', place]] as const,
  );
  const screenPlaces = screens.map(
    (screen) =>
      [
        screen.name,
        ['everywhere', 'screen', screen.name, ...screen.places(screen.start as never, initial(screen.name))],
      ] as const,
  );
  const places: readonly (readonly [string, readonly string[]])[] = [
    ...screenPlaces,
    ...overlayPlaces,
    ['palette', ['everywhere', 'palette', 'line']],
    ['help', ['everywhere', 'help', 'text', 'help-sheet']],
    ['path', ['everywhere', 'path', 'list']],
    ['document', ['everywhere', 'json', 'list']],
    ['guide', ['everywhere', 'guide']],
    ['a question', ['everywhere', 'ask', 'buttons', 'pages']],
    ['plan', ['everywhere', 'plan', 'buttons']],
    ['welcome', ['everywhere', 'screen', 'welcome', 'moves']],
  ];
  const placesOf = (name: string) => screenPlaces.find(([screen]) => screen === name)?.[1] ?? [];
  const meant = (where: readonly string[], key: string) => bindingFor(bindings, where, key);

  test.each(places)('no key has two meanings in %s', (_name, where) => {
    const here = bindings.filter((one) => one.where.some((place) => where.includes(place)));
    const all = here.flatMap((one) => one.keys);
    expect(all.filter((one, index) => all.indexOf(one) !== index)).toEqual([]);
  });
  test('every column can be sorted by with Shift and a letter of its title, and the help and the footer tell of it', () => {
    const tables = [...Object.values({ findings, history, assumptions, log }), { name: 'resources' }];
    for (const { name } of tables) {
      const where = placesOf(name);
      const these = bindings.filter((one) => one.where.includes(name) && /-by-/.test(one.name));
      expect(these.length, name).toBeGreaterThan(2);
      for (const one of these) {
        const [, title = ''] = /Sort by column (.*);/.exec(one.help) ?? [];
        expect(one.keys, one.name).toHaveLength(1);
        expect(one.keys[0], one.name).toMatch(/^[A-Z]$/);
        expect(title.toUpperCase(), one.name).toContain(one.keys[0]);
        expect(one.label).toMatch(title === 'By' ? /^by user$/ : new RegExp(`^by ${title}$`));
        expect(hintsFor(bindings, where), one.name).toContain(one);
        expect(meant(where, one.keys[0] ?? '')).toBe(one);
      }
    }
  });
  test.each(places)('the footer says of no two keys the same in %s', (_name, where) => {
    const labels = hintsFor(bindings, where).map(({ label }) => label);
    expect(labels.filter((one, index) => labels.indexOf(one) !== index)).toEqual([]);
  });
  test('every binding has a unique name, and an action', () => {
    const names = bindings.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(
      bindings.filter(
        ({ change, effect, command }) => change === undefined && effect === undefined && command === undefined,
      ),
    ).toEqual([]);
  });
  test('every context of a binding is one that can be active', () => {
    const known = new Set([...places.flatMap(([, all]) => all), ...overlays.map(({ kind }) => kind as string)]);
    expect(bindings.flatMap(({ where }) => where).filter((place) => !known.has(place))).toEqual([]);
  });
  test('Ctrl+D and Ctrl+U move and nothing else, wherever they mean something', () => {
    const names = places.flatMap(([, where]) => ['ctrl-d', 'ctrl-u'].map((one) => meant(where, one)?.name));
    expect(new Set(names)).toEqual(new Set(['half-down', 'half-up', undefined]));
  });
  test('Escape cancels and never sends', () => {
    const ways = places.map(([, where]) => meant(where, 'esc')?.name);
    const backing = ['back', 'close', 'cancel', 'button-cancel', 'path-back', 'document-close', 'guide-leave'];
    expect(ways.filter((name) => name === undefined || !backing.includes(name))).toEqual([]);
  });
  test('a letter typed into an input is text, not a key', () => {
    for (const letter of 'abcdefghijklmnopqrstuvwxyzFGTUZ?/:0123456789') {
      expect(meant(['everywhere', 'input'], letter)).toBeUndefined();
      expect(meant(['everywhere', 'palette', 'line'], letter)).toBeUndefined();
    }
  });
  test('every context shows how to leave it', () => {
    for (const [name, where] of places) {
      const ways = hintsFor(bindings, where).flatMap((one) => one.keys);
      expect(ways.includes('esc') || ways.includes('q'), name).toBe(true);
    }
  });
  test('every key that is bound, or that the settings may bind, is one that the key layer hands over', () => {
    const flags = ['up', 'down', 'left', 'right'].map((one) => `${one}Arrow`);
    const whole = [...flags, 'pageUp', 'pageDown', 'home', 'end', 'return', 'escape', 'backspace', 'delete', 'tab'];
    const handed = new Set([
      ...whole.flatMap((flag) => splitKeys('', key({ [flag]: true }))),
      ...splitKeys('', key({ tab: true, shift: true })),
      ...Array.from({ length: 0x7f }, (_, code) => splitKeys(String.fromCharCode(code), key())).flat(),
    ]);
    expect(bindings.flatMap(({ keys }) => keys).filter((one) => !handed.has(one))).toEqual([]);
    const words = [...handed, ...[...handed].map(spell), 'BackTab', 'pgup', 'Escape', '^x', 'C-x'];
    const shifted = words.flatMap((one) => [`shift-${one}`, `Shift+${one}`]);
    const read = [...words, ...shifted].map(readKey).filter((one) => one !== null);
    expect(read.filter((one) => !handed.has(one))).toEqual([]);
    expect(['shift-up', 'Shift+Down', 'shift-home', 'ctrl-m'].map(readKey)).toEqual([null, null, null, null]);
  });
  test('keys are spelt as people say them', () => {
    expect(['ctrl-p', 'shift-tab', ' ', 'page-down', 'f'].map(spell)).toEqual([
      'Ctrl+P',
      'Shift+Tab',
      'Space',
      'PgDn',
      'f',
    ]);
  });
});
