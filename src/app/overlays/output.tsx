// The result or the progress of a command.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { TextDialog } from '../components/TextDialog.tsx';
import { TextPage } from '../components/TextPage.tsx';
import { type BodySize, dialogRows, dialogText } from '../draw/dialog.ts';
import { glyphsFor } from '../draw/glyphs.ts';
import { line, lineWidth, plain, widthOf, word } from '../draw/text.ts';
import { shortIds } from '../state/select.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { hanging, scrolled, scrolledPage } from './parts/panel.ts';

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly output: OutputOverlay;
  }
}

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
  text: ({ lines }, _state, width) => lines.flatMap((words) => hanging(words, width)),
  move: (overlay, move, times, state) =>
    (fitsDialog(overlay.lines, state.view.layout) ? scrolled : scrolledPage)(overlay, move, times, state),
  Body({ slice, state }) {
    const { layout } = state.view;
    const Text = fitsDialog(slice.lines, layout) ? TextDialog : TextPage;
    const title = shortIds(clean(slice.title), glyphsFor(state.ascii).more);
    return <Text title={title} top={slice.top} layout={layout} lines={state.panel.value} />;
  },
  placement: ({ lines }, { view }) => (fitsDialog(lines, view.layout) ? 'dialog' : 'body'),
  cancel({ running }, { controller, show }) {
    if (!running) return show(null);
    controller.abort();
    controller.say('Stopping the command.');
  },
});

/** Is it short, and would a dialog break no row of a table and no address? */
function fitsDialog(lines: readonly Line[], layout: BodySize): boolean {
  const [width, most] = [dialogText(layout), dialogRows(layout)];
  if (lines.length > most) return false;
  const isBroken = (words: Line): boolean => {
    if (lineWidth(words) <= width) return false;
    const text = plain(words).trim();
    return /\S {2,}\S/.test(text) || text.split(' ').some((one) => widthOf(one) > width);
  };
  return !lines.some(isBroken) && lines.flatMap((words) => hanging(words, width)).length <= most;
}

/** The messages so far, as a scrollable text. */
export function messagesOverlay({ messages }: State): OutputOverlay {
  const lines = messages.map((one) =>
    line(word(`${new Date(one.at).toISOString().slice(11, 19)} `, 'dim'), word(one.text, one.role)),
  );
  const none = [line(word('No messages yet', 'dim'))];
  return { kind: 'output', title: 'Messages', lines: lines.length > 0 ? lines : none, running: false, top: 0 };
}
