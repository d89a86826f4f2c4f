// A sieve finds the same as testing every word, whatever it was asked before, and tests none twice in vain.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sieveFor } from '../../src/command/completion.ts';

const letters = (maxLength: number) => fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength });
const narrows = (now: string, before: string) => now.includes(before);

test('it says of each word whether it holds the text, whatever texts came before', () => {
  fc.assert(
    fc.property(fc.array(letters(6)), fc.array(letters(4), { maxLength: 600, size: 'max' }), (words, texts) => {
      const sieve = sieveFor<string>({ holds: (word, text) => word.includes(text), narrows });
      for (const text of texts) {
        const isHeld = sieve(words, text);
        expect(words.filter((_, place) => isHeld(place))).toEqual(words.filter((word) => word.includes(text)));
      }
    }),
  );
});

test('a word is asked for nothing that holds what it lacks', () => {
  const asked: string[] = [];
  const holds = (word: string, text: string) => {
    asked.push(`${word} ${text}`);
    return word.includes(text);
  };
  const sieve = sieveFor<string>({ holds, narrows });
  const words = ['ab', 'xy'];
  for (const text of ['x', 'xa', 'x']) {
    const isHeld = sieve(words, text);
    words.forEach((_, place) => void isHeld(place));
  }
  expect(asked).toEqual(['ab x', 'xy x', 'xy xa', 'xy x']);
});
