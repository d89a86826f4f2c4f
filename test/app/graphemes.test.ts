// The short way to take a text apart gives what Intl.Segmenter gives, and what counts as simple measures one column.
import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { graphemes, isSimple } from '../../src/app/terminal/graphemes.ts';

const whole = new Intl.Segmenter();
const simple = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(isSimple);
const text = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...simple) },
      {
        weight: 1,
        arbitrary: fc.constantFrom('\x1b', '\r', '\n', '\u0301', '\u200d', '\ufe0f', '日', '한', '👩', '🇫', '🇷', '❤'),
      },
    ),
  )
  .map((parts) => parts.join(''));

test('a simple character is one column wide, alone and in a row', () => {
  expect(simple.length).toBeGreaterThan(1_000);
  expect(simple.filter((one) => stringWidth(one) !== 1)).toEqual([]);
  expect(stringWidth(simple.join(''))).toBe(simple.length);
});

test('no two simple characters, and no escape beside one, are one grapheme', () => {
  // Twice in a row and backwards: each stands before and after itself, its neighbours and an escape.
  const long = [...simple, ...simple.toReversed()].flatMap((one) => [one, one, '\x1b', one]).join('');
  expect([...whole.segment(long)].length).toBe(long.length);
});

test('any text is taken apart as by Intl.Segmenter', () => {
  fc.assert(
    fc.property(text, (given) => {
      expect(graphemes(given)).toEqual([...whole.segment(given)].map(({ segment }) => segment));
    }),
  );
});
