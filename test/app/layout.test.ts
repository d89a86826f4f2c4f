// At every size the panes fill the body and nothing sticks out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutOf, panes } from '../../src/app/screens/resources/layout.ts';
import { layoutFor, smallest } from '../../src/app/state/layout.ts';

const size = fc.record({
  columns: fc.integer({ min: smallest.columns, max: 250 }),
  rows: fc.integer({ min: smallest.rows, max: 90 }),
});

test('the panes fill the body exactly', () => {
  fc.assert(
    fc.property(size, fc.constantFrom(...panes), fc.boolean(), (terminal, pane, zoom) => {
      const { tooSmall, header, body } = layoutFor(terminal);
      const layout = layoutOf(terminal.columns, body, pane, zoom);
      expect(tooSmall).toBe(false);
      expect(header + body + 2).toBe(terminal.rows);
      if (layout.single) {
        expect(layout[pane]).toEqual({ width: terminal.columns, height: body });
        return;
      }
      const { tree, findings, detail } = layout;
      expect((tree?.width ?? 0) + 1 + (detail?.width ?? 0)).toBe(terminal.columns);
      expect(findings?.width).toBe(detail?.width);
      expect((findings?.height ?? 0) + (detail?.height ?? 0)).toBe(body);
      expect(tree?.height).toBe(body);
    }),
  );
});

test('80x24 shows three panes, 60x15 one, and less than that none', () => {
  const single = (columns: number, rows: number) =>
    layoutOf(columns, layoutFor({ columns, rows }).body, 'tree', false).single;
  expect(single(80, 24)).toBe(false);
  expect(single(60, 15)).toBe(true);
  expect(layoutFor({ columns: 60, rows: 15 }).tooSmall).toBe(false);
  expect(layoutFor({ columns: 59, rows: 15 }).tooSmall).toBe(true);
  expect(layoutFor({ columns: 60, rows: 14 }).tooSmall).toBe(true);
});
