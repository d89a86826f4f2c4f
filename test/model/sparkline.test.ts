// A series as bars: which bar, which role, what is left out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sparkline } from '../../src/model/sparkline.ts';
import { plainText } from '../../src/model/words.ts';

const look = { cells: 20, ascii: false, better: 'lower' } as const;
const told = (values: readonly number[], change: Partial<Parameters<typeof sparkline>[1]> = {}) =>
  sparkline(values, { ...look, ...change }).map(({ text, role }) => `${text} ${role}`);

test('bars from 0 to the highest value; a change for the better and one for the worse have their roles', () => {
  expect(told([8, 8, 4, 0, 1])).toEqual(['██ dim', '▅▁ ok', '▂ bad']);
  expect(told([8, 8, 4, 0, 1], { ascii: true })).toEqual(['## dim', '=_ ok', '. bad']);
  expect(told([1, 2, 1], { better: 'higher' })).toEqual(['▅ dim', '█ ok', '▅ bad']);
});

test('the newest values are kept, and the first of them is compared with the one left out', () => {
  expect(told([9, 1, 2, 2], { cells: 3 })).toEqual(['▅ ok', '█ bad', '█ dim']);
});

test('nothing for nothing, the lowest bar for zero and for what is no number', () => {
  expect(told([])).toEqual([]);
  expect(told([3], { cells: 0 })).toEqual([]);
  expect(told([0, Number.NaN, -4, Number.POSITIVE_INFINITY])).toEqual(['▁▁▁▁ dim']);
});

test('any series has one bar per value shown, and a higher value never has a lower bar', () => {
  const series = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 60 });
  fc.assert(
    fc.property(series, fc.integer({ min: 0, max: 70 }), fc.boolean(), (values, cells, ascii) => {
      const text = plainText(sparkline(values, { cells, ascii, better: 'lower' }));
      const shown = values.slice(Math.max(0, values.length - cells));
      expect(text).toHaveLength(shown.length);
      if (ascii) expect(text).toMatch(/^[\x20-\x7e]*$/);
      const height = (bar: string) => (ascii ? '_.:-=+*#' : '▁▂▃▄▅▆▇█').indexOf(bar);
      const pairs = shown.flatMap((a, at) => shown.slice(at + 1).map((b, more) => [a, b, at, at + 1 + more] as const));
      for (const [a, b, at, to] of pairs) {
        const [low, high] = [height(text[at] ?? ''), height(text[to] ?? '')];
        expect(a <= b ? low <= high : low >= high).toBe(true);
      }
    }),
  );
});
