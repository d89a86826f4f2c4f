// Marks are a set, however they are kept.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMarked, type Marks, markedRows, marksAmong, noMarks, turnedOver } from '../../src/app/rows/marks.ts';
import { Rows, rowsOf } from '../../src/app/rows/rows.ts';

const names = Array.from({ length: 300 }, (_, at) => `finding-${at}`);
const all = rowsOf(names);
const places = names.map((_, at) => at);
const some = fc.oneof(
  fc.constantFrom(...places).map((one) => [one]),
  fc.tuple(fc.nat({ max: 299 }), fc.nat({ max: 300 })).map(([from, count]) => places.slice(from, from + count)),
  fc.subarray(places, { maxLength: 5 }),
);
const marked = (marks: Marks<string>) => [...(markedRows(marks) ?? [])];

test('turned over again and again, they are what a plain set would be', () => {
  fc.assert(
    fc.property(fc.array(some, { maxLength: 12 }), (turns) => {
      let marks: Marks<string> = noMarks;
      let plain = new Set<number>();
      for (const numbers of turns) {
        const off = numbers.every((number) => plain.has(number));
        plain = off ? plain.difference(new Set(numbers)) : plain.union(new Set(numbers));
        const before = marked(marks);
        const next = turnedOver(marks, all.table, numbers);
        // What was there stays as it was.
        expect(marked(marks)).toEqual(before);
        marks = next;
        expect(marked(marks)).toEqual(names.filter((_, at) => plain.has(at)));
        expect(marks.size).toBe(plain.size);
        expect(places.filter((number) => isMarked(marks, number))).toEqual(places.filter((at) => plain.has(at)));
      }
    }),
  );
});

test('among other rows those stay marked that are the same, by number in the same table and by key in another', () => {
  fc.assert(
    fc.property(some, fc.subarray(places), (numbers, there) => {
      const marks = turnedOver<string>(noMarks, all.table, numbers);
      const expected = names.filter((_, at) => numbers.includes(at) && there.includes(at));
      const key = (name: string) => name;
      const fewer = new Rows(all.table, Uint32Array.from(there));
      expect(marked(marksAmong(marks, fewer, key))).toEqual(expected);
      const anew = rowsOf(there.map((at) => names[at] ?? ''));
      const left = marksAmong(marks, anew, key);
      expect([marked(left), left.size]).toEqual([expected, expected.length]);
    }),
  );
});
