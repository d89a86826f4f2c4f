// A scrolling text with buttons below, over the screen. Of a decision, Cancel is the first button.
import type { Line } from '../../command/definition.ts';
import { indented, rowsOf } from '../draw/areas.ts';
import { type ButtonRow, buttonRows } from '../draw/buttons.ts';
import { type BodySize, dialogArea, dialogBorder, dialogRows } from '../draw/dialog.ts';
import { windowWords } from '../draw/window.ts';
import { Buttons } from './Buttons.tsx';
import { Dialog } from './Dialog.tsx';
import { useGlyphs } from './look.tsx';
import { Rows } from './Rows.tsx';

export interface ScrolledText {
  readonly title: string;
  readonly layout: BodySize;
  /** Wrapped to the width it has there. */
  readonly lines: readonly Line[];
  /** Index of the first line shown. */
  readonly top: number;
  readonly buttons?: ButtonRow;
}

export function TextDialog({ title, layout, lines, top, buttons }: ScrolledText) {
  const glyphs = useGlyphs();
  const area = dialogArea(layout);
  const width = area.width - dialogBorder;
  const rows = Math.min(lines.length, dialogRows(layout));
  const foot = buttons === undefined ? 0 : 1 + buttonRows(buttons, width, glyphs).length;
  return (
    <Dialog title={title} at={windowWords(top, rows, lines.length)} area={area} height={rows + foot}>
      <Rows lines={indented(rowsOf(lines, top, rows))} width={width} />
      {buttons !== undefined && <Rows lines={[[]]} width={width} />}
      {buttons !== undefined && <Buttons {...buttons} width={width} />}
    </Dialog>
  );
}
