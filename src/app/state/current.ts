// The current input target: the overlay if there is one, else the screen.
import { overlays } from '../overlays/index.ts';
import type { KeyScope } from './binding.ts';
import { currentScreen, isWelcome } from './current-screen.ts';
import type { Overlay, State } from './state.ts';
import { type OverlayKind, sliceOf } from './view.ts';

export function overlayKind(overlay: Overlay): OverlayKind<Overlay> {
  const found = overlays.find(({ kind }) => kind === overlay.kind);
  if (found === undefined) throw new Error(`no overlay is registered as ${overlay.kind}`);
  // An overlay is passed only to the handler of its kind.
  return found as unknown as OverlayKind<Overlay>;
}

/** Is Welcome shown with something to choose? */
export const choosing = (state: State): boolean => state.overlay === null && isWelcome(state);

/** The active places of the key table. */
export function placesOf(state: State): readonly KeyScope[] {
  const { overlay } = state;
  if (overlay !== null) return ['everywhere', overlay.kind, ...overlayKind(overlay).places(overlay, state)];
  const screen = currentScreen(state);
  if (choosing(state)) return ['everywhere', 'screen', 'welcome', 'moves'];
  return ['everywhere', 'screen', screen.name, ...screen.places(sliceOf(state, screen), state)];
}
