// Why a key or a line did nothing, and what to do, over the screen that it was about.
import type { FailureValue } from '../../model/failure.ts';
import { clean } from '../../model/text.ts';
import { TextDialog } from '../components/TextDialog.tsx';
import { line, word, wrapLine } from '../draw/text.ts';
import { defineOverlay } from '../state/view.ts';
import { scrolled } from './parts/panel.ts';

declare module '../state/state.ts' {
  interface OverlayKinds {
    readonly failure: FailureOverlay;
  }
}

interface FailureOverlay {
  readonly kind: 'failure';
  readonly title: string;
  readonly failure: FailureValue;
  readonly top: number;
}

export const failure = defineOverlay<FailureOverlay>({
  kind: 'failure',
  places: () => ['text'],
  text: ({ failure: { message, next } }, _state, width) => [
    ...wrapLine(line(word(clean(message), 'bad')), width),
    [],
    ...wrapLine(line(word('Next: ', 'dim'), clean(next)), width, 'Next: '.length),
  ],
  move: scrolled,
  Body: ({ slice, state }) => (
    <TextDialog title={slice.title} top={slice.top} layout={state.view.layout} lines={state.panel.value} />
  ),
});
