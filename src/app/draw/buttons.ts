// The words of a row of buttons.
import type { Line } from '../../command/definition.ts';
import { type Click, clickable } from './clicks.ts';
import type { Glyphs } from './glyphs.ts';
import { line, lineWidth, word } from './text.ts';

export interface ButtonRow {
  readonly labels: readonly string[];
  readonly selected: number;
  /** The action of a click on one; it is pressed by default. */
  click?(index: number): Click;
}

const pressed = (button: number): Click => ({ do: 'press', button });

/** A row of buttons; the selected one is a bar with a mark. `click`: the action of a click on one. `dead`: is it unavailable? */
export function buttonsLine(
  labels: readonly string[],
  selected: number,
  { mark }: Glyphs,
  click: (index: number) => Click,
  dead: (index: number) => boolean = () => false,
): Line {
  return line(
    ' ',
    ...labels.flatMap((label, index) => {
      const isDead = dead(index);
      const role = index === selected ? 'selected' : isDead ? 'border' : 'heading';
      const button = [word(`${index === selected ? mark : ' '} ${label} `, role)];
      return [...(isDead ? button : clickable(button, click(index))), word('  ')];
    }),
  );
}

/** The buttons in one row, or in two where one is too narrow. */
export function buttonRows({ labels, selected, click = pressed }: ButtonRow, width: number, glyphs: Glyphs): Line[] {
  const row = (from: number, to: number) =>
    buttonsLine(labels.slice(from, to), selected - from, glyphs, (index) => click(from + index));
  const all = labels.length;
  if (lineWidth(row(0, all)) <= width) return [row(0, all)];
  const fits = labels.findLastIndex((_, to) => lineWidth(row(0, to)) <= width);
  return [row(0, fits), row(fits, all)];
}
