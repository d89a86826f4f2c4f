// Editing a line, key by key.
import { expect, test } from 'vitest';
import { edit, emptyInput, inputOf, insert } from '../../src/app/draw/input.ts';

const typed = (keys: readonly string[]) => keys.reduce(edit, emptyInput).text;

test.each([
  [['a', 'b', 'c'], 'abc'],
  [['a', 'b', 'left', 'x'], 'axb'],
  [['a', 'b', 'home', 'x', 'end', 'y'], 'xaby'],
  [['a', 'b', 'backspace'], 'a'],
  [['a', 'b', 'left', 'delete'], 'a'],
  [['é', '😀', 'backspace'], 'é'],
  [['a', ' ', 'b', 'ctrl-w'], 'a '],
  [['a', 'b', 'left', 'ctrl-u'], 'b'],
  [['a', 'b', 'left', 'ctrl-k'], 'a'],
  [['backspace', 'left', 'delete'], ''],
])('%j', (keys, text) => expect(typed(keys)).toBe(text));

test('a paste comes in whole, on one line', () => {
  expect(insert(inputOf('fix '), 'one\r\ntwo\x1b[31m').text).toBe('fix one two [31m');
});
