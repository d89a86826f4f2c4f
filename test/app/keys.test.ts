// What a terminal hands over becomes single keys, and the key table is the one place that gives them a meaning.
import type { Key } from 'ink';
import { describe, expect, test } from 'vitest';
import { bindingFor, bindings, hintsFor, spell, type Where } from '../../src/app/state/key-table.ts';
import { dropEscapeTail, splitKeys } from '../../src/app/terminal/keys.ts';

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
  const places: readonly Where[] = ['main', 'panel', 'buttons', 'result', 'list', 'input', 'palette'];

  test.each(places)('no key has two meanings in %s', (where) => {
    const here = bindings.filter((one) => one.where.includes(where) || one.where.includes('everywhere'));
    const all = here.flatMap((one) => one.keys);
    expect(all.filter((one, index) => all.indexOf(one) !== index)).toEqual([]);
  });
  test('Ctrl+D and Ctrl+U move and nothing else, wherever they mean something', () => {
    const meant = places.flatMap((where) => ['ctrl-d', 'ctrl-u'].map((one) => bindingFor(where, one)?.intent.kind));
    expect(new Set(meant)).toEqual(new Set(['move', undefined]));
  });
  test('Escape backs out and never sends', () => {
    for (const where of places) {
      const intent = bindingFor(where, 'esc')?.intent;
      expect(intent?.kind === 'back' || (intent?.kind === 'do' && intent.effect === 'cancel'), where).toBe(true);
    }
  });
  test('a letter typed into an input is text, not a key', () => {
    for (const letter of 'abcdefghijklmnopqrstuvwxyzFGTUZ?/:') {
      expect(bindingFor('input', letter)).toBeUndefined();
      expect(bindingFor('palette', letter)).toBeUndefined();
    }
  });
  test('L asks Azure, and is a letter where one types', () => {
    expect(bindingFor('main', 'L')?.intent).toEqual({ kind: 'do', effect: 'live' });
    expect(bindingFor('input', 'L')).toBeUndefined();
  });
  test('every place shows how to get out of it', () => {
    for (const where of places) {
      const ways = hintsFor(where).flatMap((one) => one.keys);
      expect(ways.includes('esc') || ways.includes('q'), where).toBe(true);
    }
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
