// The result or the progress of a command.
import type { Line } from '../../command/definition.ts';
import { clean } from '../../model/text.ts';
import { TextPage } from '../components/TextPage.tsx';
import { glyphsFor } from '../draw/glyphs.ts';
import { line, word } from '../draw/text.ts';
import { shortIds } from '../state/select.ts';
import type { State } from '../state/state.ts';
import { defineOverlay } from '../state/view.ts';
import { hanging, scrolled } from './parts/panel.ts';

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
  move: scrolled,
  Body: ({ slice, state }) => (
    <TextPage
      title={shortIds(clean(slice.title), glyphsFor(state.ascii).more)}
      top={slice.top}
      layout={state.view.layout}
      lines={state.panel.value}
    />
  ),
  placement: 'body',
  cancel({ running }, { controller, show }) {
    if (!running) return show(null);
    controller.abort();
    controller.say('Stopping the command.');
  },
});

/** The messages so far, as a scrollable text. */
export function messagesOverlay({ messages }: State): OutputOverlay {
  const lines = messages.map((one) =>
    line(word(`${new Date(one.at).toISOString().slice(11, 19)} `, 'dim'), word(one.text, one.role)),
  );
  const none = [line(word('No messages yet', 'dim'))];
  return { kind: 'output', title: 'Messages', lines: lines.length > 0 ? lines : none, running: false, top: 0 };
}
