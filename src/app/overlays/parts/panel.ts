// A text over the whole body below a title; where there is something to decide, buttons stand at its foot, Cancel first and
// preselected.
import type { Line } from '../../../command/definition.ts';
import { buttonsLine, nameWords, textBox } from '../../draw/boxes.ts';
import type { Click } from '../../draw/clicks.ts';
import { glyphsFor } from '../../draw/glyphs.ts';
import { panelRows } from '../../state/panel-rows.ts';
import type { State } from '../../state/state.ts';

export interface ButtonRow {
  readonly labels: readonly string[];
  readonly selected: number;
  /** What a click on one does; it is pressed unless said otherwise. */
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
    [],
    buttons === null ? [] : buttonsLine(buttons.labels, buttons.selected, glyphs, buttons.click ?? pressed),
  ];
}
