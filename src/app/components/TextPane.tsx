// A scrolled text in a pane, one column free at its left.
import type { Line } from '../../command/definition.ts';
import { contentRows, indented, rowsOf } from '../draw/areas.ts';
import { windowWords } from '../draw/window.ts';
import { Pane, type PaneProps } from './Pane.tsx';
import { Rows } from './Rows.tsx';

interface Props extends PaneProps {
  readonly lines: readonly Line[];
  /** Index of the first line shown. */
  readonly top: number;
}

export function TextPane({ name, focused, area, lines, top }: Props) {
  const height = contentRows(area);
  return (
    <Pane name={name} focused={focused} area={area} at={windowWords(top, height, lines.length)}>
      <Rows lines={indented(rowsOf(lines, top, height))} width={area.width} height={area.height - 1} />
    </Pane>
  );
}
