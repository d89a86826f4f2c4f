// What the keyboard is in now: the overlay if there is one, else the screen.
import { overlays } from '../overlays/index.ts';
import type { Place } from './binding.ts';
import { currentScreen } from './current-screen.ts';
import type { Overlay, State } from './state.ts';
import { type OverlayKind, sliceOf } from './view.ts';

export function overlayKind(overlay: Overlay): OverlayKind<Overlay> {
  const found = overlays.find(({ kind }) => kind === overlay.kind);
  if (found === undefined) throw new Error(`no overlay is registered as ${overlay.kind}`);
  // An overlay is handed only to the kind it names.
  return found as unknown as OverlayKind<Overlay>;
}

/** The places of the key table that are in force. */
export function placesOf(state: State): readonly Place[] {
  const { overlay } = state;
  if (overlay !== null) return ['everywhere', overlay.kind, ...overlayKind(overlay).places(overlay, state)];
  const screen = currentScreen(state);
  return ['everywhere', 'screen', screen.name, ...screen.places(sliceOf(state, screen), state)];
}
