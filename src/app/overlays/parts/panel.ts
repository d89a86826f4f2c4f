// A text over the whole body below a title; a decision has buttons at the bottom, Cancel first and preselected.
import type { Line } from '../../../command/definition.ts';
import { buttonsLine, nameWords, textBox } from '../../draw/boxes.ts';
import type { Click } from '../../draw/clicks.ts';
import { type Glyphs, glyphsFor } from '../../draw/glyphs.ts';
import { lineWidth } from '../../draw/text.ts';
import { type Move, target } from '../../draw/window.ts';
import { panelRows } from '../../state/panel-rows.ts';
import type { Overlay, State } from '../../state/state.ts';

export interface ButtonRow {
  readonly labels: readonly string[];
  readonly selected: number;
  /** The action of a click on one; it is pressed by default. */
  click?(index: number): Click;
}

const pressed = (button: number): Click => ({ do: 'press', button });

export function panelBox(title: string, top: number, state: State, buttons: ButtonRow | null = null): Line[] {
  const { panel } = state;
  const { layout } = state.view;
  const glyphs = glyphsFor(state.ascii);
  const area = { width: layout.width, height: panelRows(state) + 1 };
  return [
    ...textBox({ name: nameWords(title, true), focused: true, area, lines: panel.value, top, glyphs }),
    ...(buttons === null ? [[], []] : foot(buttons, layout.width, glyphs)),
  ];
}

/** The last two rows: the buttons, in both where one is too narrow. */
function foot({ labels, selected, click = pressed }: ButtonRow, width: number, glyphs: Glyphs): [Line, Line] {
  const row = (from: number, to: number) =>
    buttonsLine(labels.slice(from, to), selected - from, glyphs, (index) => click(from + index));
  const all = labels.length;
  if (lineWidth(row(0, all)) <= width) return [[], row(0, all)];
  const fits = labels.findLastIndex((_, to) => lineWidth(row(0, to)) <= width);
  return [row(0, fits), row(fits, all)];
}

/** Movement in an overlay that is one scrolling text. */
export const scrolled = <Kind extends { readonly top: number }>(
  overlay: Kind,
  move: Move,
  times: number,
  state: State,
): Kind => ({ ...overlay, top: target(overlay.top, move, state.panel.value.length, panelRows(state), times) });

/** The state with a change of the overlay of this kind; unchanged where another one is open, or none. */
export const within =
  <Kind extends Overlay['kind']>(kind: Kind) =>
  (change: (overlay: Extract<Overlay, { kind: Kind }>, state: State, times: number) => Overlay) =>
  (state: State, times = 1): State =>
    state.overlay?.kind === kind
      ? { ...state, overlay: change(state.overlay as Extract<Overlay, { kind: Kind }>, state, times) }
      : state;
