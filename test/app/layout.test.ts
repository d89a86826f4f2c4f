// At every size the panes fill the body and nothing sticks out.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutFor, smallest } from '../../src/app/state/layout.ts';
import { panes } from '../../src/app/state/state.ts';

const size = fc.record({
  columns: fc.integer({ min: smallest.columns, max: 250 }),
  rows: fc.integer({ min: smallest.rows, max: 90 }),
});

test('the panes fill the body exactly', () => {
  fc.assert(
    fc.property(size, fc.constantFrom(...panes), fc.boolean(), (terminal, pane, zoom) => {
      const layout = layoutFor(terminal, pane, zoom);
      expect(layout.tooSmall).toBe(false);
      expect(layout.body).toBe(terminal.rows - 4);
      if (layout.single) {
        expect(layout[pane]).toEqual({ width: terminal.columns, height: layout.body });
        return;
      }
      const { tree, findings, detail } = layout;
      expect((tree?.width ?? 0) + 1 + (detail?.width ?? 0)).toBe(terminal.columns);
      expect(findings?.width).toBe(detail?.width);
      expect((findings?.height ?? 0) + (detail?.height ?? 0)).toBe(layout.body);
      expect(tree?.height).toBe(layout.body);
    }),
  );
});

test('80x24 shows three panes, 60x15 one, and less than that none', () => {
  expect(layoutFor({ columns: 80, rows: 24 }, 'tree', false).single).toBe(false);
  expect(layoutFor({ columns: 60, rows: 15 }, 'tree', false)).toMatchObject({ single: true, tooSmall: false });
  expect(layoutFor({ columns: 59, rows: 15 }, 'tree', false).tooSmall).toBe(true);
  expect(layoutFor({ columns: 60, rows: 14 }, 'tree', false).tooSmall).toBe(true);
});
