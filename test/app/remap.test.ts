// Keys of the operator's own: taken, or refused with a sentence; never two meanings for one, and never without a way out.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { overlays } from '../../src/app/overlays/index.ts';
import { screens } from '../../src/app/screens/index.ts';
import { bindings } from '../../src/app/state/keys/index.ts';
import { remapped } from '../../src/app/state/keys/remap.ts';
import { readKey, spell } from '../../src/app/state/spell.ts';
import { isPrintable } from '../../src/app/terminal/keys.ts';

const keysOf = (setting: Parameters<typeof remapped>[0], name: string) =>
  remapped(setting).bindings.find((one) => one.name === name)?.keys;

test('a binding has the keys it is given, and every other keeps its own', () => {
  const { bindings: own, wrong } = remapped({ fix: ['x', 'Ctrl+X'], undo: 'z space', theme: 'none' });
  expect(wrong.join()).toMatch(/^keys\.undo: Space is used by [a-z-]+ \([^)]+\); assign that another key as well$/);
  expect(own).toBe(bindings);
  expect(remapped({ fix: ['x', 'Ctrl+X'] }).wrong).toEqual([]);
  expect(keysOf({ fix: ['x', 'Ctrl+X'] }, 'fix')).toEqual(['x', 'ctrl-x']);
  expect(keysOf({ fix: 'x' }, 'undo')).toEqual(bindings.find((one) => one.name === 'undo')?.keys);
  expect(keysOf({ theme: [] }, 'theme')).toEqual([]);
  expect(remapped(undefined).bindings).toEqual(bindings);
});

test('settings made by version 0.1 keep their keys under the newer names', () => {
  for (const [former, name] of [
    ['admit', 'allow-ip'],
    ['plan-rehearse', 'plan-what-if'],
    ['guide-rehearse', 'guide-what-if'],
    ['intent-answer', 'assumption-declare'],
    ['intent-clear', 'assumption-clear'],
    ['leave', 'quit'],
  ] as const) {
    expect(remapped({ [former]: 'ctrl-y' })).toMatchObject({ wrong: [] });
    expect(keysOf({ [former]: 'ctrl-y' }, name)).toEqual(['ctrl-y']);
  }
  expect(keysOf({ take: 'ctrl-y' }, 'confirm')).toEqual(['ctrl-y', 'enter']);
  expect(keysOf({ drop: 'ctrl-y' }, 'cancel')).toEqual(['ctrl-y', 'esc']);
});

test('two may change places, and one key may mean two things where they never meet', () => {
  expect(remapped({ fix: 'u', undo: 'f' }).wrong).toEqual([]);
  const down = bindings.find((one) => one.name === 'down');
  const next = bindings.find((one) => one.name !== 'down' && one.keys.includes('j'));
  expect(down).toBeDefined();
  if (next !== undefined) expect(remapped({ down: 'Q down', [next.name]: 'Q down tab' }).wrong).toEqual([]);
});

test.each([
  [{ fixx: 'x' }, /^keys\.fixx is not a key binding; did you mean keys\.fix$/],
  [{ fix: 'u' }, /^keys\.fix: u is used by undo \(/],
  [{ fix: 'f13' }, /^keys\.fix: f13 is not a key that a terminal sends by itself$/],
  [{ fix: 'ctrl-m' }, /is not a key that a terminal sends by itself/],
  [{ fix: '3' }, /digits count moves and select screens/],
  [{ fix: 'esc' }, /Esc cannot be reassigned/],
  [{ complete: 'x' }, /is needed for typing text/],
  [{ repaint: 'x' }, /is needed for typing text/],
  [{ '\x1b[31mfix': 'x' }, /^keys\.fix is not a key binding/],
])('%j is refused', (setting, says) => {
  expect(remapped(setting).wrong.join('; ')).toMatch(says);
  expect(remapped(setting).bindings).toBe(bindings);
});

test('quit, cancel and answer keep a key', () => {
  const ways = bindings.filter((one) => one.keys.some((key) => ['esc', 'ctrl-c', 'enter'].includes(key)));
  expect(ways.length).toBeGreaterThan(3);
  for (const { name, keys } of ways) {
    const own = keysOf({ [name]: 'none' }, name) ?? [];
    for (const key of ['esc', 'ctrl-c', 'enter']) if (keys.includes(key)) expect(own, name).toContain(key);
  }
});

test('a key is read as it is spelt', () => {
  for (const { keys } of bindings) for (const key of keys) expect(readKey(spell(key))).toBe(key);
  expect(['^X', 'C-x', 'pgup', 'Page-Down', 'comma', 'é', 'shift+tab'].map(readKey)).toEqual([
    ...['ctrl-x', 'ctrl-x', 'page-up', 'page-down', ',', 'é', 'shift-tab'],
  ]);
  expect(['', 'xx', 'ctrl-', '\u0301', '\x1b'].map(readKey)).toEqual([null, null, null, null, null]);
});

describe('whatever is asked for', () => {
  const screenPlaces = screens.map(({ name }) => ['everywhere', 'screen', name, 'panes', 'list']);
  const overlayPlaces = overlays.map(({ kind }) => ['everywhere', kind as string]);
  const name = fc.constantFrom(...bindings.map((one) => one.name), 'nothing');
  const key = fc.constantFrom('x', 'u', 'f', 'j', 'q', 'esc', 'ctrl-x', 'ctrl-p', 'tab', 'none', '5', ':', 'zz', 'N');
  const setting = fc.dictionary(name, fc.oneof(key, fc.array(key, { maxLength: 3 })), { maxKeys: 4 });
  test('no key has two meanings where it had one, and no letter is missing where text is typed', () => {
    fc.assert(
      fc.property(setting, (asked) => {
        const { bindings: own } = remapped(asked);
        for (const where of [...screenPlaces, ...overlayPlaces]) {
          const keys = own.filter((one) => one.where.some((place) => where.includes(place))).flatMap((one) => one.keys);
          expect(keys.filter((one, at) => keys.indexOf(one) !== at)).toEqual([]);
        }
        const typed = own.filter((one) => one.where.some((place) => ['input', 'line', 'everywhere'].includes(place)));
        expect(typed.flatMap((one) => one.keys).filter(isPrintable)).toEqual([]);
        expect(own.map((one) => one.name)).toEqual(bindings.map((one) => one.name));
      }),
      { numRuns: 500 },
    );
  });
});
