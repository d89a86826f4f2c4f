// What overlays have in common: the lines of a result, scrolling their text, and changes of the one that is open.
import type { Line } from '../../../command/definition.ts';
import { clean } from '../../../model/text.ts';
import { type BodySize, dialogRows, pageRows } from '../../draw/dialog.ts';
import { plain, wrapLine } from '../../draw/text.ts';
import { type Move, target } from '../../draw/window.ts';
import type { Overlay, State } from '../../state/state.ts';

/** A line of a result, wrapped below the beginning of its text after a short label or none. */
export function hanging(words: Line, width: number): Line[] {
  const safe = words.map((one) => ({ ...one, text: clean(one.text, 10_000) }));
  const label = /^(?:\s*(?:! )?\S{1,10}(?: \S{1,6})?\s{2,}|\s{2,})/.exec(plain(safe));
  return wrapLine(safe, width, label?.[0].length ?? 2);
}

type Scrolling = { readonly top: number };
const scrolledBy =
  (rowsOf: (layout: BodySize) => number) =>
  <Kind extends Scrolling>(overlay: Kind, move: Move, times: number, state: State): Kind => ({
    ...overlay,
    top: target(overlay.top, move, state.panel.value.length, rowsOf(state.view.layout), times),
  });

/** Movement in a dialog that is one scrolling text. */
export const scrolled = scrolledBy(dialogRows);
/** The same in one that fills the body. */
export const scrolledPage = scrolledBy(pageRows);

/** The state with a change of the overlay of this kind; unchanged where another one is open, or none. */
export const within =
  <Kind extends Overlay['kind']>(kind: Kind) =>
  (change: (overlay: Extract<Overlay, { kind: Kind }>, state: State, times: number) => Overlay) =>
  (state: State, times = 1): State =>
    state.overlay?.kind === kind
      ? { ...state, overlay: change(state.overlay as Extract<Overlay, { kind: Kind }>, state, times) }
      : state;
