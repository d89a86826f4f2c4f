// A list with columns below their headings. The widths follow from the columns and the area; `rest` gets what is left.
import type { Line } from '../../command/definition.ts';
import { fitLine, line } from '../draw/text.ts';
import { List, type ListProps } from './List.tsx';
import { useGlyphs } from './look.tsx';

export interface ColumnHead {
  readonly head: Line;
  readonly width: number | 'rest';
}

interface Props extends Omit<ListProps, 'heads' | 'row'> {
  /** Cells before the first column. */
  readonly indent: number;
  readonly columns: readonly ColumnHead[];
  row(index: number, selected: boolean, widths: readonly number[]): Line;
}

export function Table({ indent, columns, row, ...list }: Props) {
  const { more } = useGlyphs();
  const widths = widthsOf(columns, list.area.width - indent);
  const heads = columns.flatMap(({ head }, at) => [
    ...fitLine(head, widths[at] ?? 0, more),
    at < columns.length - 1 ? ' ' : '',
  ]);
  return <List {...list} heads={[line(' '.repeat(indent), ...heads)]} row={(index, is) => row(index, is, widths)} />;
}

/** A cell is free between two columns. */
function widthsOf(columns: readonly Pick<ColumnHead, 'width'>[], room: number): number[] {
  const fixed = columns.reduce((sum, { width }) => sum + (width === 'rest' ? 0 : width), 0) + columns.length - 1;
  return columns.map(({ width }) => (width === 'rest' ? Math.max(4, room - fixed) : width));
}
