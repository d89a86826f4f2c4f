// What holds of every list, whatever its rows are.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { word } from '../../src/app/draw/text.ts';
import { narrowed, unfiltered } from '../../src/app/rows/narrow.ts';
import { rowsOf } from '../../src/app/rows/rows.ts';
import { columnText } from '../../src/app/screens/list/column-values.ts';
import type { ListSpec } from '../../src/app/screens/list/index.ts';
import { itemsOf } from '../../src/app/screens/list/items.ts';
import { type ListOrder, ordered } from '../../src/app/screens/list/order.ts';
import { areasOf } from '../../src/app/screens/list/slice.ts';

interface Row {
  readonly id: number;
  readonly name: string;
  readonly team: string;
}
const spec: Pick<ListSpec<Row>, 'key' | 'columns' | 'groups'> = {
  key: ({ id }) => String(id),
  columns: [
    { title: 'Name', letter: 'N', width: 'rest', text: ({ name }) => word(name) },
    { title: 'Id', letter: 'I', width: 4, text: ({ id }) => word(String(id)), rank: ({ id }) => id },
  ],
  groups: [{ title: 'team', of: ({ team }) => team }],
};
const shownOf = (all: readonly Row[], how: ListOrder & { readonly filter: string }) => {
  const kept = narrowed(unfiltered(rowsOf(all)), how.filter, columnText(spec));
  return [...itemsOf(spec.key, ordered(spec, kept.rows, how), new Set())];
};
const rows = fc
  .array(fc.record({ name: fc.string({ maxLength: 6 }), team: fc.constantFrom('a', 'b', 'c') }), { maxLength: 30 })
  .map((all) => all.map((row, id): Row => ({ ...row, id })));
const how = fc.record({
  sort: fc.nat({ max: 2 }),
  reverse: fc.boolean(),
  group: fc.nat({ max: 1 }),
  filter: fc.constantFrom('', 'a', '!a', 'x y'),
});

test('sorting, grouping and filtering lose and invent nothing, and filters agree with the text of a row', () => {
  fc.assert(
    fc.property(rows, how, (all, { filter, ...order }) => {
      const items = shownOf(all, { ...order, filter });
      const kept = items.flatMap((item) => (item.kind === 'row' ? [item.row] : []));
      const terms = filter.split(' ').filter((term) => term !== '');
      const expected = all.filter(({ name, id }) => {
        const text = `${name} ${id}`.toLowerCase();
        return terms.every((term) => (term.startsWith('!') ? !text.includes(term.slice(1)) : text.includes(term)));
      });
      expect(kept.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(expected.map(({ id }) => id));
      const headed = items.flatMap((item) => (item.kind === 'heading' ? [item.rows.length] : []));
      if (order.group === 1) expect(headed.reduce((sum, count) => sum + count, 0)).toBe(kept.length);
    }),
  );
});

test('a column sorts inside the groups, and these stay in the order they have by nature', () => {
  fc.assert(
    fc.property(rows, fc.boolean(), (all, reverse) => {
      const items = shownOf(all, { filter: '', sort: 1, reverse, group: 1 });
      const headings = items.flatMap((item) => (item.kind === 'heading' ? [item.label] : []));
      expect(headings).toEqual([...new Set(all.map(({ team }) => team))]);
      for (const item of items) {
        if (item.kind !== 'heading') continue;
        const names = [...item.rows].map(({ name }) => name);
        const sorted = names.toSorted((a, b) => (reverse ? b.localeCompare(a) : a.localeCompare(b)));
        expect(names).toEqual(sorted);
      }
    }),
  );
});

test('an item is found at its row, and so is the heading above it', () => {
  fc.assert(
    fc.property(rows, how, fc.subarray(['group:a', 'group:b', 'group:c']), (all, { filter: _, ...order }, folded) => {
      const whole = rowsOf(all);
      const groups = ordered(spec, whole, order);
      const items = itemsOf(spec.key, groups, new Set(folded));
      const expected = groups.flatMap(({ heading, rows: members }) => [
        ...(heading === null
          ? []
          : [{ kind: 'heading', ...heading, rows: members, folded: folded.includes(heading.key) }]),
        ...(folded.includes(heading?.key ?? '')
          ? []
          : [...members].map((row) => ({ kind: 'row', key: spec.key(row), row, number: row.id, table: whole.table }))),
      ]);
      expect(items.length).toBe(expected.length);
      expect([...items]).toEqual(expected);
      expect([items.at(-1), items.at(items.length)]).toEqual([undefined, undefined]);
      for (const [at, item] of expected.entries()) {
        const own = items.at(at);
        expect([items.find(item.key, own), items.find(item.key, undefined), items.find(item.key, items.at(1))]).toEqual(
          [at, at, at],
        );
        expect(items.headingAbove(at)).toBe(
          expected.findLastIndex(({ kind }, place) => kind === 'heading' && place < at),
        );
      }
      expect(items.find('nobody', undefined)).toBe(-1);
    }),
  );
});

test('list and detail fill the body exactly', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 60, max: 250 }),
      fc.integer({ min: 11, max: 90 }),
      fc.constantFrom('list' as const, 'detail' as const),
      fc.boolean(),
      (width, body, side, zoom) => {
        const { beside, list, detail } = areasOf(width, body, side, zoom);
        const cells = (area: { width: number; height: number } | null) => (area?.width ?? 0) * (area?.height ?? 0);
        expect(cells(list) + cells(detail) + (beside ? body : 0)).toBe(width * body);
      },
    ),
  );
});

test('sorting asks a row once what it sorts by, and rows put in order before are not asked again', () => {
  let asked = 0;
  const text = ({ name }: Row) => {
    asked += 1;
    return word(name);
  };
  const counted = { ...spec, columns: [{ title: 'Name', letter: 'N', width: 'rest' as const, text }] };
  const all = Array.from({ length: 500 }, (_, id): Row => ({ id, name: `n${(id * 7) % 500}`, team: 'a' }));
  const by = { sort: 1, reverse: false, group: 0 };
  const whole = rowsOf(all);
  const first = ordered(counted, whole, by);
  expect([...(first[0]?.rows ?? [])].map(({ name }) => name)).toEqual(
    all.map(({ name }) => name).toSorted((a, b) => a.localeCompare(b)),
  );
  expect(asked).toBe(500);
  expect(ordered(counted, whole, by)).toBe(first);
  ordered(
    counted,
    whole.filter((number) => number > 9),
    { ...by, reverse: true },
  );
  expect(asked).toBe(500);
});
