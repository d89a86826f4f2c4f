// A list in a pane. Its rows are data: only those in the window are asked for their words, so that its length costs nothing. The
// selected row is a bar while the list has the focus.
import type { Line } from '../../command/definition.ts';
import { barLine, contentRows } from '../draw/areas.ts';
import { type Cursor, windowWords } from '../draw/window.ts';
import { useGlyphs } from './look.tsx';
import { Pane, type PaneProps } from './Pane.tsx';
import { Rows } from './Rows.tsx';

export interface ListProps extends PaneProps {
  readonly length: number;
  readonly cursor: Cursor;
  /** Lines between title and rows. */
  readonly heads?: readonly Line[];
  row(index: number, selected: boolean): Line;
  /** Instead of rows where there are none. */
  readonly empty?: readonly Line[];
}

export function List({ name, focused, area, at, length, cursor, heads = [], row, empty = [] }: ListProps) {
  const glyphs = useGlyphs();
  const height = Math.max(1, contentRows(area) - heads.length);
  const rows = Array.from({ length: Math.min(height, length - cursor.top) }, (_, offset) => {
    const index = cursor.top + offset;
    const isSelected = index === cursor.index;
    const words = row(index, isSelected);
    return isSelected && focused ? barLine(words, area.width, glyphs.more) : words;
  });
  return (
    <Pane name={name} focused={focused} area={area} at={at ?? windowWords(cursor.top, height, length)}>
      <Rows lines={[...heads, ...(length === 0 ? empty : rows)]} width={area.width} height={area.height - 1} />
    </Pane>
  );
}
