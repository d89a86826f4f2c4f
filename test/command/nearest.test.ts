import fc from 'fast-check';
import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../src/command/nearest.ts';

const short = fc.string({ maxLength: 8 });
test('laws of a distance', () => {
  fc.assert(
    fc.property(short, short, (a, b) => {
      expect(editDistance(a, b)).toBe(editDistance(b, a));
      expect(editDistance(a, b) === 0).toBe(a === b);
      expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});
test('a swap is one mistake, and far words are not guessed', () => {
  expect(editDistance('adn', 'and')).toBe(1);
  expect(nearest('verfiy', ['verify', 'version'])).toBe('verify');
  expect(nearest('xyz', ['verify', 'version'])).toBeUndefined();
});
