// Rows by their numbers are what arrays of rows would be: filtered, sorted, split, counted.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish, sortedPlaces } from '../../src/app/rows/in-steps.ts';
import { type Rows, rowsOf } from '../../src/app/rows/rows.ts';

interface Row {
  readonly id: number;
  readonly name: string;
  readonly rank: number;
}
const array = fc
  .array(fc.record({ name: fc.constantFrom('a', 'B', 'c', 'ä', ''), rank: fc.integer({ min: -2, max: 3 }) }), {
    maxLength: 40,
  })
  .map((all) => all.map((one, id): Row => ({ ...one, id })));
const name = (row: Row) => row.name;
const rank = (row: Row) => row.rank;
const ids = (rows: Iterable<Row>) => [...rows].map(({ id }) => id);
const collator = new Intl.Collator();

/** Some of all rows, as they come. */
const part = (all: readonly Row[], even: boolean): readonly [Rows<Row>, readonly Row[]] => {
  const whole = rowsOf(all);
  return even ? [whole.filter((number) => number % 2 === 0), all.filter(({ id }) => id % 2 === 0)] : [whole, all];
};

test('filtered, sorted and turned round they are what an array would be', () => {
  fc.assert(
    fc.property(array, fc.boolean(), (all, even) => {
      const [rows, plain] = part(all, even);
      expect(ids(rows)).toEqual(ids(plain));
      expect(ids(rows.sorted(name))).toEqual(ids(plain.toSorted((a, b) => collator.compare(a.name, b.name))));
      expect(ids(rows.sorted(rank))).toEqual(ids(plain.toSorted((a, b) => a.rank - b.rank)));
      expect(ids(rows.sorted(rank).reversed())).toEqual(ids(plain.toSorted((a, b) => a.rank - b.rank).toReversed()));
      expect(rows.filter(() => true)).toBe(rows);
    }),
  );
});

test('split, the groups hold each row once, in its order, and appear in the order they are met', () => {
  fc.assert(
    fc.property(array, fc.boolean(), (all, even) => {
      const [rows, plain] = part(all, even);
      const sorted = plain.toSorted((a, b) => a.rank - b.rank);
      const groups = [...Map.groupBy(plain, name).keys()].map((value) => ({
        value,
        rows: ids(sorted.filter((row) => row.name === value)),
      }));
      expect(
        rows
          .sorted(rank)
          .split(name, rows)
          .map((one) => ({ ...one, rows: ids(one.rows) })),
      ).toEqual(groups);
    }),
  );
});

test('a row is found at its place, and counted by what it answers', () => {
  fc.assert(
    fc.property(array, fc.boolean(), (all, even) => {
      const [rows, plain] = part(all, even);
      for (const [at, row] of plain.entries()) {
        expect([rows.at(at), rows.number(at), rows.indexOf(row.id)]).toEqual([row, row.id, at]);
      }
      expect([rows.at(-1), rows.at(plain.length), rows.indexOf(all.length)]).toEqual([undefined, undefined, -1]);
      for (const value of ['a', 'nobody']) {
        expect(rows.count(name, value)).toBe(plain.filter((row) => row.name === value).length);
      }
    }),
  );
});

test('sorted in steps, places are those of a stable sort', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 1_500, size: 'max' }), (values) => {
      const places = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
      expect([...finish(sortedPlaces(values, (a, b) => a - b))]).toEqual(places);
    }),
  );
});

test('what was worked out beforehand is not asked again, and what is needed meanwhile is there at once', () => {
  let asked = 0;
  const counted = (row: Row) => {
    asked += 1;
    return row.name;
  };
  const { table } = rowsOf(Array.from({ length: 2_500 }, (_, id): Row => ({ id, name: `n${id % 700}`, rank: 0 })));
  const steps = table.buildOrder(counted);
  steps.next();
  expect(asked).toBe(1_000);
  const order = table.order(counted);
  expect(asked).toBe(3_500);
  expect(finish(steps)).toEqual(order);
  expect(table.columnIndex(counted).values.length).toBe(700);
  expect(asked).toBe(5_000);
});
