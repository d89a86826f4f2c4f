// The rows of the body: the overlay's if there is one, else the screen's.
import type { Line } from '../../command/definition.ts';
import { overlayKind } from './current.ts';
import { drawScreen } from './current-screen.ts';
import type { State } from './state.ts';

export function bodyRows(state: State): readonly Line[] {
  const { overlay } = state;
  return overlay === null ? drawScreen(state) : overlayKind(overlay).draw(overlay, state);
}
