// Marks are a set, however they are kept.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMarked, markedKeys, marksAmong, noMarks, turnedOver } from '../../src/app/state/marks.ts';

const names = Array.from({ length: 600 }, (_, at) => `finding-${at}`);
const some = fc.oneof(
  fc.constantFrom(...names).map((one) => [one]),
  fc.tuple(fc.nat({ max: 599 }), fc.nat({ max: 600 })).map(([from, count]) => names.slice(from, from + count)),
  fc.subarray(names, { maxLength: 5 }),
);

test('turned over again and again, they are what a plain set would be', () => {
  fc.assert(
    fc.property(fc.array(some, { maxLength: 12 }), fc.subarray(names), (turns, there) => {
      let marks = noMarks;
      let plain = new Set<string>();
      for (const keys of turns) {
        const off = keys.every((key) => plain.has(key));
        plain = off ? plain.difference(new Set(keys)) : plain.union(new Set(keys));
        const before = [...markedKeys(marks)];
        const next = turnedOver(marks, keys);
        // What was there stays as it was.
        expect([...markedKeys(marks)]).toEqual(before);
        marks = next;
        expect(new Set(markedKeys(marks))).toEqual(plain);
        expect([marks.size, [...markedKeys(marks)].length]).toEqual([plain.size, plain.size]);
        expect(names.filter((name) => isMarked(marks, name))).toEqual(names.filter((name) => plain.has(name)));
      }
      const left = marksAmong(marks, new Set(there));
      expect(new Set(markedKeys(left))).toEqual(plain.intersection(new Set(there)));
      expect(left.size).toBe([...markedKeys(left)].length);
    }),
  );
});

test('one more of a thousand copies only what was turned since', () => {
  const all = turnedOver(noMarks, names);
  const less = turnedOver(all, ['finding-3']);
  expect(less.base).toBe(all.base);
  expect(less.turned.size).toBe(1);
  // So it stays, however many one takes off.
  const one = names.reduce((marks, name) => turnedOver(marks, [name]), all);
  expect([one.size, one.turned.size]).toEqual([0, one.turned.size]);
  expect(one.turned.size).toBeLessThanOrEqual(256);
});
