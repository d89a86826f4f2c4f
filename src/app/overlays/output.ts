// The result or the progress of a command.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { wrapLine } from '../draw/text.ts';
import { defineOverlay } from '../state/view.ts';
import { panelBox } from './parts/panel.ts';
import { scrolled } from './parts/scroll.ts';

export interface OutputOverlay {
  readonly kind: 'output';
  readonly title: string;
  readonly lines: readonly Line[];
  readonly running: boolean;
  readonly top: number;
}

export const output = defineOverlay<OutputOverlay>({
  kind: 'output',
  places: () => ['text'],
  text: ({ lines }, _state, width) => lines.flatMap((words) => wrapLine(words, width, 2)),
  move: scrolled,
  draw: ({ title, top }, state) => panelBox(clean(title), top, state),
  cancel({ running }, { controller, show }) {
    if (!running) return show(null);
    controller.abort();
    controller.say('Stopping the command.');
  },
});
