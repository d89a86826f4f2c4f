// Letters in order, better together and at the beginnings of words; and never a place that does not hold the letter.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzzy, holdsLetters, lettersOf } from '../../src/command/fuzzy.ts';

const best = (query: string, texts: readonly string[]) =>
  texts
    .flatMap((text) => {
      const fit = fuzzy(query, text);
      return fit === null ? [] : [{ text, score: fit.score }];
    })
    .sort((a, b) => b.score - a.score)[0]?.text;

describe('ranking', () => {
  test.each([
    ['fix', ['prefix it', 'fix', 'forget it x'], 'fix'],
    ['sda', ['used as', 'storage.default-action-deny', 'salad bars'], 'storage.default-action-deny'],
    ['hist', ['what is this', 'history'], 'history'],
    ['bypass', ['bring your passport', 'storage.bypass-azure-services'], 'storage.bypass-azure-services'],
    ['stml train', ['stmlsim (snet-dev)', 'stmlsim (snet-train)'], 'stmlsim (snet-train)'],
    ['DARK', ['dark', 'd a r k'], 'dark'],
  ])('%s', (query, texts, wanted) => {
    expect(best(query, texts)).toBe(wanted);
  });
  test('letters in another order, or missing, do not fit', () => {
    expect(fuzzy('ab', 'ba')).toBeNull();
    expect(fuzzy('aa', 'a')).toBeNull();
    expect(fuzzy('x', '')).toBeNull();
  });
  test('nothing typed fits everything alike', () => {
    expect(fuzzy(' ', 'x')).toEqual({ score: 0, at: [] });
  });
});

test('it fits exactly where the letters stand in order, and every place holds its letter', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '-', 'c', '.'), maxLength: 12 });
  const inOrder = (query: string, text: string) => {
    let from = 0;
    for (const letter of query.toLowerCase()) {
      from = text.toLowerCase().indexOf(letter, from) + 1;
      if (from === 0) return false;
    }
    return true;
  };
  fc.assert(
    fc.property(letters, letters, (query, text) => {
      const fit = fuzzy(query, text);
      expect(fit !== null).toBe(inOrder(query, text));
      expect(holdsLetters(lettersOf(query), text)).toBe(fit !== null);
      if (fit === null) return;
      expect(fit.at.map((place) => text.charAt(place).toLowerCase()).join('')).toBe(query.toLowerCase());
      expect([...fit.at].sort((a, b) => a - b)).toEqual(fit.at);
      expect(new Set(fit.at).size).toBe(fit.at.length);
    }),
    { numRuns: 2000 },
  );
});

test('letters that grow when they are made small do no harm', () => {
  expect(fuzzy('i', 'İİİi')?.at).toEqual([3]);
});
